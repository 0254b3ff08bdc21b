/**
 * A file system in memory, as tmpfs is: the root of a kernel unless told otherwise, and the one that tests use.
 *
 * Answers at once, always. Bytes and inodes are limited, for all together (ENOSPC) and for each user (EDQUOT). A write that
 * fits in part is cut short.
 *
 * @see tmpfs(5)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as FileMode from "../abi/FileMode.js"
import * as Bytes from "../Bytes.js"
import * as CoarseClock from "../CoarseClock.js"
import * as Errno from "../Errno.js"
import type { FileSystemType } from "../FileSystems.js"
import type { NewInode } from "../Inode.js"
import * as KernelConfig from "../KernelConfig.js"
import {
  type Allocation,
  type Backend,
  type Changes,
  type DirectoryEntry,
  type StatFs,
  VfsBackend
} from "../VfsBackend.js"
import { Contents } from "./memory/Contents.js"
import { Entries } from "./memory/Entries.js"
import {
  ENTRY_SIZE,
  MemoryDirectory,
  MemoryFile,
  type MemoryInode,
  MemorySpecial,
  MemorySymlink
} from "./memory/MemoryInode.js"
import type { MemoryStore } from "./memory/MemoryStore.js"
import { parse, text, type TmpfsOptions } from "./memory/tmpfsOptions.js"
import { makeUsage, type Quotas, type Usage } from "./memory/Usage.js"

const TMPFS_MAGIC = 0x01021994
const BLOCK = 4096
/** What an inode takes of the memory that `inodesMax` allows for; extended attributes share it, as on tmpfs. */
const INODE_SIZE = 1024
/** Links that one file may have; far more than ext4, as on tmpfs. */
const LINKS_MAX = 2_147_483_647

export interface Options {
  readonly bytesMax: number
  readonly inodesMax: number
  /** What each user may own of it, by uid; beyond that the answer is EDQUOT. Whoever is not named may own all of it. */
  readonly quotas?: Quotas
  /** Names that one file may have. Default: 2,147,483,647, as on tmpfs. */
  readonly linksMax?: number
  /** When the root was made, in nanoseconds since the epoch. */
  readonly now: bigint
  /** The mode of the root. Default: 0o755. */
  readonly mode?: number
  /** Who owns the root. Default: user and group 0. */
  readonly uid?: number
  readonly gid?: number
  /** What was said of it when it was mounted, for /proc/mounts. */
  readonly mounted?: TmpfsOptions
}

export type { MemoryStore } from "./memory/MemoryStore.js"
export type { Quota, Quotas } from "./memory/Usage.js"

/** Stands for nothing in a directory without entries. */
const noEntries: ReadonlyArray<DirectoryEntry> = []

class MemoryBackend implements MemoryStore {
  readonly type = "tmpfs"
  readonly coherent = true
  readonly root: MemoryDirectory
  private bytes = 0
  private inodes = 1
  /** Inodes that count for nobody: they are those of a file system below. */
  private lent = 0
  private readonly usage: Usage | undefined
  /** Bytes of extended attributes. */
  private attributes = 0

  constructor(private options: Options, private lastIno = 1) {
    this.usage = makeUsage(options.quotas)
    this.root = new MemoryDirectory(1, {
      mode: FileMode.S_IFDIR | (options.mode ?? 0o755),
      uid: options.uid ?? 0,
      gid: options.gid ?? 0,
      rdev: 0,
      now: options.now
    })
  }

  describe(): string {
    return text(this.options.mounted ?? {})
  }

  /** Limits can change as long as what is there fits, and what was unlimited stays so. */
  reconfigure(options: string): Exit.Exit<void, Errno.Errno<"EINVAL">> {
    const asked = parse(options, this.options.bytesMax)
    if (asked === undefined) return Errno.fail("EINVAL")
    const { bytesMax = this.options.bytesMax, inodesMax = this.options.inodesMax } = asked
    if (bytesMax < this.bytes || inodesMax < this.inodes - this.lent) return Errno.fail("EINVAL")
    const limits = (this.options.bytesMax === Infinity && bytesMax !== Infinity) ||
      (this.options.inodesMax === Infinity && inodesMax !== Infinity)
    if (limits) return Errno.fail("EINVAL")
    const mounted = {
      ...this.options.mounted,
      ...(asked.bytesMax === undefined ? {} : { bytesMax }),
      ...(asked.inodesMax === undefined ? {} : { inodesMax })
    }
    this.options = { ...this.options, bytesMax, inodesMax, mounted }
    return Exit.void
  }

