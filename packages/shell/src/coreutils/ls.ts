/**
 * Lists directories.
 *
 * @see ls(1)
 */
import { isDirectory, isSymlink, S_IFDIR, S_IFMT } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import * as Accounts from "../Accounts.js"
import * as Directory from "../Directory.js"
import * as Latin1 from "../Latin1.js"
import * as Pattern from "../Pattern.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import * as VersionOrder from "../VersionOrder.js"
import { Colors } from "./lsColors.js"
import { type Asked, read, utility } from "./lsOptions.js"
import * as Print from "./lsPrint.js"

interface Listing {
  readonly run: Utility.Run
  readonly asked: Asked
  readonly print: Print.Printer
  readonly ignored: (name: string) => boolean
  readonly colors: Colors | undefined
  first: boolean
}

const ignoring = (asked: Asked): (name: string) => boolean => {
  const ignore = asked.ignore.map((pattern) => Pattern.compile(pattern, { period: true }))
  const hide = asked.hide.map((pattern) => Pattern.compile(pattern, { period: true }))
  return (name) => {
    if (asked.hidden !== "all" && (name === "." || name === "..")) return true
    if (asked.hidden === "none" && (name.startsWith(".") || hide.some((matches) => matches(name)))) return true
    return ignore.some((matches) => matches(name))
  }
}

const extension = (name: string): string => {
  const dot = name.lastIndexOf(".")
  return dot < 0 ? "" : name.slice(dot)
}

const byText = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0
const byBig = (a: bigint, b: bigint): number => a > b ? -1 : a < b ? 1 : 0

const order = (asked: Asked): (a: Print.Entry, b: Print.Entry) => number => {
  const primary = (a: Print.Entry, b: Print.Entry): number => {
    switch (asked.sort) {
      case "time":
        return byBig(a.stat?.[asked.time] ?? 0n, b.stat?.[asked.time] ?? 0n)
      case "size":
        return (b.stat?.size ?? 0) - (a.stat?.size ?? 0)
      case "extension":
        return byText(extension(a.bytes), extension(b.bytes))
      case "version":
        return VersionOrder.compare(a.bytes, b.bytes)
      case "width":
        return a.bytes.length - b.bytes.length
      default:
        return 0
    }
  }
  return (a, b) => {
    if (asked.directoriesFirst) {
      const rank = Number(Print.leadsToDirectory(b)) - Number(Print.leadsToDirectory(a))
      if (rank !== 0) return rank
    }
    const result = asked.sort === "none" ? 0 : primary(a, b) || byText(a.bytes, b.bytes)
    return asked.reverse ? -result : result
  }
}

const needsStat = (asked: Asked): boolean =>
  asked.format === "long" || asked.blocks || asked.inode || asked.classify === "classify" || asked.directoriesFirst ||
  asked.follow === "always" ||
  asked.sort === "time" || asked.sort === "size"

/** An entry with as much about it as the options ask for; `undefined` when it cannot be had. */
function* entry(
  listing: Listing,
  name: string,
  path: string,
  type: number,
  operand: boolean
): Steps<Print.Entry | undefined> {
  const { asked, run } = listing
  const bytes = Latin1.fromText(name)
  if (!operand && !needsStat(asked) && type !== 0 && listing.colors === undefined) {
    return { name, bytes, type, stat: undefined, target: undefined, targetStat: undefined }
  }
  let stat: Stat | Errno.Any | undefined
  const followed = asked.follow === "always" ||
    (operand && (asked.follow === "operands" || asked.follow === "directories"))
  if (followed) {
    stat = yield* run.stat(path)
    const mere = asked.follow === "directories" && !Directory.isDirectory(stat)
    if (mere || (asked.follow !== "always" && Errno.isErrno(stat) && stat._tag === "ENOENT")) stat = undefined
  }
  stat ??= yield* run.lstat(path)
  if (Errno.isErrno(stat)) {
    const serious = operand ? 2 : Math.max(run.status, 1)
    yield* run.warn(`cannot access ${Quote.quoted(path)}: ${Errno.text(stat._tag)}`)
    run.status = serious
    return operand ? undefined : { name, bytes, type, stat: undefined, target: undefined, targetStat: undefined }
  }
  const looksThrough = asked.format === "long" || asked.classify === "classify" || asked.directoriesFirst ||
    listing.colors?.looksThroughLinks === true
  if (!isSymlink(stat.mode) || !looksThrough) {
    return { name, bytes, type: stat.mode & S_IFMT, stat, target: undefined, targetStat: undefined }
  }
  const target = asked.format === "long" ? yield* attempt(run.sys.readlink(path)) : undefined
  const targetStat = yield* run.stat(path)
  return {
    name,
    bytes,
    type: stat.mode & S_IFMT,
    stat,
    target: typeof target === "string" ? target : undefined,
    targetStat: Errno.isErrno(targetStat) ? undefined : targetStat
  }
}

