/** Processes and terminals in numbers: nothing of them stays. `main.ts` does the same with ten times as many. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Kernel from "../../src/Kernel.js"
import { Programs } from "../../src/Programs.js"
import { load, reads } from "./load.js"
import { loadSockets } from "./sockets.js"

const drivers = Layer.scopedDiscard(
  Effect.orDie(Effect.flatMap(Programs, ({ register }) => register("reads", () => reads)))
)

describe("many connections", () => {
  it.live("leave no socket, and the memory that they took", () =>
    Effect.gen(function*() {
      const { bytes, sockets } = yield* loadSockets({ connections: 200, messages: 2000, rounds: 3 })
      expect(sockets).toBe(0)
      expect(bytes ?? 0).toBeLessThan(2_000_000)
    }).pipe(Effect.provide(Kernel.layer)))
})

describe("many processes and terminals", () => {
  it.live("leave no process, no group, no session and no terminal", () =>
    Effect.gen(function*() {
      const { bytes, ...left } = yield* load({ alive: 1000, inARow: 2000, sessions: 50 })
      expect(left).toEqual({ processes: 1, groups: 1, sessions: 1, terminals: 0 })
      expect(bytes ?? 0).toBeLessThan(2_000_000)
    }).pipe(Effect.provide(Kernel.layerWith({ drivers }))))
})
