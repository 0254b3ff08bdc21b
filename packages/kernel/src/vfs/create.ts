/**
 * New names: mkdir, mknod, symlink and link.
 *
 * @see mkdir(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_FSETID, CAP_MKNOD } from "../abi/Capabilities.js"
import * as FileMode from "../abi/FileMode.js"
import { PATH_MAX } from "../abi/Limits.js"
import * as Bytes from "../Bytes.js"
import * as Credentials from "../Credentials.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode, NewInode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { CreatePathError } from "../Sys.js"
import type { Core, Viewer } from "./Core.js"
import * as Lock from "./lock.js"
import { lockName, unlockName } from "./names.js"
import * as Permission from "./permission.js"
import { existing, itself, mountOf, type Walk, walk } from "./walk.js"

/** Owner, group and mode of a file that `viewer` makes in `directory`. */
export const newInode = (
  core: Core,
  viewer: Viewer,
  directory: Inode,
  mode: number,
  rdev: number
): NewInode => {
  const { credentials, umask } = viewer
  const type = mode & FileMode.S_IFMT
  const inherits = (directory.mode & FileMode.S_ISGID) !== 0
  const gid = inherits ? directory.gid : credentials.fsgid
  let bits = mode & FileMode.PERMISSIONS & (type === FileMode.S_IFLNK ? 0o777 : ~umask)
  if (inherits && type === FileMode.S_IFDIR) bits |= FileMode.S_ISGID
  // A set-group-id program for a group that one is not in would lend what one does not have. Linux looks
  // at the mode as it was asked for, before the umask.
  const groupProgram = FileMode.S_ISGID | 0o010
  if (
    inherits && type !== FileMode.S_IFDIR && (mode & groupProgram) === groupProgram &&
    !Credentials.inGroup(credentials, gid) && !Credentials.capable(credentials, CAP_FSETID)
  ) bits &= ~FileMode.S_ISGID
  return { mode: type | bits, uid: credentials.fsuid, gid, rdev, now: core.now() }
}

/** A name that is to be made, its directory locked, checked in the order of `filename_create`. */
function* checkFree(core: Core, viewer: Viewer, found: Walk, asDirectory: boolean) {
  if (found.tooLong) return yield* Errno.fail("ENAMETOOLONG")
  if (found.last !== "name" || found.inode !== undefined) return yield* Errno.fail("EEXIST")
  if (found.trailingSlash && !asDirectory) return yield* Errno.fail("ENOENT")
  if (found.name.includes("\0")) return yield* Errno.fail("ENOENT")
  yield* Permission.writableMount(found.mount)
  yield* Permission.mayCreate(core, viewer, found)
}

/** Makes a node under a name that has to be free, and answers it with the walk that led there. */
export function* createNew(
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  mode: number,
  more: {
    readonly rdev?: number
    readonly target?: string
    /** What else speaks against it, once the path is known to be good. */
    readonly refusal?: Exit.Exit<void, Errno.Errno<"EINVAL" | "EPERM">>
  }
) {
  const { rdev = 0, refusal = Exit.void, target } = more
  const found = yield* lockName(core, viewer, start, path)
  try {
    yield* checkFree(core, viewer, found, (mode & FileMode.S_IFMT) === FileMode.S_IFDIR)
    yield* refusal
    const made = newInode(core, viewer, found.dentry.inode, mode, rdev)
    const { backend } = found.mount.superblock
    const inode = yield* backend.create(
      found.dentry.inode,
      found.name,
      target === undefined ? made : { ...made, target }
    )
    return { found, inode }
  } finally {
    unlockName(found)
  }
}

const mayMakeDevice: (viewer: Viewer) => Exit.Exit<void, Errno.Errno<"EPERM">> = ({ credentials }) =>
  Credentials.capable(credentials, CAP_MKNOD) ? Exit.void : Errno.fail("EPERM")

function* createSteps(core: Core, viewer: Viewer, start: Location, path: string, mode: number, rdev: number) {
  const type = mode & FileMode.S_IFMT
  const isDevice = type === FileMode.S_IFCHR || type === FileMode.S_IFBLK
  const refusal = isDevice ? mayMakeDevice(viewer) : Exit.void
  const { found, inode } = yield* createNew(core, viewer, start, path, mode, { rdev, refusal })
  created(core, found, inode)
}

/** Tells those who watch that there is a new name. */
export const created = ({ watches }: Core, { dentry, name }: Walk, inode: Inode): void => {
  if (watches.active !== 0) watches.created({ inode, parent: dentry, name })
}

/** @see mkdir(2) */
export const mkdir = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  mode: number
): Effect.Effect<void, CreatePathError> =>
  Step.run(createSteps(core, viewer, start, path, FileMode.S_IFDIR | (mode & 0o1777), 0))

const nodeTypes: ReadonlyArray<number> = [
  FileMode.S_IFREG,
  FileMode.S_IFCHR,
  FileMode.S_IFBLK,
  FileMode.S_IFIFO,
  FileMode.S_IFSOCK
]

