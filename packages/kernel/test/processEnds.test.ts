/** How processes end, and how their parents are told. */
import { describe, expect, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { O_RDONLY } from "../src/abi/OpenFlags.js"
import { SIGABRT, SIGCONT, SIGKILL, SIGSTOP, SIGTERM } from "../src/abi/Signals.js"
import { P_PGID, WCONTINUED, WEXITED, WNOHANG, WNOWAIT, WUNTRACED } from "../src/abi/WaitStatus.js"
import * as Errno from "../src/Errno.js"
import type { Program } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"

const exits = (code: number): Program => Effect.succeed(code)
const sleeps = program((sys) => sys.nanosleep(1e12))
const exited = (code: number) => ({ _tag: "Exited", code })
const killed = (signal: number) => ({ _tag: "Signaled", signal, coreDumped: false })

describe("ends", () => {
  it.effect("an errno that a program does not handle is printed, and it exits with 1", () =>
    under(10, (machine) =>
      Effect.gen(function*() {
        const { reader, writer } = machine.pipe()
        const process = machine.start(program((sys) => sys.open("/none", O_RDONLY)), [writer, writer, writer], {
          argv: ["/bin/tool"]
        })
        expect(yield* Machine.awaitEnd(process)).toEqual(exited(1))
        const into = new Uint8Array(200)
        const count = yield* reader.read(into, machine.init)
        expect(String.fromCharCode(...into.subarray(0, count))).toBe(
          `tool: ${Errno.make("ENOENT", { syscall: "open", path: "/none" }).message}\n`
        )
      })))

  it.effect("a defect ends as by abort, and the host is told why", () =>
    Effect.gen(function*() {
      const told: Array<string> = []
      const logger = Logger.make(({ cause, message }) => void told.push(`${String(message)}: ${Cause.pretty(cause)}`))
      const dying = Effect.gen(function*() {
        const machine = yield* Machine.make()
        const process = machine.start(Effect.die(new Error("a bug")))
        expect(yield* Machine.awaitEnd(process)).toEqual({ _tag: "Signaled", signal: SIGABRT, coreDumped: true })
        yield* idle
      })
      yield* Simulation.forAll(5, Effect.provide(dying, Logger.replace(Logger.defaultLogger, logger)))
      expect(told.length).toBe(5)
      expect(told[0]).toContain("A program died of a defect: Error: a bug")
    }))

  it.effect("a program that interrupts itself ends as by SIGKILL", () =>
    under(
      10,
      (machine) =>
        Effect.map(
          Machine.awaitEnd(machine.start(Effect.interrupt)),
          (status) => expect(status).toEqual(killed(SIGKILL))
        )
    ))

  it.effect("exit does not return; finalizers of what has ended reach nothing", () =>
    under(50, (machine) =>
      Effect.gen(function*() {
        for (const end of ["exit", "SIGKILL"]) {
          const process = machine.start(program((sys) =>
            Effect.ensuring(
              end === "exit" ? sys.exit(3) : sys.nanosleep(1e12),
              Effect.exit(sys.mkdir(`/${end}`))
            )
          ))
          if (end === "SIGKILL") {
            yield* idle
            machine.send(process, SIGKILL)
          }
          expect(yield* Machine.awaitEnd(process)).toEqual(end === "exit" ? exited(3) : killed(SIGKILL))
          yield* idle
          const { init, rooms: { vfs } } = machine
          expect(yield* errnoOf(vfs.stat(init, vfs.root, `/${end}`, true))).toBe("ENOENT")
        }
      })))

  it.effect("descriptors are closed before anyone is told", () =>
    under(50, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* sys.pipe()
          const pid = yield* sys.spawn(sleeps)
          yield* sys.close(writer)
          yield* sys.kill(pid, SIGKILL)
          yield* sys.wait(pid)
          expect((yield* sys.poll([{ fd: reader, events: 0 }], 0))[0]).toBe(16)
        }))))

  it.effect("a kill takes effect at once, even in a region that cannot be interrupted", () =>
    under(50, (machine) =>
      Effect.gen(function*() {
        let reached = ""
        const process = machine.start(program((sys) =>
          Effect.uninterruptible(Effect.gen(function*() {
            yield* Effect.sleep(20)
            reached = (yield* Effect.exit(sys.mkdir("/late")))._tag
          }))
        ))
        yield* idle
        machine.send(process, SIGKILL)
        expect(process.status).toEqual(killed(SIGKILL))
        yield* Effect.sleep(50)
        const { init, rooms: { vfs } } = machine
        expect(yield* errnoOf(vfs.stat(init, vfs.root, "/late", true))).toBe("ENOENT")
        expect(reached === "Success").toBe(false)
      })))
})

