/**
 * Another signal mask for as long as a call sleeps. The mask that was comes back with the call, or behind the handler
 * that cuts it short.
 *
 * @see sigsuspend(2)
 * @see pselect(2)
 */
import { type Process, SIGNALLED } from "../ProcessTable.js"
import type { Signals } from "../Signals.js"
import * as SignalSet from "../SignalSet.js"

export class TemporaryMask {
  private before: SignalSet.SignalSet | undefined = undefined
  private isBetween = false

  constructor(
    private readonly signals: Signals["Type"],
    private readonly self: Process,
    /** `undefined` leaves it as it is. */
    private readonly mask: SignalSet.SignalSet | undefined
  ) {}

  /** The call goes to sleep. */
  start(): void {
    const { mask, self, signals } = this
    if (mask === undefined) return
    this.before = self.signals.blocked
    self.signals.suspended = this.before
    signals.setMask(self, mask)
  }

  stop(): void {
    const { before, self, signals } = this
    // A handler that ran has put it back.
    if (before === undefined || self.signals.suspended === undefined) return
    self.signals.suspended = undefined
    signals.setMask(self, before)
  }

  /**
   * Whether the call begins anew, as no handler has run: for a moment the mask is what it was. Handlers of signals that
   * were blocked until then run in that moment, before the call has begun again, and do not end it.
   */
  renew(): boolean {
    if (this.before === undefined) return false
    if (!this.isBetween) {
      if (this.self.signals.suspended === undefined) return false
      this.stop()
    }
    this.isBetween = this.self.task?.attention !== 0
    if (!this.isBetween) this.start()
    return true
  }

  /** Whether a signal is pending that the mask lets through. */
  get admits(): boolean {
    const { mask, self: { signals } } = this
    return mask !== undefined && (signals.pending & ~(mask & ~SignalSet.unstoppable)) !== SignalSet.empty
  }

  /** Whether a handler is about to run. */
  get interrupts(): boolean {
    const { mask, self: { task } } = this
    return mask !== undefined && task !== undefined && (task.attention & SIGNALLED) !== 0
  }
}
