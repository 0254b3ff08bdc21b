/**
 * From the bytes of an archive to a tree: contents are views of the bytes, nothing is copied.
 */
import type { Attributes, Content, TreeNode } from "@effix/kernel/backend/TreeBackend"
import * as Bytes from "@effix/kernel/Bytes"
import { ArchiveError, type Reason } from "./ArchiveError.js"
import * as Header from "./header.js"
import * as Pax from "./pax.js"
import * as SparseFile from "./sparse.js"

const { BLOCK } = Header

/** What may be in the way of an entry, before its header. */
interface Ahead {
  name: string | undefined
  linkname: string | undefined
  records: Pax.Records
}

/** A file of the archive; names that are links to it share it. */
interface Entry {
  readonly node: Exclude<TreeNode, { readonly link: string } | string | Uint8Array | (() => unknown)>
  first: string | undefined
}

/** Thrown and caught in this module alone. */
class Stop {
  constructor(readonly reason: Reason, readonly offset: number, readonly entry: string | undefined) {}
}

/**
 * A name as a path below the root: slashes at its beginning do not count, as for tar(1), and neither do single dots.
 * One that leads up is refused.
 */
const pathOf = (name: string): string | undefined => {
  const names = name.split("/").filter((each) => each !== "" && each !== ".")
  return names.some((each) => each === ".." || each.includes("\0")) ? undefined : names.join("/")
}

class Reader {
  private readonly entries = new Map<string, Entry>()
  private readonly globals: Pax.Records = new Map()
  private ahead: Ahead = { name: undefined, linkname: undefined, records: new Map() }
  private at = 0

  constructor(private readonly bytes: Uint8Array) {}

  read(): ReadonlyArray<readonly [string, TreeNode]> {
    for (;;) {
      const { at } = this
      // The end is two empty blocks; an archive that just stops behind an entry is one, too.
      if (at === this.bytes.length && at > 0) break
      const block = this.take(BLOCK, undefined)
      if (Header.isEmpty(block)) {
        if (at === 0 && this.bytes.length < 2 * BLOCK) throw new Stop("truncated", at, undefined)
        break
      }
      if (!Header.hasChecksum(block)) throw new Stop("bad checksum", at, undefined)
      const header = Header.parse(block)
      if (header === undefined) throw new Stop("bad header", at, Header.text(block, 0, 100))
      this.one(header, block, at)
    }
    return this.tree()
  }

  /** The next `length` bytes. */
  private take(length: number, entry: string | undefined): Uint8Array {
    const { at, bytes } = this
    if (length > bytes.length - at) throw new Stop("truncated", at, entry)
    this.at += length
    return bytes.subarray(at, at + length)
  }

  /** Data, and what pads it to whole blocks; the last one may be cut off. */
  private data(size: number, entry: string): Uint8Array {
    const data = this.take(size, entry)
    this.at = Math.min(this.bytes.length, this.at + (BLOCK - size % BLOCK) % BLOCK)
    return data
  }

  private one(header: Header.Header, block: Uint8Array, at: number): void {
    const { flag } = header
    if (flag === "x" || flag === "g" || flag === "X") {
      const records = flag === "g" ? this.globals : this.ahead.records
      if (!Pax.parse(this.data(header.size, header.name), records)) throw new Stop("bad header", at, header.name)
    } else if (flag === "L") this.ahead.name = untilNul(this.data(header.size, header.name))
    else if (flag === "K") this.ahead.linkname = untilNul(this.data(header.size, header.name))
    else if (flag === "M") throw new Stop("multi-volume", at, header.name)
    // A label of the volume is no file.
    else if (flag === "V") this.data(header.size, header.name)
    else {
      this.file(header, block, at)
      this.ahead = { name: undefined, linkname: undefined, records: new Map() }
    }
  }

  private record(key: string): Uint8Array | undefined {
    return this.ahead.records.get(key) ?? this.globals.get(key)
  }

  private textOf(key: string): string | undefined {
    const value = this.record(key)
    return value === undefined ? undefined : Bytes.decode(value)
  }

  private numberOf(key: string, otherwise: number, at: number): number {
    const value = this.textOf(key)
    if (value === undefined) return otherwise
    const number = Number(value)
    if (!Number.isSafeInteger(number) || number < 0) throw new Stop("bad header", at, key)
    return number
  }

  private timeOf(key: string, at: number): bigint | undefined {
    const value = this.record(key)
    if (value === undefined) return undefined
    const time = Pax.nanoseconds(value)
    if (time === undefined) throw new Stop("bad header", at, key)
    return time
  }

