/**
 * The timers of one process: the one that alarm(2) and setitimer(2) share, and those of timer_create(2).
 *
 * A timer of timer_create has one signal on its way at a time. As often as it runs out before that is taken, it counts:
 * that is its overrun.
 *
 * @see setitimer(2)
 * @see timer_getoverrun(2)
 */
import { SI_TIMER } from "../abi/SignalCodes.js"
import { SIGALRM } from "../abi/Signals.js"
import type { Process, SignalInfo } from "../ProcessTable.js"
import { fromKernel, type Signals } from "../Signals.js"
import type { Base } from "./Clocks.js"
import type { Ticking } from "./deadline.js"
import { IntervalTimer, type TimerSetting } from "./IntervalTimer.js"

/** What a timer does when it runs out. */
export type TimerNotice =
  | { readonly notify: "none" }
  | { readonly notify: "signal"; readonly signal: number; readonly value: number }

class OwnTimer {
  readonly timer: IntervalTimer
  /** What is on its way, or was taken last. */
  private sent: (SignalInfo & { readonly timer: { readonly id: number; overrun: number } }) | undefined = undefined
  private overrun = 0

  constructor(
    ticking: Ticking,
    readonly base: Base,
    private readonly id: number,
    private readonly notice: TimerNotice,
    private readonly owner: Process,
    private readonly send: Signals["Type"]["send"]
  ) {
    this.timer = new IntervalTimer(ticking, () => this.ranOut())
  }

  private get onItsWay(): boolean {
    return this.sent !== undefined && this.owner.signals.queue !== undefined &&
      this.owner.signals.queue.includes(this.sent)
  }

  private ranOut(): void {
    const { id, notice, owner, sent } = this
    const waits = this.onItsWay
    const times = this.timer.again()
    if (notice.notify === "none") return
    if (waits && sent !== undefined) {
      sent.timer.overrun += times
      return
    }
    this.taken()
    const { signal, value } = notice
    this.sent = { signal, code: SI_TIMER, pid: 0, uid: 0, value, timer: { id, overrun: times - 1 } }
    this.send(owner, this.sent)
  }

  /** How often it ran out between sending its last signal and the taking of it. */
  taken(): number {
    if (this.sent !== undefined && !this.onItsWay) {
      this.overrun = this.sent.timer.overrun
      this.sent = undefined
    }
    return this.overrun
  }

  setting(): TimerSetting {
    const { timer } = this
    if (!timer.running) return { value: 0n, interval: timer.interval }
    const silent = this.notice.notify === "none"
    if (silent && timer.isDue) timer.catchUp()
    const { interval, left } = timer
    // One that runs is never at 0, even if it has just run out.
    return { value: left > 0n ? left : silent ? 0n : 1n, interval }
  }
}

export class ProcessTimers {
  private readonly own = new Map<number, OwnTimer>()
  private lastId = 0
  /** ITIMER_REAL. */
  readonly real: IntervalTimer

  constructor(
    private readonly ticking: Ticking,
    private readonly owner: Process,
    private readonly send: Signals["Type"]["send"]
  ) {
    this.real = new IntervalTimer(ticking, () => {
      this.real.again()
      send(owner, fromKernel(SIGALRM))
    })
  }

  /** Those of timer_create(2). */
  get count(): number {
    return this.own.size
  }

  create(base: Base, notice: TimerNotice | undefined): number {
    const id = this.lastId++
    const named: TimerNotice = notice ?? { notify: "signal", signal: SIGALRM, value: id }
    this.own.set(id, new OwnTimer(this.ticking, base, id, named, this.owner, this.send))
    return id
  }

  find(id: number): OwnTimer | undefined {
    return this.own.get(id)
  }

  delete(id: number): boolean {
    this.own.get(id)?.timer.stop()
    return this.own.delete(id)
  }

  /** exec(2) keeps alarm(2) and forgets the others. */
  forgetOwn(): void {
    for (const { timer } of this.own.values()) timer.stop()
    this.own.clear()
  }

  stop(): void {
    this.real.stop()
    this.forgetOwn()
  }
}
