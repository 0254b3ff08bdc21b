/**
 * The memory backend as other backends use it that keep their files there.
 */
import type * as Exit from "effect/Exit"
import type { Errno } from "../../Errno.js"
import type { NewInode } from "../../Inode.js"
import type { Backend, StatFs } from "../../VfsBackend.js"
import type { MemoryDirectory, MemoryInode } from "./MemoryInode.js"

/** The methods that every one of these has, and that answer at once. */
type Has =
  | "allocate"
  | "createUnnamed"
  | "getAttribute"
  | "link"
  | "listAttributes"
  | "release"
  | "seekData"
  | "setAttribute"

export interface MemoryStore
  extends
    Omit<Backend<MemoryInode>, Has | "create" | "statfs" | "truncate">,
    Required<Pick<Backend<MemoryInode>, Exclude<Has, "link">>>
{
  readonly root: MemoryDirectory
  /** A number for an inode that is made outside. */
  takeNumber(): number
  /** Counts an inode that was made outside, if there is room; one that is lent takes nobody's. */
  adopt(inode: MemoryInode, lent: boolean): boolean
  create(
    directory: MemoryInode,
    name: string,
    made: NewInode
  ): Exit.Exit<MemoryInode, Errno<"EDQUOT" | "EEXIST" | "ENOSPC">>
  link(
    inode: MemoryInode,
    directory: MemoryInode,
    name: string,
    now: bigint
  ): Exit.Exit<void, Errno<"EEXIST" | "EMLINK" | "ENOSPC">>
  truncate(inode: MemoryInode, size: number, now: bigint): Exit.Exit<void>
  statfs(): Exit.Exit<StatFs>
}
