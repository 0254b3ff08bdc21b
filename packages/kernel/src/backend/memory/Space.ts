/**
 * What a memory file system has room for, and what is in use: bytes, inodes, and what each user owns.
 *
 * @see tmpfs(5)
 */
import * as Exit from "effect/Exit"
import * as Errno from "../../Errno.js"
import type { StatFs } from "../../VfsBackend.js"
import type { MemoryFile, MemoryInode } from "./MemoryInode.js"
import { makeUsage, type Quotas, type Usage } from "./Usage.js"

const TMPFS_MAGIC = 0x01021994
export const BLOCK = 4096
/** What an inode takes of the memory that `inodesMax` allows for; extended attributes share it, as on tmpfs. */
const INODE_SIZE = 1024

export interface Limits {
  readonly bytesMax: number
  readonly inodesMax: number
}

export class Space {
  private readonly usage: Usage | undefined
  private bytes = 0
  private inodes = 1
  /** Inodes that count for nobody: they are those of a file system below. */
  private lent = 0
  /** Bytes of extended attributes. */
  private attributes = 0

  constructor(public limits: Limits, quotas: Quotas | undefined) {
    this.usage = makeUsage(quotas)
  }

  /** Limits can change as long as what is there fits, and what was unlimited stays so. */
  takes({ bytesMax, inodesMax }: Limits): boolean {
    const fits = bytesMax >= this.bytes && inodesMax >= this.inodes - this.lent
    const limits = (this.limits.bytesMax === Infinity && bytesMax !== Infinity) ||
      (this.limits.inodesMax === Infinity && inodesMax !== Infinity)
    return fits && !limits
  }

  /** Counts an inode that was made outside, if there is room; one that is lent takes nobody's. */
  adopt(inode: MemoryInode, names: number, lent: boolean): boolean {
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
    return (this.limits.inodesMax - (this.inodes - this.lent)) * INODE_SIZE - this.attributes
  }

  /** Counts a new inode of this user. */
  addInode(uid: number): Exit.Exit<void, Errno.Errno<"EDQUOT" | "ENOSPC">> {
    if (this.crowded) return noInodes
    if (this.usage?.mayOwnMore(uid) === false) return Errno.fail("EDQUOT")
    this.usage?.addInode(uid)
    this.inodes++
    return Exit.void
  }

  /** A second name takes memory as well, so tmpfs counts it as an inode. */
  addName(): Exit.Exit<void, Errno.Errno<"ENOSPC">> {
    if (this.crowded) return noInodes
    this.inodes++
    return Exit.void
  }

  removeName(): void {
    this.inodes--
  }

  removeInode(inode: MemoryInode): void {
    this.inodes--
    this.usage?.removeInode(inode.uid)
  }

  /** An inode with so many bytes changes hands, unless that is too much for who gets it. */
  give(inode: MemoryInode, uid: number, bytes: number): boolean {
    return this.usage?.give(inode.uid, uid, bytes) ?? true
  }

  /** Counts bytes that came or went with a file's contents. */
  holds(inode: MemoryFile, bytes: number): void {
    this.bytes += bytes
    this.usage?.addBytes(inode.uid, bytes)
  }

  /** Bytes that are left for all. */
  get room(): number {
    return this.limits.bytesMax - this.bytes
  }

  /** Bytes that are left for this user. */
  roomOf(uid: number): number {
    return this.usage?.bytesLeft(uid) ?? Infinity
  }

  /** Counts what extended attributes take, unless there is no room for more of them. */
  takeForAttribute(added: number, gone: number): boolean {
    if (added > 0 && added >= this.inodeRoom) return false
    this.attributes += added - gone
    return true
  }

  statfs(): Exit.Exit<StatFs> {
    const { bytesMax, inodesMax } = this.limits
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

const noInodes = Errno.fail("ENOSPC", { remedy: "raise memoryInodesMax" })

export const outOfSpace = (room: number): Exit.Exit<never, Errno.Errno<"ENOSPC">> =>
  Errno.fail("ENOSPC", { remedy: `raise memoryBytesMax (${Math.max(0, room)} bytes are left)` })
