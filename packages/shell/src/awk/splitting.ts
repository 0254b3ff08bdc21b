/**
 * How a record, or any text, falls into fields.
 *
 * @see awk(1p)
 */
import type { Regex } from "../Regex.js"
import { Fatal } from "./control.js"
import { type Patterns, span } from "./patterns.js"

/**
 * Puts the fields of `text` into `fields`, up to about `most` of them: a splitter that stops early answers where it goes
 * on, and -1 when it is done. What stood between them goes into `separators`, if it is given.
 */
export type Splitter = (
  text: string,
  from: number,
  fields: Array<string>,
  most: number,
  separators?: Array<string>
) => number

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 10

/** Fields are what blanks stand between; those around the record count for nothing. */
export const byBlanks: Splitter = (text, from, fields, most, separators) => {
  const { length } = text
  let at = from
  while (true) {
    const start = at
    while (at < length && isBlank(text.charCodeAt(at))) at++
    separators?.push(text.slice(start, at))
    if (at === length) return -1
    const begin = at
    while (at < length && !isBlank(text.charCodeAt(at))) at++
    fields.push(text.slice(begin, at))
    if (fields.length >= most) return at
  }
}

const byText = (separator: string): Splitter => (text, from, fields, most, separators) => {
  if (text === "") return -1
  let at = from
  while (true) {
    const end = text.indexOf(separator, at)
    if (end < 0) {
      fields.push(text.slice(at))
      return -1
    }
    fields.push(text.slice(at, end))
    separators?.push(separator)
    at = end + separator.length
    if (fields.length >= most) return at
  }
}

const byCharacters: Splitter = (text, from, fields, _, separators) => {
  for (let at = from; at < text.length; at++) {
    fields.push(text[at]!)
    if (at > from) separators?.push("")
  }
  return -1
}

export const byRegex = (regex: Regex): Splitter => (text, from, fields, most, separators) => {
  if (text === "") return -1
  let at = from
  let search = from
  while (true) {
    const found = search > text.length ? undefined : span(regex, text, search)
    if (found === undefined) {
      fields.push(text.slice(at))
      return -1
    }
    const [start, end] = found
    // Nothing separates nothing.
    if (end === start) {
      search = start + 1
      continue
    }
    fields.push(text.slice(at, start))
    separators?.push(text.slice(start, end))
    at = search = end
    if (fields.length >= most) return at
  }
}

/** FPAT: the fields are what matches. */
export const byContent = (regex: Regex): Splitter => (text, _, fields, __, separators) => {
  let at = 0
  let last = 0
  let wasEmpty = true
  while (at <= text.length) {
    const found = span(regex, text, at)
    if (found === undefined) break
    const [start, end] = found
    if (end === start) {
      // An empty field right behind another one is its end.
      if (start === last && !wasEmpty) {
        at = start + 1
        wasEmpty = true
        continue
      }
    }
    separators?.push(text.slice(last, start))
    fields.push(text.slice(start, end))
    wasEmpty = end === start
    last = end
    at = end === start ? end + 1 : end
  }
  separators?.push(text.slice(last))
  return -1
}

/** FIELDWIDTHS: `[skip:]width` again and again, and `*` for what is left. */
export const byWidths = (widths: string): Splitter => {
  const parts = widths.trim().split(/[ \t\n]+/).filter((part) => part !== "")
  const columns = parts.map((part, index) => {
    const match = /^(?:(\d+):)?(\d+|\*)$/.exec(part)
    if (match === null || (match[2] === "*" && index < parts.length - 1)) {
      throw new Fatal(`invalid FIELDWIDTHS value, for field ${index + 1}, near \`${part}'`)
    }
    return {
      skip: Number(match[1] ?? 0),
      width: match[2] === "*" ? Number.POSITIVE_INFINITY : Number(match[2])
    }
  })
  return (text, _, fields) => {
    let at = 0
    for (const { skip, width } of columns) {
      at += skip
      if (at >= text.length) break
      fields.push(text.slice(at, at + width))
      at += width
    }
    return -1
  }
}

/** The splitter for a value of FS, or the third argument of `split`. */
export const bySeparator = (separator: string, patterns: Patterns): Splitter => {
  if (separator === " ") return byBlanks
  if (separator === "") return byCharacters
  if (separator.length === 1 && separator !== "\\") {
    if (patterns.ignoreCase && /[A-Za-z]/.test(separator)) return byRegex(patterns.get(separator))
    return byText(separator)
  }
  if (separator === "\\") return byText("\\")
  const regex = patterns.get(separator)
  return regex.literal !== undefined && regex.literal !== "" && !patterns.ignoreCase
    ? byText(regex.literal)
    : byRegex(regex)
}

/** In paragraphs a newline separates fields as well. */
export const inParagraphs = (separator: string, patterns: Patterns): Splitter => {
  if (separator === " ") return byBlanks
  if (separator === "" || separator === "\n") return bySeparator(separator, patterns)
  const source = separator.length === 1
    ? `[${separator === "\\" || separator === "^" ? `\\${separator}` : separator}]`
    : `(${separator})`
  return byRegex(patterns.get(`${source}|\n`))
}
