/**
 * Bytes in and out of a TCP connection, and what poll(2) says about it.
 *
 * @see tcp(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PollEvents from "../../abi/PollEvents.js"
import { MSG_NOSIGNAL, MSG_OOB, MSG_PEEK, MSG_TRUNC, MSG_WAITALL } from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import { inOne, type Piecewise, putByte } from "../../pipe/Pieces.js"
import type { Process } from "../../ProcessTable.js"
import * as WaitQueue from "../../WaitQueue.js"
import type { ByteStream } from "../ByteStream.js"
import type { ReceiveError, WriteError } from "../errors.js"
import type { Received } from "../Message.js"
import { RCV_SHUTDOWN, SEND_SHUTDOWN, SHUTDOWN_MASK } from "../Socket.js"
import type { TcpEnd } from "./TcpEnd.js"

/** The pending error, or EPIPE with its signal. */
const broken = (self: TcpEnd, flags: number, caller: Process): Exit.Exit<never, WriteError> => {
  const error = self.error === "EPIPE" ? undefined : self.takeError()
  if (error !== undefined) return error
  self.error = undefined
  if ((flags & MSG_NOSIGNAL) === 0) self.context.brokenPipe(caller)
  return Errno.fail("EPIPE")
}

const isBroken = (self: TcpEnd): boolean =>
  self.error !== undefined || (self.shut & SEND_SHUTDOWN) !== 0 || self.state === "closed" || self.state === "listening"

export const send = (
  self: TcpEnd,
  from: Piecewise,
  flags: number,
  caller: Process
): Effect.Effect<number, WriteError> => {
  const urgent = (flags & MSG_OOB) === 0 ? undefined : inOne(from)
  const fill = (done: number): number =>
    urgent === undefined ? self.outgoing!.fill(from, done) : self.outgoing!.fillUrgent(urgent, done)
  if (isBroken(self)) return broken(self, flags, caller)
  let done = self.state === "connected" ? fill(0) : 0
  if (done === from.length && self.state !== "connecting") return Exit.succeed(done)
  const soFar = (): Exit.Exit<number> | undefined => done > 0 ? Exit.succeed(done) : undefined
  if (self.noRoom(flags)) return soFar() ?? Errno.fail("EAGAIN")
  const attempt = (): WaitQueue.Attempt<number, WriteError> => {
    if (isBroken(self)) return soFar() ?? broken(self, flags, caller)
    if (self.state === "connecting") return undefined
    done = fill(done)
    if (done < from.length) return undefined
    // Whoever waits behind it was not told of the room that is left.
    if (self.outgoing!.room > 0) WaitQueue.pass(self.canSend)
    return Exit.succeed(done)
  }
  return self.wait([self.canSend], attempt, self.settings.sendTimeout, Errno.fail("EAGAIN"), soFar)
}

/** An urgent byte that is next and not to be received among the others is passed over. */
const passOver = ({ incoming, isInline }: TcpEnd): void => {
  if (incoming?.urgent === undefined || incoming.urgent.at !== incoming.passed || isInline || incoming.held === 0) {
    return
  }
  incoming.urgent = undefined
  incoming.discard(1)
}

/**
 * What is there is taken, peeked at or, under MSG_TRUNC, thrown away: as far as an urgent byte, where whoever has something
 * stops.
 */
