/**
 * One end of a TCP connection: its streams, what the other side does to them, and what is sent and received.
 *
 * @see tcp(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Abi from "../../abi/Socket.js"
import type { Credentials } from "../../Credentials.js"
import * as Errno from "../../Errno.js"
import type { Piecewise } from "../../pipe/Pieces.js"
import type { Process } from "../../ProcessTable.js"
import * as WaitQueue from "../../WaitQueue.js"
import type { SocketAddress } from "../Address.js"
import type { ByteStream, Urgent } from "../ByteStream.js"
import type { OptionError, ReceiveError, SendError, WriteError } from "../errors.js"
import type { Attached, Received } from "../Message.js"
import type { Connection, Party } from "../Network.js"
import type { OptionValue } from "../OptionValue.js"
import { type Memory, RCV_SHUTDOWN, READABLE, ROOM, SHUTDOWN_MASK } from "../Socket.js"
import type { InetDomain } from "./InetDomain.js"
import { InetSocket } from "./InetSocket.js"
import * as Transfer from "./tcpTransfer.js"

/** Buffers of a new socket: net.ipv4.tcp_wmem and tcp_rmem. */
const SEND_BUFFER = 16_384
const RECEIVE_BUFFER = 131_072
const RECEIVE_BUFFER_MAX = 6_291_456
/** What a stream holds of each side's buffer where nobody set it: Linux lets them grow by themselves. */
const SEND_SHARE = 196_608
const RECEIVE_SHARE = 65_536

/** Ways to go about congestion, of which there is none here: net.ipv4.tcp_allowed_congestion_control. */
const CONGESTIONS: ReadonlyArray<string> = ["cubic", "reno"]

export abstract class TcpEnd extends InetSocket implements Party {
  /** "closed" is also where a connection ends, whoever ended it. */
  state: "closed" | "connecting" | "connected" | "listening" = "closed"
  private congestion = CONGESTIONS[0]!
  incoming: ByteStream | undefined = undefined
  outgoing: ByteStream | undefined = undefined
  /** The other side has sent its last byte. */
  finished = false
  /** Nobody holds it, but the other side has not ended the connection: the port is in use until then. */
  protected orphan = false

  constructor(inet: InetDomain, domain: number, flags: number, owner: Credentials) {
    super(inet, inet.tcp, domain, Abi.SOCK_STREAM, Abi.IPPROTO_TCP, flags, owner, SEND_BUFFER, RECEIVE_BUFFER)
  }

  /** Whether somebody waits to be accepted. */
  abstract get acceptable(): boolean

  get listening(): boolean {
    return this.state === "listening"
  }

  protected get settled(): boolean {
    return this.state !== "closed"
  }

  peerName(): Exit.Exit<SocketAddress, Errno.Errno<"ENOTCONN">> {
    const { remote, state } = this
    return remote === undefined || state !== "connected"
      ? Errno.fail("ENOTCONN")
      : Exit.succeed(this.show(remote.address, remote.port))
  }

  get sendShare(): number {
    return this.sendBuffer === SEND_BUFFER ? SEND_SHARE : this.sendBuffer
  }

  get receiveShare(): number {
    return this.receiveBuffer === RECEIVE_BUFFER ? RECEIVE_SHARE : this.receiveBuffer >> 1
  }

  override get lowWaterMax(): number {
    return (this.receiveBuffer === RECEIVE_BUFFER ? RECEIVE_BUFFER_MAX : this.receiveBuffer) >> 1
  }

  /** Takes the ends of a connection. */
  protected adopt({ incoming, outgoing }: Connection): void {
    this.incoming = incoming
    this.outgoing = outgoing
    incoming.reader = this
    outgoing.writer = this
    const { received, sent } = this.inet.flowBetween(this.address, this.remote!.address)
    incoming.count = received
    outgoing.count = sent
  }

