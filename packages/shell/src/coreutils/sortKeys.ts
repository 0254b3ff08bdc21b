/**
 * The keys of sort: where they are in a line, and how they compare.
 *
 * @see sort(1)
 */
import * as VersionOrder from "../VersionOrder.js"

export interface Ordering {
  blanks: boolean
  /** `b` behind the end position of a key. */
  endBlanks: boolean
  dictionary: boolean
  fold: boolean
  printable: boolean
  reverse: boolean
  kind: "text" | "numeric" | "general" | "human" | "month" | "version" | "random"
  /** The letters that say so. */
  letters: string
}

export const plain = (): Ordering => ({
  blanks: false,
  endBlanks: false,
  dictionary: false,
  fold: false,
  printable: false,
  reverse: false,
  kind: "text",
  letters: ""
})

export interface Key extends Ordering {
  /** Fields and characters, counted from 0; an end field of infinity is the end of the line. */
  readonly startField: number
  readonly startChar: number
  readonly endField: number
  readonly endChar: number
}

const kinds: Readonly<Record<string, Ordering["kind"]>> = {
  n: "numeric",
  g: "general",
  h: "human",
  M: "month",
  V: "version",
  R: "random"
}

/** Applies ordering letters; answers the first that is none. */
export const setOrdering = (
  ordering: Ordering,
  letters: string,
  place: "start" | "end" | "both"
): string | undefined => {
  for (const letter of letters) {
    ordering.letters += letter
    const kind = kinds[letter]
    if (kind !== undefined) ordering.kind = kind
    else if (letter === "b") {
      if (place !== "end") ordering.blanks = true
      if (place !== "start") ordering.endBlanks = true
    } else if (letter === "d") ordering.dictionary = true
    else if (letter === "f") ordering.fold = true
    else if (letter === "i") ordering.printable = true
    else if (letter === "r") ordering.reverse = true
    else return letter
  }
  return undefined
}

/** Letters that do not go together; none when all do. */
export const incompatible = ({ dictionary, letters }: Ordering): string | undefined => {
  const has = (letter: string): boolean => letters.includes(letter)
  const sorts = [..."nghM"].filter(has).length + ([..."VRdi"].some(has) ? 1 : 0)
  if (sorts < 2) return undefined
  return [..."dfghiMnRV"].filter((letter) => has(letter) && !(letter === "i" && dictionary)).join("")
}

export const isPlain = (ordering: Ordering): boolean =>
  ordering.kind === "text" && !ordering.blanks && !ordering.endBlanks && !ordering.dictionary && !ordering.fold &&
  !ordering.printable && !ordering.reverse

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 10

/** Steps over `fields` fields. */
const overFields = (line: string, fields: number, tab: number | undefined, stopBefore: boolean): number => {
  let at = 0
  for (let left = fields; left > 0 && at < line.length; left--) {
    if (tab === undefined) {
      while (at < line.length && isBlank(line.charCodeAt(at))) at++
      while (at < line.length && !isBlank(line.charCodeAt(at))) at++
    } else {
      while (at < line.length && line.charCodeAt(at) !== tab) at++
      if (at < line.length && !(stopBefore && left === 1)) at++
    }
  }
  return at
}

const overBlanks = (line: string, from: number): number => {
  let at = from
  while (at < line.length && isBlank(line.charCodeAt(at))) at++
  return at
}

/** The text of a key in a line. */
export const extract = (key: Key, line: string, tab: number | undefined): string => {
  if (key.startField === 0 && key.startChar === 0 && key.endField === Number.POSITIVE_INFINITY && !key.blanks) {
    return line
  }
  let from = overFields(line, key.startField, tab, false)
  if (key.blanks) from = overBlanks(line, from)
  from = Math.min(line.length, from + key.startChar)
  if (key.endField === Number.POSITIVE_INFINITY) return line.slice(from)
  let to = overFields(line, key.endChar === 0 ? key.endField + 1 : key.endField, tab, key.endChar === 0)
  if (key.endChar > 0) {
    if (key.endBlanks) to = overBlanks(line, to)
    to = Math.min(line.length, to + key.endChar)
  }
  return line.slice(from, Math.max(from, to))
}

