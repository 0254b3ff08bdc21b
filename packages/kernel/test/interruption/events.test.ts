/** Waiting with epoll and select, counters, timers and signals that are read: disturbed, nothing is lost or left behind. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { EPOLL_CTL_ADD, EPOLLET, EPOLLIN } from "../../src/abi/EpollFlags.js"
import { TIMER_ABSTIME } from "../../src/abi/EventFlags.js"
import { IN_CREATE } from "../../src/abi/InotifyFlags.js"
import { POLLIN } from "../../src/abi/PollEvents.js"
import { SI_QUEUE } from "../../src/abi/SignalCodes.js"
import { SIG_SETMASK } from "../../src/abi/SignalFlags.js"
import { SIGRTMIN } from "../../src/abi/Signals.js"
import { type Description, drop } from "../../src/Description.js"
import type { Any } from "../../src/Errno.js"
import type { PipeEnd } from "../../src/pipe/PipeEnd.js"
import type { Process } from "../../src/ProcessTable.js"
import * as SignalSet from "../../src/SignalSet.js"
import type { SystemCalls } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import * as Machine from "./machine.js"
import { program } from "./run.js"
import { quiet, tidy, TIMEOUT } from "./tidy.js"

const SCHEDULES = 240

const wayOf = (seed: number) => Disturbances.ways[seed % Disturbances.ways.length]!

const number = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return bytes
}

const LAST = 2n ** 64n - 2n

/** Somebody else who does this with descriptor 0, at some point. */
const other = (machine: Machine.Machine, fd: Description, act: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  machine.start(program((sys) => Effect.zipRight(Disturbances.sometime, act(sys))), [fd])

/** What a counter holds in the end. */
const leftIn = (counter: Description, reader: Process): number => {
  if ((counter.poll() & POLLIN) === 0) return 0
  const bytes = new Uint8Array(8)
  Machine.ready(counter.read(bytes, reader))
  return Number(new DataView(bytes.buffer).getBigUint64(0, true))
}

const counted = (seed: number, full: boolean) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const counter = machine.rooms.events.counter(0, 0)
    counter.references++
    if (full) Machine.ready(counter.write(number(LAST), machine.init))
    const helper = other(
      machine,
      counter,
      (sys) => full ? sys.read(0, new Uint8Array(8)) : sys.write(0, number(5n))
    )
    const seen = yield* Disturbances.trial(
      machine,
      wayOf(seed),
      (sys) => full ? sys.write(0, number(3n)) : sys.read(0, new Uint8Array(8)),
      (victim) => void victim.fds.insert(counter, false)
    )
    yield* Machine.awaitEnd(helper)
    const left = leftIn(counter, machine.init)
    yield* drop(counter)
    return { machine, seen, left, helped: helper.status?._tag === "Exited" }
  })

const watched = (seed: number, wait: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { reader, writer } = machine.pipe()
    const { pipe } = reader as PipeEnd
    reader.references++
    const helper = other(machine, writer, (sys) => sys.write(0, Uint8Array.of(1, 2, 3)))
    const seen = yield* Disturbances.trial(
      machine,
      wayOf(seed),
      wait,
      (victim) => void victim.fds.insert(reader, false)
    )
    yield* Machine.awaitEnd(helper)
    const held = pipe.held
    yield* drop(reader)
    return { machine, pipe, seen, lost: helper.status?._tag === "Exited" && held !== 3 }
  })

const epolled = (seed: number) =>
  watched(seed, (sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      yield* sys.epollCtl(epfd, EPOLL_CTL_ADD, 0, { events: EPOLLIN | (seed % 3 === 0 ? EPOLLET : 0) })
      return yield* sys.epollWait(epfd, 1, seed % 5 === 0 ? 3 : -1)
    }))

