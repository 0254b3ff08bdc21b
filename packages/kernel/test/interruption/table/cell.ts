/** One row, disturbed in one way in one state, under one schedule. */
import type * as Simulation from "@effix/testing/Simulation"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { Any } from "../../../src/Errno.js"
import * as Disturbances from "../disturbances.js"
import { fits } from "../fits.js"
import * as Machine from "../machine.js"
import { program } from "../run.js"
import { leaks, quiet, tidy } from "../tidy.js"
import { complain, FIRST, type Result, type Row, type Situation, takenBy } from "./row.js"

interface Ran extends Result {
  readonly machine: Machine.Machine
  readonly situation: Situation
  readonly granted: number
  readonly heirAnswer: Exit.Exit<unknown, Any> | undefined
  readonly left: number | undefined
  readonly grown: ReadonlyArray<string>
}

/** All cells of a row: ways times states. */
const CELLS = Disturbances.ways.length * Disturbances.states.length

/** Far more than any run takes. */
export const LIMITS: Simulation.Options = { stepsMax: 50_000 }

const moments = ["at any time", "before anything is given", "as something is given"] as const

const chosenFor = (row: Row, seed: number): Disturbances.Chosen => {
  const { state, way } = Disturbances.chosen(seed)
  return {
    way: row.without?.includes(way) === true ? "nothing" : way,
    state: row.without?.includes(state) === true ? "running" : state
  }
}

export const run = (row: Row) => (seed: number): Effect.Effect<Ran, Any> =>
  Effect.gen(function*() {
    const machine = yield* Machine.make(row.options?.())
    const grown = leaks(machine)
    const { init } = machine
    const chosen = chosenFor(row, seed)
    const when = moments[(Math.floor(seed / CELLS) + seed + Math.floor(seed / Disturbances.ways.length)) % 3]!
    const late = when === "before anything is given"
    const set = row.set({ machine, init, late, seed })
    const situation = Effect.isEffect(set) ? yield* set : set
    const { call, fds = [], heir = call } = situation
    let seen: Disturbances.Seen<unknown> | undefined
    let granted = 0
    let prepared = false
    const struck = yield* Deferred.make<void>()
    const isOver = () => seen?.status !== undefined && (other === undefined || other.task === undefined)
    /** Waits until it is time to give something. */
    const begin = Effect.gen(function*() {
      yield* Disturbances.until(() => prepared)
      switch (when) {
        case "at any time":
          return yield* Disturbances.sometime
        case "before anything is given":
          yield* Disturbances.until(() => seen?.disturbed === true)
          // So that whoever is ready has gone on.
          return yield* Disturbances.moment
        case "as something is given":
          yield* Disturbances.until(() => seen !== undefined && (seen.isAsleep() || seen.status !== undefined))
          // Whoever is first, the disturbance or what is given.
          yield* Deferred.succeed(struck, undefined)
      }
    })
    const give = Effect.gen(function*() {
      const { grant = Effect.void, there = () => false } = situation
      const most = situation.there !== undefined || row.repeats === true ? Infinity : row.alone === true ? 1 : 2
      yield* begin
      while (granted < most && !isOver()) {
        if (!there()) {
          granted++
          yield* grant
        }
        yield* most === Infinity ? Effect.sleep(1) : Disturbances.sometime
      }
    })
    let heirAnswer: Exit.Exit<unknown, Any> | undefined
    const other = row.alone === true ? undefined : machine.start(
      program((sys) =>
        Effect.flatMap(Effect.exit(Effect.zipRight(Disturbances.sometime, heir(sys))), (exit) => {
          heirAnswer = exit
          return Effect.void
        })
      )
    )
    if (other !== undefined) fds.forEach((each, at) => other.fds.place(FIRST + at, each, false))
    const giving = yield* Effect.fork(give)
    const watched = yield* Disturbances.trial(machine, chosen, call, {
      prepare: (victim, parent) => {
        fds.forEach((each, at) => victim.fds.place(FIRST + at, each, false))
        situation.prepare?.(victim, parent)
        prepared = true
      },
      ...(situation.afterwards === undefined ? {} : { afterwards: situation.afterwards }),
      patient: late,
      ...(when === "as something is given" ? { moment: Deferred.await(struck) } : {}),
      hidden: row.signals === "waits",
      ...(situation.master === undefined ? {} : { master: situation.master }),
      watch: (each) => (seen = each)
    })
    yield* Fiber.join(giving)
    if (other !== undefined) yield* Machine.awaitEnd(other)
    machine.endAll()
    // What was begun on a slow disk is finished.
    yield* Effect.sleep(20)
    const left = situation.left?.()
    yield* situation.end ?? Effect.void
    yield* Effect.sleep(20)
    return {
      machine,
      situation,
      seen: watched,
      granted,
      heirAnswer,
      heirTook: other === undefined ? undefined : heirAnswer?._tag === "Success",
      everythingEnded: chosen.way === "the end of all",
      left,
      grown: grown()
    }
  })

export const check =
  (row: Row) => (exit: Exit.Exit<Ran, unknown>, outcome: Simulation.Outcome<unknown, unknown>): void => {
    if (Exit.isFailure(exit)) return complain(`${exit.cause._tag === "Die" ? String(exit.cause.defect) : exit.cause}`)
    const ran = exit.value
    const { everythingEnded, grown, heirAnswer, heirTook, left, machine, seen, situation } = ran
    const fail = (why: string): never =>
      complain(`${row.name}: ${seen.way}, ${seen.state}: ${why}; ${seen.answer ?? "no answer"}`)
    fits(seen, row)
    if (heirTook === false && !everythingEnded) fail(`the other one: ${heirAnswer ?? "no answer"}`)
    if (left !== undefined) {
      const [least, most] = takenBy(seen)
      const others = heirTook === true ? 1 : 0
      const uncertain = everythingEnded && heirTook === false ? 1 : 0
      const taken = ran.granted - left
      if (taken < least + others || taken > most + others + uncertain) {
        fail(`${ran.granted} given, ${left} left, ${others} taken by the other one`)
      }
    }
    situation.check?.(ran)
    quiet(...situation.queues?.() ?? [])
    if (grown.length > 0) fail(grown.join("; "))
    tidy(machine, outcome)
  }
