/**
 * How a process ends: what it held is given back, its children get another parent, and its own is told.
 *
 * @see _exit(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SIGCONT, SIGHUP } from "../abi/Signals.js"
import type { WaitStatus } from "../abi/WaitStatus.js"
import { both, isReady } from "../internal/step.js"
import type { Process, ProcessGroup, Uncommon } from "../ProcessTable.js"
import * as Signals from "../Signals.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Core } from "./Core.js"
import * as Groups from "./groups.js"
import { letAllGo } from "./tracing.js"

/** Takes a process that has ended out of every list. */
export const reap = (core: Core, child: Process): void => {
  if (core.events.heard) core.events.tell(child, { _tag: "Reaped" })
  child.state = "dead"
  child.statusUntold = false
  child.leaveParent()
  core.table.processes.delete(child.pid)
  Groups.leave(core.table, child)
  if (child.ended !== undefined) WaitQueue.wakeAll(child.ended)
}

/** Who takes in the orphans of a process: the nearest of its ancestors that wants to, else init. */
const reaperOf = (core: Core, self: Process): Process => {
  for (let each = self.parent; each !== undefined; each = each.parent) {
    if (each.uncommon?.isSubreaper === true && each.task !== undefined) return each
  }
  return core.init
}

/** A signal that a process leaves behind, for when its own parent was told of its end. */
type Farewell = () => void

/** Gives the children of a process that ends to somebody else; what they, and groups that lose their last link, are to be told. */
const orphan = (core: Core, self: Process): ReadonlyArray<Farewell> => {
  if (self.eldest === undefined) return []
  const farewells: Array<Farewell> = []
  const reaper = reaperOf(core, self)
  // One child's end may end another: so each time the eldest of those that are left.
  for (let child = self.eldest; child !== undefined; child = self.eldest) {
    core.table.adopt(reaper, child)
    const last = child.uncommon?.parentDeathSignal ?? 0
    if (last !== 0 && Signals.maySignal(self, child, last)) {
      farewells.push(() => core.signals.send(child, Signals.fromProcess(last, self)))
    }
    if (child.state === "zombie" && core.signals.notifyParent(child, child.status!)) reap(core, child)
    // The one that ends may have been its link to the rest of the session.
    if (child.group !== self.group && child.session === self.session) {
      farewells.push(() => hangUpOrphans(core, child.group))
    }
  }
  return farewells
}

/** Stopped members of an orphaned group have nobody left to continue them. */
const hangUpOrphans = (core: Core, group: ProcessGroup): void => {
  const stopped = Array.from(group.members).some((member) => member.state === "stopped")
  if (!stopped || !Signals.isOrphaned(group)) return
  core.signals.sendGroup(group, SIGHUP)
  core.signals.sendGroup(group, SIGCONT)
}

/** Lets go of where a process stands, of what it runs, and of the mounts that it saw. */
export const leave = ({ vfs }: Core, self: Process): Effect.Effect<void> => {
  const { cwd, root, text } = self
  self.text = undefined
  const run = text === undefined ? Exit.void : vfs.endText(text)
  return both(run, both(vfs.letGo(cwd), both(vfs.letGo(root), vfs.leaveMounts(self))))
}

/** It is seen to have ended. `wasLink`: its group may be orphaned by that, as it was the link to its parent's group. */
const publish = (core: Core, self: Process, status: WaitStatus, wasLink: boolean): void => {
  self.state = "zombie"
  if (core.events.heard) core.events.tell(self, { _tag: "Ended", status })
  const farewells = orphan(core, self)
  const group = self.group
  if (self.session.id === self.pid) core.sessionEnded(self.session)
  if (core.signals.notifyParent(self, status)) reap(core, self)
  // Whom this ends in turn is seen to end after it.
  for (const farewell of farewells) farewell()
  if (wasLink) hangUpOrphans(core, group)
  if (self.ended !== undefined) WaitQueue.wakeAll(self.ended)
}

/** What hardly any process has goes with it. */
const letGoOf = ({ table }: Core, { memory, tracing }: Uncommon): void => {
  memory?.clear()
  if (tracing !== undefined) letAllGo(table, (tracer) => tracing.has(tracer))
}

/** Runs in the step in which the process ended. */
export const ended = (core: Core, self: Process, status: WaitStatus): void => {
  self.task = undefined
  self.timers?.stop()
  self.timers = undefined
  if (self.uncommon !== undefined) letGoOf(core, self.uncommon)
  self.tracer?.ended?.(self.pid, status)
  const late = self.fds.closeAll()
  const released = both(late, leave(core, self))
  const wasLink = self.parent !== undefined && self.parent.group !== self.group &&
    self.parent.session === self.session
  if (isReady(released)) publish(core, self, status, wasLink)
  else core.host.fork(Effect.ensuring(released, Effect.sync(() => publish(core, self, status, wasLink))))
}
