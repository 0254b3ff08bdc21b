/**
 * open(2): from a path and flags to a description.
 *
 * @see open(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../abi/FileMode.js"
import { IN_OPEN } from "../abi/InotifyFlags.js"
import { MS_NODEV } from "../abi/MountFlags.js"
import * as OpenFlags from "../abi/OpenFlags.js"
import type { Location } from "../Dentry.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { Accept } from "../Pipes.js"
import type { Process } from "../ProcessTable.js"
import type { OpenError } from "../Sys.js"
import * as Attributes from "./attributes.js"
import type { Core } from "./Core.js"
import { created, newInode } from "./create.js"
import * as Dentries from "./dentries.js"
import { DirectoryFile, PathFile } from "./DirectoryFile.js"
import { lockDirectory, lookAgain, unlockDirectory } from "./names.js"
import * as Permission from "./permission.js"
import { RegularFile } from "./RegularFile.js"
import { existing, itself, type Mode, mountOf, orMissing, type Walk, walk } from "./walk.js"

const {
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_TMPFILE,
  O_TRUNC
} = OpenFlags

/** What F_GETFL does not show again. */
const creationFlags = O_CREAT | O_EXCL | OpenFlags.O_NOCTTY | O_TRUNC | OpenFlags.O_CLOEXEC

/** Every file is a large one where addresses have 64 bits. */
const keptOf = (flags: number): number => (flags & OpenFlags.known & ~creationFlags) | OpenFlags.O_LARGEFILE

const noFollowOrMissing: Mode = { ...orMissing, follow: false }

const modeOf = (flags: number, resolve: number): Mode => {
  if ((flags & O_CREAT) === 0) return within((flags & O_NOFOLLOW) === 0 ? existing : itself, resolve)
  return within((flags & (O_NOFOLLOW | O_EXCL)) === 0 ? orMissing : noFollowOrMissing, resolve)
}

const within = (mode: Mode, resolve: number): Mode => resolve === 0 ? mode : { ...mode, resolve }

/** The permission that the access mode and O_TRUNC ask for. */
const wantedBy = (flags: number): number => {
  const access = flags & O_ACCMODE
  return (access === O_RDONLY
    ? FileMode.R_OK
    : access === OpenFlags.O_WRONLY
    ? FileMode.W_OK
    : FileMode.R_OK | FileMode.W_OK) |
    ((flags & O_TRUNC) !== 0 ? FileMode.W_OK : 0)
}

/** The dentry of what a walk found, made for a file that had none. */
const place = (core: Core, found: Walk, inode: Inode): Location =>
  found.found ?? { mount: found.mount, dentry: Dentries.child(core, found.dentry, found.name, inode) }

/** Makes the file that is missing, and answers it; `undefined` when it is not missing any more. */
function* createFile(core: Core, caller: Process, found: Walk, mode: number) {
  if (found.name.includes("\0")) return yield* Errno.fail("ENOENT")
  yield* lockDirectory(found.dentry)
  try {
    if (found.dentry.forgotten) return undefined
    yield* lookAgain(core, found)
    if (found.inode !== undefined) return undefined
    yield* Permission.writableMount(found.mount)
    yield* Permission.mayCreate(core, caller, found)
    const made = newInode(core, caller, found.dentry.inode, FileMode.S_IFREG | (mode & FileMode.PERMISSIONS), 0)
    const inode = yield* found.mount.superblock.backend.create(found.dentry.inode, found.name, made)
    created(core, found, inode)
    return inode
  } finally {
    unlockDirectory(found.dentry)
  }
}

/** Over a backend that answers late: whether what was found has lost its last name, and its contents, before it is held. */
const isGone = (found: Walk, { nlink, references }: Inode): boolean =>
  nlink === 0 && references === 0 && found.jumped === undefined && !mountOf(found).superblock.prompt

