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

export const tidy = (machine: Machine, outcome: Simulation.Outcome<unknown, unknown>): void => {
  if (machine.table.processes.size !== 1) {
    throw new Error(`left: ${Array.from(machine.table.processes.values(), ({ pid, state }) => `${pid} ${state}`)}`)
  }
  if (outcome.fibersLeft !== 0) throw new Error(`${outcome.fibersLeft} fibers are left`)
  if (outcome.timersLeft !== 0) throw new Error(`${outcome.timersLeft} timers are left`)
}

/** For a thousand schedules on a machine that is busy with other things. */
export const TIMEOUT = 300_000
