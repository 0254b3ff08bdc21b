/**
 * Changes permissions.
 *
 * @see chmod(1)
 */
import { isDirectory, isSymlink } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import * as Copy from "../Copy.js"
import * as Directory from "../Directory.js"
import * as Modes from "../Modes.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

// A mode such as `-w` or `-rwx` looks like options; each of its letters is one, with the rest as its argument.
const modeLetters = "rwxXstugoa,+=01234567"

const utility: Utility.Utility = {
  usage: "[OPTION]... MODE[,MODE]... FILE...\n[OPTION]... OCTAL-MODE FILE...\n[OPTION]... --reference=RFILE FILE...",
  does: "Change the mode of each FILE to MODE.",
  short: "Rcfv" + [...modeLetters].map((letter) => `${letter}::`).join(""),
  long: {
    changes: "c",
    recursive: "R",
    "no-preserve-root": "no-preserve-root",
    "preserve-root": "preserve-root",
    quiet: "f",
    "reference=": "reference",
    silent: "f",
    verbose: "v"
  }
}

interface How {
  readonly change: Modes.Change
  readonly umask: number
  readonly recursive: boolean
  readonly quiet: boolean
  readonly say: "nothing" | "changes" | "all"
  /** The mode was given like an option, so the umask may have got in the way. */
  readonly surprising: boolean
}

const described = (mode: number): string => `${Modes.octal(mode)} (${Modes.text(mode).slice(1)})`

function* one(run: Utility.Run, path: string, how: How, operand: boolean): Steps<void> {
  const link = operand ? undefined : yield* run.lstat(path)
  if (link !== undefined && !Errno.isErrno(link) && isSymlink(link.mode)) {
    if (how.say === "all") run.out.line(`neither symbolic link ${Quote.quoted(path)} nor referent has been changed`)
    return
  }
  const stat = yield* run.stat(path)
  if (Errno.isErrno(stat)) {
    run.status = 1
    const dangling = operand && stat._tag === "ENOENT" && !Errno.isErrno(yield* run.lstat(path))
    if (dangling) {
      if (!how.quiet) yield* run.warn(`cannot operate on dangling symlink ${Quote.quoted(path)}`)
    } else if (!how.quiet) yield* run.failDoing("cannot access", path, stat)
    if (how.say === "all") run.out.line(`${Quote.quoted(path)} could not be accessed`)
    return
  }
  const old = stat.mode & 0o7777
  const wanted = Modes.apply(how.change, stat.mode, isDirectory(stat.mode), how.umask)
  const error = yield* attempt(run.sys.chmod(path, wanted))
  if (Errno.isErrno(error)) {
    run.status = 1
    if (!how.quiet) yield* run.failDoing("changing permissions of", path, error)
    if (how.say === "all") {
      run.out.line(`failed to change mode of ${Quote.quoted(path)} from ${described(old)} to ${described(wanted)}`)
    }
  } else if (how.say === "all" || (how.say === "changes" && old !== wanted)) {
    run.out.line(
      old === wanted
        ? `mode of ${Quote.quoted(path)} retained as ${described(old)}`
        : `mode of ${Quote.quoted(path)} changed from ${described(old)} to ${described(wanted)}`
    )
  }
  if (!Errno.isErrno(error) && how.surprising) {
    const naive = Modes.apply(how.change, stat.mode, isDirectory(stat.mode), 0)
    if ((wanted & ~naive) !== 0) {
      yield* run.fail(
        `${Quote.name(path)}: new permissions are ${Modes.text(wanted).slice(1)}, not ${Modes.text(naive).slice(1)}`
      )
    }
  }
  if (!how.recursive || !isDirectory(stat.mode)) return
  const entries = yield* Directory.list(run.sys, path)
  if (Errno.isErrno(entries)) return yield* run.failDoing("cannot read directory", path, entries)
  for (const { name } of entries) yield* one(run, Directory.join(path, name), how, false)
  yield* run.out.ready()
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let say: How["say"] = "nothing"
  let recursive = false
  let quiet = false
  let reference: string | undefined
  let dashed = ""
  for (const { key, value } of options) {
    if (modeLetters.includes(key)) dashed += `${dashed === "" ? "" : ","}-${key}${value}`
    else if (key === "R") recursive = true
    else if (key === "f") quiet = true
    else if (key === "c") say = "changes"
    else if (key === "v") say = "all"
    else if (key === "reference") reference = value
  }
  let paths = operands
  let text = dashed
  if (reference === undefined && dashed === "") {
    const [mode] = operands
    if (mode === undefined) return yield* run.missingOperand()
    text = mode
    paths = operands.slice(1)
  }
  if (paths.length === 0) {
    return yield* text === "" || dashed !== "" ? run.missingOperand() : run.missingOperand(text)
  }
  let change: Modes.Change | undefined
  if (reference === undefined) change = Modes.parse(text)
  else {
    const stat = yield* run.stat(reference)
    if (Errno.isErrno(stat)) {
      return yield* run.die(`failed to get attributes of ${Quote.quoted(reference)}: ${Errno.text(stat._tag)}`)
    }
    change = Modes.parse((stat.mode & 0o7777).toString(8).padStart(5, "0"))
  }
  if (change === undefined) return yield* run.misuse(`invalid mode: ${Quote.value(text)}`)
  const how: How = { change, umask: yield* Copy.umask(run), recursive, quiet, say, surprising: dashed !== "" }
  for (const path of paths) yield* one(run, path, how, true)
})
