/**
 * Timers: what the kernel does later.
 *
 * However many are pending, the host has one timer. Time is Effect's `Clock` and nothing else, so `TestClock` moves
 * every sleep, alarm and timeout of a kernel.
 *
 * @see timer_create(2)
 */
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Host from "./Host.js"
import * as compat from "./internal/compat.js"
import * as WaitQueue from "./WaitQueue.js"

/** @category tags */
export class Timers extends Context.Tag("@effix/kernel/Timers")<Timers, {
  /** Calls `run`, in a step of its own, after so many milliseconds; the answered function cancels that. */
  readonly after: (milliseconds: number, run: () => void) => () => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Nanoseconds since the epoch, as fine as the clock has them. */
  readonly nanoseconds: () => bigint
  /** Sleeps; signals cut it short. @see nanosleep(2) */
  readonly sleep: (milliseconds: number) => Effect.Effect<void, SleepError>
  /** Forgets every timer. */
  readonly close: () => void
}>() {}

type SleepError = WaitQueue.Interrupted

interface Timer {
  readonly at: number
  /** Breaks ties: timers for the same moment run in the order in which they were set. */
  readonly order: number
  run: (() => void) | undefined
}

/** The most milliseconds that a host's timer takes. */
const WAIT_MAX = 2 ** 31 - 1

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A binary heap with the next timer in front; cancelled ones stay until they come up, or are half of it. */
class Heap {
  private timers: Array<Timer> = []
  private cancelled = 0

  get first(): Timer | undefined {
    return this.timers[0]
  }

  get live(): number {
    return this.timers.length - this.cancelled
  }

  push(timer: Timer): void {
    const { timers } = this
    let at = timers.push(timer) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!before(timer, timers[up]!)) break
      timers[at] = timers[up]!
      at = up
    }
    timers[at] = timer
  }

  pop(): Timer | undefined {
    const { timers } = this
    const first = timers[0]
    const last = timers.pop()
    if (first === undefined || last === undefined) return undefined
    if (first.run === undefined) this.cancelled--
    if (timers.length > 0) this.sink(last)
    return first
  }

  private sink(timer: Timer): void {
    const { timers } = this
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= timers.length) break
      if (down + 1 < timers.length && before(timers[down + 1]!, timers[down]!)) down++
      if (!before(timers[down]!, timer)) break
      timers[at] = timers[down]!
      at = down
    }
    timers[at] = timer
  }

  cancel(timer: Timer): void {
    if (timer.run === undefined) return
    timer.run = undefined
    if (++this.cancelled < 64 || this.cancelled * 2 < this.timers.length) return
    const live = this.timers.filter((each) => each.run !== undefined)
    this.timers = []
    this.cancelled = 0
    for (const each of live) this.push(each)
  }

  clear(): void {
    this.timers = []
    this.cancelled = 0
  }
}

export const make = (clock: Clock.Clock, host: Host.Host["Type"]): Timers["Type"] => {
  const heap = new Heap()
  let order = 0
  let armed: { readonly at: number; readonly fiber: Fiber.RuntimeFiber<void> } | undefined

  const disarm = (): void => {
    if (armed !== undefined) compat.interruptNow(armed.fiber)
    armed = undefined
  }

  const arm = (): void => {
    const { first } = heap
    if (first === undefined) return disarm()
    if (armed !== undefined && armed.at <= first.at) return
    disarm()
    // A longer one than hosts can count to is waited for in pieces.
    const wait = Math.min(Math.max(0, first.at - clock.unsafeCurrentTimeMillis()), WAIT_MAX)
    const { at } = first
    armed = {
      at,
      fiber: host.fork(Effect.flatMap(clock.sleep(Duration.millis(Math.ceil(wait))), () => Effect.sync(fire)))
    }
  }

  const fire = (): void => {
    armed = undefined
    const now = clock.unsafeCurrentTimeMillis()
    for (let { first } = heap; first !== undefined && first.at <= now; first = heap.first) {
      const { run } = first
      heap.pop()
      first.run = undefined
      run?.()
    }
    arm()
  }

  const after = (milliseconds: number, run: () => void): () => void => {
    const timer: Timer = { at: clock.unsafeCurrentTimeMillis() + milliseconds, order: order++, run }
    heap.push(timer)
    arm()
    return () => {
      if (timer.run === undefined) return
      heap.cancel(timer)
      // A host timer for nothing would keep the host from exiting.
      if (heap.live === 0) {
        heap.clear()
        disarm()
      }
    }
  }

  return {
    after,
    now: () => clock.unsafeCurrentTimeMillis(),
    nanoseconds: () => clock.unsafeCurrentTimeNanos(),
    sleep: (milliseconds) =>
      Effect.suspend(() => {
        const over = WaitQueue.make()
        let passed = false
        let cancel: (() => void) | undefined
        return WaitQueue.sleep([over], () => passed ? Exit.void : undefined, {
          restartable: false,
          entered: () => {
            cancel = after(milliseconds, () => {
              passed = true
              WaitQueue.wakeAll(over)
            })
          },
          left: () => cancel?.()
        })
      }),
    close: () => {
      heap.clear()
      disarm()
    }
  }
}

/** @category layers */
export const layer: Layer.Layer<Timers, never, Host.Host> = Layer.scoped(
  Timers,
  Effect.gen(function*() {
    const timers = make(yield* Effect.clock, yield* Host.Host)
    yield* Effect.addFinalizer(() => Effect.sync(timers.close))
    return timers
  })
)
