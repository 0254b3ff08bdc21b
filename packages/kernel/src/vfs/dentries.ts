/**
 * Remembering names, and forgetting them.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isDirectory } from "../abi/FileMode.js"
import { Dentry, type Location, type Superblock } from "../Dentry.js"
import type { Inode } from "../Inode.js"
import { both, isReady } from "../internal/step.js"
import type { StorageError } from "../VfsBackend.js"
import type { Core } from "./Core.js"
import * as Prefixes from "./prefixes.js"

/** The dentry of `name`, made if need be. One that stands for another inode by now is replaced. */
export const child = (core: Core, parent: Dentry, name: string, inode: Inode): Dentry => {
  const known = parent.children?.get(name)
  if (known !== undefined) {
    if (known.inode === inode || known.covered > 0) return known
    remove(parent, known)
  }
  if (core.dentries >= core.limits.dentriesMax) {
    // Kept, or it would go with what is forgotten, and what is made below it would be found by no path.
    parent.uses++
    sweep(core)
    parent.uses--
  }
  const made = new Dentry(parent, name, inode)
  add(parent, made)
  core.dentries++
  return made
}

const add = (parent: Dentry, made: Dentry): void => {
  ;(parent.children ??= new Map()).set(made.name, made)
  parent.uses++
}

/** Detaches a dentry whose name is gone. Whoever uses it keeps it. */
const remove = (parent: Dentry, gone: Dentry): void => {
  parent.children?.delete(gone.name)
  parent.uses--
  gone.unlinked = true
  Prefixes.changed()
}

/** Whether what bears the name is open, stood in or mounted upon. */
export const isUsed = (parent: Dentry, name: string): boolean => (parent.children?.get(name)?.uses ?? 0) > 0

/** Remembers a file in use whose last name is gone. */
export const lose = (superblock: Superblock, inode: Inode): void => {
  if (inode.nlink === 0 && inode.references > 0) (superblock.nameless ??= new Set()).add(inode)
}

/** Forgets `name`: nothing bears it any more. */
export const forget = (core: Core, parent: Dentry, name: string): void => {
  const known = parent.children?.get(name)
  if (known === undefined) return
  remove(parent, known)
  core.dentries--
}

/** Follows a rename: what stood under the new name is gone, and what stood under the old one stands there. */
export const move = (core: Core, from: Dentry, name: string, to: Dentry, newName: string): void => {
  core.moves++
  forget(core, to, newName)
  const moved = from.children?.get(name)
  if (moved === undefined) return
  from.children?.delete(name)
  from.uses--
  Prefixes.changed()
  moved.parent = to
  moved.name = newName
  add(to, moved)
}

/** Follows an exchange of two names. */
export const exchange = (core: Core, a: Dentry, aName: string, b: Dentry, bName: string): void => {
  core.moves++
  Prefixes.changed()
  const first = a.children?.get(aName)
  const second = b.children?.get(bName)
  if (first !== undefined) {
    a.children?.delete(aName)
    a.uses--
  }
  if (second !== undefined) {
    b.children?.delete(bName)
    b.uses--
  }
  if (first !== undefined) {
    first.parent = b
    first.name = bName
    add(b, first)
  }
  if (second !== undefined) {
    second.parent = a
    second.name = aName
    add(a, second)
  }
}

/** Whether `dentry` is `above` or lies somewhere below it. */
export const isWithin = (dentry: Dentry, above: Dentry): boolean => {
  for (let each: Dentry | undefined = dentry; each !== undefined; each = each.parent) if (each === above) return true
  return false
}

/** Whether a place lies at or below another, across mounts. */
export const isReachable = (place: Location, from: Location): boolean => {
  let { dentry, mount } = place
  while (mount !== from.mount) {
    if (mount.at === undefined) return false
    ;({ dentry, mount } = mount.at)
  }
  return isWithin(dentry, from.dentry)
}

