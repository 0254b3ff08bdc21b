/**
 * Simple commands: expansion, assignments, redirections, and then a builtin, a function or a program.
 *
 * @see sh(1p) Simple Commands
 */
import * as Effect from "effect/Effect"
import { declarations, specialBuiltins } from "../builtins/names.js"
import { restoreOptions } from "../builtins/set.js"
import { builtinOf, type Context } from "../builtins/table.js"
import { asWritten, expandInto, expandText } from "../expand/words.js"
import { AssignmentFailed, Exit, Fatal, Return } from "../state/Control.js"
import type { FunctionDefinition, Run, Saved, Shell } from "../state/Shell.js"
import type { Variable } from "../state/Variables.js"
import type { Assignment, Simple, Word } from "../syntax/Ast.js"
import { parse } from "../syntax/parse.js"
import { assign } from "./assign.js"
import { checkpoint, execute, type Tail } from "./evaluate.js"
import { foreground, groupOptions } from "./job.js"
import { cannotFork, spawnShell } from "./process.js"
import { runProgram } from "./program.js"
import { apply, forget, restore } from "./redirect.js"
import { report } from "./report.js"
import { isFound, look } from "./search.js"
import { closeSubstituted } from "./substitution.js"
import { traceCommand, traceText } from "./trace.js"
import { hideTraps, runDebugTrap, runReturnTrap } from "./traps.js"

/** The deepest nesting of functions. */
const functionsMax = 2000
/** Calls after which the next goes on with a stack of its own: the host's bears no more than some hundreds. */
const callsPerStack = 100

export function* runSimple(shell: Shell, command: Simple, tail: Tail): Run<number> {
  const argv: Array<string> = []
  try {
    return yield* runExpanded(shell, shell.options.keyword ? withKeywords(command) : command, tail, argv)
  } finally {
    shell.lastArgument = argv[argv.length - 1] ?? ""
  }
}

/** `set -k`: the assignments among the arguments count as if they stood before the command. */
const withKeywords = (command: Simple): Simple => {
  const words: Array<Word> = []
  const assignments = [...command.assignments]
  for (const word of command.words) {
    const written = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/.test(word.source)
      ? parse(word.source).list.statements[0]?.command
      : undefined
    if (written?.kind === "simple" && written.words.length === 0) assignments.push(...written.assignments)
    else words.push(word)
  }
  return { ...command, words, assignments }
}

/** Runs a simple command, whose words become `argv`. */
function* runExpanded(shell: Shell, command: Simple, tail: Tail, argv: Array<string>): Run<number> {
  shell.line = command.line
  if (!shell.traps.running) shell.command = command
  shell.substitution = undefined
  const words = asWritten(shell, command.words)
  const open = shell.substituted.length
  const context: Context = { assignments: undefined, tail }
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (word.literal !== undefined && word.assignment === undefined) argv.push(word.literal)
    else if (word.assignment !== undefined && declarations.has(argv[0] ?? "")) {
      yield* declaration(shell, word.assignment, argv, context)
    } else yield* expandInto(shell, word, argv)
  }
  const name = argv[0]
  if (name === undefined) return yield* runAssignments(shell, command, open)
  const special = specialBuiltins.has(name)
  const definition = special && shell.options.posix ? undefined : shell.functions.get(name)
  const builtin = definition === undefined ? builtinOf(shell, name) : undefined
  if (definition === undefined && builtin === undefined) {
    const handler = shell.functions.get(NOT_FOUND)
    if (handler !== undefined && !name.includes("/") && !isFound(yield* look(shell, name))) {
      const status = yield* handled(shell, handler, command, argv)
      if (shell.substituted.length > open) yield* closeSubstituted(shell, open)
      return status
    }
    const status = yield* runProgram(shell, command, argv, tail)
    if (shell.substituted.length > open) yield* closeSubstituted(shell, open)
    return status
  }
  if (command.redirections.length === 0 && command.assignments.length === 0 && shell.substituted.length === open) {
    // The usual case, without anything to put back.
    if (shell.options.xtrace) yield* traceCommand(shell, argv)
    return definition === undefined
      ? yield* runBuiltin(shell, special, builtin!(shell, argv, context))
      : yield* callFunction(shell, name, definition, argv)
  }
  const saved: Array<Saved> = []
  let keep = false
  const temporary: Array<readonly [string, Variable | undefined]> = []
  try {
    if (!(yield* apply(shell, command.redirections, saved))) {
      if (special && shell.options.posix && !shell.interactive) throw new Exit(1, true)
      return 1
    }
    yield* prefixes(shell, command.assignments, special && shell.options.posix ? undefined : temporary)
    if (shell.options.xtrace) yield* traceCommand(shell, argv)
    if (definition !== undefined) return yield* callFunction(shell, name, definition, argv)
    const status = yield* runBuiltin(shell, special, builtin!(shell, argv, context))
    keep = name === "exec" && argv.length === 1
    return status
  } finally {
    const staying = temporary.length === 0 ? [] : keeping(argv)
    for (const [variable, before] of temporary.reverse()) {
      if (!staying.includes(variable)) shell.variables.restore(variable, before)
    }
    if (keep) yield* forget(shell, saved)
    else yield* restore(shell, saved)
    if (shell.substituted.length > open) yield* closeSubstituted(shell, open)
  }
}

