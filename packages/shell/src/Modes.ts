/**
 * File modes as people write them: `drwxr-xr-x` and `u=rwx,go+X`.
 *
 * @see chmod(1)
 */
import * as FileMode from "@effix/kernel/abi/FileMode"

const typeLetter = (mode: number): string => {
  switch (mode & FileMode.S_IFMT) {
    case FileMode.S_IFDIR:
      return "d"
    case FileMode.S_IFLNK:
      return "l"
    case FileMode.S_IFIFO:
      return "p"
    case FileMode.S_IFSOCK:
      return "s"
    case FileMode.S_IFCHR:
      return "c"
    case FileMode.S_IFBLK:
      return "b"
    case FileMode.S_IFREG:
      return "-"
    default:
      return "?"
  }
}

const triple = (bits: number, special: boolean, lower: string): string =>
  (bits & 4 ? "r" : "-") + (bits & 2 ? "w" : "-") +
  (special ? (bits & 1 ? lower : lower.toUpperCase()) : bits & 1 ? "x" : "-")

/** The ten characters that `ls -l` begins with. */
export const text = (mode: number): string =>
  typeLetter(mode) +
  triple(mode >> 6, (mode & FileMode.S_ISUID) !== 0, "s") +
  triple(mode >> 3, (mode & FileMode.S_ISGID) !== 0, "s") +
  triple(mode, (mode & FileMode.S_ISVTX) !== 0, "t")

/** Four octal digits. */
export const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0")

/** What kind of file it is, in the words of stat(1). */
export const kind = (mode: number, size: number): string => {
  switch (mode & FileMode.S_IFMT) {
    case FileMode.S_IFDIR:
      return "directory"
    case FileMode.S_IFLNK:
      return "symbolic link"
    case FileMode.S_IFIFO:
      return "fifo"
    case FileMode.S_IFSOCK:
      return "socket"
    case FileMode.S_IFCHR:
      return "character special file"
    case FileMode.S_IFBLK:
      return "block special file"
    case FileMode.S_IFREG:
      return size === 0 ? "regular empty file" : "regular file"
    default:
      return "weird file"
  }
}

interface Step {
  readonly operation: string
  /** The bits that the classes in front of the operator cover; 0 when there were none. */
  readonly affected: number
  readonly value: number
  readonly mentioned: number
  readonly from: "value" | "copy" | "x-if-any"
}

/** A parsed mode. */
export type Change = ReadonlyArray<Step>

const classes: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 }
const copies: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007 }
const permissions: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 }

/** Reads an octal or symbolic mode; `undefined` when it is neither. */
export const parse = (mode: string): Change | undefined => {
  if (/^[0-7]+$/.test(mode)) {
    const value = Number.parseInt(mode, 8)
    if (value > 0o7777) return undefined
    const mentioned = mode.length < 5 ? (value & 0o6000) | 0o1777 : 0o7777
    return [{ operation: "=", affected: 0o7777, value, mentioned, from: "value" }]
  }
  const steps: Array<Step> = []
  for (const clause of mode.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[0-7]+|[ugo]|[rwxXst]*))+)$/.exec(clause)
    if (match === null) return undefined
    const affected = [...match[1]!].reduce((bits, letter) => bits | classes[letter]!, 0)
    for (const [, operation, what] of match[2]!.matchAll(/([-+=])([0-7]+|[ugo]|[rwxXst]*)/g)) {
      const step = readStep(operation!, affected, what!)
      if (step === undefined) return undefined
      steps.push(step)
    }
  }
  return steps
}

const readStep = (operation: string, affected: number, what: string): Step | undefined => {
  if (/^[0-7]/.test(what)) {
    const value = Number.parseInt(what, 8)
    if (affected !== 0 || value > 0o7777) return undefined
    return { operation, affected: 0o7777, value, mentioned: 0o7777, from: "value" }
  }
  const copy = copies[what]
  const value = copy ?? [...what].reduce((bits, letter) => bits | (permissions[letter] ?? 0), 0)
  return {
    operation,
    affected,
    value,
    mentioned: affected === 0 ? value : affected & value,
    from: copy === undefined ? (what.includes("X") ? "x-if-any" : "value") : "copy"
  }
}

/** The permission bits that `change` makes of `mode`. */
export const apply = (change: Change, mode: number, directory: boolean, umask: number): number => {
  let result = mode & 0o7777
  for (const step of change) {
    // A directory keeps its set-id bits unless they are mentioned.
    const kept = (directory ? 0o6000 : 0) & ~step.mentioned
    let { value } = step
    if (step.from === "copy") {
      value &= result
      value = (value & 0o444 ? 0o444 : 0) | (value & 0o222 ? 0o222 : 0) | (value & 0o111 ? 0o111 : 0)
    } else if (step.from === "x-if-any" && (directory || (result & 0o111) !== 0)) value |= 0o111
    value &= (step.affected === 0 ? ~umask : step.affected) & ~kept & 0o7777
    if (step.operation === "+") result |= value
    else if (step.operation === "-") result &= ~value
    else result = (result & ((step.affected === 0 ? 0 : ~step.affected) | kept)) | value
  }
  return result
}
