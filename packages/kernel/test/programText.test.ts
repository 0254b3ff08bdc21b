/** The files of programs that run: nobody writes to them, and what is written to does not run. */
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { F_RDLCK, F_SETLEASE, F_UNLCK, F_WRLCK } from "../src/abi/Fcntl.js"
import { O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "../src/abi/OpenFlags.js"
import { SIGKILL } from "../src/abi/Signals.js"
import * as Programs from "../src/Programs.js"
import { type Program, Sys, type SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"
import { lateDisks } from "./support/gated.js"
import { put } from "./support/late.js"

const sleeps = program((sys) => sys.nanosleep(1e12))

const write = (sys: SystemCalls, path: string, text: string) =>
  Effect.zipRight(put(sys, path, text), sys.chmod(path, 0o755))

/** A machine whose `/p` and `/q` are programs that sleep, as one process sees it. */
const withPrograms = (body: (sys: SystemCalls, machine: Machine.Machine) => Effect.Effect<unknown, never, never>) =>
  under(5, (machine) =>
    Effect.scoped(Effect.zipRight(
      machine.programs.register("sleeps", () => sleeps),
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* write(sys, "/p", Programs.stub("sleeps"))
          yield* write(sys, "/q", Programs.stub("sleeps"))
          yield* body(sys, machine)
        }))
    )))

const orDie = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A> => Effect.orDie(effect)

const ended = (sys: SystemCalls, pid: number) => orDie(Effect.zipRight(sys.kill(pid, SIGKILL), sys.wait(pid)))

describe("a program that runs", () => {
  it.effect("is not opened for writing, not cut, and not leased for writing, until it ends", () =>
    withPrograms((sys) =>
      orDie(Effect.gen(function*() {
        const pid = yield* sys.spawn("/p")
        const answers = Effect.all([
          errnoOf(sys.open("/p", O_WRONLY)),
          errnoOf(sys.open("/p", O_RDWR)),
          errnoOf(sys.open("/p", O_RDONLY | O_TRUNC)),
          errnoOf(sys.open("/p", O_CREAT | O_WRONLY)),
          errnoOf(sys.truncate("/p", 0)),
          errnoOf(sys.access("/p", 2)),
          errnoOf(sys.open("/p", O_RDONLY))
        ])
        const busy = "ETXTBSY"
        expect(yield* answers).toEqual([busy, busy, busy, busy, busy, "success", "success"])
        const reading = yield* sys.open("/p", O_RDONLY)
        expect(yield* errnoOf(sys.fcntl(reading, F_SETLEASE, F_WRLCK))).toBe("EAGAIN")
        expect(yield* sys.fcntl(reading, F_SETLEASE, F_RDLCK)).toBe(0)
        yield* sys.fcntl(reading, F_SETLEASE, F_UNLCK)
        yield* ended(sys, pid)
        yield* sys.closeRange(0, 1000, 0)
        expect(yield* answers).not.toContain(busy)
      }))
    ))

  it.effect("may be replaced by name, and what replaces it may be written to", () =>
    withPrograms((sys) =>
      orDie(Effect.gen(function*() {
        const pid = yield* sys.spawn("/p")
        yield* sys.rename("/q", "/p")
        yield* sys.close(yield* sys.open("/p", O_WRONLY))
        yield* ended(sys, pid)
      }))
    ))

  it.effect("gives way to what it executes", () =>
    withPrograms((sys) =>
      orDie(Effect.gen(function*() {
        const pid = yield* sys.spawn("/p")
        const other = yield* sys.spawn(program((own) => own.exec("/q")))
        yield* idle
        expect(yield* errnoOf(sys.open("/q", O_WRONLY))).toBe("ETXTBSY")
        yield* ended(sys, other)
        expect(yield* errnoOf(sys.open("/q", O_WRONLY))).toBe("success")
        expect(yield* errnoOf(sys.open("/p", O_WRONLY))).toBe("ETXTBSY")
        yield* ended(sys, pid)
      }))
    ))

  it.effect("runs on in the children that it made of itself", () =>
    under(5, (machine) =>
      Effect.scoped(Effect.gen(function*() {
        let child = 0
        const forks: Program = Effect.flatMap(Sys, (sys) => Effect.map(sys.spawn(sleeps), (pid) => (child = pid, 0)))
        yield* machine.programs.register("forks", () => forks)
        yield* inProcess(machine, (sys) =>
          Effect.gen(function*() {
            yield* write(sys, "/p", Programs.stub("forks"))
            yield* sys.wait(yield* sys.spawn("/p"))
            expect(yield* errnoOf(sys.open("/p", O_WRONLY))).toBe("ETXTBSY")
            yield* sys.kill(child, SIGKILL)
            yield* idle
            expect(yield* errnoOf(sys.open("/p", O_WRONLY))).toBe("success")
          }))
      }))))

  it.effect("leaves a script that it interprets to be written to", () =>
    withPrograms((sys) =>
      orDie(Effect.gen(function*() {
        yield* write(sys, "/script", "#!/p\n")
        const pid = yield* sys.spawn("/script")
        expect(yield* errnoOf(sys.open("/script", O_WRONLY))).toBe("success")
        expect(yield* errnoOf(sys.open("/p", O_WRONLY))).toBe("ETXTBSY")
        yield* ended(sys, pid)
      }))
    ))

  it.effect("keeps its mount busy", () =>
    withPrograms((sys, machine) =>
      orDie(Effect.gen(function*() {
        yield* sys.mkdir("/m")
        yield* machine.rooms.vfs.mountWith(machine.init, {
          source: "/",
          target: "/m",
          flags: 4096,
          options: "",
          open: () => Effect.die("it is a bind mount")
        })
        const pid = yield* sys.spawn("/m/p")
        expect(yield* errnoOf(sys.umount("/m"))).toBe("EBUSY")
        yield* ended(sys, pid)
        expect(yield* errnoOf(sys.umount("/m"))).toBe("success")
      }))
    ))
})

