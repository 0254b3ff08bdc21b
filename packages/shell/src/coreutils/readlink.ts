/**
 * Prints where links point.
 *
 * @see readlink(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { resolvePath, type Strictness } from "../RealPath.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE...",
  does: "Print value of a symbolic link or canonical file name.",
  short: "efmnqsvz",
  long: {
    canonicalize: "f",
    "canonicalize-existing": "e",
    "canonicalize-missing": "m",
    "no-newline": "n",
    quiet: "q",
    silent: "s",
    verbose: "v",
    zero: "z"
  }
}

const ways: Readonly<Record<string, Strictness>> = { e: "all", f: "parents", m: "missing" }

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let strict: Strictness | undefined
  let verbose = false
  let newline = true
  let end = "\n"
  for (const { key } of options) {
    strict = ways[key] ?? strict
    if (key === "v") verbose = true
    else if (key === "q" || key === "s") verbose = false
    else if (key === "n") newline = false
    else if (key === "z") end = "\0"
  }
  if (operands.length === 0) return yield* run.missingOperand()
  if (!newline && operands.length > 1) {
    yield* run.warn("ignoring --no-newline with multiple arguments")
    newline = true
  }
  for (const path of operands) {
    const text = yield* strict === undefined
      ? attempt(run.sys.readlink(path))
      : resolvePath(run.sys, path, strict)
    if (Errno.isErrno(text)) {
      run.status = 1
      if (verbose) yield* run.failPath(path, text)
    } else run.out.text(text + (newline ? end : ""))
  }
})
