/**
 * Functions that take text out of the line and keep it, to be put back.
 *
 * What several of them take in a row is one text.
 *
 * @see bash(1) Killing And Yanking
 */
import type { Run } from "../state/Shell.js"
import type { Command } from "./Command.js"
import type { Editor } from "./Editor.js"
import { inText } from "./Line.js"

/** Takes out what lies between two positions, seen from the first. */
export const kill = (editor: Editor, from: number, to: number): void => {
  const { line } = editor
  if (from !== to) {
    const text = line.between(from, to)
    line.remove(from, to)
    editor.keep(text, to < from)
  } else editor.kills++
}

/** Kills from the cursor to a position, and leaves cursor and mark where the rest begins. */
const killTo = (editor: Editor, to: number): void => {
  const { line } = editor
  const rest = Math.min(line.cursor, to)
  if (to !== line.cursor) kill(editor, line.cursor, to)
  line.cursor = line.mark = rest
}

const ahead = (editor: Editor): void => killTo(editor, editor.line.characters.length)

function* back(editor: Editor): Run<void> {
  if (editor.line.cursor === 0) return yield* editor.bell()
  killTo(editor, 0)
}

export const killLine: Command = function*(editor, { count }) {
  if (count < 0) yield* back(editor)
  else ahead(editor)
}

export const backwardKillLine: Command = function*(editor, { count }) {
  if (count < 0) ahead(editor)
  else yield* back(editor)
}

export const lineDiscard: Command = function*(editor) {
  yield* back(editor)
}

export const killWholeLine: Command = function*(editor) {
  const { line } = editor
  kill(editor, 0, line.characters.length)
  line.cursor = line.mark = 0
}

/** Kills words, the other way with a negative argument. */
export const killWords = (direction: 1 | -1): Command =>
  function*(editor, { count }) {
    killTo(editor, editor.line.wordsAway(direction * count))
  }

const shellWord = ({ line }: Editor, forwards: boolean, at: number): number =>
  forwards
    ? line.shellWords().find(([, to]) => to > at)?.[1] ?? line.characters.length
    : [...line.shellWords()].reverse().find(([from]) => from < at)?.[0] ?? 0

/** So many words of the shell to the right of the cursor, or to the left. */
export const shellWordsAway = (editor: Editor, count: number): number => {
  let at = editor.line.cursor
  for (let left = Math.abs(count); left > 0; left--) at = shellWord(editor, count > 0, at)
  return at
}

export const killShellWords = (direction: 1 | -1): Command =>
  function*(editor, { count }) {
    killTo(editor, shellWordsAway(editor, direction * count))
  }

/** Kills back to the beginning of something before the cursor, and once more for each count. */
const rubout = (begins: (editor: Editor, at: number) => number): Command =>
  function*(editor, { count }) {
    const { line } = editor
    if (line.cursor === 0) return yield* editor.bell()
    let to = line.cursor
    for (let left = Math.max(1, count); left > 0; left--) to = begins(editor, to)
    kill(editor, line.cursor, to)
    line.cursor = line.mark = to
  }

export const wordRubout = rubout(({ line }, at) => line.left(inText, at))

export const nameRubout = rubout(({ line }, at) => line.leftName(at))

export const killRegion: Command = function*(editor) {
  const { cursor, mark } = editor.line
  kill(editor, cursor, mark)
  editor.line.cursor = Math.min(cursor, mark, editor.line.characters.length)
}

const copy = (editor: Editor, from: number, to: number): void => {
  if (from === to) editor.kills++
  else editor.keep(editor.line.between(from, to), to < from)
}

export const copyRegion: Command = function*(editor) {
  copy(editor, editor.line.cursor, editor.line.mark)
}

/** Keeps the words before the cursor, or those behind it. */
export const copyWords = (direction: 1 | -1): Command =>
  function*(editor, { count }) {
    const { line } = editor
    const far = line.wordsAway(direction * count)
    copy(editor, line.wordsAway(-direction * count, far), far)
  }
