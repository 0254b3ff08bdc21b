/** waitid, the order in which children are told of, and who takes in orphans. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { O_NONBLOCK } from "../src/abi/OpenFlags.js"
import { PR_GET_CHILD_SUBREAPER, PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG } from "../src/abi/Prctl.js"
import * as Codes from "../src/abi/SignalCodes.js"
import { SIGCHLD, SIGCONT, SIGKILL, SIGQUIT, SIGSTOP, SIGUSR1 } from "../src/abi/Signals.js"
import * as W from "../src/abi/WaitStatus.js"
import * as SignalSet from "../src/SignalSet.js"
import { type Program, Sys } from "../src/Sys.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"

const sleeps: Program = program((sys) => sys.nanosleep(1e12))
const ends = (code: number): Program => Effect.succeed(code)

describe("waitid", () => {
  it.effect("tells how a child changed as siginfo does, and again with WNOWAIT", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const child = yield* sys.spawn(sleeps)
          const change = { pid: child, uid: 0 }
          yield* sys.kill(child, SIGSTOP)
          for (const options of [W.WSTOPPED | W.WNOWAIT, W.WSTOPPED]) {
            expect(yield* sys.waitid(W.P_PID, child, options))
              .toEqual({ ...change, code: Codes.CLD_STOPPED, status: SIGSTOP })
          }
          yield* sys.kill(child, SIGCONT)
          expect(yield* sys.waitid(W.P_ALL, 0, W.WCONTINUED))
            .toEqual({ ...change, code: Codes.CLD_CONTINUED, status: SIGCONT })
          expect(yield* sys.waitid(W.P_PGID, 0, W.WEXITED | W.WNOHANG)).toBe(undefined)
          yield* sys.kill(child, SIGKILL)
          expect(yield* sys.waitid(W.P_PGID, yield* sys.getpgid(), W.WEXITED))
            .toEqual({ ...change, code: Codes.CLD_KILLED, status: SIGKILL })
          yield* sys.spawn(ends(300))
          expect(yield* sys.waitid(W.P_ALL, 0, W.WEXITED)).toMatchObject({ code: Codes.CLD_EXITED, status: 300 & 0xff })
          const dumps = yield* sys.spawn(sleeps)
          yield* sys.kill(dumps, SIGQUIT)
          expect(yield* sys.waitid(W.P_ALL, 0, W.WEXITED)).toMatchObject({ code: Codes.CLD_DUMPED, status: SIGQUIT })
        }))))

  it.effect("asks for a change at least; wait4 does not know WNOWAIT", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.spawn(sleeps)
          expect(yield* errnoOf(sys.waitid(W.P_ALL, 0, W.WNOHANG))).toBe("EINVAL")
          expect(yield* errnoOf(sys.waitid(7, 0, W.WEXITED))).toBe("EINVAL")
          expect(yield* errnoOf(sys.waitid(W.P_PID, 0, W.WEXITED))).toBe("EINVAL")
          expect(yield* errnoOf(sys.waitid(W.P_PID, 1, W.WEXITED))).toBe("ECHILD")
          expect(yield* errnoOf(sys.wait(-1, W.WNOWAIT))).toBe("EINVAL")
          expect(yield* errnoOf(sys.wait4(-(2 ** 31)))).toBe("ESRCH")
        }))))

  it.effect("takes the child that a descriptor stands for, and does not wait if that does not", () =>
    under(5, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const child = yield* sys.spawn(sleeps)
          const pidfd = yield* sys.pidfdOpen(child)
          const impatient = yield* sys.pidfdOpen(child, O_NONBLOCK)
          expect(yield* errnoOf(sys.waitid(W.P_PIDFD, impatient, W.WEXITED))).toBe("EAGAIN")
          expect(yield* sys.waitid(W.P_PIDFD, impatient, W.WEXITED | W.WNOHANG)).toBe(undefined)
          yield* sys.kill(child, SIGKILL)
          expect(yield* sys.waitid(W.P_PIDFD, pidfd, W.WEXITED)).toMatchObject({ pid: child, status: SIGKILL })
          expect(yield* errnoOf(sys.waitid(W.P_PIDFD, pidfd, W.WEXITED))).toBe("ECHILD")
          expect(yield* errnoOf(sys.waitid(W.P_PIDFD, 99, W.WEXITED))).toBe("EBADF")
          expect(yield* errnoOf(sys.waitid(W.P_PIDFD, -1, W.WEXITED))).toBe("EINVAL")
        }))))

  it.effect("of several children that have ended the eldest is told of first", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const children = yield* Effect.forEach([1, 2, 3, 4, 5], () => sys.spawn(sleeps))
          for (const at of [3, 0, 4, 2, 1]) yield* sys.kill(children[at]!, SIGKILL)
          const told = yield* Effect.forEach(children, () => sys.wait())
          expect(told.map((each) => each?.pid)).toEqual(children)
        }))))

  it.effect("wait4 tells what a child has used", () =>
    under(3, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.spawn(program((sys) => Effect.repeatN(sys.getpid(), 9)))
          const waited = yield* sys.wait4()
          expect(waited?.usage).toEqual({ userTime: 0, systemTime: 10, calls: 10 })
          expect(yield* sys.getrusage(-1)).toEqual(waited?.usage)
        }))))
})

describe("orphans", () => {
  it.effect("go to the nearest ancestor that wants them, which is told of their end", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.prctl(PR_SET_CHILD_SUBREAPER, 1)
          let grandchild = 0
          const child = yield* sys.spawn(Effect.flatMap(Sys, (own) =>
            Effect.gen(function*() {
              expect(yield* own.prctl(PR_GET_CHILD_SUBREAPER)).toBe(0)
              grandchild = yield* own.spawn(program((its) =>
                Effect.gen(function*() {
                  yield* its.sigprocmask(0, SignalSet.of(SIGUSR1))
                  yield* its.prctl(PR_SET_PDEATHSIG, SIGUSR1)
                  const { code, pid } = yield* its.sigtimedwait(SignalSet.of(SIGUSR1))
                  expect([code, pid]).toEqual([Codes.SI_USER, child])
                  expect(yield* its.getppid()).toBe(yield* sys.getpid())
                  return 7
                })
              ))
              yield* own.nanosleep(1_000_000)
              return 0
            })))
          expect((yield* sys.wait(child))?.pid).toBe(child)
          expect(yield* sys.wait()).toEqual({ pid: grandchild, status: { _tag: "Exited", code: 7 } })
        }))))

  it.effect("that ended before their parent did are told of as well", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.prctl(PR_SET_CHILD_SUBREAPER, 1)
          const child = yield* sys.spawn(program((own) =>
            Effect.gen(function*() {
              yield* own.spawn(ends(3))
              yield* own.waitid(W.P_ALL, 0, W.WEXITED | W.WNOWAIT)
              return 0
            })
          ))
          expect((yield* sys.wait(child))?.pid).toBe(child)
          expect((yield* sys.wait())?.status).toEqual({ _tag: "Exited", code: 3 })
        }))))

  it.effect("SIGCHLD is not sent to who ignores it, even if it is blocked", () =>
    under(5, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.sigprocmask(0, SignalSet.of(SIGCHLD))
          yield* sys.sigaction(SIGCHLD, { disposition: "ignore" })
          yield* sys.spawn(ends(0))
          yield* idle
          expect(yield* errnoOf(sys.wait())).toBe("ECHILD")
          expect(yield* sys.sigpending()).toBe(0n)
        }))))

  it.effect("whom the death of their parent ends are told of after it", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.prctl(PR_SET_CHILD_SUBREAPER, 1)
          const told: Array<number> = []
          yield* sys.sigaction(SIGCHLD, { disposition: ({ pid }) => Effect.sync(() => void told.push(pid)) })
          let grandchild = 0
          const child = yield* sys.spawn(program((own) =>
            Effect.gen(function*() {
              grandchild = yield* own.spawn(
                program((its) => Effect.zipRight(its.prctl(PR_SET_PDEATHSIG, SIGKILL), its.nanosleep(1e12)))
              )
              yield* own.nanosleep(1_000_000)
              return 0
            })
          ))
          for (let left = 2; left > 0;) {
            const ended = yield* Effect.catchTag(sys.wait(), "EINTR", () => Effect.succeed(undefined))
            if (ended !== undefined) left--
          }
          expect(told[0]).toBe(child)
          expect(grandchild).toBeGreaterThan(child)
        }))))
})
