/** Calls on sockets, disturbed: no byte is lost or read twice, no connection is lost, and no socket is left. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Abi from "../../src/abi/Socket.js"
import { drop } from "../../src/Description.js"
import type { Process } from "../../src/ProcessTable.js"
import type { Socket } from "../../src/socket/Socket.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import { fits } from "./fits.js"
import * as Machine from "./machine.js"
import { schedules, TIMEOUT } from "./schedules.js"
import { quiet, tidy } from "./tidy.js"

const SCHEDULES = schedules(540)
const TOTAL = 60
const here = { family: "inet", address: "127.0.0.1", port: 7000 } as const
const name = { family: "unix", abstract: "here" } as const

/** Two sockets that are connected, of a family that the seed chooses. */
const pairOf = ({ init, rooms: { sockets } }: Machine.Machine, seed: number): readonly [Socket, Socket] => {
  if (seed % 3 !== 0) {
    return Machine.ready(sockets.pair(Abi.AF_UNIX, seed % 3 === 1 ? Abi.SOCK_STREAM : Abi.SOCK_SEQPACKET, 0, 0, init))
  }
  const make = () => Machine.ready(sockets.create(Abi.AF_INET, Abi.SOCK_STREAM, 0, 0, init))
  const [listener, near] = [make(), make()]
  Machine.ready(listener.bind(here, init))
  Machine.ready(listener.listen(1, init))
  Machine.ready(near.connect(here, init))
  const far = Machine.ready(listener.accept(init, Exit.succeed))
  listener.references++
  Machine.ready(drop(listener))
  return [near, far]
}

/** Reads to the end, each time into a buffer of its own, so that what was taken is seen even if nobody was told. */
const readAll = (sys: SystemCalls, buffers: Array<Uint8Array>) =>
  Effect.gen(function*() {
    for (;;) {
      const into = new Uint8Array(7)
      buffers.push(into)
      if ((yield* sys.recv(0, into)) === 0) return
    }
  })

const bytesOf = (buffers: ReadonlyArray<Uint8Array>) =>
  buffers.flatMap((buffer) => Array.from(buffer).filter((byte) => byte !== 0))

const readers = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const [near, far] = pairOf(machine, seed)
    near.references++
    const taken: Array<Uint8Array> = []
    const inherited: Array<Uint8Array> = []
    const heir = () => machine.start(Effect.flatMap(Sys, (sys) => Effect.as(readAll(sys, inherited), 0)), [near])
    const heirs = [heir(), heir()]
    const source = machine.start(
      Effect.gen(function*() {
        const sys = yield* Sys
        for (let next = 1; next <= TOTAL;) {
          const some = Math.min(1 + next % 5, TOTAL + 1 - next)
          next += yield* sys.send(0, Uint8Array.from({ length: some }, (_, i) => next + i))
          if (next % 3 === 0) yield* Disturbances.sometime
        }
        return 0
      }),
      [far]
    )
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(Math.floor(seed / 3)), (sys) =>
      readAll(sys, taken), {
      prepare: (victim) =>
        void victim.fds.replace(0, near, false)
    })
    yield* Effect.forEach([...heirs, source], Machine.awaitEnd)
    const rest = new Uint8Array(TOTAL)
    while (Machine.ready(near.available()) > 0) {
      inherited.push(rest.slice(0, Machine.ready(near.receive(rest, 0, undefined))))
    }
    yield* drop(near)
    return { machine, near, far, seen, taken, inherited, source }
  })

/** Writes more than there is room for, against a reader that takes its time. */
const writers = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const [near, far] = pairOf(machine, seed * 3 + 1)
    Machine.ready(near.setOption(Abi.SOL_SOCKET, Abi.SO_SNDBUF, 1, machine.init))
    const got: Array<Uint8Array> = []
    const reader = machine.start(
      Effect.gen(function*() {
        const sys = yield* Sys
        const into = new Uint8Array(3)
        for (;;) {
          yield* Disturbances.sometime
          const count = yield* sys.read(0, into)
          if (count === 0) return 0
          got.push(into.slice(0, count))
        }
      }),
      [far]
    )
    let told = 0
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(Math.floor(seed / 3)), (sys) =>
      Effect.gen(function*() {
        while (told < TOTAL) {
          told += yield* sys.write(0, Uint8Array.of(told + 1))
        }
      }), {
      prepare: (victim) =>
        void victim.fds.replace(0, near, false)
    })
    yield* Machine.awaitEnd(reader)
    return { machine, near, far, seen, told, got, reader }
  })

