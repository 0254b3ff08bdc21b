/**
 * What a host can be asked beyond `@effect/platform`'s `FileSystem`.
 *
 * `FileSystem` has no lstat(2), no rmdir(2), no change time and no nanoseconds. A {@link HostDirectory} does without
 * them as well as it can; given these, it knows symbolic links for what they are, removes directories atomically, and
 * finds files several times faster, because the calls answer at once. They throw as node's do: an error with a `code`.
 *
 * @see stat(2)
 */
import type { File } from "@effect/platform/FileSystem"
import type { StatFs } from "@effix/kernel/VfsBackend"

/** What stat(2) says. Times are nanoseconds since the epoch; `blocks` are 512 bytes each. */
export interface HostStat {
  readonly dev: number
  readonly ino: number
  readonly mode: number
  readonly nlink: number
  readonly uid: number
  readonly gid: number
  readonly rdev: number
  readonly size: number
  readonly blocks: number
  readonly atime: bigint
  readonly mtime: bigint
  readonly ctime: bigint
  readonly btime: bigint
}

export interface HostCalls {
  /** Does not follow a symbolic link at the end. @see lstat(2) */
  readonly lstat: (path: string) => HostStat
  /** The names in a directory, in the order of the directory, which `FileSystem` does not keep. @see readdir(3) */
  readonly names: (path: string) => ReadonlyArray<string>
  /** @see fstat(2) */
  readonly fstat: (file: File) => HostStat
  /** Removes a directory only if it is empty. @see rmdir(2) */
  readonly removeDirectory: (path: string) => void
  /** Sets the times of a symbolic link itself, in nanoseconds. @see utimensat(2) */
  readonly setLinkTimes: (path: string, atime: bigint, mtime: bigint) => void
  /** Sets the owner of a symbolic link itself. @see lchown(2) */
  readonly setLinkOwner: (path: string, uid: number, gid: number) => void
  /** @see statfs(2) */
  readonly statfs: (path: string) => StatFs
}
