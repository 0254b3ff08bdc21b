/**
 * The running image of a process: its fiber, its `Sys`, and the one number that every call looks at first.
 *
 * exec(2) gives a process another image. The old one is revoked in the same step: whatever it still runs, its
 * finalizers included, reaches nothing any more.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { WaitStatus } from "../abi/WaitStatus.js"
import { interruptNow } from "../internal/compat.js"
import { ENDED, type Process, type Task } from "../ProcessTable.js"
import type { SystemCalls } from "../Sys.js"
import * as WaitQueue from "../WaitQueue.js"
import { keep } from "./usage.js"

/** So many calls that nobody makes them. */
export const CALLS_MAX = 2 ** 31 - 1

export class Image implements Task {
  fiber: Fiber.RuntimeFiber<unknown, unknown> | undefined = undefined
  attention = 0
  calls = 0
  callsMax = CALLS_MAX
  readonly sleeping = WaitQueue.make()

  /** What its calls are made on. */
  sys: SystemCalls | undefined = undefined

  /** Calls that may be answered at once before others get their turn. */
  callsLeft: number

  constructor(readonly process: Process, private readonly hooks: ImageHooks, readonly callsPerTurn: number) {
    this.callsLeft = callsPerTurn
  }

  attend(restartable: boolean): Effect.Effect<boolean> {
    // The process may have another image by now, which is attentive.
    return this.attention < 0 ? Effect.interrupt : this.hooks.attend(this.process, restartable)
  }

  /** It has made as many calls as it may. */
  spent(): void {
    this.hooks.spent(this.process)
  }

  end(status: WaitStatus): void {
    if (this.attention < 0) return
    this.revoke()
    keep(this.process, this.calls)
    this.hooks.ended(this.process, status)
  }

  /** Takes its waiters out of their queues, and interrupts what it runs. */
  revoke(): void {
    this.attention = ENDED
    WaitQueue.evictAll(this.sleeping)
    if (this.fiber?.unsafePoll() === null) interruptNow(this.fiber)
  }
}

export interface ImageHooks {
  readonly attend: (process: Process, restartable: boolean) => Effect.Effect<boolean>
  readonly ended: (process: Process, status: WaitStatus) => void
  /** It has made `callsMax` calls. */
  readonly spent: (process: Process) => void
}
