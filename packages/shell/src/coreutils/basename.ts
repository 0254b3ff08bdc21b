/**
 * Strips directories, and a suffix, from names.
 *
 * @see basename(1)
 */
import { baseName } from "../Directory.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "NAME [SUFFIX]\nOPTION... NAME...",
  does: "Print NAME with any leading directory components removed.",
  short: "as:z",
  long: { multiple: "a", "suffix=": "s", zero: "z" },
  permute: false
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let multiple = false
  let suffix = ""
  let end = "\n"
  for (const { key, value } of options) {
    if (key === "a") multiple = true
    else if (key === "z") end = "\0"
    else {
      multiple = true
      suffix = value
    }
  }
  if (operands.length === 0) return yield* run.missingOperand()
  if (!multiple) {
    if (operands.length > 2) return yield* run.extraOperand(operands[2]!)
    suffix = operands[1] ?? ""
  }
  for (const path of multiple ? operands : operands.slice(0, 1)) {
    const name = baseName(path)
    const cut = suffix !== "" && name !== suffix && name !== "/" && name.endsWith(suffix)
    run.out.text((cut ? name.slice(0, -suffix.length) : name) + end)
  }
})
