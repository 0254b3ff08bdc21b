/** Who starts a child may be told of its calls. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { O_CLOEXEC, O_WRONLY } from "../src/abi/OpenFlags.js"
import { PR_SET_DUMPABLE } from "../src/abi/Prctl.js"
import { SIGKILL, SIGUSR1 } from "../src/abi/Signals.js"
import * as Kernel from "../src/Kernel.js"
import * as Programs from "../src/Programs.js"
import { Sys } from "../src/Sys.js"
import * as Trace from "../src/Trace.js"
import { errnoOf, inChild, inProcess, runIn } from "./support/run.js"

/** Asks for a file that is not there, in a child of its own as well. */
const program = Effect.gen(function*() {
  const sys = yield* Sys
  yield* Effect.ignore(sys.open("/nowhere", O_WRONLY | O_CLOEXEC))
  yield* sys.spawn(Effect.flatMap(Sys, (own) => Effect.as(own.umask(0o22), 0)))
  yield* sys.wait()
  return 0
})

const traced = (follow: boolean) =>
  Effect.gen(function*() {
    const events: Array<Trace.Event> = []
    yield* inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.spawn(program, { tracer: { listen: (event) => void events.push(event), follow } })
        yield* sys.wait()
      })
    )
    return events
  })

describe("a tracer", () => {
  it.effect("is told of the child's calls, and of nobody else's", () =>
    Effect.gen(function*() {
      const events = yield* traced(false)
      expect(events.map(({ call }) => call)).toEqual(["open", "spawn", "wait"])
      expect(Trace.format(events[0]!).replace(/^\[\d+\] /, "")).toBe(
        "open(\"/nowhere\", O_WRONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)"
      )
    }))

  it.effect("is told of the calls of descendants when it follows them", () =>
    Effect.gen(function*() {
      const events = yield* traced(true)
      expect(events.map(({ call }) => call).sort()).toEqual(["open", "spawn", "umask", "wait"])
      expect(new Set(events.map(({ pid }) => pid)).size).toBe(2)
    }))

  it.effect("cannot be put in the place of one that follows", () =>
    Effect.gen(function*() {
      const events: Array<string> = []
      const escaping = Effect.flatMap(Sys, (sys) =>
        Effect.map(
          errnoOf(sys.spawn(Effect.succeed(0), { tracer: { listen: () => {} } })),
          (errno) => errno === "EPERM" ? 0 : 1
        ))
      const status = yield* inProcess((sys) =>
        Effect.gen(function*() {
          yield* sys.spawn(escaping, { tracer: { listen: ({ call }) => void events.push(call), follow: true } })
          return (yield* sys.wait())?.status
        })
      )
      expect(status).toEqual({ _tag: "Exited", code: 0 })
      expect(events).toEqual(["spawn"])
    }))

  it.effect("hears no more once a file has lent its child what it had not", () => {
    const calls: Array<string> = []
    const lender = inChild((sys) => sys.umask(0o22))
    const child = inChild((sys) => Effect.zipRight(sys.getpid(), sys.exec("/bin/lender")))
    const user = inChild((sys) =>
      Effect.gen(function*() {
        yield* sys.chmod("/bin/lender", 0o4755)
        yield* sys.setresuid(1000, 1000, 1000)
        yield* sys.spawn(child, { tracer: { listen: ({ call }) => void calls.push(call) } })
        expect((yield* sys.wait())?.status).toEqual({ _tag: "Exited", code: 0 })
      })
    )
    const programs = Layer.scopedDiscard(
      Effect.flatMap(Programs.Programs, ({ register }) => Effect.orDie(register("lender", () => lender)))
    )
    return Effect.gen(function*() {
      expect((yield* runIn(user)).status).toEqual({ _tag: "Exited", code: 0 })
      expect(calls).toEqual(["getpid", "exec"])
    }).pipe(Effect.provide(Kernel.layerWith({ drivers: programs })))
  })

  it.live("is set on a process that runs, told from its next call on, and let go again", () =>
    Effect.gen(function*() {
      const calls: Array<string> = []
      const tracer: Trace.Tracer = { listen: ({ call }) => void calls.push(call) }
      const child = inChild((sys) =>
        Effect.gen(function*() {
          yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.flatMap(Sys, (own) => own.getppid()) })
          yield* sys.nanosleep(1_000_000)
          for (;;) yield* Effect.ignore(sys.pause())
        })
      )
      yield* inProcess((sys) =>
        Effect.gen(function*() {
          const pid = yield* sys.spawn(child)
          yield* sys.schedYield()
          yield* sys.ptraceSeize(pid, tracer)
          expect(yield* errnoOf(sys.ptraceSeize(pid, { listen: () => {} }))).toBe("EPERM")
          expect(yield* errnoOf(sys.ptraceSeize(yield* sys.getpid(), tracer))).toBe("EPERM")
          expect(yield* errnoOf(sys.ptraceSeize(9999, tracer))).toBe("ESRCH")
          expect(yield* errnoOf(sys.ptraceDetach(1))).toBe("ESRCH")
          yield* sys.nanosleep(50_000_000)
          yield* sys.kill(pid, SIGUSR1)
          yield* sys.nanosleep(50_000_000)
          // The call that it slept in began before.
          expect(calls).toEqual(["getppid", "pause"])
          yield* sys.ptraceDetach(pid)
          yield* sys.kill(pid, SIGUSR1)
          yield* sys.nanosleep(50_000_000)
          expect(calls.length).toBe(2)
          yield* sys.kill(pid, SIGKILL)
          yield* sys.wait(pid)
          expect(yield* errnoOf(sys.ptraceSeize(pid, tracer))).toBe("ESRCH")
        })
      )
    }))

  it.live("follows children, hears how they end, and lets go when the one who set it ends", () =>
    Effect.gen(function*() {
      const calls: Array<string> = []
      const endings: Array<unknown> = []
      const tracer: Trace.Tracer = {
        follow: true,
        listen: ({ call }) => void calls.push(call),
        ended: (_, status) => void endings.push(status)
      }
      const again = inChild((sys) =>
        Effect.gen(function*() {
          yield* sys.nanosleep(100_000_000)
          yield* sys.spawn(inChild((own) => own.umask(0o22)))
          yield* sys.wait()
          yield* sys.nanosleep(600_000_000)
          yield* sys.getppid()
        })
      )
      yield* inProcess((sys) =>
        Effect.gen(function*() {
          const pid = yield* sys.spawn(again)
          const watcher = inChild((own) => Effect.zipRight(own.ptraceSeize(pid, tracer), own.nanosleep(350_000_000)))
          yield* sys.spawn(watcher)
          yield* sys.wait()
          yield* sys.wait()
        })
      )
      expect(calls).toEqual(["spawn", "umask", "wait"])
      expect(endings).toEqual([{ _tag: "Exited", code: 0 }])
    }))

  it.effect("of another user's process is for the privileged, and for nobody below it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const sleeper = inChild((own) => own.pause())
        const pid = yield* sys.spawn(sleeper)
        const other = inChild((own) =>
          Effect.gen(function*() {
            yield* own.setresgid(1000, 1000, 1000)
            yield* own.setresuid(1000, 1000, 1000)
            expect(yield* errnoOf(own.ptraceSeize(pid, { listen: () => {} }))).toBe("EPERM")
            const mine = yield* own.spawn(sleeper)
            // Who has changed its user keeps to itself what it had in memory before.
            expect(yield* errnoOf(own.ptraceSeize(mine, { listen: () => {} }))).toBe("EPERM")
            yield* own.prctl(PR_SET_DUMPABLE, 1)
            const open = yield* own.spawn(sleeper)
            yield* own.ptraceSeize(open, { listen: () => {} })
            yield* own.kill(open, SIGKILL)
            yield* own.kill(mine, SIGKILL)
          })
        )
        const child = yield* sys.spawn(other)
        expect((yield* sys.wait(child))?.status).toEqual({ _tag: "Exited", code: 0 })
        yield* sys.kill(pid, SIGKILL)
      })
    ))

  it.live("is a stream of calls for whoever embeds the kernel", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const running = yield* kernel.spawn(inChild((sys) =>
        Effect.gen(function*() {
          yield* sys.nanosleep(100_000_000)
          yield* sys.umask(0o22)
          yield* sys.getppid()
        })
      ))
      const calls = yield* Stream.runCollect(Stream.map(kernel.trace(running.pid), ({ call }) => call))
      expect(Array.from(calls)).toEqual(["umask", "getppid"])
      expect(yield* errnoOf(Stream.runDrain(kernel.trace(9999)))).toBe("ESRCH")
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))
})
