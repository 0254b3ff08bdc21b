/**
 * Completion at a prompt.
 *
 * @see bash(1) Completing
 */
import { type Attempt, attempt, type Kind } from "../completion/attempt.js"
import { columns, ending, replacement, type Shown, shown } from "../completion/insertion.js"
import { statusOf } from "../run/process.js"
import { Exit } from "../state/Control.js"
import type { Run } from "../state/Shell.js"
import type { Answer, Editor } from "./Editor.js"

/** What completion is asked for: to complete, to show what there is, or one after the other. */
const [COMPLETE, LIST, MENU] = [9, 63, 37]

const isYes = (answer: Answer): boolean => answer === "y" || answer === "Y" || answer === " "
const isNo = (answer: Answer): boolean => answer === undefined || "nNqQ\u007f\b".includes(answer)

/** What the word before the cursor may become. An error in a function that is asked takes the line with it. */
function* find(editor: Editor, type: number, key: string, kind?: Kind): Run<Attempt | undefined> {
  const { line, shell } = editor
  const { status } = shell
  try {
    return yield* attempt(shell, line.text, line.before.length, { key: key.charCodeAt(key.length - 1), type, kind })
  } catch (error) {
    if (error instanceof Exit && !error.forced) throw error
    yield* statusOf(shell, error)
    line.set("")
    editor.begin()
    return undefined
  } finally {
    shell.status = status
  }
}

/** Asks how many more rows to show. */
function* more(editor: Editor): Run<number> {
  yield* editor.write("--More--")
  for (;;) {
    const answer = yield* editor.answer()
    const rows = isYes(answer) ? editor.rows - 1 : answer === "\r" || answer === "\n" ? 1 : isNo(answer) ? 0 : undefined
    if (rows === undefined) {
      yield* editor.bell()
      continue
    }
    yield* editor.write("\r\u001b[K")
    return rows
  }
}

/** Shows what a word may become; asks first when that is much. */
function* choice(editor: Editor, names: ReadonlyArray<Shown>): Run<void> {
  editor.begin()
  const most = editor.number("completion-query-items")
  if (most > 0 && names.length >= most) {
    yield* editor.write(`\r\nDisplay all ${names.length} possibilities? (y or n)`)
    for (;;) {
      const answer = yield* editor.answer()
      if (isYes(answer)) break
      if (isNo(answer)) return yield* editor.write("\r\n")
      yield* editor.bell()
    }
  }
  yield* editor.write("\r\n")
  const width = editor.number("completion-display-width")
  const cells = width >= 0 && width <= editor.columns ? width : editor.columns
  const rows = columns(names, cells, editor.isOn("print-completions-horizontally"))
  let left = editor.isOn("page-completions") ? Math.max(1, editor.rows - 1) : Number.POSITIVE_INFINITY
  for (const [index, row] of rows.entries()) {
    yield* editor.write(`${row}\r\n`)
    if (--left > 0 || index === rows.length - 1) continue
    left = yield* more(editor)
    if (left === 0) return
  }
}

/** The line as completion left it, by editor: the same again asks to see what there is. */
const left = new WeakMap<Editor, string>()

export function* complete(editor: Editor, key: string, kind?: Kind): Run<void> {
  const { line } = editor
  const { after, before, text } = line
  const again = editor.last?.startsWith("complete") === true && left.get(editor) === text
  const found = yield* find(editor, again ? LIST : COMPLETE, key, kind)
  if (found === undefined) return
  left.set(editor, text)
  const [first, second] = found.words
  if (first === undefined) return yield* editor.bell()
  if (again && second !== undefined) return yield* choice(editor, yield* shown(editor.shell, found))
  let head = before.slice(0, found.start) + replacement(found, before.slice(found.start))
  const grew = head !== before
  if (second === undefined) head += yield* ending(editor.shell, found, head, after, grew)
  if (head !== before) {
    line.set(head + after, head)
    left.delete(editor)
  }
  if (second === undefined) return
  if (editor.isOn("show-all-if-ambiguous") || (editor.isOn("show-all-if-unmodified") && !grew)) {
    yield* choice(editor, yield* shown(editor.shell, found))
  } else yield* editor.bell()
}

export function* possible(editor: Editor, key: string, kind?: Kind): Run<void> {
  const found = yield* find(editor, LIST, key, kind)
  if (found === undefined) return
  if (found.words.length === 0) yield* editor.bell()
  else yield* choice(editor, yield* shown(editor.shell, found))
}

/** Puts all that the word may become in its place. */
export function* insertAll(editor: Editor, key: string): Run<void> {
  const found = yield* find(editor, 42, key)
  if (found === undefined) return
  if (found.words.length === 0) return yield* editor.bell()
  const { after, before } = editor.line
  const raw = before.slice(found.start)
  const all = found.words.map((word) => `${replacement({ ...found, words: [word] }, raw)} `).join("")
  const head = before.slice(0, found.start) + all
  editor.line.set(head + after, head)
}

interface Menu {
  readonly found: Attempt
  readonly before: string
  readonly after: string
  at: number
}

const menus = new WeakMap<Editor, Menu>()

/** Puts the next of what the word may become in its place, and at the end the word itself. */
export function* menu(editor: Editor, key: string, by: number): Run<void> {
  const { after, before } = editor.line
  let current = editor.last?.startsWith("menu-complete") === true ? menus.get(editor) : undefined
  if (current === undefined) {
    const found = yield* find(editor, MENU, key)
    if (found === undefined) return
    if (found.words.length === 0) return yield* editor.bell()
    current = { found, before, after, at: 0 }
    menus.set(editor, current)
  }
  const { found } = current
  const count = found.words.length + 1
  current.at = (((current.at + by) % count) + count) % count
  const word = found.words[current.at - 1]
  let head = current.before
  if (word === undefined) yield* editor.bell()
  else {
    const one = { ...found, words: [word] }
    head = current.before.slice(0, found.start) + replacement(one, current.before.slice(found.start))
    head += yield* ending(editor.shell, one, head, current.after, true)
  }
  editor.line.set(head + current.after, head)
}