  lookup(directory: MemoryInode, name: string) {
    const inode = entriesOf(directory)?.get(name)
    return inode === undefined ? Errno.fail("ENOENT") : Exit.succeed(inode)
  }

  takeNumber(): number {
    return ++this.lastIno
  }

  adopt(inode: MemoryInode, lent: boolean): boolean {
    const names = inode instanceof MemoryDirectory ? 1 : inode.nlink
    if (lent) this.lent += names
    else if (this.crowded) return false
    this.inodes += names
    this.usage?.addInode(inode.uid)
    return true
  }

  private get crowded(): boolean {
    return this.inodeRoom < INODE_SIZE
  }

  /** Bytes that are left for inodes and extended attributes. */
  private get inodeRoom(): number {
    return (this.options.inodesMax - (this.inodes - this.lent)) * INODE_SIZE - this.attributes
  }

  private makeInode(made: NewInode): Exit.Exit<MemoryInode, Errno.Errno<"EDQUOT" | "ENOSPC">> {
    if (this.crowded) return Errno.fail("ENOSPC", { remedy: "raise memoryInodesMax" })
    if (this.usage?.mayOwnMore(made.uid) === false) return Errno.fail("EDQUOT")
    this.usage?.addInode(made.uid)
    this.inodes++
    const ino = ++this.lastIno
    switch (made.mode & FileMode.S_IFMT) {
      case FileMode.S_IFREG:
        return Exit.succeed(new MemoryFile(ino, made))
      case FileMode.S_IFDIR:
        return Exit.succeed(new MemoryDirectory(ino, made))
      case FileMode.S_IFLNK:
        return Exit.succeed(symlink(ino, made))
      default:
        return Exit.succeed(new MemorySpecial(ino, made))
    }
  }

  create(directory: MemoryInode, name: string, made: NewInode) {
    if (entriesOf(directory)?.get(name) !== undefined) return Errno.fail("EEXIST")
    const exit = this.makeInode(made)
    if (exit._tag === "Failure") return exit
    const inode = exit.value
    addEntry(directory, name, inode, made.now)
    if (inode instanceof MemoryDirectory) directory.nlink++
    return exit
  }

  createUnnamed(made: NewInode) {
    const exit = this.makeInode(made)
    if (exit._tag === "Success") exit.value.nlink = 0
    return exit
  }

  link(inode: MemoryInode, directory: MemoryInode, name: string, now: bigint) {
    if (entriesOf(directory)?.get(name) !== undefined) return Errno.fail("EEXIST")
    if (inode.nlink >= (this.options.linksMax ?? LINKS_MAX)) return Errno.fail("EMLINK")
    // A second name takes memory as well, so tmpfs counts it as an inode.
    if (inode.nlink > 0) {
      if (this.crowded) return Errno.fail("ENOSPC", { remedy: "raise memoryInodesMax" })
      this.inodes++
    }
    inode.nlink++
    inode.ctime = now
    addEntry(directory, name, inode, now)
    return Exit.void
  }

  unlink(directory: MemoryInode, name: string, inode: MemoryInode, now: bigint) {
    removeEntry(directory, name, now)
    this.unlinked(inode, now)
    return Exit.void
  }

  rmdir(directory: MemoryInode, name: string, inode: MemoryInode, now: bigint) {
    if ((entriesOf(inode)?.size ?? 0) > 0) return Errno.fail("ENOTEMPTY")
    removeEntry(directory, name, now)
    directory.nlink--
    inode.nlink = 0
    inode.ctime = now
    this.reclaim(inode)
    return Exit.void
  }

  private unlinked(inode: MemoryInode, now: bigint): void {
    if (inode.nlink > 1 && !(inode instanceof MemoryDirectory)) this.inodes--
    inode.nlink--
    inode.ctime = now
    this.reclaim(inode)
  }

  /** Frees an inode that has no name and that nobody holds. */
  private reclaim(inode: MemoryInode): void {
    if (inode.nlink > 0 || inode.references > 0) return
    this.inodes--
    this.usage?.removeInode(inode.uid)
    for (const [name, value] of inode.attributes ?? []) this.attributes -= attributeSize(name, value)
    inode.attributes = undefined
    if (inode instanceof MemoryFile && inode.contents !== undefined) {
      this.holds(inode, -inode.contents.held)
      inode.contents = undefined
    }
  }

