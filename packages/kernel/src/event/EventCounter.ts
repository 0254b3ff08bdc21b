/**
 * What eventfd(2) opens: a counter of 64 bits. Writing adds to it, reading takes all of it, or one where it is a
 * semaphore.
 *
 * @see eventfd(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_RDWR } from "../abi/OpenFlags.js"
import { POLLIN, POLLOUT } from "../abi/PollEvents.js"
import type { ReadError, WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as WaitQueue from "../WaitQueue.js"
import { AnonymousDescription } from "./AnonymousDescription.js"
import { getUint32, putUint32 } from "./little.js"

const SIZE = 8
const HALF = 2 ** 32
const LAST = HALF - 1

const moved = Exit.succeed(SIZE)

export class EventCounter extends AnonymousDescription {
  private high = 0
  private readonly canRead = WaitQueue.make()
  private readonly canWrite = WaitQueue.make()
  private readonly watched = WaitQueue.make()
  private readonly queues = [this.watched]

  constructor(
    flags: number,
    inode: Inode,
    private low: number,
    private readonly semaphore: boolean,
    private readonly id: number
  ) {
    super(O_RDWR | flags, inode)
  }

  get label(): string {
    return "anon_inode:[eventfd]"
  }

  override read(into: Uint8Array): Effect.Effect<number, ReadError> {
    if (into.length < SIZE) return Errno.fail("EINVAL")
    const taken = this.take(into)
    if (taken !== undefined) return taken
    return this.nonBlocking ? Errno.fail("EAGAIN") : WaitQueue.sleep([this.canRead], () => this.take(into))
  }

  private take(into: Uint8Array): WaitQueue.Attempt<number> {
    const { high, low } = this
    if (high === 0 && low === 0) return undefined
    if (this.semaphore) {
      putUint32(1, into, 0)
      putUint32(0, into, 4)
      this.low = low === 0 ? LAST : low - 1
      if (low === 0) this.high--
      if (this.low !== 0 || this.high !== 0) WaitQueue.wake(this.canRead)
    } else {
      putUint32(low, into, 0)
      putUint32(high, into, 4)
      this.low = this.high = 0
    }
    // Each adds another number: the second may have room enough where the first has not.
    WaitQueue.wakeAll(this.canWrite)
    WaitQueue.tell(this.watched, POLLOUT)
    return moved
  }

  override write(from: Uint8Array): Effect.Effect<number, WriteError> {
    if (from.length !== SIZE) return Errno.fail("EINVAL")
    const low = getUint32(from, 0)
    const high = getUint32(from, 4)
    if (low === LAST && high === LAST) return Errno.fail("EINVAL")
    const added = this.add(low, high)
    if (added !== undefined) return added
    return this.nonBlocking ? Errno.fail("EAGAIN") : WaitQueue.sleep([this.canWrite], () => this.add(low, high))
  }

  private add(low: number, high: number): WaitQueue.Attempt<number> {
    const sum = this.low + low
    const newLow = sum >>> 0
    const newHigh = this.high + high + (sum >= HALF ? 1 : 0)
    if (newHigh > LAST || (newHigh === LAST && newLow === LAST)) return undefined
    this.low = newLow
    this.high = newHigh
    WaitQueue.wake(this.canRead)
    WaitQueue.tell(this.watched, POLLIN)
    return moved
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return this.queues
  }

  override poll(): number {
    const { high, low } = this
    return (high !== 0 || low !== 0 ? POLLIN : 0) | (high < LAST || low < LAST - 1 ? POLLOUT : 0)
  }

  override info(): string {
    const count = (BigInt(this.high) << 32n | BigInt(this.low)).toString(16)
    return `eventfd-count: ${count.padStart(16)}\neventfd-id: ${this.id}\neventfd-semaphore: ${
      Number(this.semaphore)
    }\n`
  }
}
