/**
 * What timerfd_create(2) opens: a timer that is read from. It answers how often it ran out since it was read last.
 *
 * One with an interval is left alone between running out and being looked at; how often it would have run out by then
 * is worked out when somebody looks.
 *
 * @see timerfd_create(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET } from "../abi/EventFlags.js"
import { O_RDWR } from "../abi/OpenFlags.js"
import { POLLIN } from "../abi/PollEvents.js"
import type { ReadError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import type { Clock } from "../Sys.js"
import type { Ticking } from "../timer/deadline.js"
import { IntervalTimer, type TimerSetting } from "../timer/IntervalTimer.js"
import * as WaitQueue from "../WaitQueue.js"
import { AnonymousDescription } from "./AnonymousDescription.js"
import { putCount } from "./little.js"

const SIZE = 8

const moved = Exit.succeed(SIZE)

const numbers: Readonly<Record<Clock, number>> = { realtime: 0, monotonic: 1, boottime: 7 }

const pair = (nanoseconds: bigint): string => `(${nanoseconds / 1_000_000_000n}, ${nanoseconds % 1_000_000_000n})`

export class TimerDescriptor extends AnonymousDescription {
  private readonly timer: IntervalTimer
  /** How often it ran out. */
  private ticks = 0
  /** It has run out and not begun anew, though it has an interval. */
  private rests = false
  /** The clock was set, and that is still to be told. */
  private wasSet = false
  private stopListening: (() => void) | undefined = undefined
  private settingFlags = 0
  private readonly canRead = WaitQueue.make()
  private readonly watched = WaitQueue.make()
  private readonly queues = [this.watched]

  constructor(flags: number, inode: Inode, private readonly clock: Clock, private readonly ticking: Ticking) {
    super(O_RDWR | flags, inode)
    this.timer = new IntervalTimer(ticking, () => this.ranOut())
  }

  get label(): string {
    return "anon_inode:[timerfd]"
  }

  private ranOut(): void {
    this.ticks++
    this.rests = this.timer.interval > 0n
    if (!this.rests) this.timer.again()
    this.changed()
  }

  private changed(): void {
    WaitQueue.wakeAll(this.canRead)
    WaitQueue.tell(this.watched, POLLIN)
  }

  /** Begins anew, and counts what was missed. */
  private goOn(): void {
    if (!this.rests) return
    this.rests = false
    this.ticks += this.timer.again() - 1
  }

  /** Sets the timer, and answers how it was set; ECANCELED when its clock has been set meanwhile. */
  set({ interval, value }: TimerSetting, flags: number): Exit.Exit<TimerSetting, Errno.Errno<"ECANCELED">> {
    const { clock, ticking: { clocks } } = this
    const absolute = (flags & TFD_TIMER_ABSTIME) !== 0
    this.listen(clock === "realtime" && absolute && (flags & TFD_TIMER_CANCEL_ON_SET) !== 0)
    const before = this.setting()
    this.ticks = 0
    this.rests = false
    this.settingFlags = flags
    if (value === 0n) {
      this.timer.stop()
      this.timer.interval = interval
      return Exit.succeed(before)
    }
    // Only what is set to a time of day heeds it when the clock is set.
    const base = clock === "realtime" && absolute ? "realtime" : "monotonic"
    this.timer.start(base, absolute ? value : clocks.read(base) + value, interval)
    if (!this.wasSet) return Exit.succeed(before)
    this.wasSet = false
    return Errno.fail("ECANCELED", { syscall: "timerfd_settime" })
  }

  /** Whether a change of the clock is to be told. */
  private listen(wanted: boolean): void {
    if (wanted === (this.stopListening !== undefined)) return
    if (!wanted) {
      this.stopListening?.()
      this.stopListening = undefined
      this.wasSet = false
      return
    }
    this.stopListening = this.ticking.clocks.onSet(() => {
      if (this.wasSet) return
      this.wasSet = true
      this.ticks++
      this.changed()
    })
  }

  setting(): TimerSetting {
    const { timer } = this
    timer.catchUp()
    this.goOn()
    const { interval, left } = timer
    return { value: left > 0n ? left : 0n, interval }
  }

  override read(into: Uint8Array): Effect.Effect<number, ReadError> {
    if (into.length < SIZE) return Errno.fail("EINVAL")
    const taken = this.take(into)
    if (taken !== undefined) return taken
    return this.nonBlocking ? Errno.fail("EAGAIN") : WaitQueue.sleep([this.canRead], () => this.take(into))
  }

  private take(into: Uint8Array): WaitQueue.Attempt<number, Errno.Errno<"ECANCELED">> {
    this.timer.catchUp()
    if (this.wasSet) {
      // Whoever is told has to think anew, so the timer is left as it is.
      this.wasSet = false
      this.ticks = 0
      this.rests = false
      return Errno.fail("ECANCELED", { syscall: "read" })
    }
    if (this.ticks === 0) return undefined
    this.goOn()
    const { ticks } = this
    this.ticks = 0
    // Its clock was set back meanwhile, and it has not run out after all.
    if (ticks === 0) return Exit.succeed(0)
    putCount(ticks, into, 0)
    return moved
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return this.queues
  }

  override poll(): number {
    return this.ticks > 0 || this.timer.isDue ? POLLIN : 0
  }

  override info(): string {
    const { ticks } = this
    const { interval, value } = this.setting()
    return `clockid: ${numbers[this.clock]}\nticks: ${ticks}\nsettime flags: 0${this.settingFlags.toString(8)}\n` +
      `it_value: ${pair(value)}\nit_interval: ${pair(interval)}\n`
  }

  override release(): Effect.Effect<void> {
    this.timer.stop()
    this.stopListening?.()
    return Exit.void
  }
}
