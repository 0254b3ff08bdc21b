/**
 * How ls prints what it found.
 *
 * @see ls(1)
 */
import {
  isBlockDevice,
  isCharacterDevice,
  isDirectory as isDirectoryMode,
  isSymlink,
  major,
  minor,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFSOCK
} from "@effix/kernel/abi/FileMode"
import * as Bytes from "@effix/kernel/Bytes"
import type { Stat } from "@effix/kernel/Inode"
import type { Accounts } from "../Accounts.js"
import type { BufferedWriter } from "../BufferedWriter.js"
import * as Columns from "../Columns.js"
import * as DateFormat from "../DateFormat.js"
import * as Modes from "../Modes.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import type { Colors } from "./lsColors.js"
import type { Asked } from "./lsOptions.js"

export interface Entry {
  readonly name: string
  /** The name as `Latin1`, to sort by. */
  readonly bytes: string
  readonly type: number
  readonly stat: Stat | undefined
  /** For links in long listings: where they point, and what is there. */
  readonly target: string | undefined
  readonly targetStat: Stat | undefined
}

export const isDirectory = (entry: Entry): boolean =>
  entry.stat === undefined ? entry.type === S_IFDIR : isDirectoryMode(entry.stat.mode)

/** What stands among the directories where those come first. */
export const leadsToDirectory = (entry: Entry): boolean =>
  isDirectory(entry) || (entry.targetStat !== undefined && isDirectoryMode(entry.targetStat.mode))

export interface Printer {
  readonly title: (path: string) => string
  readonly total: (entries: ReadonlyArray<Entry>) => string
  readonly entries: (entries: ReadonlyArray<Entry>) => void
}

/** Half a year: what is older, or lies ahead, shows its year instead of its time. */
const recent = 15_778_476_000_000_000n

const indicator = (asked: Asked, mode: number): string => {
  if (asked.classify === "none") return ""
  if (isDirectoryMode(mode)) return "/"
  if (asked.classify === "slash") return ""
  switch (mode & S_IFMT) {
    case S_IFLNK:
      return "@"
    case S_IFIFO:
      return "|"
    case S_IFSOCK:
      return "="
    default:
      return asked.classify === "classify" && (mode & S_IFMT) === 0o100000 && (mode & 0o111) !== 0 ? "*" : ""
  }
}

/** Columns are counted in the characters that take one. */
const printable = (text: string): number => {
  let width = 0
  for (const byte of Bytes.encode(text)) if (byte >= 32 && byte < 127) width++
  return width
}

const quote = (asked: Asked, name: string): string => {
  switch (asked.quoting) {
    case "shell":
      return Quote.shell(name)
    case "shell-always":
      return Quote.quoted(name)
    case "shell-plain":
      return Quote.shellPlain(name, false)
    case "shell-plain-always":
      return Quote.shellPlain(name, true)
    case "c":
      return Quote.c(name)
    case "locale":
      return Quote.value(name)
    case "escape":
      return Quote.c(name).slice(1, -1).replaceAll("\\\"", "\"").replaceAll(" ", "\\ ")
    default:
      return asked.hideControl
        ? Bytes.decode(Bytes.encode(name).map((byte) => byte < 32 || byte >= 127 ? 63 : byte))
        : name
  }
}

/** Where some names of a listing are in quotes, the others stand one to the right. */
const names = (asked: Asked, entries: ReadonlyArray<Entry>): ReadonlyArray<string> => {
  const quoted = entries.map((entry) => quote(asked, entry.name))
  const aligned = asked.quoting === "shell" && asked.format !== "commas" && asked.format !== "single" &&
    quoted.some((name, i) => name !== entries[i]!.name)
  return aligned ? quoted.map((name, i) => name === entries[i]!.name ? ` ${name}` : name) : quoted
}

const time = (asked: Asked, stat: Stat, now: bigint): string => {
  const at = stat[asked.time]
  if (asked.style === "full") return DateFormat.format("%Y-%m-%d %H:%M:%S.%N %z", at)
  if (asked.style === "long") return DateFormat.format("%Y-%m-%d %H:%M", at)
  const isRecent = now - recent < at && at <= now
  if (asked.style === "iso") return DateFormat.format(isRecent ? "%m-%d %H:%M" : "%Y-%m-%d ", at)
  if (asked.style !== "default") return DateFormat.format(isRecent ? asked.style.recent : asked.style.old, at)
  return DateFormat.format(isRecent ? "%b %e %H:%M" : "%b %e  %Y", at)
}

const blockCount = (asked: Asked, stat: Stat | undefined): string => {
  if (stat === undefined) return "?"
  if (asked.human) return Size.human(stat.blocks * 512, asked.si ? 1000 : 1024)
  return String(Math.ceil(stat.blocks * 512 / (asked.blockSize || 1024)))
}

const sizeText = (asked: Asked, stat: Stat): string => {
  if (isCharacterDevice(stat.mode) || isBlockDevice(stat.mode)) return `${major(stat.rdev)}, ${minor(stat.rdev)}`
  if (asked.human) return Size.human(stat.size, asked.si ? 1000 : 1024)
  return asked.blockSize > 0 && asked.blockSize !== 1024
    ? String(Math.ceil(stat.size / asked.blockSize))
    : String(stat.size)
}

const widest = (texts: ReadonlyArray<string>): number => texts.reduce((most, text) => Math.max(most, text.length), 0)

