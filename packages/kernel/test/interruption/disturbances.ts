/** What may come between a call and its answer, done to a process that makes one. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { SIGCONT, SIGKILL, SIGSTOP, SIGTERM, SIGUSR1, SIGUSR2 } from "../../src/abi/Signals.js"
import { type WaitStatus, WCONTINUED, WUNTRACED } from "../../src/abi/WaitStatus.js"
import { type Description, drop } from "../../src/Description.js"
import { installStub } from "../../src/kernel/boot.js"
import type { Process, Terminal } from "../../src/ProcessTable.js"
import { type Program, Sys } from "../../src/Sys.js"
import type { Event } from "../../src/Trace.js"
import { awaitEnd, type Machine } from "./machine.js"
import { aWhile, sometime, until } from "./pacing.js"
import * as Victim from "./victim.js"
import { needsParent, type State, states, type Way, ways } from "./ways.js"

export * from "./pacing.js"
export { type State, states, type Way, ways } from "./ways.js"

export interface Chosen {
  readonly way: Way
  readonly state: State
}

/** Every way in every state, one after the other. */
export const chosen = (seed: number): Chosen => {
  const way = ways[seed % ways.length]!
  const state = states[Math.floor(seed / ways.length) % states.length]!
  return { way, state: state === "an orphan" && needsParent(way) ? "running" : state }
}

/** How the disturbed call went. */
export interface Seen<A> extends Victim.Attempt<A> {
  /** How the process ended that made it. */
  status: WaitStatus | undefined
  /** What its parent was told of it. */
  readonly told: Array<WaitStatus>
  /** Whether that parent lived to be told of its end. */
  parentLived: boolean
  readonly traced: Array<Event>
  /** Whether the call was asleep when it was disturbed. */
  caught: boolean
  /** Whether what disturbs it has happened. */
  disturbed: boolean
  /** Whether the call sleeps now, as far as one sees from outside; set when the process is there. */
  isAsleep: () => boolean
}

export interface Conditions {
  /** Gives the process what it needs, in the step in which it is made; it has no parent when the host has started it. */
  readonly prepare?: (victim: Process, parent: Process | undefined) => void
  /** What the process does when the call is over. */
  readonly afterwards?: Victim.Call<unknown>
  /** Whether it is disturbed when the call sleeps, and not at any time. */
  readonly patient?: boolean
  /** When it is disturbed instead. */
  readonly moment?: Effect.Effect<void>
  /** Whether signals leave the call alone, so that nobody sees from outside that it sleeps. */
  readonly hidden?: boolean
  /** The terminal that hangs up, if the process has one. */
  readonly master?: Description
  /** Sees how it goes. */
  readonly watch?: (seen: Seen<unknown>) => void
}

/** Waits until its child has ended. */
const parentOf = (seen: Seen<unknown>): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    if (seen.state === "an orphan") return 0
    for (;;) {
      const waited = yield* sys.wait(-1, WUNTRACED | WCONTINUED)
      if (waited === undefined) continue
      seen.told.push(waited.status)
      if (waited.status._tag === "Exited" || waited.status._tag === "Signaled") return 0
    }
  })

interface Stage {
  readonly machine: Machine
  readonly seen: Seen<unknown>
  readonly target: Process
  readonly parent: Process | undefined
  readonly hangUp: Effect.Effect<void>
  readonly closeScope: Effect.Effect<void>
}

const handles = ({ target }: Stage, signal: number) => target.signals.actions?.get(signal) !== undefined
const isGone = ({ target }: Stage) => target.task === undefined

/** What has to be there before the process may be stopped: a handler that is not, for one, would leave a signal to kill. */
const isPrepared = (stage: Stage): boolean => {
  const { seen: { state, thread, way }, target } = stage
  if (state === "a handler runs during the call" && !handles(stage, SIGUSR2)) return false
  switch (way) {
    case "interruption of a thread":
      return thread !== undefined
    case "a handler":
    case "a handler with SA_RESTART":
      return handles(stage, SIGUSR1)
    case "the end of the parent, with a signal for it":
      return (target.uncommon?.parentDeathSignal ?? 0) !== 0
    default:
      return true
  }
}

/** Brings the process into its state, if it is not in it by itself. */
const bring = (stage: Stage): Effect.Effect<void> => {
  const { machine, seen: { state }, target } = stage
  switch (state) {
    case "stopped in the call":
      machine.send(target, SIGSTOP)
      return sometime
    case "a handler runs during the call":
      if (!isGone(stage)) machine.send(target, SIGUSR2)
      return aWhile()
    default:
      return Effect.void
  }
}

/** Waits until its image is gone, unless it is stopped: then the thread that would see to that is as well. */
const replaced = (target: Process): Effect.Effect<void> => {
  const { task } = target
  return until(() => target.state === "stopped" || task === undefined || target.task !== task)
}

const strike = (stage: Stage): Effect.Effect<void> =>
  Effect.gen(function*() {
    const { machine, parent, seen, target } = stage
    switch (seen.way) {
      case "interruption of a thread":
        if (seen.thread !== undefined) yield* Fiber.interrupt(seen.thread)
        return
      case "SIGKILL":
        return machine.send(target, SIGKILL)
      case "SIGTERM":
        return machine.send(target, SIGTERM)
      case "SIGSTOP and SIGCONT":
        machine.send(target, SIGSTOP)
        yield* sometime
        // A stop that is over before anybody has noticed it interrupts nothing.
        if (seen.caught) yield* until(() => isGone(stage) || target.continued?.first !== undefined)
        return machine.send(target, SIGCONT)
      case "SIGSTOP and SIGKILL":
        machine.send(target, SIGSTOP)
        yield* sometime
        return machine.send(target, SIGKILL)
      case "exit in another thread":
      case "exec in another thread":
        seen.go = true
        return yield* replaced(target)
      case "the end of the parent":
      case "the end of the parent, with a signal for it":
      case "the end of the session's leader":
        return machine.send(parent!, SIGKILL)
      case "a hang-up":
        return yield* stage.hangUp
      case "the end of the host's scope":
        return yield* stage.closeScope
      case "the end of all":
        return machine.shutDown()
      case "a handler":
      case "a handler with SA_RESTART":
        if (!isGone(stage)) machine.send(target, SIGUSR1)
        return
      default:
        return
    }
  })

