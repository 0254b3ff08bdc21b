/**
 * The timers of a process.
 *
 * @see setitimer(2)
 * @see timer_create(2)
 */
import * as Exit from "effect/Exit"
import { TIMER_ABSTIME } from "../abi/EventFlags.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { Clock, TimerRequest } from "../Sys.js"
import type { TimerSetting } from "../timer/IntervalTimer.js"
import { ProcessTimers, type TimerNotice } from "../timer/ProcessTimers.js"
import type { Rooms } from "./Rooms.js"
import { isSignal } from "./signals.js"
import { baseOf, isClock, settingOf } from "./time.js"

type Invalid = Errno.Errno<"EINVAL">

const timersOf = ({ signals, timers }: Rooms, self: Process): ProcessTimers =>
  self.timers ??= new ProcessTimers(timers, self, signals.send)

const MICROSECOND = 1000n

/** Timers of this kind count in microseconds; one that runs is never at 0. */
const shown = (nanoseconds: bigint): bigint =>
  nanoseconds < MICROSECOND ? MICROSECOND : nanoseconds / MICROSECOND * MICROSECOND

/** @see getitimer(2) */
export const getitimer = ({ timers }: Process): TimerSetting => {
  const real = timers?.real
  return real === undefined || !real.running
    ? { value: 0n, interval: real?.interval ?? 0n }
    : { value: shown(real.left), interval: real.interval }
}

const rounded = (nanoseconds: bigint): bigint => nanoseconds / MICROSECOND * MICROSECOND

/** @see setitimer(2) */
export const setitimer = (rooms: Rooms, self: Process, asked: TimerRequest): Exit.Exit<TimerSetting, Invalid> => {
  const setting = settingOf(asked)
  if (setting === undefined) return Errno.fail("EINVAL", { syscall: "setitimer" })
  const before = getitimer(self)
  const value = rounded(setting.value)
  if (value === 0n) self.timers?.real.stop()
  else {
    const { clocks } = rooms.timers
    timersOf(rooms, self).real.start("monotonic", clocks.read("monotonic") + value, rounded(setting.interval))
  }
  return Exit.succeed(before)
}

/** Answers the seconds that were left, rounded as alarm(2) does. */
export const alarm = (rooms: Rooms, self: Process, seconds: number): number => {
  const before = getitimer(self)
  const wanted = Math.max(0, seconds) * 1e9
  setitimer(rooms, self, { value: Number.isFinite(wanted) ? wanted : 0 })
  const left = Number(before.value) / 1e9
  return left === 0 ? 0 : Math.max(1, Math.round(left))
}

/** @see timer_create(2) */
export const timerCreate = (
  rooms: Rooms,
  self: Process,
  clock: Clock,
  notice: TimerNotice | undefined
): Exit.Exit<number, Errno.Errno<"EAGAIN" | "EINVAL">> => {
  const timers = timersOf(rooms, self)
  if (timers.count >= self.limits.pendingSignals) {
    return Errno.fail("EAGAIN", { syscall: "timer_create", remedy: "raise the limit on pending signals (ulimit -i)" })
  }
  const silent = notice === undefined || notice.notify === "none"
  if (!isClock(clock) || (!silent && !isSignal(notice.signal))) return Errno.fail("EINVAL", { syscall: "timer_create" })
  return Exit.succeed(timers.create(baseOf(clock), notice))
}

/** @see timer_settime(2) */
export const timerSettime = (
  { timers: { clocks } }: Rooms,
  self: Process,
  id: number,
  flags: number,
  asked: TimerRequest
): Exit.Exit<TimerSetting, Invalid> => {
  const setting = settingOf(asked)
  const found = self.timers?.find(id)
  if (setting === undefined || found === undefined) return Errno.fail("EINVAL", { syscall: "timer_settime" })
  const before = found.setting()
  const { interval, value } = setting
  const absolute = (flags & TIMER_ABSTIME) !== 0
  const base = absolute ? found.base : "monotonic"
  if (value === 0n) found.timer.stop()
  else found.timer.start(base, absolute ? value : clocks.read(base) + value, interval)
  return Exit.succeed(before)
}

/** @see timer_gettime(2) */
export const timerGettime = ({ timers }: Process, id: number): Exit.Exit<TimerSetting, Invalid> => {
  const found = timers?.find(id)
  return found === undefined ? Errno.fail("EINVAL", { syscall: "timer_gettime" }) : Exit.succeed(found.setting())
}

/** @see timer_getoverrun(2) */
export const timerGetoverrun = ({ timers }: Process, id: number): Exit.Exit<number, Invalid> => {
  const found = timers?.find(id)
  return found === undefined ? Errno.fail("EINVAL", { syscall: "timer_getoverrun" }) : Exit.succeed(found.taken())
}

/** @see timer_delete(2) */
export const timerDelete = ({ timers }: Process, id: number): Exit.Exit<void, Invalid> =>
  timers?.delete(id) === true ? Exit.void : Errno.fail("EINVAL", { syscall: "timer_delete" })
