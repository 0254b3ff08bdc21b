/**
 * One direction between two machines, as a connection uses it: everything arrives, late and in order.
 *
 * While the two are cut off from each other everything stands still, and nothing is lost.
 */
import type { Wire } from "./Wire.js"

export class Line {
  private readonly underWay: Array<() => void> = []
  /** How many of them could have arrived by now. */
  private due = 0
  private lastArrival = 0
  private forget: (() => void) | undefined = undefined

  constructor(private readonly wire: Wire, private readonly from: string, private readonly to: string) {}

  /** Runs `arrive` over there. */
  send(arrive: () => void): void {
    this.underWay.push(arrive)
    const { wire } = this
    const now = wire.now()
    const at = Math.max(now + wire.delay, this.lastArrival)
    this.lastArrival = at
    if (at <= now) this.arrive()
    else wire.after(at - now, () => this.arrive())
  }

  private arrive(): void {
    this.due++
    this.goOn()
  }

  /** Lets arrive what is due, or waits until the other side is reached again. */
  private goOn(): void {
    const { from, to, wire } = this
    while (this.due > 0 && wire.reaches(from, to)) {
      this.due--
      this.underWay.shift()?.()
    }
    if (this.due > 0) this.forget ??= wire.onChange(() => this.goOn())
    else {
      this.forget?.()
      this.forget = undefined
    }
  }
}
