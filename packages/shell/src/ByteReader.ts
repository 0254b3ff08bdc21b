/**
 * Bytes of a source, taken in pieces of any size, with a few that were taken kept: a decoder that has looked too far can
 * step back.
 *
 * @see read(2)
 */
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import { blockSize } from "./BufferedWriter.js"
import { attempt, type Steps } from "./Steps.js"

/** Where bytes come from: fills a part of `into` and answers how much; 0 at the end. */
export type Source = (into: Uint8Array) => Steps<number | Errno.Any>

/** A descriptor as a source. */
export const descriptor = (sys: SystemCalls, fd: number): Source =>
  function*(into) {
    return yield* attempt(sys.read(fd, into))
  }

/** Bytes that one may step back. */
const KEPT = 8

export class ByteReader {
  readonly buffer = new Uint8Array(blockSize + KEPT)
  /** What is here and was not taken: `buffer[at, end)`. */
  at = 0
  end = 0
  /** What ended the input, if it was not its end. */
  error: Errno.Any | undefined = undefined
  atEnd = false
  /** The offset in the input of the buffer's first byte. */
  base = 0

  constructor(readonly source: Source) {}

  /** How many bytes were taken. */
  get taken(): number {
    return this.base + this.at
  }

  /** Reads more behind what is here; `false` at the end of the input. */
  *more(): Steps<boolean> {
    if (this.atEnd) return false
    const from = Math.max(0, this.at - KEPT)
    if (from > 0) {
      this.buffer.copyWithin(0, from, this.end)
      this.base += from
      this.at -= from
      this.end -= from
    }
    const count = yield* this.source(this.buffer.subarray(this.end))
    if (Errno.isErrno(count)) this.error = count
    else if (count > 0) {
      this.end += count
      return true
    }
    this.atEnd = true
    return false
  }

  /** Whether `count` bytes, of at most a block, are here; reads for them. */
  *has(count: number): Steps<boolean> {
    while (this.end - this.at < count) if (!(yield* this.more())) return false
    return true
  }

  /** The next byte, which is here. */
  byte(): number {
    return this.buffer[this.at++]!
  }

  /** The next `count` bytes, which are here, until more is read. */
  take(count: number): Uint8Array {
    this.at += count
    return this.buffer.subarray(this.at - count, this.at)
  }

  /** Up to `count` bytes, until more is read; none at the end. */
  *some(count: number): Steps<Uint8Array> {
    if (this.at === this.end && count > 0) yield* this.more()
    return this.take(Math.min(count, this.end - this.at))
  }

  /** Up to `count` bytes as a copy: fewer only at the end. */
  *copy(count: number): Steps<Uint8Array> {
    const pieces: Array<Uint8Array> = []
    let length = 0
    while (length < count) {
      const piece = yield* this.some(count - length)
      if (piece.length === 0) break
      pieces.push(piece.slice())
      length += piece.length
    }
    if (pieces.length === 1) return pieces[0]!
    const whole = new Uint8Array(length)
    let at = 0
    for (const piece of pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }

  /** Steps over `count` bytes; answers how many there were. */
  *skip(count: number): Steps<number> {
    let left = count
    while (left > 0) {
      const { length } = yield* this.some(left)
      if (length === 0) break
      left -= length
    }
    return count - left
  }
}
