/** Timers that are read from, timers that signal, and setting the clock. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as EpollFlags from "../src/abi/EpollFlags.js"
import * as EventFlags from "../src/abi/EventFlags.js"
import { F_GETFL } from "../src/abi/Fcntl.js"
import { O_CREAT, O_NONBLOCK, O_RDWR } from "../src/abi/OpenFlags.js"
import { POLLIN } from "../src/abi/PollEvents.js"
import { RLIMIT_SIGPENDING } from "../src/abi/Resources.js"
import { SI_TIMER } from "../src/abi/SignalCodes.js"
import { SIGALRM, SIGRTMIN, SIGUSR1 } from "../src/abi/Signals.js"
import type { Any } from "../src/Errno.js"
import type { SignalInfo } from "../src/ProcessTable.js"
import * as SignalSet from "../src/SignalSet.js"
import type { SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, inProcess, under } from "./interruption/run.js"
import { inChild, read } from "./support/run.js"

/** Time is the simulation's: it passes while nothing else can go on. */
const test = (name: string, body: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  it.effect(name, () => under(5, (machine) => inProcess(machine, body)))

const { TFD_NONBLOCK, TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET, TIMER_ABSTIME } = EventFlags

const MS = 1_000_000n
const HOUR = 3_600_000n * MS

const take = (sys: SystemCalls, fd: number) =>
  Effect.suspend(() => {
    const into = new Uint8Array(8)
    return Effect.map(sys.read(fd, into), () => Number(new DataView(into.buffer).getBigUint64(0, true)))
  })

const pass = (sys: SystemCalls, milliseconds: number) => sys.nanosleep(milliseconds * 1e6)

describe("timerfd", () => {
  test("answers how often it ran out since it was read", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.timerfdCreate("monotonic")
      yield* sys.timerfdSettime(fd, 0, { value: 5n * MS, interval: 10n * MS })
      assert.strictEqual(yield* take(sys, fd), 1)
      yield* pass(sys, 35)
      assert.strictEqual(yield* take(sys, fd), 3)
      assert.strictEqual(yield* take(sys, fd), 1)
    }))

  test("runs out once without an interval, at a time if it is set to one", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.timerfdCreate("monotonic", TFD_NONBLOCK)
      const now = yield* sys.clockGettime("monotonic")
      yield* sys.timerfdSettime(fd, TFD_TIMER_ABSTIME, { value: now + 20n * MS })
      assert.strictEqual(yield* errnoOf(take(sys, fd)), "EAGAIN")
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: POLLIN }]), [POLLIN])
      assert.isAtLeast(Number((yield* sys.clockGettime("monotonic")) - now), 20e6)
      assert.strictEqual(yield* take(sys, fd), 1)
      assert.deepStrictEqual(yield* sys.timerfdGettime(fd), { value: 0n, interval: 0n })
      // A time that has passed has come.
      yield* sys.timerfdSettime(fd, TFD_TIMER_ABSTIME, { value: 1n })
      assert.strictEqual(yield* take(sys, fd), 1)
      yield* pass(sys, 50)
      assert.strictEqual(yield* errnoOf(take(sys, fd)), "EAGAIN")
    }))

  test("tells what is left, and how it was set before", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.timerfdCreate("boottime")
      assert.deepStrictEqual(yield* sys.timerfdSettime(fd, 0, { value: HOUR, interval: MS }), {
        value: 0n,
        interval: 0n
      })
      const { interval, value } = yield* sys.timerfdGettime(fd)
      assert.strictEqual(interval, MS)
      assert.isTrue(value <= HOUR && value > HOUR - 1000n * MS)
      assert.strictEqual((yield* sys.timerfdSettime(fd, 0, { value: 0n })).interval, MS)
      assert.deepStrictEqual(yield* sys.timerfdGettime(fd), { value: 0n, interval: 0n })
    }))

  test("EINVAL: other flags, no time, no timer, fewer than 8 bytes; EBADF: not open", (sys) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* errnoOf(sys.timerfdCreate("monotonic", 1)), "EINVAL")
      const fd = yield* sys.timerfdCreate("monotonic")
      const other = yield* sys.eventfd()
      assert.strictEqual(yield* errnoOf(sys.timerfdSettime(fd, 4, { value: 1n })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.timerfdSettime(fd, 0, { value: -1n })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.timerfdSettime(fd, 0, { value: 1n, interval: Number.NaN })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.timerfdSettime(other, 0, { value: 1n })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.timerfdGettime(other)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.timerfdSettime(99, 0, { value: 1n })), "EBADF")
      assert.strictEqual(yield* errnoOf(sys.timerfdGettime(99)), "EBADF")
      assert.strictEqual(yield* errnoOf(sys.read(fd, new Uint8Array(7))), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.write(fd, new Uint8Array(8))), "EINVAL")
    }))

  test("wakes an epoll once for each time that it is looked at", (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      const fd = yield* sys.timerfdCreate("monotonic")
      yield* sys.epollCtl(epfd, EpollFlags.EPOLL_CTL_ADD, fd, { events: EpollFlags.EPOLLIN | EpollFlags.EPOLLET })
      yield* sys.timerfdSettime(fd, 0, { value: MS, interval: MS })
      assert.strictEqual((yield* sys.epollWait(epfd, 1)).length, 1)
      assert.deepStrictEqual(yield* sys.epollWait(epfd, 1, 10), [])
      assert.isAbove(yield* take(sys, fd), 5)
      assert.strictEqual((yield* sys.epollWait(epfd, 1)).length, 1)
    }))

  test("setting it anew forgets what ran out, and wakes nobody", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.timerfdCreate("monotonic", TFD_NONBLOCK)
      yield* sys.timerfdSettime(fd, 0, { value: MS })
      yield* pass(sys, 5)
      yield* sys.timerfdSettime(fd, 0, { value: HOUR })
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: POLLIN }], 0), [0])
      assert.strictEqual(yield* errnoOf(take(sys, fd)), "EAGAIN")
      assert.strictEqual(yield* sys.fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK)
    }))
})