  private file(header: Header.Header, block: Uint8Array, at: number): void {
    const said = this.textOf("GNU.sparse.name") ?? this.textOf("path") ?? this.ahead.name ?? header.name
    const path = pathOf(said)
    if (path === undefined) throw new Stop("bad name", at, said)
    const size = this.numberOf("size", header.size, at)
    const attributes = this.attributes(header, at)
    const linkname = this.textOf("linkpath") ?? this.ahead.linkname ?? header.linkname
    // In the old format a directory may be a file whose name ends with a slash.
    const flag = (header.flag === "0" || header.flag === "7") && said.endsWith("/") ? "5" : header.flag
    switch (flag) {
      case "1":
        return this.link(path, linkname, size, said, at)
      case "2":
        this.data(size, said)
        return this.put(path, { ...attributes, symlink: linkname })
      case "3":
      case "4": {
        this.data(size, said)
        const { major, minor } = header
        return this.put(path, { ...attributes, device: flag === "3" ? "char" : "block", major, minor })
      }
      case "5":
      case "D":
        this.data(size, said)
        return this.put(path, { ...attributes, directory: true })
      case "6":
        this.data(size, said)
        return this.put(path, { ...attributes, fifo: true })
      case "S":
        return this.put(path, { ...attributes, content: this.oldSparse(block, size, said, at) })
      default:
        // What is of an unknown type counts as a file, as POSIX asks for.
        return this.put(path, { ...attributes, content: this.contentOf(size, said, at) })
    }
  }

  private attributes(header: Header.Header, at: number): Attributes {
    const mtime = this.timeOf("mtime", at) ?? BigInt(header.mtime) * 1_000_000_000n
    const [atime, ctime] = [this.timeOf("atime", at), this.timeOf("ctime", at)]
    const attributes: Record<string, Uint8Array> = {}
    for (const records of [this.globals, this.ahead.records]) {
      for (const [key, value] of records) {
        if (key.startsWith("SCHILY.xattr.")) attributes[key.slice("SCHILY.xattr.".length)] = value
      }
    }
    return {
      mode: header.mode & 0o7777,
      uid: this.numberOf("uid", header.uid, at),
      gid: this.numberOf("gid", header.gid, at),
      mtime,
      ...(atime === undefined ? {} : { atime }),
      ...(ctime === undefined ? {} : { ctime }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes })
    }
  }

  private contentOf(size: number, said: string, at: number): Content {
    const data = this.data(size, said)
    const map = this.record("GNU.sparse.map")
    const isNewest = this.textOf("GNU.sparse.major") === "1"
    if (map === undefined && !isNewest) return data
    const real = this.numberOf("GNU.sparse.realsize", this.numberOf("GNU.sparse.size", size, at), at)
    const parsed = isNewest ? SparseFile.mapInData(data) : undefined
    const ranges = isNewest ? parsed?.[0] : map === undefined ? undefined : SparseFile.parseMap(map)
    const whole = ranges === undefined ? undefined : SparseFile.content(data.subarray(parsed?.[1] ?? 0), ranges, real)
    if (whole === undefined) throw new Stop("bad header", at, said)
    return whole
  }

  private oldSparse(block: Uint8Array, size: number, said: string, at: number): Content {
    const map: Array<number> = []
    const real = Header.number(block, 483, 12)
    let sound = SparseFile.oldEntries(block, 386, 4, map)
    for (let more = block[482] !== 0; more;) {
      const next = this.take(BLOCK, said)
      sound = SparseFile.oldEntries(next, 0, 21, map) && sound
      more = next[504] !== 0
    }
    const data = this.data(size, said)
    const whole = sound && real !== undefined ? SparseFile.content(data, map, real) : undefined
    if (whole === undefined) throw new Stop("bad header", at, said)
    return whole
  }

  /** One more name of a file that came before. Some programs repeat its bytes. */
  private link(path: string, linkname: string, size: number, said: string, at: number): void {
    this.data(size, said)
    const target = pathOf(linkname)
    const entry = target === undefined ? undefined : this.entries.get(target)
    if (entry === undefined || "directory" in entry.node) throw new Stop("missing link target", at, said)
    if (target === path) return
    this.entries.delete(path)
    this.entries.set(path, entry)
  }

  /** What comes later counts. */
  private put(path: string, node: Entry["node"]): void {
    this.entries.delete(path)
    this.entries.set(path, { node, first: undefined })
  }

  private tree(): ReadonlyArray<readonly [string, TreeNode]> {
    const nodes: Array<readonly [string, TreeNode]> = []
    for (const [path, entry] of this.entries) {
      if (entry.first !== undefined) nodes.push([path, { link: entry.first }])
      else {
        entry.first = path
        nodes.push([path, entry.node])
      }
    }
    return nodes
  }
}

const untilNul = (data: Uint8Array): string => Header.text(data, 0, data.length)

/** The files of an archive by path, in its order. */
export const read = (bytes: Uint8Array): ReadonlyArray<readonly [path: string, node: TreeNode]> | ArchiveError => {
  try {
    return new Reader(bytes).read()
  } catch (stopped) {
    if (!(stopped instanceof Stop)) throw stopped
    const { entry, offset, reason } = stopped
    return new ArchiveError({ reason, offset, ...(entry === undefined ? {} : { entry }) })
  }
}
