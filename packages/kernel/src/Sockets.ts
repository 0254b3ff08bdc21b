/**
 * Sockets: how processes talk to each other, on this machine and beyond.
 *
 * A socket is a descriptor like any other. Unix sockets have names in the file system or none, carry descriptors and
 * say who is on the other side; those of the internet have addresses and ports, and talk through a `Network`. What
 * each call does stands with the family of the socket, in `socket/`; this room makes them and knows them all.
 *
 * @see socket(7)
 * @see unix(7)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { SIGPIPE } from "./abi/Signals.js"
import * as Abi from "./abi/Socket.js"
import * as CoarseClock from "./CoarseClock.js"
import * as Errno from "./Errno.js"
import * as Host from "./Host.js"
import { isReady } from "./internal/step.js"
import * as Policy from "./Policy.js"
import type { Process } from "./ProcessTable.js"
import * as Signals from "./Signals.js"
import type { SocketAddress } from "./socket/Address.js"
import { InetDomain } from "./socket/inet/InetDomain.js"
import { TcpSocket } from "./socket/inet/TcpSocket.js"
import type { Traffic } from "./socket/inet/Traffic.js"
import { UdpSocket } from "./socket/inet/UdpSocket.js"
import type { Attach, Interface } from "./socket/Network.js"
import type { Socket, SocketContext } from "./socket/Socket.js"
import { SocketList } from "./socket/SocketList.js"
import { UnixDatagram } from "./socket/unix/UnixDatagram.js"
import { UnixDomain } from "./socket/unix/UnixDomain.js"
import { UnixSeqpacket } from "./socket/unix/UnixSeqpacket.js"
import type { UnixSocket } from "./socket/unix/UnixSocket.js"
import { UnixStream } from "./socket/unix/UnixStream.js"
import * as Timers from "./Timers.js"
import * as Vfs from "./Vfs.js"

export type {
  Inet,
  Inet6,
  SocketAddress,
  UnixAbstract,
  UnixAddress,
  UnixPath,
  UnixUnnamed,
  Unspecified
} from "./socket/Address.js"
export type {
  Linger,
  Membership,
  OptionValue,
  ProcessCredentials,
  SourceFilter,
  SourceMembership,
  TcpInfo
} from "./socket/OptionValue.js"
export type { Socket } from "./socket/Socket.js"

/** @see socket(2) */
export type CreateError = Errno.Errno<
  "EACCES" | "EAFNOSUPPORT" | "EINVAL" | "EPERM" | "EPROTONOSUPPORT" | "EPROTOTYPE" | "ESOCKTNOSUPPORT"
>

/** A socket as whoever embeds the kernel sees it. */
export interface SocketSnapshot {
  /** The number in `socket:[12]`. */
  readonly ino: number
  readonly family: "unix" | "inet" | "inet6"
  readonly type: "stream" | "datagram" | "seqpacket"
  readonly name: SocketAddress
  readonly peer: SocketAddress | undefined
  readonly listening: boolean
  readonly uid: number
  /** Bytes that could be received at once. */
  readonly received: number
}

/** @category tags */
export class Sockets extends Context.Tag("@effix/kernel/Sockets")<Sockets, {
  /** Makes a socket; `flags` may hold O_NONBLOCK. @see socket(2) */
  readonly create: (
    domain: number,
    type: number,
    protocol: number,
    flags: number,
    caller: Process
  ) => Exit.Exit<Socket, CreateError>
  /** Makes two that are connected. @see socketpair(2) */
  readonly pair: (
    domain: number,
    type: number,
    protocol: number,
    flags: number,
    caller: Process
  ) => Exit.Exit<readonly [Socket, Socket], CreateError | Errno.Errno<"EOPNOTSUPP">>
  /** Every interface of the machine, in the order of their numbers; the first is that of the loopback network. */
  readonly interfaces: () => ReadonlyArray<Interface>
  /** What has gone through them. */
  readonly traffic: Traffic
  /** Every socket, in the order in which they were made. */
  readonly list: () => ReadonlyArray<SocketSnapshot>
}>() {}

const families: Readonly<Record<number, SocketSnapshot["family"]>> = {
  [Abi.AF_UNIX]: "unix",
  [Abi.AF_INET]: "inet",
  [Abi.AF_INET6]: "inet6"
}
const types: Readonly<Record<number, SocketSnapshot["type"]>> = {
  [Abi.SOCK_STREAM]: "stream",
  [Abi.SOCK_DGRAM]: "datagram",
  [Abi.SOCK_SEQPACKET]: "seqpacket"
}

const snapshot = (socket: Socket): SocketSnapshot => {
  const peer = socket.peerName()
  const received = socket.available()
  return {
    ino: socket.ino,
    family: families[socket.domain] ?? "unix",
    type: types[socket.type] ?? "stream",
    name: socket.name,
    peer: peer._tag === "Success" ? peer.value : undefined,
    listening: socket.listening,
    uid: socket.owner.euid,
    received: received._tag === "Success" ? received.value : 0
  }
}

/** What the room is made of. */
export interface Parts {
  readonly signals: Signals.Signals["Type"]
  readonly timers: Timers.Timers["Type"]
  readonly vfs: Vfs.Vfs["Type"]
  readonly host: Host.Host["Type"]
  readonly now: CoarseClock.CoarseClock
  readonly policy?: Policy.PolicyRules | undefined
  /** What lies beyond the machine's own addresses; nothing where it is left out. */
  readonly network?: Attach | undefined
}

