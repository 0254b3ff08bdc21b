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
import type { Given } from "../Options.js"
import * as Pattern from "../Pattern.js"
import * as Regex from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { type Colors, paint, read } from "./grepColors.js"
import * as GrepFile from "./grepFile.js"
import * as GrepMatcher from "./grepMatcher.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... PATTERNS [FILE]...",
  does: "Search for PATTERNS in each FILE.",
  short: "A:B:C:EFGHILPTUZabce:f:hilm:noqRrsuvwxyzd:D:",
  long: {
    "after-context=": "A",
    "basic-regexp": "G",
    "before-context=": "B",
    "binary": "U",
    "binary-files=": "binary",
    "byte-offset": "b",
    "color=?": "color",
    "colour=?": "color",
    context: "C",
    "context=": "C",
    count: "c",
    "dereference-recursive": "R",
    "devices=": "D",
    "directories=": "d",
    "exclude=": "exclude",
    "exclude-dir=": "exclude-dir",
    "exclude-from=": "exclude-from",
    "extended-regexp": "E",
    "file=": "f",
    "files-with-matches": "l",
    "files-without-match": "L",
    "fixed-strings": "F",
    "group-separator=": "separator",
    "ignore-case": "i",
    "include=": "include",
    "initial-tab": "T",
    "invert-match": "v",
    "line-buffered": "line-buffered",
    "line-number": "n",
    "line-regexp": "x",
    "max-count=": "m",
    "no-filename": "h",
    "no-group-separator": "no-separator",
    "no-ignore-case": "no-ignore-case",
    "no-messages": "s",
    "null": "Z",
    "null-data": "z",
    "only-matching": "o",
    "perl-regexp": "P",
    quiet: "q",
    recursive: "r",
    "regexp=": "e",
    silent: "q",
    text: "a",
    "with-filename": "H",
    "word-regexp": "w"
  },
  failure: 2,
  hint: (run) => run.error(`Usage: ${run.name} [OPTION]... PATTERNS [FILE]...\n`),
  modernize: (args) => args.map((arg) => /^-\d+$/.test(arg) ? `-C${arg.slice(1)}` : arg)
}

/** Options on their way to what is asked. */
interface Draft {
  syntax: "basic" | "extended" | "fixed"
  ignoreCase: boolean
  whole: "line" | "word" | undefined
  patterns: Array<string> | undefined
  invert: boolean
  show: GrepFile.Asked["show"]
  only: boolean
  numbers: boolean
  offsets: boolean
  names: boolean | undefined
  most: number
  after: number
  before: number
  separator: string | undefined
  binary: GrepFile.Asked["binary"]
  zero: boolean
  nameEnd: string
  initialTab: boolean
  lineBuffered: boolean
  silent: boolean
  directories: "read" | "skip" | "recurse"
  devices: "read" | "skip"
  color: "never" | "always" | "auto"
  follow: boolean
  files: Array<{ readonly include: boolean; readonly matches: (name: string) => boolean }>
  excludedDirectories: Array<(name: string) => boolean>
}

function* count(run: Utility.Run, text: string, what: string): Steps<number> {
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
  return yield* run.die(what === "m" ? "invalid max count" : `${text}: invalid context length argument`)
}

function* patternFile(run: Utility.Run, path: string): Steps<ReadonlyArray<string>> {
  const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) return yield* run.die(`${path}: ${Errno.text(fd._tag)}`)
  const buffer = new Uint8Array(65_536)
  let text = ""
  while (true) {
    const read = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(read)) return yield* run.die(`${path}: ${Errno.text(read._tag)}`)
    if (read === 0) break
    text += Latin1.decode(buffer, 0, read)
  }
  yield* run.close(fd)
  if (text === "") return []
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n")
}

