/**
 * SOCK_STREAM of the internet: connections of two bounded streams of bytes, with TCP's answers.
 *
 * No segments are made: what TCP does about loss is a network's business, if it loses anything. A connection that both
 * sides have ended is gone at once; there is no TIME_WAIT.
 *
 * @see tcp(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Abi from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import type { Process } from "../../ProcessTable.js"
import * as WaitQueue from "../../WaitQueue.js"
import type { SocketAddress } from "../Address.js"
import { ByteStream } from "../ByteStream.js"
import type { AcceptError, ConnectError, ListenError, OptionError } from "../errors.js"
import type { Connection, Endpoint, Outcome } from "../Network.js"
import type { OptionValue, TcpInfo } from "../OptionValue.js"
import * as Rules from "../rules.js"
import { RCV_SHUTDOWN, READABLE, SEND_SHUTDOWN, SHUTDOWN_MASK, type Socket } from "../Socket.js"
import * as Ip from "./Ip.js"
import { TcpEnd } from "./TcpEnd.js"

/** Milliseconds until a connect that nobody answers is given up, as after six retries. */
const CONNECT_TIMEOUT = 127_000

export class TcpSocket extends TcpEnd {
  /** How far connect(2) has got, as its caller knows it. */
  private told: "unconnected" | "connecting" | "connected" | "disconnecting" = "unconnected"
  /** Connections that nobody has accepted. */
  connections: Array<TcpSocket> | undefined = undefined
  /** Connections that found the backlog full, and come again when there is room. */
  private knocking: Array<() => void> | undefined = undefined
  private backlog = 0
  private giveUp: (() => void) | undefined = undefined

  get acceptable(): boolean {
    return (this.connections?.length ?? 0) > 0
  }

  private get tcpInfo(): TcpInfo {
    const { backlog, connections, finished, incoming, outgoing, state } = this
    if (state === "listening") {
      return { state: 10, unacked: connections?.length ?? 0, sacked: backlog, bytesSent: 0, bytesReceived: 0 }
    }
    const number = state === "closed"
      ? 7
      : state === "connecting"
      ? 2
      : finished
      ? 8
      : outgoing?.ended === true
      ? 5
      : 1
    return {
      state: number,
      unacked: 0,
      sacked: 0,
      bytesSent: outgoing === undefined ? 0 : outgoing.total + outgoing.lost,
      // The end counts as a byte.
      bytesReceived: (incoming?.total ?? 0) + (finished ? 1 : 0)
    }
  }

  override getOption(level: number, option: number): Exit.Exit<OptionValue, OptionError> {
    return level === Abi.SOL_TCP && option === Abi.TCP_INFO
      ? Exit.succeed(this.tcpInfo)
      : super.getOption(level, option)
  }

  listen(backlog: number, caller: Process): Exit.Exit<void, ListenError> {
    if (this.told !== "unconnected" || (this.state !== "closed" && this.state !== "listening")) {
      return Errno.fail("EINVAL")
    }
    const port = this.bound ? this.port : this.ports.free()
    const refused = Rules.askIn(this, caller, "listen", "tcp", this.boundAddress, port, !this.bound || !this.chosenPort)
    if (refused !== undefined) return refused
    const before = this.state
    this.state = "listening"
    if (before !== "listening") {
      const bound = !this.bound ? this.take(port) : this.ports.conflicts(this, this.port) ? inUse : Exit.void
      if (bound._tag === "Failure") {
        this.state = before
        return bound
      }
    }
    this.ports.listen(this)
    this.connections ??= []
    this.backlog = backlog
    this.letIn()
    return Exit.void
  }

  connect(address: SocketAddress, caller: Process): Effect.Effect<void, ConnectError> {
    if (address.family === "unspecified") return Exit.succeed(this.disconnect())
    if (this.told === "connected") return Errno.fail("EISCONN")
    if (this.told === "disconnecting") return Errno.fail("EINVAL")
    const first = this.told === "unconnected"
    if (first) {
      if (this.state !== "closed") return Errno.fail("EISCONN")
      // That it is connected is told as room is that there was none of.
      if (this.signalOwner !== undefined) this.signalOwner.lacksRoom = true
      const begun = this.begin(address, caller)
      if (begun._tag === "Failure") return begun
      this.told = "connecting"
      // Even where the other side has answered already, TCP says so only now.
      if (this.impatient(0)) return Errno.fail("EINPROGRESS")
    }
    if (this.state !== "connecting") return this.conclude()
    const late = Errno.fail(first ? "EINPROGRESS" : "EALREADY")
    if (this.impatient(0)) return late
    return this.wait(
      [this.canSend],
      () => this.state === "connecting" ? undefined : this.conclude(),
      this.settings.sendTimeout,
      late
    )
  }

