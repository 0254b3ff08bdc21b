/**
 * Small pieces of memory, cut from larger ones: an array of its own costs a small file more than its bytes do, and even
 * a view of one a tenth as much again.
 *
 * What is cut stays alive as long as one of its pieces does, so that a file may keep as much as SLAB of others that are
 * gone: twice what tmpfs, which gives each file whole pages, takes for it anyway.
 */
const SLAB = 8192
/** What is larger gets an array of its own. */
const PIECE_MAX = SLAB / 4

/** Where the next piece is cut from, and where in it. */
let slab = new Uint8Array(0)
let used = 0

export interface Piece {
  bytes: Uint8Array
  /** Where in `bytes` it begins. */
  start: number
}

/** Gives `piece` a copy of `from`. */
export const keepCopy = (piece: Piece, from: Uint8Array): void => {
  const { length } = from
  if (length > PIECE_MAX) {
    piece.bytes = new Uint8Array(from)
    piece.start = 0
    return
  }
  if (used + length > slab.length) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  slab.set(from, used)
  piece.bytes = slab
  piece.start = used
  used += length
}
