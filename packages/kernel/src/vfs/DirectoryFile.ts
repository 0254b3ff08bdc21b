/**
 * An open directory, and a description that only names a place (O_PATH).
 *
 * @see getdents(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fcntl from "../abi/Fcntl.js"
import { S_IFDIR } from "../abi/FileMode.js"
import { IN_ACCESS } from "../abi/InotifyFlags.js"
import { O_NOATIME } from "../abi/OpenFlags.js"
import { POLLNVAL } from "../abi/PollEvents.js"
import type { Location } from "../Dentry.js"
import { Description, type ReadError, type SeekError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode, InodeLock } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { DirectoryEntry, StorageError } from "../VfsBackend.js"
import { accessed } from "./accessed.js"
import type { Core } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Lock from "./lock.js"

export class DirectoryFile extends Description {
  /** Guards the cursor, over backends that do not answer at once. */
  lock: InodeLock | "held" | undefined = undefined
  readonly inode: Inode

  constructor(flags: number, private readonly core: Core, readonly place: Location) {
    super(flags)
    this.location = place
    this.inode = place.dentry.inode
  }

  get label(): string {
    return "directory"
  }

  override get seekable(): boolean {
    return true
  }

  override get spliceReads(): boolean {
    return false
  }

  override read(): Effect.Effect<number, ReadError> {
    return Errno.fail("EISDIR")
  }

  override pread(): Effect.Effect<number, ReadError> {
    return Errno.fail("EISDIR")
  }

  /** The offset is the cursor: 0 stands before `.`, 1 before `..`, 2 and what the backend says behind that. */
  override list(
    limit: number
  ): Effect.Effect<ReadonlyArray<DirectoryEntry>, StorageError | Errno.Errno<"EINVAL" | "ENOENT">> {
    return this.place.mount.superblock.prompt ? this.listNow(limit) : Lock.holding(this, () => this.listNow(limit))
  }

  private listNow(
    limit: number
  ): Effect.Effect<ReadonlyArray<DirectoryEntry>, StorageError | Errno.Errno<"EINVAL" | "ENOENT">> {
    const { dentry, mount } = this.place
    if (dentry.unlinked) return Errno.fail("ENOENT")
    if (limit < 1) return Errno.fail("EINVAL")
    if ((this.flags & O_NOATIME) === 0) accessed(this.core.now, mount, this.inode)
    const dots: Array<DirectoryEntry> = []
    if (this.offset === 0) dots.push({ name: ".", ino: this.inode.ino, type: S_IFDIR, cursor: 1 })
    if (this.offset <= 1 && dots.length < limit) {
      // The root of a file system names itself, wherever it is mounted.
      const up = dentry.parent ?? dentry
      dots.push({ name: "..", ino: up.inode.ino, type: S_IFDIR, cursor: 2 })
    }
    if (dots.length >= limit) return Exit.succeed(this.past(dots))
    const cursor = this.offset > 2 ? this.offset : 0
    const listed = mount.superblock.backend.list(this.inode, cursor, limit - dots.length)
    if (!Step.isReady(listed)) mount.superblock.prompt = false
    return Step.map(listed, (entries) => this.past(dots.length === 0 ? entries : dots.concat(entries)))
  }

  private past(entries: ReadonlyArray<DirectoryEntry>): ReadonlyArray<DirectoryEntry> {
    const { watches } = this.core
    if (watches.active !== 0) watches.dentry(IN_ACCESS, this.place.dentry)
    const last = entries[entries.length - 1]
    if (last !== undefined) this.offset = last.cursor
    return entries
  }

  override seek(offset: number, whence: number): Effect.Effect<number, SeekError> {
    return Lock.isHeld(this) ? Lock.holding(this, () => this.seekNow(offset, whence)) : this.seekNow(offset, whence)
  }

  private seekNow(offset: number, whence: number): Exit.Exit<number, SeekError> {
    const to = whence === Fcntl.SEEK_SET ? offset : whence === Fcntl.SEEK_CUR ? this.offset + offset : -1
    if (to < 0) return Errno.fail("EINVAL")
    this.offset = to
    return Exit.succeed(to)
  }

  override sync(dataOnly: boolean) {
    return this.place.mount.superblock.backend.sync?.(this.inode, dataOnly) ?? Exit.void
  }

  override release(): Effect.Effect<void> {
    this.core.watches.closed(this)
    return Dentries.letGo(this.core, this.place)
  }
}

/** A place and nothing else: it can be stat'ed, walked from and handed on, but neither read nor written. */
export class PathFile extends Description {
  readonly inode: Inode

  constructor(flags: number, private readonly core: Core, readonly place: Location) {
    super(flags)
    this.location = place
    this.inode = place.dentry.inode
  }

  get label(): string {
    return "path"
  }

  override poll(): number {
    return POLLNVAL
  }

  override release(): Effect.Effect<void> {
    return Dentries.letGo(this.core, this.place)
  }
}
