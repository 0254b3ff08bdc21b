/**
 * What a file takes of its storage, and how safe it is there.
 *
 * @see fallocate(2)
 * @see sync(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Falloc from "../abi/Falloc.js"
import * as FileMode from "../abi/FileMode.js"
import { NAME_MAX, OFFSET_MAX, PATH_MAX, PIPE_BUF } from "../abi/Limits.js"
import { O_PATH } from "../abi/OpenFlags.js"
import * as Pathconf from "../abi/Pathconf.js"
import type { AllocateError, Description } from "../Description.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { PathError } from "../Sys.js"
import { wayOf } from "../vfs/allocate.js"
import type { StatFs, StorageError } from "../VfsBackend.js"
import { overLimit } from "./descriptors.js"
import { stat } from "./files.js"
import type { Rooms } from "./Rooms.js"

const opened = (self: Process, fd: number): Description | undefined => {
  const description = self.fds.get(fd)
  return description === undefined || (description.flags & O_PATH) !== 0 ? undefined : description
}

/** @see fallocate(2) */
export const fallocate = (
  rooms: Rooms,
  self: Process,
  fd: number,
  mode: number,
  offset: number,
  length: number
): Effect.Effect<void, AllocateError> => {
  const syscall = "fallocate"
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall, fd })
  if (offset < 0 || length <= 0) return Errno.fail("EINVAL", { syscall, fd })
  const unshare = mode === Falloc.FALLOC_FL_UNSHARE_RANGE ||
    mode === (Falloc.FALLOC_FL_UNSHARE_RANGE | Falloc.FALLOC_FL_KEEP_SIZE)
  if (wayOf(mode) === undefined && !unshare) return Errno.fail("EOPNOTSUPP", { syscall, fd })
  if (!description.writable) return Errno.fail("EBADF", { syscall, fd })
  if (FileMode.isFifo(description.inode.mode)) return Errno.fail("ESPIPE", { syscall, fd })
  return overLimit(rooms, self, description.allocate(mode, offset, length, self))
}

/** @see fdatasync(2) */
export const fdatasync = (
  self: Process,
  fd: number
): Effect.Effect<void, Errno.Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOSPC" | "ESTALE">> =>
  opened(self, fd)?.sync(true) ?? Errno.fail("EBADF", { syscall: "fdatasync", fd })

/** @see syncfs(2) */
export const syncfs = (
  self: Process,
  fd: number
): Effect.Effect<void, StorageError | Errno.Errno<"EBADF" | "ENOSPC">> => {
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "syncfs", fd })
  const backend = description.location?.mount.superblock.backend
  return backend?.sync?.(backend.root, false) ?? Exit.void
}

const rangeFlags = Falloc.SYNC_FILE_RANGE_WAIT_BEFORE | Falloc.SYNC_FILE_RANGE_WRITE |
  Falloc.SYNC_FILE_RANGE_WAIT_AFTER

/** @see sync_file_range(2) */
export const syncFileRange = (
  self: Process,
  fd: number,
  offset: number,
  length: number,
  flags: number
): Effect.Effect<void, Errno.Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOSPC" | "ESPIPE" | "ESTALE">> => {
  const syscall = "sync_file_range"
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall, fd })
  if ((flags & ~rangeFlags) !== 0 || offset < 0 || length < 0 || offset > OFFSET_MAX - length) {
    return Errno.fail("EINVAL", { syscall, fd })
  }
  const { mode } = description.inode
  const stored = FileMode.isRegular(mode) || FileMode.isDirectory(mode) || FileMode.isBlockDevice(mode)
  if (!stored) return Errno.fail("ESPIPE", { syscall, fd })
  return flags === 0 ? Exit.void : description.sync(true)
}

const PIPEFS_MAGIC = 0x50495045

/** What is in no file system that is mounted: a pipe. */
const pipeFs: StatFs = {
  type: PIPEFS_MAGIC,
  bsize: 4096,
  blocks: 0,
  bfree: 0,
  bavail: 0,
  files: 0,
  ffree: 0,
  namelen: 255
}

/** @see fstatfs(2) */
export const fstatfs = (self: Process, fd: number): Effect.Effect<StatFs, StorageError | Errno.Errno<"EBADF">> => {
  const description = self.fds.get(fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "fstatfs", fd })
  return description.location?.mount.superblock.backend.statfs() ?? Exit.succeed(pipeFs)
}

/** Answers as the C library does, which asks little of the file; -1 for what has no limit. */
const limits = new Map<number, number>([
  [Pathconf._PC_LINK_MAX, 127],
  [Pathconf._PC_MAX_CANON, 255],
  [Pathconf._PC_MAX_INPUT, 255],
  [Pathconf._PC_NAME_MAX, NAME_MAX],
  [Pathconf._PC_PATH_MAX, PATH_MAX],
  [Pathconf._PC_PIPE_BUF, PIPE_BUF],
  [Pathconf._PC_CHOWN_RESTRICTED, 1],
  [Pathconf._PC_NO_TRUNC, 1],
  [Pathconf._PC_VDISABLE, 0],
  [Pathconf._PC_SYNC_IO, -1],
  [Pathconf._PC_ASYNC_IO, -1],
  [Pathconf._PC_PRIO_IO, -1],
  [Pathconf._PC_SOCK_MAXBUF, -1],
  [Pathconf._PC_FILESIZEBITS, 64],
  [Pathconf._PC_REC_INCR_XFER_SIZE, -1],
  [Pathconf._PC_REC_MAX_XFER_SIZE, -1],
  [Pathconf._PC_REC_MIN_XFER_SIZE, 4096],
  [Pathconf._PC_REC_XFER_ALIGN, 4096],
  [Pathconf._PC_ALLOC_SIZE_MIN, 4096],
  [Pathconf._PC_SYMLINK_MAX, -1],
  [Pathconf._PC_2_SYMLINKS, 1]
])

/** @see fpathconf(3) */
export const fpathconf = (
  self: Process,
  fd: number,
  name: number
): Effect.Effect<number, Errno.Errno<"EBADF" | "EINVAL">> => {
  if (self.fds.get(fd) === undefined) return Errno.fail("EBADF", { syscall: "fpathconf", fd })
  const limit = limits.get(name)
  return limit === undefined ? Errno.fail("EINVAL", { syscall: "fpathconf", fd }) : Exit.succeed(limit)
}

/** @see pathconf(3) */
export const pathconf = (
  rooms: Rooms,
  self: Process,
  path: string,
  name: number
): Effect.Effect<number, PathError | Errno.Errno<"EINVAL">> => {
  const limit = limits.get(name)
  if (limit === undefined) return Errno.fail("EINVAL", { syscall: "pathconf", path })
  return Step.map(stat(rooms, self, path, true), () => limit)
}
