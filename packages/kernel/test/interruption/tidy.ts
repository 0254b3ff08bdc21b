/** What has to hold when all is over: nobody waits, nothing runs, nothing is held. */
import type * as Simulation from "@effix/testing/Simulation"
import type * as WaitQueue from "../../src/WaitQueue.js"
import type { Machine } from "./machine.js"

/** Nobody sleeps in these queues, and nobody was woken in them who has not run. */
export const quiet = (...queues: ReadonlyArray<WaitQueue.WaitQueue | undefined>): void => {
  for (const queue of queues) {
    if (queue?.first !== undefined) throw new Error("somebody still waits")
    if (queue !== undefined && queue.woken !== 0) throw new Error(`${queue.woken} were woken and never ran`)
  }
}

/** Everything that a kernel counts. */
const census = ({ init, ptys, rooms: { locks, sockets, vfs, watches }, table }: Machine) => {
  const { root: { dentry, mount } } = vfs
  let uses = 0
  let references = 0
  let held = 0
  for (const stack = [dentry]; stack.length > 0;) {
    const { children, inode, uses: own } = stack.pop()!
    // A name that is remembered counts where it stands.
    uses += own - (children?.size ?? 0)
    references += inode.references
    if (inode.lock === "held" || inode.lock?.held === true) held++
    for (const child of children?.values() ?? []) stack.push(child)
  }
  const terminals = ptys.files.list(ptys.files.root, 0, 1000)
  return {
    processes: table.processes.size,
    groups: table.groups.size,
    sessions: table.sessions.size,
    descriptions: init.fds.descriptions.open,
    sockets: sockets.list().length,
    locks: locks.list().length,
    watches: watches.notifier.active,
    mountUses: mount.uses,
    mountWriters: mount.writers,
    uses,
    references,
    held,
    terminals: "value" in terminals ? (terminals.value as ReadonlyArray<unknown>).length : 0,
    children: init.eldest === undefined ? 0 : 1
  }
}

type Census = ReturnType<typeof census>

/** What there is before anything has begun; asked again, whatever has grown since is a leak. */
export const leaks = (machine: Machine): () => ReadonlyArray<string> => {
  const before = census(machine)
  return () => {
    const after = census(machine)
    return (Object.keys(before) as Array<keyof Census>)
      .filter((what) => after[what] !== before[what])
      .map((what) => `${what}: ${before[what]} before, ${after[what]} now`)
  }
}

export const tidy = (machine: Machine, outcome: Simulation.Outcome<unknown, unknown>): void => {
  if (machine.table.processes.size !== 1) {
    throw new Error(`left: ${Array.from(machine.table.processes.values(), ({ pid, state }) => `${pid} ${state}`)}`)
  }
  if (outcome.fibersLeft !== 0) throw new Error(`${outcome.fibersLeft} fibers are left`)
  if (outcome.timersLeft !== 0) throw new Error(`${outcome.timersLeft} timers are left`)
}
