/**
 * Looking for lines of the history.
 *
 * @see bash(1) Searching
 */
import type { Run } from "../state/Shell.js"
import type { Editor } from "./Editor.js"
import { lengthOf, textOf } from "./keys.js"
import { inWord } from "./Line.js"
import * as Width from "./width.js"

/** What is looked for in the lines of the history and in the one behind them, and where. */
class Search {
  readonly wanted: Array<string> = []
  /** Nothing was found. */
  failed = false
  by: 1 | -1
  /** Which line is looked at, and where in it. */
  private at: number
  private characters: ReadonlyArray<string>
  index: number
  /** The line that was found last; another that says the same is passed over. */
  foundAt: number
  private found: string | undefined = undefined

  private readonly lines: ReadonlyArray<string>

  constructor(private readonly editor: Editor, backwards: boolean) {
    const { historyAt, line, shell } = editor
    editor.leave()
    this.by = backwards ? -1 : 1
    this.at = this.foundAt = historyAt
    this.characters = line.characters.slice()
    this.index = line.cursor
    this.lines = [...shell.history.lines, editor.behind.text]
  }

  /** Looks from where it is for what is wanted, and shows what it finds. */
  look(): boolean {
    this.failed = !this.find()
    if (this.failed) this.at = this.foundAt
    else {
      this.foundAt = this.at
      this.found = this.lines[this.at]!
      this.editor.line.show(this.found)
      this.editor.line.cursor = this.index
    }
    return !this.failed
  }

  private find(): boolean {
    const { by, lines, wanted } = this
    if (wanted.length === 0) return false
    for (;;) {
      if (this.findHere()) return true
      do {
        this.at += by
        if (this.at < 0 || this.at >= lines.length) return false
        this.characters = Width.clusters(lines[this.at]!)
      } while (lines[this.at] === this.found || wanted.length > this.characters.length)
      this.index = by < 0 ? this.characters.length - wanted.length : 0
    }
  }

  private findHere(): boolean {
    const { by, characters, wanted } = this
    for (; by < 0 ? this.index >= 0 : this.index <= characters.length - wanted.length; this.index += by) {
      if (wanted.every((character, offset) => characters[this.index + offset] === character)) return true
    }
    this.index = Math.max(0, this.index)
    return false
  }

  /** Looks for the next one, or the same way back. */
  again(backwards: boolean): void {
    const by = backwards ? -1 : 1
    const { typing } = this.editor.shell
    if (by !== this.by) this.by = by
    else if (this.wanted.length === 0) this.wanted.push(...Width.clusters(typing.sought))
    else this.index += by
  }

  /** Takes a word, or all, from behind what was found; answers whether there is any. */
  take(all: boolean): boolean {
    const { characters, cursor } = this.editor.line
    const from = cursor + this.wanted.length
    let to = all ? characters.length : from
    while (!all && to < characters.length && inWord(characters[to]!)) to++
    this.wanted.push(...characters.slice(from, to))
    return to > from
  }
}

/** While a text is typed, goes to the next line that has it. The key that ends that is to be read again. */
export function* incremental(editor: Editor, backwards: boolean): Run<void> {
  const { historyAt, line, shell: { typing } } = editor
  const { cursor, mark, text } = line
  const search = new Search(editor, backwards)
  for (;;) {
    const wanted = search.wanted.join("")
    const prompt = `(${search.failed ? "failed " : ""}${search.by < 0 ? "reverse-" : ""}i-search)\`${wanted}': `
    yield* editor.draw(prompt, Width.ofPrompt(prompt))
    const pressed = yield* editor.keys.next(true)
    if (pressed === "interrupted") {
      yield* editor.measure()
      editor.forgetScreen()
      continue
    }
    const keys = pressed?.keys ?? "\r"
    const name = pressed?.binding?._tag === "Function" ? pressed.binding.name : undefined
    if (name === "abort" || keys === "\u0003") {
      line.show(text)
      line.cursor = cursor
      line.mark = mark
      return
    }
    let rings = false
    if (name === "reverse-search-history" || name === "forward-search-history") {
      search.again(name === "reverse-search-history")
    } else if (name === "backward-delete-char") rings = search.wanted.pop() === undefined
    else if (name === "unix-word-rubout" || name === "yank") rings = !search.take(name === "yank")
    else if (keys.length === lengthOf(keys) && keys >= " " && keys !== "\u007f") {
      search.wanted.push(...Width.clusters(textOf(keys)))
    } else {
      typing.sought = wanted
      line.show(text)
      line.cursor = cursor
      if (search.foundAt !== historyAt) editor.browse(search.foundAt)
      line.cursor = Math.min(line.characters.length, search.index)
      if (keys !== "\u001b" && keys !== "\n") editor.keys.type(keys)
      return
    }
    if (!search.look() || rings) yield* editor.bell()
  }
}

