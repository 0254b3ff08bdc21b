/**
 * What find prints about a file: `-printf` and `-ls`.
 *
 * @see find(1)
 */
import { isBlockDevice, isCharacterDevice, isSymlink, major, minor, S_IFMT } from "@effix/kernel/abi/FileMode"
import type { Accounts } from "../Accounts.js"
import * as DateFormat from "../DateFormat.js"
import * as Directory from "../Directory.js"
import * as Escapes from "../Escapes.js"
import * as Modes from "../Modes.js"
import { type Conversion, string } from "../NumberFormat.js"
import type { Found } from "./findTree.js"

const typeLetters: Readonly<Record<number, string>> = {
  0o140000: "s",
  0o120000: "l",
  0o100000: "f",
  0o060000: "b",
  0o040000: "d",
  0o020000: "c",
  0o010000: "p"
}

export const typeLetter = (mode: number): string => typeLetters[mode & S_IFMT] ?? "U"

/** Makes the text of one file. */
export type Format = (file: Found) => string

const time = (pattern: string, at: bigint): string => {
  switch (pattern) {
    case "@":
      return `${DateFormat.format("%s", at)}.${DateFormat.format("%N", at)}0`
    case "+":
      return DateFormat.format("%Y-%m-%d+%H:%M:%S.%N0", at)
    case "S":
      return DateFormat.format("%S.%N0", at)
    case "T":
    case "X":
      return DateFormat.format("%H:%M:%S.%N0", at)
    case "c":
      return DateFormat.format("%a %b %e %H:%M:%S.%N0 %Y", at)
    default:
      return DateFormat.format(`%${pattern}`, at)
  }
}

/** `undefined` for a letter that means nothing. */
const directive = (letter: string, accounts: Accounts): ((file: Found) => string | number) | undefined => {
  switch (letter) {
    case "a":
      return ({ stat }) => time("c", stat.atime)
    case "b":
      return ({ stat }) => stat.blocks
    case "c":
      return ({ stat }) => time("c", stat.ctime)
    case "d":
      return ({ depth }) => depth
    case "D":
      return ({ stat }) => stat.dev
    case "f":
      return ({ path }) =>
        path.endsWith("/") ? path.slice(path.replace(/\/+$/, "").lastIndexOf("/") + 1) || "/" : Directory.baseName(path)
    case "F":
      return () => "unknown"
    case "g":
      return ({ stat }) => accounts.groupName(stat.gid) ?? stat.gid
    case "G":
      return ({ stat }) => stat.gid
    case "h":
      return ({ path }) => {
        const slash = path.lastIndexOf("/")
        return slash < 0 ? "." : path.slice(0, slash)
      }
    case "H":
      return ({ start }) => start
    case "i":
      return ({ stat }) => stat.ino
    case "k":
      return ({ stat }) => Math.ceil(stat.blocks / 2)
    case "l":
      return ({ target }) => target
    case "m":
      return ({ stat }) => (stat.mode & 0o7777).toString(8)
    case "M":
      return ({ stat }) => Modes.text(stat.mode)
    case "n":
      return ({ stat }) => stat.nlink
    case "p":
      return ({ path }) => path
    case "P":
      return ({ path, start }) => path.slice(start.length).replace(/^\//, "")
    case "s":
      return ({ stat }) => stat.size
    case "S":
      return ({ stat }) => stat.size === 0 ? 1 : stat.blocks * 512 / stat.size
    case "t":
      return ({ stat }) => time("c", stat.mtime)
    case "u":
      return ({ stat }) => accounts.userName(stat.uid) ?? stat.uid
    case "U":
      return ({ stat }) => stat.uid
    case "y":
      return ({ stat }) => typeLetter(stat.mode)
    case "Y":
      return ({ followed, stat }) =>
        isSymlink(stat.mode) ? (followed === undefined ? "N" : typeLetter(followed.mode)) : typeLetter(stat.mode)
    default:
      return undefined
  }
}

/** Compiles a `-printf` format; text behind `\c` is cut off. `warn` hears of what means nothing. */
export const compile = (format: string, accounts: Accounts, warnings: Array<string>): Format | string => {
  const parts: Array<string | ((file: Found) => string)> = []
  for (let at = 0; at < format.length;) {
    if (format[at] === "\\") {
      const escape = Escapes.read(format, at, "three")
      if (escape.text === undefined) break
      if (/^\\[a-zA-Z]$/.test(escape.text)) warnings.push(`warning: unrecognized escape \`${escape.text}'`)
      parts.push(escape.text)
      at = escape.next
      continue
    }
    const match = /^%([-+ #0]*)(\d*)(?:\.(\d+))?(%|[ACTB].|.)/su.exec(format.slice(at))
    if (match === null) {
      if (format[at] === "%") return "error: % at end of format string"
      parts.push(format[at++]!)
      continue
    }
    at += match[0].length
    const [whole, flags, width, precision, letter] = match
    if (letter === "%") {
      parts.push("%")
      continue
    }
    const spec: Conversion = {
      flags: flags!,
      width: Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      letter: "s"
    }
    const clock = /^[ACTB](.)$/su.exec(letter!)
    const field = ({ A: "atime", C: "ctime", T: "mtime", B: "btime" } as const)[letter![0] as "A"]
    const make = clock === null ? directive(letter!, accounts) : (file: Found) => time(clock[1]!, file.stat[field])
    if (make === undefined) {
      warnings.push(`warning: unrecognized format directive \`%${letter}'`)
      parts.push(whole)
    } else {
      const zero = flags!.includes("0") && !flags!.includes("-") && "mdGUnsikbD".includes(letter!)
      const octal = letter === "m" && flags!.includes("#") ? "0" : ""
      parts.push((file) => {
        const text = string(zero ? { ...spec, width: 0 } : spec, octal + String(make(file)))
        return zero ? text.padStart(spec.width, "0") : text
      })
    }
  }
  return (file) => parts.map((part) => typeof part === "string" ? part : part(file)).join("")
}

const recent = 15_778_476_000_000_000n

const escapeName = (name: string): string =>
  name.replace(/[\\ \n\t"]/g, (char) => ({ "\n": "\\n", "\t": "\\t" })[char] ?? `\\${char}`)

/** A line as `ls -dils` prints it. */
export const list = (accounts: Accounts, now: bigint): Format => (file) => {
  const { path, stat, target } = file
  const isDevice = isCharacterDevice(stat.mode) || isBlockDevice(stat.mode)
  const size = isDevice ? `${major(stat.rdev)}, ${String(minor(stat.rdev)).padStart(3)}` : String(stat.size)
  const date = DateFormat.format(
    now - recent < stat.mtime && stat.mtime <= now ? "%b %e %H:%M" : "%b %e  %Y",
    stat.mtime
  )
  const owner = (accounts.userName(stat.uid) ?? String(stat.uid)).padEnd(8)
  const group = (accounts.groupName(stat.gid) ?? String(stat.gid)).padEnd(8)
  return [
    String(stat.ino).padStart(9),
    String(Math.ceil(stat.blocks / 2)).padStart(6),
    Modes.text(stat.mode),
    String(stat.nlink).padStart(3),
    owner,
    group,
    size.padStart(8),
    date,
    escapeName(path) + (isSymlink(stat.mode) ? ` -> ${escapeName(target)}` : "")
  ].join(" ") + "\n"
}
