/**
 * The time that files are stamped with: nanoseconds since the epoch, in steps of a millisecond.
 *
 * Linux stamps files with a coarse clock too. Here it saves making a bigint for each of a thousand writes within the
 * same millisecond.
 */
import type * as Clock from "effect/Clock"

export type CoarseClock = () => bigint

export const make = (clock: Clock.Clock): CoarseClock => {
  let milliseconds = -1
  let now = 0n
  return () => {
    const read = clock.unsafeCurrentTimeMillis()
    if (read !== milliseconds) {
      milliseconds = read
      now = BigInt(Math.floor(read)) * 1_000_000n
    }
    return now
  }
}
