/**
 * One lock for whatever must not interleave: changes in a directory, writes to a file, a shared offset.
 *
 * Over a backend that answers at once it is taken and given back within one step, and nobody ever waits.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { InodeLock } from "../Inode.js"
import * as WaitQueue from "../WaitQueue.js"

export interface Lockable {
  lock: InodeLock | undefined
}

/** Held, and nobody waits: the same object for all, as there is nothing to say. */
const uncontended: InodeLock = { free: false, waiting: undefined }

/** Takes the lock, waiting for it as long as it takes: disk I/O is not interrupted either. */
export const acquire = (self: Lockable): Effect.Effect<void> => {
  if (self.lock === undefined) {
    self.lock = uncontended
    return Exit.void
  }
  const waiting = self.lock.waiting ?? WaitQueue.make()
  const lock: InodeLock = self.lock.waiting === undefined ? { free: false, waiting } : self.lock
  self.lock = lock
  return WaitQueue.uninterruptibly([waiting], () => {
    if (!lock.free) return undefined
    lock.free = false
    return Exit.void
  })
}

/** Gives it to whoever waited longest. */
export const release = (self: Lockable): void => {
  const { lock } = self
  if (lock?.waiting === undefined || !WaitQueue.contended(lock.waiting)) {
    self.lock = undefined
    return
  }
  lock.free = true
  WaitQueue.wake(lock.waiting)
}
