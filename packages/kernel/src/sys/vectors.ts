/**
 * Reading into several buffers at once, and writing from several.
 *
 * What one call moves is one piece, so that nobody else's bytes come between: pipes and sockets take several buffers as
 * they are, and for any other file they are gathered before it is written, and read in one go before it is handed out.
 *
 * @see readv(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isDirectory, isFifo, isRegular } from "../abi/FileMode.js"
import { IOV_MAX } from "../abi/Limits.js"
import { O_NONBLOCK } from "../abi/OpenFlags.js"
import * as Flags from "../abi/TransferFlags.js"
import type { Description, ReadError, WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import { Pieces } from "../pipe/Pieces.js"
import type { Process } from "../ProcessTable.js"
import { overLimit } from "./descriptors.js"
import type { Rooms } from "./Rooms.js"
import { withScratch } from "./scratch.js"
import { opened } from "./table.js"

export type Vector = ReadonlyArray<Uint8Array>
export type ReadvError = ReadError | Errno.Errno<"EOPNOTSUPP" | "ESPIPE">
export type WritevError = WriteError | Errno.Errno<"EOPNOTSUPP" | "ESPIPE">

const known = Flags.RWF_HIPRI | Flags.RWF_DSYNC | Flags.RWF_SYNC | Flags.RWF_NOWAIT | Flags.RWF_APPEND |
  Flags.RWF_NOAPPEND | Flags.RWF_NOSIGNAL

/** Where in the file: at an offset, or where the description stands. */
type At = number | "here"

export const lengthOf = (vector: Vector): number => {
  let length = 0
  for (const each of vector) length += each.length
  return length
}

/** Hands out what was read in one piece. */
export const scatter = (from: Uint8Array, count: number, vector: Vector): void => {
  let done = 0
  for (const into of vector) {
    if (done >= count) return
    const some = Math.min(into.length, count - done)
    into.set(from.subarray(done, done + some))
    done += some
  }
}

const gather = (vector: Vector, into: Uint8Array): Uint8Array => {
  let at = 0
  for (const each of vector) {
    into.set(each, at)
    at += each.length
  }
  return into
}

/** Which flags a file takes; `rw_flags` of Linux. */
const checkFlags = (
  description: Description,
  flags: number,
  writes: boolean
): Exit.Exit<void, Errno.Errno<"EINVAL" | "EOPNOTSUPP">> => {
  if (flags === 0) return Exit.void
  // A directory is read by no method that knows of flags.
  const plain = isDirectory(description.inode.mode) || (writes && !description.flaggedWrites)
  if (plain) return flags === Flags.RWF_HIPRI ? Exit.void : Errno.fail("EOPNOTSUPP")
  if ((flags & ~known) !== 0) return Errno.fail("EOPNOTSUPP")
  const both = Flags.RWF_APPEND | Flags.RWF_NOAPPEND
  if ((flags & both) === both) return Errno.fail("EINVAL")
  return (flags & Flags.RWF_NOWAIT) !== 0 && !description.nowait ? Errno.fail("EOPNOTSUPP") : Exit.void
}

/** The description, if the call can be made on it at all. */
const usable = (
  self: Process,
  syscall: string,
  fd: number,
  vector: Vector,
  at: At,
  writes: boolean
): Exit.Exit<Description, Errno.Errno<"EBADF" | "EINVAL" | "ESPIPE">> => {
  if (at !== "here" && at < 0) return Errno.fail("EINVAL", { syscall, fd })
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall, fd })
  if (at !== "here" && !description.seekable) return Errno.fail("ESPIPE", { syscall, fd })
  if (!(writes ? description.writable : description.readable)) return Errno.fail("EBADF", { syscall, fd })
  return vector.length > IOV_MAX ? Errno.fail("EINVAL", { syscall, fd }) : Exit.succeed(description)
}

/** A pipe that must not make its caller wait this once. */
const withoutWaiting = <A, E>(description: Description, flags: number, call: () => Effect.Effect<A, E>) => {
  if ((flags & Flags.RWF_NOWAIT) === 0 || !isFifo(description.inode.mode) || description.nonBlocking) return call()
  const before = description.flags
  description.flags |= O_NONBLOCK
  const answer = call()
  description.flags = before
  return answer
}

/** @see preadv2(2) */
export const readv = (
  self: Process,
  syscall: string,
  fd: number,
  vector: Vector,
  at: At,
  flags: number
): Effect.Effect<number, ReadvError> => {
  const found = usable(self, syscall, fd, vector, at, false)
  if (found._tag === "Failure") return Exit.failCause(found.cause)
  const description = found.value
  const length = lengthOf(vector)
  if (length === 0) return Exit.succeed(0)
  const taken = checkFlags(description, flags, false)
  if (taken._tag === "Failure") return Exit.failCause(taken.cause)
  const read = (into: Uint8Array) =>
    withoutWaiting(
      description,
      flags,
      () => at === "here" ? description.read(into, self) : description.pread(into, at, self)
    )
  if (vector.length === 1) return read(vector[0]!)
  if (description.readPieces !== undefined) {
    const pieces = new Pieces(vector)
    return withoutWaiting(description, flags, () => description.readPieces!(pieces, self))
  }
  return withScratch(length, (into) =>
    Step.map(read(into), (count) => {
      scatter(into, count, vector)
      return count
    }))
}

/** @see pwritev2(2) */
export const writev = (
  rooms: Rooms,
  self: Process,
  syscall: string,
  fd: number,
  vector: Vector,
  at: At,
  flags: number
): Effect.Effect<number, WritevError> => {
  const found = usable(self, syscall, fd, vector, at, true)
  if (found._tag === "Failure") return Exit.failCause(found.cause)
  const description = found.value
  const length = lengthOf(vector)
  if (length === 0) return Exit.succeed(0)
  const taken = checkFlags(description, flags, true)
  if (taken._tag === "Failure") return Exit.failCause(taken.cause)
  const append = (flags & Flags.RWF_APPEND) !== 0 ? true : (flags & Flags.RWF_NOAPPEND) !== 0 ? false : undefined
  const write = (from: Uint8Array) =>
    withoutWaiting(
      description,
      flags,
      () => at === "here" ? description.write(from, self, append) : description.pwrite(from, at, self, append)
    )
  if (vector.length === 1) return overLimit(rooms, self, write(vector[0]!))
  if (description.writePieces !== undefined) {
    const pieces = new Pieces(vector)
    return overLimit(rooms, self, withoutWaiting(description, flags, () => description.writePieces!(pieces, self)))
  }
  // What is kept of it outlives the step: only a file copies all that it is given.
  if (!isRegular(description.inode.mode)) return overLimit(rooms, self, write(gather(vector, new Uint8Array(length))))
  return overLimit(rooms, self, withScratch(length, (buffer) => write(gather(vector, buffer))))
}