const take = (self: TcpEnd, into: Piecewise, at: number, flags: number, limit = Infinity): number => {
  const { incoming } = self
  if (incoming === undefined) return 0
  const peeks = (flags & MSG_PEEK) !== 0
  if (!peeks && at === 0) passOver(self)
  let skip = peeks ? Math.max(0, self.peekOffset) : 0
  let most = Math.min(limit, into.length - at)
  const { urgent } = incoming
  if (urgent !== undefined) {
    const before = urgent.at - incoming.passed - skip
    if (before > 0) most = Math.min(most, before)
    else if (before === 0 && at > 0) return 0
    else if (before === 0 && !self.isInline) skip++
  }
  if (peeks) {
    const count = Math.max(0, Math.min(most, incoming.held - skip))
    if ((flags & MSG_TRUNC) === 0) incoming.copy(into, at, count, skip)
    if (self.peekOffset >= 0) self.peekOffset += count
    return count
  }
  const count = (flags & MSG_TRUNC) !== 0 ? incoming.discard(most) : incoming.take(into, at, most)
  if (urgent !== undefined && urgent.at < incoming.passed) incoming.urgent = undefined
  if (self.peekOffset > 0) self.peekOffset = Math.max(0, self.peekOffset - count)
  return count
}

/** What a reader is told who finds nothing. */
const nothing = (self: TcpEnd): WaitQueue.Attempt<number, ReceiveError> => {
  if (self.finished) return Exit.succeed(0)
  const error = self.takeError()
  if (error !== undefined) return error
  if ((self.shut & RCV_SHUTDOWN) !== 0) return Exit.succeed(0)
  return self.state === "closed" ? Errno.fail("ENOTCONN") : undefined
}

/** MSG_OOB: the urgent byte, once, and only where it is not received among the others. */
const receiveUrgent = (
  self: TcpEnd,
  into: Piecewise,
  flags: number,
  received: Received | undefined
): Exit.Exit<number, ReceiveError> => {
  const urgent = self.incoming?.urgent
  if (urgent === undefined || urgent.read || self.isInline) return Errno.fail("EINVAL")
  if (self.state === "closed" && !self.finished) return Errno.fail("ENOTCONN")
  if ((flags & MSG_PEEK) === 0) urgent.read = true
  const fits = into.length > 0
  if (received !== undefined) received.flags |= fits ? MSG_OOB : MSG_OOB | MSG_TRUNC
  if (fits && (flags & MSG_TRUNC) === 0) putByte(into, 0, urgent.byte)
  return Exit.succeed(fits ? 1 : 0)
}

export const receive = (
  self: TcpEnd,
  into: Piecewise,
  flags: number,
  received: Received | undefined
): Effect.Effect<number, ReceiveError> => {
  if (self.state === "listening") return Errno.fail("ENOTCONN")
  if ((flags & MSG_OOB) !== 0) return receiveUrgent(self, into, flags, received)
  const least = (flags & MSG_WAITALL) !== 0 ? into.length : Math.min(self.settings.lowWater, into.length)
  if (least > 1) return receiveAtLeast(self, least, into, flags)
  const attempt = (): WaitQueue.Attempt<number, ReceiveError> => {
    const { incoming } = self
    const skip = (flags & MSG_PEEK) !== 0 ? Math.max(0, self.peekOffset) : 0
    if (incoming === undefined || incoming.held <= skip) return nothing(self)
    const count = take(self, into, 0, flags)
    // There was nothing but an urgent byte.
    if (count === 0 && into.length > 0) return nothing(self)
    if (incoming.held > 0) WaitQueue.pass(self.canReceive)
    return Exit.succeed(count)
  }
  const now = attempt()
  if (now !== undefined) return now
  if (self.impatient(flags)) return Errno.fail("EAGAIN")
  if (into.length === 0) return receiveNothing(self)
  const stream = offered(self, flags)
  if (stream === undefined) {
    return self.wait([self.canReceive], attempt, self.settings.receiveTimeout, Errno.fail("EAGAIN"))
  }
  const offering = () => attempt() ?? stream.offer(into)
  const ends = stream.withdrawal(into)
  return self.wait([self.canReceive], offering, self.settings.receiveTimeout, Errno.fail("EAGAIN"), undefined, ends)
}

/** Where a reader that waits offers its buffer, if it is to get what comes. */
const offered = (self: TcpEnd, flags: number): ByteStream | undefined =>
  (flags & (MSG_PEEK | MSG_TRUNC)) === 0 ? self.incoming : undefined

