/**
 * Calls on files by their names, and on what a file says of itself.
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { Stat } from "../../Inode.js"
import type { StatFs } from "../../VfsBackend.js"
import type {
  AttributePathError,
  CreatePathError,
  PathAtError,
  PathError,
  RemovePathError,
  RenamePathError,
  TruncateError
} from "./errors.js"

/** What statx(2) answers. */
export interface StatX extends Stat {
  /** What of it was filled in: a sum of STATX_BASIC_STATS and its siblings. */
  readonly mask: number
  /** The number of its mount, where there is one: that which /proc/PID/mountinfo shows, or with the other flag unique. */
  readonly mountId: number
  /** A sum of STATX_ATTR_MOUNT_ROOT and its siblings. */
  readonly attributes: number
  /** Which of them are told at all. */
  readonly attributesMask: number
}

export interface FileCalls {
  /** @see stat(2) */
  readonly stat: (path: string) => Effect.Effect<Stat, PathError>
  /** @see lstat(2) */
  readonly lstat: (path: string) => Effect.Effect<Stat, PathError>
  /** @see fstat(2) */
  readonly fstat: (fd: number) => Effect.Effect<Stat, Errno<"EACCES" | "EBADF" | "EIO" | "ESTALE">>
  /** `flags`: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. @see fstatat(2) */
  readonly fstatat: (dirfd: number, path: string, flags?: number) => Effect.Effect<Stat, PathAtError | Errno<"EINVAL">>
  /** `mode` is F_OK or a sum of R_OK, W_OK, X_OK; asked with the real ids. @see access(2) */
  readonly access: (path: string, mode: number) => Effect.Effect<void, PathError | Errno<"EROFS" | "EINVAL">>
  /** `flags`: AT_EACCESS, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. @see faccessat(2) */
  readonly faccessat: (
    dirfd: number,
    path: string,
    mode: number,
    flags?: number
  ) => Effect.Effect<void, PathAtError | Errno<"EROFS" | "EINVAL">>
  /**
   * `flags`: those of fstatat and one of AT_STATX_FORCE_SYNC and AT_STATX_DONT_SYNC; `mask`: STATX_BASIC_STATS and its
   * siblings. What was not asked for may be told as well. @see statx(2)
   */
  readonly statx: (
    dirfd: number,
    path: string,
    flags?: number,
    mask?: number
  ) => Effect.Effect<StatX, PathAtError | Errno<"EINVAL">>
  /** @see chmod(2) */
  readonly chmod: (path: string, mode: number) => Effect.Effect<void, AttributePathError>
  /** @see fchmod(2) */
  readonly fchmod: (fd: number, mode: number) => Effect.Effect<void, AttributePathError>
  /** `flags`: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. @see fchmodat(2), fchmodat2 */
  readonly fchmodat: (
    dirfd: number,
    path: string,
    mode: number,
    flags?: number
  ) => Effect.Effect<void, AttributePathError>
  /** -1 leaves an id as it is. @see chown(2) */
  readonly chown: (path: string, uid: number, gid: number) => Effect.Effect<void, AttributePathError>
  /** @see lchown(2) */
  readonly lchown: (path: string, uid: number, gid: number) => Effect.Effect<void, AttributePathError>
  /** @see fchown(2) */
  readonly fchown: (fd: number, uid: number, gid: number) => Effect.Effect<void, AttributePathError>
  /** `flags`: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. @see fchownat(2) */
  readonly fchownat: (
    dirfd: number,
    path: string,
    uid: number,
    gid: number,
    flags?: number
  ) => Effect.Effect<void, AttributePathError>
  /**
   * Times in nanoseconds since the epoch; `"now"` is UTIME_NOW, `"omit"` UTIME_OMIT. `flags`: AT_SYMLINK_NOFOLLOW.
   * @see utimensat(2)
   */
  readonly utimensat: (
    dirfd: number,
    path: string,
    atime: bigint | "now" | "omit",
    mtime: bigint | "now" | "omit",
    flags?: number
  ) => Effect.Effect<void, AttributePathError>
  /** @see futimens(3) */
  readonly futimens: (
    fd: number,
    atime: bigint | "now" | "omit",
    mtime: bigint | "now" | "omit"
  ) => Effect.Effect<void, AttributePathError>
  /** @see truncate(2) */
  readonly truncate: (path: string, size: number) => Effect.Effect<void, TruncateError>
  /** @see mkdir(2) */
  readonly mkdir: (path: string, mode?: number) => Effect.Effect<void, CreatePathError>
  /** @see mkdirat(2) */
  readonly mkdirat: (dirfd: number, path: string, mode?: number) => Effect.Effect<void, CreatePathError>
  /** `mode` has the file type in it; `device` for devices. @see mknod(2) */
  readonly mknod: (path: string, mode: number, device?: number) => Effect.Effect<void, CreatePathError>
  /** @see mknodat(2) */
  readonly mknodat: (
    dirfd: number,
    path: string,
    mode: number,
    device?: number
  ) => Effect.Effect<void, CreatePathError>
  /** @see mkfifo(3) */
  readonly mkfifo: (path: string, mode?: number) => Effect.Effect<void, CreatePathError>
  /** @see mkfifoat(3) */
  readonly mkfifoat: (dirfd: number, path: string, mode?: number) => Effect.Effect<void, CreatePathError>
  /** @see rmdir(2) */
  readonly rmdir: (path: string) => Effect.Effect<void, RemovePathError>
  /** @see unlink(2) */
  readonly unlink: (path: string) => Effect.Effect<void, RemovePathError>
  /** `flags`: AT_REMOVEDIR. @see unlinkat(2) */
  readonly unlinkat: (dirfd: number, path: string, flags?: number) => Effect.Effect<void, RemovePathError>
  /** @see link(2) */
  readonly link: (path: string, newPath: string) => Effect.Effect<void, CreatePathError | Errno<"EXDEV">>
  /** `flags`: AT_SYMLINK_FOLLOW, AT_EMPTY_PATH. @see linkat(2) */
  readonly linkat: (
    dirfd: number,
    path: string,
    newDirfd: number,
    newPath: string,
    flags?: number
  ) => Effect.Effect<void, CreatePathError | Errno<"EXDEV">>
  /** @see symlink(2) */
  readonly symlink: (target: string, path: string) => Effect.Effect<void, CreatePathError>
  /** @see symlinkat(2) */
  readonly symlinkat: (target: string, dirfd: number, path: string) => Effect.Effect<void, CreatePathError>
  /** @see readlink(2) */
  readonly readlink: (path: string) => Effect.Effect<string, PathError | Errno<"EINVAL">>
  /** @see readlinkat(2) */
  readonly readlinkat: (dirfd: number, path: string) => Effect.Effect<string, PathAtError | Errno<"EINVAL">>
  /** @see rename(2) */
  readonly rename: (path: string, newPath: string) => Effect.Effect<void, RenamePathError>
  /** `flags`: RENAME_NOREPLACE, RENAME_EXCHANGE. @see renameat2(2) */
  readonly renameat2: (
    dirfd: number,
    path: string,
    newDirfd: number,
    newPath: string,
    flags?: number
  ) => Effect.Effect<void, RenamePathError>
  /** @see chdir(2) */
  readonly chdir: (path: string) => Effect.Effect<void, PathError>
  /** @see fchdir(2) */
  readonly fchdir: (fd: number) => Effect.Effect<void, Errno<"EACCES" | "EBADF" | "ENOTDIR">>
  /** @see getcwd(2) */
  readonly getcwd: () => Effect.Effect<string, Errno<"ENOENT">>
  /** @see chroot(2) */
  readonly chroot: (path: string) => Effect.Effect<void, PathError>
  /** Answers the mask as it was. @see umask(2) */
  readonly umask: (mask: number) => Effect.Effect<number>
  /** @see statfs(2) */
  readonly statfs: (path: string) => Effect.Effect<StatFs, PathError>
}
