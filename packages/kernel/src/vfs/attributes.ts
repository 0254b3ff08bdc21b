/**
 * Attributes: chmod, chown, utimensat, truncate and access.
 *
 * @see inode(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_CHOWN, CAP_FSETID } from "../abi/Capabilities.js"
import * as FileMode from "../abi/FileMode.js"
import { IN_ACCESS, IN_ATTRIB, IN_MODIFY } from "../abi/InotifyFlags.js"
import { OFFSET_MAX } from "../abi/Limits.js"
import { MS_NOEXEC } from "../abi/MountFlags.js"
import { O_WRONLY } from "../abi/OpenFlags.js"
import * as Credentials from "../Credentials.js"
import type { Location, Mount } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { AttributePathError, TruncateError } from "../Sys.js"
import type { Changes } from "../VfsBackend.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as FileCapabilities from "./fileCapabilities.js"
import * as Lock from "./lock.js"
import * as Permission from "./permission.js"
import * as Prefixes from "./prefixes.js"
import * as Seals from "./seals.js"

/** A file to change: `mount` is `undefined` for what lies in no file system, such as a pipe. */
export interface Target {
  readonly inode: Inode
  readonly mount: Mount | undefined
  /** Where it was found: itself, or with `name` the directory that holds it. */
  readonly place?: Location | undefined
  readonly name?: string | undefined
}

/** Where it lies, with a dentry of its own. */
export const placeOf = (core: Core, { inode, name, place }: Target): Location | undefined =>
  place === undefined || name === undefined
    ? place
    : { mount: place.mount, dentry: Dentries.child(core, place.dentry, name, inode) }

/** Tells those who watch a file, or its directory, what has happened to it. */
export const tell = ({ watches }: Core, mask: number, { inode, name, place }: Target): void => {
  if (watches.active === 0) return
  const dentry = place?.dentry
  watches.file(
    mask,
    name === undefined
      ? { inode, parent: dentry?.parent, name: dentry?.name ?? "" }
      : { inode, parent: dentry, name }
  )
}

/** Asks the rules whether a file may be changed. */
export const ruled = (
  core: Core,
  viewer: Viewer,
  { inode, name, place }: Target
): Exit.Exit<void, Errno.Errno<"EACCES">> =>
  Permission.isRuled(core, viewer) ? Permission.policy(core, viewer, "write", place, name, inode) : Exit.void

export type SetTime = bigint | "now" | "omit"

function* change(core: Core, { inode, mount }: Target, changes: Changes) {
  const complete = { ...changes, ctime: core.now() }
  if (FileMode.isDirectory(inode.mode)) Prefixes.changed()
  if (mount === undefined) {
    Object.assign(inode, { ...complete, mode: (inode.mode & FileMode.S_IFMT) | (changes.mode ?? inode.mode & 0o7777) })
    return
  }
  yield* Lock.acquire(inode)
  try {
    yield* mount.superblock.backend.change(inode, complete)
  } finally {
    Lock.release(inode)
  }
}

const writable = ({ mount }: Target): Exit.Exit<void, Errno.Errno<"EROFS">> =>
  mount === undefined ? Exit.void : Permission.writableMount(mount)

/** As {@link writable}; but what is no file at all, such as an epoll, has nothing to change. */
const changeable = (target: Target): Exit.Exit<void, Errno.Errno<"EOPNOTSUPP" | "EROFS">> =>
  (target.inode.mode & FileMode.S_IFMT) === 0 ? Errno.fail("EOPNOTSUPP") : writable(target)

function* chmodSteps(core: Core, viewer: Viewer, target: Target, mode: number) {
  yield* changeable(target)
  const { inode } = target
  if (FileMode.isSymlink(inode.mode)) return yield* Errno.fail("EOPNOTSUPP")
  if (!Permission.owns(viewer, inode)) return yield* Errno.fail("EPERM")
  yield* ruled(core, viewer, target)
  const { credentials } = viewer
  const lends = !Credentials.inGroup(credentials, inode.gid) && !Credentials.capable(credentials, CAP_FSETID)
  if (!Seals.changeable(core, inode, mode)) return yield* Errno.fail("EPERM")
  yield* change(core, target, { mode: mode & FileMode.PERMISSIONS & (lends ? ~FileMode.S_ISGID : -1) })
  tell(core, IN_ATTRIB, target)
}

