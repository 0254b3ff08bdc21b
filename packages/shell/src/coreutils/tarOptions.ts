/**
 * What tar was asked for.
 *
 * @see tar(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { type Accounts, load } from "../Accounts.js"
import * as DateText from "../DateText.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Modes from "../Modes.js"
import * as Options from "../Options.js"
import { attempt, type Steps, stop } from "../Steps.js"
import type { Format } from "../tar/header.js"
import * as Names from "../tar/names.js"
import type * as Utility from "../Utility.js"
import { BadScript, parse as parseScript } from "./sedScript.js"
import { replaced } from "./sedText.js"

export const accepted: Options.Accepted = {
  short: "AcdtruxC:f:zjJZvpkmhPOT:X:SUsaWwb:BilnoH:I:MN:V:Gg:RK:F:L:",
  long: {
    "absolute-names": "P",
    "add-file=": "add-file",
    "after-date=": "N",
    "anchored": "anchored",
    append: "r",
    "auto-compress": "a",
    "blocking-factor=": "b",
    bzip2: "j",
    compare: "d",
    compress: "Z",
    create: "c",
    dereference: "h",
    diff: "d",
    "directory=": "C",
    "exclude=": "exclude",
    "exclude-backups": "exclude-backups",
    "exclude-from=": "X",
    "exclude-vcs": "exclude-vcs",
    extract: "x",
    "file=": "f",
    "files-from=": "T",
    "force-local": "ignored",
    "format=": "H",
    "full-time": "full-time",
    get: "x",
    "group=": "group",
    gunzip: "z",
    gzip: "z",
    "hard-dereference": "hard-dereference",
    "ignore-case": "ignore-case",
    "ignore-zeros": "i",
    "keep-directory-symlink": "keep-directory-symlink",
    "keep-newer-files": "keep-newer-files",
    "keep-old-files": "k",
    list: "t",
    "mode=": "mode",
    "mtime=": "mtime",
    "newer=": "N",
    "newer-mtime=": "N",
    "no-anchored": "no-anchored",
    "no-auto-compress": "no-auto-compress",
    "no-ignore-case": "no-ignore-case",
    "no-null": "no-null",
    "no-overwrite-dir": "no-overwrite-dir",
    "no-recursion": "no-recursion",
    "no-same-owner": "o",
    "no-same-permissions": "no-same-permissions",
    "no-wildcards": "no-wildcards",
    "no-wildcards-match-slash": "no-slash",
    null: "null",
    "numeric-owner": "numeric-owner",
    overwrite: "overwrite",
    "overwrite-dir": "overwrite-dir",
    "owner=": "owner",
    posix: "posix",
    "preserve-permissions": "p",
    recursion: "recursion",
    "remove-files": "remove-files",
    "same-owner": "same-owner",
    "same-permissions": "p",
    "show-stored-names": "show-transformed",
    "show-transformed-names": "show-transformed",
    "skip-old-files": "skip-old-files",
    "sort=": "sort",
    sparse: "S",
    "strip-components=": "strip",
    "to-stdout": "O",
    touch: "m",
    "transform=": "transform",
    uncompress: "Z",
    ungzip: "z",
    "unlink-first": "U",
    update: "u",
    utc: "ignored",
    verbose: "v",
    "verbatim-files-from": "verbatim",
    "warning=": "ignored",
    wildcards: "wildcards",
    "wildcards-match-slash": "slash",
    "xform=": "transform",
    xz: "J"
  }
}

type Mode = "c" | "x" | "t" | "r" | "u" | "d"

/** A name that was given, and the directory that it is looked for in, from where tar was started. */
export interface Operand {
  readonly name: string
  readonly directory: string
  /** Of the patterns of what is not wanted, how many stood in front of it: the others are not about it. */
  readonly excludes: number
  readonly recursion: boolean
}

interface Owner {
  readonly name: string | undefined
  readonly id: number | undefined
}

