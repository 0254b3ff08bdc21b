/** Urgent data of TCP: MSG_OOB, SO_OOBINLINE, sockatmark and SIGURG. Compared with Linux in `test/conformance/sockets`. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { F_SETFL, F_SETOWN, F_SETSIG } from "../../src/abi/Fcntl.js"
import { O_ASYNC } from "../../src/abi/OpenFlags.js"
import { POLLIN, POLLOUT, POLLPRI } from "../../src/abi/PollEvents.js"
import { POLL_IN, POLL_PRI } from "../../src/abi/SignalCodes.js"
import { SIGURG } from "../../src/abi/Signals.js"
import * as Abi from "../../src/abi/Socket.js"
import * as Bytes from "../../src/Bytes.js"
import * as SignalSet from "../../src/SignalSet.js"
import type { SystemCalls } from "../../src/Sys.js"
import * as VirtualNetwork from "../../src/VirtualNetwork.js"
import { machine } from "../support/machine.js"
import { errnoOf, inProcess } from "../support/run.js"

const { AF_INET, AF_UNIX, MSG_OOB, MSG_PEEK, MSG_WAITALL, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM, SOL_SOCKET } = Abi
const at = (address: string) => ({ family: "inet", address, port: 7000 }) as const

const connected = (sys: SystemCalls, far = sys, address = "127.0.0.1") =>
  Effect.gen(function*() {
    const listener = yield* far.socket(AF_INET, SOCK_STREAM)
    yield* far.bind(listener, at(address))
    yield* far.listen(listener, 1)
    const near = yield* sys.socket(AF_INET, SOCK_STREAM)
    const waiting = yield* Effect.fork(far.accept(listener, SOCK_NONBLOCK))
    const connecting = yield* Effect.fork(sys.connect(near, at(address)))
    yield* TestClock.adjust("1 second")
    yield* connecting.await
    return [near, (yield* waiting).fd] as const
  })

const send = (sys: SystemCalls, fd: number, text: string, flags = 0) => sys.send(fd, Bytes.encode(text), flags)
const receive = (sys: SystemCalls, fd: number, flags = 0) =>
  Effect.suspend(() => {
    const into = new Uint8Array(16)
    return Effect.match(sys.recv(fd, into, flags), {
      onFailure: ({ _tag }): string => _tag,
      onSuccess: (count) => Bytes.decode(into.subarray(0, count))
    })
  })

describe("Urgent data", () => {
  it.effect("is the last byte of what was sent, received by itself, and passed over among the others", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* connected(sys)
        yield* send(sys, a, "abc", MSG_OOB)
        yield* send(sys, a, "de")
        assert.strictEqual(yield* sys.fionread(b), 2)
        assert.strictEqual((yield* sys.poll([{ fd: b, events: POLLIN | POLLPRI }], 0))[0], POLLIN | POLLPRI)
        assert.strictEqual(yield* receive(sys, b, MSG_OOB | MSG_PEEK), "c")
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "c")
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "EINVAL")
        assert.strictEqual(yield* receive(sys, b, MSG_WAITALL), "ab")
        assert.isTrue(yield* sys.sockatmark(b))
        assert.strictEqual(yield* receive(sys, b), "de")
        assert.isFalse(yield* sys.sockatmark(b))
      })
    ))

  it.effect("is received among the others where SO_OOBINLINE says so, after a stop in front of it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* connected(sys)
        yield* sys.setsockopt(b, SOL_SOCKET, Abi.SO_OOBINLINE, 1)
        yield* send(sys, a, "abc", MSG_OOB)
        yield* send(sys, a, "de")
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "EINVAL")
        assert.strictEqual(yield* sys.fionread(b), 5)
        assert.strictEqual(yield* receive(sys, b), "ab")
        assert.strictEqual(yield* receive(sys, b), "cde")
      })
    ))

  it.effect("that nothing follows is nothing to read, and is gone once somebody has tried to", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* connected(sys)
        yield* send(sys, a, "x", MSG_OOB)
        assert.strictEqual((yield* sys.poll([{ fd: b, events: POLLIN | POLLOUT }], 0))[0], POLLOUT)
        assert.strictEqual(yield* receive(sys, b), "EAGAIN")
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "EINVAL")
      })
    ))

  it.effect("comes to a reader that sleeps as if it had not slept", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* connected(sys)
        yield* sys.fcntl(b, F_SETFL, 0)
        const into = new Uint8Array(4096)
        const reading = yield* Effect.fork(sys.recv(b, into))
        yield* Effect.yieldNow()
        yield* send(sys, a, "abc", MSG_OOB)
        assert.strictEqual(yield* reading, 2)
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "c")
      })
    ))

  it.effect("is told of by SIGURG to the owner, and by the signal that was chosen to whoever asked for all", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* connected(sys)
        const set = SignalSet.of(SIGURG, 40)
        yield* sys.sigprocmask(0, set)
        yield* send(sys, a, "x", MSG_OOB)
        assert.strictEqual(yield* sys.sigpending(), 0n)
        yield* sys.fcntl(b, F_SETOWN, yield* sys.getpid())
        yield* send(sys, a, "y", MSG_OOB)
        assert.deepInclude(yield* sys.sigtimedwait(set, 0), { signal: SIGURG })
        yield* sys.fcntl(b, F_SETSIG, 40)
        yield* sys.fcntl(b, F_SETFL, O_ASYNC)
        yield* send(sys, a, "z", MSG_OOB)
        const told: Array<readonly [number, number]> = []
        for (let i = 0; i < 3; i++) {
          const { code, signal } = yield* sys.sigtimedwait(set, 0)
          told.push([signal, code])
        }
        assert.deepStrictEqual(told.slice(1), [[40, POLL_PRI], [40, POLL_IN]])
        assert.strictEqual(told[0]?.[0], SIGURG)
      })
    ))

  it.scoped("keeps its place on the way to another machine", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make({ latency: 20 })
      const one = yield* machine(network, "10.0.0.1")
      const other = yield* machine(network, "10.0.0.2")
      const [a, b] = yield* connected(one, other, "10.0.0.2")
      yield* send(one, a, "abc", MSG_OOB)
      yield* send(one, a, "de")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* receive(other, b), "ab")
      assert.strictEqual(yield* receive(other, b, MSG_OOB), "c")
      assert.strictEqual(yield* receive(other, b), "de")
    }))

  it.effect("of a Unix stream ends what is read at once, keeps its place when it was taken, and is passed over else", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK)
        yield* send(sys, a, "abc", MSG_OOB)
        yield* send(sys, a, "de")
        assert.strictEqual(yield* sys.fionread(b), 5)
        assert.strictEqual((yield* sys.poll([{ fd: b, events: POLLPRI }], 0))[0], POLLPRI)
        assert.strictEqual(yield* receive(sys, b, MSG_OOB | MSG_PEEK), "c")
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "c")
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "EINVAL")
        assert.strictEqual(yield* sys.fionread(b), 4)
        assert.strictEqual(yield* receive(sys, b, MSG_WAITALL), "ab")
        assert.isTrue(yield* sys.sockatmark(b))
        assert.strictEqual(yield* receive(sys, b), "de")
        yield* send(sys, a, "x", MSG_OOB)
        assert.isTrue(yield* sys.sockatmark(b))
        assert.strictEqual(yield* receive(sys, b), "EAGAIN")
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "EINVAL")
        // Of two, only the second is urgent.
        yield* send(sys, a, "y", MSG_OOB)
        yield* send(sys, a, "z", MSG_OOB)
        assert.strictEqual(yield* receive(sys, b), "y")
        yield* sys.setsockopt(b, SOL_SOCKET, Abi.SO_OOBINLINE, 1)
        assert.strictEqual(yield* receive(sys, b), "z")
      })
    ))

  it.effect("of a Unix stream wakes a reader that sleeps, in whose buffer lies what came before", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        const into = new Uint8Array(1000)
        const waiting = yield* Effect.fork(sys.recv(b, into, MSG_WAITALL))
        yield* sys.schedYield()
        yield* send(sys, a, "before")
        yield* send(sys, a, "!", MSG_OOB)
        yield* send(sys, a, "after")
        assert.strictEqual(yield* Fiber.join(waiting), 6)
        assert.strictEqual(Bytes.decode(into.subarray(0, 6)), "before")
        assert.strictEqual(yield* receive(sys, b, MSG_OOB), "!")
        assert.strictEqual(yield* receive(sys, b), "after")
      })
    ))

  it.effect("is there on streams alone, and so is its mark", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const datagrams = yield* sys.socket(AF_INET, SOCK_DGRAM)
        assert.strictEqual(yield* errnoOf(sys.sockatmark(datagrams)), "ENOTTY")
        assert.strictEqual(yield* errnoOf(sys.sockatmark(0)), "ENOTTY")
        const [stream] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        const [datagram] = yield* sys.socketpair(AF_UNIX, SOCK_DGRAM)
        assert.isFalse(yield* sys.sockatmark(stream))
        assert.strictEqual(yield* errnoOf(sys.sockatmark(datagram)), "EOPNOTSUPP")
        assert.strictEqual(yield* errnoOf(send(sys, stream, "", MSG_OOB)), "EOPNOTSUPP")
        assert.strictEqual(yield* errnoOf(send(sys, datagram, "x", MSG_OOB)), "EOPNOTSUPP")
      })
    ))

  it.effect("a listener of a Unix stream is at its mark while somebody waits to be accepted", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listener = yield* sys.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK)
        const name = { family: "unix", abstract: "x" } as const
        yield* sys.bind(listener, name)
        yield* sys.listen(listener, 1)
        assert.isFalse(yield* sys.sockatmark(listener))
        yield* sys.connect(yield* sys.socket(AF_UNIX, SOCK_STREAM), name)
        assert.isTrue(yield* sys.sockatmark(listener))
        yield* sys.accept(listener)
        assert.isFalse(yield* sys.sockatmark(listener))
      })
    ))
})

describe("What a socket holds", () => {
  it.effect("is told by SO_MEMINFO, with the datagrams that it had no room for", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
        yield* sys.bind(fd, at("127.0.0.1"))
        yield* sys.setsockopt(fd, SOL_SOCKET, Abi.SO_RCVBUF, 0)
        for (let i = 0; i < 9; i++) yield* sys.sendto(fd, new Uint8Array(1000), 0, at("127.0.0.1"))
        const memory = yield* sys.getsockopt(fd, SOL_SOCKET, Abi.SO_MEMINFO)
        assert.deepStrictEqual([memory.length, memory[1], memory[3]], [9, 2304, 212_992])
        assert.isAbove(memory[0]!, 2304)
        assert.isAbove(memory[8]!, 0)
        assert.strictEqual(yield* errnoOf(sys.setsockopt(fd, SOL_SOCKET, Abi.SO_MEMINFO, [])), "ENOPROTOOPT")
      })
    ))

  it.effect("and what has gone through a connection is told by TCP_INFO", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* connected(sys)
        yield* send(sys, a, "hello")
        yield* receive(sys, b)
        const info = (fd: number) => sys.getsockopt(fd, Abi.SOL_TCP, Abi.TCP_INFO)
        assert.deepInclude(yield* info(a), { bytesSent: 5, bytesReceived: 0 })
        assert.deepInclude(yield* info(b), { bytesSent: 0, bytesReceived: 5 })
      })
    ))
})
