import { Effect, Kernel, Layer, Programs, Sys, Timers } from "../../dist/effix.js"
import { measure } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { inProcess, measured } from "./machine.mjs"

const SIGKILL = 9
const SIGUSR1 = 10
const P_ALL = 0
const WEXITED = 4

const registered = {
  drivers: Layer.scopedDiscard(
    Effect.flatMap(Programs.Programs, (programs) => programs.register("nothing", () => Effect.succeed(0)))
  )
}

const withTimers = {
  drivers: Layer.mergeAll(
    registered.drivers,
    Layer.effectDiscard(Effect.map(Timers.Timers, (timers) => {
      for (let i = 0; i < Sizes.timersAlive; i++) timers.after(1e6 + i, () => {})
    }))
  )
}

const spawnAndWait = (options) =>
  inProcess((sys) => {
    // A heap that is being marked because it has just grown keeps for good what else is made meanwhile.
    globalThis.gc()
    return measured((count) =>
      Effect.gen(function*() {
        for (let i = 0; i < count; i++) yield* sys.wait(yield* sys.spawn("/bin/nothing"))
      })
    )
  }, options)

export const spawn = () => spawnAndWait(registered)
export const spawnTimers = () => spawnAndWait(withTimers)

/** Children that sleep, each in a read from a pipe. */
const sleepers = (sys) =>
  Effect.gen(function*() {
    const [reader, writer] = yield* sys.pipe()
    const asleep = Effect.flatMap(Sys.Sys, (child) => Effect.as(child.read(reader, new Uint8Array(1)), 0))
    const pids = []
    for (let i = 0; i < Sizes.processesKilled; i++) pids.push(yield* sys.spawn(asleep))
    yield* sys.schedYield()
    return { pids, close: Effect.zipRight(sys.close(reader), sys.close(writer)) }
  })

const killAndWait = (which) =>
  inProcess((sys) => {
    let children
    const kill = () =>
      Effect.gen(function*() {
        for (const pid of children.pids) yield* sys.kill(pid, SIGKILL)
      })
    const wait = () =>
      Effect.gen(function*() {
        for (const pid of children.pids) {
          if (which === "fanIn") yield* sys.waitid(P_ALL, 0, WEXITED)
          else yield* sys.wait(pid)
        }
      })
    return measured(which === "kill" ? kill : wait, {
      count: Sizes.processesKilled,
      batches: Sizes.batchesKilled,
      prepare: () =>
        Effect.gen(function*() {
          if (children !== undefined) {
            if (which === "kill") yield* wait()
            yield* children.close
          }
          children = yield* sleepers(sys)
          if (which !== "kill") yield* kill()
        })
    })
  })

export const kill = () => killAndWait("kill")
export const wait = () => killAndWait("wait")

/** In the order in which they came, whichever ended first. */
export const fanIn = () => killAndWait("fanIn")

export const signal = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const pid = yield* sys.getpid()
      let handled = 0
      yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.sync(() => void handled++) })
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) yield* sys.kill(pid, SIGUSR1)
        })
      )
    })
  )

export const timer = () =>
  Effect.runPromise(Effect.provide(
    Effect.flatMap(Timers.Timers, (timers) => {
      const never = () => {}
      return measured((count) =>
        Effect.sync(() => {
          for (let i = 0; i < count; i++) timers.after(1e6 + i % 1000, never)()
        })
      )
    }),
    Kernel.layerWith(withTimers)
  ))

export const boot = () => {
  const once = Effect.scoped(Layer.build(Kernel.layer))
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await Effect.runPromise(once)
  })
}
