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
import type { Dentry, Location } from "../Dentry.js"
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
import * as Lock from "./lock.js"
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

/** Makes the file that is missing; nobody else is changing its directory. */
const createNow = (core: Core, caller: Process, found: Walk, mode: number): Effect.Effect<Inode, OpenError> => {
  const { dentry, mount, name } = found
  if (name.includes("\0")) return Errno.fail("ENOENT")
  const writable = Permission.writableMount(mount)
  if (writable._tag === "Failure") return Exit.failCause(writable.cause)
  const allowed = Permission.mayCreate(core, caller, found)
  if (allowed._tag === "Failure") return Exit.failCause(allowed.cause)
  const made = newInode(core, caller, dentry.inode, FileMode.S_IFREG | (mode & FileMode.PERMISSIONS), 0)
  return Step.tap(mount.superblock.backend.create(dentry.inode, name, made), (inode) => created(core, found, inode))
}

function* createInTurn(core: Core, caller: Process, found: Walk, mode: number) {
  yield* lockDirectory(found.dentry)
  try {
    if (found.dentry.forgotten) return undefined
    yield* lookAgain(core, found)
    return found.inode === undefined ? yield* createNow(core, caller, found, mode) : undefined
  } finally {
    unlockDirectory(found.dentry)
  }
}

/** Holds a directory that nobody else does until an answer is there. */
function* lockedUntil<A, E>(dentry: Dentry, answer: Effect.Effect<A, E>) {
  yield* lockDirectory(dentry)
  try {
    return yield* answer
  } finally {
    unlockDirectory(dentry)
  }
}

