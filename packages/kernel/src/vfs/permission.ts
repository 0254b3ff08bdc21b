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
  viewer.credentials.fsuid === inode.uid || Credentials.capable(viewer.credentials, CAP_FOWNER)

export const writableMount = (mount: Mount): Exit.Exit<void, Errno.Errno<"EROFS">> =>
  mount.readOnly ? Errno.fail("EROFS") : Exit.void

/**
 * The path of a place by which rules know it: where its file system was mounted first. No bind mount, chroot or mount
 * namespace makes another path of it.
 */
const ownPath = (place: Location): string | undefined => {
  const { superblock } = place.mount
  let mount: Mount | undefined
  for (const each of superblock.mounts) {
    if (each.root !== superblock.root || each.table === undefined) continue
    mount = each
    break
  }
  const root = mount?.table?.root
  return mount === undefined || root === undefined
    ? undefined
    : pathOf({ mount: root, dentry: root.root }, { mount, dentry: place.dentry })
}

/** The path that rules are told: that of a place, or of a name in it. */
export const pathFor = (place: Location, name: string | undefined): string | undefined => {
  const directory = ownPath(place)
  return directory === undefined || name === undefined ? directory : `${directory === "/" ? "" : directory}/${name}`
}

/** Whether any rule is to be asked. */
export const isRuled = (core: Core, viewer: Viewer): boolean => core.policy !== undefined || viewer.policy !== undefined

/** Asks the rules of the kernel and those of the process, if there are any. */
export const policy = (
  core: Core,
  viewer: Viewer,
  wanted: FileAccess,
  place: Location | undefined,
  name: string | undefined,
  inode: Inode
): Exit.Exit<void, Errno.Errno<"EACCES">> => {
  if (!isRuled(core, viewer)) return Exit.void
  const path = place === undefined ? undefined : pathFor(place, name)
  const { gid, ino, mode, uid } = inode
  const file = { dev: place?.mount.superblock.dev ?? 0, ino, mode, uid, gid }
  const refusal = core.policy?.file?.(viewer, wanted, path, file) ?? viewer.policy?.file?.(viewer, wanted, path, file)
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
  return isRuled(core, viewer) ? policy(core, viewer, "write", place, undefined, inode) : Exit.void
}

/** Asks whether an entry may be taken from a directory: sticky ones guard what others own. */
export const mayRemove = (
  core: Core,
  viewer: Viewer,
  place: Location & { readonly name: string },
  inode: Inode,
  asDirectory: boolean
): Exit.Exit<void, Errno.Errno<"EACCES" | "EISDIR" | "ENOENT" | "ENOTDIR" | "EPERM">> => {
  const directory = place.dentry.inode
  const allowed = mayCreate(core, viewer, place)
  if (allowed._tag === "Failure") return allowed
  const sticky = (directory.mode & FileMode.S_ISVTX) !== 0
  if (sticky && !owns(viewer, inode) && viewer.credentials.fsuid !== directory.uid) return Errno.fail("EPERM")
  const isDirectory = FileMode.isDirectory(inode.mode)
  if (asDirectory && !isDirectory) return Errno.fail("ENOTDIR")
  if (!asDirectory && isDirectory) return Errno.fail("EISDIR")
  return isRuled(core, viewer) ? policy(core, viewer, "remove", place, place.name, inode) : Exit.void
}
