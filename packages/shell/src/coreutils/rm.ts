/**
 * Removes files and directories.
 *
 * @see rm(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { confirm } from "../Confirm.js"
import { baseName, sameFile } from "../Directory.js"
import * as Quote from "../Quote.js"
import { remove } from "../Removal.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Remove (unlink) the FILE(s).",
  short: "dfirvIR",
  long: {
    force: "f",
    "interactive=?": "interactive",
    "one-file-system": "one-file-system",
    "no-preserve-root": "no-preserve-root",
    "preserve-root=?": "preserve-root",
    recursive: "r",
    dir: "d",
    verbose: "v"
  },
  *hint(run, args) {
    for (const arg of args) {
      if (!arg.startsWith("-") || arg === "-" || Errno.isErrno(yield* run.lstat(arg))) continue
      return yield* run.error(`Try '${run.name} ./${Quote.shell(arg)}' to remove the file ${Quote.quoted(arg)}.\n`)
    }
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const terminal = (yield* attempt(run.sys.isatty(0))) === true
  let ask: "never" | "protected" | "always" = terminal ? "protected" : "never"
  let once = false
  let force = false
  let recursive = false
  let directories = false
  let verbose = false
  let preserveRoot = true
  for (const { key, value } of options) {
    const when = key === "interactive" ? (/^(no|ne)/.test(value) ? "f" : value.startsWith("o") ? "I" : "i") : key
    if (when === "f") {
      ask = "never"
      once = false
      force = key === "f"
    } else if (when === "i") {
      ask = "always"
      once = force = false
    } else if (when === "I") {
      ask = terminal ? "protected" : "never"
      once = true
      force = false
    } else if (key === "r" || key === "R") recursive = true
    else if (key === "d") directories = true
    else if (key === "v") verbose = true
    else if (key === "no-preserve-root") preserveRoot = false
  }
  if (operands.length === 0) return force ? 0 : yield* run.missingOperand()
  if (once && (operands.length > 3 || recursive)) {
    const many = `${operands.length} argument${operands.length === 1 ? "" : "s"}`
    if (!(yield* confirm(run, `remove ${many}${recursive ? " recursively" : ""}?`))) return 0
  }
  const root = yield* run.lstat("/")
  for (const path of operands) {
    const name = baseName(path)
    if ((recursive || directories) && (name === "." || name === "..")) {
      yield* run.fail(`refusing to remove '.' or '..' directory: skipping ${Quote.quoted(path)}`)
      continue
    }
    if (recursive && preserveRoot && !Errno.isErrno(root)) {
      const stat = yield* run.lstat(path)
      if (!Errno.isErrno(stat) && sameFile(stat, root)) {
        const shown = path === "/" ? "'/'" : `${Quote.quoted(path)} (same as '/')`
        yield* run.fail(`it is dangerous to operate recursively on ${shown}`)
        yield* run.fail("use --no-preserve-root to override this failsafe")
        continue
      }
    }
    yield* remove(run, path, { recursive, directories, force, ask, verbose })
    yield* run.out.ready()
  }
  return run.status
})
