/**
 * Running a script with the host's standard streams at the other ends of its pipes.
 */
import { SIGKILL, SIGPIPE } from "@effix/kernel/abi/Signals"
import { shellCode } from "@effix/kernel/abi/WaitStatus"
import type { HostInterface, ProcessHandle } from "@effix/kernel/Kernel"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { Writable } from "node:stream"
import type { Invocation } from "./arguments.js"
import * as HostInput from "./HostInput.js"
import { launchOptions, timeLimit } from "./launch.js"
import { passOn } from "./signals.js"

/** The host's end of a stream is gone: nobody reads any more. */
class Closed {
  readonly _tag = "Closed"
}

/** Writes one piece and waits until the host has taken it. */
const writeOut = (to: Writable, bytes: Uint8Array): Effect.Effect<void, Closed> =>
  Effect.async((resume) => {
    to.write(bytes, (error) => resume(error == null ? Effect.void : Effect.fail(new Closed())))
  })

/** Hands on what the process writes. When nobody reads it, the process is told as by any pipe. */
const pumpOut = (handle: ProcessHandle, from: Stream.Stream<Uint8Array>, to: Writable): Effect.Effect<void> =>
  Stream.runForEach(from, (bytes) => writeOut(to, bytes)).pipe(
    Effect.catchAll(() => Effect.orDie(handle.kill(SIGPIPE, { tree: true })))
  )

/** Runs `argv` to its end; answers the exit status. */
export const runBatch = (kernel: HostInterface, argv: ReadonlyArray<string>, invocation: Invocation) =>
  Effect.gen(function*() {
    yield* HostInput.install(process.stdin)
    const handle = yield* kernel.spawn(HostInput.reading(argv[0]!, argv), launchOptions(invocation))
    yield* passOn((signal) => handle.kill(signal, { tree: true }))
    const output = yield* Effect.forkScoped(pumpOut(handle, handle.stdout, process.stdout))
    const errors = yield* Effect.forkScoped(pumpOut(handle, handle.stderr, process.stderr))
    const code = yield* timeLimit(Effect.map(handle.wait, shellCode), invocation)
    // What it left running ends with the kernel. What was written before must still come out.
    yield* Effect.orDie(handle.kill(SIGKILL, { tree: true }))
    process.stdin.destroy()
    yield* Fiber.join(output)
    yield* Fiber.join(errors)
    return code
  }).pipe(Effect.scoped)
