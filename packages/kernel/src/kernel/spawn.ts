/**
 * A process that the host holds on to: pipes to its standard streams.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Sink from "effect/Sink"
import { SIGRTMAX, SIGTERM } from "../abi/Signals.js"
import * as Bytes from "../Bytes.js"
import { type Description, drop } from "../Description.js"
import * as Errno from "../Errno.js"
import { FdTable } from "../FdTable.js"
import type { Process } from "../ProcessTable.js"
import { fromKernel } from "../Signals.js"
import type { Program, SpawnError } from "../Sys.js"
import type { HostRooms, ProcessHandle, SpawnHostOptions } from "./contract.js"
import { awaitEnd, launch } from "./launch.js"
import { streamOf } from "./streams.js"

/** The host's ends are held like descriptors, so that closing them is closing them. */
const held = (description: Description): Description => {
  description.references++
  return description
}

/** Writes all of it, however little is taken at a time. */
export const writeAll = (
  to: Description,
  writer: Process,
  bytes: string | Uint8Array
): Effect.Effect<void, Errno.Errno<"EPIPE">> =>
  Effect.gen(function*() {
    const all = typeof bytes === "string" ? Bytes.encode(bytes) : bytes
    for (let at = 0; at < all.length;) at += yield* to.write(all.subarray(at), writer)
  }).pipe(Effect.mapError(() => Errno.make("EPIPE")))

/** Sends from outside; the process may have ended already. */
export const kill = (
  { processes, signals }: HostRooms,
  process: Process,
  signal: number,
  tree: boolean
): Effect.Effect<void, Errno.Errno<"EINVAL">> =>
  Effect.suspend((): Effect.Effect<void, Errno.Errno<"EINVAL">> => {
    if (!Number.isInteger(signal) || signal < 0 || signal > SIGRTMAX) return Errno.fail("EINVAL", { syscall: "kill" })
    const targets = tree
      ? Array.from(processes.table.processes.values()).filter((each) => each.origin === process.origin)
      : [process]
    signals.together(() => targets.forEach((target) => signals.send(target, fromKernel(signal))))
    return Exit.void
  })

export const spawn = (
  rooms: HostRooms,
  what: ReadonlyArray<string> | Program,
  options: SpawnHostOptions = {}
): Effect.Effect<ProcessHandle, SpawnError | Errno.Errno<"EINVAL">, Scope.Scope> =>
  Effect.gen(function*() {
    const { pipes, processes: { init, killTree } } = rooms
    const stdin = pipes.create(0, init.credentials)
    const stdout = pipes.create(0, init.credentials)
    const stderr = pipes.create(0, init.credentials)
    const fds = new FdTable(rooms.limits.openFilesMax, rooms.processes.init.fds.descriptions)
    fds.place(0, stdin.reader, false)
    fds.place(1, stdout.writer, false)
    fds.place(2, stderr.writer, false)
    const ends = [held(stdin.writer), held(stdout.reader), held(stderr.reader)]
    let stdinOpen = true
    const closeStdin = Effect.suspend(() => {
      if (!stdinOpen) return Exit.void
      stdinOpen = false
      return drop(stdin.writer)
    })
    const process = yield* Effect.acquireRelease(launch(rooms, what, options, fds), (process) =>
      Effect.suspend(() => {
        killTree(process.origin)
        return Effect.zipRight(closeStdin, Effect.zipRight(drop(ends[1]!), drop(ends[2]!)))
      }))
    const write = (bytes: string | Uint8Array) =>
      Effect.suspend(() => stdinOpen ? writeAll(stdin.writer, init, bytes) : Errno.fail("EPIPE"))
    return {
      pid: process.pid,
      write,
      stdin: Sink.ensuring(Sink.forEach(write), closeStdin),
      closeStdin,
      stdout: streamOf(stdout.reader, init),
      stderr: streamOf(stderr.reader, init),
      wait: awaitEnd(process),
      kill: (signal = SIGTERM, { tree = false } = {}) => kill(rooms, process, signal, tree)
    }
  })
