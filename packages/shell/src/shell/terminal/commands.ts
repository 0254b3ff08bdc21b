/**
 * The functions of the editor, by the names that keys are bound to.
 *
 * @see bash(1) Readline Command Names
 */
import { readInit } from "../builtins/bind.js"
import { expandEvents } from "../expand/events.js"
import { tilde } from "../expand/tilde.js"
import type { FunctionName } from "../readline/keymap.js"
import * as Notation from "../readline/notation.js"
import { applyAliases } from "../run/aliases.js"
import type { Run } from "../state/Shell.js"
import type { Asked, Command } from "./Command.js"
import type { Editor } from "./Editor.js"
import { textOf } from "./keys.js"
import * as Kills from "./kills.js"
import { kill, shellWordsAway } from "./kills.js"
import { inText } from "./Line.js"
import * as Past from "./past.js"
import { byAnswer, byQuestion, byText } from "./search.js"
import { complete, insertAll, menu, possible } from "./tab.js"
import * as Width from "./width.js"

const clamp = ({ line }: Editor, at: number): number => Math.max(0, Math.min(line.characters.length, at))

/** Moves the cursor so far, and tells when it cannot go on. */
const steps = (direction: 1 | -1): Command =>
  function*(editor, { count }) {
    const { line } = editor
    const to = clamp(editor, line.cursor + direction * count)
    if (to === line.cursor && count !== 0) yield* editor.bell()
    line.cursor = to
  }

const movesTo = (to: (editor: Editor, asked: Asked) => number): Command =>
  function*(editor, asked) {
    editor.line.cursor = to(editor, asked)
  }

const casing = (change: (word: string) => string): Command =>
  function*({ line }, { count }) {
    const at = line.cursor
    const to = line.wordsAway(count)
    if (to !== at) line.replace(at, to, change(line.between(at, to)))
    line.cursor = Math.max(at, to)
  }

const capitalized = (text: string): string =>
  text.toLowerCase().replace(/[\p{L}\p{N}]+/gu, (word) => word.replace(/^./u, (first) => first.toUpperCase()))

/** Drags the character before the cursor over those behind it. */
const transposeCharacters: Command = function*(editor, { count }) {
  const { line } = editor
  const { length } = line.characters
  if (count === 0) return
  if (line.cursor === 0 || length < 2) return yield* editor.bell()
  const from = line.atEnd ? length - 2 : line.cursor - 1
  const by = line.atEnd ? 1 : count
  const character = line.characters[from]!
  line.together(() => {
    line.remove(from, from + 1)
    line.cursor = clamp(editor, from + by)
    line.insert(character)
  })
}

/** Drags the word before the cursor over the one behind it, or over several. */
const transposes = (away: (editor: Editor, count: number) => number): Command =>
  function*(editor, { count }) {
    const { line } = editor
    const { cursor } = line
    if (count === 0) return
    const go = (by: number): number => line.cursor = away(editor, by)
    const secondTo = go(count)
    const second = go(-1)
    const first = go(-count)
    const firstTo = go(1)
    line.cursor = cursor
    if (first === second || second < firstTo) return yield* editor.bell()
    const [one, other] = [line.between(first, firstTo), line.between(second, secondTo)]
    line.together(() => {
      line.replace(second, secondTo, one)
      line.replace(first, firstTo, other)
    })
    line.cursor = secondTo
  }

const yank: Command = function*(editor) {
  const { line, shell: { typing } } = editor
  const { current } = typing.kills
  if (current === undefined) return yield* editor.abort()
  line.mark = line.cursor
  line.insert(current)
}

/** Puts an earlier text in the place of the one that was put back. */
const yankPop: Command = function*(editor) {
  const { last, line, shell: { typing: { kills } } } = editor
  const { current = "" } = kills
  if ((last !== "yank" && last !== "yank-pop") || !line.before.endsWith(current)) return yield* editor.abort()
  const from = line.cursor - Width.clusters(current).length
  line.remove(from, line.cursor)
  line.cursor = line.mark = from
  kills.turn()
  line.insert(kills.current ?? "")
}

