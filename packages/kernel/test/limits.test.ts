/** Soft and hard limits, priorities, and what a process says about itself. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Prctl from "../src/abi/Prctl.js"
import { GRND_INSECURE, GRND_NONBLOCK, GRND_RANDOM } from "../src/abi/Random.js"
import * as R from "../src/abi/Resources.js"
import { SIGKILL, SIGRTMIN, SIGXCPU } from "../src/abi/Signals.js"
import * as SignalSet from "../src/SignalSet.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"

const { RLIM_INFINITY, RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_STACK } = R

describe("limits", () => {
  it.effect("the soft one may be set up to the hard one, which only user 0 raises", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.setrlimit(RLIMIT_NOFILE, { soft: 10, hard: 20 })
          expect(yield* sys.getrlimit(RLIMIT_NOFILE)).toEqual({ soft: 10, hard: 20 })
          yield* sys.setrlimit(RLIMIT_NOFILE, { soft: 20, hard: 30 })
          yield* sys.setuid(1000)
          expect(yield* errnoOf(sys.setrlimit(RLIMIT_NOFILE, { soft: 20, hard: 31 }))).toBe("EPERM")
          yield* sys.setrlimit(RLIMIT_NOFILE, { soft: 30, hard: 30 })
          yield* sys.setrlimit(RLIMIT_NOFILE, { soft: 5, hard: 30 })
          expect(yield* sys.getrlimit(RLIMIT_NOFILE)).toEqual({ soft: 5, hard: 30 })
          expect(yield* errnoOf(sys.setrlimit(RLIMIT_NOFILE, { soft: 30, hard: 5 }))).toBe("EINVAL")
          expect(yield* errnoOf(sys.setrlimit(16, { soft: 1, hard: 1 }))).toBe("EINVAL")
          expect(yield* errnoOf(sys.getrlimit(-1))).toBe("EINVAL")
          yield* sys.setrlimit(RLIMIT_STACK, { soft: 4096, hard: 8_388_608 })
          expect(yield* sys.getrlimit(RLIMIT_STACK)).toEqual({ soft: 4096, hard: 8_388_608 })
        }))))

  it.effect("of another process are its own user's and user 0's to set", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const child = yield* sys.spawn(program((own) => own.nanosleep(1e12)))
          expect(yield* sys.prlimit(child, RLIMIT_CORE)).toEqual({ soft: RLIM_INFINITY, hard: RLIM_INFINITY })
          yield* sys.prlimit(child, RLIMIT_CORE, { soft: 0, hard: 5 })
          expect(yield* sys.prlimit(child, RLIMIT_CORE)).toEqual({ soft: 0, hard: 5 })
          expect(yield* errnoOf(sys.prlimit(9999, RLIMIT_CORE))).toBe("ESRCH")
          yield* sys.setuid(1000)
          expect(yield* errnoOf(sys.prlimit(child, RLIMIT_CORE))).toBe("EPERM")
          expect((yield* sys.prlimit(0, RLIMIT_CORE)).soft).toBe(RLIM_INFINITY)
        }))))

  it.effect("a second of processor time is a million calls: SIGXCPU at the soft limit, SIGKILL at the hard one", () =>
    under(1, (machine) =>
      Effect.gen(function*() {
        let warned = 0
        const busy = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.setrlimit(R.RLIMIT_CPU, { soft: 1, hard: 2 })
            yield* sys.sigaction(SIGXCPU, { disposition: () => Effect.sync(() => void warned++) })
            for (;;) yield* sys.getpid()
          })
        ))
        while (busy.task !== undefined) {
          // As if it had made them.
          busy.task.calls += 250_000
          yield* idle
        }
        expect([warned, busy.status]).toEqual([1, { _tag: "Signaled", signal: 9, coreDumped: false }])
      })))

  it.effect("RLIMIT_SIGPENDING refuses sigqueue, but not kill, which then brings no info", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const pid = yield* sys.getpid()
          yield* sys.sigprocmask(0, SignalSet.full)
          yield* sys.setrlimit(R.RLIMIT_SIGPENDING, { soft: 2, hard: 2 })
          yield* sys.sigqueue(pid, SIGRTMIN, 1)
          yield* sys.sigqueue(pid, SIGRTMIN, 2)
          expect(yield* errnoOf(sys.sigqueue(pid, SIGRTMIN, 3))).toBe("EAGAIN")
          yield* sys.kill(pid, SIGRTMIN + 1)
          const set = SignalSet.of(SIGRTMIN, SIGRTMIN + 1)
          const taken = yield* Effect.forEach([1, 2, 3], () => sys.sigtimedwait(set, 0))
          expect(taken.map(({ signal, value }) => [signal - SIGRTMIN, value])).toEqual([[0, 1], [0, 2], [1, 0]])
          expect(yield* errnoOf(sys.sigtimedwait(set, 0))).toBe("EAGAIN")
        }))))

  it.effect("RLIMIT_SIGPENDING counts what is queued for all processes of a user", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.sigprocmask(0, SignalSet.full)
          const child = yield* sys.spawn(program((own) => own.nanosleep(1e12)))
          const own = yield* sys.getpid()
          yield* sys.setrlimit(R.RLIMIT_SIGPENDING, { soft: 3, hard: 9 })
          yield* sys.sigqueue(child, SIGRTMIN, 1)
          yield* sys.sigqueue(child, SIGRTMIN, 2)
          yield* sys.sigqueue(own, SIGRTMIN, 3)
          expect(yield* errnoOf(sys.sigqueue(own, SIGRTMIN, 4))).toBe("EAGAIN")
          // The limit is that of the process that is sent to.
          yield* sys.sigqueue(child, SIGRTMIN, 5)
          yield* sys.kill(child, SIGKILL)
          yield* sys.wait(child)
          yield* sys.sigqueue(own, SIGRTMIN, 6)
        }))))
})

describe("priorities", () => {
  it.effect("can be lowered, and not raised again but by user 0 or within RLIMIT_NICE", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          expect(yield* sys.nice(5)).toBe(5)
          expect(yield* sys.nice(-7)).toBe(-2)
          const child = yield* sys.spawn(program((own) => own.nanosleep(1e12)))
          expect(yield* sys.getpriority(R.PRIO_PROCESS, child)).toBe(-2)
          yield* sys.setpriority(R.PRIO_PROCESS, 0, 10)
          expect(yield* sys.getpriority(R.PRIO_PGRP, 0)).toBe(-2)
          yield* sys.setpriority(R.PRIO_PGRP, 0, 99)
          expect(yield* sys.getpriority(R.PRIO_USER, 0)).toBe(0)
          yield* sys.setrlimit(R.RLIMIT_NICE, { soft: 10, hard: 10 })
          yield* sys.setuid(1000)
          expect(yield* errnoOf(sys.setpriority(R.PRIO_PROCESS, 0, 9))).toBe("EACCES")
          expect(yield* errnoOf(sys.nice(-19))).toBe("EPERM")
          yield* sys.setpriority(R.PRIO_PROCESS, 0, 10)
          expect(yield* errnoOf(sys.setpriority(R.PRIO_PROCESS, child, 19))).toBe("EPERM")
          expect(yield* errnoOf(sys.setpriority(R.PRIO_PROCESS, 9999, 1))).toBe("ESRCH")
          expect(yield* errnoOf(sys.getpriority(3, 0))).toBe("EINVAL")
        }))))
})

describe("getrandom", () => {
  it.effect("knows its flags, and those that exclude each other", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const into = new Uint8Array(8)
          expect(yield* sys.getrandom(into, GRND_NONBLOCK | GRND_RANDOM)).toBe(8)
          expect(yield* sys.getrandom(into, GRND_INSECURE)).toBe(8)
          expect(yield* errnoOf(sys.getrandom(into, GRND_INSECURE | GRND_RANDOM))).toBe("EINVAL")
          expect(yield* errnoOf(sys.getrandom(into, 8))).toBe("EINVAL")
        }))))
})

describe("prctl", () => {
  it.effect("keeps whether it may be traced, how late timers may be and what is to be done about pages", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const { PR_GET_DUMPABLE, PR_GET_THP_DISABLE, PR_GET_TIMERSLACK } = Prctl
          const seen = (of: typeof sys) =>
            Effect.all([PR_GET_DUMPABLE, PR_GET_TIMERSLACK, PR_GET_THP_DISABLE].map((each) => of.prctl(each)))
          expect(yield* seen(sys)).toEqual([1, 50_000, 0])
          expect(yield* errnoOf(sys.prctl(Prctl.PR_SET_DUMPABLE, 2))).toBe("EINVAL")
          expect(yield* errnoOf(sys.prctl(PR_GET_THP_DISABLE, 1))).toBe("EINVAL")
          yield* sys.prctl(Prctl.PR_SET_DUMPABLE, 0)
          yield* sys.prctl(Prctl.PR_SET_TIMERSLACK, 7000)
          yield* sys.prctl(Prctl.PR_SET_THP_DISABLE, 5)
          expect(yield* seen(sys)).toEqual([0, 7000, 1])
          // A child has the same, and what its parent had last is what 0 sets it to.
          let child: ReadonlyArray<unknown> = []
          yield* sys.spawn(program((own) =>
            Effect.gen(function*() {
              yield* own.prctl(Prctl.PR_SET_TIMERSLACK, 9000)
              yield* own.prctl(Prctl.PR_SET_TIMERSLACK, 0)
              child = yield* seen(own)
            })
          ))
          yield* sys.wait()
          expect(child).toEqual([0, 7000, 1])
          yield* sys.prctl(Prctl.PR_SET_DUMPABLE, 1)
          yield* sys.setresuid(1000, 1000, 1000)
          expect(yield* sys.prctl(PR_GET_DUMPABLE)).toBe(0)
        }))))

  it.effect("keeps a name of 15 bytes, and what it has no way back from", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.prctl(Prctl.PR_SET_NAME, "a name that is too long")
          expect(yield* sys.prctl(Prctl.PR_GET_NAME)).toBe("a name that is ")
          expect(yield* errnoOf(sys.prctl(Prctl.PR_SET_NO_NEW_PRIVS, 0))).toBe("EINVAL")
          yield* sys.prctl(Prctl.PR_SET_NO_NEW_PRIVS, 1)
          expect(yield* sys.prctl(Prctl.PR_GET_NO_NEW_PRIVS)).toBe(1)
          expect(yield* errnoOf(sys.prctl(Prctl.PR_SET_PDEATHSIG, 65))).toBe("EINVAL")
          yield* sys.prctl(Prctl.PR_SET_PDEATHSIG, 9)
          yield* sys.setresuid(-1, 1000, -1)
          expect(yield* sys.prctl(Prctl.PR_GET_PDEATHSIG)).toBe(0)
          expect(yield* errnoOf(sys.prctl(99))).toBe("EINVAL")
        }))))
})