describe("clock_settime", () => {
  test("moves the realtime clock of this kernel, and what files are stamped with, and no other clock", (sys) =>
    Effect.gen(function*() {
      const monotonic = yield* sys.clockGettime("monotonic")
      yield* sys.clockSettime("realtime", 10n * HOUR)
      const now = yield* sys.clockGettime("realtime")
      assert.isTrue(now >= 10n * HOUR && now < 11n * HOUR)
      assert.isTrue((yield* sys.clockGettime("monotonic")) - monotonic < HOUR)
      yield* sys.open("/file", O_CREAT | O_RDWR)
      const { mtime } = yield* sys.stat("/file")
      assert.isTrue(mtime >= 10n * HOUR - MS && mtime < 11n * HOUR)
      assert.strictEqual(yield* sys.clockGetres("realtime"), 1n)
    }))

  test("EPERM without the right to; EINVAL: another clock, or a time before the machine was up", (sys) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* errnoOf(sys.clockSettime("monotonic", HOUR)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.clockSettime("realtime", -1n)), "EINVAL")
      yield* pass(sys, 5)
      assert.strictEqual(yield* errnoOf(sys.clockSettime("realtime", 0n)), "EINVAL")
      yield* sys.setuid(1000)
      assert.strictEqual(yield* errnoOf(sys.clockSettime("realtime", HOUR)), "EPERM")
    }))

  test("ends a sleep until a time that is past now, and lengthens one; a duration stays one", (sys) =>
    Effect.gen(function*() {
      yield* sys.clockSettime("realtime", 100n * HOUR)
      const sleep = (nanoseconds: bigint, flags: number) =>
        Effect.fork(Effect.zipRight(
          sys.clockNanosleep("realtime", nanoseconds, flags),
          sys.clockGettime("monotonic")
        ))
      const start = yield* sys.clockGettime("monotonic")
      const sooner = yield* sleep(101n * HOUR, TIMER_ABSTIME)
      const duration = yield* sleep(50n * MS, 0)
      yield* pass(sys, 10)
      yield* sys.clockSettime("realtime", 102n * HOUR)
      assert.isTrue((yield* sooner) - start < 40n * MS)
      assert.isTrue((yield* duration) - start >= 50n * MS)
      const later = yield* sleep(102n * HOUR + 200n * MS, TIMER_ABSTIME)
      yield* pass(sys, 10)
      yield* sys.clockSettime("realtime", 102n * HOUR - 300n * MS)
      assert.isTrue((yield* later) - start >= 500n * MS)
    }))

  test("cancels timers that were told to tell", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.timerfdCreate("realtime")
      const plain = yield* sys.timerfdCreate("realtime", TFD_NONBLOCK)
      const set = (timer: number, flags: number) => sys.timerfdSettime(timer, flags, { value: 1000n * HOUR })
      yield* sys.clockSettime("realtime", 100n * HOUR)
      yield* set(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)
      yield* set(plain, TFD_TIMER_ABSTIME)
      yield* sys.clockSettime("realtime", 101n * HOUR)
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: POLLIN }], 0), [POLLIN])
      assert.strictEqual(yield* errnoOf(take(sys, fd)), "ECANCELED")
      assert.strictEqual(yield* errnoOf(take(sys, plain)), "EAGAIN")
      const waiting = yield* Effect.fork(errnoOf(take(sys, fd)))
      yield* pass(sys, 1)
      yield* sys.clockSettime("realtime", 102n * HOUR)
      assert.strictEqual(yield* waiting, "ECANCELED")
      yield* sys.clockSettime("realtime", 103n * HOUR)
      assert.strictEqual(yield* errnoOf(set(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)), "ECANCELED")
      yield* sys.clockSettime("realtime", 1001n * HOUR)
      assert.strictEqual(yield* take(sys, plain), 1)
    }))
})