/** The text that is typed behind a colon; none when that is given up. */
function* asked(editor: Editor): Run<string | undefined> {
  const { line } = editor
  let text = ""
  for (;;) {
    line.show(text)
    yield* editor.drawAsking(":")
    const key = yield* editor.keys.character()
    if (key === "interrupted") {
      editor.forgetScreen()
      continue
    }
    const code = key?.charCodeAt(0)
    if (key === undefined || code === 3 || code === 7) return undefined
    if (code === 10 || code === 13) return text
    if (code === 8 || code === 127) {
      if (text === "") return undefined
      text = Width.clusters(text).slice(0, -1).join("")
    } else if (code === 21) text = ""
    else if (code === 23) text = text.replace(/\S*\s*$/, "")
    else text += textOf(key)
  }
}

/** Back to the line that was being typed. */
function* giveUp(editor: Editor, cursor: number): Run<void> {
  const { line, shell: { history: { lines } } } = editor
  if (editor.historyAt < lines.length) editor.browse(lines.length)
  line.cursor = Math.min(cursor, line.characters.length)
  yield* editor.bell()
}

/** Asks for a text, and puts the next line that has it in the place of this one; `^` is where a line begins. */
export function* byQuestion(editor: Editor, backwards: boolean): Run<void> {
  const { line, shell: { typing } } = editor
  const { cursor, text } = line
  const wanted = yield* asked(editor)
  line.show(text)
  if (wanted === undefined) return yield* giveUp(editor, cursor)
  if (wanted !== "") typing.asked = { text: wanted, at: editor.historyAt }
  yield* byAnswer(editor, backwards)
}

/** The same with the text that was asked for last. */
export function* byAnswer(editor: Editor, backwards: boolean): Run<void> {
  const { line, shell: { history: { lines }, typing } } = editor
  const { asked: question } = typing
  if (question === undefined) return yield* editor.bell()
  const has = question.text.startsWith("^")
    ? (each: string) => each.startsWith(question.text.slice(1))
    : (each: string) => each.includes(question.text)
  const by = backwards ? -1 : 1
  let at = question.at + by
  while (at >= 0 && at < lines.length && !has(lines[at]!)) at += by
  const found = lines[at]
  if (found === undefined) return yield* giveUp(editor, 0)
  question.at = at
  line.set(found, "")
  line.mark = line.characters.length
}

interface Sought {
  readonly text: string
  /** Where the cursor was before. */
  readonly before: string
}

const sought = new WeakMap<Editor, Sought>()

/** Goes to the next line that begins with what stands before the cursor, or has it anywhere. */
export function* byText(editor: Editor, backwards: boolean, anywhere: boolean): Run<void> {
  const again = /^history-(?:substring-)?search-/.test(editor.last ?? "")
  const { text } = again ? sought.get(editor) ?? { text: editor.line.before } : { text: editor.line.before }
  const { lines } = editor.shell.history
  const by = backwards ? -1 : 1
  const shown = editor.line.text
  for (let index = editor.historyAt + by; index >= 0 && index < lines.length; index += by) {
    const line = lines[index]!
    const found = anywhere ? line.indexOf(text) : line.startsWith(text) ? 0 : -1
    // The same line again is no answer.
    if (found < 0 || line === shown) continue
    editor.browse(index)
    editor.line.cursor = Width.clusters(line.slice(0, text === "" ? line.length : found + text.length)).length
    sought.set(editor, { text, before: text })
    return
  }
  sought.set(editor, { text, before: text })
  yield* editor.bell()
}
