/**
 * The line editor: a line is read key by key and drawn anew after each.
 *
 * The terminal is raw while a line is edited and as it was before as soon as it is done, so that commands find it as
 * they expect it.
 *
 * @see readline(3)
 */
import { SIGWINCH } from "@effix/kernel/abi/Signals"
import * as T from "@effix/kernel/abi/Termios"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import { type Attempt, attempt } from "../completion/attempt.js"
import { columns, ending, replacement, type Shown, shown } from "../completion/insertion.js"
import { statusOf } from "../run/process.js"
import { writeAll } from "../run/report.js"
import { runPending } from "../run/traps.js"
import { Exit } from "../state/Control.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { readKey } from "./keys.js"
import { Line } from "./Line.js"
import * as Width from "./width.js"

export type Edited = { readonly line: string } | "interrupted" | "end"

const raw = (settings: T.Termios): T.Termios => ({
  ...settings,
  iflag: settings.iflag & ~(T.ICRNL | T.INLCR | T.IGNCR | T.IXON),
  lflag: settings.lflag & ~(T.ICANON | T.ECHO | T.ISIG | T.IEXTEN),
  cc: settings.cc.map((value, index) => index === T.VMIN ? 1 : index === T.VTIME ? 0 : value)
})

/** The key that asks for completion, and what a second time asks for: to see what there is. */
const TAB = 9
const LIST = 63

/** So many words are not shown without asking. */
const ASK_FROM = 100

class Editor {
  readonly line = new Line()
  private readonly prompt: string
  private readonly promptCells: number
  private columns = 80
  /** The row of the cursor below the first row of the prompt. */
  private row = 0
  private historyAt: number
  /** What was typed before going through the history. */
  private typed = ""
  private rows = 24
  /** What is on the screen. */
  private drawn = ""
  /** The line as completion left it. */
  private completed: string | undefined = undefined

  constructor(private readonly shell: Shell, prompt: string) {
    this.prompt = prompt
    this.promptCells = Width.ofPrompt(prompt)
    this.historyAt = shell.history.lines.length
  }

  private *write(text: string): Run<void> {
    yield* writeAll(this.shell, 2, Bytes.encode(text))
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
    const shown = this.line.text.replace(/[\u0000-\u001f]/g, (c) => `^${String.fromCharCode(c.charCodeAt(0) + 64)}`)
    let text = (this.row > 0 ? `\u001b[${this.row}A` : "") + `\r\u001b[J${prompt}${shown}`
    if (end > 0 && end % this.columns === 0) text += "\r\n"
    if (endRow > row) text += `\u001b[${endRow - row}A`
    if (cursor < characters.length || endRow !== row) text += "\r" + (column > 0 ? `\u001b[${column}C` : "")
    this.row = row
    yield* this.write(text)
  }

  /** What is drawn next begins on a line of its own. */
  private begin(): void {
    this.row = 0
    this.drawn = ""
  }

  private *finish(text: string): Run<void> {
    this.line.cursor = this.line.characters.length
    yield* this.draw()
    yield* this.write(`${text}\r\n`)
  }

  private browse(by: number): void {
    const { lines: history } = this.shell.history
    const next = this.historyAt + by
    if (next < 0 || next > history.length) return
    if (this.historyAt === history.length) this.typed = this.line.text
    this.historyAt = next
    this.line.set(next === history.length ? this.typed : history[next]!)
  }

  /** An error in a function that is asked takes the line with it. */
  private *attempt(text: string, cursor: number, type: number): Run<Attempt | undefined> {
    const { status } = this.shell
    try {
      return yield* attempt(this.shell, text, cursor, TAB, type)
    } catch (error) {
      if (error instanceof Exit && !error.forced) throw error
      yield* statusOf(this.shell, error)
      this.line.set("")
      this.begin()
      return undefined
    } finally {
      this.shell.status = status
    }
  }

  private *tab(): Run<void> {
    const { text } = this.line
    const before = this.line.characters.slice(0, this.line.cursor).join("")
    const after = text.slice(before.length)
    const again = this.completed === text
    const found = yield* this.attempt(text, before.length, again ? LIST : TAB)
    if (found === undefined) return
    const [first, second] = found.words
    if (first === undefined) {
      this.completed = text
      return yield* this.write("\u0007")
    }
    if (again && second !== undefined) return yield* this.choice(yield* shown(this.shell, found))
    const raw = before.slice(found.start)
    let head = before.slice(0, found.start) + replacement(found, raw)
    if (second === undefined) head += yield* ending(this.shell, found, head, after, head !== before)
    else yield* this.write("\u0007")
    this.line.set(head + after)
    this.line.cursor = Width.clusters(head).length
    this.completed = head === before ? text : undefined
  }

  /** Shows what a word may become; asks first when that is much. */
  private *choice(names: ReadonlyArray<Shown>): Run<void> {
    this.begin()
    if (names.length >= ASK_FROM) {
      yield* this.write(`\r\nDisplay all ${names.length} possibilities? (y or n)`)
      if (!(yield* this.yes())) return yield* this.write("\r\n")
    }
    yield* this.write("\r\n")
    const rows = columns(names, this.columns)
    const pageRows = Math.max(1, this.rows - 1)
    let left = pageRows
    for (const [index, row] of rows.entries()) {
      yield* this.write(`${row}\r\n`)
      if (--left > 0 || index === rows.length - 1) continue
      left = yield* this.more(pageRows)
      if (left === 0) return
    }
  }

