/** Waiting with epoll. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as EpollFlags from "../src/abi/EpollFlags.js"
import { EFD_NONBLOCK } from "../src/abi/EventFlags.js"
import { F_GETFD, F_GETFL } from "../src/abi/Fcntl.js"
import { O_CLOEXEC, O_CREAT, O_DIRECTORY, O_NONBLOCK, O_PATH, O_RDWR } from "../src/abi/OpenFlags.js"
import { POLLIN, POLLRDNORM } from "../src/abi/PollEvents.js"
import { RLIMIT_NOFILE } from "../src/abi/Resources.js"
import { SIGUSR1 } from "../src/abi/Signals.js"
import type { Any } from "../src/Errno.js"
import * as SignalSet from "../src/SignalSet.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inChild, inProcess, read, write } from "./support/run.js"

const {
  EPOLL_CTL_ADD: ADD,
  EPOLL_CTL_DEL: DEL,
  EPOLL_CTL_MOD: MOD,
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLWAKEUP
} = EpollFlags

const test = (name: string, body: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  it.live(name, () => inProcess(body))

const one = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)

/** What epoll_wait answers at once, as pairs of data and events. */
const now = (sys: SystemCalls, epfd: number, most = 10) =>
  Effect.map(sys.epollWait(epfd, most, 0), (found) => found.map(({ data, events }) => [data, events] as const))

describe("epoll_create1", () => {
  test("makes a descriptor that can be neither read nor written, with or without FD_CLOEXEC", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const closing = yield* sys.epollCreate(EpollFlags.EPOLL_CLOEXEC)
      assert.deepStrictEqual([yield* sys.fcntl(epfd, F_GETFD), yield* sys.fcntl(closing, F_GETFD)], [0, 1])
      assert.strictEqual(yield* sys.fcntl(epfd, F_GETFL), O_RDWR)
      assert.strictEqual(yield* errnoOf(sys.read(epfd, new Uint8Array(8))), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.write(epfd, one)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.pread(epfd, new Uint8Array(8), 0)), "ESPIPE")
      assert.strictEqual(yield* sys.lseek(epfd, 7, 0), 0)
      assert.strictEqual(yield* errnoOf(sys.lseek(epfd, 7, 9)), "EINVAL")
      assert.strictEqual(yield* sys.readlink(`/proc/self/fd/${epfd}`), "anon_inode:[eventpoll]")
    }))

  test("shares its inode with all that has no file, and that cannot be changed", (sys) =>
    Effect.gen(function*() {
      const epoll = yield* sys.fstat(yield* sys.epollCreate())
      const fd = yield* sys.eventfd()
      const counter = yield* sys.fstat(fd)
      assert.deepStrictEqual([epoll.ino, epoll.dev], [counter.ino, counter.dev])
      assert.deepStrictEqual([epoll.mode, epoll.nlink, epoll.size, epoll.uid], [0o600, 1, 0, 0])
      assert.strictEqual(yield* errnoOf(sys.fchmod(fd, 0o644)), "EOPNOTSUPP")
      assert.strictEqual(yield* errnoOf(sys.fchown(fd, 1, 1)), "EOPNOTSUPP")
      assert.strictEqual(yield* errnoOf(sys.futimens(fd, "now", "now")), "EOPNOTSUPP")
      assert.strictEqual(yield* errnoOf(sys.ftruncate(fd, 0)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.fsync(fd)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.fionread(fd)), "ENOTTY")
      assert.strictEqual(yield* errnoOf(sys.open(`/proc/self/fd/${fd}`, O_RDWR)), "ENXIO")
    }))

  test("fails with EINVAL for other flags, with EMFILE when the table is full", (sys) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* errnoOf(sys.epollCreate(1)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollCreate(O_NONBLOCK)), "EINVAL")
      yield* sys.setrlimit(RLIMIT_NOFILE, { soft: 3, hard: 3 })
      assert.strictEqual(yield* errnoOf(sys.epollCreate()), "EMFILE")
      assert.strictEqual(yield* errnoOf(sys.eventfd()), "EMFILE")
    }))
})

