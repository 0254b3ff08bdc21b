/** Stopping, continuing, and what parents are told. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EPOLL_CTL_ADD, EPOLLIN } from "../src/abi/EpollFlags.js"
import * as Flags from "../src/abi/SignalFlags.js"
import * as Abi from "../src/abi/Signals.js"
import * as WaitOptions from "../src/abi/WaitStatus.js"
import type { Any } from "../src/Errno.js"
import * as SignalSet from "../src/SignalSet.js"
import type { SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, program, under } from "./interruption/run.js"

const { SIG_SETMASK } = Flags
const { SIGCHLD, SIGCONT, SIGKILL, SIGSTOP, SIGTERM, SIGTSTP } = Abi

describe("stopping and continuing", () => {
  const job = (machine: Machine.Machine, body: (sys: SystemCalls) => ReturnType<SystemCalls["nanosleep"]>) => {
    const parent = machine.start(program((sys) => sys.nanosleep(1e12)))
    return machine.start(program(body), [], { processGroup: 0 }, parent)
  }

  it.effect("a stopped process does nothing, and its sleep has passed when it goes on", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const process = job(machine, (sys) => sys.nanosleep(10e6))
        yield* idle
        machine.send(process, SIGSTOP)
        yield* Effect.sleep(100)
        expect(process.state).toBe("stopped")
        machine.send(process, SIGCONT)
        yield* idle
        expect(process.status).toEqual({ _tag: "Exited", code: 0 })
      })))

  it.effect("being stopped and continued ends sigtimedwait and epoll_wait, even if what they wait for has come meanwhile", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const answers: Array<string> = []
        const note = (call: Effect.Effect<unknown, Any>) =>
          Effect.map(errnoOf(call), (errno) => void answers.push(errno))
        const taken = SignalSet.of(SIGCHLD)
        const waiter = job(machine, (sys) =>
          Effect.orDie(Effect.zipRight(
            sys.sigprocmask(SIG_SETMASK, taken),
            Effect.zipRight(note(sys.sigtimedwait(taken)), note(sys.sigtimedwait(taken, 0)))
          )))
        const poller = job(machine, (sys) =>
          Effect.orDie(Effect.gen(function*() {
            const epfd = yield* sys.epollCreate()
            const counter = yield* sys.eventfd()
            yield* sys.epollCtl(epfd, EPOLL_CTL_ADD, counter, { events: EPOLLIN })
            yield* note(sys.epollWait(epfd, 1))
            yield* note(sys.epollWait(epfd, 1, 0))
          })))
        yield* idle
        for (const each of [waiter, poller]) machine.send(each, SIGSTOP)
        yield* idle
        machine.send(waiter, SIGCHLD)
        const counter = poller.fds.get(1)!
        Machine.ready(counter.write(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), machine.init))
        for (const each of [waiter, poller]) machine.send(each, SIGCONT)
        yield* idle
        expect(answers.sort()).toEqual(["EINTR", "EINTR", "success", "success"])
      })))

  it.effect("SIGTERM waits until it is continued; SIGKILL does not", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const one = job(machine, (sys) => sys.nanosleep(1e12))
        const two = job(machine, (sys) => sys.nanosleep(1e12))
        yield* idle
        for (const each of [one, two]) machine.send(each, SIGSTOP)
        machine.send(one, SIGTERM)
        expect(one.state).toBe("stopped")
        machine.send(one, SIGCONT)
        expect(one.status).toMatchObject({ _tag: "Signaled", signal: SIGTERM })
        machine.send(two, SIGKILL)
        expect(two.status).toMatchObject({ _tag: "Signaled", signal: SIGKILL })
        yield* idle
      })))

  it.effect("SIGCONT continues even if it is blocked or ignored, and takes pending stops away, and the other way round", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const process = job(machine, (sys) =>
          Effect.zipRight(
            Effect.orDie(sys.sigprocmask(SIG_SETMASK, SignalSet.of(SIGCONT, SIGTSTP))),
            sys.nanosleep(1e12)
          ))
        yield* idle
        machine.send(process, SIGSTOP)
        machine.send(process, SIGCONT)
        expect(process.state).toBe("running")
        expect(process.signals.pending).toBe(SignalSet.of(SIGCONT))
        machine.send(process, SIGTSTP)
        expect(process.signals.pending).toBe(SignalSet.of(SIGTSTP))
        machine.send(process, SIGCONT)
        expect(process.signals.pending & SignalSet.of(SIGTSTP)).toBe(0n)
        machine.send(process, SIGKILL)
        yield* idle
      })))
})

/** As recorded from Linux, with a C program that does the same. */
describe("calls that a stop or a handler comes between", () => {
  const ways = ["a stop", "a handler with SA_RESTART"] as const

  /** Makes a call in a process that is disturbed once it sleeps, and answers what the call answered. */
  const disturbed = (
    machine: Machine.Machine,
    way: typeof ways[number],
    call: (sys: SystemCalls) => Effect.Effect<unknown, Any>,
    meanwhile: Effect.Effect<unknown, Any> = Effect.void
  ) =>
    Effect.gen(function*() {
      let answer: unknown
      const parent = machine.start(program((sys) => sys.nanosleep(1e12)))
      const process = machine.start(
        program((sys) =>
          Effect.gen(function*() {
            yield* sys.sigaction(Abi.SIGUSR1, { flags: Flags.SA_RESTART, disposition: () => Effect.void })
            answer = yield* Effect.match(call(sys), { onFailure: ({ _tag }) => _tag, onSuccess: (value) => value })
          })
        ),
        [],
        { processGroup: 0 },
        parent
      )
      yield* idle
      machine.send(process, way === "a stop" ? SIGSTOP : Abi.SIGUSR1)
      yield* idle
      machine.send(process, SIGCONT)
      yield* idle
      yield* meanwhile
      yield* Effect.sleep(100)
      return answer
    })

  for (const way of ways) {
    it.effect(`${way}: a write to a pipe that was begun ends with what is in it`, () =>
      under(20, (machine) =>
        Effect.gen(function*() {
          const { reader, writer } = machine.pipe()
          writer.references++
          reader.references++
          const answer = yield* disturbed(machine, way, (sys) =>
            Effect.gen(function*() {
              machine.table.processes.get(yield* sys.getpid())!.fds.place(5, writer, false)
              return yield* sys.write(5, new Uint8Array(10_000))
            }))
          expect(answer).toBe(4096)
        }), { limits: { pipeCapacity: 4096 } }))

    it.effect(`${way}: a read goes on, a sleep and a poll have passed when they would have`, () =>
      under(20, (machine) =>
        Effect.gen(function*() {
          const { reader, writer } = machine.pipe()
          reader.references++
          writer.references++
          const read = yield* disturbed(machine, way, (sys) =>
            Effect.gen(function*() {
              machine.table.processes.get(yield* sys.getpid())!.fds.place(5, reader, false)
              return yield* sys.read(5, new Uint8Array(9))
            }), Effect.suspend(() => writer.write(Uint8Array.of(1, 2), machine.init)))
          expect(read).toBe(2)
          expect(yield* disturbed(machine, way, (sys) => Effect.as(sys.nanosleep(5e6), "slept"))).toBe(
            way === "a stop" ? "slept" : "EINTR"
          )
          expect(yield* disturbed(machine, way, (sys) => sys.poll([], 5))).toEqual(way === "a stop" ? [] : "EINTR")
        })))
  }

  it.effect("a stop: sigtimedwait fails with EINTR, sigsuspend goes on", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        expect(yield* disturbed(machine, "a stop", (sys) => sys.sigtimedwait(SignalSet.of(SIGTERM), 50))).toBe("EINTR")
        expect(yield* disturbed(machine, "a stop", (sys) => sys.sigsuspend(0n))).toBe(undefined)
      })))
})

