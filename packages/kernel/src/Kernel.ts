/**
 * The rooms of the kernel, composed, booted, and given to the host.
 *
 * `Kernel.layer` is a whole machine in memory. `layerWith` says otherwise for a part: another file system, limits,
 * drivers, mounts. A room that the surrounding context provides already is taken from there. Closing the scope kills
 * every process and frees everything.
 *
 * @example
 * ```ts
 * import { Kernel, Programs, Sys } from "@effix/kernel"
 * import { Effect, Layer } from "effect"
 *
 * const hello: Programs.Main = ([, name = "world"]) =>
 *   Effect.gen(function*() {
 *     const sys = yield* Sys.Sys
 *     yield* sys.write(1, new TextEncoder().encode(`hello, ${name}\n`))
 *     return 0
 *   })
 *
 * const drivers = Layer.scopedDiscard(
 *   Effect.flatMap(Programs.Programs, (programs) => programs.register("hello", hello))
 * )
 *
 * const main = Effect.gen(function*() {
 *   const kernel = yield* Kernel.Kernel
 *   const { exitCode, stdoutText } = yield* kernel.exec(["hello", "kernel"])
 *   console.log(exitCode, stdoutText) // 0 hello, kernel
 * })
 *
 * Effect.runPromise(Effect.provide(main, Kernel.layerWith({ drivers })))
 * ```
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { SIGKILL } from "./abi/Signals.js"
import * as MemoryBackend from "./backend/MemoryBackend.js"
import * as CoarseClock from "./CoarseClock.js"
import * as BasicDevices from "./device/basic.js"
import * as Devices from "./Devices.js"
import * as Dns from "./Dns.js"
import { Entropy } from "./Entropy.js"
import * as AnonymousInode from "./event/AnonymousInode.js"
import * as Events from "./Events.js"
import * as FileSystems from "./FileSystems.js"
import * as Host from "./Host.js"
import { boot, installStub, plant } from "./kernel/boot.js"
import type { HostInterface } from "./kernel/contract.js"
import { hostInterface } from "./kernel/hostInterface.js"
import * as SystemMounts from "./kernel/systemMounts.js"
import * as KernelConfig from "./KernelConfig.js"
import * as Locks from "./Locks.js"
import { Network } from "./Network.js"
import * as Pipes from "./Pipes.js"
import { Policy } from "./Policy.js"
import * as Polls from "./Polls.js"
import * as Processes from "./Processes.js"
import * as Programs from "./Programs.js"
import * as Ptys from "./Ptys.js"
import * as Signals from "./Signals.js"
import * as Sockets from "./Sockets.js"
import { ProcessSys } from "./sys/ProcessSys.js"
import type { Rooms } from "./sys/Rooms.js"
import * as Timers from "./Timers.js"
import { attach, Trace } from "./Trace.js"
import * as Vfs from "./Vfs.js"
import { type Backend, VfsBackend } from "./VfsBackend.js"
import * as Watches from "./Watches.js"

export type {
  ExecFailure,
  ExecOptions,
  ExecResult,
  HostInterface,
  ProcessEvent,
  ProcessHandle,
  ProcessSnapshot,
  SpawnHostOptions,
  TerminalHandle,
  TerminalOptions
} from "./kernel/contract.js"
export { ExecTimeout, OutputLimit } from "./kernel/contract.js"

/**
 * The kernel as its host sees it.
 *
 * @category tags
 */
export class Kernel extends Context.Tag("@effix/kernel/Kernel")<Kernel, HostInterface>() {}

/** Every service that a composed kernel provides. */
export type Services =
  | Kernel
  | KernelConfig.KernelConfig
  | Devices.Devices
  | Dns.Dns
  | Events.Events
  | FileSystems.FileSystems
  | Host.Host
  | Locks.Locks
  | Pipes.Pipes
  | Polls.Polls
  | Processes.Processes
  | Programs.Programs
  | Ptys.Ptys
  | Signals.Signals
  | Sockets.Sockets
  | Timers.Timers
  | Vfs.Vfs
  | Watches.Watches

/** A file system to mount, and where. */
export interface MountAt {
  readonly backend: Backend
  readonly readOnly?: boolean
  readonly source?: string
}

