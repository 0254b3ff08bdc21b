import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Poll from "../../src/abi/PollEvents.js"
import * as Abi from "../../src/abi/Socket.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import { errnoOf, inProcess, read, write } from "../support/run.js"

const { AF_INET, AF_INET6, SOCK_STREAM, SOL_SOCKET } = Abi
const all = Poll.POLLIN | Poll.POLLOUT | Poll.POLLRDHUP
const at = (port: number, address = "127.0.0.1") => ({ family: "inet", address, port }) as const
const at6 = (port: number, address = "::1") => ({ family: "inet6", address, port }) as const
const tcp = (sys: SystemCalls, flags = 0) => sys.socket(AF_INET, SOCK_STREAM | flags)
const server = (sys: SystemCalls, port = 80, backlog = 5) =>
  Effect.gen(function*() {
    const fd = yield* tcp(sys)
    yield* sys.bind(fd, at(port, "0.0.0.0"))
    yield* sys.listen(fd, backlog)
    return fd
  })
const client = (sys: SystemCalls, port = 80) =>
  Effect.gen(function*() {
    const fd = yield* tcp(sys)
    yield* sys.connect(fd, at(port))
    return fd
  })
const connection = (sys: SystemCalls, port = 80) =>
  Effect.gen(function*() {
    const listening = yield* server(sys, port)
    const near = yield* client(sys, port)
    const { address, fd } = yield* sys.accept(listening)
    return { address, far: fd, listening, near }
  })
const events = (sys: SystemCalls, fd: number) => Effect.map(sys.poll([{ fd, events: all }], 0), ([now]) => now)

