/** What leads from the host into a kernel besides a port of TCP, and to the host's Unix sockets. */
import { assert, describe, it } from "@effect/vitest"
import { Kernel, Sys } from "@effix/kernel"
import { AF_INET, SOCK_DGRAM, SOCK_STREAM } from "@effix/kernel/abi/Socket"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Dgram from "node:dgram"
import * as fs from "node:fs"
import * as Net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import * as KernelProcess from "../src/KernelProcess.js"
import * as KernelSocketServer from "../src/KernelSocketServer.js"
import * as NodeHostNetwork from "../src/node/NodeHostNetwork.js"

const inet = (address: string, port: number) => ({ family: "inet", address, port }) as const

const machine = (options: NodeHostNetwork.Options) =>
  Layer.build(
    KernelProcess.layer().pipe(Layer.provideMerge(Kernel.layer), Layer.provide(NodeHostNetwork.layer(options)))
  )

const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "effix-socket-"))),
  (made) => Effect.sync(() => fs.rmSync(made, { recursive: true }))
)

/** A socket of the host for datagrams that asks and answers what comes back. */
const asking = (port: number, text: string) =>
  Effect.async<string>((resume) => {
    const socket = Dgram.createSocket("udp4")
    socket.on("message", (data) => {
      socket.close()
      resume(Effect.succeed(data.toString()))
    })
    socket.send(text, port, "127.0.0.1")
  })

/** Everything that a connection of the host brings. */
const reading = (where: Net.NetConnectOpts, text: string) =>
  Effect.async<string>((resume) => {
    let all = ""
    const socket = Net.connect(where)
    socket.on("data", (data) => (all += data.toString())).on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(all)))
    socket.end(text)
  })

const bytes = (text: string) => new TextEncoder().encode(text)

describe("A port for datagrams that is exposed", () => {
  it.live("leads to a server inside, whose answers find whoever asked, and nobody else", () =>
    Effect.gen(function*() {
      const listening = yield* Deferred.make<number>()
      const rooms = yield* machine({
        expose: [{
          protocol: "udp",
          host: { port: 0 },
          guest: { port: 53 },
          onListening: (port) => Deferred.unsafeDone(listening, Effect.succeed(port))
        }]
      })
      const sys = Context.get(rooms, Sys.Sys)
      const port = yield* Deferred.await(listening)
      const serving = Effect.gen(function*() {
        const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
        yield* sys.bind(fd, inet("0.0.0.0", 53))
        const into = new Uint8Array(100)
        for (;;) {
          const { count, from } = yield* sys.recvfrom(fd, into)
          assert(from !== undefined && "port" in from)
          const answer = `${new TextDecoder().decode(into.subarray(0, count))} from ${from.address}`
          yield* sys.sendto(fd, bytes(answer), 0, from)
        }
      })
      yield* Effect.forkScoped(Effect.provide(serving, rooms))
      yield* Effect.yieldNow()
      const answers = yield* Effect.forEach(["one", "two", "three"], (text) => asking(port, text), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(answers, ["one from 10.0.2.2", "two from 10.0.2.2", "three from 10.0.2.2"])
      // Another port inside answers nobody, and no rule lets datagrams out.
      const other = yield* sys.socket(AF_INET, SOCK_DGRAM)
      yield* sys.bind(other, inet("0.0.0.0", 54))
      const refused = yield* Effect.flip(sys.sendto(other, bytes("x"), 0, inet("10.0.2.2", port)))
      assert.strictEqual(refused._tag, "EACCES")
    }).pipe(Effect.scoped))
})

describe("A Unix socket of the host", () => {
  it.live("that is exposed leads to a server inside, and is gone with the kernel", () =>
    Effect.gen(function*() {
      const at = path.join(yield* folder, "inside.sock")
      yield* Effect.gen(function*() {
        const rooms = yield* machine({ expose: [{ host: { path: at }, guest: { port: 80 } }] })
        assert.strictEqual(yield* reading({ path: at }, "nobody yet"), "")
        const server = yield* Effect.provide(KernelSocketServer.make(inet("0.0.0.0", 80)), rooms)
        yield* Effect.forkScoped(
          server.run((peer) => Effect.scoped(Effect.flatMap(peer.writer, (write) => peer.run(write))))
        )
        assert.strictEqual(yield* reading({ path: at }, "hello"), "hello")
      }).pipe(Effect.scoped)
      assert.isFalse(fs.existsSync(at))
    }).pipe(Effect.scoped))

  it.live("that guests are given is a port of 10.0.2.2, and no other port is", () =>
    Effect.gen(function*() {
      const at = path.join(yield* folder, "service.sock")
      yield* Effect.acquireRelease(
        Effect.async<Net.Server>((resume) => {
          const server = Net.createServer((socket) => void socket.on("error", () => {}).end("at your service"))
          server.listen(at, () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
      )
      const rooms = yield* machine({ sockets: [{ port: 2375, path: at }, { port: 2376, path: `${at}.none` }] })
      const sys = Context.get(rooms, Sys.Sys)
      const connecting = (port: number) =>
        Effect.gen(function*() {
          const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
          const failed = yield* Effect.merge(sys.connect(fd, inet("10.0.2.2", port)))
          if (failed !== undefined) return failed._tag
          const into = new Uint8Array(100)
          const count = yield* sys.read(fd, into)
          return new TextDecoder().decode(into.subarray(0, count))
        })
      const answers = yield* Effect.provide(Effect.forEach([2375, 2376, 2377], connecting), rooms)
      assert.deepStrictEqual(answers, ["at your service", "ECONNREFUSED", "EACCES"])
    }).pipe(Effect.scoped))

  it.live("that cannot be made is named in the error", () =>
    Effect.gen(function*() {
      const at = path.join(yield* folder, "no", "folder.sock")
      const failed = yield* Effect.flip(
        Effect.scoped(machine({ expose: [{ host: { path: at }, guest: { port: 80 } }] }))
      )
      assert.strictEqual(failed._tag, "ListenFailed")
      assert.include(failed.message, `${at} of the host cannot be listened on`)
    }).pipe(Effect.scoped))
})
