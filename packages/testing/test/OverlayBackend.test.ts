/** Overlays keep the contract of a backend over whatever lies below, and tell what they have changed. */
import { describe, expect, it } from "@effect/vitest"
import * as MemoryBackend from "@effix/kernel/backend/MemoryBackend"
import * as OverlayBackend from "@effix/kernel/backend/OverlayBackend"
import * as TreeBackend from "@effix/kernel/backend/TreeBackend"
import * as Kernel from "@effix/kernel/Kernel"
import type { Backend } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as BackendConformance from "../src/BackendConformance.js"
import * as FaultyBackend from "../src/FaultyBackend.js"
import * as TestKernel from "../src/TestKernel.js"

const memory = (): Backend => MemoryBackend.make({ bytesMax: 2 ** 31, inodesMax: 10_000, now: 0n }) as Backend
const over = (...lower: [Backend, ...Array<Backend>]) => OverlayBackend.make({ lower, bytesMax: 2 ** 31 })

BackendConformance.suite("an overlay in memory over one in memory", () => over(memory()), { describe, it })
BackendConformance.suite(
  "an overlay over layers that answer late",
  () => over(FaultyBackend.delayed(memory()), memory()),
  {
    describe,
    it
  }
)
BackendConformance.suite(
  "an overlay over an overlay",
  () => Effect.flatMap(over(memory()), (overlay) => over(overlay)),
  {
    describe,
    it
  }
)

/** An overlay over `lower`, mounted at `/o`. */
const on = <A, E>(
  lower: Effect.Effect<Backend, E> | readonly [Effect.Effect<Backend, E>, ...ReadonlyArray<Effect.Effect<Backend, E>>],
  body: (kernel: Kernel.HostInterface, overlay: OverlayBackend.Overlay) => Effect.Effect<A, unknown>
) =>
  Effect.gen(function*() {
    const layers = Effect.isEffect(lower) ? [lower] as const : lower
    const [first, ...rest] = yield* Effect.all(layers)
    const overlay = yield* over(first as Backend, ...rest)
    const kernel = yield* Kernel.Kernel
    yield* kernel.mount("/o", overlay)
    return yield* body(kernel, overlay)
  }).pipe(Effect.provide(TestKernel.layer()))

const text = (kernel: Kernel.HostInterface, path: string) =>
  Effect.match(kernel.readFile(path), {
    onFailure: ({ _tag }) => _tag,
    onSuccess: (bytes) => new TextDecoder().decode(bytes)
  })

const told = (differences: ReadonlyArray<OverlayBackend.Difference>) =>
  differences.map((each) =>
    `${each.change} ${each.path}${each.change === "modified" ? ` ${each.aspects.join()}` : ""}${
      each.change === "added" && each.from !== undefined ? ` from ${each.from}` : ""
    }`
  )

