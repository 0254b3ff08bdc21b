/**
 * What all Unix sockets share: names, peers, and what happens when one of two is shut or closed.
 *
 * @see unix(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import {
  AF_UNIX,
  SHUT_RD,
  SHUT_RDWR,
  SO_PASSCRED,
  SO_PASSPIDFD,
  SO_PEERCRED,
  SO_PEERGROUPS,
  SOCK_STREAM,
  SOL_SOCKET
} from "../../abi/Socket.js"
import type { Location } from "../../Dentry.js"
import * as Errno from "../../Errno.js"
import type { Piecewise } from "../../pipe/Pieces.js"
import type { Process } from "../../ProcessTable.js"
import * as WaitQueue from "../../WaitQueue.js"
import { type SocketAddress, type UnixAddress, unnamed } from "../Address.js"
import type { BindError, OptionError } from "../errors.js"
import { isNumber } from "../options.js"
import type { OptionValue, ProcessCredentials } from "../OptionValue.js"
import * as Rules from "../rules.js"
import { type Segment, SegmentQueue } from "../SegmentQueue.js"
import { type Memory, RCV_SHUTDOWN, READABLE, ROOM, SEND_SHUTDOWN, SHUTDOWN_MASK } from "../Socket.js"
import { collect } from "./garbage.js"
import { Passenger } from "./Passenger.js"
import { credentialsOf, letGo } from "./rights.js"
import { isAbstract, isPath, normal, type UnixDomain } from "./UnixDomain.js"

/** Bytes that may be on their way from a new socket. */
const BUFFER = 212_992
/** Datagrams that wait at a socket before others have to. */
const DATAGRAMS_MAX = 10
const nobody = 0xffff_ffff

export type State = "closed" | "listening" | "connected"

export abstract class UnixSocket extends Passenger {
  state: State = "closed"
  bound: UnixAddress | undefined = undefined
  /** Its file, held. */
  at: Location | undefined = undefined
  /** Whom it sends to. One that was closed stays the peer, so that its name can still be asked. */
  peer: UnixSocket | undefined = undefined
  dead = false
  peerCredentials: ProcessCredentials | undefined = undefined
  peerGroups: ReadonlyArray<number> | undefined = undefined
  /** Memory, as Linux counts it, of what it sent and nobody has received. */
  charged = 0
  readonly queue: SegmentQueue<UnixSocket>
  /** Connections that nobody has accepted. */
  connections: Array<UnixSocket> | undefined = undefined
  /** How many messages or connections may wait here before others have to. */
  backlog = DATAGRAMS_MAX
  /** Whoever waits for this socket to take something out of its queue. */
  readonly hasRoom = WaitQueue.make()
  /** Those who send here and want to know of room. */
  private curious: Set<UnixSocket> | undefined = undefined

  constructor(readonly unix: UnixDomain, type: number, flags: number, caller: Process) {
    super(unix.context, AF_UNIX, type, 0, flags, caller.credentials, BUFFER, BUFFER)
    this.queue = new SegmentQueue(type !== SOCK_STREAM)
  }

  get listening(): boolean {
    return this.state === "listening"
  }

  get name(): SocketAddress {
    return this.bound ?? unnamed
  }

  peerName(): Exit.Exit<SocketAddress, Errno.Errno<"ENOTCONN">> {
    return this.peer === undefined ? Errno.fail("ENOTCONN") : Exit.succeed(this.peer.name)
  }

  /** Whether what was sent leaves room for more, as poll(2) tells it: a quarter of the buffer at most is in use. */
  get spacious(): boolean {
    return this.state !== "listening" && this.charged * 4 <= this.sendBuffer
  }

  bind(address: SocketAddress, caller: Process): Effect.Effect<void, BindError> {
    const wanted = normal(address)
    if (wanted === undefined) return Errno.fail("EINVAL")
    if (isPath(wanted)) return this.unix.bindPath(this, wanted, caller)
    const refused = Rules.askName(this, caller, "bind", isAbstract(wanted) ? wanted.abstract : "")
    if (refused !== undefined) return refused
    if (!isAbstract(wanted)) return Exit.succeed(this.unix.autobind(this))
    return this.bound === undefined ? this.unix.bindAbstract(this, wanted) : Errno.fail("EINVAL")
  }

  /** Joins two sockets; each knows the other as its process. */
  join(peer: UnixSocket, caller: Process): void {
    this.peer = peer
    peer.peer = this
    this.state = peer.state = "connected"
    this.knowPeer(caller)
    peer.knowPeer(caller)
  }

  /** Takes a message into the queue. */
  deliver(segment: Segment<UnixSocket>, from: Piecewise, start: number): void {
    segment.sender.charged += segment.charge
    this.queue.put(segment, from, start)
    WaitQueue.wake(this.canReceive, READABLE)
  }

  /** The first message is gone from the queue. */
  shiftSegment(): void {
    const { queue } = this
    const segment = queue.first
    if (segment === undefined) return
    queue.shift()
    uncharge(segment)
    if (this.hasRoom.first !== undefined) WaitQueue.pass(this.hasRoom)
    if (this.curious !== undefined) this.tellCurious()
  }

