/** Processes on a disk that answers late, where one call is stopped while others go on. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Kernel from "../../src/Kernel.js"
import type { SystemCalls } from "../../src/Sys.js"
import { VfsBackend } from "../../src/VfsBackend.js"
import type { Gate, Gated } from "./gated.js"
import { errnoOf, inProcess, read, write } from "./run.js"

export interface Failing {
  readonly _tag: string
}

/** Runs a process whose root lies on a disk. */
export const onDisk = <A>(
  make: Effect.Effect<Gated>,
  body: (sys: SystemCalls, disk: Gated) => Effect.Effect<A, Failing>,
  options: Kernel.Options = {}
) =>
  Effect.flatMap(
    make,
    (disk) => inProcess((sys) => body(sys, disk), { ...options, backend: Layer.succeed(VfsBackend, disk.backend) })
  )

/** How a call ends that is stopped at a gate while `meanwhile` happens: with an errno, or well. */
export const whileStopped = (
  disk: Gated,
  gate: Gate,
  call: Effect.Effect<unknown, Failing>,
  meanwhile: Effect.Effect<unknown, Failing>
): Effect.Effect<string, Failing> =>
  Effect.gen(function*() {
    const { go, reached } = yield* disk.stop(...gate)
    const waiting = yield* Effect.fork(errnoOf(call))
    yield* reached
    yield* meanwhile
    yield* go
    return yield* Fiber.join(waiting)
  })

export const put = (sys: SystemCalls, path: string, text: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0o1101, 0o644)
    yield* write(sys, fd, text)
    yield* sys.close(fd)
  })

export const get = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0)
    const text = yield* read(sys, fd)
    yield* sys.close(fd)
    return text
  })

/** The names in a directory, in order. */
export const names = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0o200000)
    const entries = yield* sys.getdents(fd)
    yield* sys.close(fd)
    return entries.map(({ name }) => name).filter((name) => name !== "." && name !== "..").sort()
  })
