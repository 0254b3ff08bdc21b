/**
 * One schedule of many, chosen by a seed: what is ready runs in any order, and any step of any fiber may be the last one
 * before another fiber runs.
 */
import type * as Scheduler from "effect/Scheduler"

/** mulberry32: small, fast, and the same on every machine. Answers whole numbers below its argument. */
export const generator = (seed: number): (below: number) => number => {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/**
 * How often a step is the last one. Going on after a yield takes four steps itself: at one in four or more a fiber yields
 * for ever and never moves.
 */
const PREEMPTION = 16

export class SeededScheduler implements Scheduler.Scheduler {
  private readonly tasks: Array<() => void> = []
  steps = 0

  constructor(private readonly next: (below: number) => number) {}

  shouldYield(): number | false {
    return this.next(PREEMPTION) === 0 ? 0 : false
  }

  scheduleTask(task: () => void): void {
    this.tasks.push(task)
  }

  /** Runs one of the tasks that are ready; `false` when there is none. */
  step(): boolean {
    const { tasks } = this
    if (tasks.length === 0) return false
    const at = this.next(tasks.length)
    const task = tasks[at]!
    tasks[at] = tasks[tasks.length - 1]!
    tasks.pop()
    this.steps++
    task()
    return true
  }
}
