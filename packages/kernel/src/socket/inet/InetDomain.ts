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
import { mtuOf } from "./interfaces.js"
import * as Ip from "./Ip.js"
import * as Loopback from "./Loopback.js"
import type { Memberships } from "./Memberships.js"
import { fit, Ports } from "./Ports.js"
import { type Flow, Traffic } from "./Traffic.js"

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
  /** `segment` is the length of the pieces that it was sent in, if those are not taken apart. */
  readonly arrive: (from: Endpoint, data: Uint8Array, segment?: number) => void
  /** Whether it takes pieces together. */
  readonly gathers: boolean
  readonly refused: () => void
  /** Whether it takes what is sent to a group that somebody on this machine has joined. */
  readonly takes: (group: string, link: Link, source: string) => boolean
}

/** The two sides of a machine: its own network, and whatever is outside. */
export type Link = "loopback" | "beyond"

export class InetDomain {
  readonly tcp = new Ports()
  readonly udp = new Ports()
  readonly traffic = new Traffic()
  /** Groups of receivers by link, each with those who have joined it. */
  private readonly groups: Readonly<Record<Link, Map<string, Set<Memberships>>>> = {
    loopback: new Map(),
    beyond: new Map()
  }
  private readonly loopback: Network
  /** What lies beyond this machine; `undefined` where there is nothing. */
  private readonly beyond: Network | undefined
  /** The machine's own addresses, besides those of the loopback network. */
  private readonly own: ReadonlySet<string>
  /** The addresses that mean all of a network that it is on. */
  private readonly broadcasts: ReadonlySet<string>

  constructor(readonly context: SocketContext, beyond: Attach | undefined) {
    const stack = (link: Link): Stack => ({
      connect: (from, to, connection, answer, abandoned) => {
        const listener = this.listener(from, to, link)
        if (listener === undefined) answer("refused")
        else listener.arrive(from, to, connection, answer, abandoned)
      },
      deliver: (from, to, data) => this.deliver(from, to, data, link),
      unreachable: (from, to) => this.receiverAt(to, from, link)?.refused()
    })
    this.loopback = Loopback.attach(stack("loopback"))
    this.beyond = beyond?.(stack("beyond"))
    const interfaces = this.beyond?.interfaces ?? []
    this.own = new Set(interfaces.flatMap(({ addresses }) => addresses))
    this.broadcasts = new Set(interfaces.flatMap(({ broadcasts = [] }) => broadcasts))
  }

  get interfaces(): ReadonlyArray<Interface> {
    return [...this.loopback.interfaces, ...this.beyond?.interfaces ?? []]
  }

  hasInterface(number: number | undefined): boolean {
    return this.interfaces.some(({ index }) => index === number)
  }

  /** The link of an interface, by its number or an address of it; by default the one that leads outside. */
  linkOf(which: number | string): Link | undefined {
    if (which === 0 || which === "" || which === Ip.ANY) return this.beyond === undefined ? "loopback" : "beyond"
    const found = this.interfaces.find(({ addresses, index }) =>
      typeof which === "number" ? index === which : addresses.includes(which)
    )
    return found === undefined ? undefined : found.index === Loopback.INDEX ? "loopback" : "beyond"
  }

  /** One socket more is in a group. */
  join(group: string, link: Link, member: Memberships): void {
    const groups = this.groups[link]
    const members = groups.get(group)
    if (members === undefined) groups.set(group, new Set([member]))
    else members.add(member)
  }

  /** One socket less is in a group. */
  leave(group: string, link: Link, member: Memberships): void {
    const members = this.groups[link].get(group)
    members?.delete(member)
    if (members?.size === 0) this.groups[link].delete(group)
  }

  /** Whether anybody on this machine wants what `source` sends to a group. */
  private wants(group: string, link: Link, source: string): boolean {
    for (const each of this.groups[link].get(group) ?? []) if (each.takes(group, link, source) === true) return true
    return false
  }

