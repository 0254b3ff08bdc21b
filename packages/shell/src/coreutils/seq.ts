/**
 * Prints a sequence of numbers.
 *
 * @see seq(1)
 */
import * as LongDouble from "../LongDouble.js"
import * as NumberFormat from "../NumberFormat.js"
import * as Quote from "../Quote.js"
import { type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... LAST\n[OPTION]... FIRST LAST\n[OPTION]... FIRST INCREMENT LAST",
  does: "Print numbers from FIRST to LAST, in steps of INCREMENT.",
  short: "f:s:w",
  long: { "format=": "f", "separator=": "s", "equal-width": "w" },
  permute: false,
  // A negative number is no option.
  modernize: (args) => {
    let at = 0
    while (at < args.length && args[at]!.startsWith("-") && !/^-(-$|[.\d]|inf)/i.test(args[at]!)) {
      at += /^-w?[fs]$|^--[fs][a-z-]*$/.test(args[at]!) ? 2 : 1
    }
    return /^-([.\d]|inf)/i.test(args[at] ?? "") ? [...args.slice(0, at), "--", ...args.slice(at)] : args
  }
}

/** A decimal number, exact: `digits / 10 ** scale`. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
  /** Characters in front of the point. */
  readonly width: number
}

const decimal = /^\s*([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?$/

function* read(run: Utility.Run, text: string): Steps<Decimal> {
  const match = decimal.exec(text)
  if (match === null || `${match[2]}${match[3] ?? ""}` === "") {
    const { length, value } = LongDouble.parse(text)
    if (length === text.length && length > 0 && value.special !== "nan") return fromLongDouble(text, value)
    yield* run.warn(
      value.special === "nan" && length === text.length
        ? `invalid 'not-a-number' argument: ${Quote.value(text)}`
        : `invalid floating point argument: ${Quote.value(text)}`
    )
    return yield* run.misuse()
  }
  const [, sign, whole, fraction = "", exponent = "0"] = match
  const power = Number(exponent)
  const scale = Math.max(0, fraction.length - power)
  const magnitude = BigInt(whole! + fraction) * 10n ** BigInt(Math.max(0, power - fraction.length))
  const width = text.trimStart().replace(/^\+/, "").replace(/[.eE].*/, "").length +
    (whole === "" ? 1 : 0) + (power > 0 ? Math.min(power, 1000) : 0)
  return { digits: sign === "-" ? -magnitude : magnitude, scale, width }
}

const infinite = 10n ** 5000n

const fromLongDouble = (text: string, value: LongDouble.LongDouble): Decimal => {
  if (value.special === "inf") return { digits: value.negative ? -infinite : infinite, scale: 0, width: 4 }
  const digits = BigInt(LongDouble.fixed(value, 0))
  return { digits: value.negative ? -digits : digits, scale: 0, width: text.length }
}

const fixedText = (digits: bigint, scale: number): string => {
  if (scale === 0) return digits.toString()
  const magnitude = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0")
  return `${digits < 0n ? "-" : ""}${magnitude.slice(0, -scale)}.${magnitude.slice(-scale)}`
}

/** Counts in decimal digits, the way a hand would: no number is converted to text. */
function* countUp(run: Utility.Run, first: number, step: number, last: number): Steps<void> {
  const { out } = run
  const digits = new Uint8Array(20).fill(48)
  let start = digits.length
  for (const char of [...String(first)].reverse()) digits[--start] = char.charCodeAt(0)
  for (let value = first;; value += step) {
    out.bytes(digits, start, 20)
    out.byte(10)
    if (value + step > last) return
    if (out.isFull) yield* out.flush()
    let carry = step
    for (let at = 19; carry > 0; at--) {
      const sum = digits[at]! - 48 + carry
      digits[at] = 48 + (sum % 10)
      carry = (sum - (sum % 10)) / 10
      if (at < start) start = at
    }
  }
}

const formatPattern = /^((?:[^%]|%%)*)%([-+ #0']*)(\d*)(?:\.(\d*))?L?([aefgAEFG])((?:[^%]|%%)*)$/

function* formatter(run: Utility.Run, format: string): Steps<(text: string) => string> {
  const match = formatPattern.exec(format)
  if (match === null) {
    const why = !/%/.test(format.replaceAll("%%", ""))
      ? "has no % directive"
      : /%[-+ #0']*\d*(\.\d*)?L?[aefgAEFG].*%/.test(format.replaceAll("%%", ""))
      ? "has too many % directives"
      : /%[-+ #0']*\d*(\.\d*)?L?$/.test(format.replaceAll("%%", ""))
      ? "ends in %"
      : `has unknown %${/%[-+ #0']*\d*(?:\.\d*)?L?(.)/.exec(format.replaceAll("%%", ""))?.[1] ?? ""} directive`
    yield* run.warn(`format ${Quote.value(format)} ${why}`)
    return yield* stop(1)
  }
  const [, before, flags, width, precision, letter, after] = match
  const conversion: NumberFormat.Conversion = {
    flags: flags!,
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    letter: letter!
  }
  const [head, tail] = [before!.replaceAll("%%", "%"), after!.replaceAll("%%", "%")]
  return (text) => head + NumberFormat.float(conversion, LongDouble.parse(text).value) + tail
}

const isCount = (n: bigint): boolean => n >= 0n && n <= 9_007_199_254_740_991n

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let separator = "\n"
  let equal = false
  let format: string | undefined
  for (const { key, value } of options) {
    if (key === "s") separator = value
    else if (key === "w") equal = true
    else format = value
  }
  if (operands.length === 0) return yield* run.missingOperand()
  if (operands.length > 3) return yield* run.extraOperand(operands[3]!)
  const shape = format === undefined ? undefined : yield* formatter(run, format)
  if (format !== undefined && equal) {
    return yield* run.misuse("format string may not be specified when printing equal width strings")
  }
  const one: Decimal = { digits: 1n, scale: 0, width: 1 }
  const numbers: Array<Decimal> = []
  for (const operand of operands) numbers.push(yield* read(run, operand))
  const last = numbers.at(-1)!
  const first = numbers.length > 1 ? numbers[0]! : one
  const step = numbers.length > 2 ? numbers[1]! : one
  if (step.digits === 0n) return yield* run.misuse(`invalid Zero increment value: ${Quote.value(operands[1]!)}`)

  // The last value decides no precision; it only ends the sequence.
  const scale = Math.max(first.scale, step.scale)
  const common = Math.max(scale, last.scale)
  const at = (value: Decimal): bigint => value.digits * 10n ** BigInt(common - value.scale)
  const [from, by, to] = [at(first), at(step), at(last)]
  if (by > 0n ? from > to : from < to) return
  const drop = 10n ** BigInt(common - scale)
  const widthOf = (value: Decimal): number => value.width + (scale > 0 ? scale + 1 : 0)
  const width = equal ? Math.max(widthOf(first), widthOf({ ...last, digits: to / drop })) : 0
  if (!equal && common === 0 && separator === "\n" && shape === undefined && [from, by, to].every(isCount)) {
    yield* countUp(run, Number(from), Number(by), Number(to))
    return
  }
  for (let value = from; by > 0n ? value <= to : value >= to; value += by) {
    if (value !== from) run.out.text(separator)
    const text = fixedText(value / drop, scale)
    run.out.text(shape === undefined ? padded(text, width) : shape(text))
    if (run.out.isFull) yield* run.out.flush()
  }
  run.out.byte(10)
})

const padded = (text: string, width: number): string =>
  text.startsWith("-") ? "-" + text.slice(1).padStart(width - 1, "0") : text.padStart(width, "0")
