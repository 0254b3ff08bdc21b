import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Bytes from "../../src/Bytes.js"
import type { Any } from "../../src/Errno.js"
import * as Kernel from "../../src/Kernel.js"
import { type Program, Sys, type SystemCalls } from "../../src/Sys.js"

/** What a process wrote, and how it ended. */
interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly status: unknown
}

/** Runs a program in the kernel of the context. */
export const runIn = (program: Program, options: Kernel.SpawnHostOptions = {}) =>
  Effect.scoped(Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const handle = yield* kernel.spawn(program, options)
    yield* handle.closeStdin
    const text = (stream: Stream.Stream<Uint8Array>) =>
      Effect.map(Stream.runCollect(stream), (chunks) => Array.from(chunks, Bytes.decode).join(""))
    const [stdout, stderr] = yield* Effect.all([text(handle.stdout), text(handle.stderr)], { concurrency: 2 })
    return { stdout, stderr, status: yield* handle.wait } satisfies Ran
  }))

/** Runs the body of a process in a kernel of its own, and answers the value that it ends with. */
export const inProcess = <A, E>(
  body: (sys: SystemCalls) => Effect.Effect<A, E>,
  options: Kernel.Options & Kernel.SpawnHostOptions = {}
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    let answer: Effect.Effect<A, E> = Effect.dieMessage("the process ended before its body did")
    const program = Effect.flatMap(Sys, (sys) =>
      Effect.flatMap(Effect.exit(body(sys)), (exit) => {
        answer = exit
        return Effect.succeed(0)
      }))
    return Effect.flatMap(
      Effect.orDie(Effect.provide(runIn(program, options), Kernel.layerWith(options))),
      () => answer
    )
  })

/** A program that does this with its own system calls, and ends with 0. */
export const inChild = (body: (sys: SystemCalls) => Effect.Effect<unknown, Any>): Program =>
  Effect.flatMap(Sys, (sys) => Effect.as(body(sys), 0))

/** The errno that a call answers; a call that succeeds is a failed test. */
export const errnoOf = <E extends { readonly _tag: string }>(self: Effect.Effect<unknown, E>): Effect.Effect<string> =>
  Effect.match(self, { onFailure: (error) => error._tag, onSuccess: () => "success" })

export const write = (sys: SystemCalls, fd: number, text: string) => sys.write(fd, Bytes.encode(text))

export const read = (sys: SystemCalls, fd: number, max = 65_536) =>
  Effect.suspend(() => {
    const into = new Uint8Array(max)
    return Effect.map(sys.read(fd, into), (count) => Bytes.decode(into.subarray(0, count)))
  })
