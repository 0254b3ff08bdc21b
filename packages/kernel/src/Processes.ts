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
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE } from "./abi/Capabilities.js"
import { SIGABRT, SIGCONT, SIGHUP, SIGKILL } from "./abi/Signals.js"
import type { WaitStatus } from "./abi/WaitStatus.js"
import * as Bytes from "./Bytes.js"
import * as CapabilitySet from "./CapabilitySet.js"
import * as Credentials from "./Credentials.js"
import type { Location } from "./Dentry.js"
import { OpenDescriptions } from "./Description.js"
import * as Errno from "./Errno.js"
import { FdTable } from "./FdTable.js"
import * as Host from "./Host.js"
import { carryOn } from "./internal/compat.js"
import { andThen, both, isReady } from "./internal/step.js"
import * as KernelConfig from "./KernelConfig.js"
import * as Policy from "./Policy.js"
import { apply } from "./process/actions.js"
import * as Cpu from "./process/cpu.js"
import { type ProcessEvent, ProcessEvents } from "./process/events.js"
import * as Groups from "./process/groups.js"
import { Image, type ImageHooks } from "./process/Image.js"
import * as Limits from "./process/limits.js"
import * as Load from "./process/load.js"
import { keep } from "./process/usage.js"
import * as Wait from "./process/wait.js"
import { Process, ProcessGroup, ProcessTable, type ResourceLimits, Session, STOPPED } from "./ProcessTable.js"
import * as Programs from "./Programs.js"
import * as Signals from "./Signals.js"
import * as SignalSet from "./SignalSet.js"
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
import * as WaitQueue from "./WaitQueue.js"

/** What a child gets instead of its parent's, when the host starts it. */
export interface Overrides {
  readonly credentials?: Credentials.Credentials
  readonly cwd?: Location
  readonly umask?: number
  readonly limits?: Partial<ResourceLimits>
  readonly fds?: FdTable
}

/** Makes the system calls of a new image; given by whoever composes the kernel. */
export type MakeSys = (process: Process, image: Image) => SystemCalls

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

export interface Parts {
  readonly limits: KernelConfig.Limits
  readonly host: Host.Host["Type"]
  readonly vfs: Vfs["Type"]
  readonly programs: Programs.Programs["Type"]
  readonly signals: Signals.Signals["Type"]
  readonly policy: Policy.PolicyRules | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const notComposed: MakeSys = () => {
  throw new Error("bug: no system calls were provided; Kernel does that")
}

/** What an errno that a program did not handle leaves on its standard error. */
const complain = (self: Process, sys: SystemCalls, cause: Cause.Cause<Errno.Any>): Effect.Effect<number> => {
  const failed = Cause.failureOrCause(cause)
  return failed._tag === "Right"
    ? Effect.failCause(failed.right)
    : Effect.as(Effect.ignore(sys.write(2, Bytes.encode(`${self.name}: ${failed.left.message}\n`))), 1)
}

export const make = (parts: Parts): Processes["Type"] => {
  const { host, limits, programs, signals, vfs } = parts
  const table = new ProcessTable()
  const loader = Load.make({ vfs, programs, policy: parts.policy, argumentsMax: limits.argumentsMax })
  let makeSys = notComposed
  let sessionEnded: (session: Session) => void = () => {}

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
    "init",
    "/sbin/init"
  )
  table.processes.set(init.pid, init)
  Groups.join(table, init, init.group)

  const events = new ProcessEvents(parts.now)
  signals.onJobChange((process, status) => {
    if (events.heard && (status._tag === "Stopped" || status._tag === "Continued")) events.tell(process, status)
  })

  const reap = (child: Process): void => {
    if (events.heard) events.tell(child, { _tag: "Reaped" })
    child.state = "dead"
    child.statusUntold = false
    child.leaveParent()
    table.processes.delete(child.pid)
    Groups.leave(table, child)
    if (child.ended !== undefined) WaitQueue.wakeAll(child.ended)
  }

  /** Who takes in the orphans of a process: the nearest of its ancestors that wants to, else init. */
  const reaperOf = (self: Process): Process => {
    for (let each = self.parent; each !== undefined; each = each.parent) {
      if (each.isSubreaper && each.task !== undefined) return each
    }
    return init
  }

