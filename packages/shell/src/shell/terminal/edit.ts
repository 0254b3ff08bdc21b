/**
 * The line editor: keys are read, do what they are bound to, and the line is drawn anew after each.
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
import type { FunctionName } from "../readline/keymap.js"
import { statusOf } from "../run/process.js"
import { writeAll } from "../run/report.js"
import { evaluateText } from "../run/source.js"
import { runPending } from "../run/traps.js"
import { Exit } from "../state/Control.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { commands } from "./commands.js"
import { type Edited, Editor } from "./Editor.js"
import type { Pressed } from "./keys.js"
import { incremental } from "./search.js"

export type { Edited } from "./Editor.js"

const raw = (settings: T.Termios): T.Termios => ({
  ...settings,
  iflag: settings.iflag & ~(T.ICRNL | T.INLCR | T.IGNCR | T.IXON),
  lflag: settings.lflag & ~(T.ICANON | T.ECHO | T.ISIG | T.IEXTEN),
  cc: settings.cc.map((value, index) => index === T.VMIN ? 1 : index === T.VTIME ? 0 : value)
})

/** Something came in between: the window has another size, or a trap has to run. */
function* interrupted(editor: Editor): Run<void> {
  if (editor.shell.traps.pending.length > 0) {
    yield* editor.write("\r\n")
    editor.begin()
    yield* runPending(editor.shell)
  }
  yield* editor.measure()
  editor.forgetScreen()
  yield* editor.draw()
}

/** Runs what `bind -x` has bound to keys: it sees the line, and may change it. */
function* runCommand(editor: Editor, text: string, count: number | undefined): Run<void> {
  const { line, shell } = editor
  const { status, variables } = shell
  yield* editor.erase()
  const before = line.text
  variables.set("READLINE_LINE", before)
  variables.set("READLINE_POINT", String(line.cursor))
  variables.set("READLINE_MARK", String(line.mark))
  if (count !== undefined) variables.set("READLINE_ARGUMENT", String(count))
  try {
    yield* evaluateText(shell, text)
  } catch (error) {
    if (error instanceof Exit && !error.forced) throw error
    yield* statusOf(shell, error)
  }
  shell.status = status
  const after = variables.value("READLINE_LINE") ?? ""
  if (after !== before) line.set(after)
  line.cursor = Math.max(0, Math.min(line.characters.length, Number(variables.value("READLINE_POINT") ?? 0) || 0))
  line.mark = Number(variables.value("READLINE_MARK") ?? 0) || 0
  for (const name of ["READLINE_LINE", "READLINE_POINT", "READLINE_MARK", "READLINE_ARGUMENT"]) variables.unset(name)
}

interface Argument {
  readonly sign: 1 | -1
  readonly digits: string
  /** How often `universal-argument` was asked for: four times as much each time. */
  readonly times: number
}

const valueOf = ({ digits, sign, times }: Argument): number =>
  sign * (digits === "" ? (times > 0 ? 4 ** times : 1) : Math.min(Number(digits), 1_000_000))

const numbers: ReadonlySet<FunctionName> = new Set(["digit-argument", "universal-argument"])

/** Does what keys mean; answers what comes of the line when it is done. */
function* press(editor: Editor, pressed: Pressed, argument: Argument | undefined): Run<Edited | void> {
  const { binding, keys } = pressed
  if (binding === undefined) {
    if (keys !== "\u0003") return yield* editor.bell()
    yield* editor.finish(editor.isOn("echo-control-characters") ? "^C" : "")
    return "interrupted"
  }
  if (binding._tag === "Macro") return editor.keys.type(binding.text)
  const count = argument === undefined ? 1 : valueOf(argument)
  if (binding._tag === "Command") return yield* runCommand(editor, binding.text, argument && count)
  const { name } = binding
  switch (name) {
    case "digit-argument":
    case "universal-argument":
      return
    case "do-lowercase-version": {
      const lower = keys.slice(0, -1) + keys.slice(-1).toLowerCase()
      const meant = editor.shell.readline.keys.get(lower)
      return meant === undefined
        ? yield* editor.bell()
        : yield* press(editor, { keys: lower, binding: meant }, argument)
    }
    case "start-kbd-macro":
      return editor.keys.record()
    case "end-kbd-macro":
      editor.macro = editor.keys.recorded(keys) ?? editor.macro
      return
    case "call-last-kbd-macro":
      return editor.keys.type(editor.macro.repeat(Math.max(0, count)))
    case "reverse-search-history":
    case "forward-search-history": {
      const next = yield* incremental(editor, name === "reverse-search-history")
      return next === undefined ? undefined : yield* press(editor, next, undefined)
    }
    default: {
      const done = yield* commands[name](editor, { keys, count, counted: argument !== undefined })
      editor.last = name
      return done
    }
  }
}

/** What an argument becomes by another key; `undefined` when the key is no part of it. */
const further = (before: Argument | undefined, { binding, keys }: Pressed): Argument | undefined => {
  const last = keys.slice(-1)
  const known = before ?? { sign: 1, digits: "", times: 0 }
  if (binding?._tag !== "Function") return undefined
  if (binding.name === "universal-argument") return { ...known, times: known.times + 1 }
  if (!(numbers.has(binding.name) || (before !== undefined && /^[0-9]$/.test(keys)))) return undefined
  return last === "-" ? { ...known, sign: -1 } : { ...known, digits: known.digits + last }
}

function* run(editor: Editor): Run<Edited> {
  yield* editor.measure()
  yield* editor.draw()
  let argument: Argument | undefined
  for (;;) {
    const pressed = yield* editor.keys.next()
    if (pressed === undefined) return "end"
    if (pressed === "interrupted") {
      yield* interrupted(editor)
      continue
    }
    const more = further(argument, pressed)
    if (more !== undefined) {
      argument = more
      const prompt = `(arg: ${valueOf(more)}) `
      yield* editor.draw(prompt, prompt.length)
      continue
    }
    const { last } = editor
    const done = yield* press(editor, pressed, argument)
    if (done !== undefined) return done
    // What is no function of the editor comes between those that go on from each other.
    if (editor.last === last && pressed.binding?._tag !== "Function") editor.last = undefined
    argument = undefined
    yield* editor.draw()
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
  const editor = new Editor(shell, prompt.slice(lines))
  if (shell.nextLine !== undefined) editor.line.set(shell.nextLine)
  shell.nextLine = undefined
  try {
    return yield* run(editor)
  } finally {
    if (!trapped) yield* call(shell.sys.sigaction(SIGWINCH, { disposition: "default" }))
    yield* call(shell.sys.tcsetattr(0, T.TCSADRAIN, settings))
  }
}
