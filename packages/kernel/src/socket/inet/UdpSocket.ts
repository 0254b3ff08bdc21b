/**
 * SOCK_DGRAM of the internet: messages that arrive whole, or not at all.
 *
 * A receiver whose buffer is full loses what comes, and nobody is told. A connected sender is told by the next call
 * that nobody was there.
 *
 * @see udp(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PollEvents from "../../abi/PollEvents.js"
import * as Abi from "../../abi/Socket.js"
import type { Credentials } from "../../Credentials.js"
import * as Errno from "../../Errno.js"
import { inOne, type Piecewise } from "../../pipe/Pieces.js"
import type { Process } from "../../ProcessTable.js"
import * as WaitQueue from "../../WaitQueue.js"
import type { SocketAddress } from "../Address.js"
import { ofDatagram } from "../charge.js"
import type {
  AcceptError,
  ConnectError,
  ListenError,
  OptionError,
  ReceiveError,
  SendError,
  WriteError
} from "../errors.js"
import { type Attached, nothing, type Received } from "../Message.js"
import type { Endpoint } from "../Network.js"
import { keyOf } from "../options.js"
import type { OptionValue } from "../OptionValue.js"
import * as Rules from "../rules.js"
import { Segment, SegmentQueue } from "../SegmentQueue.js"
import { type Memory, RCV_SHUTDOWN, READABLE, ROOM, SEND_SHUTDOWN, SHUTDOWN_MASK } from "../Socket.js"
import type { InetDomain, Link } from "./InetDomain.js"
import { InetSocket } from "./InetSocket.js"
import * as Ip from "./Ip.js"
import * as Loopback from "./Loopback.js"
import * as Multicast from "./multicast.js"

const CORK = keyOf(Abi.SOL_UDP, Abi.UDP_CORK)
const SEGMENT = keyOf(Abi.SOL_UDP, Abi.UDP_SEGMENT)
const GRO = keyOf(Abi.SOL_UDP, Abi.UDP_GRO)
const BUFFER = 212_992
/** Bytes of one message: what the length in a header can say, without the headers. */
const MESSAGE_MAX = 65_507
const MESSAGE6_MAX = 65_527
/** Headers in a buffer, besides the message. */
const HEADERS = 44
/** Headers of a packet on its way. */
const HEADERS_SENT = 28
const HEADERS6_SENT = 48

/** Pieces that one message may be sent in. */
const SEGMENTS_MAX = 128

interface Begun {
  readonly to: Endpoint
  readonly data: Uint8Array
  /** UDP_SEGMENT: the length of the pieces that it is sent in; 0 for one. */
  readonly segment: number
  /** From where it leaves, once that is settled. */
  readonly source?: string
}

export class UdpSocket extends InetSocket {
  private readonly queue = new SegmentQueue<Endpoint>(true)
  /** Memory, as Linux counts it, of what waits to be received. */
  private charged = 0
  /** Messages that found no room. */
  private lost = 0
  private source: Endpoint | undefined = undefined
  /** A message that waits for more, by MSG_MORE or UDP_CORK, and where it goes. */
  private begun: Begun | undefined = undefined

  constructor(inet: InetDomain, domain: number, flags: number, owner: Credentials) {
    super(inet, inet.udp, domain, Abi.SOCK_DGRAM, Abi.IPPROTO_UDP, flags, owner, BUFFER, BUFFER)
  }

  get listening(): boolean {
    return false
  }

  protected get settled(): boolean {
    return false
  }

  listen(): Exit.Exit<void, ListenError> {
    return Errno.fail("EOPNOTSUPP")
  }

  accept(): Exit.Exit<never, AcceptError> {
    return Errno.fail("EOPNOTSUPP")
  }

  peerName(): Exit.Exit<SocketAddress, Errno.Errno<"ENOTCONN">> {
    const { remote } = this
    return remote === undefined || remote.port === 0
      ? Errno.fail("ENOTCONN")
      : Exit.succeed(this.show(remote.address, remote.port))
  }

