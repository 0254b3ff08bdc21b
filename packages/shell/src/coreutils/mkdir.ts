/**
 * Makes directories.
 *
 * @see mkdir(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Copy from "../Copy.js"
import { isDirectory } from "../Directory.js"
import * as Modes from "../Modes.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... DIRECTORY...",
  does: "Create the DIRECTORY(ies), if they do not already exist.",
  short: "m:pvZ",
  long: { "mode=": "m", parents: "p", verbose: "v" }
}

interface How {
  readonly mode: Modes.Change | undefined
  readonly parents: boolean
  readonly verbose: boolean
  readonly umask: number
}

function* one(run: Utility.Run, path: string, how: How, last: boolean): Steps<boolean> {
  // The parents that -p makes must be usable by their maker.
  const wanted = last && how.mode !== undefined ? Modes.apply(how.mode, 0o777, true, how.umask) : 0o777
  const error = yield* attempt(run.sys.mkdir(path, wanted))
  if (Errno.isErrno(error)) {
    if (how.parents && isDirectory(yield* run.stat(path))) return true
    // What stands where a directory should be above the last name is in the way.
    const why = error._tag === "EEXIST" && !last ? Errno.make("ENOTDIR") : error
    yield* run.failDoing("cannot create directory", path, why)
    return false
  }
  if (how.verbose) run.out.line(`${run.name}: created directory ${Quote.quoted(path)}`)
  if (last && how.mode !== undefined) yield* attempt(run.sys.chmod(path, wanted))
  if (!last && (how.umask & 0o300) !== 0) yield* attempt(run.sys.chmod(path, (0o777 & ~how.umask) | 0o300))
  return true
}

/** Makes a directory and, if asked for, what lies above it. */
function* make(run: Utility.Run, path: string, how: How): Steps<void> {
  if (how.parents) {
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
      if (path[at - 1] === "/" || /^\/*$/.test(path.slice(at))) continue
      const above = path.slice(0, at)
      if (!isDirectory(yield* run.stat(above)) && !(yield* one(run, above, how, false))) return
    }
  }
  yield* one(run, path, how, true)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let text: string | undefined
  let parents = false
  let verbose = false
  for (const { key, value } of options) {
    if (key === "m") text = value
    if (key === "p") parents = true
    if (key === "v") verbose = true
  }
  if (operands.length === 0) return yield* run.missingOperand()
  const mode = text === undefined ? undefined : Modes.parse(text)
  if (text !== undefined && mode === undefined) return yield* run.die(`invalid mode ${Quote.value(text)}`)
  const umask = yield* Copy.umask(run)
  for (const path of operands) yield* make(run, path, { mode, parents, verbose, umask })
})
