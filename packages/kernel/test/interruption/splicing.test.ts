/** Moving bytes from pipe to pipe, disturbed: every byte is in one of the two, once and in order. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { drop } from "../../src/Description.js"
import type { PipeEnd } from "../../src/pipe/PipeEnd.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import { fits } from "./fits.js"
import * as Machine from "./machine.js"
import { schedules, TIMEOUT } from "./schedules.js"
import { quiet, tidy } from "./tidy.js"

const SCHEDULES = schedules(360)
const TOTAL = 60

const spliceAll = (sys: SystemCalls) =>
  Effect.gen(function*() {
    while ((yield* sys.splice(0, undefined, 1, undefined, 7)) > 0) continue
  })

const splicer = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make({ limits: { pipeCapacity: 4096 } })
    const first = machine.pipe()
    const second = machine.pipe()
    const from = (first.reader as PipeEnd).pipe
    const to = (second.reader as PipeEnd).pipe
    for (const kept of [first.reader, second.reader]) kept.references++
    const source = machine.start(
      Effect.gen(function*() {
        const sys = yield* Sys
        for (let next = 1; next <= TOTAL;) {
          const some = Math.min(1 + next % 5, TOTAL + 1 - next)
          next += yield* sys.write(0, Uint8Array.from({ length: some }, (_, i) => next + i))
          if (next % 3 === 0) yield* Disturbances.sometime
        }
        return 0
      }),
      [first.writer]
    )
    const arrived: Array<number> = []
    const sink = machine.start(
      Effect.gen(function*() {
        const sys = yield* Sys
        for (;;) {
          const into = new Uint8Array(5)
          const count = yield* sys.read(0, into)
          if (count === 0) return 0
          arrived.push(...into.subarray(0, count))
          if (arrived.length % 2 === 0) yield* Disturbances.sometime
        }
      }),
      [second.reader]
    )
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(seed), spliceAll, {
      prepare: (victim) => {
        void victim.fds.replace(0, first.reader, false)
        void victim.fds.replace(1, second.writer, false)
      }
    })
    yield* Effect.forEach([source, sink], Machine.awaitEnd)
    const drain = (pipe: typeof from) => {
      const rest = new Uint8Array(TOTAL)
      return pipe.held === 0 ? [] : [...rest.subarray(0, Machine.ready(pipe.tryRead(rest)!))]
    }
    const left = [...drain(to), ...drain(from)]
    yield* drop(first.reader)
    yield* drop(second.reader)
    return { machine, from, to, seen, arrived, left, source }
  })

describe("moving bytes from pipe to pipe, disturbed", () => {
  it.effect(`${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, splicer, (exit, outcome) => {
      const { arrived, from, left, machine, seen, source, to } = Machine.ready(exit)
      fits(seen)
      const all = [...arrived, ...left]
      const written = source.status?._tag === "Exited" ? TOTAL : all.length
      if (all.length !== written || all.some((byte, i) => byte !== i + 1)) {
        throw new Error(`${seen.way}: arrived ${arrived}, left ${left}`)
      }
      for (const pipe of [from, to]) quiet(pipe.canRead, pipe.canWrite)
      tidy(machine, outcome)
    }), TIMEOUT)
})
