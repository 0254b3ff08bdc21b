/**
 * From a tree of any backend to the bytes of an archive, piece by piece.
 *
 * Headers are POSIX's, with records for what has no room in them: long names and links, times finer than seconds, large ids
 * and extended attributes. Files with holes are written as GNU tar does it (version 1.0). Sockets are left out.
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Inode } from "@effix/kernel/Inode"
import type { Backend } from "@effix/kernel/VfsBackend"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Header from "./header.js"
import * as Pax from "./pax.js"

const { BLOCK } = Header
const PIECE = 65_536
const PAGE = 1000

type Pieces = Stream.Stream<Uint8Array, Errno.Any>

const flags = new Map<number, string>([
  [FileMode.S_IFREG, "0"],
  [FileMode.S_IFLNK, "2"],
  [FileMode.S_IFCHR, "3"],
  [FileMode.S_IFBLK, "4"],
  [FileMode.S_IFDIR, "5"],
  [FileMode.S_IFIFO, "6"]
])

const padding = (size: number): ReadonlyArray<Uint8Array> =>
  size % BLOCK === 0 ? [] : [new Uint8Array(BLOCK - size % BLOCK)]

const attributesOf = (backend: Backend, inode: Inode) =>
  Effect.gen(function*() {
    if (backend.listAttributes === undefined || backend.getAttribute === undefined) return []
    const names = yield* Effect.catchTag(backend.listAttributes(inode), "EOPNOTSUPP", () => Effect.succeed([]))
    const all: Array<readonly [string, Uint8Array]> = []
    for (const name of names) all.push([name, yield* backend.getAttribute(inode, name)])
    return all
  })

/** Where the data of a file lies; `undefined` when all of it is data. */
const extentsOf = (backend: Backend, inode: Inode) =>
  Effect.gen(function*() {
    const extents: Array<readonly [offset: number, length: number]> = []
    if (backend.seekData === undefined || inode.size === 0) return undefined
    for (let at = 0; at < inode.size;) {
      const data = yield* backend.seekData(inode, at, false)
      if (data === undefined || data >= inode.size) break
      const end = (yield* backend.seekData(inode, data, true)) ?? inode.size
      // In whole blocks, as GNU tar reads them.
      const from = Math.max(at, data - data % BLOCK)
      const to = Math.min(inode.size, Math.ceil(end / BLOCK) * BLOCK)
      extents.push([from, to - from])
      at = to
    }
    const [first] = extents
    return extents.length === 1 && first![0] === 0 && first![1] === inode.size ? undefined : extents
  })

const contentOf = (backend: Backend, inode: Inode, offset: number, length: number): Pieces =>
  Stream.unfoldEffect(0, (done) =>
    Effect.suspend(() => {
      if (done >= length) return Effect.succeedNone
      const into = new Uint8Array(Math.min(PIECE, length - done))
      return Effect.flatMap(backend.read(inode, offset + done, into), (count) =>
        // Somebody has cut it meanwhile: the archive has to go on, and tells it by an error.
        count === 0
          ? Errno.fail("ESTALE", { remedy: "a file became shorter while it was archived" })
          : Effect.succeedSome([into.subarray(0, count), done + count] as const))
    }))

class Writer {
  /** The first name of each file that has several. */
  private readonly names = new Map<number, string>()

  constructor(private readonly backend: Backend) {}

  directory(inode: Inode, path: string): Pieces {
    const pages = Stream.paginateChunkEffect(
      0,
      (cursor) =>
        Effect.map(this.backend.list(inode, cursor, PAGE), (entries) => {
          const last = entries[entries.length - 1]
          return [Chunk.fromIterable(entries), last === undefined ? Option.none() : Option.some(last.cursor)] as const
        })
    )
    return Stream.flatMap(pages, ({ name }) =>
      Stream.unwrap(Effect.map(
        this.backend.lookup(inode, name),
        (child) => this.entry(child, path === "" ? name : `${path}/${name}`)
      )))
  }

  entry(inode: Inode, path: string): Pieces {
    return Stream.unwrap(Effect.map(this.pieces(inode, path), ([headers, content]) =>
      FileMode.isDirectory(inode.mode)
        ? Stream.concat(Stream.fromIterable(headers), this.directory(inode, path))
        : Stream.concat(Stream.fromIterable(headers), content)))
  }

