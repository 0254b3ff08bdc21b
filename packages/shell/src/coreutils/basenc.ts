/**
 * Writes bytes in few letters, in many ways, and reads them back.
 *
 * @see basenc(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

/** How bytes become letters: `bits` of them for each letter, in groups that are filled up. */
interface Encoding {
  readonly letters: string
  readonly bits: number
  /** Letters of a whole group; shorter ones end with as many `=`. */
  readonly group: number
  readonly padded: boolean
  /** The lowest bit of a byte comes first. */
  readonly lowest?: true
}

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
const encodings = {
  base64: { letters: `${upper}${upper.toLowerCase()}0123456789+/`, bits: 6, group: 4, padded: true },
  base64url: { letters: `${upper}${upper.toLowerCase()}0123456789-_`, bits: 6, group: 4, padded: true },
  base32: { letters: `${upper}234567`, bits: 5, group: 8, padded: true },
  base32hex: { letters: `0123456789${upper.slice(0, 22)}`, bits: 5, group: 8, padded: true },
  base16: { letters: "0123456789ABCDEF", bits: 4, group: 2, padded: false },
  base2msbf: { letters: "01", bits: 1, group: 8, padded: false },
  base2lsbf: { letters: "01", bits: 1, group: 8, padded: false, lowest: true }
} as const satisfies Readonly<Record<string, Encoding>>

const z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

/** Takes lines of any width apart again: every letter but the last ones is followed by a newline after `width` of them. */
class Wrapped {
  private column = 0

  constructor(private readonly run: Utility.Run, private readonly width: number) {}

  text(text: string): void {
    const { out } = this.run
    if (this.width === 0) return out.text(text)
    for (let at = 0; at < text.length;) {
      const count = Math.min(text.length - at, this.width - this.column)
      out.text(text.slice(at, at + count))
      at += count
      this.column += count
      if (this.column === this.width) {
        out.byte(10)
        this.column = 0
      }
    }
  }

  end(): void {
    if (this.column > 0) this.run.out.byte(10)
  }
}

const encode = ({ bits, group, letters, lowest, padded }: Encoding, bytes: Uint8Array): string => {
  let text = ""
  let hold = 0
  let held = 0
  for (const byte of bytes) {
    if (lowest === true) {
      for (let bit = 0; bit < 8; bit++) text += letters[byte >> bit & 1]!
      continue
    }
    hold = hold << 8 | byte
    held += 8
    for (; held >= bits; held -= bits) text += letters[hold >> held - bits & (1 << bits) - 1]!
    hold &= (1 << held) - 1
  }
  if (held > 0) text += letters[hold << bits - held & (1 << bits) - 1]!
  return padded ? text + "=".repeat((group - text.length % group) % group) : text
}

/** The bytes of whole groups, and whether all of the text was some. */
const decode = (encoding: Encoding, text: string): readonly [bytes: Array<number>, whole: boolean] => {
  const { bits, group, letters, lowest, padded } = encoding
  const bytes: Array<number> = []
  for (let at = 0; at < text.length; at += group) {
    const part = text.slice(at, at + group)
    const plain = padded ? part.replace(/=+$/, "") : part
    const count = Math.floor(plain.length * bits / 8)
    // So many letters cannot stand for whole bytes, or more of them than are needed.
    const fits = part.length === group && Math.ceil(count * 8 / bits) === plain.length
    let hold = 0
    let held = 0
    const found: Array<number> = []
    for (const letter of plain) {
      const value = letters.indexOf(letter)
      if (value < 0) return [encoding === encodings.base64 ? [...bytes, ...found] : bytes, false]
      hold = lowest === true ? hold | value << held : hold << bits | value
      held += bits
      if (held >= 8) {
        held -= 8
        found.push(lowest === true ? hold : hold >> held & 0xff)
        hold = lowest === true ? 0 : hold & (1 << held) - 1
      }
    }
    if (fits || encoding === encodings.base64) bytes.push(...found)
    if (!fits) return [bytes, false]
  }
  return [bytes, true]
}

const encodeZ85 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    let value = bytes[at]! * 2 ** 24 + (bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!)
    let letters = ""
    for (let i = 0; i < 5; i++) {
      letters = z85[value % 85]! + letters
      value = Math.floor(value / 85)
    }
    text += letters
  }
  return text
}