  /** Whether an address means all of a network. */
  isBroadcast(address: string): boolean {
    return Ip.isBroadcast(address) || this.broadcasts.has(address)
  }

  /** Whether it is the address of one machine, from which something can come. */
  isOneHost(address: string): boolean {
    return !Ip.isAny(address) && !Ip.isMulticast(address) && !this.isBroadcast(address)
  }

  /** Whether an address is this machine's. */
  isLocal(address: string): boolean {
    return Ip.isLoopback(address) || this.own.has(address)
  }

  /** Which network leads to `to`; groups of receivers are on this machine where there is nothing beyond. */
  private towards(to: string): Network | undefined {
    if (this.isLocal(to) || this.beyond === undefined && (Ip.isMulticast(to) || Ip.isBroadcast(to))) {
      return this.loopback
    }
    return this.beyond
  }

  /** The number of the interface through which a packet comes to an address of this machine, or to a group. */
  private deviceOn(link: Link, address: string): number {
    const owner = this.own.has(address)
      ? this.beyond?.interfaces.find(({ addresses }) => addresses.includes(address))
      : link === "beyond"
      ? this.beyond?.interfaces[0]
      : undefined
    return owner?.index ?? Loopback.INDEX
  }

  /** The number of the interface that has an address of this machine. */
  deviceOf(address: string): number {
    return this.deviceOn("loopback", address)
  }

  /** The address of IPv4 of an interface. */
  addressOn(device: number): string | undefined {
    return this.interfaces.find(({ index }) => index === device)?.addresses.find(Ip.is4)
  }

  /** Where it is counted what goes from an address of this machine to another, and back. */
  flowBetween(own: string, other: string): Flow {
    const device = this.towards(other) === this.beyond ? this.deviceOn("beyond", own) : Loopback.INDEX
    return this.traffic.at(device)[Ip.is4(other) ? 0 : 1]
  }

  /** Bytes of a packet on the way to an address. */
  mtuTowards(address: string): number {
    return mtuOf((this.isLocal(address) ? undefined : this.beyond?.interfaces[0]) ?? this.loopback.interfaces[0]!)
  }

  /** Whether an interface leads to an address: that of the loopback network to this machine alone. */
  leads(device: number, to: string): boolean {
    if (to === "127.255.255.255" || Ip.isLoopback(to)) return device === Loopback.INDEX
    if (Ip.isMulticast(to) || Ip.isBroadcast(to)) return true
    if (this.own.has(to)) return Ip.is4(to) || device === this.deviceOn("loopback", to)
    return device !== Loopback.INDEX
  }

