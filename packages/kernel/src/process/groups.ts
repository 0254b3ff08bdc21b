/**
 * Process groups and sessions: who is in which, and who may change that.
 *
 * @see setpgid(2)
 * @see credentials(7)
 */
import * as Exit from "effect/Exit"
import * as Errno from "../Errno.js"
import { type Process, ProcessGroup, type ProcessTable, Session } from "../ProcessTable.js"

/** Enters a group; the first one in makes it known. */
export const join = (table: ProcessTable, self: Process, group: ProcessGroup): void => {
  self.group = group
  group.members.add(self)
  if (group.members.size > 1) return
  group.session.groups.set(group.id, group)
  table.groups.set(group.id, group)
  table.sessions.set(group.session.id, group.session)
}

/** Leaves its group; the last one out ends it, and the last group ends its session. */
export const leave = (table: ProcessTable, self: Process): void => {
  const { group } = self
  group.members.delete(self)
  if (group.members.size > 0) return
  table.groups.delete(group.id)
  group.session.groups.delete(group.id)
  if (group.session.groups.size === 0) table.sessions.delete(group.session.id)
}

/** @see setpgid(2) */
export const set = (
  table: ProcessTable,
  caller: Process,
  pid: number,
  pgid: number
): Exit.Exit<void, Errno.Errno<"EACCES" | "EINVAL" | "EPERM" | "ESRCH">> => {
  if (pgid < 0) return Errno.fail("EINVAL")
  const target = pid === 0 ? caller : table.processes.get(pid)
  if (target === undefined || (target !== caller && target.parent !== caller)) return Errno.fail("ESRCH")
  if (target !== caller) {
    if (target.session !== caller.session) return Errno.fail("EPERM")
    if (target.executed) return Errno.fail("EACCES")
  }
  if (target.session.id === target.pid) return Errno.fail("EPERM")
  const id = pgid === 0 ? target.pid : pgid
  if (id === target.group.id) return Exit.void
  const known = table.groups.get(id)
  if (known === undefined ? id !== target.pid : known.session !== target.session) return Errno.fail("EPERM")
  const { session } = target
  leave(table, target)
  join(table, target, known ?? new ProcessGroup(id, session))
  return Exit.void
}

/** @see setsid(2) */
export const newSession = (table: ProcessTable, caller: Process): Exit.Exit<number, Errno.Errno<"EPERM">> => {
  if (table.groups.has(caller.pid)) return Errno.fail("EPERM")
  leave(table, caller)
  join(table, caller, new ProcessGroup(caller.pid, new Session(caller.pid)))
  return Exit.succeed(caller.pid)
}
