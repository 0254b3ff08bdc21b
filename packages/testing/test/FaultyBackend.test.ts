/** Faults happen when they are asked for, and are answered as the errno that was asked for. */
import { describe, expect, it } from "@effect/vitest"
import * as MemoryBackend from "@effix/kernel/backend/MemoryBackend"
import type { Any } from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import type { Backend } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as FaultyBackend from "../src/FaultyBackend.js"

const memory = () => MemoryBackend.make({ bytesMax: 1 << 20, inodesMax: 100, now: 0n })

const on = <A>(disk: Backend, use: (kernel: Kernel.Kernel["Type"]) => Effect.Effect<A, Any>) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    yield* kernel.mount("/disk", disk)
    return yield* use(kernel)
  }).pipe(Effect.provide(Kernel.layer))

const codeOf = <A>(effect: Effect.Effect<A, Any>) =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "no error" })

describe("FaultyBackend", () => {
  it.effect("a delayed backend answers what the other does, later", () =>
    on(FaultyBackend.delayed(memory(), 3), (kernel) =>
      Effect.gen(function*() {
        yield* kernel.writeFile("/disk/a/b/file", "late")
        expect(new TextDecoder().decode(yield* kernel.readFile("/disk/a/b/file"))).toBe("late")
        expect(yield* codeOf(kernel.readFile("/disk/none"))).toBe("ENOENT")
      })))

  it.effect("fails the second call of a method and no other", () =>
    on(FaultyBackend.failing(memory(), "write", 2, "EIO"), (kernel) =>
      Effect.gen(function*() {
        yield* kernel.writeFile("/disk/one", "1")
        expect(yield* codeOf(kernel.writeFile("/disk/two", "2"))).toBe("EIO")
        yield* kernel.writeFile("/disk/three", "3")
        expect((yield* kernel.readFile("/disk/two")).length).toBe(0)
      })))

  it.effect("reads in short pieces, and still all of it", () =>
    on(FaultyBackend.shortReads(memory(), 3), (kernel) =>
      Effect.gen(function*() {
        yield* kernel.writeFile("/disk/file", "0123456789")
        expect(new TextDecoder().decode(yield* kernel.readFile("/disk/file"))).toBe("0123456789")
      })))

  it.effect("is full after so many bytes, with what fitted in it", () =>
    on(FaultyBackend.full(memory(), 7), (kernel) =>
      Effect.gen(function*() {
        yield* kernel.writeFile("/disk/one", "1234")
        expect(yield* codeOf(kernel.writeFile("/disk/two", "5678"))).toBe("ENOSPC")
        expect((yield* kernel.readFile("/disk/two")).length).toBe(3)
      })))

  it.effect("refuses every change, and goes on reading", () =>
    Effect.gen(function*() {
      const disk = memory()
      yield* on(disk, (kernel) => kernel.writeFile("/disk/file", "there"))
      yield* on(FaultyBackend.readOnly(disk), (kernel) =>
        Effect.gen(function*() {
          expect(yield* codeOf(kernel.writeFile("/disk/file", "x"))).toBe("EROFS")
          expect(yield* codeOf(kernel.writeFile("/disk/new", "x"))).toBe("EROFS")
          expect(new TextDecoder().decode(yield* kernel.readFile("/disk/file"))).toBe("there")
        }))
    }))
})