export interface Options<EB = never, RB = never, ED = never> {
  /** Where the root file system lives; it is told the kernel's limits if it asks. Default: in memory. */
  readonly backend?: Layer.Layer<VfsBackend, EB, RB>
  readonly config?: Partial<KernelConfig.Limits>
  /** Registers programs and devices; may enter any room of the kernel, and asks for nothing else. */
  readonly drivers?: Layer.Layer<never, ED, Services>
  /** File systems by the path of their mount point, which is made if need be. */
  readonly mounts?: Readonly<Record<string, MountAt>>
  /** Files by path, with their parent directories, to be there from the beginning. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
}

/** Makes the rooms, except for those that the surrounding context has; `layers` chained would cost a boot ten times this. */
const compose = (
  options: Pick<Options, "files" | "mounts">,
  limits: KernelConfig.Limits,
  given: Backend | undefined
): Effect.Effect<Context.Context<Services>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const context = yield* Effect.context<never>()
    const clock = yield* Effect.clock
    const runtime = yield* Effect.runtime<never>()
    const scheduler = yield* Effect.withFiberRuntime<Host.Host["Type"]["scheduler"]>((fiber) =>
      Effect.succeed(fiber.currentScheduler)
    )
    const policy = Context.get(context, Policy)
    const network = Context.get(context, Network)
    const entropy = Context.get(context, Entropy)
    const decorate = Context.get(context, Trace)

    const room = <I, S>(tag: Context.Tag<I, S>, make: () => S): S =>
      Option.getOrElse(Context.getOption(context, tag), make)
    const host = room(Host.Host, () => Host.make(runtime, scheduler))
    const timers = room(Timers.Timers, () => Timers.make(clock, host))
    const now = CoarseClock.make(clock, () => timers.clocks.shift)
    const own = given === undefined ? MemoryBackend.makeWith(limits, now()) : undefined
    if (own !== undefined) yield* Effect.orDie(plant(own, limits.hostname, now()))
    const backend = given ?? own!
    const signals = room(Signals.Signals, () => Signals.make())
    const devices = room(Devices.Devices, Devices.make)
    const pipes = room(Pipes.Pipes, () => Pipes.make(limits, signals, now))
    const locks = room(Locks.Locks, () => Locks.make(limits))
    const anonymous = AnonymousInode.make(now())
    const events = room(Events.Events, () => Events.make(anonymous, timers))
    const polls = room(Polls.Polls, () => Polls.make(limits, anonymous))
    const ptys = room(Ptys.Ptys, () => Ptys.make({ limits, signals, after: timers.after, now }))
    const later = (effect: Effect.Effect<void>) => void host.fork(effect)
    const watches = room(Watches.Watches, () => Watches.make(limits, anonymous, later))
    const vfs = room(
      Vfs.Vfs,
      () => Vfs.make({ backend, limits, devices, pipes, policy, watches, now, fork: host.fork })
    )
    const programs = room(Programs.Programs, Programs.make)
    const processes = room(
      Processes.Processes,
      () => Processes.make({ limits, host, vfs, programs, signals, policy, now: timers.now })
    )

    const sockets = room(Sockets.Sockets, () => Sockets.make({ signals, timers, vfs, host, now, policy, network }))
    const dns = room(Dns.Dns, () =>
      Dns.make({ vfs, resolve: Context.get(context, Dns.Resolver), policy, now: timers.now }))
    const system = SystemMounts.make({ limits, vfs, locks, sockets, timers, entropy, processes, ptys, now })
    const fileSystems = room(FileSystems.FileSystems, () =>
      FileSystems.make(system.types))
    const rooms: Rooms = {
      limits,
      fileSystems,
      vfs,
      pipes,
      locks,
      events,
      polls,
      watches,
      processes,
      signals,
      sockets,
      dns,
      timers,
      entropy,
      booted: timers.nanoseconds()
    }
    processes.provideSys((process, image) => {
      const sys = image.sys = new ProcessSys(rooms, process, image)
      if (process.tracer !== undefined) attach(sys, process, process.tracer)
      return decorate === undefined ? sys : decorate(sys, process.pid)
    })
    processes.onSessionEnd(ptys.hangupSession)
    BasicDevices.register(devices, entropy.fill)
    Ptys.register(devices, ptys)

