/**
 * Actors that go through their calls by themselves, in Effix, under a schedule that a seed chooses.
 */
import { AbiSignals, Kernel, MemoryBackend, OpenFlags, OverlayBackend, type VfsBackend } from "@effix/kernel"
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

/** A layer of files, with another over it in which all is done. */
const covered = (lower: VfsBackend.Backend): Effect.Effect<VfsBackend.Backend> =>
  Effect.orDie(OverlayBackend.make({ lower }))

/** What plays are played on, one after the other; with `covers`, what there is in the beginning lies below that. */
export const disks: ReadonlyArray<{
  readonly name: string
  readonly make: () => VfsBackend.Backend
  readonly covers?: (lower: VfsBackend.Backend) => Effect.Effect<VfsBackend.Backend>
}> = [
  { name: "memory", make: memory },
  { name: "late", make: () => late(memory()) },
  { name: "foreign", make: () => foreign(memory()) },
  { name: "overlay", make: memory, covers: covered },
  { name: "overlay over late", make: memory, covers: (lower) => covered(late(lower)) },
  { name: "late overlay", make: memory, covers: (lower) => Effect.map(covered(lower), late) }
]

const { O_CREAT, O_EXCL } = OpenFlags

/** What the parent of the actors has done, but for what is there already: files are open, where they were left. */
const opening = (play: Play): Play =>
  play.flatMap((act): Play => {
    const [actor, [call, first, second, third]] = act
    if (actor !== 0) return [act]
    if (call === "write") return [[0, ["lseek", first!, second!, 0]]]
    return call === "open" ? [[0, [call, first!, Number(second) & ~(O_CREAT | O_EXCL), third!]]] : []
  })

const idle: Life = () => Effect.void

/** The play as it is to be played, what it is played on, and what was told before. */
const staged = (play: Play, { covers, make }: typeof disks[number]) =>
  Effect.gen(function*() {
    const backend = make()
    if (covers === undefined) return { play, backend, told: undefined }
    const told = yield* Effect.scoped(
      Effect.map(open(play.filter(([actor]) => actor === 0), idle, backend), ({ lines }) => lines)
    )
    return { play: opening(play), backend: yield* covers(backend), told }
  })

/** What a play comes to under one schedule: the answers of each actor, and what is there in the end. */
export const runFreely = (play: Play, seed: number): string => {
  const disk = disks[seed % disks.length]!
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
    const { backend, play: played, told } = yield* staged(play, disk)
    const stage = yield* open(played, life, backend)
    yield* settled
    yield* Deferred.succeed(begins, undefined)
    yield* settled
    for (const actor of stage.actors) if (stage.isAlive(actor)) stage.signal(actor, AbiSignals.SIGKILL)
    yield* settled
    const lines = [...told ?? stage.lines]
    for (const [i, { answers, left }] of actors.entries()) {
      lines.push(`= ${i + 1}`, ...answers, ...(left > 0 ? ["blocked to the end"] : []))
    }
    return [...lines, ...yield* lookAt(stage.root)].join("\n")
  })).pipe(Effect.provide(Kernel.layer))
  const { exit } = Simulation.outcome(seed, played)
  return exit._tag === "Success" ? exit.value : `no end under schedule ${seed}: ${Cause.pretty(exit.cause)}`
}
