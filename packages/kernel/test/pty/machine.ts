/** As much of a kernel as terminals need: processes that are records, signals, and a clock that is moved by hand. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { WaitStatus } from "../../src/abi/WaitStatus.js"
import * as Credentials from "../../src/Credentials.js"
import type { Location } from "../../src/Dentry.js"
import type { Description } from "../../src/Description.js"
import { OpenDescriptions } from "../../src/Description.js"
import * as Devices from "../../src/Devices.js"
import { FdTable } from "../../src/FdTable.js"
import * as KernelConfig from "../../src/KernelConfig.js"
import * as Limits from "../../src/process/limits.js"
import { ENDED, Process, ProcessGroup, ProcessTable, Session, type Task } from "../../src/ProcessTable.js"
import * as Ptys from "../../src/Ptys.js"
import * as Signals from "../../src/Signals.js"
import * as SignalSet from "../../src/SignalSet.js"
import * as WaitQueue from "../../src/WaitQueue.js"

interface Due {
  readonly at: number
  readonly run: () => void
}

export class Machine {
  private readonly timers = new Set<Due>()
  private time = 0
  readonly table = new ProcessTable()
  private readonly descriptions = new OpenDescriptions(64)
  readonly signals: Signals.Signals["Type"]
  readonly devices = Devices.make()
  readonly ptys: Ptys.Ptys["Type"]

  constructor(limits: Partial<KernelConfig.Limits> = {}) {
    const config = KernelConfig.make(limits)
    this.signals = Signals.make()
    this.ptys = Ptys.make({
      limits: config,
      signals: this.signals,
      after: (milliseconds, run) => this.after(milliseconds, run),
      now: () => BigInt(this.time) * 1_000_000n
    })
    Ptys.register(this.devices, this.ptys)
  }

  private after(milliseconds: number, run: () => void): () => void {
    const due = { at: this.time + milliseconds, run }
    this.timers.add(due)
    return () => void this.timers.delete(due)
  }

  get timersPending(): number {
    return this.timers.size
  }

  /** Lets `milliseconds` pass, and everything that becomes due. */
  advance(milliseconds: number): Effect.Effect<void> {
    const until = this.time + milliseconds
    const next = (): Due | undefined => [...this.timers].filter((due) => due.at <= until).sort((a, b) => a.at - b.at)[0]
    const step: Effect.Effect<void> = Effect.suspend(() => {
      const due = next()
      if (due === undefined) {
        this.time = until
        return Effect.void
      }
      this.timers.delete(due)
      this.time = due.at
      due.run()
      return Effect.zipRight(settled, step)
    })
    return Effect.zipRight(settled, step)
  }

  /** A process: a child of `parent` in its group, or the leader of a session of its own. */
  process(
    parent?: Process,
    place: "group" | "newGroup" | "newSession" = parent === undefined ? "newSession" : "group"
  ) {
    const pid = this.table.nextPid()
    const group = parent === undefined || place === "newSession"
      ? this.group(pid, this.session(pid))
      : place === "group"
      ? parent.group
      : this.group(pid, parent.session)
    const nowhere = { mount: {} } as unknown as Location
    const process = new Process(
      pid,
      parent,
      group,
      Credentials.make(1000, 1000),
      nowhere,
      nowhere,
      new FdTable(64, this.descriptions),
      Limits.initial(KernelConfig.make({ openFilesMax: 64, processesMax: 64 })),
      {},
      [],
      "test"
    )
    group.members.add(process)
    this.table.processes.set(pid, process)
    process.task = new TestTask(process, this.signals)
    return process
  }

  private session(id: number): Session {
    const session = new Session(id)
    this.table.sessions.set(id, session)
    return session
  }

  private group(id: number, session: Session): ProcessGroup {
    const group = new ProcessGroup(id, session)
    session.groups.set(id, group)
    this.table.groups.set(id, group)
    return group
  }

  /** Has `process` catch `signals`, and answers where their numbers are put. */
  catching(process: Process, signals: ReadonlyArray<number>): Array<number> {
    const got: Array<number> = []
    for (const signal of signals) {
      this.signals.setAction(process, signal, {
        disposition: () => Effect.sync(() => void got.push(signal)),
        mask: SignalSet.empty,
        flags: 0
      })
    }
    return got
  }

  /** A new terminal: its master, and its slave as `process` opens it. */
  terminal(process: Process, flags = 0o2): { readonly master: Description; readonly slave: Description } {
    const { master, path } = valueOf(this.ptys.open(process.credentials.uid))
    return { master, slave: this.openSlave(path, process, flags) }
  }

  openSlave(path: string, process: Process, flags = 0o2): Description {
    const inode = valueOf(this.ptys.files.lookup(this.ptys.files.root, path.slice("/dev/pts/".length)))
    return valueOf(this.devices.open(inode, flags, process))
  }
}

/** The value of an answer that is ready. */
export const valueOf = <A, E>(effect: Effect.Effect<A, E>): A => {
  const exit = Effect.runSyncExit(effect)
  if (Exit.isFailure(exit)) throw new Error(`not a value: ${exit}`)
  return exit.value
}

/** What an answer that is ready says: a value, or the name of its errno. */
export const answerOf = <A, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E>): A | E["_tag"] =>
  Effect.runSync(Effect.catchAll(effect, (error) => Effect.succeed<E["_tag"]>(error._tag)))

/** Every fiber that can go on has. */
export const settled: Effect.Effect<void> = Effect.repeatN(Effect.yieldNow(), 8)

/** Runs `effect` as a call of `process`, on a fiber of its own. */
export const call = <A, E>(
  process: Process,
  effect: () => Effect.Effect<A, E>
): Effect.Effect<Fiber.RuntimeFiber<A, E>> =>
  Effect.fork(Effect.provideService(Effect.suspend(effect), WaitQueue.Sleeper, process.task!)).pipe(
    Effect.tap(() => settled)
  )

/** What a process runs in these tests is some fiber of the test. */
class TestTask implements Task {
  attention = 0
  calls = 0
  callsMax = Infinity
  readonly fiber = undefined
  readonly sleeping = WaitQueue.make()
  readonly attend: (restartable: boolean) => Effect.Effect<boolean>

  constructor(private readonly process: Process, signals: Signals.Signals["Type"]) {
    this.attend = (restartable) => signals.attend(process, restartable)
  }

  readonly end = (status: WaitStatus): void => {
    const { process } = this
    this.attention = ENDED
    process.state = "zombie"
    process.status = status
    process.group.members.delete(process)
    WaitQueue.evictAll(this.sleeping)
  }
}

export const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))
export const text = (bytes: Uint8Array, length = bytes.length): string =>
  Array.from(bytes.subarray(0, length), (c) => String.fromCharCode(c)).join("")
