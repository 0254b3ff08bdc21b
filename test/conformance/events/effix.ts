/**
 * Runs the same programs in a process of Effix, and tells what every call answered, as the helper does for Linux.
 */
import { AbiSignals, type Errno, Fcntl, Kernel, OpenFlags, SignalfdInfo, SignalSet, Sys } from "@effix/kernel"
import * as Effect from "effect/Effect"
import type { Program, Step } from "./program.js"

type Answer = Effect.Effect<string, Errno.Any>

const clocks: Readonly<Record<number, Sys.Clock>> = { 0: "realtime", 1: "monotonic", 7: "boottime" }

const value = <E extends Errno.Any>(call: Effect.Effect<number, E>): Answer => Effect.map(call, String)
const done = <E extends Errno.Any>(call: Effect.Effect<unknown, E>): Answer => Effect.as(call, "0")

const lengthOf = (nanoseconds: bigint): string =>
  nanoseconds === 0n ? "0" : nanoseconds < 100_000_000_000n ? "soon" : "far"

const setting = <E extends Errno.Any>(call: Effect.Effect<Sys.TimerSetting, E>): Answer =>
  Effect.map(call, ({ interval, value }) => `${lengthOf(value)} ${lengthOf(interval)}`)

const read = (sys: Sys.SystemCalls, fd: number, most: number): Answer =>
  Effect.suspend(() => {
    const into = new Uint8Array(most)
    return Effect.map(sys.read(fd, into), (count) => {
      if (count === 0) return "0"
      if (count % 128 === 0 && most % 128 === 0) {
        const records = Array.from({ length: count / 128 }, (_, i) => {
          const { code, int, signo } = SignalfdInfo.decode(into.subarray(i * 128, (i + 1) * 128))
          return `${signo}:${code}:${int}`
        })
        return [count, ...records].join(" ")
      }
      const first = Array.from(into.subarray(0, Math.min(count, 8)), (byte) => byte.toString(16).padStart(2, "0"))
      return [count, ...first].join(" ")
    })
  })

const bytes = (length: number, number: bigint | number): Uint8Array => {
  const all = new Uint8Array(length).fill(7)
  if (length === 8) new DataView(all.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(number)), true)
  return all
}

const select = (sys: Sys.SystemCalls, fds: ReadonlyArray<number>): Answer => {
  const [read = -1, write = -1, except = -1] = fds
  const set = (fd: number): ReadonlyArray<number> => fd < 0 ? [] : [fd]
  return Effect.map(
    sys.select({ read: set(read), write: set(write), except: set(except) }, 0),
    (found) => [found.read, found.write, found.except].map((each) => each.length).join(" ")
  )
}

/** What is due at once has to have come: the host counts milliseconds. */
const settle = <E extends Errno.Any>(sys: Sys.SystemCalls, isDue: boolean, call: Effect.Effect<string, E>): Answer =>
  isDue ? Effect.zipLeft(call, sys.nanosleep(4e6)) : call

const perform = (sys: Sys.SystemCalls, self: number, [call, ...args]: Step): Answer => {
  const n = (i: number): number => Number(args[i])
  switch (call) {
    case "pipe":
      return Effect.map(sys.pipe(OpenFlags.O_NONBLOCK), ([reader, writer]) => `${reader} ${writer}`)
    case "fifo":
      return value(sys.open("f", n(0) | OpenFlags.O_NONBLOCK))
    case "file":
      return value(sys.open("a", OpenFlags.O_RDWR))
    case "eventfd":
      return value(sys.eventfd(n(0), n(1)))
    case "timerfd":
      return value(sys.timerfdCreate(clocks[n(0)] ?? "none" as Sys.Clock, n(1)))
    case "tset": {
      const isDue = n(2) > 0 && (n(2) < 1_000_000 || (n(1) & 1) !== 0)
      return settle(sys, isDue, setting(sys.timerfdSettime(n(0), n(1), { value: n(2), interval: n(3) })))
    }
    case "tget":
      return setting(sys.timerfdGettime(n(0)))
    case "signalfd":
      return value(sys.signalfd(n(0), BigInt(args[1]!), n(2)))
    case "raise":
      return done(n(1) === 0 ? sys.kill(self, n(0)) : sys.sigqueue(self, n(0), n(1)))
    case "sigwait":
      return Effect.map(sys.sigtimedwait(BigInt(args[0]!), 0), ({ signal }) => String(signal))
    case "epoll":
      return value(sys.epollCreate(n(0)))
    case "ctl":
      return done(sys.epollCtl(n(0), n(1), n(2), { events: n(3), data: args[4]! }))
    case "ewait":
      return Effect.map(sys.epollWait(n(0), n(1), n(2)), (found) =>
        [
          found.length,
          ...found.map(({ data, events }) => `${events.toString(16)}:${BigInt.asUintN(64, BigInt(data))}`)
        ].join(" "))
    case "poll":
      return Effect.map(
        sys.poll([{ fd: n(0), events: n(1) }, { fd: n(2), events: n(3) }], n(4)),
        (found) => found.map((events) => events.toString(16)).join(" ")
      )
    case "select":
      return select(sys, [n(0), n(1), n(2)])
    case "read":
      return read(sys, n(0), n(1))
    case "write":
      return value(sys.write(n(0), bytes(n(1), args[2]!)))
    case "close":
      return done(sys.close(n(0)))
    case "dup":
      return value(sys.dup(n(0)))
    case "dup2":
      return value(sys.dup2(n(0), n(1)))
    case "resize":
      return value(sys.fcntl(n(0), Fcntl.F_SETPIPE_SZ, n(1)))
  }
}

const body = (program: Program, lines: Array<string>): Effect.Effect<number, Errno.Any, Sys.Sys> =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    const self = yield* sys.getpid()
    const directory = `/tmp/events-${self}`
    yield* sys.mkdir(directory)
    yield* sys.chdir(directory)
    yield* sys.mkfifo("f")
    yield* sys.close(yield* sys.open("a", OpenFlags.O_CREAT | OpenFlags.O_RDWR))
    for (const fd of [0, 1, 2]) yield* sys.close(fd)
    yield* sys.sigprocmask(2, SignalSet.full)
    yield* sys.sigaction(AbiSignals.SIGPIPE, { disposition: "ignore" })
    for (const step of program) {
      lines.push(yield* Effect.catchAll(perform(sys, self, step), ({ _tag }) => Effect.succeed(`!${_tag}`)))
    }
    for (const name of ["f", "a"]) yield* sys.unlink(name)
    yield* sys.rmdir(directory)
    return 0
  })

export const run = (program: Program): Effect.Effect<ReadonlyArray<string>, never, Kernel.Kernel> =>
  Effect.scoped(Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const lines: Array<string> = []
    const { wait } = yield* Effect.orDie(kernel.spawn(body(program, lines)))
    const status = yield* wait
    if (status._tag !== "Exited" || status.code !== 0) lines.push(`ended with ${JSON.stringify(status)}`)
    return lines
  }))
