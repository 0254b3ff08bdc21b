/**
 * What is mounted upon one mount, or goes from it, does so with its peers and with those that follow them.
 *
 * @see mount_namespaces(7), "SHARED SUBTREES"
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Location, Mount, PeerGroup } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Core } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Tree from "./mountTree.js"
import * as Peers from "./peers.js"

type Placed = readonly [copy: Mount, at: Location]

/**
 * Copies of a tree for whoever hears of what is mounted at a place and sees that place. Peers get peers; the first of
 * those that follow gets one that follows that of the nearest above it. `undefined` where there would be too many.
 * `fresh`: groups that are made for the source itself; as long as it is not there, they share with nobody.
 */
const copiesFor = (
  core: Core,
  source: Mount,
  at: Location,
  fresh: ReadonlySet<PeerGroup>
): ReadonlyArray<Placed> | undefined => {
  const copies: Array<Placed> = []
  const max = core.settings["mount-max"].value
  const size = Array.from(Tree.below(source)).length
  // What is moved is there already.
  let added = source.at === undefined ? size : 0
  if (added + (at.mount.table?.mounts ?? 0) > max) return undefined
  const pending = at.mount.shared ? [{ group: at.mount.peers!, last: source }] : []
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { group } = next
    let { last } = next
    const shares = group.id > 0 && !fresh.has(group)
    let relate: Tree.Relate = group === at.mount.peers
      ? Peers.join
      : (_, made, of) => Peers.follow(core, made, of, shares)
    for (const mount of Array.from(group.members)) {
      // What stands nowhere yet was made for this very mount.
      if (mount === at.mount || mount.table === undefined || !Dentries.isWithin(at.dentry, mount.root)) continue
      added += size
      if (added + mount.table.mounts > max) {
        // What they show is pinned by the source as well, so nobody has to be asked.
        for (const [copy] of copies) void Tree.detach(core, copy)
        return undefined
      }
      last = Tree.copyTree(core, last, relate)
      relate = Peers.join
      copies.push([last, { mount, dentry: at.dentry }])
    }
    for (const slave of group.slaves) pending.push({ group: slave, last })
  }
  return copies
}

/** Puts a mount where another may stand already, which then stands upon it. */
const tuck = (core: Core, mount: Mount, at: Location): void => {
  const over = at.mount.children.get(at.dentry)
  if (over) Tree.take(core, over)
  Tree.attach(core, mount, at)
  if (over) Tree.attach(core, over, Tree.topmost({ mount, dentry: mount.root }))
}

/** Attaches a tree of mounts, or moves it, and copies of it wherever it is heard of. */
export const graft = (core: Core, mount: Mount, at: Location): Effect.Effect<void, Errno.Errno<"ENOSPC">> => {
  const fresh = new Set<PeerGroup>()
  if (at.mount.shared) { for (const each of Tree.below(mount)) if (!each.shared) fresh.add(Peers.share(core, each)) }
  const copies = copiesFor(core, mount, at, fresh)
  if (copies === undefined) return Errno.fail("ENOSPC")
  Tree.take(core, mount)
  tuck(core, mount, at)
  for (const [copy, place] of copies) tuck(core, copy, place)
  return Exit.void
}

/** What was mounted elsewhere together with a mount. */
function* twins({ at }: Mount): Generator<Mount> {
  if (at === undefined) return
  for (const each of Peers.receivers(at.mount)) {
    const twin = each.children.get(at.dentry)
    if (twin) yield twin
  }
}

/** Whether a mount, or what goes with it elsewhere, is in use. */
export const isBusy = (mount: Mount): boolean => {
  if (mount.uses > 0 || mount.children.size > 0) return true
  for (const { children, root, uses } of twins(mount)) {
    // What has others upon it stays; but one that covers it would come down into its place.
    if (uses > 0 && children.size === (children.has(root) ? 1 : 0)) return true
  }
  return false
}

/** The mount that would come down into the place of one that goes. */
const survivorOf = (mount: Mount | undefined, gone: ReadonlySet<Mount>): Mount | undefined => {
  let each = mount
  while (each && gone.has(each)) each = each.children.get(each.root)
  return each
}

/** Takes down a tree of mounts, and whatever was mounted with it elsewhere, but for what has others upon it. */
export const unmount = (core: Core, mount: Mount): Effect.Effect<void> => {
  const told = Array.from(Tree.below(mount))
  const gone = new Set(told)
  for (const each of told) for (const twin of twins(each)) gone.add(twin)
  const mayGo = ({ children, root }: Mount): boolean => {
    for (const [dentry, child] of children) if (dentry !== root && survivorOf(child, gone) !== undefined) return false
    return true
  }
  for (let before = -1; before !== gone.size;) {
    before = gone.size
    // Nothing stays that stands on what was told to go.
    for (const each of gone) if (!mayGo(each)) gone.delete(each)
  }
  const sliding: Array<Placed> = []
  for (const { at, children, root } of gone) {
    const over = children.get(root)
    if (over === undefined || gone.has(over)) continue
    let place = at
    while (place && gone.has(place.mount)) place = place.mount.at
    if (place) sliding.push([over, place])
  }
  for (const [over] of sliding) Tree.take(core, over)
  const released = Tree.release(core, gone)
  for (const [over, place] of sliding) Tree.attach(core, over, place)
  return released
}
