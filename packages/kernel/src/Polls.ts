/**
 * Polls: waiting for many descriptors with epoll.
 *
 * poll(2) and select(2) name what they wait for in every call. An epoll is told once, and is a descriptor itself. What
 * it watches puts itself on a list when it changes, by the same notification that wakes those who sleep; so waiting for
 * ten thousand descriptors of which ten are ready costs ten. A watch belongs to an open file description and to the
 * number under which it was added: it goes when the last descriptor of that description is closed.
 *
 * @see epoll(7)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as CoarseClock from "./CoarseClock.js"
import type { Description } from "./Description.js"
import * as AnonymousInode from "./event/AnonymousInode.js"
import type { Inode } from "./Inode.js"
import * as KernelConfig from "./KernelConfig.js"
import { type Control, control, type ControlError } from "./poll/control.js"
import { Crowds } from "./poll/Crowds.js"
import { Epoll } from "./poll/Epoll.js"
import type { Process } from "./ProcessTable.js"

/** @category tags */
export class Polls extends Context.Tag("@effix/kernel/Polls")<Polls, {
  /** @see epoll_create1(2) */
  readonly create: (owner: Process) => Description
  /** @see epoll_ctl(2) */
  readonly control: (epoll: Description, asked: Control, caller: Process) => Exit.Exit<void, ControlError>
}>() {}

export const make = (limits: KernelConfig.Limits, anonymous: Inode): Polls["Type"] => {
  const crowds = new Crowds()
  /** Watches by the user whose epolls have them. */
  const counts = new Map<number, number>()
  return {
    create: ({ credentials: { uid } }) =>
      new Epoll(anonymous, crowds, (difference) => {
        const count = (counts.get(uid) ?? 0) + difference
        if (count > limits.watchesMax) return false
        if (count === 0) counts.delete(uid)
        else counts.set(uid, count)
        return true
      }),
    control
  }
}

/** @category layers */
export const layer: Layer.Layer<Polls, never, KernelConfig.KernelConfig> = Layer.effect(
  Polls,
  Effect.gen(function*() {
    const now = CoarseClock.make(yield* Effect.clock)
    return make(yield* KernelConfig.KernelConfig, AnonymousInode.make(now()))
  })
)
