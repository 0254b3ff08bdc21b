/**
 * The members of an archive, one after the other, in bounded memory: POSIX's and GNU's headers, long names, sparse files.
 *
 * @see tar(5)
 */
import * as Bytes from "@effix/kernel/Bytes"
import type { ByteReader } from "../ByteReader.js"
import type { Steps } from "../Steps.js"
import * as Header from "./header.js"

const { BLOCK } = Header

/** Where a sparse file holds data, and how much of it. */
export interface Extent {
  readonly offset: number
  readonly length: number
}

export interface Member extends Omit<Header.Header, "mtime"> {
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  /** How large the file is; `size` are the bytes in the archive, which {@link Members.data} hands out. */
  readonly realSize: number
  readonly extents: ReadonlyArray<Extent> | undefined
}

/** How it goes on: another member, a header that is none, the end, one block of zeros alone, or not even that. */
export type Found = Member | "damaged" | "end" | "lone zero" | "end of file" | "cut off"

/** Records and names longer than this are taken for damage. */
const RECORDS_MAX = 1 << 24

export class Members {
  /** Bytes of the member that were not handed out yet. */
  left = 0
  private pad = 0
  /** Where the header of the last member, or what came instead, begins. */
  at = 0
  private readonly global = new Map<string, Uint8Array>()

  constructor(readonly input: ByteReader, private readonly ignoreZeros: boolean) {}

  /** Bytes of the member's data; `undefined` at their end, or where the archive is cut off: `left` is not 0 then. */
  *data(): Steps<Uint8Array | undefined> {
    if (this.left === 0) return undefined
    const piece = yield* this.input.some(this.left)
    this.left -= piece.length
    return piece.length === 0 ? undefined : piece
  }

  /** Steps over what is left of a member; answers whether all of it was there. */
  *skip(): Steps<boolean> {
    const wanted = this.left + this.pad
    const had = yield* this.input.skip(wanted)
    this.left = this.pad = 0
    return had === wanted
  }

  private *block(): Steps<Uint8Array | undefined> {
    return (yield* this.input.has(BLOCK)) ? this.input.take(BLOCK).slice() : undefined
  }

  private *longText(size: number): Steps<Uint8Array | undefined> {
    if (size > RECORDS_MAX) return undefined
    const bytes = yield* this.input.copy(size)
    if (bytes.length < size) return undefined
    yield* this.input.skip(Header.padding(size).length)
    return bytes
  }

  /** The next member, after {@link skip}. */
  *next(): Steps<Found> {
    let name: string | undefined
    let linkname: string | undefined
    const records = new Map(this.global)
    this.at = this.input.taken
    while (true) {
      const block = yield* this.block()
      if (block === undefined) return name === undefined && linkname === undefined ? "end of file" : "cut off"
      if (Header.isZero(block)) {
        if (this.ignoreZeros) {
          this.at = this.input.taken
          continue
        }
        const second = yield* this.block()
        return second !== undefined && Header.isZero(second) ? "end" : "lone zero"
      }
      const header = Header.parse(block)
      if (header === undefined) return "damaged"
      if ("LKxg".includes(header.type)) {
        const bytes = yield* this.longText(header.size)
        if (bytes === undefined) return "cut off"
        if (header.type === "L") name = Header.text(bytes, 0, bytes.length)
        else if (header.type === "K") linkname = Header.text(bytes, 0, bytes.length)
        else {
          Header.parseRecords(bytes, records)
          if (header.type === "g") Header.parseRecords(bytes, this.global)
        }
        continue
      }
      return yield* this.member(block, header, records, name, linkname)
    }
  }

  private *member(
    block: Uint8Array,
    header: Header.Header,
    records: Header.Records,
    name: string | undefined,
    linkname: string | undefined
  ): Steps<Found> {
    const said = (key: string): string | undefined => {
      const value = records.get(key)
      return value === undefined ? undefined : Bytes.decode(value)
    }
    const count = (key: string, otherwise: number): number => {
      const value = said(key)
      return value !== undefined && /^-?\d{1,15}$/.test(value) ? Number(value) : otherwise
    }
    const time = said("mtime")
    const size = header.type === "1" || "3456".includes(header.type) ? 0 : count("size", header.size)
    this.left = size
    this.pad = Header.padding(size).length
    const member = {
      ...header,
      name: said("GNU.sparse.name") ?? name ?? said("path") ?? header.name,
      linkname: linkname ?? said("linkpath") ?? header.linkname,
      uid: count("uid", header.uid),
      gid: count("gid", header.gid),
      uname: said("uname") ?? header.uname,
      gname: said("gname") ?? header.gname,
      mtime: (time === undefined ? undefined : Header.nanoseconds(time)) ?? BigInt(header.mtime) * 1_000_000_000n,
      size,
      realSize: size,
      extents: undefined
    }
    if (header.type === "S") return yield* this.oldSparse(block, member)
    if (said("GNU.sparse.major") === "1") return yield* this.sparse(member, count("GNU.sparse.realsize", size))
    const map = said("GNU.sparse.map")
    if (map === undefined) return member
    return checked({ ...member, realSize: count("GNU.sparse.size", size), extents: paired(map.split(",").map(Number)) })
  }

  /** GNU's own kind: four extents in the header, more in blocks behind it. */
  private *oldSparse(block: Uint8Array, member: Member): Steps<Found> {
    const numbers: Array<number> = []
    const take = (from: Uint8Array, offset: number, entries: number): void => {
      for (let i = 0; i < entries && from[offset + i * 24] !== 0; i++) {
        const at = offset + i * 24
        numbers.push(Header.number(from, at, 12) ?? -1, Header.number(from, at + 12, 12) ?? -1)
      }
    }
    take(block, 386, 4)
    for (let more = block[482] !== 0; more;) {
      const next = yield* this.block()
      if (next === undefined) return "cut off"
      take(next, 0, 21)
      more = next[504] !== 0
    }
    const realSize = Header.number(block, 483, 12) ?? member.size
    return checked({ ...member, type: "0", realSize, extents: paired(numbers) })
  }

  /** POSIX's newest kind: the map stands in front of the data, in lines, filled up to a block. */
  private *sparse(member: Member, realSize: number): Steps<Found> {
    const numbers: Array<number> = []
    let wanted = 1
    let line = ""
    while (numbers.length < wanted) {
      if (this.left < BLOCK) return "damaged"
      const block = yield* this.block()
      if (block === undefined) return "cut off"
      this.left -= BLOCK
      for (const byte of block) {
        if (byte !== 10) line += String.fromCharCode(byte)
        else {
          if (!/^\d{1,15}$/.test(line)) return "damaged"
          numbers.push(Number(line))
          if (numbers.length === 1) wanted = 1 + numbers[0]! * 2
          line = ""
          if (numbers.length === wanted) break
        }
      }
      if (line.length > BLOCK) return "damaged"
    }
    return checked({ ...member, size: this.left, realSize, extents: paired(numbers.slice(1)) })
  }
}

const paired = (numbers: ReadonlyArray<number>): ReadonlyArray<Extent> => {
  const extents: Array<Extent> = []
  for (let i = 0; i < numbers.length; i += 2) extents.push({ offset: numbers[i]!, length: numbers[i + 1] ?? -1 })
  return extents
}

/** Extents have to follow each other, within the file, and be as long as the data. */
const checked = (member: Member): Found => {
  let [last, total] = [0, 0]
  for (const { length, offset } of member.extents ?? []) {
    if (!(offset >= last && length >= 0 && offset + length <= member.realSize)) return "damaged"
    last = offset + length
    total += length
  }
  return total === member.size ? member : "damaged"
}
