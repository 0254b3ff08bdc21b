/**
 * One line while it is edited: what is on the screen, what was pressed, and where in the history it is.
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { FunctionName } from "../readline/keymap.js"
import { isOn } from "../readline/Readline.js"
import { writeAll } from "../run/report.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { KeyReader } from "./keys.js"
import { Line, type Saved } from "./Line.js"
import * as Width from "./width.js"

export type Edited = { readonly line: string } | "interrupted" | "end"

/** What is said to a question: a character, or that there is no answer. */
export type Answer = string | undefined

export class Editor {
  readonly line: Line
  readonly keys: KeyReader
  columns = 80
  rows = 24
  /** The function that ran last, which some go on from. */
  last: FunctionName | undefined = undefined
  /** How many kills there were in a row: what is killed next is added to what they kept. */
  kills = 0
  /** What has become of the line behind the last of the history. */
  behind: Saved = { text: "", changes: [] }
  historyAt: number
  /** Whether characters take the place of those under the cursor. */
  overwrites = false
  /** How much of a macro had been recorded before the keys of the function that runs. */
  recorded = 0
  /** Whether the function that ran last has given up. */
  aborted = false
  private readonly promptCells: number
  /** The row of the cursor below the first row of the prompt. */
  private row = 0
  /** What is on the screen. */
  private drawn = ""

  constructor(readonly shell: Shell, private readonly prompt: string) {
    this.promptCells = Width.ofPrompt(prompt)
    this.historyAt = shell.history.lines.length
    this.line = new Line()
    this.keys = new KeyReader(shell)
  }

  *write(text: string): Run<void> {
    yield* writeAll(this.shell, 2, Bytes.encode(text))
  }

  *bell(): Run<void> {
    const style = this.shell.readline.settings.get("bell-style")
    if (style !== "none" && style !== "off") yield* this.write("\u0007")
  }

  *measure(): Run<void> {
    const size = yield* call(this.shell.sys.getWindowSize(0))
    if (Errno.isErrno(size) || size.columns === 0) return
    this.columns = size.columns
    this.rows = size.rows
  }

  private look(prompt = this.prompt): string {
    return `${prompt}\0${this.line.cursor}\0${this.line.text}`
  }

  /** Draws prompt and line, and puts the cursor where it belongs. */
  *draw(prompt = this.prompt, promptCells = this.promptCells): Run<void> {
    const now = this.look(prompt)
    if (now === this.drawn) return
    this.drawn = now
    const { characters, cursor } = this.line
    const end = Width.after(promptCells, characters, this.columns)
    let at = Width.after(promptCells, characters.slice(0, cursor), this.columns)
    // The cursor stands on the character to come, wherever there was room for that.
    if (cursor < characters.length) {
      at = Width.after(at, [characters[cursor]!], this.columns) - Width.of([characters[cursor]!])
    }
    const endRow = Math.floor(end / this.columns)
    const row = Math.floor(at / this.columns)
    const column = at % this.columns
    const shown = this.line.text.replace(
      /[\u0000-\u001f\u007f]/g,
      (c) => `^${String.fromCharCode(c.charCodeAt(0) ^ 64)}`
    )
    let text = (this.row > 0 ? `\u001b[${this.row}A` : "") + `\r\u001b[J${prompt}${shown}`
    if (end > 0 && end % this.columns === 0) text += "\r\n"
    if (endRow > row) text += `\u001b[${endRow - row}A`
    if (cursor < characters.length || endRow !== row) text += "\r" + (column > 0 ? `\u001b[${column}C` : "")
    this.row = row
    yield* this.write(text)
  }

  /** Draws the line behind the prompt and a question. */
  drawAsking(question: string): Run<void> {
    return this.draw(this.prompt + question, this.promptCells + question.length)
  }

  /** Draws a character that was added at the end of a line with room for it: that is all there is to draw. */
  *appended(text: string): Run<void> {
    const { characters, cursor } = this.line
    const cells = this.promptCells + Width.of(characters)
    if (cursor < characters.length || Width.of(text) !== 1 || cells % this.columns < 2) return
    this.drawn = this.look()
    yield* this.write(text)
  }

  /** What is drawn next begins on a line of its own. */
  begin(): void {
    this.row = 0
    this.forgetScreen()
  }

  /** It is not known any more what is on the screen. */
  forgetScreen(): void {
    this.drawn = ""
  }

  /** Takes prompt and line from the screen. */
  *erase(): Run<void> {
    yield* this.write(`${this.row > 0 ? `\u001b[${this.row}A` : ""}\r\u001b[J`)
    this.begin()
  }

  *finish(text: string): Run<void> {
    this.line.cursor = this.line.characters.length
    yield* this.draw()
    yield* this.write(`${text}\r\n`)
  }

  /** Goes to a line of the history, or to the one behind the last; this one is left as it has become. */
  browse(to: number): void {
    const { history } = this.shell
    this.leave()
    this.historyAt = to
    this.line.restore(
      to < history.lines.length ? { text: history.lines[to]!, changes: history.changesOf(to) } : this.behind
    )
  }

  /** Keeps the line as it is now in its place. */
  leave(): void {
    const { history } = this.shell
    const { changes, text } = this.line.saved
    if (this.historyAt < history.lines.length) history.change(this.historyAt, text, changes)
    else this.behind = { text, changes }
  }

  /** The line is done. If it was one of the history, that is again as it was. */
  *accept(): Run<Edited> {
    const { history } = this.shell
    const line = this.line.text
    const edited = this.historyAt
    yield* this.finish("")
    this.browse(history.lines.length)
    const at = this.isOn("revert-all-at-newline") ? history.lines.keys() : [edited]
    for (const index of at) this.revert(index)
    return { line }
  }

  /** Undoes all that was done to a line of the history. */
  private revert(at: number): void {
    const { history } = this.shell
    const line = history.lines[at]
    if (line === undefined || history.changesOf(at).length === 0) return
    this.line.restore({ text: line, changes: history.changesOf(at) })
    while (this.line.isChanged) this.line.undo()
    history.change(at, this.line.text, [])
  }

  /** Keeps what was killed, together with what was killed just before. */
  keep(text: string, backwards: boolean): void {
    this.shell.typing.kills.add(text, backwards, this.kills > 0)
    this.kills++
  }

  /** What was asked for makes no sense: whatever was begun is given up. */
  *abort(): Run<void> {
    const { typing } = this.shell
    typing.ahead = typing.macro = ""
    typing.recording = undefined
    this.aborted = true
    yield* this.bell()
  }

  isOn(name: string): boolean {
    return isOn(this.shell.readline, name)
  }

  number(name: string): number {
    return Number(this.shell.readline.settings.get(name))
  }

  /** A character that answers a question; none when ^C or ^G is typed, or nothing any more. */
  *answer(): Run<Answer> {
    for (;;) {
      const character = yield* this.keys.character()
      if (character === "interrupted") continue
      return character === "\u0003" || character === "\u0007" ? undefined : character
    }
  }
}
