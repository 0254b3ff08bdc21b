/**
 * The kernel's hold on Effect's runtime: how synchronous code starts a fiber, and under which scheduler.
 *
 * Unless the program that builds the kernel chose a scheduler of its own (a seeded one, for tests), guests run under
 * a fair one, which lets the host's timers and terminals have their turn however busy a guest is.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Runtime from "effect/Runtime"
import type * as Scheduler from "effect/Scheduler"
import * as compat from "./internal/compat.js"
import { fairScheduler } from "./internal/host.js"

/** @category tags */
export class Host extends Context.Tag("@effix/kernel/Host")<Host, {
  /** Starts a fiber; it takes its first step later. */
  readonly fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.RuntimeFiber<A, E>
  /** The same, for an effect that needs services: it sees these and no others. */
  readonly forkWith: <A, E, R>(effect: Effect.Effect<A, E, R>, services: Context.Context<R>) => Fiber.RuntimeFiber<A, E>
  readonly scheduler: Scheduler.Scheduler
  /**
   * System calls that a fiber may make in one go, as long as each is answered at once. 0 under a scheduler that was
   * chosen: it decides at every step who runs.
   */
  readonly callsPerTurn: number
}>() {}

const nothing = Context.empty()

/** Mostly less than a millisecond. */
const CALLS_PER_TURN = 512

export const make = (runtime: Runtime.Runtime<never>, chosen: Scheduler.Scheduler): Host["Type"] => {
  const isOurs = chosen === compat.defaultScheduler
  const scheduler = isOurs ? fairScheduler() : chosen
  const lean = compat.lean(runtime, scheduler)
  return {
    scheduler,
    callsPerTurn: isOurs ? CALLS_PER_TURN : 0,
    fork: (effect) => compat.fork(lean, effect, nothing),
    forkWith: (effect, services) => compat.fork(lean, effect, services)
  }
}

/** @category layers */
export const layer: Layer.Layer<Host> = Layer.effect(
  Host,
  Effect.withFiberRuntime((fiber) =>
    Effect.map(Effect.runtime<never>(), (runtime) => make(runtime, fiber.currentScheduler))
  )
)
