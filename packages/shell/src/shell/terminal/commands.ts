/**
 * The functions of the editor, by the names that keys are bound to.
 *
 * @see bash(1) Readline Command Names
 */
import { readInit } from "../builtins/bind.js"
import { expandEvents, wordsOf } from "../expand/events.js"
import { tilde } from "../expand/tilde.js"
import type { FunctionName } from "../readline/keymap.js"
import { applyAliases } from "../run/aliases.js"
import type { Run } from "../state/Shell.js"
import { type Edited, type Editor } from "./Editor.js"
import { textOf } from "./keys.js"
import { inName, inText, inWord } from "./Line.js"
import { byText } from "./search.js"
import { complete, insertAll, menu, possible } from "./tab.js"

/** How a function was asked for. */
interface Asked {
  /** The keys that it is bound to. */
  readonly keys: string
  /** The numeric argument; 1 when there is none. */
  readonly count: number
  readonly counted: boolean
}

type Command = (editor: Editor, asked: Asked) => Run<Edited | void>

/** Moves the cursor there: further with an argument, the other way with a negative one. */
const moves = (forwards: (editor: Editor) => number, backwards: (editor: Editor) => number): Command =>
  function*(editor, { count }) {
    for (let times = Math.abs(count); times > 0; times--) {
      editor.line.cursor = count < 0 ? backwards(editor) : forwards(editor)
    }
  }

const kills = (to: (editor: Editor, count: number) => number): Command =>
  function*(editor, { count }) {
    const more = editor.last !== undefined && killing.has(editor.last)
    editor.line.kill(to(editor, count), more)
  }

/** Repeats a way to go, from the cursor on. */
const times = (count: number, from: number, go: (at: number) => number): number => {
  let at = from
  for (let left = count; left > 0; left--) at = go(at)
  return at
}

const clamp = ({ line }: Editor, at: number): number => Math.max(0, Math.min(line.characters.length, at))

const left = ({ line }: Editor): number => line.left(inWord)
const right = ({ line }: Editor): number => line.right(inWord)

const shellRight = ({ line }: Editor, from = line.cursor): number =>
  line.shellWords().find(([, to]) => to > from)?.[1] ?? line.characters.length
const shellLeft = ({ line }: Editor, from = line.cursor): number =>
  [...line.shellWords()].reverse().find(([begin]) => begin < from)?.[0] ?? 0

const wordsAway = ({ line }: Editor, count: number): number =>
  count < 0
    ? times(-count, line.cursor, (at) => line.left(inWord, at))
    : times(count, line.cursor, (at) => line.right(inWord, at))

/** Functions that kill: what several in a row take is one text. */
const killing: ReadonlySet<FunctionName> = new Set([
  "kill-line",
  "backward-kill-line",
  "unix-line-discard",
  "kill-whole-line",
  "kill-word",
  "backward-kill-word",
  "unix-word-rubout",
  "unix-filename-rubout",
  "shell-kill-word",
  "shell-backward-kill-word"
])

const casing = (change: (word: string) => string): Command =>
  function*(editor, { count }) {
    const { line } = editor
    const at = line.cursor
    const to = wordsAway(editor, count)
    const [from, end] = [Math.min(at, to), Math.max(at, to)]
    line.replace(from, end, change(line.characters.slice(from, end).join("")))
    if (count < 0) line.cursor = at
  }

const capitalized = (text: string): string =>
  text.toLowerCase().replace(/[\p{L}\p{N}]+/gu, (word) => word.replace(/^./u, (first) => first.toUpperCase()))

const history = (to: (editor: Editor, count: number) => number): Command =>
  function*(editor, { count }) {
    if (!editor.browse(to(editor, count))) yield* editor.bell()
  }

const transposeCharacters: Command = function*(editor) {
  const { line } = editor
  const { characters, cursor } = line
  if (cursor === 0 || characters.length < 2) return yield* editor.bell()
  const at = Math.min(cursor, characters.length - 1)
  line.replace(at - 1, at + 1, characters[at]! + characters[at - 1]!)
}

