/**
 * What sed makes of texts: replaced matches, and lines with everything in them visible.
 *
 * @see sed(1)
 */
import type * as Regex from "../Regex.js"
import type { Part, Substitution } from "./sedScript.js"

type Letters = "L" | "U" | "E" | "l" | "u"

/** ASCII alone: a byte beyond it is no letter. */
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
const upper = (text: string): string => text.replace(/[a-z]/g, (letter) => letter.toUpperCase())

const filled = (text: string, match: Regex.Match, parts: ReadonlyArray<Part>): string => {
  let answer = ""
  let all: Letters = "E"
  let one: Letters | undefined
  for (const part of parts) {
    if (typeof part === "object") {
      if (part.letters === "l" || part.letters === "u") one = part.letters
      else {
        all = part.letters
        one = undefined
      }
      continue
    }
    const group = typeof part === "number" ? match.groups[part] : undefined
    let piece = typeof part === "string" ? part : group === undefined ? "" : text.slice(group[0], group[1])
    if (piece === "") continue
    if (all === "L") piece = lower(piece)
    else if (all === "U") piece = upper(piece)
    if (one !== undefined) piece = (one === "l" ? lower(piece[0]!) : upper(piece[0]!)) + piece.slice(1)
    one = undefined
    answer += piece
  }
  return answer
}

/** The text with its matches replaced; `undefined` when none is. */
export const replaced = (text: string, regex: Regex.Regex, how: Substitution): string | undefined => {
  let answer = ""
  let copied = 0
  let count = 0
  let any = false
  let before = -1
  for (let from = 0; from <= text.length;) {
    const match = regex.find(text, from)
    if (match === undefined) break
    const { end, start } = match
    // Nothing, right behind a match, is no match.
    if (start === end && start === before) {
      from = end + 1
      continue
    }
    before = end
    count++
    if (count >= how.number) {
      answer += text.slice(copied, start) + filled(text, match, how.parts)
      copied = end
      any = true
      if (!how.global) break
    }
    from = start === end ? end + 1 : end
  }
  return any ? answer + text.slice(copied) : undefined
}

const names: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v"
}

/** What l prints. */
export const escaped = (text: string, width: number): string => {
  let answer = ""
  let column = 0
  for (const char of text) {
    const code = char.charCodeAt(0)
    const shown = names[char] ?? (code < 32 || code > 126 ? `\\${code.toString(8).padStart(3, "0")}` : char)
    if (width > 0 && column + shown.length > width - 1) {
      answer += "\\\n"
      column = 0
    }
    answer += shown
    column += shown.length
  }
  return `${answer}$\n`
}
