/**
 * The tree of mounts: attaching to it, taking away from it, copying all of it.
 *
 * @see mount_namespaces(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { MS_PRIVATE, MS_RDONLY, MS_RELATIME } from "../abi/MountFlags.js"
import { Dentry, type Location, Mount, type MountTable, type Superblock } from "../Dentry.js"
import type { Inode } from "../Inode.js"
import { both } from "../internal/step.js"
import type { Backend, StorageError } from "../VfsBackend.js"
import type { Core } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Peers from "./peers.js"
import * as Prefixes from "./prefixes.js"

/** What a backend says of every mount of it. */
export const flagsOf = (backend: Backend<Inode>): number => backend.readOnly === true ? MS_RDONLY : 0

/** What a backend looks like once it is mounted somewhere. */
export const superblock = (backend: Backend<Inode>, dev: number): Superblock => ({
  dev,
  backend,
  prompt: true,
  root: new Dentry(undefined, "", backend.root),
  flags: flagsOf(backend),
  mounts: new Set(),
  nameless: undefined,
  lock: undefined
})

/** The superblock of a backend: that of an earlier mount, if it has one. */
export const superblockOf = (core: Core, backend: Backend<Inode>): Superblock => {
  for (const each of core.superblocks) if (each.backend === backend) return each
  return superblock(backend, ++core.lastDev)
}

/** Of a dentry that is kept by whoever shows it besides, or needs nobody to. */
const place = (core: Core, from: Superblock, root: Dentry, flags: number, source: string): Mount => {
  const mount = new Mount(++core.lastMount, from, root, undefined, undefined, flags, source)
  from.mounts.add(mount)
  core.superblocks.add(from)
  return mount
}

/** A mount that stands nowhere yet. */
export const make = (
  core: Core,
  from: Superblock,
  root: Dentry,
  flags: number,
  source: string
): Effect.Effect<Mount, StorageError> => {
  const mount = place(core, from, root, flags, source)
  // The root of a file system needs nobody to keep it; what a bind mount shows does.
  if (root === from.root) return Exit.succeed(mount)
  return Effect.as(Dentries.pin(from, root), mount)
}

/** A new tree over a backend. */
export const makeTable = (core: Core, from: Superblock): MountTable => {
  const mount = place(core, from, from.root, MS_RELATIME, from.backend.type)
  const table: MountTable = { id: ++core.lastMount, root: mount, members: 1, mounts: 1 }
  mount.table = table
  core.tables.add(table)
  return table
}

/** What is seen at a place: the last of the mounts that cover it. */
export const topmost = (place: Location): Location => {
  let { dentry, mount } = place
  for (let over = mount.children.get(dentry); over !== undefined; over = mount.children.get(dentry)) {
    mount = over
    dentry = over.root
  }
  return dentry === place.dentry && mount === place.mount ? place : { mount, dentry }
}

export const attach = (core: Core, mount: Mount, at: Location): void => {
  core.moves++
  mount.at = at
  at.mount.children.set(at.dentry, mount)
  at.dentry.covered++
  at.dentry.uses++
  Prefixes.changed()
  const { table } = at.mount
  if (table !== mount.table) { for (const each of below(mount)) enter(each, table) }
}

/** Has a mount stand in another table, or in none. */
const enter = (mount: Mount, table: MountTable | undefined): void => {
  if (mount.table !== undefined) mount.table.mounts--
  if (table !== undefined) table.mounts++
  mount.table = table
}

/** Takes a mount, and what is mounted upon it, from where it stands. */
export const take = (core: Core, mount: Mount): void => {
  core.moves++
  const { at } = mount
  if (at === undefined) return
  at.mount.children.delete(at.dentry)
  at.dentry.covered--
  at.dentry.uses--
  mount.at = undefined
  Prefixes.changed()
}

/** A mount and all that is mounted upon it, in the order in which they were made. */
export function* below(mount: Mount): Generator<Mount> {
  // However high they are stacked, the stack of calls stays low.
  const pending = [mount]
  for (let each = pending.pop(); each; each = pending.pop()) {
    yield each
    pending.push(...Array.from(each.children.values()).reverse())
  }
}

