/**
 * Descriptors on their way from one process to another (SCM_RIGHTS).
 *
 * A description that is on its way is held by the message. Sockets among them are counted apart, for the collection
 * of those that can be reached by nobody any more.
 *
 * @see unix(7)
 */
import { drop } from "../../Description.js"
import type { Process } from "../../ProcessTable.js"
import type { Attached, Received, Rights } from "../Message.js"
import type { ProcessCredentials } from "../OptionValue.js"
import type { Segment } from "../SegmentQueue.js"
import { Passenger } from "./Passenger.js"
import type { UnixDomain } from "./UnixDomain.js"
import type { UnixSocket } from "./UnixSocket.js"

/** Descriptors in one message. */
export const RIGHTS_MAX = 253

/** Whoever did not say who he is. */
const unknown: ProcessCredentials = { pid: 0, uid: 65_534, gid: 65_534 }

/** Counts so many more, or fewer, of a user's descriptors. */
const count = ({ underWay }: UnixDomain, uid: number, difference: number): void => {
  const left = (underWay.get(uid) ?? 0) + difference
  if (left > 0) underWay.set(uid, left)
  else underWay.delete(uid)
}

/** Holds descriptions for as long as they are on their way. */
export const hold = (unix: UnixDomain, { descriptions, uid }: Rights): void => {
  count(unix, uid, descriptions.length)
  for (const each of descriptions) {
    each.references++
    if (each instanceof Passenger && each.inFlight++ === 0) each.unix.inFlight.add(each)
  }
}

/** They have arrived, or will not: what is counted for their way is counted no more. */
const landed = (unix: UnixDomain, { descriptions, uid }: Rights): void => {
  count(unix, uid, -descriptions.length)
  for (const each of descriptions) {
    if (each instanceof Passenger && --each.inFlight === 0) each.unix.inFlight.delete(each)
  }
}

/** Drops descriptions that nobody received. */
export const letGo = ({ context, unix }: Passenger, rights: Rights): void => {
  landed(unix, rights)
  for (const each of rights.descriptions) context.finish(drop(each))
}

/** Hands what came along with a message to the receiver, who owns a reference of each description then. */
export const take = (segment: Segment<UnixSocket>, received: Received | undefined, peeks: boolean): void => {
  const { attached, sender } = segment
  if (attached?.rights === undefined) return
  const { rights } = attached
  if (peeks) {
    if (received === undefined) return
    for (const each of rights.descriptions) each.references++
    return received.install(rights.descriptions, received)
  }
  segment.attached = { ...attached, rights: undefined }
  if (received === undefined) return letGo(sender, rights)
  landed(sender.unix, rights)
  received.install(rights.descriptions, received)
}

/** What goes along with a message: who sends it too, where either side wants to know. */
export const along = (
  { settings }: UnixSocket,
  target: UnixSocket,
  attached: Attached | undefined,
  caller: Process
): Attached | undefined => {
  const { passCredentials, passProcess } = target.settings
  return attached?.credentials !== undefined ||
      !(passCredentials || passProcess || settings.passCredentials || settings.passProcess)
    ? attached
    : { rights: attached?.rights, credentials: credentialsOf(caller), process: caller }
}

/** What a process is known as to those that it sends to. */
export const credentialsOf = ({ credentials: { egid, euid }, pid }: Process): ProcessCredentials => ({
  pid,
  uid: euid,
  gid: egid
})

/** Tells a receiver what it wants to know of who sent a message. */
export const introduce = (
  { settings: { passCredentials, passProcess } }: UnixSocket,
  attached: Attached | undefined,
  received: Received
): void => {
  if (!passCredentials && !passProcess) return
  received.sender = credentialsIn(attached)
  if (passCredentials) received.credentials = received.sender
  received.wantsProcess = passProcess
  if (passProcess) received.process = attached?.process
}

/** Who sent a message, as the receiver is told. */
export const credentialsIn = (attached: Attached | undefined): ProcessCredentials => attached?.credentials ?? unknown

export const sameSender = (a: ProcessCredentials, b: ProcessCredentials): boolean =>
  a.pid === b.pid && a.uid === b.uid && a.gid === b.gid
