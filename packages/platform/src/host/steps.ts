/**
 * Runs a generator at once for as long as what it yields is ready, and as an effect from then on.
 *
 * So an operation is written once, whether the host is asked synchronously or not. Once begun it is not interrupted:
 * the lock that it holds, and what it has half done on the host, must not be left behind.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type YieldWrap, yieldWrapGet } from "effect/Utils"

type Yielded<E> = YieldWrap<Effect.Effect<unknown, E>>

/** What an operation is written as. */
export type Steps<A, E> = Generator<Yielded<E>, A, never>

type Resumable<A, E> = Generator<Yielded<E>, A, unknown>

export const isReady = <A, E>(answer: Effect.Effect<A, E>): answer is Exit.Exit<A, E> =>
  "_tag" in answer && (answer._tag === "Success" || answer._tag === "Failure")

const advance = <A, E>(steps: Resumable<A, E>, first: unknown): Effect.Effect<A, E> => {
  let state = steps.next(first)
  while (!state.done) {
    const answer = yieldWrapGet(state.value)
    if (!isReady(answer)) {
      return Effect.flatMap(
        Effect.exit(answer),
        (exit) => exit._tag === "Success" ? advance(steps, exit.value) : stop(steps, exit)
      )
    }
    if (answer._tag === "Failure") return stop(steps, answer)
    state = steps.next(answer.value)
  }
  return Exit.succeed(state.value)
}

/** Runs the `finally` blocks of the generator. */
const stop = <A, E>(steps: Resumable<A, E>, failure: Exit.Failure<unknown, E>): Exit.Exit<A, E> => {
  steps.return(undefined as never)
  return Exit.failCause(failure.cause)
}

export const run = <A, Eff extends YieldWrap<Effect.Effect<unknown, unknown>>>(
  steps: Generator<Eff, A, never>
): Effect.Effect<A, [Eff] extends [YieldWrap<Effect.Effect<unknown, infer E>>] ? E : never> => {
  const answer = advance(steps as Resumable<A, never>, undefined)
  return isReady(answer) ? answer : Effect.uninterruptible(answer)
}

/** `Effect.map`, by which what is ready stays so. */
export const map = <A, B, E>(answer: Effect.Effect<A, E>, f: (value: A) => B): Effect.Effect<B, E> =>
  isReady(answer) ? Exit.map(answer, f) : Effect.map(answer, f)
