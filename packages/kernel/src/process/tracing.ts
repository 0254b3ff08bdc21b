/**
 * Tracing processes that run: who may, from when on, and until when.
 *
 * @see ptrace(2)
 */
import * as Exit from "effect/Exit"
import { CAP_SYS_PTRACE } from "../abi/Capabilities.js"
import * as CapabilitySet from "../CapabilitySet.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import { type Process, type ProcessTable, uncommonOf } from "../ProcessTable.js"
import { attach, detach, type Tracer } from "../Trace.js"
import { Image } from "./Image.js"

const mayTrace = ({ credentials: c }: Process, { credentials: t, uncommon }: Process): boolean =>
  capable(c, CAP_SYS_PTRACE) ||
  ((uncommon?.dumpable ?? 1) === 1 && [t.uid, t.euid, t.suid].every((uid) => uid === c.uid) &&
    [t.gid, t.egid, t.sgid].every((gid) => gid === c.gid) &&
    CapabilitySet.isSubset(t.permitted, c.permitted))

/** A process has a tracer, for as long as that one lives. */
export const own = (self: Process, tracer: Tracer): void => {
  ;(uncommonOf(self).tracing ??= new WeakSet()).add(tracer)
}

/** Has `tracer` told of the calls of a process, from its next one on. */
export const seize = (
  table: ProcessTable,
  self: Process,
  pid: number,
  tracer: Tracer
): Exit.Exit<void, Errno.Errno<"EPERM" | "ESRCH">> => {
  const target = table.processes.get(pid)
  if (target === undefined) return Errno.fail("ESRCH", { syscall: "ptrace" })
  const { task } = target
  if (target === self || !(task instanceof Image) || target.tracer !== undefined || !mayTrace(self, target)) {
    return Errno.fail("EPERM", { syscall: "ptrace" })
  }
  target.tracer = tracer
  own(self, tracer)
  if (task.sys !== undefined) attach(task.sys, target, tracer)
  return Exit.void
}

const release = (target: Process): void => {
  target.tracer = undefined
  if (target.task instanceof Image && target.task.sys !== undefined) detach(target.task.sys)
}

/** Has a process traced no more, by the one who traces it. */
export const letGo = (table: ProcessTable, self: Process, pid: number): Exit.Exit<void, Errno.Errno<"ESRCH">> => {
  const target = table.processes.get(pid)
  if (target?.tracer === undefined || self.uncommon?.tracing?.has(target.tracer) !== true) {
    return Errno.fail("ESRCH", { syscall: "ptrace" })
  }
  release(target)
  return Exit.void
}

/** Has everybody traced no more whose tracer `isOver`. */
export const letAllGo = (table: ProcessTable, isOver: (tracer: Tracer) => boolean): void => {
  for (const each of table.processes.values()) if (each.tracer !== undefined && isOver(each.tracer)) release(each)
}

/** Who traces a process; 0 for nobody. */
export const tracerOf = (table: ProcessTable, { tracer }: Process): number => {
  if (tracer === undefined) return 0
  for (const each of table.processes.values()) if (each.uncommon?.tracing?.has(tracer) === true) return each.pid
  return 0
}
