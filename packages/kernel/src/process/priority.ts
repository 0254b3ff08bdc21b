/**
 * How nice processes are to each other.
 *
 * @see setpriority(2)
 */
import * as Exit from "effect/Exit"
import { CAP_SYS_NICE } from "../abi/Capabilities.js"
import { PRIO_PGRP, PRIO_PROCESS, PRIO_USER } from "../abi/Resources.js"
import { isSubset } from "../CapabilitySet.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import type { Process, ProcessTable } from "../ProcessTable.js"

const NICE_MIN = -20
const NICE_MAX = 19

export const clamp = (nice: number): number => Math.max(NICE_MIN, Math.min(NICE_MAX, Math.trunc(nice)))

const alive = (target: Process): boolean => target.state !== "dead"

const targetsOf = (
  table: ProcessTable,
  caller: Process,
  which: number,
  who: number
): ReadonlyArray<Process> | undefined => {
  switch (which) {
    case PRIO_PROCESS: {
      const target = who === 0 ? caller : table.processes.get(who)
      return target === undefined ? [] : [target]
    }
    case PRIO_PGRP:
      return Array.from((who === 0 ? caller.group : table.groups.get(who))?.members ?? []).filter(alive)
    case PRIO_USER: {
      const uid = who === 0 ? caller.credentials.uid : who
      return Array.from(table.processes.values()).filter((each) => each.credentials.uid === uid && alive(each))
    }
    default:
      return undefined
  }
}

/** The lowest nice value among those that are meant. */
export const get = (
  table: ProcessTable,
  caller: Process,
  which: number,
  who: number
): Exit.Exit<number, Errno.Errno<"EINVAL" | "ESRCH">> => {
  const targets = targetsOf(table, caller, which, who)
  if (targets === undefined) return Errno.fail("EINVAL")
  if (targets.length === 0) return Errno.fail("ESRCH")
  return Exit.succeed(targets.reduce((lowest, { nice }) => Math.min(lowest, nice), NICE_MAX))
}

/** Whether somebody may become as little nice as that. */
export const mayBe = (self: Process, nice: number): boolean =>
  capable(self.credentials, CAP_SYS_NICE) || 20 - nice <= self.limits.nice

/** Sets all that it may; the last refusal is the answer. */
export const set = (
  table: ProcessTable,
  caller: Process,
  which: number,
  who: number,
  wanted: number
): Exit.Exit<void, Errno.Errno<"EACCES" | "EINVAL" | "EPERM" | "ESRCH">> => {
  const targets = targetsOf(table, caller, which, who)
  if (targets === undefined) return Errno.fail("EINVAL")
  const nice = clamp(wanted)
  const { euid } = caller.credentials
  const privileged = capable(caller.credentials, CAP_SYS_NICE)
  let answer: Exit.Exit<void, Errno.Errno<"EACCES" | "EPERM" | "ESRCH">> = Errno.fail("ESRCH")
  for (const target of targets) {
    const { credentials } = target
    if (!privileged && euid !== credentials.uid && euid !== credentials.euid) answer = Errno.fail("EPERM")
    else if (nice < target.nice && !privileged && 20 - nice > target.limits.nice) answer = Errno.fail("EACCES")
    else if (!privileged && !isSubset(credentials.permitted, caller.credentials.permitted)) {
      // It could do more than the one who would slow it down.
      answer = Errno.fail("EPERM")
    } else {
      target.nice = nice
      if (answer._tag === "Failure" && answer.cause._tag === "Fail" && answer.cause.error._tag === "ESRCH") {
        answer = Exit.void
      }
    }
  }
  return answer
}

/** A process that is nicer makes fewer calls before others get their turn: a fifth less for each step. */
export const callsPerTurn = (whole: number, nice: number): number =>
  nice <= 0 ? whole : Math.max(1, Math.round(whole / 1.25 ** nice))