const decodeZ85 = (text: string): readonly [bytes: Array<number>, whole: boolean] => {
  const bytes: Array<number> = []
  for (let at = 0; at < text.length; at += 5) {
    let value = 0
    for (const letter of text.slice(at, at + 5)) {
      const digit = z85.indexOf(letter)
      if (digit < 0) return [bytes, false]
      value = value * 85 + digit
    }
    if (at + 5 > text.length || value >= 2 ** 32) return [bytes, false]
    bytes.push(Math.floor(value / 2 ** 24), value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff)
  }
  return [bytes, true]
}

/** Bytes that are encoded at once: whole groups, whatever the encoding. */
const CHUNK = 40 * 1024

function* encodeAll(run: Utility.Run, fd: number, encoding: Encoding | undefined, width: number): Steps<void> {
  const reader = new LineReader(run.sys, fd)
  const out = new Wrapped(run, width)
  let pending: Uint8Array = new Uint8Array(0)
  const put = (count: number): void => {
    const bytes = pending.subarray(0, count)
    out.text(encoding === undefined ? encodeZ85(bytes) : encode(encoding, bytes))
    pending = pending.slice(count)
  }
  do {
    const more = reader.rest()
    const joined = new Uint8Array(pending.length + more.length)
    joined.set(pending)
    joined.set(more, pending.length)
    pending = joined
    while (pending.length >= CHUNK) put(CHUNK)
    yield* run.out.ready()
  } while (yield* reader.fill())
  if (reader.error !== undefined) return yield* run.die(`read error: ${Errno.text(reader.error._tag)}`)
  if (encoding === undefined && pending.length % 4 !== 0) {
    return yield* run.die("invalid input (length must be multiple of 4 characters)")
  }
  put(pending.length)
  out.end()
}

function* decodeAll(run: Utility.Run, fd: number, encoding: Encoding | undefined, ignore: boolean): Steps<void> {
  const reader = new LineReader(run.sys, fd)
  const letters = encoding?.letters ?? z85
  const group = encoding?.group ?? 5
  let text = ""
  const put = (count: number): boolean => {
    const part = text.slice(0, count)
    const [bytes, whole] = encoding === undefined ? decodeZ85(part) : decode(encoding, part)
    run.out.bytes(Uint8Array.from(bytes))
    text = text.slice(count)
    return whole
  }
  do {
    for (const byte of reader.rest()) {
      const char = String.fromCharCode(byte)
      if (byte !== 10 && (!ignore || letters.includes(char) || (char === "=" && encoding?.padded === true))) {
        text += char
      }
    }
    if (!put(text.length - text.length % group)) return yield* run.die("invalid input")
    yield* run.out.ready()
  } while (yield* reader.fill())
  if (reader.error !== undefined) return yield* run.die(`read error: ${Errno.text(reader.error._tag)}`)
  if (text !== "" && !put(text.length)) return yield* run.die("invalid input")
}

const make = (fixed: Encoding | undefined, does: string) => {
  const names = Object.fromEntries([...Object.keys(encodings), "z85"].map((name) => [name, name]))
  const utility: Utility.Utility = {
    usage: "[OPTION]... [FILE]",
    does,
    short: "diw:",
    long: { decode: "d", "ignore-garbage": "i", "wrap=": "w", ...(fixed === undefined ? names : {}) }
  }
  return Utility.make(utility, function*(run, { operands, options }) {
    const kinds: Readonly<Record<string, Encoding>> = encodings
    const width = Options.last(options, "w")?.value ?? "76"
    if (!/^\d+$/.test(width)) return yield* run.die(`invalid wrap size: '${width}'`)
    const name = Options.last(options, ...Object.keys(names))?.key
    if (fixed === undefined && name === undefined) return yield* run.misuse("missing encoding type")
    if (operands[1] !== undefined) return yield* run.extraOperand(operands[1])
    const given = (key: string): boolean => options.some((option) => option.key === key)
    const encoding = fixed ?? kinds[name!]
    yield* run.inputs(operands, (fd) =>
      given("d")
        ? decodeAll(run, fd, encoding, given("i"))
        : encodeAll(run, fd, encoding, Number(width)))
  })
}

export const main = make(
  undefined,
  "Encode or decode FILE, or standard input, to standard output, in an encoding of choice."
)
/** @see base32(1) */
export const base32 = make(encodings.base32, "Base32 encode or decode FILE, or standard input, to standard output.")
