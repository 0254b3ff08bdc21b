import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Abi from "../../src/abi/Socket.js"
import { Kernel } from "../../src/index.js"
import * as Sockets from "../../src/Sockets.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import { errnoOf, inProcess, read, write } from "../support/run.js"

/** `EFFIX_CONNECTIONS=10000 EFFIX_MESSAGES=1000000` for a long one. */
declare const process: { readonly env: Record<string, string | undefined> }
const CONNECTIONS = Number(process.env.EFFIX_CONNECTIONS ?? 400)
const MESSAGES = Number(process.env.EFFIX_MESSAGES ?? 10_000)
const config = { openFilesMax: 2 * CONNECTIONS + 16 }

const families = [
  ["Unix", Abi.AF_UNIX, { family: "unix", abstract: "server" }],
  ["TCP", Abi.AF_INET, { family: "inet", address: "127.0.0.1", port: 7000 }]
] as const

const server = (sys: SystemCalls, domain: number, address: Sockets.SocketAddress, backlog: number) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domain, Abi.SOCK_STREAM)
    yield* sys.bind(fd, address)
    yield* sys.listen(fd, backlog)
    return fd
  })
const client = (sys: SystemCalls, domain: number, address: Sockets.SocketAddress) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domain, Abi.SOCK_STREAM)
    yield* sys.connect(fd, address)
    return fd
  })

describe.each(families)("%s sockets under load", (_name, domain, address) => {
  it.effect("many connections are open, and every message arrives in order", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, domain, address, 1)
        const pairs: Array<readonly [near: number, far: number]> = []
        for (let i = 0; i < CONNECTIONS; i++) {
          const near = yield* client(sys, domain, address)
          pairs.push([near, (yield* sys.accept(listening)).fd])
        }
        const message = new Uint8Array(4)
        const view = new DataView(message.buffer)
        for (let i = 0; i < MESSAGES; i++) {
          const [near, far] = pairs[i % CONNECTIONS]!
          view.setUint32(0, i)
          yield* sys.write(near, message)
          yield* sys.read(far, message)
          assert.strictEqual(view.getUint32(0), i)
        }
      }), { config }))

  it.effect("a listener that is closed with a full backlog lets nobody hang, and nothing is left", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const sockets = yield* Sockets.Sockets
      const answers: Array<string> = []
      const handle = yield* kernel.spawn(Effect.gen(function*() {
        const sys = yield* Sys
        const listening = yield* server(sys, domain, address, 8)
        for (let i = 0; i < 40; i++) {
          yield* sys.spawn(Effect.gen(function*() {
            const own = yield* Sys
            // It has a copy of the listener, as every child does.
            yield* own.close(listening)
            const fd = yield* own.socket(domain, Abi.SOCK_STREAM)
            const connected = yield* errnoOf(own.connect(fd, address))
            answers.push(connected === "success" ? `read ${yield* errnoOf(read(own, fd))}` : connected)
            return 0
          }))
        }
        while (sockets.list().length < 9) yield* sys.schedYield()
        for (let i = 0; i < 200; i++) yield* sys.schedYield()
        yield* sys.close(listening)
        for (let i = 0; i < 40; i++) yield* sys.wait()
        return 0
      }))
      assert.deepStrictEqual(yield* handle.wait, { _tag: "Exited", code: 0 })
      assert.strictEqual(answers.length, 40)
      assert.deepStrictEqual([...new Set(answers)].sort(), ["ECONNREFUSED", "read ECONNRESET"])
      assert.deepStrictEqual(sockets.list(), [])
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))

  it.effect("a reader that is slow keeps its writer waiting, and others of the same server not", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, domain, address, 1)
        const slow = yield* client(sys, domain, address)
        const [slowFar, quick] = [(yield* sys.accept(listening)).fd, yield* client(sys, domain, address)]
        const quickFar = (yield* sys.accept(listening)).fd
        const bytes = Uint8Array.from({ length: 2_000_000 }, (_, i) => i * 31)
        let sent = 0
        const writing = yield* Effect.fork(Effect.gen(function*() {
          while (sent < bytes.length) sent += yield* sys.send(slow, bytes.subarray(sent, sent + 10_000))
        }))
        for (let i = 0; i < 200; i++) yield* sys.schedYield()
        const stuck = sent
        assert.isBelow(stuck, 1_000_000)
        for (let i = 0; i < 500; i++) {
          yield* write(sys, quick, "quick")
          assert.strictEqual(yield* read(sys, quickFar), "quick")
        }
        assert.strictEqual(sent, stuck)
        const into = new Uint8Array(777)
        for (let at = 0; at < bytes.length;) {
          const count = yield* sys.read(slowFar, into)
          assert.isTrue(into.subarray(0, count).every((byte, i) => byte === ((at + i) * 31 & 255)))
          at += count
        }
        yield* writing.await
      })
    ))

  it.effect("a peer that is killed while many talk to it ends each conversation, and all memory returns", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const sockets = yield* Sockets.Sockets
      const handle = yield* kernel.spawn(Effect.gen(function*() {
        const sys = yield* Sys
        yield* sys.sigaction(13, { disposition: "ignore" })
        const listening = yield* server(sys, domain, address, 100)
        const child = yield* sys.spawn(Effect.gen(function*() {
          const own = yield* Sys
          for (let i = 0; i < 50; i++) yield* own.accept(listening)
          return yield* Effect.never
        }))
        const near: Array<number> = []
        for (let i = 0; i < 50; i++) near.push(yield* client(sys, domain, address))
        for (let i = 0; i < 100; i++) yield* sys.schedYield()
        yield* sys.close(listening)
        const talking = yield* Effect.forEach(
          near,
          (fd) => Effect.fork(errnoOf(Effect.forever(write(sys, fd, "to nobody"))))
        )
        yield* sys.schedYield()
        yield* sys.kill(child, 9)
        yield* sys.wait(child)
        const ends = yield* Effect.forEach(talking, (each) => each.await)
        return ends.every((exit) => exit._tag === "Success" && ["ECONNRESET", "EPIPE"].includes(exit.value))
          ? 0
          : 1
      }))
      assert.deepStrictEqual(yield* handle.wait, { _tag: "Exited", code: 0 })
      assert.deepStrictEqual(sockets.list(), [])
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))
})
