/**
 * Pipelines, subshells and the background: processes of this shell's own.
 *
 * @see sh(1p) Pipelines, Lists
 */
import { F_DUPFD_CLOEXEC } from "@effix/kernel/abi/Fcntl"
import { O_CLOEXEC, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import { SIGINT, SIGQUIT } from "@effix/kernel/abi/Signals"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { FileAction, SpawnOptions } from "@effix/kernel/Sys"
import { builtinOf } from "../builtins/table.js"
import { expandFields } from "../expand/words.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import type * as Ast from "../syntax/Ast.js"
import { asTest, execute, runList, type Tail } from "./evaluate.js"
import { foreground, groupOptions } from "./job.js"
import { cannotFork, spawnShell } from "./process.js"
import { start } from "./program.js"
import { apply } from "./redirect.js"
import { writeAll } from "./report.js"
import { isFound, search } from "./search.js"
import { timed } from "./time.js"
import { reap } from "./wait.js"

export function* runPipeline(shell: Shell, command: Ast.Pipeline): Run<number> {
  if (command.timed !== false) {
    return yield* timed(shell, command.timed === "posix", () => runPipeline(shell, { ...command, timed: false }))
  }
  const status = command.negated ? yield* asTest(shell, () => stages(shell, command)) : yield* stages(shell, command)
  if (!command.negated) return status
  if (command.commands.length === 1) shell.stages = [status]
  return status === 0 ? 1 : 0
}

function* stages(shell: Shell, command: Ast.Pipeline): Run<number> {
  const [only] = command.commands
  if (only === undefined) return 0
  if (command.commands.length === 1) return yield* execute(shell, only, false)
  const statuses: Array<number> = []
  if (shell.options.lastpipe && !shell.options.monitor) return yield* lastHere(shell, command)
  const pids = yield* startStages(shell, command, false)
  if (Errno.isErrno(pids)) return yield* cannotFork(shell, pids)
  const status = yield* foreground(shell, pids, () => command.source, true, statuses)
  shell.stages = statuses
  return status
}

/** `shopt -s lastpipe`: the last stage runs in this shell. */
function* lastHere(shell: Shell, command: Ast.Pipeline): Run<number> {
  const last = command.commands.length - 1
  const made = yield* connect(shell)
  if (Errno.isErrno(made)) return yield* cannotFork(shell, made)
  const [reader, writer] = made
  const before = { ...command, commands: command.commands.slice(0, last), errors: command.errors.slice(0, last) }
  const pids = yield* startStages(shell, before, false, writer)
  yield* call(shell.sys.close(writer))
  const kept = yield* call(shell.sys.fcntl(0, F_DUPFD_CLOEXEC, 10))
  yield* call(shell.sys.dup2(reader, 0))
  yield* call(shell.sys.close(reader))
  try {
    const status = yield* execute(shell, command.commands[last]!, false)
    if (!Errno.isErrno(pids)) {
      const statuses: Array<number> = []
      const others = yield* foreground(shell, pids, () => command.source, true, statuses)
      shell.stages = [...statuses, status]
      if (shell.options.pipefail && status === 0) return others
    }
    return status
  } finally {
    if (Errno.isErrno(kept)) yield* call(shell.sys.close(0))
    else {
      yield* call(shell.sys.dup2(kept, 0))
      yield* call(shell.sys.close(kept))
    }
  }
}

/** A pipe whose ends are out of the way of the standard descriptors. */
export function* connect(shell: Shell): Run<readonly [number, number] | Errno.Any> {
  const pipe = yield* call(shell.sys.pipe(O_CLOEXEC))
  if (Errno.isErrno(pipe) || (pipe[0] > 2 && pipe[1] > 2)) return pipe
  const ends: Array<number> = []
  for (const end of pipe) {
    const moved = yield* call(shell.sys.fcntl(end, F_DUPFD_CLOEXEC, 10))
    yield* call(shell.sys.close(end))
    if (Errno.isErrno(moved)) return moved
    ends.push(moved)
  }
  return [ends[0]!, ends[1]!]
}

/** Starts all stages; answers their pids. */
function* startStages(
  shell: Shell,
  command: Ast.Pipeline,
  background: boolean,
  output?: number
): Run<Array<number> | Errno.Any> {
  const { commands, errors } = command
  const pids: Array<number> = []
  let input: number | undefined
  for (let at = 0; at < commands.length; at++) {
    const last = at === commands.length - 1
    const pipe = last ? undefined : yield* connect(shell)
    if (Errno.isErrno(pipe)) {
      if (input !== undefined) yield* call(shell.sys.close(input))
      return pipe
    }
    const to = pipe?.[1] ?? output
    const actions: Array<FileAction> = []
    if (input !== undefined) actions.push({ _tag: "Dup2", from: input, to: 0 }, { _tag: "Close", fd: input })
    if (to !== undefined) actions.push({ _tag: "Dup2", from: to, to: 1 }, { _tag: "Close", fd: to })
    if (to !== undefined && errors[at] === true) actions.push({ _tag: "Dup2", from: 1, to: 2 })
    if (pipe !== undefined) actions.push({ _tag: "Close", fd: pipe[0] })
    const group = groupOptions(shell, pids[0] ?? 0, background)
    const options: SpawnOptions = { ...group, actions: [...(group.actions ?? []), ...actions] }
    const pid = yield* startStage(shell, commands[at]!, options, background && at === 0)
    if (input !== undefined) yield* call(shell.sys.close(input))
    if (pipe !== undefined) yield* call(shell.sys.close(pipe[1]))
    input = pipe?.[0]
    if (typeof pid !== "number") {
      if (input !== undefined) yield* call(shell.sys.close(input))
      return pid
    }
    pids.push(pid)
  }
  return pids
}

/** Whether expanding a command's words in this shell instead of in the stage can be seen from nowhere. */
const isQuiet = (command: Ast.Simple): boolean =>
  command.assignments.length === 0 && command.redirections.length === 0 && command.words.length > 0 &&
  command.words.every((word) => word.literal !== undefined)

/** One stage: a program at once, if it is no more than that; anything else in a copy of the shell. */
function* startStage(
  shell: Shell,
  command: Ast.Command,
  options: SpawnOptions,
  detach: boolean
): Run<number | Errno.Any> {
  if (command.kind === "simple" && isQuiet(command) && !detach && !shell.options.xtrace) {
    const name = command.words[0]!.literal!
    if (builtinOf(shell, name) === undefined && !shell.functions.has(name)) {
      const found = yield* search(shell, name)
      if (isFound(found)) {
        const argv = yield* expandFields(shell, command.words)
        return yield* start(shell, command, found, argv, shell.environment(), options)
      }
    }
  }
  return yield* spawnShell(shell, options, function*(child) {
    if (detach) yield* detached(child, !shell.options.monitor)
    return yield* asProcess(child, command)
  })
}

/** Runs a command as all that a process does: parentheses make no second one. */
function* asProcess(child: Shell, command: Ast.Command): Run<number> {
  if (command.kind !== "simple") child.loops = 0
  if (command.kind === "subshell") return yield* runList(child, command.body, true)
  if (command.kind === "redirected" && command.command.kind === "subshell") {
    child.line = command.line
    return (yield* apply(child, command.redirections, [])) ? yield* asProcess(child, command.command) : 1
  }
  return yield* execute(child, command, true)
}

export function* runSubshell(shell: Shell, command: Ast.Subshell, tail: Tail): Run<number> {
  shell.line = command.line
  const group = groupOptions(shell)
  const pid = yield* spawnShell(shell, group, (child) => asProcess(child, command))
  if (Errno.isErrno(pid)) return yield* cannotFork(shell, pid)
  void tail
  return yield* foreground(
    shell,
    [pid],
    () => `( ${command.body.statements.map(({ source }) => source).join("; ")} )`,
    false
  )
}

/** A list in the background without job control neither hears ^C nor reads what is typed. */
function* detached(child: Shell, ignores: boolean): Run<void> {
  if (!ignores) return
  yield* call(child.sys.sigaction(SIGINT, { disposition: "ignore" }))
  yield* call(child.sys.sigaction(SIGQUIT, { disposition: "ignore" }))
  if (child.inputGiven > 0) return
  const nothing = yield* call(child.sys.open("/dev/null", O_RDONLY))
  if (typeof nothing === "number" && nothing !== 0) {
    yield* call(child.sys.dup2(nothing, 0))
    yield* call(child.sys.close(nothing))
  }
}

export function* runBackground(shell: Shell, statement: Ast.Statement): Run<number> {
  const { command } = statement
  if (!shell.interactive) yield* reap(shell)
  let pids: Array<number> | Errno.Any
  if (command.kind === "pipeline" && !command.negated && command.timed === false && command.commands.length > 1) {
    pids = yield* startStages(shell, command, true)
  } else {
    const pid = yield* spawnShell(shell, groupOptions(shell, 0, true), function*(child) {
      yield* detached(child, !shell.options.monitor)
      return yield* asProcess(child, command)
    })
    pids = Errno.isErrno(pid) ? pid : [pid]
  }
  if (Errno.isErrno(pids)) return yield* cannotFork(shell, pids)
  const job = shell.jobs.add(shell.options.monitor ? pids[0]! : 0, pids, statement.source, true)
  shell.lastBackground = pids[pids.length - 1]!
  if (shell.interactive) yield* writeAll(shell, 2, Bytes.encode(`[${job.id}] ${shell.lastBackground}\n`))
  return 0
}
