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
import { statusOf } from "../run/process.js"
import { writeAll } from "../run/report.js"
import { evaluateText } from "../run/source.js"
import { runPending } from "../run/traps.js"
import { Exit } from "../state/Control.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { type Argument, further, isArgument, told } from "./argument.js"
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

/** Does what keys mean; answers what comes of the line when it is done. */
function* press(editor: Editor, pressed: Pressed, argument: Argument | undefined): Run<Edited | void> {
  const { binding, keys } = pressed
  const { typing } = editor.shell
  if (binding === undefined) {
    if (keys !== "\u0003") return yield* editor.abort()
    yield* editor.finish(editor.isOn("echo-control-characters") ? "^C" : "")
    return "interrupted"
  }
  if (binding._tag === "Macro") return editor.keys.type(binding.text)
  const { count, counted } = told(argument)
  if (binding._tag === "Command") return yield* runCommand(editor, binding.text, counted ? count : undefined)
  const { name } = binding
  switch (name) {
    case "digit-argument":
    case "universal-argument":
      return
    case "do-lowercase-version": {
      const lower = keys.slice(0, -1) + keys.slice(-1).toLowerCase()
      return yield* press(editor, editor.keys.meant(lower), argument)
    }
    case "start-kbd-macro":
      if (typing.recording !== undefined) return yield* editor.abort()
      typing.recording = counted ? typing.macro : ""
      break
    case "end-kbd-macro":
      if (typing.recording === undefined) return yield* editor.abort()
      typing.macro = typing.recording.slice(0, editor.recorded)
      typing.recording = undefined
      editor.keys.type(typing.macro.repeat(Math.max(0, count - 1)))
      break
    case "call-last-kbd-macro":
      if (typing.macro === "" && typing.recording === undefined) return yield* editor.abort()
      if (typing.recording !== undefined) yield* editor.bell()
      else editor.keys.type(typing.macro.repeat(Math.max(0, count)))
      break
    case "reverse-search-history":
    case "forward-search-history":
      yield* incremental(editor, (name === "reverse-search-history") === count >= 0)
      break
    default: {
      const done = yield* commands[name](editor, { keys, count, counted })
      editor.last = name
      return done
    }
  }
  editor.last = name
}

const endOfInput = "\u0004"

function* run(editor: Editor): Run<Edited> {
  yield* editor.measure()
  yield* editor.draw()
  let argument: Argument | undefined
  let before = ""
  for (;;) {
    if (argument === undefined) editor.recorded = editor.shell.typing.recording?.length ?? 0
    let pressed = yield* editor.keys.next()
    if (pressed === undefined) return "end"
    if (pressed === "interrupted") {
      yield* interrupted(editor)
      continue
    }
    const more = further(argument, pressed)
    if (more !== undefined) {
      argument = more
      const prompt = `(arg: ${more.sign * more.value}) `
      yield* editor.draw(prompt, prompt.length)
      continue
    }
    // A minus behind a number is a minus.
    if (isArgument(pressed)) pressed = editor.keys.meant(pressed.keys.slice(-1))
    // The first of several, on an empty line.
    const ends = pressed.keys === endOfInput && before !== endOfInput && argument === undefined
    if (ends && editor.line.characters.length === 0) return "end"
    before = pressed.keys
    const { kills } = editor
    const done = yield* press(editor, pressed, argument)
    if (done !== undefined) return done
    if (editor.aborted) {
      editor.aborted = false
      editor.last = undefined
    } else if (editor.kills === kills) editor.kills = 0
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
  const { nextAt } = shell.typing
  if (nextAt !== undefined && nextAt < shell.history.lines.length) editor.browse(Math.max(0, nextAt))
  shell.typing.nextAt = undefined
  try {
    return yield* run(editor)
  } finally {
    if (!trapped) yield* call(shell.sys.sigaction(SIGWINCH, { disposition: "default" }))
    yield* call(shell.sys.tcsetattr(0, T.TCSADRAIN, settings))
  }
}