  /** Sends for a connection; the answer may come in this step or later. */
  private begin(address: SocketAddress, caller: Process): Exit.Exit<void, ConnectError> {
    const wanted = this.endpointOf(address)
    if (wanted._tag === "Failure") return Exit.failCause(wanted.cause)
    if (this.unscoped(address, wanted.value.address)) return Errno.fail("EINVAL")
    const { port } = wanted.value
    const to = this.meant(wanted.value.address)
    const remote = { address: to, port }
    const refused = Rules.askOut(this, caller, "connect", "tcp", remote)
    if (refused !== undefined) return refused
    if (Ip.isMulticast(to) || this.inet.isBroadcast(to)) return Errno.fail("ENETUNREACH")
    const source = this.routeTo(to)
    if (source._tag === "Failure") return Exit.failCause(source.cause)
    // Whoever is bound to many has one address from here on.
    const from = this.inet.isOneHost(this.boundAddress) ? this.boundAddress : source.value
    if (!this.bound) {
      const taken = this.take()
      if (taken._tag === "Failure") return Errno.fail("EADDRNOTAVAIL")
    } else if (this.isTaken(from, to, port)) return Errno.fail("EADDRNOTAVAIL")
    this.address = this.boundAddress = from
    this.remote = remote
    this.error = undefined
    // Two that call each other at once are connected, and so is one that calls itself.
    this.inet.traffic.tcp.active++
    if (to === this.address && port === this.port) return this.connectToItself()
    this.state = "connecting"
    const outgoing = new ByteStream(this.sendShare)
    const incoming = new ByteStream(this.receiveShare)
    this.adopt({ incoming, outgoing })
    const abandoned = (): boolean => this.state !== "connecting" || this.outgoing !== outgoing
    if (!this.goesAstray(to)) {
      this.inet.connect({ address: from, port: this.port }, remote, { incoming, outgoing }, (outcome) => {
        if (!abandoned()) this.answered(outcome)
      }, abandoned)
    }
    if (this.state === "connecting") {
      this.giveUp = this.context.after(CONNECT_TIMEOUT, () => this.answered("timeout"))
    }
    return Exit.void
  }

  private connectToItself(): Exit.Exit<void> {
    // What it sends last comes first.
    if ((this.shut & SEND_SHUTDOWN) !== 0) return Exit.succeed(this.close())
    const both = new ByteStream(this.sendShare + this.receiveShare)
    this.adopt({ incoming: both, outgoing: both })
    this.state = "connected"
    this.changed()
    return Exit.void
  }

  /** Whether this very connection exists already. */
  private isTaken(from: string, to: string, port: number): boolean {
    for (let each = this.ports.first(this.port); each !== undefined; each = each.nextAtPort) {
      const { boundAddress, remote } = each
      if (remote?.address === to && remote.port === port && boundAddress === from) return true
    }
    return false
  }

  private answered(outcome: Outcome | "timeout"): void {
    this.giveUp?.()
    this.giveUp = undefined
    if (outcome === "accepted") {
      this.state = "connected"
      this.changed()
    } else this.fail(failures[outcome])
  }

  /** Tells the caller of connect(2) what came of it. */
  private conclude(): Exit.Exit<void, ConnectError> {
    if (this.state !== "closed") {
      this.told = "connected"
      return Exit.void
    }
    const error = this.takeError() ?? Errno.fail("ECONNABORTED")
    this.disconnect()
    return error
  }

  /** A connection arrives at this listener. */
  arrive(
    from: Endpoint,
    to: Endpoint,
    connection: Connection,
    answer: (outcome: Outcome) => void,
    abandoned: () => boolean
  ): void {
    const { connections } = this
    if (connections === undefined || !this.listening) return answer("refused")
    if (connections.length > this.backlog) {
      ;(this.knocking ??= []).push(() => {
        if (!abandoned()) this.arrive(from, to, connection, answer, abandoned)
      })
      return
    }
    const other = new TcpSocket(this.inet, this.domain, 0, this.owner)
    other.inherit(this)
    other.sendBuffer = this.sendBuffer
    other.receiveBuffer = this.receiveBuffer
    other.address = other.boundAddress = to.address
    other.chosenAddress = this.chosenAddress
    other.remote = from
    other.state = other.told = "connected"
    this.ports.add(other, to.port)
    connection.incoming.limit += other.receiveShare
    connection.outgoing.limit += other.sendShare
    other.adopt(connection)
    this.context.all.add(other)
    this.inet.traffic.tcp.passive++
    connections.push(other)
    answer("accepted")
    // Who listens after a shutdown hands that on.
    if (this.shut !== 0) other.shutdown(this.shut - 1)
    WaitQueue.wake(this.canReceive, READABLE)
  }

