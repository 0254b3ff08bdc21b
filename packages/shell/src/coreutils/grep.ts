/**
 * Prints lines that match a pattern.
 *
 * @see grep(1)
 */
import { S_IFDIR, S_IFMT, S_IFREG } from "@effix/kernel/abi/FileMode"
import { O_NONBLOCK } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import * as Directory from "../Directory.js"
import * as Latin1 from "../Latin1.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { type Colors, paint, read } from "./grepColors.js"
import * as GrepFile from "./grepFile.js"
import * as GrepMatcher from "./grepMatcher.js"
import { compile, type Draft, initial, readOption, utility } from "./grepOptions.js"

/** What goes on while files are searched. */
interface Search {
  readonly draft: Draft
  readonly asked: GrepFile.Asked
  readonly used: { any: boolean }
  /** The file that is written to, where that would never end. */
  readonly output: Stat | undefined
  matched: boolean
}

function* outputOf(run: Utility.Run, { most, show }: Draft): Steps<Stat | undefined> {
  if (show !== "lines" || most <= 1) return undefined
  const stat = yield* attempt(run.sys.fstat(1))
  return !Errno.isErrno(stat) && (stat.mode & S_IFMT) === S_IFREG ? stat : undefined
}

function* colorsOf(run: Utility.Run, color: Draft["color"]): Steps<Colors | undefined> {
  const { GREP_COLOR: old = "", GREP_COLORS, TERM } = yield* run.sys.environ()
  const wanted = color === "always" ||
    (color === "auto" && TERM !== undefined && TERM !== "dumb" && (yield* attempt(run.sys.isatty(1))) === true)
  if (!wanted) return undefined
  if (old !== "") yield* run.warn(`warning: GREP_COLOR='${old}' is deprecated; use GREP_COLORS='mt=${old}'`)
  return read(old, GREP_COLORS)
}

function* complain(run: Utility.Run, search: Search, path: string, error: Errno.Any): Steps<void> {
  run.status = 2
  if (!search.draft.silent) yield* run.warn(`${path}: ${Errno.text(error._tag)}`)
}

/** Answers `true` when nothing more needs to be searched. */
function* searchFile(run: Utility.Run, search: Search, fd: number, name: string): Steps<boolean> {
  const { asked } = search
  if (search.output !== undefined) {
    const stat = yield* attempt(run.sys.fstat(fd))
    if (!Errno.isErrno(stat) && Directory.sameFile(stat, search.output)) {
      run.status = 2
      yield* run.warn(`${name}: input file is also the output`)
      return false
    }
  }
  const { count, error } = yield* GrepFile.search(run, fd, name, asked, search.used)
  if (error !== undefined) {
    yield* complain(run, search, name, error)
    return false
  }
  const { out } = run
  if (asked.matcher.exhausted()) return yield* run.die(`${name}: exceeded the limit of back-reference matching`)
  const { colors } = asked
  const shown = colors === undefined ? name : paint(colors, colors.fn, name)
  const colon = colors === undefined ? ":" : paint(colors, colors.se, ":")
  if (asked.show === "count") out.text(`${asked.names ? shown + (asked.nameEnd || colon) : ""}${count}\n`)
  const listed = asked.show === "unmatching" ? count === 0 : count > 0
  if (listed && (asked.show === "matching" || asked.show === "unmatching")) out.text(shown + (asked.nameEnd || "\n"))
  if (count > 0) search.matched = true
  return asked.show === "nothing" && count > 0
}

function* searchDirectory(
  run: Utility.Run,
  search: Search,
  path: string,
  shown: string,
  /** The directories on the way, which a link may lead back to. */
  above: ReadonlyArray<Stat>
): Steps<boolean> {
  const entries = yield* Directory.list(run.sys, path)
  if (Errno.isErrno(entries)) {
    yield* complain(run, search, shown, entries)
    return false
  }
  for (const { name, type } of entries) {
    const below = Directory.join(path, name)
    const shownBelow = shown === "" ? name : Directory.join(shown, name)
    let kind = type
    let inside = above
    if (kind === 0 || search.draft.follow) {
      const stat = yield* search.draft.follow ? run.stat(below) : run.lstat(below)
      if (Errno.isErrno(stat)) {
        yield* complain(run, search, shownBelow, stat)
        continue
      }
      kind = stat.mode & S_IFMT
      if (kind === S_IFDIR) inside = [...above, stat]
    }
    if (kind === S_IFDIR) {
      if (search.draft.excludedDirectories.some((matches) => matches(name))) continue
      if (inside !== above && above.some((each) => Directory.sameFile(each, inside.at(-1)!))) {
        yield* run.warn(`${shownBelow}: warning: recursive directory loop`)
        continue
      }
      if (yield* searchDirectory(run, search, below, shownBelow, inside)) return true
    } else if (kind === S_IFREG && !isExcluded(search.draft, name)) {
      if (yield* searchPath(run, search, below, shownBelow, true)) return true
    }
  }
  return false
}

