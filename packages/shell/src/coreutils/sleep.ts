/**
 * Waits.
 *
 * @see sleep(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "NUMBER[SUFFIX]...",
  does: "Pause for the sum of the NUMBERs; SUFFIX is s, m, h or d."
}

export const main = Utility.make(utility, function*(run, { operands }) {
  if (operands.length === 0) return yield* run.missingOperand()
  let seconds = 0
  for (const operand of operands) {
    const duration = Size.parseDuration(operand)
    if (duration === undefined) yield* run.fail(`invalid time interval ${Quote.value(operand)}`)
    else seconds += duration
  }
  if (run.status !== 0) return yield* run.misuse()
  const start = yield* run.sys.clockGettime("monotonic")
  const end = start + BigInt(Math.ceil(Math.min(seconds, 1e15) * 1e9))
  for (let left = end - start; left > 0n; left = end - (yield* run.sys.clockGettime("monotonic"))) {
    // A signal that a handler took does not make the sleep shorter.
    const error = yield* attempt(run.sys.nanosleep(left))
    if (!Errno.isErrno(error)) return
  }
})
