/** Random little programs that share two pipes and signal each other: every byte goes through once, and all of them end. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { POLLIN } from "../../src/abi/PollEvents.js"
import { SA_RESTART } from "../../src/abi/SignalFlags.js"
import { SIGCONT, SIGKILL, SIGSTOP, SIGUSR1 } from "../../src/abi/Signals.js"
import { drop } from "../../src/Description.js"
import type { PipeEnd } from "../../src/pipe/PipeEnd.js"
import type { Process } from "../../src/ProcessTable.js"
import { type Program, Sys } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import * as Machine from "./machine.js"
import { schedules, TIMEOUT } from "./schedules.js"
import { quiet, tidy } from "./tidy.js"

const SCHEDULES = schedules(300)
const PIPES = 2
const WRITERS = 6

/** What a pipe carries: bytes that say who wrote them and as which. */
const byte = (writer: number, sequence: number): number => writer * 32 + sequence

interface World {
  readonly machine: Machine.Machine
  readonly processes: Array<Process>
  /** By writer: how many bytes it was told are written, and how many it may have written. */
  readonly told: Array<number>
  readonly begun: Array<number>
  readonly buffers: Array<Uint8Array>
}

/** Descriptors: the reading ends first, then the writing ends. */
const writer = (world: World, id: number): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const pipe = PIPES + id % PIPES
    for (let sequence = 1; sequence < 30;) {
      const count = Math.min(yield* Random.nextIntBetween(1, 7), 30 - sequence)
      const bytes = Uint8Array.from({ length: count }, (_, i) => byte(id, sequence + i))
      world.begun[id] = sequence - 1 + count
      // Nothing of a write of this size is written when it is interrupted.
      const written = yield* Effect.catchTag(sys.write(pipe, bytes), "EINTR", () => Effect.succeed(0))
      world.told[id]! += written
      sequence += written
      yield* Disturbances.aWhile(4)
    }
    return 0
  })

const reader = (world: World, pipe: number): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    for (let fd = PIPES; fd < 2 * PIPES; fd++) yield* sys.close(fd)
    for (;;) {
      if (yield* Random.nextBoolean) yield* Effect.ignore(sys.poll([{ fd: pipe, events: POLLIN }], 3))
      const into = new Uint8Array(yield* Random.nextIntBetween(1, 20))
      world.buffers.push(into)
      const read = Effect.catchTag(sys.read(pipe, into), "EINTR", () => Effect.succeed(-1))
      const count = yield* (yield* Random.nextBoolean) ?
        read :
        Effect.flatMap(Effect.timeoutOption(read, 2), (in_) => Effect.succeed(in_._tag === "Some" ? in_.value : -1))
      if (count === 0) return 0
    }
  })

/** Catches SIGUSR1, one way or the other, and then does what it has to. */
const caught = (restarts: boolean, body: Program): Program =>
  Effect.flatMap(Sys, (sys) =>
    Effect.zipRight(
      sys.sigaction(SIGUSR1, { flags: restarts ? SA_RESTART : 0, disposition: () => Disturbances.aWhile(3) }),
      body
    ))

const trouble = ({ machine, processes }: World) =>
  Effect.gen(function*() {
    for (let i = 0; i < 25; i++) {
      yield* Disturbances.sometime
      const target = processes[yield* Random.nextIntBetween(0, processes.length)]!
      if (target.task === undefined) continue
      switch (yield* Random.nextIntBetween(0, 8)) {
        case 0:
          // Somebody has to be left to read.
          if (target !== processes[0] && target !== processes[1]) machine.send(target, SIGKILL)
          break
        case 1:
        case 2:
        case 3:
          machine.send(target, SIGSTOP)
          yield* Disturbances.aWhile()
          break
        default:
          if (target.signals.actions?.has(SIGUSR1) === true) machine.send(target, SIGUSR1)
      }
      if (yield* Random.nextBoolean) { for (const each of processes) machine.send(each, SIGCONT) }
    }
    for (const each of processes) machine.send(each, SIGCONT)
  })

const crowd = Effect.gen(function*() {
  const machine = yield* Machine.make({ limits: { pipeCapacity: 4096 } })
  const pipes = Array.from({ length: PIPES }, () => machine.pipe())
  const fds = [...pipes.map(({ reader }) => reader), ...pipes.map(({ writer }) => writer)]
  for (const fd of fds) fd.references++
  const world: World = { machine, processes: [], told: [], begun: [], buffers: [] }
  const add = (program: Program) =>
    Effect.map(Random.nextBoolean, (restarts) => world.processes.push(machine.start(caught(restarts, program), fds)))
  for (let pipe = 0; pipe < PIPES; pipe++) yield* add(reader(world, pipe))
  for (let pipe = 0; pipe < PIPES; pipe++) yield* add(reader(world, pipe))
  for (let id = 0; id < WRITERS; id++) {
    world.told.push(0)
    world.begun.push(0)
    yield* add(writer(world, id))
  }
  for (const fd of fds.slice(PIPES)) yield* drop(fd)
  yield* Effect.fork(trouble(world))
  yield* Effect.forEach(world.processes, Machine.awaitEnd)
  for (const fd of fds.slice(0, PIPES)) yield* drop(fd)
  yield* Effect.sleep(1000)
  return { ...world, pipes: pipes.map(({ reader }) => (reader as PipeEnd).pipe) }
})

describe("random programs", () => {
  it.effect(`${SCHEDULES} of them`, () =>
    Simulation.forAll(SCHEDULES, crowd, (exit, outcome) => {
      const { begun, buffers, machine, pipes, told } = Machine.ready(exit)
      const read = new Map<number, number>()
      for (const buffer of buffers) {
        const last = new Map<number, number>()
        for (const each of buffer) {
          if (each === 0) continue
          const id = each >> 5
          if (each <= (last.get(id) ?? 0)) throw new Error(`out of order: ${buffer}`)
          last.set(id, each)
          read.set(each, (read.get(each) ?? 0) + 1)
        }
      }
      for (const [each, times] of read) if (times > 1) throw new Error(`${each} was read ${times} times`)
      for (const [id, count] of told.entries()) {
        const seen = Array.from({ length: 31 }, (_, i) =>
          i + 1).filter((sequence) => read.has(byte(id, sequence))).length
        if (seen !== count && seen !== begun[id]) {
          throw new Error(`writer ${id} wrote ${count} of ${begun[id]}, ${seen} were read`)
        }
      }
      for (const pipe of pipes) {
        quiet(pipe.canRead, pipe.canWrite)
        if (pipe.readers !== 0 || pipe.writers !== 0) {
          throw new Error(`${pipe.readers} readers, ${pipe.writers} writers`)
        }
      }
      tidy(machine, outcome)
    }), TIMEOUT)
})
