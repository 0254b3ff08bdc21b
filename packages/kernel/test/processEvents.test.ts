/** What happens to processes, as the host is told. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { SIGCONT, SIGSTOP } from "../src/abi/Signals.js"
import * as Kernel from "../src/Kernel.js"
import { Sys } from "../src/Sys.js"
import { runIn } from "./support/run.js"

const turns = Effect.repeatN(Effect.yieldNow(), 100)

describe("process events", () => {
  it.effect("tell of a life from its start until somebody has waited for it", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const told = yield* Effect.fork(Stream.runCollect(Stream.take(kernel.processEvents(), 8)))
      yield* turns
      yield* runIn(Effect.gen(function*() {
        const sys = yield* Sys
        const child = yield* sys.spawn(Effect.flatMap(Sys, (own) => Effect.as(own.nanosleep(1e15), 0)), {
          argv: ["child"]
        })
        yield* sys.kill(child, SIGSTOP)
        yield* sys.kill(child, SIGCONT)
        yield* sys.kill(child, 9)
        yield* sys.wait()
        return 3
      }))
      const events = Array.from(yield* Fiber.join(told))
      const [first, second] = [...new Set(events.map(({ pid }) => pid))]
      expect(events.map((event) => [event.pid === first ? "parent" : "child", event._tag])).toEqual([
        ["parent", "Started"],
        ["child", "Started"],
        ["child", "Stopped"],
        ["child", "Continued"],
        ["child", "Ended"],
        ["child", "Reaped"],
        ["parent", "Ended"],
        ["parent", "Reaped"]
      ])
      expect(events[1]).toMatchObject({ pid: second, ppid: first, name: "child", argv: ["child"] })
      expect(events[4]).toMatchObject({ status: { _tag: "Signaled", signal: 9 } })
    }).pipe(Effect.provide(Kernel.layer)))

  it.effect("that nobody takes in time are dropped, the oldest first, and the gap can be seen", () =>
    Effect.scoped(Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const pull = yield* Stream.toPull(kernel.processEvents({ bufferSize: 4 }))
      const first = yield* Effect.fork(pull)
      yield* turns
      yield* runIn(Effect.succeed(0))
      yield* Fiber.join(first)
      for (let i = 0; i < 20; i++) yield* runIn(Effect.succeed(0))
      const serials: Array<number> = []
      while (serials.at(-1) !== 62) serials.push(...Array.from(yield* pull, ({ serial }) => serial))
      expect(serials.length).toBeLessThanOrEqual(8)
      expect(serials.slice(-4)).toEqual([59, 60, 61, 62])
    })).pipe(Effect.provide(Kernel.layer)))

  it.effect("cost nothing when nobody listens, and nobody is left listening", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* Stream.runDrain(Stream.take(kernel.processEvents(), 1)).pipe(Effect.zipLeft(
        Effect.zipRight(turns, runIn(Effect.succeed(0))),
        { concurrent: true }
      ))
      const [now] = yield* kernel.processes
      expect(now).toMatchObject({ pid: 1, gid: 0, nice: 0, calls: 0 })
    }).pipe(Effect.provide(Kernel.layer)))
})
