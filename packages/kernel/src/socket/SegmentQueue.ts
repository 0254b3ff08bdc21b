/**
 * What a socket has received and nobody has taken yet: bytes in one ring, and the messages that they belong to.
 *
 * A datagram socket keeps its messages apart; a Unix stream reads across them, but not across descriptors that came
 * along with one.
 */
import type { Piecewise } from "../pipe/Pieces.js"
import { Ring } from "../pipe/Ring.js"
import type { Attached } from "./Message.js"

/** One message, or what is left of it. */
export class Segment<Sender> {
  next: Segment<Sender> | undefined = undefined
  /** A byte that was sent out of band: it lies here, and not in the ring. */
  byte: number | undefined = undefined

  constructor(
    readonly sender: Sender,
    /** Bytes that are left of it. */
    public length: number,
    /** The memory that is counted for it. */
    readonly charge: number,
    public attached: Attached | undefined
  ) {}
}

export class SegmentQueue<Sender> {
  readonly ring = new Ring()
  first: Segment<Sender> | undefined = undefined
  private last: Segment<Sender> | undefined = undefined
  /** How many messages there are. */
  count = 0
  /** Bytes that were sent out of band and nobody has taken. */
  private loose = 0

  constructor(
    /** Whether messages are kept apart: a buffer that is offered is for the first of them alone. */
    private readonly apart: boolean
  ) {}

  /** Puts in the bytes of `segment`, which begin at `start` of `from`. */
  put(segment: Segment<Sender>, from: Piecewise, start: number): void {
    if (segment.byte !== undefined) {
      // What comes next has to be looked at by whoever reads.
      this.ring.withdraw()
      this.loose++
    } else if (segment.length > 0) this.ring.put(from, start, segment.length, this.apart && this.first !== undefined)
    if (this.last === undefined) this.first = segment
    else this.last.next = segment
    this.last = segment
    this.count++
  }

  /** Bytes that can be taken. */
  get held(): number {
    return this.ring.held + this.loose
  }

  /** The byte of `segment` was taken, which keeps its place. */
  emptied(segment: Segment<Sender>): void {
    this.loose -= segment.length
    segment.length = 0
  }

  /** Drops the first message, whose bytes have been taken or are not wanted. */
  shift(): void {
    const { first } = this
    if (first === undefined) return
    if (first.byte !== undefined) this.emptied(first)
    else if (first.length > 0) this.ring.drop(first.length)
    this.first = first.next
    if (this.first === undefined) this.last = undefined
    this.count--
  }

  /** Takes everything out, and hands each message to `gone`. */
  clear(gone: (segment: Segment<Sender>) => void): void {
    const { first } = this
    this.first = this.last = undefined
    this.count = this.loose = 0
    this.ring.clear()
    for (let segment = first; segment !== undefined; segment = segment.next) gone(segment)
  }
}