/** Reading events of a directory in which somebody makes a file. */
const notified = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { vfs, watches } = machine.rooms
    const instance = Machine.ready(watches.create(0, 0))
    instance.references++
    const { root } = vfs
    Machine.ready(watches.add(instance, root.dentry.inode, root.mount, IN_CREATE))
    const helper = machine.start(program((sys) => Effect.zipRight(Disturbances.sometime, sys.mkdir("/made"))))
    const seen = yield* Disturbances.trial(
      machine,
      wayOf(seed),
      (sys) => sys.read(0, new Uint8Array(256)),
      (victim) => void victim.fds.insert(instance, false)
    )
    yield* Machine.awaitEnd(helper)
    const left = (instance.poll() & POLLIN) !== 0
    const queues = instance.pollQueues
    yield* drop(instance)
    return { machine, seen, left, queues, helped: helper.status?._tag === "Exited", watched: watches.notifier.active }
  })

const selected = (seed: number) => watched(seed, (sys) => sys.select({ read: [0] }, seed % 5 === 0 ? 3 : undefined))

const timed = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const seen = yield* Disturbances.trial(machine, wayOf(seed), (sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.timerfdCreate("monotonic")
        yield* sys.timerfdSettime(fd, 0, { value: 2_500_000, interval: seed % 2 })
        return yield* sys.read(fd, new Uint8Array(8))
      }))
    return { machine, seen }
  })

const slept = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { clocks } = machine.rooms.timers
    const end = clocks.read("realtime") + 2_500_000n
    const setter = yield* Effect.fork(Effect.zipRight(
      Disturbances.sometime,
      Effect.sync(() => seed % 3 === 0 && clocks.set(clocks.read("realtime") + 1_000_000n))
    ))
    const seen = yield* Disturbances.trial(
      machine,
      wayOf(seed),
      (sys) => sys.clockNanosleep("realtime", end, TIMER_ABSTIME)
    )
    yield* setter
    return { machine, seen }
  })

const signalled = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const set = SignalSet.of(SIGRTMIN)
    let victim: Process | undefined
    let armed = false
    let taken = 0
    let sent = 0
    const sender = yield* Effect.fork(Effect.gen(function*() {
      while (victim === undefined) yield* Disturbances.moment
      yield* Disturbances.sometime
      while (victim.task !== undefined && !armed) yield* Disturbances.moment
      if (victim.task === undefined) return
      machine.rooms.signals.send(victim, { signal: SIGRTMIN, code: SI_QUEUE, pid: 0, uid: 0, value: 1 })
      sent++
    }))
    const block = (sys: SystemCalls) =>
      Effect.map(sys.sigprocmask(SIG_SETMASK, set), () => {
        armed = true
      })
    const seen = yield* Disturbances.trial(
      machine,
      wayOf(seed),
      (sys) =>
        Effect.gen(function*() {
          yield* block(sys)
          const fd = yield* sys.signalfd(-1, set)
          yield* sys.read(fd, new Uint8Array(128))
          taken++
        }),
      (process) => (victim = process),
      (sys) =>
        Effect.gen(function*() {
          yield* block(sys)
          const rest = Effect.forever(Effect.map(sys.sigtimedwait(set, 20), () => void taken++))
          yield* Effect.catchTag(rest, "EINTR", () => rest).pipe(Effect.ignore)
          yield* sys.sigprocmask(SIG_SETMASK, SignalSet.empty)
        })
    )
    yield* sender
    return { machine, seen, taken, sent, victim }
  })