  connect(address: SocketAddress, caller: Process): Exit.Exit<void, ConnectError> {
    this.source = undefined
    if (address.family === "unspecified") {
      this.unsettle()
      this.giveBack()
      if (!this.chosenPort) this.port = 0
      return Exit.void
    }
    if (!this.bound && this.take()._tag === "Failure") return Errno.fail("EAGAIN")
    if (address.family === "inet" && this.v6only) return Errno.fail("EAFNOSUPPORT")
    const wanted = this.endpointOf(this.mapped(address))
    if (wanted._tag === "Failure") return Exit.failCause(wanted.cause)
    if (this.unscoped(address, wanted.value.address)) return Errno.fail("EINVAL")
    const to = this.reachable(wanted.value)
    const refused = Rules.askOut(this, caller, "connect", "udp", to)
    if (refused !== undefined) return refused
    const source = this.routeTo(to.address)
    if (source._tag === "Failure") return Exit.failCause(source.cause)
    if (this.inet.isBroadcast(to.address) && !this.settings.broadcast) return Errno.fail("EACCES")
    // An address that an earlier peer settled stays.
    if (Ip.isAny(this.address)) this.address = source.value
    if (Ip.isAny(this.boundAddress)) this.boundAddress = source.value
    this.remote = to
    // Linux keeps both in one place, in IPv4: what was begun goes to the new peer.
    if (this.begun !== undefined && Ip.is4(to.address) && Ip.is4(this.begun.to.address)) {
      this.begun = { ...this.begun, to, source: source.value }
    }
    return Exit.void
  }

  /** A socket of IPv6 that is connected or sends takes an address of IPv4 as it is. */
  private mapped(address: SocketAddress): SocketAddress {
    return this.domain === Abi.AF_INET6 && address.family === "inet"
      ? { family: "inet6", address: `::ffff:${address.address}`, port: address.port }
      : address
  }

  private reachable(to: Endpoint): Endpoint {
    return Ip.isAny(to.address) ? { address: this.meant(to.address), port: to.port } : to
  }

  send(
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    _caller: Process
  ): Effect.Effect<number, WriteError> {
    const { remote } = this
    const isUrgent = (flags & Abi.MSG_OOB) !== 0
    if (!this.bound && this.take()._tag === "Failure") return Errno.fail("EAGAIN")
    if (from.length > 0xffff && this.domain === Abi.AF_INET) return Errno.fail("EMSGSIZE")
    if (isUrgent && this.domain === Abi.AF_INET) return Errno.fail("EOPNOTSUPP")
    if (this.begun !== undefined) return this.goOn(this.begun, inOne(from), flags)
    if (remote === undefined) return Errno.fail("EDESTADDRREQ")
    const mapped = this.domain === Abi.AF_INET6 && Ip.is4(remote.address)
    if (mapped && from.length > 0xffff) return Errno.fail("EMSGSIZE")
    // IPv6 alone does not look.
    if (mapped && isUrgent) return Errno.fail("EOPNOTSUPP")
    return mapped && remote.port === 0 ? Errno.fail("EINVAL") : this.begin(inOne(from), remote, flags, attached)
  }

