/**
 * Calls about what a file takes of its storage, and about making it safe there.
 */
import type * as Effect from "effect/Effect"
import type { AllocateError } from "../../Description.js"
import type { Errno } from "../../Errno.js"
import type { StatFs, StorageError } from "../../VfsBackend.js"
import type { PathError } from "./errors.js"

export interface StorageCalls {
  /** `mode`: FALLOC_FL_KEEP_SIZE and its siblings. @see fallocate(2) */
  readonly fallocate: (
    fd: number,
    mode: number,
    offset: number,
    length: number
  ) => Effect.Effect<void, AllocateError>
  /** @see posix_fallocate(3) */
  readonly posixFallocate: (fd: number, offset: number, length: number) => Effect.Effect<void, AllocateError>
  /** @see fdatasync(2) */
  readonly fdatasync: (
    fd: number
  ) => Effect.Effect<void, Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOSPC" | "ESTALE">>
  /** @see sync(2) */
  readonly sync: () => Effect.Effect<void>
  /** @see syncfs(2) */
  readonly syncfs: (fd: number) => Effect.Effect<void, StorageError | Errno<"EBADF" | "ENOSPC">>
  /** `flags`: SYNC_FILE_RANGE_WRITE and its siblings. @see sync_file_range(2) */
  readonly syncFileRange: (
    fd: number,
    offset: number,
    length: number,
    flags: number
  ) => Effect.Effect<void, Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOSPC" | "ESPIPE" | "ESTALE">>
  /** @see fstatfs(2) */
  readonly fstatfs: (fd: number) => Effect.Effect<StatFs, StorageError | Errno<"EBADF">>
  /** `name` is _PC_NAME_MAX or one of its siblings; -1 is no limit. @see pathconf(3) */
  readonly pathconf: (path: string, name: number) => Effect.Effect<number, PathError | Errno<"EINVAL">>
  /** @see fpathconf(3) */
  readonly fpathconf: (fd: number, name: number) => Effect.Effect<number, Errno<"EBADF" | "EINVAL">>
}
