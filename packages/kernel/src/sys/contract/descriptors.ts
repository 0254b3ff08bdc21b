/**
 * Calls on descriptors, whatever is behind them.
 */
import type * as Effect from "effect/Effect"
import type { ReadError, SeekError, WriteError } from "../../Description.js"
import type { Errno } from "../../Errno.js"
import type { DirectoryEntry } from "../../VfsBackend.js"
import type { OpenError, TruncateError } from "./errors.js"

/** One descriptor to poll: the events asked for, and those that hold. @see poll(2) */
export interface PollRequest {
  readonly fd: number
  readonly events: number
}

/** `struct f_owner_ex`: whom an open file tells by signals. */
export interface FileOwner {
  /** F_OWNER_TID, F_OWNER_PID or F_OWNER_PGRP; the threads of a process have no numbers, so the first is the second. */
  readonly type: number
  /** 0 for nobody. */
  readonly pid: number
}

export interface DescriptorCalls {
  /** @see open(2) */
  readonly open: (path: string, flags: number, mode?: number) => Effect.Effect<number, OpenError>
  /** `dirfd` is a directory's descriptor or AT_FDCWD. @see openat(2) */
  readonly openat: (dirfd: number, path: string, flags: number, mode?: number) => Effect.Effect<number, OpenError>
  /** @see close(2) */
  readonly close: (fd: number) => Effect.Effect<void, Errno<"EBADF">>
  /**
   * Fills `into` and answers how many bytes; 0 is the end of the file. Until then the buffer is the kernel's: while the call
   * waits, what is written goes straight there. @see read(2)
   */
  readonly read: (fd: number, into: Uint8Array) => Effect.Effect<number, ReadError>
  /** Answers how many bytes of `from` were taken. @see write(2) */
  readonly write: (fd: number, from: Uint8Array) => Effect.Effect<number, WriteError>
  /** @see pread(2) */
  readonly pread: (fd: number, into: Uint8Array, offset: number) => Effect.Effect<number, ReadError | Errno<"ESPIPE">>
  /** @see pwrite(2) */
  readonly pwrite: (fd: number, from: Uint8Array, offset: number) => Effect.Effect<number, WriteError | Errno<"ESPIPE">>
  /** `whence` is SEEK_SET and its siblings; answers the new offset. @see lseek(2) */
  readonly lseek: (fd: number, offset: number, whence: number) => Effect.Effect<number, SeekError>
  /** @see dup(2) */
  readonly dup: (fd: number) => Effect.Effect<number, Errno<"EBADF" | "EMFILE">>
  /** @see dup2(2) */
  readonly dup2: (from: number, to: number) => Effect.Effect<number, Errno<"EBADF">>
  /** @see dup3(2) */
  readonly dup3: (from: number, to: number, flags: number) => Effect.Effect<number, Errno<"EBADF" | "EINVAL">>
  /** The commands that take a number; those that take a `struct flock` are `fcntlLock`'s. @see fcntl(2) */
  readonly fcntl: (
    fd: number,
    command: number,
    argument?: number
  ) => Effect.Effect<
    number,
    Errno<"EACCES" | "EAGAIN" | "EBADF" | "EBUSY" | "EINVAL" | "EMFILE" | "ENOTDIR" | "EPERM" | "ESRCH">
  >
  /** F_SETOWN_EX, and F_GETOWN_EX, which looks at no `owner`. @see fcntl(2) */
  readonly fcntlOwner: (
    fd: number,
    command: number,
    owner?: FileOwner
  ) => Effect.Effect<FileOwner, Errno<"EBADF" | "EINVAL" | "ESRCH">>
  /** F_GETOWNER_UIDS: the user ids, real and effective, of who has set the owner. @see fcntl(2) */
  readonly fcntlOwnerUids: (fd: number) => Effect.Effect<readonly [uid: number, euid: number], Errno<"EBADF">>
  /** Answers the reading and the writing end. @see pipe2(2) */
  readonly pipe: (
    flags?: number
  ) => Effect.Effect<readonly [reader: number, writer: number], Errno<"EINVAL" | "EMFILE" | "ENFILE">>
  /** Answers the events that hold, one for each request; `timeout` in milliseconds, below 0 for ever. @see poll(2) */
  readonly poll: (
    requests: ReadonlyArray<PollRequest>,
    timeout?: number
  ) => Effect.Effect<ReadonlyArray<number>, Errno<"EINTR" | "EINVAL">>
  /** @see fsync(2) */
  readonly fsync: (
    fd: number
  ) => Effect.Effect<void, Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOSPC" | "ESTALE">>
  /** @see ftruncate(2) */
  readonly ftruncate: (fd: number, size: number) => Effect.Effect<void, TruncateError>
  /** The next entries of a directory, `.` and `..` among them; none at its end. @see getdents(2) */
  readonly getdents: (
    fd: number,
    limit?: number
  ) => Effect.Effect<
    ReadonlyArray<DirectoryEntry>,
    Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOENT" | "ENOTDIR" | "ESTALE">
  >
  /** Bytes that can be read at once. @see ioctl_tty(2) */
  readonly fionread: (fd: number) => Effect.Effect<number, Errno<"EBADF" | "EINVAL" | "ENOTTY">>
}
