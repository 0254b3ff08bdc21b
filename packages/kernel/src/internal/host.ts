/**
 * The one file that knows the JavaScript host: its clock for fairness, its macrotasks, its entropy.
 *
 * Everything else in the kernel takes time from Effect's `Clock`, order from the `Scheduler` and chance from
 * `Entropy`.
 *
 * @internal
 */
import type * as Fiber from "effect/Fiber"
import type * as Scheduler from "effect/Scheduler"

/** How long guests may run before the host's timers and terminals get their turn, in milliseconds. */
const SLICE = 8
/** Steps of one fiber before another one runs. */
const STEPS = 2048
/** Tasks between two looks at the clock. */
const TASKS = 8

const macrotask: (run: () => void) => void = (() => {
  if (typeof setImmediate !== "undefined") {
    const immediate = setImmediate
    return (run) => void immediate(run)
  }
  return (run) => void setTimeout(run, 0)
})()

/**
 * Runs fibers in the order in which they became ready, and gives the host a macrotask about every 8 ms.
 *
 * Effect's own scheduler goes on with microtasks for as long as there is work: a guest in a loop would keep the
 * host's timers and terminal waiting for ever.
 */
class FairScheduler implements Scheduler.Scheduler {
  private tasks: Array<() => void> = []
  private running = false
  private sliceBegan = 0
  private lastEnded = 0

  shouldYield(fiber: Fiber.RuntimeFiber<unknown, unknown>): number | false {
    return fiber.currentOpCount > STEPS ? 0 : false
  }

  scheduleTask(task: () => void): void {
    this.tasks.push(task)
    if (this.running) return
    this.running = true
    queueMicrotask(this.begin)
  }

  private readonly begin = (): void => {
    const now = performance.now()
    // A drain that follows right upon another one belongs to the same slice: the host has not had a turn between.
    if (now - this.lastEnded > 1) this.sliceBegan = now
    this.drain()
  }

  private readonly resume = (): void => {
    this.sliceBegan = performance.now()
    this.drain()
  }

  private drain(): void {
    let untilLook = TASKS
    while (this.tasks.length > 0) {
      const batch = this.tasks
      this.tasks = []
      for (let i = 0; i < batch.length; i++) {
        batch[i]!()
        if (--untilLook > 0) continue
        untilLook = TASKS
        if (performance.now() - this.sliceBegan < SLICE) continue
        this.tasks = batch.slice(i + 1).concat(this.tasks)
        return macrotask(this.resume)
      }
    }
    this.running = false
    this.lastEnded = performance.now()
  }
}

export const fairScheduler = (): Scheduler.Scheduler => new FairScheduler()

/** So many bytes, all 0; `undefined` when the host has no room for them. */
export const allocate = (bytes: number): Uint8Array | undefined => {
  try {
    return new Uint8Array(bytes)
  } catch {
    return undefined
  }
}

/** Chance in store: asking the host for four bytes costs as much as asking it for four thousand. */
const store = new Uint8Array(4096)
let taken = store.length

/** Fills `into` with bytes that nobody can foretell. */
export const fillRandom = (into: Uint8Array): void => {
  if (into.length <= 256) {
    if (taken + into.length > store.length) {
      crypto.getRandomValues(store)
      taken = 0
    }
    const end = taken + into.length
    into.set(store.subarray(taken, end))
    // What was handed out is nobody else's.
    store.fill(0, taken, end)
    taken = end
    return
  }
  // The Web Crypto API gives 64 KiB at a time.
  for (let at = 0; at < into.length; at += 65_536) crypto.getRandomValues(into.subarray(at, at + 65_536))
}
