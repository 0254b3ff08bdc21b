/** Signals: what they do by default, when they are blocked, caught, ignored, queued and nested. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Flags from "../src/abi/SignalFlags.js"
import * as Abi from "../src/abi/Signals.js"
import type { SignalInfo } from "../src/ProcessTable.js"
import * as SignalSet from "../src/SignalSet.js"
import type { SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"

const { SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK } = Flags
const { SIGCONT, SIGKILL, SIGRTMIN, SIGSTOP, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2 } = Abi

/** Catches signals, and notes which came. */
const catching = (sys: SystemCalls, signals: ReadonlyArray<number>, flags = 0, mask = SignalSet.empty) => {
  const got: Array<SignalInfo> = []
  return Effect.as(
    Effect.forEach(
      signals,
      (signal) => sys.sigaction(signal, { flags, mask, disposition: (info) => Effect.sync(() => void got.push(info)) })
    ),
    got
  )
}

const numbers = (got: ReadonlyArray<SignalInfo>) => got.map(({ signal }) => signal)
const raise = (sys: SystemCalls, signal: number) => Effect.flatMap(sys.getpid(), (pid) => sys.kill(pid, signal))

describe("default actions", () => {
  for (const [name, [signal, action]] of Object.entries(Abi.signalTable)) {
    it.effect(`${name}: ${action}`, () =>
      under(3, (machine) =>
        Effect.gen(function*() {
          const parent = machine.start(program((sys) => sys.nanosleep(1e12)))
          const child = machine.start(program((sys) => sys.nanosleep(1e9)), [], { processGroup: 0 }, parent)
          yield* idle
          machine.send(child, signal)
          if (action === "terminate" || action === "core") {
            expect(child.status).toEqual({ _tag: "Signaled", signal, coreDumped: action === "core" })
          } else if (action === "stop") {
            expect([child.state, child.status]).toEqual(["stopped", { _tag: "Stopped", signal }])
            machine.send(child, SIGCONT)
            expect([child.state, child.status]).toEqual(["running", { _tag: "Continued" }])
          } else {
            expect([child.state, child.status]).toEqual(["running", undefined])
            expect(yield* Machine.awaitEnd(child)).toEqual({ _tag: "Exited", code: 0 })
          }
        })))
  }

  it.effect("a real-time signal terminates", () =>
    under(3, (machine) =>
      Effect.gen(function*() {
        const process = machine.start(program((sys) => sys.nanosleep(1e9)))
        machine.send(process, SIGRTMIN + 3)
        expect(yield* Machine.awaitEnd(process)).toEqual({ _tag: "Signaled", signal: SIGRTMIN + 3, coreDumped: false })
      })))

  it.effect("an orphaned group is stopped by SIGSTOP alone", () =>
    under(3, (machine) =>
      Effect.gen(function*() {
        const process = machine.start(program((sys) => sys.nanosleep(1e9)))
        for (const signal of [SIGTSTP, Abi.SIGTTIN, Abi.SIGTTOU]) {
          machine.send(process, signal)
          expect(process.state).toBe("running")
        }
        machine.send(process, SIGSTOP)
        expect(process.state).toBe("stopped")
        yield* idle
      })))
})

