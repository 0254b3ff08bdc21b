/** A kernel without its tree of files: the rooms alone, cheap enough to make one for each of thousands of runs. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SIGKILL } from "../../src/abi/Signals.js"
import type { WaitStatus } from "../../src/abi/WaitStatus.js"
import * as MemoryBackend from "../../src/backend/MemoryBackend.js"
import * as CoarseClock from "../../src/CoarseClock.js"
import type { Description } from "../../src/Description.js"
import * as Devices from "../../src/Devices.js"
import * as Dns from "../../src/Dns.js"
import * as AnonymousInode from "../../src/event/AnonymousInode.js"
import * as Events from "../../src/Events.js"
import * as FileSystems from "../../src/FileSystems.js"
import * as Host from "../../src/Host.js"
import type { HostInterface } from "../../src/kernel/contract.js"
import { hostInterface } from "../../src/kernel/hostInterface.js"
import * as KernelConfig from "../../src/KernelConfig.js"
import * as Locks from "../../src/Locks.js"
import * as Pipes from "../../src/Pipes.js"
import * as Polls from "../../src/Polls.js"
import * as Processes from "../../src/Processes.js"
import type { Process } from "../../src/ProcessTable.js"
import * as Programs from "../../src/Programs.js"
import * as Ptys from "../../src/Ptys.js"
import * as Signals from "../../src/Signals.js"
import * as Sockets from "../../src/Sockets.js"
import type { Program, SpawnOptions } from "../../src/Sys.js"
import { ProcessSys } from "../../src/sys/ProcessSys.js"
import type { Rooms } from "../../src/sys/Rooms.js"
import * as Timers from "../../src/Timers.js"
import { telling } from "../../src/Trace.js"
import * as Vfs from "../../src/Vfs.js"
import type { Backend } from "../../src/VfsBackend.js"
import * as WaitQueue from "../../src/WaitQueue.js"
import * as Watches from "../../src/Watches.js"

export interface Options {
  readonly limits?: Partial<KernelConfig.Limits>
  readonly backend?: Backend
  readonly resolve?: Dns.Resolve
}

export class Machine {
  readonly init: Process
  readonly table: Processes.Processes["Type"]["table"]

  constructor(
    readonly rooms: Rooms,
    readonly host: Host.Host["Type"],
    readonly programs: Programs.Programs["Type"],
    readonly ptys: Ptys.Ptys["Type"],
    readonly devices: Devices.Devices["Type"]
  ) {
    this.init = rooms.processes.init
    this.table = rooms.processes.table
  }

  /** Starts a program, with the descriptors given, as a child of `parent` or in a session of its own. */
  start(
    program: Program,
    fds: ReadonlyArray<Description> = [],
    options: SpawnOptions = {},
    parent: Process = this.init
  ): Process {
    const session = parent === this.init && options.processGroup === undefined
    const spawned = this.rooms.processes.spawn(parent, program, { session, ...options })
    const child = ready(spawned)
    fds.forEach((description, fd) => child.fds.place(fd, description, false))
    return child
  }

  send(target: Process, signal: number): void {
    this.rooms.signals.send(target, Signals.fromKernel(signal))
  }

  /** What whoever embeds the kernel sees of it. */
  get kernel(): HostInterface {
    return hostInterface({ ...this.rooms, host: this.host, ptys: this.ptys })
  }

  /** Ends every process. */
  endAll(): void {
    for (const process of Array.from(this.table.processes.values())) {
      process.task?.end({ _tag: "Signaled", signal: SIGKILL, coreDumped: false })
    }
  }

  /** Ends everything that runs, as a kernel does whose scope is closed. */
  shutDown(): void {
    this.endAll()
    this.rooms.timers.close()
  }

  pipe(): { readonly reader: Description; readonly writer: Description } {
    return this.rooms.pipes.create(0, { uid: 0, gid: 0 })
  }

  /** A new terminal: its master, and how its slave is opened. */
  terminal(): { readonly master: Description; readonly openSlave: (who: Process) => Description } {
    const { master, path } = ready(this.ptys.open(0))
    master.references++
    const inode = ready(this.ptys.files.lookup(this.ptys.files.root, path.slice("/dev/pts/".length)))
    return { master, openSlave: (who) => ready(this.devices.open(inode, 0o2, who)) }
  }
}

/** The value of an answer that is there at once. */
export const ready = <A, E>(effect: Effect.Effect<A, E>): A => {
  const exit = "_tag" in effect ? effect as Exit.Exit<A, E> : Effect.runSyncExit(effect)
  if (Exit.isFailure(exit)) throw new Error(`not a value: ${exit}`)
  return exit.value
}

/** Waits, from outside, until a process has ended. */
export const awaitEnd = (process: Process): Effect.Effect<WaitStatus> =>
  Effect.orDie(
    WaitQueue.waitUntil([process.ended ??= WaitQueue.make()], () =>
      process.state === "zombie" || process.state === "dead" ? Exit.succeed(process.status!) : undefined)
  )

export const make = (options: Options = {}): Effect.Effect<Machine> =>
  Effect.gen(function*() {
    const limits = KernelConfig.make(options.limits)
    const clock = yield* Effect.clock
    const runtime = yield* Effect.runtime<never>()
    const host = Host.make(
      runtime,
      yield* Effect.withFiberRuntime<Host.Host["Type"]["scheduler"]>((fiber) => Effect.succeed(fiber.currentScheduler))
    )
    const timers = Timers.make(clock, host)
    const now = CoarseClock.make(clock, () => timers.clocks.shift)
    const signals = Signals.make()
    const devices = Devices.make()
    const pipes = Pipes.make(limits, signals, now)
    const ptys = Ptys.make({ limits, signals, after: timers.after, now })
    const backend = options.backend ?? MemoryBackend.make({ bytesMax: 1 << 24, inodesMax: 1024, now: 0n })
    const anonymous = AnonymousInode.make(now())
    const watches = Watches.make(limits, anonymous, (effect) => void host.fork(effect))
    const vfs = Vfs.make({ backend, limits, devices, pipes, policy: undefined, watches, now, fork: host.fork })
    const programs = Programs.make()
    // Every call goes through the loop of its fiber, where it can be interrupted.
    const stepwise = { ...host, callsPerTurn: 0 }
    const processes = Processes.make({
      limits,
      host: stepwise,
      vfs,
      programs,
      signals,
      policy: undefined,
      now: timers.now
    })
    const entropy = { fill: (into: Uint8Array) => into.fill(0) }
    const fileSystems = FileSystems.make()
    const sockets = Sockets.make({ signals, timers, vfs, host, now })
    const locks = Locks.make(limits)
    const rooms: Rooms = {
      limits,
      fileSystems,
      vfs,
      pipes,
      locks,
      events: Events.make(anonymous, timers),
      polls: Polls.make(limits, anonymous),
      watches,
      processes,
      signals,
      sockets,
      dns: Dns.make({ vfs, resolve: options.resolve, now: timers.now }),
      timers,
      entropy,
      booted: timers.nanoseconds()
    }
    processes.provideSys((process, image) => {
      const own = new ProcessSys(rooms, process, image)
      return process.tracer === undefined ? own : telling(process.tracer.listen)(own, process.pid)
    })
    processes.onSessionEnd(ptys.hangupSession)
    Ptys.register(devices, ptys)
    return new Machine(rooms, host, programs, ptys, devices)
  })
