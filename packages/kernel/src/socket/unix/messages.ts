/**
 * Messages with boundaries between Unix sockets: what datagrams and seqpackets have in common.
 *
 * @see unix(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PollEvents from "../../abi/PollEvents.js"
import { MSG_OOB, MSG_PEEK, MSG_TRUNC, SOCK_SEQPACKET } from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import type { Piecewise } from "../../pipe/Pieces.js"
import type { Process } from "../../ProcessTable.js"
import * as WaitQueue from "../../WaitQueue.js"
import { ofDatagram } from "../charge.js"
import type { ReceiveError, WriteError } from "../errors.js"
import type { Attached, Received } from "../Message.js"
import { Segment } from "../SegmentQueue.js"
import { RCV_SHUTDOWN, SEND_SHUTDOWN, SHUTDOWN_MASK } from "../Socket.js"
import { along, hold, introduce, take } from "./rights.js"
import type { UnixSocket } from "./UnixSocket.js"

/** What the kernel needs of SO_SNDBUF besides the message. */
const OVERHEAD = 32

/** Whether `target` has so much to receive that others than its peer wait. */
const isFull = (self: UnixSocket, target: UnixSocket): boolean =>
  target !== self && target.peer !== self && target.queue.count > target.backlog

/** What keeps a message from being sent whoever it is for. */
const hindered = (self: UnixSocket, from: Piecewise): Exit.Exit<never, WriteError> | undefined => {
  if (from.length > self.sendBuffer - OVERHEAD) return Errno.fail("EMSGSIZE")
  return self.takeError() ?? ((self.shut & SEND_SHUTDOWN) !== 0 ? Errno.fail("EPIPE") : undefined)
}

/** Waits until a message can be made, which Linux does before it looks for whom it is sent to. */
export const makeRoom = (
  self: UnixSocket,
  from: Piecewise,
  flags: number
): Effect.Effect<void, WriteError> => {
  const attempt = () => hindered(self, from) ?? (self.charged < self.sendBuffer ? Exit.void : undefined)
  const now = attempt()
  if (now !== undefined) return now
  if (self.noRoom(flags)) return Errno.fail("EAGAIN")
  // Whether it will use the room is not known yet.
  const ends = { left: () => WaitQueue.pass(self.canSend), aside: () => {} }
  return self.wait([self.canSend], attempt, self.settings.sendTimeout, Errno.fail("EAGAIN"), undefined, ends)
}

/** Sends a message to `target`; `gone` answers for one that was closed. */
export const send = (
  self: UnixSocket,
  target: UnixSocket,
  from: Piecewise,
  flags: number,
  attached: Attached | undefined,
  caller: Process,
  gone: () => Exit.Exit<never, WriteError>
): Effect.Effect<number, WriteError> => {
  const attempt = (): WaitQueue.Attempt<number, WriteError> => {
    const hindrance = hindered(self, from)
    if (hindrance !== undefined) return hindrance
    if (self.charged >= self.sendBuffer) return undefined
    if (target.peer !== undefined && target.peer !== self) return Errno.fail("EPERM")
    if (target.dead) return gone()
    if ((target.shut & RCV_SHUTDOWN) !== 0) return Errno.fail("EPIPE")
    if (isFull(self, target)) return undefined
    deliver(self, target, from, attached, caller)
    // Whoever waits behind it was not told of the room that is left.
    if (self.charged < self.sendBuffer) WaitQueue.pass(self.canSend)
    return Exit.succeed(from.length)
  }
  const now = attempt()
  if (now !== undefined) return now
  if (self.noRoom(flags)) return Errno.fail("EAGAIN")
  // Not told of each message that is received, but only when there is room again.
  if (self.charged >= self.sendBuffer) {
    return Effect.flatMap(
      makeRoom(self, from, flags),
      () => send(self, target, from, flags, attached, caller, gone)
    )
  }
  return self.wait([self.canSend, target.hasRoom], attempt, self.settings.sendTimeout, Errno.fail("EAGAIN"))
}

