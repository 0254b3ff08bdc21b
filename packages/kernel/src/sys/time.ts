/**
 * Clocks, and sleeping by them.
 *
 * @see clock_gettime(2)
 * @see clock_nanosleep(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_TIME } from "../abi/Capabilities.js"
import { TIMER_ABSTIME } from "../abi/EventFlags.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { Clock, TimerRequest } from "../Sys.js"
import type { Base } from "../timer/Clocks.js"
import { whenReached } from "../timer/deadline.js"
import { nanosecondsOf, type TimerSetting } from "../timer/IntervalTimer.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Rooms } from "./Rooms.js"

export const isClock = (clock: string): clock is Clock =>
  clock === "realtime" || clock === "monotonic" || clock === "boottime"

/** Nothing here is ever suspended, so the boot time is monotonic time. */
export const baseOf = (clock: Clock): Base => clock === "realtime" ? "realtime" : "monotonic"

/** A setting as it was asked for; `undefined` when one of its times is none. */
export const settingOf = ({ interval = 0n, value }: TimerRequest): TimerSetting | undefined => {
  const first = nanosecondsOf(value)
  const again = nanosecondsOf(interval)
  return first === undefined || again === undefined ? undefined : { value: first, interval: again }
}

export const clockGettime = ({ timers }: Rooms, clock: Clock): bigint => timers.clocks.read(baseOf(clock))

/** @see clock_settime(2) */
export const clockSettime = (
  { timers: { clocks } }: Rooms,
  { credentials }: Process,
  clock: Clock,
  time: bigint
): Exit.Exit<void, Errno.Errno<"EINVAL" | "EPERM">> => {
  if (clock !== "realtime" || time < 0n) return Errno.fail("EINVAL", { syscall: "clock_settime" })
  if (!capable(credentials, CAP_SYS_TIME)) return Errno.fail("EPERM", { syscall: "clock_settime" })
  // The machine was not up before its time began.
  if (time < clocks.read("monotonic")) return Errno.fail("EINVAL", { syscall: "clock_settime" })
  clocks.set(time)
  return Exit.void
}

type SleepError = Errno.Errno<"EINTR" | "EINVAL">

/** A duration or, with TIMER_ABSTIME, a time; `remaining` gets what is left of a duration. @see clock_nanosleep(2) */
export const clockNanosleep = (
  { timers }: Rooms,
  clock: Clock,
  nanoseconds: bigint | number,
  flags: number,
  remaining: BigInt64Array | undefined
): Effect.Effect<void, SleepError> => {
  const given = nanosecondsOf(nanoseconds)
  if (given === undefined || !isClock(clock)) return Errno.fail("EINVAL", { syscall: "clock_nanosleep" })
  const absolute = (flags & TIMER_ABSTIME) !== 0
  if (!absolute && given === 0n) return Effect.yieldNow()
  const base = absolute ? baseOf(clock) : "monotonic"
  const end = absolute ? given : timers.clocks.read(base) + given
  if (timers.clocks.read(base) >= end) return Exit.void
  return Effect.suspend(() => {
    const over = WaitQueue.make()
    let passed = false
    let cancel: (() => void) | undefined
    return WaitQueue.sleep([over], () => passed ? Exit.void : undefined, {
      restartable: false,
      entered: () => {
        cancel = whenReached(timers, base, end, () => {
          passed = true
          WaitQueue.wakeAll(over)
        })
      },
      // Told whenever a handler or a stop comes between, before it: who is stopped and sleeps on is told too.
      aside: () => {
        if (absolute || remaining === undefined) return
        const left = end - timers.clocks.read(base)
        remaining[0] = left > 0n ? left : 0n
      },
      left: () => cancel?.()
    })
  })
}
