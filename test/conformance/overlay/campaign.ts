/**
 * An overlay beside a plain memory file system that holds the same: whatever is done to both, both answer the same, and
 * what the overlay commits makes its lower layer the same as well.
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as MemoryBackend from "@effix/kernel/backend/MemoryBackend"
import * as OverlayBackend from "@effix/kernel/backend/OverlayBackend"
import type { Any } from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import type { Backend } from "@effix/kernel/VfsBackend"
import { FaultyBackend, TestKernel } from "@effix/testing"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { compare, filling, program, tree } from "./program.js"

export const shapes = ["one layer", "a layer that answers late", "an overlay of an overlay", "two layers"] as const
export type Shape = typeof shapes[number]

const memory = () => MemoryBackend.make({ bytesMax: 2 ** 30, inodesMax: 1e6, now: 0n })

/** Runs a body as a process of the kernel in the context. */
const asProcess = (body: (sys: SystemCalls) => Effect.Effect<string | undefined, Any>) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    let difference: string | undefined = "the program did not come to its end"
    const main = Effect.gen(function*() {
      const sys = yield* Sys
      yield* sys.umask(0)
      difference = yield* body(sys)
      return 0
    }).pipe(
      Effect.catchAllCause((cause) => Effect.sync(() => (difference = `the program failed: ${cause}`, 1)))
    )
    const { wait } = yield* kernel.spawn(main)
    yield* wait
    return difference
  }).pipe(Effect.scoped)

/** Directories have other times when their entries were put there by a commit. */
const withoutTimes = (lines: ReadonlyArray<string>) =>
  lines.map((line) => {
    const mode = Number(/"mode":(\d+)/.exec(line)?.[1])
    return line.replace(FileMode.isDirectory(mode) ? /"[mc]time":"\d+"/g : /"ctime":"\d+"/g, "")
  })

const firstDifference = (what: string, expected: ReadonlyArray<string>, actual: ReadonlyArray<string>) => {
  const length = Math.max(expected.length, actual.length)
  for (let i = 0; i < length; i++) {
    if (expected[i] !== actual[i]) return `${what}: ${actual[i] ?? "nothing"} and not ${expected[i] ?? "nothing"}`
  }
  return undefined
}

/** One run; answers what differs. */
export const run = (seed: number, shape: Shape, length = 40): Effect.Effect<string | undefined, unknown> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const [plain, lower, deeper] = [memory(), memory(), memory()]
    const tick = TestClock.adjust("1 second")
    yield* kernel.mount("/left", plain)
    yield* kernel.mount("/right", lower)
    yield* kernel.mount("/deeper", deeper)
    if (shape === "two layers") {
      // Both layers are filled with programs of their own; what an overlay shows of them is copied.
      yield* asProcess((sys) => compare(sys, ["/right", "/right"], filling(seed * 7 + 1, length), tick))
      yield* asProcess((sys) => compare(sys, ["/deeper", "/deeper"], filling(seed * 7 + 4, length), tick))
    } else {
      const filled = yield* asProcess((sys) => compare(sys, ["/left", "/right"], filling(seed * 7 + 1, length), tick))
      if (filled !== undefined) return `while it was filled: ${filled}`
    }
    yield* kernel.unmount("/right")
    const below: Backend = shape === "a layer that answers late" ? FaultyBackend.delayed(lower) : lower
    let overlay = yield* OverlayBackend.make({ lower: shape === "two layers" ? [below, deeper] : below })
    if (shape === "two layers") {
      yield* copyAll(overlay, overlay.root, plain, plain.root)
    }
    if (shape === "an overlay of an overlay") {
      yield* kernel.mount("/right", overlay)
      const first = yield* asProcess((sys) => compare(sys, ["/left", "/right"], program(seed * 7 + 2, length), tick))
      if (first !== undefined) return `in the first overlay: ${first}`
      yield* kernel.unmount("/right")
      overlay = yield* OverlayBackend.make({ lower: overlay })
    }
    yield* kernel.mount("/right", overlay)
    let before: ReadonlyArray<string> = []
    const found = yield* asProcess((sys) =>
      Effect.gen(function*() {
        if (seed % 3 === 0) before = yield* tree(sys, "/left")
        const difference = yield* compare(sys, ["/left", "/right"], program(seed * 7 + 3, length), tick)
        if (difference !== undefined) return difference
        if (seed % 3 === 0) {
          yield* overlay.discard
          return firstDifference("after a discard", before, yield* tree(sys, "/right"))
        }
        yield* overlay.commit
        const whole = withoutTimes(yield* tree(sys, "/left"))
        const left = yield* overlay.diff
        if (left.length > 0) return `after a commit, ${left[0]!.change} is left: ${left[0]!.path}`
        return firstDifference("after a commit", whole, withoutTimes(yield* tree(sys, "/right")))
      })
    )
    if (found !== undefined || seed % 3 === 0) return found
    // What lies below now is what was above.
    yield* kernel.unmount("/right")
    const again = shape === "two layers"
      ? yield* OverlayBackend.make({ lower: [below, deeper] })
      : shape === "an overlay of an overlay"
      ? undefined
      : lower
    if (again === undefined) return undefined
    yield* kernel.mount("/right", again)
    return yield* asProcess((sys) =>
      Effect.gen(function*() {
        const whole = withoutTimes(yield* tree(sys, "/left"))
        return firstDifference("below, after a commit", whole, withoutTimes(yield* tree(sys, "/right")))
      })
    )
  }).pipe(Effect.provide(TestKernel.layer()))

/** Copies a tree with all that a listing of it shows. */
const copyAll = (
  from: Backend,
  source: Backend["root"],
  to: Backend,
  target: Backend["root"]
): Effect.Effect<void, Any> =>
  Effect.gen(function*() {
    for (const { name } of yield* from.list(source, 0, 1e6)) {
      const inode = yield* from.lookup(source, name)
      const { atime, ctime, gid, mode, mtime, rdev, uid } = inode
      const link = (mode & 0o170000) === 0o120000 ? { target: yield* from.readlink(inode, 1) } : {}
      const made = yield* to.create(target, name, { mode, uid, gid, rdev, now: ctime, ...link })
      if ((mode & 0o170000) === 0o100000) {
        const bytes = new Uint8Array(inode.size)
        yield* from.read(inode, 0, bytes)
        if (bytes.length > 0) yield* to.write(made, 0, bytes, ctime)
      }
      if ((mode & 0o170000) === 0o040000) yield* copyAll(from, inode, to, made)
      yield* to.change(made, { atime, mtime, ctime })
    }
    const { atime, ctime, gid, mode, mtime, uid } = source
    yield* to.change(target, { mode: mode & 0o7777, uid, gid, atime, mtime, ctime })
  })
