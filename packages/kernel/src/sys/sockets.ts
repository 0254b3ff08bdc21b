/**
 * Calls on sockets: from descriptors to sockets and back.
 *
 * @see socket(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_CLOEXEC, O_NONBLOCK, O_PATH } from "../abi/OpenFlags.js"
import { SO_PEERPIDFD, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_TYPE_MASK, SOL_SOCKET } from "../abi/Socket.js"
import { drop } from "../Description.js"
import type { LookupError } from "../Dns.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { Inet, Inet6 } from "../socket/Address.js"
import type { AcceptError, OptionError } from "../socket/errors.js"
import { InetSocket } from "../socket/inet/InetSocket.js"
import type { Membership, OptionValue } from "../socket/OptionValue.js"
import { Socket } from "../socket/Socket.js"
import type { CreateError } from "../Sockets.js"
import type { Accepted } from "../Sys.js"
import type { Rooms } from "./Rooms.js"
import { install, noRoom } from "./table.js"

export type NotASocket = Errno.Errno<"EBADF" | "ENOTSOCK">

/** Asks the socket behind a descriptor. */
export const onSocket = <A, E>(
  self: Process,
  syscall: string,
  fd: number,
  ask: (socket: Socket) => Effect.Effect<A, E>
): Effect.Effect<A, E | NotASocket> => {
  const description = self.fds.get(fd)
  if (description instanceof Socket) return ask(description)
  return description === undefined || (description.flags & O_PATH) !== 0
    ? Errno.fail("EBADF", { syscall, fd })
    : Errno.fail("ENOTSOCK", { syscall, fd })
}

const known = SOCK_TYPE_MASK | SOCK_CLOEXEC | SOCK_NONBLOCK

const full = (self: Process, syscall: string) =>
  Errno.fail("EMFILE", {
    syscall,
    remedy: `close descriptors, or raise the limit of ${self.fds.limit} (ulimit -n)`
  })

/** @see socket(2) */
export const socket = (
  { sockets }: Rooms,
  self: Process,
  domain: number,
  type: number,
  protocol: number
): Effect.Effect<number, CreateError | Errno.Errno<"EMFILE" | "ENFILE">> => {
  if ((type & ~known) !== 0) return Errno.fail("EINVAL", { syscall: "socket" })
  const made = sockets.create(domain, type & SOCK_TYPE_MASK, protocol, type & O_NONBLOCK, self)
  if (made._tag === "Failure") return Exit.failCause(made.cause)
  const { fds } = self
  const fd = fds.free()
  if (fd >= fds.limit) {
    made.value.references++
    return Effect.zipRight(drop(made.value), full(self, "socket"))
  }
  const crowded = noRoom(self, "socket")
  if (crowded !== undefined) {
    made.value.references++
    return Effect.zipRight(drop(made.value), crowded)
  }
  made.value.openedBy = self.credentials
  fds.place(fd, made.value, (type & O_CLOEXEC) !== 0)
  return Exit.succeed(fd)
}

/** @see socketpair(2) */
export const socketpair = (
  { sockets }: Rooms,
  self: Process,
  domain: number,
  type: number,
  protocol: number
): Exit.Exit<readonly [number, number], CreateError | Errno.Errno<"EMFILE" | "ENFILE" | "EOPNOTSUPP">> => {
  if ((type & ~known) !== 0) return Errno.fail("EINVAL", { syscall: "socketpair" })
  const { fds } = self
  const first = fds.free()
  const second = fds.free(first + 1)
  if (second >= fds.limit) return full(self, "socketpair")
  const crowded = noRoom(self, "socketpair", 2)
  if (crowded !== undefined) return crowded
  const made = sockets.pair(domain, type & SOCK_TYPE_MASK, protocol, type & O_NONBLOCK, self)
  if (made._tag === "Failure") return Exit.failCause(made.cause)
  const closes = (type & O_CLOEXEC) !== 0
  for (const each of made.value) each.openedBy = self.credentials
  fds.place(first, made.value[0], closes)
  fds.place(second, made.value[1], closes)
  return Exit.succeed([first, second] as const)
}

/** @see accept4(2) */
export const accept = (
  self: Process,
  fd: number,
  flags: number
): Effect.Effect<Accepted, AcceptError | NotASocket> =>
  onSocket(self, "accept", fd, (listener): Effect.Effect<Accepted, AcceptError> => {
    if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) !== 0) return Errno.fail("EINVAL", { syscall: "accept4", fd })
    const { fds } = self
    if (fds.free() >= fds.limit) return full(self, "accept")
    const crowded = noRoom(self, "accept")
    if (crowded !== undefined) return crowded
    return listener.accept(self, (connection) => {
      const number = fds.free()
      if (number >= fds.limit) return full(self, "accept")
      connection.flags |= flags & O_NONBLOCK
      connection.openedBy = self.credentials
      fds.place(number, connection, (flags & O_CLOEXEC) !== 0)
      return Exit.succeed({ fd: number, address: connection.caller })
    })
  })

/** @see sockatmark(3) */
export const atMark = (
  self: Process,
  fd: number
): Exit.Exit<boolean, Errno.Errno<"EBADF" | "ENOTTY" | "EOPNOTSUPP">> => {
  const description = self.fds.get(fd)
  if (description instanceof Socket) return description.atMark()
  return Errno.fail(description === undefined || (description.flags & O_PATH) !== 0 ? "EBADF" : "ENOTTY", {
    syscall: "ioctl",
    fd
  })
}

/** @see getsockopt(2) */
export const getOption = (
  { events }: Rooms,
  self: Process,
  socket: Socket,
  level: number,
  option: number,
  of: Membership | undefined
): Effect.Effect<OptionValue, OptionError | Errno.Errno<"EMFILE" | "ENFILE">> => {
  if (of !== undefined && socket instanceof InetSocket) return socket.filterOf(level, option, of)
  if (level !== SOL_SOCKET || option !== SO_PEERPIDFD) return socket.getOption(level, option)
  const { peerProcess } = socket
  return peerProcess === undefined
    ? Errno.fail("ENODATA", { syscall: "getsockopt" })
    : install(self, events.process(peerProcess, 0), O_CLOEXEC, "getsockopt")
}

/** @see getaddrinfo(3) */
export const getaddrinfo = (
  { dns }: Rooms,
  self: Process,
  name: string,
  port: number,
  family: "inet" | "inet6" | undefined
): Effect.Effect<ReadonlyArray<Inet | Inet6>, LookupError> =>
  Step.map(
    dns.lookup(self, name, family === undefined ? undefined : family === "inet" ? 4 : 6),
    (addresses) =>
      addresses.map((address) =>
        address.includes(":") ? { family: "inet6", address, port } : { family: "inet", address, port }
      )
  )
