/**
 * Processes: spawning them, replacing what they run, ending them, waiting for them.
 *
 * A process is a record and, while it lives, the fiber that runs its program. However it ends (it returns, exits, is
 * killed, or its fiber dies), its descriptors are closed and its locks released in the same step, before anyone who
 * waits for it is told. What its program still runs then, finalizers included, reaches nothing: its `Sys` is revoked.
 *
 * pid 1 is init. It runs nothing; it adopts orphans and reaps them at once.
 *
 * @see credentials(7)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { SIGKILL } from "./abi/Signals.js"
import * as Credentials from "./Credentials.js"
import { OpenDescriptions } from "./Description.js"
import type * as Errno from "./Errno.js"
import { FdTable } from "./FdTable.js"
import * as Host from "./Host.js"
import * as KernelConfig from "./KernelConfig.js"
import * as Policy from "./Policy.js"
import type { Core, MakeSys, Parts } from "./process/Core.js"
import * as Cpu from "./process/cpu.js"
import { ended, reap } from "./process/end.js"
import { type ProcessEvent, ProcessEvents } from "./process/events.js"
import { exec } from "./process/exec.js"
import * as Groups from "./process/groups.js"
import type { Image } from "./process/Image.js"
import * as Limits from "./process/limits.js"
import * as Load from "./process/load.js"
import { type Overrides, spawn } from "./process/spawn.js"
import * as Wait from "./process/wait.js"
import { Process, ProcessGroup, ProcessTable, Session } from "./ProcessTable.js"
import * as Programs from "./Programs.js"
import * as Signals from "./Signals.js"
import {
  type ChildChange,
  type ExecError,
  type Program,
  type SpawnError,
  type SpawnOptions,
  Sys,
  type SystemCalls,
  type Waited,
  type WaitedUsage
} from "./Sys.js"
import { Vfs } from "./Vfs.js"
import { Sleeper } from "./WaitQueue.js"

export type { MakeSys, Parts } from "./process/Core.js"
export type { Overrides } from "./process/spawn.js"

/** @category tags */
export class Processes extends Context.Tag("@effix/kernel/Processes")<Processes, {
  readonly table: ProcessTable
  readonly init: Process
  /** @see posix_spawn(3) */
  readonly spawn: (
    parent: Process,
    what: string | Program,
    options: SpawnOptions,
    overrides?: Overrides
  ) => Effect.Effect<Process, SpawnError>
  /** Replaces what `self` runs. @see execve(2) */
  readonly exec: (
    self: Process,
    path: string,
    argv: ReadonlyArray<string>,
    env: Readonly<Record<string, string>>
  ) => Effect.Effect<never, ExecError>
  /** @see wait(2) */
  readonly wait: (
    caller: Process,
    pid: number,
    options: number
  ) => Effect.Effect<Waited | undefined, Errno.Errno<"ECHILD" | "EINTR" | "EINVAL" | "ESRCH">>
  /** The same, with what the child has used. @see wait4(2) */
  readonly wait4: (
    caller: Process,
    pid: number,
    options: number
  ) => Effect.Effect<WaitedUsage | undefined, Errno.Errno<"ECHILD" | "EINTR" | "EINVAL" | "ESRCH">>
  /** @see waitid(2) */
  readonly waitid: (
    caller: Process,
    idType: number,
    id: number,
    options: number
  ) => Effect.Effect<ChildChange | undefined, Errno.Errno<"ECHILD" | "EINTR" | "EINVAL">>
  /** @see setpgid(2) */
  readonly setGroup: (
    caller: Process,
    pid: number,
    pgid: number
  ) => Exit.Exit<void, Errno.Errno<"EACCES" | "EINVAL" | "EPERM" | "ESRCH">>
  /** @see setsid(2) */
  readonly newSession: (caller: Process) => Exit.Exit<number, Errno.Errno<"EPERM">>
  /** Calls `listen` with whatever happens to processes, until the answered function is called. */
  readonly listen: (listen: (event: ProcessEvent) => void) => () => void
  /** Ends every descendant of what the host started as `origin`, wherever its parents have gone. */
  readonly killTree: (origin: number) => void
  /** Says how the system calls of new processes are made. */
  readonly provideSys: (make: MakeSys) => void
  /** Calls `left` when the leader of a session ends. */
  readonly onSessionEnd: (left: (session: Session) => void) => void
}>() {}