describe("actions", () => {
  it.effect("SIGKILL and SIGSTOP can be neither caught, ignored nor blocked", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          for (const signal of [SIGKILL, SIGSTOP]) {
            expect(yield* errnoOf(sys.sigaction(signal, { disposition: "ignore" }))).toBe("EINVAL")
            expect((yield* sys.sigaction(signal)).disposition).toBe("default")
          }
          yield* sys.sigprocmask(SIG_SETMASK, SignalSet.full)
          const now = yield* sys.sigprocmask(SIG_BLOCK, SignalSet.empty)
          expect(now & SignalSet.unstoppable).toBe(0n)
        }))))

  it.effect("signals that do not exist are EINVAL, and so are ways that sigprocmask has not", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          for (const signal of [0, -1, 65, 1.5]) {
            expect(yield* errnoOf(sys.sigaction(signal, { disposition: "ignore" }))).toBe("EINVAL")
          }
          expect(yield* errnoOf(sys.kill(1, 65))).toBe("EINVAL")
          expect(yield* errnoOf(sys.sigprocmask(3, 0n))).toBe("EINVAL")
          expect(yield* errnoOf(sys.kill(9999, 0))).toBe("ESRCH")
        }))))

  it.effect("what is ignored leaves no trace; ignoring discards what is pending", () =>
    under(5, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.sigaction(SIGUSR1, { disposition: "ignore" })
          yield* raise(sys, SIGUSR1)
          expect(yield* sys.sigpending()).toBe(0n)
          yield* sys.sigprocmask(SIG_BLOCK, SignalSet.of(SIGUSR2))
          yield* raise(sys, SIGUSR2)
          expect(yield* sys.sigpending()).toBe(SignalSet.of(SIGUSR2))
          yield* sys.sigaction(SIGUSR2, { disposition: "ignore" })
          expect(yield* sys.sigpending()).toBe(0n)
        }))))

  it.effect("a handler is told who sent the signal, before kill returns to its own process", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const got = yield* catching(sys, [SIGUSR1])
          const pid = yield* sys.getpid()
          yield* sys.kill(pid, SIGUSR1)
          yield* sys.sigqueue(pid, SIGUSR1, 42)
          expect(got.map(({ pid, signal, value }) => [signal, pid, value])).toEqual([[SIGUSR1, pid, 0], [
            SIGUSR1,
            pid,
            42
          ]])
        }))))

  it.effect("SA_RESETHAND: once, and then the default again", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        let got: ReadonlyArray<SignalInfo> = []
        const process = machine.start(program((sys) =>
          Effect.gen(function*() {
            got = yield* catching(sys, [SIGUSR1], Flags.SA_RESETHAND)
            yield* raise(sys, SIGUSR1)
            expect((yield* sys.sigaction(SIGUSR1)).disposition).toBe("default")
            yield* raise(sys, SIGUSR1)
            return expect.fail("it lives")
          })
        ))
        expect(yield* Machine.awaitEnd(process)).toMatchObject({ _tag: "Signaled", signal: SIGUSR1 })
        expect(numbers(got)).toEqual([SIGUSR1])
      })))

  it.effect("a signal is blocked while its handler runs, and with SA_NODEFER is not", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          for (const [flags, deepest] of [[0, 1], [Flags.SA_NODEFER, 3]] as const) {
            let depth = 0
            let most = 0
            let times = 0
            yield* sys.sigaction(SIGUSR1, {
              flags,
              disposition: () =>
                Effect.gen(function*() {
                  most = Math.max(most, ++depth)
                  if (++times < 3) yield* Effect.orDie(raise(sys, SIGUSR1))
                  depth--
                })
            })
            yield* raise(sys, SIGUSR1)
            expect([times, most]).toEqual([3, deepest])
          }
          expect(yield* sys.sigprocmask(SIG_BLOCK, 0n)).toBe(0n)
        }))))

  it.effect("the mask of an action holds while its handler runs, and no longer", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const order: Array<string> = []
          yield* sys.sigaction(SIGUSR2, { disposition: () => Effect.sync(() => void order.push("second")) })
          yield* sys.sigaction(SIGUSR1, {
            mask: SignalSet.of(SIGUSR2),
            disposition: () =>
              Effect.gen(function*() {
                yield* Effect.orDie(raise(sys, SIGUSR2))
                order.push("first")
              })
          })
          yield* raise(sys, SIGUSR1)
          expect(order).toEqual(["first", "second"])
          expect(yield* sys.sigprocmask(SIG_BLOCK, 0n)).toBe(0n)
        }))))

  it.effect("a handler that changes the mask changes it for as long as it runs", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.sigaction(SIGUSR1, {
            disposition: () => Effect.ignore(sys.sigprocmask(SIG_SETMASK, SignalSet.full))
          })
          yield* raise(sys, SIGUSR1)
          expect(yield* sys.sigprocmask(SIG_BLOCK, 0n)).toBe(0n)
        }))))

  it.effect("the mask is put back when a handler dies of a defect", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.die("a bug") })
          yield* Effect.exit(raise(sys, SIGUSR1))
          expect(yield* sys.sigprocmask(SIG_BLOCK, 0n)).toBe(0n)
          const sleeping = yield* Effect.fork(Effect.exit(sys.nanosleep(1e9)))
          yield* Effect.sleep(1)
          yield* Effect.exit(raise(sys, SIGUSR1))
          yield* Fiber.join(sleeping)
          expect(yield* sys.sigprocmask(SIG_BLOCK, 0n)).toBe(0n)
        }))))

  it.effect("handlers of two threads that end in the other order give the mask back", () =>
    under(50, (machine) =>
      Effect.gen(function*() {
        let mask: bigint | undefined
        const process = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.sleep(20) })
            yield* sys.sigaction(SIGUSR2, { disposition: () => Effect.sleep(40) })
            const threads = yield* Effect.forEach([1, 2], () => Effect.fork(Effect.exit(sys.nanosleep(1e12))))
            yield* Fiber.joinAll(threads)
            mask = yield* sys.sigprocmask(SIG_BLOCK, 0n)
          })
        ))
        yield* Effect.sleep(5)
        machine.send(process, SIGUSR1)
        yield* Effect.sleep(5)
        machine.send(process, SIGUSR2)
        yield* Machine.awaitEnd(process)
        expect(mask).toBe(0n)
      })))
})

