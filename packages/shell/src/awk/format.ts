/**
 * Numbers as text, and the conversions of `printf`.
 *
 * JavaScript's own conversions are fast and agree with printf(3) but for halves, which it rounds up; where a number ends
 * in a five just behind the last digit asked for, the exact arithmetic of `LongDouble` decides.
 *
 * @see printf(3)
 */
import type * as LongDouble from "../LongDouble.js"
import * as NumberFormat from "../NumberFormat.js"
import { Fatal } from "./control.js"
import { checkLength, toNumber, type Value } from "./values.js"

const bits = new DataView(new ArrayBuffer(8))

/** The same number with every digit. */
const exact = (value: number): LongDouble.LongDouble => {
  bits.setFloat64(0, value)
  const high = bits.getUint32(0)
  const negative = high >>> 31 === 1
  const exponent = (high >>> 20) & 0x7ff
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4))
  if (exponent === 0x7ff) {
    return { negative, mantissa: 0n, exponent: 0, special: fraction === 0n ? "inf" : "nan" }
  }
  return exponent === 0
    ? { negative, mantissa: fraction, exponent: -1074 }
    : { negative, mantissa: fraction | (1n << 52n), exponent: exponent - 1075 }
}

const specialText = (value: number): string =>
  Number.isNaN(value) ? (isNegative(value) ? "-nan" : "+nan") : value > 0 ? "+inf" : "-inf"

const isNegative = (value: number): boolean => {
  bits.setFloat64(0, value)
  return bits.getUint8(0) >= 128
}

/** The text of a whole number. */
const integerText = (value: number): string =>
  value >= -999_999_999_999_999 && value <= 999_999_999_999_999 ? String(value + 0) : BigInt(value).toString()

/** `%.<precision>f` of what is no infinity, if JavaScript can tell. */
const fixed = (value: number, precision: number): string | undefined => {
  const shortest = String(value)
  if (shortest.includes("e")) return undefined
  const point = shortest.indexOf(".")
  const whole = point < 0 ? shortest.length : point
  // With so few digits, a number that lies in the middle is written out in full by `String`.
  if (precision + whole >= 15) return point < 0 && precision <= 100 ? value.toFixed(precision) : undefined
  if (shortest.length - whole - 1 === precision + 1 && shortest.endsWith("5")) return undefined
  return value.toFixed(precision)
}

/** How many digits of a number count. */
const significant = (shortest: string): number => {
  let count = 0
  for (let at = 0; at < shortest.length; at++) {
    const code = shortest.charCodeAt(at)
    if (code === 101) break
    if (code >= 49 && code <= 57 || (code === 48 && count > 0)) count++
  }
  return count
}

/** `%.<precision>g`, if JavaScript can tell. */
const general = (value: number, precision: number): string | undefined => {
  if (precision > 14) return undefined
  const shortest = String(value)
  if (significant(shortest) === precision + 1 && /5(?:e|$)/.test(shortest)) return undefined
  const digits = value.toPrecision(precision)
  const e = digits.indexOf("e")
  // JavaScript goes over to exponents where C does, but for small numbers.
  if (e >= 0) return trimZeros(digits.slice(0, e)) + exponentText(Number(digits.slice(e + 1)))
  return Math.abs(value) >= 1e-4 ? trimZeros(digits) : undefined
}

const trimZeros = (digits: string): string => {
  if (!digits.includes(".")) return digits
  let end = digits.length
  while (digits[end - 1] === "0") end--
  return digits.slice(0, digits[end - 1] === "." ? end - 1 : end)
}

const exponentText = (exponent: number): string =>
  `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`

/** A number as text, by CONVFMT or OFMT. */
export const numberText = (value: number, format: string): string => {
  if (Number.isInteger(value)) return integerText(value)
  if (!Number.isFinite(value)) return specialText(value)
  if (format === "%.6g") {
    const quick = general(value, 6)
    if (quick !== undefined) return quick
  }
  return sprintf(format, [value], String)
}

type Piece =
  | string
  | NumberFormat.Conversion & {
    readonly starWidth: number | boolean
    readonly starPrecision: number | boolean
    readonly position: number | undefined
    readonly at: number
  }

