/**
 * Calls that look and change nothing: where a path leads, and what is there.
 *
 * @see stat(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../abi/FileMode.js"
import * as MountFlags from "../abi/MountFlags.js"
import type { Location, Mount } from "../Dentry.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import { type Stat, stat as statOf } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { PathError } from "../Sys.js"
import type { StatFs, StorageError } from "../VfsBackend.js"
import { accessed } from "./accessed.js"
import * as Attributes from "./attributes.js"
import type { Core, Viewer } from "./Core.js"
import * as Permission from "./permission.js"
import * as Walk from "./walk.js"

/** What statx(2) tells. */
export interface Statx {
  readonly stat: Stat
  /** Whether the file system keeps when a file was made. */
  readonly born: boolean
  readonly mountRoot: boolean
  /** The number of its mount; `undefined` for what lies in no file system. */
  readonly mountId: number | undefined
}

const refreshed = (mount: Mount | undefined, inode: Attributes.Target["inode"]): Effect.Effect<void, StorageError> =>
  mount?.superblock.backend.refresh?.(inode) ?? Exit.void

/** @see stat(2) */
export const stat = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  follow: boolean
): Effect.Effect<Stat, PathError> =>
  Step.andThen(Walk.walk(core, viewer, start, path, follow ? Walk.existing : Walk.itself), statFound)

const statFound = (found: Walk.Walk): Effect.Effect<Stat, StorageError> => {
  const inode = found.inode!
  const { backend, dev } = Walk.mountOf(found).superblock
  if (found.jumped !== undefined) return Exit.succeed(statOf(inode, 0))
  // One that is not coherent has looked just now.
  if (!backend.coherent || backend.refresh === undefined) return Exit.succeed(statOf(inode, dev))
  return Step.andThen(backend.refresh(inode), () => Exit.succeed(statOf(inode, dev)))
}

const statxFound = (found: Walk.Walk): Statx => {
  const at = found.found
  return {
    stat: statOf(found.inode!, found.jumped !== undefined ? 0 : Walk.mountOf(found).superblock.dev),
    born: found.jumped?.location !== undefined || found.jumped === undefined,
    mountRoot: at !== undefined && at.dentry === at.mount.root,
    mountId: (found.jumped === undefined ? Walk.mountOf(found) : found.jumped.location?.mount)?.id
  }
}

const readLink = (
  core: Core,
  viewer: Viewer,
  mount: Mount,
  inode: Attributes.Target["inode"]
): Effect.Effect<string, StorageError | Errno.Errno<"EINVAL" | "ENOENT">> => {
  if (!FileMode.isSymlink(inode.mode)) return Errno.fail("EINVAL")
  accessed(core.now, mount, inode)
  return mount.superblock.backend.readlink(inode, viewer.pid)
}

/** An empty path is the link `start` itself. @see readlinkat(2) */
export const readlink = (core: Core, viewer: Viewer, start: Location, path: string) =>
  path === "" && FileMode.isSymlink(start.dentry.inode.mode)
    ? readLink(core, viewer, start.mount, start.dentry.inode)
    : Step.andThen(
      Walk.walk(core, viewer, start, path, Walk.itself),
      (found) => readLink(core, viewer, found.mount, found.inode!)
    )

/** What of the flags of mount(2) statfs(2) answers, and as what. */
const stFlags: ReadonlyArray<readonly [ms: number, st: number]> = [
  [MountFlags.MS_NOSUID, MountFlags.ST_NOSUID],
  [MountFlags.MS_NODEV, MountFlags.ST_NODEV],
  [MountFlags.MS_NOEXEC, MountFlags.ST_NOEXEC],
  [MountFlags.MS_NOATIME, MountFlags.ST_NOATIME],
  [MountFlags.MS_NODIRATIME, MountFlags.ST_NODIRATIME],
  [MountFlags.MS_RELATIME, MountFlags.ST_RELATIME]
]
/** Says that the flags mean something. */
const ST_VALID = 0x20
const ST_NOSYMFOLLOW = 0x2000

const statfsOf = (mount: Mount): Effect.Effect<StatFs, StorageError> => {
  let flags = ST_VALID | (mount.readOnly ? MountFlags.ST_RDONLY : 0) |
    ((mount.flags & MountFlags.MS_NOSYMFOLLOW) === 0 ? 0 : ST_NOSYMFOLLOW)
  for (const [ms, st] of stFlags) if ((mount.flags & ms) !== 0) flags |= st
  return Step.andThen(mount.superblock.backend.statfs(), (answer) => Exit.succeed({ ...answer, flags }))
}

/** @see statfs(2) */
export const statfs = (core: Core, viewer: Viewer, start: Location, path: string) =>
  Step.andThen(Walk.walk(core, viewer, start, path, Walk.existing), (found) => statfsOf(Walk.mountOf(found)))

/** @see statx(2) */
export const statx = (core: Core, viewer: Viewer, start: Location, path: string, follow: boolean) =>
  Step.map(Walk.walk(core, viewer, start, path, follow ? Walk.existing : Walk.itself), statxFound)

/** @see fstat(2) */
export const fstat = ({ inode, location }: Description): Effect.Effect<Stat, StorageError> => {
  const dev = location?.mount.superblock.dev ?? 0
  return Step.map(refreshed(location?.mount, inode), () => statOf(inode, dev))
}

/** A file whose attributes are to be changed; `placed`: with the place where it was found, though nobody asks for it yet. */
export const find = (core: Core, viewer: Viewer, start: Location, path: string, follow: boolean, placed = false) =>
  Step.map(
    Walk.walk(core, viewer, start, path, follow ? Walk.existing : Walk.itself),
    (found) => targetOf(core, found, placed)
  )

const targetOf = (core: Core, found: Walk.Walk, placed: boolean): Attributes.Target => {
  const mount = found.jumped === undefined ? Walk.mountOf(found) : found.found?.mount
  if (!placed && core.watches.active === 0 && core.leases.active === 0 && !Permission.isRuled(core, found.viewer)) {
    return { inode: found.inode!, mount }
  }
  const name = found.found === undefined && found.jumped === undefined ? found.name : undefined
  // A magic link may lead where no path does.
  const place = found.jumped === undefined ? found.found ?? found : found.found
  return { inode: found.inode!, mount, place, name }
}

/** A directory to stand in. @see chdir(2) */
export const findDirectory = (core: Core, viewer: Viewer, start: Location, path: string) =>
  Step.andThen(Walk.walk(core, viewer, start, path, Walk.existing), ({ found }): Exit.Exit<Location, PathError> => {
    if (found === undefined || !FileMode.isDirectory(found.dentry.inode.mode)) return Errno.fail("ENOTDIR")
    const { inode } = found.dentry
    const standable = Attributes.access(viewer, { inode, mount: undefined }, FileMode.X_OK)._tag === "Success"
    return standable ? Exit.succeed(found) : Errno.fail("EACCES")
  })
