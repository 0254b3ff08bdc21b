/**
 * Calls that send and receive messages: bytes, and what goes along with them.
 *
 * @see sendmsg(2)
 * @see recvmsg(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN, CAP_SYS_RESOURCE } from "../abi/Capabilities.js"
import { errnoTable } from "../abi/ErrnoTable.js"
import { AF_UNIX, MSG_CMSG_CLOEXEC, MSG_CTRUNC } from "../abi/Socket.js"
import { capable } from "../Credentials.js"
import { type Description, drop } from "../Description.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import { Pieces, type Piecewise } from "../pipe/Pieces.js"
import type { Process } from "../ProcessTable.js"
import type { SocketAddress } from "../socket/Address.js"
import type { ReceiveError, SendError } from "../socket/errors.js"
import { type Attached, nothing, Received } from "../socket/Message.js"
import type { ProcessCredentials } from "../socket/OptionValue.js"
import type { Socket } from "../socket/Socket.js"
import { Passenger } from "../socket/unix/Passenger.js"
import { RIGHTS_MAX } from "../socket/unix/rights.js"
import type { ControlMessage, IncomingMessage, OutgoingMessage, Receptacle } from "../Sys.js"
import type { Rooms } from "./Rooms.js"
import { type NotASocket, onSocket } from "./sockets.js"
import { noRoom } from "./table.js"

/** What a control message takes up besides its data, and with credentials. */
const HEADER = 16
const CREDENTIALS_LENGTH = HEADER + 12
const CREDENTIALS_SPACE = 32
const FD = 4

/** The buffers of a message as one. */
const piecewise = (parts: Uint8Array | ReadonlyArray<Uint8Array>): Piecewise =>
  parts instanceof Uint8Array ? parts : parts.length === 1 ? parts[0]! : new Pieces(parts)

/** Whether a process may say that it is who it says. */
const maySay = ({ credentials: c, pid }: Process, said: ProcessCredentials): boolean =>
  (said.pid === pid || capable(c, CAP_SYS_ADMIN)) &&
  (said.uid === c.uid || said.uid === c.euid || said.uid === c.suid || capable(c, CAP_SETUID)) &&
  (said.gid === c.gid || said.gid === c.egid || said.gid === c.sgid || capable(c, CAP_SETGID))

type AttachError = Errno.Errno<"EBADF" | "EINVAL" | "EPERM" | "ESRCH">

/** What control messages add to a message. */
const attach = (
  { processes }: Rooms,
  self: Process,
  control: NonNullable<OutgoingMessage["control"]>
): Exit.Exit<Attached, AttachError> => {
  const rights: Array<Description> = []
  let credentials: ProcessCredentials | undefined
  let process: Process | undefined
  for (const message of control) {
    if (message._tag === "Rights") {
      if (rights.length + message.fds.length > RIGHTS_MAX) return Errno.fail("EINVAL")
      for (const fd of message.fds) {
        const description = self.fds.get(fd)
        if (description === undefined) return Errno.fail("EBADF", { syscall: "sendmsg", fd })
        rights.push(description)
      }
    } else if (message._tag === "Credentials") {
      const { gid, pid, uid } = message
      if (!maySay(self, message)) return Errno.fail("EPERM")
      process = pid === self.pid ? self : processes.table.processes.get(pid)
      if (process === undefined) return Errno.fail("ESRCH")
      credentials = { pid, uid, gid }
    }
  }
  return Exit.succeed({
    rights: rights.length === 0 ? undefined : { descriptions: rights, uid: self.credentials.uid },
    credentials,
    process
  })
}

/** Whether a user has more descriptors under way than a process may have open. */
const isCrowded = (socket: Socket, { credentials, fds }: Process): boolean =>
  socket instanceof Passenger && (socket.unix.underWay.get(credentials.uid) ?? 0) > fds.limit &&
  !capable(credentials, CAP_SYS_RESOURCE) && !capable(credentials, CAP_SYS_ADMIN)

/** @see sendmsg(2) */
export const sendmsg = (
  rooms: Rooms,
  self: Process,
  fd: number,
  { control, data, to }: OutgoingMessage,
  flags: number
): Effect.Effect<number, SendError | NotASocket> =>
  onSocket(self, "sendmsg", fd, (socket): Effect.Effect<number, SendError> => {
    const from = piecewise(data)
    if (control === undefined || control.length === 0 || socket.domain !== AF_UNIX) {
      const along = control?.find((each) => each._tag === "Segment")
      return transmit(socket, from, flags, to, along && { ...nothing, segment: along.size }, self)
    }
    const attached = attach(rooms, self, control)
    if (attached._tag === "Failure") return Exit.failCause(attached.cause)
    const { rights } = attached.value
    if (rights !== undefined && isCrowded(socket, self)) {
      return Errno.fail("ETOOMANYREFS", { syscall: "sendmsg", fd, remedy: "receive descriptors that are under way" })
    }
    return keeping(rights?.descriptions, () => transmit(socket, from, flags, to, attached.value, self))
  })