describe("epoll_ctl", () => {
  test("EBADF: one of the two is not open, or only named", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const named = yield* sys.open("/", O_PATH)
      const fd = yield* sys.eventfd()
      for (const [epoll, of] of [[99, fd], [epfd, 99], [-1, fd], [epfd, named], [named, fd]] as const) {
        assert.strictEqual(yield* errnoOf(sys.epollCtl(epoll, ADD, of, { events: EPOLLIN })), "EBADF")
      }
    }))

  test("EPERM: what is always ready cannot be watched", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const file = yield* sys.open("/tmp/a", O_CREAT | O_RDWR)
      const directory = yield* sys.open("/tmp", O_DIRECTORY)
      const device = yield* sys.open("/dev/null", O_RDWR)
      for (const fd of [file, directory, device]) {
        assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN })), "EPERM")
      }
      // Which is asked before whether the first is an epoll.
      assert.strictEqual(yield* errnoOf(sys.epollCtl(file, ADD, file, { events: EPOLLIN })), "EPERM")
    }))

  test("EINVAL: no epoll, itself, or no such operation", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.eventfd()
      assert.strictEqual(yield* errnoOf(sys.epollCtl(fd, ADD, epfd, { events: EPOLLIN })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, ADD, epfd, { events: EPOLLIN })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, ADD, yield* sys.dup(epfd), { events: 1 })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, 4, fd, { events: EPOLLIN })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, 0, fd)), "EINVAL")
    }))

  test("EEXIST and ENOENT: a watch is known by the description and the number", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.eventfd()
      const copy = yield* sys.dup(fd)
      yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN })
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN })), "EEXIST")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, MOD, copy, { events: EPOLLIN })), "ENOENT")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, DEL, copy)), "ENOENT")
      yield* sys.epollCtl(epfd, ADD, copy, { events: EPOLLIN })
      yield* sys.write(fd, one)
      // Of two that watch the same, the newer is told first.
      assert.deepStrictEqual(yield* now(sys, epfd), [[copy, EPOLLIN], [fd, EPOLLIN]])
      yield* sys.epollCtl(epfd, DEL, fd)
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, DEL, fd)), "ENOENT")
      assert.deepStrictEqual(yield* now(sys, epfd), [[copy, EPOLLIN]])
    }))

  test("ELOOP: a circle, or more than five above one another", (sys) =>
    Effect.gen(function*() {
      const epolls: Array<number> = []
      for (let i = 0; i < 6; i++) epolls.push(yield* sys.epollCreate())
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = epolls
      yield* sys.epollCtl(a, ADD, b, { events: EPOLLIN })
      yield* sys.epollCtl(b, ADD, c, { events: EPOLLIN })
      assert.strictEqual(yield* errnoOf(sys.epollCtl(c, ADD, a, { events: EPOLLIN })), "ELOOP")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(b, ADD, a, { events: EPOLLIN })), "ELOOP")
      yield* sys.epollCtl(c, ADD, d, { events: EPOLLIN })
      yield* sys.epollCtl(d, ADD, e, { events: EPOLLIN })
      assert.strictEqual(yield* errnoOf(sys.epollCtl(e, ADD, f, { events: EPOLLIN })), "ELOOP")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(f, ADD, a, { events: EPOLLIN })), "ELOOP")
      yield* sys.epollCtl(b, DEL, c)
      yield* sys.epollCtl(e, ADD, f, { events: EPOLLIN })
      assert.strictEqual(yield* errnoOf(sys.epollCtl(a, ADD, c, { events: EPOLLIN })), "success")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(b, ADD, c, { events: EPOLLIN })), "ELOOP")
    }))

  it.effect("ENOSPC: more watches than the user may have, until some are gone", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const epfd = yield* sys.epollCreate()
        const [a, b] = yield* sys.pipe()
        const c = yield* sys.eventfd()
        for (const fd of [a, b]) yield* sys.epollCtl(epfd, ADD, fd, { events: 0 })
        assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, ADD, c, { events: 0 })), "ENOSPC")
        assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, ADD, a, { events: 0 })), "EEXIST")
        yield* sys.close(a)
        yield* sys.epollCtl(epfd, ADD, c, { events: 0 })
        yield* sys.close(epfd)
        const other = yield* sys.epollCreate()
        for (const fd of [b, c]) yield* sys.epollCtl(other, ADD, fd, { events: 0 })
      }), { config: { watchesMax: 2 } }))

  test("EPOLLEXCLUSIVE stands in ADD alone, beside few others, and not for an epoll", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const inner = yield* sys.epollCreate()
      const fd = yield* sys.eventfd()
      const exclusive = (operation: number, of: number, events: number) =>
        errnoOf(sys.epollCtl(epfd, operation, of, { events: EPOLLEXCLUSIVE | events }))
      assert.strictEqual(yield* exclusive(ADD, inner, EPOLLIN), "EINVAL")
      assert.strictEqual(yield* exclusive(ADD, fd, EPOLLIN | EPOLLONESHOT), "EINVAL")
      assert.strictEqual(yield* exclusive(ADD, fd, EPOLLPRI), "EINVAL")
      assert.strictEqual(
        yield* exclusive(ADD, fd, EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET),
        "success"
      )
      assert.strictEqual(yield* exclusive(MOD, fd, EPOLLIN), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, MOD, fd, { events: EPOLLIN })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, DEL, fd)), "success")
    }))
})

