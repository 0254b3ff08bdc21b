/**
 * Waiting for sets of descriptors.
 *
 * @see select(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PollEvents from "../abi/PollEvents.js"
import * as Errno from "../Errno.js"
import { andThen } from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { SignalSet } from "../SignalSet.js"
import type { SelectSets } from "../Sys.js"
import type { Rooms } from "./Rooms.js"
import { watchUntil } from "./watching.js"

const { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDBAND, POLLRDNORM, POLLWRBAND, POLLWRNORM } =
  PollEvents

/** The events that each set stands for. */
const READ = POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR | POLLNVAL
const WRITE = POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR | POLLNVAL
const EXCEPT = POLLPRI | POLLNVAL

type SelectError = Errno.Errno<"EBADF" | "EINTR" | "EINVAL">

/** `mask`, where given, is the signal mask meanwhile. @see pselect(2) */
export const select = (
  rooms: Rooms,
  self: Process,
  { except = [], read = [], write = [] }: SelectSets,
  timeout: number | undefined,
  mask: SignalSet | undefined
): Effect.Effect<Required<SelectSets>, SelectError> => {
  if (timeout !== undefined && !(timeout >= 0)) return Errno.fail("EINVAL", { syscall: "select" })
  const asked = new Map<number, number>()
  for (const [set, events] of [[read, READ], [write, WRITE], [except, EXCEPT]] as const) {
    for (const fd of set) asked.set(fd, (asked.get(fd) ?? 0) | events)
  }
  const wanted = Array.from(asked, ([fd, events]) => ({ fd, events })).sort((a, b) => a.fd - b.fd)
  for (const { fd } of wanted) {
    if (self.fds.get(fd) === undefined) return Errno.fail("EBADF", { syscall: "select", fd })
  }
  return andThen(watchUntil(rooms, self, wanted, timeout ?? -1, mask), (found) => {
    const members = (set: ReadonlyArray<number>, events: number): ReadonlyArray<number> => {
      const those = new Set(set)
      return wanted.filter(({ fd }, at) => those.has(fd) && (found[at]! & events) !== 0).map(({ fd }) => fd)
    }
    return Exit.succeed({
      read: members(read, READ),
      write: members(write, WRITE),
      except: members(except, EXCEPT)
    })
  })
}
