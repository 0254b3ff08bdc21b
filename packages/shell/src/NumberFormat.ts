/**
 * Conversions of printf(3): flags, width, precision and a letter, over numbers and text.
 *
 * @see printf(3)
 */
import * as LongDouble from "./LongDouble.js"

/** One conversion of a format. */
export interface Conversion {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly letter: string
}

const pad = (spec: Conversion, sign: string, body: string, zeros: boolean): string => {
  const text = sign + body
  if (spec.flags.includes("-")) return text.padEnd(spec.width)
  return zeros ? sign + body.padStart(spec.width - sign.length, "0") : text.padStart(spec.width)
}

const signOf = (spec: Conversion, negative: boolean): string =>
  negative ? "-" : spec.flags.includes("+") ? "+" : spec.flags.includes(" ") ? " " : ""

const grouped = (spec: Conversion): boolean => spec.flags.includes("0") && !spec.flags.includes("-")

/** `%d %i %o %u %x %X` of a 64-bit integer. */
export const integer = (spec: Conversion, value: bigint): string => {
  const signed = spec.letter === "d" || spec.letter === "i"
  const magnitude = signed ? (value < 0n ? -value : value) : BigInt.asUintN(64, value)
  const base = spec.letter === "o" ? 8 : spec.letter === "x" || spec.letter === "X" ? 16 : 10
  let digits = spec.precision === 0 && magnitude === 0n ? "" : magnitude.toString(base)
  digits = digits.padStart(spec.precision ?? 1, "0")
  if (spec.letter === "o" && spec.flags.includes("#") && digits[0] !== "0") digits = "0" + digits
  const prefix = base === 16 && spec.flags.includes("#") && magnitude !== 0n ? "0x" : ""
  const sign = signed ? signOf(spec, value < 0n) : prefix
  const text = pad(spec, sign, digits, grouped(spec) && spec.precision === undefined)
  return spec.letter === "X" ? text.toUpperCase() : text
}

/** `#` wants a point even where no digit follows. */
const pointed = (text: string, alternate: boolean, mark: string): string =>
  alternate && !text.includes(".") ? text.replace(mark, `.${mark}`) : text

/** `%a %e %f %g` and their capitals. */
export const float = (spec: Conversion, value: LongDouble.LongDouble): string => {
  const sign = signOf(spec, value.negative)
  const upper = spec.letter === spec.letter.toUpperCase()
  const finish = (text: string): string => upper ? text.toUpperCase() : text
  if (value.special !== undefined) return finish(pad(spec, sign, value.special, false))
  const precision = spec.precision ?? 6
  const alternate = spec.flags.includes("#")
  let body: string
  switch (spec.letter.toLowerCase()) {
    case "e":
      body = pointed(LongDouble.exponential(value, precision), alternate, "e")
      break
    case "g":
      body = LongDouble.general(value, precision, alternate)
      if (alternate && !body.includes(".")) body = body.includes("e") ? pointed(body, alternate, "e") : `${body}.`
      break
    case "a":
      body = pointed(LongDouble.hexadecimalText(value, spec.precision), alternate, "p")
      return finish(
        grouped(spec)
          ? pad(spec, sign + "0x", body.slice(2), true)
          : pad(spec, sign, body, false)
      )
    default:
      body = LongDouble.fixed(value, precision)
      if (alternate && precision === 0) body += "."
  }
  return finish(pad(spec, sign, body, grouped(spec)))
}

/** `%s`, by characters. */
export const string = (spec: Conversion, text: string): string => {
  const cut = spec.precision === undefined ? text : text.slice(0, spec.precision)
  return spec.flags.includes("-") ? cut.padEnd(spec.width) : cut.padStart(spec.width)
}
