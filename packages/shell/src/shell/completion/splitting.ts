/**
 * A line cut into the words that completion sees: quotes and what they hold stay together, and characters that separate
 * words are words themselves, but for blanks.
 *
 * @see bash(1) COMP_WORDS
 */

/** Where what begins at `at` ends: a character, or a quoted text, or an expansion; beyond the end if nothing ends it. */
export const skip = (text: string, at: number): number => {
  const first = text[at]!
  if (first === "\\") return at + 2
  if (first === "'") return closing(text, at + 1, "'", false)
  if (first === "\"" || first === "`") return closing(text, at + 1, first, true)
  const second = text[at + 1]
  if ("$<>".includes(first) && second === "(") return nested(text, at + 2, "(", ")")
  return first === "$" && second === "{" ? nested(text, at + 2, "{", "}") : at + 1
}

const closing = (text: string, from: number, quote: string, escapes: boolean): number => {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\" && escapes) at++
    else if (text[at] === quote) return at + 1
  }
  return text.length + 1
}

const nested = (text: string, from: number, opens: string, closes: string): number => {
  let depth = 1
  for (let at = from; at < text.length;) {
    if (text[at] === closes && --depth === 0) return at + 1
    if (text[at] === opens) depth++
    at = text[at] === closes || text[at] === opens ? at + 1 : skip(text, at)
  }
  return text.length + 1
}

const isBlank = (character: string | undefined): boolean =>
  character === " " || character === "\t" || character === "\n"

export interface Words {
  readonly words: ReadonlyArray<string>
  /** The index of the word in which the cursor stands. */
  readonly current: number
}

/** The words of a line, and which of them ends or holds `cursor`. */
export const split = (line: string, breaks: string, cursor: number): Words => {
  // Quotes are among what breaks words for the editor; here they hold one together.
  const separates = (at: number): boolean =>
    at < line.length && breaks.includes(line[at]!) && !"'\"".includes(line[at]!)
  const words: Array<string> = []
  let current = -1
  let at = 0
  while (separates(at) && isBlank(line[at])) at++
  let end = at
  while (at < line.length) {
    end = at
    while (end < line.length && !separates(end)) end = skip(line, end)
    if (end === at) { while (separates(end) && !isBlank(line[end])) end++ }
    if (current < 0 && cursor < at) {
      current = words.length
      words.push("")
    }
    if (cursor >= at && cursor <= end) current = words.length
    words.push(line.slice(at, end))
    at = end
    while (separates(at) && isBlank(line[at])) at++
  }
  if (current < 0 || (cursor >= line.length && cursor > end)) {
    if (cursor > 0 && isBlank(line[cursor - 1])) words.push("")
    current = Math.max(0, words.length - 1)
  }
  return { words, current }
}

/** The words of `-W`, separated by the characters of IFS, each as it is written. */
export const listed = (text: string, separators: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  const separates = (at: number): boolean => separators.includes(text[at]!)
  for (let at = 0; at < text.length;) {
    if (separates(at)) {
      at++
      continue
    }
    const from = at
    while (at < text.length && !separates(at)) at = skip(text, at)
    words.push(text.slice(from, at))
  }
  return words
}

/** A word whose characters mean nothing to the grammar of commands: what is left is what expansions and quotes mean. */
export const asWord = (text: string): string => {
  let word = ""
  for (let at = 0; at < text.length;) {
    const end = skip(text, at)
    const piece = text.slice(at, end)
    word += piece.length === 1 && /[|&;<>()#\n \t]/.test(piece) ? `\\${piece}` : piece
    at = end
  }
  return word
}