/** What may_open of Linux refuses by file type. */
const checkType = (inode: Inode, flags: number): Exit.Exit<void, Errno.Errno<"EISDIR" | "ELOOP" | "ENOTDIR">> => {
  if (FileMode.isDirectory(inode.mode)) {
    if ((flags & O_CREAT) !== 0 || (wantedBy(flags) & FileMode.W_OK) !== 0) return Errno.fail("EISDIR")
  } else if ((flags & O_DIRECTORY) !== 0) return Errno.fail("ENOTDIR")
  return FileMode.isSymlink(inode.mode) ? Errno.fail("ELOOP") : Exit.void
}

const isDevice = ({ mode }: Inode): boolean =>
  (mode & FileMode.S_IFMT) === FileMode.S_IFCHR || (mode & FileMode.S_IFMT) === FileMode.S_IFBLK

/** What is no file of its file system keeps the mount busy that it was opened on, until it is dropped. */
const busy = (at: Location, description: Description): Description => {
  if (description.openedOn !== undefined) return description
  description.location ??= at
  description.openedOn = at.mount
  at.mount.uses++
  at.mount.expires = false
  return description
}

/**
 * In a sticky directory that all may write to, O_CREAT does not open a device or socket that somebody else put there.
 * For files and FIFOs that is up to `protected_regular` and `protected_fifos`. @see proc_sys_fs(5)
 */
function* checkSticky({ settings }: Core, { credentials: { fsuid } }: Process, found: Walk, inode: Inode) {
  const { mode, uid } = found.dentry.inode
  if ((mode & FileMode.S_ISVTX) === 0 || found.last !== "name" || inode.uid === uid || inode.uid === fsuid) return
  const guard = FileMode.isRegular(inode.mode)
    ? settings.protected_regular.value
    : FileMode.isFifo(inode.mode)
    ? settings.protected_fifos.value
    : 1
  const refused = guard > 0 && (mode & 0o002) !== 0 || guard > 1 && (mode & 0o020) !== 0
  if (refused) return yield* Errno.fail("EACCES")
}

/** Gives what stands behind the inode to `take`: contents, entries, a FIFO, a device. */
function* openInode<A, E>(core: Core, caller: Process, at: Location, flags: number, take: Accept<A, E>) {
  const { inode } = at.dentry
  const kept = keptOf(flags)
  switch (inode.mode & FileMode.S_IFMT) {
    case FileMode.S_IFREG:
    case FileMode.S_IFDIR: {
      const held = Dentries.hold(at)
      if (held !== Exit.void) yield* held
      return take(FileMode.isRegular(inode.mode) ? new RegularFile(kept, core, at) : new DirectoryFile(kept, core, at))
    }
    // What may wait for somebody else is handed back, to run where it can be interrupted.
    case FileMode.S_IFIFO:
      // Neither to read nor to write: for ioctl(2) alone, which a FIFO is not opened for.
      if ((kept & O_ACCMODE) === O_ACCMODE) return yield* Errno.fail("EINVAL")
      return core.pipes.openFifo(inode, kept, (fifo) => take(busy(at, fifo)))
    case FileMode.S_IFCHR:
      return Step.andThen(core.devices.open(inode, flags, caller), (device) => {
        device.flags = keptOf(device.flags)
        return take(busy(at, device))
      })
    default:
      return yield* Errno.fail("ENXIO")
  }
}

/** Runs what must not be interrupted, and then what may wait. */
const finish = <A, E>(
  steps: Effect.Effect<Effect.Effect<A, E | OpenError>, OpenError>
): Effect.Effect<A, E | OpenError> => Step.andThen(steps, (answer) => answer)

function* cutAndOpen<A, E>(
  core: Core,
  caller: Process,
  target: Attributes.Target,
  at: Location,
  flags: number,
  take: Accept<A, E>
) {
  yield* Attributes.setLength(core, caller, target, 0)
  return yield* openInode(core, caller, at, flags, take)
}

