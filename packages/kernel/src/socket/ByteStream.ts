/**
 * One direction of a connection: a bounded queue of bytes with an end.
 *
 * @see tcp(7)
 */
import type { Piecewise } from "../pipe/Pieces.js"
import { Ring } from "../pipe/Ring.js"
import type { Count } from "./inet/Traffic.js"
import type { Party } from "./Network.js"

const nobody: Party = { bytesCame: () => {}, roomCame: () => {}, cut: () => {} }

/** A byte that was sent out of band. It keeps its place among the others. @see tcp(7) */
export interface Urgent {
  /** How many bytes were put in before it. */
  readonly at: number
  readonly byte: number
  /** Whether it was received out of band. */
  read: boolean
}

export class ByteStream extends Ring {
  /** How many bytes were ever put in. */
  total = 0
  /** How many were sent once nobody took them any more. */
  lost = 0
  /** The last urgent byte, until it was passed. */
  urgent: Urgent | undefined = undefined
  /** Whoever takes out, and is told when there is something to take. */
  reader: Party = nobody
  /** Whoever puts in, and is told when there is room. */
  writer: Party = nobody
  /** Where it is counted what goes through it. */
  count: Count | undefined = undefined
  /** No more bytes will come. */
  ended = false
  /** Nobody takes anything out any more: what is still put in cuts the connection. */
  abandoned = false

  constructor(
    /** Bytes that it holds at most. */
    public limit: number
  ) {
    super()
  }

  /** How many bytes were ever taken out. */
  get passed(): number {
    return this.total - this.held
  }

  get room(): number {
    return this.limit - this.held
  }

  /** Whether there is room for more than a crumb: a third of the limit, as Linux wakes its writers. */
  get spacious(): boolean {
    return this.held * 3 <= this.limit * 2
  }

  /** Puts in as much of `from` behind `done` as there is room for, and answers how much of it is in then. */
  fill(from: Piecewise, done: number): number {
    // More than once where the reader is a network, which takes at once what comes. Nothing at all disturbs nobody.
    while (done < from.length) {
      if (this.abandoned) {
        this.lost += from.length - done
        this.reader.cut()
        this.writer.cut()
        return from.length
      }
      const count = Math.min(from.length - done, this.limit - this.held)
      if (count <= 0) return done
      this.put(from, done, count)
      this.total += count
      this.count?.segment(count)
      done += count
      this.reader.bytesCame()
    }
    return done
  }

  /** As {@link fill}; the last byte that is put in is urgent. */
  fillUrgent(from: Uint8Array, done: number): number {
    while (done < from.length) {
      const end = this.abandoned ? from.length : done + Math.min(from.length - done, this.room)
      if (end <= done) return done
      this.urge({ at: this.total + end - done - 1, byte: from[end - 1]!, read: false })
      done = this.fill(from.subarray(0, end), done)
    }
    return done
  }

  /** Says that a byte which comes next, or soon, is urgent. */
  urge(urgent: Urgent): void {
    this.withdraw()
    this.reader.urgentCame?.(urgent)
  }

  /** Takes up to `most` bytes into `into` at `to`, and answers how many. */
  take(into: Piecewise, to: number, most: number): number {
    const count = Math.min(most, this.held)
    if (count === 0) return 0
    const was = this.spacious
    this.copy(into, to, count)
    this.drop(count)
    if (!was && this.spacious) this.writer.roomCame()
    return count
  }

  /** Drops up to `most` bytes unread, and answers how many. */
  discard(most: number): number {
    const count = Math.min(most, this.held)
    this.drop(count)
    this.writer.roomCame()
    return count
  }

  /** No more bytes will be put in. */
  end(): void {
    if (this.ended) return
    this.ended = true
    this.reader.bytesCame()
  }
}
