/**
 * Where in a line something is to be completed: the word before the cursor, and the command whose word it is.
 *
 * @see bash(1) Completing
 */
import { skip } from "./splitting.js"

export interface Place {
  /** Where the word begins, behind the quote that it begins with. */
  readonly start: number
  readonly quote: "" | "'" | "\""
}

/** The word that ends `before`; characters of `breaks` end words. */
export const wordAt = (before: string, breaks: string): Place => {
  let start = 0
  let quote: Place["quote"] = ""
  for (let at = 0; at < before.length; at++) {
    const character = before[at]!
    if (character === "\\" && quote !== "'") at++
    else if (quote !== "") {
      if (character !== quote) continue
      quote = ""
      start = at + 1
    } else if (character === "'" || character === "\"") {
      quote = character
      start = at + 1
    } else if (character === "`" && at === start) {
      // A command begins.
      start = at + 1
    } else if (breaks.includes(character)) {
      // `@` says what kind of word it is, and belongs to it.
      start = character === "@" ? at : at + 1
    }
  }
  return { start, quote }
}

const separators = ";|&{(`"

/** Whether a separator is one: it is none behind `<` or `>`. */
const separates = (line: string, at: number): boolean =>
  separators.includes(line[at]!) && !((line[at] === "&" || line[at] === "|") && /[<>]/.test(line[at - 1] ?? ""))

/** Where the command begins whose text ends with `before`; what is quoted or substituted in it belongs to it. */
const begin = (before: string): number => {
  let from = 0
  for (let at = 0; at < before.length;) {
    const next = skip(before, at)
    if (next === at + 1 && separates(before, at)) from = next
    at = next
  }
  return from
}

/** Whether a command's name follows, in a substitution that is still open at that. */
const opens = (before: string): boolean => {
  const at = before.trimEnd().length - 1
  return at >= 0 && separates(before, at)
}

const isAssignment = (word: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]]*\])?\+?=/.test(word)

export interface Where {
  /** The command's name; empty where there is none yet. */
  readonly name: string
  readonly from: number
  /** Where the command ends. */
  readonly to: number
  /** Whether the word is the command's name. */
  readonly names: boolean
}

/** The command one word of which ends at `end`, and begins at `place`. */
export const commandAt = (line: string, { quote, start }: Place, end: number): Where => {
  let to = end
  while (to < line.length && !separates(line, to)) to = skip(line, to)
  const word = start - quote.length
  let from = begin(line.slice(0, word))
  for (;;) {
    while (/\s/.test(line[from] ?? "")) from++
    if (from >= word) return { name: "", from: Math.min(from, end), to, names: true }
    let after = from
    while (after < line.length && !/[()<>;&|\s]/.test(line[after]!)) after = skip(line, after)
    // Where the word is a part of the first one, there is no name yet.
    if (after >= end) return { name: "", from, to, names: opens(line.slice(0, word)) }
    const name = line.slice(from, after)
    if (!isAssignment(name)) return { name, from, to, names: opens(line.slice(0, word)) }
    from = after
  }
}
