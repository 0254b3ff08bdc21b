/**
 * Calls that lock files, or ranges of their bytes.
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"

/**
 * `struct flock`: which bytes, and how. Left out, `whence` is SEEK_SET, `start` and `length` are 0, and a length of 0
 * reaches to the end of the file, however far it will be.
 */
export interface FileLock {
  /** F_RDLCK, F_WRLCK or F_UNLCK. */
  readonly type: number
  readonly whence?: number
  /** In bytes. */
  readonly start?: number
  /** In bytes; a negative one lies before `start`. */
  readonly length?: number
  /** In an answer: the process that holds the lock, -1 where a description does. For F_OFD_* it has to be 0. */
  readonly pid?: number
}

export interface LockCalls {
  /** `operation` is LOCK_SH, LOCK_EX or LOCK_UN, with LOCK_NB so as not to wait. @see flock(2) */
  readonly flock: (
    fd: number,
    operation: number
  ) => Effect.Effect<void, Errno<"EAGAIN" | "EBADF" | "EINTR" | "EINVAL" | "ENOLCK">>
  /**
   * F_SETLK, F_SETLKW and F_GETLK, and their F_OFD_ siblings. Answers the lock as it was given, but for the two that
   * ask: these answer the lock that is in the way, or the given one with the type F_UNLCK. @see fcntl_locking(2)
   */
  readonly fcntlLock: (
    fd: number,
    command: number,
    lock: FileLock
  ) => Effect.Effect<
    FileLock,
    Errno<"EAGAIN" | "EBADF" | "EDEADLK" | "EINTR" | "EINVAL" | "ENOLCK" | "EOVERFLOW">
  >
  /** `command` is F_LOCK, F_TLOCK, F_ULOCK or F_TEST, on `length` bytes from the offset on. @see lockf(3) */
  readonly lockf: (
    fd: number,
    command: number,
    length: number
  ) => Effect.Effect<
    void,
    Errno<"EACCES" | "EAGAIN" | "EBADF" | "EDEADLK" | "EINTR" | "EINVAL" | "ENOLCK" | "EOVERFLOW">
  >
}
