/**
 * What grep is asked for.
 *
 * @see grep(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Latin1 from "../Latin1.js"
import type { Given } from "../Options.js"
import * as Pattern from "../Pattern.js"
import * as Regex from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import type * as GrepFile from "./grepFile.js"

export const utility: Utility.Utility = {
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
export interface Draft {
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

export function* readOption(run: Utility.Run, draft: Draft, { hasValue, key, value }: Given): Steps<void> {
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

export function* compile(run: Utility.Run, draft: Draft): Steps<Regex.Regex> {
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

/** What is asked for by nobody yet. */
export const initial = (syntax: Draft["syntax"]): Draft => ({
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
})
