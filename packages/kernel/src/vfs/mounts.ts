/**
 * mount(2): attaching backends, seeing a directory in a second place, moving mounts, and changing their flags.
 *
 * @see mount(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_ADMIN } from "../abi/Capabilities.js"
import * as FileMode from "../abi/FileMode.js"
import * as Flags from "../abi/MountFlags.js"
import { capable } from "../Credentials.js"
import type { Location, Mount, MountTable, Superblock } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { MountPathError } from "../Sys.js"
import type { Backend } from "../VfsBackend.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Tree from "./mountTree.js"
import { walkTo } from "./names.js"
import * as Peers from "./peers.js"
import * as Propagation from "./propagation.js"
import { existing, mountOf, walk } from "./walk.js"

export interface MountOptions {
  readonly readOnly?: boolean
  /** A sum of MS_NOSUID, MS_NODEV, MS_NOEXEC and their siblings. */
  readonly flags?: number
  /** What /proc/mounts shows as the source. Default: the backend's type. */
  readonly source?: string
}

/** What mount(2) is told. */
export interface MountRequest<E> {
  readonly source: string
  readonly target: string
  readonly flags: number
  /** The options of the file system, for a remount. */
  readonly options: string
  /** Makes what is to be mounted; given the walk to its source, for types that need a device. */
  readonly open: (find: (path: string) => Effect.Effect<Inode, MountPathError>) => Effect.Effect<Backend, E>
}

const perMount = Flags.MS_RDONLY | Flags.MS_NOSUID | Flags.MS_NODEV | Flags.MS_NOEXEC | Flags.MS_NOSYMFOLLOW
const atimes = Flags.MS_NOATIME | Flags.MS_NODIRATIME | Flags.MS_RELATIME
const propagations = Flags.MS_SHARED | Flags.MS_PRIVATE | Flags.MS_SLAVE | Flags.MS_UNBINDABLE
/** The number that very old programs put before the flags. */
const MAGIC = 0xc0ed
const MS_NOUSER = 0x8000_0000 | 0

/** What a mount keeps of the flags of the call. */
const keptOf = (flags: number, before: number): number => {
  const kept = flags & perMount
  const says = flags & (atimes | Flags.MS_STRICTATIME)
  if ((flags & Flags.MS_REMOUNT) !== 0 && says === 0) return kept | (before & atimes)
  if ((flags & Flags.MS_STRICTATIME) !== 0) return kept | (flags & Flags.MS_NODIRATIME)
  return kept | (flags & (Flags.MS_NOATIME | Flags.MS_NODIRATIME)) |
    ((flags & Flags.MS_NOATIME) === 0 ? Flags.MS_RELATIME : 0)
}

export const tableOf = (viewer: Viewer): MountTable | undefined => viewer.mounts ?? viewer.root.mount.table

/** Whether a place is the root of its mount, in the tree of whoever asks. */
const isRootIn = (table: MountTable | undefined, { dentry, mount }: Location): boolean =>
  dentry === mount.root && mount.table !== undefined && mount.table === table

const isDirectory = ({ dentry }: Location): boolean => FileMode.isDirectory(dentry.inode.mode)

/** A place where nothing can be mounted any more: it was removed, or the mount that it lies on detached. */
const isNowhere = ({ dentry, mount }: Location): boolean => dentry.unlinked || mount.table === undefined

/** What speaks against mounting on what is seen at a place. */
const refusal = (table: MountTable | undefined, mount: Mount, at: Location) => {
  if (isNowhere(at)) return Errno.fail("ENOENT")
  if (at.mount.table !== table) return Errno.fail("EINVAL")
  if (FileMode.isDirectory(mount.root.inode.mode) !== isDirectory(at)) return Errno.fail("ENOTDIR")
  return isShownNowhere(mount) ? Errno.fail("ENOENT") : undefined
}

/** What was removed is shown nowhere else, unless something covers it. */
const isShownNowhere = (mount: Mount): boolean => Tree.topmost({ mount, dentry: mount.root }).dentry.unlinked