describe("SIGCHLD", () => {
  const parentOf = (machine: Machine.Machine, flags: number, disposition: "ignore" | "count") => {
    const seen = { signals: 0, waited: [] as Array<string> }
    const parent = machine.start(program((sys) =>
      Effect.gen(function*() {
        yield* sys.sigaction(SIGCHLD, {
          flags,
          disposition: disposition === "ignore" ? "ignore" : () => Effect.sync(() => void seen.signals++)
        })
        const pid = yield* sys.spawn(program((own) => own.nanosleep(20e6)), { processGroup: 0 })
        yield* Effect.sleep(1)
        yield* sys.kill(pid, SIGSTOP)
        yield* Effect.sleep(1)
        yield* sys.kill(pid, SIGCONT)
        yield* Effect.sleep(30)
        seen.waited.push(yield* errnoOf(sys.wait(pid, WaitOptions.WNOHANG)))
      })
    ))
    return Effect.as(Machine.awaitEnd(parent), seen)
  }

  it.effect("comes for a stop, a continuation and an end", () =>
    under(
      20,
      (machine) =>
        Effect.map(parentOf(machine, 0, "count"), (seen) => expect(seen).toEqual({ signals: 3, waited: ["success"] }))
    ))

  it.effect("with SA_NOCLDSTOP for an end alone", () =>
    under(
      20,
      (machine) =>
        Effect.map(parentOf(machine, Flags.SA_NOCLDSTOP, "count"), (seen) =>
          expect(seen).toEqual({ signals: 1, waited: ["success"] }))
    ))

  it.effect("with SA_NOCLDWAIT there is nobody to wait for, but the signal comes", () =>
    under(
      20,
      (machine) =>
        Effect.map(parentOf(machine, Flags.SA_NOCLDWAIT, "count"), (seen) =>
          expect(seen).toEqual({ signals: 3, waited: ["ECHILD"] }))
    ))

  it.effect("ignored: nobody to wait for either", () =>
    under(
      20,
      (machine) =>
        Effect.map(parentOf(machine, 0, "ignore"), (seen) => expect(seen).toEqual({ signals: 0, waited: ["ECHILD"] }))
    ))
})
