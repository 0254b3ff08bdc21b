/**
 * Strips the last component from names.
 *
 * @see dirname(1)
 */
import { dirName } from "../Directory.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION] NAME...",
  does: "Output each NAME with its last non-slash component and trailing slashes removed.",
  short: "z",
  long: { zero: "z" }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  if (operands.length === 0) return yield* run.missingOperand()
  for (const path of operands) run.out.text(dirName(path) + (options.length > 0 ? "\0" : "\n"))
})
