/**
 * Numbers of x86's 80-bit format, which is what GNU's printf and seq count and print with: a mantissa of 64 bits, and
 * every printed digit exact.
 *
 * @see printf(3)
 */

/** `sign * mantissa * 2 ** exponent`, or one of the values that are not numbers. */
export interface LongDouble {
  readonly negative: boolean
  readonly mantissa: bigint
  readonly exponent: number
  readonly special?: "inf" | "nan"
}

const bitLength = (n: bigint): number => n === 0n ? 0 : n.toString(2).length

/** `numerator / denominator`, rounded to 64 bits, half to even. */
const quotient = (negative: boolean, numerator: bigint, denominator: bigint): LongDouble => {
  if (numerator === 0n) return { negative, mantissa: 0n, exponent: 0 }
  let exponent = bitLength(numerator) - bitLength(denominator) - 64
  const scaled = (): readonly [bigint, bigint] =>
    exponent > 0
      ? [numerator, denominator << BigInt(exponent)]
      : [numerator << BigInt(-exponent), denominator]
  let [n, d] = scaled()
  if (n / d >> 64n !== 0n) {
    exponent++
    ;[n, d] = scaled()
  }
  return { negative, mantissa: divideRounded(n, d), exponent }
}

const divideRounded = (n: bigint, d: bigint): bigint => {
  const floor = n / d
  const twice = (n - floor * d) * 2n
  return twice > d || (twice === d && (floor & 1n) === 1n) ? floor + 1n : floor
}

const decimal = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?/
const hexadecimal = /^([-+]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([-+]?\d+))?/
const words = /^([-+]?)(inf(?:inity)?|nan)/i

export interface Read {
  readonly value: LongDouble
  /** How many characters were read; 0 when there was no number. */
  readonly length: number
}

/** Reads a number at the front of `text`, as strtold(3) does. */
export const parse = (text: string): Read => {
  const lead = text.length - text.trimStart().length
  const rest = text.slice(lead)
  const word = words.exec(rest)
  if (word !== null) {
    const special = word[2]!.toLowerCase() === "nan" ? "nan" : "inf"
    return { value: { negative: word[1] === "-", mantissa: 0n, exponent: 0, special }, length: lead + word[0].length }
  }
  const hex = hexadecimal.exec(rest)
  if (hex !== null && `${hex[2]}${hex[3] ?? ""}` !== "") {
    const digits = BigInt(`0x${hex[2]}${hex[3] ?? ""}`)
    const power = clamp(hex[4]) - 4 * (hex[3]?.length ?? 0)
    const value = power >= 0
      ? quotient(hex[1] === "-", digits << BigInt(power), 1n)
      : quotient(hex[1] === "-", digits, 1n << BigInt(-power))
    return { value, length: lead + hex[0].length }
  }
  const match = decimal.exec(rest)
  if (match === null || `${match[2]}${match[3] ?? ""}` === "") {
    return { value: { negative: false, mantissa: 0n, exponent: 0 }, length: 0 }
  }
  const digits = BigInt(`${match[2]}${match[3] ?? ""}`)
  const power = clamp(match[4]) - (match[3]?.length ?? 0)
  const value = power >= 0
    ? quotient(match[1] === "-", digits * 10n ** BigInt(power), 1n)
    : quotient(match[1] === "-", digits, 10n ** BigInt(-power))
  return { value, length: lead + match[0].length }
}

/** Beyond these an 80-bit number overflows or vanishes; and a guest's exponent must not cost a gigabyte. */
const clamp = (exponent: string | undefined): number => Math.max(-5000, Math.min(5000, Number(exponent ?? 0)))

export const fromInteger = (value: bigint): LongDouble =>
  value < 0n ? quotient(true, -value, 1n) : quotient(false, value, 1n)

/** Digits of the value times 10 ** precision, rounded half to even. */
const scaledDigits = (value: LongDouble, precision: number): bigint => {
  const numerator = value.exponent > 0 ? value.mantissa << BigInt(value.exponent) : value.mantissa
  const denominator = value.exponent < 0 ? 1n << BigInt(-value.exponent) : 1n
  return precision >= 0
    ? divideRounded(numerator * 10n ** BigInt(precision), denominator)
    : divideRounded(numerator, denominator * 10n ** BigInt(-precision))
}

/** `%f` without its sign. */
export const fixed = (value: LongDouble, precision: number): string => {
  const digits = scaledDigits(value, precision).toString().padStart(precision + 1, "0")
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`
}

const decimalExponent = (value: LongDouble): number => {
  if (value.mantissa === 0n) return 0
  let guess = Math.floor((bitLength(value.mantissa) + value.exponent - 1) * Math.LOG10E * Math.LN2)
  while (atLeastPowerOfTen(value, guess + 1)) guess++
  while (!atLeastPowerOfTen(value, guess)) guess--
  return guess
}

const atLeastPowerOfTen = (value: LongDouble, power: number): boolean => {
  const left = value.mantissa << BigInt(Math.max(0, value.exponent))
  const right = 1n << BigInt(Math.max(0, -value.exponent))
  return power >= 0 ? left >= right * 10n ** BigInt(power) : left * 10n ** BigInt(-power) >= right
}

const significant = (value: LongDouble, precision: number): { digits: string; exponent: number } => {
  const exponent = decimalExponent(value)
  const digits = scaledDigits(value, precision - exponent).toString()
  // 9.99 may round up to a digit more.
  return digits.length > precision + 1
    ? { digits: digits.slice(0, -1), exponent: exponent + 1 }
    : { digits: digits.padStart(precision + 1, "0"), exponent }
}

const exponentText = (exponent: number): string =>
  `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`

/** `%e` without its sign. */
export const exponential = (value: LongDouble, precision: number): string => {
  const { digits, exponent } = significant(value, precision)
  return `${digits[0]}${precision > 0 ? "." + digits.slice(1) : ""}${exponentText(exponent)}`
}

/** `%g` without its sign; `alternate` keeps trailing zeros. */
export const general = (value: LongDouble, precision: number, alternate: boolean): string => {
  const wanted = precision === 0 ? 1 : precision
  const { exponent } = significant(value, wanted - 1)
  const small = exponent < -4 || exponent >= wanted
  const text = small ? exponential(value, wanted - 1) : fixed(value, wanted - 1 - exponent)
  if (alternate || !text.includes(".")) return text
  return small ? text.replace(/\.?0*e/, "e") : text.replace(/\.?0+$/, "")
}

/** `%a` without its sign. */
export const hexadecimalText = (value: LongDouble, precision: number | undefined): string => {
  if (value.mantissa === 0n) return `0x0${precision ? "." + "0".repeat(precision) : ""}p+0`
  // Normalized, the leading digit holds the four topmost bits.
  let mantissa = value.mantissa << BigInt(64 - bitLength(value.mantissa))
  let exponent = value.exponent - (64 - bitLength(value.mantissa)) + 60
  if (precision !== undefined && precision < 15) {
    const drop = BigInt(60 - 4 * precision)
    mantissa = divideRounded(mantissa, 1n << drop) << drop
    if (mantissa >> 64n !== 0n) {
      mantissa >>= 1n
      exponent++
    }
  }
  const digits = mantissa.toString(16)
  const fraction = precision === undefined
    ? digits.slice(1).replace(/0+$/, "")
    : digits.slice(1).padEnd(precision, "0").slice(0, precision)
  return `0x${digits[0]}${fraction === "" ? "" : "." + fraction}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`
}
