/**
 * umount2(2), and trees of mounts that change as a whole: pivot_root(2) and unshare(2).
 *
 * @see umount2(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_ADMIN } from "../abi/Capabilities.js"
import { isDirectory } from "../abi/FileMode.js"
import * as Flags from "../abi/MountFlags.js"
import { capable } from "../Credentials.js"
import type { Location, Mount, MountTable } from "../Dentry.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { MountPathError, UnmountPathError } from "../Sys.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import { isWritten, tableOf } from "./mounts.js"
import * as Tree from "./mountTree.js"
import { walkTo } from "./names.js"
import * as Propagation from "./propagation.js"
import { existing, itself, type Mode, walk } from "./walk.js"

const isBusy = ({ children, uses }: Mount): boolean => uses > 0 || children.size > 0

/** The root of everything cannot go; as good as that, it becomes read-only. */
function* unmountRoot({ superblock }: Mount) {
  if (superblock.flags !== 0) return
  if (isWritten(superblock)) return yield* Errno.fail("EBUSY")
  superblock.flags = Flags.MS_RDONLY
}

function* unmountSteps(core: Core, viewer: Viewer, path: string, flags: number) {
  const known = Flags.MNT_FORCE | Flags.MNT_DETACH | Flags.MNT_EXPIRE | Flags.UMOUNT_NOFOLLOW
  if ((flags & ~known) !== 0) return yield* Errno.fail("EINVAL")
  const how: Mode = (flags & Flags.UMOUNT_NOFOLLOW) === 0 ? existing : itself
  const walked = yield* walk(core, viewer, viewer.cwd, path, how)
  if (!capable(viewer.credentials, CAP_SYS_ADMIN)) return yield* Errno.fail("EPERM")
  // Where one stands may be covered: then it is the cover that goes.
  const found = walked.found === undefined ? undefined : Tree.topmost(walked.found)
  if (found === undefined || found.dentry !== found.mount.root) return yield* Errno.fail("EINVAL")
  const { mount } = found
  if (mount.table === undefined || mount.table !== tableOf(viewer)) return yield* Errno.fail("EINVAL")
  const isRoot = mount === viewer.root.mount
  const detaches = (flags & Flags.MNT_DETACH) !== 0
  if ((flags & Flags.MNT_EXPIRE) !== 0) {
    if (isRoot || (flags & (Flags.MNT_FORCE | Flags.MNT_DETACH)) !== 0) return yield* Errno.fail("EINVAL")
    if (isBusy(mount)) return yield* Errno.fail("EBUSY")
    if (!mount.expires) {
      mount.expires = true
      return yield* Errno.fail("EAGAIN")
    }
  }
  if (isRoot && !detaches) return yield* Step.run(unmountRoot(mount))
  if (!detaches && (mount.at === undefined || Propagation.isBusy(mount))) return yield* Errno.fail("EBUSY")
  yield* Propagation.unmount(core, mount)
}

/** @see umount2(2) */
export const unmount = (
  core: Core,
  viewer: Viewer,
  path: string,
  flags: number
): Effect.Effect<void, UnmountPathError> => Step.run(unmountSteps(core, viewer, path, flags))

function* findDirectory(core: Core, viewer: Viewer, path: string) {
  const { found } = yield* walkTo(core, viewer, viewer.cwd, path, existing)
  if (found === undefined || !isDirectory(found.dentry.inode.mode)) return yield* Errno.fail("ENOTDIR")
  return found
}

/** What a pivot took from where it was, and what stands there now. */
export interface Pivoted {
  readonly before: Location
  readonly after: Location
}

function* pivotSteps(core: Core, viewer: Viewer, newRoot: string, putOld: string) {
  if (!capable(viewer.credentials, CAP_SYS_ADMIN)) return yield* Errno.fail("EPERM")
  const after: Location = yield* Step.run(findDirectory(core, viewer, newRoot))
  const old = Tree.topmost(yield* Step.run(findDirectory(core, viewer, putOld)))
  const before = viewer.root
  const table = tableOf(viewer)
  if (old.dentry.unlinked || old.mount.table === undefined) return yield* Errno.fail("ENOENT")
  const shared = [before.mount.at?.mount, after.mount.at?.mount, old.mount]
  if (shared.some((each) => each?.shared)) return yield* Errno.fail("EINVAL")
  const foreign = [before, after, old].some(({ mount }) => mount.table === undefined || mount.table !== table)
  if (foreign || table === undefined) return yield* Errno.fail("EINVAL")
  if (after.dentry.unlinked) return yield* Errno.fail("ENOENT")
  if (after.mount === before.mount || old.mount === before.mount) return yield* Errno.fail("EBUSY")
  const mounted = before.dentry === before.mount.root && after.dentry === after.mount.root
  if (!mounted || after.mount.at === undefined) return yield* Errno.fail("EINVAL")
  if (!Dentries.isReachable(old, after) || !Dentries.isReachable(after, before)) return yield* Errno.fail("EINVAL")
  const { at } = before.mount
  Tree.take(core, after.mount)
  Tree.take(core, before.mount)
  if (at === undefined) {
    table.root = after.mount
    core.rootMoved(table)
  } else Tree.attach(core, after.mount, at)
  Tree.attach(core, before.mount, old)
  return { before, after }
}

/** Swaps the root of a tree of mounts with one of its mounts. The caller moves the processes. @see pivot_root(2) */
export const pivot = (
  core: Core,
  viewer: Viewer,
  newRoot: string,
  putOld: string
): Effect.Effect<Pivoted, MountPathError> => Step.run(pivotSteps(core, viewer, newRoot, putOld))

/** What of a process points into a tree of mounts. */
export interface Member {
  mounts: MountTable | undefined
  root: Location
  cwd: Location
}

/** One process less sees its tree of mounts; the last one takes it down. */
export const leave = (core: Core, { mounts }: Member): Effect.Effect<void> => {
  if (mounts === undefined || --mounts.members > 0) return Exit.void
  core.tables.delete(mounts)
  return Tree.detach(core, mounts.root)
}

/** Gives a process a tree of mounts of its own, the same as the one it sees. @see unshare(2) */
export const unshare = (core: Core, member: Member): Effect.Effect<void> => {
  const before = member.mounts
  // There is nothing to copy of a tree whose root was detached. What is open stays in the old one, whoever else sees that.
  if (before === undefined || before.root.table === undefined) return Exit.void
  const { became, table } = Tree.copy(core, before)
  let late: Effect.Effect<void> = Exit.void
  const moved = (place: Location): Location => {
    const mount = became.get(place.mount)
    if (mount === undefined) return place
    mount.uses++
    late = Step.both(late, place.mount.leave())
    return { mount, dentry: place.dentry }
  }
  member.root = moved(member.root)
  member.cwd = moved(member.cwd)
  member.mounts = table
  return Step.both(late, leave(core, { ...member, mounts: before }))
}
