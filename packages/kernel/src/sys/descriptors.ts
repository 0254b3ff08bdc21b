/**
 * Calls that move bytes through a descriptor.
 *
 * @see read(2)
 */
import * as Effect from "effect/Effect"
import * as Fcntl from "../abi/Fcntl.js"
import { O_PATH } from "../abi/OpenFlags.js"
import { SIGXFSZ } from "../abi/Signals.js"
import type { Description, ReadError, SeekError, WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import { isReady } from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import { fromProcess } from "../Signals.js"
import type { DirectoryEntry } from "../VfsBackend.js"
import type { Rooms } from "./Rooms.js"

/** @see read(2) */
export const read = (self: Process, fd: number, into: Uint8Array): Effect.Effect<number, ReadError> => {
  const description = self.fds.get(fd)
  return description !== undefined && description.readable
    ? description.read(into, self)
    : Errno.fail("EBADF", { syscall: "read", fd })
}

/** @see write(2) */
export const write = (rooms: Rooms, self: Process, fd: number, from: Uint8Array): Effect.Effect<number, WriteError> => {
  const description = self.fds.get(fd)
  if (description === undefined || !description.writable) return Errno.fail("EBADF", { syscall: "write", fd })
  const written = description.write(from, self)
  return overLimit(rooms, self, written)
}

/** Going over RLIMIT_FSIZE is told by a signal as well. @see setrlimit(2) */
export const overLimit = <A, E extends Errno.Any>(
  { signals }: Rooms,
  self: Process,
  written: Effect.Effect<A, E>
): Effect.Effect<A, E> => {
  if (self.limits.fileSize === Infinity || (isReady(written) && written._tag === "Success")) return written
  return Effect.tapError(
    written,
    (error) => Effect.sync(() => error._tag === "EFBIG" && signals.send(self, fromProcess(SIGXFSZ, self)))
  )
}

/** @see pread(2) */
export const pread = (
  self: Process,
  fd: number,
  into: Uint8Array,
  offset: number
): Effect.Effect<number, ReadError | Errno.Errno<"ESPIPE">> => {
  if (offset < 0) return Errno.fail("EINVAL", { syscall: "pread", fd })
  const description = self.fds.get(fd)
  return description !== undefined && description.readable
    ? description.pread(into, offset, self)
    : notPositioned(description, "pread", fd)
}

/** What has no positions says so first, whatever it was opened for. */
const notPositioned = (description: Description | undefined, syscall: string, fd: number) =>
  description === undefined || description.seekable || (description.flags & O_PATH) !== 0
    ? Errno.fail("EBADF", { syscall, fd })
    : Errno.fail("ESPIPE", { syscall, fd })

/** @see pwrite(2) */
export const pwrite = (
  rooms: Rooms,
  self: Process,
  fd: number,
  from: Uint8Array,
  offset: number
): Effect.Effect<number, WriteError | Errno.Errno<"ESPIPE">> => {
  if (offset < 0) return Errno.fail("EINVAL", { syscall: "pwrite", fd })
  const description = self.fds.get(fd)
  if (description === undefined || !description.writable) return notPositioned(description, "pwrite", fd)
  const written = description.pwrite(from, offset, self)
  return overLimit(rooms, self, written)
}

/** Asks an open description; O_PATH names a place and opens nothing. */
const described = <A, E>(
  self: Process,
  fd: number,
  syscall: string,
  ask: (description: Description) => Effect.Effect<A, E>
): Effect.Effect<A, E | Errno.Errno<"EBADF">> => {
  const description = self.fds.get(fd)
  return description === undefined || (description.flags & O_PATH) !== 0
    ? Errno.fail("EBADF", { syscall, fd })
    : ask(description)
}

/** @see lseek(2) */
export const lseek = (self: Process, fd: number, offset: number, whence: number): Effect.Effect<number, SeekError> =>
  described(
    self,
    fd,
    "lseek",
    (description) =>
      whence < Fcntl.SEEK_SET || whence > Fcntl.SEEK_HOLE ? Errno.fail("EINVAL") : description.seek(offset, whence)
  )

/** @see fsync(2) */
export const fsync = (
  self: Process,
  fd: number
): Effect.Effect<void, Errno.Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOSPC" | "ESTALE">> =>
  described(self, fd, "fsync", (description) => description.sync(false))

/** @see getdents(2) */
export const getdents = (
  self: Process,
  fd: number,
  limit: number
): Effect.Effect<
  ReadonlyArray<DirectoryEntry>,
  Errno.Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOENT" | "ENOTDIR" | "ESTALE">
> => described(self, fd, "getdents", (description) => description.list(limit))

/** @see ioctl_tty(2) FIONREAD */
export const fionread = (
  self: Process,
  fd: number
): Effect.Effect<number, Errno.Errno<"EBADF" | "EINVAL" | "ENOTTY">> =>
  described(self, fd, "ioctl", (description) => description.available())
