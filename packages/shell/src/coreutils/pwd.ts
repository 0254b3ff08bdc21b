/**
 * Prints the working directory.
 *
 * @see pwd(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { sameFile } from "../Directory.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]...",
  does: "Print the full name of the working directory; -L keeps the symbolic links of $PWD.",
  short: "LP",
  long: { logical: "L", physical: "P" }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  if (operands.length > 0) yield* run.warn("ignoring non-option arguments")
  if (options.at(-1)?.key === "L") {
    const { PWD: logical } = yield* run.sys.environ()
    if (logical?.startsWith("/") && !/\/\.\.?(\/|$)/.test(logical)) {
      const there = yield* run.stat(logical)
      const here = yield* run.stat(".")
      if (!Errno.isErrno(there) && !Errno.isErrno(here) && sameFile(there, here)) {
        run.out.line(logical)
        return
      }
    }
  }
  const cwd = yield* attempt(run.sys.getcwd())
  if (Errno.isErrno(cwd)) return yield* run.die(`couldn't find directory entry in '..' with matching i-node`)
  run.out.line(cwd)
})
