/**
 * Events: descriptors that stand for something that happens, so that it can be waited for together with files.
 *
 * An eventfd is a counter that programs add to and take from. None has a name, and all share one inode.
 *
 * @see eventfd(2)
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
import type { Inode } from "./Inode.js"

/** @category tags */
export class Events extends Context.Tag("@effix/kernel/Events")<Events, {
  /** A counter; `flags`: EFD_SEMAPHORE, EFD_NONBLOCK. @see eventfd(2) */
  readonly counter: (initial: number, flags: number) => Description
}>() {}

export const make = (anonymous: Inode): Events["Type"] => {
  let lastCounter = 0
  return {
    counter: (initial, flags) =>
      new EventCounter(flags & O_NONBLOCK, anonymous, initial, (flags & EFD_SEMAPHORE) !== 0, lastCounter++)
  }
}

/** @category layers */
export const layer: Layer.Layer<Events> = Layer.effect(
  Events,
  Effect.map(Effect.clock, (clock) => make(AnonymousInode.make(CoarseClock.make(clock)())))
)
