/**
 * Calls that change which file systems are seen where.
 *
 * @see mount_namespaces(7)
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { PathError } from "./errors.js"

export type MountPathError =
  | PathError
  | Errno<"EBUSY" | "EINVAL" | "ENODEV" | "ENOSPC" | "ENOTBLK" | "ENXIO">
export type UnmountPathError = PathError | Errno<"EAGAIN" | "EBUSY" | "EINVAL">

export interface MountCalls {
  /**
   * Mounts a file system of a registered type, binds (MS_BIND, MS_REC), moves (MS_MOVE), changes flags (MS_REMOUNT, with
   * MS_BIND for this mount alone), or says with whom a mount shares what is mounted upon it (MS_SHARED, MS_SLAVE,
   * MS_PRIVATE, MS_UNBINDABLE). `options` are those of the type, such as `size=1m,mode=700`. @see mount(2)
   */
  readonly mount: (
    source: string,
    target: string,
    type: string | undefined,
    flags?: number,
    options?: string
  ) => Effect.Effect<void, MountPathError>
  /** `flags`: MNT_DETACH, MNT_FORCE, MNT_EXPIRE, UMOUNT_NOFOLLOW. @see umount2(2) */
  readonly umount: (target: string, flags?: number) => Effect.Effect<void, UnmountPathError>
  /** Makes a mount the root of every process that stood in the old one. @see pivot_root(2) */
  readonly pivotRoot: (newRoot: string, putOld: string) => Effect.Effect<void, MountPathError>
  /** `flags`: CLONE_NEWNS, for mounts of one's own. @see unshare(2) */
  readonly unshare: (flags: number) => Effect.Effect<void, Errno<"EINVAL" | "EPERM">>
}
