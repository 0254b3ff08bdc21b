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
  /** Who waits behind this, in the order in which they came. */
  blocked: Set<Lock> | undefined = undefined
  /** Where the one who asks sleeps; made when it has to. */
  queue: WaitQueue.WaitQueue | undefined = undefined

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

export const overlap = (a: Lock, b: Lock): boolean => a.start <= b.end && b.start <= a.end

/** Whether the two cannot be held at once. */
export const conflict = (a: Lock, b: Lock): boolean =>
  a.owner !== b.owner && (a.type === F_WRLCK || b.type === F_WRLCK) && overlap(a, b)

/** Whether whoever waits behind `last` holds up `request` as well, so that all between need not be looked at. */
const isBehind = (last: Lock | undefined, request: Lock): last is Lock =>
  last !== undefined && last.blocker !== undefined && last.kind === request.kind && last.owner !== request.owner &&
  last.type === F_WRLCK && request.type === F_WRLCK && last.start === request.start && last.end === request.end &&
  // What waits behind the request itself must not get in front of it.
  request.blocked === undefined

/** Puts a request behind what is in its way: behind `blocker`, or the last who waits there and is in its way too. */
export const putBehind = (blocker: Lock, request: Lock): void => {
  const { file } = request
  let at = isBehind(file.last, request) ? file.last : blocker
  for (let next: Lock | undefined = at; next !== undefined;) {
    at = next
    next = undefined
    for (const child of at.blocked ?? []) {
      if (!conflict(child, request)) continue
      next = child
      break
    }
  }
  ;(at.blocked ??= new Set()).add(request)
  request.blocker = at
  file.promised.delete(request)
  file.last = request
}

/** Wakes those who wait behind a lock: it is gone, or less than it was. */
export const wakeBlocked = (lock: Lock): void => {
  const { blocked, file } = lock
  if (blocked === undefined) return
  lock.blocked = undefined
  for (const request of blocked) {
    request.blocker = undefined
    file.promised.add(request)
    if (request.queue !== undefined) WaitQueue.wake(request.queue)
  }
}

/** Takes a request out of its tree, and wakes those who waited behind it. */
export const withdraw = (request: Lock): void => {
  const { blocker, file } = request
  if (blocker !== undefined) {
    blocker.blocked?.delete(request)
    if (blocker.blocked?.size === 0) blocker.blocked = undefined
    request.blocker = undefined
  }
  file.promised.delete(request)
  if (file.last === request) file.last = undefined
  wakeBlocked(request)
}

/** The lock that a request waits for, in the end. */
export const rootOf = (request: Lock): Lock => {
  let at = request
  while (at.blocker !== undefined) at = at.blocker
  return at
}
