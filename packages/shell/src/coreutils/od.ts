/**
 * Dumps files as numbers and characters.
 *
 * @see od(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import { character } from "../internal/VisibleByte.js"
import * as LongDouble from "../LongDouble.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Write an unambiguous representation of FILE to standard output.",
  short: "A:abcdDefFhHiIj:lLN:oOsS:t:vw::xX",
  long: {
    "address-radix=": "A",
    "format=": "t",
    "output-duplicates": "v",
    "read-bytes=": "N",
    "skip-bytes=": "j",
    "width=?": "w"
  }
}

interface Format {
  readonly size: number
  readonly width: number
  readonly text: (view: DataView, at: number) => string
  /** `z`: the printable characters at the end of the line. */
  readonly trailer: boolean
}

const names =
  "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp"
    .split(" ")

const named = (byte: number): string => {
  const low = byte & 0x7f
  return names[low] ?? (low === 127 ? "del" : String.fromCharCode(low))
}

const unsigned = (view: DataView, at: number, size: number): bigint => {
  let value = 0n
  for (let i = size - 1; i >= 0; i--) value = value << 8n | BigInt(view.getUint8(at + i))
  return value
}

const digits: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  d: { 1: 4, 2: 6, 4: 11, 8: 20 },
  o: { 1: 3, 2: 6, 4: 11, 8: 22 },
  u: { 1: 3, 2: 5, 4: 10, 8: 20 },
  x: { 1: 2, 2: 4, 4: 8, 8: 16 }
}

const sizes: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8, F: 4, D: 8 }

/** The shortest text that reads back as the same number. */
const floatText = (value: number, size: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf"
  const exact = LongDouble.parse(String(Math.abs(value))).value
  for (let precision = size === 4 ? 6 : 15; precision < 18; precision++) {
    const text = LongDouble.general(LongDouble.parse(Math.abs(value).toPrecision(precision)).value, precision, false)
    const back = size === 4 ? Math.fround(Number(text)) : Number(text)
    if (back === Math.abs(value)) return (value < 0 || Object.is(value, -0) ? "-" : "") + text
  }
  return LongDouble.general(exact, 17, false)
}

function* formatsOf(run: Utility.Run, text: string): Steps<ReadonlyArray<Format>> {
  const formats: Array<Format> = []
  let rest = text
  while (rest !== "") {
    const match = /^(?:([ac])|([doux])(\d+|[CSIL])?|(f)(\d+|[FDL])?)(z?)/.exec(rest)
    if (match === null) return yield* run.die(`invalid character '${rest[0]}' in type string ${Quote.value(text)}`)
    rest = rest.slice(match[0].length)
    const [, char, integer, integerSize, float, floatSize, z] = match
    const trailer = z === "z"
    if (char !== undefined) {
      formats.push({
        size: 1,
        width: 3,
        trailer,
        text: (view, at) => char === "a" ? named(view.getUint8(at)) : character(view.getUint8(at))
      })
    } else if (float !== undefined) {
      const size = floatSize === "F" ? 4 : floatSize === undefined || floatSize === "D" ? 8 : Number(floatSize)
      if (size !== 4 && size !== 8) {
        return yield* run.die(
          `invalid type string ${Quote.value(text)};\nthis system doesn't provide a ${size}-byte floating point type`
        )
      }
      formats.push({
        size,
        width: size === 4 ? 15 : 24,
        trailer,
        text: (view, at) => floatText(size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true), size)
      })
    } else {
      const size = integerSize === undefined ? 4 : sizes[integerSize] ?? Number(integerSize)
      const width = digits[integer!]![size]
      if (width === undefined) {
        return yield* run.die(
          `invalid type string ${Quote.value(text)};\nthis system doesn't provide a ${size}-byte integral type`
        )
      }
      const base = integer === "o" ? 8 : integer === "x" ? 16 : 10
      formats.push({
        size,
        width,
        trailer,
        text: (view, at) => {
          const value = unsigned(view, at, size)
          if (integer === "d") return String(BigInt.asIntN(size * 8, value))
          return base === 10 ? String(value) : value.toString(base).padStart(width, "0")
        }
      })
    }
  }
  return formats
}

const old: Readonly<Record<string, string>> = {
  a: "a",
  b: "o1",
  c: "c",
  d: "u2",
  D: "u4",
  e: "fD",
  f: "fF",
  F: "fD",
  h: "x2",
  H: "x4",
  i: "dI",
  I: "dL",
  l: "dL",
  L: "dL",
  o: "o2",
  O: "o4",
  s: "d2",
  x: "x2",
  X: "x4"
}

