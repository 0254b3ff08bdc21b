/**
 * Watching descriptors for as long as one call sleeps: what poll(2) and select(2) share.
 *
 * Each descriptor that changes says which it is. Those alone are asked again, and all of them only when the call has
 * something to answer.
 *
 * @see poll(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { POLLNVAL } from "../abi/PollEvents.js"
import type * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { SignalSet } from "../SignalSet.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Rooms } from "./Rooms.js"
import { opened } from "./table.js"
import { TemporaryMask } from "./TemporaryMask.js"
import { Timeout } from "./Timeout.js"

/** A descriptor, and the events that end the waiting; below 0 it is none. */
export interface Wanted {
  readonly fd: number
  readonly events: number
}

const eventsOf = (self: Process, { events, fd }: Wanted): number => {
  if (fd < 0) return 0
  const description = opened(self, fd)
  return (description === undefined ? POLLNVAL : description.poll(self)) & events
}

/** Answers the events that hold, one for each descriptor: none when the time is over, below 0 for ever. */
export const watchUntil = (
  { signals, timers }: Rooms,
  self: Process,
  wanted: ReadonlyArray<Wanted>,
  milliseconds: number,
  sigmask: SignalSet | undefined
): Effect.Effect<ReadonlyArray<number>, Errno.Errno<"EINTR">> => {
  const look = (): ReadonlyArray<number> => wanted.map((each) => eventsOf(self, each))
  const isReady = (events: number): boolean => events !== 0
  const found = look()
  if (found.some(isReady)) return Exit.succeed(found)
  const mask = new TemporaryMask(signals, self, sigmask)
  // A signal that has waited for this mask comes before the end of the time.
  if (milliseconds === 0 && !mask.admits) return Exit.succeed(found)

  const timeout = new Timeout(timers, milliseconds)
  const changed = WaitQueue.make()
  const told = new Set<number>()
  let watching: Array<() => void> | undefined
  const attempt = (): WaitQueue.Attempt<ReadonlyArray<number>> => {
    const ready = watching === undefined || Array.from(told).some((at) => eventsOf(self, wanted[at]!) !== 0)
    told.clear()
    if (ready) {
      const now = look()
      if (now.some(isReady)) return Exit.succeed(now)
    }
    return timeout.expired && watching !== undefined && !mask.interrupts ? Exit.succeed(wanted.map(() => 0)) : undefined
  }
  return WaitQueue.sleep([changed, timeout.over], attempt, {
    restartable: false,
    entered: () => {
      // It only watches: it takes no wake-up away from those who read and write.
      watching = wanted.map(({ fd }, at) =>
        WaitQueue.watch(opened(self, fd)?.pollQueuesFor(self) ?? [], () => {
          told.add(at)
          WaitQueue.wakeAll(changed)
        })
      )
      mask.start()
      timeout.start()
    },
    left: () => {
      watching?.forEach((stop) => stop())
      timeout.stop()
      mask.stop()
    }
  })
}
