/**
 * Runs the same programs in Effix, and tells what became of every process, as the helper does for Linux.
 */
import {
  AbiSignals,
  Capabilities,
  CapabilitySet,
  Description,
  type Errno,
  FdTable,
  Kernel,
  Pipes,
  PollEvents,
  Prctl,
  Processes,
  type ProcessTable,
  Programs,
  Sys,
  WaitStatus
} from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { ACTORS, prctlOptions, type Program, SLOTS, type Step, TICK } from "./program.js"
import { StandingClock, Stepping } from "./stepping.js"

const NOBODY = 99_999_999

/** What waits in front of an actor, and how it tells that there is something. */
interface Desk {
  readonly reader: Description.Description
  readonly writer: Description.Description
  command: Step | undefined
}

interface Rooms {
  readonly processes: Processes.Processes["Type"]
  readonly pipes: Pipes.Pipes["Type"]
}

/** The arguments of a call that mean a process. */
const pidArguments: Readonly<Record<string, ReadonlyArray<number>>> = {
  kill: [0],
  sigqueue: [0],
  wait: [0],
  waitid: [1],
  setpgid: [0, 1],
  getpgid: [0],
  getsid: [0],
  getpriority: [1],
  setpriority: [1],
  pidfdopen: [0]
}

const noSlots = (): Array<number> => Array.from({ length: SLOTS }, () => -1)

/** Not every machine has this power to give: nobody has it. */
const dropResources = Effect.gen(function*() {
  const sys = yield* Sys.Sys
  yield* sys.prctl(Prctl.PR_CAPBSET_DROP, Capabilities.CAP_SYS_RESOURCE)
  const kept = CapabilitySet.without(CapabilitySet.all, CapabilitySet.of(Capabilities.CAP_SYS_RESOURCE))
  yield* sys.capset({ effective: kept, permitted: kept })
})

class Play {
  private readonly desks: ReadonlyArray<Desk>
  private readonly actors: Array<ProcessTable.Process | undefined> = Array.from({ length: ACTORS }, () => undefined)
  private readonly busy: Array<boolean> = Array.from({ length: ACTORS }, () => false)
  private told: Array<string> = []

  constructor(
    private readonly rooms: Rooms,
    private readonly stepping: Stepping,
    private readonly clock: StandingClock
  ) {
    this.desks = Array.from({ length: ACTORS }, () => {
      const { reader, writer } = rooms.pipes.create(0, { uid: 0, gid: 0 })
      writer.references++
      return { reader, writer, command: undefined }
    })
  }

  private nameOf(pid: number): string {
    const at = this.actors.findIndex((actor) => actor?.pid === pid)
    return pid === 1 ? "init" : at >= 0 ? `a${at}` : `${pid}`
  }

  private pidOf(actor: number): number {
    return this.actors[actor]?.pid ?? NOBODY
  }

  private meant(argument: number): number {
    if (argument >= 1000 && argument < 2000) return this.pidOf(argument - 1000)
    return argument <= -1000 && argument > -2000 ? -this.pidOf(-argument - 1000) : argument
  }

  private changeText(change: Sys.ChildChange | undefined): string {
    return change === undefined
      ? "0,0,0,0"
      : `${this.nameOf(change.pid)},${change.code},${change.uid},${change.status}`
  }

  private infoText({ code, pid, signal, uid, ...info }: ProcessTable.SignalInfo): string {
    const more = info.child === undefined ? info.value : WaitStatus.numberOf(info.child.status)
    return `${signal},${code},${pid === 0 ? 0 : this.nameOf(pid)},${uid},${more}`
  }

  /** The program of an actor: one step after the other. `slots` are descriptors of processes. */
  program(me: number, slots: Array<number>, executed = false): Sys.Program {
    return Effect.gen(this, function*() {
      const sys = yield* Sys.Sys
      if (executed) {
        this.busy[me] = false
        this.told.push(`R${me}:exec=0`)
      }
      const byte = new Uint8Array(1)
      for (;;) {
        yield* Effect.ignore(sys.read(me, byte))
        const { command } = this.desks[me]!
        if (command === undefined) continue
        this.desks[me]!.command = undefined
        const answer = yield* Effect.match(this.perform(sys, command, me, slots), {
          onFailure: (error) => error._tag as string,
          onSuccess: (text) => text
        })
        // Telling is a call as well: who is stopped does not come to it.
        yield* sys.getpid()
        this.busy[me] = false
        this.told.push(`R${me}:${command[1]}=${answer}`)
      }
    })
  }

