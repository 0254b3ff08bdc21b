/**
 * Unix sockets that are connected in pairs: listening, connecting and accepting. Streams and seqpackets differ only in
 * what they do with the bytes.
 *
 * @see unix(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Errno from "../../Errno.js"
import * as Step from "../../internal/step.js"
import type { Process } from "../../ProcessTable.js"
import * as WaitQueue from "../../WaitQueue.js"
import type { SocketAddress, UnixAddress } from "../Address.js"
import type { AcceptError, ConnectError, ListenError } from "../errors.js"
import * as Rules from "../rules.js"
import { RCV_SHUTDOWN, READABLE, type Socket } from "../Socket.js"
import { isAbstract, isPath, normal } from "./UnixDomain.js"
import { UnixSocket } from "./UnixSocket.js"

export abstract class UnixConnection extends UnixSocket {
  get pairs(): boolean {
    return true
  }

  /** Another socket of the same type. */
  protected abstract another(caller: Process): UnixConnection

  listen(backlog: number, caller: Process): Exit.Exit<void, ListenError> {
    if (this.bound === undefined || this.state === "connected") return Errno.fail("EINVAL")
    const refused = isAbstract(this.bound) ? Rules.askName(this, caller, "listen", this.bound.abstract) : undefined
    if (refused !== undefined) return refused
    this.state = "listening"
    this.connections ??= []
    const more = backlog > this.backlog
    this.backlog = backlog
    if (more) WaitQueue.wakeAll(this.hasRoom)
    this.knowPeer(caller)
    return Exit.void
  }

  connect(address: SocketAddress, caller: Process): Effect.Effect<void, ConnectError> {
    const wanted = normal(address)
    if (wanted === undefined || !(isPath(wanted) || isAbstract(wanted))) return Errno.fail("EINVAL")
    this.autobind()
    return Step.andThen(
      this.unix.find(this, wanted, "connect", caller),
      (found) => this.connectTo(found, wanted, caller)
    )
  }

  private connectTo(found: UnixSocket, wanted: UnixAddress, caller: Process): Effect.Effect<void, ConnectError> {
    const attempt = (): WaitQueue.Attempt<void, ConnectError> => {
      const { connections } = found
      if (connections === undefined || !found.listening || (found.shut & RCV_SHUTDOWN) !== 0) {
        return Errno.fail("ECONNREFUSED")
      }
      if (connections.length > found.backlog) return undefined
      if (this.state !== "closed") return Errno.fail(this.state === "connected" ? "EISCONN" : "EINVAL")
      this.meet(found, connections, caller)
      return Exit.void
    }
    const now = attempt()
    if (now !== undefined) return now
    if (this.impatient(0)) return Errno.fail("EAGAIN")
    // The name may be another's by the time there is room.
    const again = (): WaitQueue.Attempt<void, ConnectError> => {
      const answer = found.dead && isAbstract(wanted) ? Errno.fail("ECONNREFUSED") : attempt()
      // It leaves the room to the next.
      if (answer?._tag === "Failure") WaitQueue.pass(found.hasRoom)
      return answer
    }
    return this.wait([found.hasRoom], again, this.settings.sendTimeout, Errno.fail("EAGAIN"))
  }

  /** Makes the other end, and lets it wait at the listener. */
  private meet(listener: UnixSocket, connections: Array<UnixSocket>, caller: Process): void {
    const other = this.another(caller)
    const { passCredentials, passProcess } = listener.settings
    if (passCredentials || passProcess) other.set({ passCredentials, passProcess })
    this.peer = other
    other.peer = this
    this.state = other.state = "connected"
    other.bound = listener.bound
    other.rules = listener.rules
    other.knowPeer(caller)
    this.peerCredentials = listener.peerCredentials
    this.peerGroups = listener.peerGroups
    this.peerProcess = listener.peerProcess
    connections.push(other)
    this.context.all.add(other)
    WaitQueue.wake(listener.canReceive, READABLE)
  }

  accept<A, E>(caller: Process, take: (connection: Socket) => Exit.Exit<A, E>): Effect.Effect<A, E | AcceptError> {
    const { bound, listening } = this
    if (!listening) return Errno.fail("EINVAL")
    if (bound !== undefined && isAbstract(bound)) {
      const refused = Rules.askName(this, caller, "accept", bound.abstract)
      if (refused !== undefined) return refused
    }
    const attempt = (): WaitQueue.Attempt<A, E | AcceptError> => {
      const next = this.connections?.[0]
      if (next === undefined) {
        return this.listening ? undefined : Errno.fail("EINVAL")
      }
      const taken = take(next)
      if (taken._tag === "Failure") return taken
      this.connections?.shift()
      WaitQueue.pass(this.hasRoom)
      if (this.connections?.length !== 0) WaitQueue.pass(this.canReceive)
      return taken
    }
    const now = attempt()
    if (now !== undefined) return now
    if (this.impatient(0)) return Errno.fail("EAGAIN")
    // Shut, it lets nobody wait.
    const patient = () => attempt() ?? ((this.shut & RCV_SHUTDOWN) !== 0 ? Errno.fail("EINVAL") : undefined)
    return this.wait([this.canReceive], patient, this.settings.receiveTimeout, Errno.fail("EAGAIN"))
  }
}