  /** Gives the children of a process that ends to somebody else, and tells stopped groups that nobody is left to continue them. */
  const orphan = (self: Process): void => {
    if (self.eldest === undefined) return
    const reaper = reaperOf(self)
    // One child's end may end another: so each time the eldest of those that are left.
    for (let child = self.eldest; child !== undefined; child = self.eldest) {
      table.adopt(reaper, child)
      const last = child.parentDeathSignal
      if (last !== 0 && Signals.maySignal(self, child, last)) signals.send(child, Signals.fromProcess(last, self))
      if (child.state === "zombie" && signals.notifyParent(child, child.status!)) reap(child)
      // The one that ends may have been its link to the rest of the session.
      if (child.group !== self.group && child.session === self.session) hangUpOrphans(child.group)
    }
  }

  const hangUpOrphans = (group: ProcessGroup): void => {
    const stopped = Array.from(group.members).some((member) => member.state === "stopped")
    if (!stopped || !Signals.isOrphaned(group)) return
    signals.sendGroup(group, SIGHUP)
    signals.sendGroup(group, SIGCONT)
  }

  /** Lets go of where a process stands, and of the mounts that it saw. */
  const leave = (self: Process): Effect.Effect<void> =>
    both(vfs.letGo(self.cwd), both(vfs.letGo(self.root), vfs.leaveMounts(self)))

  /** Runs in the step in which the process ended. */
  const ended = (self: Process, status: WaitStatus): void => {
    self.task = undefined
    self.timers?.stop()
    self.timers = undefined
    const late = self.fds.closeAll()
    const released = both(late, leave(self))
    // Its own group may be orphaned by its end as well: it was the link to the parent's group.
    const wasLink = self.parent !== undefined && self.parent.group !== self.group &&
      self.parent.session === self.session
    const publish = (): void => {
      self.state = "zombie"
      if (events.heard) events.tell(self, { _tag: "Ended", status })
      orphan(self)
      if (wasLink) hangUpOrphans(self.group)
      if (self.session.id === self.pid) sessionEnded(self.session)
      if (signals.notifyParent(self, status)) reap(self)
      if (self.ended !== undefined) WaitQueue.wakeAll(self.ended)
    }
    if (isReady(released)) publish()
    else host.fork(Effect.ensuring(released, Effect.sync(publish)))
  }

  const hooks: ImageHooks = { attend: signals.attend, ended, spent: (self) => Cpu.spent(signals, self) }

  /** Starts what a process runs from now on. */
  const start = (self: Process, program: Program): void => {
    const image = new Image(self, hooks, host.callsPerTurn)
    // Stopped while its file was read: what exec starts is stopped as well.
    if (self.state === "stopped") image.attention |= STOPPED
    const sys = makeSys(self, image)
    self.task = image
    if (self.limits.cpu !== Infinity || self.hardLimits.cpu !== Infinity) Cpu.watch(self)
    const services = Context.unsafeMake<Sys | WaitQueue.Sleeper>(
      new Map<string, SystemCalls | Image>([[Sys.key, sys], [WaitQueue.Sleeper.key, image]])
    )
    const fiber = host.forkWith(
      Effect.catchAllCause(program, (cause) => complain(self, sys, cause)),
      services
    )
    image.fiber = fiber
    fiber.addObserver((exit) => {
      if (image.attention < 0) return
      // There is nothing left to interrupt.
      image.fiber = undefined
      image.end(statusOf(exit))
    })
  }

  /** A defect is a bug of the program: it ends as by abort(3), and whoever embeds the kernel is told the cause. */
  const statusOf = (exit: Exit.Exit<number, never>): WaitStatus => {
    if (exit._tag === "Success") return { _tag: "Exited", code: exit.value & 0xff }
    if (Cause.isInterruptedOnly(exit.cause)) return { _tag: "Signaled", signal: SIGKILL, coreDumped: false }
    host.fork(Effect.logError("A program died of a defect", exit.cause))
    return { _tag: "Signaled", signal: SIGABRT, coreDumped: true }
  }

  const tooMany = (parent: Process, credentials: Credentials.Credentials): Exit.Exit<void, Errno.Errno<"EAGAIN">> => {
    if (table.processes.size >= limits.processesMax) return Errno.fail("EAGAIN", { remedy: "raise processesMax" })
    const unlimited = credentials.uid === 0 || Credentials.capable(credentials, CAP_SYS_RESOURCE) ||
      Credentials.capable(credentials, CAP_SYS_ADMIN)
    if (unlimited || parent.limits.processes >= table.processes.size) return Exit.void
    let own = 0
    for (const each of table.processes.values()) if (each.credentials.uid === credentials.uid) own++
    return own >= parent.limits.processes
      ? Errno.fail("EAGAIN", { remedy: "raise the limit on processes (ulimit -u)" })
      : Exit.void
  }