describe("what is open for writing", () => {
  it.effect("does not run, and neither does a script, nor what it names", () =>
    withPrograms((sys) =>
      orDie(Effect.gen(function*() {
        yield* write(sys, "/script", "#!/p\n")
        const fd = yield* sys.open("/p", O_WRONLY)
        expect(yield* errnoOf(sys.spawn("/p"))).toBe("ETXTBSY")
        expect(yield* errnoOf(sys.exec("/p"))).toBe("ETXTBSY")
        expect(yield* errnoOf(sys.spawn("/script"))).toBe("ETXTBSY")
        yield* sys.close(fd)
        const other = yield* sys.open("/script", O_RDWR)
        expect(yield* errnoOf(sys.spawn("/script"))).toBe("ETXTBSY")
        yield* sys.close(other)
        yield* ended(sys, yield* sys.spawn("/script"))
        // What did not run in the end is let go of.
        yield* write(sys, "/broken", "nothing")
        expect(yield* errnoOf(sys.spawn("/broken"))).toBe("ENOEXEC")
        yield* sys.close(yield* sys.open("/broken", O_WRONLY))
      }))
    ))
})

// An overlay would be late with its root already.
describe.each(lateDisks.slice(0, 2))("on %s", (_, make) => {
  it.scoped("who is killed while his program is read leaves its file to be written to", () =>
    Effect.gen(function*() {
      const disk = yield* make
      const machine = yield* Machine.make({ backend: disk.backend })
      yield* machine.programs.register("sleeps", () => sleeps)
      yield* inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* write(sys, "/p", Programs.stub("sleeps"))
          const { go, reached } = yield* disk.stop("read", 0, "before")
          const pid = yield* sys.spawn(program((own) => own.exec("/p")))
          yield* reached
          assert.strictEqual(yield* errnoOf(sys.open("/p", O_WRONLY)), "ETXTBSY")
          yield* sys.kill(pid, SIGKILL)
          yield* go
          yield* sys.wait(pid)
          for (let turn = 0; turn < 50; turn++) yield* Effect.yieldNow()
          assert.strictEqual(yield* errnoOf(sys.open("/p", O_WRONLY)), "success")
        }))
      machine.shutDown()
    }))

  it.scoped("what begins to run while it is opened for writing is not opened", () =>
    Effect.gen(function*() {
      const disk = yield* make
      const machine = yield* Machine.make({ backend: disk.backend })
      yield* machine.programs.register("sleeps", () => sleeps)
      yield* inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* write(sys, "/p", Programs.stub("sleeps"))
          const { go, reached } = yield* disk.stop("lookup", "p", "after")
          const opening = yield* Effect.fork(errnoOf(sys.open("/p", O_WRONLY)))
          yield* reached
          const pid = yield* sys.spawn("/p")
          yield* go
          assert.strictEqual(yield* Fiber.join(opening), "ETXTBSY")
          yield* ended(sys, pid)
          assert.strictEqual(yield* errnoOf(sys.open("/p", O_WRONLY)), "success")
        }))
      machine.shutDown()
    }))
})