/** Whether a pattern stands for a path that was given: for all of it, or for what follows one of its slashes. */
const matchesPath = (matches: (name: string) => boolean) => (path: string): boolean => {
  for (let rest = path;;) {
    if (matches(rest)) return true
    const slash = rest.search(/\/[^/]/)
    if (slash < 0) return false
    rest = rest.slice(slash + 1)
  }
}

/** The last pattern that matches decides; where none does, the first one's kind does. */
const isExcluded = (draft: Draft, name: string, given = false): boolean => {
  const decisive = [...draft.files].reverse().find(({ matches }) => (given ? matchesPath(matches) : matches)(name))
  return decisive === undefined ? draft.files[0]?.include ?? false : !decisive.include
}

function* searchPath(run: Utility.Run, search: Search, path: string, shown: string, below: boolean): Steps<boolean> {
  const { draft } = search
  if (path === "-") return yield* searchFile(run, search, 0, "(standard input)")
  if (!below && isExcluded(draft, path, true) && draft.directories !== "recurse") return false
  const skips = draft.devices === "skip"
  const fd = yield* attempt(run.sys.open(path, skips ? O_NONBLOCK : 0))
  if (Errno.isErrno(fd)) {
    yield* complain(run, search, shown, fd)
    return false
  }
  if (!below) {
    const stat = yield* attempt(run.sys.fstat(fd))
    if (skips && !Errno.isErrno(stat) && ![S_IFREG, S_IFDIR].includes(stat.mode & S_IFMT)) {
      yield* run.close(fd)
      return false
    }
    const isDirectory = Directory.isDirectory(stat)
    if (isDirectory && draft.directories !== "read") {
      yield* run.close(fd)
      if (draft.directories === "skip") return false
      if (draft.excludedDirectories.some((matches) => matchesPath(matches)(path))) return false
      return yield* searchDirectory(run, search, path, shown, [stat])
    }
    if (!isDirectory && isExcluded(draft, path, true)) {
      yield* run.close(fd)
      return false
    }
  }
  const done = yield* searchFile(run, search, fd, shown)
  yield* run.close(fd)
  return done
}

const make = (syntax: Draft["syntax"]) =>
  Utility.make(utility, function*(run, { operands, options }) {
    const draft = initial(syntax)
    for (const option of options) yield* readOption(run, draft, option)
    let paths = operands
    if (draft.patterns === undefined) {
      const [pattern] = operands
      if (pattern === undefined) {
        yield* run.error(`Usage: ${run.name} [OPTION]... PATTERNS [FILE]...\n`)
        return yield* run.misuse()
      }
      draft.patterns = Latin1.fromText(pattern).split("\n")
      paths = operands.slice(1)
    }
    const regex = yield* compile(run, draft)
    const here = paths.length === 0 && draft.directories === "recurse"
    const delimiter = draft.zero ? 0 : 10
    // No pattern at all matches nothing, which is the opposite of an empty pattern.
    const nothing = draft.patterns.length === 0
    const always = draft.whole !== "line" && draft.patterns.includes("")
    if ((draft.most === 0 || (draft.invert ? always : nothing)) && draft.show !== "unmatching") return 1
    const matcher = GrepMatcher.make(regex, delimiter)
    const search: Search = {
      draft,
      used: { any: false },
      matched: false,
      output: yield* outputOf(run, draft),
      asked: {
        ...draft,
        colors: yield* colorsOf(run, draft.color),
        matcher: nothing || draft.most === 0 ? { ...matcher, block: () => () => -1 } : matcher,
        names: draft.names ?? (paths.length > 1 || draft.directories === "recurse"),
        delimiter
      }
    }
    for (const path of paths.length === 0 && !here ? ["-"] : paths) {
      if (yield* searchPath(run, search, path, path === "-" ? "(standard input)" : path, false)) return 0
    }
    if (here) {
      const root = yield* run.stat(".")
      if (yield* searchDirectory(run, search, ".", "", Errno.isErrno(root) ? [] : [root])) return 0
    }
    return run.status !== 0 && !(search.matched && draft.show === "nothing") ? run.status : search.matched ? 0 : 1
  })

export const main = make("basic")
export const egrep = make("extended")
export const fgrep = make("fixed")
