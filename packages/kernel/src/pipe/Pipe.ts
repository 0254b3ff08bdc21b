/**
 * The synchronous core of a pipe: bytes in a ring, and the page-sized buffers that Linux would hold them in.
 *
 * How much a pipe takes is decided by buffers, not by bytes: a write begins a new one unless all of its odd bytes
 * fit behind those of the last. Programs can tell (a pipe of 64 KiB takes sixteen writes of 3,000 bytes and no
 * more), so the buffers are counted here although the bytes lie in one ring.
 *
 * @see pipe(7)
 */
import * as Exit from "effect/Exit"
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "../abi/PollEvents.js"
import { POLL_IN, POLL_OUT } from "../abi/SignalCodes.js"
import * as Errno from "../Errno.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Piecewise } from "./Pieces.js"
import { Ring } from "./Ring.js"

const PAGE = 4096
/** What a buffer is besides its bytes: whether what comes next may go behind them, and whether it is a packet. */
const MERGES = 1
const PACKET = 2

/** Functions that are told why, the newest first. */
export type AsyncList = ReadonlyArray<(code: number) => void>

export class Pipe {
  readers = 0
  writers = 0
  /** How often each side was opened: whoever waits for the other side must not miss one that has come and gone. */
  readerOpens = 0
  writerOpens = 0
  readonly canRead = WaitQueue.make()
  readonly canWrite = WaitQueue.make()
  readonly opened = WaitQueue.make()
  /** Where those watch who poll an end; made for the first. */
  private watchReaders: WaitQueue.WaitQueue | undefined = undefined
  private watchWriters: WaitQueue.WaitQueue | undefined = undefined

  /** Who is told by a signal of what can be done with the pipe: made when somebody asks. @see open(2), O_ASYNC */
  asyncReaders: AsyncList | undefined = undefined
  asyncWriters: AsyncList | undefined = undefined

  readonly ring = new Ring()
  /** The buffers in use, oldest at `firstSlot`: where the bytes of each begin in its page, and how many they are. */
  private starts: Uint16Array
  private lengths: Uint16Array
  private kinds: Uint8Array
  private firstSlot = 0
  private slots = 0

  constructor(capacity: number) {
    const pages = Math.max(1, capacity / PAGE)
    this.starts = new Uint16Array(pages)
    this.lengths = new Uint16Array(pages)
    this.kinds = new Uint8Array(pages)
  }

  /** Bytes that can be read. */
  get held(): number {
    return this.ring.held
  }

  get capacity(): number {
    return this.lengths.length * PAGE
  }

  get full(): boolean {
    return this.slots === this.lengths.length
  }

  /** Buffers that are free. */
  get room(): number {
    return this.lengths.length - this.slots
  }

  /** Takes up to `into.length` bytes; `undefined` when there are none yet, 0 when there never will be. */
  tryRead(into: Piecewise): WaitQueue.Attempt<number> {
    const { ring } = this
    if (into.length === 0 || !ring.borrow(into)) return this.readHeld(into)
    const answer = this.readHeld(into)
    ring.withdraw()
    return answer
  }

  private readHeld(into: Piecewise): WaitQueue.Attempt<number> {
    if (into.length > 0 && this.slots > 0 && (this.kinds[this.firstSlot]! & PACKET) !== 0) return this.readPacket(into)
    const { ring } = this
    const count = Math.min(into.length, ring.held)
    if (count === 0) return into.length > 0 && this.writers > 0 ? undefined : Exit.succeed(0)
    ring.copy(into, 0, count)
    ring.drop(count)
    const wasFull = this.full
    this.consume(count)
    this.wasEmptied(wasFull)
    return Exit.succeed(count)
  }

  /** `signals`: a splice that leaves something of a buffer tells nobody. */
  private wasEmptied(wasFull: boolean, signals = true): void {
    if (wasFull && !this.full) {
      WaitQueue.wake(this.canWrite)
      if (this.watchWriters !== undefined) WaitQueue.tell(this.watchWriters, POLLOUT | POLLWRNORM)
    }
    if (signals) this.signalWriters()
    if (this.held > 0) WaitQueue.wake(this.canRead)
  }

  /** What is told to those who poll the reading ends. */
  get readersWatch(): WaitQueue.WaitQueue {
    return this.watchReaders ??= WaitQueue.make()
  }

