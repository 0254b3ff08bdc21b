/**
 * The clocks of a kernel: what they say, and what happens when one is set.
 *
 * The monotonic clock and that of the boot time began when the kernel was made. The realtime clock is the host's, and so
 * many nanoseconds besides as clock_settime(2) has moved it.
 *
 * @see clock_gettime(2)
 */
import type * as Clock from "effect/Clock"

/** The clocks that timers are set by: one that is never set, and one that may be. */
export type Base = "monotonic" | "realtime"

export class Clocks {
  /** How far the realtime clock was moved, in nanoseconds. */
  shift = 0n
  private readonly booted: bigint
  private readonly moved = new Set<() => void>()

  constructor(private readonly clock: Clock.Clock) {
    this.booted = clock.unsafeCurrentTimeNanos()
  }

  /** Nanoseconds. */
  read(base: Base): bigint {
    const host = this.clock.unsafeCurrentTimeNanos()
    return base === "realtime" ? host + this.shift : host - this.booted
  }

  /** Calls `told`, in the same step, each time the realtime clock is set, until the answered function is called. */
  onSet(told: () => void): () => void {
    this.moved.add(told)
    return () => this.moved.delete(told)
  }

  set(realtime: bigint): void {
    this.shift += realtime - this.read("realtime")
    for (const told of Array.from(this.moved)) told()
  }
}
