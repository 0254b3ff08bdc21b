/**
 * Setting a record lock: what its owner holds already is merged with it, split, replaced or cut.
 *
 * The steps, and the order in which locks stand afterwards, are those of Linux: F_GETLK tells the first that conflicts.
 *
 * @see fcntl_locking(2)
 */
import * as Exit from "effect/Exit"
import { F_UNLCK } from "../abi/Fcntl.js"
import * as Errno from "../Errno.js"
import type { FileLocks } from "./FileLocks.js"
import { Lock, wakeBlocked } from "./Lock.js"

/** The last byte of what is merged is one before the first of what is behind it. */
const touches = (lock: Lock, request: Lock): boolean => lock.end >= request.start - 1

/**
 * Makes locks out of a request that nothing is in the way of, or takes locks away when its type is F_UNLCK. `room` is
 * how many more there may be: ENOLCK leaves everything as it was.
 */
export const setRecord = (
  file: FileLocks,
  request: Lock,
  room: number
): Exit.Exit<void, Errno.Errno<"ENOLCK">> => {
  const { records } = file
  const { owner } = request
  /** What the request has become. */
  let current = request
  let added = false
  let left: Lock | undefined
  let right: Lock | undefined
  const gone: Array<Lock> = []
  let at = records.findIndex((lock) => lock.owner === owner)
  if (at === -1) at = records.length
  if (room < 1 && request.type !== F_UNLCK && !keepsCount(records, request, at)) return noRoom

  for (; at < records.length && records[at]!.owner === owner;) {
    const lock = records[at]!
    if (lock.type === current.type) {
      if (!touches(lock, current)) {
        at++
        continue
      }
      if (lock.start - 1 > current.end) break
      lock.start = current.start = Math.min(lock.start, current.start)
      lock.end = current.end = Math.max(lock.end, current.end)
      if (added) {
        records.splice(at, 1)
        gone.push(lock)
        continue
      }
      current = lock
      added = true
      at++
    } else {
      if (lock.end < current.start) {
        at++
        continue
      }
      if (lock.start > current.end) break
      if (request.type === F_UNLCK) added = true
      if (lock.start < current.start) left = lock
      if (lock.end > current.end) {
        right = lock
        break
      }
      if (lock.start < current.start) {
        at++
        continue
      }
      // Replaced as a whole, which may happen to several.
      gone.push(lock)
      if (added) records.splice(at, 1)
      else {
        records[at++] = current
        file.hold(current)
        added = true
      }
    }
  }

  const splits = right !== undefined && left === right
  if (splits && room < (added ? 1 : 2)) return noRoom
  if (!added && request.type !== F_UNLCK) {
    records.splice(at, 0, current)
    file.hold(current)
  }
  const cut: Array<Lock> = []
  if (right !== undefined) {
    if (splits) {
      left = new Lock(right.kind, owner, right.pid, file, right.type, right.start, right.end)
      records.splice(at, 0, left)
      file.hold(left)
    }
    right.start = current.end + 1
    cut.push(right)
  }
  if (left !== undefined) {
    left.end = current.start - 1
    cut.push(left)
  }
  for (const lock of gone) file.letGo(lock)
  for (const lock of gone) wakeBlocked(lock)
  for (const lock of cut) wakeBlocked(lock)
  return Exit.void
}

const noRoom = Errno.fail("ENOLCK", { remedy: "raise locksMax" })

/** Whether a request adds no lock to those that its owner has: it merges with one, or replaces one. */
const keepsCount = (records: ReadonlyArray<Lock>, request: Lock, first: number): boolean => {
  for (let at = first; at < records.length && records[at]!.owner === request.owner; at++) {
    const lock = records[at]!
    const merges = lock.type === request.type && touches(lock, request) && lock.start - 1 <= request.end
    if (merges || (lock.start >= request.start && lock.end <= request.end)) return true
  }
  return false
}
