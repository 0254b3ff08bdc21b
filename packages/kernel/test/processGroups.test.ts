/** Groups and sessions: who may move where, and what becomes of groups that nobody looks after. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SIGCONT, SIGHUP, SIGKILL, SIGSTOP, SIGTERM, SIGUSR1 } from "../src/abi/Signals.js"
import { installStub } from "../src/kernel/boot.js"
import type { Program, SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"

const sleeps: Program = program((sys) => sys.nanosleep(1e12))

const noting = (sys: SystemCalls, got: Array<number>, signals: ReadonlyArray<number>) =>
  Effect.forEach(
    signals,
    (signal) => sys.sigaction(signal, { disposition: () => Effect.sync(() => void got.push(signal)) })
  )

describe("setpgid", () => {
  it.effect("moves oneself and one's children, within the session", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const own = yield* sys.getpgid()
          const [one, two] = [yield* sys.spawn(sleeps), yield* sys.spawn(sleeps)]
          expect(yield* sys.getpgid(one)).toBe(own)
          yield* sys.setpgid(one, 0)
          yield* sys.setpgid(two, one)
          expect([yield* sys.getpgid(one), yield* sys.getpgid(two)]).toEqual([one, one])
          yield* sys.setpgid(two, own)
          expect(yield* sys.getpgid(two)).toBe(own)
          expect(yield* sys.getsid(two)).toBe(yield* sys.getsid())
        }))))

  it.effect("its errors are those of the manual", () =>
    under(10, (machine) =>
      Effect.scoped(Effect.gen(function*() {
        const { init, programs, rooms: { vfs } } = machine
        yield* vfs.mkdir(init, vfs.root, "/bin", 0o755)
        yield* programs.register("sleep", () => sleeps)
        yield* installStub(vfs, init, "sleep")
        yield* inProcess(machine, (sys) =>
          Effect.gen(function*() {
            const child = yield* sys.spawn(sleeps)
            const leader = yield* sys.spawn(sleeps, { session: true })
            const executed = yield* sys.spawn("/bin/sleep")
            expect(yield* errnoOf(sys.setpgid(child, -1))).toBe("EINVAL")
            expect(yield* errnoOf(sys.setpgid(9999, 0))).toBe("ESRCH")
            expect(yield* errnoOf(sys.setpgid(1, 0))).toBe("ESRCH")
            // The caller leads a session itself.
            expect(yield* errnoOf(sys.setpgid(0, 0))).toBe("EPERM")
            expect(yield* errnoOf(sys.setpgid(leader, 0))).toBe("EPERM")
            expect(yield* errnoOf(sys.setpgid(child, 9999))).toBe("EPERM")
            expect(yield* errnoOf(sys.setpgid(child, leader))).toBe("EPERM")
            expect(yield* errnoOf(sys.setpgid(executed, 0))).toBe("EACCES")
            expect(yield* errnoOf(sys.getpgid(9999))).toBe("ESRCH")
            expect(yield* errnoOf(sys.getsid(9999))).toBe("ESRCH")
          }))
      }))))
})

describe("setsid", () => {
  it.effect("makes a session for who leads no group, and is refused to who does", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const seen: Array<unknown> = []
          const inGroup = program((own) =>
            Effect.gen(function*() {
              const pid = yield* own.getpid()
              seen.push((yield* own.setsid()) === pid, (yield* own.getpgid()) === pid, (yield* own.getsid()) === pid)
              seen.push(yield* errnoOf(own.setsid()))
            })
          )
          yield* sys.spawn(inGroup)
          yield* sys.wait()
          expect(seen).toEqual([true, true, true, "EPERM"])
          yield* sys.spawn(program((own) => Effect.map(errnoOf(own.setsid()), (errno) => void seen.push(errno))), {
            processGroup: 0
          })
          yield* sys.wait()
          expect(seen[4]).toBe("EPERM")
        }))))
})

describe("kill", () => {
  it.effect("reaches a process, a group, the own group, and all", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const own: Array<number> = []
          yield* noting(sys, own, [SIGUSR1])
          const [one, two, three] = [
            yield* sys.spawn(sleeps, { processGroup: 0 }),
            yield* sys.spawn(sleeps),
            yield* sys.spawn(sleeps, { session: true })
          ]
          yield* idle
          yield* sys.kill(-one, SIGTERM)
          expect((yield* sys.wait())?.pid).toBe(one)
          yield* sys.kill(0, SIGUSR1)
          expect(own).toEqual([SIGUSR1])
          expect((yield* sys.wait())?.pid).toBe(two)
          yield* sys.kill(-1, SIGKILL)
          expect((yield* sys.wait())?.pid).toBe(three)
          expect(yield* errnoOf(sys.kill(-9999, 0))).toBe("ESRCH")
        }))))

  it.effect("needs the same user, or none", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const target = yield* sys.spawn(sleeps)
          const seen: Array<string> = []
          yield* sys.spawn(program((own) =>
            Effect.gen(function*() {
              yield* own.setuid(1000)
              seen.push(yield* errnoOf(own.kill(target, SIGTERM)), yield* errnoOf(own.kill(target, 0)))
              seen.push(yield* errnoOf(own.kill(target, SIGCONT)))
            })
          ))
          yield* sys.wait()
          // SIGCONT reaches whoever is in the same session.
          expect(seen).toEqual(["EPERM", "EPERM", "success"])
        }))))
})

describe("orphaned groups", () => {
  it.effect("a stopped one gets SIGHUP and SIGCONT when its last link ends", () =>
    under(50, (machine) =>
      Effect.gen(function*() {
        const got: Array<number> = []
        let pid = 0
        const parent = machine.start(program((sys) =>
          Effect.gen(function*() {
            const job = program((own) =>
              Effect.zipRight(noting(own, got, [SIGHUP, SIGCONT]), Effect.exit(Effect.forever(own.nanosleep(1e12))))
            )
            pid = yield* sys.spawn(job, { processGroup: 0 })
            yield* Effect.sleep(5)
            yield* sys.kill(pid, SIGSTOP)
            yield* Effect.sleep(5)
          })
        ))
        yield* Machine.awaitEnd(parent)
        yield* idle
        const job = machine.table.processes.get(pid)
        expect(job === undefined ? "gone" : job.state).toBe("gone")
        expect([...got].sort((a, b) => a - b)).toEqual([SIGHUP, SIGCONT])
      })))

  it.effect("one that runs gets nothing", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        let pid = 0
        const parent = machine.start(program((sys) =>
          Effect.gen(function*() {
            pid = yield* sys.spawn(sleeps, { processGroup: 0 })
          })
        ))
        yield* Machine.awaitEnd(parent)
        yield* idle
        expect(machine.table.processes.get(pid)?.state).toBe("running")
      })))
})
