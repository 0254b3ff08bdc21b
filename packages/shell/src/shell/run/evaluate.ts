/**
 * The evaluator: lists, and the choice of what runs a command.
 *
 * It is one tree of plain generators under the single `Effect.gen` of the process: a call costs a tenth of a
 * microsecond, and `finally` runs, because no system call fails here (see `call`).
 *
 * @see sh(1p) Shell Commands
 */
import { Exit } from "../state/Control.js"
import type { Run, Saved, Shell } from "../state/Shell.js"
import type { Command, List, Statement } from "../syntax/Ast.js"
import { runArithmetic, runArithmeticFor, runCase, runFor, runFunction, runIf, runLoop } from "./compound.js"
import { runTest } from "./condition.js"
import { runCoprocess } from "./coprocess.js"
import { runBackground, runPipeline, runSubshell } from "./pipeline.js"
import { apply, restore } from "./redirect.js"
import { runSimple } from "./simple.js"
import { closeSubstituted } from "./substitution.js"
import { runDebugTrap, runErrorTrap, runPending } from "./traps.js"

/** Whether a command is the last that its process runs, so that a program may take the process over. */
export type Tail = boolean

/** After so many commands others get their turn, and a signal its chance. */
const stepsBetweenYields = 256

/** What happens between two commands. */
export function* checkpoint(shell: Shell): Run<void> {
  if (++shell.steps % stepsBetweenYields === 0) yield* shell.sys.schedYield()
  if (shell.traps.pending.length > 0) yield* runPending(shell)
}

export function* runList(shell: Shell, list: List, tail: Tail): Run<number> {
  const { statements } = list
  const last = statements.length - 1
  let status = 0
  for (let at = 0; at <= last; at++) {
    const statement = statements[at]!
    if (shell.options.noexec && !shell.interactive) return status
    status = yield* runStatement(shell, statement, tail && at === last)
  }
  return status
}

function* runStatement(shell: Shell, statement: Statement, tail: Tail): Run<number> {
  if (++shell.steps % stepsBetweenYields === 0) yield* shell.sys.schedYield()
  shell.line = statement.line
  const status = statement.background
    ? yield* runBackground(shell, statement)
    : yield* execute(shell, statement.command, tail)
  shell.status = status
  if (shell.traps.pending.length > 0) yield* runPending(shell)
  return status
}

/** A command failed: `set -e` and the ERR trap, where its status is not asked for. */
function* failed(shell: Shell, status: number): Run<number> {
  if (shell.tested > 0) return status
  if (shell.traps.actions.has("ERR")) yield* runErrorTrap(shell, status)
  if (shell.options.errexit) {
    shell.status = status
    throw new Exit(status, true)
  }
  return status
}

/** What `$BASH_COMMAND` says of a command before which the DEBUG trap runs; `undefined` of others. */
const announced = (command: Command): { readonly source: string } | undefined => {
  switch (command.kind) {
    case "simple":
    case "test":
      return command
    case "arith":
      return { source: `((${command.expression.text}))` }
    case "case":
      return { source: `case ${command.word.source} in ` }
    default:
      return undefined
  }
}

function* announce(shell: Shell, command: Command): Run<void> {
  const shown = announced(command)
  if (shown === undefined) return
  if (!shell.traps.running) shell.command = shown
  yield* runDebugTrap(shell)
}

/** Runs one command and answers its status. */
export function* execute(shell: Shell, command: Command, tail: Tail): Run<number> {
  if (shell.traps.actions.has("DEBUG")) {
    // Those of a pipeline run in processes of their own, which have no traps.
    for (const each of command.kind === "pipeline" ? command.commands : [command]) yield* announce(shell, each)
  }
  switch (command.kind) {
    case "simple": {
      const status = yield* runSimple(shell, command, tail)
      shell.stages = undefined
      return status === 0 ? 0 : yield* failed(shell, status)
    }
    case "pipeline": {
      const status = yield* runPipeline(shell, command)
      return status === 0 || command.negated ? status : yield* failed(shell, status)
    }
    case "subshell": {
      const status = yield* runSubshell(shell, command, tail)
      shell.stages = undefined
      return status === 0 ? 0 : yield* failed(shell, status)
    }
    case "test": {
      shell.line = command.line
      const status = yield* runTest(shell, command.expression)
      shell.stages = undefined
      return status === 0 ? 0 : yield* failed(shell, status)
    }
    case "arith": {
      shell.line = command.line
      const status = yield* runArithmetic(shell, command)
      shell.stages = undefined
      return status === 0 ? 0 : yield* failed(shell, status)
    }
    case "andor":
      return yield* runAndOr(shell, command.commands, command.operators, tail)
    case "group":
      return yield* runList(shell, command.body, tail)
    case "if":
      return yield* runIf(shell, command, tail)
    case "for":
      return yield* runFor(shell, command)
    case "cfor":
      return yield* runArithmeticFor(shell, command)
    case "while":
      return yield* runLoop(shell, command)
    case "case":
      return yield* runCase(shell, command, tail)
    case "function":
      return yield* runFunction(shell, command)
    case "coproc":
      return yield* runCoprocess(shell, command)
    case "redirected": {
      shell.line = command.line
      const saved: Array<Saved> = []
      const open = shell.substituted.length
      const givesInput = command.redirections.some(({ descriptor }) => descriptor === 0)
      if (givesInput) shell.inputGiven++
      try {
        if (yield* apply(shell, command.redirections, saved)) return yield* execute(shell, command.command, false)
        return yield* failed(shell, 1)
      } finally {
        if (givesInput) shell.inputGiven--
        yield* restore(shell, saved)
        if (shell.substituted.length > open) yield* closeSubstituted(shell, open)
      }
    }
  }
}

function* runAndOr(
  shell: Shell,
  commands: ReadonlyArray<Command>,
  operators: ReadonlyArray<"&&" | "||">,
  tail: Tail
): Run<number> {
  const last = commands.length - 1
  let status = 0
  for (let at = 0; at <= last; at++) {
    if (at > 0 && (operators[at - 1] === "&&") !== (status === 0)) continue
    if (at === last) status = yield* execute(shell, commands[at]!, tail)
    else status = yield* asTest(shell, () => execute(shell, commands[at]!, false))
    shell.status = status
  }
  return status
}

/** Runs something whose status is asked for: `set -e` does not apply in it. */
export function* asTest(shell: Shell, run: () => Run<number>): Run<number> {
  shell.tested++
  try {
    return yield* run()
  } finally {
    shell.tested--
  }
}
