/**
 * What lies between internet sockets: the one narrow door to a network.
 *
 * Sockets decide what calls answer; ports and who is bound to them are the kernel's. A network only carries. It is
 * made with the {@link Stack} of the kernel that it serves, and the two talk like this:
 *
 * - **Routing.** `route` names the address from which this machine reaches another, or refuses. The kernel asks it
 *   for every address that is not the machine's own: those never leave the kernel (see `inet/Loopback`, the network
 *   that is always there, and the model of an implementation).
 * - **Connections** are two bounded {@link ByteStream}s, one in each direction. `connect` hands over the far ends;
 *   the network brings them to `Stack.connect` of the machine that was meant, and answers once: accepted or refused.
 *   On one machine these are the very streams of the other socket. A network with latency makes two more over there
 *   and carries between them: it is the reader of one stream and the writer of the other, and is told by
 *   {@link Party} when there is something to carry, when there is room again, and when a side resets.
 * - **Datagrams** are handed over by `send` and brought to `Stack.deliver`. They may be lost. One that nobody receives
 *   comes back as `Stack.unreachable` to a sender that is connected, as ICMP does.
 *
 * Whatever is called may happen in the same step or in a later one; nothing here waits, and nothing is an effect.
 * Addresses are in their canonical form (`127.0.0.1`, `::1`); those of IPv4 are never written as IPv6.
 *
 * @see ip(7)
 */
import type * as Exit from "effect/Exit"
import type * as Errno from "../Errno.js"
import type { ByteStream, Urgent } from "./ByteStream.js"

/** An address and a port. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** A connection as one side sees it. */
export interface Connection {
  /** What this side reads. */
  readonly incoming: ByteStream
  /** What this side writes. */
  readonly outgoing: ByteStream
}

/** One end of a stream: a socket, or a network that carries further. */
export interface Party {
  /** There are bytes to take, or there will be none any more. */
  readonly bytesCame: () => void
  /** There is room for more. */
  readonly roomCame: () => void
  /** The other side has cut the connection. */
  readonly cut: () => void
  /** Of what comes next, a byte is urgent. A network that knows nothing of that leaves it out. */
  readonly urgentCame?: (urgent: Urgent) => void
}

/**
 * How a connection was taken. `unreachable` is told by a network that knows of no such machine, `denied` by one whose rules
 * forbid it.
 */
export type Outcome = "accepted" | "refused" | "unreachable" | "denied"

export interface Interface {
  readonly name: string
  /** The number of an interface, from 1. */
  readonly index: number
  readonly addresses: ReadonlyArray<string>
  /** Addresses that mean every machine of the network, besides `255.255.255.255`. */
  readonly broadcasts?: ReadonlyArray<string>
  /** How many bits of an address name its network. Default: 24 of IPv4, 64 of IPv6. */
  readonly prefixes?: Readonly<Record<string, number>>
  /** Bytes of a packet. Default: 1500. */
  readonly mtu?: number
  /** Such as `02:00:0a:00:00:01`. Default: made of its first address of IPv4. */
  readonly hardwareAddress?: string
  /** The machine that leads to other networks, where there is one. */
  readonly gateway?: string
}

/** The kernel, as a network sees it. */
export interface Stack {
  /**
   * A connection arrives for `to`. `answer` is called once, now or when the listener has room; `abandoned` says whether
   * the other side has given up meanwhile.
   */
  readonly connect: (
    from: Endpoint,
    to: Endpoint,
    connection: Connection,
    answer: (outcome: Outcome) => void,
    abandoned: () => boolean
  ) => void
  /** A datagram arrives; the bytes are copied before this returns. Answers whether anybody is bound to `to`. */
  readonly deliver: (from: Endpoint, to: Endpoint, data: Uint8Array) => boolean
  /** A datagram that was sent from `from` to `to` found nobody. */
  readonly unreachable: (from: Endpoint, to: Endpoint) => void
}

export interface Network {
  readonly interfaces: ReadonlyArray<Interface>
  /** The address from which `to` is reached. */
  readonly route: (to: string) => Exit.Exit<string, Errno.Errno<"EACCES" | "EHOSTUNREACH" | "ENETUNREACH">>
  /** Begins to connect; see {@link Stack.connect}. */
  readonly connect: Stack["connect"]
  /**
   * Sends a datagram; the bytes are the sender's and have to be copied before this returns. One to a group of receivers, or
   * to all, is for the other machines: the kernel itself brings it to those on this one.
   */
  readonly send: (
    from: Endpoint,
    to: Endpoint,
    data: Uint8Array
  ) => Exit.Exit<void, Errno.Errno<"EACCES" | "EHOSTUNREACH" | "EMSGSIZE" | "ENETUNREACH" | "ENOBUFS">>
}

/** Makes a network for one kernel. */
export type Attach = (stack: Stack) => Network
