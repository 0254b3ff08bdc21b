/**
 * The interactive loop: prompt, read, run, again.
 *
 * @see sh(1p) Interactive shell
 */
import { SIGHUP, SIGINT, SIGQUIT, SIGTERM } from "@effix/kernel/abi/Signals"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import { readInit } from "../builtins/bind.js"
import { readFile } from "../builtins/flow.js"
import { readHistory, rules, saveHistory } from "../builtins/history.js"
import { forget } from "../builtins/jobs.js"
import { readUntil } from "../builtins/readLine.js"
import { change } from "../builtins/set.js"
import { expandEvents } from "../expand/events.js"
import { prompt } from "../expand/prompt.js"
import { apply } from "../readline/Readline.js"
import { applyAliases } from "../run/aliases.js"
import { runList } from "../run/evaluate.js"
import { hangUp } from "../run/hangUp.js"
import { jobLine } from "../run/job.js"
import { statusOf } from "../run/process.js"
import { writeAll } from "../run/report.js"
import { evaluateText, reportSyntax } from "../run/source.js"
import { runPending } from "../run/traps.js"
import { reap } from "../run/wait.js"
import { Exit, Interrupted } from "../state/Control.js"
import { stateOf } from "../state/Jobs.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { values } from "../state/Variables.js"
import { parse } from "../syntax/parse.js"
import { edit, type Edited } from "./edit.js"
import { oneLine } from "./oneLine.js"

/** `LINES` and `COLUMNS` follow the window. */
function* checkWindow(shell: Shell): Run<void> {
  const size = yield* call(shell.sys.getWindowSize(0))
  if (Errno.isErrno(size) || size.columns === 0) return
  shell.variables.set("LINES", String(size.rows))
  shell.variables.set("COLUMNS", String(size.columns))
}

function* setUp(shell: Shell): Run<void> {
  yield* change(shell, "interactive", true)
  shell.options.expand_aliases = true
  shell.options.emacs = true
  for (const signal of [SIGQUIT, SIGTERM]) yield* call(shell.sys.sigaction(signal, { disposition: "ignore" }))
  yield* call(shell.sys.sigaction(SIGINT, {
    disposition: () => Effect.sync(() => void shell.traps.pending.push(SIGINT))
  }))
  yield* call(shell.sys.sigaction(SIGHUP, { disposition: () => hangUp(shell) }))
  yield* change(shell, "monitor", true)
  const { variables } = shell
  if (variables.value("PS1") === undefined) variables.set("PS1", "\\u@\\h:\\w\\$ ")
  if (variables.value("PS2") === undefined) variables.set("PS2", "> ")
  const home = variables.value("HOME")
  shell.options.histexpand = !shell.options.posix
  shell.options.history = true
  if (variables.get("HISTFILE") === undefined && home !== undefined && !shell.options.posix) {
    variables.set("HISTFILE", `${home}/.bash_history`)
  }
  if (variables.get("HISTSIZE") === undefined) variables.set("HISTSIZE", "500")
  yield* readInputrc(shell)
  const own = home === undefined ? undefined : `${home}/.bashrc`
  const file = shell.options.posix ? variables.value("ENV") : shell.startFile ?? own
  const text = file === undefined || file === "" ? undefined : yield* readFile(shell, file)
  if (typeof text === "string") yield* guarded(shell, () => evaluateText(shell, text))
  const past = variables.value("HISTFILE")
  if (past !== undefined) yield* readHistory(shell, past)
}

/** Keys of further terminals, as distributions bind them for everybody. */
const further = [
  "\"\\e[1~\": beginning-of-line",
  "\"\\e[4~\": end-of-line",
  "\"\\e[7~\": beginning-of-line",
  "\"\\e[8~\": end-of-line"
]

/** The settings of the editor: of the user, of everybody, or what is usual where there are none. */
function* readInputrc(shell: Shell): Run<void> {
  const { variables } = shell
  const own = variables.value("INPUTRC") ?? `${variables.value("HOME") ?? ""}/.inputrc`
  if ((yield* readInit(shell, own)) === undefined) return
  if ((yield* readInit(shell, "/etc/inputrc")) === undefined) return
  for (const line of further) {
    const after = apply(shell.readline, line)
    if (typeof after !== "string") shell.readline = after
  }
}

/** Runs something; whatever goes wrong, the shell goes on. */
function* guarded(shell: Shell, run: () => Run<number>): Run<void> {
  try {
    shell.status = yield* run()
  } catch (error) {
    if (error instanceof Exit && !error.forced) throw error
    if (error instanceof Exit && shell.options.errexit) throw error
    shell.status = yield* statusOf(shell, error)
    if (error instanceof Interrupted) yield* writeAll(shell, 2, Bytes.encode("\n"))
  }
  shell.loops = 0
  shell.tested = 0
}

