/** The kernel for tests: the test's clock, the same entropy, and parts that are swapped in a line. */
import { describe, expect, it } from "@effect/vitest"
import * as MemoryBackend from "@effix/kernel/backend/MemoryBackend"
import * as Kernel from "@effix/kernel/Kernel"
import type * as Programs from "@effix/kernel/Programs"
import { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as FaultyBackend from "../src/FaultyBackend.js"
import * as TestKernel from "../src/TestKernel.js"

const sleeper: Programs.Main = () => Effect.flatMap(Sys, (sys) => Effect.as(sys.nanosleep(3_600e9), 7))

const dice: Programs.Main = () =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const bytes = new Uint8Array(8)
    yield* sys.getrandom(bytes)
    yield* sys.write(1, new TextEncoder().encode(bytes.join(" ")))
    return 0
  })

const output = (name: string) =>
  Effect.flatMap(Kernel.Kernel, (kernel) => Effect.map(kernel.exec([name]), ({ stdoutText }) => stdoutText))

describe("TestKernel", () => {
  it.effect("sleeps end when the test moves its clock, and not before", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const running = yield* Effect.fork(kernel.exec(["sleeper"]))
      yield* TestKernel.settled
      yield* TestClock.adjust("59 minutes")
      yield* TestKernel.settled
      expect(running.unsafePoll()).toBe(null)
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(running)).exitCode).toBe(7)
    }).pipe(Effect.provide(TestKernel.layer({ programs: { sleeper } }))))

  it.effect("entropy is the same for the same seed", () =>
    Effect.gen(function*() {
      const roll = (seed: number) => Effect.provide(output("dice"), TestKernel.layer({ programs: { dice }, seed }))
      const first = yield* roll(1)
      expect(yield* roll(1)).toBe(first)
      expect(yield* roll(2)).not.toBe(first)
    }))

  it.effect("files are there, on whatever backend", () =>
    Effect.gen(function*() {
      const test = Effect.flatMap(Kernel.Kernel, (kernel) => kernel.readFile("/etc/motd"))
      const files = { "/etc/motd": "welcome" }
      const memory = MemoryBackend.make({ bytesMax: 1e6, inodesMax: 1000, now: 0n })
      for (const options of [{ files }, { files, backend: FaultyBackend.delayed(memory) }]) {
        const read = yield* Effect.provide(test, TestKernel.layer(options))
        expect(new TextDecoder().decode(read)).toBe("welcome")
      }
    }))

  it.effect("the failure of a driver is the failure of the layer", () =>
    Effect.gen(function*() {
      const drivers = Layer.effectDiscard(Effect.fail("no driver"))
      expect(yield* Effect.flip(Effect.provide(output("dice"), TestKernel.layer({ drivers })))).toBe("no driver")
    }))
})