describe("clock_nanosleep", () => {
  test("fails with EINTR when a handler runs, and tells what was left of a duration", (sys) =>
    Effect.gen(function*() {
      yield* sys.sigaction(SIGALRM, { disposition: () => Effect.void, flags: 0x10000000 })
      const remaining = new BigInt64Array(1)
      yield* sys.alarm(1)
      assert.strictEqual(yield* errnoOf(sys.clockNanosleep("monotonic", HOUR, 0, remaining)), "EINTR")
      assert.isTrue(remaining[0]! > HOUR - 2000n * MS && remaining[0]! <= HOUR - 1000n * MS)
      yield* sys.alarm(1)
      const until = (yield* sys.clockGettime("realtime")) + HOUR
      assert.strictEqual(yield* errnoOf(sys.clockNanosleep("realtime", until, TIMER_ABSTIME, remaining)), "EINTR")
      assert.isTrue(remaining[0]! <= HOUR - 1000n * MS)
    }))

  test("EINVAL: no time; a time that has passed is over at once", (sys) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* errnoOf(sys.clockNanosleep("monotonic", -1)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.nanosleep(Number.NaN)), "EINVAL")
      yield* sys.clockNanosleep("monotonic", 1n, TIMER_ABSTIME)
      yield* sys.clockNanosleep("boottime", 0n)
    }))
})

describe("setitimer", () => {
  test("signals again and again, and is the timer of alarm", (sys) =>
    Effect.gen(function*() {
      let rang = 0
      yield* sys.sigaction(SIGALRM, { disposition: () => Effect.sync(() => void rang++) })
      yield* sys.setitimer({ value: 10n * MS, interval: 10n * MS })
      for (let i = 0; i < 5; i++) yield* Effect.exit(pass(sys, 1000))
      assert.strictEqual(rang, 5)
      const { interval, value } = yield* sys.getitimer()
      assert.isTrue(interval === 10n * MS && value > 0n && value <= 10n * MS)
      assert.strictEqual(yield* sys.alarm(7), 1)
      const left = yield* sys.getitimer()
      assert.isTrue(left.interval === 0n && left.value > 6000n * MS)
      assert.isTrue((yield* sys.setitimer({ value: 0n })).value > 6000n * MS)
      assert.strictEqual(yield* sys.alarm(0), 0)
      assert.deepStrictEqual(yield* sys.getitimer(), { value: 0n, interval: 0n })
      assert.strictEqual(yield* errnoOf(sys.setitimer({ value: -1 })), "EINVAL")
    }))

  test("is not inherited, and outlives exec", (sys) =>
    Effect.gen(function*() {
      yield* sys.setitimer({ value: HOUR })
      yield* sys.spawn(inChild((child) => Effect.map(child.getitimer(), ({ value }) => assert.strictEqual(value, 0n))))
      const waited = yield* sys.wait()
      assert.deepStrictEqual(waited?.status, { _tag: "Exited", code: 0 })
    }))
})

