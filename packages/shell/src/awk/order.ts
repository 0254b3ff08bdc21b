/**
 * The order in which arrays are walked through, and sorted.
 *
 * @see gawk(1)
 */
import type { Run } from "../internal/Nesting.js"
import { compareNumbers, compareTexts, numberOf, Table, toNumber, type Value } from "./values.js"

export type Entry = readonly [key: string, value: Value]

export type Compare = (a: Entry, b: Entry) => number

const byKeyText = (a: Entry, b: Entry): number => compareTexts(a[0], b[0], false)

const byKeyNumber = (a: Entry, b: Entry): number =>
  compareNumbers(numberOf(a[0]), numberOf(b[0])) || compareTexts(a[0], b[0], false)

/** Numbers first, then texts, then arrays. */
const rank = (value: Value): number =>
  value instanceof Table
    ? 3
    : typeof value === "number" || value === undefined ||
        (typeof value === "object" && "isNumber" in value && value.isNumber)
    ? 1
    : 2

/** How to order by what PROCINFO["sorted_in"] says; `undefined` if it is no such word. */
export const comparison = (word: string, text: (value: Value) => string, ignoreCase: boolean): Compare | undefined => {
  const byText = (a: Entry, b: Entry): number =>
    rank(a[1]) === 3 || rank(b[1]) === 3
      ? Math.max(2, rank(a[1])) - Math.max(2, rank(b[1]))
      : compareTexts(text(a[1]), text(b[1]), ignoreCase)
  const byType = (a: Entry, b: Entry): number => {
    const order = rank(a[1]) - rank(b[1])
    if (order !== 0) return order
    if (rank(a[1]) === 3) return 0
    return rank(a[1]) === 1 ? compareNumbers(toNumber(a[1]), toNumber(b[1])) : byText(a, b)
  }
  const byNumber = (a: Entry, b: Entry): number =>
    rank(a[1]) === 3 || rank(b[1]) === 3
      ? Math.max(2, rank(a[1])) - Math.max(2, rank(b[1]))
      : compareNumbers(toNumber(a[1]), toNumber(b[1]))
  const thenByKey = (compare: Compare): Compare => (a, b) => compare(a, b) || byKeyText(a, b)
  const ascending: Readonly<Record<string, Compare>> = {
    "@ind_str": byKeyText,
    "@ind_num": byKeyNumber,
    "@val_str": thenByKey(byText),
    "@val_num": thenByKey(byNumber),
    "@val_type": thenByKey(byType)
  }
  const match = /^(@\w+)_(asc|desc)$/.exec(word)
  const compare = match === null ? undefined : ascending[match[1]!]
  if (compare === undefined) return undefined
  return match![2] === "asc" ? compare : (a, b) => compare(b, a)
}

/** Sorts by a comparison that may need steps of its own, stable. */
export function* sorted(
  entries: ReadonlyArray<Entry>,
  compare: (a: Entry, b: Entry) => Run<number>
): Run<ReadonlyArray<Entry>> {
  if (entries.length < 2) return entries
  const middle = entries.length >> 1
  const left = yield* sorted(entries.slice(0, middle), compare)
  const right = yield* sorted(entries.slice(middle), compare)
  const merged: Array<Entry> = []
  let i = 0
  let j = 0
  while (i < left.length && j < right.length) {
    merged.push((yield* compare(left[i]!, right[j]!)) <= 0 ? left[i++]! : right[j++]!)
  }
  while (i < left.length) merged.push(left[i++]!)
  while (j < right.length) merged.push(right[j++]!)
  return merged
}
