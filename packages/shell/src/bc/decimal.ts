/**
 * Decimal numbers of any length, each with so many digits behind the point.
 *
 * @see bc(1p) NUMBERS
 */

export interface Decimal {
  /** The number times ten to the power of `scale`. */
  readonly value: bigint
  /** How many digits stand behind the point. */
  readonly scale: number
}

/** A number has so many digits at most: computing with more would keep the host too long. */
export const digitsMax = 200_000

/** A number would have more digits than that. */
export class TooLong {
  readonly _tag = "TooLong"
}

const powers = new Map<number, bigint>()

export const tenTo = (exponent: number): bigint => {
  if (exponent > digitsMax) throw new TooLong()
  const known = powers.get(exponent)
  if (known !== undefined) return known
  const power = 10n ** BigInt(exponent)
  if (exponent <= 1000) powers.set(exponent, power)
  return power
}

export const of = (number: number | bigint): Decimal => ({ value: BigInt(number), scale: 0 })

export const zero = of(0)
export const one = of(1)

/** The number with another count of digits; what is too many is cut off. */
export const rescaled = ({ scale, value }: Decimal, to: number): Decimal => {
  if (to === scale) return { value, scale }
  return { value: to > scale ? value * tenTo(to - scale) : value / tenTo(scale - to), scale: to }
}

const cut = (number: Decimal, to: number): Decimal => number.scale <= to ? number : rescaled(number, to)

export const isZero = ({ value }: Decimal): boolean => value === 0n

export const negated = ({ scale, value }: Decimal): Decimal => ({ value: -value, scale })

export const compare = (a: Decimal, b: Decimal): number => {
  const scale = Math.max(a.scale, b.scale)
  const [left, right] = [rescaled(a, scale).value, rescaled(b, scale).value]
  return left < right ? -1 : left > right ? 1 : 0
}

export const add = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale)
  return { value: rescaled(a, scale).value + rescaled(b, scale).value, scale }
}

export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, negated(b))

/** About how many digits a number has. */
export const digits = ({ value }: Decimal): number => Math.ceil(bits(value) * Math.log10(2))

const bits = (value: bigint): number => (value < 0n ? -value : value).toString(16).length * 4

export const multiply = (a: Decimal, b: Decimal, scale: number): Decimal => {
  const full = a.scale + b.scale
  return cut({ value: a.value * b.value, scale: full }, Math.min(full, Math.max(scale, a.scale, b.scale)))
}

/** The divisor must not be zero. */
export const divide = (a: Decimal, b: Decimal, scale: number): Decimal => ({
  value: rescaled(a, scale + b.scale + Math.max(0, a.scale - scale - b.scale)).value /
    rescaled(b, b.scale + Math.max(0, a.scale - scale - b.scale)).value,
  scale
})

export const modulo = (a: Decimal, b: Decimal, scale: number): Decimal => {
  const quotient = divide(a, b, scale)
  return rescaled(
    subtract(a, { value: quotient.value * b.value, scale: scale + b.scale }),
    Math.max(a.scale, scale + b.scale)
  )
}

/** A whole power; a negative one must not be of zero. */
export const power = (a: Decimal, exponent: bigint, scale: number): Decimal => {
  if (exponent === 0n) return one
  const times = exponent < 0n ? -exponent : exponent
  const length = bits(a.value) * Math.log10(2)
  if (a.value !== 0n && a.value !== 1n && a.value !== -1n && times * BigInt(Math.ceil(length)) > BigInt(digitsMax)) {
    throw new TooLong()
  }
  const size = Number(times) * a.scale
  if (size > digitsMax) throw new TooLong()
  const raised = { value: a.value ** times, scale: size }
  return exponent < 0n ? divide(one, raised, scale) : cut(raised, Math.min(size, Math.max(scale, a.scale)))
}

/** The largest whole number whose square is no larger. */
export const wholeRoot = (value: bigint): bigint => {
  if (value < 2n) return value
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (guess + value / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

/** The number must not be negative. */
export const root = (a: Decimal, scale: number): Decimal => {
  const to = Math.max(scale, a.scale)
  if (a.value === 0n) return zero
  if (compare(a, one) === 0) return one
  return { value: wholeRoot(rescaled(a, to * 2).value), scale: to }
}

/** How many digits a number has, as `length` counts them. */
export const length = ({ scale, value }: Decimal): number => {
  const whole = (value < 0n ? -value : value) / tenTo(scale)
  return (whole === 0n ? (scale === 0 ? 1 : 0) : whole.toString().length) + scale
}

const valueOf = (digit: string): number => Number.parseInt(digit, 16)

/** The number that a text of digits means in a base; digits that are none of the base stand for its highest. */
export const read = (text: string, base: number): Decimal => {
  const [whole = "", fraction = ""] = text.split(".")
  const single = whole.length === 1 && !text.includes(".")
  const digit = (character: string): bigint =>
    BigInt(single ? valueOf(character) : Math.min(valueOf(character), base - 1))
  if (base === 10 && !/[A-F]/.test(text)) return { value: BigInt(whole + fraction || "0"), scale: fraction.length }
  const b = BigInt(base)
  let value = 0n
  for (const character of whole) value = value * b + digit(character)
  if (fraction === "") return { value, scale: 0 }
  let part = 0n
  let divisor = 1n
  for (const character of fraction) {
    part = part * b + digit(character)
    divisor *= b
  }
  return add({ value, scale: 0 }, divide({ value: part, scale: 0 }, { value: divisor, scale: 0 }, fraction.length))
}

/** A digit of a base above 16: a number of so many cells, behind a space. */
const wide = (value: bigint, cells: number, space: boolean): string =>
  (space ? " " : "") + value.toString().padStart(cells, "0")

/** The number as it is written in a base. */
export const shown = (number: Decimal, base: number): string => {
  const { scale } = number
  const negative = number.value < 0n
  const value = negative ? -number.value : number.value
  if (value === 0n) return "0"
  const unit = tenTo(scale)
  const [whole, rest] = [value / unit, value % unit]
  const sign = negative ? "-" : ""
  if (base === 10) {
    return sign + (whole === 0n ? "" : whole.toString()) + (scale > 0 ? `.${rest.toString().padStart(scale, "0")}` : "")
  }
  const b = BigInt(base)
  const cells = String(base - 1).length
  const one = (digit: bigint, space: boolean): string =>
    base <= 16 ? digit.toString(16).toUpperCase() : wide(digit, cells, space)
  let text = ""
  if (base <= 16) text = whole === 0n ? "" : whole.toString(base).toUpperCase()
  else for (let left = whole; left > 0n; left /= b) text = one(left % b, true) + text
  if (scale === 0) return sign + text
  text += "."
  let fraction = rest
  let space = false
  for (let reach = 1n; reach.toString().length <= scale; reach *= b) {
    fraction *= b
    text += one(fraction / unit, space)
    fraction %= unit
    space = true
  }
  return sign + text
}
