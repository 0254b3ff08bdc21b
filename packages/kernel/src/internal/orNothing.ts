/**
 * Backends that are asked for what they may not have.
 *
 * @internal
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Errno } from "../Errno.js"
import * as Step from "./step.js"

type Nothing = Errno<"ENOENT" | "ENODATA" | "EOPNOTSUPP" | "ERANGE">

const nothing: ReadonlySet<string> = new Set(["ENOENT", "ENODATA", "EOPNOTSUPP", "ERANGE"])

/** The answer, or `undefined` for a name or an attribute that is not there. */
export const orNothing = <A, E extends { readonly _tag: string }>(
  answer: Effect.Effect<A, E>
): Effect.Effect<A | undefined, Exclude<E, Nothing>> => {
  const settle = (exit: Exit.Exit<A, E>) =>
    (exit._tag === "Failure" && exit.cause._tag === "Fail" && nothing.has(exit.cause.error._tag)
      ? Exit.succeed(undefined)
      : exit) as Exit.Exit<A | undefined, Exclude<E, Nothing>>
  return Step.isReady(answer) ? settle(answer) : Step.settled(answer, settle)
}
