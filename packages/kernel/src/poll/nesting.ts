/**
 * Epolls that watch epolls: no circle, and no more than five above one another.
 *
 * @see epoll_ctl(2), ELOOP
 */
import type { Epoll } from "./Epoll.js"

/** Storeys below or above one epoll. */
const NESTS_MAX = 4

/** How many storeys are below, or more than there may be when `wanted` is among them. */
const depth = (from: Epoll, wanted: Epoll, seen: Map<Epoll, number>): number => {
  const known = seen.get(from)
  if (known !== undefined) return known
  let deepest = 0
  for (const each of from.below()) {
    const below = each === wanted ? NESTS_MAX : depth(each, wanted, seen)
    deepest = Math.max(deepest, below + 1)
    if (deepest > NESTS_MAX) break
  }
  seen.set(from, deepest)
  return deepest
}

const height = (from: Epoll, seen: Map<Epoll, number>): number => {
  const known = seen.get(from)
  if (known !== undefined) return known
  let highest = 0
  for (const each of from.above) highest = Math.max(highest, height(each, seen) + 1)
  seen.set(from, highest)
  return highest
}

/** Whether `epoll` may watch `other`. */
export const mayNest = (epoll: Epoll, other: Epoll): boolean => {
  const below = depth(other, epoll, new Map())
  return below <= NESTS_MAX && below + 1 + height(epoll, new Map()) <= NESTS_MAX
}