  /** A child that does not run yet: copies of what it inherits, and what the options say instead. */
  const makeChild = (parent: Process, options: SpawnOptions, overrides: Overrides, name: string): Process => {
    const argv = options.argv ?? [name]
    const child = new Process(
      table.nextPid(),
      parent,
      parent.group,
      overrides.credentials ?? (options.resetIds === true ? resetIds(parent.credentials) : parent.credentials),
      parent.root,
      overrides.cwd ?? parent.cwd,
      overrides.fds ?? parent.fds.copy(),
      parent.limits,
      options.env ?? parent.env,
      argv,
      Load.baseName(name),
      parent.executable
    )
    child.hardLimits = parent.hardLimits
    if (overrides.limits !== undefined) {
      child.limits = { ...child.limits, ...overrides.limits }
      child.hardLimits = { ...child.hardLimits, ...overrides.limits }
    }
    child.fds.limit = child.limits.openFiles
    child.nice = parent.nice
    child.umask = overrides.umask ?? parent.umask
    if (options.tracer !== undefined) child.tracer = options.tracer
    if (options.policy !== undefined) child.policy = Policy.narrow(parent.policy, options.policy)
    child.env = Policy.environment([parts.policy, child.policy], child, child.env)
    child.startTime = parts.now()
    if (parent === init) child.origin = child.pid
    child.signals.blocked = (options.signalMask ?? parent.signals.blocked) & ~SignalSet.unstoppable
    inheritIgnored(parent, child, options.signalDefault ?? SignalSet.empty)
    return child
  }

  const inheritIgnored = (parent: Process, child: Process, defaults: SignalSet.SignalSet): void => {
    for (const [signal, action] of parent.signals.actions ?? []) {
      if (action.disposition !== "ignore" || SignalSet.has(defaults, signal)) continue
      ;(child.signals.actions ??= new Map()).set(signal, { disposition: "ignore", mask: SignalSet.empty, flags: 0 })
    }
  }

  /** Puts the child into its group or session, and among its parent's children. */
  const enroll = (parent: Process, child: Process, options: SpawnOptions): Exit.Exit<void, Errno.Errno<"EPERM">> => {
    if (options.session === true) {
      // Who leads a session can no longer change its group.
      if (options.processGroup !== undefined) return Errno.fail("EPERM")
      Groups.join(table, child, new ProcessGroup(child.pid, new Session(child.pid)))
    } else if (options.processGroup === undefined) {
      Groups.join(table, child, parent.group)
    } else {
      const id = options.processGroup === 0 ? child.pid : options.processGroup
      const known = table.groups.get(id)
      if (known === undefined ? id !== child.pid : known.session !== parent.session) return Errno.fail("EPERM")
      Groups.join(table, child, known ?? new ProcessGroup(id, parent.session))
    }
    table.adopt(parent, child)
    table.processes.set(child.pid, child)
    return Exit.void
  }

  /** Undoes a child that never ran. */
  const discard = (child: Process): Effect.Effect<void> => {
    const closed = child.fds.closeAll()
    if (table.processes.get(child.pid) === child) reap(child)
    return both(closed, leave(child))
  }

  const hold = (child: Process): Effect.Effect<void, SpawnError> => {
    if (child.mounts !== undefined) child.mounts.members++
    const root = vfs.hold(child.root)
    const cwd = vfs.hold(child.cwd)
    return isReady(root) && isReady(cwd) ? Exit.void : Effect.zipRight(root, cwd)
  }

  const unshare = (self: Process): Effect.Effect<void, Errno.Errno<"EPERM">> =>
    Credentials.capable(self.credentials, CAP_SYS_ADMIN) ? vfs.unshareMounts(self) : Errno.fail("EPERM")

  /** All that can fail or take time before a child runs, and then what it is to run. */
  const prepare = (
    child: Process,
    what: string | Program,
    options: SpawnOptions
  ): Effect.Effect<Program, SpawnError> => {
    const acted = andThen(
      hold(child),
      () =>
        options.mountNamespace === true
          ? andThen(unshare(child), () => apply(vfs, child, options.actions ?? noActions))
          : apply(vfs, child, options.actions ?? noActions)
    )
    // As exec(2) in the child would: after the actions, whatever they did to the directory or made on the way.
    const program = andThen(
      acted,
      (): Effect.Effect<Program, SpawnError> =>
        typeof what === "string" ? load(child, what, options) : Exit.succeed(what)
    )
    if (typeof what !== "string" && options.keepCloseOnExec !== false) return program
    return andThen(program, (loaded) => andThen(child.fds.closeForExec(), () => Exit.succeed(loaded)))
  }

