/**
 * Programs: found along PATH, started with their redirections, waited for.
 *
 * @see sh(1p) Command Search and Execution
 */
import { O_CLOEXEC, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { FileAction, SpawnOptions } from "@effix/kernel/Sys"
import { call, type Run, type Shell } from "../state/Shell.js"
import type { Variable } from "../state/Variables.js"
import type { Simple } from "../syntax/Ast.js"
import type { Tail } from "./evaluate.js"
import { foreground, groupOptions } from "./job.js"
import { cannotFork, childSignals, spawnShell } from "./process.js"
import { actionsOf, apply } from "./redirect.js"
import { report } from "./report.js"
import { type Found, isFound, search } from "./search.js"
import { prefixes } from "./simple.js"
import { traceCommand } from "./trace.js"

/** The environment of a program: what is exported, and the assignments before its name. */
function* environment(shell: Shell, command: Simple): Run<Readonly<Record<string, string>>> {
  if (command.assignments.length === 0) return shell.environment()
  const temporary: Array<readonly [string, Variable | undefined]> = []
  try {
    yield* prefixes(shell, command.assignments, temporary)
    return shell.environment()
  } finally {
    for (const [name, before] of temporary.reverse()) shell.variables.restore(name, before)
  }
}

export function* runProgram(shell: Shell, command: Simple, argv: ReadonlyArray<string>, tail: Tail): Run<number> {
  const env = yield* environment(shell, command)
  if (shell.options.xtrace) yield* traceCommand(shell, argv)
  const path = env["PATH"] !== undefined && command.assignments.some((one) => one.name === "PATH")
    ? env["PATH"]
    : undefined
  if (tail && mayReplace(shell)) {
    if (!(yield* apply(shell, command.redirections, undefined))) return 1
    return yield* replace(shell, yield* search(shell, argv[0]!, path), argv, env)
  }
  const found = yield* search(shell, argv[0]!, path)
  const pid = yield* start(shell, command, found, argv, env, {}, path)
  if (typeof pid === "number") return yield* foreground(shell, [pid], () => command.source, false)
  return yield* cannotFork(shell, pid)
}

/** Whether a program may take this process over: nothing is left to do after it. */
const mayReplace = (shell: Shell): boolean =>
  !shell.interactive && !shell.options.monitor && shell.traps.actions.size === 0 && shell.traps.pending.length === 0

/** Starts a program as a child; in it the redirections are made, and what is wrong with them or it is told. */
export function* start(
  shell: Shell,
  command: Simple,
  found: Found,
  argv: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  options: SpawnOptions,
  path?: string
): Run<number | Errno.Any> {
  const group = groupOptions(shell)
  const actions = actionsOf(shell, command.redirections)
  if (isFound(found) && actions !== undefined) {
    const signalDefault = childSignals(shell)
    const pid = yield* call(shell.sys.spawn(found.path, {
      ...group,
      ...options,
      ...(signalDefault === undefined ? {} : { signalDefault }),
      argv,
      env,
      actions: joined(group.actions, options.actions, actions)
    }))
    if (typeof pid === "number") return pid
    // What a search remembered may be gone: the next one looks again.
    if (pid._tag === "ENOENT") shell.hashed.delete(argv[0]!)
  }
  return yield* spawnShell(
    shell,
    { ...group, ...options, argv, actions: joined(group.actions, options.actions, []) },
    function*(child) {
      child.options.interactive = shell.options.interactive
      if (!(yield* apply(child, command.redirections, undefined))) return 1
      const again = isFound(found) && !argv[0]!.includes("/") ? yield* search(child, argv[0]!, path) : found
      return yield* replace(child, again, argv, env)
    }
  )
}

const joined = (...lists: ReadonlyArray<ReadonlyArray<FileAction> | undefined>): ReadonlyArray<FileAction> =>
  lists.flatMap((list) => list ?? [])

/** Whether the beginning of a file shows that it is no text. */
function* isBinary(shell: Shell, path: string): Run<boolean> {
  const fd = yield* call(shell.sys.open(path, O_RDONLY | O_CLOEXEC))
  if (Errno.isErrno(fd)) return false
  const head = new Uint8Array(80)
  const count = yield* call(shell.sys.read(fd, head))
  yield* call(shell.sys.close(fd))
  if (typeof count !== "number") return false
  const line = head.subarray(0, count)
  const end = line.indexOf(10)
  return line.subarray(0, end < 0 ? count : end).includes(0)
}

/** Replaces the shell by a program; comes back with an exit status only when that cannot be done. */
export function* replace(
  shell: Shell,
  found: Found,
  argv: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>
): Run<number> {
  if (!isFound(found)) {
    yield* report(shell, found.message)
    return found.status
  }
  const { path } = found
  let failed: Errno.Any = yield* call(shell.sys.exec(path, argv, env))
  if (failed._tag === "ENOEXEC") {
    if (yield* isBinary(shell, path)) {
      yield* report(shell, `${path}: cannot execute binary file: ${Errno.text(failed._tag)}`)
      return 126
    }
    // A text without `#!` is a script of this shell.
    failed = yield* call(shell.sys.exec("/bin/sh", ["sh", path, ...argv.slice(1)], env))
  }
  yield* report(shell, `${path}: ${Errno.text(failed._tag)}`)
  return failed._tag === "ENOENT" ? 127 : 126
}
