/** System calls as effects: the same ones, whether `yield*` makes them itself or the fiber's loop does. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { O_CREAT, O_WRONLY } from "../src/abi/OpenFlags.js"
import { SIGKILL, SIGUSR1 } from "../src/abi/Signals.js"
import * as Kernel from "../src/Kernel.js"
import { Sys } from "../src/Sys.js"
import { errnoOf, inProcess, runIn } from "./support/run.js"

describe("a call", () => {
  it.effect("does nothing before it runs, and runs as often as it is run", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const open = sys.open("/f", O_CREAT | O_WRONLY)
        expect(yield* errnoOf(sys.stat("/f"))).toBe("ENOENT")
        const first = yield* open
        expect([yield* open, yield* Effect.map(open, (fd) => fd)]).toEqual([first + 1, first + 2])
      })
    ))

  it.effect("answers an errno, which can be caught where it was made", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const body = Effect.gen(function*() {
          yield* sys.close(99)
          return "not reached"
        })
        expect(yield* Effect.catchTag(body, "EBADF", ({ message }) => Effect.succeed(message))).toContain("fd 99")
      })
    ))

  it.effect("does not return to whoever ended itself by it", () => {
    let after = false
    const program = Effect.gen(function*() {
      const sys = yield* Sys
      yield* sys.kill(yield* sys.getpid(), SIGKILL)
      after = true
      return 0
    })
    return Effect.provide(
      Effect.gen(function*() {
        expect((yield* runIn(program)).status).toMatchObject({ _tag: "Signaled", signal: SIGKILL })
        expect(after).toBe(false)
      }),
      Kernel.layer
    )
  })

  it.effect("returns behind the handler of a signal that it sent", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.sync(() => seen.push("handler")) })
        yield* sys.kill(yield* sys.getpid(), SIGUSR1)
        yield* sys.getpid()
        seen.push("next call")
        expect(seen).toEqual(["handler", "next call"])
      })
    ))

  it.live("gives others their turn, however many follow each other", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        let stop = false
        yield* Effect.forkDaemon(Effect.delay(Effect.sync(() => (stop = true)), "20 millis"))
        yield* sys.spawn(Effect.repeat(Effect.flatMap(Sys, (own) => own.getpid()), Schedule.recurs(10)))
        for (let calls = 1; !stop; calls++) {
          yield* sys.getpid()
          // Without turns this would never end: a limit makes a failed test of it.
          if (calls > 50_000_000) return expect.fail("no turn for the timer")
        }
      })
    ))
})