/** Attaches a mount to what is seen at a place, or gives it up again. */
function* graft(core: Core, table: MountTable | undefined, mount: Mount, place: Location) {
  const at = Tree.topmost(place)
  const refused = refusal(table, mount, at)
  const grafted = refused ?? Propagation.graft(core, mount, at)
  if (grafted === Exit.void) return
  yield* Tree.detach(core, mount)
  yield* grafted
}

function* mountNew(
  core: Core,
  table: MountTable | undefined,
  place: Location,
  backend: Backend,
  flags: number,
  source: string
) {
  const made = Tree.superblockOf(core, backend)
  const at = Tree.topmost(place)
  // The same file system twice on the same place would only hide itself.
  if (at.mount.superblock === made && at.dentry === at.mount.root) return yield* Errno.fail("EBUSY")
  if (made.mounts.size === 0) made.flags = (flags | Tree.flagsOf(backend)) & Flags.MS_RDONLY
  const mount = yield* Tree.make(core, made, made.root, keptOf(flags, 0), source)
  yield* Step.run(graft(core, table, mount, place))
  return mount
}

/** A second view of a tree of mounts, as far as it may be shown twice. */
function* bindCopy(core: Core, from: Location, recursive: boolean) {
  const { flags, source, superblock } = from.mount
  const made: Mount = yield* Tree.make(core, superblock, from.dentry, flags, source)
  Peers.join(core, made, from.mount)
  if (recursive) Tree.copyBelow(core, from.mount, made, from.dentry, Peers.join)
  return made
}

/** Where a path leads, with a dentry that lasts: a file has one while it is open or mounted upon. */
function* placeAt(core: Core, viewer: Viewer, path: string) {
  const found = yield* walkTo(core, viewer, viewer.cwd, path, existing)
  mountOf(found).expires = false
  if (found.found !== undefined) return found.found
  // What is open and has no name: a pipe, a socket.
  if (found.jumped !== undefined) return yield* Errno.fail("EINVAL")
  return { mount: mountOf(found), dentry: Dentries.child(core, found.dentry, found.name, found.inode!) }
}

function* bindSteps(core: Core, viewer: Viewer, place: Location, request: MountRequest<unknown>) {
  if (request.source === "") return yield* Errno.fail("EINVAL")
  const from: Location = yield* Step.run(placeAt(core, viewer, request.source))
  const table = tableOf(viewer)
  if (isNowhere(Tree.topmost(place))) return yield* Errno.fail("ENOENT")
  if (from.mount.unbindable || from.mount.table === undefined || from.mount.table !== table) {
    return yield* Errno.fail("EINVAL")
  }
  const mount = yield* Step.run(bindCopy(core, from, (request.flags & Flags.MS_REC) !== 0))
  yield* Step.run(graft(core, table, mount, place))
}

function* moveSteps(core: Core, viewer: Viewer, place: Location, request: MountRequest<unknown>) {
  if (request.source === "") return yield* Errno.fail("EINVAL")
  const from: Location = yield* Step.run(placeAt(core, viewer, request.source))
  const table = tableOf(viewer)
  const to = Tree.topmost(place)
  const { mount } = from
  if (from.dentry !== mount.root || isDirectory(from) !== isDirectory(to)) return yield* Errno.fail("EINVAL")
  if (isNowhere(to)) return yield* Errno.fail("ENOENT")
  if (!isRootIn(table, from) || to.mount.table !== table) return yield* Errno.fail("EINVAL")
  if (mount.at?.mount.shared) return yield* Errno.fail("EINVAL")
  if (to.mount.shared) { for (const each of Tree.below(mount)) if (each.unbindable) return yield* Errno.fail("EINVAL") }
  for (let each: Mount | undefined = to.mount; each !== undefined; each = each.at?.mount) {
    if (each === mount) return yield* Errno.fail("ELOOP")
  }
  if (isShownNowhere(mount)) return yield* Errno.fail("ENOENT")
  yield* Propagation.graft(core, mount, to)
}

/** Whether something is to be written yet: files open for that, and those that go once nobody uses them. */
export const isWritten = ({ mounts, nameless }: Superblock): boolean => {
  for (const each of mounts) if (each.writers > 0) return true
  return nameless !== undefined && nameless.size > 0
}