  const load = (child: Process, path: string, options: SpawnOptions): Effect.Effect<Program, ExecError> =>
    andThen(loader.load(child, path, child.argv, child.env), (image) => {
      if (options.argv === undefined) child.argv = image.argv
      child.executable = image.executable
      become(child, Credentials.afterExec(child.credentials, image.file))
      child.executed = true
      return Exit.succeed(Effect.suspend(() => image.main(image.argv)))
    })

  const spawn = (
    parent: Process,
    what: string | Program,
    options: SpawnOptions,
    overrides: Overrides = noOverrides
  ): Effect.Effect<Process, SpawnError> => {
    // It would not be the outer one's any more.
    if (options.tracer !== undefined && parent.tracer?.follow === true) return Errno.fail("EPERM")
    const room = tooMany(parent, overrides.credentials ?? parent.credentials)
    if (room._tag === "Failure") return Exit.failCause(room.cause)
    const name = typeof what === "string" ? what : options.argv?.[0] ?? parent.name
    const child = makeChild(parent, options, overrides, name)
    const enrolled = enroll(parent, child, options)
    if (enrolled._tag === "Failure") {
      return Effect.zipRight(child.fds.closeAll(), Exit.failCause(enrolled.cause))
    }
    const launch = (program: Program): Effect.Effect<Process> => {
      // The parent may have ended meanwhile: then init would get a child that it never asked for.
      if (parent.task === undefined && parent !== init) return Effect.zipRight(discard(child), Effect.interrupt)
      if (events.heard) events.tell(child, { _tag: "Started", argv: child.argv })
      start(child, program)
      return Exit.succeed(child)
    }
    const prepared = prepare(child, what, options)
    if (isReady(prepared)) {
      return prepared._tag === "Success"
        ? launch(prepared.value)
        : Effect.zipRight(discard(child), Exit.failCause(prepared.cause))
    }
    // As after vfork(2), nothing but the end of the parent comes between.
    return carryOn(Effect.flatMap(Effect.onError(prepared, () => discard(child)), launch))
  }

  const exec = (
    self: Process,
    path: string,
    argv: ReadonlyArray<string>,
    env: Readonly<Record<string, string>>
  ): Effect.Effect<never, ExecError> =>
    Effect.flatMap(loader.load(self, path, argv, env), (image) => {
      const before = self.task
      if (before === undefined) return Effect.interrupt
      keep(self, before.calls)
      // What finalizers of the old image still call is counted nowhere.
      before.calls = 0
      self.argv = argv
      self.env = Policy.environment([parts.policy, self.policy], self, env)
      self.name = image.name
      self.executable = image.executable
      become(self, Credentials.afterExec(self.credentials, image.file))
      self.executed = true
      resetCaught(self)
      self.timers?.forgetOwn()
      const late = self.fds.closeForExec()
      if (!isReady(late)) host.fork(late)
      start(self, Effect.suspend(() => image.main(image.argv)))
      if (before instanceof Image) before.revoke()
      if (events.heard) events.tell(self, { _tag: "Executed", argv })
      // Handlers are gone, so what waited for one does now what it does by default.
      signals.setMask(self, self.signals.blocked)
      return Effect.interrupt
    })

  /** Handlers belong to the image that is gone; what is ignored stays ignored. */
  const resetCaught = (self: Process): void => {
    for (const [signal, action] of self.signals.actions ?? []) {
      if (typeof action.disposition === "function") self.signals.actions?.delete(signal)
    }
  }

  return {
    table,
    init,
    spawn,
    exec,
    wait: (caller, pid, options) => Wait.wait(table, reap, caller, pid, options),
    wait4: (caller, pid, options) => Wait.wait4(table, reap, caller, pid, options),
    waitid: (caller, idType, id, options) => Wait.waitid(table, reap, caller, idType, id, options),
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
      makeSys = provided
    },
    onSessionEnd: (left) => {
      sessionEnded = left
    }
  }
}

/** Takes what a file lends; whoever traces it was to see no more than it could before. */
const become = (self: Process, after: Credentials.Credentials): void => {
  const before = self.credentials
  if (
    after.euid !== before.euid || after.egid !== before.egid ||
    !CapabilitySet.isSubset(after.permitted, before.permitted)
  ) self.tracer = undefined
  self.credentials = after
}

/** The effective ids are the real ones. @see posix_spawnattr_setflags(3) */
const resetIds = (self: Credentials.Credentials): Credentials.Credentials => ({
  ...self,
  euid: self.uid,
  egid: self.gid
})

const noOverrides: Overrides = {}
const noActions: NonNullable<SpawnOptions["actions"]> = []

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
