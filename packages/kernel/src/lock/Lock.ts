/**
 * One lock of a file, or a request for one that waits.
 *
 * Who waits does so behind whoever is in the way: a lock that is held, or a request that came first. So those who wait
 * form trees whose roots are locks; where a lock goes, only its own children are woken, and what each of them holds up
 * stays behind it.
 */
import { F_WRLCK } from "../abi/Fcntl.js"
import * as WaitQueue from "../WaitQueue.js"
import type { FileLocks } from "./FileLocks.js"

/** Which call made it: flock(2), F_SETLK or F_OFD_SETLK. */
export type Kind = "flock" | "posix" | "ofd"

export class Lock {
  /** Whether it is held; otherwise it is asked for. */
  held = false
  /** Whom a request waits behind. */
  blocker: Lock | undefined = undefined
  /** Who waits behind this; made when the first does. */
  blocked: LockList | undefined = undefined
  /** Where the one who asks sleeps; made when it has to. */
  queue: WaitQueue.WaitQueue | undefined = undefined
  /** The next request of the same owner that sleeps: another thread's. */
  alsoAsking: Lock | undefined = undefined
  /** Where it stands: among those that are held, behind another, or among those that were promised to go on. */
  list: LockList | undefined = undefined
  previous: Lock | undefined = undefined
  next: Lock | undefined = undefined

  constructor(
    readonly kind: Kind,
    /** An open file description, or for POSIX locks the descriptor table of a process. */
    readonly owner: object,
    /** The process that asked. */
    readonly pid: number,
    readonly file: FileLocks,
    /** F_RDLCK, F_WRLCK, or F_UNLCK for a request that takes away. */
    public type: number,
    /** The first and the last byte. */
    public start: number,
    public end: number
  ) {}
}

/** Locks in the order in which they came. Each stands on one list at a time, which costs the same however long it is. */
export class LockList {
  first: Lock | undefined = undefined
  last: Lock | undefined = undefined
  size = 0

  add(lock: Lock): void {
    lock.list?.remove(lock)
    lock.list = this
    lock.previous = this.last
    if (this.last === undefined) this.first = lock
    else this.last.next = lock
    this.last = lock
    this.size++
  }

  remove(lock: Lock): void {
    if (lock.list !== this) return
    const { next, previous } = lock
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next === undefined) this.last = previous
    else next.previous = previous
    lock.list = lock.previous = lock.next = undefined
    this.size--
  }
}

export const overlap = (a: Lock, b: Lock): boolean => a.start <= b.end && b.start <= a.end

/** Whether the two cannot be held at once. */
export const conflict = (a: Lock, b: Lock): boolean =>
  a.owner !== b.owner && (a.type === F_WRLCK || b.type === F_WRLCK) && overlap(a, b)

/** Whether whoever waits behind `last` holds up `request` as well, so that all between need not be looked at. */
const isBehind = (last: Lock | undefined, request: Lock): last is Lock =>
  last !== undefined && last.blocker !== undefined && last.kind === request.kind && last.owner !== request.owner &&
  last.type === F_WRLCK && request.type === F_WRLCK && last.start === request.start && last.end === request.end &&
  // What waits behind the request itself must not get in front of it.
  request.blocked?.first === undefined

/** Puts a request behind what is in its way: behind `blocker`, or the last who waits there and is in its way too. */
export const putBehind = (blocker: Lock, request: Lock): void => {
  const { file } = request
  let at = isBehind(file.last, request) ? file.last : blocker
  for (let next: Lock | undefined = at; next !== undefined;) {
    at = next
    next = at.blocked?.first
    while (next !== undefined && !conflict(next, request)) next = next.next
  }
  ;(at.blocked ??= new LockList()).add(request)
  request.blocker = at
  file.last = request
}

/** Wakes those who wait behind a lock: it is gone, or less than it was. */
export const wakeBlocked = (lock: Lock): void => {
  const { blocked, file } = lock
  if (blocked === undefined) return
  lock.blocked = undefined
  for (let request = blocked.first; request !== undefined; request = blocked.first) {
    request.blocker = undefined
    file.promised.add(request)
    if (request.queue !== undefined) WaitQueue.wake(request.queue)
  }
}

/** Takes a request out of its tree, and wakes those who waited behind it. */
export const withdraw = (request: Lock): void => {
  const { file } = request
  request.list?.remove(request)
  request.blocker = undefined
  if (file.last === request) file.last = undefined
  wakeBlocked(request)
}

/** The lock that a request waits for, in the end. */
export const rootOf = (request: Lock): Lock => {
  let at = request
  while (at.blocker !== undefined) at = at.blocker
  return at
}
