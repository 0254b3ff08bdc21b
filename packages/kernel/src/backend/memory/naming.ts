/**
 * Names in directories, and what they change about them: size and times.
 */
import { Entries } from "./Entries.js"
import { ENTRY_SIZE, MemoryDirectory, type MemoryInode } from "./MemoryInode.js"

export const entriesOf = (inode: MemoryInode): Entries | undefined =>
  inode instanceof MemoryDirectory ? inode.entries : undefined

export const addEntry = (directory: MemoryInode, name: string, inode: MemoryInode, now: bigint): void => {
  if (directory instanceof MemoryDirectory) (directory.entries ??= new Entries()).add(name, inode)
  directory.size += ENTRY_SIZE
  directory.mtime = directory.ctime = now
}

export const removeEntry = (directory: MemoryInode, name: string, now: bigint): void => {
  entriesOf(directory)?.delete(name, directory.references > 0)
  directory.size -= ENTRY_SIZE
  directory.mtime = directory.ctime = now
}

/** Two names change what they stand for. */
export const exchange = (
  from: MemoryInode,
  name: string,
  inode: MemoryInode,
  to: MemoryInode,
  newName: string,
  other: MemoryInode,
  now: bigint
): void => {
  entriesOf(from)?.replace(name, other)
  entriesOf(to)?.replace(newName, inode)
  const one = inode instanceof MemoryDirectory ? 1 : 0
  const two = other instanceof MemoryDirectory ? 1 : 0
  from.nlink += two - one
  to.nlink += one - two
  for (const changed of [from, to]) changed.mtime = changed.ctime = now
  inode.ctime = other.ctime = now
}
