/**
 * Clocks and sleep.
 *
 * @see time(7)
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"

export type Clock = "realtime" | "monotonic" | "boottime"

export interface TimeCalls {
  /** Nanoseconds. @see clock_gettime(2) */
  readonly clockGettime: (clock?: Clock) => Effect.Effect<bigint>
  /** Sleeps for so many nanoseconds. @see nanosleep(2) */
  readonly nanosleep: (nanoseconds: bigint | number) => Effect.Effect<void, Errno<"EINTR" | "EINVAL">>
}