/** Who wants nothing waits for something to happen, whatever it is; an error is the next one's. */
const receiveNothing = (self: TcpEnd): Effect.Effect<number, ReceiveError> => {
  const happened = (): WaitQueue.Attempt<number> => {
    const ends = self.error !== undefined || (self.shut & RCV_SHUTDOWN) !== 0 || self.state === "closed"
    return ends || (self.incoming !== undefined && self.incoming.held > 0) ? Exit.succeed(0) : undefined
  }
  return self.wait(
    [self.canReceive],
    happened,
    self.settings.receiveTimeout,
    Errno.fail("EAGAIN"),
    () => Exit.succeed(0)
  )
}

/** Waits for so many bytes, and takes none before, so that whoever is interrupted has taken none. */
const receiveAtLeast = (
  self: TcpEnd,
  least: number,
  into: Piecewise,
  flags: number
): Effect.Effect<number, ReceiveError> => {
  let done = 0
  /** Whoever a signal cuts short gets what there was, and nothing that came later. */
  let most = Infinity
  const soFar = (): WaitQueue.Attempt<number, ReceiveError> => {
    done += take(self, into, done, flags, most)
    return done > 0 ? Exit.succeed(done) : undefined
  }
  const attempt = (): WaitQueue.Attempt<number, ReceiveError> => {
    most = Infinity
    if (done === 0 && (flags & MSG_PEEK) === 0) passOver(self)
    const held = self.incoming?.held ?? 0
    const urgent = self.incoming?.urgent
    if (urgent !== undefined && (done > 0 || urgent.at > self.incoming!.passed)) return soFar()
    const ends = self.finished || self.error !== undefined || (self.shut & RCV_SHUTDOWN) !== 0
    if (done + held >= least) return soFar()
    if (ends || self.state === "closed") return soFar() ?? nothing(self)
    // A sender who waits for room: nothing is won by waiting.
    if (self.incoming?.spacious === false && (flags & MSG_PEEK) === 0) done += take(self, into, done, flags)
    return undefined
  }
  const now = attempt()
  if (now !== undefined) return now
  if (self.impatient(flags)) return soFar() ?? Errno.fail("EAGAIN")
  const stream = offered(self, flags)
  const offering = () => attempt() ?? stream?.offer(into, done)
  // What it leaves is the next one's, who was not told while this one waited.
  const left = () => {
    stream?.withdraw()
    if (self.incoming !== undefined && self.incoming.held > 0) WaitQueue.pass(self.canReceive)
  }
  const aside = () => {
    stream?.withdraw()
    most = self.incoming?.held ?? 0
  }
  return self.wait([self.canReceive], offering, self.settings.receiveTimeout, Errno.fail("EAGAIN"), soFar, {
    left,
    aside
  })
}

export const poll = (self: TcpEnd): number => {
  const { error, incoming, outgoing, shut, state } = self
  if (state === "listening") {
    return self.acceptable ? PollEvents.POLLIN | PollEvents.POLLRDNORM : 0
  }
  let events = error === undefined ? 0 : PollEvents.POLLERR
  if (shut === SHUTDOWN_MASK || state === "closed") events |= PollEvents.POLLHUP
  if ((shut & RCV_SHUTDOWN) !== 0) events |= PollEvents.POLLIN | PollEvents.POLLRDNORM | PollEvents.POLLRDHUP
  if (state === "connecting") return events
  const urgent = incoming?.urgent
  if (urgent?.read === false) events |= PollEvents.POLLPRI
  const isNext = urgent !== undefined && urgent.at === incoming?.passed && !self.isInline
  if (incoming !== undefined && incoming.held >= self.settings.lowWater + (isNext ? 1 : 0)) {
    events |= PollEvents.POLLIN | PollEvents.POLLRDNORM
  }
  if ((shut & SEND_SHUTDOWN) !== 0 || outgoing?.spacious !== false) {
    events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM
  }
  return events
}