describe("waiting for events, disturbed", () => {
  it.effect(
    `reading from a counter: ${SCHEDULES} schedules`,
    () =>
      Simulation.forAll(SCHEDULES, (seed) => counted(seed, false), (exit, outcome) => {
        const { helped, left, machine, seen } = Machine.ready(exit)
        Disturbances.fits(seen)
        const answered = seen.answer?._tag === "Success"
        const failed = seen.answer?._tag === "Failure" && seen.answer.cause._tag === "Fail"
        if (answered && left !== 0) throw new Error(`${seen.way}: taken, and ${left} are left`)
        if (failed && helped && left !== 5) throw new Error(`${seen.way}: nothing taken, and ${left} are left`)
        tidy(machine, outcome)
      }),
    TIMEOUT
  )

  it.effect(
    `writing to a counter: ${SCHEDULES} schedules`,
    () =>
      Simulation.forAll(SCHEDULES, (seed) => counted(seed, true), (exit, outcome) => {
        const { helped, left, machine, seen } = Machine.ready(exit)
        Disturbances.fits(seen)
        const answered = seen.answer?._tag === "Success"
        const failed = seen.answer?._tag === "Failure" && seen.answer.cause._tag === "Fail"
        if (answered && left !== 3) throw new Error(`${seen.way}: put in, and ${left} are there`)
        if (failed && helped && left !== 0) throw new Error(`${seen.way}: nothing put in, and ${left} are there`)
        tidy(machine, outcome)
      }),
    TIMEOUT
  )

  it.effect(`epoll_wait: ${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, epolled, (exit, outcome) => {
      const { lost, machine, pipe, seen } = Machine.ready(exit)
      Disturbances.fits(seen, { restarts: false, stops: true })
      if (lost) throw new Error(`${seen.way}: bytes are lost`)
      if (pipe.readersWatch.watchers !== undefined) throw new Error("somebody still watches")
      quiet(pipe.canRead)
      tidy(machine, outcome)
    }), TIMEOUT)

  it.effect(
    `reading from inotify: ${SCHEDULES} schedules`,
    () =>
      Simulation.forAll(SCHEDULES, notified, (exit, outcome) => {
        const { helped, left, machine, queues, seen, watched } = Machine.ready(exit)
        Disturbances.fits(seen, { stops: true })
        const answered = seen.answer?._tag === "Success"
        const failed = seen.answer?._tag === "Failure" && seen.answer.cause._tag === "Fail"
        if (answered && left) throw new Error(`${seen.way}: taken, and still there`)
        if (failed && helped && !left) throw new Error(`${seen.way}: nothing taken, and nothing is left`)
        if (watched !== 0) throw new Error("somebody still watches")
        quiet(...queues)
        tidy(machine, outcome)
      }),
    TIMEOUT
  )

  it.effect(`select: ${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, selected, (exit, outcome) => {
      const { lost, machine, pipe, seen } = Machine.ready(exit)
      Disturbances.fits(seen, { restarts: false })
      if (lost) throw new Error(`${seen.way}: bytes are lost`)
      if (pipe.readersWatch.watchers !== undefined) throw new Error("somebody still watches")
      tidy(machine, outcome)
    }), TIMEOUT)

  it.effect(
    `reading from a timer: ${SCHEDULES} schedules`,
    () =>
      Simulation.forAll(SCHEDULES, timed, (exit, outcome) => {
        const { machine, seen } = Machine.ready(exit)
        Disturbances.fits(seen)
        tidy(machine, outcome)
      }),
    TIMEOUT
  )

  it.effect(`clock_nanosleep: ${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, slept, (exit, outcome) => {
      const { machine, seen } = Machine.ready(exit)
      Disturbances.fits(seen, { restarts: false })
      tidy(machine, outcome)
    }), TIMEOUT)

  it.effect(
    `reading signals: ${SCHEDULES} schedules`,
    () =>
      Simulation.forAll(SCHEDULES, signalled, (exit, outcome) => {
        const { machine, seen, sent, taken, victim } = Machine.ready(exit)
        Disturbances.fits(seen)
        const cut = seen.answer?._tag === "Failure" && seen.answer.cause._tag !== "Fail" ? 1 : 0
        if (seen.status?._tag === "Exited" && (taken > sent || taken < sent - cut)) {
          throw new Error(`${seen.way}: ${sent} were sent, ${taken} taken`)
        }
        quiet(victim!.signals.arrived)
        tidy(machine, outcome)
      }),
    TIMEOUT
  )
})
