/**
 * A file system in memory from a plain object: paths, and what is there.
 *
 * Made for tests and for whoever has files as values. A content is text, bytes or an effect that produces them; bytes are
 * not copied until somebody writes to the file. What is not said is as `mkdir -p` and `install -m 644` would make it: parents are
 * made as needed, all belongs to root.
 *
 * **Lazy contents.** An effect runs when somebody first needs its bytes or their number: at open(2) and stat(2), never for a
 * listing, a rename or a removal. It runs once, for all who wait, and goes on if one of them is interrupted. If it fails, the call
 * answers its errno (EIO, EACCES, ESTALE) or EIO, and the next one tries again. Linux has the same two choices for a file that is
 * not there yet: to say 0, as /proc does, or to fetch it at stat(2), as network file systems do; the second one keeps
 * `wc -c`, `tail` and O_APPEND honest.
 *
 * @example
 * ```ts
 * import { Kernel, TreeBackend } from "@effix/kernel"
 * import { Effect } from "effect"
 *
 * const main = Effect.gen(function*() {
 *   const kernel = yield* Kernel.Kernel
 *   console.log(new TextDecoder().decode(yield* kernel.readFile("/srv/latest"))) // two
 * })
 *
 * const tree = TreeBackend.layer({
 *   "/srv/one": "one",
 *   "/srv/two": { content: () => Effect.succeed("two"), mode: 0o600, uid: 1000 },
 *   "/srv/latest": { symlink: "two" }
 * })
 * Effect.runPromise(Effect.provide(main, Kernel.layerWith({ backend: tree })))
 * ```
 *
 * @see path_resolution(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as CoarseClock from "../CoarseClock.js"
import type { Inode } from "../Inode.js"
import * as KernelConfig from "../KernelConfig.js"
import { type Backend, VfsBackend } from "../VfsBackend.js"
import * as MemoryBackend from "./MemoryBackend.js"
import { CopyOnWrite } from "./source/CopyOnWrite.js"
import { plant, type TreeError } from "./tree/plant.js"
import type { Tree } from "./tree/Tree.js"

/**
 * What is wrong with a tree: a path leads through a file (ENOTDIR), is there twice (EEXIST), links to nothing (ENOENT) or to a
 * directory (EPERM), has a name that is too long (ENAMETOOLONG), or `..` and the like (EINVAL), or there are too many (ENOSPC).
 */
export type { Producer, ProducerError } from "./source/Produced.js"
export type { Extent } from "./source/Source.js"
export type { TreeError } from "./tree/plant.js"
export type { Attributes, Content, Sparse, Tree, TreeNode } from "./tree/Tree.js"

export interface Options {
  /** When everything was made that has no `mtime`, in nanoseconds since the epoch. Default: 0. */
  readonly now?: bigint
  /** Bytes of what is written; the tree itself takes none of them. Default: 4 GiB. */
  readonly bytesMax?: number
  /** Default: 4,194,304. */
  readonly inodesMax?: number
  readonly quotas?: MemoryBackend.Quotas
  /** What /proc/mounts calls it. Default: `tmpfs`. */
  readonly type?: string
}

/** A file system that holds `tree`. It can be written to, as any other. */
export const make = (tree: Tree, options: Options = {}): Effect.Effect<Backend<Inode>, TreeError> =>
  Effect.suspend(() => {
    const { bytesMax, inodesMax, now = 0n, quotas, type = "tmpfs" } = options
    const memory = MemoryBackend.store({
      bytesMax: bytesMax ?? KernelConfig.defaults.memoryBytesMax,
      inodesMax: inodesMax ?? KernelConfig.defaults.memoryInodesMax,
      ...(quotas === undefined ? {} : { quotas }),
      now
    })
    return Exit.as(plant(memory, tree, now), new CopyOnWrite(type, memory))
  })

/**
 * The root of a kernel: what is in `tree`, made now, within the limits of the kernel's configuration.
 *
 * @category layers
 */
export const layer = (tree: Tree): Layer.Layer<VfsBackend, TreeError, KernelConfig.KernelConfig> =>
  Layer.effect(
    VfsBackend,
    Effect.gen(function*() {
      const { memoryBytesMax: bytesMax, memoryInodesMax: inodesMax } = yield* KernelConfig.KernelConfig
      return yield* make(tree, { bytesMax, inodesMax, now: CoarseClock.make(yield* Effect.clock)() })
    })
  )