describe("wait", () => {
  it.effect("takes children by pid, by group and any; WNOHANG answers nothing when none has changed", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const one = yield* sys.spawn(program((own) => Effect.as(own.nanosleep(5e6), 1)))
          const two = yield* sys.spawn(program((own) => Effect.as(own.nanosleep(1e6), 2)), { processGroup: 0 })
          expect(yield* sys.wait(-1, WNOHANG)).toBe(undefined)
          expect(yield* sys.wait(one)).toEqual({ pid: one, status: exited(1) })
          expect(yield* errnoOf(sys.wait(0))).toBe("ECHILD")
          expect(yield* errnoOf(sys.wait(-one))).toBe("ECHILD")
          expect(yield* sys.waitid(P_PGID, two, WEXITED | WNOWAIT)).toMatchObject({ pid: two, status: 2 })
          expect(yield* sys.wait(-two)).toEqual({ pid: two, status: exited(2) })
          expect(yield* errnoOf(sys.wait())).toBe("ECHILD")
          expect(yield* errnoOf(sys.wait(1))).toBe("ECHILD")
          expect(yield* errnoOf(sys.wait(-1, 1 << 20))).toBe("EINVAL")
        }))))

  it.effect("stops and continuations are told to who asks for them, once each", () =>
    under(20, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const pid = yield* sys.spawn(sleeps, { processGroup: 0 })
          yield* idle
          yield* sys.kill(pid, SIGSTOP)
          expect(yield* sys.wait(pid, WNOHANG)).toBe(undefined)
          expect(yield* sys.wait(pid, WUNTRACED)).toEqual({ pid, status: { _tag: "Stopped", signal: SIGSTOP } })
          expect(yield* sys.wait(pid, WUNTRACED | WNOHANG)).toBe(undefined)
          yield* sys.kill(pid, SIGCONT)
          expect(yield* sys.wait(pid, WUNTRACED | WNOHANG)).toBe(undefined)
          expect(yield* sys.wait(pid, WCONTINUED)).toEqual({ pid, status: { _tag: "Continued" } })
          yield* sys.kill(pid, SIGTERM)
          expect(yield* sys.wait(pid, WUNTRACED)).toEqual({ pid, status: killed(SIGTERM) })
        }))))

  it.effect("a zombie stays until it is waited for; its group lives as long", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const pid = yield* sys.spawn(exits(0), { processGroup: 0 })
          yield* Effect.sleep(1000)
          expect(machine.table.processes.get(pid)?.state).toBe("zombie")
          expect(yield* errnoOf(sys.kill(pid, 0))).toBe("success")
          expect(machine.table.groups.has(pid)).toBe(true)
          yield* sys.wait(pid)
          expect(yield* errnoOf(sys.kill(pid, 0))).toBe("ESRCH")
          expect(machine.table.groups.has(pid)).toBe(false)
        }))))

  it.effect("orphans belong to init, which reaps them at once", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const grandchildren: Array<number> = []
        const parent = machine.start(program((sys) =>
          Effect.gen(function*() {
            grandchildren.push(yield* sys.spawn(exits(0)), yield* sys.spawn(program((own) => own.nanosleep(10e6))))
            yield* Effect.sleep(2)
          })
        ))
        yield* Machine.awaitEnd(parent)
        const [dead, alive] = grandchildren
        expect(machine.table.processes.has(dead!)).toBe(false)
        expect(machine.table.processes.get(alive!)?.parent).toBe(machine.init)
        yield* Effect.sleep(20)
        expect(machine.table.processes.size).toBe(1)
        expect(machine.init.eldest).toBeUndefined()
      })))
})
