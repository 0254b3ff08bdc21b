/**
 * What a file system supplies to be mounted: inodes and names in directories, no paths.
 *
 * Whatever every backend would write the same way (paths, symbolic links, mounts, permissions, umask, sticky bits,
 * access modes, O_APPEND, O_EXCL, unlinked but open files, when timestamps change) is written once, in `Vfs`, so
 * a backend does as it is told and answers for storage alone.
 *
 * **When a method runs.** Calling it *is* running it. It may answer at once, with a ready `Exit`; then the call that
 * needed it goes on in the same synchronous step. Or it answers with any other effect, which `Vfs` runs once, to its
 * end, and keeps other changes of the same inode waiting meanwhile.
 *
 * **Inodes** are objects of the backend's own class. It gets back only those that it handed out, and it must hand
 * out the same object for the same file for as long as `references` is not 0.
 *
 * **Names** are strings in which a byte that is not UTF-8 stands as a lone surrogate U+DC80 to U+DCFF (see `Bytes`);
 * they hold no `/`, no NUL, and are never `.` or `..`.
 *
 * @see path_resolution(7)
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Errno } from "./Errno.js"
import type { Inode, NewInode } from "./Inode.js"

/** What any method may answer: the storage failed, or what it was asked about has gone under its feet. */
export type StorageError = Errno<"EIO" | "ESTALE" | "EACCES">

/** What a change may answer besides. */
export type ChangeError = StorageError | Errno<"EDQUOT" | "ENOSPC" | "EPERM" | "EROFS">

export type LookupError = StorageError | Errno<"ENOENT">
export type CreateError = ChangeError | Errno<"EEXIST" | "EMLINK" | "ENOENT" | "ENAMETOOLONG" | "EOPNOTSUPP">
export type LinkError = ChangeError | Errno<"EEXIST" | "EMLINK" | "ENAMETOOLONG" | "EOPNOTSUPP">
export type RemoveError = ChangeError | Errno<"EBUSY" | "ENOENT" | "ENOTEMPTY">
export type RenameError =
  | ChangeError
  | Errno<"EBUSY" | "EEXIST" | "EINVAL" | "EMLINK" | "ENOENT" | "ENOTEMPTY" | "EXDEV">
export type ContentError = ChangeError | Errno<"EFBIG" | "EINVAL" | "EOPNOTSUPP">
export type AttributeError = StorageError | Errno<"ENODATA" | "EOPNOTSUPP" | "ERANGE">

/** One entry of a listing. */
export interface DirectoryEntry {
  readonly name: string
  readonly ino: number
  /** The file type, as the type bits of `st_mode`; 0 when it is not known without asking. */
  readonly type: number
  /** Where the listing goes on after this entry. Stays valid, whatever is added or removed meanwhile. */
  readonly cursor: number
}

/** Attributes to change; what is left out stays. */
export interface Changes {
  /** Permission bits; the type never changes. */
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly atime?: bigint
  readonly mtime?: bigint
  readonly ctime?: bigint
}

/** What statfs(2) answers. Sizes are in blocks of `bsize` bytes. */
export interface StatFs {
  readonly type: number
  readonly bsize: number
  readonly blocks: number
  readonly bfree: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
  readonly namelen: number
  /** A sum of ST_*; added by the kernel, which knows how a file system is mounted. */
  readonly flags?: number
}

/** How fallocate(2) is to change a file. */
export type Allocation = "allocate" | "keepSize" | "punchHole" | "zeroRange" | "collapse" | "insert"

/**
 * The contract. Methods that a backend leaves out answer EOPNOTSUPP (or, for `sync`, `retain` and `release`,
 * success).
 */
export interface Backend<I extends Inode = Inode> {
  /** What /proc/mounts calls it, such as `"tmpfs"`. */
  readonly type: string
  /**
   * Whether this kernel alone changes it. Then names and attributes that were looked up once are remembered;
   * otherwise every step of a walk asks again.
   */
  readonly coherent: boolean
  /** Whether every change is refused with EROFS: then it is mounted read-only, and opening for writing fails at once. */
  readonly readOnly?: boolean
  readonly root: I

