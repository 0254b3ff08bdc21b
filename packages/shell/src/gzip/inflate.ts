/**
 * Unpacks DEFLATE, in bounded memory, and knows to the byte where the packed data ends: what stands behind it in a gzip
 * file is a check value, and perhaps another file.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951
 */
import type { ByteReader } from "../ByteReader.js"

/** How far back a copy may reach. */
const WINDOW = 32_768
const ROOM = 65_536
const LONGEST = 258

/** What a decoder answers where bits are missing, and where no code is like these bits. */
const MISSING = -1
const WRONG = -2

/** Codes by the bits that they begin with: a symbol and, in the four lowest bits, its length; 0 for no code. */
interface Codes {
  readonly width: number
  readonly table: Uint16Array
}

const reversed = (code: number, length: number): number => {
  let result = 0
  for (let bit = 0; bit < length; bit++) result |= (code >>> bit & 1) << length - 1 - bit
  return result
}

/** The codes of these lengths; `undefined` where there are more than fit, or fewer than there have to be. */
const codesOf = (lengths: Uint8Array, mayLack: boolean): Codes | undefined => {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length]!++
  counts[0] = 0
  let width = 15
  while (width > 1 && counts[width] === 0) width--
  const next = new Uint16Array(16)
  let left = 1
  let code = 0
  for (let length = 1; length <= 15; length++) {
    left = left * 2 - counts[length]!
    if (left < 0) return undefined
    code = code + counts[length - 1]! << 1
    next[length] = code
  }
  if (left > 0 && !mayLack) return undefined
  const table = new Uint16Array(1 << width)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length === 0) continue
    const entry = symbol << 4 | length
    for (let at = reversed(next[length]!++, length); at < table.length; at += 1 << length) table[at] = entry
  }
  return { width, table }
}

/** The first value of each symbol, from how many bits follow it. */
const firsts = (bits: ReadonlyArray<number>, from: number): ReadonlyArray<number> => {
  const values: Array<number> = []
  let value = from
  for (const count of bits) {
    values.push(value)
    value += 1 << count
  }
  return values
}

const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const lengthFrom = [...firsts(lengthBits.slice(0, -1), 3), LONGEST]
const distanceBits = Array.from({ length: 30 }, (_, symbol) => symbol < 2 ? 0 : (symbol >> 1) - 1)
const distanceFrom = firsts(distanceBits, 1)
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

const fixedLengths = Uint8Array.from(
  { length: 288 },
  (_, symbol) => symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
)
const fixed = {
  literals: codesOf(fixedLengths, false)!,
  distances: codesOf(new Uint8Array(30).fill(5), true)!
}

/** Why {@link Inflater.run} returned: it wants input, its output has to be taken, all is there, or the data is damaged. */
export type Outcome = "more" | "full" | "end" | "damaged"

export class Inflater {
  readonly out = new Uint8Array(WINDOW + ROOM)
  /** What the last run has made: `out[from, to)`. */
  from = 0
  to = 0
  private hold = 0
  private bits = 0
  private state: "block" | "stored" | "coded" | "end" = "block"
  private last = false
  /** Bytes left of a block that is stored as it is. */
  private left = 0
  private literals = fixed.literals
  private distances = fixed.distances

  constructor(private readonly input: ByteReader) {}

  /** Goes on for as long as there is input and room. */
  run(): Outcome {
    if (this.to > WINDOW) {
      this.out.copyWithin(0, this.to - WINDOW, this.to)
      this.to = WINDOW
    }
    this.from = this.to
    while (true) {
      const stopped = this.state === "block"
        ? this.block()
        : this.state === "stored"
        ? this.stored()
        : this.state === "coded"
        ? this.coded()
        : this.end()
      if (stopped !== undefined) return stopped
    }
  }

  private end(): Outcome {
    // Whole bytes that were looked at and not needed are the reader's again.
    this.input.at -= this.bits >> 3
    this.bits = this.hold = 0
    return "end"
  }

  private need(count: number): boolean {
    const { input } = this
    while (this.bits < count) {
      if (input.at === input.end) return false
      this.hold |= input.buffer[input.at++]! << this.bits
      this.bits += 8
    }
    return true
  }

  /** That many bits as a number, or {@link MISSING}. */
  private take(count: number): number {
    if (!this.need(count)) return MISSING
    const value = this.hold & (1 << count) - 1
    this.hold >>>= count
    this.bits -= count
    return value
  }

  private symbol({ table, width }: Codes): number {
    const enough = this.need(width)
    const entry = table[this.hold & (1 << width) - 1]!
    const length = entry & 15
    if (length === 0 || length > this.bits) return enough ? WRONG : MISSING
    this.hold >>>= length
    this.bits -= length
    return entry >> 4
  }

