/** Reading signals. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as EpollFlags from "../src/abi/EpollFlags.js"
import { SFD_NONBLOCK } from "../src/abi/EventFlags.js"
import { POLLIN } from "../src/abi/PollEvents.js"
import * as SignalCodes from "../src/abi/SignalCodes.js"
import * as SignalfdInfo from "../src/abi/SignalfdInfo.js"
import { SIGCHLD, SIGKILL, SIGRTMIN, SIGUSR1, SIGUSR2 } from "../src/abi/Signals.js"
import type { Any } from "../src/Errno.js"
import * as SignalSet from "../src/SignalSet.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inChild, inProcess, read } from "./support/run.js"

const test = (name: string, body: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  it.live(name, () => inProcess(body))

const usual = SignalSet.of(SIGUSR1, SIGUSR2, SIGRTMIN)

/** Blocks the usual signals and answers a descriptor for them. */
const begin = (sys: SystemCalls, flags = SFD_NONBLOCK) =>
  Effect.zipRight(sys.sigprocmask(0, usual), sys.signalfd(-1, usual, flags))

const take = (sys: SystemCalls, fd: number, most = 1) =>
  Effect.suspend(() => {
    const into = new Uint8Array(most * SignalfdInfo.SIZE)
    return Effect.map(sys.read(fd, into), (count) =>
      Array.from(
        { length: count / SignalfdInfo.SIZE },
        (_, i) => SignalfdInfo.decode(into.subarray(i * SignalfdInfo.SIZE, (i + 1) * SignalfdInfo.SIZE))
      ))
  })

describe("signalfd", () => {
  test("answers pending signals instead of their being delivered, the lowest first", (sys) =>
    Effect.gen(function*() {
      const fd = yield* begin(sys)
      const self = yield* sys.getpid()
      yield* sys.kill(self, SIGUSR2)
      yield* sys.sigqueue(self, SIGRTMIN, -5)
      yield* sys.sigqueue(self, SIGRTMIN, 6)
      yield* sys.kill(self, SIGUSR1)
      const all = yield* take(sys, fd, 10)
      assert.deepStrictEqual(all.map(({ code, int, pid, signo }) => [signo, code, pid, int]), [
        [SIGUSR1, SignalCodes.SI_USER, self, 0],
        [SIGUSR2, SignalCodes.SI_USER, self, 0],
        [SIGRTMIN, SignalCodes.SI_QUEUE, self, -5],
        [SIGRTMIN, SignalCodes.SI_QUEUE, self, 6]
      ])
      assert.strictEqual(yield* errnoOf(take(sys, fd)), "EAGAIN")
      assert.strictEqual(yield* sys.sigpending(), SignalSet.empty)
    }))

  test("fills as many records as there is room for", (sys) =>
    Effect.gen(function*() {
      const fd = yield* begin(sys)
      const self = yield* sys.getpid()
      for (const signal of [SIGUSR1, SIGUSR2]) yield* sys.kill(self, signal)
      assert.strictEqual(yield* sys.read(fd, new Uint8Array(255)), 128)
      assert.strictEqual(yield* sys.read(fd, new Uint8Array(1000)), 128)
    }))

  test("tells of a child how it ended", (sys) =>
    Effect.gen(function*() {
      yield* sys.sigprocmask(0, SignalSet.of(SIGCHLD))
      const fd = yield* sys.signalfd(-1, SignalSet.of(SIGCHLD))
      const pid = yield* sys.spawn(Effect.succeed(7))
      assert.deepInclude((yield* take(sys, fd))[0], {
        signo: SIGCHLD,
        code: SignalCodes.CLD_EXITED,
        pid,
        status: 7
      })
    }))

  test("EINVAL: other flags, too little room, no signalfd; EBADF: not open", (sys) =>
    Effect.gen(function*() {
      const fd = yield* begin(sys)
      assert.strictEqual(yield* errnoOf(sys.signalfd(-1, usual, 1)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.read(fd, new Uint8Array(127))), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.write(fd, new Uint8Array(128))), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.signalfd(yield* sys.eventfd(), usual)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.signalfd(99, usual)), "EBADF")
    }))

  test("gets another mask, without what cannot be blocked", (sys) =>
    Effect.gen(function*() {
      const fd = yield* begin(sys)
      const self = yield* sys.getpid()
      yield* sys.kill(self, SIGUSR1)
      assert.strictEqual(yield* sys.signalfd(fd, SignalSet.of(SIGUSR2, SIGKILL)), fd)
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: POLLIN }], 0), [0])
      assert.strictEqual(yield* errnoOf(take(sys, fd)), "EAGAIN")
      const text = yield* read(sys, yield* sys.open(`/proc/self/fdinfo/${fd}`, 0))
      assert.include(text, "sigmask:\t0000000000000800\n")
      yield* sys.signalfd(fd, usual)
      assert.strictEqual((yield* take(sys, fd))[0]?.signo, SIGUSR1)
    }))

  test("who reads waits; what sigtimedwait takes is gone", (sys) =>
    Effect.gen(function*() {
      const fd = yield* begin(sys, 0)
      const self = yield* sys.getpid()
      const reading = yield* Effect.fork(take(sys, fd))
      yield* Effect.yieldNow()
      yield* sys.kill(self, SIGUSR1)
      assert.strictEqual((yield* Fiber.join(reading))[0]?.signo, SIGUSR1)
      yield* sys.kill(self, SIGUSR2)
      assert.strictEqual((yield* sys.sigtimedwait(usual)).signal, SIGUSR2)
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: POLLIN }], 0), [0])
    }))

  test("shows each process its own signals", (sys) =>
    Effect.gen(function*() {
      const fd = yield* begin(sys)
      yield* sys.kill(yield* sys.getpid(), SIGUSR1)
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: POLLIN }], 0), [POLLIN])
      yield* sys.spawn(inChild((child) =>
        Effect.gen(function*() {
          assert.deepStrictEqual(yield* child.poll([{ fd, events: POLLIN }], 0), [0])
          assert.strictEqual(yield* errnoOf(child.read(fd, new Uint8Array(128))), "EAGAIN")
        })
      ))
      assert.deepStrictEqual((yield* sys.wait())?.status, { _tag: "Exited", code: 0 })
    }))

  test("wakes poll and epoll", (sys) =>
    Effect.gen(function*() {
      const fd = yield* begin(sys)
      const epfd = yield* sys.epollCreate()
      yield* sys.epollCtl(epfd, EpollFlags.EPOLL_CTL_ADD, fd, { events: EpollFlags.EPOLLIN })
      const self = yield* sys.getpid()
      const kill = inChild((child) => Effect.zipRight(child.schedYield(), child.kill(self, SIGUSR1)))
      yield* sys.spawn(kill)
      assert.deepStrictEqual(yield* sys.epollWait(epfd, 1), [{ events: EpollFlags.EPOLLIN, data: fd }])
      yield* take(sys, fd)
      yield* sys.spawn(kill)
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: POLLIN }]), [POLLIN])
      assert.strictEqual(yield* sys.readlink(`/proc/self/fd/${fd}`), "anon_inode:[signalfd]")
    }))
})
