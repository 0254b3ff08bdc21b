/**
 * SOCK_SEQPACKET of Unix sockets: connected as streams are, with messages that keep their boundaries.
 *
 * @see unix(7)
 */
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { MSG_OOB, SOCK_SEQPACKET } from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import type { Piecewise } from "../../pipe/Pieces.js"
import type { Process } from "../../ProcessTable.js"
import type { SocketAddress } from "../Address.js"
import type { ReceiveError, SendError, WriteError } from "../errors.js"
import type { Attached, Received } from "../Message.js"
import * as Messages from "./messages.js"
import { UnixConnection } from "./UnixConnection.js"
import type { UnixDomain } from "./UnixDomain.js"

const gone = () => Errno.fail("EPIPE")

export class UnixSeqpacket extends UnixConnection {
  constructor(unix: UnixDomain, flags: number, caller: Process) {
    super(unix, SOCK_SEQPACKET, flags, caller)
  }

  protected another(caller: Process): UnixSeqpacket {
    return new UnixSeqpacket(this.unix, 0, caller)
  }

  /** Where to is known already: an address is not even looked at. */
  sendTo(
    _to: SocketAddress,
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, SendError> {
    return this.send(from, flags, attached, caller)
  }

  send(
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, WriteError> {
    const error = this.takeError()
    if (error !== undefined) return error
    const { peer } = this
    if (this.state !== "connected" || peer === undefined) return Errno.fail("ENOTCONN")
    if ((flags & MSG_OOB) !== 0) return Errno.fail("EOPNOTSUPP")
    this.autobind()
    return Messages.send(this, peer, from, flags, attached, caller, gone)
  }

  receive(into: Piecewise, flags: number, received: Received | undefined): Effect.Effect<number, ReceiveError> {
    return this.state === "connected" ? Messages.receive(this, into, flags, received) : Errno.fail("ENOTCONN")
  }

  override poll(): number {
    return Messages.poll(this)
  }

  override available(): Exit.Exit<number, Errno.Errno<"EINVAL">> {
    return Messages.available(this)
  }
}