describe("timer_create", () => {
  const waitFor = (sys: SystemCalls, signal: number) => sys.sigtimedwait(SignalSet.of(signal))

  test("sends a signal that says which timer it was and what it was given", (sys) =>
    Effect.gen(function*() {
      yield* sys.sigprocmask(0, SignalSet.of(SIGUSR1, SIGALRM))
      const plain = yield* sys.timerCreate("monotonic")
      const id = yield* sys.timerCreate("realtime", { notify: "signal", signal: SIGUSR1, value: 42 })
      yield* sys.timerSettime(id, 0, { value: MS })
      yield* sys.timerSettime(plain, 0, { value: MS })
      const info = yield* waitFor(sys, SIGUSR1)
      assert.deepInclude(info, { signal: SIGUSR1, code: SI_TIMER, value: 42, timer: { id, overrun: 0 } })
      assert.deepInclude(yield* waitFor(sys, SIGALRM), { code: SI_TIMER, value: plain })
      assert.deepStrictEqual(yield* sys.timerGettime(id), { value: 0n, interval: 0n })
    }))

  test("has one signal on its way, and counts how often it ran out besides", (sys) =>
    Effect.gen(function*() {
      yield* sys.sigprocmask(0, SignalSet.of(SIGRTMIN))
      const id = yield* sys.timerCreate("monotonic", { notify: "signal", signal: SIGRTMIN, value: 1 })
      yield* sys.timerSettime(id, 0, { value: 10n * MS, interval: 10n * MS })
      yield* pass(sys, 45)
      assert.strictEqual(yield* sys.timerGetoverrun(id), 0)
      const taken: SignalInfo = yield* waitFor(sys, SIGRTMIN)
      assert.strictEqual(taken.timer?.overrun, 3)
      assert.strictEqual(yield* sys.timerGetoverrun(id), 3)
      assert.strictEqual(yield* errnoOf(sys.sigtimedwait(SignalSet.of(SIGRTMIN), 0)), "EAGAIN")
      assert.strictEqual((yield* waitFor(sys, SIGRTMIN)).timer?.overrun, 0)
      yield* sys.timerDelete(id)
      assert.strictEqual(yield* errnoOf(sys.sigtimedwait(SignalSet.of(SIGRTMIN), 100)), "EAGAIN")
    }))

  test("a silent one can be asked", (sys) =>
    Effect.gen(function*() {
      const id = yield* sys.timerCreate("monotonic", { notify: "none" })
      const at = (yield* sys.clockGettime("monotonic")) + 30n * MS
      yield* sys.timerSettime(id, TIMER_ABSTIME, { value: at, interval: 20n * MS })
      yield* pass(sys, 35)
      const { interval, value } = yield* sys.timerGettime(id)
      assert.isTrue(interval === 20n * MS && value > 0n && value <= 20n * MS)
      assert.strictEqual((yield* sys.timerSettime(id, 0, { value: 0n })).interval, 20n * MS)
      assert.deepStrictEqual(yield* sys.timerGettime(id), { value: 0n, interval: 0n })
    }))

  test("EINVAL: no such timer, signal or time; EAGAIN: too many", (sys) =>
    Effect.gen(function*() {
      for (const signal of [0, 65, -1]) {
        assert.strictEqual(
          yield* errnoOf(sys.timerCreate("monotonic", { notify: "signal", signal, value: 0 })),
          "EINVAL"
        )
      }
      const id = yield* sys.timerCreate("monotonic")
      assert.strictEqual(yield* errnoOf(sys.timerSettime(id, 0, { value: -1n })), "EINVAL")
      yield* sys.timerDelete(id)
      assert.strictEqual(yield* errnoOf(sys.timerDelete(id)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.timerSettime(id, 0, { value: 1n })), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.timerGettime(id)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.timerGetoverrun(id)), "EINVAL")
      yield* sys.setrlimit(RLIMIT_SIGPENDING, { soft: 2, hard: 2 })
      yield* sys.timerCreate("monotonic")
      yield* sys.timerCreate("monotonic")
      assert.strictEqual(yield* errnoOf(sys.timerCreate("monotonic")), "EAGAIN")
    }))

  it.effect("ends with its process", () =>
    under(5, (machine) =>
      Effect.gen(function*() {
        const process = machine.start(inChild((sys) =>
          Effect.gen(function*() {
            yield* sys.timerSettime(yield* sys.timerCreate("monotonic"), 0, { value: MS, interval: MS })
            yield* sys.timerfdSettime(yield* sys.timerfdCreate("monotonic"), 0, { value: HOUR, interval: MS })
          })
        ))
        yield* Machine.awaitEnd(process)
        assert.isUndefined(process.timers)
      })))
})

describe("/proc/PID/fdinfo", () => {
  it.effect("shows how a timer is set", () =>
    Effect.gen(function*() {
      const { inProcess: inKernel } = yield* Effect.promise(() => import("./support/run.js"))
      yield* inKernel((sys) =>
        Effect.gen(function*() {
          const fd = yield* sys.timerfdCreate("monotonic")
          yield* sys.timerfdSettime(fd, 0, { value: 10_000_000_000n, interval: 1_500_000_000n })
          const text = yield* read(sys, yield* sys.open(`/proc/self/fdinfo/${fd}`, 0))
          assert.match(
            text,
            /clockid: 1\nticks: 0\nsettime flags: 00\nit_value: \(\d+, \d+\)\nit_interval: \(1, 500000000\)\n/
          )
        })
      )
    }))
})