/** The variables whose assignment before a declaration outlives it: what was exported or made constant is there to stay. */
const keeping = (argv: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [name, ...rest] = argv
  const stays = name === "export" || name === "readonly" ||
    (name === "declare" || name === "typeset") && rest.some((argument) => /^-\w*[xr]/.test(argument))
  return stays ? rest.map((argument) => /^\w*/.exec(argument)![0]) : []
}

/** The function that is called, in a process of its own, with a command that there is not. */
const NOT_FOUND = "command_not_found_handle"

function* handled(
  shell: Shell,
  handler: FunctionDefinition,
  command: Simple,
  argv: ReadonlyArray<string>
): Run<number> {
  if (shell.options.xtrace) yield* traceCommand(shell, argv)
  const pid = yield* spawnShell(shell, groupOptions(shell), function*(child) {
    if (!(yield* apply(child, command.redirections, []))) return 1
    yield* prefixes(child, command.assignments, [])
    return yield* callFunction(child, NOT_FOUND, handler, [NOT_FOUND, ...argv])
  })
  return typeof pid === "number"
    ? yield* foreground(shell, [pid], () => argv.join(" "), false)
    : yield* cannotFork(shell, pid)
}

/** An assignment among the arguments of `export`, `local` and the like: neither split nor matched against files. */
function* declaration(shell: Shell, assignment: Assignment, argv: Array<string>, context: Context): Run<void> {
  const { append, index, name, value } = assignment
  if (!("pieces" in value)) {
    ;(context.assignments ??= new Map()).set(argv.length, assignment)
    argv.push(name)
    return
  }
  const key = index === undefined ? "" : `[${yield* expandText(shell, index)}]`
  argv.push(`${name}${key}${append ? "+=" : "="}${yield* expandText(shell, value)}`)
}

/** Assignments without a command: they stay. */
function* runAssignments(shell: Shell, command: Simple, open: number): Run<number> {
  const saved: Array<Saved> = []
  try {
    for (const assignment of command.assignments) {
      const text = yield* assign(shell, assignment)
      if (shell.options.xtrace) yield* traceText(shell, text)
    }
    // They are for nobody: only what opening the files does stays.
    if (command.redirections.length > 0 && !(yield* apply(shell, command.redirections, saved))) return 1
  } finally {
    if (saved.length > 0) yield* restore(shell, saved)
    if (shell.substituted.length > open) yield* closeSubstituted(shell, open)
  }
  return shell.substitution ?? 0
}