/** What a key compares by, worked out once for each line. */
export type Prepared = string | number | Decimal

interface Decimal {
  readonly sign: number
  readonly whole: string
  readonly fraction: string
  /** For -h: the rank of the suffix. */
  readonly unit: number
}

const decimal = (text: string): Decimal => {
  const match = /^[ \t\n]*(-?)(\d*)(?:\.(\d*))?([KMGTPEZY]?)/i.exec(text)!
  const whole = match[2]!.replace(/^0+/, "")
  const fraction = (match[3] ?? "").replace(/0+$/, "")
  const zero = whole === "" && fraction === ""
  const unit = zero || match[4] === "" ? 0 : "kmgtpezy".indexOf(match[4]!.toLowerCase()) + 1
  return { sign: zero ? 0 : match[1] === "-" ? -1 : 1, whole, fraction, unit: match[4] === "k" || unit > 0 ? unit : 0 }
}

const compareText = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

const compareDecimals = (a: Decimal, b: Decimal, units: boolean): number => {
  if (a.sign !== b.sign) return a.sign - b.sign
  const magnitude = (units ? a.unit - b.unit : 0) || a.whole.length - b.whole.length || compareText(a.whole, b.whole) ||
    compareText(a.fraction, b.fraction)
  return a.sign < 0 ? -magnitude : magnitude
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]

/** Text that is no number comes first, then not-a-numbers, then the numbers. */
const general = (text: string): number | undefined => {
  const match = /^\s*([-+]?(?:inf(?:inity)?|nan|0x[0-9a-f]+|\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?))/i.exec(text)
  if (match === null) return undefined
  const word = match[1]!.toLowerCase()
  if (word.includes("nan")) return Number.NaN
  if (word.includes("inf")) return word[0] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(word)
}

const rankGeneral = (value: number | undefined): number => value === undefined ? 0 : Number.isNaN(value) ? 1 : 2

const translate = (ordering: Ordering, text: string): string => {
  let result = text
  if (ordering.dictionary) result = result.replace(/[^A-Za-z0-9 \t\n]/g, "")
  if (ordering.printable) result = result.replace(/[^ -~]/g, "")
  return ordering.fold ? result.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : result
}

export const prepare = (ordering: Ordering, text: string): Prepared => {
  switch (ordering.kind) {
    case "text":
      return translate(ordering, text)
    case "numeric": {
      // Up to 15 digits a number says it exactly.
      const match = /^[ \t\n]*(-?\d{0,15})(?![-\d.])/.exec(text)
      return match === null ? decimal(text) : Number(match[1] === "-" ? 0 : match[1])
    }
    case "human":
      return decimal(text)
    case "month":
      return months.indexOf(text.trimStart().slice(0, 3).toUpperCase()) + 1
    default:
      return text
  }
}

const asDecimal = (value: Prepared): Decimal => typeof value === "number" ? decimal(String(value)) : value as Decimal

/** Compares what {@link prepare} made of two lines, the key's own direction included. */
export const compare = (ordering: Ordering, a: Prepared, b: Prepared): number => {
  const result = compareUp(ordering, a, b)
  return ordering.reverse ? -result : result
}

const compareUp = (ordering: Ordering, a: Prepared, b: Prepared): number => {
  switch (ordering.kind) {
    case "numeric":
      return typeof a === "number" && typeof b === "number"
        ? a - b
        : compareDecimals(asDecimal(a), asDecimal(b), false)
    case "human":
      return compareDecimals(a as Decimal, b as Decimal, true)
    case "month":
      return (a as number) - (b as number)
    case "version":
      return VersionOrder.compare(a as string, b as string)
    case "general": {
      const [x, y] = [general(a as string), general(b as string)]
      const ranks = rankGeneral(x) - rankGeneral(y)
      return ranks !== 0 ? ranks : x! < y! ? -1 : x! > y! ? 1 : 0
    }
    default:
      return compareText(a as string, b as string)
  }
}
