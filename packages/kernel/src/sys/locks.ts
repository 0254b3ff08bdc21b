/**
 * Calls that lock files.
 *
 * @see flock(2)
 * @see fcntl_locking(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fcntl from "../abi/Fcntl.js"
import { OFFSET_MAX } from "../abi/Limits.js"
import { O_PATH } from "../abi/OpenFlags.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { FlockError, LockInfo, Range, RecordError } from "../Locks.js"
import type { Process } from "../ProcessTable.js"
import type { FileLock } from "./contract/locks.js"
import type { Rooms } from "./Rooms.js"

/** An open file: O_PATH opens none. */
const opened = (self: Process, fd: number): Description | undefined => {
  const description = self.fds.get(fd)
  return description === undefined || (description.flags & O_PATH) !== 0 ? undefined : description
}

/** Once the call for mandatory locks, which are no more. */
const LOCK_MAND = 32

/** @see flock(2) */
export const flock = (
  { locks }: Rooms,
  self: Process,
  fd: number,
  operation: number
): Effect.Effect<void, FlockError | Errno.Errno<"EINVAL">> => {
  if ((operation & LOCK_MAND) !== 0) return Exit.void
  const kind = operation & ~Fcntl.LOCK_NB
  if (kind !== Fcntl.LOCK_SH && kind !== Fcntl.LOCK_EX && kind !== Fcntl.LOCK_UN) {
    return Errno.fail("EINVAL", { syscall: "flock", fd })
  }
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "flock", fd })
  if (kind === Fcntl.LOCK_UN) return locks.flock(self, description, Fcntl.F_UNLCK, false)
  if (!description.readable && !description.writable) return Errno.fail("EBADF", { syscall: "flock", fd })
  const type = kind === Fcntl.LOCK_SH ? Fcntl.F_RDLCK : Fcntl.F_WRLCK
  return locks.flock(self, description, type, (operation & Fcntl.LOCK_NB) === 0)
}

const types: ReadonlyArray<number> = [Fcntl.F_RDLCK, Fcntl.F_WRLCK, Fcntl.F_UNLCK]

/** From where a lock counts; `undefined` for a `whence` that there is not. */
const origin = ({ inode, offset }: Description, whence: number): number | undefined => {
  switch (whence) {
    case Fcntl.SEEK_SET:
      return 0
    case Fcntl.SEEK_CUR:
      return offset
    case Fcntl.SEEK_END:
      return inode.size
    default:
      return undefined
  }
}

/** The first and the last byte that a `struct flock` means. */
const rangeOf = (
  description: Description,
  { length = 0, start = 0, type, whence = Fcntl.SEEK_SET }: FileLock
): Exit.Exit<Range, Errno.Errno<"EINVAL" | "EOVERFLOW">> => {
  const from = origin(description, whence)
  if (from === undefined) return Errno.fail("EINVAL")
  if (start > OFFSET_MAX - from) return Errno.fail("EOVERFLOW")
  const first = from + start
  if (first < 0) return Errno.fail("EINVAL")
  if (length > 0 && length - 1 > OFFSET_MAX - first) return Errno.fail("EOVERFLOW")
  if (length < 0 && first + length < 0) return Errno.fail("EINVAL")
  if (!types.includes(type)) return Errno.fail("EINVAL")
  if (length > 0) return Exit.succeed({ type, start: first, end: first + length - 1 })
  if (length < 0) return Exit.succeed({ type, start: first + length, end: first - 1 })
  return Exit.succeed({ type, start: first, end: OFFSET_MAX })
}

/** What a lock that was found looks like to who asked. */
const asFileLock = ({ end, pid, start, type }: LockInfo): FileLock => ({
  type,
  whence: Fcntl.SEEK_SET,
  start,
  length: end === OFFSET_MAX ? 0 : end - start + 1,
  pid
})

const descriptionCommands: ReadonlyArray<number> = [Fcntl.F_OFD_GETLK, Fcntl.F_OFD_SETLK, Fcntl.F_OFD_SETLKW]
const commands: ReadonlyArray<number> = [...descriptionCommands, Fcntl.F_GETLK, Fcntl.F_SETLK, Fcntl.F_SETLKW]

/** @see fcntl_locking(2) */
export const fcntlLock = (
  { locks }: Rooms,
  self: Process,
  fd: number,
  command: number,
  lock: FileLock
): Effect.Effect<FileLock, RecordError | Errno.Errno<"EINVAL" | "EOVERFLOW">> => {
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "fcntl", fd })
  if (!commands.includes(command)) return Errno.fail("EINVAL", { syscall: "fcntl", fd })
  const asks = command === Fcntl.F_GETLK || command === Fcntl.F_OFD_GETLK
  if (command === Fcntl.F_GETLK && lock.type !== Fcntl.F_RDLCK && lock.type !== Fcntl.F_WRLCK) {
    return Errno.fail("EINVAL", { syscall: "fcntl", fd })
  }
  const range = rangeOf(description, lock)
  if (range._tag === "Failure") return Exit.failCause(range.cause)
  const { type } = range.value
  const kind = descriptionCommands.includes(command) ? "ofd" : "posix"
  if (!asks) {
    const unfit = (type === Fcntl.F_RDLCK && !description.readable) ||
      (type === Fcntl.F_WRLCK && !description.writable)
    if (unfit) return Errno.fail("EBADF", { syscall: "fcntl", fd })
  }
  if (kind === "ofd" && (lock.pid ?? 0) !== 0) return Errno.fail("EINVAL", { syscall: "fcntl", fd })
  if (asks) {
    const found = locks.testRecord(self, description, kind, range.value)
    return Exit.succeed(found === undefined ? { ...lock, type: Fcntl.F_UNLCK } : asFileLock(found))
  }
  const waits = command === Fcntl.F_SETLKW || command === Fcntl.F_OFD_SETLKW
  const isOpen = () => kind === "ofd" || self.fds.get(fd) === description
  const set = locks.setRecord(self, description, kind, range.value, waits, isOpen)
  return Step.map(set, () => lock)
}

/** @see lockf(3) */
export const lockf = (
  rooms: Rooms,
  self: Process,
  fd: number,
  command: number,
  length: number
): Effect.Effect<void, RecordError | Errno.Errno<"EACCES" | "EINVAL" | "EOVERFLOW">> => {
  const lock = (how: number, type: number) =>
    fcntlLock(rooms, self, fd, how, { type, whence: Fcntl.SEEK_CUR, start: 0, length })
  const set = (how: number, type: number) => Step.map(lock(how, type), () => undefined)
  switch (command) {
    case Fcntl.F_ULOCK:
      return set(Fcntl.F_SETLK, Fcntl.F_UNLCK)
    case Fcntl.F_LOCK:
      return set(Fcntl.F_SETLKW, Fcntl.F_WRLCK)
    case Fcntl.F_TLOCK:
      return set(Fcntl.F_SETLK, Fcntl.F_WRLCK)
    case Fcntl.F_TEST:
      return Step.andThen(
        lock(Fcntl.F_GETLK, Fcntl.F_RDLCK),
        ({ type }) => type === Fcntl.F_UNLCK ? Exit.void : Errno.fail("EACCES", { syscall: "lockf", fd })
      )
    default:
      return Errno.fail("EINVAL", { syscall: "lockf", fd })
  }
}