/** Types are below this. */
const TYPE_MAX = 11
/** The most that SO_SNDBUF and SO_RCVBUF grant, in bytes: net.core.wmem_max. */
const BUFFER_MAX = 212_992

export const make = ({ host, network, now, policy, signals, timers, vfs }: Parts): Sockets["Type"] => {
  const context: SocketContext = {
    now,
    after: timers.after,
    brokenPipe: (writer) => void signals.send(writer, Signals.fromKernel(SIGPIPE)),
    finish: (effect) => {
      if (!isReady(effect)) host.fork(effect)
    },
    backlogMax: Abi.SOMAXCONN,
    bufferMax: BUFFER_MAX,
    deviceNamed: (name) => inet.interfaces.find((each) => each.name === name)?.index,
    deviceName: (number) => inet.interfaces.find(({ index }) => index === number)?.name ?? "",
    policy,
    lastIno: 0,
    all: new SocketList()
  }
  const unix = new UnixDomain(context, vfs)
  const inet = new InetDomain(context, network)

  const createUnix = (
    type: number,
    protocol: number,
    flags: number,
    caller: Process
  ): Exit.Exit<UnixSocket, CreateError> => {
    if (protocol !== 0 && protocol !== Abi.AF_UNIX) return Errno.fail("EPROTONOSUPPORT")
    if (type >= TYPE_MAX) return Errno.fail("EINVAL")
    switch (type) {
      case Abi.SOCK_STREAM:
        return Exit.succeed(new UnixStream(unix, flags, caller))
      case Abi.SOCK_SEQPACKET:
        return Exit.succeed(new UnixSeqpacket(unix, flags, caller))
      // As in BSD, what is raw here is a datagram.
      case Abi.SOCK_DGRAM:
      case Abi.SOCK_RAW:
        return Exit.succeed(new UnixDatagram(unix, flags, caller))
      default:
        return Errno.fail("ESOCKTNOSUPPORT")
    }
  }

  const createInet = (
    domain: number,
    type: number,
    protocol: number,
    flags: number,
    caller: Process
  ): Exit.Exit<Socket, CreateError> => {
    if (type >= TYPE_MAX) return Errno.fail("EINVAL")
    const accepts = (own: number): boolean => protocol === Abi.IPPROTO_IP || protocol === own
    switch (type) {
      case Abi.SOCK_STREAM:
        return accepts(Abi.IPPROTO_TCP)
          ? Exit.succeed(new TcpSocket(inet, domain, flags, caller.credentials))
          : Errno.fail("EPROTONOSUPPORT")
      case Abi.SOCK_DGRAM:
        return accepts(Abi.IPPROTO_UDP)
          ? Exit.succeed(new UdpSocket(inet, domain, flags, caller.credentials))
          : Errno.fail("EPROTONOSUPPORT")
      // Nothing is made here that could be seen raw.
      case Abi.SOCK_RAW:
        return Errno.fail(protocol === Abi.IPPROTO_IP ? "EPROTONOSUPPORT" : "EPERM")
      default:
        return Errno.fail("ESOCKTNOSUPPORT")
    }
  }

  const known = <E>(made: Exit.Exit<Socket, E>, { policy: rules }: Process): Exit.Exit<Socket, E> => {
    if (made._tag === "Success") {
      context.all.add(made.value)
      made.value.rules = rules
    }
    return made
  }

  return {
    create: (domain, type, protocol, flags, caller) =>
      domain === Abi.AF_UNIX
        ? known(createUnix(type, protocol, flags, caller), caller)
        : domain === Abi.AF_INET || domain === Abi.AF_INET6
        ? known(createInet(domain, type, protocol, flags, caller), caller)
        : Errno.fail("EAFNOSUPPORT"),
    pair: (domain, type, protocol, flags, caller) => {
      if (domain === Abi.AF_INET || domain === Abi.AF_INET6) {
        const made = createInet(domain, type, protocol, flags, caller)
        return made._tag === "Failure" ? Exit.failCause(made.cause) : Errno.fail("EOPNOTSUPP")
      }
      if (domain !== Abi.AF_UNIX) return Errno.fail("EAFNOSUPPORT")
      const first = createUnix(type, protocol, flags, caller)
      if (first._tag === "Failure") return Exit.failCause(first.cause)
      const second = createUnix(type, protocol, flags, caller)
      if (second._tag === "Failure") return Exit.failCause(second.cause)
      first.value.join(second.value, caller)
      context.all.add(first.value)
      context.all.add(second.value)
      first.value.rules = second.value.rules = caller.policy
      return Exit.succeed([first.value, second.value] as const)
    },
    interfaces: () => inet.interfaces,
    traffic: inet.traffic,
    list: () => Array.from(context.all, snapshot)
  }
}

/** @category layers */
export const layer: Layer.Layer<Sockets, never, Host.Host | Signals.Signals | Timers.Timers | Vfs.Vfs> = Layer.effect(
  Sockets,
  Effect.gen(function*() {
    return make({
      signals: yield* Signals.Signals,
      timers: yield* Timers.Timers,
      vfs: yield* Vfs.Vfs,
      host: yield* Host.Host,
      policy: yield* Policy.Policy,
      now: CoarseClock.make(yield* Effect.clock)
    })
  })
)
