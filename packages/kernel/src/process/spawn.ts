/**
 * A new process: what it inherits, what is said instead, and what has to succeed before it runs.
 *
 * @see posix_spawn(3)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE } from "../abi/Capabilities.js"
import * as Credentials from "../Credentials.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { FdTable } from "../FdTable.js"
import { carryOn } from "../internal/compat.js"
import { andThen, both, isReady } from "../internal/step.js"
import * as Policy from "../Policy.js"
import { inheritUncommon, Process, ProcessGroup, type ResourceLimits, Session } from "../ProcessTable.js"
import * as SignalSet from "../SignalSet.js"
import type { ExecError, Program, SpawnError, SpawnOptions } from "../Sys.js"
import { apply } from "./actions.js"
import type { Core } from "./Core.js"
import { leave, reap } from "./end.js"
import { become } from "./exec.js"
import * as Groups from "./groups.js"
import * as Load from "./load.js"
import { start } from "./start.js"
import * as Tracing from "./tracing.js"

/** What a child gets instead of its parent's, when the host starts it. */
export interface Overrides {
  readonly credentials?: Credentials.Credentials
  readonly cwd?: Location
  readonly umask?: number
  readonly limits?: Partial<ResourceLimits>
  readonly fds?: FdTable
}

/** The effective ids are the real ones. @see posix_spawnattr_setflags(3) */
const resetIds = (self: Credentials.Credentials): Credentials.Credentials => ({
  ...self,
  euid: self.uid,
  egid: self.gid,
  fsuid: self.uid,
  fsgid: self.gid
})

const noOverrides: Overrides = {}
const noActions: NonNullable<SpawnOptions["actions"]> = []

const tooMany = (
  { limits, table }: Core,
  parent: Process,
  credentials: Credentials.Credentials
): Exit.Exit<void, Errno.Errno<"EAGAIN">> => {
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
const makeChild = (core: Core, parent: Process, options: SpawnOptions, overrides: Overrides, name: string): Process => {
  const argv = options.argv ?? [name]
  const child = new Process(
    core.table.nextPid(),
    parent,
    parent.group,
    overrides.credentials ?? (options.resetIds === true ? resetIds(parent.credentials) : parent.credentials),
    parent.root,
    overrides.cwd ?? parent.cwd,
    overrides.fds ?? parent.fds.copy(),
    parent.limits,
    options.env ?? parent.env,
    argv,
    Load.baseName(name)
  )
  child.hardLimits = parent.hardLimits
  if (overrides.limits !== undefined) {
    child.limits = { ...child.limits, ...overrides.limits }
    child.hardLimits = { ...child.hardLimits, ...overrides.limits }
  }
  child.fds.limit = child.limits.openFiles
  child.nice = parent.nice
  child.umask = overrides.umask ?? parent.umask
  if (parent.uncommon !== undefined) inheritUncommon(child, parent.uncommon)
  if (options.tracer !== undefined) {
    child.tracer = options.tracer
    Tracing.own(parent, options.tracer)
  }
  if (options.policy !== undefined) child.policy = Policy.narrow(parent.policy, options.policy)
  child.env = Policy.environment([core.policy, child.policy], child, child.env)
  child.startTime = core.now()
  if (parent === core.init) child.origin = child.pid
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
const enroll = (
  { table }: Core,
  parent: Process,
  child: Process,
  options: SpawnOptions
): Exit.Exit<void, Errno.Errno<"EPERM">> => {
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
const discard = (core: Core, child: Process): Effect.Effect<void> => {
  const closed = child.fds.closeAll()
  if (core.table.processes.get(child.pid) === child) reap(core, child)
  return both(closed, leave(core, child))
}

/** `text`: what it runs at first, as a child of fork(2) does. */
const hold = ({ vfs }: Core, child: Process, text: Location | undefined): Effect.Effect<void, SpawnError> => {
  if (child.mounts !== undefined) child.mounts.members++
  if (text !== undefined) {
    // It runs once more: it is held already, so nobody has to be asked.
    void vfs.startText({ inode: text.dentry.inode, mount: text.mount, place: text })
    child.text = text
  }
  const root = vfs.hold(child.root)
  const cwd = vfs.hold(child.cwd)
  return isReady(root) && isReady(cwd) ? Exit.void : Effect.zipRight(root, cwd)
}

const unshare = ({ vfs }: Core, self: Process): Effect.Effect<void, Errno.Errno<"EPERM">> =>
  Credentials.capable(self.credentials, CAP_SYS_ADMIN) ? vfs.unshareMounts(self) : Errno.fail("EPERM")

/** All that can fail or take time before a child runs, and then what it is to run. */
const prepare = (
  core: Core,
  child: Process,
  what: string | Program,
  options: SpawnOptions
): Effect.Effect<Program, SpawnError> => {
  const acted = andThen(
    hold(core, child, typeof what === "string" ? undefined : child.parent?.text),
    () =>
      options.mountNamespace === true
        ? andThen(unshare(core, child), () => apply(core.vfs, child, options.actions ?? noActions))
        : apply(core.vfs, child, options.actions ?? noActions)
  )
  // As exec(2) in the child would: after the actions, whatever they did to the directory or made on the way.
  const program = andThen(
    acted,
    (): Effect.Effect<Program, SpawnError> =>
      typeof what === "string" ? load(core, child, what, options) : Exit.succeed(what)
  )
  if (typeof what !== "string" && options.keepCloseOnExec !== false) return program
  return andThen(program, (loaded) => andThen(child.fds.closeForExec(), () => Exit.succeed(loaded)))
}

const load = (core: Core, child: Process, path: string, options: SpawnOptions): Effect.Effect<Program, ExecError> =>
  andThen(core.loader.load(child, path, child.argv, child.env), (image) => {
    if (options.argv === undefined) child.argv = image.argv
    child.text = image.text
    become(child, image.credentials)
    child.executed = true
    return Exit.succeed(Effect.suspend(() => image.main(image.argv)))
  })

export const spawn = (
  core: Core,
  parent: Process,
  what: string | Program,
  options: SpawnOptions,
  overrides: Overrides = noOverrides
): Effect.Effect<Process, SpawnError> => {
  // It would not be the outer one's any more.
  if (options.tracer !== undefined && parent.tracer?.follow === true) return Errno.fail("EPERM")
  const room = tooMany(core, parent, overrides.credentials ?? parent.credentials)
  if (room._tag === "Failure") return Exit.failCause(room.cause)
  const name = typeof what === "string" ? what : options.argv?.[0] ?? parent.name
  const child = makeChild(core, parent, options, overrides, name)
  const enrolled = enroll(core, parent, child, options)
  if (enrolled._tag === "Failure") {
    return Effect.zipRight(child.fds.closeAll(), Exit.failCause(enrolled.cause))
  }
  const launch = (program: Program): Effect.Effect<Process> => {
    // The parent may have ended meanwhile: then init would get a child that it never asked for.
    if (parent.task === undefined && parent !== core.init) {
      return Effect.zipRight(discard(core, child), Effect.interrupt)
    }
    if (core.events.heard) core.events.tell(child, { _tag: "Started", argv: child.argv })
    start(core, child, program)
    return Exit.succeed(child)
  }
  const prepared = prepare(core, child, what, options)
  if (isReady(prepared)) {
    return prepared._tag === "Success"
      ? launch(prepared.value)
      : Effect.zipRight(discard(core, child), Exit.failCause(prepared.cause))
  }
  // As after vfork(2), nothing but the end of the parent comes between.
  return carryOn(Effect.flatMap(Effect.onError(prepared, () => discard(core, child)), launch))
}