function* openSteps<A, E>(
  core: Core,
  caller: Process,
  start: Location,
  path: string,
  flags: number,
  mode: number,
  resolve: number,
  take: Accept<A, E>
) {
  const creates = (flags & O_CREAT) !== 0
  let found: Walk
  let inode: Inode | undefined
  let created: boolean
  let gone: Inode | undefined
  let again: boolean
  do {
    found = yield* walk(core, caller, start, path, modeOf(flags, resolve))
    if (creates && found.last === "name" && found.trailingSlash) return yield* Errno.fail("EISDIR")
    if (creates && (flags & O_EXCL) !== 0 && found.inode !== undefined) return yield* Errno.fail("EEXIST")
    created = found.inode === undefined
    inode = found.inode ?? (yield* createFile(core, caller, found, mode))
    // Somebody else has made it meanwhile, or taken it away.
    again = inode === undefined || (!created && inode !== gone && isGone(found, inode))
    gone = inode
  } while (again || inode === undefined)
  if (!created) {
    if (creates && !FileMode.isDirectory(inode.mode)) yield* checkSticky(core, caller, found, inode)
    const mount = mountOf(found)
    const wanted = wantedBy(flags)
    // What is allowed is not worth a turn of the generator: two of them are a fifth of an open.
    const typed = checkType(inode, flags)
    if (typed !== Exit.void) yield* typed
    if (isDevice(inode) && (mount.flags & MS_NODEV) !== 0) return yield* Errno.fail("EACCES")
    // What is to be cut has to lie where anything can be changed, before anybody asks by whom.
    const cuts = (flags & O_TRUNC) !== 0 && FileMode.isRegular(inode.mode)
    if (cuts) yield* Permission.writableMount(mount)
    const writesFile = OpenFlags.writes(flags) && FileMode.isRegular(inode.mode)
    if (writesFile && mount.superblock.flags !== 0) return yield* Errno.fail("EROFS")
    const allowed = Permission.access(caller, inode, wanted)
    if (allowed !== Exit.void) yield* allowed
    if ((flags & O_NOATIME) !== 0 && !Permission.owns(caller, inode)) return yield* Errno.fail("EPERM")
    if (writesFile) yield* Permission.writableMount(mount)
    if (Permission.isRuled(core, caller)) {
      const name = found.found === undefined ? found.name : undefined
      const at = found.found ?? found
      if ((wanted & FileMode.R_OK) !== 0) yield* Permission.policy(core, caller, "read", at, name, inode)
      if ((wanted & FileMode.W_OK) !== 0) yield* Permission.policy(core, caller, "write", at, name, inode)
    }
    if (found.jumped !== undefined && found.found === undefined) {
      return Step.andThen(found.jumped.reopen(keptOf(flags), caller), take)
    }
    const leased = core.leases.active !== 0 && FileMode.isRegular(inode.mode)
    if (cuts || leased) {
      const target: Attributes.Target = {
        inode,
        mount,
        place: found.found ?? found,
        name: found.found === undefined ? found.name : undefined
      }
      const at = place(core, found, inode)
      const opening = () => openTold(core, caller, target, at, flags, cuts, take)
      const later = leased
        ? core.leases.broken(caller, target, flags & O_ACCMODE, () => finish<A, E>(Step.run(opening())))
        : undefined
      if (later !== undefined && (flags & OpenFlags.O_NONBLOCK) !== 0) return yield* Errno.fail("EAGAIN")
      return later ?? (yield* opening())
    }
  }
  const at = place(core, found, inode)
  return yield* openInode(core, caller, at, flags, announcing(core, at, take))
}

/** To those who watch it is open before anybody has it, and before it is cut. */
const announcing = <A, E>(core: Core, at: Location, take: Accept<A, E>): Accept<A, E> => (description) => {
  if (core.watches.active !== 0) core.watches.dentry(IN_OPEN, at.dentry)
  const stored = FileMode.isRegular(at.dentry.inode.mode) || FileMode.isDirectory(at.dentry.inode.mode)
  // Files and directories say so themselves.
  if (!stored) (description.closing ??= new Set()).add(() => core.watches.closed(description))
  return take(description)
}

