/**
 * Runs an effect, and a whole kernel in it, under one of many possible schedules, chosen by a seed.
 *
 * Scheduler, clock, chance and entropy are all drawn from the seed, so the same seed gives the same run, bit for bit: a
 * race that was found once is a race that is kept. Time passes only when nothing can run, and then jumps to the next
 * timer; when there is none either, the run is over and fails with {@link Deadlock} instead of hanging. Kernels that are
 * built inside take the scheduler and the clock that they find, and so are simulated with everything they run.
 *
 * A simulation knows nothing outside itself. An effect that waits for a promise or for the host's timers looks to it like
 * one that waits for ever.
 *
 * @example
 * ```ts
 * import { Simulation } from "@effix/testing"
 * import { Effect, Exit } from "effect"
 *
 * // Reads in one step and writes in another: racy on purpose.
 * const racyCount = Effect.gen(function*() {
 *   let value = 0
 *   const increment = Effect.flatMap(Effect.sync(() => value), (read) => Effect.sync(() => (value = read + 1)))
 *   yield* Effect.all([increment, increment, increment], { concurrency: "unbounded" })
 *   return value
 * })
 *
 * const threeOfThree = Simulation.forAll(200, racyCount, (exit) => Exit.isSuccess(exit) && exit.value === 3)
 * const failure = Effect.runSync(Effect.flip(threeOfThree))
 * console.log(failure._tag, failure.reproduced) // FailingSeed true
 * ```
 */
import * as Entropy from "@effix/kernel/Entropy"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Inspectable from "effect/Inspectable"
import * as Random from "effect/Random"
import * as Supervisor from "effect/Supervisor"
import { generator, SeededScheduler } from "./simulation/SeededScheduler.js"
import { SimulatedClock } from "./simulation/SimulatedClock.js"

/** Nothing can run, no timer is set, and the effect has not ended. */
export class Deadlock extends Data.TaggedError("Deadlock")<{
  readonly seed: number
  /** Milliseconds since the epoch, by the simulated clock. */
  readonly at: number
  /** Fibers that wait, besides the effect's own. */
  readonly fibers: number
}> {
  override get message(): string {
    return `Deadlock under seed ${this.seed}: the effect and ${this.fibers} more fibers wait, and nothing will wake them`
  }
}

/** The effect has not ended after so many steps. */
export class Livelock extends Data.TaggedError("Livelock")<{ readonly seed: number; readonly steps: number }> {
  override get message(): string {
    return `No end under seed ${this.seed} after ${this.steps} steps; raise \`stepsMax\` if that may take longer`
  }
}

/** A schedule under which a check fails. Give the seed to {@link run} to see it again. */
export class FailingSeed extends Data.TaggedError("FailingSeed")<{
  readonly seed: number
  /** What the check threw, or what it was shown when it answered `false`. */
  readonly reason: unknown
  /** Whether it failed in the same way when the seed was run once more. `false` means that the effect is not simulated whole. */
  readonly reproduced: boolean
}> {
  override get message(): string {
    const again = this.reproduced ? "again when run again" : "but not when run again: it depends on something outside"
    return `Seed ${this.seed} fails, ${again}\n${describe(this.reason)}`
  }
}

const describe = (reason: unknown): string =>
  reason instanceof Error ? reason.stack ?? reason.message : Inspectable.toStringUnknown(reason)

/** Without the stack, which is not the same on another way there. */
const gist = (reason: unknown): string => reason instanceof Error ? reason.message : describe(reason)

export interface Options {
  /** Steps of the scheduler before a run is given up as a {@link Livelock}. Default: a million. */
  readonly stepsMax?: number
  /** Where the clock starts, in milliseconds since the epoch. Default: 2030-01-01. */
  readonly start?: number
}

/** A run, looked at from outside. */
export interface Outcome<A, E> {
  readonly exit: Exit.Exit<A, E | Deadlock | Livelock>
  /** Steps that the scheduler took: the same for the same seed. */
  readonly steps: number
  /** Milliseconds that passed on the simulated clock. */
  readonly elapsed: number
  /** Fibers that were still alive when the effect had ended and nothing more could run. */
  readonly fibersLeft: number
  /** Timers that were still set then. */
  readonly timersLeft: number
}

const START = Date.UTC(2030, 0, 1)
const STEPS_MAX = 1_000_000

