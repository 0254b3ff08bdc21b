/**
 * The blocks of 512 bytes that stand before each member of an archive, and the records that say what has no room there.
 *
 * Written as GNU tar writes them, byte for byte: in its own format, in POSIX's, and in that of 1988.
 *
 * @see tar(5)
 */
import * as Bytes from "@effix/kernel/Bytes"

export const BLOCK = 512

export type Format = "gnu" | "pax" | "ustar"

export interface Header {
  readonly name: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes behind the header. */
  readonly size: number
  /** Seconds since the epoch. */
  readonly mtime: number
  /** What kind of member it is: a digit or a letter. */
  readonly type: string
  readonly linkname: string
  readonly uname: string
  readonly gname: string
  readonly major: number
  readonly minor: number
}

/** Text up to the first NUL. */
export const text = (block: Uint8Array, offset: number, length: number): string => {
  const nul = block.indexOf(0, offset)
  return Bytes.decode(block.subarray(offset, nul < 0 || nul > offset + length ? offset + length : nul))
}

/** Octal digits, or base 256 where the first bit is set; `undefined` for what is no number. */
export const number = (block: Uint8Array, offset: number, length: number): number | undefined => {
  const first = block[offset]!
  if ((first & 0x80) !== 0) {
    let value = (first & 0x40) !== 0 ? first - 0x100 : first & 0x3f
    for (let i = offset + 1; i < offset + length; i++) value = value * 256 + block[i]!
    return Number.isSafeInteger(value) ? value : undefined
  }
  const digits = text(block, offset, length).trim()
  return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** The sum of the bytes, those of the sum itself counting as blanks; some old programs took them for signed. */
const sum = (block: Uint8Array, signed: boolean): number => {
  let total = 0
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 32 : block[i]!
    total += signed && byte > 127 ? byte - 256 : byte
  }
  return total
}

export const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0)

/** What a header says; `undefined` where its sum is wrong, or a field no number. */
export const parse = (block: Uint8Array): Header | undefined => {
  const stated = number(block, 148, 8)
  if (stated === undefined || (stated !== sum(block, false) && stated !== sum(block, true))) return undefined
  const ustar = text(block, 257, 6) === "ustar"
  const gnu = text(block, 257, 8) === "ustar  "
  const prefix = ustar && !gnu ? text(block, 345, 155) : ""
  const numbers = [[100, 8], [108, 8], [116, 8], [124, 12], [136, 12], [329, 8], [337, 8]].map(([at, length]) =>
    at! > 300 && !ustar && !gnu ? 0 : number(block, at!, length!)
  )
  const [mode = 0, uid = 0, gid = 0, size, mtime = 0, major = 0, minor = 0] = numbers
  if (size === undefined || size < 0) return undefined
  const name = text(block, 0, 100)
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    mode,
    uid,
    gid,
    size,
    mtime,
    type: block[156] === 0 ? "0" : String.fromCharCode(block[156]!),
    linkname: text(block, 157, 100),
    uname: ustar || gnu ? text(block, 265, 32) : "",
    gname: ustar || gnu ? text(block, 297, 32) : "",
    major,
    minor
  }
}

/** Digits for as long as they have room, base 256 beyond. */
export const put = (block: Uint8Array, offset: number, length: number, value: number): void => {
  const digits = value.toString(8)
  if (value >= 0 && digits.length < length) {
    block.set(Bytes.encode(digits.padStart(length - 1, "0")), offset)
    return
  }
  let rest = value
  for (let i = offset + length - 1; i > offset; i--) {
    block[i] = ((rest % 256) + 256) % 256
    rest = Math.floor(rest / 256)
  }
  block[offset] = value < 0 ? 0xff : 0x80
}

/** A header. What is too long for `name` and `linkname` is cut: it stands in a record before. */
export const format = (header: Header, format: Format): Uint8Array => {
  const block = new Uint8Array(BLOCK)
  const prefix = format === "ustar" ? split(header.name) : undefined
  const name = prefix === undefined ? header.name : header.name.slice(prefix.length + 1)
  block.set(Bytes.encode(name).subarray(0, 100), 0)
  put(block, 100, 8, header.mode & 0o7777)
  put(block, 108, 8, header.uid)
  put(block, 116, 8, header.gid)
  put(block, 124, 12, header.size)
  put(block, 136, 12, header.mtime)
  block[156] = header.type.charCodeAt(0)
  block.set(Bytes.encode(header.linkname).subarray(0, 100), 157)
  block.set(Bytes.encode(format === "gnu" ? "ustar  \0" : "ustar\u000000"), 257)
  block.set(Bytes.encode(header.uname).subarray(0, 31), 265)
  block.set(Bytes.encode(header.gname).subarray(0, 31), 297)
  if (format !== "gnu" || header.type === "3" || header.type === "4") {
    put(block, 329, 8, header.major)
    put(block, 337, 8, header.minor)
  }
  if (prefix !== undefined) block.set(Bytes.encode(prefix), 345)
  return seal(block)
}