function* openTold<A, E>(
  core: Core,
  caller: Process,
  target: Attributes.Target,
  at: Location,
  flags: number,
  cuts: boolean,
  take: Accept<A, E>
) {
  if (!cuts) return yield* openInode(core, caller, at, flags, announcing(core, at, take))
  yield* Dentries.hold(at)
  Attributes.tell(core, IN_OPEN, target)
  const opened: Exit.Exit<Effect.Effect<A, E | OpenError>, OpenError> = yield* Step.exit(
    Step.run(cutAndOpen(core, caller, target, at, flags, take))
  )
  yield* Dentries.letGo(core, at)
  return yield* opened
}

/** O_PATH looks at nothing but the path. */
function* openPathSteps<A, E>(
  core: Core,
  caller: Process,
  start: Location,
  path: string,
  flags: number,
  resolve: number,
  take: Accept<A, E>
) {
  const found = yield* walk(core, caller, start, path, modeOf(flags & O_NOFOLLOW, resolve))
  const inode = found.inode!
  if ((flags & O_DIRECTORY) !== 0 && !FileMode.isDirectory(inode.mode)) return yield* Errno.fail("ENOTDIR")
  const at = place(core, found, inode)
  yield* Dentries.hold(at)
  return take(new PathFile(flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW), core, at))
}

/** O_TMPFILE makes a file that no directory names. */
function* openUnnamedSteps<A, E>(
  core: Core,
  caller: Process,
  start: Location,
  path: string,
  flags: number,
  mode: number,
  resolve: number,
  take: Accept<A, E>
) {
  const found = yield* walk(core, caller, start, path, within(existing, resolve))
  const { mount } = found.found ?? found
  const directory = found.inode!
  if (!FileMode.isDirectory(directory.mode)) return yield* Errno.fail("ENOTDIR")
  yield* Permission.writableMount(mount)
  yield* Permission.access(caller, directory, FileMode.W_OK | FileMode.X_OK)
  const { backend } = mount.superblock
  if (backend.createUnnamed === undefined) return yield* Errno.fail("EOPNOTSUPP")
  const made = newInode(core, caller, directory, FileMode.S_IFREG | (mode & FileMode.PERMISSIONS), 0)
  const inode = yield* backend.createUnnamed(made)
  if ((flags & O_EXCL) === 0) core.linkable.add(inode)
  const at = { mount, dentry: Dentries.unnamed(inode) }
  yield* Dentries.hold(at)
  if (core.watches.active !== 0) core.watches.dentry(IN_OPEN, at.dentry)
  return take(new RegularFile(keptOf(flags), core, at))
}

const isStale = (error: unknown): boolean => Errno.isErrno(error) && error._tag === "ESTALE"

/** Opens a file and gives it to `take`. @see open(2) */
export const open = <A, E>(
  core: Core,
  caller: Process,
  start: Location,
  path: string,
  flags: number,
  mode: number,
  take: Accept<A, E>,
  resolve = 0
): Effect.Effect<A, E | OpenError> => {
  if ((flags & O_PATH) !== 0) {
    return finish<A, E>(Step.run(openPathSteps(core, caller, start, path, flags, resolve, take)))
  }
  if (OpenFlags.contradict(flags)) return Errno.fail("EINVAL")
  if ((flags & O_TMPFILE) === O_TMPFILE) {
    return finish<A, E>(Step.run(openUnnamedSteps(core, caller, start, path, flags, mode, resolve, take)))
  }
  const walked = (): Effect.Effect<A, E | OpenError> =>
    finish<A, E>(Step.run(openSteps(core, caller, start, path, flags, mode, resolve, take)))
  const opened = walked()
  // A file that others replaced between the look-up and the opening is looked up once more, as Linux does.
  if (Step.isReady(opened)) {
    const stale = opened._tag === "Failure" && opened.cause._tag === "Fail" && isStale(opened.cause.error)
    return stale ? walked() : opened
  }
  return Effect.catchAll(opened, (error) => isStale(error) ? walked() : Effect.fail(error))
}
