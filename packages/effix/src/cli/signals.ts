/**
 * The host's signals, passed on to the guest: what becomes of them is for the guest to say.
 */
import { SIGHUP, SIGINT, SIGQUIT, SIGTERM } from "@effix/kernel/abi/Signals"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"

const passedOn = { SIGHUP, SIGINT, SIGQUIT, SIGTERM } as const

/** While the scope is open, `send` is told of each signal. */
export const passOn = (
  send: (signal: number) => Effect.Effect<unknown, unknown>
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(Effect.acquireRelease(
    Effect.map(Effect.runtime<never>(), (runtime) => {
      const run = Runtime.runFork(runtime)
      return Object.entries(passedOn).map(([name, number]) => {
        const listener = () => void run(Effect.ignore(send(number)))
        process.on(name, listener)
        return () => void process.off(name, listener)
      })
    }),
    (stops) => Effect.sync(() => stops.forEach((stop) => stop()))
  ))
