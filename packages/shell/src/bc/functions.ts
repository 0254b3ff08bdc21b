/**
 * The functions of `bc -l`: computed with some digits more than asked for, and cut off.
 *
 * @see bc(1p) Functions
 */
import { type Decimal, negated, of, rescaled, tenTo, TooLong, wholeRoot, zero } from "./decimal.js"

/** More digits than that would take too long. */
const scaleMax = 10_000

/** Whole numbers that stand for their `unit`th part. */
interface Fixed {
  readonly value: bigint
  readonly unit: bigint
}

const fixed = (x: Decimal, scale: number): Fixed => {
  if (scale > scaleMax) throw new TooLong()
  return { value: rescaled(x, scale).value, unit: tenTo(scale) }
}

const cut = (value: bigint, from: number, to: number): Decimal =>
  value === 0n ? zero : rescaled({ value, scale: from }, to)

const whole = (x: Decimal): number => Math.abs(Number(x.value / tenTo(x.scale)))

const expOf = ({ unit, value }: Fixed): bigint => {
  let halvings = 0n
  let small = value
  while (small > unit >> 6n) {
    small >>= 1n
    halvings++
  }
  let sum = unit
  let term = unit
  for (let i = 1n; term !== 0n; i++) {
    term = term * small / (unit * i)
    sum += term
  }
  for (; halvings > 0n; halvings--) sum = sum * sum / unit
  return sum
}

/** e to the power of x. */
const exp = (x: Decimal, scale: number): Decimal => {
  const growth = Math.ceil(whole(x) * Math.LOG10E)
  const extra = scale + growth + whole(x).toString().length + 20
  const { unit, value } = fixed(x, extra)
  const positive = expOf({ unit, value: value < 0n ? -value : value })
  return cut(value < 0n ? unit * unit / positive : positive, extra, scale)
}

/** atanh of a fraction: half the logarithm of (1 + y) / (1 - y). */
const atanh = (y: bigint, unit: bigint): bigint => {
  const square = y * y / unit
  let sum = 0n
  for (let [power, i] = [y, 1n]; power !== 0n; i += 2n) {
    sum += power / i
    power = power * square / unit
  }
  return sum
}

/** The natural logarithm; of what has none, the least number that there is room for. */
const ln = (x: Decimal, scale: number): Decimal => {
  if (x.value <= 0n) return { value: tenTo(scale) - tenTo(scale) * tenTo(scale), scale }
  const extra = scale + 20 + String(x.value).length
  const { unit, value } = fixed(x, extra)
  let small = value
  let doublings = 0n
  while (small > unit * 4n / 3n) {
    small >>= 1n
    doublings++
  }
  while (small < unit * 2n / 3n) {
    small <<= 1n
    doublings--
  }
  // What was halved has lost bits: divided at once it loses none.
  const exact = doublings > 0n ? value * unit / (unit << doublings) : small
  const two = 2n * atanh(unit / 3n, unit)
  return cut(2n * atanh((exact - unit) * unit / (exact + unit), unit) + doublings * two, extra, scale)
}

const atanOf = (x: bigint, unit: bigint): bigint => {
  const square = x * x / unit
  let sum = 0n
  let sign = 1n
  for (let [power, i] = [x, 1n]; power !== 0n; i += 2n) {
    sum += sign * (power / i)
    sign = -sign
    power = power * square / unit
  }
  return sum
}

const piOf = (unit: bigint): bigint => 4n * (4n * atanOf(unit / 5n, unit) - atanOf(unit / 239n, unit))

const atan = (x: Decimal, scale: number): Decimal => {
  const extra = scale + 20
  const { unit, value } = fixed(x, extra + String(x.value).length)
  const from = extra + String(x.value).length
  let small = value < 0n ? -value : value
  const beyond = small > unit
  if (beyond) small = unit * unit / small
  let halvings = 0n
  while (small > unit >> 4n) {
    // atan(x) is twice atan(x / (1 + sqrt(1 + x²))).
    small = small * unit / (unit + wholeRoot(unit * unit + small * small))
    halvings++
  }
  let sum = atanOf(small, unit) << halvings
  if (beyond) sum = piOf(unit) / 2n - sum
  return cut(value < 0n ? -sum : sum, from, scale)
}

const sinOf = ({ unit, value }: Fixed): bigint => {
  const square = value * value / unit
  let sum = value
  let term = value
  for (let i = 2n; term !== 0n; i += 2n) {
    term = -(term * square / (unit * i * (i + 1n)))
    sum += term
  }
  return sum
}

/** The sine of x and so many quarter turns. */
const turned = (x: Decimal, scale: number, quarters: bigint): Decimal => {
  const extra = scale + whole(x).toString().length + 20
  const { unit, value } = fixed(x, extra)
  const half = piOf(unit)
  const angle = value + quarters * half / 2n
  const turns = (angle < 0n ? angle - half / 2n : angle + half / 2n) / half
  const sine = sinOf({ unit, value: angle - turns * half })
  const rounded = turns % 2n === 0n ? sine : -sine
  // What is a whole number but for the last of the extra digits is one.
  const slack = tenTo(10)
  const near = (rounded < 0n ? rounded - slack : rounded + slack) / unit * unit
  const off = rounded - near
  return cut(near !== 0n && off < slack && off > -slack ? near : rounded, extra, scale)
}

const sin = (x: Decimal, scale: number): Decimal => turned(x, scale, 0n)
const cos = (x: Decimal, scale: number): Decimal => turned(x, scale, 1n)

/** The Bessel function of a whole order. */
const bessel = (order: Decimal, x: Decimal, scale: number): Decimal => {
  const n = whole(order)
  if (n > scaleMax) throw new TooLong()
  const extra = scale + Math.ceil(whole(x)) + n + 20
  const { unit, value } = fixed(x, extra)
  let first = unit
  for (let i = 1; i <= n; i++) first = first * value / (unit * 2n * BigInt(i))
  const square = value * value / unit
  let sum = first
  let term = first
  for (let i = 1; term !== 0n; i++) {
    term = -(term * square / (unit * 4n * BigInt(i) * BigInt(n + i)))
    sum += term
  }
  const result = cut(sum, extra, scale)
  return order.value < 0n && n % 2 === 1 ? negated(result) : result
}

/** The functions by the names that bc gives them, and how many arguments they take. */
export const library: Readonly<
  Record<string, readonly [count: number, compute: (args: ReadonlyArray<Decimal>, scale: number) => Decimal]>
> = {
  e: [1, ([x = of(0)], scale) => exp(x, scale)],
  l: [1, ([x = of(0)], scale) => ln(x, scale)],
  s: [1, ([x = of(0)], scale) => sin(x, scale)],
  c: [1, ([x = of(0)], scale) => cos(x, scale)],
  a: [1, ([x = of(0)], scale) => atan(x, scale)],
  j: [2, ([n = of(0), x = of(0)], scale) => bessel(n, x, scale)]
}
