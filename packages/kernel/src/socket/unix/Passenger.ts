/**
 * What a Unix socket is to the messages that carry it.
 */
import type { SegmentQueue } from "../SegmentQueue.js"
import { Socket } from "../Socket.js"
import type { UnixDomain } from "./UnixDomain.js"
import type { UnixSocket } from "./UnixSocket.js"

export abstract class Passenger extends Socket {
  /** How many references to it are on their way through sockets. */
  inFlight = 0
  abstract readonly unix: UnixDomain
  abstract readonly queue: SegmentQueue<UnixSocket>
  /** Connections that nobody has accepted. */
  abstract connections: Array<UnixSocket> | undefined
  /** Throws away what nobody will receive. */
  abstract purge(): void
}
