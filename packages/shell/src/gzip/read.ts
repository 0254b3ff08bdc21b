/**
 * Reads what gzip packed: members one behind the other, each with a header, its data, and the check value and length of
 * what was packed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
import type * as Errno from "@effix/kernel/Errno"
import type { ByteReader } from "../ByteReader.js"
import * as Latin1 from "../Latin1.js"
import type { Steps } from "../Steps.js"
import * as Crc from "./crc.js"
import { Inflater } from "./inflate.js"

/** What is wrong with the input; `garbage` is what stands behind a member and is none. */
export type Problem =
  | { readonly kind: "not gzip" | "cut off" | "encrypted" | "damaged" | "length" | "garbage" }
  /** `length`: whether that is wrong too. */
  | { readonly kind: "crc"; readonly length: boolean }
  | { readonly kind: "method" | "flags"; readonly value: number }
  | { readonly kind: "unreadable"; readonly error: Errno.Any }

/** What the header of a member says. */
export interface Member {
  /** The name that the file had, as it stands there. */
  readonly name: string | undefined
  /** When it was changed, in seconds since the epoch; 0 when that is not known. */
  readonly time: number
  /** Bytes of the header, and of the check value and length at the end. */
  readonly overhead: number
}

const [EXTRA, NAME, COMMENT, ENCRYPTED, RESERVED, HEADER_CHECK] = [4, 8, 16, 32, 0xc0, 2]

const number = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24) >>> 0

/** Whether a file begins as gzip's do. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

export class GzipReader {
  problem: Problem | undefined
  /** Of the last member that was begun. */
  member: Member | undefined
  members = 0
  /** Bytes of the last member, and the check values over them, as far as they were unpacked. */
  size = 0
  crc = 0
  private inflater: Inflater | undefined
  private ended = false

  constructor(readonly input: ByteReader) {}

  /** The next piece of what was packed, until the next call; nothing at the end, of which `problem` may be the reason. */
  *next(): Steps<Uint8Array | undefined> {
    while (!this.ended) {
      if (this.inflater === undefined) {
        if (!(yield* this.begin())) this.ended = true
        continue
      }
      const outcome = this.inflater.run()
      const { from, out, to } = this.inflater
      if (outcome === "damaged") {
        this.fail({ kind: "damaged" })
        continue
      }
      if (to > from) {
        this.size += to - from
        this.crc = Crc.update(this.crc, out.subarray(from, to))
      }
      if (outcome === "more" && !(yield* this.input.more())) {
        this.cutOff()
      } else if (outcome === "end") yield* this.conclude()
      if (to > from) return out.subarray(from, to)
    }
    return undefined
  }

  /** Reads the header of the next member; answers whether there is one. */
  *begin(): Steps<boolean> {
    const { input } = this
    const start = input.taken
    if (this.members > 0) {
      // Zeros behind the last member are what a tape was filled up with.
      let zeros = 0
      while (yield* input.has(1)) {
        if (input.buffer[input.at] !== 0) break
        input.at++
        zeros++
      }
      if (input.atEnd && input.at === input.end) return false
      if (!(yield* input.has(2)) && zeros === 0) return this.cutOff()
      if (zeros > 0 || !isGzip(input.buffer.subarray(input.at))) return this.fail({ kind: "garbage" })
    }
    if (!(yield* input.has(2))) return this.cutOff()
    if (!isGzip(input.buffer.subarray(input.at))) return this.fail({ kind: "not gzip" })
    if (!(yield* input.has(3))) return this.cutOff()
    const method = input.buffer[input.at + 2]!
    if (method !== 8) return this.fail({ kind: "method", value: method })
    if (!(yield* input.has(4))) return this.cutOff()
    const flags = input.buffer[input.at + 3]!
    if ((flags & ENCRYPTED) !== 0) return this.fail({ kind: "encrypted" })
    if ((flags & RESERVED) !== 0) return this.fail({ kind: "flags", value: flags })
    if (!(yield* input.has(10))) return this.cutOff()
    const time = number(input.take(10), 4)
    if ((flags & EXTRA) !== 0) {
      if (!(yield* input.has(2))) return this.cutOff()
      const length = input.byte() | input.byte() << 8
      if ((yield* input.skip(length)) < length) return this.cutOff()
    }
    let name: string | undefined
    if ((flags & NAME) !== 0) {
      name = yield* this.text()
      if (name === undefined) return false
    }
    if ((flags & COMMENT) !== 0 && (yield* this.text()) === undefined) return false
    if ((flags & HEADER_CHECK) !== 0 && (yield* input.skip(2)) < 2) return this.cutOff()
    this.member = { name, time, overhead: input.taken - start + 8 }
    this.members++
    this.size = this.crc = 0
    this.inflater = new Inflater(input)
    return true
  }

  private *text(): Steps<string | undefined> {
    let text = ""
    while (yield* this.input.has(1)) {
      const byte = this.input.byte()
      if (byte === 0) return Latin1.toText(text)
      // Longer than any name can be: it is only stepped over.
      if (text.length < 4096) text += String.fromCharCode(byte)
    }
    this.cutOff()
    return undefined
  }

  private *conclude(): Steps<void> {
    this.inflater = undefined
    if (!(yield* this.input.has(8))) {
      this.cutOff()
      return
    }
    const trailer = this.input.take(8)
    const length = number(trailer, 4) !== this.size % 2 ** 32
    if (number(trailer, 0) !== this.crc) this.fail({ kind: "crc", length })
    else if (length) this.fail({ kind: "length" })
  }

  private cutOff(): false {
    const { error } = this.input
    return this.fail(error === undefined ? { kind: "cut off" } : { kind: "unreadable", error })
  }

  private fail(problem: Problem): false {
    this.problem = problem
    this.ended = true
    return false
  }
}
