/**
 * The time after which a call stops waiting.
 */
import type { Timers } from "../Timers.js"
import * as WaitQueue from "../WaitQueue.js"

export class Timeout {
  /** Woken when the time is over. */
  readonly over = WaitQueue.make()
  expired: boolean
  private cancel: (() => void) | undefined = undefined

  constructor(
    private readonly timers: Timers["Type"],
    /** Below 0 for ever; 0 has expired already. */
    private readonly milliseconds: number
  ) {
    this.expired = milliseconds === 0
  }

  /** The call goes to sleep. */
  start(): void {
    if (this.expired) WaitQueue.wakeAll(this.over)
    if (this.milliseconds <= 0) return
    this.cancel = this.timers.after(this.milliseconds, () => {
      this.expired = true
      WaitQueue.wakeAll(this.over)
    })
  }

  stop(): void {
    this.cancel?.()
  }
}