  private perform(
    sys: Sys.SystemCalls,
    [, call, ...args]: Step,
    me: number,
    slots: Array<number>
  ): Effect.Effect<string, Errno.Any> {
    const [a = 0, b = 0, c = 0, d = 0] = args
    const zero = (effect: Effect.Effect<unknown, Errno.Any>) => Effect.as(effect, "0")
    const pid = (effect: Effect.Effect<number, Errno.Any>) =>
      Effect.map(effect, (each) => each === 0 ? "0" : this.nameOf(each))
    const set = (effect: Effect.Effect<bigint, Errno.Any>) => Effect.map(effect, (each) => each.toString(16))
    switch (call) {
      case "fork":
        return Effect.map(sys.spawn(this.program(a, [...slots])), (child) => {
          const at = this.actors.indexOf(undefined)
          this.actors[at] = this.rooms.processes.table.processes.get(child)
          return this.nameOf(child)
        })
      case "exec":
        return sys.exec("/bin/actor", ["actor", `${me}`])
      case "exit":
        return sys.exit(a)
      case "kill":
        return zero(sys.kill(a, b))
      case "sigqueue":
        return zero(sys.sigqueue(a, b, c))
      case "wait":
        return Effect.map(
          sys.wait(a, b),
          (waited) =>
            waited === undefined ? "0" : `${this.nameOf(waited.pid)},${WaitStatus.encode(waited.status).toString(16)}`
        )
      case "waitid":
        return Effect.map(sys.waitid(a, b, c), (change) => this.changeText(change))
      case "sigaction":
        return Effect.map(
          sys.sigaction(
            a,
            b < 0 ? undefined : {
              disposition: b === 2
                ? (info) => Effect.map(sys.getpid(), () => void this.told.push(`H${me}:${this.infoText(info)}`))
                : b === 1
                ? "ignore"
                : "default",
              flags: c,
              mask: BigInt(d)
            }
          ),
          ({ disposition, flags, mask }) =>
            `${disposition === "default" ? 0 : disposition === "ignore" ? 1 : 2},${flags.toString(16)},${
              mask.toString(16)
            }`
        )
      case "sigprocmask":
        return set(sys.sigprocmask(a, BigInt(b)))
      case "sigpending":
        return set(sys.sigpending())
      case "sigsuspend":
        return sys.sigsuspend(BigInt(a))
      case "sigtimedwait":
        return Effect.map(sys.sigtimedwait(BigInt(a), b === 0 ? -1 : 0), (info) => this.infoText(info))
          .pipe(Effect.map((text) => text))
      case "pause":
        return sys.pause()
      case "setpgid":
        return zero(sys.setpgid(a, b))
      case "getpgid":
        return pid(sys.getpgid(a))
      case "setsid":
        return pid(sys.setsid())
      case "getsid":
        return pid(sys.getsid(a))
      case "getppid":
        return pid(sys.getppid())
      case "alarm":
        return zero(sys.alarm(a / 1000))
      case "subreaper":
      case "pdeathsig":
        return zero(sys.prctl(prctlOptions[call], a))
      case "setresuid":
        return zero(sys.setresuid(a, b, c))
      case "getresuid":
        return Effect.map(sys.credentials(), ({ euid, suid, uid }) => `${uid},${euid},${suid}`)
      case "setrlimit":
        return zero(sys.prlimit(0, a, { soft: b, hard: c }))
      case "nice":
        return Effect.map(sys.nice(a), String)
      case "getpriority":
        return Effect.map(sys.getpriority(a, b), String)
      case "setpriority":
        return zero(sys.setpriority(a, b, c))
      case "pidfdopen":
        return Effect.flatMap(sys.pidfdOpen(a, c), (fd) => {
          const before = slots[b]!
          slots[b] = fd
          return before < 0 ? Effect.succeed("0") : zero(sys.close(before))
        })
      case "pidfdsend":
        return zero(sys.pidfdSendSignal(slots[a]!, b, c))
      case "pidfdwait":
        return Effect.map(sys.waitid(WaitStatus.P_PIDFD, slots[a]!, b), (change) => this.changeText(change))
      case "pidfdpoll":
        return Effect.map(
          sys.poll([{ fd: slots[a]!, events: PollEvents.POLLIN }], 0),
          ([revents = 0]) => slots[a]! < 0 ? "0,0" : `${revents === 0 ? 0 : 1},${revents}`
        )
      case "tick":
        return Effect.succeed("0")
    }
  }