/** Gives up a mount that nobody uses any more. */
const finish = (core: Core, mount: Mount): Effect.Effect<void> => {
  const { superblock } = mount
  superblock.mounts.delete(mount)
  const released = mount.root === superblock.root ? Exit.void : Dentries.unpin(core, superblock, mount.root)
  if (superblock.mounts.size === 0) {
    core.superblocks.delete(superblock)
    Dentries.forgetAll(core, superblock)
    if (core.watches.active !== 0) core.watches.unmounted(superblock)
  }
  return released
}

/** Takes down mounts; those that are in use last until they are not. */
export const release = (core: Core, mounts: Iterable<Mount>): Effect.Effect<void> => {
  let released: Effect.Effect<void> = Exit.void
  for (const each of Array.from(mounts)) {
    if (each.idle !== undefined || !each.superblock.mounts.has(each)) continue
    take(core, each)
    enter(each, undefined)
    Peers.change(core, each, MS_PRIVATE)
    if (each.uses === 0) released = both(released, finish(core, each))
    else each.idle = () => finish(core, each)
  }
  return released
}

/** Takes down a tree of mounts, and no other. */
export const detach = (core: Core, mount: Mount): Effect.Effect<void> => release(core, below(mount))

/** How a copy is related to what it was made of. */
export type Relate = (core: Core, made: Mount, of: Mount) => void

/** A copy of a mount alone. What it shows is pinned by the original, so nobody has to be asked. */
const copyOf = (core: Core, mount: Mount, relate: Relate): Mount => {
  const { flags, root, source, superblock } = mount
  const made = place(core, superblock, root, flags, source)
  if (root !== superblock.root) void Dentries.pin(superblock, root)
  relate(core, made, mount)
  return made
}

/** Copies what is mounted upon `under` of a mount, or below that; what is unbindable only where a whole table is copied. */
export const copyBelow = (
  core: Core,
  from: Mount,
  to: Mount,
  under: Dentry,
  relate: Relate,
  became?: Map<Mount, Mount>
): void => {
  const pending = [{ from, to, under }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const [dentry, child] of next.from.children) {
      if ((child.unbindable && became === undefined) || !Dentries.isWithin(dentry, next.under)) continue
      const made = copyOf(core, child, relate)
      became?.set(child, made)
      attach(core, made, { mount: next.to, dentry })
      pending.push({ from: child, to: made, under: child.root })
    }
  }
}

/** A copy of a mount and of all that is mounted upon it. */
export const copyTree = (core: Core, from: Mount, relate: Relate, became?: Map<Mount, Mount>): Mount => {
  const made = copyOf(core, from, relate)
  became?.set(from, made)
  copyBelow(core, from, made, from.root, relate, became)
  return made
}

/** A copy of a table with every mount of it, and which mount became which. */
export const copy = (
  core: Core,
  table: MountTable
): { readonly table: MountTable; readonly became: ReadonlyMap<Mount, Mount> } => {
  const became = new Map<Mount, Mount>()
  const root = copyTree(core, table.root, Peers.join, became)
  const copied: MountTable = { id: ++core.lastMount, root, members: 1, mounts: 0 }
  for (const each of below(root)) enter(each, copied)
  core.tables.add(copied)
  return { table: copied, became }
}

/** Whether anything is mounted at a dentry in the tree that `table` is. */
export const isMountPoint = (table: MountTable | undefined, dentry: Dentry | undefined): boolean => {
  if (dentry === undefined || dentry.covered === 0 || table === undefined) return false
  for (const each of below(table.root)) if (each.at?.dentry === dentry) return true
  return false
}

/** A name goes that is a mount point in other trees than the one it is removed in: there, the mounts go with it. */
export const detachElsewhere = (core: Core, dentry: Dentry | undefined): Effect.Effect<void> => {
  let released: Effect.Effect<void> = Exit.void
  if (dentry === undefined || dentry.covered === 0) return released
  for (const table of core.tables) {
    for (const each of Array.from(below(table.root))) {
      if (each.at?.dentry === dentry) released = both(released, detach(core, each))
    }
  }
  return released
}
