/**
 * Waiting for children.
 *
 * @see wait(2)
 */
import { SIGKILL } from "@effix/kernel/abi/Signals"
import { type WaitStatus, WNOHANG, WUNTRACED } from "@effix/kernel/abi/WaitStatus"
import * as Errno from "@effix/kernel/Errno"
import { call, type Run, type Shell } from "../state/Shell.js"

const unknown: WaitStatus = { _tag: "Signaled", signal: SIGKILL, coreDumped: false }

/** Waits until the child ends, or stops if `stopped`; signals that come meanwhile are dealt with afterwards. */
export function* waitFor(shell: Shell, pid: number, stopped = false): Run<WaitStatus> {
  for (;;) {
    const waited = yield* call(shell.sys.wait(pid, stopped ? WUNTRACED : 0))
    if (waited === undefined) continue
    // Signals that came meanwhile are delivered by the next system call.
    if (shell.traps.actions.size > 0) yield* shell.sys.sigpending()
    if (!Errno.isErrno(waited)) return waited.status
    if (waited._tag !== "EINTR") return unknown
  }
}

/** Takes note of children that have changed, without waiting. */
export function* reap(shell: Shell): Run<void> {
  for (const job of [...shell.jobs.list]) {
    for (const process of job.processes) {
      const ended = process.status?._tag === "Exited" || process.status?._tag === "Signaled"
      if (!ended) yield* poll(shell, process.pid)
    }
  }
  for (const pid of shell.jobs.children) {
    const waited = yield* call(shell.sys.wait(pid, WNOHANG))
    if (waited === undefined) continue
    shell.jobs.children.delete(pid)
    if (!Errno.isErrno(waited)) shell.jobs.remember(pid, waited.status)
  }
}

function* poll(shell: Shell, pid: number): Run<void> {
  const waited = yield* call(shell.sys.wait(pid, WNOHANG | (shell.options.monitor ? WUNTRACED : 0)))
  if (waited === undefined) return
  shell.jobs.update(pid, Errno.isErrno(waited) ? unknown : waited.status)
}
