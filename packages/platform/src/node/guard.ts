/**
 * A helper that does to the terminal what node cannot: it makes it raw for output too (node leaves a carriage return
 * before every newline, which full-screen programs do not expect), and puts it back when this program is killed by SIGKILL
 * or crashes.
 *
 * It is a `sh` that reads from a pipe. `raw` makes the terminal raw, `done` says that this program goes in good order, any
 * other line is what to write to the terminal if it does not; the end of the pipe is the end of this program.
 *
 * @see stty(1)
 */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"

export interface Guard {
  /** Makes the terminal raw altogether, after node has done its part. */
  readonly raw: Effect.Effect<void>
  /** Says what is to be written, so that the screen is as it was. */
  readonly tell: (reset: Uint8Array) => void
  /** Lets the helper go; nothing is left for it to do. */
  readonly release: () => void
}

const script = `trap '' HUP INT QUIT TERM TTOU
saved=$(stty -g <&3) || exit
echo ready
reset=
while read -r line; do
  case $line in
    raw) stty raw <&3; echo raw ;;
    done) exit ;;
    *) reset=$line ;;
  esac
done
stty "$saved" <&3
printf %b "\${reset#:}" >&3`

const none: Guard = { raw: Effect.void, tell: () => {}, release: () => {} }

const inOctal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("")

/** How long the helper may take to be there, before it goes on without, in milliseconds. */
const PATIENCE = 2000

/** Ready when the helper has seen how the terminal is now. Where none can be started, there is none. */
export const guard: Effect.Effect<Guard> = Effect.async<Guard>((resume) => {
  if (process.platform === "win32") return resume(Effect.succeed(none))
  // In a session of its own it outlives what ends this program, and may set a terminal that is not its own.
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "pipe", "ignore", 0], detached: true })
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) return resume(Effect.succeed(none))
  let told = ""
  const tell = (reset: Uint8Array): void => {
    const line = `:${inOctal(reset)}`
    if (line === told) return
    told = line
    stdin.write(`${line}\n`)
  }
  const release = (): void => {
    stdin.end("done\n")
  }
  // From then on this program ends when it is done, whether or not the helper is.
  const letGo = (): void => {
    child.unref()
    for (const pipe of [stdin, stdout]) if ("unref" in pipe && typeof pipe.unref === "function") pipe.unref()
  }
  const raw = Effect.async<void>((resume) => {
    const done = (): void => {
      letGo()
      resume(Effect.void)
    }
    stdout.once("data", done)
    child.once("exit", done)
    stdin.write("raw\n")
  })
  const answer = (guard: Guard): void => {
    clearTimeout(patience)
    resume(Effect.succeed(guard))
  }
  const patience = setTimeout(() => answer(none), PATIENCE)
  // It may be gone, and then there is nobody to tell.
  for (const each of [child, stdin, stdout]) each.on("error", () => answer(none))
  child.on("exit", () => answer(none))
  stdout.once("data", () => answer({ raw, tell, release }))
})
