/**
 * `coproc NAME command`: a process in the background, with a pipe each way.
 *
 * @see bash(1) Coprocesses
 */
import { F_GETFD } from "@effix/kernel/abi/Fcntl"
import { O_CLOEXEC } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { FileAction } from "@effix/kernel/Sys"
import { stateOf } from "../state/Jobs.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import type * as Ast from "../syntax/Ast.js"
import { execute } from "./evaluate.js"
import { groupOptions } from "./job.js"
import { connect } from "./pipeline.js"
import { cannotFork, spawnShell } from "./process.js"

/** Moves a descriptor to the highest number below 64 that is free: the low ones are the script's. */
function* raised(shell: Shell, fd: number): Run<number> {
  for (let high = 63; high > fd; high--) {
    if (!Errno.isErrno(yield* call(shell.sys.fcntl(high, F_GETFD)))) continue
    const moved = yield* call(shell.sys.dup3(fd, high, O_CLOEXEC))
    if (Errno.isErrno(moved)) return fd
    yield* call(shell.sys.close(fd))
    return high
  }
  return fd
}

/** `coproc NAME command`: a background process with a pipe each way. */
export function* runCoprocess(shell: Shell, command: Ast.Coprocess): Run<number> {
  const down = yield* connect(shell)
  if (Errno.isErrno(down)) return yield* cannotFork(shell, down)
  const up = yield* connect(shell)
  if (Errno.isErrno(up)) return yield* cannotFork(shell, up)
  const actions: ReadonlyArray<FileAction> = [
    { _tag: "Dup2", from: down[0], to: 0 },
    { _tag: "Dup2", from: up[1], to: 1 },
    ...[...down, ...up].map((fd): FileAction => ({ _tag: "Close", fd }))
  ]
  const pid = yield* spawnShell(
    shell,
    { ...groupOptions(shell, 0, true), actions },
    (child) => execute(child, command.body, true)
  )
  yield* call(shell.sys.close(down[0]))
  yield* call(shell.sys.close(up[1]))
  if (Errno.isErrno(pid)) return yield* cannotFork(shell, pid)
  const reader = yield* raised(shell, up[0])
  const writer = yield* raised(shell, down[1])
  shell.variables.makeArray(command.name, false, false)
  shell.variables.setElement(command.name, 0, String(reader))
  shell.variables.setElement(command.name, 1, String(writer))
  shell.assign(`${command.name}_PID`, String(pid))
  shell.lastBackground = pid
  shell.coprocesses = [...shell.coprocesses, { name: command.name, pid, fds: [reader, writer] }]
  shell.jobs.add(shell.options.monitor ? pid : 0, [pid], `coproc ${command.name}`, true)
  return 0
}

/** Closes the pipes to coprocesses that have been waited for, and forgets their names. */
export function* disposeCoprocesses(shell: Shell): Run<void> {
  const ended = shell.coprocesses.filter(({ pid }) => {
    const job = shell.jobs.byPid(pid)
    return job === undefined || stateOf(job) === "done"
  })
  if (ended.length === 0) return
  shell.coprocesses = shell.coprocesses.filter((coprocess) => !ended.includes(coprocess))
  for (const { fds, name } of ended) {
    for (const fd of fds) yield* call(shell.sys.close(fd))
    for (const variable of [name, `${name}_PID`]) {
      if (shell.variables.get(variable)?.readonly !== true) shell.variables.unset(variable)
    }
  }
}
