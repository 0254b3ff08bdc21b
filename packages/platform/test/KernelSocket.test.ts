import * as Socket from "@effect/platform/Socket"
import { assert, describe, it } from "@effect/vitest"
import { Kernel, type Sockets, Sys } from "@effix/kernel"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as KernelProcess from "../src/KernelProcess.js"
import * as KernelSocket from "../src/KernelSocket.js"
import * as KernelSocketServer from "../src/KernelSocketServer.js"

const address: Sockets.SocketAddress = { family: "unix", path: "/run/service" }

const machine = Layer.provideMerge(KernelProcess.layer(), Kernel.layer)

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** Sends back what comes, and ends when the other side has. */
const echo = (peer: Socket.Socket) => Effect.scoped(Effect.flatMap(peer.writer, (write) => peer.run(write)))

const serving = (handler: (peer: Socket.Socket) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function*() {
    const server = yield* KernelSocketServer.make(address)
    yield* Effect.forkScoped(server.run(handler))
    return server
  })

/** Sends `chunks`, ends, and answers all that came back. */
const exchange = (chunks: ReadonlyArray<Uint8Array | string>) =>
  Effect.gen(function*() {
    const socket = yield* KernelSocket.connect(address)
    const received: Array<Uint8Array> = []
    const sending = Effect.scoped(Effect.flatMap(socket.writer, (write) => Effect.forEach(chunks, write)))
    yield* Effect.zipRight(socket.run((bytes) => void received.push(bytes)), Effect.void).pipe(
      Effect.zip(sending, { concurrent: true })
    )
    return Buffer.concat(received)
  })

describe("A socket of a kernel", () => {
  it.effect("brings back what an echo sends, whole and in order, and ends when both have ended", () =>
    Effect.gen(function*() {
      yield* serving(echo)
      const sent = Uint8Array.from({ length: 1_000_000 }, (_, index) => index * 31)
      const back = yield* exchange([sent.subarray(0, 3), sent.subarray(3, 700_000), sent.subarray(700_000)])
      assert.isTrue(back.equals(sent))
    }).pipe(Effect.scoped, Effect.provide(machine)))

  it.effect("a hundred at once do not mix", () =>
    Effect.gen(function*() {
      yield* serving(echo)
      const answers = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, index) => `client ${index} `.repeat(50)),
        (own) => Effect.map(exchange([own]), (back) => text(back) === own),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(new Set(answers), new Set([true]))
    }).pipe(Effect.scoped, Effect.provide(machine)))

  it.effect("fails to open where nobody listens, with the errno as its cause", () =>
    Effect.gen(function*() {
      const socket = yield* KernelSocket.connect(address)
      const error = yield* Effect.flip(socket.run(() => {}))
      assert.strictEqual(error.reason, "Open")
      assert.match(String((error as Socket.SocketGenericError).cause), /ENOENT/)
    }).pipe(Effect.provide(machine)))

  it.effect("a failing handler ends it with its own error", () =>
    Effect.gen(function*() {
      yield* serving((peer) =>
        Effect.scoped(Effect.flatMap(peer.writer, (write) => Effect.zipRight(write("x"), Effect.never))).pipe(
          Effect.race(peer.run(() => {}))
        )
      )
      const socket = yield* KernelSocket.connect(address)
      const exit = yield* Effect.exit(socket.run(() => Effect.fail("enough")))
      assert.deepStrictEqual(exit, Exit.fail("enough"))
    }).pipe(Effect.scoped, Effect.provide(machine)))

  it.effect("a close event ends it, cleanly or not as its code says", () =>
    Effect.gen(function*() {
      yield* serving((peer) => peer.run(() => {}))
      for (const [code, told] of [[1000, 1000], [1011, 1006]] as const) {
        const socket = yield* KernelSocket.connect(address)
        const running = yield* Effect.fork(Effect.flip(socket.run(() => {})))
        yield* Effect.scoped(Effect.flatMap(socket.writer, (write) => write(new Socket.CloseEvent(code))))
        const error = yield* Fiber.join(running)
        assert.isTrue(Socket.SocketCloseError.is(error) && error.code === told)
      }
    }).pipe(Effect.scoped, Effect.provide(machine)))

  it.effect("interrupting it closes its descriptor, and tells the other side", () =>
    Effect.gen(function*() {
      const gone = yield* Deferred.make<void>()
      yield* serving((peer) => Effect.zipRight(peer.run(() => {}), Deferred.succeed(gone, undefined)))
      const socket = yield* KernelSocket.connect(address)
      const opened = yield* Deferred.make<void>()
      const running = yield* Effect.fork(
        socket.run(() => {}, { onOpen: Effect.asVoid(Deferred.succeed(opened, undefined)) })
      )
      yield* Deferred.await(opened)
      yield* Fiber.interrupt(running)
      yield* Deferred.await(gone)
      const { processes } = yield* Kernel.Kernel
      const host = (yield* processes).find(({ pid }) => pid !== 1)
      // Three standard ones, the listener, and nothing else.
      assert.strictEqual(host?.descriptors, 4)
    }).pipe(Effect.scoped, Effect.provide(machine)))

  it.effect("a program inside serves one outside, each as a process of its own", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const count = yield* Ref.make(0)
      const listening = yield* Deferred.make<void>()
      const daemon = Effect.gen(function*() {
        const server = yield* Effect.orDie(KernelSocketServer.make(address))
        yield* Deferred.succeed(listening, undefined)
        return yield* Effect.orDie(
          server.run((peer) => Effect.zipRight(Ref.update(count, (n) => n + 1), echo(peer)))
        )
      }).pipe(Effect.scoped)
      yield* kernel.spawn(daemon)
      yield* Deferred.await(listening)
      assert.strictEqual(text(yield* exchange(["ping"])), "ping")
      assert.strictEqual(yield* Ref.get(count), 1)
    }).pipe(Effect.scoped, Effect.provide(machine)))
})

describe("A process that the host acts as", () => {
  it.effect("has a user, and is gone with its scope", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const calls = Effect.flatMap(
        KernelProcess.make({ user: "user" }),
        (context) => Context.get(context, Sys.Sys).credentials()
      )
      const { uid } = yield* Effect.scoped(calls)
      assert.strictEqual(uid, 1000)
      assert.strictEqual((yield* kernel.processes).filter(({ pid }) => pid !== 1).length, 0)
    }).pipe(Effect.provide(Kernel.layer)))
})