  /** Counts bytes that came or went with a file's contents. */
  private holds(inode: MemoryFile, bytes: number): void {
    this.bytes += bytes
    this.usage?.addBytes(inode.uid, bytes)
  }

  release(inode: MemoryInode) {
    this.reclaim(inode)
    return Exit.void
  }

  rename(
    from: MemoryInode,
    name: string,
    inode: MemoryInode,
    to: MemoryInode,
    newName: string,
    replaced: MemoryInode | undefined,
    exchange: boolean,
    now: bigint
  ) {
    const isDirectory = inode instanceof MemoryDirectory
    if (exchange && replaced !== undefined) {
      this.exchange(from, name, inode, to, newName, replaced, now)
      return Exit.void
    }
    if (replaced instanceof MemoryDirectory && (replaced.entries?.size ?? 0) > 0) return Errno.fail("ENOTEMPTY")
    removeEntry(from, name, now)
    if (isDirectory) from.nlink--
    if (replaced !== undefined) {
      removeEntry(to, newName, now)
      if (replaced instanceof MemoryDirectory) {
        to.nlink--
        replaced.nlink = 1
      }
      this.unlinked(replaced, now)
    }
    addEntry(to, newName, inode, now)
    if (isDirectory) to.nlink++
    inode.ctime = now
    return Exit.void
  }

  private exchange(
    from: MemoryInode,
    name: string,
    inode: MemoryInode,
    to: MemoryInode,
    newName: string,
    other: MemoryInode,
    now: bigint
  ): void {
    entriesOf(from)?.replace(name, other)
    entriesOf(to)?.replace(newName, inode)
    const one = inode instanceof MemoryDirectory ? 1 : 0
    const two = other instanceof MemoryDirectory ? 1 : 0
    from.nlink += two - one
    to.nlink += one - two
    for (const changed of [from, to]) changed.mtime = changed.ctime = now
    inode.ctime = other.ctime = now
  }

  readlink(inode: MemoryInode) {
    return inode instanceof MemorySymlink ? Exit.succeed(inode.target) : Errno.fail("EIO")
  }

  list(directory: MemoryInode, cursor: number, limit: number) {
    return Exit.succeed(entriesOf(directory)?.list(cursor, limit) ?? noEntries)
  }

  read(inode: MemoryInode, offset: number, into: Uint8Array) {
    const count = Math.min(into.length, inode.size - offset)
    if (count <= 0) return Exit.succeed(0)
    const contents = inode instanceof MemoryFile ? inode.contents : undefined
    if (contents === undefined) into.fill(0, 0, count)
    else contents.read(offset, into, count)
    return Exit.succeed(count)
  }

  write(inode: MemoryInode, offset: number, from: Uint8Array, now: bigint) {
    if (!(inode instanceof MemoryFile)) return Errno.fail("EIO")
    const room = this.options.bytesMax - this.bytes
    const allowed = this.usage?.bytesLeft(inode.uid) ?? Infinity
    if (from.length + 2 * 65_536 > allowed && allowed < room) {
      return this.writeTight(inode, offset, from, now, allowed, Errno.fail("EDQUOT"))
    }
    // A page may be added at each end of what is written.
    if (from.length + 2 * 65_536 > room) return this.writeTight(inode, offset, from, now, room, outOfSpace(room))
    this.store(inode, offset, from, now)
    return Exit.succeed(from.length)
  }

  private store(inode: MemoryFile, offset: number, from: Uint8Array, now: bigint): void {
    const contents = inode.contents ??= new Contents()
    const before = contents.held
    contents.write(offset, from, inode.size)
    this.holds(inode, contents.held - before)
    if (offset + from.length > inode.size) inode.size = offset + from.length
    inode.mtime = inode.ctime = now
  }

  /** The disk is nearly full: writes what fits, piece by piece. */
  private writeTight(
    inode: MemoryFile,
    offset: number,
    from: Uint8Array,
    now: bigint,
    room: number,
    full: Exit.Exit<never, Errno.Errno<"EDQUOT" | "ENOSPC">>
  ) {
    const most = this.bytes + room
    let done = 0
    while (done < from.length) {
      const step = Math.min(BLOCK - (offset + done) % BLOCK, from.length - done)
      const needs = (inode.contents ??= new Contents()).needs(offset + done, step, inode.size)
      if (this.bytes + needs > most) break
      this.store(inode, offset + done, from.subarray(done, done + step), now)
      done += step
    }
    return done === 0 ? full : Exit.succeed(done)
  }

