/** What may come between a call and its answer, and how each is done to a process that makes one. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import { SA_RESTART } from "../../src/abi/SignalFlags.js"
import { SIGCONT, SIGKILL, SIGSTOP, SIGTERM, SIGUSR1 } from "../../src/abi/Signals.js"
import type { WaitStatus } from "../../src/abi/WaitStatus.js"
import type { Any } from "../../src/Errno.js"
import type { Process } from "../../src/ProcessTable.js"
import * as SignalSet from "../../src/SignalSet.js"
import { type Program, Sys, type SystemCalls } from "../../src/Sys.js"
import { awaitEnd, type Machine } from "./machine.js"

/** Every way in which a call is disturbed. */
export const ways = [
  "nothing",
  "interruption of a thread",
  "a lost race",
  "a timeout",
  "SIGKILL",
  "SIGTERM",
  "a handler",
  "a handler with SA_RESTART",
  "a handler, in a thread",
  "SIGSTOP and SIGCONT",
  "the end of the parent",
  "the end of all"
] as const

export type Way = typeof ways[number]

/** Goes on a few steps of others later: at a point that the seed chooses. */
export const aWhile = (most = 12): Effect.Effect<void> =>
  Effect.flatMap(Random.nextIntBetween(0, most), (turns) => Effect.repeatN(Effect.yieldNow(), turns))

/** As short as time can be: unlike a yield, it lets time pass for the others. */
export const moment: Effect.Effect<void> = Effect.sleep("10 micros")

/** Some milliseconds, or a few turns within the same one. */
export const sometime: Effect.Effect<void> = Effect.flatMap(
  Random.nextIntBetween(0, 4),
  (milliseconds) => Effect.zipRight(milliseconds === 0 ? Effect.void : Effect.sleep(milliseconds), aWhile())
)

/** How the disturbed call went. */
export interface Seen<A> {
  readonly way: Way
  /** What the call answered; `undefined` when nobody was left to be told. */
  answer: Exit.Exit<A, Any> | undefined
  /** How the process ended that made it. */
  status: WaitStatus | undefined
  /** How often a handler began, and ended. */
  begun: number
  finished: number
}

type Call<A> = (sys: SystemCalls) => Effect.Effect<A, Any>

/** The program that makes the call; it ends with 0 when its process is as it was before. */
const victim = <A>(
  way: Way,
  call: Call<A>,
  afterwards: Call<unknown>,
  seen: Seen<A>,
  threads: (fiber: Fiber.RuntimeFiber<unknown, unknown>) => void
): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    if (way.startsWith("a handler")) {
      yield* sys.sigaction(SIGUSR1, {
        flags: way.endsWith("SA_RESTART") ? SA_RESTART : 0,
        disposition: () =>
          Effect.gen(function*() {
            seen.begun++
            yield* aWhile(4)
            yield* sys.getpid()
            seen.finished++
          })
      })
    }
    const before = yield* sys.sigprocmask(0, SignalSet.empty)
    yield* Effect.exit(aWhile(3))
    const made = Effect.suspend(() => call(sys))
    switch (way) {
      case "interruption of a thread": {
        const thread = yield* Effect.fork(made)
        threads(thread)
        seen.answer = yield* Fiber.await(thread)
        break
      }
      case "a handler, in a thread":
        seen.answer = yield* Effect.flatMap(Effect.fork(made), Fiber.await)
        break
      case "a lost race":
        seen.answer = yield* Effect.exit(Effect.raceFirst(made, Effect.zipRight(sometime, Effect.interrupt)))
        break
      case "a timeout":
        seen.answer = yield* Effect.exit(Effect.flatten(
          Effect.map(Effect.timeoutOption(made, yield* Random.nextIntBetween(0, 4)), (in_) =>
            in_._tag === "Some" ? Exit.succeed(in_.value) : Effect.interrupt)
        ))
        break
      default:
        seen.answer = yield* Effect.exit(made)
    }
    yield* afterwards(sys)
    const after = yield* sys.sigprocmask(0, SignalSet.empty)
    return before === after ? 0 : 99
  })

