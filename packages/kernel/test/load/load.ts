/** Many processes, one after the other and at once, and many terminals: what is left of them when they are gone. */
import * as Effect from "effect/Effect"
import * as Kernel from "../../src/Kernel.js"
import * as Processes from "../../src/Processes.js"
import * as Ptys from "../../src/Ptys.js"
import { type Program, Sys } from "../../src/Sys.js"
import * as Vfs from "../../src/Vfs.js"

export interface Size {
  /** Processes that live at the same time. */
  readonly alive: number
  /** Processes that are started and waited for in a row. */
  readonly inARow: number
  /** Sessions with a terminal and a program that waits for a line. */
  readonly sessions: number
}

/** Bytes in use after what is no longer used has been collected; `undefined` where that cannot be asked for. */
export const used = (): number | undefined => {
  const collect = (globalThis as { readonly gc?: () => void }).gc
  if (collect === undefined) return undefined
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

const waits: Program = Effect.flatMap(Sys, (sys) => Effect.as(sys.nanosleep(1e15), 0))

/** Runs a program of the host to its end. */
export const run = (kernel: Kernel.HostInterface, program: Program) =>
  Effect.scoped(Effect.flatMap(kernel.spawn(program), ({ wait }) => wait))

const aliveAtOnce = (count: number): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const children: Array<number> = []
    for (let i = 0; i < count; i++) children.push(yield* sys.spawn(waits))
    for (const child of children) yield* sys.kill(child, 15)
    for (const child of children) yield* sys.wait(child)
    return 0
  })

const inARow = (count: number): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    for (let i = 0; i < count; i++) {
      const child = yield* sys.spawn(Effect.succeed(0))
      yield* sys.wait(child)
    }
    return 0
  })

const reads: Program = Effect.flatMap(Sys, (sys) => Effect.as(sys.read(0, new Uint8Array(64)), 0))

const terminals = (kernel: Kernel.HostInterface, count: number) =>
  Effect.scoped(
    Effect.forEach(Array.from({ length: count }), () =>
      Effect.flatMap(kernel.openTerminal({ command: ["reads"] }), ({ write }) => write("half a line")), {
      discard: true
    })
  )

export { reads }

interface Left {
  readonly processes: number
  readonly groups: number
  readonly sessions: number
  readonly terminals: number
  /** Bytes that a second round left besides those that the first did; `undefined` where nobody can tell. */
  readonly bytes: number | undefined
}

/** Two rounds: what is made once and kept is made in the first. */
export const load = (size: Size) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const { table } = yield* Processes.Processes
    const { files } = yield* Ptys.Ptys
    yield* Vfs.Vfs
    const round = Effect.gen(function*() {
      yield* run(kernel, aliveAtOnce(size.alive))
      yield* run(kernel, inARow(size.inARow))
      yield* terminals(kernel, size.sessions)
    })
    yield* round
    const before = used()
    yield* round
    const after = used()
    const listed = Array.from({ length: size.sessions + 1 }, (_, index) => `${index}`)
      .filter((name) => Effect.runSyncExit(files.lookup(files.root, name))._tag === "Success")
    return {
      processes: table.processes.size,
      groups: table.groups.size,
      sessions: table.sessions.size,
      terminals: listed.length,
      bytes: before === undefined || after === undefined ? undefined : after - before
    } satisfies Left
  })