    // `Effect.addFinalizer` would keep this fiber's refs, and take its time to put them in place again.
    yield* Scope.addFinalizer(yield* Effect.scope, shutDown(processes, timers))
    const kernel = hostInterface({ ...rooms, host, ptys })
    const { init } = processes
    if (vfs.root.mount.superblock.backend !== own) yield* Effect.orDie(boot(vfs, init, limits.hostname))
    yield* Effect.orDie(system.mount(fileSystems))
    for (const [path, { backend: mounted, ...how }] of Object.entries(options.mounts ?? {})) {
      yield* Effect.orDie(kernel.mount(path, mounted, how))
    }
    for (const [path, content] of Object.entries(options.files ?? {})) {
      yield* Effect.orDie(kernel.writeFile(path, content))
    }
    for (const name of programs.names()) yield* installStub(vfs, init, name)
    programs.onRegister((name) => installStub(vfs, init, name))

    const services = new Map<string, unknown>()
    const provide = <I extends Services, S>(tag: Context.Tag<I, S>, service: S) => void services.set(tag.key, service)
    provide(Kernel, kernel)
    provide(KernelConfig.KernelConfig, limits)
    provide(Devices.Devices, devices)
    provide(Dns.Dns, dns)
    provide(Events.Events, events)
    provide(FileSystems.FileSystems, fileSystems)
    provide(Host.Host, host)
    provide(Locks.Locks, locks)
    provide(Pipes.Pipes, pipes)
    provide(Polls.Polls, polls)
    provide(Processes.Processes, processes)
    provide(Programs.Programs, programs)
    provide(Ptys.Ptys, ptys)
    provide(Signals.Signals, signals)
    provide(Sockets.Sockets, sockets)
    provide(Timers.Timers, timers)
    provide(Vfs.Vfs, vfs)
    provide(Watches.Watches, watches)
    // `Context.add` copies all that is there already, each time.
    return Context.unsafeMake<Services>(services)
  })

/** Kills what runs, and waits until its finalizers have. */
const shutDown = (processes: Processes.Processes["Type"], timers: Timers.Timers["Type"]): Effect.Effect<void> =>
  Effect.suspend(() => {
    const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
    for (const process of Array.from(processes.table.processes.values())) {
      if (process.task?.fiber !== undefined) fibers.push(process.task.fiber)
      process.task?.end({ _tag: "Signaled", signal: SIGKILL, coreDumped: false })
    }
    timers.close()
    return fibers.length === 0 ? Effect.void : Fiber.awaitAll(fibers)
  })

/**
 * A kernel that leaves open where files live and what the limits are.
 *
 * @category layers
 */
export const layerNoBackend: Layer.Layer<
  Exclude<Services, KernelConfig.KernelConfig>,
  never,
  KernelConfig.KernelConfig | VfsBackend
> = Layer.scopedContext(
  Effect.flatMap(
    Effect.zip(KernelConfig.KernelConfig, VfsBackend),
    ([limits, backend]) => Effect.map(compose({}, limits, backend), Context.omit(KernelConfig.KernelConfig))
  )
)

/**
 * A kernel with some of its parts chosen.
 *
 * @category layers
 */
export const layerWith = <EB = never, RB = never, ED = never>(
  options: Options<EB, RB, ED>
): Layer.Layer<Services, EB | ED, Exclude<RB, KernelConfig.KernelConfig>> => {
  const limits = KernelConfig.make(options.config)
  const { backend, drivers } = options
  const rooms: Layer.Layer<Services, EB, Exclude<RB, KernelConfig.KernelConfig>> = backend === undefined
    ? Layer.scopedContext(compose(options, limits, undefined))
    : Layer.scopedContext(Effect.flatMap(VfsBackend, (given) => compose(options, limits, given))).pipe(
      Layer.provide(backend),
      Layer.provide(Layer.succeed(KernelConfig.KernelConfig, limits))
    )
  return drivers === undefined ? rooms : Layer.provideMerge(drivers, rooms)
}

/**
 * A kernel in memory, with the default limits and without drivers.
 *
 * @category layers
 */
export const layer: Layer.Layer<Services> = layerWith({})
