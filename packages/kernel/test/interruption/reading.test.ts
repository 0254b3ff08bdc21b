/** Reading from a pipe, disturbed: every byte is read once, in order, by whoever is left. */
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

/** Reads to the end, each time into a buffer of its own, so that what was taken is seen even if nobody was told. */
const readAll = (sys: SystemCalls, buffers: Array<Uint8Array>) =>
  Effect.gen(function*() {
    for (;;) {
      const into = new Uint8Array(7)
      buffers.push(into)
      const count = yield* sys.read(0, into)
      if (count === 0) return
      if (into.indexOf(0) !== -1 && into.indexOf(0) !== count) throw new Error(`answered ${count} of ${into}`)
    }
  })

const readers = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make({ limits: { pipeCapacity: 4096 } })
    const { reader, writer } = machine.pipe()
    const { pipe } = reader as PipeEnd
    reader.references++
    const taken: Array<Uint8Array> = []
    const inherited: Array<Uint8Array> = []
    const heir = () => machine.start(Effect.flatMap(Sys, (sys) => Effect.as(readAll(sys, inherited), 0)), [reader])
    const heirs = [heir(), heir()]
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
      [writer]
    )
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(seed), (sys) => readAll(sys, taken), {
      prepare: (victim) => void victim.fds.replace(0, reader, false)
    })
    yield* Effect.forEach([...heirs, source], Machine.awaitEnd)
    // Everybody is gone: one more reader takes what is left.
    const rest = new Uint8Array(TOTAL)
    if (pipe.held > 0) {
      inherited.push(rest.slice(0, Machine.ready(pipe.tryRead(rest)!)))
    }
    yield* drop(reader)
    return { machine, pipe, seen, taken, inherited, source }
  })

const bytesOf = (buffers: ReadonlyArray<Uint8Array>) =>
  buffers.flatMap((buffer) => Array.from(buffer).filter((byte) => byte !== 0))

describe("reading from a pipe, disturbed", () => {
  it.effect(`${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, readers, (exit, outcome) => {
      const { inherited, machine, pipe, seen, source, taken } = Machine.ready(exit)
      fits(seen)
      const all = [...bytesOf(taken), ...bytesOf(inherited)].sort((a, b) => a - b)
      // When all ended, so did the writer: then what it had written was read.
      const written = source.status?._tag === "Exited" ? TOTAL : all.length
      if (all.length !== written || all.some((byte, i) => byte !== i + 1)) throw new Error(`${seen.way}: read ${all}`)
      const order = bytesOf(taken)
      if (order.some((byte, i) => i > 0 && byte < order[i - 1]!)) throw new Error(`out of order: ${order}`)
      quiet(pipe.canRead, pipe.canWrite)
      if (pipe.readers !== 0 || pipe.writers !== 0) throw new Error(`${pipe.readers} readers, ${pipe.writers} writers`)
      tidy(machine, outcome)
    }), TIMEOUT)
})
