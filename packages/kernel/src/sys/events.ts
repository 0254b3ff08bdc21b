/**
 * Opening descriptors that stand for events, and what can be done to them besides reading and writing.
 *
 * @see eventfd(2)
 * @see timerfd_create(2)
 * @see signalfd(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as EventFlags from "../abi/EventFlags.js"
import * as Errno from "../Errno.js"
import { SignalDescriptor } from "../event/SignalDescriptor.js"
import { TimerDescriptor } from "../event/TimerDescriptor.js"
import type { Process } from "../ProcessTable.js"
import type { SignalSet } from "../SignalSet.js"
import type { Clock, TimerRequest } from "../Sys.js"
import type { TimerSetting } from "../timer/IntervalTimer.js"
import type { Rooms } from "./Rooms.js"
import { install, opened } from "./table.js"
import { isClock, settingOf } from "./time.js"

type OpenError = Errno.Errno<"EINVAL" | "EMFILE" | "ENFILE">

const { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE, SFD_CLOEXEC, SFD_NONBLOCK, TFD_CLOEXEC, TFD_NONBLOCK } = EventFlags

/** @see eventfd(2) */
export const eventfd = (
  { events }: Rooms,
  self: Process,
  initial: number,
  flags: number
): Effect.Effect<number, OpenError> =>
  (flags & ~(EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)) !== 0
    ? Errno.fail("EINVAL", { syscall: "eventfd" })
    : install(self, events.counter(initial >>> 0, flags), flags, "eventfd")

/** @see timerfd_create(2) */
export const timerfdCreate = (
  { events }: Rooms,
  self: Process,
  clock: Clock,
  flags: number
): Effect.Effect<number, OpenError> =>
  (flags & ~(TFD_NONBLOCK | TFD_CLOEXEC)) !== 0 || !isClock(clock)
    ? Errno.fail("EINVAL", { syscall: "timerfd_create" })
    : install(self, events.timer(clock, flags), flags, "timerfd_create")

type TimerError = Errno.Errno<"EBADF" | "EINVAL">

const timerAt = (self: Process, fd: number, syscall: string): Exit.Exit<TimerDescriptor, TimerError> => {
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall, fd })
  return description instanceof TimerDescriptor ? Exit.succeed(description) : Errno.fail("EINVAL", { syscall, fd })
}

/** @see timerfd_settime(2) */
export const timerfdSettime = (
  self: Process,
  fd: number,
  flags: number,
  asked: TimerRequest
): Exit.Exit<TimerSetting, TimerError | Errno.Errno<"ECANCELED">> => {
  const setting = settingOf(asked)
  const known = EventFlags.TFD_TIMER_ABSTIME | EventFlags.TFD_TIMER_CANCEL_ON_SET
  if (setting === undefined || (flags & ~known) !== 0) return Errno.fail("EINVAL", { syscall: "timerfd_settime", fd })
  const timer = timerAt(self, fd, "timerfd_settime")
  return timer._tag === "Success" ? timer.value.set(setting, flags) : Exit.failCause(timer.cause)
}

/** @see timerfd_gettime(2) */
export const timerfdGettime = (self: Process, fd: number): Exit.Exit<TimerSetting, TimerError> =>
  Exit.map(timerAt(self, fd, "timerfd_gettime"), (timer) => timer.setting())

/** `fd` is -1, or one to change the mask of. @see signalfd(2) */
export const signalfd = (
  { events }: Rooms,
  self: Process,
  fd: number,
  mask: SignalSet,
  flags: number
): Effect.Effect<number, OpenError | Errno.Errno<"EBADF">> => {
  if ((flags & ~(SFD_CLOEXEC | SFD_NONBLOCK)) !== 0) return Errno.fail("EINVAL", { syscall: "signalfd", fd })
  if (fd === -1) return install(self, events.signals(mask, flags), flags, "signalfd")
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "signalfd", fd })
  if (!(description instanceof SignalDescriptor)) return Errno.fail("EINVAL", { syscall: "signalfd", fd })
  description.setMask(mask)
  return Exit.succeed(fd)
}
