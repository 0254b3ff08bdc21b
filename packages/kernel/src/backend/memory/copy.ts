/** Copying bytes between arrays. */

/** Below this, a loop beats making a view for `set`. */
const SMALL = 32

export const copy = (from: Uint8Array, start: number, to: Uint8Array, at: number, count: number): void => {
  if (count < SMALL) {
    for (let i = 0; i < count; i++) to[at + i] = from[start + i]!
  } else to.set(start === 0 && count === from.length ? from : from.subarray(start, start + count), at)
}
