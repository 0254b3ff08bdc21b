/**
 * Messages on standard error, in the form `sh: line 3: name: what is wrong`.
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Fatal } from "../state/Control.js"
import { call, type Run, type Shell } from "../state/Shell.js"

/** Writes all of `bytes`; answers the errno that stopped it. */
export function* writeAll(shell: Shell, fd: number, bytes: Uint8Array): Run<Errno.Any | undefined> {
  let from = 0
  while (from < bytes.length) {
    const written = yield* call(shell.sys.write(fd, from === 0 ? bytes : bytes.subarray(from)))
    if (typeof written !== "number") {
      if (written._tag === "EINTR") continue
      return written
    }
    from += written
  }
  return undefined
}

/** Prints on standard output for a builtin; answers its exit status. */
export function* print(shell: Shell, name: string, text: string): Run<number> {
  if (text === "") return 0
  const failed = yield* writeAll(shell, 1, Bytes.encode(text))
  if (failed === undefined) return 0
  yield* report(shell, `${name}: write error: ${Errno.text(failed._tag)}`)
  return 1
}

/** Whose complaint it is: that of the file that what runs now stands in, or of the shell. */
export const speaker = ({ frames, interactive, label }: Shell): string =>
  interactive ? label : frames[frames.length - 1]?.file ?? label

export const prefix = (shell: Shell): string =>
  shell.interactive ? `${shell.label}: ` : `${speaker(shell)}: line ${shell.line}: `

/** Tells an error where it ends. */
export function* tell(shell: Shell, error: Fatal): Run<void> {
  if (error.message === undefined) return
  const speaker = shell.interactive ? undefined : error.speaker
  const place = speaker === undefined ? prefix(shell) : `${speaker}: line ${shell.line}: `
  yield* writeAll(shell, 2, Bytes.encode(`${place}${error.message}\n`))
}

/** Complains. */
export function* report(shell: Shell, message: string): Run<void> {
  yield* writeAll(shell, 2, Bytes.encode(`${prefix(shell)}${message}\n`))
}
