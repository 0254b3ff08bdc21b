/** Calls that wait for time, signals or descriptors, disturbed: no timer, no watcher and no mask stays behind. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { POLLIN } from "../../src/abi/PollEvents.js"
import { SI_QUEUE } from "../../src/abi/SignalCodes.js"
import { SIG_SETMASK } from "../../src/abi/SignalFlags.js"
import { SIGRTMIN, SIGUSR2 } from "../../src/abi/Signals.js"
import { drop } from "../../src/Description.js"
import type { PipeEnd } from "../../src/pipe/PipeEnd.js"
import type { Process } from "../../src/ProcessTable.js"
import * as SignalSet from "../../src/SignalSet.js"
import { Sys } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import * as Machine from "./machine.js"
import { quiet, tidy, TIMEOUT } from "./tidy.js"

const wayOf = (seed: number) => Disturbances.ways[seed % Disturbances.ways.length]!

const nanosleep = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const seen = yield* Disturbances.trial(machine, wayOf(seed), (sys) => sys.nanosleep(2_500_000))
    const now = machine.rooms.timers.now()
    return { machine, seen, now }
  })

const poll = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { reader, writer } = machine.pipe()
    const { pipe } = reader as PipeEnd
    reader.references++
    const source = machine.start(
      Effect.gen(function*() {
        const sys = yield* Sys
        yield* Disturbances.sometime
        yield* sys.write(0, Uint8Array.of(1, 2, 3))
        yield* Disturbances.sometime
        return 0
      }),
      [writer]
    )
    const seen = yield* Disturbances.trial(
      machine,
      wayOf(seed),
      (sys) => sys.poll([{ fd: 0, events: POLLIN }], seed % 5 === 0 ? 3 : -1),
      (victim) => void victim.fds.insert(reader, false)
    )
    yield* Machine.awaitEnd(source)
    const held = pipe.held
    yield* drop(reader)
    return { machine, pipe, seen, held, source }
  })

const sigsuspend = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    let victim: Process | undefined
    let handled = 0
    let sent = false
    const send = Effect.gen(function*() {
      yield* Disturbances.sometime
      for (let target = victim; target?.task !== undefined; target = victim) {
        if (target.signals.actions?.has(SIGUSR2) === true) {
          machine.send(target, SIGUSR2)
          sent = true
          return
        }
        yield* Disturbances.moment
      }
    })
    const sender = yield* Effect.fork(Effect.zipRight(Disturbances.moment, send))
    const seen = yield* Disturbances.trial(
      machine,
      wayOf(seed),
      (sys) =>
        Effect.gen(function*() {
          const mask = SignalSet.of(SIGUSR2)
          yield* sys.sigprocmask(SIG_SETMASK, mask)
          yield* sys.sigaction(SIGUSR2, { disposition: () => Effect.sync(() => void handled++) })
          const blockedAgain = Effect.map(sys.sigprocmask(0, SignalSet.empty), (now) => {
            if (now !== mask) throw new Error(`after sigsuspend the mask is ${now}`)
          })
          return yield* Effect.ensuring(Effect.flip(sys.sigsuspend(SignalSet.empty)), Effect.ignore(blockedAgain))
        }),
      (process) => (victim = process),
      (sys) => sys.sigprocmask(SIG_SETMASK, SignalSet.empty)
    )
    yield* sender
    return { machine, seen, handled, sent, victim }
  })

const sigtimedwait = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    let victim: Process | undefined
    const set = SignalSet.of(SIGRTMIN, SIGRTMIN + 1)
    const taken: Array<number> = []
    let armed = false
    let sent = 0
    const send = Effect.gen(function*() {
      while (victim === undefined) yield* Disturbances.moment
      for (let value = 1; value <= 4; value++) {
        yield* Disturbances.sometime
        while (victim.task !== undefined && !armed) yield* Disturbances.moment
        if (victim.task === undefined) return
        machine.rooms.signals.send(victim, { signal: SIGRTMIN + value % 2, code: SI_QUEUE, pid: 0, uid: 0, value })
        sent++
      }
    })
    const sender = yield* Effect.fork(send)
    const seen = yield* Disturbances.trial(
      machine,
      wayOf(seed),
      (sys) =>
        Effect.gen(function*() {
          yield* sys.sigprocmask(SIG_SETMASK, set)
          armed = true
          for (let i = 0; i < 4; i++) taken.push((yield* sys.sigtimedwait(set)).value)
        }),
      (process) => (victim = process),
      (sys) =>
        Effect.gen(function*() {
          yield* sys.sigprocmask(SIG_SETMASK, set)
          armed = true
          // What was not taken is still there, each signal's in the order in which they were sent.
          const rest = Effect.forever(Effect.map(sys.sigtimedwait(set, 20), ({ value }) => void taken.push(value)))
          yield* Effect.catchTag(rest, "EINTR", () => rest).pipe(Effect.ignore)
          yield* sys.sigprocmask(SIG_SETMASK, SignalSet.empty)
        })
    )
    yield* sender
    return { machine, seen, taken, sent, victim }
  })

describe("calls that sleep, disturbed", () => {
  it.effect("nanosleep: 1,000 schedules", () =>
    Simulation.forAll(1000, nanosleep, (exit, outcome) => {
      const { machine, seen } = Machine.ready(exit)
      Disturbances.fits(seen, { restarts: false })
      tidy(machine, outcome)
    }), TIMEOUT)

  it.effect("poll: 1,000 schedules", () =>
    Simulation.forAll(1000, poll, (exit, outcome) => {
      const { held, machine, pipe, seen, source } = Machine.ready(exit)
      Disturbances.fits(seen, { restarts: false })
      if (source.status?._tag === "Exited" && held !== 3) throw new Error(`${seen.way}: ${held} bytes are left`)
      quiet(pipe.canRead, pipe.canWrite)
      tidy(machine, outcome)
    }), TIMEOUT)

  it.effect("sigsuspend: 1,000 schedules", () =>
    Simulation.forAll(1000, sigsuspend, (exit, outcome) => {
      const { handled, machine, seen, sent, victim } = Machine.ready(exit)
      Disturbances.fits(seen, { restarts: false })
      if (seen.status?._tag === "Exited" && sent && handled !== 1) {
        throw new Error(`${seen.way}: handled ${handled} times`)
      }
      quiet(victim!.signals.arrived)
      tidy(machine, outcome)
    }), TIMEOUT)

  it.effect("sigtimedwait: 1,000 schedules", () =>
    Simulation.forAll(1000, sigtimedwait, (exit, outcome) => {
      const { machine, seen, sent, taken, victim } = Machine.ready(exit)
      Disturbances.fits(seen, { restarts: false, stops: true })
      const cut = seen.answer?._tag === "Failure" && seen.answer.cause._tag !== "Fail" ? 1 : 0
      if (seen.status?._tag === "Exited") {
        if (taken.length > sent || taken.length < sent - cut) {
          throw new Error(`${seen.way}: ${sent} were sent, taken: ${taken}`)
        }
        const orders = [taken.filter((value) => value % 2 === 0), taken.filter((value) => value % 2 === 1)]
        if (orders.some((order) => order.some((value, i) => i > 0 && value < order[i - 1]!))) {
          throw new Error(`out of order: ${taken}`)
        }
      }
      quiet(victim!.signals.arrived)
      tidy(machine, outcome)
    }), TIMEOUT)
})
