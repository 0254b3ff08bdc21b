/**
 * A terminal of the kernel on the terminal of the host.
 *
 * The host's terminal is raw meanwhile: line editing, echo and ^C are the kernel's affair. However this ends, it is put
 * back as it was.
 */
import { SIGHUP } from "@effix/kernel/abi/Signals"
import { shellCode } from "@effix/kernel/abi/WaitStatus"
import type { HostInterface } from "@effix/kernel/Kernel"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Invocation } from "./arguments.js"
import { writeOut } from "./batch.js"
import { launchOptions, timeLimit } from "./launch.js"
import { passOn } from "./signals.js"
import { HUNG_UP, SIGNALED } from "./statuses.js"

/** How long the last output may take to come out, when somebody in the background holds on to the terminal. */
const DRAIN = "250 millis"

const restore = (): void => {
  if (process.stdin.isTTY && process.stdin.isRaw) process.stdin.setRawMode(false)
}

/** The host's terminal in raw mode, for as long as the scope is open or this program lives. */
const rawMode: Effect.Effect<void, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    // Also when the program is ended from elsewhere, or by a bug.
    process.on("exit", restore)
    process.stdin.setRawMode(true)
  }),
  () =>
    Effect.sync(() => {
      restore()
      process.off("exit", restore)
      process.stdin.pause()
    })
)

const size = () => ({ rows: process.stdout.rows, columns: process.stdout.columns })

/** Runs `command`, or a login shell, on a terminal of its own; answers the exit status. */
export const runInteractive = (
  kernel: HostInterface,
  command: ReadonlyArray<string> | undefined,
  invocation: Invocation
) =>
  Effect.gen(function*() {
    const { stdin, stdout } = process
    const { env } = process
    const terminal = yield* kernel.openTerminal({
      ...launchOptions(invocation),
      env: { ...(env.TERM === undefined ? {} : { TERM: env.TERM }), ...invocation.env },
      ...size(),
      ...(command === undefined ? {} : { command })
    })
    const ending = yield* Deferred.make<number>()
    const hangUp = (signal: number) =>
      Effect.zipRight(Deferred.succeed(ending, signal === SIGHUP ? HUNG_UP : SIGNALED + signal), terminal.kill(SIGHUP))
    const run = Runtime.runFork(yield* Effect.runtime<never>())
    yield* rawMode
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        // One after the other: what is typed must arrive in the order in which it was typed.
        let typed: Promise<unknown> = Promise.resolve()
        const onData = (bytes: Uint8Array) => {
          stdin.pause()
          typed = typed.then(() => Effect.runPromise(terminal.write(bytes))).finally(() => stdin.resume())
        }
        const onEnd = () => void run(Effect.ignore(hangUp(SIGHUP)))
        const onResize = () => void run(terminal.resize(size()))
        // A terminal that was hung up is read with an error.
        stdin.on("data", onData).on("end", onEnd).on("error", onEnd)
        stdout.on("resize", onResize)
        return () => {
          stdin.off("data", onData).off("end", onEnd)
          stdout.off("resize", onResize)
        }
      }),
      (stop) => Effect.sync(stop)
    )
    // An interactive shell may ignore what is meant for us; a terminal that goes away it cannot.
    yield* passOn(hangUp)
    const output = yield* Effect.forkScoped(
      Stream.runForEach(terminal.output, (bytes) => writeOut(stdout, bytes)).pipe(
        Effect.catchAll(() => Effect.ignore(terminal.kill()))
      )
    )
    const ended = Effect.raceFirst(Effect.map(terminal.wait, shellCode), Deferred.await(ending))
    const code = yield* timeLimit(ended, invocation)
    yield* Effect.timeoutOption(Fiber.join(output), DRAIN)
    return code
  }).pipe(Effect.scoped)