  /** The address that it is known by outside; none where there is no outside. */
  get outwardAddress(): string {
    return this.beyond?.interfaces.flatMap(({ addresses }) => addresses).find(Ip.is4) ?? Ip.ANY
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

  send(from: Endpoint, to: Endpoint, data: Uint8Array, four = Ip.is4(to.address)): ReturnType<Network["send"]> {
    const network = this.towards(to.address)
    const sent = network?.send(from, to, data) ?? Errno.fail("ENETUNREACH")
    if (sent._tag === "Success") this.sent(network, from, four, data.length)
    return sent
  }

  /** Counts a datagram that has left. */
  private sent(over: Network | undefined, from: Endpoint, four: boolean, length: number): void {
    const device = over === this.loopback ? Loopback.INDEX : this.deviceOn("beyond", from.address)
    this.traffic.at(device)[four ? 0 : 1].sent.datagram(length)
  }

  /** Sends pieces of `segment` bytes: all at once to whoever on this machine takes them so. */
  sendSegments(from: Endpoint, to: Endpoint, data: Uint8Array, segment: number): ReturnType<Network["send"]> {
    const network = this.towards(to.address)
    const near = network === this.loopback ? this.receiverAt(from, to, "loopback") : undefined
    // What nobody takes is not taken apart.
    if (network === this.loopback && near === undefined) return this.send(from, to, data)
    let sent: ReturnType<Network["send"]> = Exit.void
    if (near?.gathers === true) near.arrive(from, data, segment)
    else {
      for (let at = 0; at < data.length && sent._tag === "Success"; at += segment) {
        sent = network?.send(from, to, data.subarray(at, at + segment)) ?? Errno.fail("ENETUNREACH")
      }
    }
    if (sent._tag === "Success") this.sent(network, from, Ip.is4(to.address), data.length)
    return sent
  }

  /** Sends to a group, or to all of a network: on this machine, if it loops, and to others, if it leaves. */
  sendToAll(
    from: Endpoint,
    to: Endpoint,
    data: Uint8Array,
    link: Link,
    way: { readonly loops: boolean; readonly leaves: boolean }
  ): ReturnType<Network["send"]> {
    if (link === "loopback" || this.beyond === undefined) {
      this.sent(this.loopback, from, Ip.is4(to.address), data.length)
      return this.loopback.send(from, to, data)
    }
    const sent = way.leaves ? this.beyond.send(from, to, data) : Exit.void
    if (way.leaves && sent._tag === "Success") this.sent(this.beyond, from, Ip.is4(to.address), data.length)
    if (sent._tag === "Success" && way.loops) this.deliver(from, to, data, link)
    return sent
  }

  /** The listener that fits an arriving connection best; those that share a port take turns by the sender. */
  private listener(from: Endpoint, to: Endpoint, link: Link): Listener | undefined {
    let best: Array<Listener> = []
    const device = this.deviceOn(link, to.address)
    let most = -1
    for (const socket of this.tcp.listenersAt(to.port)) {
      if (!isListener(socket)) continue
      const score = fit(socket, from, to, device)
      if (score > most) {
        most = score
        best = [socket]
      } else if (score === most && score >= 0) best.push(socket)
    }
    return best[from.port % best.length]
  }

  private receiverAt(from: Endpoint, to: Endpoint, link: Link): Receiver | undefined {
    let best: Receiver | undefined
    const device = this.deviceOn(link, to.address)
    let most = -1
    let equals = 0
    for (let socket = this.udp.first(to.port); socket !== undefined; socket = socket.nextAtPort) {
      const score = fit(socket, from, to, device)
      if (score < most || score < 0 || !isReceiver(socket)) continue
      equals = score > most ? 1 : equals + 1
      // The last that was bound takes all, unless they share: then they take turns by the sender.
      if (score > most || !socket.settings.reusePort || from.port % equals === 0) best = socket
      most = score
    }
    return best
  }

  private deliver(from: Endpoint, to: Endpoint, data: Uint8Array, link: Link): boolean {
    const { address } = to
    if (link === "beyond") {
      this.traffic.at(this.deviceOn(link, address))[Ip.is4(address) ? 0 : 1].received.datagram(data.length)
    }
    if (this.isOneHost(address)) {
      const receiver = this.receiverAt(from, to, link)
      if (receiver === undefined) this.traffic.udp[Ip.is4(address) ? 0 : 1].noPorts++
      receiver?.arrive(from, data)
      return receiver !== undefined
    }
    // Nobody says that a group has no members.
    const isGroup = Ip.isMulticast(address)
    if (isGroup && !this.wants(address, link, from.address)) return true
    const device = this.deviceOn(link, address)
    for (let socket = this.udp.first(to.port); socket !== undefined; socket = socket.nextAtPort) {
      if (!isReceiver(socket) || fit(socket, from, to, device) < 0) continue
      if (!isGroup || socket.takes(address, link, from.address)) socket.arrive(from, data)
    }
    return true
  }
}

const isListener = (socket: InetSocket): socket is Listener => "arrive" in socket
const isReceiver = (socket: InetSocket): socket is Receiver => "takes" in socket
