import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Poll from "../../src/abi/PollEvents.js"
import * as Abi from "../../src/abi/Socket.js"
import type { SystemCalls } from "../../src/Sys.js"
import { errnoOf, inProcess, read, write } from "../support/run.js"

const { AF_INET, AF_INET6, SOCK_DGRAM, SOL_IP, SOL_SOCKET } = Abi
const at = (port: number, address = "127.0.0.1") => ({ family: "inet", address, port }) as const
const udp = (sys: SystemCalls, port?: number, address?: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(AF_INET, SOCK_DGRAM | Abi.SOCK_NONBLOCK)
    if (port !== undefined) yield* sys.bind(fd, at(port, address))
    return fd
  })
const bytes = (length: number) => new Uint8Array(length)

describe("UDP", () => {
  it.effect("a message arrives whole, with the address of its sender", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* udp(sys, 1000)
        const b = yield* udp(sys, 2000, "0.0.0.0")
        yield* sys.sendto(a, bytes(5), 0, at(2000))
        yield* sys.sendto(a, bytes(0), 0, at(2000))
        assert.strictEqual(yield* sys.fionread(b), 5)
        assert.deepStrictEqual(yield* sys.recvfrom(b, bytes(3), Abi.MSG_TRUNC), { count: 5, from: at(1000) })
        assert.deepStrictEqual(yield* sys.recvfrom(b, bytes(3)), { count: 0, from: at(1000) })
        assert.strictEqual(yield* errnoOf(read(sys, b)), "EAGAIN")
        const waiting = yield* sys.socket(AF_INET, SOCK_DGRAM)
        yield* sys.bind(waiting, at(3000))
        const reading = yield* Effect.fork(read(sys, waiting))
        yield* Effect.yieldNow()
        yield* sys.sendto(a, new TextEncoder().encode("hi"), 0, at(3000))
        assert.strictEqual(yield* Fiber.join(reading), "hi")
      })
    ))

  it.effect("what waits for more becomes one message, sent to where it was begun, and lost where it gets too long", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* udp(sys, 1000)
        const b = yield* udp(sys, 2000)
        assert.strictEqual(yield* sys.sendto(a, bytes(2), Abi.MSG_MORE, at(2000)), 2)
        assert.strictEqual(yield* errnoOf(read(sys, b)), "EAGAIN")
        assert.strictEqual(yield* sys.sendto(a, bytes(3), 0, at(4000)), 3)
        assert.strictEqual(yield* sys.recv(b, bytes(10)), 5)
        yield* sys.setsockopt(a, Abi.SOL_UDP, Abi.UDP_CORK, 1)
        yield* sys.sendto(a, bytes(4), 0, at(2000))
        yield* write(sys, a, "more")
        assert.strictEqual(yield* errnoOf(read(sys, b)), "EAGAIN")
        yield* sys.setsockopt(a, Abi.SOL_UDP, Abi.UDP_CORK, 0)
        assert.strictEqual(yield* sys.recv(b, bytes(10)), 8)
        yield* sys.sendto(a, bytes(40_000), Abi.MSG_MORE, at(2000))
        assert.strictEqual(yield* errnoOf(sys.send(a, bytes(40_000))), "EMSGSIZE")
        assert.strictEqual(yield* errnoOf(sys.send(a, bytes(1))), "EDESTADDRREQ")
        assert.strictEqual(yield* errnoOf(read(sys, b)), "EAGAIN")
      })
    ))

  it.effect("what was begun before a shutdown may be brought to its end", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* udp(sys, 1000)
        const b = yield* udp(sys, 2000)
        yield* sys.sendto(a, bytes(2), Abi.MSG_MORE, at(2000))
        assert.strictEqual(yield* errnoOf(sys.shutdown(a, Abi.SHUT_WR)), "ENOTCONN")
        assert.strictEqual(yield* sys.send(a, bytes(3)), 3)
        assert.strictEqual(yield* sys.recv(b, bytes(10)), 5)
        assert.strictEqual(yield* errnoOf(sys.sendto(a, bytes(1), 0, at(2000))), "EPIPE")
      })
    ))

  it.effect("what was begun goes to whom the socket is connected meanwhile", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* udp(sys, 1000)
        const [b, c] = [yield* udp(sys, 2000), yield* udp(sys, 3000)]
        yield* sys.sendto(a, bytes(2), Abi.MSG_MORE, at(2000))
        yield* sys.connect(a, at(3000))
        yield* sys.send(a, bytes(3))
        assert.strictEqual(yield* sys.recv(c, bytes(10)), 5)
        assert.strictEqual(yield* errnoOf(read(sys, b)), "EAGAIN")
      })
    ))

  it.effect("a connected socket is told that nobody was there; one that is not connected is not", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* udp(sys)
        assert.strictEqual(yield* errnoOf(write(sys, a, "x")), "EDESTADDRREQ")
        yield* sys.sendto(a, bytes(1), 0, at(2000))
        assert.deepStrictEqual(yield* sys.poll([{ fd: a, events: Poll.POLLIN }], 0), [0])
        yield* sys.connect(a, at(2000))
        yield* write(sys, a, "x")
        assert.deepStrictEqual(yield* sys.poll([{ fd: a, events: Poll.POLLIN }], 0), [Poll.POLLERR])
        assert.strictEqual(yield* errnoOf(read(sys, a)), "ECONNREFUSED")
        yield* write(sys, a, "x")
        assert.strictEqual(yield* sys.getsockopt(a, SOL_SOCKET, Abi.SO_ERROR), 111)
        assert.strictEqual(yield* errnoOf(read(sys, a)), "EAGAIN")
      })
    ))

  it.effect("a connected socket takes messages from its peer alone, until the peer is taken away", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* udp(sys, 1000)
        const b = yield* udp(sys, 2000)
        const c = yield* udp(sys, 3000)
        yield* sys.connect(a, at(2000))
        yield* sys.sendto(c, bytes(1), 0, at(1000))
        assert.strictEqual(yield* errnoOf(read(sys, a)), "EAGAIN")
        yield* sys.sendto(b, bytes(1), 0, at(1000))
        assert.strictEqual(yield* sys.recv(a, bytes(9)), 1)
        assert.deepStrictEqual(yield* sys.getpeername(a), at(2000))
        yield* sys.connect(a, { family: "unspecified" })
        assert.strictEqual(yield* errnoOf(sys.getpeername(a)), "ENOTCONN")
        yield* sys.sendto(c, bytes(2), 0, at(1000))
        assert.strictEqual(yield* sys.recv(a, bytes(9)), 2)
      })
    ))

  it.effect("a message that is too long is EMSGSIZE, and a full receiver loses what comes", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* udp(sys, 1000)
        assert.strictEqual(yield* errnoOf(sys.sendto(a, bytes(65_508), 0, at(1000))), "EMSGSIZE")
        yield* sys.setsockopt(a, SOL_SOCKET, Abi.SO_RCVBUF, 1)
        assert.strictEqual(yield* sys.getsockopt(a, SOL_SOCKET, Abi.SO_RCVBUF), 2304)
        for (let i = 0; i < 10; i++) yield* sys.sendto(a, bytes(500), 0, at(1000))
        let received = 0
        while ((yield* errnoOf(sys.recv(a, bytes(500)))) === "success") received++
        assert.isBelow(received, 10)
        assert.isAbove(received, 0)
      })
    ))

  it.effect("members of a group get what is sent to it, and broadcasts take permission", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const members = []
        for (let i = 0; i < 2; i++) {
          const fd = yield* udp(sys)
          yield* sys.setsockopt(fd, SOL_SOCKET, Abi.SO_REUSEADDR, 1)
          yield* sys.bind(fd, at(5000, "0.0.0.0"))
          yield* sys.setsockopt(fd, SOL_IP, Abi.IP_ADD_MEMBERSHIP, { group: "239.1.2.3" })
          members.push(fd)
        }
        const sender = yield* udp(sys)
        yield* sys.sendto(sender, bytes(4), 0, at(5000, "239.1.2.3"))
        for (const fd of members) assert.strictEqual(yield* sys.recv(fd, bytes(9)), 4)
        yield* sys.sendto(sender, bytes(4), 0, at(5000, "239.9.9.9"))
        for (const fd of members) assert.strictEqual(yield* errnoOf(read(sys, fd)), "EAGAIN")
        const everywhere = at(5000, "127.255.255.255")
        assert.strictEqual(yield* errnoOf(sys.sendto(sender, bytes(1), 0, everywhere)), "EACCES")
        yield* sys.setsockopt(sender, SOL_SOCKET, Abi.SO_BROADCAST, 1)
        yield* sys.sendto(sender, bytes(1), 0, everywhere)
        for (const fd of members) assert.strictEqual(yield* sys.recv(fd, bytes(9)), 1)
      })
    ))

  it.effect("IPv6 talks to IPv4 through mapped addresses", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const four = yield* udp(sys, 1000)
        const six = yield* sys.socket(AF_INET6, SOCK_DGRAM)
        yield* sys.bind(six, { family: "inet6", address: "::", port: 2000 })
        yield* sys.sendto(four, bytes(1), 0, at(2000))
        const { from } = yield* sys.recvfrom(six, bytes(9))
        assert.deepStrictEqual(from, { family: "inet6", address: "::ffff:127.0.0.1", port: 1000 })
        yield* sys.sendto(six, bytes(2), 0, from!)
        assert.deepStrictEqual(yield* sys.recvfrom(four, bytes(9)), { count: 2, from: at(2000) })
      })
    ))

  it.effect("a port that a connection over IPv6 has taken is no port for all of IPv4, unless it was for IPv6 only", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const everywhere = (only: number) =>
          Effect.gen(function*() {
            const six = yield* sys.socket(AF_INET6, SOCK_DGRAM)
            yield* sys.setsockopt(six, Abi.SOL_IPV6, Abi.IPV6_V6ONLY, only)
            yield* sys.connect(six, { family: "inet6", address: "::1", port: 7 })
            const { port = 0 } = { port: 0, ...yield* sys.getsockname(six) }
            return yield* sys.bind(yield* udp(sys), at(port, "0.0.0.0"))
          })
        assert.strictEqual(yield* errnoOf(everywhere(0)), "EADDRINUSE")
        yield* everywhere(1)
      })
    ))
})
