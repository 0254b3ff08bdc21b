/**
 * The sets of tr: characters, escapes, ranges, classes and repeats.
 *
 * @see tr(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as ByteClasses from "../ByteClasses.js"
import * as Quote from "../Quote.js"

export type Item =
  | { readonly _tag: "Bytes"; readonly bytes: ReadonlyArray<number> }
  | { readonly _tag: "Class"; readonly name: string; readonly bytes: ReadonlyArray<number> }
  /** `[c*n]`; without a count it fills up. */
  | { readonly _tag: "Repeat"; readonly byte: number; readonly count: number | undefined }

interface Char {
  readonly byte: number
  readonly escaped: boolean
}

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 }

const unescape = (text: string): ReadonlyArray<Char> => {
  const bytes = Bytes.encode(text)
  const chars: Array<Char> = []
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at++]!
    if (byte !== 92 || at === bytes.length) {
      chars.push({ byte, escaped: false })
      continue
    }
    const next = String.fromCharCode(bytes[at]!)
    if (/[0-7]/.test(next)) {
      let value = 0
      for (let n = 0; n < 3 && bytes[at]! >= 48 && bytes[at]! <= 55 && value * 8 + bytes[at]! - 48 < 256; n++) {
        value = value * 8 + bytes[at++]! - 48
      }
      chars.push({ byte: value, escaped: true })
    } else {
      chars.push({ byte: escapes[next] ?? bytes[at]!, escaped: true })
      at++
    }
  }
  return chars
}

const is = (char: Char | undefined, text: string): boolean =>
  char !== undefined && !char.escaped && char.byte === text.charCodeAt(0)

const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

const shown = (byte: number): string =>
  byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "\\" + byte.toString(8).padStart(3, "0")

interface Bracketed {
  readonly item: Item
  readonly next: number
}

/** `[:class:]` and `[=c=]`; `undefined` when the bracket is just a bracket. */
const bracketed = (chars: ReadonlyArray<Char>, at: number): Bracketed | string | undefined => {
  for (const mark of [":", "="]) {
    if (!is(chars[at + 1], mark)) continue
    for (let end = at + 2; end + 1 < chars.length; end++) {
      if (!is(chars[end], mark) || !is(chars[end + 1], "]")) continue
      const inner = chars.slice(at + 2, end).map((char) => char.byte)
      if (inner.length === 0 && mark === "=" && is(chars[end + 1], mark)) continue
      const text = String.fromCharCode(...inner)
      if (mark === "=") {
        if (inner.length === 0) return "missing equivalence class character '[==]'"
        if (inner.length > 1) return `${text}: equivalence class operand must be a single character`
        return { item: { _tag: "Bytes", bytes: inner }, next: end + 2 }
      }
      if (inner.length === 0) return "missing character class name '[::]'"
      const bytes = ByteClasses.members(text)
      if (bytes === undefined) return `invalid character class ${Quote.value(text)}`
      return { item: { _tag: "Class", name: text, bytes }, next: end + 2 }
    }
  }
  return repeat(chars, at)
}

const repeat = (chars: ReadonlyArray<Char>, at: number): Bracketed | string | undefined => {
  const char = chars[at + 1]
  if (char === undefined || !is(chars[at + 2], "*")) return undefined
  const end = chars.findIndex((other, i) => i > at + 2 && is(other, "]"))
  if (end < 0) return undefined
  const digits = chars.slice(at + 3, end)
  const text = String.fromCharCode(...digits.map((digit) => digit.byte))
  if (digits.some((digit) => digit.escaped || digit.byte < 48 || digit.byte > 57)) {
    return digits.some((digit) => digit.escaped)
      ? undefined
      : `invalid repeat count ${Quote.value(text)} in [c*n] construct`
  }
  const count = text === "" ? undefined : Number.parseInt(text, text[0] === "0" ? 8 : 10) || undefined
  return { item: { _tag: "Repeat", byte: char.byte, count }, next: end + 1 }
}

/** Takes a set apart; a text is what is wrong with it. */
export const parse = (text: string): ReadonlyArray<Item> | string => {
  const chars = unescape(text)
  const items: Array<Item> = []
  for (let at = 0; at < chars.length;) {
    if (is(chars[at], "[")) {
      const found = bracketed(chars, at)
      if (typeof found === "string") return found
      if (found !== undefined) {
        items.push(found.item)
        at = found.next
        continue
      }
    }
    const from = chars[at]!.byte
    if (is(chars[at + 1], "-") && at + 2 < chars.length) {
      const to = chars[at + 2]!.byte
      if (to < from) {
        return `range-endpoints of '${shown(from)}-${shown(to)}' are in reverse collating sequence order`
      }
      items.push({ _tag: "Bytes", bytes: range(from, to) })
      at += 3
      continue
    }
    items.push({ _tag: "Bytes", bytes: [from] })
    at++
  }
  return items
}

/** All bytes of a set in order; an open repeat fills up to `length`. */
export const expand = (items: ReadonlyArray<Item>, length: number): ReadonlyArray<number> => {
  const fixed = items.reduce(
    (n, item) => n + (item._tag === "Repeat" ? item.count ?? 0 : item.bytes.length),
    0
  )
  return items.flatMap((item) =>
    item._tag === "Repeat"
      ? new Array<number>(Math.min(item.count ?? Math.max(0, length - fixed), 1 << 20)).fill(item.byte)
      : [...item.bytes]
  )
}

export const complement = (bytes: ReadonlyArray<number>): ReadonlyArray<number> => {
  const set = new Set(bytes)
  return range(0, 255).filter((byte) => !set.has(byte))
}
