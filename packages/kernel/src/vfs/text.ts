/**
 * The files of programs that run: kept while they do, and written to by nobody.
 *
 * A program is loaded before it runs and would not notice; but whoever replaces it in place is told that it is in use, and
 * whoever goes on writing to it keeps it from being started.
 *
 * @see execve(2), ETXTBSY
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { StorageError } from "../VfsBackend.js"
import * as Attributes from "./attributes.js"
import type { Core } from "./Core.js"
import * as Dentries from "./dentries.js"
import { WRITER } from "./opens.js"

/** Takes hold of a regular file to run it. */
export const start = (
  core: Core,
  target: Attributes.Target
): Effect.Effect<Location, StorageError | Errno.Errno<"ETXTBSY">> => {
  // Whatever is stored in a file system has a place.
  const at = Attributes.placeOf(core, target)!
  return Step.andThen(Dentries.hold(at), () => {
    if (target.inode.opens >= WRITER) return Step.andThen(Dentries.letGo(core, at), () => Errno.fail("ETXTBSY"))
    target.inode.opens -= WRITER
    return Exit.succeed(at)
  })
}

/** It runs once less. */
export const end = (core: Core, at: Location): Effect.Effect<void> => {
  at.dentry.inode.opens += WRITER
  return Dentries.letGo(core, at)
}
