/**
 * The entries of one directory: found by name, listed in the order in which they were made.
 *
 * An entry's position never changes while anybody could be listing, so it is the cursor of a listing, valid whatever
 * comes and goes.
 */
import { S_IFMT } from "../../abi/FileMode.js"
import type { DirectoryEntry } from "../../VfsBackend.js"
import type { MemoryInode } from "./MemoryInode.js"

/** Cursors 0 to 2 are the beginning, `.` and `..`. */
const FIRST_CURSOR = 3

export class Entries {
  private readonly positions = new Map<string, number>()
  private names: Array<string | undefined> = []
  private inodes: Array<MemoryInode | undefined> = []

  get size(): number {
    return this.positions.size
  }

  get(name: string): MemoryInode | undefined {
    const position = this.positions.get(name)
    return position === undefined ? undefined : this.inodes[position]
  }

  add(name: string, inode: MemoryInode): void {
    this.positions.set(name, this.names.length)
    this.names.push(name)
    this.inodes.push(inode)
  }

  /** Puts another inode behind a name that is there. */
  replace(name: string, inode: MemoryInode): void {
    const position = this.positions.get(name)
    if (position !== undefined) this.inodes[position] = inode
  }

  /** `listed`: whether somebody has the directory open, and positions must stay. */
  delete(name: string, listed: boolean): void {
    const position = this.positions.get(name)
    if (position === undefined) return
    this.positions.delete(name)
    this.names[position] = undefined
    this.inodes[position] = undefined
    if (position === this.names.length - 1 && !listed) {
      this.names.pop()
      this.inodes.pop()
    }
    if (!listed && this.names.length > 32 && this.names.length > this.positions.size * 2) this.compact()
  }

  private compact(): void {
    const { inodes, names } = this
    this.names = []
    this.inodes = []
    this.positions.clear()
    for (let i = 0; i < names.length; i++) if (names[i] !== undefined) this.add(names[i]!, inodes[i]!)
  }

  list(cursor: number, limit: number): ReadonlyArray<DirectoryEntry> {
    const { inodes, names } = this
    const listed: Array<DirectoryEntry> = []
    for (let i = Math.max(0, cursor - FIRST_CURSOR + 1); i < names.length && listed.length < limit; i++) {
      const name = names[i]
      if (name === undefined) continue
      const inode = inodes[i]!
      listed.push({ name, ino: inode.ino, type: inode.mode & S_IFMT, cursor: i + FIRST_CURSOR })
    }
    return listed
  }
}