/** A server that is disturbed, a second one beside it, and clients of both. */
const meetings = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { init, rooms: { sockets } } = machine
    const [domain, address] = seed % 2 === 0 ? [Abi.AF_UNIX, name] : [Abi.AF_INET, here]
    const listener = Machine.ready(sockets.create(domain, Abi.SOCK_STREAM, 0, 0, init))
    Machine.ready(listener.bind(address, init))
    Machine.ready(listener.listen(0, init))
    listener.references++
    const serve = (sys: SystemCalls) =>
      Effect.forever(Effect.gen(function*() {
        const { fd } = yield* sys.accept(0)
        yield* Effect.ignore(sys.send(fd, Uint8Array.of(42), Abi.MSG_NOSIGNAL))
        yield* sys.close(fd)
      }))
    const second = machine.start(Effect.flatMap(Sys, serve), [listener])
    const clients = Array.from({ length: 4 }, () =>
      machine.start(Effect.gen(function*() {
        const sys = yield* Sys
        yield* Disturbances.sometime
        const fd = yield* sys.socket(domain, Abi.SOCK_STREAM)
        yield* sys.connect(fd, address)
        yield* sys.read(fd, new Uint8Array(1))
        return 0
      })))
    const accepts = (seed >> 1) % 2 === 0
    let victim: Process | undefined
    // Somebody comes for as long as the victim may wait for him.
    const visitor = machine.start(Effect.gen(function*() {
      const sys = yield* Sys
      while (victim === undefined || victim.task !== undefined) {
        yield* Effect.sleep(1)
        const fd = yield* sys.socket(domain, Abi.SOCK_STREAM)
        yield* sys.connect(fd, address)
        yield* sys.close(fd)
      }
      return 0
    }))
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(seed >> 2), (sys) =>
      Effect.gen(function*() {
        const fd = accepts ? (yield* sys.accept(0)).fd : yield* sys.socket(domain, Abi.SOCK_STREAM)
        if (!accepts) yield* sys.connect(fd, address)
        yield* sys.close(fd)
      }), {
      prepare: (process) => {
        victim = process
        void process.fds.replace(0, listener, false)
      }
    })
    yield* Effect.raceFirst(
      Effect.forEach([...clients, visitor], Machine.awaitEnd),
      Effect.map(Effect.sleep(1000), () => machine.shutDown())
    )
    const hung = clients.filter(({ status }) => status?._tag !== "Exited").length
    machine.shutDown()
    yield* Machine.awaitEnd(second)
    yield* drop(listener)
    return { machine, listener, seen, hung }
  })

const left = ({ rooms: { sockets } }: Machine.Machine): void => {
  const open = sockets.list()
  if (open.length > 0) throw new Error(`sockets are left: ${JSON.stringify(open)}`)
}

describe("receiving, disturbed", () => {
  it.effect(`${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, readers, (exit, outcome) => {
      const { far, inherited, machine, near, seen, source, taken } = Machine.ready(exit)
      fits(seen)
      const all = [...bytesOf(taken), ...bytesOf(inherited)].sort((a, b) => a - b)
      const written = source.status?._tag === "Exited" ? TOTAL : all.length
      if (all.length !== written || all.some((byte, i) => byte !== i + 1)) throw new Error(`${seen.way}: read ${all}`)
      quiet(near.canReceive, near.canSend, far.canReceive, far.canSend)
      left(machine)
      tidy(machine, outcome)
    }), TIMEOUT)
})

describe("sending, disturbed", () => {
  it.effect(`${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, writers, (exit, outcome) => {
      const { far, got, machine, near, reader, seen, told } = Machine.ready(exit)
      fits(seen)
      const all = got.flatMap((each) => Array.from(each))
      if (all.some((byte, i) => byte !== i + 1)) throw new Error(`${seen.way}: read ${all}`)
      // One byte may have gone of which its writer was not told any more.
      if (reader.status?._tag === "Exited" && (all.length < told || all.length > told + 1)) {
        throw new Error(`${seen.way}: told of ${told}, read ${all.length}`)
      }
      quiet(near.canReceive, near.canSend, far.canReceive, far.canSend)
      left(machine)
      tidy(machine, outcome)
    }), TIMEOUT)
})

describe("accepting and connecting, disturbed", () => {
  it.effect(`${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, meetings, (exit, outcome) => {
      const { hung, listener, machine, seen } = Machine.ready(exit)
      fits(seen)
      if (seen.way !== "the end of all" && hung > 0) throw new Error(`${seen.way}: ${hung} clients hung`)
      quiet(listener.canReceive, listener.canSend)
      left(machine)
      tidy(machine, outcome)
    }), TIMEOUT)
})
