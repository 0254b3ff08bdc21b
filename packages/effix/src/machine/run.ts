/**
 * From effects to promises that are rejected with plain errors.
 */
import type { Kernel, Services } from "@effix/kernel/Kernel"
import type * as Effect from "effect/Effect"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { fromCause } from "../Failure.js"

/** Runs an effect with the services of a machine. */
export type Run = <A, E>(effect: Effect.Effect<A, E, Kernel>, signal?: AbortSignal) => Promise<A>

export const run = <E>(runtime: ManagedRuntime.ManagedRuntime<Services, E>): Run => async (effect, signal) => {
  const exit = await runtime.runPromiseExit(effect, signal === undefined ? {} : { signal })
  if (exit._tag === "Success") return exit.value
  throw fromCause(exit.cause)
}