const notComposed: MakeSys = () => {
  throw new Error("bug: no system calls were provided; Kernel does that")
}

const servicesOf = (sys: SystemCalls, image: Image): Context.Context<Sys | Sleeper> =>
  Context.unsafeMake(new Map<string, SystemCalls | Image>([[Sys.key, sys], [Sleeper.key, image]]))

export const make = (parts: Parts): Processes["Type"] => {
  const { limits, programs, signals, vfs } = parts
  const table = new ProcessTable(limits.memoryPagesMax)
  const loader = Load.make({ vfs, programs, policy: parts.policy, argumentsMax: limits.argumentsMax })

  const init = new Process(
    table.nextPid(),
    undefined,
    new ProcessGroup(1, new Session(1)),
    Credentials.root,
    vfs.root,
    vfs.root,
    new FdTable(limits.openFilesMax, new OpenDescriptions(limits.descriptionsMax)),
    Limits.initial(limits),
    {},
    ["init"],
    "init"
  )
  table.processes.set(init.pid, init)
  Groups.join(table, init, init.group)

  const events = new ProcessEvents(parts.now)
  signals.provideProcesses(() => table.processes.values())
  signals.onJobChange((process, status) => {
    if (events.heard && (status._tag === "Stopped" || status._tag === "Continued")) events.tell(process, status)
  })

  const core: Core = {
    ...parts,
    table,
    init,
    loader,
    events,
    hooks: {
      attend: signals.attend,
      ended: (self, status) => ended(core, self, status),
      spent: (self) => Cpu.spent(signals, self)
    },
    servicesOf,
    makeSys: notComposed,
    sessionEnded: () => {}
  }
  const reaped = (child: Process): void => reap(core, child)

  return {
    table,
    init,
    spawn: (parent, what, options, overrides) => spawn(core, parent, what, options, overrides),
    exec: (self, path, argv, env) => exec(core, self, path, argv, env),
    wait: (caller, pid, options) => Wait.wait(table, reaped, caller, pid, options),
    wait4: (caller, pid, options) => Wait.wait4(table, reaped, caller, pid, options),
    waitid: (caller, idType, id, options) => Wait.waitid(table, reaped, caller, idType, id, options),
    setGroup: (caller, pid, pgid) => Groups.set(table, caller, pid, pgid),
    newSession: (caller) => Groups.newSession(table, caller),
    listen: (listen) => events.listen(listen),
    killTree: (origin) => {
      for (const each of Array.from(table.processes.values())) {
        if (each.origin === origin && each !== init) {
          each.task?.end({ _tag: "Signaled", signal: SIGKILL, coreDumped: false })
        }
      }
    },
    provideSys: (provided) => {
      core.makeSys = provided
    },
    onSessionEnd: (left) => {
      core.sessionEnded = left
    }
  }
}

/** @category layers */
export const layer: Layer.Layer<
  Processes,
  never,
  KernelConfig.KernelConfig | Host.Host | Vfs | Programs.Programs | Signals.Signals
> = Layer.effect(
  Processes,
  Effect.gen(function*() {
    const clock = yield* Effect.clock
    return make({
      limits: yield* KernelConfig.KernelConfig,
      host: yield* Host.Host,
      vfs: yield* Vfs,
      programs: yield* Programs.Programs,
      signals: yield* Signals.Signals,
      policy: yield* Policy.Policy,
      now: () => clock.unsafeCurrentTimeMillis()
    })
  })
)
