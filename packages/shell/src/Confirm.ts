/**
 * Asks whoever is at standard input.
 *
 * @see rm(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { attempt, type Steps } from "./Steps.js"
import type * as Utility from "./Utility.js"

/** Prints `NAME: question ` and reads one line; `y` and `Y` mean yes. */
export const confirm = (run: Utility.Run, question: string): Steps<boolean> =>
  answered(run, `${run.name}: ${question} `)

/** Prints a prompt as it is and reads one line; `y` and `Y` mean yes. */
export function* answered(run: Utility.Run, prompt: string): Steps<boolean> {
  if (run.out.length > 0) yield* run.out.flush()
  yield* run.error(prompt)
  const byte = new Uint8Array(1)
  let first: number | undefined
  while (true) {
    // What follows the line is the next question's answer, so no more than the line is read.
    const count = yield* attempt(run.sys.read(0, byte))
    if (Errno.isErrno(count) || count === 0 || byte[0] === 10) return first === 121 || first === 89
    first ??= byte[0]
  }
}
