/** Reading from and writing to a terminal, disturbed: every line is read once, and what is written appears. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { drop } from "../../src/Description.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import { fits } from "./fits.js"
import * as Machine from "./machine.js"
import { schedules, TIMEOUT } from "./schedules.js"
import { tidy } from "./tidy.js"

const SCHEDULES = schedules(360)
const LINES = 8
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const bytes = (typed: string): Uint8Array => Uint8Array.from(typed, (c) => c.charCodeAt(0))

const readLines = (sys: SystemCalls, lines: Array<Uint8Array>) =>
  Effect.gen(function*() {
    for (;;) {
      const into = new Uint8Array(20)
      lines.push(into)
      const count = yield* sys.read(0, into)
      if (count === 0 || text(into).startsWith("end")) return
    }
  })

const typist = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { init } = machine
    const { master, openSlave } = machine.terminal()
    const slave = openSlave(init)
    slave.references++
    const taken: Array<Uint8Array> = []
    const inherited: Array<Uint8Array> = []
    const typing = yield* Effect.fork(Effect.gen(function*() {
      for (let line = 1; line <= LINES; line++) {
        yield* Disturbances.sometime
        yield* master.write(bytes(`line ${line}\n`), init)
      }
      // One for each reader.
      yield* master.write(bytes("end\nend\nend\n"), init)
    }))
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(seed), (sys) => readLines(sys, taken), {
      prepare: (victim) => void victim.fds.replace(0, slave, false)
    })
    const heir = machine.start(
      Effect.flatMap(Sys, (sys) => Effect.as(readLines(sys, inherited), 0)),
      [slave]
    )
    yield* Machine.awaitEnd(heir)
    yield* Effect.exit(typing.await)
    yield* drop(slave)
    yield* drop(master)
    return { machine, seen, taken, inherited }
  })

const writer = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { init } = machine
    const { master, openSlave } = machine.terminal()
    const slave = openSlave(init)
    slave.references++
    let shown = ""
    const screen = yield* Effect.fork(Effect.ignore(Effect.gen(function*() {
      const into = new Uint8Array(3000)
      for (;;) {
        yield* Disturbances.sometime
        shown += text(into.subarray(0, yield* master.read(into, init)))
      }
    })))
    let told = 0
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(seed), (sys) =>
      Effect.gen(function*() {
        for (let i = 0; i < 3; i++) told += yield* sys.write(0, bytes("x".repeat(6000)))
      }), { prepare: (victim) => void victim.fds.replace(0, slave, false) })
    yield* drop(slave)
    yield* screen.await
    yield* drop(master)
    return { machine, seen, told, shown }
  })

describe("a terminal, disturbed", () => {
  it.effect(`reading: ${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, typist, (exit, outcome) => {
      const { inherited, machine, seen, taken } = Machine.ready(exit)
      fits(seen)
      const read = [...taken, ...inherited].map(text).filter((line) => line.startsWith("line")).map((line) =>
        Number(line.slice(5, 6))
      )
      if (read.length !== LINES || new Set(read).size !== LINES) throw new Error(`${seen.way}: read ${read}`)
      if (read.some((line, i) => line !== i + 1)) throw new Error(`${seen.way}: out of order: ${read}`)
      tidy(machine, outcome)
    }), TIMEOUT)

  it.effect(`writing: ${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, writer, (exit, outcome) => {
      const { machine, seen, shown, told } = Machine.ready(exit)
      fits(seen)
      const ended = seen.status?._tag === "Exited" && seen.answer?._tag === "Success"
      if (ended ? shown.length !== told : shown.length < told || shown.length > told + 6000) {
        throw new Error(`${seen.way}: told ${told}, shown ${shown.length}`)
      }
      tidy(machine, outcome)
    }), TIMEOUT)
})