const simple: Readonly<Record<string, Partial<Draft>>> = {
  E: { syntax: "extended" },
  F: { syntax: "fixed" },
  G: { syntax: "basic" },
  P: { syntax: "extended" },
  H: { names: true },
  I: { binary: "skip" },
  L: { show: "unmatching" },
  R: { directories: "recurse", follow: true },
  T: { initialTab: true },
  Z: { nameEnd: "\0" },
  a: { binary: "text" },
  b: { offsets: true },
  c: { show: "count" },
  h: { names: false },
  i: { ignoreCase: true },
  y: { ignoreCase: true },
  "no-ignore-case": { ignoreCase: false },
  l: { show: "matching" },
  n: { numbers: true },
  o: { only: true },
  q: { show: "nothing" },
  r: { directories: "recurse", follow: false },
  s: { silent: true },
  v: { invert: true },
  x: { whole: "line" },
  z: { zero: true },
  "line-buffered": { lineBuffered: true },
  "no-separator": { separator: undefined }
}

/** What prints less wins over what prints more, whatever the order. */
const showRank = ["lines", "count", "unmatching", "matching", "nothing"]

function* readOption(run: Utility.Run, draft: Draft, { hasValue, key, value }: Given): Steps<void> {
  const known = simple[key]
  if (known !== undefined) {
    const show = draft.show
    Object.assign(draft, known)
    const listing = draft.show !== "count" && show !== "lines" && show !== "count" && draft.show !== "nothing" &&
      show !== "nothing"
    if (!listing && showRank.indexOf(show) > showRank.indexOf(draft.show)) draft.show = show
    return
  }
  switch (key) {
    case "A":
      draft.after = yield* count(run, value, key)
      break
    case "B":
      draft.before = yield* count(run, value, key)
      break
    case "C":
      draft.after = draft.before = hasValue ? yield* count(run, value, key) : 2
      break
    case "m":
      draft.most = value.startsWith("-") ? Number.MAX_SAFE_INTEGER : yield* count(run, value, key)
      break
    case "e":
      draft.patterns = [...(draft.patterns ?? []), ...Latin1.fromText(value).split("\n")]
      break
    case "f":
      draft.patterns = [...(draft.patterns ?? []), ...(yield* patternFile(run, value))]
      break
    case "w":
      draft.whole ??= "word"
      break
    case "separator":
      draft.separator = value
      break
    case "include":
    case "exclude":
      draft.files.push({ include: key === "include", matches: Pattern.compile(value) })
      break
    case "exclude-dir":
      draft.excludedDirectories.push(Pattern.compile(value.replace(/(.)\/+$/, "$1")))
      break
    case "binary":
      draft.binary = value === "text" ? "text" : value === "without-match" ? "skip" : "report"
      break
    case "color":
      draft.color = value === "always" || value === "yes" || value === "force"
        ? "always"
        : value === "never" || value === "no" || value === "none"
        ? "never"
        : "auto"
      break
    case "D":
      draft.devices = value === "skip" ? "skip" : "read"
      break
    case "d":
      draft.directories = value === "recurse" || value === "skip" ? value : "read"
      break
  }
}

function* compile(run: Utility.Run, draft: Draft): Steps<Regex.Regex> {
  const options: Regex.Options = {
    extended: draft.syntax === "extended",
    ignoreCase: draft.ignoreCase,
    ...(draft.whole === undefined ? {} : { whole: draft.whole })
  }
  const patterns = draft.patterns ?? []
  if (draft.syntax !== "fixed" && patterns.some((pattern) => /^\[:(\w+):\]$/.test(pattern))) {
    return yield* run.die("character class syntax is [[:space:]], not [:space:]")
  }
  const regex = draft.syntax === "fixed" ? Regex.compileFixed(patterns, options) : Regex.compile(patterns, options)
  if (regex instanceof Regex.BadPattern) return yield* run.die(regex.text)
  for (const warning of regex.warnings) yield* run.warn(`warning: ${warning}`)
  return regex
}

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
    const draft: Draft = {
      syntax,
      ignoreCase: false,
      whole: undefined,
      patterns: undefined,
      invert: false,
      show: "lines",
      only: false,
      numbers: false,
      offsets: false,
      names: undefined,
      most: Number.MAX_SAFE_INTEGER,
      after: -1,
      before: -1,
      separator: "--",
      binary: "report",
      zero: false,
      nameEnd: "",
      initialTab: false,
      lineBuffered: false,
      silent: false,
      directories: "read",
      devices: "read",
      color: "never",
      follow: false,
      files: [],
      excludedDirectories: []
    }
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
