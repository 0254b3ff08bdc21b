/**
 * Prints a line until it is killed.
 *
 * @see yes(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { blockSize, writeAll } from "../BufferedWriter.js"
import { stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[STRING]...",
  does: "Repeatedly output a line with all specified STRING(s), or 'y'."
}

export const main = Utility.make(utility, function*(run, { operands }) {
  const line = Bytes.encode((operands.length === 0 ? "y" : operands.join(" ")) + "\n")
  const times = Math.max(1, Math.floor(blockSize / line.length))
  const block = new Uint8Array(times * line.length)
  for (let i = 0; i < times; i++) block.set(line, i * line.length)
  while (true) {
    const error = yield* writeAll(run.sys, 1, block)
    if (error !== undefined) return yield* stop(1, `standard output: ${Errno.text(error._tag)}`)
  }
})
