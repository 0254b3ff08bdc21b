/** The program that makes the call that is disturbed. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import { PR_SET_PDEATHSIG } from "../../src/abi/Prctl.js"
import { SA_RESTART } from "../../src/abi/SignalFlags.js"
import { SIGTERM, SIGUSR1, SIGUSR2 } from "../../src/abi/Signals.js"
import { P_PID, WEXITED, WNOWAIT } from "../../src/abi/WaitStatus.js"
import type { Any } from "../../src/Errno.js"
import * as SignalSet from "../../src/SignalSet.js"
import { type Program, Sys, type SystemCalls } from "../../src/Sys.js"
import { aWhile, sometime, until } from "./pacing.js"
import { EXIT_CODE, type State, type Way } from "./ways.js"

export type Call<A> = (sys: SystemCalls) => Effect.Effect<A, Any>

/** How the disturbed call goes. */
export interface Attempt<A> {
  readonly way: Way
  readonly state: State
  /** Whether the call was made, or is about to be. */
  started: boolean
  /** What it answered; `undefined` when nobody was left to be told. */
  answer: Exit.Exit<A, Any> | undefined
  /** How often a handler began, and ended. */
  begun: number
  finished: number
  /** The fiber that makes the call, when it is a thread that is interrupted. */
  thread: Fiber.RuntimeFiber<unknown, unknown> | undefined
  /** Tells the other thread that it is its turn. */
  go: boolean
  /** Whether the handler runs that is no disturbance, but a state. */
  handling: boolean
}

/** What its program ends with when something is not as it was. */
const CHANGED_MASK = 99
const WRONG_CHILD = 98

const handler = (attempt: Attempt<unknown>, sys: SystemCalls) => () =>
  Effect.gen(function*() {
    attempt.begun++
    yield* aWhile(4)
    yield* sys.getpid()
    attempt.finished++
  })

/** The call, in the manner that a way needs. */
const inManner = <A>(attempt: Attempt<A>, made: Effect.Effect<A, Any>): Effect.Effect<Exit.Exit<A, Any>> => {
  const { state, way } = attempt
  switch (way) {
    case "interruption of a thread":
      return Effect.flatMap(Effect.fork(made), (thread) => {
        attempt.thread = thread
        return Fiber.await(thread)
      })
    case "a lost race":
      return Effect.exit(Effect.raceFirst(made, Effect.zipRight(sometime, Effect.interrupt)))
    case "a timeout":
      return Effect.flatMap(Random.nextIntBetween(0, 4), (milliseconds) =>
        Effect.exit(
          Effect.flatMap(Effect.timeoutOption(made, milliseconds), (in_) =>
            in_._tag === "Some" ? Exit.succeed(in_.value) : Effect.interrupt)
        ))
    default:
      if (state !== "in a thread") return Effect.exit(made)
      // A daemon lives as long as its process, and not as the fiber that started it.
      return Effect.flatMap(
        Random.nextBoolean,
        (own) => Effect.flatMap(own ? Effect.fork(made) : Effect.forkDaemon(made), Fiber.await)
      )
  }
}

/** Waits for a child, and leaves it as it is. */
const bearZombie = (sys: SystemCalls) =>
  Effect.gen(function*() {
    const pid = yield* sys.spawn(Effect.succeed(5))
    for (;;) {
      const seen = yield* Effect.option(sys.waitid(P_PID, pid, WEXITED | WNOWAIT))
      if (seen._tag === "Some") return pid
    }
  })

/** Ends or replaces its process when it is told to. */
const other = (attempt: Attempt<unknown>, sys: SystemCalls): Effect.Effect<never, Any> =>
  Effect.zipRight(
    until(() => attempt.go),
    attempt.way === "exit in another thread" ? sys.exit(EXIT_CODE) : sys.exec(SUCCESSOR)
  )

/** It ends with 0 when its process is as it was before. */
export const victim = <A>(attempt: Attempt<A>, call: Call<A>, afterwards: Call<unknown>): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const { state, way } = attempt
    if (way.startsWith("a handler")) {
      yield* sys.sigaction(SIGUSR1, {
        flags: way.endsWith("SA_RESTART") ? SA_RESTART : 0,
        disposition: handler(attempt, sys)
      })
    }
    if (way === "the end of the parent, with a signal for it") yield* sys.prctl(PR_SET_PDEATHSIG, SIGTERM)
    if (state === "a handler runs during the call") {
      yield* sys.sigaction(SIGUSR2, {
        flags: SA_RESTART,
        disposition: () =>
          Effect.ensuring(
            Effect.suspend(() => {
              attempt.handling = true
              return Effect.zipRight(aWhile(20), Effect.ignore(sys.nanosleep(500_000)))
            }),
            Effect.sync(() => {
              attempt.handling = false
            })
          )
      })
    }
    const before = yield* sys.sigprocmask(0, SignalSet.empty)
    const zombie = state === "with a zombie" ? yield* bearZombie(sys) : undefined
    const threaded = way.endsWith("in another thread")
    if (threaded) yield* Effect.fork(other(attempt, sys))
    yield* Effect.exit(aWhile(3))
    const made = Effect.suspend(() => {
      attempt.started = true
      return call(sys)
    })
    const whole = Effect.map(inManner(attempt, made), (answer) => {
      attempt.answer = answer
    })
    if (state === "called by a handler") {
      yield* sys.sigaction(SIGUSR2, { disposition: () => whole })
      yield* sys.kill(yield* sys.getpid(), SIGUSR2)
      // The other thread may be the one that runs it.
      yield* until(() => attempt.answer !== undefined)
    } else yield* whole
    yield* afterwards(sys)
    if (zombie !== undefined) {
      const told = yield* Effect.retry(sys.wait(zombie), { while: ({ _tag }) => _tag === "EINTR" })
      if (told?.pid !== zombie || told.status._tag !== "Exited" || told.status.code !== 5) return WRONG_CHILD
    }
    yield* until(() => !attempt.handling)
    let after = yield* sys.sigprocmask(0, SignalSet.empty)
    // A handler may run in the other thread, and threads share their mask.
    for (let times = 0; threaded && after !== before && times < 20; times++) {
      yield* Effect.sleep(1)
      after = yield* sys.sigprocmask(0, SignalSet.empty)
    }
    return before === after ? 0 : CHANGED_MASK
  })

/** The file that another thread executes. */
const SUCCESSOR = "/bin/successor"

/** What it runs. */
export const successor: Program = Effect.flatMap(Sys, (sys) => Effect.as(sys.getpid(), EXIT_CODE))
