/**
 * Looking for lines of the history.
 *
 * @see bash(1) Searching
 */
import type { Run } from "../state/Shell.js"
import type { Editor } from "./Editor.js"
import { type Pressed, textOf } from "./keys.js"
import * as Width from "./width.js"

/** What was looked for last, which asking twice without a text looks for again. */
const latest = new WeakMap<object, string>()

/** While a text is typed, goes to the next line that has it; answers the key that ended that, if any. */
export function* incremental(editor: Editor, backwards: boolean): Run<Pressed | undefined> {
  const { lines } = editor.shell.history
  const { historyAt } = editor
  const { before, text } = editor.line
  let wanted = ""
  let failed = false
  let by = backwards ? -1 : 1
  let at = historyAt
  const go = (from: number): boolean => {
    for (let index = from; index >= 0 && index < lines.length; index += by) {
      const found = by < 0 ? lines[index]!.lastIndexOf(wanted) : lines[index]!.indexOf(wanted)
      if (found < 0) continue
      at = index
      editor.browse(index)
      editor.line.cursor = Width.clusters(lines[index]!.slice(0, found)).length
      return true
    }
    return false
  }
  const look = function*(from: number): Run<void> {
    failed = wanted !== "" && !go(from)
    if (failed) yield* editor.bell()
  }
  for (;;) {
    const prompt = `(${failed ? "failed " : ""}${by < 0 ? "reverse-" : ""}i-search)\`${wanted}': `
    yield* editor.draw(prompt, Width.ofPrompt(prompt))
    const pressed = yield* editor.keys.next(true)
    if (pressed === "interrupted") {
      yield* editor.measure()
      editor.forgetScreen()
      continue
    }
    if (wanted !== "") latest.set(editor.shell, wanted)
    if (pressed === undefined) return { keys: "\r", binding: { _tag: "Function", name: "accept-line" } }
    const name = pressed.binding?._tag === "Function" ? pressed.binding.name : undefined
    if (name === "reverse-search-history" || name === "forward-search-history") {
      by = name === "reverse-search-history" ? -1 : 1
      if (wanted === "") {
        wanted = latest.get(editor.shell) ?? ""
        yield* look(Math.min(at, lines.length - 1))
      } else yield* look(at + by)
    } else if (name === "self-insert") {
      wanted += textOf(pressed.keys)
      yield* look(Math.min(at, lines.length - 1))
    } else if (name === "backward-delete-char") {
      wanted = wanted.slice(0, -1)
      at = historyAt
      yield* look(Math.min(at, lines.length - 1))
    } else if (name === "abort" || pressed.keys === "\u0003") {
      editor.browse(historyAt)
      editor.line.set(text, before)
      if (name === "abort") yield* editor.bell()
      return undefined
    } else return pressed.keys === "\u001b" ? undefined : pressed
  }
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
