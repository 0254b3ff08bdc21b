/**
 * A buffer for the length of one step: what a call gathers, or reads in one piece before it hands it out.
 *
 * To make one for each call would take longer than to fill it. A call that is not answered in the same step keeps what
 * it has taken, and the next one gets another.
 */
import type * as Effect from "effect/Effect"
import { isReady } from "../internal/step.js"

/** What is copied at once; what a pipe holds, on Linux. */
export const SCRATCH = 65_536

let spare: Uint8Array | undefined

/** Lends a buffer of at least `length` bytes to `use`, which is done with it when its answer is ready. */
export const withScratch = <A, E>(
  length: number,
  use: (buffer: Uint8Array) => Effect.Effect<A, E>
): Effect.Effect<A, E> => {
  if (length > SCRATCH) return use(new Uint8Array(length))
  const whole = spare ?? new Uint8Array(SCRATCH)
  spare = undefined
  const answer = use(length === SCRATCH ? whole : whole.subarray(0, length))
  if (isReady(answer)) spare = whole
  return answer
}