  private stand(actor: number): string | undefined {
    const process = this.actors[actor]
    if (process === undefined || this.rooms.processes.table.processes.get(process.pid) !== process) return undefined
    const letter = process.state === "zombie" ? "Z" : process.state === "stopped" ? "T" : "S"
    return [letter, ...[process.parent?.pid ?? 0, process.group.id, process.session.id].map((id) => this.nameOf(id))]
      .join(",")
  }

  private step([actor, call, ...args]: Step): string {
    this.told = []
    if (call === "tick") this.clock.advance(TICK)
    else {
      const pids = pidArguments[call] ?? []
      const command: Step = [actor, call, ...args.map((each, i) => pids.includes(i) ? this.meant(each) : each)]
      const stands = this.stand(actor)
      if (stands === undefined || !stands.startsWith("S") || this.busy[actor] === true) this.told.push("skipped")
      else {
        this.busy[actor] = true
        const desk = this.desks[actor]!
        desk.command = command
        Effect.runSync(desk.writer.write(Uint8Array.of(1), this.rooms.processes.init))
      }
    }
    this.stepping.settle()
    const standing = this.actors.flatMap((_, each) => {
      const stands = this.stand(each)
      return stands === undefined ? [] : [`S${each}:${stands}`]
    })
    return [".", ...this.told, ...standing].join(" ")
  }

  run(program: Program): ReadonlyArray<string> {
    const { processes } = this.rooms
    const fds = new FdTable.FdTable(64, processes.init.fds.descriptions)
    for (const [fd, { reader }] of this.desks.entries()) fds.place(fd, reader, false)
    const actor = Effect.zipRight(Effect.orDie(dropResources), this.program(0, noSlots()))
    const first = processes.spawn(processes.init, actor, { session: true, argv: ["actor"] }, {
      fds,
      limits: { core: 0 }
    })
    this.actors[0] = Effect.runSync(first)
    this.stepping.settle()
    const lines = program.map((step) => this.step(step))
    for (const each of Array.from(processes.table.processes.values())) {
      each.task?.end({ _tag: "Signaled", signal: AbiSignals.SIGKILL, coreDumped: false })
    }
    this.stepping.settle()
    for (const { writer } of this.desks) Effect.runSync(Description.drop(writer))
    if (processes.table.processes.size !== 1) throw new Error("a process is left")
    return lines
  }
}

/** A kernel that stands still between two steps. */
export class Effix {
  private readonly stepping = new Stepping()
  private readonly clock = new StandingClock()
  private readonly scope: Scope.CloseableScope
  private readonly rooms: Rooms
  private play: Play | undefined = undefined

  constructor() {
    this.scope = Effect.runSync(Scope.make())
    // What an actor executes: itself again, with the number that it is told.
    const actor: Programs.Main = ([, me = "0"]) =>
      this.play === undefined ? Effect.succeed(1) : this.play.program(Number(me), noSlots(), true)
    const drivers = Layer.scopedDiscard(
      Effect.flatMap(Programs.Programs, (programs) => programs.register("actor", actor))
    )
    const built = this.at(Layer.buildWithScope(Kernel.layerWith({ drivers }), this.scope))
    this.rooms = {
      processes: built.unsafeMap.get(Processes.Processes.key) as Rooms["processes"],
      pipes: built.unsafeMap.get(Pipes.Pipes.key) as Rooms["pipes"]
    }
  }

  /** The answer of an effect that needs no time. */
  private at<A, E>(effect: Effect.Effect<A, E>): A {
    let answer: Exit.Exit<A, E> | undefined
    const fiber = Effect.runFork(Effect.withClock(effect, this.clock), { scheduler: this.stepping })
    fiber.addObserver((exit) => (answer = exit))
    this.stepping.settle()
    if (answer === undefined || Exit.isFailure(answer)) throw new Error(`no answer: ${answer}`)
    return answer.value
  }

  run(program: Program): ReadonlyArray<string> {
    this.play = new Play(this.rooms, this.stepping, this.clock)
    return this.play.run(program)
  }

  close(): void {
    this.at(Scope.close(this.scope, Exit.void))
  }
}
