import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { AF_INET, AF_INET6, SO_ERROR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET } from "../src/abi/Socket.js"
import type { SystemCalls } from "../src/Sys.js"
import * as VirtualNetwork from "../src/VirtualNetwork.js"
import { machine } from "./support/machine.js"
import { errnoOf } from "./support/run.js"

const inet = (address: string, port: number) => ({ family: "inet", address, port }) as const

const listening = (sys: SystemCalls, address: string, port: number) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
    yield* sys.bind(fd, inet(address, port))
    yield* sys.listen(fd, 16)
    return fd
  })

const connecting = (sys: SystemCalls, address: string, port: number) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
    yield* sys.connect(fd, inet(address, port))
    return fd
  })

const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index * 7 + (index >> 8))

const writeAll = (sys: SystemCalls, fd: number, from: Uint8Array) =>
  Effect.gen(function*() {
    for (let at = 0; at < from.length;) at += yield* sys.write(fd, from.subarray(at))
  })

const readAll = (sys: SystemCalls, fd: number) =>
  Effect.gen(function*() {
    const pieces: Array<Uint8Array> = []
    const into = new Uint8Array(30_000)
    for (;;) {
      const count = yield* sys.read(fd, into)
      if (count === 0) return Buffer.concat(pieces)
      pieces.push(into.slice(0, count))
    }
  })

/** Two machines, connected from the second one to the first. */
const two = (options: VirtualNetwork.Options) =>
  Effect.gen(function*() {
    const network = yield* VirtualNetwork.make(options)
    const one = yield* machine(network, "10.0.0.1")
    const other = yield* machine(network, "10.0.0.2")
    const listener = yield* listening(one, "10.0.0.1", 80)
    const fd = yield* Effect.fork(connecting(other, "10.0.0.1", 80))
    const accepting = yield* Effect.fork(one.accept(listener))
    return { network, one, other, listener, fd, accepting }
  })

const settled = Effect.repeatN(Effect.yieldNow(), 200)

