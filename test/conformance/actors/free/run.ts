/**
 * Actors that go through their calls by themselves, in Effix, under a schedule that a seed chooses.
 */
import { AbiSignals, Kernel, MemoryBackend, type VfsBackend } from "@effix/kernel"
import { FaultyBackend, Simulation } from "@effix/testing"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { perform } from "../../perform.js"
import { actorsOf, type Play, stepsOf } from "../program.js"
import { answerOf, type Life, lookAt, open } from "../stage.js"

/** When the simulated clock stands still nobody can go on: nothing in a play takes time. */
const settled = Effect.sleep("1 hour")

const memory = (): VfsBackend.Backend =>
  MemoryBackend.make({ bytesMax: 2 ** 30, inodesMax: 10_000, now: 1_900_000_000_000_000_000n })

/** A disk: what it was asked for takes a while to be done, and then a while to be told. */
const late = (backend: VfsBackend.Backend): VfsBackend.Backend =>
  FaultyBackend.intercept(backend, (_, call, args) =>
    Effect.zipLeft(
      Effect.zipRight(Effect.yieldNow(), Effect.suspend(() => call(...args))),
      Effect.yieldNow()
    ))

/** One whose names may change behind the kernel's back, so that it is always asked. */
const foreign = (backend: VfsBackend.Backend): VfsBackend.Backend =>
  Object.defineProperty(late(backend), "coherent", { value: false })

/** What plays are played on, one after the other. */
export const disks: ReadonlyArray<readonly [name: string, make: () => VfsBackend.Backend]> = [
  ["memory", memory],
  ["late", () => late(memory())],
  ["foreign", () => foreign(memory())]
]

/** What a play comes to under one schedule: the answers of each actor, and what is there in the end. */
export const runFreely = (play: Play, seed: number): string => {
  const [, disk] = disks[seed % disks.length]!
  const played = Effect.scoped(Effect.gen(function*() {
    const begins = yield* Deferred.make<void>()
    const actors = Array.from({ length: actorsOf(play) }, (_, i) => ({
      answers: [] as Array<string>,
      left: stepsOf(play, i + 1).filter(([call]) => call !== "exit").length,
      ends: stepsOf(play, i + 1).some(([call]) => call === "exit")
    }))
    const life: Life = (sys, said, _, number) =>
      Effect.gen(function*() {
        const own = actors[number - 1]!
        yield* Deferred.await(begins)
        for (const step of stepsOf(play, number)) {
          if (step[0] === "exit") return
          own.answers.push(yield* answerOf(perform(sys, said, step)))
          own.left--
        }
        // What it holds it keeps.
        yield* Effect.async<void>(() => {})
      })
    const stage = yield* open(play, life, disk())
    yield* settled
    yield* Deferred.succeed(begins, undefined)
    yield* settled
    for (const actor of stage.actors) if (stage.isAlive(actor)) stage.signal(actor, AbiSignals.SIGKILL)
    yield* settled
    const lines = [...stage.lines]
    for (const [i, { answers, left }] of actors.entries()) {
      lines.push(`= ${i + 1}`, ...answers, ...(left > 0 ? ["blocked to the end"] : []))
    }
    return [...lines, ...yield* lookAt(stage.root)].join("\n")
  })).pipe(Effect.provide(Kernel.layer))
  const { exit } = Simulation.outcome(seed, played)
  return exit._tag === "Success" ? exit.value : `no end under schedule ${seed}: ${Cause.pretty(exit.cause)}`
}
