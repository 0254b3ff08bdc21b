/**
 * The entries of one directory: found by name, listed in the order in which they were made.
 */
import type { DirectoryEntry } from "../../VfsBackend.js"
import { Listing } from "./Listing.js"
import type { MemoryInode } from "./MemoryInode.js"

export class Entries {
  private readonly inodes = new Map<string, MemoryInode>()
  /** Made when somebody looks, since most directories are never listed. */
  private listing: Listing | undefined = undefined

  get size(): number {
    return this.inodes.size
  }

  get(name: string): MemoryInode | undefined {
    return this.inodes.get(name)
  }

  add(name: string, inode: MemoryInode): void {
    this.inodes.set(name, inode)
    this.listing?.add(name, inode)
  }

  /** Puts another inode behind a name that is there. */
  replace(name: string, inode: MemoryInode): void {
    if (!this.inodes.has(name)) return
    this.inodes.set(name, inode)
    this.listing?.replace(name, inode)
  }

  /** `held`: whether somebody has the directory open, and may go on with a listing of it. */
  delete(name: string, held: boolean): void {
    this.inodes.delete(name)
    if (held) this.listing?.delete(name)
    else this.listing = undefined
  }

  list(cursor: number, limit: number): ReadonlyArray<DirectoryEntry> {
    return (this.listing ??= new Listing(this.inodes)).after(cursor, limit)
  }
}
