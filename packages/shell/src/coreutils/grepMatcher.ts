/**
 * How grep looks for lines: through whole blocks for a plain text, line by line for an expression.
 *
 * @see grep(1)
 */
import * as Latin1 from "../Latin1.js"
import type * as Regex from "../Regex.js"

export interface LineMatcher {
  /**
   * Begins with a block of whole lines, `bytes[from, to)`. The answer tells where the next match lies, in or behind the
   * line that begins at a position; -1 if there is none.
   */
  readonly block: (bytes: Uint8Array, from: number, to: number) => (position: number) => number
  /** The matches in one line, for -o. */
  readonly all: (line: string) => Generator<readonly [start: number, end: number]>
  readonly exhausted: () => boolean
}

/** Where `needle` begins in `bytes[from, to)`. */
const search = (bytes: Uint8Array, from: number, to: number, needle: Uint8Array): number => {
  const [first] = needle
  const { length } = needle
  if (first === undefined) return from
  for (let at = from;;) {
    at = bytes.indexOf(first, at)
    if (at < 0 || at + length > to) return -1
    let same = 1
    while (same < length && bytes[at + same] === needle[same]) same++
    if (same === length) return at
    at++
  }
}

function* matches(regex: Regex.Regex, line: string): Generator<readonly [number, number]> {
  for (let from = 0; from <= line.length;) {
    const match = regex.find(line, from)
    if (match === undefined) return
    if (match.end > match.start) yield [match.start, match.end]
    from = match.end > match.start ? match.end : match.end + 1
  }
}

const byLines = (regex: Regex.Regex, delimiter: number): LineMatcher["block"] => (bytes, from, to) => {
  const text = Latin1.decode(bytes, from, to)
  const end = String.fromCharCode(delimiter)
  return (position) => {
    for (let at = position - from; at < text.length;) {
      const newline = text.indexOf(end, at)
      const stop = newline < 0 ? text.length : newline
      if (regex.test(text.slice(at, stop))) return from + at
      at = stop + 1
    }
    return -1
  }
}

export const make = (regex: Regex.Regex, delimiter: number): LineMatcher => {
  const rest = { all: (line: string) => matches(regex, line), exhausted: regex.exhausted }
  if (regex.literal === undefined || regex.literal.includes(String.fromCharCode(delimiter))) {
    return { ...rest, block: byLines(regex, delimiter) }
  }
  const needle = Latin1.encode(regex.literal)
  return { ...rest, block: (bytes, _, to) => (position) => search(bytes, position, to, needle) }
}
