/**
 * A queue of bytes in a ring of fixed size: what a terminal's two directions are made of.
 *
 * @see pty(7)
 */

/** Below this, a loop is faster than making two views. */
const SMALL = 96

/** Copies `count` bytes out of a ring, from position `from` on. The ring's size is a power of two. */
export const copyOut = (ring: Uint8Array, from: number, count: number, into: Uint8Array, at: number): void => {
  const mask = ring.length - 1
  if (count < SMALL) {
    for (let i = 0; i < count; i++) into[at + i] = ring[(from + i) & mask]!
    return
  }
  const start = from & mask
  const first = Math.min(count, ring.length - start)
  into.set(ring.subarray(start, start + first), at)
  if (first < count) into.set(ring.subarray(0, count - first), at + first)
}

/** Copies `bytes[start, end)` into a ring, from position `to` on. */
export const copyIn = (ring: Uint8Array, to: number, bytes: Uint8Array, start: number, end: number): void => {
  const mask = ring.length - 1
  const count = end - start
  if (count < SMALL) {
    for (let i = 0; i < count; i++) ring[(to + i) & mask] = bytes[start + i]!
    return
  }
  const at = to & mask
  const first = Math.min(count, ring.length - at)
  ring.set(bytes.subarray(start, start + first), at)
  if (first < count) ring.set(bytes.subarray(start + first, end), 0)
}

/** Positions only grow; the reader's is `tail`, the writer's `head`. Who pushes has looked for room. */
export class Ring {
  readonly bytes: Uint8Array
  readonly mask: number
  head = 0
  tail = 0

  constructor(
    /** A power of two. */
    size: number
  ) {
    this.bytes = new Uint8Array(size)
    this.mask = size - 1
  }

  get length(): number {
    return this.head - this.tail
  }

  push(byte: number): void {
    this.bytes[this.head++ & this.mask] = byte
  }

  pushAll(bytes: Uint8Array, start: number, end: number): void {
    copyIn(this.bytes, this.head, bytes, start, end)
    this.head += end - start
  }

  /** Moves as much as fits into `into`, and answers how much. */
  take(into: Uint8Array): number {
    const count = Math.min(into.length, this.head - this.tail)
    copyOut(this.bytes, this.tail, count, into, 0)
    this.tail += count
    return count
  }

  /** Drops the youngest bytes until `length` are left. */
  truncate(length: number): void {
    if (this.head - this.tail > length) this.head = this.tail + length
  }
}