const disturb = (stage: Stage, { hidden = false, moment, patient = false }: Conditions): Effect.Effect<void> =>
  Effect.gen(function*() {
    const { machine, parent, seen, target } = stage
    const { isAsleep } = seen
    if (seen.state === "an orphan" && parent !== undefined) yield* awaitEnd(parent)
    if (patient) yield* until(() => isGone(stage) || seen.answer !== undefined || isAsleep())
    else if (moment !== undefined) yield* moment
    else if (seen.state !== "just started") yield* sometime
    seen.caught = patient && !hidden && seen.answer === undefined && isAsleep()
    yield* until(() => isGone(stage) || isPrepared(stage))
    yield* bring(stage)
    yield* strike(stage)
    seen.disturbed = true
    if (seen.state === "stopped in the call") {
      yield* sometime
      machine.send(target, SIGCONT)
    }
  })

/** The terminal that a way needs, and how it hangs up. */
const terminalFor = (machine: Machine, way: Way, target: Process, parent: Process, given: Description | undefined) => {
  const { master, openSlave } = given === undefined ? machine.terminal() : { master: given, openSlave: undefined }
  const slave = openSlave?.(parent)
  if (slave !== undefined) slave.references++
  const terminal: Terminal | undefined = parent.session.terminal
  if (terminal !== undefined) terminal.foreground = target.group
  let open = true
  const close = Effect.suspend(() => {
    if (!open) return Effect.void
    open = false
    return drop(master)
  })
  return {
    hangUp: close,
    end: Effect.suspend(() =>
      Effect.zipRight(
        given !== undefined && way !== "a hang-up" ? Effect.void : close,
        slave === undefined ? Effect.void : drop(slave)
      )
    )
  }
}

const noTerminal = { hangUp: Effect.void, end: Effect.void }

/** Starts a process that makes `call`, disturbs it, and answers when it has ended. */
export const trial = <A>(
  machine: Machine,
  { state, way }: Chosen,
  call: Victim.Call<A>,
  conditions: Conditions = {}
): Effect.Effect<Seen<A>> =>
  Effect.orDie(Effect.scoped(Effect.gen(function*() {
    const { afterwards = () => Effect.void, prepare = () => {} } = conditions
    const seen: Seen<A> = {
      way,
      state,
      started: false,
      answer: undefined,
      begun: 0,
      finished: 0,
      thread: undefined,
      go: false,
      handling: false,
      status: undefined,
      told: [],
      parentLived: false,
      traced: [],
      caught: false,
      disturbed: false,
      isAsleep: () => false
    }
    conditions.watch?.(seen)
    let prepared = false
    const main = Victim.victim(seen, call, afterwards)
    if (state === "after exec" || way === "exec in another thread") {
      const { init, programs, rooms: { vfs } } = machine
      // A row may have made it.
      yield* Effect.ignore(vfs.mkdir(init, vfs.root, "/bin", 0o755))
      yield* programs.register("victim", () => main)
      yield* programs.register("successor", () => Victim.successor)
      yield* installStub(vfs, init, "victim")
      yield* installStub(vfs, init, "successor")
    }
    const program: Program = Effect.zipRight(
      until(() => prepared),
      state === "after exec" ? Effect.flatMap(Sys, (sys) => sys.exec("/bin/victim")) : main
    )
    const tracer = state === "traced" ? { tracer: { listen: (event: Event) => seen.traced.push(event) } } : {}
    const hosted = way === "the end of the host's scope"
    let target: Process
    let parent: Process | undefined
    let closeScope: Effect.Effect<void> = Effect.void
    if (hosted) {
      let pid: number | undefined
      const handle = yield* Effect.fork(Effect.scoped(
        Effect.zipRight(
          Effect.map(machine.kernel.spawn(program), (handle) => {
            pid = handle.pid
          }),
          Effect.never
        )
      ))
      closeScope = Effect.asVoid(Fiber.interrupt(handle))
      yield* until(() => pid !== undefined)
      target = machine.table.processes.get(pid!)!
    } else {
      parent = machine.start(parentOf(seen))
      target = machine.start(program, [], { processGroup: 0, ...tracer }, parent)
    }
    seen.isAsleep = () => seen.started && (conditions.hidden === true || target.task?.sleeping.first !== undefined)
    prepare(target, parent)
    const { end, hangUp } = parent !== undefined && (way === "a hang-up" || way === "the end of the session's leader")
      ? terminalFor(machine, way, target, parent, conditions.master)
      : noTerminal
    prepared = true
    const stage = { machine, seen, target, parent, hangUp, closeScope }
    const disturber = yield* Effect.fork(disturb(stage, conditions))
    seen.status = yield* awaitEnd(target)
    yield* Fiber.join(disturber)
    yield* closeScope
    if (parent !== undefined) {
      const ended = yield* awaitEnd(parent)
      seen.parentLived = ended._tag === "Exited" && state !== "an orphan"
    }
    yield* end
    return seen
  })))
