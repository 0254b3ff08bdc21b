/**
 * Signals: sending them, and what they do to a process.
 *
 * A signal that ends or stops takes effect in the step in which it is sent. One that is caught becomes pending, and
 * wakes the process if it sleeps; the handler then runs on the process's own fiber, before the call that it was in
 * goes on or fails with EINTR. A process that is busy between two calls attends to its signals at the next one.
 *
 * @see signal(7)
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CAP_KILL } from "./abi/Capabilities.js"
import * as SignalCodes from "./abi/SignalCodes.js"
import * as SignalFlags from "./abi/SignalFlags.js"
import * as Abi from "./abi/Signals.js"
import { codeOf, type WaitStatus } from "./abi/WaitStatus.js"
import { capable } from "./Credentials.js"
import {
  type Process,
  type ProcessGroup,
  type SignalAction,
  type SignalInfo,
  SIGNALLED,
  type SignalState,
  STOPPED,
  tell
} from "./ProcessTable.js"
import { attend } from "./signals/attend.js"
import { defaultActionOf, isIgnored, stopSignals } from "./signals/disposition.js"
import * as Pending from "./signals/pending.js"
import * as SignalSet from "./SignalSet.js"
import * as WaitQueue from "./WaitQueue.js"

/** @category tags */
export class Signals extends Context.Tag("@effix/kernel/Signals")<Signals, {
  /**
   * Sends a signal, whoever the sender is: permission has been checked. `false` when it could not be queued.
   * What it does by default has happened when this returns, or when {@link together} does.
   */
  readonly send: (target: Process, info: SignalInfo) => boolean
  /**
   * Sends several signals at once: what they do by default happens when all of them were sent, so that whom the end of
   * one would have told something is told by the sender first.
   */
  readonly together: <A>(sending: () => A) => A
  /** Sends one from the kernel itself to every member of a group. */
  readonly sendGroup: (group: ProcessGroup, signal: number) => void
  /** Sets what a process does about a signal, and answers what it did before. */
  readonly setAction: (target: Process, signal: number, action: SignalAction) => SignalAction
  readonly actionOf: (target: Process, signal: number) => SignalAction
  readonly setMask: (target: Process, mask: SignalSet.SignalSet) => void
  /** Attends to what is pending, on the fiber of the process. @see WaitQueue.SleeperShape */
  readonly attend: (target: Process, restartable: boolean) => Effect.Effect<boolean>
  /** Whether the process would not notice this signal: the question that a terminal asks before SIGTTIN. */
  readonly isIgnoredOrBlocked: (target: Process, signal: number) => boolean
  /** Tells a parent that its child stopped, continued or ended. `true` when nobody will wait for one that ended. */
  readonly notifyParent: (child: Process, status: WaitStatus) => boolean
  /** Says which processes there are: signals are queued up to a limit for all of a user's together. */
  readonly provideProcesses: (all: () => Iterable<Process>) => void
  /** Calls `told` whenever a process stops or is continued, in the step in which it does. */
  readonly onJobChange: (told: (process: Process, status: WaitStatus) => void) => void
}>() {}

/** The info of a signal that the kernel itself sends. */
export const fromKernel = (signal: number): SignalInfo => ({
  signal,
  code: SignalCodes.SI_KERNEL,
  pid: 0,
  uid: 0,
  value: 0
})

/** The info of a signal that a process sends, or has brought upon itself. */
export const fromProcess = (signal: number, { credentials, pid }: Process): SignalInfo => ({
  signal,
  code: SignalCodes.SI_USER,
  pid,
  uid: credentials.uid,
  value: 0
})

/** @see kill(2) */
export const maySignal = (sender: Process, target: Process, signal: number): boolean => {
  const { euid, uid } = sender.credentials
  const { suid: targetSaved, uid: targetReal } = target.credentials
  return euid === targetReal || euid === targetSaved || uid === targetReal || uid === targetSaved ||
    capable(sender.credentials, CAP_KILL) || (signal === Abi.SIGCONT && sender.session === target.session)
}

const defaultAction: SignalAction = { disposition: "default", mask: SignalSet.empty, flags: 0 }