/** Tells of jobs that have changed in the background. */
function* tellJobs(shell: Shell): Run<void> {
  yield* reap(shell)
  for (const job of [...shell.jobs.list]) {
    const state = stateOf(job)
    if (state === "running" || job.told) continue
    yield* writeAll(shell, 2, Bytes.encode(jobLine(shell, job)))
    job.told = true
    if (state === "done") forget(shell, job)
  }
}

function* readCommandLine(shell: Shell, variable: string): Run<Edited> {
  const text = yield* prompt(shell, shell.variables.value(variable) ?? "")
  if ((yield* call(shell.sys.isatty(0))) === true) return yield* edit(shell, text)
  yield* writeAll(shell, 2, Bytes.encode(text))
  const read = yield* readUntil(shell, 0, { delimiter: 10 })
  if (read.end === "signal") return "interrupted"
  return read.end === "delimiter" || read.text !== "" ? { line: read.text } : "end"
}

/** Reads until the command is complete; `undefined` at the end of input. */
function* readCommand(shell: Shell): Run<string | undefined> {
  let pending = ""
  for (;;) {
    const read = yield* readCommandLine(shell, pending === "" ? "PS1" : "PS2")
    if (read === "interrupted") {
      shell.status = 130
      pending = ""
      shell.traps.pending.length = 0
      continue
    }
    if (read === "end") return pending === "" ? undefined : pending
    pending += `${read.line}\n`
    if (!parse(applyAliases(shell, pending)).incomplete) return pending
  }
}

/** Expands what refers to earlier lines; `undefined` when nothing is left to run. */
function* expanded(shell: Shell, text: string): Run<string | undefined> {
  if (!shell.options.histexpand) return text
  const line = text.replace(/\n$/, "")
  const found = expandEvents(line, shell.history, shell.lastSubstitution)
  if (found === undefined) return text
  if (typeof found === "string") {
    yield* writeAll(shell, 2, Bytes.encode(`${shell.label}: ${found}\n`))
    return undefined
  }
  yield* writeAll(shell, 2, Bytes.encode(`${found.line}\n`))
  if (found.run) return `${found.line}\n`
  shell.history.add(found.line, rules(shell))
  return undefined
}

/** Runs what PROMPT_COMMAND says, all of it if it is an array. */
function* promptCommands(shell: Shell): Run<void> {
  for (const command of values(shell.variables.get("PROMPT_COMMAND")?.value)) {
    const { status } = shell
    yield* guarded(shell, () => evaluateText(shell, command))
    shell.status = status
  }
}

export function* interact(shell: Shell): Run<number> {
  yield* setUp(shell)
  try {
    return yield* loop(shell)
  } finally {
    yield* saveHistory(shell)
  }
}

/** What the history keeps of a command: one line, unless its lines are to be kept as they are, or one by one. */
const remembered = ({ accepted }: Shell, text: string): ReadonlyArray<string> => {
  if (!text.includes("\n")) return [text]
  if (accepted.get("cmdhist") === false) return text.split("\n")
  return [accepted.get("lithist") === true ? text : oneLine(text)]
}

/** How many ends of input in a row are not taken for one. @see bash(1) IGNOREEOF */
const endsIgnored = ({ options, variables }: Shell): number => {
  const limit = variables.value("IGNOREEOF")
  if (limit !== undefined) return /^\d+$/.test(limit) ? Number(limit) : 10
  return options.ignoreeof ? 10 : 0
}

function* loop(shell: Shell): Run<number> {
  let ends = 0
  for (;;) {
    yield* guarded(shell, function*() {
      const { status } = shell
      if (shell.traps.pending.length > 0) yield* runPending(shell)
      return status
    })
    yield* tellJobs(shell)
    yield* checkWindow(shell)
    if (shell.variables.get("PROMPT_COMMAND") !== undefined) yield* promptCommands(shell)
    const typed = yield* readCommand(shell)
    if (typed === undefined) {
      if (ends >= endsIgnored(shell)) {
        yield* writeAll(shell, 2, Bytes.encode("exit\n"))
        return shell.status
      }
      ends++
      yield* writeAll(shell, 2, Bytes.encode("Use \"exit\" to leave the shell.\n"))
      continue
    }
    ends = 0
    const text = yield* expanded(shell, typed)
    if (text === undefined) continue
    for (const line of remembered(shell, text.replace(/\n$/, ""))) shell.history.add(line, rules(shell))
    // It may have changed while the command was typed.
    yield* checkWindow(shell)
    const parsed = parse(applyAliases(shell, text))
    if (parsed.error !== undefined) {
      yield* reportSyntax(shell, parsed.error)
      shell.status = 2
      continue
    }
    const warned = shell.warnedOfJobs
    if (parsed.list.statements.length > 0) yield* guarded(shell, () => runList(shell, parsed.list, false))
    if (warned) shell.warnedOfJobs = false
  }
}
