/**
 * SOCK_STREAM of Unix sockets: bytes without boundaries, except around descriptors and changes of sender.
 *
 * @see unix(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PollEvents from "../../abi/PollEvents.js"
import { MSG_NOSIGNAL, MSG_OOB, MSG_PEEK, MSG_WAITALL, SO_OOBINLINE, SOCK_STREAM } from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import { byteAt, type Piecewise, putByte } from "../../pipe/Pieces.js"
import type { Process } from "../../ProcessTable.js"
import * as WaitQueue from "../../WaitQueue.js"
import type { SocketAddress } from "../Address.js"
import { ofStream, streamPiece } from "../charge.js"
import type { ReceiveError, SendError, WriteError } from "../errors.js"
import type { Attached, Received } from "../Message.js"
import type { ProcessCredentials } from "../OptionValue.js"
import { Segment } from "../SegmentQueue.js"
import { RCV_SHUTDOWN, SEND_SHUTDOWN, SHUTDOWN_MASK } from "../Socket.js"
import { along, credentialsIn, hold, introduce, letGo, sameSender, take } from "./rights.js"
import { UnixConnection } from "./UnixConnection.js"
import type { UnixDomain } from "./UnixDomain.js"
import type { UnixSocket } from "./UnixSocket.js"

export class UnixStream extends UnixConnection {
  constructor(unix: UnixDomain, flags: number, caller: Process) {
    super(unix, SOCK_STREAM, flags, caller)
  }

  protected another(caller: Process): UnixStream {
    return new UnixStream(this.unix, 0, caller)
  }

  /** The byte that was sent out of band last, until it was received so or passed. */
  private urgent: Segment<UnixSocket> | undefined = undefined

  sendTo(_to: SocketAddress, from: Piecewise, flags: number): Exit.Exit<number, SendError> {
    return Errno.fail(this.state !== "connected" || sendsNothing(from, flags) ? "EOPNOTSUPP" : "EISCONN")
  }

  send(
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, WriteError> {
    if (sendsNothing(from, flags)) return Errno.fail("EOPNOTSUPP")
    const { peer } = this
    if (peer === undefined) return Errno.fail("ENOTCONN")
    if ((this.shut & SEND_SHUTDOWN) !== 0) return this.broken(flags, caller)
    if (from.length === 0) return Exit.succeed(0)
    const message = along(this, peer, attached, caller)
    const done = this.fill(from, 0, flags, message, peer)
    if (done === from.length) return Exit.succeed(done)
    return this.sendRest(from, done, flags, message, peer, caller)
  }

  private broken(flags: number, caller: Process): Exit.Exit<never, Errno.Errno<"EPIPE">> {
    if ((flags & MSG_NOSIGNAL) === 0) this.context.brokenPipe(caller)
    return Errno.fail("EPIPE")
  }

  /** Puts in as much of `from` behind `done` as there is room for, and answers how much of it is in then. */
  private fill(
    from: Piecewise,
    done: number,
    flags: number,
    attached: Attached | undefined,
    peer: UnixSocket
  ): number {
    if (this.error !== undefined || (this.shut & SEND_SHUTDOWN) !== 0 || (peer.shut & RCV_SHUTDOWN) !== 0) return done
    const most = streamPiece(this.sendBuffer)
    const end = (flags & MSG_OOB) === 0 ? from.length : from.length - 1
    while (done < from.length && this.charged < this.sendBuffer) {
      const count = Math.min(Math.max(1, end - done), most)
      // Descriptors go with the first byte, and credentials with every one.
      const part = attached === undefined || done === 0 || attached.rights === undefined
        ? attached
        : { ...attached, rights: undefined }
      if (part?.rights !== undefined) hold(this.unix, part.rights)
      const segment = new Segment<UnixSocket>(this, count, ofStream(count), part)
      if (done === end && peer instanceof UnixStream) peer.mark(segment, byteAt(from, done))
      peer.deliver(segment, from, done)
      done += count
    }
    return done
  }

  /** Goes on with what found too little room. */
  private sendRest(
    from: Piecewise,
    begun: number,
    flags: number,
    attached: Attached | undefined,
    peer: UnixSocket,
    caller: Process
  ): Effect.Effect<number, WriteError> {
    let done = begun
    const soFar = (): Exit.Exit<number> | undefined => done > 0 ? Exit.succeed(done) : undefined
    const attempt = (): WaitQueue.Attempt<number, WriteError> => {
      done = this.fill(from, done, flags, attached, peer)
      if (done === from.length) {
        // Whoever waits behind it was not told of the room that is left.
        if (this.charged < this.sendBuffer) WaitQueue.pass(this.canSend)
        return Exit.succeed(done)
      }
      // Told by this call, even where nobody is told of it.
      const error = this.takeError()
      if (error !== undefined) return soFar() ?? error
      if ((this.shut & SEND_SHUTDOWN) !== 0) return soFar() ?? Errno.fail("EPIPE")
      if ((peer.shut & RCV_SHUTDOWN) !== 0) {
        // Nobody is told of an urgent byte that goes nowhere.
        return soFar() ?? this.broken((flags & MSG_OOB) === 0 || from.length > 1 ? flags : MSG_NOSIGNAL, caller)
      }
      return undefined
    }
    const now = attempt()
    if (now !== undefined) return now
    if (this.noRoom(flags)) return soFar() ?? Errno.fail("EAGAIN")
    return this.wait([this.canSend], attempt, this.settings.sendTimeout, Errno.fail("EAGAIN"), soFar)
  }

  receive(into: Piecewise, flags: number, received: Received | undefined): Effect.Effect<number, ReceiveError> {
    if (this.state !== "connected") return Errno.fail("EINVAL")
    if ((flags & MSG_OOB) !== 0) return this.receiveUrgent(into, flags, received)
    const least = (flags & MSG_WAITALL) !== 0 ? into.length : Math.min(this.settings.lowWater, into.length)
    // Who peeks is content with what is there.
    if (least > 1 && (flags & MSG_PEEK) === 0) return this.receiveAtLeast(least, into, this.impatient(flags), received)
    const now = this.tryReceive(into, flags, received)
    if (now !== undefined) return now
    if (this.impatient(flags)) return Errno.fail("EAGAIN")
    const { ring } = this.queue
    const peeks = (flags & MSG_PEEK) !== 0
    return this.wait(
      [this.canReceive],
      () => this.tryReceive(into, flags, received) ?? (peeks ? undefined : ring.offer(into)),
      this.settings.receiveTimeout,
      Errno.fail("EAGAIN"),
      undefined,
      ring.withdrawal(into)
    )
  }

  /** Takes what is there; `undefined` when there is nothing yet. */
  private tryReceive(
    into: Piecewise,
    flags: number,
    received: Received | undefined
  ): WaitQueue.Attempt<number, ReceiveError> {
    if (this.queue.first !== undefined) {
      const count = (flags & MSG_PEEK) !== 0 ? this.peek(into, received) : this.take(into, received)
      if (this.queue.first !== undefined) WaitQueue.pass(this.canReceive)
      if (count !== undefined) return Exit.succeed(count)
    }
    const error = this.takeError()
    if (error !== undefined) return error
    if ((this.shut & RCV_SHUTDOWN) === 0) return undefined
    // The end comes from nobody, and says so.
    if (received !== undefined) {
      if (this.settings.passCredentials) received.credentials = nobody
      received.wantsProcess = this.settings.passProcess
    }
    return Exit.succeed(0)
  }

  /** Takes up to `most` bytes into `into` at `to`, and answers how many; `undefined` where there is nothing. */
  private take(into: Piecewise, received: Received | undefined, to = 0, most = Infinity): number | undefined {
    const { queue } = this
    const room = Math.min(into.length - to, most)
    let done: number | undefined
    for (let segment = queue.first; segment !== undefined; segment = queue.first) {
      const next: Segment<UnixSocket> | undefined = this.upNext(segment, false, to + (done ?? 0) > 0)
      if (next === undefined) break
      const before = done ?? 0
      if (received !== undefined && !this.introduce(next, received, before === 0)) break
      const count = Math.min(next.length, room - before)
      this.copyOut(next, into, to + before, count, 0)
      if (next.byte === undefined) {
        queue.ring.drop(count)
        next.length -= count
      } else if (count > 0) queue.emptied(next)
      done = before + count
      const carries = next.attached?.rights !== undefined
      if (carries) take(next, received, false)
      if (next.length > 0) break
      this.shiftSegment()
      if (carries || done === room) break
    }
    if (this.peekOffset > 0) this.peekOffset = Math.max(0, this.peekOffset - (done ?? 0))
    return done
  }

  private peek(into: Piecewise, received: Received | undefined): number | undefined {
    let skip = Math.max(0, this.peekOffset)
    /** Where in the ring the bytes of `segment` begin. */
    let at = 0
    let done: number | undefined
    const pass = (passed: Segment<UnixSocket>): Segment<UnixSocket> | undefined => {
      if (passed.byte === undefined) at += passed.length
      return passed.next
    }
    let segment = this.queue.first
    while (segment !== undefined) {
      const next: Segment<UnixSocket> | undefined = this.upNext(segment, true, (done ?? 0) > 0)
      while (segment !== undefined && segment !== next) segment = pass(segment)
      while (segment !== undefined && skip >= segment.length) {
        skip -= segment.length
        segment = pass(segment)
      }
      if (segment === undefined) {
        // Nothing that was met has counted.
        if (done === 0) done = undefined
        break
      }
      const before = done ?? 0
      if (received !== undefined && !this.introduce(segment, received, before === 0)) break
      const count = Math.min(segment.length - skip, into.length - before)
      this.copyOut(segment, into, before, count, at + skip)
      done = before + count
      skip = 0
      if (segment.attached?.rights !== undefined) {
        take(segment, received, true)
        break
      }
      // With a full buffer, too, it looks on for descriptors, as Linux does.
      segment = pass(segment)
    }
    if (this.peekOffset >= 0) this.peekOffset += done ?? 0
    return done
  }

  private copyOut(segment: Segment<UnixSocket>, into: Piecewise, to: number, count: number, skip: number): void {
    if (segment.byte === undefined) this.queue.ring.copy(into, to, count, skip)
    else if (count > 0) putByte(into, to, segment.byte)
  }

  /** SO_OOBINLINE */
  private get isInline(): boolean {
    return this.kept?.get(SO_OOBINLINE) === 1
  }

  /** What is read next from `segment` on: whoever has something stops in front of the urgent byte, or where it was. */
  private upNext(
    segment: Segment<UnixSocket>,
    peeks: boolean,
    hasSome: boolean
  ): Segment<UnixSocket> | undefined {
    let next: Segment<UnixSocket> | undefined = segment
    if (next.length === 0) {
      if (hasSome && this.urgent === undefined) return undefined
      next = peeks ? next.next : this.discard()
    }
    if (next === undefined || next !== this.urgent) return next
    if (hasSome) return undefined
    if (peeks) return this.isInline ? next : next.next
    this.urgent = undefined
    return this.isInline ? next : this.discard()
  }

  /** Drops the first message unread, and answers the one behind it. */
  private discard(): Segment<UnixSocket> | undefined {
    const { queue: { first } } = this
    if (first?.attached?.rights !== undefined) letGo(this, first.attached.rights)
    this.shiftSegment()
    return this.queue.first
  }

  /** What comes next is urgent. */
  private mark(segment: Segment<UnixSocket>, byte: number): void {
    segment.byte = byte
    this.urgent = segment
    this.signalOwner?.tellUrgent()
  }

  /** MSG_OOB: the urgent byte, whose place is remembered. */
  private receiveUrgent(
    into: Piecewise,
    flags: number,
    received: Received | undefined
  ): Exit.Exit<number, ReceiveError> {
    const { queue, urgent } = this
    if (urgent?.byte === undefined || this.isInline) return Errno.fail("EINVAL")
    if (received !== undefined) received.flags |= MSG_OOB
    if (into.length > 0) putByte(into, 0, urgent.byte)
    if ((flags & MSG_PEEK) === 0) {
      this.urgent = undefined
      // One place is enough to remember.
      if (queue.first?.length === 0 && queue.first.next === urgent) this.discard()
      queue.emptied(urgent)
    }
    return Exit.succeed(1)
  }

  override atMark(): Exit.Exit<boolean> {
    const { connections, queue: { first }, urgent } = this
    // To Linux a connection that waits to be accepted is a message without bytes.
    if (connections !== undefined && connections.length > 0) return Exit.succeed(true)
    return Exit.succeed(
      first !== undefined &&
        (first === urgent || (first.length === 0 && (urgent === undefined || first.next === urgent)))
    )
  }

  /** Says who sent what comes next; `false` when it is somebody else than before. */
  private introduce(segment: Segment<UnixSocket>, received: Received, first: boolean): boolean {
    if (first) {
      if (segment.sender.bound !== undefined) received.from = segment.sender.name
      introduce(this, segment.attached, received)
      return true
    }
    return received.sender === undefined || sameSender(received.sender, credentialsIn(segment.attached))
  }

  /** Waits for so many bytes, and takes none before, so that whoever is interrupted has taken none. */
  private receiveAtLeast(
    least: number,
    into: Piecewise,
    impatient: boolean,
    received: Received | undefined
  ): Effect.Effect<number, ReceiveError> {
    let done = 0
    /** Whoever a signal cuts short gets what there was, and nothing that came later. */
    let most = Infinity
    const soFar = (): WaitQueue.Attempt<number, ReceiveError> => {
      if (this.queue.first !== undefined && most > 0) done += this.take(into, received, done, most) ?? 0
      return done > 0 ? Exit.succeed(done) : undefined
    }
    const attempt = (): WaitQueue.Attempt<number, ReceiveError> => {
      most = Infinity
      if (done === 0 && this.queue.first !== undefined) this.upNext(this.queue.first, false, false)
      const { queue } = this
      const { first } = queue
      // What ends a read before its buffer is full, and a sender who waits for room: nothing is won by waiting.
      const ends = (this.shut & RCV_SHUTDOWN) !== 0 || this.error !== undefined || this.stops(first)
      if (done + queue.held >= least || (ends && first !== undefined)) return soFar()
      if (ends) return done > 0 ? Exit.succeed(done) : this.tryReceive(into, 0, received)
      if (first?.sender.spacious === false) done += this.take(into, received, done) ?? 0
      return undefined
    }
    const now = attempt()
    if (now !== undefined) return now
    if (impatient) return soFar() ?? Errno.fail("EAGAIN")
    const { ring } = this.queue
    const offering = () => attempt() ?? ring.offer(into, done)
    // What it leaves is the next one's, who was not told while this one waited.
    const left = () => {
      ring.withdraw()
      if (this.queue.first !== undefined) WaitQueue.pass(this.canReceive)
    }
    const aside = () => {
      ring.withdraw()
      most = this.queue.held
    }
    return this.wait([this.canReceive], offering, this.settings.receiveTimeout, Errno.fail("EAGAIN"), soFar, {
      left,
      aside
    })
  }

  override poll(): number {
    let events = 0
    if (this.error !== undefined) events |= PollEvents.POLLERR
    if (this.shut === SHUTDOWN_MASK || this.state === "closed") events |= PollEvents.POLLHUP
    if ((this.shut & RCV_SHUTDOWN) !== 0) events |= PollEvents.POLLRDHUP | PollEvents.POLLIN | PollEvents.POLLRDNORM
    if (this.urgent !== undefined) events |= PollEvents.POLLPRI
    if (this.queue.first !== undefined || (this.connections?.length ?? 0) > 0) {
      events |= PollEvents.POLLIN | PollEvents.POLLRDNORM
    }
    if (this.spacious) events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND
    return events
  }

  override available(): Exit.Exit<number, Errno.Errno<"EINVAL">> {
    return this.listening ? Errno.fail("EINVAL") : Exit.succeed(this.queue.held)
  }

  override purge(): void {
    super.purge()
    this.urgent = undefined
  }

  /** Whether something stands there that ends a read: descriptors, an urgent byte, or the place of one. */
  private stops(first: Segment<UnixSocket> | undefined): boolean {
    for (let segment = first; segment !== undefined; segment = segment.next) {
      if (segment.attached?.rights !== undefined || segment === this.urgent || segment.length === 0) return true
    }
    return false
  }
}

/** An urgent message that lacks its byte. */
const sendsNothing = (from: Piecewise, flags: number): boolean => (flags & MSG_OOB) !== 0 && from.length === 0

/** Who sent the end of a stream. */
const nobody: ProcessCredentials = { pid: 0, uid: 0, gid: 0 }