  get writersWatch(): WaitQueue.WaitQueue {
    return this.watchWriters ??= WaitQueue.make()
  }

  /** There is something to read, or was tried to be. Whoever polls hears it of every write, as on Linux. */
  tellReaders(): void {
    if (this.watchReaders !== undefined) WaitQueue.tell(this.watchReaders, POLLIN | POLLRDNORM)
  }

  /** Takes one packet; what of it does not fit is lost. @see pipe(2), O_DIRECT */
  private readPacket(into: Piecewise): Exit.Exit<number> {
    const length = this.lengths[this.firstSlot]!
    const count = Math.min(into.length, length)
    this.ring.copy(into, 0, count)
    this.ring.drop(length)
    const wasFull = this.full
    this.consume(length)
    this.wasEmptied(wasFull)
    return Exit.succeed(count)
  }

  /** Puts in as much of `from` behind `done` as there is room for, and answers how much of it is in then. */
  fill(from: Piecewise, done: number, packets = false): number {
    const wasEmpty = this.held === 0
    const before = done
    const odd = (from.length - done) % PAGE
    if (odd > 0 && this.slots > 0 && done === 0) {
      const last = (this.firstSlot + this.slots - 1) % this.lengths.length
      if ((this.kinds[last]! & MERGES) !== 0 && this.starts[last]! + this.lengths[last]! + odd <= PAGE) {
        this.lengths[last]! += odd
        done += odd
      }
    }
    while (done < from.length && this.slots < this.lengths.length) {
      const count = Math.min(PAGE, from.length - done)
      this.addSlot(0, count, packets ? PACKET : MERGES)
      done += count
    }
    if (done > before) {
      this.ring.put(from, before, done - before)
      if (wasEmpty || this.canRead.first !== undefined) WaitQueue.wake(this.canRead)
      if (!this.full) WaitQueue.wake(this.canWrite)
      if (wasEmpty && done < from.length) this.tellReaders()
    }
    if (done === from.length) this.tellReaders()
    this.signalReaders()
    return done
  }

  /** Somebody has written, or found no room to. */
  signalReaders(): void {
    if (this.asyncReaders !== undefined) { for (const tell of this.asyncReaders) tell(POLL_IN) }
  }

  /** Somebody has read, or found nothing to. */
  signalWriters(): void {
    if (this.asyncWriters !== undefined) { for (const tell of this.asyncWriters) tell(POLL_OUT) }
  }

  private wasFilled(wasEmpty: boolean): void {
    this.signalReaders()
    if (wasEmpty || this.canRead.first !== undefined) WaitQueue.wake(this.canRead)
    if (!this.full) WaitQueue.wake(this.canWrite)
    this.tellReaders()
  }

  /** Puts pages of a file in, as far as there is room; the first of `from` lies at `offset` in its page. */
  fillPages(from: Uint8Array, offset: number): number {
    const wasEmpty = this.held === 0
    let done = 0
    while (done < from.length && !this.full) {
      const start = done === 0 ? offset : 0
      const count = Math.min(PAGE - start, from.length - done)
      this.ring.put(from, done, count)
      this.addSlot(start, count, 0)
      done += count
    }
    if (done > 0) this.wasFilled(wasEmpty)
    return done
  }

  private addSlot(start: number, length: number, kind: number): void {
    const slot = (this.firstSlot + this.slots++) % this.lengths.length
    this.starts[slot] = start
    this.lengths[slot] = length
    this.kinds[slot] = kind
  }

  /** A copy of the first `count` bytes, which stay. */
  peek(count: number): Uint8Array {
    const into = new Uint8Array(count)
    this.ring.copy(into, 0, count)
    return into
  }

  /** Forgets the first `count` bytes. */
  take(count: number): void {
    if (count === 0) return
    const { full, slots } = this
    this.ring.drop(count)
    this.consume(count)
    this.wasEmptied(full, this.slots < slots)
  }

