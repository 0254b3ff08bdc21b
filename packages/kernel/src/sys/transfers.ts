/**
 * Moving bytes from one descriptor to another: copy_file_range, sendfile, splice, vmsplice and tee.
 *
 * @see splice(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../abi/FileMode.js"
import { IOV_MAX, OFFSET_MAX, RW_COUNT_MAX } from "../abi/Limits.js"
import { O_APPEND } from "../abi/OpenFlags.js"
import * as Flags from "../abi/TransferFlags.js"
import type { Description, ReadError, WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import { overLimit } from "./descriptors.js"
import type { Rooms } from "./Rooms.js"
import { SCRATCH, withScratch } from "./scratch.js"
import { opened } from "./table.js"
import { lengthOf, scatter, type Vector } from "./vectors.js"

export type CopyError = ReadError | WriteError | Errno.Errno<"EOVERFLOW" | "ETXTBSY" | "EXDEV">
export type SendfileError = ReadError | WriteError | Errno.Errno<"EOVERFLOW" | "ESPIPE">
export type SpliceError = ReadError | WriteError | Errno.Errno<"ESPIPE">
export type VmspliceError = Errno.Errno<"EAGAIN" | "EBADF" | "EINTR" | "EINVAL" | "EPIPE">
export type TeeError = Errno.Errno<"EAGAIN" | "EBADF" | "EINTR" | "EINVAL" | "EPIPE">

const PAGE = 4096

/** Where to read or write: at an offset, or where the description stands, which moves then. */
type At = number | undefined

const isPipe = (description: Description): boolean => FileMode.isFifo(description.inode.mode)

/** What is read, from `at` on or from where the description stands; moves nothing by itself. */
const readAt = (from: Description, at: number, into: Uint8Array, self: Process) =>
  (from.seekable ? from.pread(into, at, self) : from.read(into, self)) as Effect.Effect<number, ReadError>

const writeAt = (to: Description, at: number, from: Uint8Array, self: Process) =>
  (to.seekable ? to.pwrite(from, at, self) : to.write(from, self)) as Effect.Effect<number, WriteError>

/** Copies until `length` bytes are there, the source ends, or less is taken than was given. */
function* copySteps(
  self: Process,
  from: Description,
  at: number,
  to: Description,
  toAt: number,
  length: number,
  buffer: Uint8Array
) {
  let done = 0
  while (done < length) {
    const wanted = Math.min(buffer.length, length - done)
    const read = yield* Step.exit(readAt(from, at + done, buffer.subarray(0, wanted), self))
    if (read._tag === "Failure") return done > 0 ? done : yield* read
    if (read.value === 0) break
    // Asked only once there is something to write.
    if (!to.spliceWrites) return yield* Errno.fail("EINVAL")
    const written = yield* Step.exit(writeAt(to, toAt + done, buffer.subarray(0, read.value), self))
    if (written._tag === "Failure") return done > 0 ? done : yield* written
    done += written.value
    if (written.value < read.value) break
  }
  return done
}

const copy = (self: Process, from: Description, at: number, to: Description, toAt: number, length: number) => {
  const steps = (buffer: Uint8Array) => Step.run(copySteps(self, from, at, to, toAt, length, buffer))
  const once = Math.min(length, SCRATCH)
  // What is kept of it outlives the step: only a file copies all that it is given.
  return FileMode.isRegular(to.inode.mode) ? withScratch(once, steps) : steps(new Uint8Array(once))
}

/** Moves the offsets of the descriptions by what was moved. */
const moving = <E>(
  answer: Effect.Effect<number, E>,
  ...descriptions: ReadonlyArray<readonly [Description, At]>
): Effect.Effect<number, E> => {
  return Step.map(answer, (count) => {
    for (const [description, at] of descriptions) if (at === undefined && count > 0) description.offset += count
    return count
  })
}

