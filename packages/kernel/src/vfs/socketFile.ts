/**
 * Sockets that have a path: making the file, and finding it again.
 *
 * @see unix(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../abi/FileMode.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { ChangePathError, PathError } from "../Sys.js"
import { accessed } from "./accessed.js"
import type { Core, Viewer } from "./Core.js"
import { createNew } from "./create.js"
import * as Dentries from "./dentries.js"
import * as Permission from "./permission.js"
import { existing, mountOf, walk } from "./walk.js"

/** What making the file of a socket may answer. */
export type SocketFileError = ChangePathError | Errno.Errno<"EEXIST" | "EMLINK">

function* makeSteps(
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  permissions: number,
  take: ((at: Location) => boolean) | undefined
) {
  const refusal = take === undefined ? Errno.fail("EINVAL") : Exit.void
  const mode = FileMode.S_IFSOCK | (permissions & FileMode.PERMISSIONS)
  const { found, inode } = yield* createNew(core, viewer, start, path, mode, { refusal })
  const at = { mount: found.mount, dentry: Dentries.child(core, found.dentry, found.name, inode) }
  yield* Dentries.hold(at)
  if (take?.(at) === true) return
  yield* Dentries.letGo(core, at)
  return yield* Errno.fail("EINVAL")
}

/**
 * Makes the file of a socket and hands it, held, to `take`. Without `take`, or where that answers `false`, the socket
 * has a name already: EINVAL, but only after the path has been looked at. @see bind(2)
 */
export const bindSocket = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  permissions: number,
  take: ((at: Location) => boolean) | undefined
): Effect.Effect<void, SocketFileError> => Step.run(makeSteps(core, viewer, start, path, permissions, take))

function* findSteps(core: Core, viewer: Viewer, start: Location, path: string) {
  const found = yield* walk(core, viewer, start, path, existing)
  const inode = found.inode!
  yield* Permission.access(viewer, inode, FileMode.W_OK)
  if (Permission.isRuled(core, viewer)) {
    const name = found.found === undefined ? found.name : undefined
    yield* Permission.policy(core, viewer, "write", found.found ?? found, name, inode)
  }
  if (!FileMode.isSocket(inode.mode)) return yield* Errno.fail("ECONNREFUSED")
  accessed(core.now, mountOf(found), inode)
  return inode
}

/** Finds the file of a socket that one may send to. @see connect(2) */
export const findSocket = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string
): Effect.Effect<Inode, PathError | Errno.Errno<"ECONNREFUSED">> => Step.run(findSteps(core, viewer, start, path))
