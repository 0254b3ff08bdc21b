/**
 * A name that is about to be made, moved or taken away: its directory is locked, and what bears the name is looked up
 * again where others may have come between the walk and the lock.
 *
 * Over a backend that answers at once, all of a call is one step, and nothing is looked up twice.
 *
 * @see path_resolution(7)
 */
import * as Effect from "effect/Effect"
import type { Dentry, Location } from "../Dentry.js"
import type { Inode } from "../Inode.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Lock from "./lock.js"
import { type Mode, parent, type Walk, walk } from "./walk.js"

/** Locks a directory, and keeps it known for as long. */
export function* lockDirectory(dentry: Dentry) {
  yield* Lock.acquire(dentry.inode)
  dentry.uses++
}

export const unlockDirectory = (dentry: Dentry): void => {
  dentry.uses--
  dentry.changes++
  Lock.release(dentry.inode)
}

/** Looks a name up again; its directory is locked. */
export function* lookAgain(core: Core, found: Walk) {
  const { dentry, mount: { superblock: { backend, prompt } }, name, tooLong } = found
  if (prompt || tooLong) return
  if (dentry.unlinked || name.includes("\0")) {
    found.inode = undefined
    return
  }
  const known = dentry.children?.get(name)
  if (known !== undefined && (backend.coherent || known.covered > 0)) {
    found.inode = known.inode
    return
  }
  const looked = backend.lookup(dentry.inode, name)
  const inode: Inode | undefined = yield* Effect.catchTag(looked, "ENOENT", () => Effect.succeed(undefined))
  if (inode === undefined) Dentries.forget(core, dentry, name)
  found.inode = inode
}

/** Walks to a place that is remembered when it is reached. */
export function* walkTo(core: Core, viewer: Viewer, start: Location, path: string, mode: Mode) {
  for (;;) {
    const found = yield* walk(core, viewer, start, path, mode)
    if (!found.dentry.forgotten && found.found?.dentry.forgotten !== true) return found
  }
}

/** Whether a walk has led to a name, so that there is a directory to lock. */
const isNamed = ({ last }: Walk): boolean => last === "name"

/** Gives back what {@link lockName} took. */
export const unlockName = (found: Walk): void => {
  if (isNamed(found)) unlockDirectory(found.dentry)
}

/** Walks to a name and locks its directory. */
export function* lockName(core: Core, viewer: Viewer, start: Location, path: string) {
  for (;;) {
    const found = yield* walk(core, viewer, start, path, parent)
    if (!isNamed(found)) return found
    yield* lockDirectory(found.dentry)
    let kept = false
    try {
      if (!found.dentry.forgotten) {
        yield* lookAgain(core, found)
        kept = true
        return found
      }
    } finally {
      if (!kept) unlockName(found)
    }
  }
}
