/**
 * Calls on sockets.
 */
import type * as Effect from "effect/Effect"
import type { LookupError } from "../../Dns.js"
import type { Errno } from "../../Errno.js"
import type { Inet, Inet6, SocketAddress } from "../../socket/Address.js"
import type {
  AcceptError,
  BindError,
  ConnectError,
  ListenError,
  OptionError,
  ReceiveError,
  SendError
} from "../../socket/errors.js"
import type { Membership, OptionOf, ProcessCredentials } from "../../socket/OptionValue.js"
import type { CreateError } from "../../Sockets.js"

type NotASocket = Errno<"EBADF" | "ENOTSOCK">

/** Descriptors that go along with a message (SCM_RIGHTS). */
export interface Rights {
  readonly _tag: "Rights"
  readonly fds: ReadonlyArray<number>
}

/** Who sends (SCM_CREDENTIALS). */
export interface Credentials extends ProcessCredentials {
  readonly _tag: "Credentials"
}

/**
 * The process that sends (SCM_PIDFD): received, and never sent. Where there was no descriptor for it, `fd` is the errno, below
 * 0. @see unix(7)
 */
export interface Pidfd {
  readonly _tag: "Pidfd"
  readonly fd: number
}

/** The length of the pieces that a datagram is sent in (UDP_SEGMENT), or was (UDP_GRO). @see udp(7) */
export interface SegmentSize {
  readonly _tag: "Segment"
  readonly size: number
}

/** @see cmsg(3) */
export type ControlMessage = Rights | Credentials | Pidfd | SegmentSize

/** What sendmsg(2) sends. */
export interface OutgoingMessage {
  readonly data: Uint8Array | ReadonlyArray<Uint8Array>
  readonly to?: SocketAddress
  readonly control?: ReadonlyArray<Rights | Credentials | SegmentSize>
}

/** Where recvmsg(2) puts what it receives. */
export interface Receptacle {
  readonly into: Uint8Array | ReadonlyArray<Uint8Array>
  /** Bytes that control messages may take up, as `msg_controllen` counts them. Default: 0. */
  readonly controlLength?: number
}

/** What recvmsg(2) answers besides the bytes. */
export interface IncomingMessage {
  /** Bytes received; under MSG_TRUNC the whole length of a datagram. */
  readonly count: number
  /** `undefined` where the sender has no name, or the protocol does not tell. */
  readonly from: SocketAddress | undefined
  readonly control: ReadonlyArray<ControlMessage>
  /** A sum of MSG_TRUNC, MSG_CTRUNC and their siblings. */
  readonly flags: number
}

export interface Accepted {
  readonly fd: number
  /** The other side. */
  readonly address: SocketAddress
}

export interface SocketCalls {
  /** `type` may hold SOCK_NONBLOCK and SOCK_CLOEXEC. @see socket(2) */
  readonly socket: (
    domain: number,
    type: number,
    protocol?: number
  ) => Effect.Effect<number, CreateError | Errno<"EMFILE" | "ENFILE">>
  /** @see socketpair(2) */
  readonly socketpair: (
    domain: number,
    type: number,
    protocol?: number
  ) => Effect.Effect<readonly [number, number], CreateError | Errno<"EMFILE" | "ENFILE" | "EOPNOTSUPP">>
  /** @see bind(2) */
  readonly bind: (fd: number, address: SocketAddress) => Effect.Effect<void, BindError | NotASocket>
  /** @see listen(2) */
  readonly listen: (fd: number, backlog: number) => Effect.Effect<void, ListenError | NotASocket>
  /** `flags` may hold SOCK_NONBLOCK and SOCK_CLOEXEC. @see accept(2) */
  readonly accept: (fd: number, flags?: number) => Effect.Effect<Accepted, AcceptError | NotASocket>
  /** @see connect(2) */
  readonly connect: (fd: number, address: SocketAddress) => Effect.Effect<void, ConnectError | NotASocket>
  /** Answers how many bytes of `from` were taken. @see send(2) */
  readonly send: (fd: number, from: Uint8Array, flags?: number) => Effect.Effect<number, SendError | NotASocket>
  /** @see sendto(2) */
  readonly sendto: (
    fd: number,
    from: Uint8Array,
    flags: number,
    to: SocketAddress
  ) => Effect.Effect<number, SendError | NotASocket>
  /** @see sendmsg(2) */
  readonly sendmsg: (
    fd: number,
    message: OutgoingMessage,
    flags?: number
  ) => Effect.Effect<number, SendError | NotASocket>
  /** Fills `into` and answers how many bytes; 0 is the end of a stream. @see recv(2) */
  readonly recv: (fd: number, into: Uint8Array, flags?: number) => Effect.Effect<number, ReceiveError | NotASocket>
  /** @see recvfrom(2) */
  readonly recvfrom: (
    fd: number,
    into: Uint8Array,
    flags?: number
  ) => Effect.Effect<Pick<IncomingMessage, "count" | "from">, ReceiveError | NotASocket>
  /** @see recvmsg(2) */
  readonly recvmsg: (
    fd: number,
    where: Receptacle,
    flags?: number
  ) => Effect.Effect<IncomingMessage, ReceiveError | NotASocket>
  /** `how` is SHUT_RD, SHUT_WR or SHUT_RDWR. @see shutdown(2) */
  readonly shutdown: (fd: number, how: number) => Effect.Effect<void, NotASocket | Errno<"EINVAL" | "ENOTCONN">>
  /** SIOCATMARK: whether the next byte is the urgent one. @see sockatmark(3) */
  readonly sockatmark: (fd: number) => Effect.Effect<boolean, Errno<"EBADF" | "ENOTTY" | "EOPNOTSUPP">>
  /** @see getsockname(2) */
  readonly getsockname: (fd: number) => Effect.Effect<SocketAddress, NotASocket>
  /**
   * The addresses of a machine by its name, ready to be connected to. ENOENT says that there is no such name, EAGAIN
   * that nobody can say now: EAI_NONAME and EAI_AGAIN. @see getaddrinfo(3)
   */
  readonly getaddrinfo: (
    name: string,
    port: number,
    family?: "inet" | "inet6"
  ) => Effect.Effect<ReadonlyArray<Inet | Inet6>, LookupError>
  /** @see getpeername(2) */
  readonly getpeername: (fd: number) => Effect.Effect<SocketAddress, NotASocket | Errno<"ENOTCONN">>
  /**
   * Numbers, except for the options that `OptionOf` names; for SO_PEERPIDFD a descriptor of the process on the other side, with
   * FD_CLOEXEC. IP_MSFILTER and MCAST_MSFILTER are asked for `of` a group. @see getsockopt(2)
   */
  readonly getsockopt: <const Level extends number, const Option extends number>(
    fd: number,
    level: Level,
    option: Option,
    of?: Membership
  ) => Effect.Effect<OptionOf<Level, Option>, NotASocket | OptionError | Errno<"EMFILE" | "ENFILE">>
  /** @see setsockopt(2) */
  readonly setsockopt: <const Level extends number, const Option extends number>(
    fd: number,
    level: Level,
    option: Option,
    value: OptionOf<Level, Option>
  ) => Effect.Effect<void, NotASocket | OptionError>
}
