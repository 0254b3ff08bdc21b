/**
 * A file of the host, as the kernel knows it.
 */
import type { File } from "@effect/platform/FileSystem"
import * as FileMode from "@effix/kernel/abi/FileMode"
import { Inode } from "@effix/kernel/Inode"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { HostStat } from "../HostCalls.js"

/** A handle of the host that keeps a file reachable, whatever happens to its names. */
export interface Handle {
  readonly file: File
  readonly writable: boolean
  readonly scope: Scope.CloseableScope
}

/** A name in a directory, and its number there. */
export interface Listed {
  readonly name: string
  readonly cursor: number
}

/** An owner that every file seems to have. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

export class HostInode extends Inode {
  /** Where it was found last. The root has no directory; what was removed has none any more. */
  directory: HostInode | undefined = undefined
  name = ""
  lost = false
  /** Kept from `retain` to `release`. */
  handle: Handle | undefined = undefined
  /** Taken by whoever uses the handle: its position is shared. */
  readonly turn = Effect.unsafeMakeSemaphore(1)
  /** The names in a directory, as they were listed last. */
  listed: ReadonlyArray<Listed> = []
  lastCursor = 2

  readonly dev: number
  readonly hostIno: number
  private stat: HostStat

  constructor(ino: number, stat: HostStat, private readonly owner: Owner | undefined) {
    super(ino, { mode: stat.mode, uid: 0, gid: 0, rdev: 0, now: 0n })
    this.dev = stat.dev
    this.hostIno = stat.ino
    this.stat = stat
    this.update(stat)
  }

  /** Takes over what the host says now. */
  update(stat: HostStat): void {
    this.stat = stat
    this.mode = stat.mode
    this.uid = this.owner?.uid ?? stat.uid
    this.gid = this.owner?.gid ?? stat.gid
    this.nlink = stat.nlink
    this.size = stat.size
    this.atime = stat.atime
    this.mtime = stat.mtime
    this.ctime = stat.ctime
  }

  /** Whether the host means this very file. */
  is(stat: HostStat): boolean {
    return stat.ino === this.hostIno && stat.dev === this.dev &&
      (stat.mode & FileMode.S_IFMT) === (this.mode & FileMode.S_IFMT)
  }

  place(directory: HostInode, name: string): void {
    this.directory = directory
    this.name = name
    this.lost = false
  }

  /** Forgets that it was there. */
  leave(directory: HostInode, name: string): void {
    if (this.directory !== directory || this.name !== name) return
    this.directory = undefined
    this.lost = true
  }

  override get rdev(): number {
    return this.stat.rdev
  }

  override get blocks(): number {
    return this.stat.size === this.size ? this.stat.blocks : super.blocks
  }

  override get btime(): bigint {
    return this.stat.btime
  }
}
