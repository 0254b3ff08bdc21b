/** Fibers that are ended without another turn, and those that may not be. */
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { endNow, park } from "../../src/internal/compat.js"

const asleep = park<never, never>(() => {})

/** Runs `effect` in a fiber of its own until it sleeps, and answers that fiber. */
const started = <A, E>(effect: Effect.Effect<A, E>) => Effect.zipLeft(Effect.forkDaemon(effect), Effect.yieldNow())

describe("a fiber that sleeps", () => {
  it.effect("ends at once where nothing waits for its end, however deep it sleeps", () =>
    Effect.gen(function*() {
      const deep = Effect.gen(function*() {
        yield* Effect.forEach([1, 2], () => Effect.map(asleep, String))
        return yield* Effect.die("it went on")
      })
      const fiber = yield* started(deep)
      expect(endNow(fiber)).toBe(true)
      const exit = fiber.unsafePoll()
      expect(Exit.isExit(exit) && Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause)).toBe(true)
    }))

  it.effect("tells who waits for it", () =>
    Effect.gen(function*() {
      const fiber = yield* started(asleep)
      const told = yield* started(Fiber.await(fiber))
      // Effect asks a fiber for that by a message, which the fiber reads first.
      expect(endNow(fiber)).toBe(false)
      yield* Effect.yieldNow()
      expect(endNow(fiber)).toBe(true)
      expect(Exit.isInterrupted(yield* Fiber.join(told))).toBe(true)
    }))

  for (
    const [what, around] of [
      ["a finalizer", Effect.ensuring(Effect.void)],
      ["a handler of causes", Effect.catchAllCause(() => Effect.void)],
      [
        "a scope",
        (self: Effect.Effect<never>) => Effect.scoped(Effect.zipRight(Effect.addFinalizer(() => Effect.void), self))
      ],
      ["a region that cannot be interrupted", Effect.uninterruptible],
      ["a race", Effect.race(Effect.never)],
      ["a child", (self: Effect.Effect<never>) => Effect.zipRight(Effect.fork(Effect.never), self)]
    ] as ReadonlyArray<readonly [string, (self: Effect.Effect<never>) => Effect.Effect<void>]>
  ) {
    it.effect(`is left alone where ${what} waits for its end`, () =>
      Effect.gen(function*() {
        const fiber = yield* started(around(asleep))
        expect(endNow(fiber)).toBe(false)
        expect(fiber.unsafePoll()).toBe(null)
        fiber.unsafeInterruptAsFork(fiber.id())
      }))
  }

  it.effect("is left alone when it has been woken, and before it has begun", () =>
    Effect.gen(function*() {
      let resume: (effect: Effect.Effect<number>) => void = () => {}
      const fiber = yield* started(park<number, never>((given) => void (resume = given)))
      resume(Effect.succeed(7))
      expect(endNow(fiber)).toBe(false)
      expect(yield* Fiber.join(fiber)).toBe(7)
      const fresh = yield* Effect.forkDaemon(Effect.succeed(8))
      expect(endNow(fresh)).toBe(false)
      expect(yield* Fiber.join(fresh)).toBe(8)
    }))
})
