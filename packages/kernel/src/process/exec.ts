/**
 * exec: a process runs something else, and keeps its number, its descriptors and its place in the family.
 *
 * @see execve(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as CapabilitySet from "../CapabilitySet.js"
import type * as Credentials from "../Credentials.js"
import { carryOn } from "../internal/compat.js"
import { andThen, both, isReady } from "../internal/step.js"
import * as Policy from "../Policy.js"
import { type Process, uncommonOf } from "../ProcessTable.js"
import * as SignalSet from "../SignalSet.js"
import type { ExecError } from "../Sys.js"
import type { Core } from "./Core.js"
import { Image } from "./Image.js"
import { start } from "./start.js"
import { keep } from "./usage.js"

/** Takes what a file lends; whoever traces it was to see no more than it could before. */
export const become = (self: Process, after: Credentials.Credentials): void => {
  const before = self.credentials
  const lent = after.euid !== before.euid || after.egid !== before.egid ||
    !CapabilitySet.isSubset(after.permitted, before.permitted)
  if (lent) self.tracer = undefined
  const secret = lent || after.euid !== after.uid || after.egid !== after.gid
  if (secret || self.uncommon !== undefined) uncommonOf(self).dumpable = secret ? 0 : 1
  self.credentials = after
}

export const exec = (
  core: Core,
  self: Process,
  path: string,
  argv: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>
): Effect.Effect<never, ExecError> => {
  const loaded = core.loader.load(self, path, argv, env)
  const replaced = andThen(loaded, (image): Effect.Effect<never> => {
    const before = self.task
    if (before === undefined) return Effect.zipRight(core.vfs.endText(image.text), Effect.interrupt)
    keep(self, before.calls)
    // What finalizers of the old image still call is counted nowhere.
    before.calls = 0
    self.argv = argv
    self.env = Policy.environment([core.policy, self.policy], self, env)
    self.name = image.name
    const left = self.text === undefined ? Exit.void : core.vfs.endText(self.text)
    self.text = image.text
    become(self, image.credentials)
    self.executed = true
    resetActions(self)
    self.timers?.forgetOwn()
    self.uncommon?.memory?.clear()
    const late = both(left, self.fds.closeForExec())
    if (!isReady(late)) core.host.fork(late)
    start(core, self, Effect.suspend(() => image.main(image.argv)))
    if (before instanceof Image) before.revoke()
    if (core.events.heard) core.events.tell(self, { _tag: "Executed", argv })
    // Handlers are gone, so what waited for one does now what it does by default.
    core.signals.setMask(self, self.signals.blocked)
    return Effect.interrupt
  })
  // Whoever ends it while its file is read leaves nothing held.
  return isReady(loaded) ? replaced : carryOn(replaced)
}

/** Handlers belong to the image that is gone, and so do flags and masks; what is ignored stays ignored. */
const resetActions = ({ signals }: Process): void => {
  for (const [signal, { disposition }] of signals.actions ?? []) {
    if (disposition === "ignore") signals.actions?.set(signal, { disposition, mask: SignalSet.empty, flags: 0 })
    else signals.actions?.delete(signal)
  }
}