/** @see copy_file_range(2) */
export const copyFileRange = (
  rooms: Rooms,
  self: Process,
  fdIn: number,
  offsetIn: At,
  fdOut: number,
  offsetOut: At,
  length: number,
  flags: number
): Effect.Effect<number, CopyError> => {
  const syscall = "copy_file_range"
  const from = opened(self, fdIn)
  const to = opened(self, fdOut)
  if (from === undefined || to === undefined) {
    return Errno.fail("EBADF", { syscall, fd: from === undefined ? fdIn : fdOut })
  }
  if (flags !== 0) return Errno.fail("EINVAL", { syscall, fd: fdIn })
  const { mode } = from.inode
  if (FileMode.isDirectory(mode) || FileMode.isDirectory(to.inode.mode)) return Errno.fail("EISDIR", { syscall })
  if (!FileMode.isRegular(mode) || !FileMode.isRegular(to.inode.mode)) return Errno.fail("EINVAL", { syscall })
  if (!from.readable || !to.writable || (to.flags & O_APPEND) !== 0) return Errno.fail("EBADF", { syscall })
  if (from.location?.mount.superblock !== to.location?.mount.superblock) return Errno.fail("EXDEV", { syscall })
  const at = offsetIn ?? from.offset
  const toAt = offsetOut ?? to.offset
  if (wraps(at, length) || wraps(toAt, length)) return Errno.fail("EOVERFLOW", { syscall })
  let count = at >= from.inode.size ? 0 : Math.min(length, from.inode.size - at)
  const limit = self.limits.fileSize
  if (limit < Infinity) {
    if (toAt >= limit) return overLimit(rooms, self, Errno.fail("EFBIG"))
    count = Math.min(count, limit - toAt)
  }
  if (from.inode === to.inode && toAt + count > at && toAt < at + count) return Errno.fail("EINVAL", { syscall })
  if (at < 0 || toAt < 0) return Errno.fail("EINVAL", { syscall })
  if (count === 0) return Exit.succeed(0)
  const copied = copy(self, from, at, to, toAt, Math.min(count, RW_COUNT_MAX))
  return moving(overLimit(rooms, self, copied), [from, offsetIn], [to, offsetOut])
}

/** Offsets are signed and counted as unsigned: one below 0 wraps as soon as it comes to 0. */
const wraps = (offset: number, length: number): boolean => offset < 0 ? length >= -offset : false

/** @see sendfile(2) */
export const sendfile = (
  rooms: Rooms,
  self: Process,
  fdOut: number,
  fdIn: number,
  offset: At,
  count: number
): Effect.Effect<number, SendfileError> => {
  const syscall = "sendfile"
  const from = opened(self, fdIn)
  if (from === undefined || !from.readable) return Errno.fail("EBADF", { syscall, fd: fdIn })
  if (offset !== undefined && !from.seekable) return Errno.fail("ESPIPE", { syscall, fd: fdIn })
  const at = offset ?? from.offset
  if (at < 0 || count < 0) return Errno.fail("EINVAL", { syscall, fd: fdIn })
  const to = opened(self, fdOut)
  if (to === undefined || !to.writable) return Errno.fail("EBADF", { syscall, fd: fdOut })
  const length = Math.min(count, RW_COUNT_MAX, OFFSET_MAX - at)
  if (length < Math.min(count, RW_COUNT_MAX) && at >= OFFSET_MAX) return Errno.fail("EOVERFLOW", { syscall, fd: fdIn })
  if (isPipe(to)) {
    const sent = intoPipe(rooms, self, from, at, to, length, to.nonBlocking)
    return moving(sent, [from, offset])
  }
  if (!from.seekable || (to.flags & O_APPEND) !== 0) return Errno.fail("EINVAL", { syscall, fd: fdIn })
  rooms.vfs.accessed(from)
  if (length === 0) return Exit.succeed(0)
  if (!from.spliceReads) return Errno.fail("EINVAL", { syscall, fd: fdIn })
  const toAt = to.offset
  const sent = copy(self, from, at, to, toAt, length)
  return moving(overLimit(rooms, self, sent), [from, offset], [to, undefined])
}

const intoPipe = (
  { pipes }: Rooms,
  self: Process,
  from: Description,
  at: number,
  to: Description,
  length: number,
  nonBlocking: boolean
): Effect.Effect<number, ReadError | Errno.Errno<"EPIPE">> => {
  const read = (into: Uint8Array): Effect.Effect<number, ReadError> =>
    from.spliceReads ? readAt(from, at, into, self) : Errno.fail("EINVAL")
  const offset = FileMode.isRegular(from.inode.mode) ? at % PAGE : 0
  return pipes.spliceInto(to, read, offset, self, { length, nonBlocking })
}

const spliceFlags = Flags.SPLICE_F_MOVE | Flags.SPLICE_F_NONBLOCK | Flags.SPLICE_F_MORE | Flags.SPLICE_F_GIFT