/** Goes to a character that is asked for; as far as it can when there are not so many. */
const searchesCharacter = (backwards: boolean): Command =>
  function*(editor, { count }) {
    const pressed = yield* editor.answer()
    if (pressed === undefined) return yield* editor.bell()
    const { line } = editor
    const wanted = textOf(pressed)
    const by = backwards !== count < 0 ? -1 : 1
    for (let left = Math.abs(count); left > 0; left--) {
      let at = line.cursor + by
      while (at >= 0 && at < line.characters.length && line.characters[at] !== wanted) at += by
      if (at < 0 || at >= line.characters.length) return yield* editor.bell()
      line.cursor = at
    }
  }

/** What the line becomes when its references to earlier lines are replaced. */
const events: Command = function*(editor) {
  const { line, shell } = editor
  const found = expandEvents(line.text, shell.history, shell.lastSubstitution)
  if (typeof found === "string") {
    yield* editor.write(`\r\n${shell.label}: ${found}\r\n`)
    editor.begin()
  } else if (found !== undefined) line.set(found.line)
}

const aliases: Command = function*({ line, shell }) {
  line.set(applyAliases(shell, line.text))
}

/** Takes out what lies between the cursor and `to`; it is kept if a number of characters was asked for. */
const takeOut = (editor: Editor, to: number, kept: boolean): void => {
  const { line } = editor
  const rest = Math.min(line.cursor, to)
  if (kept) kill(editor, line.cursor, to)
  else line.remove(line.cursor, to)
  line.cursor = rest
}

/** Characters before the cursor, or behind it with a negative argument. */
function* rubout(editor: Editor, { count, counted }: Asked): Run<void> {
  const { line } = editor
  if (count < 0 && !line.atEnd) return takeOut(editor, clamp(editor, line.cursor - count), counted)
  if (count < 0 || line.cursor === 0) return yield* editor.bell()
  const to = Math.max(0, line.cursor - count)
  if (!editor.overwrites) return takeOut(editor, to, counted)
  // Blanks take the place of what others follow.
  const blanks = line.atEnd ? 0 : line.cursor - to
  line.together(() => {
    takeOut(editor, to, counted)
    line.insert(" ".repeat(blanks))
  })
  line.cursor = to
}

function* deleteCharacter(editor: Editor, { count, counted }: Asked): Run<void> {
  const { line } = editor
  if (count < 0 ? line.cursor === 0 : line.atEnd) return yield* editor.bell()
  takeOut(editor, clamp(editor, line.cursor + count), counted)
}

const selfInsert: Command = function*(editor, { count, counted, keys }) {
  const { line } = editor
  if (count <= 0) return
  const text = textOf(keys)
  if (editor.overwrites) {
    line.together(() => {
      for (let left = count; left > 0; left--) {
        line.insert(text)
        if (!line.atEnd) takeOut(editor, line.cursor + 1, counted)
      }
    })
  } else line.insert(text.repeat(count))
  if (count === 1 && !counted) yield* editor.appended(text)
}

const comments: Command = function*(editor, asked) {
  const begin = editor.shell.readline.settings.get("comment-begin") ?? "#"
  const { text } = editor.line
  editor.line.set(asked.counted && text.startsWith(begin) ? text.slice(begin.length) : begin + text)
  return yield* editor.accept()
}

/** Has the line edited by a program, which then runs as if it had been typed. */
const edits: Command = function*(editor) {
  const { line, shell } = editor
  if (line.text !== "") shell.history.push(line.text)
  yield* editor.finish("")
  return { line: "fc -e \"${VISUAL:-${EDITOR:-vi}}\"" }
}

/** Inserts the next key as it is, so often; with a negative argument so many keys. */
const quoted: Command = function*(editor, { count }) {
  for (let left = Math.max(1, -count); left > 0; left--) {
    const character = yield* editor.keys.character()
    if (character === undefined || character === "interrupted") return
    if (count !== 0) editor.line.insert(textOf(character).repeat(Math.max(1, count)))
  }
}

