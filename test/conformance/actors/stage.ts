/**
 * Actors in Effix: processes that make one call when they are told to, in a file system of their own.
 */
import { AbiSignals, type Errno, Kernel, MemoryBackend, Processes, Signals, Sys, type VfsBackend } from "@effix/kernel"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { inProcess, prepare, tree } from "../effix.js"
import { perform } from "../perform.js"
import type { Step } from "../program.js"
import { Said } from "../said.js"
import { actorsOf, type Play, stepsOf } from "./program.js"

/** What a play needs of a kernel. */
export type Rooms = Kernel.Kernel | Processes.Processes | Signals.Signals

/** What a call answered: a text, or `!` and the errno. */
export const answerOf = <E>(call: Effect.Effect<string, E & Errno.Any>): Effect.Effect<string> =>
  Effect.map(Effect.exit(call), (exit) =>
    Exit.match(exit, {
      onSuccess: (answer) => answer,
      onFailure: (cause) => cause._tag === "Fail" ? `!${cause.error._tag}` : `defect: ${Cause.pretty(cause)}`
    }))

export interface Actor {
  readonly pid: number
  /** The call that it was told to make and has not answered yet. */
  busy: boolean
  answer: string
  /** Tells it what to do next; `undefined` ends it. */
  go: (step: Step | undefined) => void
}

/** Processes that have begun, and what is said of them. */
export interface Stage {
  readonly lines: Array<string>
  readonly actors: ReadonlyArray<Actor>
  readonly isAlive: (actor: Actor) => boolean
  readonly signal: (actor: Actor, signal: number) => void
}

/** How an actor lives: told what to do, call by call, or by itself. */
export type Life = (sys: Sys.SystemCalls, said: Said, actor: Actor, number: number) => Effect.Effect<unknown>

/** Makes the calls that it is told to make. */
export const directed: Life = (sys, said, actor) =>
  Effect.gen(function*() {
    for (;;) {
      const step = yield* Effect.async<Step | undefined>((resume) => {
        actor.go = (next) => resume(Effect.succeed(next))
        actor.busy = false
      })
      if (step === undefined || step[0] === "exit") return
      actor.answer = yield* answerOf(perform(sys, said, step))
    }
  })

let plays = 0

/** Makes the calls of actor 0 and starts the others; the file system, and what is left in it, goes with the scope. */
export const open = (
  play: Play,
  life: Life,
  backend: VfsBackend.Backend = MemoryBackend.make({
    bytesMax: 2 ** 30,
    inodesMax: 10_000,
    now: BigInt(Date.now()) * 1_000_000n
  })
): Effect.Effect<Stage & { readonly root: string }, Errno.Any, Rooms | Scope.Scope> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const { table } = yield* Processes.Processes
    const signals = yield* Signals.Signals
    const root = `/mnt/${plays++}`
    yield* kernel.mount(root, backend)
    yield* Effect.addFinalizer(() => Effect.orDie(kernel.unmount(root)))
    const lines: Array<string> = []
    const pids: Array<number> = []
    const actors: Array<Actor> = []
    const first = yield* kernel.spawn(Effect.flatMap(Sys.Sys, (sys) =>
      Effect.gen(function*() {
        yield* prepare(sys, root)
        yield* sys.sigaction(AbiSignals.SIGALRM, { disposition: "default" })
        const said = new Said()
        pids.push(yield* sys.getpid())
        for (const step of stepsOf(play, 0)) lines.push(`= 0 ${yield* answerOf(perform(sys, said, step))}`)
        for (let number = 1; number <= actorsOf(play); number++) {
          const program: Sys.Program = Effect.flatMap(Sys.Sys, (own) =>
            Effect.gen(function*() {
              yield* own.sigaction(AbiSignals.SIGALRM, { disposition: () => Effect.void })
              yield* life(own, new Said(false, pids), actors[number - 1]!, number)
              return 0
            }))
          const pid = yield* sys.spawn(program)
          pids.push(pid)
          actors.push({ pid, busy: true, answer: "", go: () => {} })
        }
        return 0
      })))
    yield* first.wait
    const processOf = ({ pid }: Actor) => table.processes.get(pid)
    return {
      root,
      lines,
      actors,
      isAlive: (actor) => processOf(actor)?.task !== undefined,
      signal: (actor, signal) => {
        const target = processOf(actor)
        if (target !== undefined) signals.send(target, Signals.fromKernel(signal))
      }
    }
  })

/** What is there in the end, as the helper tells it. */
export const lookAt = (root: string): Effect.Effect<ReadonlyArray<string>, Errno.Any, Kernel.Kernel> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const said = new Said()
    const lines: Array<string> = []
    yield* inProcess(kernel, (sys) =>
      Effect.gen(function*() {
        yield* sys.chroot(root)
        yield* sys.chdir("/")
        lines.push(`/ ${said.stat(yield* sys.lstat("/"))}`)
        yield* tree(sys, said, 0, lines)
      }))
    return lines
  })
