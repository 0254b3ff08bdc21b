/** Waiting for children, disturbed: each is reaped once, by its parent or, if that is gone, by init. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { CLD_EXITED } from "../../src/abi/SignalCodes.js"
import { P_ALL, WEXITED } from "../../src/abi/WaitStatus.js"
import type { Any } from "../../src/Errno.js"
import type { Process } from "../../src/ProcessTable.js"
import type { SystemCalls } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import { fits } from "./fits.js"
import * as Machine from "./machine.js"
import { schedules, TIMEOUT } from "./schedules.js"
import { quiet, tidy } from "./tidy.js"

const SCHEDULES = schedules(360)
const CHILDREN = 3

interface Told {
  readonly pid: number
  readonly status: { readonly _tag: string }
}

const family = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { state, way } = Disturbances.chosen(seed >> 1)
    const reaped: Array<string> = []
    const started: Array<number> = []
    let victim: Process | undefined
    const note = (waited: Told | undefined) =>
      reaped.push(waited === undefined ? "nobody" : `${waited.pid} ${waited.status._tag}`)
    const child = (code: number) => Effect.as(Disturbances.sometime, code)
    const bear = (sys: SystemCalls) =>
      Effect.forEach(Array.from({ length: CHILDREN }, (_, i) => i), (code) =>
        Effect.map(sys.spawn(child(code)), (pid) => void started.push(pid)))
    // Half of them with waitid, which tells the same in other words.
    const waitOne = (sys: SystemCalls): Effect.Effect<Told | undefined, Any> =>
      seed % 2 === 0 ?
        sys.wait() :
        Effect.map(sys.waitid(P_ALL, 0, WEXITED), (change) =>
          change && { pid: change.pid, status: { _tag: change.code === CLD_EXITED ? "Exited" : "Signaled" } })
    const waitAll = (sys: SystemCalls) =>
      Effect.gen(function*() {
        yield* bear(sys)
        for (let i = 0; i < CHILDREN; i++) {
          note(yield* waitOne(sys))
        }
      })
    const rest = (sys: SystemCalls) =>
      Effect.ignore(Effect.forever(Effect.map(waitOne(sys), note)))
    const seen = yield* Disturbances.trial(
      machine,
      // It has children enough.
      { way, state: state === "with a zombie" ? "running" : state },
      waitAll,
      { prepare: (process) => (victim = process), afterwards: rest }
    )
    yield* Effect.sleep(100)
    return { machine, reaped, seen, started, victim }
  })

describe("waiting for children, disturbed", () => {
  it.effect(`${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, family, (exit, outcome) => {
      const { machine, reaped, seen, started, victim } = Machine.ready(exit)
      fits(seen)
      if (new Set(reaped).size !== reaped.length) throw new Error(`${seen.way}: told twice: ${reaped}`)
      const lost = started.filter((pid) => !reaped.includes(`${pid} Exited`))
      // One that was reaped in the very step in which the waiting thread was interrupted has nobody to tell.
      const cut = seen.answer?._tag === "Failure" && seen.answer.cause._tag !== "Fail" ? 1 : 0
      if (seen.status?._tag === "Exited" && seen.status.code === 0 && lost.length > cut) {
        throw new Error(`${seen.way}: not told of ${lost}`)
      }
      quiet(victim!.childChanged, victim!.continued, victim!.ended, victim!.signals.arrived)
      tidy(machine, outcome)
    }), TIMEOUT)
})
