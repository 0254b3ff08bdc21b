/**
 * The options of ls.
 *
 * @see ls(1)
 */
import type { Given } from "../Options.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import type { Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import { choose } from "../Words.js"

export interface Asked {
  format: "single" | "down" | "across" | "commas" | "long"
  hidden: "none" | "almost" | "all"
  sort: "name" | "time" | "size" | "extension" | "version" | "none" | "width"
  time: "mtime" | "atime" | "ctime" | "btime"
  style: "default" | "full" | "long" | "iso" | { readonly recent: string; readonly old: string }
  quoting: "literal" | "shell" | "shell-always" | "shell-plain" | "shell-plain-always" | "c" | "escape" | "locale"
  classify: "none" | "slash" | "file-type" | "classify"
  follow: "never" | "operands" | "directories" | "always"
  reverse: boolean
  recursive: boolean
  directory: boolean
  inode: boolean
  blocks: boolean
  human: boolean
  si: boolean
  blockSize: number
  numeric: boolean
  owner: boolean
  group: boolean
  author: boolean
  hideControl: boolean
  directoriesFirst: boolean
  width: number
  /** How far apart tabs are; 0 for none. */
  tabs: number
  zero: boolean
  color: "always" | "auto" | "never"
  ignore: Array<string>
  hide: Array<string>
}

export const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "List information about the FILEs (the current directory by default).",
  short: "abcdfghiklmnopqrstuvw:xABCDFGHI:LNQRST:UXZ1",
  long: {
    all: "a",
    "almost-all": "A",
    author: "author",
    "block-size=": "block-size",
    classify: "F",
    "classify=?": "F",
    "color=?": "color",
    dereference: "L",
    "dereference-command-line": "H",
    "dereference-command-line-symlink-to-dir": "dereference-directories",
    directory: "d",
    escape: "b",
    "file-type": "file-type",
    "format=": "format",
    "full-time": "full-time",
    "group-directories-first": "directories-first",
    "hide=": "hide",
    "hide-control-chars": "q",
    "human-readable": "h",
    "ignore=": "I",
    "ignore-backups": "B",
    "indicator-style=": "indicator",
    inode: "i",
    kibibytes: "k",
    literal: "N",
    "no-group": "G",
    "numeric-uid-gid": "n",
    "quote-name": "Q",
    "quoting-style=": "quoting",
    recursive: "R",
    reverse: "r",
    "show-control-chars": "show-control",
    si: "si",
    size: "s",
    "sort=": "sort",
    "tabsize=": "T",
    "time=": "time",
    "time-style=": "time-style",
    "width=": "w",
    zero: "zero"
  },
  failure: 2
}

const simple: Readonly<Record<string, Partial<Asked>>> = {
  "1": { format: "single" },
  A: { hidden: "almost" },
  C: { format: "down" },
  F: { classify: "classify" },
  G: { group: false },
  H: { follow: "operands" },
  L: { follow: "always" },
  N: { quoting: "literal" },
  Q: { quoting: "c" },
  R: { recursive: true },
  S: { sort: "size" },
  U: { sort: "none" },
  X: { sort: "extension" },
  a: { hidden: "all" },
  author: { author: true },
  b: { quoting: "escape" },
  d: { directory: true },
  "dereference-directories": { follow: "directories" },
  "directories-first": { directoriesFirst: true },
  "file-type": { classify: "file-type" },
  "full-time": { format: "long", style: "full" },
  g: { format: "long", owner: false },
  h: { human: true, si: false },
  i: { inode: true },
  k: { blockSize: 1024 },
  l: { format: "long" },
  m: { format: "commas" },
  n: { format: "long", numeric: true },
  o: { format: "long", group: false },
  p: { classify: "slash" },
  q: { hideControl: true },
  r: { reverse: true },
  s: { blocks: true },
  "show-control": { hideControl: false },
  si: { human: true, si: true },
  t: { sort: "time" },
  v: { sort: "version" },
  x: { format: "across" },
  zero: { zero: true, format: "single", quoting: "literal", hideControl: false }
}

type Words = Readonly<Record<string, Partial<Asked>>>

const formats: Words = {
  across: { format: "across" },
  commas: { format: "commas" },
  horizontal: { format: "across" },
  long: { format: "long" },
  "single-column": { format: "single" },
  verbose: { format: "long" },
  vertical: { format: "down" }
}
const sorts: Words = {
  none: { sort: "none" },
  time: { sort: "time" },
  size: { sort: "size" },
  extension: { sort: "extension" },
  version: { sort: "version" },
  width: { sort: "width" }
}
const times: Words = {
  atime: { time: "atime" },
  access: { time: "atime" },
  use: { time: "atime" },
  ctime: { time: "ctime" },
  status: { time: "ctime" },
  birth: { time: "btime" },
  creation: { time: "btime" },
  mtime: { time: "mtime" },
  modification: { time: "mtime" }
}
const indicators: Words = {
  none: { classify: "none" },
  slash: { classify: "slash" },
  "file-type": { classify: "file-type" },
  classify: { classify: "classify" }
}
const quotings: Words = {
  literal: { quoting: "literal" },
  shell: { quoting: "shell-plain" },
  "shell-always": { quoting: "shell-plain-always" },
  "shell-escape": { quoting: "shell" },
  "shell-escape-always": { quoting: "shell-always" },
  c: { quoting: "c" },
  "c-maybe": { quoting: "c" },
  escape: { quoting: "escape" },
  locale: { quoting: "locale" },
  clocale: { quoting: "c" }
}
const colorings: Words = {
  always: { color: "always" },
  yes: { color: "always" },
  force: { color: "always" },
  never: { color: "never" },
  no: { color: "never" },
  none: { color: "never" },
  auto: { color: "auto" },
  tty: { color: "auto" },
  "if-tty": { color: "auto" }
}
const styles: Words = {
  "full-iso": { style: "full" },
  "long-iso": { style: "long" },
  iso: { style: "iso" },
  locale: { style: "default" }
}

