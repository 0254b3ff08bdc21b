/**
 * Words: from the parser's parts to pieces in which quoted and unquoted text are told apart.
 *
 * @see bash(1) QUOTING, EXPANSION
 */
import type * as Unbash from "unbash"
import type { ArithmeticSource, ArrayValue, Assignment, Operation, Parameter, Piece, Word } from "./Ast.js"
import { expandBraces, isCharacter, piecesOf, tokensOf } from "./braces.js"
import type { Converter } from "./commands.js"

/** How the text of a literal part is to be read. */
type Context =
  /** A backslash quotes any character; `*` is special; the rest is split. */
  | "plain"
  /** Between double quotes. */
  | "double"
  /** In a here-document: as between double quotes, where `"` is no quote. */
  | "document"

const dollar = (name: string, quoted: boolean): Parameter => ({
  kind: "parameter",
  name,
  quoted,
  prefix: "",
  index: undefined,
  operation: undefined,
  source: `$${name}`
})

/** Unquoted text of a script: what a backslash precedes is quoted. */
const addPlain = (text: string, pieces: Array<Piece>): void => {
  if (!text.includes("\\")) {
    if (text !== "") pieces.push({ kind: "text", text, quoted: false })
    return
  }
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\") continue
    if (at > from) pieces.push({ kind: "text", text: text.slice(from, at), quoted: false })
    const next = text.codePointAt(at + 1)
    if (next === undefined) {
      pieces.push({ kind: "text", text: "\\", quoted: true })
      from = at + 1
      break
    }
    const character = String.fromCodePoint(next)
    if (character !== "\n") pieces.push({ kind: "text", text: character, quoted: true })
    at += character.length
    from = at + 1
  }
  if (from < text.length) pieces.push({ kind: "text", text: text.slice(from), quoted: false })
}

const operand = (converter: Converter, word: Unbash.Word, quoted: boolean, tilde: boolean): Word =>
  makeWord(
    // Between double quotes single ones are characters like others: the parser sees to it but in here-documents.
    quoted && word.parts?.some(({ type }) => type === "SingleQuoted") === true
      ? converter.documentPieces(word.text)
      : convertParts(converter, word, quoted ? "double" : "plain"),
    word.text,
    tilde ? "word" : "none"
  )

const operation = (
  converter: Converter,
  part: Unbash.ParameterExpansionPart,
  quoted: boolean
): Operation | undefined => {
  const source = part.operation
  if (source === undefined) return undefined
  switch (source.type) {
    case "Default":
      return {
        kind: "default",
        operator: source.operator.slice(-1) as "-" | "=" | "+" | "?",
        colon: source.operator.length === 2,
        word: operand(converter, source.operand, quoted, !quoted)
      }
    case "Remove":
      return {
        kind: "remove",
        prefix: source.operator.startsWith("#"),
        longest: source.operator.length === 2,
        pattern: operand(converter, source.operand, false, true)
      }
    case "Replace":
      return {
        kind: "replace",
        all: source.operator === "//",
        anchor: source.operator === "/#" ? "#" : source.operator === "/%" ? "%" : "",
        pattern: operand(converter, source.pattern, false, true),
        // As outside of quotes, also where the whole stands in them.
        replacement: operand(converter, source.replacement, false, true)
      }
    case "Slice":
      return {
        kind: "slice",
        offset: arithmetic(converter, source.offset.text),
        length: source.length === undefined ? undefined : arithmetic(converter, source.length.text)
      }
    case "CaseModification":
      return {
        kind: "case",
        upper: source.operator.startsWith("^"),
        all: source.operator.length === 2,
        pattern: source.operand === undefined || source.operand.text === ""
          ? undefined
          : operand(converter, source.operand, false, false)
      }
    case "Transform":
      return { kind: "transform", operator: source.operand.text }
    case "Names":
      return { kind: "names", separate: source.operator === "@" }
    case "Unknown":
      return { kind: "bad" }
  }
}

/** The subscript of `${a[i]}`. */
const subscript = (converter: Converter, word: Unbash.Word): "@" | "*" | Word =>
  word.text === "@" || word.text === "*"
    ? word.text
    : makeWord(convertParts(converter, word, "plain"), word.text, "none")

const parameter = (converter: Converter, part: Unbash.ParameterExpansionPart, quoted: boolean): Parameter => ({
  kind: "parameter",
  name: part.parameter,
  quoted,
  prefix: part.prefix ?? "",
  index: part.index === undefined ? undefined : subscript(converter, part.index),
  operation: part.parameter === "" ? { kind: "bad" } : operation(converter, part, quoted),
  source: part.text
})

