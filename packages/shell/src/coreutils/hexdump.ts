/**
 * Prints files in numbers and letters, a line for every sixteen bytes.
 *
 * @see hexdump(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { ByteReader } from "../ByteReader.js"
import { character, isPrintable } from "../internal/VisibleByte.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[options] <file>...",
  does: "Display file contents in hexadecimal, decimal, octal, or ascii.",
  short: "bcCdn:os:vx",
  long: {
    canonical: "C",
    "length=": "n",
    "no-squeezing": "v",
    "one-byte-char": "c",
    "one-byte-octal": "b",
    "skip=": "s",
    "two-bytes-decimal": "d",
    "two-bytes-hex": "x",
    "two-bytes-octal": "o"
  }
}

const LINE = 16

/** How one group of bytes is written, and how wide that is. */
interface Format {
  readonly bytes: number
  readonly width: number
  readonly unit: (value: number) => string
}

const pad = (value: number, radix: number, digits: number): string => value.toString(radix).padStart(digits, "0")
const formats: Readonly<Record<string, Format>> = {
  "": { bytes: 2, width: 4, unit: (value) => pad(value, 16, 4) },
  b: { bytes: 1, width: 3, unit: (value) => pad(value, 8, 3) },
  c: { bytes: 1, width: 3, unit: (value) => character(value).padStart(3) },
  d: { bytes: 2, width: 7, unit: (value) => `  ${pad(value, 10, 5)}` },
  o: { bytes: 2, width: 7, unit: (value) => ` ${pad(value, 8, 6)}` },
  x: { bytes: 2, width: 7, unit: (value) => `   ${pad(value, 16, 4)}` }
}

/** Bytes, and what they would be as letters. */
const canonical = (bytes: Uint8Array): string => {
  let text = ""
  let letters = ""
  for (let i = 0; i < LINE; i++) {
    const byte = bytes[i]
    text += `${i % 8 === 0 ? " " : ""} ${byte === undefined ? "  " : pad(byte, 16, 2)}`
    if (byte !== undefined) letters += isPrintable(byte) ? String.fromCharCode(byte) : "."
  }
  return `${text}  |${letters}|`
}

const line = (bytes: Uint8Array, key: string): string => {
  if (key === "C") return canonical(bytes)
  const { bytes: size, unit, width } = formats[key]!
  let text = ""
  for (let i = 0; i < LINE; i += size) {
    const value = size === 1 ? bytes[i]! : bytes[i]! | (bytes[i + 1] ?? 0) << 8
    text += ` ${i < bytes.length ? unit(value) : " ".repeat(width)}`
  }
  return text
}

/** The files one behind the other, as one. */
class Inputs {
  opened = 0
  private fd: number | undefined
  private at = 0

  constructor(private readonly run: Utility.Run, private readonly paths: ReadonlyArray<string>) {}

  *read(into: Uint8Array): Steps<number> {
    const { run } = this
    while (true) {
      if (this.fd === undefined) {
        if (this.at >= Math.max(1, this.paths.length)) return 0
        const path = this.paths[this.at++]
        const fd = path === undefined ? 0 : yield* attempt(run.sys.open(path, 0))
        if (Errno.isErrno(fd)) {
          yield* run.fail(`${path}: ${Errno.text(fd._tag)}`)
          continue
        }
        this.fd = fd
        this.opened++
      }
      const count = yield* attempt(run.sys.read(this.fd, into))
      if (!Errno.isErrno(count) && count > 0) return count
      if (Errno.isErrno(count)) yield* run.fail(`${this.paths[this.at - 1] ?? "stdin"}: ${Errno.text(count._tag)}`)
      yield* run.close(this.fd)
      this.fd = undefined
    }
  }
}

const make = (fixed: string | undefined) =>
  Utility.make(utility, function*(run, { operands, options }) {
    const keys = options.filter(({ key }) => "bcCdox".includes(key)).map(({ key }) => key)
    const shown = keys.length > 0 ? keys : [fixed ?? ""]
    let [length, skip] = [Number.POSITIVE_INFINITY, 0]
    for (const { key, value } of options) {
      if (key !== "n" && key !== "s") continue
      const size = /^0x[0-9a-f]+$/i.test(value) ? Number.parseInt(value, 16) : Size.parse(value)
      if (size === undefined) {
        const what = key === "n" ? "length" : "offset"
        return yield* run.die(`failed to parse ${what}: '${value}': ${Errno.text("EINVAL")}`)
      }
      if (key === "n") length = size
      else skip = size
    }
    const squeeze = !options.some(({ key }) => key === "v")
    const inputs = new Inputs(run, operands)
    const reader = new ByteReader((into) => inputs.read(into))
    const skipped = yield* reader.skip(skip)
    const digits = shown.at(-1) === "C" ? 8 : 7
    let at = skipped
    let [before, starred] = ["", false]
    while (length > 0) {
      yield* reader.has(Math.min(LINE, length))
      const bytes = reader.take(Math.min(LINE, length, reader.end - reader.at))
      if (bytes.length === 0) break
      const content = squeeze && bytes.length === LINE ? bytes.join() : ""
      if (content !== "" && content === before) {
        if (!starred) run.out.line("*")
        starred = true
      } else {
        starred = false
        for (const key of shown) run.out.line(pad(at, 16, key === "C" ? 8 : 7) + line(bytes, key))
      }
      before = content
      at += bytes.length
      length -= bytes.length
      yield* run.out.ready()
    }
    if (inputs.opened === 0 && run.status !== 0) return yield* run.die("all input file arguments failed")
    if (at > skipped || skipped > 0) run.out.line(pad(at, 16, digits))
    return
  })

export const main = make(undefined)
/** @see hd(1) */
export const hd = make("C")