describe("TCP", () => {
  it.effect("two processes talk, and each knows the other's address", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys)
        yield* sys.spawn(Effect.gen(function*() {
          const own = yield* Sys
          const fd = yield* client(own)
          yield* write(own, fd, "ping")
          return (yield* read(own, fd)) === "pong" ? 0 : 1
        }))
        const { address, fd } = yield* sys.accept(listening)
        assert.strictEqual(yield* read(sys, fd), "ping")
        assert.deepStrictEqual(yield* sys.getpeername(fd), address)
        assert.deepStrictEqual(yield* sys.getsockname(fd), at(80))
        assert.isTrue(address.family === "inet" && address.port >= 32_768 && address.port <= 60_999)
        yield* write(sys, fd, "pong")
        assert.deepStrictEqual((yield* sys.wait())?.status, { _tag: "Exited", code: 0 })
      })
    ))

  it.effect("nobody listens: refused, at once and to whoever does not wait by SO_ERROR", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* errnoOf(client(sys)), "ECONNREFUSED")
        const fd = yield* tcp(sys, Abi.SOCK_NONBLOCK)
        assert.strictEqual(yield* errnoOf(sys.connect(fd, at(80))), "EINPROGRESS")
        assert.strictEqual(yield* events(sys, fd), Poll.POLLERR | Poll.POLLHUP | all)
        assert.strictEqual(yield* sys.getsockopt(fd, SOL_SOCKET, Abi.SO_ERROR), 111)
        assert.strictEqual(yield* errnoOf(sys.connect(fd, at(80))), "ECONNABORTED")
        yield* server(sys)
        assert.strictEqual(yield* errnoOf(sys.connect(fd, at(80))), "EINPROGRESS")
        assert.strictEqual(yield* events(sys, fd), Poll.POLLOUT)
        yield* sys.connect(fd, at(80))
        assert.strictEqual(yield* errnoOf(sys.connect(fd, at(80))), "EISCONN")
      })
    ))

  it.effect("ports: one each, unless both may share; and low ones are for the privileged", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, 8080)
        const second = yield* tcp(sys)
        assert.strictEqual(yield* errnoOf(sys.bind(second, at(8080))), "EADDRINUSE")
        assert.strictEqual(yield* errnoOf(sys.bind(second, at(8080, "8.8.8.8"))), "EADDRNOTAVAIL")
        for (const fd of [listening, second]) yield* sys.setsockopt(fd, SOL_SOCKET, Abi.SO_REUSEPORT, 1)
        yield* sys.bind(second, at(8080))
        assert.strictEqual(yield* errnoOf(sys.bind(second, at(8081))), "EINVAL")
        const child = yield* sys.spawn(Effect.gen(function*() {
          const own = yield* Sys
          yield* own.setuid(1000)
          return (yield* errnoOf(own.bind(yield* tcp(own), at(80)))) === "EACCES" ? 0 : 1
        }))
        assert.deepStrictEqual((yield* sys.wait(child))?.status, { _tag: "Exited", code: 0 })
      })
    ))

  it.effect("a server that starts again needs SO_REUSEADDR while its connections live", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const { listening } = yield* connection(sys)
        yield* sys.close(listening)
        assert.strictEqual(yield* errnoOf(server(sys)), "EADDRINUSE")
      })
    ))

  it.effect("an end of file goes one way, and the other way stays open", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const { far, near } = yield* connection(sys)
        yield* write(sys, near, "request")
        yield* sys.shutdown(near, Abi.SHUT_WR)
        assert.strictEqual(yield* read(sys, far), "request")
        assert.strictEqual(yield* read(sys, far), "")
        assert.strictEqual(yield* events(sys, far), all)
        yield* write(sys, far, "answer")
        yield* sys.close(far)
        assert.strictEqual(yield* events(sys, near), all | Poll.POLLHUP)
        assert.strictEqual(yield* read(sys, near), "answer")
        assert.strictEqual(yield* read(sys, near), "")
        assert.strictEqual(yield* errnoOf(sys.getpeername(near)), "ENOTCONN")
      })
    ))

  it.effect("closing with something unread resets the other side; so does a linger of 0", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const { far, listening, near } = yield* connection(sys)
        yield* write(sys, near, "unread")
        yield* sys.close(far)
        assert.strictEqual(yield* errnoOf(read(sys, near)), "ECONNRESET")
        assert.strictEqual(yield* read(sys, near), "")
        const other = yield* client(sys)
        const { fd } = yield* sys.accept(listening)
        yield* sys.setsockopt(fd, SOL_SOCKET, Abi.SO_LINGER, { on: true, seconds: 0 })
        yield* sys.close(fd)
        assert.strictEqual(yield* errnoOf(sys.send(other, new Uint8Array(1))), "ECONNRESET")
      })
    ))

  it.effect("writing to one that has closed works once, and is EPIPE from then on", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.sigaction(13, { disposition: "ignore" })
        const { far, near } = yield* connection(sys)
        yield* sys.close(far)
        yield* write(sys, near, "lost")
        assert.strictEqual(yield* errnoOf(write(sys, near, "x")), "EPIPE")
        assert.strictEqual(yield* read(sys, near), "")
      })
    ))

  it.effect("a full backlog keeps clients waiting, for two minutes; a closed listener resets and refuses them", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, 80, 0)
        const queued = yield* client(sys)
        const waiting = yield* Effect.fork(client(sys))
        yield* Effect.yieldNow()
        assert.isNull(waiting.unsafePoll())
        const { fd } = yield* sys.accept(listening)
        yield* Fiber.join(waiting)
        const late = yield* Effect.fork(errnoOf(client(sys)))
        const abandoned = yield* Effect.fork(errnoOf(client(sys)))
        yield* TestClock.adjust("126 seconds")
        assert.isNull(late.unsafePoll())
        yield* TestClock.adjust("1 seconds")
        assert.strictEqual(yield* Fiber.join(late), "ETIMEDOUT")
        assert.strictEqual(yield* Fiber.join(abandoned), "ETIMEDOUT")
        const refused = yield* Effect.fork(errnoOf(client(sys)))
        yield* Effect.yieldNow()
        yield* sys.close(listening)
        assert.strictEqual(yield* Fiber.join(refused), "ECONNREFUSED")
        assert.strictEqual(yield* errnoOf(write(sys, queued, "x")), "success")
        yield* sys.close(fd)
      })
    ))

  it.effect("a client that gave up at a full backlog does not keep the next one out", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, 80, 0)
        yield* client(sys)
        const givesUp = yield* tcp(sys)
        yield* sys.setsockopt(givesUp, SOL_SOCKET, Abi.SO_SNDTIMEO, 10)
        const giving = yield* Effect.fork(errnoOf(sys.connect(givesUp, at(80))))
        yield* TestClock.adjust(10)
        assert.strictEqual(yield* Fiber.join(giving), "EINPROGRESS")
        const waiting = yield* Effect.fork(client(sys))
        yield* Effect.yieldNow()
        yield* sys.close(givesUp)
        yield* sys.accept(listening)
        yield* Fiber.join(waiting)
      })
    ))

  it.effect("a socket that calls itself reads what it writes", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* tcp(sys)
        yield* sys.bind(fd, at(40_000))
        yield* sys.connect(fd, at(40_000))
        yield* write(sys, fd, "echo")
        assert.strictEqual(yield* read(sys, fd), "echo")
        yield* sys.shutdown(fd, Abi.SHUT_WR)
        assert.strictEqual(yield* read(sys, fd), "")
      })
    ))

  it.effect("a socket of IPv6 takes IPv4 as well, unless it is told not to", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const both = yield* sys.socket(AF_INET6, SOCK_STREAM)
        yield* sys.bind(both, at6(80, "::"))
        yield* sys.listen(both, 5)
        const near = yield* client(sys)
        const { address, fd } = yield* sys.accept(both)
        assert.isTrue(address.family === "inet6" && address.address === "::ffff:127.0.0.1")
        assert.deepStrictEqual(yield* sys.getsockname(fd), at6(80, "::ffff:127.0.0.1"))
        assert.strictEqual(yield* errnoOf(server(sys, 80)), "EADDRINUSE")
        const near6 = yield* sys.socket(AF_INET6, SOCK_STREAM)
        yield* sys.connect(near6, at6(80, "0:0:0:0:0:0:0:1"))
        assert.deepStrictEqual(yield* sys.getpeername(near6), at6(80))
        const only = yield* sys.socket(AF_INET6, SOCK_STREAM)
        yield* sys.setsockopt(only, Abi.SOL_IPV6, Abi.IPV6_V6ONLY, 1)
        yield* sys.bind(only, at6(81, "::"))
        yield* sys.listen(only, 5)
        yield* server(sys, 81)
        assert.strictEqual(yield* errnoOf(sys.connect(only, at(81))), "EISCONN")
        yield* sys.close(near)
      })
    ))

  it.effect("a writer waits for a slow reader, and every byte arrives in order", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const { far, near } = yield* connection(sys)
        const size = 1_000_000
        const sent = Uint8Array.from({ length: size }, (_, i) => i * 31 >> 3)
        const writing = yield* Effect.fork(sys.write(near, sent))
        const got = new Uint8Array(size)
        for (let count = 0; count < size;) count += yield* sys.read(far, got.subarray(count, count + 70_001))
        assert.strictEqual(yield* Fiber.join(writing), size)
        assert.deepStrictEqual(got, sent)
      })
    ))

  it.effect("addresses that are not this machine's cannot be reached", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* tcp(sys)
        assert.strictEqual(yield* errnoOf(sys.connect(fd, at(80, "8.8.8.8"))), "ENETUNREACH")
        assert.strictEqual(yield* errnoOf(sys.connect(fd, at6(80))), "EAFNOSUPPORT")
        assert.strictEqual(yield* errnoOf(sys.connect(fd, at(80, "nonsense"))), "EINVAL")
        assert.strictEqual(yield* events(sys, fd), Poll.POLLOUT | Poll.POLLHUP)
        assert.strictEqual(yield* errnoOf(sys.shutdown(fd, Abi.SHUT_WR)), "ENOTCONN")
      })
    ))
})
