/**
 * The only door to the parser: a text becomes statements, and the first mistake in it.
 *
 * The dialect is bash's, as `unbash` reads it. It recovers from mistakes, so the statements before the line of the
 * first one can still be run, as bash runs them.
 */
import { type HereDoc, parse as unbash } from "unbash"
import type { List, Piece } from "./Ast.js"
import { Converter } from "./commands.js"
import { first, type SyntaxError } from "./mistake.js"

export interface Parsed {
  /** Everything, or what stands before the mistake. */
  readonly list: List
  readonly error: SyntaxError | undefined
  /** Whether more text could mend it: a prompt asks for another line. */
  readonly incomplete: boolean
  /** Here-documents that end where the text does, for want of the line that was to end them. */
  readonly open: ReadonlyArray<OpenDocument>
}

interface OpenDocument {
  readonly delimiter: string
  /** Where it was asked for. */
  readonly line: number
}

const wantsMore = (message: string, atEnd: boolean): boolean =>
  message.startsWith("unterminated") || (atEnd && message.startsWith("expected"))

/** The documents that are open at the end of a text, with the places where they were asked for. */
const openDocuments = (
  source: string,
  script: { readonly commands: ReadonlyArray<unknown> },
  lineOf: (position: number) => number
): ReadonlyArray<OpenDocument> => {
  if (!source.includes("<<")) return []
  const open: Array<OpenDocument & { readonly pos: number }> = []
  const met = new Set<object>()
  const seen: Array<unknown> = [...script.commands]
  while (seen.length > 0) {
    const node = seen.pop()
    if (typeof node !== "object" || node === null || met.has(node)) continue
    met.add(node)
    if (isHereDocument(node) && node.closing === undefined) {
      open.push({ delimiter: node.delimiter?.value ?? "", line: lineOf(node.pos), pos: node.pos })
    }
    if ("redirects" in node && Array.isArray(node.redirects)) seen.push(...node.redirects)
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) seen.push(...value)
      else if (typeof value === "object") seen.push(value)
    }
  }
  return open.sort((a, b) => a.pos - b.pos)
}

const isHereDocument = (node: object): node is HereDoc => "type" in node && node.type === "HereDoc"

const known = new Map<string, Parsed>()

/** Parses `source`, whose first line has the number `line`. What is parsed twice is remembered. */
export const parse = (source: string, line = 1): Parsed => {
  const key = line === 1 ? source : `${line}\u0000${source}`
  const remembered = known.get(key)
  if (remembered !== undefined) return remembered
  const parsed = parseAnew(source, line)
  if (source.length <= 4096) {
    if (known.size >= 256) known.clear()
    known.set(key, parsed)
  }
  return parsed
}

const parseAnew = (source: string, line: number): Parsed => {
  const script = unbash(source)
  const converter = new Converter(source, line)
  const [wrong] = script.errors ?? []
  if (wrong === undefined) {
    const list = converter.statements(script.commands)
    const { error } = converter
    if (error !== undefined) return { list: before(list, error.line), error, incomplete: false, open: [] }
    const open = openDocuments(source, script, (position) => converter.line(position))
    return {
      list,
      error: undefined,
      incomplete: /(^|[^\\])(\\\\)*\\\n?$/.test(source) || open.length > 0,
      open
    }
  }
  return { ...withMistake(source, line), incomplete: isIncomplete(source, script.errors!) }
}

/** What can be run of a text that is wrong, and what is wrong with it. */
const withMistake = (given: string, firstLine: number): Omit<Parsed, "incomplete"> => {
  // The end of the last line is what tells a word that is not expected from the end of the text.
  const ended = given.endsWith("\n") ? given : `${given}\n`
  const [source, script] = [ended, given].map((text) => [text, unbash(text)] as const)
    .find(([, { errors }]) => errors !== undefined && errors.length > 0)!
  const converter = new Converter(source, firstLine)
  const wrong = script.errors![0]!
  const error = converter.mistake(first(script.errors!))
  // A command whose end is missing counts as one here, mostly an empty one, and is not to be run; nor is its line.
  const cut = script.commands.findIndex(({ end, pos }, at) =>
    pos === end || end > wrong.pos ||
    at === script.commands.length - 1 && /^\s*(&&|\|)/.test(source.slice(end, wrong.pos))
  )
  const whole = cut < 0 ? script.commands : script.commands.slice(0, cut)
  const line = cut < 0 ? error.line : Math.min(error.line, converter.line(script.commands[cut]!.pos))
  return { list: before(converter.statements(whole), line), error, open: [] }
}

/** What stands on the lines before one. */
const before = ({ statements }: List, line: number): List => ({
  statements: statements.filter((statement) => statement.line < line)
})

/** What no further line can mend: these words stand on the same one. */
const final = /^(?:unexpected|expected redirect target|expected word after)/

const isIncomplete = (
  source: string,
  errors: ReadonlyArray<{ readonly message: string; readonly pos: number }>
): boolean =>
  !final.test(errors[0]!.message) &&
  errors.some(({ message, pos }) => wantsMore(message, source.slice(pos).trim() === ""))

/** The pieces of a text that is expanded as between double quotes: a prompt, `PS4`. */
export const parseDocument = (text: string): ReadonlyArray<Piece> => new Converter(text, 1).documentPieces(text)