const addressOf = (radix: string, at: number): string => {
  if (radix === "n") return ""
  return radix === "d"
    ? String(at).padStart(7, "0")
    : at.toString(radix === "x" ? 16 : 8).padStart(radix === "x" ? 6 : 7, "0")
}

class Dump {
  at: number
  #last: Uint8Array | undefined
  #starred = false

  constructor(
    readonly run: Utility.Run,
    readonly formats: ReadonlyArray<Format>,
    readonly radix: string,
    readonly width: number,
    readonly all: boolean,
    start: number
  ) {
    this.at = start
  }

  /** One line of at most `width` bytes; the bytes behind them are 0. */
  line(bytes: Uint8Array, count: number): void {
    const whole = count === this.width
    const same = whole && !this.all && this.#last?.every((byte, i) => byte === bytes[i])
    if (same === true) {
      if (!this.#starred) this.run.out.line("*")
      this.#starred = true
    } else {
      this.#starred = false
      this.#last = whole ? bytes.slice(0, count) : undefined
      this.#print(bytes, count)
    }
    this.at += count
  }

  #print(bytes: Uint8Array, count: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    // Columns of all formats line up: the widest for its size sets the pace.
    const unit = Math.max(...this.formats.map(({ size }) => size))
    const pace = Math.max(...this.formats.map(({ size, width }) => (width + 1) * unit / size))
    for (const [i, { size, text, trailer, width }] of this.formats.entries()) {
      let line = i === 0 ? addressOf(this.radix, this.at) : " ".repeat(addressOf(this.radix, this.at).length)
      const per = unit / size
      const extra = pace - (width + 1) * per
      for (let at = 0; at < this.width; at += size) {
        const index = (at / size) % per
        const gap = Math.floor(extra * (index + 1) / per) - Math.floor(extra * index / per)
        if (at < count) line += text(view, at).padStart(width + 1 + gap)
        else if (trailer) line += " ".repeat(width + 1 + gap)
      }
      if (trailer) {
        const shown = Array.from(
          bytes.subarray(0, count),
          (byte) => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."
        )
        line += `  >${shown.join("")}<`
      }
      this.run.out.line(line)
    }
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const formats: Array<Format> = []
  let radix = "o"
  let skip = 0
  let limit = Number.POSITIVE_INFINITY
  let width: number | undefined
  let all = false
  for (const { hasValue, key, value } of options) {
    const type = key === "t" ? value : old[key]
    if (type !== undefined) formats.push(...yield* formatsOf(run, type))
    else if (key === "A") {
      if (!/^[doxn]/.test(value)) {
        return yield* run.die(`invalid output address radix '${value[0]}'; it must be one character from [doxn]`)
      }
      radix = value[0]!
    } else if (key === "v") all = true
    else {
      const size = hasValue ? (/^0[xX]/.test(value) ? Number(value) : Size.parse(value)) : 32
      if (size === undefined || Number.isNaN(size)) {
        return yield* run.die(`invalid -${key} argument ${Quote.value(value)}`)
      }
      if (key === "j") skip = size
      else if (key === "N") limit = size
      else width = size
    }
  }
  if (formats.length === 0) formats.push(...yield* formatsOf(run, "o2"))
  const unit = Math.max(...formats.map(({ size }) => size))
  const line = width === undefined ? 16 : width % unit === 0 && width > 0 ? width : unit
  const dump = new Dump(run, formats, radix, line, all, skip)
  const pending = new Uint8Array(line)
  let held = 0
  let toSkip = skip
  let opened = false
  const buffer = new Uint8Array(blockSize)
  for (const path of operands.length === 0 ? ["-"] : operands) {
    const fd = yield* run.open(path)
    if (fd === undefined) continue
    opened = true
    while (limit > 0) {
      const read = yield* attempt(run.sys.read(fd, buffer))
      if (Errno.isErrno(read)) {
        yield* run.failPath(path, read)
        break
      }
      if (read === 0) break
      const from = Math.min(toSkip, read)
      toSkip -= from
      const to = Math.min(read, from + limit)
      limit -= to - from
      for (let at = from; at < to; at++) {
        pending[held++] = buffer[at]!
        if (held < line) continue
        dump.line(pending, line)
        held = 0
      }
      yield* run.out.ready()
    }
    yield* run.close(fd)
  }
  if (!opened) return run.status
  if (toSkip > 0) return yield* run.die("cannot skip past end of combined input")
  if (held > 0) {
    pending.fill(0, held)
    dump.line(pending, held)
  }
  if (radix !== "n") run.out.line(addressOf(radix, dump.at))
  return run.status
})
