/**
 * Waiting for children.
 *
 * @see wait(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as W from "../abi/WaitStatus.js"
import * as Errno from "../Errno.js"
import { isUntold, type Process, type ProcessTable } from "../ProcessTable.js"
import type { ChildChange, Waited, WaitedUsage } from "../Sys.js"
import * as WaitQueue from "../WaitQueue.js"
import { charge, usageOf } from "./usage.js"

/** The children that are meant: one, those of a group, or all. */
interface Selector {
  readonly pid?: number
  readonly group?: number
}

const all: Selector = {}

const matches = (child: Process, { group, pid }: Selector): boolean =>
  pid === undefined ? group === undefined || child.group.id === group : child.pid === pid

const isTold = (child: Process, options: number): boolean => {
  switch (child.status?._tag) {
    case "Stopped":
      return child.statusUntold && (options & W.WSTOPPED) !== 0
    case "Continued":
      return child.statusUntold && (options & W.WCONTINUED) !== 0
    default:
      return child.state === "zombie" && (options & W.WEXITED) !== 0
  }
}

/** The eldest child that the selector takes and that has something to tell. */
const find = (table: ProcessTable, caller: Process, selector: Selector, options: number): Process | undefined => {
  if (selector.pid !== undefined) {
    const child = table.processes.get(selector.pid)
    return child !== undefined && isUntold(caller, child) && isTold(child, options) ? child : undefined
  }
  const first = caller.changed?.first()
  if (first === undefined || (matches(first, selector) && isTold(first, options))) return first
  return caller.changed!.inOrder().find((child) => matches(child, selector) && isTold(child, options))
}

const candidates = (table: ProcessTable, caller: Process, selector: Selector): Iterable<Process> => {
  if (selector.pid === undefined) return caller.children()
  const child = table.processes.get(selector.pid)
  return child?.parent === caller ? [child] : []
}

/** Children that have ended count only for who asks for that. */
const waitsFor = (child: Process, selector: Selector, options: number): boolean =>
  matches(child, selector) && (child.state !== "zombie" || (options & W.WEXITED) !== 0)

const hasChild = (table: ProcessTable, caller: Process, selector: Selector, options: number): boolean => {
  for (const child of candidates(table, caller, selector)) if (waitsFor(child, selector, options)) return true
  return false
}

type WaitError = Errno.Errno<"ECHILD" | "EINVAL">

export type Reap = (child: Process) => void

const waitFor = <A>(
  table: ProcessTable,
  reap: Reap,
  caller: Process,
  selector: Selector,
  options: number,
  tell: (child: Process) => A
): Effect.Effect<A | undefined, WaitError | WaitQueue.Interrupted> => {
  /** The members of a group that were waited for when it went to sleep. */
  let members: ReadonlyArray<Process> | undefined
  const attempt = (): WaitQueue.Attempt<A | undefined, WaitError> => {
    const child = find(table, caller, selector, options)
    if (child === undefined) {
      if (!hasChild(table, caller, selector, options)) {
        // Who is woken only by the children that he waits for does not notice when they leave the group, before a signal.
        const left = members !== undefined && caller.task?.attention === 0 &&
          !members.some((each) => each.task === undefined && matches(each, selector))
        return left ? undefined : Errno.fail("ECHILD")
      }
      if ((options & W.WNOHANG) !== 0) return Exit.succeed(undefined)
      if (selector.group !== undefined) {
        members = Array.from(caller.children()).filter((each) => matches(each, selector))
      }
      return undefined
    }
    const told = tell(child)
    if ((options & W.WNOWAIT) === 0) {
      if (child.state === "zombie") {
        charge(caller, child)
        reap(child)
      } else {
        child.statusUntold = false
      }
    }
    return Exit.succeed(told)
  }
  return attempt() ?? WaitQueue.sleep([caller.childChanged ??= WaitQueue.make()], attempt, {
    // After a handler or a stop the call begins anew.
    partial: () => {
      members = undefined
      return undefined
    }
  })
}

/** As wait4(2) and waitpid(2) name the children. */
const selectorOf = (caller: Process, pid: number): Selector =>
  pid > 0 ? { pid } : pid === -1 ? all : { group: pid === 0 ? caller.group.id : -pid }

const forms = W.__WNOTHREAD | W.__WALL | W.__WCLONE

const waitOptions = W.WNOHANG | W.WUNTRACED | W.WCONTINUED | forms

const waited = (child: Process): Waited => ({ pid: child.pid, status: child.status! })
const waitedUsage = (child: Process): WaitedUsage => ({ ...waited(child), usage: usageOf(child) })

/** `-(2 ** 31)` has no opposite that is a group. */
const PID_MIN = -0x8000_0000

const wait4With = <A>(
  table: ProcessTable,
  reap: Reap,
  caller: Process,
  pid: number,
  options: number,
  tell: (child: Process) => A
): Effect.Effect<A | undefined, WaitError | Errno.Errno<"EINTR" | "ESRCH">> => {
  if ((options & ~waitOptions) !== 0) return Errno.fail("EINVAL")
  if (pid === PID_MIN) return Errno.fail("ESRCH")
  return waitFor(table, reap, caller, selectorOf(caller, pid), options | W.WEXITED, tell)
}

type Wait4<A> = (
  table: ProcessTable,
  reap: Reap,
  caller: Process,
  pid: number,
  options: number
) => Effect.Effect<A | undefined, WaitError | Errno.Errno<"EINTR" | "ESRCH">>

/** @see waitpid(2) */
export const wait: Wait4<Waited> = (table, reap, caller, pid, options) =>
  wait4With(table, reap, caller, pid, options, waited)

/** @see wait4(2) */
export const wait4: Wait4<WaitedUsage> = (table, reap, caller, pid, options) =>
  wait4With(table, reap, caller, pid, options, waitedUsage)

const changeOf = (child: Process): ChildChange => ({
  pid: child.pid,
  uid: child.credentials.uid,
  code: W.codeOf(child.status!),
  status: W.numberOf(child.status!)
})

const changes = W.WEXITED | W.WSTOPPED | W.WCONTINUED

/** Which children the first two arguments of waitid(2) name. */
const selectorOfId = (
  caller: Process,
  idType: number,
  id: number
): Exit.Exit<Selector, Errno.Errno<"EINVAL">> => {
  switch (idType) {
    case W.P_ALL:
      return Exit.succeed(all)
    case W.P_PID:
      return id > 0 ? Exit.succeed({ pid: id }) : Errno.fail("EINVAL")
    case W.P_PGID:
      if (id < 0) return Errno.fail("EINVAL")
      return Exit.succeed({ group: id === 0 ? caller.group.id : id })
    default:
      return Errno.fail("EINVAL")
  }
}

/** @see waitid(2) */
export const waitid = (
  table: ProcessTable,
  reap: Reap,
  caller: Process,
  idType: number,
  id: number,
  options: number
): Effect.Effect<ChildChange | undefined, WaitError | WaitQueue.Interrupted> => {
  if ((options & ~(changes | W.WNOHANG | W.WNOWAIT | forms)) !== 0 || (options & changes) === 0) {
    return Errno.fail("EINVAL")
  }
  const selector = selectorOfId(caller, idType, id)
  return selector._tag === "Success"
    ? waitFor(table, reap, caller, selector.value, options, changeOf)
    : Exit.failCause(selector.cause)
}