  sendTo(
    to: SocketAddress,
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, SendError> {
    const isUrgent = (flags & Abi.MSG_OOB) !== 0
    if (!this.bound && this.take()._tag === "Failure") return Errno.fail("EAGAIN")
    if (from.length > 0xffff && this.domain === Abi.AF_INET) return Errno.fail("EMSGSIZE")
    if (isUrgent && this.domain === Abi.AF_INET) return Errno.fail("EOPNOTSUPP")
    if (this.begun !== undefined && this.domain === Abi.AF_INET) return this.goOn(this.begun, inOne(from), flags)
    if (to.family === "unix" && this.domain === Abi.AF_INET6) return Errno.fail("EINVAL")
    const wanted = this.endpointOf(this.mapped(to))
    if (wanted._tag === "Failure") return Exit.failCause(wanted.cause)
    const four = Ip.is4(wanted.value.address)
    if (this.v6only && four) return Errno.fail("ENETUNREACH")
    if (four && from.length > 0xffff) return Errno.fail("EMSGSIZE")
    const there = this.reachable(wanted.value)
    if (isUrgent && Ip.is4(there.address)) return Errno.fail("EOPNOTSUPP")
    if (this.begun !== undefined) {
      return four && !Ip.is4(this.begun.to.address) ? Errno.fail("EINVAL") : this.goOn(this.begun, inOne(from), flags)
    }
    if (wanted.value.port === 0) return Errno.fail("EINVAL")
    return Rules.askOut(this, caller, "send", "udp", there) ?? this.begin(inOne(from), there, flags, attached)
  }

  private isCorked(flags: number): boolean {
    return (flags & Abi.MSG_MORE) !== 0 || (this.kept !== undefined && this.kept.get(CORK) === 1)
  }

  private begin(
    data: Uint8Array,
    to: Endpoint,
    flags: number,
    attached: Attached | undefined
  ): Exit.Exit<number, WriteError> {
    const segment = attached?.segment ?? Number(this.kept?.get(SEGMENT) ?? 0)
    return this.transmit({ data, to, segment }, this.isCorked(flags), true)
  }

  /** Adds to the message that was begun; where that goes was said then. One that gets too long is lost. */
  private goOn(
    begun: Begun,
    more: Uint8Array,
    flags: number
  ): Exit.Exit<number, WriteError> {
    const { data } = begun
    if ((flags & Abi.MSG_OOB) !== 0 && Ip.is4(begun.to.address)) return Errno.fail("EOPNOTSUPP")
    const whole = new Uint8Array(data.length + more.length)
    whole.set(data)
    whole.set(more, data.length)
    this.begun = undefined
    const sent = this.transmit({ ...begun, data: whole }, this.isCorked(flags), false)
    return sent._tag === "Success" ? Exit.succeed(more.length) : sent
  }

  /** Sends it, or keeps it until there is more. */
  private transmit(message: Begun, keeps: boolean, isNew: boolean): Exit.Exit<number, WriteError> {
    const { data, segment, to } = message
    const four = Ip.is4(to.address)
    const route = message.source === undefined ? this.routeTo(to.address) : Exit.succeed(message.source)
    if (route._tag === "Failure") return Exit.failCause(route.cause)
    if (this.inet.isBroadcast(to.address) && !this.settings.broadcast) return Errno.fail("EACCES")
    if (data.length > (four ? MESSAGE_MAX : MESSAGE6_MAX)) return Errno.fail("EMSGSIZE")
    // What was begun before the shutdown may be brought to its end.
    const error = !isNew
      ? undefined
      : this.takeError() ?? ((this.shut & SEND_SHUTDOWN) === 0 ? undefined : Errno.fail("EPIPE"))
    if (error !== undefined) return error
    if (keeps) {
      this.begun = { ...message, data: data.slice(), source: route.value }
      return Exit.succeed(data.length)
    }
    if (segment > 0 && (data.length > segment * SEGMENTS_MAX || this.kept?.get(Abi.SO_NO_CHECK) === 1)) {
      return Errno.fail("EINVAL")
    }
    if (
      segment > 0 &&
      Math.min(data.length, segment) + (four ? HEADERS_SENT : HEADERS6_SENT) > this.inet.mtuTowards(to.address)
    ) {
      return Errno.fail("EMSGSIZE")
    }
    if (this.goesAstray(to.address)) return Exit.succeed(data.length)
    const piece = segment > 0 && segment < data.length ? segment : 0
    if (!this.inet.isOneHost(to.address)) return this.transmitToAll(data, to, route.value, piece)
    const own = this.address
    const settled = this.inet.isOneHost(own) && Ip.is4(own) === four
    const source = this.sourceAt(settled ? own : route.value)
    // It leaves the socket, where it took room for a moment, before it arrives anywhere.
    WaitQueue.tell(this.canSend, ROOM)
    const sent = piece > 0 ? this.inet.sendSegments(source, to, data, piece) : this.inet.send(source, to, data, four)
    return sent._tag === "Success" ? Exit.succeed(data.length) : Exit.failCause(sent.cause)
  }

  private sourceAt(address: string): Endpoint {
    const { port, source } = this
    if (source !== undefined && source.address === address && source.port === port) return source
    return (this.source = { address, port })
  }

  /** Sends to a group, or to all of a network. */
  private transmitToAll(
    data: Uint8Array,
    to: Endpoint,
    outward: string,
    segment: number
  ): Exit.Exit<number, WriteError> {
    const { inet } = this
    const link = inet.isLocal(to.address) || this.device === Loopback.INDEX
      ? "loopback"
      : Multicast.linkTowards(this, to.address)
    const four = Ip.is4(to.address)
    const bound = inet.isOneHost(this.address) && Ip.is4(this.address) === four
    const own = bound ? this.address : link === "beyond" ? outward : four ? Ip.LOOPBACK : Ip.LOOPBACK6
    const isGroup = Ip.isMulticast(to.address)
    const way = {
      loops: !isGroup || Multicast.loops(this, to.address),
      leaves: !isGroup || Multicast.leaves(this, to.address)
    }
    let at = 0
    let sent: ReturnType<InetDomain["send"]>
    WaitQueue.tell(this.canSend, ROOM)
    do {
      const end = segment > 0 ? at + segment : data.length
      sent = inet.sendToAll(this.sourceAt(own), to, data.subarray(at, end), link, way)
      at = end
    } while (at < data.length && sent._tag === "Success")
    return sent._tag === "Success" ? Exit.succeed(data.length) : Exit.failCause(sent.cause)
  }

  /** Takes what arrives, or loses it. */
  arrive(from: Endpoint, data: Uint8Array, segment?: number): void {
    const charge = ofDatagram(data.length + HEADERS)
    if (this.charged > this.receiveBuffer) {
      this.lost++
      this.counts(from).noRoom++
      return
    }
    this.charged += charge
    this.queue.put(
      new Segment(from, data.length, charge, segment === undefined ? undefined : { ...nothing, segment }),
      data,
      0
    )
    WaitQueue.wake(this.canReceive, READABLE)
  }

  private counts({ address }: Endpoint) {
    return this.inet.traffic.udp[this.domain === Abi.AF_INET || Ip.is4(address) ? 0 : 1]
  }

  override get memory(): Memory {
    return { received: this.charged, sent: 0, dropped: this.lost }
  }

  get gathers(): boolean {
    return this.kept?.get(GRO) === 1
  }

  /** Nobody was where this socket is connected to. */
  refused(): void {
    if (this.remote === undefined) return
    this.error = "ECONNREFUSED"
    this.changed()
  }

  takes(group: string, link: Link, source: string): boolean {
    return this.memberships?.takes(group, link, source) ?? Multicast.takesAll(this, group)
  }

  receive(into: Piecewise, flags: number, received: Received | undefined): Effect.Effect<number, ReceiveError> {
    if ((flags & Abi.MSG_ERRQUEUE) !== 0) return Errno.fail("EAGAIN")
    const now = this.tryReceive(into, flags, received)
    if (now !== undefined) return now
    if (this.impatient(flags)) return Errno.fail("EAGAIN")
    const { ring } = this.queue
    const attempt = () =>
      this.tryReceive(into, flags, received) ?? ((this.shut & RCV_SHUTDOWN) !== 0 ? Exit.succeed(0) : ring.offer(into))
    const { receiveTimeout } = this.settings
    return this.wait([this.canReceive], attempt, receiveTimeout, Errno.fail("EAGAIN"), undefined, ring.withdrawal(into))
  }

  private tryReceive(
    into: Piecewise,
    flags: number,
    received: Received | undefined
  ): WaitQueue.Attempt<number, ReceiveError> {
    const error = this.takeError()
    if (error !== undefined) return error
    const { queue } = this
    const { first } = queue
    if (first === undefined) return undefined
    const { attached, length, sender } = first
    const count = Math.min(length, into.length)
    if (count > 0) queue.ring.copy(into, 0, count)
    if (received !== undefined) {
      received.from = this.show(sender.address, sender.port)
      if (this.gathers) received.segment = attached?.segment
      if (count < length) received.flags |= Abi.MSG_TRUNC
    }
    if ((flags & Abi.MSG_PEEK) === 0) {
      this.charged -= first.charge
      this.counts(sender).received++
      queue.shift()
      if (queue.first !== undefined) WaitQueue.pass(this.canReceive)
    }
    return Exit.succeed((flags & Abi.MSG_TRUNC) !== 0 ? length : count)
  }

  /** @see udp(7), UDP_CORK */
  override setOption(level: number, option: number, value: OptionValue, caller: Process): Exit.Exit<void, OptionError> {
    const { begun } = this
    const set = super.setOption(level, option, value, caller)
    if (begun !== undefined && level === Abi.SOL_UDP && option === Abi.UDP_CORK && value === 0) {
      this.begun = undefined
      this.transmit(begun, false, false)
    }
    return set
  }

  shutdown(how: number): Exit.Exit<void, Errno.Errno<"EINVAL" | "ENOTCONN">> {
    if (how < Abi.SHUT_RD || how > Abi.SHUT_RDWR) return Errno.fail("EINVAL")
    this.shut |= how + 1
    this.changed()
    return this.remote === undefined ? Errno.fail("ENOTCONN") : Exit.void
  }

  override release(): Effect.Effect<void> {
    this.context.all.remove(this)
    this.ports.remove(this)
    this.memberships?.clear()
    this.charged = 0
    this.begun = undefined
    this.queue.clear(() => {})
    this.shut = SHUTDOWN_MASK
    this.changed()
    return Exit.void
  }

  override poll(): number {
    let events = PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND
    if (this.error !== undefined) events |= PollEvents.POLLERR
    if ((this.shut & RCV_SHUTDOWN) !== 0) events |= PollEvents.POLLIN | PollEvents.POLLRDNORM | PollEvents.POLLRDHUP
    if (this.shut === SHUTDOWN_MASK) events |= PollEvents.POLLHUP
    if (this.queue.first !== undefined) events |= PollEvents.POLLIN | PollEvents.POLLRDNORM
    return events
  }

  override available(): Exit.Exit<number> {
    return Exit.succeed(this.queue.first?.length ?? 0)
  }
}