function* listDirectory(listing: Listing, path: string, titled: boolean, operand: boolean): Steps<void> {
  const { asked, ignored, print, run } = listing
  const entries = yield* Directory.list(run.sys, path)
  if (Errno.isErrno(entries)) {
    yield* run.warn(`cannot open directory ${Quote.quoted(path)}: ${Errno.text(entries._tag)}`)
    run.status = operand ? 2 : Math.max(run.status, 1)
    return
  }
  if (titled) {
    run.out.text(`${listing.first ? "" : "\n"}${print.title(path)}:\n`)
    listing.first = false
  }
  const names = [
    ...(asked.hidden === "all" ? [{ name: ".", type: S_IFDIR }, { name: "..", type: S_IFDIR }] : []),
    ...entries
  ]
  const shown: Array<Print.Entry> = []
  for (const { name, type } of names) {
    if (ignored(name)) continue
    const made = yield* entry(listing, name, Directory.join(path, name), type, false)
    if (made !== undefined) shown.push(made)
  }
  shown.sort(order(asked))
  if (asked.format === "long" || asked.blocks) run.out.text(print.total(shown))
  print.entries(shown)
  yield* run.out.ready()
  if (!asked.recursive) return
  for (const below of shown) {
    if (below.name === "." || below.name === ".." || !Print.isDirectory(below)) continue
    yield* listDirectory(listing, Directory.join(path, below.name), true, false)
  }
}

/** The width of the terminal that standard output is, if it is one. */
function* terminalWidth(run: Utility.Run): Steps<number | undefined> {
  if ((yield* attempt(run.sys.isatty(1))) !== true) return undefined
  const { COLUMNS } = yield* run.sys.environ()
  if (COLUMNS !== undefined && /^[1-9]\d*$/.test(COLUMNS)) return Number(COLUMNS)
  const size = yield* attempt(run.sys.getWindowSize(1))
  return Errno.isErrno(size) || size.columns === 0 ? 80 : size.columns
}

function* colorsOf(run: Utility.Run, color: Asked["color"]): Steps<Colors | undefined> {
  if (color === "never" || (color === "auto" && (yield* attempt(run.sys.isatty(1))) !== true)) return undefined
  const colors = Colors.read(yield* run.sys.environ())
  if (colors === undefined || colors instanceof Colors) return colors
  yield* run.warn(`unrecognized prefix: ${Quote.value(colors.wrong)}`)
  yield* run.warn("unparsable value for LS_COLORS environment variable")
  run.status = 0
  return undefined
}

const make = (force: string | undefined) =>
  Utility.make(utility, function*(run, { operands, options }) {
    const forced = force === undefined ? [] : [...force].map((key) => ({ key, value: "", hasValue: false }))
    const asked = yield* read(run, [...forced, ...options], yield* terminalWidth(run))
    const long = asked.format === "long"
    const accounts = long && !asked.numeric ? yield* Accounts.load(run.sys) : new Accounts.Accounts([], [])
    const now = long ? yield* run.sys.clockGettime("realtime") : 0n
    const colors = yield* colorsOf(run, asked.color)
    const listing: Listing = {
      run,
      asked,
      colors,
      print: Print.make(run.out, asked, accounts, now, colors),
      ignored: ignoring(asked),
      first: true
    }
    const files: Array<Print.Entry> = []
    const directories: Array<Print.Entry> = []
    for (const path of operands.length === 0 ? ["."] : operands) {
      const made = yield* entry(listing, path, path, 0, true)
      if (made === undefined) continue
      const opens = !asked.directory && made.stat !== undefined && isDirectory(made.stat.mode)
      ;(opens ? directories : files).push(made)
    }
    files.sort(order({ ...asked, directoriesFirst: false }))
    directories.sort(order(asked))
    if (files.length > 0) {
      listing.print.entries(files)
      listing.first = false
    }
    const titled = operands.length > 1 || asked.recursive
    for (const { name } of directories) yield* listDirectory(listing, name, titled, true)
    if (colors !== undefined) run.out.text(colors.end)
  })

export const main = make(undefined)
/** @see dir(1) */
export const dir = make("Cb")
/** @see vdir(1) */
export const vdir = make("lb")
