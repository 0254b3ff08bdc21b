/**
 * What differs between Effect 3 and Effect 4 by more than a rename. A port rewrites this file by hand and lets a
 * codemod do the rest.
 *
 * @internal
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Scheduler from "effect/Scheduler"

/** The typed error of a failed exit; none for success, defects and interruption. */
export const errorOf = <A, E>(exit: Exit.Exit<A, E>): Option.Option<E> =>
  exit._tag === "Success" ? Option.none() : Cause.failureOption(exit.cause)

/**
 * The same runtime under another scheduler, with those fiber refs alone that differ from what they are anyway: each
 * fiber gets a copy of all, which would be a quarter of the memory of a process and of the time that it takes to start.
 */
export const lean = (runtime: Runtime.Runtime<never>, scheduler: Scheduler.Scheduler): Runtime.Runtime<never> => {
  const nothing = FiberRefs.empty()
  const kept: Array<readonly [FiberRef.FiberRef<unknown>, readonly [readonly [FiberId.Single, unknown]]]> = []
  for (const [ref, [[id, value]]] of runtime.fiberRefs.locals) {
    // Each fiber has a context of its own.
    if (ref === FiberRef.currentContext || Equal.equals(value, FiberRefs.getOrDefault(nothing, ref))) continue
    kept.push([ref, [[id, value]]])
  }
  const fiberRefs = FiberRefs.updateAs(FiberRefs.unsafeMake(new Map(kept)), {
    fiberId: FiberId.none,
    fiberRef: FiberRef.currentScheduler,
    value: scheduler
  })
  // Effect's own counters of fibers; a kernel's are in its process table.
  const runtimeFlags = RuntimeFlags.disable(runtime.runtimeFlags, RuntimeFlags.RuntimeMetrics)
  // What each fiber would be given when it is forked, once for all of them.
  return Runtime.make({ context: runtime.context, fiberRefs: FiberRefs.forkAs(fiberRefs, FiberId.none), runtimeFlags })
}

const noFiberRefs = FiberRefs.empty()

/** Starts a fiber that sees `services` and nothing else; it takes its first step at the scheduler's next turn. */
export const fork = <A, E, R>(
  runtime: Runtime.Runtime<never>,
  effect: Effect.Effect<A, E, R>,
  services: Context.Context<R>
): Fiber.RuntimeFiber<A, E> =>
  Runtime.runFork(
    Runtime.make({ context: services, fiberRefs: noFiberRefs, runtimeFlags: runtime.runtimeFlags }),
    effect,
    {
      immediate: false,
      // They are this fiber's alone: put in here, they are copied once and not merged one by one.
      updateRefs: (own) => {
        for (const [ref, values] of runtime.fiberRefs.locals) own.locals.set(ref, values)
        return own
      }
    }
  )

/** Interrupts a fiber from synchronous code, without waiting for its clean-up. */
export const interruptNow = (fiber: Fiber.RuntimeFiber<unknown, unknown>): void =>
  fiber.unsafeInterruptAsFork(FiberId.none)

/** What Effect knows of a fiber and shows to nobody. */
interface Insides {
  readonly _running: boolean
  readonly _queue: ReadonlyArray<unknown>
  readonly _children: ReadonlySet<unknown> | null
  readonly _stack: ReadonlyArray<{ readonly _op: string }>
  _exitValue: Exit.Exit<never> | null
  _observers: ReadonlyArray<(exit: Exit.Exit<never>) => void>
}

/** Steps that an interruption passes over: they say how to go on after success, and nothing else. */
const passedOver: ReadonlySet<string> = new Set(["OnSuccess", "While", "Iterator"])

const interrupted: Exit.Exit<never> = Exit.interrupt(FiberId.none)

/**
 * Ends a fiber that sleeps in {@link park} and would do nothing if it were interrupted: no finalizer, no handler and no
 * child waits for that. It takes a third of the time. Answers `false`, having done nothing, where there is more to do, or
 * where it does not know this Effect's fibers.
 */
export const endNow = (fiber: Fiber.RuntimeFiber<unknown, unknown>): boolean => {
  const insides = fiber as unknown as Partial<Insides>
  const { _children, _observers, _queue, _running, _stack } = insides
  if (_running !== false || _queue?.length !== 0 || _observers === undefined || _stack === undefined) return false
  if (_children !== null && _children?.size !== 0) return false
  for (let i = 0; i < _stack.length; i++) if (!passedOver.has(_stack[i]!._op)) return false
  insides._exitValue = interrupted
  insides._observers = []
  for (let i = _observers.length - 1; i >= 0; i--) _observers[i]!(interrupted)
  return true
}

/**
 * Suspends its fiber until `resume` is called with how it goes on, once, by `register` itself or later. As `Effect.async`
 * without a canceller, but one step instead of two, and without what that keeps between them: a tenth of the time of a
 * round trip, and of the memory of a process that sleeps. The instruction is Effect's own, under its own name.
 */
class Parking {
  readonly _op = "Async"

  constructor(readonly effect_instruction_i0: (resume: never) => void) {}
}
Object.setPrototypeOf(Parking.prototype, Effectable.EffectPrototype)

export const park = <A, E>(
  register: (resume: (effect: Effect.Effect<A, E>) => void) => void
): Effect.Effect<A, E> => new Parking(register) as unknown as Effect.Effect<A, E>

/** The fiber whose step this is. */
export const runningFiber = (): Fiber.RuntimeFiber<unknown, unknown> | undefined =>
  Option.getOrUndefined(Fiber.getCurrentFiber())

/** The fibers that {@link carryOn} has started: whatever they begin is in good hands already. */
const carriers = new WeakSet<Fiber.RuntimeFiber<unknown, unknown>>()

/**
 * Goes on with what was begun in this very step, and answers an effect that waits for it. It has a fiber of its own, as
 * the one that asks may be interrupted before it takes its next step, and then nobody would finish what was begun.
 */
export const carryOn = <A, E>(begun: Effect.Effect<A, E>): Effect.Effect<A, E> => {
  const asking = runningFiber()
  if (asking === undefined || carriers.has(asking)) return Effect.uninterruptible(begun)
  const runtime = Runtime.make({
    context: asking.currentContext,
    fiberRefs: FiberRefs.delete(asking.getFiberRefs(), FiberRef.interruptedCause),
    runtimeFlags: Runtime.defaultRuntimeFlags
  })
  const fiber = Runtime.runFork(runtime, Effect.uninterruptible(begun), {
    immediate: false,
    scheduler: asking.currentScheduler
  })
  carriers.add(fiber)
  return Effect.uninterruptible(Effect.flatten(fiber.await))
}

/** The scheduler that an effect runs under when nobody chose one. */
export const defaultScheduler: Scheduler.Scheduler = Scheduler.defaultScheduler