/** @see chmod(2) */
export const chmod = (
  core: Core,
  viewer: Viewer,
  target: Target,
  mode: number
): Effect.Effect<void, AttributePathError> => Step.run(chmodSteps(core, viewer, target, mode))

/**
 * The mode without the set-id bits that a change of owner or content takes away. On a file that its group cannot
 * execute, set-group-id is no loan of rights, but is kept for members only.
 */
const withoutSetId = ({ credentials }: Pick<Viewer, "credentials">, { gid, mode }: Inode): number => {
  const member = Credentials.inGroup(credentials, gid) || Credentials.capable(credentials, CAP_FSETID)
  const group = (mode & 0o010) !== 0 || !member ? FileMode.S_ISGID : 0
  return mode & ~(FileMode.S_ISUID | group)
}

function* chownSteps(core: Core, viewer: Viewer, target: Target, uid: number, gid: number) {
  yield* changeable(target)
  yield* ruled(core, viewer, target)
  const { inode } = target
  const { credentials } = viewer
  if (!Credentials.capable(credentials, CAP_CHOWN)) {
    const owner = credentials.fsuid === inode.uid
    if (uid !== -1 && !(owner && uid === inode.uid)) return yield* Errno.fail("EPERM")
    const mayGive = owner && (gid === inode.gid || Credentials.inGroup(credentials, gid))
    if (gid !== -1 && !mayGive) return yield* Errno.fail("EPERM")
  }
  // Even to leave everything as it is takes set-id bits away, and that is the owner's to do.
  const mode = FileMode.isDirectory(inode.mode) ? inode.mode : withoutSetId(viewer, inode)
  if (mode !== inode.mode && !Permission.owns(viewer, inode)) return yield* Errno.fail("EPERM")
  const modeBefore = inode.mode
  if (!FileMode.isDirectory(inode.mode)) yield* FileCapabilities.remove(target)
  yield* change(core, target, {
    ...(uid === -1 ? {} : { uid }),
    ...(gid === -1 ? {} : { gid }),
    ...(mode === inode.mode ? {} : { mode: mode & FileMode.PERMISSIONS })
  })
  if (uid !== -1 || gid !== -1 || modeBefore !== inode.mode) tell(core, IN_ATTRIB, target)
}

/** -1 leaves an id as it is. @see chown(2) */
export const chown = (
  core: Core,
  viewer: Viewer,
  target: Target,
  uid: number,
  gid: number
): Effect.Effect<void, AttributePathError> => Step.run(chownSteps(core, viewer, target, uid, gid))

function* utimensSteps(core: Core, viewer: Viewer, target: Target, atime: SetTime, mtime: SetTime) {
  yield* changeable(target)
  yield* ruled(core, viewer, target)
  const { inode } = target
  if (!Permission.owns(viewer, inode)) {
    // Anybody who may write may say "now"; any other time is the owner's to say.
    if (atime !== "now" || mtime !== "now") return yield* Errno.fail("EPERM")
    yield* Permission.access(viewer, inode, FileMode.W_OK)
  }
  const now = core.now()
  yield* change(core, target, {
    ...(atime === "omit" ? {} : { atime: atime === "now" ? now : atime }),
    ...(mtime === "omit" ? {} : { mtime: mtime === "now" ? now : mtime })
  })
  // One time alone is what reading or writing would have set.
  tell(core, mtime === "omit" ? IN_ACCESS : atime === "omit" ? IN_MODIFY : IN_ATTRIB, target)
}

/** @see utimensat(2) */
export const utimens = (
  core: Core,
  viewer: Viewer,
  target: Target,
  atime: SetTime,
  mtime: SetTime
): Effect.Effect<void, AttributePathError> =>
  atime === "omit" && mtime === "omit" ? Exit.void : Step.run(utimensSteps(core, viewer, target, atime, mtime))

/** Sets the length of a regular file; permission has been checked. */
export function* setLength(core: Core, viewer: Viewer, target: Target, size: number) {
  yield* Lock.acquire(target.inode)
  try {
    yield* setLengthLocked(core, viewer, target, size)
  } finally {
    Lock.release(target.inode)
  }
  tell(core, IN_MODIFY, target)
}

function* setLengthLocked(core: Core, viewer: Viewer, target: Target, size: number) {
  const { inode, mount } = target
  if (mount === undefined) return yield* Errno.fail("EINVAL")
  if (size > inode.size && size > (viewer.limits?.fileSize ?? Infinity)) return yield* Errno.fail("EFBIG")
  if (!Seals.resizable(core, inode, size)) return yield* Errno.fail("EPERM")
  yield* dropLoans(core, viewer, target)
  yield* mount.superblock.backend.truncate(inode, size, core.now())
}

