/** Who sends, as a descriptor of the process: SO_PASSPIDFD and SO_PEERPIDFD. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { F_GETFD, FD_CLOEXEC } from "../../src/abi/Fcntl.js"
import { POLLHUP, POLLIN } from "../../src/abi/PollEvents.js"
import { RLIMIT_NOFILE } from "../../src/abi/Resources.js"
import { SIGTERM } from "../../src/abi/Signals.js"
import * as Abi from "../../src/abi/Socket.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import { errnoOf, inChild, inProcess, write } from "../support/run.js"

const { AF_INET, AF_UNIX, SO_PASSPIDFD, SO_PEERPIDFD, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET } = Abi

/** A pair of which the second wants to know who sends. */
const curious = (sys: SystemCalls, type: number = SOCK_STREAM) =>
  Effect.gen(function*() {
    const [a, b] = yield* sys.socketpair(AF_UNIX, type)
    yield* sys.setsockopt(b, SOL_SOCKET, SO_PASSPIDFD, 1)
    return [a, b] as const
  })

const receive = (sys: SystemCalls, fd: number, controlLength = 64) =>
  sys.recvmsg(fd, { into: new Uint8Array(64), controlLength })

/** The descriptor of who has sent a message. */
const senderOf = (sys: SystemCalls, fd: number) =>
  Effect.map(receive(sys, fd), ({ control }) => control[0]?._tag === "Pidfd" ? control[0].fd : -1)

describe("Descriptors of who sends", () => {
  it.effect("lead to the process, also when it has ended and was waited for", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* curious(sys)
        const child = yield* sys.spawn(inChild((own) => write(own, a, "x")))
        yield* sys.wait(child)
        const pidfd = yield* senderOf(sys, b)
        assert.strictEqual((yield* sys.poll([{ fd: pidfd, events: POLLIN }], 0))[0], POLLIN | POLLHUP)
        assert.strictEqual(yield* sys.fcntl(pidfd, F_GETFD), FD_CLOEXEC)
        assert.strictEqual(yield* errnoOf(sys.pidfdSendSignal(pidfd, SIGTERM)), "ESRCH")
      })
    ))

  it.effect("end what is read at once where the sender changes", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* curious(sys)
        yield* write(sys, a, "mine")
        yield* sys.wait(yield* sys.spawn(inChild((own) => write(own, a, "yours"))))
        assert.strictEqual((yield* receive(sys, b)).count, 4)
        assert.strictEqual((yield* receive(sys, b)).count, 5)
      })
    ))

  it.effect("come behind credentials and descriptors, and are cut off where there is no room", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* curious(sys, SOCK_DGRAM)
        yield* sys.setsockopt(b, SOL_SOCKET, Abi.SO_PASSCRED, 1)
        const send = sys.sendmsg(a, { data: Uint8Array.of(1), control: [{ _tag: "Rights", fds: [0, 0] }] })
        const tags = (room: number) =>
          Effect.zipRight(
            send,
            Effect.map(receive(sys, b, room), ({ control, flags }) => [...control.map(({ _tag }) => _tag), flags])
          )
        assert.deepStrictEqual(yield* tags(76), ["Credentials", "Rights", "Pidfd", 0])
        assert.deepStrictEqual(yield* tags(75), ["Credentials", "Rights", Abi.MSG_CTRUNC])
      })
    ))

  it.effect("are an errno where there is no descriptor for them", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* curious(sys)
        yield* write(sys, a, "x")
        yield* sys.setrlimit(RLIMIT_NOFILE, { soft: 3, hard: 100 })
        assert.strictEqual(yield* senderOf(sys, b), -24)
        assert.strictEqual(yield* errnoOf(sys.getsockopt(b, SOL_SOCKET, SO_PEERPIDFD)), "EMFILE")
      })
    ))

  it.effect("are not there for what was sent before anybody wanted to know, nor for the end of a stream", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        yield* write(sys, a, "x")
        yield* sys.close(a)
        yield* sys.setsockopt(b, SOL_SOCKET, SO_PASSPIDFD, 1)
        assert.deepStrictEqual((yield* receive(sys, b)).control, [])
        assert.deepStrictEqual((yield* receive(sys, b)).control, [])
      })
    ))

  it.effect("of the other side are those of whoever connected and whoever listened", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const pidOf = (fd: number) =>
          Effect.gen(function*() {
            const info = yield* sys.open(`/proc/self/fdinfo/${fd}`, 0)
            const into = new Uint8Array(200)
            const count = yield* sys.read(info, into)
            return Number(/Pid:\t(-?\d+)/.exec(new TextDecoder().decode(into.subarray(0, count)))?.[1])
          })
        const listener = yield* sys.socket(AF_UNIX, SOCK_STREAM)
        assert.strictEqual(yield* errnoOf(sys.getsockopt(listener, SOL_SOCKET, SO_PEERPIDFD)), "ENODATA")
        yield* sys.bind(listener, { family: "unix", abstract: "door" })
        yield* sys.listen(listener, 1)
        const child = yield* sys.spawn(Effect.gen(function*() {
          const own = yield* Sys
          const fd = yield* own.socket(AF_UNIX, SOCK_STREAM)
          yield* own.connect(fd, { family: "unix", abstract: "door" })
          const pidfd = yield* own.getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD)
          yield* own.pidfdSendSignal(pidfd, 0)
          return 0
        }))
        const { fd } = yield* sys.accept(listener)
        assert.strictEqual(yield* pidOf(yield* sys.getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD)), child)
        assert.deepInclude(yield* sys.wait(child), { pid: child })
      })
    ))

  it.effect("are for Unix sockets alone", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
        assert.strictEqual(yield* errnoOf(sys.setsockopt(fd, SOL_SOCKET, SO_PASSPIDFD, 1)), "EOPNOTSUPP")
        assert.strictEqual(yield* errnoOf(sys.getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD)), "ENODATA")
      })
    ))
})
