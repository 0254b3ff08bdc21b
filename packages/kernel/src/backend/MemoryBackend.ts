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
import { MemoryDirectory, MemoryFile, type MemoryInode, MemorySpecial, MemorySymlink } from "./memory/MemoryInode.js"
import type { MemoryStore } from "./memory/MemoryStore.js"
import { addEntry, entriesOf, exchange as exchangeNames, removeEntry } from "./memory/naming.js"
import { Space } from "./memory/Space.js"
import { allocate, cut, drop, read, write } from "./memory/storing.js"
import { parse, text, type TmpfsOptions } from "./memory/tmpfsOptions.js"
import type { Quotas } from "./memory/Usage.js"

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
  private readonly space: Space
  private readonly linksMax: number
  private mounted: TmpfsOptions

  constructor(options: Options, private lastIno = 1) {
    this.linksMax = options.linksMax ?? LINKS_MAX
    this.mounted = options.mounted ?? {}
    this.space = new Space(options, options.quotas)
    this.root = new MemoryDirectory(1, {
      mode: FileMode.S_IFDIR | (options.mode ?? 0o755),
      uid: options.uid ?? 0,
      gid: options.gid ?? 0,
      rdev: 0,
      now: options.now
    })
  }

  describe(): string {
    return text(this.mounted)
  }

  reconfigure(options: string): Exit.Exit<void, Errno.Errno<"EINVAL">> {
    const { limits } = this.space
    const asked = parse(options, limits.bytesMax)
    if (asked === undefined) return Errno.fail("EINVAL")
    const { bytesMax, inodesMax } = { ...limits, ...asked }
    if (!this.space.takes({ bytesMax, inodesMax })) return Errno.fail("EINVAL")
    this.space.limits = { bytesMax, inodesMax }
    this.mounted = {
      ...this.mounted,
      ...(asked.bytesMax === undefined ? {} : { bytesMax }),
      ...(asked.inodesMax === undefined ? {} : { inodesMax })
    }
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
    return this.space.adopt(inode, inode instanceof MemoryDirectory ? 1 : inode.nlink, lent)
  }

  private makeInode(made: NewInode): Exit.Exit<MemoryInode, Errno.Errno<"EDQUOT" | "ENOSPC">> {
    const counted = this.space.addInode(made.uid)
    if (counted._tag === "Failure") return Exit.failCause(counted.cause)
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
    if (inode.nlink >= this.linksMax) return Errno.fail("EMLINK")
    const counted = inode.nlink > 0 ? this.space.addName() : Exit.void
    if (counted._tag === "Failure") return counted
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
    if (inode.nlink > 1 && !(inode instanceof MemoryDirectory)) this.space.removeName()
    inode.nlink--
    inode.ctime = now
    this.reclaim(inode)
  }

  /** Frees an inode that has no name and that nobody holds. */
  private reclaim(inode: MemoryInode): void {
    if (inode.nlink > 0 || inode.references > 0) return
    this.space.removeInode(inode)
    for (const [name, value] of inode.attributes ?? []) this.space.takeForAttribute(0, attributeSize(name, value))
    inode.attributes = undefined
    if (inode instanceof MemoryFile) drop(this.space, inode)
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
      exchangeNames(from, name, inode, to, newName, replaced, now)
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

  readlink(inode: MemoryInode) {
    return inode instanceof MemorySymlink ? Exit.succeed(inode.target) : Errno.fail("EIO")
  }

  list(directory: MemoryInode, cursor: number, limit: number) {
    return Exit.succeed(entriesOf(directory)?.list(cursor, limit) ?? noEntries)
  }

  read(inode: MemoryInode, offset: number, into: Uint8Array) {
    return Exit.succeed(inode instanceof MemoryFile ? read(inode, offset, into) : 0)
  }

  write(inode: MemoryInode, offset: number, from: Uint8Array, now: bigint) {
    return inode instanceof MemoryFile ? write(this.space, inode, offset, from, now) : Errno.fail("EIO")
  }

  truncate(inode: MemoryInode, size: number, now: bigint) {
    // At the size that it has, what was allocated behind the end goes.
    if (inode instanceof MemoryFile && size <= inode.size) cut(this.space, inode, size)
    inode.size = size
    inode.mtime = inode.ctime = now
    return Exit.void
  }

  change(inode: MemoryInode, changes: Changes) {
    if (changes.uid !== undefined && changes.uid !== inode.uid) {
      const held = inode instanceof MemoryFile ? inode.contents?.held ?? 0 : 0
      if (!this.space.give(inode, changes.uid, held)) return Errno.fail("EDQUOT")
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
    return allocate(this.space, inode, how, offset, length)
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
    const gone = before === undefined ? 0 : attributeSize(name, before)
    if (!this.space.takeForAttribute(added, gone)) return Errno.fail("ENOSPC", { remedy: "raise memoryInodesMax" })
    if (value !== undefined) (inode.attributes ??= new Map()).set(name, value.slice())
    else inode.attributes?.delete(name)
    return Exit.void
  }

  statfs(): Exit.Exit<StatFs> {
    return this.space.statfs()
  }
}

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
