/**
 * A clock that stands still while anything can run, and jumps to the next timer when nothing can: a sleep of a year costs
 * nothing.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

export class SimulatedClock implements Clock.Clock {
  readonly [Clock.ClockTypeId]: Clock.ClockTypeId = Clock.ClockTypeId
  private readonly sleepers = new Set<Sleeper>()

  /** `now`: milliseconds since the epoch. */
  constructor(private now: number) {}

  unsafeCurrentTimeMillis(): number {
    return this.now
  }

  unsafeCurrentTimeNanos(): bigint {
    return BigInt(Math.floor(this.now * 1000)) * 1000n
  }

  readonly currentTimeMillis = Effect.sync(() => this.unsafeCurrentTimeMillis())
  readonly currentTimeNanos = Effect.sync(() => this.unsafeCurrentTimeNanos())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.suspend(() => {
      let sleeper: Sleeper | undefined
      const sleeping = Effect.async<void>((resume) => {
        sleeper = { at: this.now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
        this.sleepers.add(sleeper)
      })
      // Around it, and not the clean-up that `async` takes: that one is not there yet in the step after this one, and a
      // fiber that is interrupted just then would leave its timer behind.
      return Effect.onInterrupt(sleeping, () =>
        Effect.sync(() => {
          if (sleeper !== undefined) this.sleepers.delete(sleeper)
        }))
    })
  }

  /** How many timers are set. */
  get pending(): number {
    return this.sleepers.size
  }

  /** Goes on to the next moment at which a timer is due; `false` when there never will be one. */
  jump(): boolean {
    let next = Number.POSITIVE_INFINITY
    for (const { at } of this.sleepers) if (at < next) next = at
    if (next === Number.POSITIVE_INFINITY) return false
    this.now = Math.max(this.now, next)
    for (const sleeper of Array.from(this.sleepers)) {
      if (sleeper.at > this.now) continue
      this.sleepers.delete(sleeper)
      sleeper.wake()
    }
    return true
  }
}