/** Every fiber that lives, besides the first. */
class Census extends Supervisor.AbstractSupervisor<void> {
  readonly alive = new Set<Fiber.RuntimeFiber<unknown, unknown>>()

  override get value(): Effect.Effect<void> {
    return Effect.void
  }

  override onStart<A, E, R>(
    _: unknown,
    __: Effect.Effect<A, E, R>,
    ___: unknown,
    fiber: Fiber.RuntimeFiber<A, E>
  ): void {
    this.alive.add(fiber)
  }

  override onEnd<A, E>(_: Exit.Exit<A, E>, fiber: Fiber.RuntimeFiber<A, E>): void {
    this.alive.delete(fiber)
  }
}

/** Runs an effect to its end, at once, and tells what is left of it. */
export const outcome = <A, E>(seed: number, effect: Effect.Effect<A, E>, options: Options = {}): Outcome<A, E> => {
  const { start = START, stepsMax = STEPS_MAX } = options
  const scheduler = new SeededScheduler(generator(seed))
  const clock = new SimulatedClock(start)
  const census = new Census()
  let exit: Exit.Exit<A, E | Deadlock | Livelock> | undefined
  const fiber = Effect.runFork(
    effect.pipe(
      Effect.provide(Entropy.layerSeeded(seed)),
      Effect.withRandom(Random.make(seed)),
      Effect.withClock(clock),
      Effect.supervised(census)
    ),
    { scheduler }
  )
  fiber.addObserver((ended) => (exit = ended))
  while (scheduler.steps < stepsMax) {
    if (scheduler.step()) continue
    if (exit !== undefined) break
    if (!clock.jump()) {
      exit = Exit.fail(new Deadlock({ seed, at: clock.unsafeCurrentTimeMillis(), fibers: census.alive.size }))
    }
  }
  return {
    exit: exit ?? Exit.fail(new Livelock({ seed, steps: scheduler.steps })),
    steps: scheduler.steps,
    elapsed: clock.unsafeCurrentTimeMillis() - start,
    fibersLeft: census.alive.size,
    timersLeft: clock.pending
  }
}

/** Runs an effect under the schedule that `seed` stands for, from whatever fiber and under whatever clock. */
export const run = <A, E>(
  seed: number,
  effect: Effect.Effect<A, E>,
  options?: Options
): Effect.Effect<A, E | Deadlock | Livelock> => Effect.suspend(() => outcome(seed, effect, options).exit)

/** Seeds between which the host gets a turn, so that a long test can still be stopped. */
const BATCH = 32

const hostTurn = Effect.async<void>((resume) => {
  setTimeout(() => resume(Effect.void), 0)
})

/**
 * Runs an effect under many schedules, and fails with the first seed under which `check` throws or answers `false`.
 * `seeds` is how many, or which. Without a check, the effect has to succeed.
 */
export const forAll = <A, E>(
  seeds: number | Iterable<number>,
  effect: Effect.Effect<A, E> | ((seed: number) => Effect.Effect<A, E>),
  check: (exit: Exit.Exit<A, E | Deadlock | Livelock>, outcome: Outcome<A, E>, seed: number) => unknown =
    Exit.isSuccess,
  options?: Options
): Effect.Effect<void, FailingSeed> =>
  Effect.gen(function*() {
    const effectOf = Effect.isEffect(effect) ? () => effect : effect
    let done = 0
    for (const seed of typeof seeds === "number" ? Array.from({ length: seeds }, (_, each) => each) : seeds) {
      const reason = complaint(seed, effectOf, check, options)
      if (reason !== undefined) {
        const again = complaint(seed, effectOf, check, options)
        const reproduced = again !== undefined && gist(again.of) === gist(reason.of)
        return yield* new FailingSeed({ seed, reason: reason.of, reproduced })
      }
      if (++done % BATCH === 0) yield* hostTurn
    }
  })

/** What is wrong under one seed, if anything is. */
const complaint = <A, E>(
  seed: number,
  effectOf: (seed: number) => Effect.Effect<A, E>,
  check: (exit: Exit.Exit<A, E | Deadlock | Livelock>, outcome: Outcome<A, E>, seed: number) => unknown,
  options: Options | undefined
): { readonly of: unknown } | undefined => {
  const seen = outcome(seed, effectOf(seed), options)
  try {
    return check(seen.exit, seen, seed) === false ? { of: seen.exit } : undefined
  } catch (error) {
    return { of: error }
  }
}