const blanks: Command = function*({ line }) {
  let [from, to] = [line.cursor, line.cursor]
  while (from > 0 && /[ \t]/.test(line.characters[from - 1]!)) from--
  while (to < line.characters.length && /[ \t]/.test(line.characters[to]!)) to++
  if (from < to) line.remove(from, to)
  line.cursor = from
}

const setMark: Command = function*({ line }, { count, counted }) {
  const at = counted ? count : line.cursor
  if (at >= 0 && at <= line.characters.length) line.mark = at
}

const undo: Command = function*(editor, { count }) {
  for (let left = count; left > 0; left--) if (!editor.line.undo()) return yield* editor.bell()
}

const revert: Command = function*(editor) {
  const { line } = editor
  if (!line.isChanged) yield* editor.bell()
  while (line.isChanged) line.undo()
}

const expandTilde: Command = function*(editor) {
  const { line } = editor
  const from = line.left(inText, line.cursor)
  const to = line.right(inText, from)
  const word = line.between(from, to)
  const home = /^~([^/]*)/.exec(word)
  if (home !== null) line.replace(from, to, (yield* tilde(editor.shell, home[1]!)) + word.slice(home[0].length))
}

const clears = (text: string): Command =>
  function*(editor) {
    yield* editor.write(text)
    editor.begin()
  }

const initFile: Command = function*(editor) {
  const { variables } = editor.shell
  const path = variables.value("INPUTRC") ?? `${variables.value("HOME") ?? ""}/.inputrc`
  if ((yield* readInit(editor.shell, path)) !== undefined) yield* editor.bell()
}

