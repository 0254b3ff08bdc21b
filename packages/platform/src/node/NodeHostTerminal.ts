/**
 * The terminal at which a program that runs under node was started: its standard input and output.
 *
 * It is put back when the scope closes; when the program exits, by a bug too; while it is stopped; and, by a helper that
 * outlives it (`sh` and `stty`, where there are such), when it is killed or crashes.
 *
 * @see termios(3)
 */
import { SIGHUP, SIGINT, SIGQUIT, SIGTERM } from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { HostTerminal, HostTerminalLost, type Interface } from "../HostTerminal.js"
import { guard } from "./guard.js"
import { input, signals } from "./hostEvents.js"

/** Makes the terminal raw; answers how to put it back. */
const enter = (restore: () => Uint8Array, raw: () => void): () => void => {
  const { stdin, stdout } = process
  const back = (): void => {
    if (!stdin.isRaw) return
    const reset = restore()
    // Synchronous on a terminal, so that it is out before the program is gone.
    if (reset.length > 0) stdout.write(reset)
    // A terminal that is gone cannot be put back, and need not.
    try {
      stdin.setRawMode(false)
    } catch {}
  }
  const stopped = (): void => {
    back()
    process.kill(process.pid, "SIGSTOP")
  }
  const continued = (): void => {
    stdin.setRawMode(true)
    raw()
    stdout.emit("resize")
  }
  process.on("exit", back).on("SIGTSTP", stopped).on("SIGCONT", continued)
  stdin.setRawMode(true)
  return () => {
    back()
    process.off("exit", back).off("SIGTSTP", stopped).off("SIGCONT", continued)
    stdin.pause()
  }
}

const resized = Stream.asyncPush<void>(({ single }) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const listener = (): void => void single(undefined)
      process.stdout.on("resize", listener)
      return listener
    }),
    (listener) => Effect.sync(() => process.stdout.off("resize", listener))
  )
)

/** Standard input and output of this program. Fails with ENOTTY unless both are a terminal. */
export const make: Effect.Effect<Interface, Errno.Errno<"ENOTTY">> = Effect.suspend(() => {
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY) {
    return Errno.fail("ENOTTY", { remedy: "standard input and output have to be a terminal" })
  }
  /** Called before something is shown. */
  let toBeShown = (): void => {}
  return Effect.succeed<Interface>({
    name: process.env["TERM"],
    size: Effect.sync(() => ({ rows: stdout.rows, columns: stdout.columns })),
    raw: (restore) =>
      Effect.flatMap(
        Effect.acquireRelease(
          Effect.map(guard, ({ raw, release, tell }) => {
            const back = enter(restore, () => Effect.runFork(raw))
            toBeShown = () => tell(restore())
            return {
              raw,
              leave: () => {
                toBeShown = () => {}
                back()
                release()
              }
            }
          }),
          ({ leave }) => Effect.sync(leave)
        ),
        ({ raw }) => raw
      ),
    input,
    write: (bytes) =>
      Effect.async((resume) => {
        toBeShown()
        stdout.write(
          bytes,
          (error) => resume(error == null ? Effect.void : Effect.fail(new HostTerminalLost({ signal: SIGHUP })))
        )
      }),
    resized,
    signals: signals({ SIGHUP, SIGINT, SIGQUIT, SIGTERM })
  })
})

/** @category layers */
export const layer: Layer.Layer<HostTerminal, Errno.Errno<"ENOTTY">> = Layer.effect(HostTerminal, make)
