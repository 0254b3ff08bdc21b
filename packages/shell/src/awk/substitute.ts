/**
 * `sub`, `gsub` and `gensub`.
 *
 * @see awk(1p)
 */
import type { Match, Regex } from "../Regex.js"
import { find, span } from "./patterns.js"
import { checkLength } from "./values.js"

/** A text, or the number of a group; 0 is the whole match. */
type Piece = string | number

const gathered = (): { readonly pieces: Array<Piece>; readonly text: (text: string) => void } => {
  const pieces: Array<Piece> = []
  const text = (more: string): void => {
    const last = pieces.at(-1)
    if (typeof last === "string") pieces[pieces.length - 1] = last + more
    else pieces.push(more)
  }
  return { pieces, text }
}

/** What `sub` and `gsub` put in place of a match: `&` is the match, `\&` an ampersand, `\\&` a backslash and the match. */
export const replacement = (source: string): ReadonlyArray<Piece> => {
  if (!source.includes("&") && !source.includes("\\\\\\")) return [source]
  const { pieces, text } = gathered()
  for (let at = 0; at < source.length; at++) {
    const char = source[at]!
    if (char === "&") pieces.push(0)
    else if (char !== "\\") text(char)
    else if (source.startsWith("\\\\\\&", at)) {
      text("\\&")
      at += 3
    } else if (source.startsWith("\\\\\\\\", at)) {
      text("\\\\")
      at += 3
    } else if (source.startsWith("\\\\&", at)) {
      text("\\")
      pieces.push(0)
      at += 2
    } else if (source[at + 1] === "&") {
      text("&")
      at++
    } else text(char)
  }
  return pieces
}

/** What `gensub` puts there: `\1` is a group, and `\` protects anything else. */
export const generalReplacement = (source: string): ReadonlyArray<Piece> => {
  const { pieces, text } = gathered()
  for (let at = 0; at < source.length; at++) {
    const char = source[at]!
    if (char === "&") pieces.push(0)
    else if (char !== "\\") text(char)
    else {
      const next = source[++at]
      if (next === undefined) text("\\")
      else if (next >= "0" && next <= "9") pieces.push(Number(next))
      else text(next)
    }
  }
  return pieces
}

export interface Substituted {
  readonly text: string
  readonly count: number
}

/** Replaces the match number `which`, or all of them. */
export const substitute = (
  text: string,
  regex: Regex,
  pieces: ReadonlyArray<Piece>,
  which: number | "all"
): Substituted => {
  const grouped = pieces.some((piece) => typeof piece === "number" && piece > 0)
  let made = ""
  let copied = 0
  let count = 0
  let seen = 0
  /** Where the last match ended, if it was not empty: right there is no empty one. */
  let behind = -1
  for (let at = 0; at <= text.length;) {
    const match = grouped ? find(regex, text, at) : spanned(regex, text, at)
    if (match === undefined) break
    const { end, start } = match
    if (end === start && start === behind) {
      at = start + 1
      behind = -1
      continue
    }
    seen++
    if (which === "all" || seen === which) {
      made += text.slice(copied, start) + filled(pieces, text, match)
      checkLength(made.length)
      copied = end
      count++
      if (which !== "all") break
    }
    behind = end > start ? end : -1
    at = end > start ? end : end + 1
  }
  return count === 0 ? { text, count } : { text: made + text.slice(copied), count }
}

const spanned = (regex: Regex, text: string, from: number): Match | undefined => {
  const found = span(regex, text, from)
  return found === undefined ? undefined : { start: found[0], end: found[1], groups: [found] }
}

const filled = (pieces: ReadonlyArray<Piece>, text: string, match: Match): string => {
  let made = ""
  for (const piece of pieces) {
    if (typeof piece === "string") made += piece
    else {
      const group = match.groups[piece]
      if (group !== undefined) made += text.slice(group[0], group[1])
    }
  }
  return made
}
