import { measure } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { bootOne, machine } from "./machine.mjs"

const spawnAndWait = async (timers) => {
  const { inside, pid } = await machine()
  for (let i = 0; i < timers; i++) inside.timerTable.createTimer(pid, 1e6 + i, false, () => {})
  globalThis.gc()
  const one = async () => {
    const child = inside.spawn("nothing", [], { ppid: pid })
    await inside.waitpid(child.pid)
  }
  const run = async (count) => {
    for (let i = 0; i < count; i++) await one()
  }
  return timers === 0 ? measure(run) : measure(run, { count: 50, batches: 3 })
}

export const spawn = () => spawnAndWait(0)
export const spawnTimers = () => spawnAndWait(Sizes.timersAlive)

const killAndWait = async (which) => {
  let inside
  let pids
  const kill = (count) => {
    for (let i = 0; i < count; i++) inside.kill(pids[i], 9)
  }
  const wait = async (count) => {
    for (let i = 0; i < count; i++) await inside.waitpid(pids[i])
  }
  return measure(which === "kill" ? kill : wait, {
    count: Sizes.processesKilled,
    batches: Sizes.batchesKilled,
    prepare: async () => {
      const made = await machine()
      ;({ inside } = made)
      pids = []
      for (let i = 0; i < Sizes.processesKilled; i++) pids.push(inside.spawn("stay", [], { ppid: made.pid }).pid)
      if (which === "wait") kill(Sizes.processesKilled)
    }
  })
}

export const kill = () => killAndWait("kill")
export const wait = () => killAndWait("wait")

/** It only keeps books: nothing is scheduled. */
export const timer = async () => {
  const { inside, pid } = await machine()
  const { timerTable } = inside
  const never = () => {}
  for (let i = 0; i < Sizes.timersAlive; i++) timerTable.createTimer(pid, 1e6 + i, false, never)
  return measure((count) => {
    for (let i = 0; i < count; i++) timerTable.clearTimer(timerTable.createTimer(pid, 1e6, false, never), pid)
  })
}

export const boot = () =>
  measure(async (count) => {
    for (let i = 0; i < count; i++) await bootOne()
  })