/** Makes the file that is missing, and answers it; `undefined` when it is not missing any more. */
const createFile = (
  core: Core,
  caller: Process,
  found: Walk,
  mode: number
): Effect.Effect<Inode | undefined, OpenError> => {
  const { dentry, mount: { superblock } } = found
  if (Lock.isHeld(dentry.inode)) superblock.prompt = false
  if (!superblock.prompt || dentry.forgotten) return Step.run(createInTurn(core, caller, found, mode))
  const made = createNow(core, caller, found, mode)
  if (Step.isReady(made)) return made
  superblock.prompt = false
  return Step.run(lockedUntil(dentry, made))
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
const isGuarded = ({ settings }: Core, { credentials: { fsuid } }: Process, found: Walk, inode: Inode): boolean => {
  const { mode, uid } = found.dentry.inode
  if ((mode & FileMode.S_ISVTX) === 0 || found.last !== "name" || inode.uid === uid || inode.uid === fsuid) return false
  const guard = FileMode.isRegular(inode.mode)
    ? settings.protected_regular.value
    : FileMode.isFifo(inode.mode)
    ? settings.protected_fifos.value
    : 1
  return guard > 0 && (mode & 0o002) !== 0 || guard > 1 && (mode & 0o020) !== 0
}

/** What is opened, once nothing more can come between; it may wait for somebody else, where it can be interrupted. */
type Opened<A, E> = Effect.Effect<Effect.Effect<A, E | OpenError>, OpenError>

/** Gives what stands behind the inode to `take`: contents, entries, a FIFO, a device. */
const openInode = <A, E>(
  core: Core,
  caller: Process,
  at: Location,
  flags: number,
  take: Accept<A, E>
): Opened<A, E> => {
  const { inode } = at.dentry
  const kept = keptOf(flags)
  switch (inode.mode & FileMode.S_IFMT) {
    case FileMode.S_IFREG:
      return Step.andThen(Dentries.hold(at), () =>
        inode.opens < 0 && OpenFlags.writes(kept)
          // It began to run while the backend was asked.
          ? Step.andThen(Dentries.letGo(core, at), () => Errno.fail("ETXTBSY"))
          : Exit.succeed(take(new RegularFile(kept, core, at))))
    case FileMode.S_IFDIR:
      return Step.map(Dentries.hold(at), () => take(new DirectoryFile(kept, core, at)))
    case FileMode.S_IFIFO:
      // Neither to read nor to write: for ioctl(2) alone, which a FIFO is not opened for.
      if ((kept & O_ACCMODE) === O_ACCMODE) return Errno.fail("EINVAL")
      return Exit.succeed(core.pipes.openFifo(inode, kept, (fifo) => take(busy(at, fifo))))
    case FileMode.S_IFCHR:
      return Exit.succeed(Step.andThen(core.devices.open(inode, flags, caller), (device) => {
        device.flags = keptOf(device.flags)
        return take(busy(at, device))
      }))
    default:
      return Errno.fail("ENXIO")
  }
}

/** Waits, where it can be interrupted, once all that must not be is done. */
const finish = <A, E>(opened: Opened<A, E>): Effect.Effect<A, E | OpenError> =>
  Step.andThen(Step.carried(opened), (answer) => answer)

/** To those who watch it is open before anybody has it, and before it is cut. */
const announcing = <A, E>(core: Core, at: Location, take: Accept<A, E>): Accept<A, E> => (description) => {
  if (core.watches.active !== 0) core.watches.dentry(IN_OPEN, at.dentry)
  const stored = FileMode.isRegular(at.dentry.inode.mode) || FileMode.isDirectory(at.dentry.inode.mode)
  // Files and directories say so themselves.
  if (!stored) (description.closing ??= new Set()).add(() => core.watches.closed(description))
  return take(description)
}

function* cutAndOpen<A, E>(
  core: Core,
  caller: Process,
  target: Attributes.Target,
  at: Location,
  flags: number,
  take: Accept<A, E>
) {
  yield* Dentries.hold(at)
  Attributes.tell(core, IN_OPEN, target)
  const cut: Effect.Effect<void, OpenError> = target.inode.opens < 0
    ? Errno.fail("ETXTBSY")
    : Step.run(Attributes.setLength(core, caller, target, 0))
  const opened: Exit.Exit<Effect.Effect<A, E | OpenError>, OpenError> = yield* Step.exit(
    Step.andThen(cut, () => openInode(core, caller, at, flags, take))
  )
  yield* Dentries.letGo(core, at)
  return yield* opened
}

/** One open(2): what it asks for. Generators would make the most frequent call of all half as slow again. */
class Opening<A, E> {
  /** What had lost its last name when it was found, the last time. */
  private gone: Inode | undefined = undefined

  constructor(
    private readonly core: Core,
    private readonly caller: Process,
    private readonly start: Location,
    private readonly path: string,
    private readonly flags: number,
    private readonly mode: number,
    private readonly resolve: number,
    private readonly take: Accept<A, E>
  ) {}

  run(): Opened<A, E> {
    const { caller, core, flags, path, resolve, start } = this
    return Step.andThen(walk(core, caller, start, path, modeOf(flags, resolve)), (found) => this.goOn(found))
  }

  private goOn(found: Walk): Opened<A, E> {
    const { caller, core, flags, mode } = this
    const { inode } = found
    if ((flags & O_CREAT) !== 0) {
      if (found.last === "name" && found.trailingSlash) return Errno.fail("EISDIR")
      if ((flags & O_EXCL) !== 0 && inode !== undefined) return Errno.fail("EEXIST")
    }
    if (inode === undefined) {
      return Step.andThen(
        createFile(core, caller, found, mode),
        (made) => made === undefined ? this.again(undefined) : this.open(place(core, found, made))
      )
    }
    // Somebody has taken it away meanwhile.
    if (isGone(found, inode) && inode !== this.gone) return this.again(inode)
    const refused = this.refusal(found, inode)
    return refused._tag === "Failure" ? Exit.failCause(refused.cause) : this.openFound(found, inode)
  }

  private again(gone: Inode | undefined): Opened<A, E> {
    this.gone = gone
    return this.run()
  }

  /** What speaks against opening a file that is there, in the order of Linux. */
  private refusal(found: Walk, inode: Inode): Exit.Exit<void, OpenError> {
    const { caller, core, flags } = this
    if ((flags & O_CREAT) !== 0 && !FileMode.isDirectory(inode.mode) && isGuarded(core, caller, found, inode)) {
      return Errno.fail("EACCES")
    }
    const typed = checkType(inode, flags)
    if (typed !== Exit.void) return typed
    const mount = mountOf(found)
    if (isDevice(inode) && (mount.flags & MS_NODEV) !== 0) return Errno.fail("EACCES")
    const isRegular = FileMode.isRegular(inode.mode)
    const writesFile = isRegular && OpenFlags.writes(flags)
    // What is to be cut has to lie where anything can be changed, before anybody asks by whom.
    if (isRegular && (flags & O_TRUNC) !== 0 && mount.readOnly) return Errno.fail("EROFS")
    if (writesFile && mount.superblock.flags !== 0) return Errno.fail("EROFS")
    const wanted = wantedBy(flags)
    const allowed = Permission.access(caller, inode, wanted)
    if (allowed !== Exit.void) return allowed
    if ((flags & O_NOATIME) !== 0 && !Permission.owns(caller, inode)) return Errno.fail("EPERM")
    if (writesFile && inode.opens < 0) return Errno.fail("ETXTBSY")
    if (writesFile && mount.readOnly) return Errno.fail("EROFS")
    return Permission.isRuled(core, caller) ? this.ruled(found, inode, wanted) : Exit.void
  }

  private ruled(found: Walk, inode: Inode, wanted: number): Exit.Exit<void, OpenError> {
    const { caller, core } = this
    const name = found.found === undefined ? found.name : undefined
    const at = found.found ?? found
    if ((wanted & FileMode.R_OK) !== 0) {
      const allowed = Permission.policy(core, caller, "read", at, name, inode)
      if (allowed._tag === "Failure") return allowed
    }
    return (wanted & FileMode.W_OK) === 0 ? Exit.void : Permission.policy(core, caller, "write", at, name, inode)
  }

  private openFound(found: Walk, inode: Inode): Opened<A, E> {
    const { caller, core, flags, take } = this
    if (found.jumped !== undefined && found.found === undefined) {
      return Exit.succeed(Step.andThen(found.jumped.reopen(keptOf(flags), caller), take))
    }
    const at = place(core, found, inode)
    if (!FileMode.isRegular(inode.mode)) return this.open(at)
    const cuts = (flags & O_TRUNC) !== 0
    const leased = core.leases.active !== 0
    if (!cuts && !leased) return this.open(at)
    const target: Attributes.Target = {
      inode,
      mount: mountOf(found),
      place: found.found ?? found,
      name: found.found === undefined ? found.name : undefined
    }
    const opening = () => cuts ? Step.run(cutAndOpen(core, caller, target, at, flags, take)) : this.open(at)
    if (!leased) return opening()
    const later = core.leases.broken(caller, target, flags & O_ACCMODE, () => finish(opening()))
    if (later !== undefined && (flags & OpenFlags.O_NONBLOCK) !== 0) return Errno.fail("EAGAIN")
    return later === undefined ? opening() : Exit.succeed(later)
  }

  private open(at: Location): Opened<A, E> {
    const { caller, core, flags, take } = this
    return openInode(core, caller, at, flags, announcing(core, at, take))
  }
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
    return finish(Step.run(openPathSteps(core, caller, start, path, flags, resolve, take)))
  }
  if (OpenFlags.contradict(flags)) return Errno.fail("EINVAL")
  if ((flags & O_TMPFILE) === O_TMPFILE) {
    return finish(Step.run(openUnnamedSteps(core, caller, start, path, flags, mode, resolve, take)))
  }
  const walked = () => finish(new Opening(core, caller, start, path, flags, mode, resolve, take).run())
  const opened = walked()
  // A file that others replaced between the look-up and the opening is looked up once more, as Linux does.
  if (Step.isReady(opened)) {
    const stale = opened._tag === "Failure" && opened.cause._tag === "Fail" && isStale(opened.cause.error)
    return stale ? walked() : opened
  }
  return Effect.catchAll(opened, (error) => isStale(error) ? walked() : Effect.fail(error))
}
