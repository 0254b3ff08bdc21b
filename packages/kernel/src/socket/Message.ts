/**
 * What goes along with the bytes of a message, and what a receiver is told besides them.
 *
 * @see cmsg(3)
 */
import type { Description } from "../Description.js"
import type { Process } from "../ProcessTable.js"
import type { SocketAddress } from "./Address.js"
import type { ProcessCredentials } from "./OptionValue.js"

/** Descriptors on their way. They are counted as references while they are, and for the user who sent them. */
export interface Rights {
  readonly descriptions: ReadonlyArray<Description>
  readonly uid: number
}

/** Descriptors and credentials on their way. */
export interface Attached {
  readonly rights: Rights | undefined
  readonly credentials: ProcessCredentials | undefined
  /** The process that they name. */
  readonly process: Process | undefined
  /** UDP_SEGMENT: the length of the pieces that a datagram is sent in. */
  readonly segment?: number
}

/** Nothing goes along. */
export const nothing: Attached = { rights: undefined, credentials: undefined, process: undefined }

/** Filled in by a receiving call. */
export class Received {
  /** Whom the message is from; `undefined` where the protocol does not tell. */
  from: SocketAddress | undefined = undefined
  /** A sum of MSG_TRUNC, MSG_CTRUNC and their siblings. */
  flags = 0
  credentials: ProcessCredentials | undefined = undefined
  /** Who sent it, where that ends what is read at once. */
  sender: ProcessCredentials | undefined = undefined
  /** UDP_GRO: the length of the pieces that were taken together. */
  segment: number | undefined = undefined
  /** SO_PASSPIDFD, and the process that sent it. */
  wantsProcess = false
  process: Process | undefined = undefined

  constructor(
    /**
     * Takes over descriptions that came along, one reference of each, in the step in which the message is received: a
     * receiver that is interrupted right then has them, and nobody else does.
     */
    readonly install: (rights: ReadonlyArray<Description>, received: Received) => void
  ) {}
}