describe("epoll_wait", () => {
  test("EINVAL: no room for events, or no epoll; EBADF: not open", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.eventfd()
      assert.strictEqual(yield* errnoOf(sys.epollWait(epfd, 0, 0)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollWait(epfd, -1, 0)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollWait(99, 0, 0)), "EBADF")
      assert.strictEqual(yield* errnoOf(sys.epollWait(epfd, 178_956_971, 0)), "EINVAL")
      assert.deepStrictEqual(yield* now(sys, epfd, 178_956_970), [])
      assert.strictEqual(yield* errnoOf(sys.epollWait(fd, 1, 0)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.epollWait(99, 1, 0)), "EBADF")
      assert.strictEqual(yield* errnoOf(sys.epollPwait2(epfd, 1, -1)), "EINVAL")
      assert.deepStrictEqual(yield* sys.epollPwait2(epfd, 1, 0n), [])
    }))

  test("a level is told as long as it holds, with the data that was given", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const [reader, writer] = yield* sys.pipe()
      yield* sys.epollCtl(epfd, ADD, reader, { events: EPOLLIN, data: 0xffff_ffff_ffff_ffffn })
      yield* sys.epollCtl(epfd, ADD, writer, { events: EPOLLOUT, data: 7 })
      assert.deepStrictEqual(yield* now(sys, epfd), [[7, EPOLLOUT]])
      yield* write(sys, writer, "hello")
      for (let i = 0; i < 2; i++) {
        assert.sameDeepMembers([...yield* now(sys, epfd)], [[7, EPOLLOUT], [0xffff_ffff_ffff_ffffn, EPOLLIN]])
      }
      yield* read(sys, reader)
      assert.deepStrictEqual(yield* now(sys, epfd), [[7, EPOLLOUT]])
      yield* sys.close(writer)
      assert.deepStrictEqual(yield* now(sys, epfd), [[0xffff_ffff_ffff_ffffn, EPOLLHUP]])
    }))

  test("an edge is told once for each time that something happens", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const [reader, writer] = yield* sys.pipe()
      yield* sys.epollCtl(epfd, ADD, reader, { events: EPOLLIN | EPOLLET })
      yield* write(sys, writer, "a")
      assert.deepStrictEqual(yield* now(sys, epfd), [[reader, EPOLLIN]])
      assert.deepStrictEqual(yield* now(sys, epfd), [])
      // More of it is news, what is left of it is not.
      yield* write(sys, writer, "bc")
      assert.deepStrictEqual(yield* now(sys, epfd), [[reader, EPOLLIN]])
      yield* read(sys, reader, 1)
      assert.deepStrictEqual(yield* now(sys, epfd), [])
      yield* sys.close(writer)
      assert.deepStrictEqual(yield* now(sys, epfd), [[reader, EPOLLIN | EPOLLHUP]])
    }))

  test("a change in the one direction is no news of the other", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.eventfd(1)
      yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLOUT | EPOLLET })
      assert.deepStrictEqual(yield* now(sys, epfd), [[fd, EPOLLOUT]])
      yield* sys.write(fd, one)
      assert.deepStrictEqual(yield* now(sys, epfd), [])
      yield* sys.read(fd, new Uint8Array(8))
      assert.deepStrictEqual(yield* now(sys, epfd), [[fd, EPOLLOUT]])
    }))

  test("one shot is told once, and again when it is asked for anew", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.eventfd(1)
      yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN | EPOLLONESHOT })
      assert.deepStrictEqual(yield* now(sys, epfd), [[fd, EPOLLIN]])
      yield* sys.write(fd, one)
      assert.deepStrictEqual(yield* now(sys, epfd), [])
      yield* sys.epollCtl(epfd, MOD, fd, { events: EPOLLIN | EPOLLONESHOT, data: 5 })
      assert.deepStrictEqual(yield* now(sys, epfd), [[5, EPOLLIN]])
      assert.deepStrictEqual(yield* now(sys, epfd), [])
    }))

  test("no more than asked for, and each in its turn", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fds: Array<number> = []
      for (let i = 0; i < 5; i++) fds.push(yield* sys.eventfd(1))
      for (const fd of fds) yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN })
      const told: Array<bigint | number> = []
      for (let i = 0; i < 5; i++) for (const [fd] of yield* now(sys, epfd, 2)) told.push(fd)
      assert.deepStrictEqual(told, [...fds, ...fds])
    }))

  test("nothing is told of what was asked to be left out, or is gone", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.eventfd(1)
      yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN })
      yield* sys.epollCtl(epfd, MOD, fd, { events: 0 })
      assert.deepStrictEqual(yield* now(sys, epfd), [])
      yield* sys.epollCtl(epfd, MOD, fd, { events: EPOLLIN | EPOLLOUT })
      assert.deepStrictEqual(yield* now(sys, epfd), [[fd, EPOLLIN | EPOLLOUT]])
      yield* sys.close(fd)
      assert.deepStrictEqual(yield* now(sys, epfd), [])
    }))

  test("a watch lives as long as the description, whatever becomes of the number", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.eventfd(1)
      const copy = yield* sys.dup(fd)
      yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN, data: 1 })
      yield* sys.close(fd)
      assert.deepStrictEqual(yield* now(sys, epfd), [[1, EPOLLIN]])
      assert.strictEqual(yield* errnoOf(sys.epollCtl(epfd, DEL, fd)), "EBADF")
      assert.strictEqual(yield* sys.eventfd(1), fd)
      yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN, data: 2 })
      assert.deepStrictEqual(yield* now(sys, epfd), [[1, EPOLLIN], [2, EPOLLIN]])
      yield* sys.close(copy)
      assert.deepStrictEqual(yield* now(sys, epfd), [[2, EPOLLIN]])
      yield* sys.epollCtl(epfd, DEL, fd)
      assert.deepStrictEqual(yield* now(sys, epfd), [])
    }))

  test("waits until something happens, in this process or another", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const [reader, writer] = yield* sys.pipe()
      yield* sys.epollCtl(epfd, ADD, reader, { events: EPOLLIN })
      yield* sys.spawn(inChild((child) => Effect.zipRight(child.schedYield(), child.write(writer, one))))
      assert.deepStrictEqual(yield* sys.epollWait(epfd, 1), [{ events: EPOLLIN, data: reader }])
    }))

  test("one of those who wait is told of one event, all of a level that stays", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.eventfd()
      let told = 0
      const wait = Effect.map(sys.epollWait(epfd, 1), () => void told++)
      const threads = [yield* Effect.fork(wait), yield* Effect.fork(wait)]
      yield* Effect.yieldNow()
      yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN | EPOLLET })
      yield* sys.write(fd, one)
      for (let i = 0; i < 10; i++) yield* sys.schedYield()
      assert.strictEqual(told, 1)
      yield* sys.epollCtl(epfd, MOD, fd, { events: EPOLLIN })
      yield* Fiber.joinAll(threads)
      assert.strictEqual(told, 2)
    }))

  test("fails with EINTR when a handler runs, SA_RESTART or not", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.void, flags: 0x10000000 })
      const self = yield* sys.getpid()
      yield* sys.spawn(inChild((child) => Effect.zipRight(child.schedYield(), child.kill(self, SIGUSR1))))
      assert.strictEqual(yield* errnoOf(sys.epollWait(epfd, 1)), "EINTR")
    }))

  test("epoll_pwait lets a signal through for as long as it waits", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      let handled = 0
      yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.sync(() => void handled++) })
      yield* sys.sigprocmask(0, SignalSet.of(SIGUSR1))
      yield* sys.kill(yield* sys.getpid(), SIGUSR1)
      assert.deepStrictEqual(yield* sys.epollPwait(epfd, 1, 0, SignalSet.empty), [])
      assert.strictEqual(handled, 0)
      assert.strictEqual(yield* errnoOf(sys.epollPwait(epfd, 1, 1000, SignalSet.empty)), "EINTR")
      assert.strictEqual(handled, 1)
      assert.strictEqual(yield* sys.sigprocmask(0, SignalSet.empty), SignalSet.of(SIGUSR1))
    }))
})

