/**
 * Names that go: unlink and rmdir.
 *
 * @see unlink(2)
 */
import type * as Effect from "effect/Effect"
import * as FileMode from "../abi/FileMode.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { RemovePathError } from "../Sys.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Lock from "./lock.js"
import { detachElsewhere, isMountPoint } from "./mountTree.js"
import { lockName, unlockName } from "./names.js"
import * as Permission from "./permission.js"
import { named, type Walk } from "./walk.js"

/**
 * Takes a name out of its directory, and forgets it; all has been checked, and the directory is locked. So is what goes:
 * nobody gives it another name meanwhile, or makes something in it.
 */
function* takeAway(core: Core, { dentry, mount, name }: Walk, inode: Inode, how: "unlink" | "rmdir") {
  yield* Lock.acquire(inode)
  try {
    yield* mount.superblock.backend[how](dentry.inode, name, inode, core.now())
    const used = Dentries.isUsed(dentry, name)
    yield* detachElsewhere(core, dentry.children?.get(name))
    Dentries.forget(core, dentry, name)
    Dentries.lose(mount.superblock, inode)
    if (core.watches.active !== 0) core.watches.removed({ inode, parent: dentry, name }, used)
  } finally {
    Lock.release(inode)
  }
}

function* unlinkSteps(core: Core, viewer: Viewer, start: Location, path: string) {
  const found = yield* lockName(core, viewer, start, path)
  try {
    if (found.last !== "name") return yield* Errno.fail("EISDIR")
    yield* Permission.writableMount(found.mount)
    if (found.tooLong) return yield* Errno.fail("ENAMETOOLONG")
    const inode = named(found)
    if (inode === undefined) return yield* Errno.fail("ENOENT")
    if (found.trailingSlash) return yield* Errno.fail(FileMode.isDirectory(inode.mode) ? "EISDIR" : "ENOTDIR")
    yield* Permission.mayRemove(core, viewer, found, inode, false)
    if (isMountPoint(found.mount.table, found.dentry.children?.get(found.name))) return yield* Errno.fail("EBUSY")
    yield* takeAway(core, found, inode, "unlink")
  } finally {
    unlockName(found)
  }
}

/** @see unlink(2) */
export const unlink = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string
): Effect.Effect<void, RemovePathError> => Step.run(unlinkSteps(core, viewer, start, path))

function* rmdirSteps(core: Core, viewer: Viewer, start: Location, path: string) {
  const found = yield* lockName(core, viewer, start, path)
  try {
    if (found.last === "..") return yield* Errno.fail("ENOTEMPTY")
    if (found.last === ".") return yield* Errno.fail("EINVAL")
    if (found.last === "root") return yield* Errno.fail("EBUSY")
    yield* Permission.writableMount(found.mount)
    if (found.tooLong) return yield* Errno.fail("ENAMETOOLONG")
    const inode = named(found)
    if (inode === undefined) return yield* Errno.fail("ENOENT")
    yield* Permission.mayRemove(core, viewer, found, inode, true)
    if (isMountPoint(found.mount.table, found.dentry.children?.get(found.name))) return yield* Errno.fail("EBUSY")
    yield* takeAway(core, found, inode, "rmdir")
  } finally {
    unlockName(found)
  }
}

/** @see rmdir(2) */
export const rmdir = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string
): Effect.Effect<void, RemovePathError> => Step.run(rmdirSteps(core, viewer, start, path))
