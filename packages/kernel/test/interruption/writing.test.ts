/** Writing to a full pipe, disturbed: what went in goes in whole and in order, and the writers behind are not forgotten. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { drop } from "../../src/Description.js"
import type { PipeEnd } from "../../src/pipe/PipeEnd.js"
import { Sys } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import { fits } from "./fits.js"
import * as Machine from "./machine.js"
import { schedules, TIMEOUT } from "./schedules.js"
import { quiet, tidy } from "./tidy.js"

const SCHEDULES = schedules(360)
/** Whole or not at all; in as many pieces as it takes. */
const ATOMIC = 3000
const LARGE = 10_000

const writers = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make({ limits: { pipeCapacity: 8192 } })
    const { reader, writer } = machine.pipe()
    const { pipe } = reader as PipeEnd
    writer.references++
    const size = seed % 2 === 0 ? ATOMIC : LARGE
    const message = new Uint8Array(size).fill(1)
    const received: Array<number> = []
    const source = (id: number) =>
      machine.start(
        Effect.gen(function*() {
          const sys = yield* Sys
          yield* Disturbances.aWhile()
          for (let i = 0; i < 4; i++) yield* sys.write(0, new Uint8Array(ATOMIC).fill(id))
          return 0
        }),
        [writer]
      )
    const others = [source(2), source(3)]
    const sink = machine.start(
      Effect.gen(function*() {
        const sys = yield* Sys
        const into = new Uint8Array(4000)
        for (let count = 1; count > 0;) {
          yield* Disturbances.sometime
          count = yield* sys.read(0, into)
          for (let i = 0; i < count; i++) received.push(into[i]!)
        }
        return 0
      }),
      [reader]
    )
    const answered: Array<number> = []
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(seed >> 1), (sys) =>
      Effect.gen(function*() {
        for (let i = 0; i < 3; i++) answered.push(yield* sys.write(0, message))
      }), { prepare: (victim) => void victim.fds.replace(0, writer, false) })
    yield* Effect.forEach(others, Machine.awaitEnd)
    yield* drop(writer)
    yield* Machine.awaitEnd(sink)
    return { machine, pipe, seen, answered, received, size, others }
  })

/** The lengths of the runs of one writer's bytes. */
const runs = (received: ReadonlyArray<number>, id: number): ReadonlyArray<number> => {
  const lengths: Array<number> = []
  received.forEach((byte, i) => {
    if (byte !== id) return
    if (received[i - 1] === id) lengths[lengths.length - 1]!++
    else lengths.push(1)
  })
  return lengths
}

describe("writing to a full pipe, disturbed", () => {
  it.effect(`${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, writers, (exit, outcome) => {
      const { answered, machine, others, pipe, received, seen, size } = Machine.ready(exit)
      fits(seen)
      // When all end, the reader may end first.
      for (const [i, other] of seen.way === "the end of all" ? [] : others.entries()) {
        const lengths = runs(received, i + 2)
        const total = lengths.reduce((sum, length) => sum + length, 0)
        if (other.status?._tag === "Exited" && total !== 4 * ATOMIC) {
          throw new Error(`${seen.way}: writer ${i + 2} wrote ${total}`)
        }
        if (other.status?._tag === "Exited" && lengths.some((length) => length % ATOMIC !== 0)) {
          throw new Error(`${seen.way}: writer ${i + 2} was torn: ${lengths}`)
        }
      }
      const mine = received.filter((byte) => byte === 1).length
      const told = answered.reduce((sum, count) => sum + count, 0)
      const ended = seen.status?._tag === "Exited" && seen.answer?._tag === "Success"
      if (seen.way !== "the end of all" && (ended ? mine !== told : mine < told || mine > told + size)) {
        throw new Error(`${seen.way}: told ${answered}, read ${mine}`)
      }
      if (size === ATOMIC && seen.way !== "the end of all" && mine % ATOMIC !== 0) {
        throw new Error(`${seen.way}: torn at ${mine}`)
      }
      quiet(pipe.canRead, pipe.canWrite)
      if (pipe.readers !== 0 || pipe.writers !== 0) throw new Error(`${pipe.readers} readers, ${pipe.writers} writers`)
      tidy(machine, outcome)
    }), TIMEOUT)
})