describe("An overlay", () => {
  it.effect("leaves what is below as it is, and tells each difference", () =>
    Effect.gen(function*() {
      const base = yield* TreeBackend.make({
        "/kept": "k",
        "/edited": "one\n",
        "/gone/deep": "d",
        "/dir/inside": "i",
        "/mode": { content: "m", mode: 0o600 }
      }, { now: 5n })
      yield* on(Effect.succeed(base), (kernel, overlay) =>
        Effect.gen(function*() {
          yield* kernel.readFile("/o/kept")
          expect(yield* overlay.diff).toEqual([])
          yield* kernel.writeFile("/o/edited", "two\n")
          yield* kernel.writeFile("/o/new", "n")
          const root = yield* overlay.lookup(overlay.root, "gone")
          yield* overlay.unlink(root, "deep", yield* overlay.lookup(root, "deep"), 1n)
          yield* overlay.rmdir(overlay.root, "gone", root, 1n)
          const dir = yield* overlay.lookup(overlay.root, "dir")
          yield* overlay.rename(overlay.root, "dir", dir, overlay.root, "moved", undefined, false, 1n)
          yield* overlay.change(yield* overlay.lookup(overlay.root, "mode"), { mode: 0o644 })
          const found = yield* overlay.diff
          expect(told(found)).toEqual([
            "removed /dir",
            "removed /dir/inside",
            "modified /edited content,mtime",
            "removed /gone",
            "removed /gone/deep",
            "modified /mode mode",
            "added /moved from /dir",
            "added /moved/inside from /dir/inside",
            "added /new"
          ])
          const edited = found.find(({ path }) => path === "/edited")
          if (edited?.change !== "modified") return expect(edited).toBe("modified")
          expect(String.fromCharCode(...(yield* edited.before.content))).toBe("one\n")
          expect(String.fromCharCode(...(yield* edited.after.content))).toBe("two\n")
          const names = (yield* base.list(base.root, 0, 100)).map(({ name }) => name)
          expect([...names].sort()).toEqual(["dir", "edited", "gone", "kept", "mode"])
        }))
    }))

  it.effect("merges directories, the upper ones first, and keeps to whiteouts and opaque directories", () =>
    on([
      TreeBackend.make({
        "/both/upper": "u",
        "/both/same": "upper",
        "/gone": { device: "char", major: 0, minor: 0 },
        "/opaque": { directory: true, attributes: { "trusted.overlay.opaque": "y" } },
        "/opaque/own": "o",
        "/file": "a file now"
      }),
      TreeBackend.make({
        "/both/lower": "l",
        "/both/same": "lower",
        "/gone": "x",
        "/opaque/hidden": "h",
        "/file/was": "a directory"
      })
    ], (kernel, overlay) =>
      Effect.gen(function*() {
        const at = (name: string) => overlay.lookup(overlay.root, name)
        const names = (name: string) =>
          Effect.flatMap(
            at(name),
            (inode) => Effect.map(overlay.list(inode, 0, 100), (all) => all.map((each) => each.name).sort())
          )
        expect(yield* names("both")).toEqual(["lower", "same", "upper"])
        expect(yield* text(kernel, "/o/both/same")).toBe("upper")
        expect(yield* text(kernel, "/o/gone")).toBe("ENOENT")
        expect(yield* names("opaque")).toEqual(["own"])
        expect(yield* text(kernel, "/o/file")).toBe("a file now")
        expect((yield* Effect.flip(overlay.getAttribute!(yield* at("opaque"), "trusted.overlay.opaque")))._tag).toBe(
          "ENODATA"
        )
      })))

  it.effect("commits with whiteouts where a deeper layer would show through", () =>
    Effect.gen(function*() {
      const upper = yield* TreeBackend.make({ "/a": "1" })
      const lower = yield* TreeBackend.make({ "/b": "2", "/d/e": "3" })
      yield* on([Effect.succeed(upper), Effect.succeed(lower)], (kernel, overlay) =>
        Effect.gen(function*() {
          yield* overlay.unlink(overlay.root, "b", yield* overlay.lookup(overlay.root, "b"), 1n)
          yield* kernel.writeFile("/o/d/e", "changed")
          yield* overlay.commit
          expect(yield* overlay.diff).toEqual([])
        }))
      yield* on([Effect.succeed(upper), Effect.succeed(lower)], (kernel) =>
        Effect.gen(function*() {
          expect(yield* text(kernel, "/o/a")).toBe("1")
          expect(yield* text(kernel, "/o/b")).toBe("ENOENT")
          expect(yield* text(kernel, "/o/d/e")).toBe("changed")
        }))
    }))

  it.effect("commits a further name of a file as what it is", () =>
    Effect.gen(function*() {
      const lower = yield* TreeBackend.make({ "/a": "1" })
      const overlay = yield* over(lower)
      const inode = yield* overlay.lookup(overlay.root, "a")
      yield* overlay.link!(inode, overlay.root, "b", 1n)
      yield* overlay.write(inode, 1, Uint8Array.of(50), 2n)
      yield* overlay.commit
      const below = yield* lower.lookup(lower.root, "b")
      expect(below).toBe(yield* lower.lookup(lower.root, "a"))
      expect([below.nlink, below.size]).toEqual([2, 2])
    }))

  it.effect("copies a file up wholly or not at all", () =>
    Effect.gen(function*() {
      const lower = yield* TreeBackend.make({ "/big": new Uint8Array(200_000).fill(7) })
      const overlay = yield* OverlayBackend.make({ lower, bytesMax: 150_000 })
      const inode = yield* overlay.lookup(overlay.root, "big")
      expect((yield* Effect.flip(overlay.write(inode, 0, Uint8Array.of(1), 1n)))._tag).toBe("ENOSPC")
      expect(inode.size).toBe(200_000)
      const into = new Uint8Array(2)
      yield* overlay.read(inode, 199_998, into)
      expect([...into]).toEqual([7, 7])
      expect((yield* overlay.statfs()).bfree).toBe(Math.floor(150_000 / 4096))
      yield* overlay.truncate(inode, 10, 1n)
      yield* overlay.write(inode, 0, Uint8Array.of(1), 1n)
      expect(yield* overlay.read(inode, 0, into)).toBe(2)
      expect([...into]).toEqual([1, 7])
    }))

  it.effect("gives the attributes of a file below a copy of their own", () =>
    Effect.gen(function*() {
      const lower = yield* TreeBackend.make({ "/f": { content: "", attributes: { "user.a": "1" } } })
      const overlay = yield* over(lower)
      const inode = yield* overlay.lookup(overlay.root, "f")
      yield* overlay.setAttribute!(inode, "user.b", Uint8Array.of(50))
      expect([...(yield* overlay.listAttributes!(inode))].sort()).toEqual(["user.a", "user.b"])
      expect(yield* lower.listAttributes!(yield* lower.lookup(lower.root, "f"))).toEqual(["user.a"])
      expect(told(yield* overlay.diff)).toEqual(["modified /f attributes"])
    }))
})