  lookup(directory: I, name: string): Effect.Effect<I, LookupError>
  /** Makes a node of any type; the name is free. The directory's times and link count are the backend's to update. */
  create(directory: I, name: string, made: NewInode): Effect.Effect<I, CreateError>
  /** Makes a node without a name (O_TMPFILE); it has `nlink` 0. */
  createUnnamed?(made: NewInode): Effect.Effect<I, CreateError>
  link?(inode: I, directory: I, name: string, now: bigint): Effect.Effect<void, LinkError>
  /** Removes the name of anything but a directory. The inode lives on while `references` is not 0. */
  unlink(directory: I, name: string, inode: I, now: bigint): Effect.Effect<void, RemoveError>
  /** Removes a directory, or answers ENOTEMPTY. */
  rmdir(directory: I, name: string, inode: I, now: bigint): Effect.Effect<void, RemoveError>
  /**
   * Moves `inode` to the new name. `replaced` is what stands there now: it goes in the same step (ENOTEMPTY for a
   * directory that is not empty), or changes places with `inode` when `exchange` is set.
   */
  rename(
    from: I,
    name: string,
    inode: I,
    to: I,
    newName: string,
    replaced: I | undefined,
    exchange: boolean,
    now: bigint
  ): Effect.Effect<void, RenameError>
  /** Where a symbolic link points; `pid` is the process that asks, for links that differ for each. */
  readlink(inode: I, pid: number): Effect.Effect<string, StorageError | Errno<"ENOENT">>
  /**
   * The entries behind `cursor`, in a stable order, at most `limit` of them, without `.` and `..`; 0 is the
   * beginning, and every cursor handed out is above 2. No entries means the end.
   */
  list(directory: I, cursor: number, limit: number): Effect.Effect<ReadonlyArray<DirectoryEntry>, StorageError>
  /** Fills `into` with the bytes from `offset` on; fewer only at the end of the file. */
  read(inode: I, offset: number, into: Uint8Array): Effect.Effect<number, StorageError>
  /** Answers how many bytes of `from` were stored; fewer than all only when an error cut it short. Updates size and times. */
  write(inode: I, offset: number, from: Uint8Array, now: bigint): Effect.Effect<number, ContentError>
  /** Sets the length; what is cut off is gone, what is added reads as zeros. */
  truncate(inode: I, size: number, now: bigint): Effect.Effect<void, ContentError>
  change(inode: I, changes: Changes): Effect.Effect<void, ChangeError>
  /** Brings the fields of `inode` up to date; left out where they always are. */
  refresh?(inode: I): Effect.Effect<void, StorageError>
  /**
   * What {@link Allocation} says; a range that is zeroed is allocated, and none but "allocate", "collapse" and "insert"
   * changes the size. Times are not its business.
   */
  allocate?(inode: I, how: Allocation, offset: number, length: number): Effect.Effect<void, ContentError>
  /** The next offset at or after `offset` that holds data, or that lies in a hole. `undefined`: none before the end. */
  seekData?(inode: I, offset: number, hole: boolean): Effect.Effect<number | undefined, StorageError>
  getAttribute?(inode: I, name: string): Effect.Effect<Uint8Array, AttributeError>
  listAttributes?(inode: I): Effect.Effect<ReadonlyArray<string>, AttributeError>
  /** `undefined` removes the attribute. */
  setAttribute?(
    inode: I,
    name: string,
    value: Uint8Array | undefined
  ): Effect.Effect<void, ChangeError | AttributeError>
  statfs(): Effect.Effect<StatFs, StorageError>
  /** Answers when what was written is as safe as this backend can make it. */
  sync?(inode: I, dataOnly: boolean): Effect.Effect<void, StorageError | Errno<"ENOSPC">>
  /** The kernel holds `inode` from now on: its contents stay reachable even if its last name goes. */
  retain?(inode: I): Effect.Effect<void, StorageError>
  /** The kernel holds `inode` no longer. Without a name (`nlink` 0) its contents can go. */
  release?(inode: I): Effect.Effect<void>
  /**
   * Hears of what others than the kernel may have done in a directory, until it is interrupted, and tells the names that
   * something may have happened to; the kernel looks what that was. For backends that are not `coherent`.
   */
  watch?(directory: I, told: (name: string) => void): Effect.Effect<void, StorageError>
  /** What /proc/mounts shows of its options, such as `size=1024k`; nothing where all are the default. */
  describe?(): string
  /** Changes its options, as `mount -o remount` asks. */
  reconfigure?(options: string): Effect.Effect<void, StorageError | Errno<"EINVAL">>
  /** Where a magic link (those of /proc/PID/fd) leads: something to jump to, instead of a path to walk. */
  follow?(inode: I, pid: number): unknown
}

/**
 * The file system that a kernel mounts at `/`.
 *
 * @category tags
 */
export class VfsBackend extends Context.Tag("@effix/kernel/VfsBackend")<VfsBackend, Backend>() {}