  /** A key that answers a question. */
  private *answer(): Run<string> {
    for (;;) {
      const key = yield* readKey(this.shell)
      if (key === undefined) return "ctrl-g"
      if (key !== "interrupted") return "text" in key ? key.text : key.name
    }
  }

  private *yes(): Run<boolean> {
    for (;;) {
      const answer = yield* this.answer()
      if (answer === "y" || answer === "Y" || answer === " ") return true
      if (["n", "N", "backspace", "ctrl-g", "ctrl-c"].includes(answer)) return false
      yield* this.write("\u0007")
    }
  }

  /** Asks how many more rows to show. */
  private *more(page: number): Run<number> {
    yield* this.write("--More--")
    for (;;) {
      const answer = yield* this.answer()
      const rows = answer === " " || answer === "y" || answer === "Y"
        ? page
        : answer === "enter"
        ? 1
        : ["q", "Q", "n", "N", "backspace", "ctrl-g", "ctrl-c"].includes(answer)
        ? 0
        : undefined
      if (rows === undefined) {
        yield* this.write("\u0007")
        continue
      }
      yield* this.write("\r\u001b[K")
      return rows
    }
  }

  /** ^R: the latest line of the history that has what is typed. */
  private *search(): Run<string | undefined> {
    let wanted = ""
    let at = this.shell.history.lines.length - 1
    const find = (from: number): number => {
      for (let index = from; index >= 0; index--) if (this.shell.history.lines[index]!.includes(wanted)) return index
      return -1
    }
    for (;;) {
      const prompt = `(reverse-i-search)\`${wanted}': `
      yield* this.draw(prompt, Width.ofPrompt(prompt))
      const key = yield* readKey(this.shell)
      if (key === undefined) return "enter"
      if (key === "interrupted") yield* this.measure()
      else if ("text" in key) wanted += key.text
      else if (key.name === "backspace") wanted = wanted.slice(0, -1)
      else if (key.name === "ctrl-g" || key.name === "ctrl-c") {
        this.line.set("")
        return undefined
      } else if (key.name !== "ctrl-r") return key.name
      const again = key !== "interrupted" && "name" in key && key.name === "ctrl-r"
      const found = wanted === "" ? -1 : find(again ? at - 1 : this.shell.history.lines.length - 1)
      if (found >= 0) {
        at = found
        this.line.set(this.shell.history.lines[found]!)
      } else yield* this.write("\u0007")
    }
  }

  /** Draws a character that was added at the end of a line with room for it: that is all there is to draw. */
  private *appended(text: string): Run<boolean> {
    const { characters, cursor } = this.line
    const cells = this.promptCells + Width.of(characters)
    if (cursor < characters.length || Width.of(text) !== 1 || cells % this.columns < 2) return false
    this.drawn = this.look()
    yield* this.write(text)
    return true
  }

  /** Something came in between: the window has another size, or a trap has to run. */
  private *interrupted(): Run<void> {
    if (this.shell.traps.pending.length > 0) {
      yield* this.write("\r\n")
      this.begin()
      yield* runPending(this.shell)
    }
    yield* this.measure()
    this.drawn = ""
    yield* this.draw()
  }

  *run(): Run<Edited> {
    yield* this.measure()
    yield* this.draw()
    for (;;) {
      const key = yield* readKey(this.shell)
      if (key === undefined) return "end"
      if (key === "interrupted") {
        yield* this.interrupted()
        continue
      }
      if ("text" in key) {
        this.line.insert(key.text)
        this.completed = undefined
        if (yield* this.appended(key.text)) continue
      } else {
        const { name } = key
        if (name !== "tab") this.completed = undefined
        const done = yield* this.command(name)
        if (done !== undefined) return done
      }
      yield* this.draw()
    }
  }

  private *command(name: string): Run<Edited | undefined> {
    switch (name) {
      case "enter":
        yield* this.finish("")
        return { line: this.line.text }
      case "ctrl-c":
        yield* this.finish("^C")
        return "interrupted"
      case "ctrl-d":
        if (this.line.characters.length === 0) return "end"
        this.line.press(name)
        return undefined
      case "ctrl-l":
        yield* this.write("\u001b[H\u001b[2J")
        this.begin()
        return undefined
      case "up":
      case "ctrl-p":
        this.browse(-1)
        return undefined
      case "down":
      case "ctrl-n":
        this.browse(1)
        return undefined
      case "tab":
        yield* this.tab()
        return undefined
      case "ctrl-r": {
        const next = yield* this.search()
        return next === undefined ? undefined : yield* this.command(next)
      }
      default:
        this.line.press(name)
        return undefined
    }
  }
}

/** Reads a line with `prompt` before it; the terminal's settings are put back whatever happens. */
export function* edit(shell: Shell, prompt: string): Run<Edited> {
  const settings = yield* call(shell.sys.tcgetattr(0))
  if (Errno.isErrno(settings)) return "end"
  const lines = prompt.lastIndexOf("\n") + 1
  yield* writeAll(shell, 2, Bytes.encode(prompt.slice(0, lines)))
  yield* call(shell.sys.tcsetattr(0, T.TCSADRAIN, raw(settings)))
  // Nothing to do but to notice: reading a key is interrupted, and the line is drawn anew.
  const trapped = shell.traps.actions.has("WINCH")
  if (!trapped) yield* call(shell.sys.sigaction(SIGWINCH, { disposition: () => Effect.void }))
  try {
    return yield* new Editor(shell, prompt.slice(lines)).run()
  } finally {
    if (!trapped) yield* call(shell.sys.sigaction(SIGWINCH, { disposition: "default" }))
    yield* call(shell.sys.tcsetattr(0, T.TCSADRAIN, settings))
  }
}
