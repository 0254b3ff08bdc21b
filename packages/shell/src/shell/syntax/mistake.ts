/**
 * What is wrong with a text, in bash's words: the parser's own say what it expected, bash's what it met.
 */
import { conditionMistake } from "./conditionMistake.js"

export interface SyntaxError {
  /** Empty where bash has no words for it. */
  readonly message: string
  readonly line: number
  /** The line that is shown after it, where there is one to show. */
  readonly shown?: string
  /** Whether the next line can be run nevertheless: the mistake stands in the value of an array. */
  readonly survived: boolean
}

interface Found {
  readonly message: string
  readonly pos: number
}

/**
 * The mistake to tell of. What comes of one in a condition may look like any other; that the condition is not closed
 * is told of each.
 */
export const first = (errors: ReadonlyArray<Found>): Found => {
  const open = errors.find(({ message }) => message.endsWith("close '[['"))
  return open === undefined ? errors[0]! : { ...open, pos: errors[0]!.pos }
}

const token =
  /^(?:;;&|;;|;&|&&|\|\||&>>|&>|<<<|<<-|<<|>>|<&|>&|<>|>\||\|&|[;&|<>()]|\$?"[^"]*"?|\$?'[^']*'?|[^\s;&|<>()]+)/

/** What is to follow an opening that nothing closes. */
const closings: ReadonlyArray<readonly [message: RegExp, closing: string, atEnd: boolean]> = [
  [/single quote|ANSI-C/, "'", false],
  [/double quote/, "\"", false],
  [/backtick/, "`", false],
  [/parameter expansion/, "}", false],
  [/arithmetic|extended glob/, ")", false],
  [/substitution/, ")", true]
]

/** The token that the parser stumbled over; `undefined` for the end of the text. */
const met = (source: string, { message, pos }: Found): string | undefined => {
  const named = /^unexpected token '(.*)'$/s.exec(message)?.[1]
  if (named !== undefined) return named
  const rest = source.slice(pos).replace(/^[ \t]+/, "")
  if (rest === "") return undefined
  if (!rest.startsWith("\n")) return token.exec(rest)?.[0] ?? rest[0]
  // Where a reserved word was missing, the parser has passed what stands in its place.
  return /^expected '(?:do|then)'$/.test(message) ? /\S+$/.exec(source.slice(0, pos))?.[0] : "newline"
}

/** Between braces or parentheses is nothing: the parser stumbles over the first of them, bash over the second. */
const atClosing = (source: string, found: Found): Found => {
  const empty = /^\s*(?:\{(?:\s|#.*\n)+\}|\((?:\s|#.*\n)*\))/.exec(source.slice(found.pos))?.[0]
  if (empty === undefined) return found
  return { message: `unexpected token '${empty.at(-1)}'`, pos: found.pos + empty.length - 1 }
}

/** Where the condition begins that stands before a place. */
const before = (source: string, position: number): number | undefined => {
  let open: number | undefined
  for (const { index } of source.slice(0, position).matchAll(/(?<=^|[\s;&|({!`])\[\[(?=\s)/g)) open = index
  return open
}

/** `source` ends with a line end; `line` tells on which line a position stands. */
export const mistake = (source: string, given: Found, line: (position: number) => number): SyntaxError => {
  const found = atClosing(source, given)
  const { message, pos } = found
  const shownAt = (position: number): string =>
    source.slice(source.lastIndexOf("\n", position - 1) + 1, source.indexOf("\n", position))
  const closing = message.startsWith("unterminated") ? closings.find(([form]) => form.test(message)) : undefined
  if (closing !== undefined) {
    const [, expected, atEnd] = closing
    const text = `unexpected EOF while looking for matching \`${expected}'`
    return { message: text, line: line(atEnd ? source.length : pos), survived: false }
  }
  if (message.startsWith("expected three arithmetic")) {
    const open = source.lastIndexOf("((", pos)
    const header = source.slice(open, source.indexOf("))", pos) + 2)
    return {
      message: "syntax error: arithmetic expression required",
      shown: `syntax error: \`${header}'`,
      line: line(open),
      survived: false
    }
  }
  const condition = /\]\]|test (?:operator|group)/.test(message) ? before(source, pos) : undefined
  const wrong = condition === undefined ? undefined : conditionMistake(source, condition)
  if (wrong !== undefined) {
    const [first = "", second] = wrong.messages
    const shown = second === undefined ? {} : { shown: second }
    return { message: first, ...shown, line: line(wrong.pos), survived: false }
  }
  const stumbled = met(source, found)
  if (stumbled === undefined) {
    return { message: "syntax error: unexpected end of file", line: line(source.length), survived: false }
  }
  return {
    message: `syntax error near unexpected token \`${stumbled}'`,
    shown: `\`${shownAt(pos)}'`,
    line: line(pos),
    survived: message.endsWith("in array assignment")
  }
}