  truncate(inode: MemoryInode, size: number, now: bigint) {
    // At the size that it has, what was allocated behind the end goes.
    if (inode instanceof MemoryFile && size <= inode.size && inode.contents !== undefined) {
      const before = inode.contents.held
      inode.contents.cut(size)
      this.holds(inode, inode.contents.held - before)
    }
    inode.size = size
    inode.mtime = inode.ctime = now
    return Exit.void
  }

  change(inode: MemoryInode, changes: Changes) {
    if (changes.uid !== undefined && changes.uid !== inode.uid) {
      const held = inode instanceof MemoryFile ? inode.contents?.held ?? 0 : 0
      if (this.usage?.give(inode.uid, changes.uid, held) === false) return Errno.fail("EDQUOT")
      inode.uid = changes.uid
    }
    if (changes.mode !== undefined) inode.mode = (inode.mode & FileMode.S_IFMT) | changes.mode
    if (changes.gid !== undefined) inode.gid = changes.gid
    if (changes.atime !== undefined) inode.atime = changes.atime
    if (changes.mtime !== undefined) inode.mtime = changes.mtime
    if (changes.ctime !== undefined) inode.ctime = changes.ctime
    return Exit.void
  }

  allocate(inode: MemoryInode, how: Allocation, offset: number, length: number) {
    if (!(inode instanceof MemoryFile)) return Errno.fail("EOPNOTSUPP")
    const end = offset + length
    switch (how) {
      case "punchHole":
        this.rearrange(inode, (contents) => contents.clear(offset, end))
        return Exit.void
      case "zeroRange":
        this.rearrange(inode, (contents) => contents.clear(offset, Math.min(end, inode.size)))
        return this.reserve(inode, offset, end)
      case "collapse":
      case "insert":
        return this.shift(inode, how, offset, length)
      default: {
        const done = this.reserve(inode, offset, end)
        if (done._tag === "Success" && how === "allocate" && end > inode.size) inode.size = end
        return done
      }
    }
  }

  /** Takes a range of whole blocks out of a file, or makes room for one. */
  private shift(inode: MemoryFile, how: "collapse" | "insert", offset: number, length: number) {
    const outside = how === "collapse" ? offset + length >= inode.size : offset >= inode.size
    if (offset % BLOCK !== 0 || length % BLOCK !== 0 || outside) return Errno.fail("EINVAL")
    const first = offset / BLOCK
    const count = length / BLOCK
    const collapsed = (block: number) => block < first ? block : block < first + count ? undefined : block - count
    const inserted = (block: number) => block < first ? block : block + count
    const { contents } = inode
    if (contents !== undefined) {
      inode.contents = contents.moved(how === "collapse" ? collapsed : inserted, inode.size)
      this.holds(inode, inode.contents.held - contents.held)
    }
    inode.size += how === "collapse" ? -length : length
    return Exit.void
  }

  private rearrange(inode: MemoryFile, change: (contents: Contents) => void): void {
    const { contents } = inode
    if (contents === undefined) return
    const before = contents.held
    change(contents)
    this.holds(inode, contents.held - before)
  }

  /** All of the room that a range may need, or nothing. */
  private reserve(
    inode: MemoryFile,
    offset: number,
    end: number
  ): Exit.Exit<void, Errno.Errno<"EDQUOT" | "ENOSPC">> {
    const room = this.options.bytesMax - this.bytes
    // What is too much in any case is not even counted.
    const needs = end - offset > this.options.bytesMax
      ? Infinity
      : (inode.contents ??= new Contents()).reserveNeeds(offset, end)
    if (needs > room) return outOfSpace(room)
    if (needs > (this.usage?.bytesLeft(inode.uid) ?? Infinity)) return Errno.fail("EDQUOT")
    this.rearrange(inode, (contents) => contents.reserve(offset, end, inode.size))
    return Exit.void
  }

  seekData(inode: MemoryInode, offset: number, hole: boolean) {
    const contents = inode instanceof MemoryFile ? inode.contents : undefined
    if (contents === undefined) return Exit.succeed(hole ? offset : undefined)
    return Exit.succeed(contents.seek(offset, hole, inode.size))
  }

  getAttribute(inode: MemoryInode, name: string) {
    const value = inode.attributes?.get(name)
    return value === undefined ? Errno.fail("ENODATA") : Exit.succeed(value)
  }

  listAttributes(inode: MemoryInode) {
    return Exit.succeed(inode.attributes === undefined ? [] : [...inode.attributes.keys()])
  }

