/**
 * Prints paths without links, `.` and `..`.
 *
 * @see realpath(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { relative, resolvePath, type Strictness, type Ways } from "../RealPath.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE...",
  does: "Print the resolved absolute file name.",
  short: "eLmPqsz",
  long: {
    "canonicalize-existing": "e",
    "canonicalize-missing": "m",
    logical: "L",
    physical: "P",
    quiet: "q",
    "relative-base=": "relative-base",
    "relative-to=": "relative-to",
    strip: "s",
    "no-symlinks": "s",
    zero: "z"
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let strict: Strictness = "parents"
  let ways: Ways = {}
  let quiet = false
  let end = "\n"
  let base: string | undefined
  let to: string | undefined
  for (const { key, value } of options) {
    if (key === "e") strict = "all"
    else if (key === "m") strict = "missing"
    else if (key === "s") ways = { links: "keep", logical: true }
    else if (key === "L") ways = { logical: true }
    else if (key === "P") ways = {}
    else if (key === "q") quiet = true
    else if (key === "z") end = "\0"
    else if (key === "relative-base") base = value
    else to = value
  }
  if (operands.length === 0) return yield* run.missingOperand()
  const resolve = (path: string) => resolvePath(run.sys, path, strict, ways)
  const from = to ?? base
  const start = from === undefined ? undefined : yield* resolve(from)
  if (Errno.isErrno(start)) {
    yield* run.failPath(from!, start)
    return 1
  }
  const root = base === undefined ? undefined : yield* resolve(base)
  for (const path of operands) {
    const resolved = yield* resolve(path)
    if (Errno.isErrno(resolved)) {
      run.status = 1
      if (!quiet) yield* run.failPath(path, resolved)
      continue
    }
    const below = typeof root !== "string" || resolved === root || resolved.startsWith(root === "/" ? "/" : `${root}/`)
    run.out.text((start === undefined || !below ? resolved : relative(start, resolved)) + end)
  }
  return run.status
})