const worded: Readonly<Record<string, readonly [name: string, words: Words]>> = {
  format: ["--format", formats],
  color: ["--color", colorings],
  sort: ["--sort", sorts],
  time: ["--time", times],
  indicator: ["--indicator-style", indicators],
  quoting: ["--quoting-style", quotings],
  "time-style": ["--time-style", styles]
}

/** What was given explicitly, where that matters besides the value. */
interface Explicit {
  format: boolean
  sort: boolean
  time: boolean
  quoting: boolean
  control: boolean
}

function* readOption(run: Utility.Run, asked: Asked, explicit: Explicit, { hasValue, key, value }: Given): Steps<void> {
  if ("1Cmxlgno".includes(key) || key === "format" || key === "full-time") {
    // `-1` does not take a long listing back.
    if (key === "1" && asked.format === "long") return
    explicit.format = true
  }
  if ("SUXtv".includes(key) || key === "sort") explicit.sort = true
  if ("NQb".includes(key) || key === "quoting" || key === "zero") explicit.quoting = true
  if (key === "q" || key === "show-control") explicit.control = true
  const known = simple[key]
  if (known !== undefined) {
    Object.assign(asked, known)
    return
  }
  if (key === "time-style" && value.startsWith("+")) {
    const [recent = "", old = recent] = value.slice(1).split("\n").reverse()
    asked.style = { recent, old }
    return
  }
  if (key === "time-style" && styles[value.replace(/^posix-/, "")] === undefined) {
    yield* run.warn(`invalid argument ${Quote.value(value)} for 'time style'`)
    const known = ["full-iso", "long-iso", "iso", "locale"].map((name) => `  - [posix-]${name}\n`).join("")
    yield* run.error(`Valid arguments are:\n${known}  - +FORMAT (e.g., +%H:%M) for a 'date'-style format\n`)
    return yield* run.misuse()
  }
  const words = worded[key]
  if (words !== undefined) {
    const said = key === "time-style"
      ? value.replace(/^posix-/, "")
      : key === "color" && !hasValue
      ? "always"
      : value
    Object.assign(asked, yield* choose(run, words[0], words[1], said, 1))
    if (key === "time") explicit.time = true
    return
  }
  switch (key) {
    case "B":
      asked.ignore.push("*~", ".*~")
      break
    case "I":
      asked.ignore.push(value)
      break
    case "hide":
      asked.hide.push(value)
      break
    case "c":
    case "u":
      asked.time = key === "c" ? "ctime" : "atime"
      explicit.time = true
      break
    case "f":
      Object.assign(asked, { hidden: "all", sort: "none", blocks: false, color: "never" })
      if (asked.format === "long") asked.format = "down"
      explicit.sort = true
      break
    case "T":
      asked.tabs = Number(value)
      break
    case "w": {
      const width = Size.parse(value)
      if (width === undefined) return yield* run.die(`invalid line width: ${Quote.value(value)}`)
      asked.width = width === 0 ? Number.MAX_SAFE_INTEGER : width
      break
    }
    case "block-size": {
      const unit = Size.parse(/^\d/.test(value) ? value : `1${value}`)
      if (unit === undefined || unit === 0) {
        return yield* run.die(`invalid --block-size argument ${Quote.value(value)}`)
      }
      asked.blockSize = unit
      break
    }
  }
}

/** Reads the options; what depends on the terminal is decided by whether `terminal` has columns. */
export function* read(run: Utility.Run, options: ReadonlyArray<Given>, terminal: number | undefined): Steps<Asked> {
  const asked: Asked = {
    format: terminal === undefined ? "single" : "down",
    hidden: "none",
    sort: "name",
    time: "mtime",
    style: "default",
    quoting: terminal === undefined ? "literal" : "shell",
    classify: "none",
    follow: "never",
    reverse: false,
    recursive: false,
    directory: false,
    inode: false,
    blocks: false,
    human: false,
    si: false,
    blockSize: 0,
    numeric: false,
    owner: true,
    group: true,
    author: false,
    hideControl: terminal !== undefined,
    directoriesFirst: false,
    width: terminal ?? 80,
    tabs: 8,
    zero: false,
    color: "never",
    ignore: [],
    hide: []
  }
  const explicit: Explicit = { format: false, sort: false, time: false, quoting: false, control: false }
  for (const option of options) yield* readOption(run, asked, explicit, option)
  // `ls -u` sorts by the time that it names, unless it is there to show it.
  if (explicit.time && !explicit.sort && asked.format !== "long") asked.sort = "time"
  if (asked.follow === "never" && !asked.directory && asked.classify !== "classify" && asked.format !== "long") {
    asked.follow = "directories"
  }
  return asked
}
