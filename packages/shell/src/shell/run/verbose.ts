/**
 * `set -v`: the lines of a text are shown as they are read, which is when a command on them is about to run.
 *
 * @see set(1p)
 */
import * as Bytes from "@effix/kernel/Bytes"
import type { Run, Shell } from "../state/Shell.js"
import type { Statement } from "../syntax/Ast.js"
import { writeAll } from "./report.js"

/** How far a text has been read. */
export class Reading {
  /** So many lines have been. */
  private read = 0

  constructor(private readonly shell: Shell, private readonly text: string, private readonly firstLine: number) {}

  /** Reads the lines of a command, and of those that begin where it ends. */
  *command(statements: ReadonlyArray<Statement>, from: number): Run<void> {
    let at = from
    let end = this.lastLine(statements, at)
    while (statements[at + 1]?.line === end) end = this.lastLine(statements, ++at)
    yield* this.lines(end - this.firstLine + 1)
  }

  /** Reads what is left. */
  *rest(): Run<void> {
    yield* this.lines(Number.POSITIVE_INFINITY)
  }

  private lastLine(statements: ReadonlyArray<Statement>, at: number): number {
    const { line, source } = statements[at]!
    const last = line + source.split("\n").length - 1
    const next = statements[at + 1]?.line
    // A here-document stands on the lines below.
    return source.includes("<<") ? Math.max(last, next === undefined ? Number.POSITIVE_INFINITY : next - 1) : last
  }

  private *lines(until: number): Run<void> {
    const from = this.read
    this.read = Math.max(from, until)
    if (!this.shell.options.verbose || until <= from || this.text === "") return
    const shown = this.text.replace(/\n$/, "").split("\n").slice(from, until)
    if (shown.length > 0) yield* writeAll(this.shell, 2, Bytes.encode(`${shown.join("\n")}\n`))
  }
}