const transposeWords: Command = function*(editor) {
  const { line } = editor
  const second = line.right(inWord)
  const secondFrom = line.left(inWord, second)
  const firstFrom = line.left(inWord, secondFrom)
  const firstTo = line.right(inWord, firstFrom)
  if (firstFrom === secondFrom || secondFrom < firstTo) return yield* editor.bell()
  const text = (from: number, to: number): string => line.characters.slice(from, to).join("")
  line.replace(firstFrom, second, text(secondFrom, second) + text(firstTo, secondFrom) + text(firstFrom, firstTo))
}

/** Where the text lies that a function has just put into the line, and what it goes on from. */
interface Put {
  readonly from: number
  readonly to: number
  /** How far back in the history it was found. */
  readonly back: number
}

const puts = new WeakMap<Editor, Put>()

const put = ({ line }: Editor, from: number, to: number, text: string, back: number): Put => {
  line.replace(from, to, text)
  return { from, to: line.cursor, back }
}

const yank: Command = function*(editor) {
  const { cursor, latest } = editor.line
  if (latest !== undefined) puts.set(editor, put(editor, cursor, cursor, latest, 0))
}

const yankPop: Command = function*(editor) {
  const before = puts.get(editor)
  const text = editor.last === "yank" || editor.last === "yank-pop" ? editor.line.rotate() : undefined
  if (before === undefined || text === undefined) return yield* editor.bell()
  puts.set(editor, put(editor, before.from, before.to, text, 0))
}

/** The last word of the line before, of the one before that when asked again, or the word that the argument says. */
const yankLast: Command = function*(editor, { count, counted }) {
  const { lines } = editor.shell.history
  const again = editor.last === "yank-last-arg" || editor.last === "insert-last-argument" ? puts.get(editor) : undefined
  const { cursor } = editor.line
  const back = (again?.back ?? editor.shell.history.lines.length - editor.historyAt) + 1
  const words = wordsOf(lines[lines.length - back] ?? "")
  const word = counted ? words.at(count) : words.at(-1)
  if (word === undefined) return yield* editor.bell()
  puts.set(editor, put(editor, again?.from ?? cursor, again?.to ?? cursor, word, back))
}

const yankNth: Command = function*(editor, { count }) {
  const words = wordsOf(editor.shell.history.lines[editor.historyAt - 1] ?? "")
  const word = words.at(count)
  if (word === undefined) return yield* editor.bell()
  editor.line.insert(word)
}

const searchesCharacter = (backwards: boolean): Command =>
  function*(editor, { count }) {
    const pressed = yield* editor.answer()
    if (pressed === undefined) return yield* editor.bell()
    const { characters, cursor } = editor.line
    const wanted = textOf(pressed)
    const by = backwards !== count < 0 ? -1 : 1
    let at = cursor
    for (let times = Math.abs(count); times > 0; times--) {
      at += by
      while (at >= 0 && at < characters.length && characters[at] !== wanted) at += by
    }
    if (at < 0 || at >= characters.length) return yield* editor.bell()
    editor.line.cursor = at
  }

const region = ({ line }: Editor): readonly [number, number] => {
  const mark = Math.min(line.mark, line.characters.length)
  return [Math.min(mark, line.cursor), Math.max(mark, line.cursor)]
}

