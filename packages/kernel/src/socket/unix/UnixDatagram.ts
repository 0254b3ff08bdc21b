/**
 * SOCK_DGRAM of Unix sockets: messages that are neither lost nor reordered, to whoever lets one.
 *
 * @see unix(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { MSG_OOB, SOCK_DGRAM } from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import * as Step from "../../internal/step.js"
import type { Piecewise } from "../../pipe/Pieces.js"
import type { Process } from "../../ProcessTable.js"
import type { SocketAddress } from "../Address.js"
import type { AcceptError, ConnectError, ListenError, ReceiveError, SendError, WriteError } from "../errors.js"
import type { Attached, Received } from "../Message.js"
import * as Messages from "./messages.js"
import { isAbstract, isPath, normal, type UnixDomain } from "./UnixDomain.js"
import { UnixSocket } from "./UnixSocket.js"

export class UnixDatagram extends UnixSocket {
  constructor(unix: UnixDomain, flags: number, caller: Process) {
    super(unix, SOCK_DGRAM, flags, caller)
  }

  get pairs(): boolean {
    return false
  }

  listen(): Exit.Exit<void, ListenError> {
    return Errno.fail("EOPNOTSUPP")
  }

  accept(): Exit.Exit<never, AcceptError> {
    return Errno.fail("EOPNOTSUPP")
  }

  connect(address: SocketAddress, caller: Process): Effect.Effect<void, ConnectError> {
    if (address.family === "unspecified") return Exit.succeed(this.turnTo(undefined))
    const wanted = normal(address)
    if (wanted === undefined || !(isPath(wanted) || isAbstract(wanted))) return Errno.fail("EINVAL")
    this.autobind()
    return Step.andThen(this.unix.find(this, wanted, "connect", caller), (found) => {
      if (found.peer !== undefined && found.peer !== this) return Errno.fail("EPERM")
      this.state = found.state = "connected"
      return Exit.succeed(this.turnTo(found))
    })
  }

  /** Sends to another from now on, or to nobody in particular. */
  private turnTo(found: UnixSocket | undefined): void {
    const before = this.peer
    before?.keepRoom(this)
    this.peer = found
    if (found === undefined) this.state = "closed"
    if (before === undefined || before === found) return
    // What came over the old connection is of no use any more.
    if (this.queue.count > 0) {
      this.purge()
      this.roomCame()
      if (!before.dead && before.peer === this) before.error = "ECONNRESET"
    }
    if (before.peer === undefined) before.state = "closed"
    before.changed()
    this.changed()
  }

  send(
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, WriteError> {
    if ((flags & MSG_OOB) !== 0) return Errno.fail("EOPNOTSUPP")
    const { peer } = this
    this.autobind()
    if (peer === undefined) return Step.andThen(Messages.makeRoom(this, from, flags), () => Errno.fail("ENOTCONN"))
    return Messages.send(this, peer, from, flags, attached, caller, () => this.refused(peer))
  }

  sendTo(
    to: SocketAddress,
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, SendError> {
    if ((flags & MSG_OOB) !== 0) return Errno.fail("EOPNOTSUPP")
    const wanted = normal(to)
    if (wanted === undefined || !(isPath(wanted) || isAbstract(wanted))) return Errno.fail("EINVAL")
    this.autobind()
    return Step.andThen(
      Step.andThen(Messages.makeRoom(this, from, flags), () => this.unix.find(this, wanted, "send", caller)),
      (found) => Messages.send(this, found, from, flags, attached, caller, () => this.refused(found))
    )
  }

  /** Whoever was sent to is closed; a peer is one no longer. */
  private refused(target: UnixSocket): Exit.Exit<never, Errno.Errno<"ECONNREFUSED">> {
    if (this.peer === target) {
      target.keepRoom(this)
      this.peer = undefined
      this.state = "closed"
      this.purge()
      this.changed()
    }
    return Errno.fail("ECONNREFUSED")
  }

  receive(into: Piecewise, flags: number, received: Received | undefined): Effect.Effect<number, ReceiveError> {
    return Messages.receive(this, into, flags, received)
  }

  override poll(): number {
    return Messages.poll(this)
  }

  override available(): Exit.Exit<number, Errno.Errno<"EINVAL">> {
    return Messages.available(this)
  }
}
