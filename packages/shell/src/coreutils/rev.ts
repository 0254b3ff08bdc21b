/**
 * Reverses each line.
 *
 * @see rev(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import type * as Errno from "@effix/kernel/Errno"
import { LineReader } from "../LineReader.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[FILE]...",
  does: "Reverse lines characterwise.",
  short: "0",
  long: { zero: "0" }
}

function* reverse(run: Utility.Run, fd: number, end: number): Steps<Errno.Any | undefined> {
  const lines = new LineReader(run.sys, fd, end)
  do {
    while (lines.next()) {
      const text = Bytes.decode(lines.buffer.subarray(lines.from, lines.to))
      run.out.text([...text].reverse().join(""))
      if (lines.terminated) run.out.byte(end)
    }
    yield* run.out.ready()
  } while (yield* lines.fill())
  return lines.error
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  yield* run.inputs(operands, (fd) => reverse(run, fd, options.length > 0 ? 0 : 10))
})