describe("epolls of epolls", () => {
  test("one is ready when something in it is", (sys) =>
    Effect.gen(function*() {
      const outer = yield* sys.epollCreate()
      const inner = yield* sys.epollCreate()
      const fd = yield* sys.eventfd()
      yield* sys.epollCtl(outer, ADD, inner, { events: EPOLLIN })
      yield* sys.epollCtl(inner, ADD, fd, { events: EPOLLIN })
      assert.deepStrictEqual(yield* now(sys, outer), [])
      yield* sys.write(fd, one)
      assert.deepStrictEqual(yield* now(sys, outer), [[inner, EPOLLIN]])
      assert.deepStrictEqual(yield* sys.poll([{ fd: inner, events: POLLIN | POLLRDNORM }]), [POLLIN | POLLRDNORM])
      yield* sys.read(fd, new Uint8Array(8))
      assert.deepStrictEqual(yield* now(sys, outer), [])
      assert.deepStrictEqual(yield* sys.poll([{ fd: inner, events: POLLIN }], 0), [0])
    }))

  test("waiting for the outer one ends when something happens in the inner one", (sys) =>
    Effect.gen(function*() {
      const outer = yield* sys.epollCreate()
      const inner = yield* sys.epollCreate()
      const fd = yield* sys.eventfd()
      yield* sys.epollCtl(inner, ADD, fd, { events: EPOLLIN | EPOLLET })
      yield* sys.epollCtl(outer, ADD, inner, { events: EPOLLIN | EPOLLET })
      const waiting = yield* Effect.fork(sys.epollWait(outer, 1))
      const polling = yield* Effect.fork(sys.poll([{ fd: inner, events: POLLIN }]))
      yield* Effect.yieldNow()
      yield* sys.write(fd, one)
      assert.deepStrictEqual(yield* Fiber.join(waiting), [{ events: EPOLLIN, data: inner }])
      assert.deepStrictEqual(yield* Fiber.join(polling), [POLLIN])
    }))

  test("the end of an inner one is the end of its watches", (sys) =>
    Effect.gen(function*() {
      const outer = yield* sys.epollCreate()
      const inner = yield* sys.epollCreate()
      const fd = yield* sys.eventfd(1)
      yield* sys.epollCtl(inner, ADD, fd, { events: EPOLLIN })
      yield* sys.epollCtl(outer, ADD, inner, { events: EPOLLIN })
      yield* sys.close(inner)
      assert.deepStrictEqual(yield* now(sys, outer), [])
      yield* sys.write(fd, one)
      assert.deepStrictEqual(yield* now(sys, outer), [])
    }))
})

