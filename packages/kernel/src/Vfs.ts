/**
 * The virtual file system: paths, permissions, mounts and open files, above whatever stores them.
 *
 * A backend knows inodes and names in directories. All that turns them into a Unix file system is here, once: the
 * walk along a path with its symbolic links and mounts, who may do what, the umask, the sticky bit, set-id bits,
 * open files that have no name any more, and when timestamps change. Every operation is told for whom it works and
 * from which directory a relative path begins; only `Sys` knows who calls.
 *
 * @see path_resolution(7)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import * as MountFlags from "./abi/MountFlags.js"
import { O_NOATIME } from "./abi/OpenFlags.js"
import * as MemoryBackend from "./backend/MemoryBackend.js"
import * as CoarseClock from "./CoarseClock.js"
import { type Location, Mount, type MountTable } from "./Dentry.js"
import type { Description } from "./Description.js"
import * as Devices from "./Devices.js"
import type * as Errno from "./Errno.js"
import * as Host from "./Host.js"
import type { Inode, Stat } from "./Inode.js"
import * as KernelConfig from "./KernelConfig.js"
import * as Pipes from "./Pipes.js"
import * as Policy from "./Policy.js"
import type { Process } from "./ProcessTable.js"
import type {
  AttributePathError,
  CreatePathError,
  MountPathError,
  OpenError,
  PathError,
  RemovePathError,
  RenamePathError,
  TruncateError,
  UnmountPathError
} from "./Sys.js"
import { accessed } from "./vfs/accessed.js"
import * as Attributes from "./vfs/attributes.js"
import type { Core, Viewer } from "./vfs/Core.js"
import * as Create from "./vfs/create.js"
import * as Dentries from "./vfs/dentries.js"
import * as ExtendedAttributes from "./vfs/extendedAttributes.js"
import * as Follow from "./vfs/follow.js"
import { Leases } from "./vfs/leases.js"
import * as Look from "./vfs/look.js"
import * as Memfd from "./vfs/memfd.js"
import * as Mounts from "./vfs/mounts.js"
import * as Tree from "./vfs/mountTree.js"
import { open } from "./vfs/open.js"
import { Prefixes } from "./vfs/prefixes.js"
import * as Remove from "./vfs/remove.js"
import { rename } from "./vfs/rename.js"
import * as Seals from "./vfs/seals.js"
import * as Settings from "./vfs/Settings.js"
import * as SocketFile from "./vfs/socketFile.js"
import * as Text from "./vfs/text.js"
import * as Unmount from "./vfs/unmount.js"
import { watch } from "./vfs/watch.js"
import { type AttributeError, type Backend, type StatFs, type StorageError, VfsBackend } from "./VfsBackend.js"
import type { FileChange, WatchOptions } from "./watch/FileChange.js"
import * as Watches from "./Watches.js"

export type { Viewer } from "./vfs/Core.js"
export type { GetAttributeError, SetAttributeError } from "./vfs/extendedAttributes.js"
export type { Statx } from "./vfs/look.js"
export type { MountOptions, MountRequest } from "./vfs/mounts.js"
export type { SocketFileError } from "./vfs/socketFile.js"
export type { FileChange, WatchOptions } from "./watch/FileChange.js"

/** Where the second path of a call begins is asked for when the first has been walked. */
export type StartError = Errno.Errno<"EBADF" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR">