/** @see splice(2) */
export const splice = (
  rooms: Rooms,
  self: Process,
  fdIn: number,
  offsetIn: At,
  fdOut: number,
  offsetOut: At,
  count: number,
  flags: number
): Effect.Effect<number, SpliceError> => {
  const syscall = "splice"
  if (count === 0) return Exit.succeed(0)
  if ((flags & ~spliceFlags) !== 0) return Errno.fail("EINVAL", { syscall, fd: fdIn })
  const from = opened(self, fdIn)
  const to = opened(self, fdOut)
  if (from === undefined || to === undefined) {
    return Errno.fail("EBADF", { syscall, fd: from === undefined ? fdIn : fdOut })
  }
  const out = isPipe(from)
  const into = isPipe(to)
  if (out && offsetIn !== undefined) return Errno.fail("ESPIPE", { syscall, fd: fdIn })
  from.spliced()
  if (into && offsetOut !== undefined) return Errno.fail("ESPIPE", { syscall, fd: fdOut })
  to.spliced()
  if (!from.readable || !to.writable) return Errno.fail("EBADF", { syscall, fd: from.readable ? fdOut : fdIn })
  const length = Math.min(count, RW_COUNT_MAX)
  const told = (flags & Flags.SPLICE_F_NONBLOCK) !== 0
  if (out && into) {
    const nonBlocking = told || from.nonBlocking || to.nonBlocking
    return rooms.pipes.splice(from, to, false, self, { length, nonBlocking })
  }
  if (out) {
    if (offsetOut !== undefined && !to.seekable) return Errno.fail("EINVAL", { syscall, fd: fdOut })
    const at = offsetOut ?? to.offset
    if ((to.flags & O_APPEND) !== 0 || at < 0 || !to.spliceWrites) return Errno.fail("EINVAL", { syscall, fd: fdOut })
    const write = (bytes: Uint8Array) => writeAt(to, at, bytes, self)
    const written = rooms.pipes.spliceOut(from, write, self, { length, nonBlocking: told || from.nonBlocking })
    return moving(overLimit(rooms, self, written), [to, offsetOut])
  }
  if (into) {
    if (offsetIn !== undefined && !from.seekable) return Errno.fail("EINVAL", { syscall, fd: fdIn })
    const at = offsetIn ?? from.offset
    if (at < 0) return Errno.fail("EINVAL", { syscall, fd: fdIn })
    return moving(intoPipe(rooms, self, from, at, to, length, told || to.nonBlocking), [from, offsetIn])
  }
  return Errno.fail("EINVAL", { syscall, fd: fdIn })
}

/** Between a pipe and memory, whose bytes are copied. @see vmsplice(2) */
export const vmsplice = (
  { pipes }: Rooms,
  self: Process,
  fd: number,
  vector: Vector,
  flags: number
): Effect.Effect<number, VmspliceError> => {
  if ((flags & ~spliceFlags) !== 0) return Errno.fail("EINVAL", { syscall: "vmsplice", fd })
  const description = opened(self, fd)
  const open = description !== undefined && (description.readable || description.writable)
  if (!open) return Errno.fail("EBADF", { syscall: "vmsplice", fd })
  if (vector.length > IOV_MAX) return Errno.fail("EINVAL", { syscall: "vmsplice", fd })
  const length = lengthOf(vector)
  if (length === 0) return Exit.succeed(0)
  if (!isPipe(description)) return Errno.fail("EBADF", { syscall: "vmsplice", fd })
  description.spliced()
  // O_NONBLOCK is not looked at.
  const nonBlocking = (flags & Flags.SPLICE_F_NONBLOCK) !== 0
  if (description.writable) return pipes.gift(description, vector, self, nonBlocking)
  const scattered = (bytes: Uint8Array) => {
    scatter(bytes, bytes.length, vector)
    return Exit.succeed(bytes.length)
  }
  return pipes.spliceOut(description, scattered, self, { length, nonBlocking }) as Effect.Effect<number, VmspliceError>
}

/** @see tee(2) */
export const tee = (
  rooms: Rooms,
  self: Process,
  fdIn: number,
  fdOut: number,
  count: number,
  flags: number
): Effect.Effect<number, TeeError> => {
  const syscall = "tee"
  if ((flags & ~spliceFlags) !== 0) return Errno.fail("EINVAL", { syscall, fd: fdIn })
  if (count === 0) return Exit.succeed(0)
  const from = opened(self, fdIn)
  const to = opened(self, fdOut)
  if (from?.readable !== true || to?.writable !== true) return Errno.fail("EBADF", { syscall, fd: fdIn })
  const nonBlocking = (flags & Flags.SPLICE_F_NONBLOCK) !== 0 || from.nonBlocking || to.nonBlocking
  return rooms.pipes.splice(from, to, true, self, { length: Math.min(count, RW_COUNT_MAX), nonBlocking })
}