/** Puts the sum of a header in its place. */
export const seal = (block: Uint8Array): Uint8Array => {
  block.set(Bytes.encode(`${sum(block, false).toString(8).padStart(6, "0")}\0 `), 148)
  return block
}

/** The beginning of a long name that the format of 1988 keeps apart; `undefined` for a name that needs or allows it not. */
export const split = (name: string): string | undefined => {
  if (Bytes.byteLength(name) <= 100) return undefined
  for (let at = name.lastIndexOf("/", name.length - 2); at > 0; at = name.lastIndexOf("/", at - 1)) {
    if (Bytes.byteLength(name.slice(0, at)) <= 155) {
      return Bytes.byteLength(name.slice(at + 1)) <= 100 ? name.slice(0, at) : undefined
    }
  }
  return undefined
}

/** What fills a block up. */
export const padding = (size: number): Uint8Array => new Uint8Array((BLOCK - size % BLOCK) % BLOCK)

/** Text as data behind a header: ended by NUL, in whole blocks. */
const named = (name: string): Uint8Array => {
  const bytes = Bytes.encode(`${name}\0`)
  const data = new Uint8Array(bytes.length + padding(bytes.length).length)
  data.set(bytes)
  return data
}

/** GNU's record of a long name (`L`) or link (`K`), in front of the header that has no room for it. */
export const longName = (type: "K" | "L", name: string, root: { uname: string; gname: string }): Array<Uint8Array> => {
  const size = Bytes.byteLength(name) + 1
  const about = { mode: 0o644, uid: 0, gid: 0, mtime: 0, linkname: "", major: 0, minor: 0, ...root }
  return [format({ ...about, name: "././@LongLink", size, type }, "gnu"), named(name)]
}

/** Records of POSIX's format, by key. */
export type Records = ReadonlyMap<string, Uint8Array>

/** Reads records into `into`: `LENGTH KEY=VALUE\n`. An empty value takes a key away. Answers whether all were well formed. */
export const parseRecords = (bytes: Uint8Array, into: Map<string, Uint8Array>): boolean => {
  for (let at = 0; at < bytes.length && bytes[at] !== 0;) {
    const space = bytes.indexOf(32, at)
    const length = space < 0 || space - at > 12 ? Number.NaN : Number(Bytes.decode(bytes.subarray(at, space)))
    const end = at + length
    if (!Number.isInteger(length) || end > bytes.length || end <= space || bytes[end - 1] !== 10) return false
    const equals = bytes.indexOf(61, space)
    if (equals < 0 || equals >= end) return false
    const key = Bytes.decode(bytes.subarray(space + 1, equals))
    const value = bytes.slice(equals + 1, end - 1)
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") {
      // The oldest kind of sparse file repeats its keys; put together they are what the next kind says in one record.
      const before = into.get("GNU.sparse.map")
      const joined = before === undefined ? "" : `${Bytes.decode(before)},`
      into.set("GNU.sparse.map", Bytes.encode(joined + Bytes.decode(value)))
    } else if (value.length === 0) into.delete(key)
    else into.set(key, value)
    at = end
  }
  return true
}

/** One record. Its length counts its own digits. */
const record = (key: string, value: string): string => {
  const without = Bytes.byteLength(key) + Bytes.byteLength(value) + 3
  let length = without + 1
  while (`${length}`.length + without !== length) length = without + `${length}`.length
  return `${length} ${key}=${value}\n`
}

/** The header and data of records, in front of the member that they are about. */
export const records = (
  values: ReadonlyArray<readonly [key: string, value: string]>,
  { mtime, name }: { readonly name: string; readonly mtime: number }
): Array<Uint8Array> => {
  const data = Bytes.encode(values.map(([key, value]) => record(key, value)).join(""))
  const trimmed = name.replace(/\/+$/, "")
  const slash = trimmed.lastIndexOf("/")
  const directory = slash < 0 ? "." : trimmed.slice(0, slash) || "/"
  const about = { mode: 0o644, uid: 0, gid: 0, linkname: "", major: 0, minor: 0, uname: "", gname: "" }
  const path = `${directory}/PaxHeaders/${trimmed.slice(slash + 1)}`
  const header = format({ ...about, name: path, size: data.length, mtime: Math.max(0, mtime), type: "x" }, "pax")
  // Its devices are not written.
  header.fill(0, 329, 345)
  return [seal(header), data, padding(data.length)]
}

/** Seconds with a fraction, as nanoseconds; `undefined` for what is no number. */
export const nanoseconds = (value: string): bigint | undefined => {
  const match = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(value)
  if (match === null) return undefined
  const total = BigInt(match[2]!) * 1_000_000_000n + BigInt((match[3] ?? "").slice(0, 9).padEnd(9, "0"))
  return match[1] === "-" ? -total : total
}

/** Nanoseconds as seconds with a fraction. */
export const seconds = (time: bigint): string => {
  const [sign, size] = time < 0n ? ["-", -time] : ["", time]
  const fraction = `${size % 1_000_000_000n}`.padStart(9, "0").replace(/0+$/, "")
  return `${sign}${size / 1_000_000_000n}${fraction === "" ? "" : `.${fraction}`}`
}