/** @category tags */
export class Vfs extends Context.Tag("@effix/kernel/Vfs")<Vfs, {
  /** The root of the whole tree. */
  readonly root: Location
  /** @see open(2) */
  readonly open: (
    caller: Process,
    start: Location,
    path: string,
    flags: number,
    mode: number
  ) => Effect.Effect<Description, OpenError>
  /**
   * Opens a file and gives it to `take` in the step in which it is open, so that a fiber that is interrupted then
   * leaves nothing open that nobody owns.
   */
  readonly openInto: <A, E>(
    caller: Process,
    start: Location,
    path: string,
    flags: number,
    mode: number,
    take: Pipes.Accept<A, E>,
    /** Where the path must not lead: a sum of RESOLVE_NO_SYMLINKS and its siblings. @see openat2(2) */
    resolve?: number
  ) => Effect.Effect<A, E | OpenError>
  /** What may be set in `/proc/sys/fs`. */
  readonly settings: Settings.Settings
  /** Who is told before a file is opened or cut. @see fcntl(2), F_SETLEASE */
  readonly leases: Leases
  /** A file in memory without a name. @see memfd_create(2) */
  readonly memfd: (
    viewer: Viewer,
    name: string,
    flags: number
  ) => Exit.Exit<Description, Errno.Errno<"EINVAL" | "ENOMEM">>
  /** F_GET_SEALS. @see fcntl(2) */
  readonly seals: (description: Description) => Exit.Exit<number, Errno.Errno<"EINVAL">>
  /** F_ADD_SEALS. @see fcntl(2) */
  readonly addSeals: (description: Description, seals: number) => Exit.Exit<number, Errno.Errno<"EINVAL" | "EPERM">>
  /** `follow`: whether a symbolic link at the end is followed. @see stat(2) */
  readonly stat: (viewer: Viewer, start: Location, path: string, follow: boolean) => Effect.Effect<Stat, PathError>
  /** @see fstat(2) */
  readonly fstat: (description: Description) => Effect.Effect<Stat, StorageError>
  /** What stat tells, and whether a mount is attached there. @see statx(2) */
  readonly statx: (
    viewer: Viewer,
    start: Location,
    path: string,
    follow: boolean
  ) => Effect.Effect<Look.Statx, PathError>
  /** Something was read through this description by another way than its own. */
  readonly accessed: (description: Description) => void
  /** Finds a file to change its attributes; `placed`: and where it was found, whoever asks for that. */
  readonly find: (
    viewer: Viewer,
    start: Location,
    path: string,
    follow: boolean,
    placed?: boolean
  ) => Effect.Effect<Attributes.Target, PathError>
  /** Finds a directory to stand in. @see chdir(2) */
  readonly findDirectory: (viewer: Viewer, start: Location, path: string) => Effect.Effect<Location, PathError>
  readonly mkdir: (viewer: Viewer, start: Location, path: string, mode: number) => Effect.Effect<void, CreatePathError>
  readonly mknod: (
    viewer: Viewer,
    start: Location,
    path: string,
    mode: number,
    device: number
  ) => Effect.Effect<void, CreatePathError>
  /**
   * Makes the file of a socket and hands it, held, to `take`; whoever has a name already leaves `take` out and is told
   * EINVAL if nothing worse. @see bind(2)
   */
  readonly bindSocket: (
    viewer: Viewer,
    start: Location,
    path: string,
    permissions: number,
    take: ((at: Location) => boolean) | undefined
  ) => Effect.Effect<void, SocketFile.SocketFileError>
  /** Finds the file of a socket that the viewer may send to. @see connect(2) */
  readonly findSocket: (
    viewer: Viewer,
    start: Location,
    path: string
  ) => Effect.Effect<Inode, PathError | Errno.Errno<"ECONNREFUSED">>
  readonly symlink: (
    viewer: Viewer,
    start: Location,
    target: string,
    path: string
  ) => Effect.Effect<void, CreatePathError>
  /** An empty path is the file `start` itself; `undefined` is one in no file system. @see linkat(2) */
  readonly link: (
    viewer: Viewer,
    start: Location | undefined,
    path: string,
    newStart: Effect.Effect<Location, StartError>,
    newPath: string,
    follow: boolean
  ) => Effect.Effect<void, CreatePathError | Errno.Errno<"EXDEV">>
  /** An empty path is the link `start` itself. @see readlinkat(2) */
  readonly readlink: (
    viewer: Viewer,
    start: Location,
    path: string
  ) => Effect.Effect<string, PathError | Errno.Errno<"EINVAL">>
  readonly unlink: (viewer: Viewer, start: Location, path: string) => Effect.Effect<void, RemovePathError>
  readonly rmdir: (viewer: Viewer, start: Location, path: string) => Effect.Effect<void, RemovePathError>
  readonly rename: (
    viewer: Viewer,
    start: Location,
    path: string,
    newStart: Effect.Effect<Location, StartError>,
    newPath: string,
    flags: number
  ) => Effect.Effect<void, RenamePathError>
  readonly chmod: (viewer: Viewer, target: Attributes.Target, mode: number) => Effect.Effect<void, AttributePathError>
  readonly chown: (
    viewer: Viewer,
    target: Attributes.Target,
    uid: number,
    gid: number
  ) => Effect.Effect<void, AttributePathError>
  readonly utimens: (
    viewer: Viewer,
    target: Attributes.Target,
    atime: Attributes.SetTime,
    mtime: Attributes.SetTime
  ) => Effect.Effect<void, AttributePathError>
  readonly truncate: (viewer: Viewer, target: Attributes.Target, size: number) => Effect.Effect<void, TruncateError>
  readonly access: (
    viewer: Viewer,
    target: Attributes.Target,
    mode: number
  ) => Effect.Effect<void, Errno.Errno<"EACCES" | "EROFS">>
  readonly statfs: (viewer: Viewer, start: Location, path: string) => Effect.Effect<StatFs, PathError>
  /** @see getxattr(2) */
  readonly getAttribute: (
    viewer: Viewer,
    target: Attributes.Target,
    name: string
  ) => Effect.Effect<Uint8Array, ExtendedAttributes.GetAttributeError>
  /** @see listxattr(2) */
  readonly listAttributes: (
    viewer: Viewer,
    target: Attributes.Target
  ) => Effect.Effect<ReadonlyArray<string>, AttributeError>
  /** `undefined` removes the attribute. @see setxattr(2) */
  readonly setAttribute: (
    viewer: Viewer,
    target: Attributes.Target,
    name: string,
    value: Uint8Array | undefined,
    flags: number
  ) => Effect.Effect<void, ExtendedAttributes.SetAttributeError>
  /** Everything that was written, on every file system. @see sync(2) */
  readonly sync: () => Effect.Effect<void>
  /** The path of a place for a process with this root; `undefined` when it has none. @see getcwd(2) */
  readonly pathOf: (root: Location, place: Location) => string | undefined
  /**
   * What happens to a file, or in a directory, that `caller` may read: from the moment in which the stream is run, for as
   * long as it is. What others do to a host's directory is told as far as the host tells it, from soon after on.
   * @see inotify(7)
   */
  readonly watch: (
    caller: Process,
    start: Location,
    path: string,
    options?: WatchOptions
  ) => Stream.Stream<FileChange, OpenError>
  /** Keeps a place: a working directory, a root. */
  readonly hold: (place: Location) => Effect.Effect<void, StorageError>
  readonly letGo: (place: Location) => Effect.Effect<void>
  /** Takes hold of the file of a program to run it: nobody writes to it until `endText`. @see execve(2) */
  readonly startText: (target: Attributes.Target) => Effect.Effect<Location, StorageError | Errno.Errno<"ETXTBSY">>
  readonly endText: (text: Location) => Effect.Effect<void>
  /** Covers what is at `path` with another backend. @see mount(2) */
  readonly mount: (
    viewer: Viewer,
    path: string,
    backend: Backend,
    options?: Mounts.MountOptions
  ) => Effect.Effect<void, MountPathError>
  /** All that mount(2) does. */
  readonly mountWith: <E>(viewer: Viewer, request: Mounts.MountRequest<E>) => Effect.Effect<void, E | MountPathError>
  /** @see umount2(2) */
  readonly unmount: (viewer: Viewer, path: string, flags?: number) => Effect.Effect<void, UnmountPathError>
  /** Answers what stood at the root and what stands there now; processes are the caller's to move. @see pivot_root(2) */
  readonly pivotRoot: (
    viewer: Viewer,
    newRoot: string,
    putOld: string
  ) => Effect.Effect<Unmount.Pivoted, MountPathError>
  /** Gives a process mounts of its own. @see unshare(2) */
  readonly unshareMounts: (member: Unmount.Member) => Effect.Effect<void>
  /** A process that ended sees its mounts no longer. */
  readonly leaveMounts: (member: Unmount.Member) => Effect.Effect<void>
  /** Every mount of a table, its root first; of the one that the kernel was booted with where none is given. */
  readonly mounts: (of?: MountTable) => ReadonlyArray<Mount>
}>() {}