/** The columns of a long listing; numbers stand right, names left. */
const longRows = (
  asked: Asked,
  entries: ReadonlyArray<Entry>,
  accounts: Accounts,
  now: bigint
): ReadonlyArray<string> => {
  const column = (text: (stat: Stat) => string, right: boolean): ReadonlyArray<string> => {
    const texts = entries.map(({ stat }) => stat === undefined ? "?" : text(stat))
    const width = widest(texts)
    return texts.map((one) => right ? one.padStart(width) : one.padEnd(width))
  }
  const user = (id: number): string => accounts.userName(id) ?? String(id)
  const group = (id: number): string => accounts.groupName(id) ?? String(id)
  const columns = [
    entries.map(({ stat, type }) =>
      stat === undefined ? Modes.text(type).slice(0, 1) + "?????????" : Modes.text(stat.mode)
    ),
    column((stat) => String(stat.nlink), true),
    ...(asked.owner ? [column((stat) => user(stat.uid), asked.numeric)] : []),
    ...(asked.group ? [column((stat) => group(stat.gid), asked.numeric)] : []),
    ...(asked.author ? [column((stat) => user(stat.uid), asked.numeric)] : []),
    column((stat) => sizeText(asked, stat), true),
    column((stat) => time(asked, stat, now), true)
  ]
  return entries.map((_, i) => columns.map((texts) => texts[i]).join(" "))
}

export const make = (
  out: BufferedWriter,
  asked: Asked,
  accounts: Accounts,
  now: bigint,
  colors: Colors | undefined
): Printer => {
  const end = asked.zero ? "\0" : "\n"

  const prefixes = (entries: ReadonlyArray<Entry>, aligned: boolean): ReadonlyArray<string> => {
    const inodes = entries.map(({ stat }) => asked.inode ? String(stat?.ino ?? "?") : "")
    const blocks = entries.map(({ stat }) => asked.blocks ? blockCount(asked, stat) : "")
    const [inodeWidth, blockWidth] = aligned ? [widest(inodes), widest(blocks)] : [0, 0]
    return entries.map((_, i) =>
      (asked.inode ? inodes[i]!.padStart(inodeWidth) + " " : "") +
      (asked.blocks ? blocks[i]!.padStart(blockWidth) + " " : "")
    )
  }

  const mark = (entry: Entry): string => indicator(asked, entry.stat?.mode ?? entry.type)

  const link = (entry: Entry): string => {
    if (entry.target === undefined || entry.stat === undefined || !isSymlink(entry.stat.mode)) return mark(entry)
    const { target, targetStat } = entry
    const shown = quote(asked, target)
    const painting = colors?.looksThroughLinks === true ? colors : undefined
    if (targetStat === undefined) return ` -> ${painting?.paintMissing(shown) ?? shown}`
    const painted = painting?.paint(shown, target, targetStat.mode, targetStat.nlink) ?? shown
    return ` -> ${painted}${indicator(asked, targetStat.mode)}`
  }

  /** A name in its color; what aligns it with names in quotes has none. */
  const paint = (shown: string, { name, stat, targetStat, type }: Entry): string => {
    if (colors === undefined) return shown
    const from = asked.quoting === "shell" && shown.startsWith(" ") ? 1 : 0
    const painted = colors.paint(shown.slice(from), name, stat?.mode ?? type, stat?.nlink ?? 1, targetStat?.mode)
    return shown.slice(0, from) + painted
  }

  const cells = (entries: ReadonlyArray<Entry>, shown: ReadonlyArray<string>) => {
    const front = prefixes(entries, asked.format !== "commas")
    return entries.map((entry, i) => {
      const width = printable(front[i]! + shown[i]! + mark(entry))
      return { text: front[i]! + paint(shown[i]!, entry) + mark(entry), width }
    })
  }

  const commas = (entries: ReadonlyArray<Entry>, shown: ReadonlyArray<string>): string => {
    let text = ""
    let at = 0
    for (const [i, cell] of cells(entries, shown).entries()) {
      if (i > 0) {
        const fits = at + cell.width + 2 < asked.width
        text += fits ? ", " : ",\n"
        at = fits ? at + 2 : 0
      }
      text += cell.text
      at += cell.width
    }
    return text + "\n"
  }

  const print = (text: string): void => out.text(colors?.opened(text) ?? text)

  return {
    title: (path) => quote(asked, path),
    total: (entries) => {
      const blocks = entries.reduce((sum, { stat }) => sum + (stat?.blocks ?? 0), 0)
      const shown = asked.human
        ? Size.human(blocks * 512, asked.si ? 1000 : 1024)
        : Math.ceil(blocks * 512 / (asked.blockSize || 1024))
      return `total ${shown}${end}`
    },
    entries: (entries) => {
      if (entries.length === 0) return
      const shown = names(asked, entries)
      if (asked.format === "long") {
        const front = prefixes(entries, true)
        const rows = longRows(asked, entries, accounts, now)
        entries.forEach((entry, i) => print(`${front[i]}${rows[i]} ${paint(shown[i]!, entry)}${link(entry)}${end}`))
      } else if (asked.format === "single") {
        for (const cell of cells(entries, shown)) print(cell.text + end)
      } else if (asked.format === "commas") print(commas(entries, shown))
      else {print(
          Columns.layout(
            cells(entries, shown),
            asked.width,
            asked.format === "down",
            colors === undefined ? asked.tabs : 0
          )
        )}
    }
  }
}
