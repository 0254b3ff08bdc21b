/**
 * The values of awk: numbers, texts, texts from outside that may be numbers, and arrays of them.
 *
 * A text is one character per byte (see `Latin1`). A variable that was never set is `undefined`: 0 and the empty text.
 *
 * @see awk(1p)
 */
import { Fatal } from "./control.js"

/** A text that came from outside: it compares as a number if it looks like one. */
export class Input {
  /** Its value as a number; NaN when it does not look like one, and `undefined` before anybody asked. */
  #number: number | undefined = undefined
  #isNumber = false

  constructor(readonly text: string) {}

  get isNumber(): boolean {
    if (this.#number === undefined) {
      this.#isNumber = looksNumeric(this.text)
      this.#number = numberOf(this.text)
    }
    return this.#isNumber
  }

  get number(): number {
    return this.#number ?? numberOf(this.text)
  }
}

/** `@/re/`. */
export class StrongRegexp {
  constructor(readonly source: string) {}
}

/** What `mkbool` makes: a number that says of itself that it is a truth. */
type Scalar = number | string | Input | StrongRegexp | undefined

export type Value = Scalar | Table

/** An array. */
export class Table {
  readonly entries = new Map<string, Value>()

  constructor(readonly name: string) {}

  get(key: string): Value {
    const { entries } = this
    const value = entries.get(key)
    // To ask for an element makes it.
    if (value === undefined && !entries.has(key)) entries.set(key, undefined)
    return value
  }

  set(key: string, value: Value): void {
    this.entries.set(key, value)
  }
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/
const wholeDecimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/
const special = /^[-+](?:inf|nan)(?![0-9A-Za-z_])/i

const specialValue = (text: string): number => {
  const word = text.slice(1, 4).toLowerCase()
  return word === "nan" ? Number.NaN : text[0] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

const trimmed = (text: string): string => {
  let from = 0
  let to = text.length
  while (from < to && isSpace(text.charCodeAt(from))) from++
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--
  return from === 0 && to === text.length ? text : text.slice(from, to)
}

/** Whether the whole of a text is a number, but for the blanks around it. */
const looksNumeric = (text: string): boolean => {
  const { length } = text
  if (length === 0) return false
  const last = text.charCodeAt(length - 1)
  // Most texts that are none end in a letter.
  if (last > 57 && last !== 70 && last !== 102 && last !== 78 && last !== 110) return false
  let at = 0
  while (at < length && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++
  if (at === length) return true
  const inner = trimmed(text)
  return wholeDecimal.test(inner) || /^[-+](?:inf|nan)$/i.test(inner)
}

/** The number at the front of a text; 0 if there is none. */
export const numberOf = (text: string): number => {
  const { length } = text
  let at = 0
  while (at < length && isSpace(text.charCodeAt(at))) at++
  const start = at
  let negative = false
  const sign = text.charCodeAt(at)
  if (sign === 45 || sign === 43) {
    negative = sign === 45
    at++
  }
  const digits = at
  let value = 0
  for (; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) break
    value = value * 10 + code - 48
  }
  const code = at < length ? text.charCodeAt(at) : 0
  // Whole numbers below 10 ** 15 are exact this way.
  if (code !== 46 && code !== 101 && code !== 69 && at > digits && at - digits <= 15) return negative ? -value : value
  const rest = start === 0 ? text : text.slice(start)
  const match = decimal.exec(rest)
  if (match !== null) return Number(match[0])
  return special.test(rest) ? specialValue(rest) : 0
}

export const toNumber = (value: Value): number => {
  if (typeof value === "number") return value
  if (typeof value === "string") return numberOf(value)
  if (value === undefined) return 0
  if (value instanceof Input) return value.number
  if (value instanceof StrongRegexp) return numberOf(value.source)
  return inScalarContext(value)
}

export const inScalarContext = (table: Table): never => {
  throw new Fatal(`attempt to use array \`${table.name}' in a scalar context`)
}

export const toBoolean = (value: Value): boolean => {
  if (typeof value === "number") return value !== 0
  if (typeof value === "string") return value !== ""
  if (value === undefined) return false
  if (value instanceof Input) return value.isNumber ? value.number !== 0 : value.text !== ""
  if (value instanceof StrongRegexp) return value.source !== ""
  return inScalarContext(value)
}

const isNumeric = (value: Value): boolean =>
  typeof value === "number" || value === undefined || (value instanceof Input && value.isNumber)

/** As gawk orders numbers: what is none comes last, and is equal to itself. */
export const compareNumbers = (a: number, b: number): number =>
  a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1

const fold = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

export const compareTexts = (a: string, b: string, ignoreCase: boolean): number => {
  const left = ignoreCase ? fold(a) : a
  const right = ignoreCase ? fold(b) : b
  return left < right ? -1 : left > right ? 1 : 0
}

/** How two values compare: as numbers if both are, as texts otherwise. */
export const compare = (a: Value, b: Value, text: (value: Value) => string, ignoreCase: boolean): number => {
  if (typeof a === "number" && typeof b === "number") return compareNumbers(a, b)
  if (a instanceof Table) return inScalarContext(a)
  if (b instanceof Table) return inScalarContext(b)
  return isNumeric(a) && isNumeric(b)
    ? compareNumbers(toNumber(a), toNumber(b))
    : compareTexts(text(a), text(b), ignoreCase)
}

/** The longest text that a program may make. */
const textMax = 1 << 28

export const concatenate = (a: string, b: string): string => {
  if (a.length + b.length > textMax) throw tooLong()
  return a + b
}

const tooLong = (): Fatal => new Fatal("memory exhausted")

export const checkLength = (length: number): void => {
  if (length > textMax) throw tooLong()
}