  /** Puts bytes back that were taken and could not be used; a pipe that was filled meanwhile holds more than it takes. */
  putBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const held = this.peek(this.held)
    const slots = Array.from({ length: this.slots }, (_, i) => {
      const slot = (this.firstSlot + i) % this.lengths.length
      return [this.starts[slot]!, this.lengths[slot]!, this.kinds[slot]!] as const
    })
    const pages = Math.ceil(bytes.length / PAGE)
    const room = Math.max(this.lengths.length, slots.length + pages)
    this.starts = new Uint16Array(room)
    this.lengths = new Uint16Array(room)
    this.kinds = new Uint8Array(room)
    this.firstSlot = this.slots = 0
    this.ring.drop(held.length)
    this.ring.put(bytes, 0, bytes.length)
    this.ring.put(held, 0, held.length)
    for (let done = 0; done < bytes.length; done += PAGE) this.addSlot(0, Math.min(PAGE, bytes.length - done), 0)
    for (const slot of slots) this.addSlot(...slot)
    this.wasFilled(true)
  }

  /**
   * Puts up to `length` bytes of this pipe into another, buffer by buffer, as long as that has room; they leave this one
   * unless they are to stay. Answers how many.
   */
  spliceTo(to: Pipe, length: number, stay: boolean): number {
    const wasEmpty = to.held === 0
    const wasFull = this.full
    let done = 0
    for (let i = 0; i < this.slots && done < length && !to.full; i++) {
      const slot = (this.firstSlot + i) % this.lengths.length
      const whole = this.lengths[slot]!
      const count = Math.min(whole, length - done)
      const kind = this.kinds[slot]!
      // What two pipes share takes nothing more.
      to.addSlot(this.starts[slot]!, count, stay || count < whole ? kind & ~MERGES : kind)
      done += count
    }
    if (done === 0) return 0
    // All of it goes to a pipe that holds nothing: then no byte has to move.
    if (!stay && wasEmpty && done === this.held) this.ring.swap(to.ring)
    else {
      this.ring.copyTo(to.ring, done)
      if (!stay) this.ring.drop(done)
    }
    if (!stay) {
      const { slots } = this
      this.consume(done)
      this.wasEmptied(wasFull, this.slots < slots)
    }
    to.wasFilled(wasEmpty)
    return done
  }

  /** Changes how many buffers there are. @see fcntl(2), F_SETPIPE_SZ */
  resize(capacity: number): Exit.Exit<void, Errno.Errno<"EBUSY">> {
    const pages = capacity / PAGE
    if (this.slots > pages) return Errno.fail("EBUSY")
    const starts = new Uint16Array(pages)
    const lengths = new Uint16Array(pages)
    const kinds = new Uint8Array(pages)
    for (let i = 0; i < this.slots; i++) {
      const slot = (this.firstSlot + i) % this.lengths.length
      starts[i] = this.starts[slot]!
      lengths[i] = this.lengths[slot]!
      kinds[i] = this.kinds[slot]!
    }
    const held = this.peek(this.held)
    this.starts = starts
    this.lengths = lengths
    this.kinds = kinds
    this.firstSlot = 0
    this.ring.clear()
    this.ring.put(held, 0, held.length)
    if (!this.full) WaitQueue.wake(this.canWrite)
    if (this.watchWriters !== undefined) WaitQueue.tell(this.watchWriters)
    return Exit.void
  }

  /** Wakes everybody: an end was opened, or closed. */
  private wakeEverybody(): void {
    WaitQueue.wakeAll(this.canRead)
    WaitQueue.wakeAll(this.canWrite)
    WaitQueue.wakeAll(this.opened)
  }

  /** An end was opened; whether it was the first of its side, is what those who poll a reading end hear. */
  joined(first: boolean): void {
    this.wakeEverybody()
    if (first && this.watchReaders !== undefined) WaitQueue.tell(this.watchReaders)
  }

  /** An end was closed, and what others wait for may never come. */
  left(): void {
    this.wakeEverybody()
    if ((this.readers === 0) !== (this.writers === 0)) {
      if (this.watchReaders !== undefined) WaitQueue.tell(this.watchReaders)
      if (this.watchWriters !== undefined) WaitQueue.tell(this.watchWriters)
      this.signalReaders()
      this.signalWriters()
    }
    if (this.readers === 0 && this.writers === 0) {
      this.ring.clear()
      this.slots = 0
    }
  }

  private consume(count: number): void {
    let left = count
    while (left > 0) {
      const length = this.lengths[this.firstSlot]!
      if (length > left) {
        this.starts[this.firstSlot]! += left
        this.lengths[this.firstSlot] = length - left
        return
      }
      left -= length
      this.firstSlot = (this.firstSlot + 1) % this.lengths.length
      this.slots--
    }
  }
}
