/**
 * The locks of one file: what is held, and who was promised to go on.
 *
 * @see flock(2)
 * @see fcntl_locking(2)
 */
import type { Description, DescriptionLocks } from "../Description.js"
import type { Inode } from "../Inode.js"
import * as WaitQueue from "../WaitQueue.js"
import { conflict, type Lock, LockList, wakeBlocked, withdraw } from "./Lock.js"

/** The locks of a whole kernel. */
export class LockTable {
  /** Those that are held, the oldest first. */
  readonly held = new LockList()
  /** The requests that sleep, by who asks: the latest, which knows the others. */
  readonly asking = new Map<object, Lock>()

  sleeps(request: Lock): void {
    request.alsoAsking = this.asking.get(request.owner)
    this.asking.set(request.owner, request)
  }

  wakes(request: Lock): void {
    const { alsoAsking, owner } = request
    request.alsoAsking = undefined
    const latest = this.asking.get(owner)
    if (latest !== request) {
      let at = latest
      while (at !== undefined && at.alsoAsking !== request) at = at.alsoAsking
      if (at !== undefined) at.alsoAsking = alsoAsking
    } else if (alsoAsking === undefined) this.asking.delete(owner)
    else this.asking.set(owner, alsoAsking)
  }
}

export class FileLocks implements DescriptionLocks {
  /** Those of flock(2), by open file description: one exclusive lock, or any number of shared ones. */
  readonly flocks = new Map<object, Lock>()
  /** Those of fcntl(2): the locks of one owner stand together, in the order of their ranges. */
  readonly records: Array<Lock> = []
  /** Requests that were woken and have not asked again: whoever comes now comes after them. */
  readonly promised = new LockList()
  /** Who came last to wait. */
  last: Lock | undefined = undefined

  constructor(
    readonly inode: Inode,
    /** The device that the file lies on, for /proc/locks. */
    readonly device: number,
    private readonly table: LockTable
  ) {}

  /** The first lock in the way of a request for another of flock(2). */
  private flockInTheWay(request: Lock): Lock | undefined {
    for (const lock of this.flocks.values()) {
      if (lock.owner === request.owner) continue
      // Behind a shared lock there are only shared ones.
      return conflict(lock, request) ? lock : undefined
    }
    return undefined
  }

  /** What is in the way of a request: a lock, or for one that comes anew somebody who was promised to go on. */
  inTheWay(request: Lock, comesAnew: boolean): Lock | undefined {
    const held = request.kind === "flock"
      ? this.flockInTheWay(request)
      : this.records.find((lock) => conflict(lock, request))
    return held ?? (comesAnew ? this.promisedInTheWay(request) : undefined)
  }

  private promisedInTheWay(request: Lock): Lock | undefined {
    for (let other = this.promised.first; other !== undefined; other = other.next) {
      if ((other.kind === "flock") !== (request.kind === "flock") || !conflict(other, request)) continue
      // One that will have to wait again is in nobody's way.
      if (this.inTheWay(other, false) === undefined) return other
    }
    return undefined
  }

  /** Makes a lock of flock(2) out of a request for which there is nothing in the way. */
  holdFlock(request: Lock): void {
    this.hold(request)
    this.flocks.set(request.owner, request)
  }

  hold(lock: Lock): void {
    lock.held = true
    this.table.held.add(lock)
  }

  /** A lock that is no more; those who wait behind it are still to be woken. */
  letGo(lock: Lock): void {
    lock.held = false
    this.table.held.remove(lock)
    if (lock.kind === "flock") this.flocks.delete(lock.owner)
  }

  /** Takes away all that an owner holds here. */
  release(owner: object): void {
    const flock = this.flocks.get(owner)
    const gone = flock === undefined ? [] : [flock]
    const first = this.records.findIndex((lock) => lock.owner === owner)
    if (first !== -1) {
      let behind = first + 1
      while (behind < this.records.length && this.records[behind]!.owner === owner) behind++
      gone.push(...this.records.splice(first, behind - first))
    }
    for (const lock of gone) this.letGo(lock)
    for (const lock of gone) wakeBlocked(lock)
  }

  /** The last descriptor of a description is closed: what it holds goes, and who still asks for it is told. */
  released(description: Description): void {
    this.release(description)
    for (let request = this.table.asking.get(description); request !== undefined; request = request.alsoAsking) {
      withdraw(request)
      if (request.queue !== undefined) WaitQueue.wake(request.queue)
    }
  }
}