describe("A virtual network", () => {
  it.effect("joins machines: a connection tells each side who the other one is", () =>
    Effect.gen(function*() {
      const { accepting, fd, one, other } = yield* two({})
      const client = yield* Fiber.join(fd)
      const accepted = yield* Fiber.join(accepting)
      const own = yield* other.getsockname(client)
      assert.deepStrictEqual(accepted.address, own)
      assert.strictEqual("address" in own && own.address, "10.0.0.2")
      const sent = bytes(500_000)
      yield* Effect.fork(Effect.zipRight(writeAll(other, client, sent), other.close(client)))
      assert.isTrue((yield* readAll(one, accepted.fd)).equals(sent))
    }).pipe(Effect.scoped))

  it.effect("answers as a network does where nobody listens, where nobody is, and where no way leads", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const one = yield* machine(network, "10.0.0.1")
      yield* machine(network, "10.0.0.2")
      assert.strictEqual(yield* errnoOf(connecting(one, "10.0.0.2", 80)), "ECONNREFUSED")
      assert.strictEqual(yield* errnoOf(connecting(one, "10.0.0.3", 80)), "EHOSTUNREACH")
      const six = yield* one.socket(AF_INET6, SOCK_STREAM)
      const far = { family: "inet6", address: "fd00::1", port: 80 } as const
      assert.strictEqual(yield* errnoOf(one.connect(six, far)), "ENETUNREACH")
    }).pipe(Effect.scoped))

  it.effect("keeps a machine's loopback its own", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const one = yield* machine(network, "10.0.0.1")
      const other = yield* machine(network, "10.0.0.2")
      yield* listening(one, "127.0.0.1", 80)
      assert.strictEqual(yield* errnoOf(connecting(other, "127.0.0.1", 80)), "ECONNREFUSED")
      assert.strictEqual(yield* errnoOf(connecting(other, "10.0.0.1", 80)), "ECONNREFUSED")
      assert.strictEqual(yield* errnoOf(connecting(one, "127.0.0.1", 80)), "success")
    }).pipe(Effect.scoped))

  it.effect("with latency, connecting takes a round trip and bytes half of one, in the time of the clock", () =>
    Effect.gen(function*() {
      const { accepting, fd, one } = yield* two({ latency: 50 })
      yield* TestClock.adjust(99)
      yield* settled
      assert.isNull(yield* fd.poll.pipe(Effect.map((exit) => exit._tag === "None" ? null : exit)))
      yield* TestClock.adjust(1)
      yield* Fiber.join(fd)
      const accepted = yield* Fiber.join(accepting)
      assert.strictEqual(yield* one.fionread(accepted.fd), 0)
    }).pipe(Effect.scoped))

  it.effect("a partition lets connections stand still, and nothing is lost when it heals", () =>
    Effect.gen(function*() {
      const { accepting, fd, network, one, other } = yield* two({})
      const client = yield* Fiber.join(fd)
      const { fd: server } = yield* Fiber.join(accepting)
      yield* network.partition(["10.0.0.1"], ["10.0.0.2"])
      yield* writeAll(other, client, bytes(1000))
      yield* settled
      assert.strictEqual(yield* one.fionread(server), 0)
      const late = yield* Effect.fork(connecting(other, "10.0.0.1", 80))
      yield* settled
      yield* network.heal
      assert.strictEqual(yield* one.fionread(server), 1000)
      yield* Fiber.join(late)
    }).pipe(Effect.scoped))

  it.effect("a writer waits for a reader on the other machine, and the network holds no more than its window", () =>
    Effect.gen(function*() {
      const { accepting, fd, one, other } = yield* two({})
      const client = yield* Fiber.join(fd)
      const { fd: server } = yield* Fiber.join(accepting)
      const sent = bytes(3_000_000)
      const writing = yield* Effect.fork(Effect.zipRight(writeAll(other, client, sent), other.close(client)))
      yield* settled
      assert.isTrue((yield* writing.poll)._tag === "None")
      assert.isBelow(yield* one.fionread(server), 500_000)
      assert.isTrue((yield* readAll(one, server)).equals(sent))
    }).pipe(Effect.scoped))

  it.effect("a side that closes with bytes unread resets the other", () =>
    Effect.gen(function*() {
      const { accepting, fd, one, other } = yield* two({})
      const client = yield* Fiber.join(fd)
      const { fd: server } = yield* Fiber.join(accepting)
      yield* other.write(client, bytes(10))
      yield* one.close(server)
      assert.strictEqual(yield* errnoOf(other.read(client, new Uint8Array(1))), "ECONNRESET")
    }).pipe(Effect.scoped))

  it.effect("datagrams get lost, arrive twice and overtake each other, as often as they are told to", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make({
        seed: 5,
        latency: [0, 10],
        loss: 0.3,
        duplication: 0.2,
        reordering: true
      })
      const one = yield* machine(network, "10.0.0.1")
      const other = yield* machine(network, "10.0.0.2")
      const server = yield* one.socket(AF_INET, SOCK_DGRAM)
      yield* one.bind(server, inet("10.0.0.1", 53))
      const client = yield* other.socket(AF_INET, SOCK_DGRAM)
      for (let i = 0; i < 200; i++) yield* other.sendto(client, Uint8Array.of(i), 0, inet("10.0.0.1", 53))
      yield* TestClock.adjust(20)
      yield* settled
      const came: Array<number> = []
      const into = new Uint8Array(10)
      while ((yield* one.fionread(server)) > 0) {
        yield* one.recv(server, into)
        came.push(into[0]!)
      }
      const different = new Set(came)
      assert.isTrue(different.size > 100 && different.size < 180, `${different.size} of 200 arrived`)
      assert.isTrue(came.length > different.size, "none came twice")
      assert.notDeepEqual(came, [...came].sort((a, b) => a - b))
    }).pipe(Effect.scoped))

  it.effect("a datagram to a port that nobody has comes back to a sender that is connected", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      yield* machine(network, "10.0.0.1")
      const other = yield* machine(network, "10.0.0.2")
      const client = yield* other.socket(AF_INET, SOCK_DGRAM)
      yield* other.connect(client, inet("10.0.0.1", 53))
      yield* other.send(client, bytes(3))
      assert.strictEqual(yield* errnoOf(other.send(client, bytes(3))), "ECONNREFUSED")
      assert.strictEqual(yield* other.getsockopt(client, SOL_SOCKET, SO_ERROR), 0)
    }).pipe(Effect.scoped))

  it.effect("whatever the weather, a stream arrives whole and in order, under thirty seeds", () =>
    Effect.forEach(Array.from({ length: 30 }, (_, seed) => seed), (seed) =>
      Effect.gen(function*() {
        const { accepting, fd, network, one, other } = yield* two({ seed, latency: [1, 40], loss: 0.2 })
        const ticking = Effect.zipRight(TestClock.adjust(40), Effect.repeatN(Effect.yieldNow(), 20))
        yield* Effect.forkScoped(Effect.forever(ticking))
        const client = yield* Fiber.join(fd)
        const { fd: server } = yield* Fiber.join(accepting)
        const sent = bytes(1000 + seed * 7001)
        yield* Effect.fork(Effect.zipRight(writeAll(other, client, sent), other.close(client)))
        yield* network.partition(["10.0.0.1"], ["10.0.0.2"])
        yield* Effect.forkScoped(Effect.delay(network.heal, 50 * (seed % 5)))
        assert.isTrue((yield* readAll(one, server)).equals(sent))
      }).pipe(Effect.scoped), { discard: true }))
})
