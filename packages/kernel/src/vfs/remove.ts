/**
 * Names that go: unlink and rmdir.
 *
 * @see unlink(2)
 */
import type * as Effect from "effect/Effect"
import * as FileMode from "../abi/FileMode.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { RemovePathError } from "../Sys.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Lock from "./lock.js"
import * as Permission from "./permission.js"
import { parent, walk } from "./walk.js"

function* unlinkSteps(core: Core, viewer: Viewer, start: Location, path: string) {
  const found = yield* walk(core, viewer, start, path, parent)
  if (found.last !== "name") return yield* Errno.fail("EISDIR")
  yield* Permission.writableMount(found.mount)
  if (found.tooLong) return yield* Errno.fail("ENAMETOOLONG")
  const { dentry, mount, name } = found
  // A directory that is a mount point stands for itself here, not for what covers it.
  const inode = found.inode === undefined ? undefined : dentry.children?.get(name)?.inode ?? found.inode
  if (inode === undefined) return yield* Errno.fail("ENOENT")
  if (found.trailingSlash) return yield* Errno.fail(FileMode.isDirectory(inode.mode) ? "EISDIR" : "ENOTDIR")
  yield* Permission.mayRemove(core, viewer, found, inode, false)
  yield* Lock.acquire(dentry.inode)
  try {
    yield* mount.superblock.backend.unlink(dentry.inode, name, inode, core.now())
    Dentries.forget(core, dentry, name)
  } finally {
    Lock.release(dentry.inode)
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
  const found = yield* walk(core, viewer, start, path, parent)
  if (found.last === "..") return yield* Errno.fail("ENOTEMPTY")
  if (found.last === ".") return yield* Errno.fail("EINVAL")
  if (found.last === "root") return yield* Errno.fail("EBUSY")
  yield* Permission.writableMount(found.mount)
  if (found.tooLong) return yield* Errno.fail("ENAMETOOLONG")
  const { dentry, mount, name } = found
  const inode = found.inode === undefined ? undefined : dentry.children?.get(name)?.inode ?? found.inode
  if (inode === undefined) return yield* Errno.fail("ENOENT")
  yield* Permission.mayRemove(core, viewer, found, inode, true)
  if ((dentry.children?.get(name)?.covered ?? 0) > 0) return yield* Errno.fail("EBUSY")
  yield* Lock.acquire(dentry.inode)
  try {
    yield* mount.superblock.backend.rmdir(dentry.inode, name, inode, core.now())
    Dentries.forget(core, dentry, name)
  } finally {
    Lock.release(dentry.inode)
  }
}

/** @see rmdir(2) */
export const rmdir = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string
): Effect.Effect<void, RemovePathError> => Step.run(rmdirSteps(core, viewer, start, path))
