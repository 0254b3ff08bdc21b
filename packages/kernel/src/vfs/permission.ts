/**
 * Who may do what to which inode.
 *
 * @see path_resolution(7)
 */
import * as Exit from "effect/Exit"
import { CAP_FOWNER } from "../abi/Capabilities.js"
import * as FileMode from "../abi/FileMode.js"
import * as Credentials from "../Credentials.js"
import type { Location, Mount } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import type { FileAccess } from "../Policy.js"
import type { Core, Viewer } from "./Core.js"
import { pathOf } from "./dentries.js"

/** Asks for a sum of R_OK, W_OK and X_OK. */
export const access = (
  viewer: Viewer,
  inode: Inode,
  wanted: number
): Exit.Exit<void, Errno.Errno<"EACCES">> =>
  Credentials.permits(viewer.credentials, inode, wanted) ? Exit.void : Errno.fail("EACCES")

/** Whether the viewer owns the file, or may act as every owner. */
export const owns = (viewer: Viewer, inode: Inode): boolean =>
  viewer.credentials.euid === inode.uid || Credentials.capable(viewer.credentials, CAP_FOWNER)

export const writableMount = (mount: Mount): Exit.Exit<void, Errno.Errno<"EROFS">> =>
  mount.readOnly ? Errno.fail("EROFS") : Exit.void

/** Asks the policy, if there is one. */
export const policy = (
  core: Core,
  viewer: Viewer,
  wanted: FileAccess,
  place: Location | undefined,
  name: string | undefined,
  inode: Inode
): Exit.Exit<void, Errno.Errno<"EACCES">> => {
  const ask = core.policy?.file
  if (ask === undefined) return Exit.void
  const root = place?.mount.table?.root
  const directory = place === undefined || root === undefined
    ? undefined
    : pathOf({ mount: root, dentry: root.root }, place)
  const path = directory === undefined || name === undefined
    ? directory
    : `${directory === "/" ? "" : directory}/${name}`
  const { gid, ino, mode, uid } = inode
  const refusal = ask(viewer, wanted, path, { dev: place?.mount.superblock.dev ?? 0, ino, mode, uid, gid })
  if (refusal === undefined) return Exit.void
  return Errno.fail("EACCES", path === undefined ? refusal : { path, ...refusal })
}

/** Asks whether an entry may be added to a directory. */
export const mayCreate = (
  core: Core,
  viewer: Viewer,
  place: Location
): Exit.Exit<void, Errno.Errno<"EACCES" | "ENOENT">> => {
  if (place.dentry.unlinked) return Errno.fail("ENOENT")
  const { inode } = place.dentry
  if (!Credentials.permits(viewer.credentials, inode, FileMode.W_OK | FileMode.X_OK)) return Errno.fail("EACCES")
  return core.policy === undefined ? Exit.void : policy(core, viewer, "write", place, undefined, inode)
}

/** Asks whether an entry may be taken from a directory: sticky ones guard what others own. */
export const mayRemove = (
  core: Core,
  viewer: Viewer,
  place: Location,
  inode: Inode,
  asDirectory: boolean
): Exit.Exit<void, Errno.Errno<"EACCES" | "EISDIR" | "ENOENT" | "ENOTDIR" | "EPERM">> => {
  const directory = place.dentry.inode
  const allowed = mayCreate(core, viewer, place)
  if (allowed._tag === "Failure") return allowed
  const sticky = (directory.mode & FileMode.S_ISVTX) !== 0
  if (sticky && !owns(viewer, inode) && viewer.credentials.euid !== directory.uid) return Errno.fail("EPERM")
  const isDirectory = FileMode.isDirectory(inode.mode)
  if (asDirectory && !isDirectory) return Errno.fail("ENOTDIR")
  if (!asDirectory && isDirectory) return Errno.fail("EISDIR")
  return Exit.void
}
