import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Poll from "../../src/abi/PollEvents.js"
import * as Abi from "../../src/abi/Socket.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import { errnoOf, inProcess, read, write } from "../support/run.js"

const { AF_UNIX, SOCK_DGRAM, SOCK_SEQPACKET, SOL_SOCKET } = Abi

const named = (sys: SystemCalls, abstract: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(AF_UNIX, SOCK_DGRAM)
    yield* sys.bind(fd, { family: "unix", abstract })
    return fd
  })

describe("Unix datagrams", () => {
  it.effect("messages keep their boundaries, their order and their sender", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* named(sys, "a")
        const b = yield* named(sys, "b")
        yield* sys.sendto(a, new Uint8Array(3), 0, { family: "unix", abstract: "b" })
        yield* sys.sendto(a, new Uint8Array(0), 0, { family: "unix", abstract: "b" })
        yield* sys.sendto(a, new Uint8Array(9), 0, { family: "unix", abstract: "b" })
        const into = new Uint8Array(4)
        assert.strictEqual(yield* sys.fionread(b), 3)
        assert.deepStrictEqual(yield* sys.recvfrom(b, into), { count: 3, from: { family: "unix", abstract: "a" } })
        assert.strictEqual(yield* sys.recv(b, into), 0)
        const long = yield* sys.recvmsg(b, { into }, Abi.MSG_TRUNC)
        assert.deepStrictEqual([long.count, long.flags], [9, Abi.MSG_TRUNC])
      })
    ))

  it.effect("eleven wait at a socket that is nobody's peer, and its peer waits for the buffer alone", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* named(sys, "a")
        const b = yield* named(sys, "b")
        yield* sys.connect(a, { family: "unix", abstract: "b" })
        let sent = 0
        while ((yield* errnoOf(sys.send(a, new Uint8Array(1), Abi.MSG_DONTWAIT))) === "success") sent++
        assert.strictEqual(sent, 11)
        assert.deepStrictEqual(yield* sys.poll([{ fd: a, events: Poll.POLLOUT }], 0), [0])
        const polling = yield* Effect.fork(sys.poll([{ fd: a, events: Poll.POLLOUT }]))
        const sending = yield* Effect.fork(write(sys, a, "later"))
        yield* Effect.yieldNow()
        assert.isNull(polling.unsafePoll())
        yield* read(sys, b)
        assert.deepStrictEqual(yield* Fiber.join(polling), [Poll.POLLOUT])
        assert.strictEqual(yield* Fiber.join(sending), 5)
      })
    ))

  it.effect("room for a message is taken before anybody looks for whom it is sent to", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* named(sys, "a")
        const self = { family: "unix", abstract: "a" } as const
        yield* sys.sendto(a, new Uint8Array(201_948), Abi.MSG_DONTWAIT, self)
        const nobody = { family: "unix", abstract: "nobody" } as const
        assert.strictEqual(yield* errnoOf(sys.send(a, new Uint8Array(1), Abi.MSG_DONTWAIT)), "EAGAIN")
        assert.strictEqual(yield* errnoOf(sys.sendto(a, new Uint8Array(1), Abi.MSG_DONTWAIT, nobody)), "EAGAIN")
        const one = yield* Effect.fork(errnoOf(sys.send(a, new Uint8Array(1))))
        const two = yield* Effect.fork(errnoOf(sys.sendto(a, new Uint8Array(1), 0, nobody)))
        yield* Effect.yieldNow()
        assert.isNull(one.unsafePoll())
        yield* read(sys, a)
        assert.deepStrictEqual([yield* Fiber.join(one), yield* Fiber.join(two)], ["ENOTCONN", "ECONNREFUSED"])
      })
    ))

  it.effect("a packet of one that passes credentials has a sender with a name", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_SEQPACKET)
        yield* sys.setsockopt(a, SOL_SOCKET, Abi.SO_PASSCRED, 1)
        yield* sys.send(a, new Uint8Array(7))
        const { from } = yield* sys.recvfrom(b, new Uint8Array(9))
        assert.strictEqual(from !== undefined && "abstract" in from, true)
      })
    ))

  it.effect("a peer that is gone refuses once, and is a peer no more", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* named(sys, "a")
        const b = yield* named(sys, "b")
        yield* sys.connect(a, { family: "unix", abstract: "b" })
        yield* sys.close(b)
        assert.strictEqual(yield* errnoOf(write(sys, a, "x")), "ECONNREFUSED")
        assert.strictEqual(yield* errnoOf(write(sys, a, "x")), "ENOTCONN")
      })
    ))

  it.effect("whoever has a peer lets nobody else send", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const a = yield* named(sys, "a")
        const b = yield* named(sys, "b")
        const c = yield* named(sys, "c")
        yield* sys.connect(b, { family: "unix", abstract: "a" })
        assert.strictEqual(
          yield* errnoOf(sys.sendto(c, new Uint8Array(1), 0, { family: "unix", abstract: "b" })),
          "EPERM"
        )
        assert.strictEqual(yield* errnoOf(sys.connect(c, { family: "unix", abstract: "b" })), "EPERM")
        yield* sys.connect(b, { family: "unspecified" })
        yield* sys.sendto(c, new Uint8Array(1), 0, { family: "unix", abstract: "b" })
        assert.strictEqual(yield* errnoOf(sys.listen(a, 1)), "EOPNOTSUPP")
      })
    ))

  it.effect("a message larger than the buffer is EMSGSIZE, and an empty name asks for one", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a] = yield* sys.socketpair(AF_UNIX, SOCK_DGRAM)
        assert.strictEqual(yield* errnoOf(sys.write(a, new Uint8Array(212_961))), "EMSGSIZE")
        assert.strictEqual(yield* sys.write(a, new Uint8Array(212_960)), 212_960)
        yield* sys.bind(a, { family: "unix" })
        const name = yield* sys.getsockname(a)
        assert.match("abstract" in name ? name.abstract : "", /^[0-9a-f]{5}$/)
      })
    ))

  it.effect("sequential packets are connected as streams are, and cut as datagrams are", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_SEQPACKET)
        yield* write(sys, a, "one")
        yield* write(sys, a, "two")
        assert.strictEqual(yield* read(sys, b, 2), "on")
        assert.strictEqual(yield* read(sys, b), "two")
        yield* sys.close(a)
        assert.strictEqual(yield* read(sys, b), "")
        assert.strictEqual(yield* errnoOf(sys.send(b, new Uint8Array(1), Abi.MSG_NOSIGNAL)), "EPIPE")
      })
    ))

  it.effect("a receiver that asks is told who sent, and nobody lies without privilege", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_DGRAM)
        yield* sys.setsockopt(b, SOL_SOCKET, Abi.SO_PASSCRED, 1)
        const child = yield* sys.spawn(Effect.gen(function*() {
          const own = yield* Sys
          yield* own.setgid(7)
          yield* own.setuid(1000)
          yield* write(own, a, "hi")
          const pid = yield* own.getpid()
          const lie = { _tag: "Credentials", pid, uid: 0, gid: 7 } as const
          return (yield* errnoOf(own.sendmsg(a, { data: new Uint8Array(1), control: [lie] }))) === "EPERM" ? 0 : 1
        }))
        assert.deepStrictEqual((yield* sys.wait(child))?.status, { _tag: "Exited", code: 0 })
        const told = yield* sys.recvmsg(b, { into: new Uint8Array(9), controlLength: 64 })
        assert.deepStrictEqual(told.control, [{ _tag: "Credentials", pid: child, uid: 1000, gid: 7 }])
        yield* write(sys, a, "again")
        assert.strictEqual((yield* sys.recvmsg(b, { into: new Uint8Array(9) })).flags, Abi.MSG_CTRUNC)
      })
    ))
})
