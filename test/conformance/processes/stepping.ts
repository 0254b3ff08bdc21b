/**
 * A scheduler and a clock that go on only when they are told: between two steps of a program everything stands still.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scheduler from "effect/Scheduler"

export class Stepping implements Scheduler.Scheduler {
  private tasks: Array<() => void> = []

  shouldYield(): false {
    return false
  }

  scheduleTask(task: () => void): void {
    this.tasks.push(task)
  }

  /** Runs whatever can run. */
  settle(): void {
    for (let left = 100_000; this.tasks.length > 0; left--) {
      if (left === 0) throw new Error("it does not come to rest")
      this.tasks.shift()!()
    }
  }
}

export class StandingClock implements Clock.Clock {
  readonly [Clock.ClockTypeId]: Clock.ClockTypeId = Clock.ClockTypeId
  private now = 1_700_000_000_000
  private readonly sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()

  unsafeCurrentTimeMillis(): number {
    return this.now
  }

  unsafeCurrentTimeNanos(): bigint {
    return BigInt(this.now) * 1_000_000n
  }

  readonly currentTimeMillis = Effect.sync(() => this.now)
  readonly currentTimeNanos = Effect.sync(() => this.unsafeCurrentTimeNanos())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.async((resume) => {
      const sleeper = { at: this.now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
      this.sleepers.add(sleeper)
      return Effect.sync(() => this.sleepers.delete(sleeper))
    })
  }

  advance(milliseconds: number): void {
    this.now += milliseconds
    for (const sleeper of this.sleepers) {
      if (sleeper.at > this.now) continue
      this.sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
}