const copies = (range: (editor: Editor) => readonly [number, number]): Command =>
  function*(editor) {
    const [from, to] = range(editor)
    editor.line.keep(editor.line.characters.slice(from, to).join(""), false, false)
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

function* deletes(editor: Editor, to: number): Run<void> {
  const at = clamp(editor, to)
  if (at === editor.line.cursor) yield* editor.bell()
  else editor.line.remove(at)
}

const rubout: Command = function*(editor, { count, counted }) {
  const { line } = editor
  if (counted && count > 1) line.kill(clamp(editor, line.cursor - count), false)
  else if (editor.overwrites && line.cursor > 0 && line.cursor < line.characters.length) {
    line.replace(line.cursor - 1, line.cursor, " ")
    line.cursor--
  } else yield* deletes(editor, line.cursor - count)
}

const deleteCharacter: Command = function*(editor, { count, counted, keys }): Run<Edited | void> {
  const { line } = editor
  if (line.characters.length === 0 && keys === "\u0004" && editor.last !== "delete-char") return "end"
  if (counted && count > 1) line.kill(clamp(editor, line.cursor + count), false)
  else yield* deletes(editor, line.cursor + count)
  return undefined
}

const selfInsert: Command = function*(editor, { count, keys }) {
  const { line } = editor
  const text = textOf(keys)
  for (let times = count; times > 0; times--) {
    if (editor.overwrites && line.cursor < line.characters.length) line.replace(line.cursor, line.cursor + 1, text)
    else line.insert(text)
  }
  if (count === 1) yield* editor.appended(text)
}

const accept: Command = function*(editor) {
  const line = editor.line.text
  yield* editor.finish("")
  return { line }
}

const comments: Command = function*(editor, asked) {
  const begin = editor.shell.readline.settings.get("comment-begin") ?? "#"
  const { text } = editor.line
  editor.line.set(asked.counted && text.startsWith(begin) ? text.slice(begin.length) : begin + text)
  return yield* accept(editor, asked)
}

/** Runs the line, and begins the next one with what follows it in the history. */
const operate: Command = function*(editor, asked) {
  const { shell } = editor
  shell.nextLine = shell.history.lines[editor.historyAt + 1]
  return yield* accept(editor, asked)
}

/** Has the line edited by a program, which then runs as if it had been typed. */
const edits: Command = function*(editor) {
  const { line, shell } = editor
  if (line.text !== "") shell.history.push(line.text)
  yield* editor.finish("")
  return { line: "fc -e \"${VISUAL:-${EDITOR:-vi}}\"" }
}

const quoted: Command = function*(editor, { count }) {
  const character = yield* editor.keys.character()
  if (character === undefined || character === "interrupted") return
  for (let times = count; times > 0; times--) editor.line.insert(textOf(character))
}

const blanks: Command = function*({ line }) {
  let [from, to] = [line.cursor, line.cursor]
  while (from > 0 && /[ \t]/.test(line.characters[from - 1]!)) from--
  while (to < line.characters.length && /[ \t]/.test(line.characters[to]!)) to++
  line.replace(from, to, "")
}

const expandTilde: Command = function*(editor) {
  const { line } = editor
  const from = line.left(inText, line.cursor)
  const to = line.right(inText, from)
  const word = line.characters.slice(from, to).join("")
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
  abort: function*(editor) {
    yield* editor.bell()
  },
  "accept-line": accept,
  "alias-expand-line": aliases,
  "backward-char": moves((editor) => clamp(editor, editor.line.cursor - 1), (e) => clamp(e, e.line.cursor + 1)),
  "backward-delete-char": rubout,
  "backward-kill-line": kills((editor, count) => count < 0 ? editor.line.characters.length : 0),
  "backward-kill-word": kills((editor, count) => wordsAway(editor, -count)),
  "backward-word": moves(left, right),
  "beginning-of-history": history(() => 0),
  "beginning-of-line": moves(() => 0, () => 0),
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
  "copy-backward-word": copies(({ line }) => [line.left(inWord), line.cursor]),
  "copy-forward-word": copies(({ line }) => [line.cursor, line.right(inWord)]),
  "copy-region-as-kill": copies(region),
  "delete-char": deleteCharacter,
  "delete-char-or-list": (editor, asked) =>
    editor.line.cursor < editor.line.characters.length
      ? deleteCharacter(editor, { ...asked, keys: "" })
      : possible(editor, asked.keys),
  "delete-horizontal-space": blanks,
  "display-shell-version": function*(editor) {
    yield* editor.write("\r\nEffix sh, a shell of the bash dialect\r\n")
    editor.begin()
  },
  "downcase-word": casing((word) => word.toLowerCase()),
  "edit-and-execute-command": edits,
  "end-of-history": history(({ shell }) => shell.history.lines.length),
  "end-of-line": moves(({ line }) => line.characters.length, ({ line }) => line.characters.length),
  "exchange-point-and-mark": function*(editor) {
    const { cursor, mark } = editor.line
    editor.line.cursor = clamp(editor, mark)
    editor.line.mark = cursor
  },
  "fetch-history": function*(editor, { count, counted }) {
    if (!editor.browse(counted ? count - editor.shell.history.base : 0)) yield* editor.bell()
  },
  "forward-backward-delete-char": (editor, asked) =>
    editor.line.cursor < editor.line.characters.length
      ? deleteCharacter(editor, { ...asked, keys: "" })
      : rubout(editor, asked),
  "forward-char": moves((editor) => clamp(editor, editor.line.cursor + 1), (e) => clamp(e, e.line.cursor - 1)),
  "forward-word": moves(right, left),
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
  "insert-last-argument": yankLast,
  "kill-line": kills((editor, count) => count < 0 ? 0 : editor.line.characters.length),
  "kill-region": function*(editor) {
    const [from, to] = region(editor)
    editor.line.keep(editor.line.replace(from, to, ""), false, false)
  },
  "kill-whole-line": function*({ line }) {
    line.keep(line.replace(0, line.characters.length, ""), false, false)
  },
  "kill-word": kills(wordsAway),
  "magic-space": function*(editor, asked) {
    yield* events(editor, asked)
    editor.line.insert(" ")
  },
  "menu-complete": (editor, { count, keys }) => menu(editor, keys, count),
  "menu-complete-backward": (editor, { count, keys }) => menu(editor, keys, -count),
  "next-history": history(({ historyAt }, count) => historyAt + count),
  "operate-and-get-next": operate,
  "overwrite-mode": function*(editor, { count, counted }) {
    editor.overwrites = counted ? count > 0 : !editor.overwrites
  },
  "possible-command-completions": (editor, { keys }) => possible(editor, keys, "command"),
  "possible-completions": (editor, { keys }) => possible(editor, keys),
  "possible-filename-completions": (editor, { keys }) => possible(editor, keys, "file"),
  "possible-hostname-completions": (editor, { keys }) => possible(editor, keys, "hostname"),
  "possible-username-completions": (editor, { keys }) => possible(editor, keys, "user"),
  "possible-variable-completions": (editor, { keys }) => possible(editor, keys, "variable"),
  "previous-history": history(({ historyAt }, count) => historyAt - count),
  "quoted-insert": quoted,
  "re-read-init-file": initFile,
  "redraw-current-line": function*(editor) {
    editor.forgetScreen()
  },
  "revert-line": function*({ line }) {
    line.undo(true)
  },
  "self-insert": selfInsert,
  "set-mark": function*(editor, { count, counted }) {
    editor.line.mark = counted ? clamp(editor, count) : editor.line.cursor
  },
  "shell-backward-kill-word": kills((editor, count) => times(count, editor.line.cursor, (at) => shellLeft(editor, at))),
  "shell-backward-word": moves((editor) => shellLeft(editor), (editor) => shellRight(editor)),
  "shell-forward-word": moves((editor) => shellRight(editor), (editor) => shellLeft(editor)),
  "shell-kill-word": kills((editor, count) => times(count, editor.line.cursor, (at) => shellRight(editor, at))),
  "tab-insert": function*({ line }) {
    line.insert("\t")
  },
  "tilde-expand": expandTilde,
  "transpose-chars": transposeCharacters,
  "transpose-words": transposeWords,
  undo: function*(editor) {
    if (!editor.line.undo()) yield* editor.bell()
  },
  "unix-filename-rubout": kills(({ line }, count) => times(count, line.cursor, (at) => line.left(inName, at))),
  "unix-line-discard": kills(() => 0),
  "unix-word-rubout": kills(({ line }, count) => times(count, line.cursor, (at) => line.left(inText, at))),
  "upcase-word": casing((word) => word.toUpperCase()),
  yank,
  "yank-last-arg": yankLast,
  "yank-nth-arg": yankNth,
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