/** The functions, but for those that read more keys or look at the keys themselves: the editor has them. */
export const commands: Readonly<Record<Exclude<FunctionName, Special>, Command>> = {
  abort: (editor) => editor.abort(),
  "accept-line": (editor) => editor.accept(),
  "alias-expand-line": aliases,
  "backward-char": steps(-1),
  "backward-delete-char": rubout,
  "backward-kill-line": Kills.backwardKillLine,
  "backward-kill-word": Kills.killWords(-1),
  "backward-word": movesTo(({ line }, { count }) => line.wordsAway(-count)),
  "beginning-of-history": Past.first,
  "beginning-of-line": movesTo(() => 0),
  "capitalize-word": casing(capitalized),
  "character-search": searchesCharacter(false),
  "character-search-backward": searchesCharacter(true),
  "clear-display": clears("\u001b[H\u001b[2J\u001b[3J"),
  "clear-screen": clears("\u001b[H\u001b[2J"),
  complete: (editor, { keys }) => complete(editor, keys),
  "complete-command": (editor, { keys }) => complete(editor, keys, "command"),
  "complete-filename": (editor, { keys }) => complete(editor, keys, "file"),
  "complete-hostname": (editor, { keys }) => complete(editor, keys, "hostname"),
  "complete-username": (editor, { keys }) => complete(editor, keys, "user"),
  "complete-variable": (editor, { keys }) => complete(editor, keys, "variable"),
  "copy-backward-word": Kills.copyWords(-1),
  "copy-forward-word": Kills.copyWords(1),
  "copy-region-as-kill": Kills.copyRegion,
  "delete-char": deleteCharacter,
  "delete-char-or-list": (editor, asked) =>
    editor.line.atEnd ? possible(editor, asked.keys) : deleteCharacter(editor, asked),
  "delete-horizontal-space": blanks,
  "display-shell-version": function*(editor) {
    yield* editor.write("\r\nEffix sh, a shell of the bash dialect\r\n")
    editor.begin()
  },
  "downcase-word": casing((word) => word.toLowerCase()),
  "edit-and-execute-command": edits,
  "end-of-history": Past.behindLast,
  "end-of-line": movesTo(({ line }) => line.characters.length),
  "exchange-point-and-mark": function*({ line }) {
    ;[line.cursor, line.mark] = [line.mark, line.cursor]
  },
  "fetch-history": Past.fetch,
  "forward-backward-delete-char": (editor, asked) => (editor.line.atEnd ? rubout : deleteCharacter)(editor, asked),
  "forward-char": steps(1),
  "forward-word": movesTo(({ line }, { count }) => line.wordsAway(count)),
  "history-and-alias-expand-line": function*(editor, asked) {
    yield* events(editor, asked)
    yield* aliases(editor, asked)
  },
  "history-expand-line": events,
  "history-search-backward": (editor) => byText(editor, true, false),
  "history-search-forward": (editor) => byText(editor, false, false),
  "history-substring-search-backward": (editor) => byText(editor, true, true),
  "history-substring-search-forward": (editor) => byText(editor, false, true),
  "insert-comment": comments,
  "insert-completions": (editor, { keys }) => insertAll(editor, keys),
  "insert-last-argument": Past.yankLast,
  "kill-line": Kills.killLine,
  "kill-region": Kills.killRegion,
  "kill-whole-line": Kills.killWholeLine,
  "kill-word": Kills.killWords(1),
  "magic-space": function*(editor, asked) {
    yield* events(editor, asked)
    editor.line.insert(" ")
  },
  "menu-complete": (editor, { count, keys }) => menu(editor, keys, count),
  "menu-complete-backward": (editor, { count, keys }) => menu(editor, keys, -count),
  "next-history": Past.next,
  "non-incremental-forward-search-history": (editor) => byQuestion(editor, false),
  "non-incremental-forward-search-history-again": (editor) => byAnswer(editor, false),
  "non-incremental-reverse-search-history": (editor) => byQuestion(editor, true),
  "non-incremental-reverse-search-history-again": (editor) => byAnswer(editor, true),
  "operate-and-get-next": Past.operate,
  "overwrite-mode": function*(editor, { count, counted }) {
    editor.overwrites = counted ? count > 0 : !editor.overwrites
  },
  "possible-command-completions": (editor, { keys }) => possible(editor, keys, "command"),
  "possible-completions": (editor, { keys }) => possible(editor, keys),
  "possible-filename-completions": (editor, { keys }) => possible(editor, keys, "file"),
  "possible-hostname-completions": (editor, { keys }) => possible(editor, keys, "hostname"),
  "possible-username-completions": (editor, { keys }) => possible(editor, keys, "user"),
  "possible-variable-completions": (editor, { keys }) => possible(editor, keys, "variable"),
  "previous-history": Past.previous,
  "print-last-kbd-macro": function*(editor) {
    yield* editor.write(`\r\n${Notation.shown(editor.shell.typing.macro, true)}\r\n`)
    editor.begin()
  },
  "quoted-insert": quoted,
  "re-read-init-file": initFile,
  "redraw-current-line": function*(editor) {
    editor.forgetScreen()
  },
  "revert-line": revert,
  "self-insert": selfInsert,
  "set-mark": setMark,
  "shell-backward-kill-word": Kills.killShellWords(-1),
  "shell-backward-word": movesTo((editor, { count }) => shellWordsAway(editor, -count)),
  "shell-forward-word": movesTo((editor, { count }) => shellWordsAway(editor, count)),
  "shell-kill-word": Kills.killShellWords(1),
  "shell-transpose-words": transposes(shellWordsAway),
  "tab-insert": function*({ line }) {
    line.insert("\t")
  },
  "tilde-expand": expandTilde,
  "transpose-chars": transposeCharacters,
  "transpose-words": transposes(({ line }, count) => line.wordsAway(count)),
  undo,
  "unix-filename-rubout": Kills.nameRubout,
  "unix-line-discard": Kills.lineDiscard,
  "unix-word-rubout": Kills.wordRubout,
  "upcase-word": casing((word) => word.toUpperCase()),
  yank,
  "yank-last-arg": Past.yankLast,
  "yank-nth-arg": Past.yankNth,
  "yank-pop": yankPop
}

/** Functions that are about keys. */
export type Special =
  | "call-last-kbd-macro"
  | "digit-argument"
  | "do-lowercase-version"
  | "end-kbd-macro"
  | "forward-search-history"
  | "reverse-search-history"
  | "start-kbd-macro"
  | "universal-argument"