describe("EPOLLEXCLUSIVE", () => {
  test("of several epolls with a waiter, one is told", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd(0, EFD_NONBLOCK)
      let told = 0
      for (let i = 0; i < 3; i++) {
        const epfd = yield* sys.epollCreate()
        yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN | EPOLLEXCLUSIVE })
        yield* Effect.fork(Effect.map(sys.epollWait(epfd, 1), () => void told++))
      }
      yield* Effect.yieldNow()
      yield* sys.write(fd, one)
      for (let i = 0; i < 10; i++) yield* sys.schedYield()
      assert.strictEqual(told, 1)
    }))
})

describe("/proc/PID/fdinfo", () => {
  test("shows what an epoll watches, and what a counter holds", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate(O_CLOEXEC)
      const fd = yield* sys.eventfd(17)
      yield* sys.epollCtl(epfd, ADD, fd, { events: EPOLLIN | EPOLLET, data: 255n })
      const info = (of: number) => Effect.flatMap(sys.open(`/proc/self/fdinfo/${of}`, 0), (text) => read(sys, text))
      assert.include(
        yield* info(epfd),
        `tfd: ${`${fd}`.padStart(8)} events: 80000019 data:               ff  pos:0 ino:`
      )
      assert.match(yield* info(fd), /eventfd-count: {15}11\neventfd-id: \d+\neventfd-semaphore: 0\n/)
    }))
})