/** @see mknod(2) */
export const mknod = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  mode: number,
  rdev: number
): Effect.Effect<void, CreatePathError> => {
  const type = (mode & FileMode.S_IFMT) || FileMode.S_IFREG
  if (type === FileMode.S_IFDIR) return Errno.fail("EPERM")
  if (!nodeTypes.includes(type)) return Errno.fail("EINVAL")
  const isDevice = type === FileMode.S_IFCHR || type === FileMode.S_IFBLK
  return Step.run(createSteps(core, viewer, start, path, type | (mode & FileMode.PERMISSIONS), isDevice ? rdev : 0))
}

function* symlinkSteps(core: Core, viewer: Viewer, start: Location, target: string, path: string) {
  const { found, inode } = yield* createNew(core, viewer, start, path, FileMode.S_IFLNK | 0o777, { target })
  created(core, found, inode)
}

/** @see symlink(2) */
export const symlink = (
  core: Core,
  viewer: Viewer,
  start: Location,
  target: string,
  path: string
): Effect.Effect<void, CreatePathError> => {
  if (target === "" || target.includes("\0")) return Errno.fail("ENOENT")
  if (Bytes.byteLength(target) >= PATH_MAX) return Errno.fail("ENAMETOOLONG")
  return Step.run(symlinkSteps(core, viewer, start, target, path))
}

/**
 * Whether one may give a file that is not one's own another name: only one that could be read and written anyway, and
 * that lends nobody's rights. @see proc_sys_fs(5), protected_hardlinks
 */
const mayLink = (core: Core, viewer: Viewer, inode: Inode): Exit.Exit<void, Errno.Errno<"EPERM">> => {
  if (core.settings.protected_hardlinks.value === 0 || Permission.owns(viewer, inode)) return Exit.void
  const groupProgram = FileMode.S_ISGID | 0o010
  const safe = FileMode.isRegular(inode.mode) && (inode.mode & FileMode.S_ISUID) === 0 &&
    (inode.mode & groupProgram) !== groupProgram &&
    Credentials.permits(viewer.credentials, inode, FileMode.R_OK | FileMode.W_OK)
  return safe ? Exit.void : Errno.fail("EPERM")
}

function* linkSteps(
  core: Core,
  viewer: Viewer,
  start: Location | undefined,
  path: string,
  newStart: Effect.Effect<Location, Errno.Errno<"EBADF" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR">>,
  newPath: string,
  follow: boolean
) {
  const walked = path === "" || start === undefined
    ? undefined
    : yield* walk(core, viewer, start, path, follow ? existing : itself)
  const inode = walked?.inode ?? start?.dentry.inode
  const found = yield* lockName(core, viewer, yield* newStart, newPath)
  try {
    if (found.tooLong) return yield* Errno.fail("ENAMETOOLONG")
    if (found.last !== "name" || found.inode !== undefined) return yield* Errno.fail("EEXIST")
    if (found.trailingSlash || found.name.includes("\0")) return yield* Errno.fail("ENOENT")
    yield* Permission.writableMount(found.mount)
    const mount = walked === undefined ? start?.mount : mountOf(walked)
    if (inode === undefined || mount !== found.mount) return yield* Errno.fail("EXDEV")
    yield* mayLink(core, viewer, inode)
    if (Permission.isRuled(core, viewer)) {
      // Another name is another way to it: for who may go the whole way only.
      const from = walked?.found ?? walked ?? start
      const name = walked !== undefined && walked.found === undefined ? walked.name : undefined
      for (const wanted of ["read", "write"] as const) {
        yield* Permission.policy(core, viewer, wanted, from, name, inode)
      }
    }
    yield* Permission.mayCreate(core, viewer, found)
    yield* linkLocked(core, found, inode)
  } finally {
    unlockName(found)
  }
  if (core.watches.active !== 0) core.watches.linked({ inode, parent: found.dentry, name: found.name })
}

/** Gives a file another name; the directory is locked, and now the file is, so that its last name does not go. */
function* linkLocked(core: Core, { dentry, mount, name }: Walk, inode: Inode) {
  if (FileMode.isDirectory(inode.mode)) return yield* Errno.fail("EPERM")
  const { backend } = mount.superblock
  yield* Lock.acquire(inode)
  try {
    if (inode.nlink === 0 && !core.linkable.has(inode)) return yield* Errno.fail("ENOENT")
    if (backend.link === undefined) return yield* Errno.fail("EPERM")
    yield* backend.link(inode, dentry.inode, name, core.now())
    core.linkable.delete(inode)
  } finally {
    Lock.release(inode)
  }
}

/** @see link(2) */
export const link = (
  core: Core,
  viewer: Viewer,
  start: Location | undefined,
  path: string,
  newStart: Effect.Effect<Location, Errno.Errno<"EBADF" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR">>,
  newPath: string,
  follow: boolean
): Effect.Effect<void, CreatePathError | Errno.Errno<"EXDEV">> =>
  Step.run(linkSteps(core, viewer, start, path, newStart, newPath, follow))
