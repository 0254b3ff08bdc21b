/**
 * Moves and renames files.
 *
 * @see mv(1)
 */
import { isDirectory, isSymlink, W_OK } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import { confirm } from "../Confirm.js"
import * as Copy from "../Copy.js"
import * as Directory from "../Directory.js"
import * as Modes from "../Modes.js"
import * as Quote from "../Quote.js"
import { remove } from "../Removal.js"
import { attempt, type Steps } from "../Steps.js"
import * as Targets from "../Targets.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -t DIRECTORY SOURCE...",
  does: "Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.",
  short: "bfint:uvS:TZ",
  long: {
    force: "f",
    interactive: "i",
    "no-clobber": "n",
    "no-target-directory": "T",
    "strip-trailing-slashes": "strip",
    "target-directory=": "t",
    update: "u",
    verbose: "v"
  }
}

interface How {
  readonly clobber: "default" | "force" | "ask" | "no"
  readonly update: boolean
  readonly verbose: boolean
  readonly terminal: boolean
}

/** Whether what is at the target may go: `go`, `skip` or `fail`. */
function* mayReplace(
  run: Utility.Run,
  pair: Targets.Pair,
  stat: Stat,
  existing: Stat,
  how: How
): Steps<"go" | "skip" | "fail"> {
  const { source, target } = pair
  const shown = Quote.quoted(target)
  if (Directory.sameFile(stat, existing)) {
    if (isDirectory(stat.mode) && source.replace(/\/+$/, "") !== target.replace(/\/+$/, "")) return "go"
    yield* run.fail(`${Quote.quoted(source)} and ${shown} are the same file`)
    return "fail"
  }
  if (how.update && !isDirectory(stat.mode) && existing.mtime >= stat.mtime) return "skip"
  if (how.clobber === "no") return "skip"
  if (isDirectory(existing.mode) && !isDirectory(stat.mode)) {
    yield* run.fail(`cannot overwrite directory ${shown} with non-directory`)
    return "fail"
  }
  if (isDirectory(stat.mode) && !isDirectory(existing.mode)) {
    yield* run.fail(`cannot overwrite non-directory ${shown} with directory ${Quote.quoted(source)}`)
    return "fail"
  }
  if (how.clobber === "force") return "go"
  const guarded = !isSymlink(existing.mode) && Errno.isErrno(yield* attempt(run.sys.access(target, W_OK)))
  if (how.clobber !== "ask" && !(guarded && how.terminal)) return "go"
  const question = guarded
    ? `replace ${shown}, overriding mode ${Modes.octal(existing.mode)} (${Modes.text(existing.mode).slice(1)})?`
    : `overwrite ${shown}?`
  return (yield* confirm(run, question)) ? "go" : "skip"
}

function* move(run: Utility.Run, pair: Targets.Pair, how: How, copier: Copy.Copier): Steps<void> {
  const { source, target } = pair
  const stat = yield* run.lstat(source)
  if (Errno.isErrno(stat)) return yield* run.failDoing("cannot stat", source, stat)
  const existing = yield* run.lstat(target)
  if (!Errno.isErrno(existing) && (yield* mayReplace(run, pair, stat, existing, how)) !== "go") return
  const error = yield* attempt(run.sys.rename(source, target))
  if (!Errno.isErrno(error)) {
    if (how.verbose) run.out.line(`renamed ${Quote.quoted(source)} -> ${Quote.quoted(target)}`)
    return
  }
  if (error._tag === "EINVAL" && isDirectory(stat.mode)) {
    return yield* run.fail(
      `cannot move ${Quote.quoted(source)} to a subdirectory of itself, ${Quote.quoted(target)}`
    )
  }
  if (error._tag !== "EXDEV") {
    return yield* run.fail(`cannot move ${Quote.quoted(source)} to ${Quote.quoted(target)}: ${Errno.text(error._tag)}`)
  }
  yield* acrossFileSystems(run, pair, stat, existing, how, copier)
}

function* acrossFileSystems(
  run: Utility.Run,
  { source, target }: Targets.Pair,
  stat: Stat,
  existing: Stat | Errno.Any,
  how: How,
  copier: Copy.Copier
): Steps<void> {
  if (!Errno.isErrno(existing)) {
    const gone = yield* attempt(isDirectory(stat.mode) ? run.sys.rmdir(target) : run.sys.unlink(target))
    if (Errno.isErrno(gone)) {
      return yield* run.fail(
        `inter-device move failed: ${Quote.quoted(source)} to ${Quote.quoted(target)}; unable to remove target: ${
          Errno.text(gone._tag)
        }`
      )
    }
  }
  if (!(yield* copier.copy({ source, target }))) return
  yield* remove(run, source, {
    recursive: true,
    directories: true,
    force: true,
    ask: "never",
    verbose: how.verbose
  })
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let clobber: How["clobber"] = "default"
  let directory: string | undefined
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  for (const { key, value } of options) {
    if (key === "f") clobber = "force"
    else if (key === "i") clobber = "ask"
    else if (key === "n") clobber = "no"
    else if (key === "t") directory = value
  }
  const sources = has("strip") ? operands.map((path) => path.replace(/(.)\/+$/, "$1")) : operands
  const pairs = yield* Targets.resolve(run, sources, { directory, exact: has("T") })
  const terminal = (yield* attempt(run.sys.isatty(0))) === true
  const how: How = { clobber, update: has("u"), verbose: has("v"), terminal }
  const copier = new Copy.Copier(run, {
    recursive: true,
    follow: "never",
    preserve: { mode: true, ownership: true, timestamps: true, links: true },
    clobber: "yes",
    force: true,
    removeFirst: true,
    update: false,
    verbose: how.verbose,
    make: "copy",
    attributesOnly: false,
    verb: "copied",
    umask: yield* Copy.umask(run)
  })
  for (const pair of pairs) {
    yield* move(run, pair, how, copier)
    yield* run.out.ready()
  }
})