/** What the Vfs is made of. */
export interface Parts {
  readonly backend: Backend
  readonly limits: KernelConfig.Limits
  readonly devices: Devices.Devices["Type"]
  readonly pipes: Pipes.Pipes["Type"]
  readonly policy: Policy.PolicyRules | undefined
  readonly watches: Watches.Watches["Type"]
  readonly now: CoarseClock.CoarseClock
  /** Starts a fiber. */
  readonly fork: Host.Host["Type"]["fork"]
}

const rootOf = ({ root }: MountTable): Location => ({ mount: root, dentry: root.root })

export const make = (parts: Parts): Vfs["Type"] => {
  const settings = Settings.make()
  const core: Core = {
    settings,
    leases: new Leases(settings, () => core),
    now: parts.now,
    limits: parts.limits,
    devices: parts.devices,
    pipes: parts.pipes,
    policy: parts.policy,
    watches: parts.watches.notifier,
    superblocks: new Set(),
    tables: new Set(),
    linkable: new WeakSet(),
    seals: new WeakMap(),
    lastDev: 1,
    lastMount: 0,
    moves: 0,
    dentries: 0,
    prefixes: new Prefixes(),
    rootMoved: (moved) => {
      if (moved === table) room.root = rootOf(table)
    }
  }
  core.watches.follow = Follow.make(core, parts.fork)
  const table = Tree.makeTable(core, Tree.superblock(parts.backend, 1))
  let shared: Mount | undefined
  /** Where files without a name lie: a file system that is mounted nowhere. */
  const inMemory = (): Mount => {
    if (shared !== undefined) return shared
    const made = Tree.superblock(MemoryBackend.makeWith(parts.limits, parts.now()), ++core.lastDev)
    return shared = new Mount(++core.lastMount, made, made.root, undefined, undefined, MountFlags.MS_RELATIME, "tmpfs")
  }
  // No accessor: with one that is made anew for each kernel, all of this would be looked up as in a dictionary.
  const room: Omit<Vfs["Type"], "root"> & { root: Location } = {
    root: rootOf(table),
    settings,
    leases: core.leases,
    open: (caller, start, path, flags, mode) => open(core, caller, start, path, flags, mode, Exit.succeed),
    openInto: (caller, start, path, flags, mode, take, resolve) =>
      open(core, caller, start, path, flags, mode, take, resolve),
    memfd: (viewer, name, flags) => {
      const fit = Memfd.check(name, flags)
      return fit._tag === "Failure" ? Exit.failCause(fit.cause) : Memfd.create(core, inMemory(), viewer, name, flags)
    },
    seals: ({ inode, location }) => Seals.get(core, inode, location?.mount),
    addSeals: ({ inode, location }, seals) => Seals.add(core, inode, location?.mount, seals),
    statx: (viewer, start, path, follow) => Look.statx(core, viewer, start, path, follow),
    stat: (viewer, start, path, follow) => Look.stat(core, viewer, start, path, follow),
    fstat: Look.fstat,
    accessed: ({ flags, inode, location }) => {
      if (location !== undefined && (flags & O_NOATIME) === 0) accessed(core.now, location.mount, inode)
    },
    find: (viewer, start, path, follow, placed) => Look.find(core, viewer, start, path, follow, placed),
    findDirectory: (viewer, start, path) => Look.findDirectory(core, viewer, start, path),
    mkdir: (viewer, start, path, mode) => Create.mkdir(core, viewer, start, path, mode),
    mknod: (viewer, start, path, mode, device) => Create.mknod(core, viewer, start, path, mode, device),
    bindSocket: (viewer, start, path, permissions, take) =>
      SocketFile.bindSocket(core, viewer, start, path, permissions, take),
    findSocket: (viewer, start, path) => SocketFile.findSocket(core, viewer, start, path),
    symlink: (viewer, start, target, path) => Create.symlink(core, viewer, start, target, path),
    link: (viewer, start, path, newStart, newPath, follow) =>
      Create.link(core, viewer, start, path, newStart, newPath, follow),
    readlink: (viewer, start, path) => Look.readlink(core, viewer, start, path),
    unlink: (viewer, start, path) => Remove.unlink(core, viewer, start, path),
    rmdir: (viewer, start, path) => Remove.rmdir(core, viewer, start, path),
    rename: (viewer, start, path, newStart, newPath, flags) =>
      rename(core, viewer, start, path, newStart, newPath, flags),
    chmod: (viewer, target, mode) => Attributes.chmod(core, viewer, target, mode),
    chown: (viewer, target, uid, gid) => Attributes.chown(core, viewer, target, uid, gid),
    utimens: (viewer, target, atime, mtime) => Attributes.utimens(core, viewer, target, atime, mtime),
    truncate: (viewer, target, size) => Attributes.truncate(core, viewer, target, size),
    access: (viewer, target, mode) => Attributes.access(viewer, target, mode),
    statfs: (viewer, start, path) => Look.statfs(core, viewer, start, path),
    getAttribute: ExtendedAttributes.get,
    listAttributes: ExtendedAttributes.list,
    setAttribute: (viewer, target, name, value, flags) =>
      ExtendedAttributes.set(core, viewer, target, name, value, flags),
    sync: () => {
      const syncs = [...core.superblocks].flatMap(({ backend }) => backend.sync?.(backend.root, false) ?? [])
      return Effect.forEach(syncs, Effect.ignore, { discard: true })
    },
    pathOf: Dentries.pathOf,
    watch: (caller, start, path, options = {}) =>
      watch(core, caller, path, (flags) => open(core, caller, start, path, flags, 0, Exit.succeed), options),
    hold: (place) => {
      if (place.dentry.forgotten) Dentries.remember(core, place.dentry)
      return Dentries.hold(place)
    },
    letGo: (place) => Dentries.letGo(core, place),
    startText: (target) => Text.start(core, target),
    endText: (text) => Text.end(core, text),
    mount: (viewer, path, backend, options = {}) => Mounts.attach(core, viewer, path, backend, options),
    mountWith: (viewer, request) => Mounts.mount(core, viewer, request),
    unmount: (viewer, path, flags = 0) => Unmount.unmount(core, viewer, path, flags),
    pivotRoot: (viewer, newRoot, putOld) => Unmount.pivot(core, viewer, newRoot, putOld),
    unshareMounts: (member) => Unmount.unshare(core, member),
    leaveMounts: (member) => Unmount.leave(core, member),
    mounts: (of = table) => Array.from(Tree.below(of.root)).filter((mount) => mount.table !== undefined)
  }
  return room
}

/** @category layers */
export const layer: Layer.Layer<
  Vfs,
  never,
  KernelConfig.KernelConfig | Devices.Devices | Host.Host | Pipes.Pipes | VfsBackend | Watches.Watches
> = Layer.effect(
  Vfs,
  Effect.gen(function*() {
    return make({
      backend: yield* VfsBackend,
      limits: yield* KernelConfig.KernelConfig,
      devices: yield* Devices.Devices,
      pipes: yield* Pipes.Pipes,
      watches: yield* Watches.Watches,
      policy: yield* Policy.Policy,
      now: CoarseClock.make(yield* Effect.clock),
      fork: (yield* Host.Host).fork
    })
  })
)
