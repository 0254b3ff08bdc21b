/** Two machines in bad weather, and processes that are killed in the middle of it: what is left, under many seeds. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { SIGKILL } from "../src/abi/Signals.js"
import { AF_INET, SHUT_WR, SOCK_DGRAM, SOCK_STREAM } from "../src/abi/Socket.js"
import * as Bytes from "../src/Bytes.js"
import * as Kernel from "../src/Kernel.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import * as VirtualNetwork from "../src/VirtualNetwork.js"

/** `EFFIX_SEEDS=1000` for more, `EFFIX_SEED=7` for the first of them. */
declare const process: { readonly env: Record<string, string | undefined> }
const SEEDS = Number(process.env.EFFIX_SEEDS ?? 30)
const FROM = Number(process.env.EFFIX_SEED ?? 0)
/** So many play at the same time. */
const AT_ONCE = 50
const CLIENTS = 4

const server = { family: "inet", address: "10.0.0.1", port: 80 } as const
const names = { family: "inet", address: "10.0.0.1", port: 53 } as const

const boot = (network: VirtualNetwork.VirtualNetwork, address: string) =>
  Effect.map(
    Layer.build(Kernel.layer.pipe(Layer.provide(VirtualNetwork.layer(network, [address])))),
    (rooms) => Context.get(rooms, Kernel.Kernel)
  )

/** Sends back what comes until it ends, for each connection in a process of its own. */
const echo = Effect.gen(function*() {
  const sys = yield* Sys
  const listening = yield* sys.socket(AF_INET, SOCK_STREAM)
  yield* sys.bind(listening, server)
  yield* sys.listen(listening, 2)
  for (;;) {
    const { fd } = yield* sys.accept(listening)
    yield* sys.spawn(Effect.gen(function*() {
      const own = yield* Sys
      yield* own.close(listening)
      const into = new Uint8Array(4096)
      for (;;) {
        const count = yield* own.read(fd, into)
        if (count === 0) return 0
        for (let at = 0; at < count;) at += yield* own.write(fd, into.subarray(at, count))
      }
    }))
    yield* sys.close(fd)
  }
})

/** Answers each datagram, as long as it lives. */
const answers = Effect.gen(function*() {
  const sys = yield* Sys
  const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
  yield* sys.bind(fd, names)
  const into = new Uint8Array(16)
  for (;;) {
    const { count, from } = yield* sys.recvfrom(fd, into)
    if (from !== undefined) yield* sys.sendto(fd, into.subarray(0, count), 0, from)
  }
})

const isSame = (into: Uint8Array, count: number, at: number): boolean =>
  into.subarray(0, count).every((byte, i) => byte === ((at + i) * 31 & 255))

/** Sends bytes and reads them back; exits with 1 if they are others. */
const client = (length: number) =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
    yield* sys.connect(fd, server)
    yield* sys.spawn(Effect.gen(function*() {
      const own = yield* Sys
      const bytes = Uint8Array.from({ length }, (_, i) => i * 31)
      for (let at = 0; at < length;) at += yield* own.write(fd, bytes.subarray(at))
      yield* own.shutdown(fd, SHUT_WR)
      return 0
    }))
    const into = new Uint8Array(3000)
    for (let at = 0;;) {
      const count = yield* sys.read(fd, into)
      if (count === 0) return at === length ? 0 : 1
      if (!isSame(into, count, at)) return 1
      at += count
    }
  })

/** Asks until it is answered. */
const asking = Effect.gen(function*() {
  const sys = yield* Sys
  const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
  const into = new Uint8Array(16)
  for (;;) {
    yield* sys.sendto(fd, Uint8Array.of(7), 0, names)
    const [ready = 0] = yield* sys.poll([{ fd, events: 1 }], 100)
    if (ready !== 0) return (yield* sys.recv(fd, into)) === 1 && into[0] === 7 ? 0 : 1
  }
})

const readAll = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0)
    const into = new Uint8Array(100_000)
    let text = ""
    for (let count = -1; count !== 0;) {
      count = yield* sys.read(fd, into)
      text += Bytes.decode(into.subarray(0, count))
    }
    yield* sys.close(fd)
    return text
  })

/** What a machine's lists of sockets hold, without their headings. */
const sockets = (kernel: Kernel.Kernel["Type"]) =>
  Effect.gen(function*() {
    let lists: ReadonlyArray<string> = ["nothing was read"]
    const program = Effect.gen(function*() {
      const sys = yield* Sys
      const texts = yield* Effect.forEach(["/proc/net/tcp", "/proc/net/udp"], (path) => readAll(sys, path))
      lists = texts.flatMap((text) => text.trimEnd().split("\n").slice(1))
      return 0
    })
    yield* Effect.flatMap(kernel.spawn(program), ({ wait }) => wait)
    return lists
  })

const play = (seed: number) =>
  Effect.gen(function*() {
    const network = yield* VirtualNetwork.make({
      seed,
      latency: [1, 30],
      loss: 0.15,
      duplication: 0.1,
      reordering: true
    })
    const one = yield* boot(network, server.address)
    const other = yield* boot(network, "10.0.0.2")
    const listening = yield* one.spawn(echo)
    const answering = yield* one.spawn(answers)
    yield* Effect.sleep(1)
    const running = yield* Effect.forEach(
      Array.from({ length: CLIENTS }, (_, i) => i),
      (i) => other.spawn(i === 0 ? asking : client(1 + i * 1500 * (seed % 7)))
    )
    // One is killed at some moment: before it is connected, while it sends, or when it is done.
    const killing = Effect.delay(Effect.ignore(running[CLIENTS - 1]!.kill(SIGKILL)), seed * 7 % 500)
    const parting = Effect.delay(network.partition([server.address], ["10.0.0.2"]), seed % 11 * 10)
    const weather = yield* Effect.fork(
      Effect.all([killing, Effect.zipRight(parting, Effect.delay(network.heal, 200))], {
        concurrency: "unbounded",
        discard: true
      })
    )
    const ends = yield* Effect.forEach(running, ({ wait }) => wait)
    yield* Fiber.join(weather)
    const whole = ends.slice(0, -1).filter((status) => status._tag !== "Exited" || status.code !== 0)
    assert.deepStrictEqual(whole, [], `seed ${seed}`)
    yield* listening.kill(SIGKILL)
    yield* answering.kill(SIGKILL)
    yield* Effect.all([listening.wait, answering.wait])
    // What is under way arrives at nobody.
    yield* Effect.sleep(15_000)
    assert.deepStrictEqual(yield* Effect.all([sockets(one), sockets(other)]), [[], []], `seed ${seed}`)
  }).pipe(Effect.scoped)

describe("Machines in bad weather", () => {
  it.effect(
    "get every byte across, and keep no socket of processes that have ended or were killed",
    () =>
      Effect.gen(function*() {
        // One clock for all of them, so that they take the time of one.
        yield* Effect.forkScoped(Effect.forever(Effect.zipRight(TestClock.adjust(200), Effect.yieldNow())))
        yield* Effect.forEach(Array.from({ length: SEEDS }, (_, i) => FROM + i), play, {
          concurrency: AT_ONCE,
          discard: true
        })
      }).pipe(Effect.scoped),
    60_000 + 3000 * SEEDS
  )
})
