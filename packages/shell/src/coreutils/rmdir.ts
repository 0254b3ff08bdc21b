/**
 * Removes empty directories.
 *
 * @see rmdir(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { dirName } from "../Directory.js"
import * as Quote from "../Quote.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... DIRECTORY...",
  does: "Remove the DIRECTORY(ies), if they are empty; -p removes their ancestors too.",
  short: "pv",
  long: { "ignore-fail-on-non-empty": "ignore", parents: "p", verbose: "v" }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (key: string): boolean => options.some((option) => option.key === key)
  const [parents, verbose, ignore] = [has("p"), has("v"), has("ignore")]
  if (operands.length === 0) return yield* run.missingOperand()
  for (const operand of operands) {
    let path = operand
    while (true) {
      if (verbose) run.out.line(`${run.name}: removing directory, ${Quote.quoted(path)}`)
      const error = yield* attempt(run.sys.rmdir(path))
      if (Errno.isErrno(error)) {
        if (!(ignore && error._tag === "ENOTEMPTY")) {
          yield* run.failDoing(path === operand ? "failed to remove" : "failed to remove directory", path, error)
        }
        break
      }
      const above = dirName(path)
      if (!parents || above === "." || above === "/" || above === path) break
      path = above
    }
  }
})