  setAttribute(inode: MemoryInode, name: string, value: Uint8Array | undefined) {
    const before = inode.attributes?.get(name)
    if (value === undefined && before === undefined) return Errno.fail("ENODATA")
    const added = value === undefined ? 0 : attributeSize(name, value)
    if (value !== undefined && added >= this.inodeRoom) return Errno.fail("ENOSPC", { remedy: "raise memoryInodesMax" })
    this.attributes += added - (before === undefined ? 0 : attributeSize(name, before))
    if (value !== undefined) (inode.attributes ??= new Map()).set(name, value.slice())
    else inode.attributes?.delete(name)
    return Exit.void
  }

  statfs(): Exit.Exit<StatFs> {
    const { bytesMax, inodesMax } = this.options
    // What has no limit says 0.
    const blocks = bytesMax === Infinity ? 0 : Math.floor(bytesMax / BLOCK)
    const free = Math.max(0, blocks - Math.ceil(this.bytes / BLOCK))
    return Exit.succeed({
      type: TMPFS_MAGIC,
      bsize: BLOCK,
      blocks,
      bfree: free,
      bavail: free,
      files: inodesMax === Infinity ? 0 : inodesMax,
      ffree: inodesMax === Infinity
        ? 0
        : Math.min(inodesMax, Math.max(0, Math.floor(this.inodeRoom / INODE_SIZE))),
      namelen: 255
    })
  }
}

const outOfSpace = (room: number): Exit.Exit<never, Errno.Errno<"ENOSPC">> =>
  Errno.fail("ENOSPC", { remedy: `raise memoryBytesMax (${Math.max(0, room)} bytes are left)` })

/** What an extended attribute takes besides its name and value, on tmpfs. */
const ATTRIBUTE_OVERHEAD = 40

const attributeSize = (name: string, value: Uint8Array): number =>
  ATTRIBUTE_OVERHEAD + Bytes.byteLength(name) + value.length

const symlink = (ino: number, made: NewInode): MemorySymlink => {
  const target = made.target ?? ""
  const inode = new MemorySymlink(ino, made, target)
  inode.size = Bytes.byteLength(target)
  return inode
}

const entriesOf = (inode: MemoryInode): Entries | undefined =>
  inode instanceof MemoryDirectory ? inode.entries : undefined

const addEntry = (directory: MemoryInode, name: string, inode: MemoryInode, now: bigint): void => {
  if (directory instanceof MemoryDirectory) (directory.entries ??= new Entries()).add(name, inode)
  directory.size += ENTRY_SIZE
  directory.mtime = directory.ctime = now
}

const removeEntry = (directory: MemoryInode, name: string, now: bigint): void => {
  entriesOf(directory)?.delete(name, directory.references > 0)
  directory.size -= ENTRY_SIZE
  directory.mtime = directory.ctime = now
}

/** A new, empty file system. */
export const make = (options: Options): Backend<MemoryInode> => new MemoryBackend(options)

/**
 * A new, empty file system into which other inodes can be put: what backends are built on that keep files in memory.
 *
 * @internal
 */
export const store = (options: Options, lastIno?: number): MemoryStore => new MemoryBackend(options, lastIno)

/**
 * The file-system type `tmpfs`: each mount is a new one.
 *
 * @see tmpfs(5)
 */
export const tmpfs = (limits: KernelConfig.Limits, now: () => bigint): FileSystemType => ({
  name: "tmpfs",
  make: ({ options }) => {
    const mounted = parse(options, limits.memoryBytesMax)
    if (mounted === undefined) return Errno.fail("EINVAL")
    const { bytesMax = limits.memoryBytesMax, inodesMax = limits.memoryInodesMax, mode = 0o1777 } = mounted
    return Exit.succeed(make({ ...mounted, bytesMax, inodesMax, mode, now: now(), mounted }))
  }
})

/**
 * With the limits of the kernel's configuration.
 *
 * @internal
 */
export const makeWith = (limits: KernelConfig.Limits, now: bigint): MemoryStore =>
  store({ bytesMax: limits.memoryBytesMax, inodesMax: limits.memoryInodesMax, now })

/** @category layers */
export const layer: Layer.Layer<VfsBackend, never, KernelConfig.KernelConfig> = Layer.effect(
  VfsBackend,
  Effect.gen(function*() {
    return makeWith(yield* KernelConfig.KernelConfig, CoarseClock.make(yield* Effect.clock)())
  })
)
