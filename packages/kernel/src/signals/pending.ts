/**
 * Pending signals: a standard one is pending once, however often it was sent; real-time ones queue.
 *
 * @see signal(7)
 */
import { SIGRTMIN } from "../abi/Signals.js"
import type { SignalInfo, SignalState } from "../ProcessTable.js"
import * as SignalSet from "../SignalSet.js"

/** Adds a pending signal; `false` when the queue of real-time signals is full. */
export const add = (self: SignalState, info: SignalInfo, queuedMax: number): boolean => {
  const { signal } = info
  if (signal < SIGRTMIN && SignalSet.has(self.pending, signal)) return true
  const queue = self.queue ??= []
  if (signal >= SIGRTMIN && queue.length >= queuedMax) return false
  queue.push(info)
  self.pending = SignalSet.add(self.pending, signal)
  return true
}

/** Takes the oldest instance of a pending signal. */
export const take = (self: SignalState, signal: number): SignalInfo => {
  const queue = self.queue ?? []
  const at = queue.findIndex((info) => info.signal === signal)
  const info = queue[at] ?? { signal, pid: 0, uid: 0, value: 0 }
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

/** The signal that is delivered next; 0 when none is pending or all that are, are blocked. */
export const nextDeliverable = (self: SignalState): number =>
  self.pending === SignalSet.empty ? 0 : SignalSet.lowest(self.pending & ~self.blocked)
