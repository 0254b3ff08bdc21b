/**
 * Bytes on their way: a ring that grows by doubling as far as bytes are really put in.
 *
 * It holds bytes and knows nothing of limits; whoever puts in has counted before.
 */

/** Below this, a loop beats making a view for `set`. */
const SMALL = 24
const FIRST = 1024
const none = new Uint8Array(0)

export class Ring {
  private bytes = none
  private readAt = 0 // both count up; their difference is the number of bytes held
  private writtenAt = 0

  /** Bytes that can be taken. */
  get held(): number {
    return this.writtenAt - this.readAt
  }

  /** Puts in `count` bytes of `from`, beginning at `start`. */
  put(from: Uint8Array, start: number, count: number): void {
    if (this.held + count > this.bytes.length) this.reserve(this.held + count)
    const { bytes } = this
    const mask = bytes.length - 1
    const at = this.writtenAt & mask
    this.writtenAt += count
    if (count < SMALL) {
      for (let i = 0; i < count; i++) bytes[(at + i) & mask] = from[start + i]!
      return
    }
    const untilEnd = Math.min(count, bytes.length - at)
    bytes.set(start === 0 && untilEnd === from.length ? from : from.subarray(start, start + untilEnd), at)
    if (untilEnd < count) bytes.set(from.subarray(start + untilEnd, start + count), 0)
  }

  /** Copies `count` bytes that lie `skip` behind the first into `into`, at `to`; they stay. */
  copy(into: Uint8Array, to: number, count: number, skip = 0): void {
    const { bytes } = this
    const mask = bytes.length - 1
    const at = (this.readAt + skip) & mask
    if (count < SMALL) {
      for (let i = 0; i < count; i++) into[to + i] = bytes[(at + i) & mask]!
      return
    }
    const untilEnd = Math.min(count, bytes.length - at)
    into.set(bytes.subarray(at, at + untilEnd), to)
    if (untilEnd < count) into.set(bytes.subarray(0, count - untilEnd), to + untilEnd)
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    this.readAt += count
    // An empty ring begins at the front again, so that most copies are one piece.
    if (this.readAt === this.writtenAt) this.readAt = this.writtenAt = 0
  }

  /** Drops all bytes, and the memory. */
  clear(): void {
    this.bytes = none
    this.readAt = this.writtenAt = 0
  }

  private reserve(least: number): void {
    let size = Math.max(FIRST, this.bytes.length * 2)
    while (size < least) size *= 2
    const { held } = this
    const grown = new Uint8Array(size)
    if (held > 0) this.copy(grown, 0, held)
    this.bytes = grown
    this.readAt = 0
    this.writtenAt = held
  }
}