const deliver = (
  self: UnixSocket,
  target: UnixSocket,
  from: Piecewise,
  attached: Attached | undefined,
  caller: Process
): void => {
  const message = along(self, target, attached, caller)
  if (message?.rights !== undefined) hold(self.unix, message.rights)
  target.deliver(new Segment<UnixSocket>(self, from.length, ofDatagram(from.length), message), from, 0)
}

/** Takes the next message, or what of it has room in `into`. */
export const receive = (
  self: UnixSocket,
  into: Piecewise,
  flags: number,
  received: Received | undefined
): Effect.Effect<number, ReceiveError> => {
  if ((flags & MSG_OOB) !== 0) return Errno.fail("EOPNOTSUPP")
  const now = tryReceive(self, into, flags, received)
  if (now !== undefined) return now
  const closed = (self.shut & RCV_SHUTDOWN) !== 0
  if (self.impatient(flags)) return closed && self.type === SOCK_SEQPACKET ? Exit.succeed(0) : Errno.fail("EAGAIN")
  const { ring } = self.queue
  const attempt = () =>
    tryReceive(self, into, flags, received) ??
      ((self.shut & RCV_SHUTDOWN) !== 0 ? Exit.succeed(0) : ring.offer(into))
  const { receiveTimeout } = self.settings
  return self.wait([self.canReceive], attempt, receiveTimeout, Errno.fail("EAGAIN"), undefined, ring.withdrawal(into))
}

const tryReceive = (
  self: UnixSocket,
  into: Piecewise,
  flags: number,
  received: Received | undefined
): WaitQueue.Attempt<number, ReceiveError> => {
  const error = self.takeError()
  if (error !== undefined) return error
  const { queue } = self
  const peeks = (flags & MSG_PEEK) !== 0
  let skip = peeks ? Math.max(0, self.peekOffset) : 0
  let before = 0
  let segment = queue.first
  // SO_PEEK_OFF passes over whole messages, and an empty one is met all the same.
  while (segment !== undefined && skip > 0 && skip >= segment.length) {
    skip -= segment.length
    before += segment.length
    segment = segment.next
  }
  if (segment === undefined) return undefined
  const { attached, length, sender } = segment
  const count = Math.min(length - skip, into.length)
  if (count > 0) queue.ring.copy(into, 0, count, before + skip)
  if (received !== undefined) {
    if (sender.bound !== undefined) received.from = sender.name
    if (count < length - skip) received.flags |= MSG_TRUNC
    introduce(self, attached, received)
  }
  if (attached?.rights !== undefined) take(segment, received, peeks)
  if (peeks) {
    if (self.peekOffset >= 0) self.peekOffset += count
  } else {
    self.shiftSegment()
    if (self.peekOffset > 0) self.peekOffset = Math.max(0, self.peekOffset - length)
    if (queue.first !== undefined) WaitQueue.pass(self.canReceive)
  }
  return Exit.succeed((flags & MSG_TRUNC) !== 0 ? length - skip : count)
}

/** The events of poll(2). */
export const poll = (self: UnixSocket): number => {
  const { peer, queue, shut } = self
  let events = 0
  if (self.error !== undefined) events |= PollEvents.POLLERR
  if ((shut & RCV_SHUTDOWN) !== 0) events |= PollEvents.POLLRDHUP | PollEvents.POLLIN | PollEvents.POLLRDNORM
  if (shut === SHUTDOWN_MASK || (self.type === SOCK_SEQPACKET && self.state === "closed")) events |= PollEvents.POLLHUP
  if (queue.first !== undefined || (self.connections?.length ?? 0) > 0) {
    events |= PollEvents.POLLIN | PollEvents.POLLRDNORM
  }
  const waits = peer !== undefined && isFull(self, peer)
  if (waits) peer.tellOfRoom(self)
  if (self.spacious && !waits) {
    events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND
  }
  return events
}

/** FIONREAD answers for the first message. */
export const available = (self: UnixSocket): Exit.Exit<number, Errno.Errno<"EINVAL">> => {
  if (self.listening) return Errno.fail("EINVAL")
  // Connected in pairs, it answers for all.
  return Exit.succeed(self.type === SOCK_SEQPACKET ? self.queue.ring.held : self.queue.first?.length ?? 0)
}
