import { assert, describe, it } from "@effect/vitest"
import { Kernel, Sys } from "@effix/kernel"
import { AF_INET, SHUT_WR, SOCK_DGRAM, SOCK_STREAM } from "@effix/kernel/abi/Socket"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Dgram from "node:dgram"
import * as Net from "node:net"
import * as KernelProcess from "../src/KernelProcess.js"
import * as KernelSocketServer from "../src/KernelSocketServer.js"
import * as NodeHostNetwork from "../src/node/NodeHostNetwork.js"

/** The host, as a kernel calls it. */
const GATEWAY = "10.0.2.2"

const inet = (address: string, port: number) => ({ family: "inet", address, port }) as const

/** A server on the host, on any port that is free. */
const serverOf = (connected: (socket: Net.Socket) => void) =>
  Effect.acquireRelease(
    Effect.async<{ readonly server: Net.Server; readonly port: number }>((resume) => {
      const server = Net.createServer({ allowHalfOpen: true }, (socket) => {
        socket.on("error", () => {})
        connected(socket)
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed({ server, port: typeof address === "object" && address !== null ? address.port : 0 }))
      })
    }),
    ({ server }) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
  )

/** Answers every connection with what it was sent, in capitals. */
const hostServer = serverOf((socket) => {
  socket.on("data", (bytes) => socket.write(bytes.toString("latin1").toUpperCase(), "latin1"))
  socket.on("end", () => socket.end())
})

const machine = (options: NodeHostNetwork.Options) =>
  KernelProcess.layer().pipe(
    Layer.provideMerge(Kernel.layer),
    Layer.provide(NodeHostNetwork.layer(options))
  )

const connecting = (address: string, port: number) =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
    yield* sys.connect(fd, inet(address, port))
    return fd
  })

const outcome = <A, R>(effect: Effect.Effect<A, { readonly _tag: string }, R>) =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

const readAll = (fd: number) =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    const into = new Uint8Array(65_536)
    let text = ""
    for (;;) {
      const count = yield* sys.read(fd, into)
      if (count === 0) return text
      text += Buffer.from(into.subarray(0, count)).toString("latin1")
    }
  })

