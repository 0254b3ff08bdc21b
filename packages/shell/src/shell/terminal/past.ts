/**
 * Functions that go through the history, and that take words from it.
 *
 * @see bash(1) Commands for Manipulating the History
 */
import { wordsOf } from "../expand/events.js"
import type { Run } from "../state/Shell.js"
import type { Command } from "./Command.js"
import type { Editor } from "./Editor.js"

/** Goes so many lines back, and no further than to the first; forwards with a negative count, or to the line behind all. */
function* goBack(editor: Editor, count: number): Run<void> {
  const { length } = editor.shell.history.lines
  const to = Math.max(0, Math.min(length, editor.historyAt - count))
  if (count === 0 || (count > 0 && length === 0)) return
  if (to === editor.historyAt) return yield* editor.bell()
  editor.browse(to)
}

export const previous: Command = (editor, { count }) => goBack(editor, count)
export const next: Command = (editor, { count }) => goBack(editor, -count)
export const first: Command = (editor) => goBack(editor, editor.historyAt + 1)
export const behindLast: Command = (editor) => goBack(editor, -Infinity)

export const fetch: Command = function*(editor, { count, counted }) {
  const { history } = editor.shell
  const to = counted ? count - history.base : 0
  if (to < 0 || to > history.lines.length) yield* editor.bell()
  else editor.browse(to)
}

/** Inserts a word of the line so many before this one; answers whether there is one. */
function* insertWord(editor: Editor, back: number, which: number | undefined): Run<boolean> {
  const words = wordsOf(editor.shell.history.lines[editor.historyAt - back] ?? "")
  const word = words[which === undefined || which < 0 ? words.length - 1 + (which ?? 0) : which]
  if (word === undefined) {
    yield* editor.bell()
    return false
  }
  const { line } = editor
  line.mark = line.cursor
  line.together(() => line.insert(word))
  return true
}

export const yankNth: Command = function*(editor, { count }) {
  yield* insertWord(editor, 1, count)
}

/** How `yank-last-arg` was asked for first, and how far back it has come since. */
interface Yanked {
  readonly which: number | undefined
  back: number
  by: 1 | -1
  undone: boolean
}

const yanked = new WeakMap<Editor, Yanked>()

/** The last word of the line before, or the one that the argument says; of the line before that when asked again. */
export const yankLast: Command = function*(editor, { count, counted }) {
  let state = editor.last === "yank-last-arg" || editor.last === "insert-last-argument" ? yanked.get(editor) : undefined
  if (state === undefined) {
    state = { which: counted ? count : undefined, back: 1, by: 1, undone: true }
    yanked.set(editor, state)
  } else {
    if (!state.undone) editor.line.undo()
    if (count < 0) state.by = state.by === 1 ? -1 : 1
    state.back = Math.max(1, state.back + state.by)
  }
  state.undone = !(yield* insertWord(editor, state.back, state.which))
}

/** Runs the line, and begins the next one with what follows it in the history. */
export const operate: Command = function*(editor, { count, counted }) {
  editor.shell.typing.nextAt = (counted ? count : editor.historyAt) + 1
  return yield* editor.accept()
}
