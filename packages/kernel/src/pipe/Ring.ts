/**
 * Bytes on their way: a ring that grows by doubling as far as bytes are really put in.
 *
 * It holds bytes and knows nothing of limits; whoever puts in has counted before.
 *
 * A reader that goes to sleep may offer its buffer: what is put in then goes straight there, and is copied once instead
 * of twice. It is held all the same, in its place among the others, until somebody takes it. If that is the reader
 * itself, nothing has to move; anybody else makes the ring fetch it first, and so does a reader that leaves without it.
 * So nobody can tell by its answers where the bytes lay meanwhile.
 */
import type * as WaitQueue from "../WaitQueue.js"
import type { Piecewise } from "./Pieces.js"

/** Below this, a loop beats making a view for `set`. */
const SMALL = 24
/** What offers less than this is not worth its while. */
const WORTHWHILE = 512
const FIRST = 1024
const none = new Uint8Array(0)

const noOffer: WaitQueue.Ends = { left: () => {}, aside: () => {} }

const transfer = (from: Uint8Array, start: number, count: number, to: Uint8Array, at: number): void => {
  if (count < SMALL) { for (let i = 0; i < count; i++) to[at + i] = from[start + i]! }
  else to.set(start === 0 && count === from.length ? from : from.subarray(start, start + count), at)
}

export class Ring {
  private bytes = none
  private readAt = 0 // both count up; their difference is the number of bytes held
  private writtenAt = 0
  /** The buffer of a reader that sleeps, and where in it the next byte belongs. */
  private offered: Piecewise | undefined = undefined
  private offeredAt = 0
  /** How many of the bytes held, from the first on, lie in that buffer at `offeredAt`, and not in the ring. */
  private ahead = 0
  /** What every wait does in the end in which a buffer is offered; made for the first. */
  private ends: WaitQueue.Ends | undefined = undefined
  /** Puts in more of what the first of those holds who sleep because there is no room. */
  private lender: (() => void) | undefined = undefined

  /** Bytes that can be taken. */
  get held(): number {
    return this.writtenAt - this.readAt
  }

  /**
   * Offers a buffer for what comes next, from `at` on; until {@link withdraw}, nobody else may touch it. Of several readers
   * the first is served like this. The answer is that of an attempt in vain.
   */
  offer(into: Piecewise, at = 0): undefined {
    if (this.ahead > 0 || into.length - at < WORTHWHILE) return
    this.offered ??= into
    if (this.offered === into) this.offeredAt = at
  }

  /** A reader goes away, or attends to something else, or has to look at what comes next: no buffer is offered any more. */
  withdraw(): void {
    this.fetch()
    this.offered = undefined
  }

  /** What a wait has to do in the end in which `into` is offered after each attempt in vain. */
  withdrawal(into: Piecewise): WaitQueue.Ends {
    if (into.length < WORTHWHILE) return noOffer
    if (this.ends !== undefined) return this.ends
    const left = () => this.withdraw()
    return (this.ends = { left, aside: left })
  }

  /** Somebody goes to sleep with bytes that had no room: `more` puts in what has room by then. */
  lend(more: () => void): undefined {
    this.lender ??= more
  }

  /** What was lent is taken back. */
  reclaim(more: () => void): void {
    if (this.lender === more) this.lender = undefined
  }

  /**
   * For a reader that finds nothing: whoever lends puts its bytes straight into `into`, as it would once it was awake.
   * Answers whether it did; then the buffer has to be withdrawn.
   */
  borrow(into: Piecewise): boolean {
    if (this.lender === undefined || this.held > 0) return false
    this.offer(into)
    this.lender()
    return true
  }

  /** Puts what lies in the offered buffer in its place in the ring. */
  private fetch(): void {
    const { ahead, offered, offeredAt } = this
    if (ahead === 0 || offered === undefined) return
    this.ahead = 0
    // Whoever gives the memory away in which it wants to read, finds no fault here.
    if (offered.length >= offeredAt + ahead) this.place(offered, offeredAt, this.readAt, ahead)
  }

  /** Puts in `count` bytes of `from`, beginning at `start`; `later` are those that no reader takes with what is there. */
  put(from: Piecewise, start: number, count: number, later = false): void {
    if (!(from instanceof Uint8Array)) {
      return from.each(start, count, (part, at, some) => this.put(part, at, some, later))
    }
    if (this.held + count > this.bytes.length) this.reserve(this.held + count)
    const at = this.writtenAt
    this.writtenAt += count
    const { offered } = this
    // Only behind nothing but what lies there already.
    const straight = offered === undefined || later || at !== this.readAt + this.ahead
      ? 0
      : this.putAhead(offered, from, start, count)
    if (straight < count) this.place(from, start + straight, at + straight, count - straight)
  }

