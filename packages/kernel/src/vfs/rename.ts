/**
 * Names that move.
 *
 * @see rename(2)
 */
import type * as Effect from "effect/Effect"
import { RENAME_EXCHANGE, RENAME_NOREPLACE } from "../abi/Fcntl.js"
import * as FileMode from "../abi/FileMode.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { RenamePathError } from "../Sys.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Lock from "./lock.js"
import { detachElsewhere, isMountPoint } from "./mountTree.js"
import { lockDirectory, lookAgain, unlockDirectory } from "./names.js"
import * as Permission from "./permission.js"
import { named, parent, type Walk, walk } from "./walk.js"

/** Where the second path begins. */
type StartOf = Effect.Effect<Location, Errno.Errno<"EBADF" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR">>

/** Tells those who watch: of an exchange, as of two renames. */
const tellMoved = (
  { watches }: Core,
  from: Walk,
  to: Walk,
  inode: Inode,
  replaced: Inode | undefined,
  exchange: boolean,
  used: boolean
): void => {
  const [old, now] = [{ parent: from.dentry, name: from.name }, { parent: to.dentry, name: to.name }]
  watches.moved({ ...old, inode }, { ...now, inode }, exchange ? undefined : replaced, used)
  if (!exchange || replaced === undefined) return
  watches.moved({ ...now, inode: replaced }, { ...old, inode: replaced }, undefined, used)
}

/** Walks to both names, and locks their directories. */
function* lockNames(
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  newStart: StartOf,
  newPath: string,
  noReplace: boolean
) {
  for (;;) {
    const from = yield* walk(core, viewer, start, path, parent)
    const to = yield* walk(core, viewer, yield* newStart, newPath, parent)
    if (from.mount !== to.mount) return yield* Errno.fail("EXDEV")
    if (from.last !== "name") return yield* Errno.fail("EBUSY")
    if (to.last !== "name") return yield* Errno.fail(noReplace ? "EEXIST" : "EBUSY")
    yield* Permission.writableMount(from.mount)
    yield* lockDirectories(from, to)
    let kept = false
    try {
      if (!from.dentry.forgotten && !to.dentry.forgotten) {
        yield* lookAgain(core, from)
        yield* lookAgain(core, to)
        kept = true
        return { from, to }
      }
    } finally {
      if (!kept) unlockDirectories(from, to)
    }
  }
}

/**
 * Two directories are locked from above to below, or in the order of their numbers, so that two renames never wait for
 * each other. Which is above which stays so while the file system itself is locked.
 */
function* lockDirectories({ dentry: from, mount: { superblock } }: Walk, { dentry: to }: Walk) {
  if (from === to) return yield* lockDirectory(from)
  yield* Lock.acquire(superblock)
  const fromFirst = Dentries.isWithin(to, from) ||
    (from.inode.ino <= to.inode.ino && !Dentries.isWithin(from, to))
  yield* lockDirectory(fromFirst ? from : to)
  yield* lockDirectory(fromFirst ? to : from)
}

const unlockDirectories = ({ dentry: from, mount: { superblock } }: Walk, { dentry: to }: Walk): void => {
  unlockDirectory(from)
  if (from === to) return
  unlockDirectory(to)
  Lock.release(superblock)
}

function* renameSteps(
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  newStart: StartOf,
  newPath: string,
  flags: number
) {
  const noReplace = (flags & RENAME_NOREPLACE) !== 0
  const { from, to } = yield* lockNames(core, viewer, start, path, newStart, newPath, noReplace)
  try {
    yield* renameLocked(core, viewer, from, to, flags)
  } finally {
    unlockDirectories(from, to)
  }
}

/** Moves a name; both directories are locked. */
function* renameLocked(core: Core, viewer: Viewer, from: Walk, to: Walk, flags: number) {
  const exchange = (flags & RENAME_EXCHANGE) !== 0
  const noReplace = (flags & RENAME_NOREPLACE) !== 0
  const inode = named(from)
  const replaced = named(to)
  if (from.tooLong) return yield* Errno.fail("ENAMETOOLONG")
  if (inode === undefined) return yield* Errno.fail("ENOENT")
  if (to.tooLong) return yield* Errno.fail("ENAMETOOLONG")
  if (noReplace && replaced !== undefined) return yield* Errno.fail("EEXIST")
  const isDirectory = FileMode.isDirectory(inode.mode)
  const replacesDirectory = replaced !== undefined && FileMode.isDirectory(replaced.mode)
  if (exchange) {
    if (replaced === undefined) return yield* Errno.fail("ENOENT")
    if (!replacesDirectory && to.trailingSlash) return yield* Errno.fail("ENOTDIR")
  }
  if (!isDirectory && (from.trailingSlash || (!exchange && to.trailingSlash))) return yield* Errno.fail("ENOTDIR")
  const moved = from.dentry.children?.get(from.name)
  if (isDirectory && moved !== undefined && Dentries.isWithin(to.dentry, moved)) return yield* Errno.fail("EINVAL")
  const target = to.dentry.children?.get(to.name)
  if (replacesDirectory && target !== undefined && Dentries.isWithin(from.dentry, target)) {
    return yield* Errno.fail(exchange ? "EINVAL" : "ENOTEMPTY")
  }
  if (inode === replaced) return
  yield* Permission.mayRemove(core, viewer, from, inode, isDirectory)
  if (replaced === undefined) {
    if (to.name.includes("\0")) return yield* Errno.fail("ENOENT")
    yield* Permission.mayCreate(core, viewer, to)
  } else yield* Permission.mayRemove(core, viewer, to, replaced, exchange ? replacesDirectory : isDirectory)
  if (from.dentry !== to.dentry) {
    // Moving a directory rewrites its `..`.
    if (isDirectory) yield* Permission.access(viewer, inode, FileMode.W_OK)
    if (exchange && replacesDirectory) yield* Permission.access(viewer, replaced, FileMode.W_OK)
  }
  const { table } = from.mount
  if (isMountPoint(table, moved) || isMountPoint(table, target)) return yield* Errno.fail("EBUSY")
  // What goes is locked as well: nobody gives it another name meanwhile, or makes something in it.
  const goes = exchange ? undefined : replaced
  if (goes !== undefined) yield* Lock.acquire(goes)
  try {
    yield* from.mount.superblock.backend.rename(
      from.dentry.inode,
      from.name,
      inode,
      to.dentry.inode,
      to.name,
      replaced,
      exchange,
      core.now()
    )
    const used = Dentries.isUsed(to.dentry, to.name)
    if (exchange) Dentries.exchange(core, from.dentry, from.name, to.dentry, to.name)
    else {
      const gone = detachElsewhere(core, target)
      Dentries.move(core, from.dentry, from.name, to.dentry, to.name)
      if (replaced !== undefined) Dentries.lose(from.mount.superblock, replaced)
      yield* gone
    }
    if (core.watches.active !== 0) tellMoved(core, from, to, inode, replaced, exchange, used)
  } finally {
    if (goes !== undefined) Lock.release(goes)
  }
}

/** @see renameat2(2) */
export const rename = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  newStart: StartOf,
  newPath: string,
  flags: number
): Effect.Effect<void, RenamePathError> => Step.run(renameSteps(core, viewer, start, path, newStart, newPath, flags))
