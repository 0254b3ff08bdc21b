/**
 * The bytes of files, as far as there is room for them: writing, cutting, and what fallocate(2) asks for.
 */
import * as Exit from "effect/Exit"
import * as Errno from "../../Errno.js"
import type { Allocation } from "../../VfsBackend.js"
import { Contents } from "./Contents.js"
import type { MemoryFile } from "./MemoryInode.js"
import { BLOCK, outOfSpace, type Space } from "./Space.js"

/** What a write takes besides its own bytes, at most: a page at each end. */
const MARGIN = 2 * 65_536

export const read = ({ contents, size }: MemoryFile, offset: number, into: Uint8Array): number => {
  const count = Math.min(into.length, size - offset)
  if (count <= 0) return 0
  if (contents === undefined) into.fill(0, 0, count)
  else contents.read(offset, into, count)
  return count
}

/** Cut short where only a part of it fits. */
export const write = (space: Space, inode: MemoryFile, offset: number, from: Uint8Array, now: bigint) => {
  const { room } = space
  const own = space.roomOf(inode.uid)
  if (from.length + MARGIN > own && own < room) {
    return writeTight(space, inode, offset, from, now, own, Errno.fail("EDQUOT"))
  }
  if (from.length + MARGIN > room) return writeTight(space, inode, offset, from, now, room, outOfSpace(room))
  store(space, inode, offset, from, now)
  return Exit.succeed(from.length)
}

const store = (space: Space, inode: MemoryFile, offset: number, from: Uint8Array, now: bigint): void => {
  const contents = inode.contents ??= new Contents()
  const before = contents.held
  contents.write(offset, from, inode.size)
  space.holds(inode, contents.held - before)
  if (offset + from.length > inode.size) inode.size = offset + from.length
  inode.mtime = inode.ctime = now
}

/** The disk is nearly full: writes what fits, piece by piece. */
const writeTight = (
  space: Space,
  inode: MemoryFile,
  offset: number,
  from: Uint8Array,
  now: bigint,
  room: number,
  full: Exit.Exit<never, Errno.Errno<"EDQUOT" | "ENOSPC">>
) => {
  const contents = inode.contents ??= new Contents()
  const most = contents.held + room
  let done = 0
  while (done < from.length) {
    const step = Math.min(BLOCK - (offset + done) % BLOCK, from.length - done)
    if (contents.held + contents.needs(offset + done, step, inode.size) > most) break
    store(space, inode, offset + done, from.subarray(done, done + step), now)
    done += step
  }
  return done === 0 ? full : Exit.succeed(done)
}

/** Changes the contents that there are, and counts what that gives back or takes. */
const rearrange = (space: Space, inode: MemoryFile, change: (contents: Contents) => void): void => {
  const { contents } = inode
  if (contents === undefined) return
  const before = contents.held
  change(contents)
  space.holds(inode, contents.held - before)
}

export const cut = (space: Space, inode: MemoryFile, size: number): void =>
  rearrange(space, inode, (contents) => contents.cut(size))

/** Gives back all that a file holds. */
export const drop = (space: Space, inode: MemoryFile): void => {
  if (inode.contents === undefined) return
  space.holds(inode, -inode.contents.held)
  inode.contents = undefined
}

/** @see fallocate(2) */
export const allocate = (space: Space, inode: MemoryFile, how: Allocation, offset: number, length: number) => {
  const end = offset + length
  switch (how) {
    case "punchHole":
      rearrange(space, inode, (contents) => contents.clear(offset, end))
      return Exit.void
    case "zeroRange":
      rearrange(space, inode, (contents) => contents.clear(offset, Math.min(end, inode.size)))
      return reserve(space, inode, offset, end)
    case "collapse":
    case "insert":
      return shift(space, inode, how, offset, length)
    default: {
      const done = reserve(space, inode, offset, end)
      if (done._tag === "Success" && how === "allocate" && end > inode.size) inode.size = end
      return done
    }
  }
}

/** Takes a range of whole blocks out of a file, or makes room for one. */
const shift = (space: Space, inode: MemoryFile, how: "collapse" | "insert", offset: number, length: number) => {
  const outside = how === "collapse" ? offset + length >= inode.size : offset >= inode.size
  if (offset % BLOCK !== 0 || length % BLOCK !== 0 || outside) return Errno.fail("EINVAL")
  const first = offset / BLOCK
  const count = length / BLOCK
  const collapsed = (block: number) => block < first ? block : block < first + count ? undefined : block - count
  const inserted = (block: number) => block < first ? block : block + count
  const { contents } = inode
  if (contents !== undefined) {
    inode.contents = contents.moved(how === "collapse" ? collapsed : inserted, inode.size)
    space.holds(inode, inode.contents.held - contents.held)
  }
  inode.size += how === "collapse" ? -length : length
  return Exit.void
}

/** All of the room that a range may need, or nothing. */
const reserve = (
  space: Space,
  inode: MemoryFile,
  offset: number,
  end: number
): Exit.Exit<void, Errno.Errno<"EDQUOT" | "ENOSPC">> => {
  const { room } = space
  // What is too much in any case is not even counted.
  const needs = end - offset > space.limits.bytesMax
    ? Infinity
    : (inode.contents ??= new Contents()).reserveNeeds(offset, end)
  if (needs > room) return outOfSpace(room)
  if (needs > space.roomOf(inode.uid)) return Errno.fail("EDQUOT")
  rearrange(space, inode, (contents) => contents.reserve(offset, end, inode.size))
  return Exit.void
}
