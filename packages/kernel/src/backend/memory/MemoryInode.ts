/**
 * The inodes of a memory backend.
 */
import { Inode, type NewInode } from "../../Inode.js"
import type { Contents } from "./Contents.js"
import type { Entries } from "./Entries.js"

export class MemoryInode extends Inode {
  attributes: Map<string, Uint8Array> | undefined = undefined
  private readonly born: bigint

  constructor(ino: number, made: NewInode) {
    super(ino, made)
    this.born = made.now
  }

  override get hasAttributes(): boolean {
    return this.attributes !== undefined
  }

  override get btime(): bigint {
    return this.born
  }
}

export class MemoryFile extends MemoryInode {
  /** Made with the first byte. */
  contents: Contents | undefined = undefined

  override get blocks(): number {
    return this.contents === undefined ? 0 : this.contents.blocks * 8
  }
}

/** What an entry adds to the size of its directory, on tmpfs; an empty one counts `.` and `..`. */
export const ENTRY_SIZE = 20

export class MemoryDirectory extends MemoryInode {
  /** Made with the first entry. */
  entries: Entries | undefined = undefined

  constructor(ino: number, made: NewInode) {
    super(ino, made)
    this.size = 2 * ENTRY_SIZE
  }

  override get blocks(): number {
    return 0
  }
}

export class MemorySymlink extends MemoryInode {
  constructor(ino: number, made: NewInode, readonly target: string) {
    super(ino, made)
  }
}

/** A FIFO, a socket or a device. */
export class MemorySpecial extends MemoryInode {
  private readonly device: number

  constructor(ino: number, made: NewInode) {
    super(ino, made)
    this.device = made.rdev
  }

  override get rdev(): number {
    return this.device
  }
}