const conversion =
  /^%(?:(\d+)\$)?([-+ #0']*)(?:\*(?:(\d+)\$)?|(\d*))(?:\.(?:\*(?:(\d+)\$)?|(-?\d*)))?([hlLqjzt]*)([aAcdeEfFgGiosuxX%])/

const compile = (format: string): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let literal = ""
  for (let at = 0; at < format.length;) {
    const percent = format.indexOf("%", at)
    if (percent < 0) {
      literal += format.slice(at)
      break
    }
    literal += format.slice(at, percent)
    const match = conversion.exec(format.slice(percent, percent + 200))
    if (match === null || match[7] !== "" && !/^[hlL]$/.test(match[7]!)) {
      // Not known: it stands for itself.
      literal += "%"
      at = percent + 1
      continue
    }
    const [whole, position, flags, widthPosition, width, precisionPosition, precision, , letter] = match
    at = percent + whole.length
    if (letter === "%") {
      literal += "%"
      continue
    }
    if (literal !== "") pieces.push(literal)
    literal = ""
    const afterWidth = /\*/.test(whole.split(".")[0]!)
    const afterPoint = /\.\*/.test(whole)
    pieces.push({
      flags: flags!.replace("'", ""),
      width: Number(width ?? 0),
      precision: whole.includes(".") ? Number(precision ?? 0) : undefined,
      letter: letter!,
      starWidth: afterWidth && (widthPosition === undefined ? true : Number(widthPosition)),
      starPrecision: afterPoint && (precisionPosition === undefined ? true : Number(precisionPosition)),
      position: position === undefined ? undefined : Number(position),
      at: percent + whole.length - 1
    })
  }
  if (literal !== "") pieces.push(literal)
  return pieces
}

const compiled = new Map<string, ReadonlyArray<Piece>>()

/** Formats are few, and used again and again; what is kept depends on the format alone. */
const piecesOf = (format: string): ReadonlyArray<Piece> => {
  let pieces = compiled.get(format)
  if (pieces === undefined) {
    pieces = compile(format)
    if (compiled.size >= 200) compiled.clear()
    if (format.length < 1000) compiled.set(format, pieces)
  }
  return pieces
}

const pad = (text: string, width: number, left: boolean): string =>
  text.length >= width ? text : left ? text.padEnd(width) : text.padStart(width)

const isLeft = (spec: NumberFormat.Conversion): boolean => spec.flags.includes("-")

/** `%d` and its siblings: whole numbers of any size. */
const integer = (spec: NumberFormat.Conversion, value: number): string => {
  if (!Number.isFinite(value)) return notFinite(spec, value)
  const whole = Math.trunc(value)
  const signed = spec.letter === "d" || spec.letter === "i"
  if (whole === 0 && spec.precision === 0) {
    // A zero of no digits is nothing; but what was merely cut off to zero is one without a sign, as gawk has it.
    const isShown = !signed && (value !== 0 || (spec.flags.includes("#") && spec.width > 0))
    return pad(isShown ? "0" : "", spec.width, isLeft(spec))
  }
  if (signed && spec.flags === "" && spec.precision === undefined) return pad(integerText(whole), spec.width, false)
  const within = Math.abs(whole) < 2 ** 63 || (!signed && whole > 0 && whole < 2 ** 64)
  if (within || signed) return NumberFormat.integer(spec, BigInt(whole))
  // Beyond 64 bits there are no other digits than decimal ones.
  return float({ ...spec, letter: "g", precision: spec.precision ?? 6 }, value)
}

const notFinite = (spec: NumberFormat.Conversion, value: number): string => {
  // gawk prints them as they are, whatever the width.
  const text = specialText(value)
  return spec.letter >= "A" && spec.letter <= "Z" ? text.toUpperCase() : text
}

const quickFloat = (spec: NumberFormat.Conversion, value: number): string | undefined => {
  const precision = spec.precision ?? 6
  if (spec.letter === "f" || spec.letter === "F") return fixed(value, precision)
  if (spec.letter === "g" && value !== 0) return general(value, precision === 0 ? 1 : precision)
  return undefined
}

/** More digits than this are all zeros. */
const digitsMax = 1100

/** `%a`: one bit in front of the point, as a double has it. */
const hexadecimal = (spec: NumberFormat.Conversion, value: number): string => {
  const parts = exact(value)
  let mantissa = parts.mantissa
  let exponent = parts.exponent + 52
  if (mantissa !== 0n) {
    while (mantissa >> 52n === 0n) {
      mantissa <<= 1n
      exponent--
    }
  } else exponent = 0
  let digits = 13
  if (spec.precision !== undefined && spec.precision < 13) {
    digits = spec.precision
    const drop = BigInt(52 - 4 * digits)
    const half = 1n << (drop - 1n)
    const kept = mantissa >> drop
    const rest = mantissa - (kept << drop)
    mantissa = rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept
  }
  const text = mantissa.toString(16).padStart(digits + 1, "0")
  const whole = text.slice(0, text.length - digits)
  let fraction = text.slice(text.length - digits)
  fraction = spec.precision === undefined ? fraction.replace(/0+$/, "") : fraction.padEnd(spec.precision, "0")
  const point = fraction !== "" || spec.flags.includes("#") ? "." : ""
  const body = `${whole}${point}${fraction}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`
  const sign = parts.negative ? "-" : spec.flags.includes("+") ? "+" : spec.flags.includes(" ") ? " " : ""
  const zeros = spec.flags.includes("0") && !isLeft(spec)
  const width = Math.max(0, spec.width - sign.length - 2)
  const made = `${sign}0x${zeros ? body.padStart(width, "0") : body}`
  return pad(spec.letter === "A" ? made.toUpperCase() : made, spec.width, isLeft(spec))
}

const float = (spec: NumberFormat.Conversion, value: number): string => {
  if (!Number.isFinite(value)) return notFinite(spec, value)
  if (spec.letter === "a" || spec.letter === "A") return hexadecimal(spec, value)
  if ((spec.flags === "" || spec.flags === "-") && !Object.is(value, -0)) {
    const quick = quickFloat(spec, value)
    if (quick !== undefined) return pad(quick, spec.width, spec.flags === "-")
  }
  const { precision } = spec
  if (precision === undefined || precision <= digitsMax || !/[fFeE]/.test(spec.letter)) {
    return NumberFormat.float({
      ...spec,
      precision: precision === undefined ? undefined : Math.min(precision, digitsMax)
    }, exact(value))
  }
  const plain = NumberFormat.float({ ...spec, width: 0, precision: digitsMax }, exact(value))
  const [mantissa, exponent] = plain.split(/(?=[eE])/) as [string, string?]
  const digits = mantissa + "0".repeat(precision - digitsMax) + (exponent ?? "")
  return NumberFormat.string({ ...spec, precision: undefined }, digits)
}

const character = (spec: NumberFormat.Conversion, value: Value, text: (value: Value) => string): string => {
  if (typeof value === "number" && !Number.isFinite(value)) return pad("\0", spec.width, isLeft(spec))
  const numeric = typeof value === "number" || value === undefined ||
    (typeof value === "object" && "isNumber" in value && value.isNumber)
  // The first byte of an empty text is what ends it.
  const char = numeric ? String.fromCharCode(Math.trunc(toNumber(value)) & 255) : text(value).slice(0, 1) || "\0"
  return pad(char, spec.width, isLeft(spec))
}

/** The texts of `args` in the places that `format` has for them; `text` converts by CONVFMT. */
export const sprintf = (format: string, args: ReadonlyArray<Value>, text: (value: Value) => string): string => {
  let made = ""
  let next = 0
  let counted = false
  for (const piece of piecesOf(format)) {
    if (typeof piece === "string") {
      made += piece
      continue
    }
    const take = (position: number | boolean | undefined): Value => {
      if (position === 0) throw new Fatal("argument index with `$' must be > 0")
      if (typeof position === "number") counted = true
      else if (counted) throw new Fatal("must use `count$' on all formats or none")
      const index = typeof position === "number" ? position - 1 : next++
      if (index >= args.length || index < 0) {
        throw new Fatal(
          `not enough arguments to satisfy format string\n\t\`${format}'\n\t${
            " ".repeat(piece.at)
          }^ ran out for this one`
        )
      }
      return args[index]
    }
    let spec: NumberFormat.Conversion = piece
    if (piece.starWidth !== false || piece.starPrecision !== false) {
      let { flags, precision, width } = piece
      if (piece.starWidth !== false) {
        width = Math.trunc(toNumber(take(piece.starWidth)))
        if (width < 0) flags += "-"
        width = Math.abs(width)
      }
      if (piece.starPrecision !== false) {
        precision = Math.trunc(toNumber(take(piece.starPrecision)))
        if (precision < 0) precision = undefined
      }
      spec = { flags, precision, width, letter: piece.letter }
    }
    checkLength(made.length + spec.width)
    checkLength(made.length + (spec.precision ?? 0))
    made += convert(spec, take(piece.position), text)
  }
  checkLength(made.length)
  return made
}

const convert = (spec: NumberFormat.Conversion, value: Value, text: (value: Value) => string): string => {
  switch (spec.letter) {
    case "s": {
      const whole = text(value)
      const cut = spec.precision === undefined || spec.precision < 0 ? whole : whole.slice(0, spec.precision)
      return pad(cut, spec.width, isLeft(spec))
    }
    case "c":
      return character(spec, value, text)
    case "d":
    case "i":
    case "o":
    case "u":
    case "x":
    case "X":
      return integer(spec, toNumber(value))
    default:
      return float(spec, toNumber(value))
  }
}