/** What was written to must not go on to lend what it did: its owner's rights, or capabilities of its own. */
export const dropLoans = (
  core: Core,
  viewer: Pick<Viewer, "credentials">,
  target: Target
): Effect.Effect<void, AttributePathError> =>
  Step.andThen(dropSetId(core, viewer, target), () => FileCapabilities.remove(target))

const dropSetId = (
  core: Core,
  viewer: Pick<Viewer, "credentials">,
  target: Target
): Effect.Effect<void, AttributePathError> => {
  const { inode, mount } = target
  const setId = (inode.mode & (FileMode.S_ISUID | FileMode.S_ISGID)) !== 0
  if (!setId || Credentials.capable(viewer.credentials, CAP_FSETID)) return Exit.void
  const mode = withoutSetId(viewer, inode)
  if (mode === inode.mode || mount === undefined) return Exit.void
  const changed = mount.superblock.backend.change(inode, { mode: mode & FileMode.PERMISSIONS })
  return Step.andThen(changed, () => {
    tell(core, IN_ATTRIB, target)
    return Exit.void
  })
}

/** What was allocated behind the end of a file goes whenever it is truncated. */
const forgetBehind = ({ superblock: { backend } }: Mount, inode: Inode): Effect.Effect<void, TruncateError> => {
  if (inode.blocks * 512 <= inode.size || backend.allocate === undefined) return Exit.void
  const forgotten = backend.allocate(inode, "punchHole", inode.size, OFFSET_MAX - inode.size)
  return Effect.catchTag(forgotten, "EOPNOTSUPP", () => Exit.void)
}

function* mayTruncate(core: Core, viewer: Viewer, target: Target) {
  const { inode } = target
  if (FileMode.isDirectory(inode.mode)) return yield* Errno.fail("EISDIR")
  if (!FileMode.isRegular(inode.mode)) return yield* Errno.fail("EINVAL")
  yield* Permission.access(viewer, inode, FileMode.W_OK)
  yield* ruled(core, viewer, target)
  yield* writable(target)
  if (inode.opens < 0) return yield* Errno.fail("ETXTBSY")
}

function* cutSteps(core: Core, viewer: Viewer, target: Target, size: number) {
  const { inode } = target
  yield* Lock.acquire(inode)
  try {
    if (size !== inode.size) yield* setLengthLocked(core, viewer, target, size)
    else {
      // Only ftruncate(2) and O_TRUNC stamp a file that is as long as it is to be.
      if (target.mount !== undefined) yield* forgetBehind(target.mount, inode)
      yield* dropLoans(core, viewer, target)
    }
  } finally {
    Lock.release(inode)
  }
  tell(core, IN_MODIFY, target)
}

/** @see truncate(2) */
export const truncate = (
  core: Core,
  viewer: Viewer,
  target: Target,
  size: number
): Effect.Effect<void, TruncateError> =>
  size < 0 ? Errno.fail("EINVAL") : Step.andThen(Step.run(mayTruncate(core, viewer, target)), () => {
    const cut = () => Step.run(cutSteps(core, viewer, target, size))
    const later = core.leases.active === 0 ? undefined : core.leases.broken(viewer, target, O_WRONLY, cut)
    return later ?? cut()
  })

/** @see access(2) */
export const access = (
  viewer: Viewer,
  target: Target,
  mode: number
): Exit.Exit<void, Errno.Errno<"EACCES" | "EROFS">> => {
  const { inode } = target
  const executes = (mode & FileMode.X_OK) !== 0 && FileMode.isRegular(inode.mode)
  if (executes && target.mount !== undefined && (target.mount.flags & MS_NOEXEC) !== 0) return Errno.fail("EACCES")
  const stored = FileMode.isRegular(inode.mode) || FileMode.isDirectory(inode.mode) || FileMode.isSymlink(inode.mode)
  const changes = stored && (mode & FileMode.W_OK) !== 0
  // A file system that is read-only says so first, a mount last.
  if (changes && target.mount !== undefined && target.mount.superblock.flags !== 0) return Errno.fail("EROFS")
  const allowed = Permission.access(viewer, inode, mode)
  if (allowed._tag === "Failure" || (mode & FileMode.W_OK) === 0) return allowed
  return changes ? writable(target) : Exit.void
}