export interface Asked {
  readonly mode: Mode
  readonly archive: string
  readonly gzip: boolean
  readonly operands: ReadonlyArray<Operand>
  /** The directory that the last `-C` leads to. */
  readonly directory: string
  readonly verbosity: number
  readonly fullTime: boolean
  readonly keep: "replace" | "fail" | "skip" | "newer" | "overwrite" | "unlink"
  readonly overwriteDirectory: boolean
  readonly keepDirectoryLinks: boolean
  readonly toStdout: boolean
  readonly absolute: boolean
  readonly dereference: boolean
  readonly hardDereference: boolean
  readonly touch: boolean
  readonly samePermissions: boolean
  readonly sameOwner: boolean
  readonly numeric: boolean
  readonly removeFiles: boolean
  readonly sort: "none" | "name" | "inode"
  readonly sparse: boolean
  readonly ignoreZeros: boolean
  readonly strip: number
  readonly showTransformed: boolean
  readonly format: Format
  readonly record: number
  readonly owner: Owner | undefined
  readonly group: Owner | undefined
  readonly permissions: Modes.Change | undefined
  readonly mtime: bigint | undefined
  readonly newer: bigint | undefined
  readonly wildcards: boolean
  readonly accounts: Accounts
  /** Whether one name alone was given. */
  readonly single: boolean
  /** Whether a name is not wanted, as the first `count` of the patterns say. */
  readonly excluded: (name: string, count: number) => boolean
  /** Options that came too late to have an effect. */
  readonly late: ReadonlyArray<string>
  /** How operands are matched. */
  readonly matching: Names.Matching
  /** What a name is changed into by `--transform`. */
  readonly rename: Rename
}

export const hint = "Try 'tar --help' or 'tar --usage' for more information."

const modes = "Acdtrux"
const sorts = { none: "none", name: "name", inode: "inode" } as const

/** Old-fashioned letters without a dash: the arguments follow them in order. */
export const modernize = (args: ReadonlyArray<string>): ReadonlyArray<string> | string => {
  const [first] = args
  if (first === undefined || first === "" || first.startsWith("-")) return args
  const rest = args.slice(1)
  const options: Array<string> = []
  for (const letter of first) {
    const { short = "" } = accepted
    const at = short.indexOf(letter)
    options.push(`-${letter}`)
    if (at < 0 || short[at + 1] !== ":") continue
    const value = rest.shift()
    if (value === undefined) return `Old option '${letter}' requires an argument.\n${hint}`
    options.push(value)
  }
  return [...options, ...rest]
}

/** Tar ends with 2 whenever it cannot go on. */
export function* fatal(run: Utility.Run, text: string): Steps<never> {
  yield* run.warn(text)
  return yield* run.die("Error is not recoverable: exiting now", 2)
}

function* listed(run: Utility.Run, path: string, delimiter: number, doing: string): Steps<ReadonlyArray<string>> {
  const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) return yield* fatal(run, `${Names.shown(path, true)}: ${doing}${Errno.text(fd._tag)}`)
  const lines = new LineReader(run.sys, fd, delimiter)
  const names: Array<string> = []
  do {
    while (lines.next()) names.push(Bytes.decode(lines.line()))
  } while (yield* lines.fill())
  yield* run.close(fd)
  return names.filter((name) => name !== "")
}

function* ownerOf(run: Utility.Run, text: string, find: (name: string) => number | undefined): Steps<Owner> {
  const colon = text.indexOf(":")
  const [name, id] = colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)]
  if (id !== undefined) {
    if (!/^\d+$/.test(id)) return yield* fatal(run, `${id}: Invalid owner or group ID`)
    return { name, id: Number(id) }
  }
  if (/^\d+$/.test(name)) return { name: undefined, id: Number(name) }
  return { name, id: find(name) }
}

/** Whatever moves in the first place of time that the text means. */
function* timeOf(run: Utility.Run, text: string): Steps<bigint> {
  if (/^[./]/.test(text)) {
    const stat = yield* run.stat(text)
    if (Errno.isErrno(stat)) {
      return yield* fatal(run, `${Names.shown(text, true)}: Cannot stat: ${Errno.text(stat._tag)}`)
    }
    return stat.mtime
  }
  const time = DateText.parse(text, yield* run.sys.clockGettime("realtime"))
  return time ?? (yield* run.misuse(`Unknown date format '${text}'`, 2))
}

/** What a name is that is changed: a file's, or where a hard or a symbolic link leads. */
type Kind = "r" | "h" | "s"
type Rename = (name: string, kind: Kind) => string

/** A substitution as sed has them, with flags of tar's own that say which names it is about. */
const renameOf = (expression: string): Rename | undefined => {
  const flags = /[a-zA-Z0-9]*$/.exec(expression)![0]
  const plain = expression.slice(0, expression.length - flags.length) + flags.replace(/[rRsShHx]/g, "")
  const [command, ...more] = parsed(plain, flags.includes("x")) ?? []
  const substitution = command?.substitution
  const pattern = substitution?.pattern
  if (substitution === undefined || pattern === undefined || more.length > 0) return undefined
  return (name, kind) => {
    if (flags.lastIndexOf(kind.toUpperCase()) > flags.lastIndexOf(kind)) return name
    const text = replaced(Latin1.fromText(name), pattern, substitution)
    return text === undefined ? name : Latin1.toText(text)
  }
}

