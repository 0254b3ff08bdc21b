/**
 * Peer groups of mounts: who shares, who follows, and who hears of what.
 *
 * @see mount_namespaces(7), "SHARED SUBTREES"
 */
import { MS_SHARED, MS_SLAVE, MS_UNBINDABLE } from "../abi/MountFlags.js"
import type { Mount, PeerGroup } from "../Dentry.js"
import type { Core } from "./Core.js"

/** The lowest number that no group has. */
const takeId = (core: Core): number => {
  while (core.groupIds.has(core.freeGroupId)) core.freeGroupId++
  core.groupIds.add(core.freeGroupId)
  return core.freeGroupId
}

const begin = (mount: Mount, id: number, master: PeerGroup | undefined): PeerGroup => {
  const made: PeerGroup = { id, members: new Set([mount]), master, slaves: new Set() }
  master?.slaves.add(made)
  return mount.peers = made
}

/** Nobody is in it any more: those that followed it follow whom it followed. */
const dissolve = (core: Core, group: PeerGroup): void => {
  const { id, master, slaves } = group
  master?.slaves.delete(group)
  for (const each of slaves) {
    each.master = master
    if (master !== undefined) master.slaves.add(each)
    else if (each.id === 0) { for (const mount of each.members) mount.peers = undefined }
  }
  if (id === 0) return
  core.groupIds.delete(id)
  core.freeGroupId = Math.min(core.freeGroupId, id)
}

export const share = (core: Core, mount: Mount): PeerGroup => {
  mount.unbindable = false
  const { peers } = mount
  if (peers === undefined) return begin(mount, takeId(core), undefined)
  if (peers.id === 0) peers.id = takeId(core)
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
  begin(mount, shares ? takeId(core) : 0, other.peers)

/** Makes a mount shared, private, unbindable, or a slave of those that it was a peer of. */
export const change = (core: Core, mount: Mount, type: number): void => {
  const { peers } = mount
  if (type === MS_SHARED) {
    share(core, mount)
    return
  }
  if (peers !== undefined && (type !== MS_SLAVE || peers.id > 0)) {
    peers.members.delete(mount)
    const master = peers.members.size > 0 ? peers : peers.master
    if (peers.members.size === 0) dissolve(core, peers)
    mount.peers = undefined
    if (type === MS_SLAVE && master !== undefined) begin(mount, 0, master)
  }
  if (type !== MS_SLAVE) mount.unbindable = type === MS_UNBINDABLE
}

/** The other mounts that hear of what happens upon one. */
export function* receivers(mount: Mount): Generator<Mount> {
  const { peers } = mount
  if (peers === undefined || peers.id === 0) return
  const pending = [peers]
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    for (const each of group.members) if (each !== mount) yield each
    pending.push(...group.slaves)
  }
}
