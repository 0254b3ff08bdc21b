/**
 * What was typed and not yet read: one ring for the lines that are complete and for the one being edited.
 *
 * In canonical mode everything before `lineHead` may be read, and the flag of a position says that a line ends
 * there; an end of file is such a position with a {@link DISABLED} in it. In the other mode everything before
 * `committed` may be read.
 *
 * @see termios(3)
 */
import { DISABLED } from "./characters.js"
import { copyIn, copyOut } from "./ring.js"

/** N_TTY_BUF_SIZE: with the line end, no line is longer. */
export const SIZE = 4096
const MASK = SIZE - 1

export class Input {
  readonly bytes = new Uint8Array(SIZE)
  private readonly lineEnds = new Uint8Array(SIZE)
  /** Where the next character goes. */
  head = 0
  /** What comes next for a reader. */
  tail = 0
  /** Where the line begins that is being edited. */
  lineHead = 0
  committed = 0

  at(position: number): number {
    return this.bytes[position & MASK]!
  }

  put(c: number): void {
    this.bytes[this.head++ & MASK] = c
  }

  putAll(bytes: Uint8Array, start: number, end: number): void {
    copyIn(this.bytes, this.head, bytes, start, end)
    this.head += end - start
  }

  /** Puts the last character of a line, and hands the line over. */
  endLine(c: number): void {
    this.lineEnds[this.head & MASK] = 1
    this.put(c)
    this.lineHead = this.head
  }

  /** Whether nothing is left of the line that is being edited. Compared as ring positions, as Linux does. */
  isLineStart(position: number): boolean {
    return ((position ^ this.lineHead) & MASK) === 0
  }

  clear(): void {
    this.head =
      this.tail =
      this.lineHead =
      this.committed =
        0
    this.lineEnds.fill(0)
  }

  /** Canonical mode begins or ends: what is there becomes one line, or loses its line ends. */
  regroup(lines: boolean): void {
    this.lineEnds.fill(0)
    if (lines && this.head !== this.tail) {
      this.lineEnds[(this.head - 1) & MASK] = 1
      this.lineHead = this.head
    } else {
      this.lineHead = this.tail
    }
    this.committed = this.head
  }

  /** How much may be read; ends of file count as a character. */
  ready(lines: boolean): number {
    return (lines ? this.lineHead : this.committed) - this.tail
  }

  /** What FIONREAD answers. */
  readable(lines: boolean): number {
    if (!lines) return this.head - this.tail
    let count = this.lineHead - this.tail
    for (let at = this.tail; at !== this.lineHead; at++) if (this.isEof(at)) count--
    return count
  }

  private isEof(position: number): boolean {
    return this.lineEnds[position & MASK] === 1 && this.bytes[position & MASK] === DISABLED
  }

  take(into: Uint8Array, limit: number): number {
    const count = Math.min(limit, this.committed - this.tail)
    copyOut(this.bytes, this.tail, count, into, 0)
    this.tail += count
    return count
  }

  /** At most one line, or what of it fits. An end of file ends a line and is not part of it. */
  takeLine(into: Uint8Array): number {
    const { lineEnds, tail } = this
    const limit = Math.min(into.length, this.lineHead - tail)
    let count = 0
    while (count < limit && lineEnds[(tail + count) & MASK] === 0) count++
    const ended = count < limit
    const eof = ended && this.bytes[(tail + count) & MASK] === DISABLED
    if (ended) lineEnds[(tail + count) & MASK] = 0
    if (ended && !eof) count++
    copyOut(this.bytes, tail, count, into, 0)
    this.tail = tail + count + (eof ? 1 : 0)
    // A read that takes all of a line but its end of file takes that too, or the next one would answer 0.
    if (!ended && this.tail !== this.lineHead && this.isEof(this.tail)) {
      lineEnds[this.tail & MASK] = 0
      this.tail++
    }
    return count
  }
}