/** Assignments before a command: they are for its time only, unless `temporary` is left out. */
export function* prefixes(
  shell: Shell,
  assignments: ReadonlyArray<Assignment>,
  temporary: Array<readonly [string, Variable | undefined]> | undefined
): Run<void> {
  for (const assignment of assignments) {
    if (temporary !== undefined) {
      const name = shell.variables.resolve(assignment.name)
      temporary.push([name, shell.variables.get(name)])
    }
    try {
      const text = yield* assign(shell, assignment)
      if (temporary !== undefined) shell.variables.mark(assignment.name, { exported: true })
      if (shell.options.xtrace) yield* traceText(shell, text)
    } catch (error) {
      // The command is run without it.
      if (!(error instanceof AssignmentFailed) || shell.options.posix) throw error
      yield* report(shell, error.message!)
    }
  }
}

/** Runs a builtin; an error of a special one ends a shell that is not interactive. */
function* runBuiltin(shell: Shell, special: boolean, run: Run<number>): Run<number> {
  try {
    return yield* run
  } catch (error) {
    if (!(error instanceof Fatal) || (special && shell.options.posix) || error.message === undefined) throw error
    yield* report(shell, error.message)
    return error.status === 127 ? 1 : error.status
  }
}

/** Runs a part of the program that may nest deeply: what it throws, it throws here. */
function* onFreshStack(run: () => Run<number>): Run<number> {
  const outcome = yield* Effect.gen(function*() {
    try {
      return { _tag: "Done", status: yield* run() } as const
    } catch (error) {
      return { _tag: "Thrown", error } as const
    }
  })
  if (outcome._tag === "Thrown") throw outcome.error
  return outcome.status
}

function* runBody(shell: Shell, { body }: FunctionDefinition): Run<number> {
  try {
    return yield* execute(shell, body, false)
  } catch (error) {
    if (error instanceof Return) return error.status
    throw error
  }
}

/** Calls a function: its arguments, its scope of local variables. */
export function* callFunction(
  shell: Shell,
  name: string,
  definition: FunctionDefinition,
  argv: ReadonlyArray<string>
): Run<number> {
  const asked = Number(shell.variables.value("FUNCNEST") ?? 0)
  const deepest = asked > 0 ? Math.min(asked, functionsMax) : functionsMax
  if (shell.frames.length >= deepest) {
    yield* report(shell, `${name}: maximum function nesting level exceeded (${deepest})`)
    throw new Fatal(1, undefined, true)
  }
  const { frames, loops, optionOffset, ownOptions: outerOptions, positional } = shell
  shell.frames = [...frames, { name, file: definition.file, line: shell.line, kind: "function" }]
  shell.positional = argv.slice(1)
  shell.loops = 0
  shell.ownOptions = undefined
  shell.variables.pushScope()
  const showTraps = shell.traps.actions.size === 0 ? undefined : hideTraps(shell, definition.traced)
  try {
    yield* checkpoint(shell)
    if (shell.traps.actions.has("DEBUG")) {
      shell.line = definition.line
      yield* runDebugTrap(shell)
    }
    const status = yield* shell.frames.length % callsPerStack === 0
      ? onFreshStack(() => runBody(shell, definition))
      : runBody(shell, definition)
    if (shell.traps.actions.has("RETURN")) yield* runReturnTrap(shell)
    return status
  } catch (error) {
    if (error instanceof Fatal) error.speaker ??= definition.file
    throw error
  } finally {
    showTraps?.()
    const ownIndex = shell.variables.localNames().includes("OPTIND")
    shell.variables.popScope()
    if (ownIndex) shell.optionOffset = optionOffset
    if (shell.ownOptions !== undefined) yield* restoreOptions(shell, shell.ownOptions)
    shell.ownOptions = outerOptions
    shell.loops = loops
    shell.positional = positional
    shell.frames = frames
  }
}
