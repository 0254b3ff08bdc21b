/** Sockets and servers whose process has ended: they say so, and neither hang nor take along whoever uses them. */
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Errno, Kernel, Sys } from "@effix/kernel"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as KernelProcess from "../src/KernelProcess.js"
import * as KernelSocket from "../src/KernelSocket.js"
import * as KernelSocketServer from "../src/KernelSocketServer.js"
import * as NodeKernelHttpClient from "../src/node/NodeKernelHttpClient.js"
import * as NodeKernelHttpServer from "../src/node/NodeKernelHttpServer.js"

const address = { family: "inet", address: "127.0.0.1", port: 7 } as const

const ends = {
  "whose scope is closed": ({ scope }: Lent) => Scope.close(scope, Exit.void),
  "that is killed": ({ pid, killer }: Lent) => Effect.orDie(killer.kill(pid, 9))
}

interface Lent {
  readonly calls: Context.Context<Sys.Sys>
  readonly scope: Scope.CloseableScope
  readonly pid: number
  readonly killer: Sys.SystemCalls
}

/** A process with a scope of its own, and another that could kill it. */
const lent = Effect.gen(function*() {
  const scope = yield* Scope.make()
  const calls = yield* Scope.extend(KernelProcess.make(), scope)
  const pid = yield* Context.get(calls, Sys.Sys).getpid()
  const killer = Context.get(yield* KernelProcess.make(), Sys.Sys)
  return { calls, scope, pid, killer } satisfies Lent
})

/** The error of a socket or a server, and the errno behind it. */
const why = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => {
    const reason = "reason" in error ? String(error.reason) : ""
    const cause = "cause" in error ? error.cause : undefined
    return [error._tag, reason, Errno.isErrno(cause) ? cause._tag : "no errno"]
  })

describe.each(Object.entries(ends))("A process %s", (_name, end) => {
  it.live("ends the socket that runs over it, with ESRCH, and whoever writes to that", () =>
    Effect.gen(function*() {
      const [server, client] = [yield* lent, yield* lent]
      const listening = yield* Effect.provide(KernelSocketServer.make(address), server.calls)
      yield* Effect.forkScoped(listening.run((peer) => peer.run(() => {})))
      const socket = yield* Effect.provide(KernelSocket.connect(address), client.calls)
      const write = yield* socket.writer
      const running = yield* Effect.fork(socket.run(() => {}))
      yield* write("hello")
      yield* end(client)
      assert.deepStrictEqual(yield* why(Fiber.join(running)), ["SocketError", "Read", "ESRCH"])
      assert.deepStrictEqual(yield* why(write("x")), ["SocketError", "Write", "ESRCH"])
      assert.deepStrictEqual(yield* why(socket.run(() => {})), ["SocketError", "Open", "ESRCH"])
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))

  it.live("ends a write that waits for the socket to be run", () =>
    Effect.gen(function*() {
      const client = yield* lent
      const socket = yield* Effect.provide(KernelSocket.connect(address), client.calls)
      const write = yield* socket.writer
      const writing = yield* Effect.fork(write("x"))
      yield* Effect.yieldNow()
      yield* end(client)
      assert.deepStrictEqual(yield* why(Fiber.join(writing)), ["SocketError", "Write", "ESRCH"])
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))

  it.live("ends a server that waits for connections, and lets none be made", () =>
    Effect.gen(function*() {
      const process = yield* lent
      const server = yield* Effect.provide(KernelSocketServer.make(address), process.calls)
      const running = yield* Effect.fork(server.run(() => Effect.void))
      yield* Effect.yieldNow()
      yield* end(process)
      assert.deepStrictEqual(yield* why(Fiber.join(running)), ["SocketServerError", "Unknown", "ESRCH"])
      const another = Effect.provide(KernelSocketServer.make(address), process.calls)
      assert.deepStrictEqual(yield* why(another), ["SocketServerError", "Open", "ESRCH"])
      const http = Effect.provide(NodeKernelHttpServer.make(address), process.calls)
      assert.deepStrictEqual(yield* why(http), ["ServeError", "", "ESRCH"])
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))

  it.live("fails requests over it, and its closed descriptors are nobody's concern at the end", () =>
    Effect.gen(function*() {
      const process = yield* lent
      yield* end(process)
      const request = Effect.flatMap(HttpClient.HttpClient, (client) => client.get("http://127.0.0.1:7/"))
      const failed = yield* request.pipe(
        Effect.provide(NodeKernelHttpClient.layer),
        Effect.provide(process.calls),
        Effect.flip
      )
      assert.match(String((failed as { readonly cause?: unknown }).cause), /ESRCH/)
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))
})
