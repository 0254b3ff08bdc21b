/**
 * The time that files are stamped with: nanoseconds since the epoch, in steps of a millisecond.
 *
 * Linux stamps files with a coarse clock too. Here it saves making a bigint for each of a thousand writes within the
 * same millisecond.
 */
import type * as Clock from "effect/Clock"

export type CoarseClock = () => bigint

/** `shift` is how far the kernel's realtime clock was moved from the host's, in nanoseconds. */
export const make = (clock: Clock.Clock, shift: () => bigint = unmoved): CoarseClock => {
  let milliseconds = -1
  let moved = 0n
  let now = 0n
  return () => {
    const read = clock.unsafeCurrentTimeMillis()
    const by = shift()
    if (read !== milliseconds || by !== moved) {
      milliseconds = read
      moved = by
      now = BigInt(Math.floor(read)) * 1_000_000n + by
    }
    return now
  }
}

const unmoved = (): bigint => 0n
