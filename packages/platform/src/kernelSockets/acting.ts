/**
 * Acting as a process that may end before whoever acts as it does.
 *
 * The calls of a process that has ended interrupt their fiber, which is right for the process's own. Somebody outside of the
 * kernel goes on, and has to be told: ESRCH.
 */
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"

type Ended = Errno.Errno<"ESRCH">

/** Whether the calls of a process are of no use any more. */
const isOver = (sys: SystemCalls): Effect.Effect<boolean> =>
  Effect.map(Effect.exit(sys.getpid()), ({ _tag }) => _tag === "Failure")

const ended = Errno.fail("ESRCH", { remedy: "the process whose calls these are has ended" })

/** What is done as a process, and ESRCH where that has ended. */
export const acting = <A, E, R>(sys: SystemCalls, act: Effect.Effect<A, E, R>): Effect.Effect<A, E | Ended, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.exit(restore(act)), (exit): Effect.Effect<A, E | Ended> => {
      if (exit._tag === "Success" || !Cause.isInterrupted(exit.cause)) return exit
      return Effect.flatMap(isOver(sys), (over): Exit.Exit<A, E | Ended> => over ? ended : exit)
    })
  )

/** Waits until the process has ended, and fails then. */
export const untilEnded = (sys: SystemCalls): Effect.Effect<never, Ended> =>
  acting(sys, Effect.forever(Effect.ignore(sys.poll([], -1))))