function* remountSteps(core: Core, viewer: Viewer, place: Location, { flags, options }: MountRequest<unknown>) {
  if (!isRootIn(tableOf(viewer), place)) return yield* Errno.fail("EINVAL")
  const { mount } = place
  const { superblock } = mount
  const becomesReadOnly = (flags & Flags.MS_RDONLY) !== 0
  if ((flags & Flags.MS_BIND) !== 0) {
    if (becomesReadOnly && (mount.flags & Flags.MS_RDONLY) === 0 && mount.writers > 0) return yield* Errno.fail("EBUSY")
    mount.flags = keptOf(flags, mount.flags)
    return
  }
  if (becomesReadOnly && superblock.flags === 0 && isWritten(superblock)) return yield* Errno.fail("EBUSY")
  if (options !== "" && superblock.backend.reconfigure !== undefined) yield* superblock.backend.reconfigure(options)
  superblock.flags = (flags | Tree.flagsOf(superblock.backend)) & Flags.MS_RDONLY
  mount.flags = keptOf(flags, mount.flags)
}

/** A mount of another table is changed as well. */
function* propagateSteps(core: Core, { dentry, mount }: Location, flags: number) {
  const type = flags & ~(Flags.MS_REC | Flags.MS_SILENT)
  if ((type & ~propagations) !== 0 || (type & (type - 1)) !== 0) return yield* Errno.fail("EINVAL")
  if (dentry !== mount.root || mount.table === undefined) return yield* Errno.fail("EINVAL")
  for (const each of (flags & Flags.MS_REC) === 0 ? [mount] : Tree.below(mount)) Peers.change(core, each, type)
}

function* mountSteps<E>(core: Core, viewer: Viewer, request: MountRequest<E>) {
  const flags = request.flags >>> 16 === MAGIC ? request.flags & 0xffff : request.flags
  const place: Location = yield* Step.run(placeAt(core, viewer, request.target))
  // Kept, for as long as others are looked for.
  place.dentry.uses++
  try {
    yield* mountAt(core, viewer, place, { ...request, flags })
  } finally {
    place.dentry.uses--
  }
}

function* mountAt<E>(core: Core, viewer: Viewer, place: Location, request: MountRequest<E>) {
  const { flags } = request
  if ((flags & MS_NOUSER) !== 0) return yield* Errno.fail("EINVAL")
  if (!capable(viewer.credentials, CAP_SYS_ADMIN)) return yield* Errno.fail("EPERM")
  if ((flags & Flags.MS_REMOUNT) !== 0) return yield* Step.run(remountSteps(core, viewer, place, request))
  if ((flags & Flags.MS_BIND) !== 0) return yield* Step.run(bindSteps(core, viewer, place, request))
  if ((flags & propagations) !== 0) return yield* Step.run(propagateSteps(core, place, flags))
  if ((flags & Flags.MS_MOVE) !== 0) return yield* Step.run(moveSteps(core, viewer, place, request))
  const find = (path: string) =>
    Step.andThen(walk(core, viewer, viewer.cwd, path, existing), (found) => Exit.succeed(found.inode!))
  const backend = yield* request.open(find)
  yield* Step.run(mountNew(core, tableOf(viewer), place, backend, flags, request.source))
}

/** @see mount(2) */
export const mount = <E>(
  core: Core,
  viewer: Viewer,
  request: MountRequest<E>
): Effect.Effect<void, E | MountPathError> => Step.run(mountSteps(core, viewer, request))

function* attachSteps(core: Core, viewer: Viewer, path: string, backend: Backend, options: MountOptions) {
  if (!capable(viewer.credentials, CAP_SYS_ADMIN)) return yield* Errno.fail("EPERM")
  const place: Location = yield* Step.run(placeAt(core, viewer, path))
  const flags = (options.flags ?? 0) | (options.readOnly === true ? Flags.MS_RDONLY : 0)
  yield* Step.run(mountNew(core, tableOf(viewer), place, backend, flags, options.source ?? backend.type))
}

/** Covers what is at `path` with a backend. */
export const attach = (
  core: Core,
  viewer: Viewer,
  path: string,
  backend: Backend,
  options: MountOptions
): Effect.Effect<void, MountPathError> => Step.run(attachSteps(core, viewer, path, backend, options))
