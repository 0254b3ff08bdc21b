/**
 * Words to fields: every expansion in its order, then field splitting, then file names.
 *
 * @see sh(1p) Word Expansions
 */
import { processSubstitution, substitution } from "../run/substitution.js"
import type { Run, Shell } from "../state/Shell.js"
import type { Piece, Word } from "../syntax/Ast.js"
import { arithmetic } from "./arithmetic.js"
import { expandParameter } from "./parameters.js"
import { pathnames } from "./pathnames.js"
import { type Field, FieldSink, PatternSink, RegexSink, ReplacementSink, type Sink, TextSink } from "./Sink.js"
import { tilde } from "./tilde.js"
import * as Values from "./values.js"

/** Expands pieces into `sink`; `split` when their unquoted text is part of an expansion itself. */
export function* expandPieces(shell: Shell, pieces: ReadonlyArray<Piece>, sink: Sink, split = false): Run<void> {
  for (const piece of pieces) {
    switch (piece.kind) {
      case "text":
        if (split && !piece.quoted) sink.addExpansion(piece.text)
        else sink.add(piece.text, piece.quoted)
        break
      case "parameter":
        yield* expandParameter(shell, piece, sink)
        break
      case "command": {
        const text = yield* substitution(shell, piece.script)
        if (piece.quoted) sink.add(text, true)
        else sink.addExpansion(text)
        break
      }
      case "arithmetic": {
        const value = String(yield* arithmetic(shell, piece.expression))
        if (piece.quoted) sink.add(value, true)
        else sink.addExpansion(value)
        break
      }
      case "tilde":
        sink.add(
          piece.beyondPosix === true && shell.options.posix ? `~${piece.user}` : yield* tilde(shell, piece.user),
          true
        )
        break
      case "process":
        sink.add(yield* processSubstitution(shell, piece), true)
        break
    }
  }
}

/** One text, neither split nor matched against files: an assignment's value, a here-document, the word of `case`. */
export function* expandText(shell: Shell, word: Word): Run<string> {
  if (word.literal !== undefined) return word.literal
  const sink = new TextSink()
  yield* expandPieces(shell, word.pieces, sink)
  return sink.text
}

/** A pattern, in which what was quoted stands behind backslashes. */
export function* expandPattern(shell: Shell, word: Word): Run<string> {
  const sink = new PatternSink()
  yield* expandPieces(shell, word.pieces, sink)
  return sink.text
}

/** What `${x/p/r}` puts in the place of a match. */
export function* expandReplacement(shell: Shell, word: Word): Run<(match: string) => string> {
  const sink = new ReplacementSink()
  yield* expandPieces(shell, word.pieces, sink)
  const { text } = sink
  if (!shell.options.patsub_replacement) {
    const plain = text.replace(/\\([\\&])/g, "$1")
    return () => plain
  }
  if (!/[\\&]/.test(text)) return () => text
  return (match) => text.replace(/\\([\\&])|&/g, (_, escaped: string | undefined) => escaped ?? match)
}

/** An extended regular expression, for `=~`. */
export function* expandRegex(shell: Shell, word: Word): Run<string> {
  const sink = new RegexSink()
  yield* expandPieces(shell, word.pieces, sink)
  return sink.text
}

function* matched(shell: Shell, fields: ReadonlyArray<Field>, into: Array<string>): Run<void> {
  for (const { pattern, text } of fields) {
    if (pattern === undefined || shell.options.noglob) into.push(text)
    else for (const name of yield* pathnames(shell, pattern, text)) into.push(name)
  }
}

/** Expands one word to any number of fields. */
export function* expandInto(shell: Shell, word: Word, into: Array<string>): Run<void> {
  if (word.literal !== undefined) {
    into.push(word.literal)
    return
  }
  const sink = new FieldSink(Values.separators(shell))
  yield* expandPieces(shell, word.pieces, sink)
  const fields = sink.finish()
  if (fields.length === 1 && fields[0]!.pattern === undefined) into.push(fields[0]!.text)
  else if (fields.length > 0) yield* matched(shell, fields, into)
}

/** Words as they were before their braces were expanded, where `set +B` asks for it. */
export const asWritten = (shell: Shell, words: ReadonlyArray<Word>): ReadonlyArray<Word> =>
  shell.options.braceexpand ? words : words.flatMap((word) => word.braced === undefined ? word : word.braced.word ?? [])

export function* expandFields(shell: Shell, words: ReadonlyArray<Word>): Run<Array<string>> {
  const fields: Array<string> = []
  for (const word of asWritten(shell, words)) {
    if (word.literal !== undefined) fields.push(word.literal)
    else yield* expandInto(shell, word, fields)
  }
  return fields
}
