/**
 * What the formats of an archive have room for, and the blocks that stand before a member because of that.
 *
 * @see tar(5)
 */
import * as Bytes from "@effix/kernel/Bytes"
import type { Stat } from "@effix/kernel/Inode"
import * as Header from "./header.js"
import type { Extent } from "./read.js"

const { BLOCK } = Header
const SECOND = 1_000_000_000n
const ID_MAX = 0o7777777
const SIZE_MAX = 0o77777777777
const NAME_MAX = 100

type Record = readonly [key: string, value: string]

/** What is known of a member besides its header. */
export interface More {
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  readonly stat: Stat
  readonly extents: ReadonlyArray<Extent> | undefined
  readonly records: ReadonlyArray<Record>
  /** Whom the members belong to that hold long names. */
  readonly root: { readonly uname: string; readonly gname: string }
}

/** The blocks before a member: what has no room in its header, the header, and where its data lies. */
export const blocksOf = (
  about: Header.Header,
  format: Header.Format,
  { extents, mtime, records, root, stat }: More
): ReadonlyArray<Uint8Array> => {
  const { linkname, mtime: whole, name } = about
  const blocks: Array<Uint8Array> = []
  if (format === "gnu") {
    if (Bytes.byteLength(linkname) > NAME_MAX) blocks.push(...Header.longName("K", linkname, root))
    if (Bytes.byteLength(name) > NAME_MAX) blocks.push(...Header.longName("L", name, root))
  } else if (format === "pax") {
    const all = [...recordsOf(about, mtime, stat), ...records]
    if (all.length > 0) blocks.push(...Header.records(all, { name, mtime: whole }))
  }
  const block = Header.format(format === "pax" ? fitting(about) : about, format)
  blocks.push(block, ...(extents === undefined ? [] : sparseInto(block, extents, stat.size)))
  return blocks
}

/** A header with what its records say left out where it has no room for it. */
const fitting = (about: Header.Header): Header.Header => ({
  ...about,
  uid: about.uid > ID_MAX ? 0 : about.uid,
  gid: about.gid > ID_MAX ? 0 : about.gid,
  size: Math.min(about.size, SIZE_MAX),
  mtime: Math.max(0, about.mtime)
})

/** Where the data of a sparse file lies, as it stands before that data in POSIX's format. */
export const sparseMap = (extents: ReadonlyArray<Extent>): Uint8Array => {
  const numbers = [extents.length, ...extents.flatMap(({ length, offset }) => [offset, length])]
  return Bytes.encode(numbers.map((each) => `${each}\n`).join(""))
}

/** What the format of 1988 has no room for. */
export const tooMuch = ({ gid, linkname, name, uid }: Header.Header): string | undefined => {
  if (uid > ID_MAX) return `value ${uid} out of uid_t range 0..${ID_MAX}`
  if (gid > ID_MAX) return `value ${gid} out of gid_t range 0..${ID_MAX}`
  if (Bytes.byteLength(linkname) > NAME_MAX) return "link name is too long; not dumped"
  if (Bytes.byteLength(name) > 256) return "file name is too long (max 256); not dumped"
  if (Bytes.byteLength(name) > NAME_MAX && Header.split(name) === undefined) {
    return "file name is too long (cannot be split); not dumped"
  }
  return undefined
}

const recordsOf = (
  { gid, linkname, name, size, uid }: Header.Header,
  mtime: bigint,
  stat: Stat
): ReadonlyArray<Record> => {
  const records: Array<Record> = []
  if (Bytes.byteLength(name) > NAME_MAX) records.push(["path", name])
  if (Bytes.byteLength(linkname) > NAME_MAX) records.push(["linkpath", linkname])
  if (uid > ID_MAX) records.push(["uid", `${uid}`])
  if (gid > ID_MAX) records.push(["gid", `${gid}`])
  if (size > SIZE_MAX) records.push(["size", `${size}`])
  if (mtime < 0n || mtime % SECOND !== 0n) records.push(["mtime", Header.seconds(mtime)])
  records.push(["atime", Header.seconds(stat.atime)], ["ctime", Header.seconds(stat.ctime)])
  return records
}

/** Puts extents into a header; answers the blocks for those that have no room there. */
const sparseInto = (block: Uint8Array, extents: ReadonlyArray<Extent>, size: number): Array<Uint8Array> => {
  const fill = (into: Uint8Array, offset: number, some: ReadonlyArray<Extent>): void =>
    some.forEach((extent, i) => {
      Header.put(into, offset + i * 24, 12, extent.offset)
      Header.put(into, offset + i * 24 + 12, 12, extent.length)
    })
  fill(block, 386, extents.slice(0, 4))
  Header.put(block, 483, 12, size)
  block[482] = extents.length > 4 ? 1 : 0
  Header.seal(block)
  const more: Array<Uint8Array> = []
  for (let at = 4; at < extents.length; at += 21) {
    const next = new Uint8Array(BLOCK)
    fill(next, 0, extents.slice(at, at + 21))
    next[504] = at + 21 < extents.length ? 1 : 0
    more.push(next)
  }
  return more
}