describe("pending signals", () => {
  it.effect("a standard signal is pending once; real-time signals queue, the lowest first, each in its order", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const all = [SIGUSR1, SIGRTMIN, SIGRTMIN + 1]
          const mask = SignalSet.of(...all)
          const got = yield* catching(sys, all, 0, mask)
          yield* sys.sigprocmask(SIG_BLOCK, mask)
          const pid = yield* sys.getpid()
          for (const value of [1, 2, 3]) {
            for (const signal of [...all].reverse()) yield* sys.sigqueue(pid, signal, value)
          }
          expect(yield* sys.sigpending()).toBe(mask)
          yield* sys.sigprocmask(SIG_UNBLOCK, mask)
          expect(got.map(({ signal, value }) => [signal, value])).toEqual([
            [SIGUSR1, 1],
            [SIGRTMIN, 1],
            [SIGRTMIN, 2],
            [SIGRTMIN, 3],
            [SIGRTMIN + 1, 1],
            [SIGRTMIN + 1, 2],
            [SIGRTMIN + 1, 3]
          ])
          expect(yield* sys.sigpending()).toBe(0n)
        }))))

  it.effect("of several that nothing defers, the one set up last runs first", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const got = yield* catching(sys, [SIGUSR1, SIGUSR2])
          yield* sys.sigprocmask(SIG_BLOCK, SignalSet.of(SIGUSR1, SIGUSR2))
          yield* raise(sys, SIGUSR1)
          yield* raise(sys, SIGUSR2)
          yield* sys.sigprocmask(SIG_SETMASK, 0n)
          expect(numbers(got)).toEqual([SIGUSR2, SIGUSR1])
        }))))

  it.effect("sigprocmask delivers before it returns, and a default action takes effect in it", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const process = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.sigprocmask(SIG_BLOCK, SignalSet.of(SIGTERM))
            yield* raise(sys, SIGTERM)
            yield* sys.sigprocmask(SIG_UNBLOCK, SignalSet.of(SIGTERM))
            return expect.fail("it lives")
          })
        ))
        expect(yield* Machine.awaitEnd(process)).toMatchObject({ _tag: "Signaled", signal: SIGTERM })
      })))

  it.effect("the queue is limited: EAGAIN from sigqueue, and the others are kept", () =>
    under(5, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.sigprocmask(SIG_BLOCK, SignalSet.of(SIGRTMIN))
          const pid = yield* sys.getpid()
          for (const value of [1, 2]) yield* sys.sigqueue(pid, SIGRTMIN, value)
          expect(yield* errnoOf(sys.sigqueue(pid, SIGRTMIN, 3))).toBe("EAGAIN")
          const set = SignalSet.of(SIGRTMIN)
          expect((yield* sys.sigtimedwait(set, 0)).value).toBe(1)
          expect((yield* sys.sigtimedwait(set, 0)).value).toBe(2)
          expect(yield* errnoOf(sys.sigtimedwait(set, 0))).toBe("EAGAIN")
        })), { limits: { signalsQueuedMax: 2 } }))
})
