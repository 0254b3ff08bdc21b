/**
 * Small arrays, cut from larger ones: an array of its own costs a small file more than its bytes do.
 *
 * What is cut stays alive as long as one of its pieces does, so that a file may keep as much as SLAB of others that are
 * gone: twice what tmpfs, which gives each file whole pages, takes for it anyway.
 */
const SLAB = 8192
/** What is larger gets an array of its own. */
const PIECE_MAX = SLAB / 4

let slab = new Uint8Array(0)
let used = 0

/** A copy of `from`. */
export const copyOf = (from: Uint8Array): Uint8Array => {
  const { length } = from
  if (length > PIECE_MAX) return new Uint8Array(from)
  if (used + length > slab.length) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  const piece = slab.subarray(used, used + length)
  used += length
  piece.set(from)
  return piece
}