const parsed = (script: string, extended: boolean) => {
  const commands = parseScript(Latin1.fromText(script), { extended })
  return commands instanceof BadScript ? undefined : commands
}

/** The substitutions of a list with semicolons between them. */
const substitutions = (list: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let from = 0
  let delimiters = 0
  for (let at = 0; at < list.length; at++) {
    const char = list[at]
    if (char === "\\") at++
    else if (delimiters < 3 && at > from && char === list[from + 1]) delimiters++
    else if (delimiters === 3 && char === ";") {
      found.push(list.slice(from, at))
      from = at + 1
      delimiters = 0
    }
  }
  return [...found, list.slice(from)]
}

export function* read(run: Utility.Run, { operands, options }: Options.Parsed): Steps<Asked> {
  const has = (...keys: ReadonlyArray<string>): boolean => options.some(({ key }) => keys.includes(key))
  const last = (key: string): string | undefined => Options.last(options, key)?.value
  const either = (yes: string, no: string, otherwise: boolean): boolean =>
    (Options.last(options, yes, no)?.key ?? (otherwise ? yes : no)) === yes

  const chosen = Array.from(
    new Set(options.filter(({ key }) => key.length === 1 && modes.includes(key)).map(({ key }) => key))
  )
  if (chosen.length > 1) {
    return yield* run.misuse("You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option", 2)
  }
  const [mode] = chosen
  if (mode === undefined) {
    return yield* run.misuse("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options", 2)
  }
  for (const [key, program] of [["j", "bzip2"], ["J", "xz"], ["Z", "compress"]] as const) {
    if (has(key)) {
      yield* run.error(`${run.name} (child): ${program}: Cannot exec: No such file or directory\n`)
      yield* run.error(`${run.name} (child): Error is not recoverable: exiting now\n`)
      return yield* fatal(run, "Child returned status 2")
    }
  }
  const unsupported = ["A", "M", "G", "g", "V", "I", "K", "F", "L", "W", "w"].find((key) => has(key))
  if (unsupported !== undefined) return yield* run.misuse(`option '-${unsupported}' is not supported`, 2)

  const matching = {
    wildcards: either("wildcards", "no-wildcards", false),
    slash: either("slash", "no-slash", true),
    anchored: either("anchored", "no-anchored", true),
    ignoreCase: either("ignore-case", "no-ignore-case", false)
  }
  const excluding = {
    ...matching,
    wildcards: either("wildcards", "no-wildcards", true),
    anchored: either("anchored", "no-anchored", false)
  }
  // What follows it is what an option of these is about.
  const excludes: Array<(name: string) => boolean> = []
  const exclude = (pattern: string): void => {
    excludes.push(Names.matcher(pattern, excluding))
    excludeCount++
  }
  const given: Array<Operand> = []
  const late: Array<string> = []
  let directory = ""
  let excludeCount = 0
  let recursion = true
  const enter = (path: string): void => {
    directory = path.startsWith("/") || directory === "" ? path : `${directory}/${path}`
  }
  const add = (name: string): void => void given.push({ name, directory, excludes: excludeCount, recursion })
  const upTo = (count: number): void => {
    for (const name of operands.slice(taken, count)) add(name)
    taken = Math.max(taken, count)
  }
  let taken = 0
  let nul = false
  let lists = false
  for (const { after = 0, key, value } of options) {
    upTo(after)
    const isLate = after > 0 && after === operands.length && "cru".includes(mode)
    const tooLate = (text: string): void => {
      if (isLate) late.push(`${text} has no effect`)
    }
    if (key === "C") {
      enter(value)
      tooLate(`-C '${value}'`)
    } else if (key === "exclude" || key === "X") {
      tooLate(key === "X" ? `--exclude-from '${value}'` : `--exclude '${value}'`)
      for (const pattern of key === "X" ? yield* listed(run, value, 10, "") : [value]) exclude(pattern)
    } else if (key === "exclude-vcs") { for (const pattern of Names.versionControl) exclude(pattern) }
    else if (key === "exclude-backups") { for (const pattern of Names.backups) exclude(pattern) }
    else if (key === "recursion" || key === "no-recursion") {
      recursion = key === "recursion"
      tooLate(`--${key}`)
    } else if (key === "null") nul = true
    else if (key === "no-null") nul = false
    else if (key === "add-file") add(value)
    else if (key === "T") {
      lists = true
      let isDirectory = false
      for (const line of yield* listed(run, value, nul ? 0 : 10, "Cannot stat: ")) {
        if (isDirectory) {
          enter(line)
          isDirectory = false
        } else if (!nul && !has("verbatim") && /^(-C|--directory=)/.test(line)) {
          const path = line.replace(/^(-C|--directory=) */, "")
          isDirectory = path === ""
          if (!isDirectory) enter(path)
        } else add(line)
      }
    }
  }
  upTo(operands.length)
  if (mode === "c" && given.length === 0 && !lists) {
    return yield* run.misuse("Cowardly refusing to create an empty archive", 2)
  }

  const format = has("posix") ? "posix" : last("H") ?? "gnu"
  const formats: Readonly<Record<string, Format>> = {
    gnu: "gnu",
    oldgnu: "gnu",
    pax: "pax",
    posix: "pax",
    ustar: "ustar"
  }
  if (!Object.hasOwn(formats, format)) return yield* run.misuse(`${format}: Invalid archive format`, 2)
  const strip = last("strip") ?? "0"
  if (!/^\d+$/.test(strip)) return yield* run.misuse(`${Names.shown(strip, true)}: Invalid number of elements`, 2)
  const blocks = last("b") ?? "20"
  if (!/^\d+$/.test(blocks) || Number(blocks) < 1 || Number(blocks) > 65_536) {
    return yield* run.misuse(`${Names.shown(blocks, true)}: Invalid blocking factor`, 2)
  }
  const sort = last("sort") ?? "none"
  if (sort !== "none" && sort !== "name" && sort !== "inode") {
    yield* run.warn(`invalid argument '${sort}' for '--sort'`)
    yield* run.error(`Valid arguments are:\n${Object.keys(sorts).map((word) => `  - '${word}'\n`).join("")}`)
    return yield* stop(2)
  }
  const changes = last("mode")
  const permissions = changes === undefined ? undefined : Modes.parse(changes)
  if (changes !== undefined && permissions === undefined) return yield* fatal(run, "Invalid mode given on option")

  const renames: Array<Rename> = []
  for (const { key, value } of options) {
    if (key !== "transform") continue
    for (const expression of substitutions(value)) {
      const rename = renameOf(expression)
      if (rename === undefined) return yield* run.misuse("Invalid transform expression", 2)
      renames.push(rename)
    }
  }
  const accounts = yield* load(run.sys)
  const root = (yield* run.sys.credentials()).euid === 0
  const archive = last("f") ?? "-"
  const [owner, group, mtime, newer] = [last("owner"), last("group"), last("mtime"), last("N")]
  const keep = Options.last(options, "k", "U", "skip-old-files", "keep-newer-files", "overwrite")?.key
  return {
    mode: mode as Mode,
    archive,
    gzip: has("z") || ("cru".includes(mode) && has("a") && /\.(gz|tgz|taz)$/.test(archive)),
    operands: given,
    directory,
    verbosity: options.filter(({ key }) => key === "v").length,
    fullTime: has("full-time"),
    keep: keep === "k"
      ? "fail"
      : keep === "U"
      ? "unlink"
      : keep === "skip-old-files"
      ? "skip"
      : keep === "keep-newer-files"
      ? "newer"
      : keep === "overwrite"
      ? "overwrite"
      : "replace",
    overwriteDirectory: !has("no-overwrite-dir"),
    keepDirectoryLinks: has("keep-directory-symlink"),
    toStdout: has("O"),
    absolute: has("P"),
    dereference: has("h"),
    hardDereference: has("hard-dereference"),
    touch: has("m"),
    samePermissions: either("p", "no-same-permissions", root),
    sameOwner: either("same-owner", "o", root),
    numeric: has("numeric-owner"),
    removeFiles: has("remove-files"),
    sort,
    sparse: has("S"),
    ignoreZeros: has("i"),
    strip: Number(strip),
    showTransformed: has("show-transformed"),
    format: formats[format]!,
    record: Number(blocks) * 512,
    owner: owner === undefined ? undefined : yield* ownerOf(run, owner, (name) => accounts.uid(name)),
    group: group === undefined ? undefined : yield* ownerOf(run, group, (name) => accounts.gid(name)),
    permissions,
    mtime: mtime === undefined ? undefined : yield* timeOf(run, mtime),
    newer: newer === undefined ? undefined : yield* timeOf(run, newer),
    wildcards: matching.wildcards,
    accounts,
    single: given.length === 1 && !lists,
    excluded: (name, count) => excludes.some((matches, at) => at < count && matches(name)),
    late,
    matching,
    rename: (name, kind) => renames.reduce((text, rename) => rename(text, kind), name)
  }
}
