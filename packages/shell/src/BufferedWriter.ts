/**
 * Output in blocks: appending is synchronous, and only a flush is a system call.
 *
 * A utility appends whatever one block of its input makes, then calls {@link BufferedWriter.ready}: that writes when a
 * block is full, or at once when the descriptor is a terminal.
 *
 * @see stdio(3)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { attempt, type Steps, Stop } from "./Steps.js"

/** Bytes that are gathered before they are written, and that utilities read at once. */
export const blockSize = 65_536

export class BufferedWriter {
  #buffer = new Uint8Array(1024)
  #terminal: boolean | undefined = undefined
  /** Bytes that wait for a flush. */
  length = 0

  constructor(readonly sys: SystemCalls, readonly fd: number, readonly failing = "write error") {}

  get isFull(): boolean {
    return this.length >= blockSize
  }

  #reserve(more: number): void {
    const wanted = this.length + more
    if (wanted <= this.#buffer.length) return
    const larger = new Uint8Array(Math.max(wanted, Math.min(this.#buffer.length * 4, blockSize * 2)))
    larger.set(this.#buffer.subarray(0, this.length))
    this.#buffer = larger
  }

  byte(value: number): void {
    if (this.length === this.#buffer.length) this.#reserve(1)
    this.#buffer[this.length++] = value
  }

  /** Appends `bytes[from, to)`. */
  bytes(bytes: Uint8Array, from = 0, to = bytes.length): void {
    const count = to - from
    if (this.length + count > this.#buffer.length) this.#reserve(count)
    const buffer = this.#buffer
    if (count < 48) { for (let i = from, at = this.length; i < to; i++) buffer[at++] = bytes[i]! }
    else buffer.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.length)
    this.length += count
  }

  text(text: string): void {
    const start = this.length
    if (start + text.length > this.#buffer.length) this.#reserve(text.length)
    const buffer = this.#buffer
    for (let i = 0, at = start; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f) return this.bytes(Bytes.encode(text))
      buffer[at++] = unit
    }
    this.length = start + text.length
  }

  /** Appends the bytes that `text` holds as characters (see `Latin1`). */
  latin1(text: string): void {
    if (this.length + text.length > this.#buffer.length) this.#reserve(text.length)
    const buffer = this.#buffer
    let at = this.length
    for (let i = 0; i < text.length; i++) buffer[at++] = text.charCodeAt(i)
    this.length = at
  }

  line(text: string): void {
    this.text(text)
    this.byte(10)
  }

  /** At the end of a block: writes if a block is full, or if somebody watches. */
  *ready(): Steps<void> {
    if (this.length === 0) return
    if (this.length < blockSize) {
      this.#terminal ??= (yield* attempt(this.sys.isatty(this.fd))) === true
      if (!this.#terminal) return
    }
    yield* this.flush()
  }

  *flush(): Steps<void> {
    const { length } = this
    this.length = 0
    for (let sent = 0; sent < length;) {
      const count = yield* attempt(this.sys.write(this.fd, this.#buffer.subarray(sent, length)))
      if (Errno.isErrno(count)) {
        return yield* Effect.fail(new Stop(undefined, `${this.failing}: ${Errno.text(count._tag)}`))
      }
      sent += count
    }
  }
}

/** Writes all of `bytes`; answers the errno that stopped it. */
export function* writeAll(sys: SystemCalls, fd: number, bytes: Uint8Array): Steps<Errno.Any | undefined> {
  for (let sent = 0; sent < bytes.length;) {
    const count = yield* attempt(sys.write(fd, sent === 0 ? bytes : bytes.subarray(sent)))
    if (Errno.isErrno(count)) return count
    sent += count
  }
  return undefined
}
