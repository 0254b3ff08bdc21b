/**
 * Who has logged in: nobody, for there is no login and no record of one.
 *
 * @see logname(1)
 */
import * as Utility from "../Utility.js"

export const main = Utility.make(
  { usage: "[OPTION]", does: "Print the user's login name." },
  function*(run, { operands }) {
    if (operands[0] !== undefined) return yield* run.extraOperand(operands[0])
    return yield* run.die("no login name")
  }
)

/** @see users(1) */
export const users = Utility.make(
  { usage: "[OPTION]... [FILE]", does: "Output who is currently logged in according to FILE." },
  function*(run, { operands }) {
    if (operands[1] !== undefined) yield* run.extraOperand(operands[1])
  }
)
