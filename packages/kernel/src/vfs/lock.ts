/**
 * One lock for whatever must not interleave: changes in a directory, writes to a file, a shared offset.
 *
 * Over a backend that answers at once it is taken and given back within one step, and nobody ever waits.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { InodeLock } from "../Inode.js"
import * as Step from "../internal/step.js"
import * as WaitQueue from "../WaitQueue.js"

export interface Lockable {
  lock: InodeLock | "held" | undefined
}

/** Takes the lock, waiting for it as long as it takes: disk I/O is not interrupted either. */
export const acquire = (self: Lockable): Effect.Effect<void> => {
  if (self.lock === undefined) {
    self.lock = "held"
    return Exit.void
  }
  const lock = self.lock === "held" ? self.lock = { held: true, waiting: WaitQueue.make() } : self.lock
  if (!lock.held && !WaitQueue.contended(lock.waiting)) {
    lock.held = true
    return Exit.void
  }
  return WaitQueue.uninterruptibly([lock.waiting], () => {
    if (lock.held) return undefined
    lock.held = true
    return Exit.void
  })
}

export const isHeld = ({ lock }: Lockable): boolean => lock === "held" || lock?.held === true

/** Waits until nobody holds it, and does not take it. */
export const passed = (self: Lockable): Effect.Effect<void> => {
  const { lock } = self
  if (lock === undefined) return Exit.void
  const queue = lock === "held" ? (self.lock = { held: true, waiting: WaitQueue.make() }) : lock
  return WaitQueue.uninterruptibly([queue.waiting], () => {
    if (queue.held) return undefined
    // It was woken in somebody's place who does take it.
    WaitQueue.wake(queue.waiting)
    return Exit.void
  })
}

/** Gives it to whoever waited longest. */
export const release = (self: Lockable): void => {
  const { lock } = self
  if (lock === "held" || lock === undefined) {
    self.lock = undefined
    return
  }
  lock.held = false
  WaitQueue.wake(lock.waiting)
}

function* held<A, E>(self: Lockable, call: () => Effect.Effect<A, E>) {
  yield* acquire(self)
  try {
    return yield* call()
  } finally {
    release(self)
  }
}

/** Makes a call when it is its turn: nobody else holds the lock meanwhile. */
export const holding = <A, E>(self: Lockable, call: () => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Step.run(held(self, call))