  private pieces(inode: Inode, path: string): Effect.Effect<readonly [ReadonlyArray<Uint8Array>, Pieces], Errno.Any> {
    const { backend, names } = this
    return Effect.gen(function*() {
      if (backend.refresh !== undefined) yield* backend.refresh(inode)
      const type = inode.mode & FileMode.S_IFMT
      const flag = flags.get(type)
      if (flag === undefined) return [[], Stream.empty] as const
      const isDirectory = type === FileMode.S_IFDIR
      const known = isDirectory || inode.nlink < 2 ? undefined : names.get(inode.ino)
      if (known !== undefined) {
        return [headers(path, inode, { flag: "1", linkname: known, size: 0 }, []), Stream.empty] as const
      }
      if (!isDirectory && inode.nlink > 1) names.set(inode.ino, path)
      const attributes = (yield* attributesOf(backend, inode)).map(([name, value]) =>
        [`SCHILY.xattr.${name}`, value] as const
      )
      const linkname = flag === "2" ? yield* backend.readlink(inode, 1) : ""
      const name = isDirectory ? `${path}/` : path
      if (flag !== "0") return [headers(name, inode, { flag, linkname, size: 0 }, attributes), Stream.empty] as const
      const extents = yield* extentsOf(backend, inode)
      if (extents !== undefined) return sparse(backend, inode, path, extents, attributes)
      const content = Stream.concat(contentOf(backend, inode, 0, inode.size), Stream.fromIterable(padding(inode.size)))
      return [headers(name, inode, { flag, linkname, size: inode.size }, attributes), content] as const
    })
  }
}

const sparse = (
  backend: Backend,
  inode: Inode,
  path: string,
  extents: ReadonlyArray<readonly [number, number]>,
  attributes: ReadonlyArray<readonly [string, Uint8Array]>
): readonly [ReadonlyArray<Uint8Array>, Pieces] => {
  // A last one without length says how long the file is to tar programs that look at it alone.
  const all = [...extents, [inode.size, 0] as const]
  const map = Bytes.encode([all.length, ...all.flat()].map((each) => `${each}\n`).join(""))
  const lead = [map, ...padding(map.length)]
  const stored = extents.reduce((sum, [, length]) => sum + length, 0)
  const size = lead.reduce((sum, { length }) => sum + length, 0) + stored
  const records = [
    ["GNU.sparse.major", Bytes.encode("1")],
    ["GNU.sparse.minor", Bytes.encode("0")],
    ["GNU.sparse.name", Bytes.encode(path)],
    ["GNU.sparse.realsize", Bytes.encode(`${inode.size}`)],
    ...attributes
  ] as const
  const slash = path.lastIndexOf("/")
  const name = `${path.slice(0, slash + 1)}GNUSparseFile.0/${path.slice(slash + 1)}`
  const data = Stream.flatMap(
    Stream.fromIterable(extents),
    ([offset, length]) => contentOf(backend, inode, offset, length)
  )
  const content = Stream.concat(Stream.fromIterable(lead), Stream.concat(data, Stream.fromIterable(padding(stored))))
  return [headers(name, inode, { flag: "0", linkname: "", size }, records), content]
}

const IDS_MAX = 0o7777777

/** A header, and before it the records of what it has no room for. */
const headers = (
  name: string,
  inode: Inode,
  { flag, linkname, size }: { readonly flag: string; readonly linkname: string; readonly size: number },
  more: ReadonlyArray<readonly [string, Uint8Array]>
): ReadonlyArray<Uint8Array> => {
  const { gid, mode, mtime, rdev, uid } = inode
  const records: Array<readonly [string, Uint8Array]> = []
  const say = (key: string, value: string) => records.push([key, Bytes.encode(value)])
  if (Bytes.byteLength(name) > 100) say("path", name)
  if (Bytes.byteLength(linkname) > 100) say("linkpath", linkname)
  if (size > 0o77777777777) say("size", `${size}`)
  if (uid > IDS_MAX) say("uid", `${uid}`)
  if (gid > IDS_MAX) say("gid", `${gid}`)
  const whole = mtime / 1_000_000_000n
  if (whole * 1_000_000_000n !== mtime || mtime < 0n) say("mtime", Pax.seconds(mtime))
  const seconds = Math.max(0, Number(whole))
  const header = Header.format({
    name,
    mode,
    uid: Math.min(uid, IDS_MAX),
    gid: Math.min(gid, IDS_MAX),
    size: Math.min(size, 0o77777777777),
    mtime: seconds,
    flag,
    linkname,
    major: FileMode.major(rdev),
    minor: FileMode.minor(rdev)
  })
  records.push(...more)
  if (records.length === 0) return [header]
  const data = concat(records.map(([key, value]) => Pax.record(key, value)))
  const before = Header.format({
    name: `PaxHeaders/${name.slice(-80)}`,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: data.length,
    mtime: seconds,
    flag: "x",
    linkname: "",
    major: 0,
    minor: 0
  })
  return [before, data, ...padding(data.length), header]
}

export const concat = (pieces: Iterable<Uint8Array>): Uint8Array => {
  const all = [...pieces]
  const whole = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of all) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** An archive of all that is in a directory of a backend; the directory itself is `./` in it. */
export const write = (backend: Backend, directory: Inode): Pieces => {
  const writer = new Writer(backend)
  const top = headers("./", directory, { flag: "5", linkname: "", size: 0 }, [])
  return Stream.concat(
    Stream.concat(Stream.fromIterable(top), writer.directory(directory, "")),
    Stream.make(new Uint8Array(2 * BLOCK))
  )
}
