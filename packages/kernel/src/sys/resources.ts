/**
 * Calls about what processes may use up, and what they have.
 *
 * @see getrlimit(2)
 * @see getrusage(2)
 */
import * as Exit from "effect/Exit"
import { RUSAGE_CHILDREN, RUSAGE_SELF, RUSAGE_THREAD } from "../abi/Resources.js"
import * as Errno from "../Errno.js"
import * as Limits from "../process/limits.js"
import * as Priority from "../process/priority.js"
import { childUsageOf, usageOf } from "../process/usage.js"
import type { Process } from "../ProcessTable.js"
import type { Limit, ResourceUsage, Times } from "../Sys.js"
import type { Rooms } from "./Rooms.js"

/** @see prlimit(2) */
export const prlimit = (
  { processes: { table } }: Rooms,
  self: Process,
  pid: number,
  resource: number,
  limit: Limit | undefined
): Exit.Exit<Limit, Errno.Errno<"EINVAL" | "EPERM" | "ESRCH">> => {
  // A limit that is none is refused before anybody is looked for.
  if (limit !== undefined && limit.soft > limit.hard) return Errno.fail("EINVAL", { syscall: "prlimit" })
  const target = pid === 0 ? self : table.processes.get(pid)
  if (target === undefined) return Errno.fail("ESRCH", { syscall: "prlimit" })
  if (!Limits.mayChange(self, target)) return Errno.fail("EPERM", { syscall: "prlimit" })
  const before = Limits.get(target, resource)
  if (before._tag === "Failure" || limit === undefined) return before
  const set = Limits.set(self, target, resource, limit)
  return set._tag === "Success" ? before : Exit.failCause(set.cause)
}

/** @see getrusage(2) */
export const getrusage = (self: Process, who: number): Exit.Exit<ResourceUsage, Errno.Errno<"EINVAL">> => {
  switch (who) {
    case RUSAGE_SELF:
    case RUSAGE_THREAD:
      return Exit.succeed(usageOf(self))
    case RUSAGE_CHILDREN:
      return Exit.succeed(childUsageOf(self))
    default:
      return Errno.fail("EINVAL", { syscall: "getrusage" })
  }
}

const TICK = 10_000

/** @see times(2) */
export const times = ({ booted, timers }: Rooms, self: Process): Times => ({
  user: 0,
  system: Math.floor(usageOf(self).systemTime / TICK),
  childrenUser: 0,
  childrenSystem: Math.floor(childUsageOf(self).systemTime / TICK),
  elapsed: Number((timers.nanoseconds() - booted) / 10_000_000n)
})

/** @see nice(2) */
export const nice = (self: Process, increment: number): Exit.Exit<number, Errno.Errno<"EPERM">> => {
  const next = Priority.clamp(self.nice + Math.max(-40, Math.min(40, increment)))
  if (increment < 0 && !Priority.mayBe(self, next)) return Errno.fail("EPERM", { syscall: "nice" })
  self.nice = next
  return Exit.succeed(next)
}
