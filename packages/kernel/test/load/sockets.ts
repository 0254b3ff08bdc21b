/** Many connections at once, of each kind, and many messages through them: what is left of them when they are closed. */
import * as Effect from "effect/Effect"
import * as Abi from "../../src/abi/Socket.js"
import type * as Errno from "../../src/Errno.js"
import * as Kernel from "../../src/Kernel.js"
import * as Sockets from "../../src/Sockets.js"
import { type Program, Sys, type SystemCalls } from "../../src/Sys.js"
import { run, used } from "./load.js"

export interface Size {
  /** Connections that are open at the same time, of each family. */
  readonly connections: number
  /** Messages that go through them, of each family. */
  readonly messages: number
  /** How often all of it happens after the first time. */
  readonly rounds: number
}

const families = [
  [Abi.AF_UNIX, { family: "unix", abstract: "load" }],
  [Abi.AF_INET, { family: "inet", address: "127.0.0.1", port: 7000 }]
] as const

type Pair = readonly [near: number, far: number]

const talk = (sys: SystemCalls, pairs: ReadonlyArray<Pair>, messages: number) =>
  Effect.gen(function*() {
    const message = new Uint8Array(64)
    const view = new DataView(message.buffer)
    for (let i = 0; i < messages; i++) {
      const [near, far] = pairs[i % pairs.length]!
      view.setUint32(0, i)
      yield* sys.write(near, message)
      const count = yield* sys.read(far, message)
      if (count !== 64 || view.getUint32(0) !== i) return yield* Effect.dieMessage(`message ${i} did not arrive`)
    }
  })

const connections = (domain: number, address: Sockets.SocketAddress, size: Size): Effect.Effect<void, Errno.Any, Sys> =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const listening = yield* sys.socket(domain, Abi.SOCK_STREAM)
    yield* sys.bind(listening, address)
    yield* sys.listen(listening, 1)
    const pairs: Array<Pair> = []
    for (let i = 0; i < size.connections; i++) {
      const near = yield* sys.socket(domain, Abi.SOCK_STREAM)
      yield* sys.connect(near, address)
      pairs.push([near, (yield* sys.accept(listening)).fd])
    }
    yield* talk(sys, pairs, size.messages)
    // Half of them are left with something unread, and some to the end of the process.
    for (const [i, [near, far]] of pairs.entries()) {
      if (i % 2 === 0) yield* sys.write(near, new Uint8Array(10))
      if (i % 10 === 0) continue
      yield* sys.close(near)
      yield* sys.close(far)
    }
    yield* sys.close(listening)
  })

/** Datagrams between sockets that come and go, to those who are there and to those who are not. */
const datagrams = (size: Size): Effect.Effect<void, Errno.Any, Sys> =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const there = { family: "inet", address: "127.0.0.1", port: 5000 } as const
    const nobody = { ...there, port: 5001 }
    const receiver = yield* sys.socket(Abi.AF_INET, Abi.SOCK_DGRAM)
    yield* sys.bind(receiver, there)
    yield* sys.setsockopt(receiver, Abi.SOL_IP, Abi.IP_ADD_MEMBERSHIP, { group: "239.1.2.3" })
    const message = new Uint8Array(64)
    for (let i = 0; i < size.connections; i++) {
      const fd = yield* sys.socket(Abi.AF_INET, Abi.SOCK_DGRAM)
      yield* sys.sendto(fd, message, 0, there)
      yield* sys.recv(receiver, message)
      yield* sys.connect(fd, nobody)
      yield* sys.write(fd, message)
      yield* sys.close(fd)
    }
    yield* sys.close(receiver)
  })

interface Left {
  readonly sockets: number
  /** Bytes in use after the last round besides those after the first; `undefined` where nobody can tell. */
  readonly bytes: number | undefined
}

export const loadSockets = (size: Size) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const sockets = yield* Sockets.Sockets
    const programs: ReadonlyArray<Effect.Effect<void, Errno.Any, Sys>> = [
      ...families.map(([domain, address]) => connections(domain, address, size)),
      datagrams(size)
    ]
    const round = Effect.forEach(
      programs,
      (each) => run(kernel, Effect.as(Effect.orDie(each), 0) satisfies Program),
      { discard: true }
    )
    yield* round
    const before = used()
    yield* Effect.repeatN(round, size.rounds - 1)
    const after = used()
    return {
      sockets: sockets.list().length,
      bytes: before === undefined || after === undefined ? undefined : after - before
    } satisfies Left
  })