/** @see credentials(7) An orphaned group has no member whose parent is in its session but outside the group. */
export const isOrphaned = (group: ProcessGroup): boolean => {
  for (const { parent, state } of group.members) {
    if (state === "zombie" || parent === undefined) continue
    if (parent.group !== group && parent.session === group.session) return false
  }
  return true
}

export const make = (): Signals["Type"] => {
  let jobChanged: (process: Process, status: WaitStatus) => void = () => {}

  /** What signals that are sent together do by default, for when all of them were sent. */
  let later: Array<() => void> | undefined

  const together = <A>(sending: () => A): A => {
    if (later !== undefined) return sending()
    const effects: Array<() => void> = later = []
    const answer = sending()
    later = undefined
    for (const effect of effects) effect()
    return answer
  }

  const actionOf = (target: Process, signal: number): SignalAction =>
    target.signals.actions?.get(signal) ?? defaultAction

  /** What is pending and no longer blocked or deferred takes effect. */
  const reconsider = (target: Process): void => {
    const { signals, task } = target
    if (target.state !== "running") return
    for (let signal = Pending.nextDeliverable(signals); signal !== 0; signal = Pending.nextDeliverable(signals)) {
      if (typeof actionOf(target, signal).disposition === "function") break
      Pending.take(signals, signal)
      act(target, signal)
      if (target.state !== "running") return
    }
    if (task === undefined || task.attention < 0) return
    const wanted = Pending.nextDeliverable(signals) !== 0
    if (wanted === ((task.attention & SIGNALLED) !== 0)) return
    task.attention = wanted ? task.attention | SIGNALLED : task.attention & ~SIGNALLED
    if (wanted) WaitQueue.wake(task.sleeping)
  }

  /** The default action of a signal that is neither caught, ignored nor blocked. */
  const act = (target: Process, signal: number): void => {
    if (isIgnored(actionOf(target, signal), signal)) return
    switch (defaultActionOf(signal)) {
      case "stop":
        if (signal === Abi.SIGSTOP || !isOrphaned(target.group)) stop(target, signal)
        else startle(target)
        return
      case "terminate":
      case "core":
        target.task?.end({
          _tag: "Signaled",
          signal,
          coreDumped: defaultActionOf(signal) === "core" && target.limits.core > 0
        })
        return
      default:
        return
    }
  }

  /** A signal that is looked at and found to do nothing cuts short what is never restarted. */
  const startle = (target: Process): void => {
    const { task } = target
    if (task === undefined || task.attention < 0) return
    task.attention |= SIGNALLED
    WaitQueue.wake(task.sleeping)
  }

  const stop = (target: Process, signal: number): void => {
    if (target.state !== "running" || target.task === undefined) return
    target.state = "stopped"
    target.task.attention |= STOPPED
    // Whoever sleeps leaves its queue, so that nothing is consumed by a stopped process.
    WaitQueue.wakeAll(target.task.sleeping)
    notifyParent(target, { _tag: "Stopped", signal })
    jobChanged(target, { _tag: "Stopped", signal })
  }

  const continueProcess = (target: Process): void => {
    if (target.state !== "stopped") return
    target.state = "running"
    if (target.task !== undefined) target.task.attention &= ~STOPPED
    if (target.continued !== undefined) WaitQueue.wakeAll(target.continued)
    notifyParent(target, { _tag: "Continued" })
    jobChanged(target, { _tag: "Continued" })
    reconsider(target)
  }

  const notifyParent = (child: Process, status: WaitStatus): boolean => {
    const { parent } = child
    child.status = status
    if (parent !== undefined && !child.statusUntold) tell(parent, child)
    if (parent === undefined || parent.task === undefined) return true
    const action = actionOf(parent, Abi.SIGCHLD)
    const ignored = action.disposition === "ignore"
    const ended = status._tag === "Exited" || status._tag === "Signaled"
    // To most it means nothing. Blocked or not, nothing is sent to who has said that it ignores it.
    const unnoticed = ignored || (isIgnored(action, Abi.SIGCHLD) && !SignalSet.has(parent.signals.blocked, Abi.SIGCHLD))
    if (!unnoticed && (ended || (action.flags & SignalFlags.SA_NOCLDSTOP) === 0)) {
      send(parent, {
        signal: Abi.SIGCHLD,
        code: codeOf(status),
        pid: child.pid,
        uid: child.credentials.uid,
        value: 0,
        child: { pid: child.pid, status }
      })
    }
    if (parent.childChanged !== undefined) WaitQueue.wakeAll(parent.childChanged)
    return ended && (ignored || (action.flags & SignalFlags.SA_NOCLDWAIT) !== 0)
  }

  /** Whether sigtimedwait(2) takes it before it can do what it does; one that simply kills is not waited for. */
  const isAwaited = ({ awaited }: SignalState, signal: number): boolean =>
    SignalSet.has(awaited, signal) && defaultActionOf(signal) !== "terminate"

  const takesEffect = (target: Process, signal: number): void => {
    if (later === undefined) act(target, signal)
    else later.push(() => act(target, signal))
  }

  let everybody = (): Iterable<Process> => []

  /** At least as many as are queued for all processes together: it is counted only when it comes to a limit. */
  let queuedMost = 0

  /** Whether less is queued for a user's processes than one of them may have queued. */
  const hasRoom = ({ credentials: { uid }, limits }: Process): boolean => {
    if (queuedMost < limits.pendingSignals) return true
    queuedMost = 0
    let own = 0
    for (const { credentials, signals: { queue } } of everybody()) {
      if (queue === undefined) continue
      queuedMost += queue.length
      if (credentials.uid === uid) own += queue.length
    }
    return own < limits.pendingSignals
  }

  const send = (target: Process, info: SignalInfo): boolean => {
    const { signal } = info
    const { signals } = target
    if (signal === 0 || target.state === "zombie" || target.state === "dead" || target.task === undefined) return true
    if (signal === Abi.SIGCONT) {
      signals.pending &= ~stopSignals
      Pending.forget(signals)
      continueProcess(target)
    } else if (SignalSet.has(stopSignals, signal)) {
      signals.pending = SignalSet.remove(signals.pending, Abi.SIGCONT)
      Pending.forget(signals)
    }
    if (signal === Abi.SIGKILL) {
      takesEffect(target, signal)
      return true
    }
    const blocked = SignalSet.has(signals.blocked, signal) && signal !== Abi.SIGSTOP
    if (!blocked && isIgnored(actionOf(target, signal), signal)) return true
    const isDefault = typeof actionOf(target, signal).disposition !== "function" && !isAwaited(signals, signal)
    if (!blocked && target.state === "running" && isDefault) {
      takesEffect(target, signal)
      return true
    }
    // One that is pending already is no news.
    if (signal < Abi.SIGRTMIN && SignalSet.has(signals.pending, signal)) return true
    const queued = Pending.add(signals, info, Pending.isExempt(info) || hasRoom(target))
    if (queued) queuedMost++
    // Only what sigqueue(3) sends is refused; of anything else that is too much, the signal comes without its info.
    if (!queued && signal >= Abi.SIGRTMIN && info.code !== SignalCodes.SI_USER) return false
    signals.pending = SignalSet.add(signals.pending, signal)
    if (signals.arrived !== undefined) WaitQueue.wakeAll(signals.arrived)
    if (!blocked) reconsider(target)
    return true
  }

  return {
    send,
    together,
    sendGroup: (group, signal) =>
      together(() => {
        for (const member of group.members) send(member, fromKernel(signal))
      }),
    actionOf,
    setAction: (target, signal, action) => {
      const before = actionOf(target, signal)
      ;(target.signals.actions ??= new Map()).set(signal, { ...action, mask: action.mask & ~SignalSet.unstoppable })
      // Setting a signal to be ignored discards what is pending of it. @see sigaction(2)
      if (isIgnored(action, signal)) {
        target.signals.pending = SignalSet.remove(target.signals.pending, signal)
        Pending.forget(target.signals)
      }
      reconsider(target)
      return before
    },
    setMask: (target, mask) => {
      target.signals.blocked = mask & ~SignalSet.unstoppable
      reconsider(target)
    },
    attend: (target, restartable) => attend(target, restartable, actionOf, reconsider),
    isIgnoredOrBlocked: (target, signal) =>
      SignalSet.has(target.signals.blocked, signal) || actionOf(target, signal).disposition === "ignore",
    notifyParent,
    provideProcesses: (all) => {
      everybody = all
    },
    onJobChange: (told) => {
      jobChanged = told
    }
  }
}

/** @category layers */
export const layer: Layer.Layer<Signals> = Layer.sync(Signals, make)
