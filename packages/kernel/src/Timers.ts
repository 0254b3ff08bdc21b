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
import { Clocks } from "./timer/Clocks.js"
import { type Timer, TimerQueue } from "./timer/TimerQueue.js"
import * as WaitQueue from "./WaitQueue.js"

/** @category tags */
export class Timers extends Context.Tag("@effix/kernel/Timers")<Timers, {
  /** Calls `run`, in a step of its own, after so many milliseconds; the answered function cancels that. */
  readonly after: (milliseconds: number, run: () => void) => () => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Nanoseconds since the epoch, as fine as the host's clock has them. */
  readonly nanoseconds: () => bigint
  /** The clocks of this kernel: the realtime one may be set. @see clock_gettime(2) */
  readonly clocks: Clocks
  /** Sleeps; signals cut it short. @see nanosleep(2) */
  readonly sleep: (milliseconds: number) => Effect.Effect<void, SleepError>
  /** Forgets every timer. */
  readonly close: () => void
}>() {}

type SleepError = WaitQueue.Interrupted

/** The most milliseconds that a host's timer takes. */
const WAIT_MAX = 2 ** 31 - 1

export const make = (clock: Clock.Clock, host: Host.Host["Type"]): Timers["Type"] => {
  const queue = new TimerQueue()
  const clocks = new Clocks(clock)
  let order = 0
  let armed: { readonly at: number; readonly fiber: Fiber.RuntimeFiber<void> } | undefined

  const disarm = (): void => {
    if (armed !== undefined) compat.interruptNow(armed.fiber)
    armed = undefined
  }

  const arm = (): void => {
    const at = queue.from
    if (at === Infinity) return disarm()
    if (armed !== undefined && armed.at <= at) return
    disarm()
    // A longer one than hosts can count to is waited for in pieces.
    const wait = Math.min(Math.max(0, at - clock.unsafeCurrentTimeMillis()), WAIT_MAX)
    armed = {
      at,
      fiber: host.fork(Effect.flatMap(clock.sleep(Duration.millis(Math.ceil(wait))), () => Effect.sync(fire)))
    }
  }

  const fire = (): void => {
    armed = undefined
    const now = clock.unsafeCurrentTimeMillis()
    for (let due = queue.takeDue(now); due !== undefined; due = queue.takeDue(now)) {
      const { run } = due
      due.run = undefined
      run?.()
    }
    arm()
  }

  const after = (milliseconds: number, run: () => void): () => void => {
    const timer: Timer = { at: clock.unsafeCurrentTimeMillis() + milliseconds, order: order++, run }
    queue.add(timer)
    if (armed === undefined || timer.at < armed.at) arm()
    return () => {
      queue.cancel(timer)
      // A host timer for nothing would keep the host from exiting.
      if (queue.live === 0) {
        queue.clear()
        disarm()
      }
    }
  }

  return {
    after,
    now: () => clock.unsafeCurrentTimeMillis(),
    nanoseconds: () => clock.unsafeCurrentTimeNanos(),
    clocks,
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
      queue.clear()
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