/** An arithmetic text; when there are expansions in it, they are made first, as between double quotes. */
export const arithmetic = (converter: Converter, text: string): ArithmeticSource => {
  if (!/[$`"\\']/.test(text)) return { text, word: undefined, parsed: undefined }
  const pieces = converter.documentPieces(text).map((piece): Piece =>
    piece.kind === "text" ? { ...piece, text: piece.text.replace(/"/g, "") } : piece
  )
  return { text, word: { pieces, literal: undefined, source: text }, parsed: undefined }
}

const convertPart = (converter: Converter, part: Unbash.WordPart, context: Context, pieces: Array<Piece>): void => {
  const quoted = context !== "plain"
  switch (part.type) {
    case "Literal":
      if (context === "double") pieces.push({ kind: "text", text: part.value, quoted: true })
      else if (context === "document") pieces.push({ kind: "text", text: documentText(part.text), quoted: true })
      else addPlain(part.text, pieces)
      return
    case "SingleQuoted":
    case "AnsiCQuoted":
      pieces.push({ kind: "text", text: part.value, quoted: true })
      return
    case "DoubleQuoted":
    case "LocaleString":
      if (part.parts.length === 0) pieces.push({ kind: "text", text: "", quoted: true })
      for (const inner of part.parts) convertPart(converter, inner, "double", pieces)
      return
    case "SimpleExpansion":
      pieces.push(dollar(part.text.slice(1), quoted))
      return
    case "ParameterExpansion":
      pieces.push(parameter(converter, part, quoted))
      return
    case "CommandExpansion":
      pieces.push({ kind: "command", script: converter.nested(part.script, part.pos), quoted })
      return
    case "ArithmeticExpansion": {
      const inner = part.text.startsWith("$[") ? part.text.slice(2, -1) : part.text.slice(3, -2)
      pieces.push({ kind: "arithmetic", expression: arithmetic(converter, inner), quoted })
      return
    }
    case "ProcessSubstitution":
      pieces.push({ kind: "process", operator: part.operator, script: converter.nested(part.script, part.pos) })
      return
    case "Glob":
      if (part.kind !== "bracket") pieces.push({ kind: "text", text: part.text, quoted })
      else wrap(converter, "[", part.parts, "]", part.text, context, pieces)
      return
    case "ExtendedGlob":
      wrap(converter, `${part.operator}(`, part.parts, ")", part.text, context, pieces)
      return
    case "BraceExpansion":
      wrap(converter, "{", part.parts, "}", part.text, context, pieces)
      return
  }
}

/** A part with parts of its own between delimiters, which the parts leave out. */
const wrap = (
  converter: Converter,
  before: string,
  parts: ReadonlyArray<Unbash.WordPart> | undefined,
  after: string,
  text: string,
  context: Context,
  pieces: Array<Piece>
): void => {
  if (parts === undefined) return addPlain(text, pieces)
  pieces.push({ kind: "text", text: before, quoted: false })
  for (const part of parts) convertPart(converter, part, context, pieces)
  pieces.push({ kind: "text", text: after, quoted: false })
}

/** The pieces of a word, braces and tildes not yet looked at. */
export const convertParts = (
  converter: Converter,
  word: { readonly text: string; readonly value: string; readonly parts?: ReadonlyArray<Unbash.WordPart> | undefined },
  context: Context
): Array<Piece> => {
  const pieces: Array<Piece> = []
  const parts = word.parts
  if (parts !== undefined) { for (const part of parts) convertPart(converter, part, context, pieces) }
  else if (context === "double") pieces.push({ kind: "text", text: unquoteDouble(word.text), quoted: true })
  else addPlain(word.text, pieces)
  return pieces
}

const unquoteDouble = (text: string): string => text.replace(/\\([$`"\\}]|\n)/g, (_, c: string) => c === "\n" ? "" : c)

/** The text of a here-document: backslashes quote `$`, a backquote, a backslash and the end of a line. */
export const documentText = (text: string): string =>
  text.includes("\\") ? text.replace(/\\([$`\\]|\n)/g, (_, c: string) => c === "\n" ? "" : c) : text

const tildePrefix = /^~([A-Za-z0-9_.+-]*)/

/** Turns `~…` at the beginning, and in assignments after `:`, into pieces of their own. */
const withTildes = (pieces: ReadonlyArray<Piece>, assignment: boolean): ReadonlyArray<Piece> => {
  if (!pieces.some((piece) => piece.kind === "text" && !piece.quoted && piece.text.includes("~"))) return pieces
  const out: Array<Piece> = []
  pieces.forEach((piece, index) => {
    if (piece.kind !== "text" || piece.quoted) return void out.push(piece)
    let rest = piece.text
    let special = index === 0
    while (rest !== "") {
      const match = special ? tildePrefix.exec(rest) : null
      const after = match === null ? undefined : rest[match[0].length]
      const ends = after === undefined ? index === pieces.length - 1 : after === "/" || (assignment && after === ":")
      if (match !== null && ends) {
        out.push({ kind: "tilde", user: match[1]! })
        rest = rest.slice(match[0].length)
      }
      const colon = assignment ? rest.indexOf(":") : -1
      const length = colon < 0 ? rest.length : colon + 1
      if (length > 0) out.push({ kind: "text", text: rest.slice(0, length), quoted: false })
      rest = rest.slice(length)
      special = colon >= 0
    }
  })
  return out
}

const assignmentPrefix = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/

/** As {@link withTildes}; in an argument that looks like an assignment also behind its `=`, which POSIX does not know. */
const withArgumentTildes = (pieces: ReadonlyArray<Piece>): ReadonlyArray<Piece> => {
  const [first, ...others] = pieces
  if (first?.kind !== "text" || first.quoted) return pieces
  const prefix = assignmentPrefix.exec(first.text)?.[0]
  if (prefix === undefined) return withTildes(pieces, false)
  if (prefix === first.text) return pieces
  const value = withTildes([{ ...first, text: first.text.slice(prefix.length) }, ...others], true)
  return [
    { ...first, text: prefix },
    ...value.map((piece): Piece => piece.kind === "tilde" ? { ...piece, beyondPosix: true } : piece)
  ]
}

const special = /[*?[\\@!+]/

/** A word of its pieces; adjacent pieces of text are joined. */
export const makeWord = (
  pieces: ReadonlyArray<Piece>,
  source: string,
  tilde: "none" | "word" | "argument" | "assignment"
): Word => {
  const ready = tilde === "none"
    ? pieces
    : tilde === "argument"
    ? withArgumentTildes(pieces)
    : withTildes(pieces, tilde === "assignment")
  let literal: string | undefined = ""
  for (const piece of ready) {
    if (piece.kind !== "text" || (!piece.quoted && special.test(piece.text))) {
      literal = undefined
      break
    }
    literal += piece.text
  }
  return { pieces: ready, literal, source }
}

/** A word of a command line: its braces make more than one of it. */
export const convertWords = (converter: Converter, word: Unbash.Word): ReadonlyArray<Word> => {
  const pieces = convertParts(converter, word, "plain")
  if (!word.text.includes("{") || !/,|\.\./.test(word.text)) return [makeWord(pieces, word.text, "argument")]
  const whole = makeWord(pieces, word.text, "argument")
  const made = expandBraces(pieces)
  if (made.length === 1) return [whole]
  return made.filter((one) => one.length > 0).map((one, at) => ({
    ...makeWord(one, word.text, "argument"),
    braced: { word: at === 0 ? whole : undefined }
  }))
}

export const convertWord = (converter: Converter, word: Unbash.Word): Word =>
  makeWord(convertParts(converter, word, "plain"), word.text, "argument")

/** An element of an array's value: `word`, `[index]=word` or `[index]+=word`. */
const convertElement = (converter: Converter, word: Unbash.Word): ArrayValue["elements"] => {
  const tokens = tokensOf(convertParts(converter, word, "plain"))
  if (isCharacter(tokens[0], "[")) {
    let depth = 0
    for (let at = 0; at < tokens.length; at++) {
      if (isCharacter(tokens[at], "[")) depth++
      if (!isCharacter(tokens[at], "]") || --depth > 0) continue
      const append = isCharacter(tokens[at + 1], "+") && isCharacter(tokens[at + 2], "=")
      if (!append && !isCharacter(tokens[at + 1], "=")) break
      const value = piecesOf(tokens.slice(at + (append ? 3 : 2)))
      return [{
        index: makeWord(piecesOf(tokens.slice(1, at)), word.text, "none"),
        append,
        word: makeWord(value, word.text, "assignment")
      }]
    }
  }
  return convertWords(converter, word).map((one) => ({ index: undefined, append: false, word: one }))
}

export const convertAssignment = (converter: Converter, assignment: Unbash.Assignment): Assignment => ({
  name: assignment.name,
  index: assignment.index === undefined
    ? undefined
    : makeWord(convertParts(converter, assignment.index, "plain"), assignment.index.text, "none"),
  append: assignment.append === true,
  value: assignment.value.type === "ArrayValue"
    ? { kind: "array", elements: assignment.value.elements.flatMap((element) => convertElement(converter, element)) }
    : makeWord(convertParts(converter, assignment.value, "plain"), assignment.value.text, "assignment"),
  source: assignment.text
})
