/** The one place that suspends: who is woken, in which order, and what becomes of a wake-up that is not used. */
import { describe, expect, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as WaitQueue from "../src/WaitQueue.js"

/** Tokens that are waited for: as plain as a waiter's condition can be. */
class Tokens {
  readonly queue = WaitQueue.make()
  readonly taken: Array<string> = []
  attempts = 0

  constructor(public count = 0) {}

  take(name: string, options?: WaitQueue.WaitOptions<string, never>) {
    return WaitQueue.waitUntil([this.queue], () => {
      this.attempts++
      if (this.count === 0) return undefined
      this.count--
      this.taken.push(name)
      return Exit.succeed(name)
    }, options)
  }

  /** Puts one in and wakes one, as a kernel's room does. */
  put(): void {
    this.count++
    WaitQueue.wake(this.queue)
  }
}

/** Starts waiters one after the other, each asleep before the next comes. */
const asleep = (tokens: Tokens, names: ReadonlyArray<string>, options?: WaitQueue.WaitOptions<string, never>) =>
  Effect.forEach(names, (name) => Effect.tap(Effect.fork(tokens.take(name, options)), () => idle))

/** Everything that can run has: then time passes. */
const idle = Effect.sleep(1)

const under = <E>(schedules: number, effect: Effect.Effect<unknown, E>) =>
  Simulation.forAll(schedules, effect, (exit, outcome) => {
    if (Exit.isFailure(exit)) throw new Error(String(exit.cause))
    expect([outcome.fibersLeft, outcome.timersLeft]).toEqual([0, 0])
  })

const quiet = ({ queue }: Tokens) => {
  expect(queue.first).toBe(undefined)
  expect(queue.last).toBe(undefined)
  expect(queue.woken).toBe(0)
}

describe("waking", () => {
  it.effect("one wake-up wakes one, the one that came first", () =>
    under(
      50,
      Effect.gen(function*() {
        const tokens = new Tokens()
        const fibers = yield* asleep(tokens, ["a", "b", "c"])
        for (const taken of [["a"], ["a", "b"], ["a", "b", "c"]]) {
          tokens.put()
          yield* idle
          expect(tokens.taken).toEqual(taken)
        }
        expect(tokens.attempts).toBe(3 * 2 + 3)
        yield* Fiber.joinAll(fibers)
        quiet(tokens)
      })
    ))

  it.effect("all that are woken look, and those that find nothing keep their places", () =>
    under(
      50,
      Effect.gen(function*() {
        const tokens = new Tokens()
        const fibers = yield* asleep(tokens, ["a", "b", "c", "d"])
        for (let i = 0; i < 3; i++) {
          WaitQueue.wakeAll(tokens.queue)
          yield* idle
        }
        expect(tokens.taken).toEqual([])
        for (let i = 0; i < 4; i++) {
          tokens.put()
          yield* idle
        }
        expect(tokens.taken).toEqual(["a", "b", "c", "d"])
        yield* Fiber.joinAll(fibers)
        quiet(tokens)
      })
    ))

  it.effect("a thousand waiters cost a thousand attempts, and not a million", () =>
    under(
      2,
      Effect.gen(function*() {
        const tokens = new Tokens()
        const fibers = yield* Effect.forEach(
          Array.from({ length: 1000 }, (_, i) => i),
          (i) => Effect.fork(tokens.take(`${i}`))
        )
        yield* idle
        const before = tokens.attempts
        for (let i = 0; i < 1000; i++) tokens.put()
        yield* Fiber.joinAll(fibers)
        expect(tokens.attempts - before).toBe(1000)
        quiet(tokens)
      })
    ))

  it.effect("a wake-up between the attempt and the sleep is not lost", () =>
    under(
      200,
      Effect.gen(function*() {
        const tokens = new Tokens()
        const waiter = yield* Effect.fork(tokens.take("a"))
        yield* Effect.yieldNow()
        tokens.put()
        expect(yield* Fiber.join(waiter)).toBe("a")
        quiet(tokens)
      })
    ))
})

describe("a woken waiter that leaves", () => {
  it.effect("passes the wake-up to the next", () =>
    under(
      200,
      Effect.gen(function*() {
        const tokens = new Tokens()
        const [a, b] = yield* asleep(tokens, ["a", "b"])
        tokens.put()
        const ended = yield* Fiber.interrupt(a!)
        // Either it had run by then, or the other did; the token is not left over while somebody waits for it.
        if (Exit.isFailure(ended) && tokens.taken.length === 0) yield* Fiber.join(b!)
        expect(tokens.taken.length).toBe(1)
        expect(tokens.count).toBe(0)
        yield* Fiber.interrupt(b!)
        quiet(tokens)
      })
    ))

  it.effect("however many leave, and in whatever order", () =>
    under(
      200,
      Effect.gen(function*() {
        const tokens = new Tokens()
        const fibers = yield* asleep(tokens, ["a", "b", "c", "d", "e"])
        tokens.put()
        tokens.put()
        yield* Effect.all(fibers.slice(0, 3).map(Fiber.interrupt), { concurrency: "unbounded" })
        yield* idle
        expect(tokens.count).toBe(0)
        yield* Effect.forEach(fibers, Fiber.interrupt)
        quiet(tokens)
      })
    ))
})

describe("fair calls", () => {
  it.effect("one that comes second stays second, even if it could go on at once", () =>
    under(
      50,
      Effect.gen(function*() {
        const tokens = new Tokens()
        const fibers = yield* asleep(tokens, ["a", "b"], { fair: true })
        tokens.count = 3
        const late = yield* Effect.fork(tokens.take("late", { fair: true }))
        yield* idle
        expect(tokens.taken).toEqual([])
        for (let i = 0; i < 3; i++) {
          WaitQueue.wake(tokens.queue)
          yield* idle
        }
        expect(tokens.taken).toEqual(["a", "b", "late"])
        yield* Fiber.joinAll([...fibers, late])
        quiet(tokens)
      })
    ))

  it.effect("an unfair one does not queue up", () =>
    under(
      50,
      Effect.gen(function*() {
        const tokens = new Tokens()
        const fibers = yield* asleep(tokens, ["a"])
        tokens.count = 1
        expect(yield* tokens.take("quick")).toBe("quick")
        yield* Effect.forEach(fibers, Fiber.interrupt)
        quiet(tokens)
      })
    ))
})

describe("watching", () => {
  it.effect("tells of every wake-up and takes none away", () =>
    under(
      50,
      Effect.gen(function*() {
        const tokens = new Tokens()
        let told = 0
        const fibers = yield* asleep(tokens, ["a"])
        const stop = WaitQueue.watch([tokens.queue], () => void told++)
        tokens.put()
        yield* Fiber.joinAll(fibers)
        expect([told, tokens.taken]).toEqual([1, ["a"]])
        tokens.put()
        WaitQueue.wakeAll(tokens.queue)
        expect(told).toBe(3)
        stop()
        tokens.put()
        expect(told).toBe(3)
        quiet(tokens)
      })
    ))

  it("nobody queues up behind one that watches", () => {
    const queue = WaitQueue.make()
    const stop = WaitQueue.watch([queue], () => {})
    expect(WaitQueue.contended(queue)).toBe(false)
    stop()
    stop()
    expect(queue.watchers).toBe(undefined)
  })

  it("one that stops while it is told harms nobody", () => {
    const queue = WaitQueue.make()
    const told: Array<string> = []
    const stopOne = WaitQueue.watch([queue, queue], () => {
      told.push("one")
      stopOne()
    })
    const stopTwo = WaitQueue.watch([queue], () => void told.push("two"))
    WaitQueue.wake(queue)
    WaitQueue.wake(queue)
    stopTwo()
    // The one that came last is told first.
    expect(told).toEqual(["two", "one", "two"])
  })
})

describe("several queues", () => {
  it.effect("any of them wakes; then the others are left", () =>
    under(
      50,
      Effect.gen(function*() {
        const [one, two] = [WaitQueue.make(), WaitQueue.make()]
        let ready = false
        const waiter = yield* Effect.fork(WaitQueue.waitUntil([one, two], () => ready ? Exit.void : undefined))
        yield* idle
        WaitQueue.wake(one)
        yield* idle
        ready = true
        WaitQueue.wake(two)
        yield* Fiber.join(waiter)
        expect([one.first, two.first, one.woken, two.woken]).toEqual([undefined, undefined, 0, 0])
      })
    ))
})

describe("entering and leaving", () => {
  it.effect("are paired, however the wait ends", () =>
    under(
      200,
      Effect.gen(function*() {
        const tokens = new Tokens()
        let inside = 0
        let left = 0
        const options = { entered: () => void inside++, left: () => void (inside = Math.max(0, inside - 1), left++) }
        const fibers = yield* Effect.forEach(["a", "b"], (name) => Effect.fork(tokens.take(name, options)))
        yield* Effect.repeatN(Effect.yieldNow(), 2)
        tokens.put()
        yield* Effect.forEach(fibers, Fiber.interrupt)
        expect(inside).toBe(0)
        expect(left).toBeLessThanOrEqual(2)
        quiet(tokens)
      })
    ))

  it.effect("an answer at once enters nothing", () =>
    under(
      5,
      Effect.gen(function*() {
        const tokens = new Tokens(1)
        yield* tokens.take("a", { entered: () => expect.fail("entered"), left: () => expect.fail("left") })
        quiet(tokens)
      })
    ))
})

describe("uninterruptible waits", () => {
  it.effect("go on to their end, in the order of arrival", () =>
    under(
      100,
      Effect.gen(function*() {
        const queue = WaitQueue.make()
        const order: Array<number> = []
        let free = false
        const fibers = yield* Effect.forEach([1, 2, 3], (each) =>
          Effect.tap(
            Effect.fork(WaitQueue.uninterruptibly([queue], () => {
              if (!free) return undefined
              free = false
              order.push(each)
              return Exit.void
            })),
            () => idle
          ))
        const interruptions = yield* Effect.forEach(fibers, (fiber) => Effect.fork(Fiber.interrupt(fiber)))
        for (let i = 0; i < 3; i++) {
          yield* idle
          free = true
          WaitQueue.wake(queue)
        }
        yield* Fiber.joinAll(interruptions)
        expect(order).toEqual([1, 2, 3])
        expect(queue.first).toBe(undefined)
      })
    ))
})