describe("The host's network", () => {
  it.live("is reached where a rule allows it, with as many bytes as there are, and both sides end in their time", () =>
    Effect.gen(function*() {
      const { port } = yield* hostServer
      const sent = "abcdefgh".repeat(100_000)
      const answered = Effect.gen(function*() {
        const sys = yield* Sys.Sys
        const fd = yield* connecting(GATEWAY, port)
        const bytes = Buffer.from(sent)
        const writing = Effect.gen(function*() {
          for (let at = 0; at < bytes.length;) at += yield* sys.write(fd, bytes.subarray(at))
          yield* sys.shutdown(fd, SHUT_WR)
        })
        const [text] = yield* Effect.zip(readAll(fd), writing, { concurrent: true })
        return text
      })
      const text = yield* Effect.provide(answered, machine({ allow: [{ host: GATEWAY, protocol: "tcp", port }] }))
      assert.isTrue(text === sent.toUpperCase())
    }).pipe(Effect.scoped))

  it.live("a port of the host where nobody listens refuses, and its loopback address is not the kernel's", () =>
    Effect.gen(function*() {
      const { port } = yield* hostServer
      const both = Effect.gen(function*() {
        return [yield* outcome(connecting(GATEWAY, 1)), yield* outcome(connecting("127.0.0.1", port))]
      })
      const answers = yield* Effect.provide(both, machine({ allow: [{ host: GATEWAY }, { host: "127.0.0.0/8" }] }))
      assert.deepStrictEqual(answers, ["ECONNREFUSED", "ECONNREFUSED"])
    }).pipe(Effect.scoped))

  it.live("a host that resets is a connection that was reset", () =>
    Effect.gen(function*() {
      const { port } = yield* serverOf((socket) => socket.once("data", () => socket.resetAndDestroy()))
      const reading = Effect.gen(function*() {
        const sys = yield* Sys.Sys
        const fd = yield* connecting(GATEWAY, port)
        yield* sys.write(fd, new Uint8Array(1))
        return yield* outcome(sys.read(fd, new Uint8Array(1)))
      })
      assert.strictEqual(yield* Effect.provide(reading, machine({ allow: [{ host: GATEWAY }] })), "ECONNRESET")
    }).pipe(Effect.scoped))

  it.live("datagrams go out, and answers come back", () =>
    Effect.gen(function*() {
      const echo = yield* Effect.acquireRelease(
        Effect.async<Dgram.Socket>((resume) => {
          const socket = Dgram.createSocket("udp4")
          socket.on("message", (data, { address, port }) => socket.send(`re: ${data.toString()}`, port, address))
          socket.bind(0, "127.0.0.1", () => resume(Effect.succeed(socket)))
        }),
        (socket) => Effect.async<void>((resume) => void socket.close(() => resume(Effect.void)))
      )
      const { port } = echo.address()
      const asking = Effect.gen(function*() {
        const sys = yield* Sys.Sys
        const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
        yield* sys.sendto(fd, Buffer.from("ping"), 0, inet(GATEWAY, port))
        const into = new Uint8Array(100)
        const { count, from } = yield* sys.recvfrom(fd, into)
        return [Buffer.from(into.subarray(0, count)).toString(), from] as const
      })
      const answer = yield* Effect.provide(asking, machine({ allow: [{ host: GATEWAY, protocol: "udp" }] }))
      assert.deepStrictEqual(answer, ["re: ping", inet(GATEWAY, port)])
    }).pipe(Effect.scoped))

  it.live("refuses what no rule allows, and says which would", () =>
    Effect.gen(function*() {
      const refused = yield* Effect.flip(connecting("93.184.216.34", 80))
      assert.strictEqual(refused._tag, "EACCES")
      assert.match(refused.message, /rule network.*allow the host 93\.184\.216\.34/)
      const sys = yield* Sys.Sys
      assert.strictEqual(yield* outcome(sys.getaddrinfo("example.com", 80)), "EACCES")
      const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
      assert.strictEqual(yield* outcome(sys.sendto(fd, new Uint8Array(1), 0, inet("93.184.216.34", 53))), "EACCES")
    }).pipe(Effect.provide(machine({}))))

  it.live("refuses another port than the one that was allowed", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* outcome(connecting("192.0.2.1", 81)), "EACCES")
    }).pipe(Effect.provide(machine({ allow: [{ host: "192.0.2.1", port: 80 }] }))))

  it.live("a name that is looked up to private addresses has none", () =>
    Effect.gen(function*() {
      const sys = yield* Sys.Sys
      assert.strictEqual(yield* outcome(sys.getaddrinfo("rebind.example", 80)), "ENOENT")
    }).pipe(Effect.provide(machine({
      allow: [{ host: "rebind.example" }],
      resolve: () => Effect.succeed({ addresses: ["127.0.0.1", "10.0.0.1", "::1"], seconds: 1 })
    }))))

  it.live("an exposed port leads the host to a server inside", () =>
    Effect.gen(function*() {
      const listening = yield* Deferred.make<number>()
      const exposed = {
        host: { port: 0 },
        guest: { port: 80 },
        onListening: (port: number) => Deferred.unsafeDone(listening, Effect.succeed(port))
      }
      yield* Effect.gen(function*() {
        const server = yield* KernelSocketServer.make(inet("0.0.0.0", 80))
        yield* Effect.forkScoped(
          server.run((peer) => Effect.scoped(Effect.flatMap(peer.writer, (write) => peer.run(write))))
        )
        const port = yield* Deferred.await(listening)
        const sent = Buffer.alloc(2_000_000, "0123456789")
        const back = yield* Effect.async<Buffer, Error>((resume) => {
          const pieces: Array<Buffer> = []
          const socket = Net.connect(port, "127.0.0.1", () => socket.end(sent))
          socket.on("data", (piece: Buffer) => pieces.push(piece))
          socket.on("end", () => resume(Effect.succeed(Buffer.concat(pieces))))
          socket.on("error", (error) => resume(Effect.fail(error)))
        })
        assert.isTrue(back.equals(sent))
      }).pipe(Effect.scoped, Effect.provide(machine({ expose: [exposed] })))
    }))

  it.live("a port that is taken cannot be exposed, and the error says which", () =>
    Effect.gen(function*() {
      const { port } = yield* hostServer
      const failed = yield* Effect.flip(
        Effect.provide(Effect.void, machine({ expose: [{ host: { port }, guest: { port: 80 } }] }))
      )
      assert.match(failed.message, new RegExp(`Port ${port} of the host`))
    }).pipe(Effect.scoped))
})
