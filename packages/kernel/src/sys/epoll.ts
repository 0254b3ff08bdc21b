/**
 * Waiting with an epoll.
 *
 * @see epoll_wait(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { EPOLL_CLOEXEC } from "../abi/EpollFlags.js"
import * as Errno from "../Errno.js"
import { Epoll } from "../poll/Epoll.js"
import type { Process } from "../ProcessTable.js"
import type { SignalSet } from "../SignalSet.js"
import type { EpollControlError, EpollEvent, EpollInterest } from "../Sys.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Rooms } from "./Rooms.js"
import { install, opened } from "./table.js"
import { TemporaryMask } from "./TemporaryMask.js"
import { Timeout } from "./Timeout.js"

/** As many records of 12 bytes as fit into what an int counts. */
const EVENTS_MAX = Math.floor((2 ** 31 - 1) / 12)

/** @see epoll_create1(2) */
export const epollCreate = (
  { polls }: Rooms,
  self: Process,
  flags: number
): Effect.Effect<number, Errno.Errno<"EINVAL" | "EMFILE" | "ENFILE">> =>
  (flags & ~EPOLL_CLOEXEC) !== 0
    ? Errno.fail("EINVAL", { syscall: "epoll_create1" })
    : install(self, polls.create(self), flags, "epoll_create1")

/** @see epoll_ctl(2) */
export const epollCtl = (
  { polls }: Rooms,
  self: Process,
  epfd: number,
  operation: number,
  fd: number,
  { data = fd, events }: EpollInterest
): Exit.Exit<void, EpollControlError> => {
  const epoll = opened(self, epfd)
  const target = opened(self, fd)
  if (epoll === undefined || target === undefined) {
    return Errno.fail("EBADF", { syscall: "epoll_ctl", fd: epoll === undefined ? epfd : fd })
  }
  return polls.control(epoll, { operation, fd, target, events, data }, self)
}

const none: Exit.Exit<ReadonlyArray<EpollEvent>> = Exit.succeed([])

/** `milliseconds` below 0 for ever. @see epoll_pwait2(2) */
export const epollWait = (
  { signals, timers }: Rooms,
  self: Process,
  epfd: number,
  most: number,
  milliseconds: number,
  sigmask: SignalSet | undefined
): Effect.Effect<ReadonlyArray<EpollEvent>, Errno.Errno<"EBADF" | "EINTR" | "EINVAL">> => {
  if (Number.isNaN(milliseconds)) return Errno.fail("EINVAL", { syscall: "epoll_pwait2", fd: epfd })
  const epoll = opened(self, epfd)
  if (epoll === undefined) return Errno.fail("EBADF", { syscall: "epoll_wait", fd: epfd })
  const fits = most > 0 && most <= EVENTS_MAX
  if (!fits || !(epoll instanceof Epoll)) return Errno.fail("EINVAL", { syscall: "epoll_wait", fd: epfd })
  const found = epoll.harvest(most, self)
  if (found !== undefined) return Exit.succeed(found)
  if (milliseconds === 0) return none
  const timeout = new Timeout(timers, milliseconds)
  const mask = new TemporaryMask(signals, self, sigmask)
  const attempt = (): WaitQueue.Attempt<ReadonlyArray<EpollEvent>> => {
    const events = epoll.harvest(most, self)
    if (events !== undefined) return Exit.succeed(events)
    return timeout.expired ? none : undefined
  }
  return WaitQueue.sleep<ReadonlyArray<EpollEvent>, Errno.Errno<"EINTR">>([epoll.arrived, timeout.over], attempt, {
    restartable: false,
    // Being stopped and continued is enough to end it, whatever comes meanwhile. @see signal(7), "Interruption … by stop signals"
    partial: () => Errno.fail("EINTR", { syscall: "epoll_wait", fd: epfd }),
    entered: () => {
      mask.start()
      timeout.start()
    },
    left: () => {
      timeout.stop()
      mask.stop()
    }
  })
}
