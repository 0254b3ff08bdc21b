/**
 * How utilities are written: plain generators, nested freely under the one `Effect.gen` of their program.
 *
 * A failing `yield*` ends all of them at once and does not run JavaScript's `finally`; so what may fail and matters is
 * asked with {@link attempt}, which answers the errno as a value, and {@link Stop} is how a utility gives up.
 *
 * @see exit(3)
 */
import type * as Errno from "@effix/kernel/Errno"
import type { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"

/** A part of a program, to be run with `yield*`. */
export type Steps<A> = Effect.fn.Return<A, Errno.Any | Stop, Sys>

/** Ends the utility: with this status (its usual one for failures if `undefined`), after this complaint. */
export class Stop {
  readonly _tag = "Stop"
  constructor(readonly status: number | undefined, readonly text?: string) {}
}

/** Ends the utility, from however deep inside. */
export const stop = (status: number | undefined, text?: string): Effect.Effect<never, Stop> =>
  Effect.fail(new Stop(status, text))

/** What a system call answers, or the errno that it failed with, as a value. */
export const attempt: <A, E extends Errno.Any, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A | E, never, R> =
  Effect.merge
