/**
 * A timer that is set, runs out, and may begin again: what timerfd, setitimer and timer_create share.
 *
 * @see timer_settime(2)
 */
import type { Base } from "./Clocks.js"
import { type Ticking, whenReached } from "./deadline.js"

/** When a timer runs out, and how long it runs each time after that. 0 never. In nanoseconds. */
export interface TimerSetting {
  readonly value: bigint
  readonly interval: bigint
}

export class IntervalTimer {
  /** When it runs out; `undefined` while it does not run. */
  private at: bigint | undefined = undefined
  private base: Base = "monotonic"
  private cancel: (() => void) | undefined = undefined
  interval = 0n

  constructor(private readonly ticking: Ticking, private readonly ranOut: () => void) {}

  get running(): boolean {
    return this.at !== undefined
  }

  /** Sets it to run out when `base` says `at`. */
  start(base: Base, at: bigint, interval: bigint): void {
    const { cancel } = this
    this.base = base
    this.interval = interval
    this.runUntil(at)
    // After the new one: with none left, the host's timer would be given up and asked for again.
    cancel?.()
  }

  private runUntil(at: bigint): void {
    this.at = at
    this.cancel = whenReached(this.ticking, this.base, at, () => this.runOut())
  }

  private runOut(): void {
    this.cancel?.()
    this.cancel = undefined
    this.ranOut()
  }

  stop(): void {
    this.cancel?.()
    this.cancel = undefined
    this.at = undefined
    this.interval = 0n
  }

  /** What has run out already, runs out now: whoever looks need not wait for the host's timer. */
  catchUp(): void {
    if (this.isDue) this.runOut()
  }

  /** Whether it has run out, and nobody has been told yet. */
  get isDue(): boolean {
    return this.cancel !== undefined && this.left <= 0n
  }

  /** Nanoseconds until it runs out; 0 or less when it has. */
  get left(): bigint {
    return this.at === undefined ? 0n : this.at - this.ticking.clocks.read(this.base)
  }

  /** It has run out: begins anew where it has an interval. Answers how often it would have run out by now. */
  again(): number {
    const { at, interval } = this
    if (at === undefined || interval === 0n) {
      this.at = undefined
      return 1
    }
    const late = this.ticking.clocks.read(this.base) - at
    const times = late < 0n ? 0n : late / interval + 1n
    this.runUntil(at + times * interval)
    return Number(times)
  }
}

/** Nanoseconds as they were given; `undefined` for what is no time. */
export const nanosecondsOf = (given: bigint | number): bigint | undefined => {
  const whole = typeof given === "bigint" ? given : Number.isFinite(given) ? BigInt(Math.ceil(given)) : -1n
  return whole < 0n ? undefined : whole
}
