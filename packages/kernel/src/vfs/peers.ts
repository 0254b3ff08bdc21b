/**
 * Peer groups of mounts: who shares, who follows, and who hears of what.
 *
 * @see mount_namespaces(7), "SHARED SUBTREES"
 */
import { MS_SHARED, MS_SLAVE, MS_UNBINDABLE } from "../abi/MountFlags.js"
import type { Mount, PeerGroup } from "../Dentry.js"
import type { Core } from "./Core.js"

const begin = (mount: Mount, id: number, master: PeerGroup | undefined): PeerGroup => {
  const made: PeerGroup = { id, members: new Set([mount]), master, slaves: new Set() }
  master?.slaves.add(made)
  return mount.peers = made
}

/** Whom one follows who has left: its peers, or whom those followed. With the last of them, so do all that followed them. */
const heirOf = (group: PeerGroup): PeerGroup | undefined => {
  const { master, members, slaves } = group
  if (members.size > 0) return group
  master?.slaves.delete(group)
  for (const each of slaves) {
    each.master = master
    if (master) master.slaves.add(each)
    else if (each.id === 0) { for (const mount of each.members) mount.peers = undefined }
  }
  return master
}

export const share = (core: Core, mount: Mount): PeerGroup => {
  mount.unbindable = false
  const { peers } = mount
  if (peers === undefined) return begin(mount, ++core.lastMount, undefined)
  if (peers.id === 0) peers.id = ++core.lastMount
  return peers
}

/** Makes a mount a peer of another, or has it follow whom that follows. */
export const join = (_core: Core, mount: Mount, other: Mount): void => {
  const { peers } = other
  if (peers === undefined) return
  if (peers.id === 0) begin(mount, 0, peers.master)
  else mount.peers = peers
  mount.peers?.members.add(mount)
}

/** Has a mount follow another that is shared; `shares`: and share what it hears. */
export const follow = (core: Core, mount: Mount, other: Mount, shares: boolean): PeerGroup =>
  begin(mount, shares ? ++core.lastMount : 0, other.peers)

/** Makes a mount shared, private, unbindable, or a slave of those that it was a peer of. */
export const change = (core: Core, mount: Mount, type: number): void => {
  if (type === MS_SHARED) return void share(core, mount)
  const { peers } = mount
  if (peers !== undefined && (type !== MS_SLAVE || peers.id > 0)) {
    peers.members.delete(mount)
    const master = heirOf(peers)
    mount.peers = undefined
    if (type === MS_SLAVE && master !== undefined) begin(mount, 0, master)
  }
  if (type !== MS_SLAVE) mount.unbindable = type === MS_UNBINDABLE
}

/** The other mounts that hear of what happens upon one. */
export function* receivers(mount: Mount): Generator<Mount> {
  const pending = mount.shared ? [mount.peers!] : []
  for (let group = pending.pop(); group; group = pending.pop()) {
    for (const each of group.members) if (each !== mount) yield each
    pending.push(...group.slaves)
  }
}
