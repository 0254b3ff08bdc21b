/**
 * Compound commands: `if`, `for`, `while`, `case`, `((…))`, and the definition of functions.
 *
 * @see sh(1p) Compound Commands
 */
import * as Bytes from "@effix/kernel/Bytes"
import { specialBuiltins } from "../builtins/names.js"
import { readLine } from "../builtins/readLine.js"
import { arithmetic } from "../expand/arithmetic.js"
import { compiled } from "../expand/parameters.js"
import * as Values from "../expand/values.js"
import { expandFields, expandPattern, expandText } from "../expand/words.js"
import { AssignmentFailed, Fatal, LoopJump } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import type * as Ast from "../syntax/Ast.js"
import { checkpoint, runList, type Tail } from "./evaluate.js"
import { report, writeAll } from "./report.js"
import { traceText } from "./trace.js"
import { runDebugTrap } from "./traps.js"

export function* runIf(shell: Shell, command: Ast.If, tail: Tail): Run<number> {
  for (const { body, test } of command.branches) {
    if ((yield* runTested(shell, test)) === 0) return yield* runList(shell, body, tail)
  }
  return command.otherwise === undefined ? 0 : yield* runList(shell, command.otherwise, tail)
}

function* runTested(shell: Shell, list: Ast.List): Run<number> {
  shell.tested++
  try {
    return yield* runList(shell, list, false)
  } finally {
    shell.tested--
  }
}

/** Whether a loop ends after a `break` or `continue` reached it; one that is for an outer loop goes on. */
const ends = (jump: unknown): jump is LoopJump => {
  if (!(jump instanceof LoopJump)) throw jump
  if (jump.levels > 1) {
    jump.levels--
    throw jump
  }
  return jump.kind === "break"
}

export function* runLoop(shell: Shell, command: Ast.While): Run<number> {
  let status = 0
  shell.loops++
  try {
    for (;;) {
      try {
        if (((yield* runTested(shell, command.test)) === 0) === command.until) return status
        status = yield* runList(shell, command.body, false)
      } catch (jump) {
        if (ends(jump)) return jump.status
        status = 0
      }
    }
  } finally {
    shell.loops--
  }
}

/** Gives the variable of a loop its next value. One that refuses it ends the loop, and no more than that. */
function* give(shell: Shell, { name }: Ast.For, value: string): Run<boolean> {
  try {
    if (shell.variables.get(name)?.reference === true) shell.variables.refer(name, value)
    else shell.variables.set(name, value)
  } catch (error) {
    if (!(error instanceof AssignmentFailed) || shell.options.posix) throw error
    yield* report(shell, error.message!)
    return false
  }
  if (shell.options.allexport) shell.variables.mark(name, { exported: true })
  return true
}

export function* runFor(shell: Shell, command: Ast.For): Run<number> {
  shell.line = command.line
  const words = command.words === undefined ? shell.positional : yield* expandFields(shell, command.words)
  if (!Values.isName(command.name)) {
    if (shell.options.posix) throw new Fatal(1, `\`${command.name}': not a valid identifier`)
    yield* report(shell, `\`${command.name}': not a valid identifier`)
    return 1
  }
  if (command.select) {
    if (shell.options.xtrace) yield* traceText(shell, command.source)
    return yield* runSelect(shell, command, words)
  }
  let status = 0
  shell.loops++
  try {
    for (const word of words) {
      yield* checkpoint(shell)
      if (shell.traps.actions.has("DEBUG")) {
        if (!shell.traps.running) shell.command = command
        yield* runDebugTrap(shell)
      }
      if (shell.options.xtrace) yield* traceText(shell, command.source)
      if (!(yield* give(shell, command, word))) return 1
      try {
        status = yield* runList(shell, command.body, false)
      } catch (jump) {
        if (ends(jump)) return jump.status
        status = 0
      }
    }
  } finally {
    shell.loops--
  }
  return status
}

const menu = (words: ReadonlyArray<string>): string => {
  const width = String(words.length).length
  return words.map((word, index) => `${String(index + 1).padStart(width)}) ${word}\n`).join("")
}

