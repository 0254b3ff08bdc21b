/**
 * What getdents(2) answers about one directory, made once and kept while it holds.
 *
 * The number of an entry is the cursor that stands behind it. It never changes, so a listing goes on where it stopped
 * whatever has come and gone meanwhile; and entries whose names are gone can be dropped at any time.
 */
import { S_IFMT } from "../../abi/FileMode.js"
import type { DirectoryEntry } from "../../VfsBackend.js"
import type { MemoryInode } from "./MemoryInode.js"

/** Cursors 0 to 2 are the beginning, `.` and `..`. */
const FIRST_CURSOR = 3

/** So many entries without a name are no burden, however few others there are. */
const GONE_MAX = 32

export class Listing {
  /** In ascending order of their cursors. One whose name is gone has none. */
  private entries: Array<DirectoryEntry> = []
  private gone = 0
  private next = FIRST_CURSOR
  /** Made when the first name goes. */
  private byName: Map<string, DirectoryEntry> | undefined = undefined

  constructor(inodes: ReadonlyMap<string, MemoryInode>) {
    for (const [name, inode] of inodes) this.add(name, inode)
  }

  add(name: string, inode: MemoryInode): void {
    const entry = entryOf(name, inode, this.next++)
    this.entries.push(entry)
    this.byName?.set(name, entry)
  }

  /** Another inode has the name, in the same place. */
  replace(name: string, inode: MemoryInode): void {
    const entry = this.named(name)
    if (entry === undefined) return
    const other = entryOf(name, inode, entry.cursor)
    this.entries[this.indexAfter(entry.cursor) - 1] = other
    this.byName?.set(name, other)
  }

  delete(name: string): void {
    const entry = this.named(name)
    if (entry === undefined) return
    this.byName?.delete(name)
    this.entries[this.indexAfter(entry.cursor) - 1] = { ...entry, name: "" }
    this.gone++
    if (this.gone > GONE_MAX && this.gone * 2 > this.entries.length) {
      this.entries = this.entries.filter(hasName)
      this.gone = 0
    }
  }

  /** Up to `limit` entries that stand behind a cursor. */
  after(cursor: number, limit: number): ReadonlyArray<DirectoryEntry> {
    const first = this.indexAfter(cursor)
    if (this.gone === 0) return this.entries.slice(first, first + limit)
    const found: Array<DirectoryEntry> = []
    for (let i = first; i < this.entries.length && found.length < limit; i++) {
      const entry = this.entries[i]!
      if (hasName(entry)) found.push(entry)
    }
    return found
  }

  private named(name: string): DirectoryEntry | undefined {
    this.byName ??= new Map(this.entries.map((entry) => [entry.name, entry]))
    return this.byName.get(name)
  }

  /** Where the first entry stands that comes after a cursor. */
  private indexAfter(cursor: number): number {
    let low = 0
    let high = this.entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.entries[middle]!.cursor <= cursor) low = middle + 1
      else high = middle
    }
    return low
  }
}

const entryOf = (name: string, inode: MemoryInode, cursor: number): DirectoryEntry => ({
  name,
  ino: inode.ino,
  type: inode.mode & S_IFMT,
  cursor
})

const hasName = ({ name }: DirectoryEntry): boolean => name !== ""
