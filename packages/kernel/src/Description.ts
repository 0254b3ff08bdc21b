/**
 * An open file description: what a descriptor points at, whatever is behind it.
 *
 * Descriptors that were duplicated or inherited share one description, and with it the offset and the status flags.
 * Every kind of file extends this class and overrides what it can do; what it cannot answers as Linux does.
 *
 * @see open(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_NONBLOCK, reads, writes } from "./abi/OpenFlags.js"
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "./abi/PollEvents.js"
import type { Credentials } from "./Credentials.js"
import type { Location, Mount } from "./Dentry.js"
import * as Errno from "./Errno.js"
import type { Inode } from "./Inode.js"
import { both } from "./internal/step.js"
import type { Pieces } from "./pipe/Pieces.js"
import type { Process, Terminal } from "./ProcessTable.js"
import type { Owner } from "./signals/Owner.js"
import type { ReceiveError, WriteError as SendError } from "./socket/errors.js"
import type { DirectoryEntry } from "./VfsBackend.js"
import type { WaitQueue } from "./WaitQueue.js"

export type ReadError =
  | ReceiveError
  | Errno.Errno<"EACCES" | "EAGAIN" | "EBADF" | "ECANCELED" | "EINTR" | "EINVAL" | "EIO" | "EISDIR" | "ESTALE">
export type WriteError =
  | SendError
  | Errno.Errno<
    | "EACCES"
    | "EAGAIN"
    | "EBADF"
    | "EDQUOT"
    | "EFBIG"
    | "EINTR"
    | "EINVAL"
    | "EIO"
    | "ENOSPC"
    | "EOPNOTSUPP"
    | "EPERM"
    | "EPIPE"
    | "EROFS"
    | "ESTALE"
  >
export type SeekError = Errno.Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENXIO" | "ESPIPE" | "ESTALE">

export type AllocateError = Errno.Errno<
  | "EACCES"
  | "EBADF"
  | "EDQUOT"
  | "EFBIG"
  | "EINTR"
  | "EINVAL"
  | "EIO"
  | "EISDIR"
  | "ENODEV"
  | "ENOSPC"
  | "EOPNOTSUPP"
  | "EPERM"
  | "EROFS"
  | "ESPIPE"
  | "ESTALE"
>

const nothing: ReadonlyArray<WaitQueue> = []

/** What has to be told when a description that holds locks is no more. */
export interface DescriptionLocks {
  readonly released: (description: Description) => void
}

/** How many descriptions are open in a kernel, and how many may be (ENFILE). */
export class OpenDescriptions {
  open = 0

  constructor(readonly max: number) {}
}

export abstract class Description {
  /** Descriptors, and descriptors in flight, that point here. */
  references = 0
  /** Where it is counted, from its first descriptor until it is released. */
  counted: OpenDescriptions | undefined = undefined
  /** Where the next read or write of a seekable file begins, in bytes. */
  offset = 0
  /** Where it was opened; `undefined` for what has no path, such as a pipe. */
  location: Location | undefined = undefined
  /** The mount that it keeps busy besides, until it is dropped. */
  openedOn: Mount | undefined = undefined
  /** Who opened it with a call, as he was then. */
  openedBy: Credentials | undefined = undefined
  /** Set once it has asked for a lock that belongs to it. */
  locks: DescriptionLocks | undefined = undefined
  /** Those who are told when nothing points here any more, before it is released: the epolls that watch it. */
  closing: Set<() => void> | undefined = undefined
  /** Whom it tells by a signal that something can be done with it; made when somebody asks. @see fcntl(2) */
  signalOwner: Owner | undefined = undefined

  constructor(
    /** Access mode and status flags, as F_GETFL answers them. */
    public flags: number
  ) {}

  /** What fstat(2) looks at. */
  abstract readonly inode: Inode

  /** What `/proc/PID/fd` shows where there is no path, such as `pipe:[12]`. */
  abstract readonly label: string

  get readable(): boolean {
    return reads(this.flags)
  }

  get writable(): boolean {
    return writes(this.flags)
  }

  /** Whether it has positions at all: what has none answers ESPIPE, even to the side that may not read or write. */
  get seekable(): boolean {
    return false
  }

  /** Whether splice(2) can take bytes out, and put bytes in: not so where Linux has no way to. */
  get spliceReads(): boolean {
    return this.readable
  }

  get spliceWrites(): boolean {
    return this.writable
  }

  /** Whether one read or write may be asked not to wait (RWF_NOWAIT). */
  get nowait(): boolean {
    return false
  }

  /** Whether one write may be given flags: RWF_APPEND and its siblings. */
  get flaggedWrites(): boolean {
    return true
  }

  /** splice(2) was made on it: Linux takes no RWF_NOWAIT from then on. */
  spliced(): void {}

  get nonBlocking(): boolean {
    return (this.flags & O_NONBLOCK) !== 0
  }

  /** Fills `into` and answers the number of bytes; 0 means end of file. The access mode has been checked. */
  read(_into: Uint8Array, _caller: Process): Effect.Effect<number, ReadError> {
    return Errno.fail("EINVAL")
  }

