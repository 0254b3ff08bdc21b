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

const PAGE = 4096
/** What a buffer is besides its bytes: whether what comes next may go behind them, and whether it is a packet. */
const MERGES = 1
const PACKET = 2
/** Below this, a loop beats making a view for `set`. */
const SMALL = 24

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

  private ring = new Uint8Array(0)
  private readAt = 0 // both count up for ever; their difference is the number of bytes held
  private writtenAt = 0
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
    return this.writtenAt - this.readAt
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
  tryRead(into: Uint8Array): WaitQueue.Attempt<number> {
    if (into.length > 0 && this.slots > 0 && (this.kinds[this.firstSlot]! & PACKET) !== 0) return this.readPacket(into)
    const count = Math.min(into.length, this.writtenAt - this.readAt)
    if (count === 0) return into.length > 0 && this.writers > 0 ? undefined : Exit.succeed(0)
    this.copyOut(into, count)
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
    if (this.writtenAt !== this.readAt) WaitQueue.wake(this.canRead)
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
  private readPacket(into: Uint8Array): Exit.Exit<number> {
    const length = this.lengths[this.firstSlot]!
    const count = Math.min(into.length, length)
    this.copyOut(into, count)
    this.skip(length - count)
    const wasFull = this.full
    this.consume(length)
    this.wasEmptied(wasFull)
    return Exit.succeed(count)
  }

  /** Puts in as much of `from` behind `done` as there is room for, and answers how much of it is in then. */
  fill(from: Uint8Array, done: number, packets = false): number {
    const wasEmpty = this.writtenAt === this.readAt
    const before = done
    const odd = (from.length - done) % PAGE
    if (odd > 0 && this.slots > 0 && done === 0) {
      const last = (this.firstSlot + this.slots - 1) % this.lengths.length
      if ((this.kinds[last]! & MERGES) !== 0 && this.starts[last]! + this.lengths[last]! + odd <= PAGE) {
        this.copyIn(from, done, odd)
        this.lengths[last]! += odd
        done += odd
      }
    }
    while (done < from.length && this.slots < this.lengths.length) {
      const count = Math.min(PAGE, from.length - done)
      const slot = (this.firstSlot + this.slots++) % this.lengths.length
      this.copyIn(from, done, count)
      this.starts[slot] = 0
      this.lengths[slot] = count
      this.kinds[slot] = packets ? PACKET : MERGES
      done += count
    }
    if (done > before) {
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
    const wasEmpty = this.writtenAt === this.readAt
    let done = 0
    while (done < from.length && !this.full) {
      const start = done === 0 ? offset : 0
      const count = Math.min(PAGE - start, from.length - done)
      this.copyIn(from, done, count)
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
    const { readAt, writtenAt } = this
    this.copyOut(into, count)
    this.readAt = readAt
    this.writtenAt = writtenAt
    return into
  }

  /** Forgets the first `count` bytes. */
  take(count: number): void {
    if (count === 0) return
    const { full, slots } = this
    this.skip(count)
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
    this.firstSlot =
      this.slots =
      this.readAt =
      this.writtenAt =
        0
    this.copyIn(bytes, 0, bytes.length)
    this.copyIn(held, 0, held.length)
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
    if (!stay && wasEmpty && done === this.held) this.handOver(to)
    else {
      const { ring } = this
      const at = this.readAt & (ring.length - 1)
      const untilEnd = Math.min(done, ring.length - at)
      to.copyIn(ring, at, untilEnd)
      if (untilEnd < done) to.copyIn(ring, 0, done - untilEnd)
      if (!stay) this.skip(done)
    }
    if (!stay) {
      const { slots } = this
      this.consume(done)
      this.wasEmptied(wasFull, this.slots < slots)
    }
    to.wasFilled(wasEmpty)
    return done
  }

  /** Everything goes to a pipe that holds nothing: then no byte has to move. */
  private handOver(to: Pipe): void {
    const { ring } = to
    to.ring = this.ring
    to.readAt = this.readAt
    to.writtenAt = this.writtenAt
    this.ring = ring
    this.readAt = this.writtenAt = 0
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
    const held = new Uint8Array(this.held)
    this.copyOut(held, held.length)
    this.starts = starts
    this.lengths = lengths
    this.kinds = kinds
    this.firstSlot = 0
    this.ring = new Uint8Array(0)
    this.readAt = this.writtenAt = 0
    this.copyIn(held, 0, held.length)
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
      this.ring = new Uint8Array(0)
      this.readAt = this.writtenAt = this.slots = 0
    }
  }

  /** Passes over bytes in the ring. */
  private skip(count: number): void {
    this.readAt += count
    if (this.readAt === this.writtenAt) this.readAt = this.writtenAt = 0
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

  private copyIn(from: Uint8Array, start: number, count: number): void {
    this.reserve(this.held + count)
    const { ring } = this
    const mask = ring.length - 1
    const at = this.writtenAt & mask
    this.writtenAt += count
    if (count < SMALL) {
      for (let i = 0; i < count; i++) ring[(at + i) & mask] = from[start + i]!
      return
    }
    const untilEnd = Math.min(count, ring.length - at)
    ring.set(start === 0 && untilEnd === from.length ? from : from.subarray(start, start + untilEnd), at)
    if (untilEnd < count) ring.set(from.subarray(start + untilEnd, start + count), 0)
  }

  private copyOut(into: Uint8Array, count: number): void {
    const { ring } = this
    const mask = ring.length - 1
    const at = this.readAt & mask
    this.readAt += count
    if (count < SMALL) {
      for (let i = 0; i < count; i++) into[i] = ring[(at + i) & mask]!
    } else {
      const untilEnd = Math.min(count, ring.length - at)
      into.set(ring.subarray(at, at + untilEnd), 0)
      if (untilEnd < count) into.set(ring.subarray(0, count - untilEnd), untilEnd)
    }
    // An empty pipe begins at the front again, so that most copies are one piece.
    if (this.readAt === this.writtenAt) this.readAt = this.writtenAt = 0
  }

  /** Grows the ring, by doubling, as far as bytes are really put in. */
  private reserve(bytes: number): void {
    if (bytes <= this.ring.length) return
    let size = Math.max(PAGE, this.ring.length * 2)
    while (size < bytes) size *= 2
    const { held } = this
    const grown = new Uint8Array(size)
    if (held > 0) {
      const mask = this.ring.length - 1
      const at = this.readAt & mask
      const untilEnd = Math.min(held, this.ring.length - at)
      grown.set(this.ring.subarray(at, at + untilEnd), 0)
      grown.set(this.ring.subarray(0, held - untilEnd), untilEnd)
    }
    this.ring = grown
    this.readAt = 0
    this.writtenAt = held
  }
}
