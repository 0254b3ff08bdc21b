/**
 * Lines of a descriptor as bytes, whatever bytes they are and whether or not the last one ends in a newline.
 *
 * Stepping through the lines of a block is synchronous; only {@link LineReader.fill} reads:
 *
 * ```text
 * do {
 *   while (lines.next()) use(lines.buffer, lines.from, lines.to)
 *   yield* out.ready()
 * } while (yield* lines.fill())
 * ```
 *
 * @see getline(3)
 */
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import { blockSize } from "./BufferedWriter.js"
import * as Latin1 from "./Latin1.js"
import { attempt, type Steps } from "./Steps.js"

export class LineReader {
  /** Holds the current line; filled anew by `fill`. */
  buffer: Uint8Array
  /** The current line: `buffer[from, to)`, without its delimiter. */
  from = 0
  to = 0
  /** Whether the current line ends in a delimiter. */
  terminated = false
  /** What ended the input, if it was not its end. */
  error: Errno.Any | undefined = undefined
  /** The offset in the input of the buffer's first byte. */
  base = 0
  /** Where the lines end that are here in full. */
  limit = 0
  #next = 0
  #scanned = 0
  #end = 0
  #atEnd = false
  #filled = false

  constructor(readonly sys: SystemCalls, readonly fd: number, readonly delimiter = 10, size = 4096) {
    this.buffer = new Uint8Array(size)
  }

  /** Steps to the next line that is here in full; the last one may lack its delimiter. */
  next(): boolean {
    const { buffer, delimiter } = this
    const end = this.#end
    for (let at = this.#scanned; at < end; at++) {
      if (buffer[at] === delimiter) {
        this.from = this.#next
        this.to = at
        this.terminated = true
        this.#next = this.#scanned = at + 1
        return true
      }
    }
    this.#scanned = end
    if (!this.#atEnd || this.#next === end) return false
    this.from = this.#next
    this.to = this.#next = end
    this.terminated = false
    return true
  }

  /** A copy of the current line. */
  line(): Uint8Array {
    return this.buffer.slice(this.from, this.to)
  }

  /** What was read and not yet stepped over: for whoever goes on in another way than by lines. */
  rest(): Uint8Array {
    const rest = this.buffer.subarray(this.#next, this.#end)
    this.#next = this.#scanned = this.#end
    return rest
  }

  /** All that is left, a character for each byte (see `Latin1`); `error` says what ended it, if not its end. */
  *whole(): Steps<string> {
    let text = ""
    do text += Latin1.decode(this.rest())
    while (yield* this.fill())
    return text
  }

  /** Where the next line begins. */
  get position(): number {
    return this.#next
  }

  /** Steps over all lines in front of the one that holds `position`. */
  skipTo(position: number): void {
    let at = position
    while (at > this.#next && this.buffer[at - 1] !== this.delimiter) at--
    this.#next = this.#scanned = at
  }

  /** Puts `other` wherever `byte` is in what is here. */
  replace(byte: number, other: number): void {
    for (let at = this.#next; at < this.#end; at++) if (this.buffer[at] === byte) this.buffer[at] = other
    this.#scanned = this.#next
    if (other === this.delimiter && !this.#atEnd) {
      this.limit = this.buffer.lastIndexOf(this.delimiter, this.#end - 1) + 1
    }
  }

  /** Whether `byte` is somewhere in what is here. */
  holds(byte: number): boolean {
    const at = this.buffer.indexOf(byte, this.#next)
    return at >= 0 && at < this.#end
  }

  /** Whether the input has ended. */
  get atEnd(): boolean {
    return this.#atEnd
  }

  /** How many bytes were read and not yet stepped over. */
  get pending(): number {
    return this.#end - this.#next
  }

  /** Reads more; `false` when there is nothing left to step to. */
  *fill(): Steps<boolean> {
    if (this.#atEnd) return false
    if (this.#next > 0) {
      this.buffer.copyWithin(0, this.#next, this.#end)
      this.base += this.#next
      this.#end -= this.#next
      this.#scanned -= this.#next
      this.#next = 0
    }
    // Filled by the last read, or by one line alone: there is more of it.
    if (this.#end === this.buffer.length || (this.#filled && this.buffer.length < blockSize)) {
      const larger = new Uint8Array(this.buffer.length * (this.buffer.length < blockSize ? 4 : 2))
      larger.set(this.buffer)
      this.buffer = larger
    }
    const room = this.buffer.length - this.#end
    const count = yield* attempt(this.sys.read(this.fd, this.buffer.subarray(this.#end)))
    if (Errno.isErrno(count)) {
      this.error = count
      this.#atEnd = true
    } else if (count === 0) this.#atEnd = true
    else this.#end += count
    this.#filled = count === room
    this.limit = this.#atEnd ? this.#end : this.buffer.lastIndexOf(this.delimiter, this.#end - 1) + 1
    return this.#next < this.#end || !this.#atEnd
  }
}