function* runSelect(shell: Shell, command: Ast.For, words: ReadonlyArray<string>): Run<number> {
  if (words.length === 0) return 0
  let status = 0
  let show = true
  shell.loops++
  try {
    for (;;) {
      if (show) yield* writeAll(shell, 2, Bytes.encode(menu(words)))
      yield* writeAll(shell, 2, Bytes.encode(Values.parameter(shell, "PS3") ?? "#? "))
      const line = yield* readLine(shell, 0)
      if (line === undefined) {
        yield* writeAll(shell, 1, Bytes.encode("\n"))
        return 1
      }
      shell.assign("REPLY", line)
      show = line.trim() === ""
      if (show) continue
      if (!(yield* give(shell, command, words[Number(line) - 1] ?? ""))) return 1
      try {
        status = yield* runList(shell, command.body, false)
      } catch (jump) {
        if (ends(jump)) return jump.status
      }
    }
  } finally {
    shell.loops--
  }
  return status
}

/** One of its expressions that cannot be evaluated ends the loop, and no more than that. */
export function* runArithmeticFor(shell: Shell, command: Ast.ArithmeticFor): Run<number> {
  try {
    return yield* countingLoop(shell, command)
  } catch (error) {
    if (!(error instanceof Uncounted)) throw error
    yield* report(shell, error.message)
    return 1
  }
}

/** An expression of `for ((…))` that cannot be evaluated. */
class Uncounted {
  constructor(readonly message: string) {}
}

function* countingLoop(shell: Shell, command: Ast.ArithmeticFor): Run<number> {
  shell.line = command.line
  let status = 0
  const clause = function*(source: Ast.ArithmeticSource) {
    if (shell.traps.actions.has("DEBUG")) {
      if (!shell.traps.running) shell.command = { source: `((${source.text.trim()}))` }
      yield* runDebugTrap(shell)
    }
    if (shell.options.xtrace) yield* traceText(shell, `(( ${source.text.trim()} ))`)
    try {
      return yield* arithmetic(shell, source)
    } catch (error) {
      if (!(error instanceof Fatal) || !error.discard) throw error
      throw new Uncounted(error instanceof AssignmentFailed ? error.message! : `((: ${error.message}`)
    }
  }
  if (command.first !== undefined) yield* clause(command.first)
  shell.loops++
  try {
    for (;;) {
      yield* checkpoint(shell)
      if (command.test !== undefined && (yield* clause(command.test)) == 0) return status
      try {
        status = yield* runList(shell, command.body, false)
      } catch (jump) {
        if (ends(jump)) return jump.status
        status = 0
      }
      if (command.next !== undefined) yield* clause(command.next)
    }
  } finally {
    shell.loops--
  }
}

export function* runCase(shell: Shell, command: Ast.Case, tail: Tail): Run<number> {
  shell.line = command.line
  if (shell.options.xtrace) yield* traceText(shell, `case ${command.word.source} in`)
  const word = yield* expandText(shell, command.word)
  let falls = false
  let status = 0
  for (const item of command.items) {
    let matches = falls
    for (const pattern of falls ? [] : item.patterns) {
      const text = pattern.literal ?? (yield* expandPattern(shell, pattern))
      if (pattern.literal === undefined || shell.options.nocasematch) matches = compiled(shell, text).test(word)
      else matches = text === word
      if (matches) break
    }
    if (!matches) continue
    status = item.body.statements.length === 0 ? 0 : yield* runList(shell, item.body, tail && item.terminator === ";;")
    if (item.terminator === ";;") return status
    falls = item.terminator === ";&"
  }
  return status
}

export function* runArithmetic(shell: Shell, command: Ast.ArithmeticCommand): Run<number> {
  if (shell.options.xtrace) yield* traceText(shell, `(( ${command.expression.text} ))`)
  try {
    return (yield* arithmetic(shell, command.expression)) == 0 ? 1 : 0
  } catch (error) {
    if (!(error instanceof Fatal) || !error.discard) throw error
    yield* report(shell, error instanceof AssignmentFailed ? error.message! : `((: ${error.message}`)
    return 1
  }
}

export function* runFunction(shell: Shell, command: Ast.Function): Run<number> {
  shell.line = command.line
  if (shell.options.posix && specialBuiltins.has(command.name)) {
    throw new Fatal(2, `\`${command.name}': is a special builtin`)
  }
  const before = shell.functions.get(command.name)
  if (before?.readonly === true) {
    yield* report(shell, `${command.name}: readonly function`)
    return 1
  }
  shell.defineFunction(command.name, {
    body: command.body,
    file: Values.fileOf(shell) ?? (shell.from === "c" ? "environment" : "main"),
    line: command.line,
    source: command.source,
    exported: before?.exported ?? false,
    readonly: false,
    traced: before?.traced ?? false
  })
  return 0
}
