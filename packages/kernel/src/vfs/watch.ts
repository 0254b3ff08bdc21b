/**
 * Changes below a path, as a stream for programs outside the kernel.
 *
 * The path is watched, and not what lies there now: what is removed and made again is still heard of. Paths are those of
 * the names by which something is done, in every place where a mount shows them.
 *
 * @see inotify(7)
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { isDirectory, R_OK } from "../abi/FileMode.js"
import { IN_ATTRIB, IN_CREATE, IN_DELETE, IN_MODIFY } from "../abi/InotifyFlags.js"
import { O_PATH } from "../abi/OpenFlags.js"
import type { Dentry, Location, Superblock } from "../Dentry.js"
import { type Description, drop } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { OpenError } from "../Sys.js"
import * as WaitQueue from "../WaitQueue.js"
import type { FileChange, WatchOptions } from "../watch/FileChange.js"
import type { Named, Observer } from "../watch/Notifier.js"
import * as Attributes from "./attributes.js"
import type { Core } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Tree from "./mountTree.js"

const KEPT = 4096

const same = (left: FileChange, right: FileChange): boolean =>
  left._tag === right._tag && left._tag !== "Lost" && left._tag !== "Moved" && right._tag !== "Lost" &&
  left.path === right.path

/** The changes that wait to be read. Twice the same in a row is once. */
class Changes {
  private kept: Array<FileChange> = []
  private lost = false
  readonly arrived = WaitQueue.make()

  constructor(private readonly most: number) {}

  add(change: FileChange): void {
    const last = this.kept[this.kept.length - 1]
    if (last !== undefined && same(last, change)) return
    this.kept.push(change)
    // Room is made for many at once: a shift for each would go through all of them.
    if (this.kept.length >= this.most * 2) this.forgetOldest()
    WaitQueue.wake(this.arrived)
  }

  private forgetOldest(): void {
    if (this.kept.length <= this.most) return
    this.lost = true
    this.kept = this.kept.slice(this.kept.length - this.most)
  }

  take(): WaitQueue.Attempt<Chunk.Chunk<FileChange>, never> {
    if (this.kept.length === 0) return undefined
    this.forgetOldest()
    const taken: Array<FileChange> = this.lost ? [{ _tag: "Lost" }, ...this.kept] : this.kept
    this.kept = []
    this.lost = false
    return Exit.succeed(Chunk.unsafeFromArray(taken))
  }
}

/** Every path that leads to a dentry: more than one where a part of a file system is mounted elsewhere as well. */
const pathsOf = (root: Location, dentry: Dentry): ReadonlyArray<string> => {
  const { table } = root.mount
  if (table === undefined) return []
  const paths: Array<string> = []
  const climb = (from: Dentry, below: string): void => {
    for (const mount of Tree.below(table.root)) {
      if (mount.root !== from) continue
      const at = Dentries.pathOf(root, { mount, dentry: from })
      if (at !== undefined) paths.push(`${at === "/" ? "" : at}${below}`)
    }
    if (from.parent !== undefined) climb(from.parent, `/${from.name}${below}`)
  }
  climb(dentry, "")
  return paths
}

/** Where a name is seen below the watched path; `undefined` when it is not. */
const placeIn = (
  root: Location,
  watched: string,
  recursive: boolean
): ({ name, parent }: Named) => string | undefined =>
({ name, parent }) => {
  if (parent === undefined) return undefined
  const prefix = watched === "/" ? "/" : `${watched}/`
  return pathsOf(root, parent).map((path) => `${path}/${name}`).find((path) =>
    path === watched || path.startsWith(prefix) && (recursive || !path.includes("/", prefix.length))
  )
}

const tags = new Map<number, "AttributesChanged" | "Created" | "Modified" | "Removed">([
  [IN_ATTRIB, "AttributesChanged"],
  [IN_CREATE, "Created"],
  [IN_DELETE, "Removed"],
  [IN_MODIFY, "Modified"]
])

const observer = (changes: Changes, placeOf: (file: Named) => string | undefined): Observer => ({
  happened: (mask, file) => {
    const _tag = tags.get(mask)
    if (_tag === undefined) return
    const path = placeOf(file)
    if (path !== undefined) changes.add({ _tag, path, directory: isDirectory(file.inode.mode) })
  },
  moved: (before, now) => {
    const from = placeOf(before)
    const path = placeOf(now)
    const directory = isDirectory(now.inode.mode)
    if (path === undefined) {
      if (from !== undefined) changes.add({ _tag: "Removed", path: from, directory })
    } else {changes.add(
        from === undefined ? { _tag: "Created", path, directory } : { _tag: "Moved", from, path, directory }
      )}
  }
})

/** An absolute path, and the directory where others may change what lies there. */
interface Watched {
  readonly path: string
  readonly superblock: Superblock
  readonly directory: Dentry | undefined
}

/** The absolute path of what lies at `path`, if `viewer` may read it. */
const resolve = (
  viewer: Process,
  path: string,
  open: (flags: number) => Effect.Effect<Description, OpenError>
): Effect.Effect<Watched, OpenError> =>
  Effect.acquireUseRelease(
    Effect.map(Effect.suspend(() => open(O_PATH)), (file) => {
      file.references++
      return file
    }),
    ({ inode, location }): Effect.Effect<Watched, OpenError> => {
      const readable = Attributes.access(viewer, { inode, mount: undefined }, R_OK)
      if (readable._tag === "Failure") return Errno.fail("EACCES", { syscall: "watch", path })
      const found = location === undefined ? undefined : Dentries.pathOf(viewer.root, location)
      if (location === undefined || found === undefined) return Errno.fail("ENOENT", { syscall: "watch", path })
      const { dentry, mount: { superblock } } = location
      return Exit.succeed({ path: found, superblock, directory: isDirectory(inode.mode) ? dentry : dentry.parent })
    },
    (file) => Effect.suspend(() => drop(file))
  )

export const watch = (
  core: Core,
  viewer: Process,
  path: string,
  open: (flags: number) => Effect.Effect<Description, OpenError>,
  { bufferSize = KEPT, recursive = false }: WatchOptions
): Stream.Stream<FileChange, OpenError> =>
  Stream.unwrapScoped(Effect.flatMap(resolve(viewer, path, open), (watched) =>
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => {
          const changes = new Changes(Math.max(1, bufferSize))
          const placeOf = placeIn(viewer.root, watched.path, recursive)
          const leave = core.watches.observe(observer(changes, placeOf))
          const { directory, superblock } = watched
          const stop = directory === undefined ? () => {} : core.watches.follow(superblock, directory, recursive)
          return { changes, leave, stop }
        }),
        ({ leave, stop }) =>
          Effect.sync(() => {
            leave()
            stop()
          })
      ),
      ({ changes }) =>
        Stream.repeatEffectChunk(
          Effect.orDie(WaitQueue.waitUntil([changes.arrived], () => changes.take()))
        )
    )))
