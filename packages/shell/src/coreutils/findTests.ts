/**
 * The tests of find that look at a file alone.
 *
 * @see find(1)
 */
import { isDirectory, isSymlink } from "@effix/kernel/abi/FileMode"
import type { Accounts } from "../Accounts.js"
import * as Directory from "../Directory.js"
import * as Latin1 from "../Latin1.js"
import * as Modes from "../Modes.js"
import * as Pattern from "../Pattern.js"
import * as Regex from "../Regex.js"
import { typeLetter } from "./findFormat.js"
import type { Found } from "./findTree.js"

export type Test = (file: Found) => boolean

/** `+n` more than, `-n` less than, `n` exactly. */
const comparison = (text: string): ((value: number) => boolean) | undefined => {
  const match = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(text)
  if (match === null) return undefined
  const wanted = Number(match[2])
  return match[1] === "+"
    ? (value) => value > wanted
    : match[1] === "-"
    ? (value) => value < wanted
    : (value) => value === wanted
}

const units: Readonly<Record<string, number>> = { b: 512, c: 1, w: 2, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }

export const size = (text: string): Test | undefined => {
  const match = /^([-+]?\d+)([bcwkMG]?)$/.exec(text)
  const compare = match === null ? undefined : comparison(match[1]!)
  if (match === null || compare === undefined) return undefined
  const unit = units[match[2] || "b"]!
  return ({ stat }) => compare(Math.ceil(stat.size / unit))
}

type Clock = "atime" | "mtime" | "ctime"

/** `-mtime`: whole days; `-mmin`: minutes, the fraction counted up. */
export const age = (text: string, clock: Clock, unit: "day" | "minute", now: bigint): Test | undefined => {
  const compare = comparison(text)
  if (compare === undefined) return undefined
  const length = unit === "day" ? 86_400e9 : 60e9
  return ({ stat }) => {
    const ages = Number(now - stat[clock]) / length
    // Days are cut off; minutes are compared exactly, with "n" meaning the minute that ends there.
    if (unit === "day") return compare(Math.floor(ages))
    return /^[-+]/.test(text) ? compare(ages) : compare(Math.ceil(ages))
  }
}

export const newer = (clock: Clock, than: bigint): Test => ({ stat }) => stat[clock] > than

export const permission = (text: string): Test | undefined => {
  const change = Modes.parse(text.replace(/^[-/]/, ""))
  if (change === undefined) return undefined
  const [plain, directory] = [Modes.apply(change, 0, false, 0), Modes.apply(change, 0, true, 0)]
  const wanted = (mode: number): number => isDirectory(mode) ? directory : plain
  if (text.startsWith("-")) return ({ stat }) => (stat.mode & wanted(stat.mode)) === wanted(stat.mode)
  if (text.startsWith("/")) return ({ stat }) => wanted(stat.mode) === 0 || (stat.mode & wanted(stat.mode)) !== 0
  return ({ stat }) => (stat.mode & 0o7777) === wanted(stat.mode)
}

/** `-type f,d`; with `followed`, links are asked what they point at (`-xtype`). */
export const type = (text: string, followed: boolean): Test | undefined => {
  const letters = text.split(",")
  if (!letters.every((letter) => /^[bcdpfls]$/.test(letter))) return undefined
  return (file) => {
    const stat = followed ? file.followed ?? file.stat : file.stat
    return letters.includes(typeLetter(stat.mode))
  }
}

export const name = (pattern: string, ignoreCase: boolean): Test => {
  const matches = Pattern.compile(pattern, { ignoreCase })
  return ({ path }) => matches(Directory.baseName(path))
}

export const path = (pattern: string, ignoreCase: boolean): Test => {
  const matches = Pattern.compile(pattern, { ignoreCase })
  return (file) => matches(file.path)
}

export const linkName = (pattern: string, ignoreCase: boolean): Test => {
  const matches = Pattern.compile(pattern, { ignoreCase })
  return ({ stat, target }) => isSymlink(stat.mode) && matches(target)
}

/** A regular expression over the whole path; a text is what is wrong with it. */
export const regex = (pattern: string, kind: string, ignoreCase: boolean): Test | string => {
  const extended = !/^(emacs|grep|posix-basic|ed|sed|posix-minimal-basic|findutils-default)$/.test(kind)
  const text = kind === "emacs" || kind === "findutils-default" ? Regex.fromEmacs(pattern) : pattern
  const compiled = Regex.compile([Latin1.fromText(text)], { extended, ignoreCase, whole: "line" })
  if (compiled instanceof Regex.BadPattern) return compiled.text
  return (file) => compiled.test(Latin1.fromText(file.path))
}

export const user = (text: string, accounts: Accounts): Test | undefined => {
  const uid = accounts.uid(text)
  return uid === undefined ? undefined : ({ stat }) => stat.uid === uid
}

export const group = (text: string, accounts: Accounts): Test | undefined => {
  const gid = accounts.gid(text)
  return gid === undefined ? undefined : ({ stat }) => stat.gid === gid
}

export const numeric = (text: string, field: (file: Found) => number): Test | undefined => {
  const compare = comparison(text)
  return compare === undefined ? undefined : (file) => compare(field(file))
}
