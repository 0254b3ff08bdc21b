/**
 * The internet side of a kernel: its ports, and the networks that it is on.
 *
 * @see ip(7)
 */
import * as Exit from "effect/Exit"
import * as Errno from "../../Errno.js"
import type { Attach, Connection, Endpoint, Interface, Network, Outcome, Stack } from "../Network.js"
import type { SocketContext } from "../Socket.js"
import type { InetSocket } from "./InetSocket.js"
import * as Ip from "./Ip.js"
import * as Loopback from "./Loopback.js"
import { fit, Ports } from "./Ports.js"

/** A socket that takes connections, as far as an arriving one is concerned. */
export interface Listener extends InetSocket {
  readonly arrive: (
    from: Endpoint,
    to: Endpoint,
    connection: Connection,
    answer: (outcome: Outcome) => void,
    abandoned: () => boolean
  ) => void
}

/** A socket that takes datagrams. */
export interface Receiver extends InetSocket {
  readonly arrive: (from: Endpoint, data: Uint8Array) => void
  readonly refused: () => void
  /** Whether it takes what is sent to this group of receivers. */
  readonly takes: (group: string) => boolean
}

export class InetDomain {
  readonly tcp = new Ports()
  readonly udp = new Ports()
  /** Groups of receivers, each with how many sockets have joined it. */
  readonly groups = new Map<string, number>()
  private readonly loopback: Network
  /** What lies beyond this machine; `undefined` where there is nothing. */
  private readonly beyond: Network | undefined
  /** The machine's own addresses, besides those of the loopback network. */
  private readonly own: ReadonlySet<string>

  constructor(readonly context: SocketContext, beyond: Attach | undefined) {
    const stack: Stack = {
      connect: (from, to, connection, answer, abandoned) => {
        const listener = this.listener(from, to)
        if (listener === undefined) answer("refused")
        else listener.arrive(from, to, connection, answer, abandoned)
      },
      deliver: (from, to, data) => this.deliver(from, to, data),
      unreachable: (from, to) => this.receiverAt(to, from)?.refused()
    }
    this.loopback = Loopback.attach(stack)
    this.beyond = beyond?.(stack)
    this.own = new Set(this.beyond?.interfaces.flatMap(({ addresses }) => addresses))
  }

  get interfaces(): ReadonlyArray<Interface> {
    return [...this.loopback.interfaces, ...this.beyond?.interfaces ?? []]
  }

  hasInterface(number: number | undefined): boolean {
    return this.interfaces.some(({ index }) => index === number)
  }

  /** One socket less is in a group. */
  leave(group: string): void {
    const left = (this.groups.get(group) ?? 1) - 1
    if (left > 0) this.groups.set(group, left)
    else this.groups.delete(group)
  }

  /** Whether an address is this machine's. */
  isLocal(address: string): boolean {
    return Ip.isLoopback(address) || this.own.has(address)
  }

  /** Which network leads to `to`; groups of receivers are on this machine unless a network beyond has them. */
  private towards(to: string): Network | undefined {
    if (this.isLocal(to) || this.beyond === undefined && (Ip.isMulticast(to) || Ip.isBroadcast(to))) {
      return this.loopback
    }
    return this.beyond
  }

  /** The address from which this machine reaches `to`. */
  route(to: string): ReturnType<Network["route"]> {
    if (this.own.has(to)) return Exit.succeed(to)
    return this.towards(to)?.route(to) ?? Errno.fail("ENETUNREACH")
  }

  connect: Network["connect"] = (from, to, connection, answer, abandoned) => {
    const network = this.towards(to.address)
    if (network === undefined) answer("unreachable")
    else network.connect(from, to, connection, answer, abandoned)
  }

  send(from: Endpoint, to: Endpoint, data: Uint8Array): ReturnType<Network["send"]> {
    return this.towards(to.address)?.send(from, to, data) ?? Errno.fail("ENETUNREACH")
  }

  /** The listener that fits an arriving connection best; those that share a port take turns by the sender. */
  private listener(from: Endpoint, to: Endpoint): Listener | undefined {
    let best: Array<Listener> = []
    let most = -1
    for (const socket of this.tcp.at(to.port)) {
      if (!socket.listening || !isListener(socket)) continue
      const score = fit(socket, from, to)
      if (score > most) {
        most = score
        best = [socket]
      } else if (score === most && score >= 0) best.push(socket)
    }
    return best[from.port % best.length]
  }

  private receiverAt(from: Endpoint, to: Endpoint): Receiver | undefined {
    let best: Receiver | undefined
    let most = -1
    let equals = 0
    for (const socket of this.udp.at(to.port)) {
      const score = fit(socket, from, to)
      if (score < most || score < 0 || !isReceiver(socket)) continue
      equals = score > most ? 1 : equals + 1
      // The last that was bound takes all, unless they share: then they take turns by the sender.
      if (score > most || !socket.reusePort || from.port % equals === 0) best = socket
      most = score
    }
    return best
  }

  private deliver(from: Endpoint, to: Endpoint, data: Uint8Array): boolean {
    const { address } = to
    if (!Ip.isMulticast(address) && !Ip.isBroadcast(address)) {
      const receiver = this.receiverAt(from, to)
      receiver?.arrive(from, data)
      return receiver !== undefined
    }
    for (const socket of Array.from(this.udp.at(to.port))) {
      if (!isReceiver(socket) || fit(socket, from, to) < 0) continue
      if (Ip.isBroadcast(address) || socket.takes(address)) socket.arrive(from, data)
    }
    // Nobody says that a group has no members.
    return true
  }
}

const isListener = (socket: InetSocket): socket is Listener => "arrive" in socket
const isReceiver = (socket: InetSocket): socket is Receiver => "takes" in socket
