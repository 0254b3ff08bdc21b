import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Errno } from "../../Errno.js"
import type { SocketAddress } from "../../socket/Address.js"
import type { OptionError } from "../../socket/errors.js"
import type { Membership, OptionOf } from "../../socket/OptionValue.js"
import type { OutgoingMessage, Receptacle } from "../../Sys.js"
import type { SocketCalls } from "../contract/sockets.js"
import * as Messages from "../messages.js"
import * as Sockets from "../sockets.js"
import { LockSys } from "./LockSys.js"

export abstract class SocketSys extends LockSys implements SocketCalls {
  socket(domain: number, type: number, protocol = 0) {
    return this.call(() => Sockets.socket(this.rooms, this.self, domain, type, protocol))
  }

  socketpair(domain: number, type: number, protocol = 0) {
    return this.call(() => Sockets.socketpair(this.rooms, this.self, domain, type, protocol))
  }

  bind(fd: number, address: SocketAddress) {
    return this.call(() => Sockets.onSocket(this.self, "bind", fd, (socket) => socket.bind(address, this.self)))
  }

  listen(fd: number, backlog: number) {
    return this.call(() =>
      Sockets.onSocket(this.self, "listen", fd, (socket) => {
        const most = socket.context.backlogMax
        return socket.listen(backlog < 0 || backlog > most ? most : backlog, this.self)
      })
    )
  }

  accept(fd: number, flags = 0) {
    return this.call(() => Sockets.accept(this.self, fd, flags))
  }

  connect(fd: number, address: SocketAddress) {
    return this.call(() => Sockets.onSocket(this.self, "connect", fd, (socket) => socket.connect(address, this.self)))
  }

  send(fd: number, from: Uint8Array, flags = 0) {
    return this.call(() =>
      Sockets.onSocket(this.self, "send", fd, (socket) => socket.send(from, flags, undefined, this.self))
    )
  }

  sendto(fd: number, from: Uint8Array, flags: number, to: SocketAddress) {
    return this.call(() =>
      Sockets.onSocket(this.self, "sendto", fd, (socket) => socket.sendTo(to, from, flags, undefined, this.self))
    )
  }

  sendmsg(fd: number, message: OutgoingMessage, flags = 0) {
    return this.call(() => Messages.sendmsg(this.rooms, this.self, fd, message, flags))
  }

  recv(fd: number, into: Uint8Array, flags = 0) {
    return this.call(() => Sockets.onSocket(this.self, "recv", fd, (socket) => socket.receive(into, flags, undefined)))
  }

  recvfrom(fd: number, into: Uint8Array, flags = 0) {
    return this.call(() => Messages.recvfrom(this.self, fd, into, flags))
  }

  recvmsg(fd: number, where: Receptacle, flags = 0) {
    return this.call(() => Messages.recvmsg(this.rooms, this.self, fd, where, flags))
  }

  getaddrinfo(name: string, port: number, family?: "inet" | "inet6") {
    return this.call(() => Sockets.getaddrinfo(this.rooms, this.self, name, port, family))
  }

  shutdown(fd: number, how: number) {
    return this.call(() => Sockets.onSocket(this.self, "shutdown", fd, (socket) => socket.shutdown(how)))
  }

  sockatmark(fd: number) {
    return this.call(() => Sockets.atMark(this.self, fd))
  }

  getsockname(fd: number) {
    return this.call(() => Sockets.onSocket(this.self, "getsockname", fd, (socket) => Exit.succeed(socket.name)))
  }

  getpeername(fd: number) {
    return this.call(() => Sockets.onSocket(this.self, "getpeername", fd, (socket) => socket.peerName()))
  }

  getsockopt<const Level extends number, const Option extends number>(
    fd: number,
    level: Level,
    option: Option,
    of?: Membership
  ) {
    return this.call(() =>
      Sockets.onSocket(
        this.self,
        "getsockopt",
        fd,
        // What each option answers stands in `OptionOf` alone.
        (socket) =>
          Sockets.getOption(this.rooms, this.self, socket, level, option, of) as Effect.Effect<
            OptionOf<Level, Option>,
            OptionError | Errno<"EMFILE" | "ENFILE">
          >
      )
    )
  }

  setsockopt<const Level extends number, const Option extends number>(
    fd: number,
    level: Level,
    option: Option,
    value: OptionOf<Level, Option>
  ) {
    return this.call(() =>
      Sockets.onSocket(this.self, "setsockopt", fd, (socket) => socket.setOption(level, option, value, this.self))
    )
  }
}
