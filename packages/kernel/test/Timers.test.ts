/** Timers: their order, cancelling, and that the host has one however many there are. */
import { describe, expect, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as Host from "../src/Host.js"
import * as Timers from "../src/Timers.js"
import * as Machine from "./interruption/machine.js"
import { inProcess, program, under } from "./interruption/run.js"

/** Timers over a clock that counts how many sleeps of the host it has. */
const make = Effect.gen(function*() {
  const clock = yield* Effect.clock
  let sleeping = 0
  const counted: Clock.Clock = Object.assign(Object.create(clock) as Clock.Clock, {
    sleep: (duration: Duration.Duration) =>
      Effect.suspend(() => {
        sleeping++
        return Effect.ensuring(clock.sleep(duration), Effect.sync(() => sleeping--))
      })
  })
  const runtime = yield* Effect.runtime<never>()
  const scheduler = yield* Effect.withFiberRuntime<Host.Host["Type"]["scheduler"]>((fiber) =>
    Effect.succeed(fiber.currentScheduler)
  )
  return { timers: Timers.make(counted, Host.make(runtime, scheduler)), hostTimers: () => sleeping }
})

const simulated = <E>(effect: Effect.Effect<unknown, E>, schedules = 20) => Simulation.forAll(schedules, effect)

describe("timers", () => {
  it.effect("run in the order of their times, and of their setting where these are the same", () =>
    simulated(Effect.gen(function*() {
      const { timers } = yield* make
      const order: Array<string> = []
      for (const [ms, name] of [[30, "c"], [10, "a"], [30, "d"], [20, "b"], [10, "a2"]] as const) {
        timers.after(ms, () => void order.push(name))
      }
      yield* Effect.sleep(100)
      expect(order).toEqual(["a", "a2", "b", "c", "d"])
    })))

  it.effect("the host has one timer, for the first; none when all are cancelled", () =>
    simulated(Effect.gen(function*() {
      const { hostTimers, timers } = yield* make
      const cancel = [50, 10, 30].map((ms) => timers.after(ms, () => expect.fail("cancelled")))
      yield* Effect.sleep(1)
      expect(hostTimers()).toBe(1)
      for (const each of [...cancel, ...cancel]) each()
      yield* Effect.sleep(1)
      expect(hostTimers()).toBe(0)
      yield* Effect.sleep(100)
    })))

  it.effect("one that is set by another runs after it; one that cancels another is obeyed", () =>
    simulated(Effect.gen(function*() {
      const { timers } = yield* make
      const order: Array<string> = []
      timers.after(10, () => {
        order.push("first")
        cancel()
        timers.after(0, () => void order.push("third"))
      })
      const cancel = timers.after(10, () => void order.push("cancelled"))
      timers.after(10, () => void order.push("second"))
      yield* Effect.sleep(20)
      expect(order).toEqual(["first", "second", "third"])
    })))

  it.effect("a hundred thousand are set and cancelled, and few are kept", () =>
    simulated(
      Effect.gen(function*() {
        const { hostTimers, timers } = yield* make
        let ran = 0
        const cancels = Array.from({ length: 100_000 }, (_, i) => timers.after(1 + (i * 7919) % 1000, () => void ran++))
        for (const [i, cancel] of cancels.entries()) if (i % 10 !== 0) cancel()
        yield* Effect.sleep(2000)
        expect(ran).toBe(10_000)
        expect(hostTimers()).toBe(0)
      }),
      1
    ))

  it.effect("closing forgets them all", () =>
    simulated(Effect.gen(function*() {
      const { hostTimers, timers } = yield* make
      timers.after(10, () => expect.fail("closed"))
      timers.close()
      yield* Effect.sleep(50)
      expect(hostTimers()).toBe(0)
    })))

  it.effect("TestClock moves them", () =>
    Effect.gen(function*() {
      const { timers } = yield* make
      let ran = 0
      timers.after(3_600_000, () => void ran++)
      const turns = Effect.async<void>((resume) => void setTimeout(() => resume(Effect.void), 0))
      yield* turns
      yield* TestClock.adjust("59 minutes")
      yield* turns
      expect(ran).toBe(0)
      yield* TestClock.adjust("1 minute")
      yield* turns
      expect(ran).toBe(1)
    }))

  it.effect("more than the host can count to is waited for in pieces", () =>
    Effect.gen(function*() {
      const asked: Array<number> = []
      const clock = yield* Effect.clock
      const patient: Clock.Clock = Object.assign(Object.create(clock) as Clock.Clock, {
        sleep: (duration: Duration.Duration) =>
          Effect.suspend(() => {
            asked.push(Duration.toMillis(duration))
            return Effect.never
          })
      })
      const runtime = yield* Effect.runtime<never>()
      const timers = Timers.make(patient, {
        ...Host.make(
          runtime,
          yield* Effect.withFiberRuntime<Host.Host["Type"]["scheduler"]>((fiber) =>
            Effect.succeed(fiber.currentScheduler)
          )
        )
      })
      timers.after(30 * 86_400_000, () => {})
      yield* Effect.async<void>((resume) => void setTimeout(() => resume(Effect.void), 0))
      expect(asked).toEqual([2 ** 31 - 1])
      timers.close()
    }))
})

describe("alarm", () => {
  it.effect("sends SIGALRM once, is replaced by another, and tells how much was left", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          let rang = 0
          yield* sys.sigaction(14, { disposition: () => Effect.sync(() => void rang++) })
          expect(yield* sys.alarm(10)).toBe(0)
          yield* Effect.sleep(4000)
          expect(yield* sys.alarm(2)).toBe(6)
          yield* Effect.exit(sys.nanosleep(60e9))
          expect([rang, yield* sys.alarm(0)]).toEqual([1, 0])
          yield* sys.alarm(1)
          expect(yield* sys.alarm(0)).toBe(1)
          yield* sys.nanosleep(5e9)
          expect(rang).toBe(1)
        }))))

  it.effect("dies with its process", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const process = machine.start(program((sys) => sys.alarm(3600)))
        yield* Machine.awaitEnd(process)
        expect(process.timers).toBe(undefined)
      })))
})
