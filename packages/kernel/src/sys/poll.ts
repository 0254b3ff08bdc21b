/**
 * Waiting for several descriptors at once.
 *
 * @see poll(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PollEvents from "../abi/PollEvents.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { PollRequest } from "../Sys.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Rooms } from "./Rooms.js"

/** Told whether asked for or not. */
const always = PollEvents.POLLERR | PollEvents.POLLHUP | PollEvents.POLLNVAL

/** @see poll(2) */
export const poll = (
  { timers }: Rooms,
  self: Process,
  requests: ReadonlyArray<PollRequest>,
  timeout: number
): Effect.Effect<ReadonlyArray<number>, Errno.Errno<"EINTR" | "EINVAL">> => {
  if (requests.length > self.fds.limit) return Errno.fail("EINVAL", { syscall: "poll" })
  const look = (): ReadonlyArray<number> =>
    requests.map(({ events, fd }) => {
      if (fd < 0) return 0
      const description = self.fds.get(fd)
      return description === undefined ? PollEvents.POLLNVAL : description.poll() & (events | always)
    })
  let expired = timeout === 0
  const attempt = (): WaitQueue.Attempt<ReadonlyArray<number>> => {
    const found = look()
    return expired || found.some((events) => events !== 0) ? Exit.succeed(found) : undefined
  }
  const now = attempt()
  if (now !== undefined) return now
  const changed = WaitQueue.make()
  const wake = () => WaitQueue.wakeAll(changed)
  let stop: (() => void) | undefined
  let cancel: (() => void) | undefined
  return WaitQueue.sleep([changed], attempt, {
    restartable: false,
    entered: () => {
      // A poll only watches: it takes no wake-up away from those who read and write.
      stop = WaitQueue.watch(requests.flatMap(({ fd }) => self.fds.get(fd)?.pollQueues ?? []), wake)
      if (timeout < 0) return
      cancel = timers.after(timeout, () => {
        expired = true
        wake()
      })
    },
    left: () => {
      stop?.()
      cancel?.()
    }
  })
}
