/**
 * Brace expansion: `a{b,c}d` and `{1..9..2}`, which happens to the text of a word before anything else.
 *
 * @see bash(1) Brace Expansion
 */
import type { Piece } from "./Ast.js"

/** One character of a word, or an expansion in it. */
export type Token = { readonly c: string; readonly quoted: boolean } | { readonly piece: Piece }

/** A guest's `{1..999999999}` must not take the host's memory. */
const wordsMax = 100_000

export const tokensOf = (pieces: ReadonlyArray<Piece>): Array<Token> => {
  const tokens: Array<Token> = []
  for (const piece of pieces) {
    if (piece.kind !== "text" || piece.text === "") tokens.push({ piece })
    else for (const c of piece.text) tokens.push({ c, quoted: piece.quoted })
  }
  return tokens
}

export const piecesOf = (tokens: ReadonlyArray<Token>): Array<Piece> => {
  const pieces: Array<Piece> = []
  let text = ""
  let quoted = false
  const flush = (): void => {
    if (text !== "") pieces.push({ kind: "text", text, quoted })
    text = ""
  }
  for (const token of tokens) {
    if ("piece" in token) {
      flush()
      pieces.push(token.piece)
    } else {
      if (token.quoted !== quoted) flush()
      quoted = token.quoted
      text += token.c
    }
  }
  flush()
  return pieces
}

/** Whether a token is this character, unquoted. */
export const isCharacter = (token: Token | undefined, c: string): boolean =>
  token !== undefined && "c" in token && !token.quoted && token.c === c

const textOf = (tokens: ReadonlyArray<Token>): string | undefined => {
  let text = ""
  for (const token of tokens) {
    if (!("c" in token) || token.quoted) return undefined
    text += token.c
  }
  return text
}

const pad = (value: number, width: number): string => {
  const digits = String(Math.abs(value))
  return value < 0 ? `-${digits.padStart(width - 1, "0")}` : digits.padStart(width, "0")
}

/** The words of `{from..to}` and `{from..to..step}`; `undefined` when it is no range. */
const range = (text: string): ReadonlyArray<string> | undefined => {
  const match = /^([-+]?\d+|[A-Za-z])\.\.([-+]?\d+|[A-Za-z])(?:\.\.([-+]?\d+))?$/.exec(text)
  if (match === null) return undefined
  const [, from = "", to = "", stepText] = match
  const letters = /[A-Za-z]/.test(from)
  if (letters !== /[A-Za-z]/.test(to)) return undefined
  const first = letters ? from.charCodeAt(0) : Number(from)
  const last = letters ? to.charCodeAt(0) : Number(to)
  const step = Math.max(1, Math.abs(Number(stepText ?? "1")))
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return undefined
  const count = Math.floor(Math.abs(last - first) / step) + 1
  if (count > wordsMax) return undefined
  const zeros = !letters && (/^-?0\d/.test(from) || /^-?0\d/.test(to))
  const width = zeros ? Math.max(from.length, to.length) : 0
  return Array.from({ length: count }, (_, index) => {
    const value = first + (last < first ? -1 : 1) * index * step
    return letters ? String.fromCharCode(value) : pad(value, width)
  })
}

interface Braces {
  readonly end: number
  readonly parts: ReadonlyArray<ReadonlyArray<Token>>
}

/** The alternatives between the `{` at `open` and its `}`; `undefined` when these braces are ordinary text. */
const alternatives = (tokens: ReadonlyArray<Token>, open: number): Braces | undefined => {
  const parts: Array<Array<Token>> = []
  let current: Array<Token> = []
  let depth = 0
  for (let at = open + 1; at < tokens.length; at++) {
    const token = tokens[at]!
    if (depth === 0 && isCharacter(token, "}")) {
      if (parts.length === 0) {
        const words = range(textOf(current) ?? "")
        if (words === undefined) return undefined
        return { end: at, parts: words.map((word) => Array.from(word, (c) => ({ c, quoted: c === "\\" }))) }
      }
      return { end: at, parts: [...parts, current] }
    }
    if (depth === 0 && isCharacter(token, ",")) {
      parts.push(current)
      current = []
      continue
    }
    if (isCharacter(token, "{")) depth++
    else if (isCharacter(token, "}")) depth--
    current.push(token)
  }
  return undefined
}

const expandTokens = (tokens: ReadonlyArray<Token>): Array<ReadonlyArray<Token>> => {
  for (let open = 0; open < tokens.length; open++) {
    if (!isCharacter(tokens[open], "{")) continue
    const braces = alternatives(tokens, open)
    if (braces === undefined) continue
    const before = tokens.slice(0, open)
    const middles = braces.parts.flatMap(expandTokens)
    const afters = expandTokens(tokens.slice(braces.end + 1))
    if (middles.length * afters.length > wordsMax) return [tokens]
    return middles.flatMap((middle) => afters.map((after) => [...before, ...middle, ...after]))
  }
  return [tokens]
}

/** The words that the braces of a word make; the word itself when it has none. */
export const expandBraces = (pieces: ReadonlyArray<Piece>): ReadonlyArray<ReadonlyArray<Piece>> =>
  expandTokens(tokensOf(pieces)).map(piecesOf)
