/**
 * Events: descriptors that stand for something that happens, so that it can be waited for together with files.
 *
 * An eventfd is a counter that programs add to and take from; a timerfd counts how often a timer ran out; from a signalfd
 * signals are read instead of being delivered; a pidfd stands for a process. None has a name, and all but the last share
 * one inode.
 *
 * @see eventfd(2)
 * @see timerfd_create(2)
 * @see signalfd(2)
 * @see pidfd_open(2)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EFD_SEMAPHORE } from "./abi/EventFlags.js"
import { O_NONBLOCK } from "./abi/OpenFlags.js"
import * as CoarseClock from "./CoarseClock.js"
import type { Description } from "./Description.js"
import * as AnonymousInode from "./event/AnonymousInode.js"
import { EventCounter } from "./event/EventCounter.js"
import { ProcessDescriptor } from "./event/ProcessDescriptor.js"
import { SignalDescriptor } from "./event/SignalDescriptor.js"
import { TimerDescriptor } from "./event/TimerDescriptor.js"
import type { Inode } from "./Inode.js"
import type { Process } from "./ProcessTable.js"
import type { SignalSet } from "./SignalSet.js"
import type { Clock } from "./Sys.js"
import type { Ticking } from "./timer/deadline.js"
import * as Timers from "./Timers.js"

/** @category tags */
export class Events extends Context.Tag("@effix/kernel/Events")<Events, {
  /** A counter; `flags`: EFD_SEMAPHORE, EFD_NONBLOCK. @see eventfd(2) */
  readonly counter: (initial: number, flags: number) => Description
  /** A timer that is not set yet; `flags`: O_NONBLOCK. @see timerfd_create(2) */
  readonly timer: (clock: Clock, flags: number) => TimerDescriptor
  /** Signals of `mask`, of whoever reads; `flags`: O_NONBLOCK. @see signalfd(2) */
  readonly signals: (mask: SignalSet, flags: number) => SignalDescriptor
  /** `flags`: O_NONBLOCK. @see pidfd_open(2) */
  readonly process: (process: Process, flags: number) => ProcessDescriptor
}>() {}

export const make = (anonymous: Inode, timers: Ticking): Events["Type"] => {
  let lastCounter = 0
  return {
    counter: (initial, flags) =>
      new EventCounter(flags & O_NONBLOCK, anonymous, initial, (flags & EFD_SEMAPHORE) !== 0, lastCounter++),
    timer: (clock, flags) => new TimerDescriptor(flags & O_NONBLOCK, anonymous, clock, timers),
    signals: (mask, flags) => new SignalDescriptor(flags & O_NONBLOCK, anonymous, mask),
    process: (process, flags) => new ProcessDescriptor(flags & O_NONBLOCK, process)
  }
}

/** @category layers */
export const layer: Layer.Layer<Events, never, Timers.Timers> = Layer.effect(
  Events,
  Effect.gen(function*() {
    const timers = yield* Timers.Timers
    return make(AnonymousInode.make(CoarseClock.make(yield* Effect.clock)()), timers)
  })
)
