/**
 * Whether a process would wait for itself, by way of others.
 *
 * @see fcntl_locking(2), EDEADLK
 */
import type { LockTable } from "./FileLocks.js"
import { type Lock, rootOf } from "./Lock.js"

/** How many processes Linux follows before it gives up and lets them wait. */
const STEPS_MAX = 11

/** The lock that the owner of `lock` waits for itself. */
const awaitedBy = (table: LockTable, { owner }: Lock): Lock | undefined => {
  for (let request = table.asking.get(owner); request !== undefined; request = request.alsoAsking) {
    if (request.blocker !== undefined) return rootOf(request)
  }
  return undefined
}

/** Locks of descriptions are not looked at: a description may be shared, and nobody can say who would wait. */
export const deadlocks = (table: LockTable, request: Lock, blocker: Lock): boolean => {
  let at: Lock | undefined = blocker
  for (let step = 0; step < STEPS_MAX; step++) {
    at = awaitedBy(table, at)
    if (at === undefined) return false
    if (at.owner === request.owner) return true
  }
  return false
}
