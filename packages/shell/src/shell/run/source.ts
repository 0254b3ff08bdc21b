/**
 * Text that is run in the current shell: `eval`, traps, `-c`, sourced files.
 */
import * as Bytes from "@effix/kernel/Bytes"
import { Fatal, LineAbandoned } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import type { List } from "../syntax/Ast.js"
import type { SyntaxError } from "../syntax/mistake.js"
import { parse, type Parsed } from "../syntax/parse.js"
import { applyAliases, wantsAliases } from "./aliases.js"
import { runList, type Tail } from "./evaluate.js"
import { speaker, tell, writeAll } from "./report.js"
import { Reading } from "./verbose.js"

/** Where a text came from, as complaints about it tell. */
export type Origin = "" | "-c: " | "eval: "

/** Complains about what cannot be parsed. */
export function* reportSyntax(shell: Shell, { line, message, shown }: SyntaxError, origin: Origin = ""): Run<void> {
  if (message === "") return
  const where = shell.interactive ? `${shell.label}: ` : `${speaker(shell)}: ${origin}line ${line}: `
  const context = shown === undefined || shell.interactive ? "" : `${where}${shown}\n`
  yield* writeAll(shell, 2, Bytes.encode(`${where}${message}\n${context}`))
}

/** Warns of here-documents that nothing ends but the end of the text. */
export function* warnOfOpen(shell: Shell, { open }: Parsed, last: number): Run<void> {
  for (const { delimiter, line } of open) {
    const what = `here-document at line ${line} delimited by end-of-file (wanted \`${delimiter}')`
    yield* writeAll(shell, 2, Bytes.encode(`${speaker(shell)}: line ${last}: warning: ${what}\n`))
  }
}

/** Whether an error ends no more than the line in which it came up. A subshell ends with it. */
const endsLine = (shell: Shell, error: unknown): error is Fatal =>
  error instanceof Fatal && error.discard && shell.subshell === 0 && !shell.options.posix &&
  !(error instanceof LineAbandoned && shell.depth > 0)

/** Runs the commands of a text; an error that ends a command takes the rest of its line with it. */
function* runLines(shell: Shell, { statements }: List, tail: Tail, reading: Reading): Run<number> {
  let status = 0
  for (let at = 0; at < statements.length; at++) {
    yield* reading.command(statements, at)
    try {
      status = yield* runList(shell, { statements: [statements[at]!] }, tail && at === statements.length - 1)
    } catch (error) {
      if (!endsLine(shell, error)) throw error
      yield* tell(shell, error)
      shell.status = status = error.status
      const { line } = statements[at]!
      while (statements[at + 1]?.line === line) at++
    }
    // `set -t` has a script end with the line on which it does.
    const alone = shell.options.onecmd && shell.from === "" && shell.depth === 0
    if (alone && statements[at + 1]?.line !== statements[at]!.line) break
  }
  return status
}

/** Parses and runs a text, as a whole or, where aliases may come into play, command by command. */
export function* evaluateText(
  shell: Shell,
  text: string,
  line = 1,
  tail: Tail = false,
  origin: Origin = ""
): Run<number> {
  if (wantsAliases(shell, text)) return yield* byCommand(shell, text, line, origin)
  const parsed = parse(text, line)
  if (parsed.open.length > 0) yield* warnOfOpen(shell, parsed, line + text.replace(/\n$/, "").split("\n").length - 1)
  shell.status = 0 + (parsed.list.statements.length === 0 && parsed.error === undefined ? 0 : shell.status)
  const { error } = parsed
  const reading = new Reading(shell, text, line)
  const status = yield* runLines(shell, parsed.list, error === undefined ? tail : false, reading)
  yield* reading.rest()
  if (error === undefined) return status
  yield* reportSyntax(shell, error, origin)
  shell.status = error.survived ? 1 : 2
  if (!error.survived) throw new Fatal(2, undefined)
  const next = error.line + 1
  return yield* evaluateText(shell, text.split("\n").slice(next - line).join("\n"), next, tail, origin)
}

/** Runs the complete commands of a text one after the other: each may define aliases that the next ones use. */
function* byCommand(shell: Shell, text: string, firstLine: number, origin: Origin): Run<number> {
  const lines = text.split("\n")
  let status = 0
  let pending = ""
  let line = firstLine
  for (let at = 0; at < lines.length; at++) {
    pending += at === lines.length - 1 ? lines[at]! : `${lines[at]!}\n`
    const replaced = applyAliases(shell, pending)
    const parsed = parse(replaced, line)
    if (at < lines.length - 1 && parsed.incomplete) continue
    const reading = new Reading(shell, pending, line)
    if (parsed.list.statements.length > 0) status = yield* runLines(shell, parsed.list, false, reading)
    yield* reading.rest()
    if (parsed.error !== undefined) {
      yield* reportSyntax(shell, parsed.error, origin)
      shell.status = parsed.error.survived ? 1 : 2
      if (!parsed.error.survived) throw new Fatal(2, undefined)
    }
    line = firstLine + at + 1
    pending = ""
  }
  return status
}