  accept<A, E>(caller: Process, take: (connection: Socket) => Exit.Exit<A, E>): Effect.Effect<A, E | AcceptError> {
    if (this.listening) {
      const refused = Rules.askIn(this, caller, "accept", "tcp", this.boundAddress, this.port, !this.chosenPort)
      if (refused !== undefined) return refused
    }
    const attempt = (): WaitQueue.Attempt<A, E | AcceptError> => {
      const next = this.connections?.[0]
      if (next === undefined) return this.listening ? undefined : Errno.fail("EINVAL")
      const taken = take(next)
      if (taken._tag === "Failure") return taken
      this.connections?.shift()
      this.letIn()
      if (this.connections?.length !== 0) WaitQueue.pass(this.canReceive)
      return taken
    }
    const now = attempt()
    if (now !== undefined) return now
    if (this.impatient(0)) return Errno.fail("EAGAIN")
    return this.wait([this.canReceive], attempt, this.settings.receiveTimeout, Errno.fail("EAGAIN"))
  }

  /** Lets those come again who found the backlog full, as far as there is room now; some may have given up. */
  private letIn(): void {
    while (this.knocking !== undefined && this.knocking.length > 0) {
      if (this.connections === undefined || this.connections.length > this.backlog) return
      this.knocking.shift()?.()
    }
  }

  shutdown(how: number): Exit.Exit<void, Errno.Errno<"EINVAL" | "ENOTCONN">> {
    if (how < Abi.SHUT_RD || how > Abi.SHUT_RDWR) return Errno.fail("EINVAL")
    const mask = how + 1
    const { state } = this
    if (this.told === "connecting") this.told = state === "connected" ? "connected" : "disconnecting"
    if (state === "listening" || state === "connecting") {
      if (state === "connecting" || (mask & RCV_SHUTDOWN) !== 0) this.disconnect()
      return Exit.void
    }
    this.shut |= mask
    if (state === "connected" && (mask & SEND_SHUTDOWN) !== 0) this.finish()
    // Whoever neither reads nor writes cuts the connection as soon as anything comes.
    if (this.shut === SHUTDOWN_MASK && this.incoming !== undefined) this.incoming.abandoned = true
    this.changed()
    return state === "closed" ? Errno.fail("ENOTCONN") : Exit.void
  }

  /** Sends the last byte. */
  private finish(): void {
    this.outgoing?.end()
    if (this.finished) this.close()
  }

  /** As connect(2) with AF_UNSPEC: the socket is as new, except for what was chosen for it. */
  private disconnect(): void {
    const { outgoing, state } = this
    if (state === "listening") this.stopListening()
    if (state === "connected") outgoing?.reader.cut()
    if (state === "connected" || state === "connecting") this.error = "ECONNRESET"
    this.giveUp?.()
    this.giveUp = undefined
    this.incoming = this.outgoing = undefined
    this.state = "closed"
    this.told = "unconnected"
    this.shut = 0
    this.finished = false
    this.unsettle()
    if (state !== "closed") this.giveBack()
    this.changed()
  }

  private stopListening(): void {
    const { connections, knocking } = this
    this.connections = this.knocking = undefined
    this.state = "closed"
    this.ports.unlisten(this)
    for (const each of connections ?? []) each.abort()
    // They knock at what is a listener no more, and are refused.
    for (const knock of knocking ?? []) knock()
  }

  /** Ends a connection that nobody will hear of again. */
  private abort(): void {
    if (this.state === "connected") this.outgoing?.reader.cut()
    this.bury()
  }

  private bury(): void {
    if (this.incoming !== undefined) {
      this.incoming.abandoned = true
      this.incoming.clear()
    }
    if (!this.orphan) {
      this.state = "closed"
      this.ports.remove(this)
    }
    this.context.all.remove(this)
    this.memberships?.clear()
  }

  override release(): Effect.Effect<void> {
    const { incoming, outgoing, state } = this
    this.giveUp?.()
    if (state === "listening") this.stopListening()
    // What was sent and not read is lost, and the other side has to know.
    else if (state === "connected") {
      if ((incoming?.held ?? 0) > 0 || (this.settings.lingers && this.settings.linger === 0)) outgoing?.reader.cut()
      else {
        this.orphan = !this.finished
        outgoing?.end()
      }
    }
    this.shut = SHUTDOWN_MASK
    this.bury()
    this.changed()
    return Exit.void
  }
}

const inUse = Errno.fail("EADDRINUSE")

const failures = {
  denied: "EACCES",
  refused: "ECONNREFUSED",
  timeout: "ETIMEDOUT",
  unreachable: "EHOSTUNREACH"
} as const
