/**
 * `FileSystem.watch`: a kernel's changes in the three words that a platform has for them.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { O_PATH } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { FileChange } from "@effix/kernel/Vfs"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Caller, using } from "./Caller.js"
import { attempt, systemError } from "./errors.js"

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** What a change is called: a name that moves is gone, and there is another. */
const events = (change: FileChange, nameOf: (path: string) => string): ReadonlyArray<FileSystem.WatchEvent> => {
  switch (change._tag) {
    case "Created":
      return [FileSystem.WatchEventCreate({ path: nameOf(change.path) })]
    case "Removed":
      return [FileSystem.WatchEventRemove({ path: nameOf(change.path) })]
    case "Moved":
      return [
        FileSystem.WatchEventRemove({ path: nameOf(change.from) }),
        FileSystem.WatchEventCreate({ path: nameOf(change.path) })
      ]
    case "Modified":
    case "AttributesChanged":
      return [FileSystem.WatchEventUpdate({ path: nameOf(change.path) })]
    case "Lost":
      return []
  }
}

/** The path without `.`, `..` and symbolic links. */
const realPath = (caller: Caller, path: string): Effect.Effect<string, PlatformError> =>
  attempt("watch", path, () =>
    using(caller, path, O_PATH, 0, ({ location }): Effect.Effect<string, Errno.Any> => {
      const found = location === undefined ? undefined : caller.vfs.pathOf(caller.process.root, location)
      return found === undefined ? Errno.fail("ENOENT", { syscall: "watch", path }) : Effect.succeed(found)
    }))

export const watch = (
  caller: Caller,
  path: string,
  options: FileSystem.WatchOptions = {}
): Stream.Stream<FileSystem.WatchEvent, PlatformError> =>
  Stream.unwrap(Effect.map(realPath(caller, path), (real) => {
    const prefix = real === "/" ? "/" : `${real}/`
    const nameOf = (changed: string): string =>
      changed.startsWith(prefix) ? changed.slice(prefix.length) : baseName(changed)
    // A platform has no word for changes that were lost, so all of them are kept.
    return caller.vfs.watch(caller.process, caller.process.cwd, real, {
      recursive: options.recursive ?? false,
      bufferSize: Number.POSITIVE_INFINITY
    }).pipe(
      Stream.mapError((error) => systemError("FileSystem", "watch", path, error)),
      Stream.mapConcatChunk((change) => Chunk.fromIterable(events(change, nameOf)))
    )
  }))
