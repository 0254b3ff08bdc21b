/**
 * Makes links between files.
 *
 * @see ln(1)
 */
import { AT_FDCWD, AT_SYMLINK_FOLLOW } from "@effix/kernel/abi/Fcntl"
import * as Errno from "@effix/kernel/Errno"
import { confirm } from "../Confirm.js"
import * as Directory from "../Directory.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import { relative, resolvePath } from "../RealPath.js"
import { attempt, type Steps } from "../Steps.js"
import type { Pair } from "../Targets.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage:
    "[OPTION]... [-T] TARGET LINK_NAME\n[OPTION]... TARGET\n[OPTION]... TARGET... DIRECTORY\n[OPTION]... -t DIRECTORY TARGET...",
  does: "Create a link to TARGET with the name LINK_NAME, or links in DIRECTORY.",
  short: "bdfinrst:vFLPS:T",
  long: {
    directory: "d",
    "no-dereference": "n",
    "no-target-directory": "T",
    force: "f",
    interactive: "i",
    logical: "L",
    physical: "P",
    relative: "r",
    symbolic: "s",
    "target-directory=": "t",
    verbose: "v"
  }
}

interface How {
  readonly symbolic: boolean
  readonly force: boolean
  readonly ask: boolean
  readonly relative: boolean
  readonly verbose: boolean
  readonly logical: boolean
}

function* create(run: Utility.Run, text: string, { source, target }: Pair, how: How): Steps<Errno.Any | undefined> {
  const error = yield* attempt(
    how.symbolic
      ? run.sys.symlink(text, target)
      : run.sys.linkat(AT_FDCWD, source, AT_FDCWD, target, how.logical ? AT_SYMLINK_FOLLOW : 0)
  )
  return Errno.isErrno(error) ? error : undefined
}

function* one(run: Utility.Run, pair: Pair, how: How): Steps<void> {
  const { source, target } = pair
  const shown = Quote.quoted(target)
  if (!how.symbolic) {
    const stat = yield* how.logical ? run.stat(source) : run.lstat(source)
    if (Errno.isErrno(stat)) return yield* run.failDoing("failed to access", source, stat)
    if (Directory.isDirectory(stat)) {
      return yield* run.fail(`${Quote.name(source)}: hard link not allowed for directory`)
    }
  }
  const text = how.symbolic && how.relative ? yield* relativeTo(run, source, target) : source
  let error = yield* create(run, text, pair, how)
  if (error?._tag === "EEXIST" && (how.force || how.ask)) {
    const existing = yield* run.lstat(target)
    if (Directory.isDirectory(existing)) return yield* run.fail(`${Quote.name(target)}: cannot overwrite directory`)
    if (how.ask && !(yield* confirm(run, `replace ${shown}?`))) return
    const stat = how.symbolic ? undefined : yield* run.stat(source)
    if (stat !== undefined && !Errno.isErrno(stat) && !Errno.isErrno(existing) && Directory.sameFile(stat, existing)) {
      if (source === target || stat.nlink === 1) {
        return yield* run.fail(`${Quote.quoted(source)} and ${shown} are the same file`)
      }
      error = undefined
    } else {
      yield* attempt(run.sys.unlink(target))
      error = yield* create(run, text, pair, how)
    }
  }
  if (error !== undefined) {
    const arrow = how.symbolic || error._tag === "EEXIST" || error._tag === "ENOSPC"
    return yield* run.fail(
      how.symbolic
        ? `failed to create symbolic link ${shown}${
          error._tag === "ENAMETOOLONG" || text === "" ? ` -> ${Quote.quoted(text)}` : ""
        }: ${Errno.text(error._tag)}`
        : `failed to create hard link ${shown}${arrow ? "" : ` => ${Quote.quoted(source)}`}: ${Errno.text(error._tag)}`
    )
  }
  if (how.verbose) run.out.line(`${shown} ${how.symbolic ? "->" : "=>"} ${Quote.quoted(text)}`)
}

/** The way from the directory of the link to what it points at. */
function* relativeTo(run: Utility.Run, source: string, target: string): Steps<string> {
  const from = yield* resolvePath(run.sys, Directory.dirName(target), "missing")
  const to = yield* resolvePath(run.sys, source, "missing")
  return Errno.isErrno(from) || Errno.isErrno(to) ? source : relative(from, to)
}

/** ln has rules of its own for where links go. */
function* pairs(
  run: Utility.Run,
  operands: ReadonlyArray<string>,
  directory: string | undefined,
  exact: boolean,
  follow: boolean
): Steps<ReadonlyArray<Pair>> {
  const into = (where: string): ReadonlyArray<Pair> =>
    (directory === undefined && operands.length > 1 ? operands.slice(0, -1) : operands).map((source) => ({
      source,
      target: Directory.join(where, Directory.baseName(source))
    }))
  const [first, second] = operands
  if (directory !== undefined && exact) {
    return yield* run.die("cannot combine --target-directory and --no-target-directory")
  }
  if (first === undefined) return yield* run.misuse("missing file operand")
  if (directory !== undefined) {
    const stat = yield* run.stat(directory)
    if (Directory.isDirectory(stat)) return into(directory)
    const why = Errno.isErrno(stat) ? stat._tag : "ENOTDIR"
    return yield* run.die(`target ${Quote.quoted(directory)}: ${Errno.text(why)}`)
  }
  if (exact) {
    if (operands.length !== 2) {
      return yield* run.misuse(
        operands.length < 2
          ? `missing destination file operand after ${Quote.quoted(first)}`
          : `extra operand ${Quote.quoted(operands[2]!)}`
      )
    }
    return [{ source: first, target: second! }]
  }
  if (second === undefined) return into(".")
  const last = operands.at(-1)!
  const stat = yield* follow ? run.stat(last) : run.lstat(last)
  if (Directory.isDirectory(stat)) return into(last)
  if (operands.length > 2) {
    const why = Errno.isErrno(stat) ? stat._tag : "ENOTDIR"
    return yield* run.die(`target ${Quote.quoted(last)}: ${Errno.text(why)}`)
  }
  return [{ source: first, target: second }]
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const latest = Options.last(options, "f", "i")?.key
  const how: How = {
    symbolic: has("s"),
    force: latest === "f",
    ask: latest === "i",
    relative: has("r"),
    verbose: has("v"),
    logical: Options.last(options, "L", "P")?.key === "L"
  }
  if (how.relative && !how.symbolic) return yield* run.die("cannot do --relative without --symbolic")
  const directory = Options.last(options, "t")?.value
  for (const pair of yield* pairs(run, operands, directory, has("T"), !has("n"))) yield* one(run, pair, how)
})
