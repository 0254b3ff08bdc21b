/**
 * A writable file system over others that stay as they are: what is changed lies in memory, in its upper layer.
 *
 * Made in no time, however much lies below, and what is below is only read when somebody looks. So it is how a tree is
 * tried out and thrown away (`discard`), looked through (`diff`), kept (`commit`), or given to many at once: each has an
 * overlay of its own over the same layers.
 *
 * It behaves as any other file system: a directory from below can be renamed (Linux's overlayfs answers EXDEV unless told
 * otherwise), what was opened before the first write sees it, numbers and hard links survive it. What Linux calls copy-up
 * happens to a file's bytes alone, when they are first changed, and either wholly or not at all.
 *
 * The layers below must not be changed meanwhile by others. They may answer late.
 *
 * @example
 * ```ts
 * import { Kernel, MemoryBackend, OverlayBackend, TreeBackend } from "@effix/kernel"
 * import { Effect } from "effect"
 *
 * const main = Effect.gen(function*() {
 *   const base = yield* TreeBackend.make({ "/motd": "welcome", "/old": "x" })
 *   const overlay = yield* OverlayBackend.make({ lower: base })
 *   const kernel = yield* Kernel.Kernel
 *   yield* kernel.mount("/srv", overlay)
 *   yield* kernel.writeFile("/srv/motd", "hello")
 *   yield* kernel.writeFile("/srv/new", "y")
 *   for (const each of yield* overlay.diff) console.log(each.change, each.path)
 *   yield* overlay.discard
 *   console.log(new TextDecoder().decode(yield* kernel.readFile("/srv/motd")))
 * })
 * Effect.runPromise(Effect.provide(main, Kernel.layer))
 * ```
 * ```text output
 * modified /motd
 * added /new
 * welcome
 * ```
 *
 * @see https://docs.kernel.org/filesystems/overlayfs.html
 */
import * as Effect from "effect/Effect"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import * as KernelConfig from "../KernelConfig.js"
import type { Backend, StorageError } from "../VfsBackend.js"
import * as MemoryBackend from "./MemoryBackend.js"
import { Commit, type CommitError } from "./overlay/commit.js"
import { Comparison, type Difference } from "./overlay/diff.js"
import { discard } from "./overlay/discard.js"
import type { Layered } from "./overlay/Layers.js"
import { FIRST_OWN, OverlayFiles } from "./overlay/OverlayFiles.js"

export type { CommitError } from "./overlay/commit.js"
export type { Aspect, Difference, Version } from "./overlay/diff.js"

export interface Options {
  /** What lies below: one file system, or several, the upper ones first. */
  readonly lower: Backend | readonly [Backend, ...ReadonlyArray<Backend>]
  /** Bytes of contents that the upper layer keeps (ENOSPC). Default: 4 GiB. */
  readonly bytesMax?: number
  /** Inodes that are made in it (ENOSPC). Default: 4,194,304. */
  readonly inodesMax?: number
  /** The time of a commit, in nanoseconds since the epoch. Default: that of Effect's clock. */
}

export interface Overlay extends Backend<Inode> {
  /** What differs from the layers below, in the order of paths; directories before what is in them. */
  readonly diff: Effect.Effect<ReadonlyArray<Difference>, StorageError>
  /**
   * Writes the differences into the highest layer, and answers them. Nothing should change meanwhile. What was written
   * stays in the upper layer as well.
   */
  readonly commit: Effect.Effect<ReadonlyArray<Difference>, CommitError>
  /** Forgets the differences. What was made here and is open lives on without a name. */
  readonly discard: Effect.Effect<void, StorageError>
}

class OverlayBackend extends OverlayFiles implements Overlay {
  readonly diff = Effect.suspend(() => Step.run(new Comparison(this).all()))
  readonly commit = Effect.flatMap(
    Effect.clockWith((clock) => clock.currentTimeNanos),
    (now) => Step.run(new Commit(this, now).all())
  )
  readonly discard = Effect.suspend(() => Step.run(discard(this)))
}

/** A new upper layer over `lower`. Over one layer that answers at once, so does this. */
export const make = ({ bytesMax, inodesMax, lower }: Options): Effect.Effect<Overlay, StorageError> =>
  Effect.suspend(() => {
    const backends: ReadonlyArray<Backend> = isOne(lower) ? [lower] : lower
    const [first, ...rest] = backends.map((backend, layer): Layered => ({ layer, backend, inode: backend.root }))
    const memory = MemoryBackend.store({
      bytesMax: bytesMax ?? KernelConfig.defaults.memoryBytesMax,
      inodesMax: inodesMax ?? KernelConfig.defaults.memoryInodesMax,
      now: first!.inode.ctime
    }, FIRST_OWN)
    const overlay = new OverlayBackend(memory, [first!, ...rest])
    return Step.andThen(Step.run(overlay.countLinks(overlay.root)), () => Effect.succeed(overlay as Overlay))
  })

const isOne = (lower: Options["lower"]): lower is Backend => !Array.isArray(lower)
