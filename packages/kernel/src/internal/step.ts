/**
 * Runs a generator in one synchronous step for as long as what it yields is ready.
 *
 * A backend may answer at once with an `Exit` or later with any other effect. Code above it is written once, as a
 * generator; over a backend that answers at once it never leaves the current step, which makes it fast, and atomic
 * for free. From the first answer that is not ready it goes on by itself, uninterruptible, as disk I/O does in Linux
 * whatever becomes of the process: a half-made change is worse than a late answer, and locks are given back.
 *
 * Unlike `Effect.gen`, a failing `yield*` runs the generator's `finally` blocks.
 *
 * @internal
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type YieldWrap, yieldWrapGet } from "effect/Utils"
import { carryOn } from "./compat.js"

type Resumable<A, E> = Generator<YieldWrap<Effect.Effect<unknown, E>>, A, unknown>

/** Whether the answer is here already. */
export const isReady = <A, E>(answer: Effect.Effect<A, E>): answer is Exit.Exit<A, E> =>
  "_tag" in answer && (answer._tag === "Success" || answer._tag === "Failure")

const advance = <A, E>(steps: Resumable<A, E>, first: unknown): Exit.Exit<A, E> | Effect.Effect<A, E> => {
  let state = steps.next(first)
  while (!state.done) {
    const answer = yieldWrapGet(state.value)
    if (!isReady(answer)) {
      return Effect.flatMap(
        Effect.exit(answer),
        (exit) => exit._tag === "Success" ? advance(steps, exit.value) : fail(steps, exit)
      )
    }
    if (answer._tag === "Failure") return fail(steps, answer)
    state = steps.next(answer.value)
  }
  return Exit.succeed(state.value)
}

const fail = <A, E>(
  steps: Resumable<A, E>,
  failure: Exit.Failure<unknown, E>
): Exit.Exit<A, E> | Effect.Effect<A, E> => {
  // `finally` blocks run here; one that yields, or returns, is a bug of its author.
  steps.return(undefined as never)
  return Exit.failCause(failure.cause)
}

/** Runs `steps`; the answer is a ready `Exit` when every answer on the way was. */
export const run = <A, Eff extends YieldWrap<Effect.Effect<unknown, unknown>>>(
  steps: Generator<Eff, A, never>
): Effect.Effect<A, [Eff] extends [YieldWrap<Effect.Effect<unknown, infer E>>] ? E : never> =>
  carried(advance(steps as Resumable<A, never>, undefined))

/** What has begun without a generator: the same answer when it is ready, and otherwise one that comes in any case. */
export const carried = <A, E>(begun: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  isReady(begun) ? begun : carryOn(begun)

/** One after the other, both already begun; ready when both are. For effects that cannot fail. */
export const both = (first: Effect.Effect<void>, second: Effect.Effect<void>): Effect.Effect<void> =>
  isReady(first) ? second : isReady(second) ? first : Effect.zipRight(first, second)

/** What follows an answer: in this same step when it is ready. */
export const andThen = <A, E, B, E2>(
  answer: Effect.Effect<A, E>,
  next: (value: A) => Effect.Effect<B, E2>
): Effect.Effect<B, E | E2> => {
  if (!isReady(answer)) return Effect.flatMap(answer, next)
  return answer._tag === "Success" ? next(answer.value) : answer as Exit.Exit<never, E>
}

/** Another value for the same answer: in this same step when it is ready. */
export const map = <A, E, B>(answer: Effect.Effect<A, E>, change: (value: A) => B): Effect.Effect<B, E> => {
  if (!isReady(answer)) return Effect.map(answer, change)
  return answer._tag === "Success" ? Exit.succeed(change(answer.value)) : answer as Exit.Exit<never, E>
}

/** The same answer, after something was done about it: in this same step when it is ready. */
export const tap = <A, E>(answer: Effect.Effect<A, E>, run: (value: A) => void): Effect.Effect<A, E> => {
  if (!isReady(answer)) return Effect.tap(answer, (value) => Effect.sync(() => run(value)))
  if (answer._tag === "Success") run(answer.value)
  return answer
}

/** How an answer ends, as a value: at once when it is ready. */
export const exit = <A, E>(answer: Effect.Effect<A, E>): Effect.Effect<Exit.Exit<A, E>> =>
  isReady(answer) ? Exit.succeed(answer) : Effect.exit(answer)

/** Goes on with how an answer that is not ready ends, well or not. */
export const settled = <A, E, B, E2>(
  answer: Effect.Effect<A, E>,
  next: (exit: Exit.Exit<A, E>) => Effect.Effect<B, E2>
): Effect.Effect<B, E2> => Effect.flatMap(Effect.exit(answer), next)

/** What a generator yields that calls itself, and so has to name its type. */
export type Yielded<E> = YieldWrap<Effect.Effect<unknown, E>>

/** Begins when it is run. */
export const lazily = <A, E>(begin: () => Effect.Effect<A, E>): Effect.Effect<A, E> => Effect.suspend(begin)
