/**
 * Clocks, sleep and timers. Times and durations are nanoseconds.
 *
 * @see time(7)
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { TimerSetting } from "../../timer/IntervalTimer.js"
import type { TimerNotice } from "../../timer/ProcessTimers.js"

export type { TimerSetting } from "../../timer/IntervalTimer.js"
export type { TimerNotice } from "../../timer/ProcessTimers.js"

/** The monotonic clock began when the kernel was booted; the boot time is the same here, where nothing is suspended. */
export type Clock = "realtime" | "monotonic" | "boottime"

/** How a timer is to be set. */
export interface TimerRequest {
  /** When it runs out first; 0 stops it. */
  readonly value: bigint | number
  /** How long it runs each time after that; 0, the default, is not at all. */
  readonly interval?: bigint | number
}

export interface TimeCalls {
  /** @see clock_gettime(2) */
  readonly clockGettime: (clock?: Clock) => Effect.Effect<bigint>
  /** What timers can be set to. @see clock_getres(2) */
  readonly clockGetres: (clock?: Clock) => Effect.Effect<bigint>
  /** Sets this kernel's realtime clock, and no other's. Takes CAP_SYS_TIME. @see clock_settime(2) */
  readonly clockSettime: (clock: Clock, time: bigint) => Effect.Effect<void, Errno<"EINVAL" | "EPERM">>
  /** Sleeps; `remaining[0]` gets what is left when a signal cuts it short. @see nanosleep(2) */
  readonly nanosleep: (
    nanoseconds: bigint | number,
    remaining?: BigInt64Array
  ) => Effect.Effect<void, Errno<"EINTR" | "EINVAL">>
  /** As nanosleep, by a clock; `flags`: TIMER_ABSTIME, then until that time. @see clock_nanosleep(2) */
  readonly clockNanosleep: (
    clock: Clock,
    nanoseconds: bigint | number,
    flags?: number,
    remaining?: BigInt64Array
  ) => Effect.Effect<void, Errno<"EINTR" | "EINVAL">>
  /**
   * Sends SIGALRM in `seconds` (fractions allowed); 0 cancels. Answers the seconds that were left. It is the timer of
   * setitimer. @see alarm(2)
   */
  readonly alarm: (seconds: number) => Effect.Effect<number>
  /** ITIMER_REAL: SIGALRM, once or again and again. Answers how it was set. @see setitimer(2) */
  readonly setitimer: (setting: TimerRequest) => Effect.Effect<TimerSetting, Errno<"EINVAL">>
  /** @see getitimer(2) */
  readonly getitimer: () => Effect.Effect<TimerSetting>
  /** Makes a timer, which sends SIGALRM with its number as the value unless `notice` says otherwise. @see timer_create(2) */
  readonly timerCreate: (clock: Clock, notice?: TimerNotice) => Effect.Effect<number, Errno<"EAGAIN" | "EINVAL">>
  /** Answers how it was set; `flags`: TIMER_ABSTIME. @see timer_settime(2) */
  readonly timerSettime: (
    id: number,
    flags: number,
    setting: TimerRequest
  ) => Effect.Effect<TimerSetting, Errno<"EINVAL">>
  /** @see timer_gettime(2) */
  readonly timerGettime: (id: number) => Effect.Effect<TimerSetting, Errno<"EINVAL">>
  /** How often it ran out besides, until its last signal was taken. @see timer_getoverrun(2) */
  readonly timerGetoverrun: (id: number) => Effect.Effect<number, Errno<"EINVAL">>
  /** @see timer_delete(2) */
  readonly timerDelete: (id: number) => Effect.Effect<void, Errno<"EINVAL">>
  /**
   * A timer as a descriptor; reading answers in 8 bytes, lowest first, how often it ran out. `flags`: TFD_NONBLOCK,
   * TFD_CLOEXEC. @see timerfd_create(2)
   */
  readonly timerfdCreate: (clock: Clock, flags?: number) => Effect.Effect<number, Errno<"EINVAL" | "EMFILE" | "ENFILE">>
  /** Answers how it was set; `flags`: TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET. @see timerfd_settime(2) */
  readonly timerfdSettime: (
    fd: number,
    flags: number,
    setting: TimerRequest
  ) => Effect.Effect<TimerSetting, Errno<"EBADF" | "ECANCELED" | "EINVAL">>
  /** @see timerfd_gettime(2) */
  readonly timerfdGettime: (fd: number) => Effect.Effect<TimerSetting, Errno<"EBADF" | "EINVAL">>
}