  /** Puts as much as there is room for into the offered buffer, and answers how much. */
  private putAhead(offered: Piecewise, from: Uint8Array, start: number, count: number): number {
    const at = this.offeredAt + this.ahead
    const straight = Math.min(count, offered.length - at)
    if (straight <= 0) return 0
    if (!(offered instanceof Uint8Array)) {
      offered.each(at, straight, (part, to, some, done) => transfer(from, start + done, some, part, to))
    } else transfer(from, start, straight, offered, at)
    this.ahead += straight
    return straight
  }

  /** Copies bytes to a place in the ring. */
  private place(from: Piecewise, start: number, to: number, count: number): void {
    if (!(from instanceof Uint8Array)) {
      return from.each(start, count, (part, at, some, done) => this.place(part, at, to + done, some))
    }
    const { bytes } = this
    const mask = bytes.length - 1
    const at = to & mask
    if (count < SMALL) {
      for (let i = 0; i < count; i++) bytes[(at + i) & mask] = from[start + i]!
      return
    }
    const untilEnd = Math.min(count, bytes.length - at)
    bytes.set(start === 0 && untilEnd === from.length ? from : from.subarray(start, start + untilEnd), at)
    if (untilEnd < count) bytes.set(from.subarray(start + untilEnd, start + count), 0)
  }

  /** Copies `count` bytes that lie `skip` behind the first into `into`, at `to`; they stay. */
  copy(into: Piecewise, to: number, count: number, skip = 0): void {
    if (this.ahead > 0) {
      if (into === this.offered && to === this.offeredAt && skip === 0) {
        // They are there.
        const there = Math.min(this.ahead, count)
        if (there < count) this.lift(into, to + there, count - there, there)
        return
      }
      this.fetch()
    }
    this.lift(into, to, count, skip)
  }

  /** Copies out of the ring itself. */
  private lift(into: Piecewise, to: number, count: number, skip: number): void {
    if (!(into instanceof Uint8Array)) {
      return into.each(to, count, (part, at, some, done) => this.lift(part, at, some, skip + done))
    }
    const { bytes } = this
    const mask = bytes.length - 1
    const at = (this.readAt + skip) & mask
    if (count < SMALL) {
      for (let i = 0; i < count; i++) into[to + i] = bytes[(at + i) & mask]!
      return
    }
    const untilEnd = Math.min(count, bytes.length - at)
    into.set(bytes.subarray(at, at + untilEnd), to)
    if (untilEnd < count) into.set(bytes.subarray(0, count - untilEnd), to + untilEnd)
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    this.readAt += count
    if (this.ahead > 0) {
      const gone = Math.min(count, this.ahead)
      this.ahead -= gone
      this.offeredAt += gone
    }
    // An empty ring begins at the front again, so that most copies are one piece.
    if (this.readAt === this.writtenAt) this.readAt = this.writtenAt = 0
  }

  /** Puts the first `count` bytes into another ring as well. */
  copyTo(to: Ring, count: number): void {
    this.fetch()
    const { bytes } = this
    const at = this.readAt & (bytes.length - 1)
    const untilEnd = Math.min(count, bytes.length - at)
    to.put(bytes, at, untilEnd)
    if (untilEnd < count) to.put(bytes, 0, count - untilEnd)
  }

  /** Trades all bytes, and the memory, with another ring. */
  swap(other: Ring): void {
    this.fetch()
    other.fetch()
    const { bytes, readAt, writtenAt } = this
    this.bytes = other.bytes
    this.readAt = other.readAt
    this.writtenAt = other.writtenAt
    other.bytes = bytes
    other.readAt = readAt
    other.writtenAt = writtenAt
  }

  /** Drops all bytes, and the memory. */
  clear(): void {
    this.bytes = none
    this.readAt = this.writtenAt = this.ahead = 0
  }

  private reserve(least: number): void {
    let size = Math.max(FIRST, this.bytes.length * 2)
    while (size < least) size *= 2
    const { ahead, held } = this
    const grown = new Uint8Array(size)
    if (held > ahead) this.lift(grown, ahead, held - ahead, ahead)
    this.bytes = grown
    this.readAt = 0
    this.writtenAt = held
  }
}
