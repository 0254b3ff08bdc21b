/**
 * A moment of a clock, which comes sooner or later when that clock is set.
 *
 * @see timer_settime(2)
 */
import type { Base, Clocks } from "./Clocks.js"

/** What a deadline needs of the room: a timer of the host's, and the clocks. */
export interface Ticking {
  readonly after: (milliseconds: number, run: () => void) => () => void
  readonly clocks: Clocks
}

/** Calls `run` as soon as the clock says `at`, in nanoseconds; the answered function cancels that. */
export const whenReached = ({ after, clocks }: Ticking, base: Base, at: bigint, run: () => void): () => void => {
  let cancel: (() => void) | undefined
  const arm = (least: number): void => {
    cancel = after(Math.max(least, Number(at - clocks.read(base)) / 1e6), () => {
      // The host counts milliseconds by another clock, which may be a little ahead: then it is due at its next tick.
      if (clocks.read(base) < at) return arm(1)
      forget?.()
      run()
    })
  }
  arm(0)
  const forget = base === "monotonic" ? undefined : clocks.onSet(() => {
    cancel?.()
    arm(0)
  })
  return () => {
    cancel?.()
    forget?.()
  }
}
