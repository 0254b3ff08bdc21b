/**
 * statx(2): what stat tells, and some more.
 *
 * @see statx(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fcntl from "../abi/Fcntl.js"
import * as Statx from "../abi/Statx.js"
import * as Errno from "../Errno.js"
import { stat as statOf } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { PathAtError, StatX } from "../Sys.js"
import type { Statx as Found } from "../Vfs.js"
import { at } from "./files.js"
import type { Rooms } from "./Rooms.js"

const known = Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_NO_AUTOMOUNT | Fcntl.AT_EMPTY_PATH | Fcntl.AT_STATX_SYNC_TYPE
const RESERVED = 0x8000_0000

/** Numbers that are unique begin here, so that none is mistaken for the other. */
const UNIQUE = 2 ** 31
const isUnique = (asked: number): boolean => (asked & Statx.STATX_MNT_ID_UNIQUE) !== 0

// Field by field: a spread takes many times as long.
const answer = ({ born, mountId, mountRoot, stat }: Found, asked: number): StatX => ({
  dev: stat.dev,
  ino: stat.ino,
  mode: stat.mode,
  nlink: stat.nlink,
  uid: stat.uid,
  gid: stat.gid,
  rdev: stat.rdev,
  size: stat.size,
  blksize: stat.blksize,
  blocks: stat.blocks,
  atime: stat.atime,
  mtime: stat.mtime,
  ctime: stat.ctime,
  btime: stat.btime,
  mask: Statx.STATX_BASIC_STATS | (born ? Statx.STATX_BTIME : 0) |
    (mountId === undefined ? 0 : isUnique(asked) ? Statx.STATX_MNT_ID_UNIQUE : Statx.STATX_MNT_ID),
  mountId: mountId === undefined ? 0 : isUnique(asked) ? UNIQUE + mountId : mountId,
  attributes: mountRoot ? Statx.STATX_ATTR_MOUNT_ROOT : 0,
  attributesMask: Statx.STATX_ATTR_MOUNT_ROOT
})

/** What a descriptor stands for, or the working directory. */
const statxNamed = (
  { vfs }: Rooms,
  self: Process,
  dirfd: number,
  mask: number
): Effect.Effect<StatX, PathAtError> => {
  if (dirfd === Fcntl.AT_FDCWD) {
    const { dentry, mount } = self.cwd
    const { backend, dev } = mount.superblock
    const found = () =>
      answer({
        stat: statOf(dentry.inode, dev),
        born: true,
        mountRoot: dentry === mount.root,
        mountId: mount.id
      }, mask)
    return Step.map(backend.refresh?.(dentry.inode) ?? Exit.void, found)
  }
  const description = self.fds.get(dirfd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "statx", fd: dirfd })
  const { location } = description
  const mountRoot = location !== undefined && location.dentry === location.mount.root
  const mountId = location?.mount.id
  return Step.map(
    vfs.fstat(description),
    (stat) => answer({ stat, born: location !== undefined, mountRoot, mountId }, mask)
  )
}

/** @see statx(2) */
export const statx = (
  rooms: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  flags: number,
  mask: number
): Effect.Effect<StatX, PathAtError | Errno.Errno<"EINVAL">> => {
  const empty = path === "" && (flags & Fcntl.AT_EMPTY_PATH) !== 0
  const bothSyncs = (flags & Fcntl.AT_STATX_SYNC_TYPE) === Fcntl.AT_STATX_SYNC_TYPE
  // Of a descriptor, other flags are not even looked at.
  const unknown = (flags & ~known) !== 0 && !(empty && dirfd >= 0)
  if ((mask & RESERVED) !== 0 || bothSyncs || unknown) return Errno.fail("EINVAL", { syscall: "statx", path })
  if (empty) return statxNamed(rooms, self, dirfd, mask)
  const follow = (flags & Fcntl.AT_SYMLINK_NOFOLLOW) === 0
  const found = at(self, "statx", dirfd, path, (start) => rooms.vfs.statx(self, start, path, follow))
  return Step.map(found, (each) => answer(each, mask))
}
