/**
 * The blocks of 512 bytes that stand before each file of an archive.
 *
 * @see tar(5)
 */
import * as Bytes from "@effix/kernel/Bytes"

export const BLOCK = 512

export interface Header {
  readonly name: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  /** Seconds since the epoch. */
  readonly mtime: number
  /** The type of the entry: a letter or a digit. */
  readonly flag: string
  readonly linkname: string
  readonly major: number
  readonly minor: number
}

/** Text up to the first NUL. */
export const text = (block: Uint8Array, offset: number, length: number): string => {
  let end = offset
  while (end < offset + length && block[end] !== 0) end++
  return Bytes.decode(block.subarray(offset, end))
}

/** A number in octal digits, or in base 256 if the first bit is set; `undefined` for one that is neither, or too large. */
export const number = (block: Uint8Array, offset: number, length: number): number | undefined => {
  const first = block[offset]!
  if ((first & 0x80) !== 0) {
    const negative = (first & 0x40) !== 0
    let value = negative ? first - 0x100 : first & 0x3f
    for (let i = offset + 1; i < offset + length; i++) value = value * 256 + block[i]!
    return Number.isSafeInteger(value) ? value : undefined
  }
  const digits = text(block, offset, length).trim()
  if (digits === "") return 0
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** The sums of the bytes, unsigned and, as some old programs did it, signed; the field of the sum itself counts as blanks. */
const sums = (block: Uint8Array): readonly [number, number] => {
  let [unsigned, signed] = [0, 0]
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 32 : block[i]!
    unsigned += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  return [unsigned, signed]
}

export const isEmpty = (block: Uint8Array): boolean => block.every((byte) => byte === 0)

export const hasChecksum = (block: Uint8Array): boolean => {
  const stated = number(block, 148, 8)
  return stated !== undefined && sums(block).includes(stated)
}

/** The fields of a header; `undefined` where one of them is no number. */
export const parse = (block: Uint8Array): Header | undefined => {
  const magic = text(block, 257, 5)
  // GNU's own format keeps times where POSIX has the beginning of the name.
  const isPosix = magic === "ustar" && block[263] === 48
  const prefix = isPosix ? text(block, 345, 155) : ""
  const [mode, uid, gid, size, mtime] = [[100, 8], [108, 8], [116, 8], [124, 12], [136, 12]].map(([at, length]) =>
    number(block, at!, length!)
  )
  const devices = magic === "ustar"
  const major = devices ? number(block, 329, 8) : 0
  const minor = devices ? number(block, 337, 8) : 0
  if (
    mode === undefined || uid === undefined || gid === undefined || size === undefined || mtime === undefined ||
    major === undefined || minor === undefined || size < 0
  ) return undefined
  const name = text(block, 0, 100)
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    mode,
    uid,
    gid,
    size,
    mtime,
    flag: block[156] === 0 ? "0" : String.fromCharCode(block[156]!),
    linkname: text(block, 157, 100),
    major,
    minor
  }
}

/** Digits for as long as they do, base 256 beyond. */
const put = (block: Uint8Array, offset: number, length: number, value: number): void => {
  const digits = value.toString(8)
  if (value >= 0 && digits.length < length) {
    block.set(Bytes.encode(digits.padStart(length - 1, "0")), offset)
    return
  }
  let rest = value
  for (let i = offset + length - 1; i > offset; i--) {
    block[i] = rest & 0xff
    rest = Math.floor(rest / 256)
  }
  block[offset] = value < 0 ? 0xff : 0x80
}

/** A header of the POSIX kind. What does not fit into `name` and `linkname` has to be said in a record before it. */
export const format = (header: Header): Uint8Array => {
  const block = new Uint8Array(BLOCK)
  block.set(Bytes.encode(header.name).subarray(0, 100), 0)
  put(block, 100, 8, header.mode & 0o7777)
  put(block, 108, 8, header.uid)
  put(block, 116, 8, header.gid)
  put(block, 124, 12, header.size)
  put(block, 136, 12, header.mtime)
  block[156] = header.flag.charCodeAt(0)
  block.set(Bytes.encode(header.linkname).subarray(0, 100), 157)
  block.set(Bytes.encode("ustar\u000000"), 257)
  put(block, 329, 8, header.major)
  put(block, 337, 8, header.minor)
  const [sum] = sums(block)
  block.set(Bytes.encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148)
  return block
}
