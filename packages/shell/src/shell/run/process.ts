/**
 * Processes that run a copy of this shell: subshells, stages of pipelines, substitutions.
 *
 * @see sh(1p) Shell Execution Environment
 */
import { SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU } from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
import * as SignalSet from "@effix/kernel/SignalSet"
import { type SpawnOptions, Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { Exit, Fatal, Interrupted, LoopJump, Return } from "../state/Control.js"
import { call, type Run, Shell } from "../state/Shell.js"
import { report, tell } from "./report.js"
import { runExitTrap } from "./traps.js"

/** The signals that an interactive shell ignores or catches, and its children do not. */
const interactiveSignals: ReadonlyArray<readonly [string, number]> = [
  ["INT", SIGINT],
  ["QUIT", SIGQUIT],
  ["TERM", SIGTERM],
  ["TSTP", SIGTSTP],
  ["TTIN", SIGTTIN],
  ["TTOU", SIGTTOU]
]

/** What the children of `shell` have to set back to the default. */
export const childSignals = (shell: Shell): SignalSet.SignalSet | undefined => {
  if (!shell.interactive && shell.terminal === undefined) return undefined
  let set = SignalSet.empty
  for (const [name, signal] of interactiveSignals) {
    if (shell.traps.actions.get(name) !== "") set = SignalSet.add(set, signal)
  }
  return set
}

/** The exit status that an exception stands for; what is no exception of the shell's own goes on. */
export function* statusOf(shell: Shell, error: unknown): Run<number> {
  if (error instanceof Exit || error instanceof Return) return error.status
  if (error instanceof LoopJump) return shell.status
  if (error instanceof Interrupted) return 128 + error.signal
  if (error instanceof Fatal) {
    yield* tell(shell, error)
    // What bash answers: 127 when the commands came with `-c`, 1 from a file or in a subshell.
    const fromCommand = shell.from === "c" && shell.subshell === 0
    if (error.status === 127) return fromCommand ? 127 : 1
    return error.discard && error.status === 1 && fromCommand && shell.options.posix ? 127 : error.status
  }
  if (error instanceof RangeError) {
    // The host's stack is the limit of recursion: a function without an end.
    yield* report(shell, "maximum nesting level exceeded")
    return 2
  }
  throw error
}

/** Runs `body` as the whole of a process: whatever ends it, its EXIT trap runs. */
export function* runToEnd(shell: Shell, body: (shell: Shell) => Run<number>): Run<number> {
  let status: number
  try {
    status = yield* body(shell)
  } catch (error) {
    status = yield* statusOf(shell, error)
  }
  return yield* runExitTrap(shell, status)
}

/** Starts a copy of `shell` as a process of its own. */
export function* spawnShell(
  shell: Shell,
  options: SpawnOptions,
  body: (child: Shell) => Run<number>
): Run<number | Errno.Any> {
  const child = new Shell(shell.sys, shell)
  const program = Effect.flatMap(Sys, (sys) => {
    child.sys = sys
    return Effect.gen(() => start(child, body))
  })
  const signalDefault = childSignals(shell)
  return yield* call(shell.sys.spawn(program, signalDefault === undefined ? options : { ...options, signalDefault }))
}

function* start(child: Shell, body: (child: Shell) => Run<number>): Run<number> {
  child.self = yield* child.sys.getpid()
  child.random.fork(child.self)
  return yield* runToEnd(child, body)
}

/** The status of a process that could not be started, and the complaint. */
export function* cannotFork(shell: Shell, errno: Errno.Any): Run<number> {
  yield* report(shell, `fork: ${Errno.text(errno._tag)}`)
  return 254
}