  /** Runs `step`, and undoes what it took where it lacked input. Steps back over no more than the buffer keeps. */
  private block(): Outcome | undefined {
    const { bits, hold, input } = this
    const { at } = input
    const outcome = this.header()
    if (outcome === "more") {
      input.at = at
      this.hold = hold
      this.bits = bits
    }
    return outcome
  }

  private header(): Outcome | undefined {
    const head = this.take(3)
    if (head < 0) return "more"
    const kind = head >> 1
    if (kind === 3) return "damaged"
    if (kind === 0) {
      this.hold >>>= this.bits & 7
      this.bits &= ~7
      const [length, complement] = [this.take(16), this.take(16)]
      if (length < 0 || complement < 0) return "more"
      if ((length ^ complement) !== 0xffff) return "damaged"
      this.left = length
      this.state = "stored"
    } else {
      if (kind === 1) ({ literals: this.literals, distances: this.distances } = fixed)
      else {
        const outcome = this.tables()
        if (outcome !== undefined) return outcome
      }
      this.state = "coded"
    }
    this.last = (head & 1) === 1
    return undefined
  }

  /** The codes of a block, which are coded themselves. */
  private tables(): Outcome | undefined {
    const [literals, distances, count] = [this.take(5), this.take(5), this.take(4)]
    if (count < 0) return "more"
    if (literals > 29) return "damaged"
    const small = new Uint8Array(19)
    for (let i = 0; i < count + 4; i++) {
      const length = this.take(3)
      if (length < 0) return "more"
      small[order[i]!] = length
    }
    const codes = codesOf(small, false)
    if (codes === undefined) return "damaged"
    const lengths = new Uint8Array(literals + distances + 258)
    for (let i = 0; i < lengths.length;) {
      const symbol = this.symbol(codes)
      if (symbol < 0) return symbol === MISSING ? "more" : "damaged"
      if (symbol < 16) {
        lengths[i++] = symbol
        continue
      }
      if (symbol === 16 && i === 0) return "damaged"
      const repeat = symbol === 16 ? this.take(2) : symbol === 17 ? this.take(3) : this.take(7)
      if (repeat < 0) return "more"
      const times = repeat + (symbol === 18 ? 11 : 3)
      if (i + times > lengths.length) return "damaged"
      lengths.fill(symbol === 16 ? lengths[i - 1]! : 0, i, i + times)
      i += times
    }
    const ofLiterals = codesOf(lengths.subarray(0, literals + 257), false)
    const ofDistances = codesOf(lengths.subarray(literals + 257), true)
    if (ofLiterals === undefined || ofDistances === undefined || lengths[256] === 0) return "damaged"
    this.literals = ofLiterals
    this.distances = ofDistances
    return undefined
  }

  private stored(): Outcome | undefined {
    const { input, out } = this
    // Bytes that were looked at already are stepped back over.
    input.at -= this.bits >> 3
    this.bits = this.hold = 0
    const count = Math.min(this.left, input.end - input.at, out.length - this.to)
    out.set(input.buffer.subarray(input.at, input.at + count), this.to)
    this.to += count
    this.left -= count
    input.at += count
    if (this.left === 0) {
      this.state = this.last ? "end" : "block"
      return undefined
    }
    return this.to === out.length ? "full" : "more"
  }

  private coded(): Outcome | undefined {
    const { distances, input, literals, out } = this
    while (this.to <= out.length - LONGEST) {
      const { bits, hold } = this
      const { at } = input
      const symbol = this.symbol(literals)
      if (symbol >= 0 && symbol < 256) {
        out[this.to++] = symbol
        continue
      }
      if (symbol === 256) {
        this.state = this.last ? "end" : "block"
        return undefined
      }
      const outcome = symbol < 0 ? symbol : this.copy(symbol - 257, distances)
      if (outcome === MISSING) {
        input.at = at
        this.hold = hold
        this.bits = bits
        return "more"
      }
      if (outcome === WRONG) return "damaged"
    }
    return "full"
  }

  private copy(symbol: number, distances: Codes): number {
    if (symbol > 28) return WRONG
    const moreLength = this.take(lengthBits[symbol]!)
    if (moreLength < 0) return MISSING
    const second = this.symbol(distances)
    if (second < 0) return second
    if (second > 29) return WRONG
    const moreDistance = this.take(distanceBits[second]!)
    if (moreDistance < 0) return MISSING
    const length = lengthFrom[symbol]! + moreLength
    const distance = distanceFrom[second]! + moreDistance
    if (distance > this.to) return WRONG
    const { out } = this
    let { to } = this
    for (const end = to + length; to < end; to++) out[to] = out[to - distance]!
    this.to = to
    return length
  }
}
