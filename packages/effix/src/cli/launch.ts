/**
 * What running a script and opening a terminal have in common.
 */
import type { SpawnHostOptions } from "@effix/kernel/Kernel"
import * as Effect from "effect/Effect"
import type { Invocation } from "./arguments.js"
import { complain } from "./complain.js"
import { TIMED_OUT } from "./statuses.js"

export const launchOptions = ({ cwd, env, user }: Invocation): SpawnHostOptions => ({
  env,
  ...(cwd === undefined ? {} : { cwd }),
  ...(user === undefined ? {} : { user })
})

/** The exit code of `ended`, or what to answer when it takes too long. */
export const timeLimit = <E, R>(
  ended: Effect.Effect<number, E, R>,
  { timeout }: Invocation
): Effect.Effect<number, E, R> =>
  timeout === undefined
    ? ended
    : Effect.timeoutTo(ended, {
      duration: timeout,
      onSuccess: Effect.succeed,
      onTimeout: () =>
        Effect.sync(() => {
          complain(`killed after ${timeout / 1000} s; --timeout gives it more time`)
          return TIMED_OUT
        })
    }).pipe(Effect.flatten)
