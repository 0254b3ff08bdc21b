import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { O_NONBLOCK } from "../../src/abi/OpenFlags.js"
import * as Poll from "../../src/abi/PollEvents.js"
import * as Abi from "../../src/abi/Socket.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import { errnoOf, inProcess, read, write } from "../support/run.js"

const { AF_UNIX, SOCK_STREAM, SOL_SOCKET } = Abi
const pair = (sys: SystemCalls, flags = 0) => sys.socketpair(AF_UNIX, SOCK_STREAM | flags)
const server = (sys: SystemCalls, path: string, backlog = 5) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(AF_UNIX, SOCK_STREAM)
    yield* sys.bind(fd, { family: "unix", path })
    yield* sys.listen(fd, backlog)
    return fd
  })
const client = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(AF_UNIX, SOCK_STREAM)
    yield* sys.connect(fd, { family: "unix", path })
    return fd
  })

describe("Unix streams", () => {
  it.effect("what one of a pair writes, the other reads, both ways", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* pair(sys)
        yield* write(sys, a, "ping")
        assert.strictEqual(yield* read(sys, b), "ping")
        yield* write(sys, b, "pong")
        assert.strictEqual(yield* read(sys, a), "pong")
        assert.strictEqual((yield* sys.fstat(a)).mode, 0o140777)
        assert.match(yield* sys.readlink(`/proc/self/fd/${a}`), /^socket:\[\d+\]$/)
      })
    ))

  it.effect("a read waits for a write, and reads across writes", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* pair(sys)
        const waiting = yield* Effect.fork(read(sys, b))
        yield* Effect.yieldNow()
        assert.isNull(waiting.unsafePoll())
        yield* write(sys, a, "one")
        assert.strictEqual(yield* Fiber.join(waiting), "one")
        yield* write(sys, a, "two")
        yield* write(sys, a, "three")
        assert.strictEqual(yield* read(sys, b, 6), "twothr")
        assert.strictEqual(yield* sys.fionread(b), 2)
      })
    ))

  it.effect("a server accepts who connects to its path, and knows whom", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, "/tmp/s")
        assert.strictEqual((yield* sys.lstat("/tmp/s")).mode, 0o140755)
        const near = yield* client(sys, "/tmp/s")
        yield* write(sys, near, "before anybody accepts")
        const { address, fd } = yield* sys.accept(listening)
        assert.deepStrictEqual(address, { family: "unix" })
        assert.strictEqual(yield* read(sys, fd), "before anybody accepts")
        assert.deepStrictEqual(yield* sys.getsockname(fd), { family: "unix", path: "/tmp/s" })
        assert.deepStrictEqual(yield* sys.getpeername(near), { family: "unix", path: "/tmp/s" })
        const { pid } = yield* sys.getsockopt(near, SOL_SOCKET, Abi.SO_PEERCRED)
        assert.strictEqual(pid, yield* sys.getpid())
        assert.strictEqual(yield* sys.getsockopt(listening, SOL_SOCKET, Abi.SO_ACCEPTCONN), 1)
      })
    ))

  it.effect("a path is refused when it is taken, when nobody listens, and when it is none", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, "/tmp/s")
        const fd = yield* sys.socket(AF_UNIX, SOCK_STREAM)
        assert.strictEqual(yield* errnoOf(sys.bind(fd, { family: "unix", path: "/tmp/s" })), "EADDRINUSE")
        assert.strictEqual(yield* errnoOf(sys.connect(fd, { family: "unix", path: "/tmp/none" })), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.connect(fd, { family: "unix", path: "/etc/passwd" })), "ECONNREFUSED")
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/s", 0)), "ENXIO")
        yield* sys.close(listening)
        assert.strictEqual(yield* errnoOf(sys.connect(fd, { family: "unix", path: "/tmp/s" })), "ECONNREFUSED")
        yield* sys.unlink("/tmp/s")
        yield* server(sys, "/tmp/s")
        yield* sys.connect(fd, { family: "unix", path: "/tmp/s" })
      })
    ))

  it.effect("a path leads through links and a root of one's own, and takes the permission to write", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/jail")
        yield* server(sys, "/jail/s")
        yield* sys.symlink("/jail/s", "/tmp/link")
        yield* client(sys, "/tmp/link")
        const inside = yield* sys.spawn(Effect.gen(function*() {
          const own = yield* Sys
          yield* own.chroot("/jail")
          yield* client(own, "/s")
          yield* own.setuid(1000)
          return (yield* errnoOf(client(own, "/s"))) === "EACCES" ? 0 : 1
        }))
        assert.deepStrictEqual((yield* sys.wait(inside))?.status, { _tag: "Exited", code: 0 })
      })
    ))

  it.effect("a full backlog makes a connect wait, and fail where it must not", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, "/tmp/s", 0)
        yield* client(sys, "/tmp/s")
        const impatient = yield* sys.socket(AF_UNIX, SOCK_STREAM | O_NONBLOCK)
        assert.strictEqual(yield* errnoOf(sys.connect(impatient, { family: "unix", path: "/tmp/s" })), "EAGAIN")
        const waiting = yield* Effect.fork(client(sys, "/tmp/s"))
        yield* Effect.yieldNow()
        assert.isNull(waiting.unsafePoll())
        yield* sys.accept(listening)
        yield* Fiber.join(waiting)
      })
    ))

  it.effect("closing a listener resets whoever was not accepted", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listening = yield* server(sys, "/tmp/s")
        const fd = yield* client(sys, "/tmp/s")
        yield* sys.close(listening)
        assert.deepStrictEqual(yield* sys.poll([{ fd, events: Poll.POLLIN }], 0), [
          Poll.POLLIN | Poll.POLLERR | Poll.POLLHUP
        ])
        assert.strictEqual(yield* errnoOf(read(sys, fd)), "ECONNRESET")
        assert.strictEqual(yield* read(sys, fd), "")
      })
    ))

  it.effect("closing one end is the end of file, and EPIPE with SIGPIPE, unless something was not read", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const signals: Array<number> = []
        yield* sys.sigaction(13, { disposition: (info) => Effect.sync(() => signals.push(info.signal)) })
        const [a, b] = yield* pair(sys)
        yield* write(sys, a, "last")
        yield* sys.close(a)
        assert.strictEqual(yield* read(sys, b), "last")
        assert.strictEqual(yield* read(sys, b), "")
        assert.strictEqual(yield* errnoOf(sys.send(b, new Uint8Array(1), Abi.MSG_NOSIGNAL)), "EPIPE")
        assert.deepStrictEqual(signals, [])
        assert.strictEqual(yield* errnoOf(write(sys, b, "x")), "EPIPE")
        yield* sys.getpid()
        assert.deepStrictEqual(signals, [13])
        const [c, d] = yield* pair(sys)
        yield* write(sys, d, "unread")
        yield* sys.close(c)
        assert.strictEqual(yield* errnoOf(read(sys, d)), "ECONNRESET")
      })
    ))

  it.effect("each half is shut on its own", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* pair(sys)
        yield* sys.shutdown(a, Abi.SHUT_WR)
        assert.strictEqual(yield* read(sys, b), "")
        yield* write(sys, b, "still")
        assert.strictEqual(yield* read(sys, a), "still")
        const [events] = yield* sys.poll([{ fd: b, events: Poll.POLLIN | Poll.POLLRDHUP | Poll.POLLOUT }], 0)
        assert.strictEqual(events, Poll.POLLIN | Poll.POLLRDHUP | Poll.POLLOUT)
        assert.strictEqual(yield* errnoOf(sys.shutdown(a, 3)), "EINVAL")
      })
    ))

  it.effect("a writer that finds it full waits, and a socket counts as Linux does what it holds", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* pair(sys)
        let small = 0
        while ((yield* errnoOf(sys.send(a, new Uint8Array(1), Abi.MSG_DONTWAIT))) === "success") small++
        assert.strictEqual(small, 278)
        const [c, d] = yield* pair(sys)
        assert.strictEqual(yield* sys.send(c, new Uint8Array(1_000_000), Abi.MSG_DONTWAIT), 219_264)
        assert.deepStrictEqual(yield* sys.poll([{ fd: c, events: Poll.POLLOUT }], 0), [0])
        const writing = yield* Effect.fork(write(sys, a, "more"))
        yield* Effect.yieldNow()
        assert.isNull(writing.unsafePoll())
        yield* sys.recv(b, new Uint8Array(300), Abi.MSG_WAITALL | Abi.MSG_DONTWAIT)
        assert.strictEqual(yield* Fiber.join(writing), 4)
        yield* sys.read(d, new Uint8Array(200_000))
        assert.deepStrictEqual(yield* sys.poll([{ fd: c, events: Poll.POLLOUT }], 0), [Poll.POLLOUT])
      })
    ))

  it.effect("peeking takes nothing, and waiting for all takes all at once", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* pair(sys)
        yield* write(sys, a, "abc")
        const into = new Uint8Array(6)
        assert.strictEqual(yield* sys.recv(b, into, Abi.MSG_PEEK), 3)
        const all = yield* Effect.fork(sys.recv(b, into, Abi.MSG_WAITALL))
        yield* Effect.yieldNow()
        assert.isNull(all.unsafePoll())
        assert.strictEqual(yield* sys.fionread(b), 3)
        yield* write(sys, a, "def")
        assert.strictEqual(yield* Fiber.join(all), 6)
        assert.strictEqual(String.fromCharCode(...into), "abcdef")
      })
    ))

  it.effect("a call waits no longer than SO_RCVTIMEO says, and that is told as EAGAIN", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a] = yield* pair(sys)
        yield* sys.setsockopt(a, SOL_SOCKET, Abi.SO_RCVTIMEO, 500)
        assert.strictEqual(yield* sys.getsockopt(a, SOL_SOCKET, Abi.SO_RCVTIMEO), 500)
        const waiting = yield* Effect.fork(errnoOf(read(sys, a)))
        yield* TestClock.adjust(499)
        yield* Effect.yieldNow()
        assert.isNull(waiting.unsafePoll())
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* Fiber.join(waiting), "EAGAIN")
      })
    ))

  it.effect("what is no socket says so", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* errnoOf(sys.listen(0, 1)), "ENOTSOCK")
        assert.strictEqual(yield* errnoOf(sys.listen(99, 1)), "EBADF")
        const fd = yield* sys.socket(AF_UNIX, SOCK_STREAM)
        assert.strictEqual(yield* errnoOf(sys.listen(fd, 1)), "EINVAL")
        assert.strictEqual(yield* errnoOf(sys.accept(fd)), "EINVAL")
        assert.strictEqual(yield* errnoOf(write(sys, fd, "x")), "ENOTCONN")
        assert.strictEqual(yield* errnoOf(sys.lseek(fd, 0, 0)), "ESPIPE")
        assert.strictEqual(yield* errnoOf(sys.socket(AF_UNIX, 9)), "ESOCKTNOSUPPORT")
        assert.strictEqual(yield* errnoOf(sys.socket(77, SOCK_STREAM)), "EAFNOSUPPORT")
      })
    ))
})
