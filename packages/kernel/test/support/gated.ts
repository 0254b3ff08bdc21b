/** Disks that answer late, and can be stopped at a call: to see what others do to somebody who waits there. */
import * as FaultyBackend from "@effix/testing/FaultyBackend"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as MemoryBackend from "../../src/backend/MemoryBackend.js"
import * as OverlayBackend from "../../src/backend/OverlayBackend.js"
import type { Backend } from "../../src/VfsBackend.js"

/** One call that is stopped. */
interface Stop {
  /** Answers when somebody has come there. */
  readonly reached: Effect.Effect<void>
  /** Lets it go on. */
  readonly go: Effect.Effect<void>
}

export interface Gated {
  readonly backend: Backend
  /**
   * Stops the next call of a method that is about a name, or an offset: before it is done, or when it is done and not
   * answered yet.
   */
  readonly stop: (...gate: Gate) => Effect.Effect<Stop>
}

/** Which call is stopped, and when. @see Gated.stop */
export type Gate = readonly [method: FaultyBackend.Method, about: string | number, when: "before" | "after"]

interface Gating {
  readonly method: FaultyBackend.Method
  readonly about: string | number
  readonly when: "before" | "after"
  readonly reached: Deferred.Deferred<void>
  readonly open: Deferred.Deferred<void>
}

/** Leads every call of a backend through gates. */
const gated = (inner: Backend): Gated => {
  const gates: Array<Gating> = []
  const pass = (gate: Gating | undefined, when: Gating["when"]): Effect.Effect<void> =>
    gate?.when === when
      ? Effect.zipRight(Deferred.succeed(gate.reached, undefined), Deferred.await(gate.open))
      : Effect.yieldNow()
  const backend = FaultyBackend.intercept(inner, (method, call, args) =>
    Effect.suspend(() => {
      const at = gates.findIndex((gate) => gate.method === method && args.includes(gate.about))
      const [gate] = at === -1 ? [] : gates.splice(at, 1)
      return pass(gate, "before").pipe(
        Effect.zipRight(Effect.exit(Effect.suspend(() => call(...args)))),
        Effect.zipLeft(pass(gate, "after")),
        Effect.flatten
      )
    }))
  return {
    backend,
    stop: (method, about, when) =>
      Effect.gen(function*() {
        const gate = { method, about, when, reached: yield* Deferred.make<void>(), open: yield* Deferred.make<void>() }
        gates.push(gate)
        return { reached: Deferred.await(gate.reached), go: Effect.asVoid(Deferred.succeed(gate.open, undefined)) }
      })
  }
}

const memory = (): Backend => MemoryBackend.make({ bytesMax: 2 ** 24, inodesMax: 100_000, now: 0n })

/** Kinds of disks that answer late. */
export const lateDisks: ReadonlyArray<readonly [name: string, make: Effect.Effect<Gated>]> = [
  ["one that answers late", Effect.sync(() => gated(memory()))],
  [
    "one whose names are always asked for",
    Effect.sync(() => {
      const made = gated(memory())
      Object.defineProperty(made.backend, "coherent", { value: false })
      return made
    })
  ],
  ["an overlay", Effect.map(Effect.orDie(OverlayBackend.make({ lower: memory() })), gated)]
]
