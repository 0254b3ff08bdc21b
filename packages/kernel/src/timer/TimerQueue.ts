/**
 * Timers in the order in which they are due.
 *
 * Nearly every timer is a timeout that is cancelled long before it is due. So one that is set waits in the order of
 * its coming, which costs nothing, and is sorted into the heap when the host's timer next goes off; what was
 * cancelled by then never gets there.
 */

export interface Timer {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Breaks ties: timers for the same moment run in the order in which they were set. */
  readonly order: number
  /** `undefined` once it has run or was cancelled. */
  run: (() => void) | undefined
}

/** Cancelled timers that may lie about, whatever the number of those that do not. */
const SLACK = 64

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

export class TimerQueue {
  /** A binary heap, the next timer in front; cancelled ones stay until they come up, or there are too many. */
  private heap: Array<Timer> = []
  private recent: Array<Timer> = []
  /** No timer of `recent` is due before this. */
  private recentFrom = Infinity
  /** How many of both were cancelled. */
  private cancelled = 0

  /** No timer is due before this; `Infinity` when there is none. */
  get from(): number {
    const { heap, recentFrom } = this
    return heap.length === 0 ? recentFrom : Math.min(heap[0]!.at, recentFrom)
  }

  get live(): number {
    return this.heap.length + this.recent.length - this.cancelled
  }

  add(timer: Timer): void {
    this.recent.push(timer)
    if (timer.at < this.recentFrom) this.recentFrom = timer.at
  }

  cancel(timer: Timer): void {
    if (timer.run === undefined) return
    timer.run = undefined
    const { recent } = this
    if (recent[recent.length - 1] === timer) {
      recent.pop()
      return
    }
    this.cancelled++
    if (this.cancelled > SLACK && this.cancelled > this.live) this.sweep()
  }

  /** Takes the next timer that is due at `now`. */
  takeDue(now: number): Timer | undefined {
    if (this.recentFrom <= now) this.sort()
    for (;;) {
      const first = this.heap[0]
      if (first === undefined || first.at > now) return undefined
      this.pop()
      if (first.run !== undefined) return first
      this.cancelled--
    }
  }

  clear(): void {
    this.heap = []
    this.recent = []
    this.recentFrom = Infinity
    this.cancelled = 0
  }

  /** Sorts those that came since into the heap. */
  private sort(): void {
    const { recent } = this
    this.recent = []
    this.recentFrom = Infinity
    for (const timer of recent) {
      if (timer.run === undefined) this.cancelled--
      else this.push(timer)
    }
  }

  /** Drops what was cancelled. */
  private sweep(): void {
    const { heap } = this
    this.recent = this.recent.filter(isLive)
    this.heap = []
    this.cancelled = 0
    for (const timer of heap) if (isLive(timer)) this.push(timer)
  }

  private push(timer: Timer): void {
    const { heap } = this
    let at = heap.push(timer) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!before(timer, heap[up]!)) break
      heap[at] = heap[up]!
      at = up
    }
    heap[at] = timer
  }

  private pop(): void {
    const { heap } = this
    const timer = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down++
      if (!before(heap[down]!, timer)) break
      heap[at] = heap[down]!
      at = down
    }
    heap[at] = timer
  }
}

const isLive = (timer: Timer): boolean => timer.run !== undefined