/** Forgets every dentry that nobody uses. Costs what was remembered, and happens once per that many new ones. */
const sweep = (core: Core): void => {
  Prefixes.changed()
  const visit = (dentry: Dentry): void => {
    for (const each of dentry.children?.values() ?? []) {
      visit(each)
      if (each.uses > 0 || each.covered > 0) continue
      dentry.children?.delete(each.name)
      dentry.uses--
      each.forgotten = true
      core.dentries--
    }
  }
  for (const { root } of core.superblocks) visit(root)
}

/** A file system is mounted nowhere any more: what was remembered of it counts no longer. */
export const forgetAll = (core: Core, { root }: Superblock): void => {
  const visit = ({ children }: Dentry): void => {
    for (const each of children?.values() ?? []) {
      each.forgotten = true
      core.dentries--
      visit(each)
    }
  }
  visit(root)
  root.children = undefined
}

/** One that was forgotten just when it was found takes its place again, unless that is taken. */
export const remember = (core: Core, dentry: Dentry): void => {
  for (let each = dentry; each.forgotten && each.parent !== undefined; each = each.parent) {
    if (each.parent.children?.has(each.name) === true) return
    each.forgotten = false
    add(each.parent, each)
    core.dentries++
  }
}

/** Keeps a dentry known, and its inode reachable even without a name. */
export const pin = ({ backend }: Superblock, dentry: Dentry): Effect.Effect<void, StorageError> => {
  dentry.uses++
  const { inode } = dentry
  if (inode.references++ > 0) return Exit.void
  const retained = backend.retain?.(inode) ?? Exit.void
  if (isReady(retained) && retained._tag === "Success") return Exit.void
  return Effect.tapErrorCause(retained, () =>
    Effect.sync(() => {
      inode.references--
      dentry.uses--
    }))
}

export const unpin = (core: Core, superblock: Superblock, dentry: Dentry): Effect.Effect<void> => {
  dentry.uses--
  const { inode, parent } = dentry
  // Files are only remembered while they are open.
  if (dentry.uses === 0 && parent !== undefined && !dentry.unlinked && !isDirectory(inode.mode)) {
    parent.children?.delete(dentry.name)
    parent.uses--
    core.dentries--
  }
  if (dentry.uses === 0 && dentry.unlinked && core.watches.active !== 0) core.watches.dropped(inode)
  if (--inode.references > 0) return Exit.void
  superblock.nameless?.delete(inode)
  return superblock.backend.release?.(inode) ?? Exit.void
}

/** Takes hold of a place: its mount is busy, its dentry stays known, its inode stays reachable even without a name. */
export const hold = ({ dentry, mount }: Location): Effect.Effect<void, StorageError> => {
  const pinned = pin(mount.superblock, dentry)
  mount.uses++
  mount.expires = false
  return pinned === Exit.void ? pinned : Effect.tapErrorCause(pinned, () => mount.leave())
}

/** Lets go of a place. */
export const letGo = (core: Core, { dentry, mount }: Location): Effect.Effect<void> => {
  const released = unpin(core, mount.superblock, dentry)
  const left = mount.leave()
  return left === Exit.void ? released : both(released, left)
}

/** The path of a place as a process with this root sees it; `undefined` when it has none. */
export const pathOf = (root: Location, place: Location): string | undefined => {
  const names: Array<string> = []
  let { dentry, mount } = place
  if (dentry.unlinked) return undefined
  while (!(dentry === root.dentry && mount === root.mount)) {
    if (dentry === mount.root) {
      if (mount.at === undefined) return undefined
      ;({ dentry, mount } = mount.at)
      continue
    }
    if (dentry.unlinked || dentry.parent === undefined) return undefined
    names.push(dentry.name)
    dentry = dentry.parent
  }
  return `/${names.reverse().join("/")}`
}

/** The dentry of a file that no directory names (O_TMPFILE). */
export const unnamed = (inode: Inode): Dentry => {
  const made = new Dentry(undefined, `#${inode.ino}`, inode)
  made.unlinked = true
  return made
}
