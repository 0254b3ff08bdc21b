/**
 * Turning job control on and off.
 *
 * @see bash(1) JOB CONTROL
 */
import { F_DUPFD_CLOEXEC } from "@effix/kernel/abi/Fcntl"
import { O_CLOEXEC, O_RDWR } from "@effix/kernel/abi/OpenFlags"
import { SIGTSTP, SIGTTIN, SIGTTOU } from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
import { call, type Run, type Shell } from "../state/Shell.js"

/** The terminal that the shell controls jobs on, as a descriptor of its own. */
function* openTerminal(shell: Shell): Run<number | undefined> {
  const opened = yield* call(shell.sys.open("/dev/tty", O_RDWR | O_CLOEXEC))
  if (!Errno.isErrno(opened)) {
    const moved = yield* call(shell.sys.fcntl(opened, F_DUPFD_CLOEXEC, 10))
    yield* call(shell.sys.close(opened))
    return Errno.isErrno(moved) ? undefined : moved
  }
  for (const fd of [2, 0, 1]) {
    if ((yield* call(shell.sys.isatty(fd))) !== true) continue
    const moved = yield* call(shell.sys.fcntl(fd, F_DUPFD_CLOEXEC, 10))
    if (!Errno.isErrno(moved)) return moved
  }
  return undefined
}

/** Jobs get groups of their own; at a terminal the shell becomes its foreground group. */
export function* enableMonitor(shell: Shell, on: boolean): Run<void> {
  if (!on) {
    if (shell.terminal !== undefined) yield* call(shell.sys.close(shell.terminal))
    shell.terminal = undefined
    return
  }
  if (shell.terminal !== undefined) return
  const terminal = yield* openTerminal(shell)
  if (terminal === undefined) return
  const foreground = yield* call(shell.sys.tcgetpgrp(terminal))
  if (Errno.isErrno(foreground)) {
    yield* call(shell.sys.close(terminal))
    return
  }
  shell.terminal = terminal
  for (const signal of [SIGTTOU, SIGTTIN, SIGTSTP]) {
    yield* call(shell.sys.sigaction(signal, { disposition: "ignore" }))
  }
  const pid = yield* shell.sys.getpid()
  yield* call(shell.sys.setpgid(0, 0))
  yield* call(shell.sys.tcsetpgrp(terminal, pid))
}