const transmit = (
  socket: Socket,
  from: Piecewise,
  flags: number,
  to: SocketAddress | undefined,
  attached: Attached | undefined,
  self: Process
): Effect.Effect<number, SendError> =>
  to === undefined ? socket.send(from, flags, attached, self) : socket.sendTo(to, from, flags, attached, self)

/** Keeps descriptions open while a message that takes them along waits: others may close them meanwhile. */
const keeping = <A, E>(
  rights: ReadonlyArray<Description> | undefined,
  send: () => Effect.Effect<A, E>
): Effect.Effect<A, E> => {
  const sent = send()
  if (rights === undefined || Step.isReady(sent)) return sent
  return Effect.acquireUseRelease(
    Effect.sync(() => {
      for (const each of rights) each.references++
    }),
    () => sent,
    () => Effect.forEach(rights, drop, { discard: true })
  )
}

/** @see recvfrom(2) */
export const recvfrom = (
  self: Process,
  fd: number,
  into: Uint8Array,
  flags: number
): Effect.Effect<Pick<IncomingMessage, "count" | "from">, ReceiveError | NotASocket> =>
  onSocket(self, "recvfrom", fd, (socket) => {
    const received = new Received(refuse(socket.context.finish))
    return Step.map(socket.receive(into, flags, received), (count) => ({ count, from: received.from }))
  })

/** Descriptors are dropped by whoever does not ask for them. */
const refuse = (finish: (effect: Effect.Effect<void>) => void) => (rights: ReadonlyArray<Description>): void => {
  for (const each of rights) finish(drop(each))
}

/** @see recvmsg(2) */
export const recvmsg = (
  { events }: Rooms,
  self: Process,
  fd: number,
  { controlLength = 0, into }: Receptacle,
  flags: number
): Effect.Effect<IncomingMessage, ReceiveError | NotASocket> =>
  onSocket(self, "recvmsg", fd, (socket) => {
    const installed: Array<number> = []
    const roomBehind = ({ credentials }: Received): number =>
      controlLength - (credentials === undefined ? 0 : CREDENTIALS_SPACE)
    const received = new Received((rights, received) => {
      const left = roomBehind(received)
      const most = Math.max(0, Math.floor((left - HEADER) / FD))
      for (const each of rights) {
        const number = installed.length < most ? self.fds.free() : self.fds.limit
        if (number < self.fds.limit) {
          self.fds.place(number, each, (flags & MSG_CMSG_CLOEXEC) !== 0)
          installed.push(number)
        } else received.flags |= MSG_CTRUNC
        // The table has counted a reference of its own.
        socket.context.finish(drop(each))
      }
    })
    return Step.map(socket.receive(piecewise(into), flags, received), (count): IncomingMessage => {
      const control: Array<ControlMessage> = []
      const { credentials, from, process } = received
      if (credentials !== undefined && controlLength < CREDENTIALS_LENGTH) received.flags |= MSG_CTRUNC
      else if (credentials !== undefined) control.push({ _tag: "Credentials", ...credentials })
      if (installed.length > 0) control.push({ _tag: "Rights", fds: installed })
      const { segment } = received
      if (segment !== undefined && controlLength < HEADER + FD) received.flags |= MSG_CTRUNC
      else if (segment !== undefined) control.push({ _tag: "Segment", size: segment })
      if (received.wantsProcess) {
        const rights = installed.length === 0 ? 0 : HEADER + 8 * Math.ceil(installed.length * FD / 8)
        if (roomBehind(received) - rights < HEADER + FD) received.flags |= MSG_CTRUNC
        else if (process !== undefined) {
          control.push({ _tag: "Pidfd", fd: openProcess(self, events.process(process, 0)) })
        }
      }
      return { count, from, control, flags: received.flags | (flags & MSG_CMSG_CLOEXEC) }
    })
  })

/** A descriptor, or the errno that there is none for, below 0. */
const openProcess = (self: Process, description: Description): number => {
  const { fds } = self
  const fd = fds.free()
  const lacks = fd >= fds.limit ? "EMFILE" : noRoom(self, "recvmsg") === undefined ? undefined : "ENFILE"
  if (lacks !== undefined) return -errnoTable[lacks][0]
  fds.place(fd, description, true)
  return fd
}
