/**
 * Sockets that nobody can reach any more: every reference to them is on its way through one of themselves.
 *
 * Such a socket is not closed by anybody, so it is looked for whenever the last descriptor of one that is on its way is
 * closed, and when a socket is closed that others could be reached through.
 *
 * @see unix(7)
 */
import { Passenger } from "./Passenger.js"
import type { UnixDomain } from "./UnixDomain.js"

/** Calls `visit` with every Unix socket that is on its way through `self`. */
const passengers = (self: Passenger, visit: (socket: Passenger) => void): void => {
  for (let segment = self.queue.first; segment !== undefined; segment = segment.next) {
    for (const each of segment.attached?.rights?.descriptions ?? []) if (each instanceof Passenger) visit(each)
  }
  // Nobody has accepted these yet, and whoever reaches the listener can.
  for (const each of self.connections ?? []) passengers(each, visit)
}

/** Closes every socket that nobody can reach. */
export const collect = (unix: UnixDomain): void => {
  const { inFlight } = unix
  if (inFlight.size === 0) return
  // Suspects: nothing but messages refers to them. How often those of other suspects do is subtracted.
  const outside = new Map<Passenger, number>()
  for (const each of inFlight) if (each.references === each.inFlight) outside.set(each, each.inFlight)
  if (outside.size === 0) return
  for (const suspect of outside.keys()) {
    passengers(suspect, (each) => {
      const count = outside.get(each)
      if (count !== undefined) outside.set(each, count - 1)
    })
  }
  const reached = [...outside].filter(([, count]) => count > 0).map(([socket]) => socket)
  for (let next = reached.pop(); next !== undefined; next = reached.pop()) {
    if (!outside.delete(next)) continue
    passengers(next, (each) => {
      if (outside.has(each)) reached.push(each)
    })
  }
  // Emptying their queues drops the references that keep them.
  for (const garbage of outside.keys()) {
    garbage.purge()
    for (const each of garbage.connections ?? []) each.purge()
  }
}
