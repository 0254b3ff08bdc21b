/**
 * An inode: what a file is, whatever its names are.
 *
 * As `struct inode` does in Linux, it carries the attributes as plain fields. The backend that made it keeps them
 * current, so that checking a permission or answering stat(2) calls nobody. Times are nanoseconds since the epoch.
 *
 * @see inode(7)
 */
import type { WaitQueue } from "./WaitQueue.js"
import type { Mark } from "./watch/Mark.js"

/** Who creates a file, and as what. */
export interface NewInode {
  /** File type and permissions, as `st_mode` has them; the umask is already applied. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** For devices: which one. */
  readonly rdev: number
  /** For symbolic links: where they point. */
  readonly target?: string
  /** The kernel's time, in nanoseconds since the epoch. */
  readonly now: bigint
}

export abstract class Inode {
  // `declare`: a field that is defined first and assigned then makes a new inode take twice as long.
  declare mode: number
  declare uid: number
  declare gid: number
  declare nlink: number
  declare size: number
  declare atime: bigint
  declare mtime: bigint
  declare ctime: bigint
  /** How often the kernel holds it: descriptions, directories in use, mappings. Kept by `Vfs` alone. */
  declare references: number
  /** How often it is open, to read it and to write to it; below 0 while it runs as a program. Kept by `Vfs` alone. */
  declare opens: number
  /** Held while a change is under way. Kept by `Vfs` alone. */
  declare lock: InodeLock | "held" | undefined
  /** Who is told of what happens to it. Kept by `Watches` alone. */
  declare watches: ReadonlyArray<Mark> | undefined

  constructor(readonly ino: number, made: NewInode) {
    this.mode = made.mode
    this.uid = made.uid
    this.gid = made.gid
    this.nlink = (made.mode & 0o170000) === 0o040000 ? 2 : 1
    this.size = 0
    this.atime = this.mtime = this.ctime = made.now
    this.references = 0
    this.opens = 0
    this.lock = undefined
    this.watches = undefined
  }

  /** For devices: which one. */
  get rdev(): number {
    return 0
  }

  /** Blocks of 512 bytes in use. */
  get blocks(): number {
    return Math.ceil(this.size / 512)
  }

  /** Whether it may have extended attributes: then who writes to it asks for `security.capability`. */
  get hasAttributes(): boolean {
    return true
  }

  /** When it was made. */
  get btime(): bigint {
    return this.ctime
  }
}

/**
 * A lock that somebody has waited for: from then on it stays with its inode. Before that, `undefined` in its place
 * means free and `"held"` means held. Only `Vfs` knows how to take it.
 */
export interface InodeLock {
  held: boolean
  readonly waiting: WaitQueue
}

/** What stat(2) answers. Times are nanoseconds since the epoch; sizes are bytes; `blocks` are 512 bytes each. */
export interface Stat {
  readonly dev: number
  readonly ino: number
  readonly mode: number
  readonly nlink: number
  readonly uid: number
  readonly gid: number
  readonly rdev: number
  readonly size: number
  readonly blksize: number
  readonly blocks: number
  readonly atime: bigint
  readonly mtime: bigint
  readonly ctime: bigint
  readonly btime: bigint
}

/** What stat(2) answers about `inode` on device `dev`. */
export const stat = (inode: Inode, dev: number): Stat => ({
  dev,
  ino: inode.ino,
  mode: inode.mode,
  nlink: inode.nlink,
  uid: inode.uid,
  gid: inode.gid,
  rdev: inode.rdev,
  size: inode.size,
  blksize: 4096,
  blocks: inode.blocks,
  atime: inode.atime,
  mtime: inode.mtime,
  ctime: inode.ctime,
  btime: inode.btime
})