  /** The end of the connection, with an error that the next call is told. */
  protected fail(error: "EACCES" | "ECONNREFUSED" | "ECONNRESET" | "EHOSTUNREACH" | "EPIPE" | "ETIMEDOUT"): void {
    const { tcp } = this.inet.traffic
    if (this.state === "connecting") tcp.failed++
    else tcp.reset++
    this.error = error
    this.close()
  }

  protected close(): void {
    this.state = "closed"
    this.shut = SHUTDOWN_MASK
    if (this.orphan) this.ports.remove(this)
    else this.giveBack()
    this.changed()
  }

  bytesCame(): void {
    if (this.incoming?.ended === true && !this.finished) {
      this.finished = true
      this.shut |= RCV_SHUTDOWN
      if (this.outgoing?.ended === true) this.close()
      WaitQueue.wakeAll(this.canReceive)
    } else WaitQueue.wake(this.canReceive, READABLE)
  }

  /** SO_OOBINLINE */
  get isInline(): boolean {
    return this.kept?.get(Abi.SO_OOBINLINE) === 1
  }

  urgentCame(urgent: Urgent): void {
    const { incoming } = this
    if (incoming === undefined) return
    // The one before, if it is next, is passed over: it was urgent, and is not received among the others.
    if (incoming.urgent?.at === incoming.passed && incoming.held > 0 && !this.isInline) incoming.discard(1)
    incoming.urgent = urgent
    // Whoever has closed it is told of nothing more.
    if (!this.orphan) this.signalOwner?.tellUrgent()
  }

  override atMark(): Exit.Exit<boolean> {
    return Exit.succeed(this.incoming?.urgent !== undefined && this.incoming.urgent.at === this.incoming.passed)
  }

  override get memory(): Memory {
    return { received: this.incoming?.held ?? 0, sent: 0, dropped: 0 }
  }

  roomCame(): void {
    WaitQueue.wake(this.canSend, ROOM)
  }

  cut(): void {
    if (this.state !== "connected") return
    this.fail(this.finished && this.outgoing?.ended !== true ? "EPIPE" : "ECONNRESET")
  }

  send(
    from: Piecewise,
    flags: number,
    _attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, WriteError> {
    return Transfer.send(this, from, flags, caller)
  }

  /** A connection has its address already. */
  sendTo(
    _to: SocketAddress,
    from: Piecewise,
    flags: number,
    _attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, SendError> {
    return Transfer.send(this, from, flags, caller)
  }

  receive(into: Piecewise, flags: number, received: Received | undefined): Effect.Effect<number, ReceiveError> {
    return Transfer.receive(this, into, flags, received)
  }

  override poll(): number {
    return Transfer.poll(this)
  }

  override available(): Exit.Exit<number, Errno.Errno<"EINVAL">> {
    const { incoming } = this
    if (this.listening) return Errno.fail("EINVAL")
    if (incoming === undefined) return Exit.succeed(0)
    const before = incoming.urgent === undefined || this.isInline ? incoming.held : incoming.urgent.at - incoming.passed
    return Exit.succeed(Math.min(before, incoming.held))
  }

  protected override inherit(from: InetSocket): void {
    super.inherit(from)
    if (from instanceof TcpEnd) this.congestion = from.congestion
  }

  override getOption(level: number, option: number): Exit.Exit<OptionValue, OptionError> {
    return level === Abi.SOL_TCP && option === Abi.TCP_CONGESTION
      ? Exit.succeed(this.congestion)
      : super.getOption(level, option)
  }

  override setOption(level: number, option: number, value: OptionValue, caller: Process): Exit.Exit<void, OptionError> {
    if (level !== Abi.SOL_TCP || option !== Abi.TCP_CONGESTION) return super.setOption(level, option, value, caller)
    if (typeof value !== "string") return Errno.fail("EINVAL")
    if (!CONGESTIONS.includes(value)) return Errno.fail("ENOENT")
    this.congestion = value
    return Exit.void
  }
}