  /** Tells of room here whoever polls `sender` and found none. */
  tellOfRoom(sender: UnixSocket): void {
    ;(this.curious ??= new Set()).add(sender)
  }

  /** Does not tell it any more. */
  keepRoom(sender: UnixSocket): void {
    this.curious?.delete(sender)
  }

  private tellCurious(): void {
    const { curious } = this
    this.curious = undefined
    for (const sender of curious ?? []) WaitQueue.tell(sender.canSend, ROOM)
  }

  /** There is room here for all. */
  protected roomCame(): void {
    WaitQueue.wakeAll(this.hasRoom)
    this.tellCurious()
  }

  /** Throws away what nobody will receive. */
  purge(): void {
    this.queue.clear((segment) => {
      uncharge(segment)
      if (segment.attached?.rights !== undefined) letGo(this, segment.attached.rights)
    })
    this.peekOffset = Math.min(this.peekOffset, 0)
  }

  shutdown(how: number): Exit.Exit<void, Errno.Errno<"EINVAL">> {
    if (how < SHUT_RD || how > SHUT_RDWR) return Errno.fail("EINVAL")
    const mask = how + 1
    this.shut |= mask
    // Whoever waits for room here is not told, as on Linux.
    this.changed()
    const { peer } = this
    if (peer !== undefined && this.pairs) {
      if ((mask & RCV_SHUTDOWN) !== 0) peer.shut |= SEND_SHUTDOWN
      if ((mask & SEND_SHUTDOWN) !== 0) peer.shut |= RCV_SHUTDOWN
      peer.changed()
    }
    return Exit.void
  }

  /** Whether a connection joins exactly two sockets, so that the end of one is told to the other. */
  abstract get pairs(): boolean

  override getOption(level: number, option: number): Exit.Exit<OptionValue, OptionError> {
    if (level === SOL_SOCKET) {
      if (option === SO_PASSCRED) return Exit.succeed(this.settings.passCredentials ? 1 : 0)
      if (option === SO_PASSPIDFD) return Exit.succeed(this.settings.passProcess ? 1 : 0)
      if (option === SO_PEERCRED) return Exit.succeed(this.peerCredentials ?? { pid: 0, uid: nobody, gid: nobody })
      if (option === SO_PEERGROUPS) {
        return this.peerGroups === undefined ? Errno.fail("ENODATA") : Exit.succeed(this.peerGroups)
      }
    }
    return super.getOption(level, option)
  }

  override setOption(level: number, option: number, value: OptionValue, caller: Process): Exit.Exit<void, OptionError> {
    if (level === SOL_SOCKET && (option === SO_PASSCRED || option === SO_PASSPIDFD) && isNumber(value)) {
      this.set(option === SO_PASSCRED ? { passCredentials: value !== 0 } : { passProcess: value !== 0 })
      return Exit.void
    }
    return super.setOption(level, option, value, caller)
  }

  override atMark(): Exit.Exit<boolean, Errno.Errno<"EOPNOTSUPP">> {
    return Errno.fail("EOPNOTSUPP")
  }

  override get memory(): Memory {
    return { received: 0, sent: this.charged, dropped: 0 }
  }

  /** Remembers who is on the other side, for SO_PEERCRED. */
  knowPeer(process: Process): void {
    this.peerCredentials = credentialsOf(process)
    this.peerGroups = process.credentials.groups
    this.peerProcess = process
  }

  /** A name for one that passes credentials: those who receive them want to answer. */
  autobind(): void {
    const { passCredentials, passProcess } = this.settings
    if ((passCredentials || passProcess) && this.bound === undefined) this.unix.autobind(this)
  }

  /** Nobody may be able to reach it now. */
  override dropped(): Effect.Effect<void> {
    if (this.references === this.inFlight) collect(this.unix)
    return Exit.void
  }

  override release(): Effect.Effect<void> {
    const released = this.end(false)
    collect(this.unix)
    return released
  }

  /** Ends the socket; `unaccepted` is one that waited at a listener that was closed. */
  end(unaccepted: boolean): Effect.Effect<void> {
    this.dead = true
    this.context.all.remove(this)
    const { connections, peer } = this
    const { first } = this.queue
    // An empty message in front does not count.
    const unread = (first?.length === 0 ? first.next : first) !== undefined
    this.state = "closed"
    this.shut = SHUTDOWN_MASK
    if (peer !== undefined) {
      peer.keepRoom(this)
      this.peer = undefined
      this.lost(peer, unread || unaccepted)
    }
    this.purge()
    if (connections !== undefined) {
      this.connections = undefined
      for (const each of connections) this.context.finish(each.end(true))
    }
    this.changed()
    this.roomCame()
    return this.unix.unbind(this)
  }

  /** What the end of this socket means to the one that it sent to. */
  protected lost(peer: UnixSocket, reset: boolean): void {
    if (!this.pairs) return
    peer.shut = SHUTDOWN_MASK
    if (reset) peer.error = "ECONNRESET"
    peer.changed()
  }
}

/** What was sent is not on its way any more. */
const uncharge = ({ charge, sender }: Segment<UnixSocket>): void => {
  sender.charged -= charge
  if (sender.spacious) WaitQueue.wake(sender.canSend, ROOM)
}
