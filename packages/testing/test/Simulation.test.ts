/** Schedules from seeds: they differ, they repeat, they end. */
import { describe, expect, it } from "@effect/vitest"
import * as Kernel from "@effix/kernel/Kernel"
import { Sys } from "@effix/kernel/Sys"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Simulation from "../src/Simulation.js"

const errorOf = (exit: Exit.Exit<unknown, unknown>): unknown =>
  Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.failureOption(exit.cause))

/** Reads in one step and writes in another: racy on purpose. */
const racyCount = Effect.gen(function*() {
  let value = 0
  const increment = Effect.flatMap(Effect.sync(() => value), (read) => Effect.sync(() => (value = read + 1)))
  yield* Effect.all([increment, increment, increment], { concurrency: "unbounded" })
  return value
})

/** Everything a run can tell apart: chance, time, entropy and the order of fibers. */
const fingerprint = Effect.gen(function*() {
  const kernel = yield* Kernel.Kernel
  const order: Array<string> = []
  const program = Effect.gen(function*() {
    const sys = yield* Sys
    const pid = yield* sys.getpid()
    for (let i = 0; i < 3; i++) {
      yield* sys.nanosleep(1_000_000 * (1 + (yield* Random.nextIntBetween(0, 3))))
      const bytes = new Uint8Array(2)
      yield* sys.getrandom(bytes)
      order.push(`${pid} ${bytes.join(".")} ${yield* sys.clockGettime()}`)
    }
    return 0
  })
  yield* Effect.all(
    Array.from({ length: 3 }, () => Effect.scoped(Effect.flatMap(kernel.spawn(program), ({ wait }) => wait))),
    { concurrency: "unbounded" }
  )
  return order.join("\n")
}).pipe(Effect.provide(Kernel.layer))

describe("Simulation", () => {
  it.effect("finds a lost update that one plain run does not show, and finds it again", () =>
    Effect.gen(function*() {
      expect(yield* racyCount).toBe(3)
      const failure = yield* Effect.flip(
        Simulation.forAll(200, racyCount, (exit) => Exit.isSuccess(exit) && exit.value === 3)
      )
      expect(failure.reproduced).toBe(true)
      expect(yield* Simulation.run(failure.seed, racyCount)).toBeLessThan(3)
      expect(yield* Simulation.run(failure.seed, racyCount)).toBe(yield* Simulation.run(failure.seed, racyCount))
    }))

  it("a whole kernel runs the same for the same seed, and otherwise for another", () => {
    const first = [1, 2, 3].map((seed) => Simulation.outcome(seed, fingerprint))
    const second = [1, 2, 3].map((seed) => Simulation.outcome(seed, fingerprint))
    expect(second).toEqual(first)
    expect(new Set(first.map(({ exit }) => String(Exit.isSuccess(exit) && exit.value))).size).toBe(3)
  })

  it("sleeps cost nothing, and pass in their order", () => {
    const woken: Array<number> = []
    const { elapsed, exit } = Simulation.outcome(
      7,
      Effect.forEach(
        [30, 10, 20],
        (days) => Effect.zipRight(Effect.sleep(`${days} days`), Effect.sync(() => woken.push(days))),
        { concurrency: "unbounded" }
      )
    )
    expect(Exit.isSuccess(exit)).toBe(true)
    expect([woken, elapsed]).toEqual([[10, 20, 30], 30 * 86_400_000])
  })

  it("a deadlock is a failure that names the seed", () => {
    const waits = Effect.flatMap(
      Deferred.make<void>(),
      (never) => Effect.zipRight(Effect.fork(Effect.never), Deferred.await(never))
    )
    const error = errorOf(Simulation.outcome(3, waits).exit)
    expect(error).toBeInstanceOf(Simulation.Deadlock)
    expect(error).toMatchObject({ seed: 3, fibers: 1 })
  })

  it("a run without end is a failure too", () => {
    const { exit, steps } = Simulation.outcome(3, Effect.forever(Effect.yieldNow()), { stepsMax: 1000 })
    expect(errorOf(exit)).toBeInstanceOf(Simulation.Livelock)
    expect(steps).toBe(1000)
  })

  it("tells which fibers and timers an effect has left behind", () => {
    const leaves = Effect.zipRight(Effect.forkDaemon(Effect.never), Effect.forkDaemon(Effect.sleep(1000)))
    expect(Simulation.outcome(1, leaves)).toMatchObject({ fibersLeft: 2, timersLeft: 1 })
    const tidy = Effect.flatMap(Effect.fork(Effect.never), Fiber.interrupt)
    expect(Simulation.outcome(1, tidy)).toMatchObject({ fibersLeft: 0, timersLeft: 0 })
  })

  it.effect("says when a failure does not come again", () =>
    Effect.gen(function*() {
      let runs = 0
      const failure = yield* Effect.flip(
        Simulation.forAll([5], Effect.sync(() => runs++), (exit) => Exit.isSuccess(exit) && exit.value > 0)
      )
      expect(failure).toMatchObject({ seed: 5, reproduced: false })
      expect(failure.message).toContain("Seed 5 fails, but not when run again")
    }))
})