/** Does to the victim what `way` says, at some point. */
const disturb = (
  machine: Machine,
  way: Way,
  target: Process,
  parent: Process,
  thread: () => Fiber.RuntimeFiber<unknown, unknown> | undefined
): Effect.Effect<void> =>
  Effect.gen(function*() {
    yield* sometime
    switch (way) {
      case "interruption of a thread": {
        while (thread() === undefined) {
          if (target.task === undefined) return
          yield* moment
        }
        yield* Fiber.interrupt(thread()!)
        return
      }
      case "SIGKILL":
        return machine.send(target, SIGKILL)
      case "SIGTERM":
        return machine.send(target, SIGTERM)
      case "SIGSTOP and SIGCONT":
        machine.send(target, SIGSTOP)
        yield* sometime
        return machine.send(target, SIGCONT)
      case "the end of the parent":
        return machine.send(parent, SIGKILL)
      case "the end of all":
        return machine.shutDown()
      case "a handler":
      case "a handler with SA_RESTART":
      case "a handler, in a thread":
        // Before the handler is there it would kill.
        while (target.signals.actions?.get(SIGUSR1) === undefined) {
          if (target.task === undefined) return
          yield* moment
        }
        yield* aWhile()
        return machine.send(target, SIGUSR1)
      default:
        return
    }
  })

/** Starts a process that makes `call`, disturbs it, and answers when it has ended. */
export const trial = <A>(
  machine: Machine,
  way: Way,
  call: Call<A>,
  prepare: (victim: Process) => void = () => {},
  afterwards: Call<unknown> = () => Effect.void
): Effect.Effect<Seen<A>> =>
  Effect.gen(function*() {
    const seen: Seen<A> = { way, answer: undefined, status: undefined, begun: 0, finished: 0 }
    let thread: Fiber.RuntimeFiber<unknown, unknown> | undefined
    const told: Array<number> = []
    const parent = machine.start(Effect.gen(function*() {
      const sys = yield* Sys
      const waited = yield* sys.wait()
      if (waited !== undefined) told.push(waited.pid)
      return 0
    }))
    const target = machine.start(victim(way, call, afterwards, seen, (fiber) => (thread = fiber)), [], {
      processGroup: 0
    }, parent)
    prepare(target)
    const disturber = yield* Effect.fork(disturb(machine, way, target, parent, () => thread))
    seen.status = yield* awaitEnd(target)
    yield* Fiber.join(disturber)
    yield* awaitEnd(parent)
    if (told.length > 0 && told[0] !== target.pid) throw new Error("the parent was told of somebody else")
    return seen
  })

/** What holds for every call: how it ended fits what was done to it. */
export const fits = <A>(seen: Seen<A>, how: { readonly restarts?: boolean; readonly stops?: boolean } = {}): void => {
  const { answer, status, way } = seen
  const fail = (why: string): never => {
    throw new Error(`${way}: ${why}: ${answer ?? "no answer"}, ${JSON.stringify(status)}`)
  }
  const errno = answer?._tag === "Failure" && answer.cause._tag === "Fail" ? answer.cause.error._tag : undefined
  if (answer?._tag === "Failure" && answer.cause._tag === "Die") fail("a defect")
  if (status === undefined) return fail("no status")
  const killed = way === "SIGKILL" || way === "the end of all" ? 9 : way === "SIGTERM" ? 15 : 0
  if (status._tag === "Exited" ? status.code !== 0 : status._tag !== "Signaled" || status.signal !== killed) {
    fail("a wrong end")
  }
  if (status._tag === "Exited" && answer === undefined) fail("no answer")
  const cut = way === "interruption of a thread" || way === "a lost race" || way === "a timeout"
  if (answer?._tag === "Failure" && errno === undefined && killed === 0 && !cut) fail("interrupted by nobody")
  const mayEnd = way === "a handler" || way === "a handler, in a thread" ||
    (way === "a handler with SA_RESTART" && how.restarts === false) ||
    (way === "SIGSTOP and SIGCONT" && how.stops === true)
  if (errno !== undefined && !(errno === "EINTR" && mayEnd)) fail("an errno out of place")
  if (seen.begun !== seen.finished) fail(`${seen.begun} handlers begun, ${seen.finished} finished`)
  if (way.startsWith("a handler") && status._tag === "Exited" && seen.begun > 1) fail("handled more than once")
}
