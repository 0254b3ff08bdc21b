import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { type Timer, TimerQueue } from "../src/timer/TimerQueue.js"

const never = (): void => {}

/** Set one so much later, cancel the nth of those that were set, or let time pass. */
const step = FastCheck.oneof(
  FastCheck.record({ set: FastCheck.integer({ min: 0, max: 40 }) }),
  FastCheck.record({ cancel: FastCheck.nat(200) }),
  FastCheck.record({ pass: FastCheck.integer({ min: 0, max: 15 }) })
)

describe("a queue of timers", () => {
  it("hands out what is due and was not cancelled, by time and then by age", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(step, { maxLength: 300, size: "max" }), (steps) => {
        const queue = new TimerQueue()
        const all: Array<Timer> = []
        let alive: Array<Timer> = []
        let now = 0
        for (const each of steps) {
          if ("set" in each) {
            const timer: Timer = { at: now + each.set, order: all.length, run: never }
            all.push(timer)
            alive.push(timer)
            queue.add(timer)
          } else if ("cancel" in each) {
            const timer = all[each.cancel]
            if (timer === undefined) continue
            queue.cancel(timer)
            alive = alive.filter((other) => other !== timer)
          } else {
            now += each.pass
            const due: Array<Timer> = []
            for (let next = queue.takeDue(now); next !== undefined; next = queue.takeDue(now)) {
              next.run = undefined
              due.push(next)
            }
            const expected = alive.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at || a.order - b.order)
            expect(due).toEqual(expected)
            alive = alive.filter(({ at }) => at > now)
          }
          expect(queue.live).toBe(alive.length)
          expect(alive.every(({ at }) => queue.from <= at)).toBe(true)
        }
      }),
      { numRuns: 300 }
    )
  })

  it("is right when nearly all were cancelled", () => {
    const queue = new TimerQueue()
    const timers = Array.from({ length: 10_000 }, (_, order): Timer => ({ at: order, order, run: never }))
    for (const timer of timers) queue.add(timer)
    for (const timer of timers) if (timer.order > 10) queue.cancel(timer)
    expect(queue.live).toBe(11)
    const taken: Array<number> = []
    for (let next = queue.takeDue(10_000); next !== undefined; next = queue.takeDue(10_000)) taken.push(next.at)
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})
