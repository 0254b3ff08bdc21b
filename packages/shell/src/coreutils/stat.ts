/**
 * Prints what is known about files.
 *
 * @see stat(1)
 */
import { isBlockDevice, isCharacterDevice, isSymlink, major, minor } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import type { StatFs } from "@effix/kernel/VfsBackend"
import * as Accounts from "../Accounts.js"
import * as DateFormat from "../DateFormat.js"
import * as Escapes from "../Escapes.js"
import * as Modes from "../Modes.js"
import { string } from "../NumberFormat.js"
import { last } from "../Options.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE...",
  does: "Display file or file system status.",
  short: "c:fLt",
  long: { "cached=": "cached", dereference: "L", "file-system": "f", "format=": "c", "printf=": "printf", terse: "t" }
}

/** `%\0` is the name as `%N` shows it, without needless quotes. */
const long = `  File: %\0
  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld\tInode: %-10i  Links: %h
Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: %w
`
const longDevice = long.replace("Links: %h", "Links: %-5h Device type: %Hr,%Lr")
const terse = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n"
const longSystem = `  File: "%n"
    ID: %-8i Namelen: %-7l Type: %T
Block size: %-10s Fundamental block size: %S
Blocks: Total: %-10b Free: %-10f Available: %a
Inodes: Total: %-10c Free: %d
`

const stamp = (at: bigint): string => DateFormat.format("%Y-%m-%d %H:%M:%S.%N %z", at)
const seconds = (at: bigint): string => DateFormat.format("%s", at)

interface File {
  readonly path: string
  readonly stat: Stat
  readonly target: string | undefined
  readonly accounts: Accounts.Accounts
}

const field = ({ accounts, path, stat, target }: File, letter: string): string | undefined => {
  switch (letter) {
    case "a":
      return (stat.mode & 0o7777).toString(8)
    case "A":
      return Modes.text(stat.mode)
    case "b":
      return String(stat.blocks)
    case "B":
      return "512"
    case "C":
      return "?"
    case "d":
      return String(stat.dev)
    case "D":
      return stat.dev.toString(16)
    case "f":
      return stat.mode.toString(16)
    case "F":
      return Modes.kind(stat.mode, stat.size)
    case "g":
      return String(stat.gid)
    case "G":
      return accounts.groupName(stat.gid) ?? "UNKNOWN"
    case "h":
      return String(stat.nlink)
    case "Hd":
      return String(major(stat.dev))
    case "Ld":
      return String(minor(stat.dev))
    case "Hr":
      return String(major(stat.rdev))
    case "Lr":
      return String(minor(stat.rdev))
    case "i":
      return String(stat.ino)
    case "m":
      return "/"
    case "n":
      return path
    case "N":
      return Quote.quoted(path) + (target === undefined ? "" : ` -> ${Quote.quoted(target)}`)
    case "\0":
      return Quote.shell(path) + (target === undefined ? "" : ` -> ${Quote.shell(target)}`)
    case "o":
      return String(stat.blksize)
    case "r":
      return String(stat.rdev)
    case "R":
      return stat.rdev.toString(16)
    case "s":
      return String(stat.size)
    case "t":
      return major(stat.rdev).toString(16)
    case "T":
      return minor(stat.rdev).toString(16)
    case "u":
      return String(stat.uid)
    case "U":
      return accounts.userName(stat.uid) ?? "UNKNOWN"
    case "w":
      return stamp(stat.btime)
    case "W":
      return seconds(stat.btime)
    case "x":
      return stamp(stat.atime)
    case "X":
      return seconds(stat.atime)
    case "y":
      return stamp(stat.mtime)
    case "Y":
      return seconds(stat.mtime)
    case "z":
      return stamp(stat.ctime)
    case "Z":
      return seconds(stat.ctime)
    default:
      return undefined
  }
}

const systemNames: Readonly<Record<number, string>> = {
  0x01021994: "tmpfs",
  0x9fa0: "proc",
  0x1cd1: "devpts",
  0xef53: "ext2/ext3",
  0x794c7630: "overlayfs"
}

const systemField = (path: string, stat: StatFs, letter: string): string | undefined => {
  switch (letter) {
    case "a":
      return String(stat.bavail)
    case "b":
      return String(stat.blocks)
    case "c":
      return String(stat.files)
    case "d":
      return String(stat.ffree)
    case "f":
      return String(stat.bfree)
    case "i":
      return "0"
    case "l":
      return String(stat.namelen)
    case "n":
      return path
    case "s":
    case "S":
      return String(stat.bsize)
    case "t":
      return stat.type.toString(16)
    case "T":
      return systemNames[stat.type] ?? `UNKNOWN (0x${stat.type.toString(16)})`
    default:
      return undefined
  }
}

const fill = (format: string, of: (letter: string) => string | undefined): string =>
  format.replace(
    /%([-+ #0']*)(\d*)(?:\.(\d+))?([HL][dr]|[a-zA-Z%\0])/g,
    (whole, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === "%") return "%"
      const text = of(letter)
      if (text === undefined) return letter.length === 1 ? "?" : whole
      const cut = precision === undefined || /^[XYZW]$/.test(letter) ? text : text.slice(0, Number(precision))
      const marked = flags.includes("#") && letter === "a" ? `0${cut}` : cut
      if (flags.includes("0") && !flags.includes("-")) return marked.padStart(Number(width), "0")
      return string({ flags, width: Number(width), precision: undefined, letter: "s" }, marked)
    }
  )

function* one(
  run: Utility.Run,
  path: string,
  follow: boolean,
  format: string | undefined,
  accounts: Accounts.Accounts
): Steps<void> {
  const stat = path === "-"
    ? yield* attempt(run.sys.fstat(0))
    : yield* follow ? run.stat(path) : run.lstat(path)
  if (Errno.isErrno(stat)) return yield* run.failDoing("cannot statx", path, stat)
  const target = isSymlink(stat.mode) ? yield* attempt(run.sys.readlink(path)) : undefined
  const device = isCharacterDevice(stat.mode) || isBlockDevice(stat.mode)
  const file = { path, stat, accounts, target: typeof target === "string" ? target : undefined }
  run.out.text(fill(format ?? (device ? longDevice : long), (letter) => field(file, letter)))
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  if (operands.length === 0) return yield* run.missingOperand()
  const given = last(options, "c", "printf")
  const format = given === undefined
    ? undefined
    : given.key === "c"
    ? given.value + "\n"
    : Escapes.expand(given.value, "three").text
  const accounts = yield* Accounts.load(run.sys)
  for (const path of operands) {
    if (!has("f")) {
      yield* one(run, path, has("L"), format ?? (has("t") ? terse : undefined), accounts)
      continue
    }
    const stat = yield* attempt(run.sys.statfs(path))
    if (Errno.isErrno(stat)) {
      yield* run.failDoing("cannot read file system information for", path, stat)
    } else run.out.text(fill(format ?? longSystem, (letter) => systemField(path, stat, letter)))
  }
  return run.status
})