  /**
   * Answers how many bytes of `from` were taken. The access mode has been checked. `append` says whether to write at the
   * end of the file, whatever O_APPEND says.
   */
  write(_from: Uint8Array, _caller: Process, _append?: boolean): Effect.Effect<number, WriteError> {
    return Errno.fail("EINVAL")
  }

  /** As {@link read} and {@link write}, for what needs no buffer between to take several at once. */
  readPieces?(into: Pieces, caller: Process): Effect.Effect<number, ReadError>
  writePieces?(from: Pieces, caller: Process): Effect.Effect<number, WriteError>

  pread(
    _into: Uint8Array,
    _offset: number,
    _caller: Process
  ): Effect.Effect<number, ReadError | Errno.Errno<"ESPIPE">> {
    return Errno.fail("ESPIPE")
  }

  pwrite(
    _from: Uint8Array,
    _offset: number,
    _caller: Process,
    _append?: boolean
  ): Effect.Effect<number, WriteError | Errno.Errno<"ESPIPE">> {
    return Errno.fail("ESPIPE")
  }

  /** Moves the offset; `whence` is SEEK_SET and its siblings. */
  seek(_offset: number, _whence: number): Effect.Effect<number, SeekError> {
    return Errno.fail("ESPIPE")
  }

  truncate(
    _size: number,
    _caller: Process
  ): Effect.Effect<
    void,
    Errno.Errno<
      "EACCES" | "EDQUOT" | "EFBIG" | "EINVAL" | "EIO" | "ENOSPC" | "EOPNOTSUPP" | "EPERM" | "EROFS" | "ESTALE"
    >
  > {
    return Errno.fail("EINVAL")
  }

  /** `mode` is that of fallocate(2); the access mode and the range have been checked. */
  allocate(_mode: number, _offset: number, _length: number, _caller: Process): Effect.Effect<void, AllocateError> {
    return Errno.fail("ENODEV")
  }

  /** The next entries of a directory, at most `limit`; none at its end. */
  list(
    _limit: number
  ): Effect.Effect<
    ReadonlyArray<DirectoryEntry>,
    Errno.Errno<"EACCES" | "EINVAL" | "EIO" | "ENOENT" | "ENOTDIR" | "ESTALE">
  > {
    return Errno.fail("ENOTDIR")
  }

  sync(_dataOnly: boolean): Effect.Effect<void, Errno.Errno<"EACCES" | "EINVAL" | "EIO" | "ENOSPC" | "ESTALE">> {
    return Errno.fail("EINVAL")
  }

  /** The events of poll(2) that hold now, for `_caller` where it matters who asks. A regular file is always ready. */
  poll(_caller?: Process): number {
    return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM
  }

  /** The queues that are woken when the answer of `poll` may have changed. */
  get pollQueues(): ReadonlyArray<WaitQueue> {
    return nothing
  }

  /** The same, where it matters who asks. */
  pollQueuesFor(_caller: Process): ReadonlyArray<WaitQueue> {
    return this.pollQueues
  }

  /**
   * Begins to tell what can be done with it (POLL_IN, POLL_OUT), and answers how to end that; `undefined` for what tells
   * nobody by signals. @see open(2), O_ASYNC
   */
  startAsync(_tell: (code: number) => void): (() => void) | undefined {
    return undefined
  }

  /** Whether it is ready at one time and not at another: epoll takes nothing else. */
  get pollable(): boolean {
    return this.pollQueues.length > 0
  }

  /** What `/proc/PID/fdinfo` shows besides what it shows of every descriptor: lines. */
  info(): string {
    return ""
  }

  /** Bytes that can be read at once (FIONREAD). */
  available(): Exit.Exit<number, Errno.Errno<"EINVAL" | "ENOTTY">> {
    return Errno.fail("ENOTTY")
  }

  /** Set by descriptors of terminals. */
  get terminal(): Terminal | undefined {
    return undefined
  }

  /** Opens the same thing once more, as opening `/proc/self/fd/N` does. */
  reopen(_flags: number, _caller: Process): Effect.Effect<Description, Errno.Errno<"EACCES" | "EINTR" | "ENXIO">> {
    return Errno.fail("ENXIO")
  }

  /** Called when one reference less points here, and others still do. */
  dropped(): Effect.Effect<void> {
    return Exit.void
  }

  /** Called once, when nothing points here any more. */
  release(): Effect.Effect<void> {
    return Exit.void
  }
}

/** Drops one reference; the last one releases. */
export const drop = (self: Description): Effect.Effect<void> => {
  if (--self.references !== 0) return self.dropped()
  const { counted } = self
  if (counted !== undefined) {
    counted.open--
    self.counted = undefined
  }
  self.locks?.released(self)
  if (self.closing !== undefined) { for (const told of self.closing) told() }
  const { openedOn } = self
  if (openedOn === undefined) return self.release()
  self.openedOn = undefined
  return both(openedOn.leave(), self.release())
}
