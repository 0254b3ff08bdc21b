/**
 * A process on a terminal of its own, for whoever has a keyboard and a screen: a web page, the host's terminal.
 *
 * @see pty(7)
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Sink from "effect/Sink"
import { O_RDWR } from "../abi/OpenFlags.js"
import { SIGHUP } from "../abi/Signals.js"
import { drop } from "../Description.js"
import type * as Errno from "../Errno.js"
import { FdTable } from "../FdTable.js"
import { fromKernel } from "../Signals.js"
import { type Program, type SpawnError, Sys } from "../Sys.js"
import { find } from "./accounts.js"
import type { HostRooms, TerminalHandle, TerminalOptions } from "./contract.js"
import { awaitEnd, launch } from "./launch.js"
import { kill, writeAll } from "./spawn.js"
import { streamOf } from "./streams.js"

/** Opens the terminal as the leader of its session, so that it becomes the controlling one, and runs the command. */
const onTerminal = (path: string, file: string, argv: ReadonlyArray<string>): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const fd = yield* sys.open(path, O_RDWR)
    for (const to of [0, 1, 2]) if (to !== fd) yield* sys.dup2(fd, to)
    if (fd > 2) yield* sys.close(fd)
    return yield* sys.exec(file, argv)
  })

export const openTerminal = (
  rooms: HostRooms,
  options: TerminalOptions = {}
): Effect.Effect<TerminalHandle, SpawnError | Errno.Errno<"EINVAL" | "ENOSPC">, Scope.Scope> =>
  Effect.gen(function*() {
    const { processes: { init, killTree }, ptys, vfs } = rooms
    const account = yield* find(vfs, init, options.user ?? 0)
    const opened = Effect.map(Effect.suspend(() => ptys.open(account.credentials.uid)), (terminal) => {
      terminal.master.references++
      return terminal
    })
    const { master, path, resize } = yield* Effect.acquireRelease(opened, (terminal) =>
      Effect.suspend(() => drop(terminal.master)))
    resize({ rows: options.rows ?? 24, columns: options.columns ?? 80 })
    const [name = account.shell, ...rest] = options.command ?? [account.shell]
    // A login shell is told by the dash before its name.
    const argv = options.command === undefined ? [`-${name.slice(name.lastIndexOf("/") + 1)}`] : [name, ...rest]
    const file = name.includes("/") ? name : `/bin/${name}`
    const started = launch(
      rooms,
      onTerminal(path, file, argv),
      { ...options, env: { TERM: "xterm-256color", ...options.env } },
      new FdTable(rooms.limits.openFilesMax, rooms.processes.init.fds.descriptions)
    )
    const process = yield* Effect.acquireRelease(started, (process) =>
      Effect.sync(() => {
        rooms.signals.send(process, fromKernel(SIGHUP))
        killTree(process.origin)
      }))
    const write = (bytes: string | Uint8Array) =>
      Effect.ignore(writeAll(master, init, bytes))
    return {
      pid: process.pid,
      write,
      input: Sink.forEach(write),
      output: streamOf(master, init),
      resize: (size) => Effect.sync(() => resize(size)),
      wait: awaitEnd(process),
      kill: (signal = SIGHUP) => kill(rooms, process, signal, false)
    }
  })
