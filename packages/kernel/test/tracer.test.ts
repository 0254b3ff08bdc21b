/** Who starts a child may be told of its calls. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { O_CLOEXEC, O_WRONLY } from "../src/abi/OpenFlags.js"
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
})
