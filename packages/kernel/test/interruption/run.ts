/** Programs of a bare machine, run under a few schedules each. */
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Any } from "../../src/Errno.js"
import { type Program, Sys, type SystemCalls } from "../../src/Sys.js"
import * as Machine from "./machine.js"

/** Runs a test's effect under `schedules` seeds, each with a machine of its own; nothing may be left running. */
export const under = <E>(
  schedules: number,
  body: (machine: Machine.Machine) => Effect.Effect<unknown, E>,
  options?: Machine.Options
) =>
  Simulation.forAll(
    schedules,
    Effect.gen(function*() {
      const machine = yield* Machine.make(options)
      yield* body(machine)
      machine.shutDown()
    }),
    (exit, { fibersLeft }) => {
      if (Exit.isFailure(exit)) {
        throw new Error(
          exit.cause._tag === "Die" ? String(exit.cause.defect) : String(exit.cause)
        )
      }
      if (fibersLeft !== 0) throw new Error(`${fibersLeft} fibers are left`)
    }
  )

/** A program from what it does with its system calls; it ends with 0 unless it says otherwise. */
export const program = (body: (sys: SystemCalls) => Effect.Effect<unknown, Any>): Program =>
  Effect.flatMap(Sys, (sys) => Effect.map(body(sys), (code) => typeof code === "number" ? code : 0))

/** Runs the body of one process and answers what it answered; an errno that it fails with is the test's failure. */
export const inProcess = <A>(
  machine: Machine.Machine,
  body: (sys: SystemCalls) => Effect.Effect<A, Any>
): Effect.Effect<A> =>
  Effect.gen(function*() {
    let answer: Exit.Exit<A, Any> | undefined
    const process = machine.start(program((sys) =>
      Effect.map(Effect.exit(body(sys)), (exit) => {
        answer = exit
        return 0
      })
    ))
    const status = yield* Machine.awaitEnd(process)
    if (answer === undefined) throw new Error(`the process ended before its body did: ${JSON.stringify(status)}`)
    return yield* Effect.orDie(answer)
  })

/** The errno that a call answers. */
export const errnoOf = <A>(call: Effect.Effect<A, Any>): Effect.Effect<string> =>
  Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

/** Lets everything go on that can. */
export const idle = Effect.sleep(1)
