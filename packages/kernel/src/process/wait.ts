/**
 * Waiting for children.
 *
 * @see wait(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { WCONTINUED, WNOHANG, WNOWAIT, WUNTRACED } from "../abi/WaitStatus.js"
import * as Errno from "../Errno.js"
import type { Process, ProcessTable } from "../ProcessTable.js"
import type { Waited } from "../Sys.js"
import * as WaitQueue from "../WaitQueue.js"

const matches = (child: Process, pid: number, caller: Process): boolean =>
  pid === -1 || (pid > 0 ? child.pid === pid : pid === 0 ? child.group === caller.group : child.group.id === -pid)

const isTold = (child: Process, options: number): boolean => {
  switch (child.status?._tag) {
    case "Stopped":
      return child.statusUntold && (options & WUNTRACED) !== 0
    case "Continued":
      return child.statusUntold && (options & WCONTINUED) !== 0
    default:
      return child.state === "zombie"
  }
}

/** The first child, in the order in which they changed, that the selector takes. */
const find = (table: ProcessTable, caller: Process, pid: number, options: number): Process | undefined => {
  const { changed } = caller
  if (changed === undefined || changed.size === 0) return undefined
  if (pid > 0) {
    const child = table.processes.get(pid)
    return child !== undefined && changed.has(child) && isTold(child, options) ? child : undefined
  }
  for (const child of changed) if (matches(child, pid, caller) && isTold(child, options)) return child
  return undefined
}

const hasChild = (table: ProcessTable, caller: Process, pid: number): boolean => {
  const { children } = caller
  if (children === undefined || children.size === 0) return false
  if (pid === -1) return true
  if (pid > 0) return table.processes.get(pid)?.parent === caller
  for (const child of children) if (matches(child, pid, caller)) return true
  return false
}

type WaitError = Errno.Errno<"ECHILD" | "EINVAL">

export const wait = (
  table: ProcessTable,
  reap: (child: Process) => void,
  caller: Process,
  pid: number,
  options: number
): Effect.Effect<Waited | undefined, WaitError | WaitQueue.Interrupted> => {
  if ((options & ~(WNOHANG | WUNTRACED | WCONTINUED | WNOWAIT)) !== 0) return Errno.fail("EINVAL")
  const attempt = (): WaitQueue.Attempt<Waited | undefined, WaitError> => {
    const child = find(table, caller, pid, options)
    if (child === undefined) {
      if (!hasChild(table, caller, pid)) return Errno.fail("ECHILD")
      return (options & WNOHANG) !== 0 ? Exit.succeed(undefined) : undefined
    }
    const waited: Waited = { pid: child.pid, status: child.status! }
    if ((options & WNOWAIT) === 0) {
      if (child.state === "zombie") reap(child)
      else {
        child.statusUntold = false
        caller.changed?.delete(child)
      }
    }
    return Exit.succeed(waited)
  }
  return attempt() ?? WaitQueue.sleep([caller.childChanged ??= WaitQueue.make()], attempt)
}
