/** Waiting for time and for signals: no timer, and no mask, stays behind. */
import * as Effect from "effect/Effect"
import { TIMER_ABSTIME } from "../../../src/abi/EventFlags.js"
import { SI_QUEUE } from "../../../src/abi/SignalCodes.js"
import { SIG_SETMASK } from "../../../src/abi/SignalFlags.js"
import { SIGRTMIN } from "../../../src/abi/Signals.js"
import type { Process } from "../../../src/ProcessTable.js"
import * as SignalSet from "../../../src/SignalSet.js"
import type { SystemCalls } from "../../../src/Sys.js"
import { type Call, complain, does, type Row, type World } from "./row.js"

/** Nanoseconds that are over while things happen, or long after. */
const soonOr = (late: boolean): number => late ? 1_000_000_000 : 2_500_000

const sleeping = (name: string, calls: Row["calls"], call: (world: World) => Call, more: Partial<Row> = {}): Row => ({
  name,
  calls,
  signals: "fails",
  alone: true,
  ...more,
  set: (world) => ({ call: call(world) })
})

/** The row's own signal. */
const SIGNAL = SIGRTMIN + 5
const set = SignalSet.of(SIGNAL)

/** Ends with the handler of a signal: of its own, or of whatever comes between. */
const untilHandled = (
  name: string,
  calls: Row["calls"],
  wait: (sys: SystemCalls) => Effect.Effect<never, { readonly _tag: string }>
): Row => ({
  name,
  calls,
  signals: "ends",
  alone: true,
  repeats: true,
  set: ({ machine }) => {
    let victim: Process | undefined
    return {
      call: (sys) =>
        Effect.gen(function*() {
          yield* sys.sigaction(SIGNAL, { disposition: () => Effect.void })
          const before = yield* sys.sigprocmask(0, SignalSet.empty)
          const { _tag } = yield* Effect.flip(wait(sys))
          if (_tag !== "EINTR") complain(_tag)
          const after = yield* sys.sigprocmask(0, SignalSet.empty)
          if (after !== before) complain(`after it the mask is ${after}, before it was ${before}`)
        }),
      prepare: (process) => {
        victim = process
      },
      grant: does(() => {
        if (victim?.signals.actions?.has(SIGNAL) === true) {
          machine.rooms.signals.send(victim, { signal: SIGNAL, code: SI_QUEUE, pid: 0, uid: 0, value: 1 })
        }
      }),
      queues: () => [victim?.signals.arrived]
    }
  }
})

/** Takes a signal that is blocked: what it does not take is still there. */
const taking = (name: string, calls: Row["calls"], take: Call, more: Partial<Row>): Row => ({
  name,
  calls,
  signals: "restarts",
  alone: true,
  // What is not taken would be delivered when the handler gives the mask back.
  without: ["called by a handler"],
  ...more,
  set: ({ machine }) => {
    let victim: Process | undefined
    let armed = false
    let sent = 0
    let taken = 0
    let rest = 0
    const block = (sys: SystemCalls) =>
      Effect.map(sys.sigprocmask(SIG_SETMASK, set), () => {
        armed = true
      })
    return {
      call: (sys) => Effect.zipRight(block(sys), Effect.map(take(sys), () => void taken++)),
      prepare: (process) => {
        victim = process
      },
      grant: Effect.gen(function*() {
        while (!armed && victim?.task !== undefined) yield* Effect.sleep(1)
        if (victim?.task === undefined) return
        sent++
        machine.rooms.signals.send(victim, { signal: SIGNAL, code: SI_QUEUE, pid: 0, uid: 0, value: 1 })
      }),
      afterwards: (sys) =>
        Effect.gen(function*() {
          yield* block(sys)
          const one = Effect.map(sys.sigtimedwait(set, 30), () => void rest++)
          yield* Effect.ignore(Effect.retry(Effect.forever(one), { while: ({ _tag }) => _tag === "EINTR" }))
          yield* sys.sigprocmask(SIG_SETMASK, SignalSet.empty)
        }),
      check: ({ seen: { answer, status } }) => {
        if (status?._tag !== "Exited" || status.code !== 0) return
        const cut = answer?._tag === "Failure" && answer.cause._tag !== "Fail" ? 1 : 0
        if (taken + rest > sent || taken + rest < sent - cut) complain(`${sent} sent, ${taken} taken, ${rest} left`)
      },
      queues: () => [victim?.signals.arrived]
    }
  }
})

export const waiting: ReadonlyArray<Row> = [
  sleeping("nanosleep", ["nanosleep"], ({ late }) => (sys) => sys.nanosleep(soonOr(late))),
  sleeping("clock_nanosleep", ["clockNanosleep"], ({ late }) => (sys) => sys.clockNanosleep("monotonic", soonOr(late))),
  sleeping("clock_nanosleep until a time", ["clockNanosleep"], ({ late, machine }) => (sys) => {
    const end = machine.rooms.timers.clocks.read("realtime") + BigInt(soonOr(late))
    return sys.clockNanosleep("realtime", end, TIMER_ABSTIME)
  }),
  sleeping("sched_yield", ["schedYield"], () => (sys) => sys.schedYield(), { signals: "waits" }),
  untilHandled("pause", ["pause"], (sys) => sys.pause()),
  untilHandled("sigsuspend", ["sigsuspend"], (sys) => sys.sigsuspend(SignalSet.of(61))),
  taking("sigwaitinfo", ["sigtimedwait"], (sys) => sys.sigtimedwait(set), { signals: "fails", stops: true }),
  taking("sigtimedwait", ["sigtimedwait"], (sys) => sys.sigtimedwait(set, 10_000), { signals: "fails", stops: true }),
  taking(
    "read of signals",
    ["read"],
    (sys) =>
      Effect.flatMap(sys.signalfd(-1, set), (fd) =>
        Effect.tapBoth(sys.read(fd, new Uint8Array(128)), {
          onFailure: () => sys.close(fd),
          onSuccess: () => sys.close(fd)
        })),
    {}
  )
]
