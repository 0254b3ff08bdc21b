/**
 * Pending signals: a standard one is pending once, however often it was sent; real-time ones queue.
 *
 * @see signal(7)
 */
import { SI_KERNEL, SI_USER } from "../abi/SignalCodes.js"
import { SIGBUS, SIGFPE, SIGILL, SIGRTMIN, SIGSEGV, SIGSYS, SIGTRAP } from "../abi/Signals.js"
import type { SignalInfo, SignalState } from "../ProcessTable.js"
import * as SignalSet from "../SignalSet.js"

/** What the kernel itself has to say, and kill(2) of a standard signal, goes in whatever the limit is. */
export const isExempt = ({ code, signal }: SignalInfo): boolean =>
  code === SI_KERNEL || (signal < SIGRTMIN && code >= SI_USER)

/** Adds a pending signal; `false` when there is no room for what came with it. */
export const add = (self: SignalState, info: SignalInfo, hasRoom: boolean): boolean => {
  const { signal } = info
  if (signal < SIGRTMIN && SignalSet.has(self.pending, signal)) return true
  if (!hasRoom) return false
  ;(self.queue ??= []).push(info)
  self.pending = SignalSet.add(self.pending, signal)
  return true
}

/** Takes the oldest instance of a pending signal. */
export const take = (self: SignalState, signal: number): SignalInfo => {
  const queue = self.queue ?? []
  const at = queue.findIndex((info) => info.signal === signal)
  const info = queue[at] ?? { signal, code: SI_USER, pid: 0, uid: 0, value: 0 }
  if (at >= 0) queue.splice(at, 1)
  if (signal < SIGRTMIN || !queue.some((other) => other.signal === signal)) {
    self.pending = SignalSet.remove(self.pending, signal)
  }
  return info
}

/** Undoes a {@link take}: it is the oldest again. */
export const putBack = (self: SignalState, info: SignalInfo): void => {
  if (info.signal < SIGRTMIN && SignalSet.has(self.pending, info.signal)) return
  ;(self.queue ??= []).unshift(info)
  self.pending = SignalSet.add(self.pending, info.signal)
}

/** Drops the infos of signals that are pending no more. */
export const forget = (self: SignalState): void => {
  if (self.queue !== undefined) self.queue = self.queue.filter((info) => SignalSet.has(self.pending, info.signal))
}

/** What a faulting instruction would raise: these are delivered before all others, whoever has sent them. */
const synchronous = SignalSet.of(SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS)

/** The signal of a set that comes first; 0 when it is empty. */
export const first = (set: SignalSet.SignalSet): number => {
  if (set === SignalSet.empty) return 0
  const faults = set & synchronous
  return SignalSet.lowest(faults === SignalSet.empty ? set : faults)
}

/** The signal that is delivered next; 0 when none is pending or all that are, are blocked. */
export const nextDeliverable = (self: SignalState): number => first(self.pending & ~(self.blocked | self.awaited))
