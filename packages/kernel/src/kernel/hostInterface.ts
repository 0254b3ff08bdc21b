/**
 * The host's side of a kernel: run commands, hold on to processes, open terminals, mount, look inside.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Errno from "../Errno.js"
import type { ProcessEvent } from "../process/events.js"
import * as Tracing from "../process/tracing.js"
import { callsOf } from "../process/usage.js"
import { type Event, kept, type Tracer } from "../Trace.js"
import { readFile } from "./accounts.js"
import type { HostInterface, HostRooms } from "./contract.js"
import { exec } from "./exec.js"
import { openTerminal } from "./openTerminal.js"
import { spawn } from "./spawn.js"
import * as Tree from "./tree.js"

const EVENTS_KEPT = 4096

export const hostInterface = (rooms: HostRooms): HostInterface => {
  const { processes, vfs } = rooms
  const { init, table } = processes
  return {
    exec: (command, options) => exec(rooms, command, options),
    spawn: (what, options) => spawn(rooms, what, options),
    openTerminal: (options) => openTerminal(rooms, options),
    mount: (path, backend, options) =>
      Effect.zipRight(
        Tree.makeDirectories(vfs, init, path),
        Effect.suspend(() => vfs.mount(init, path, backend, options))
      ),
    unmount: (path) => Effect.suspend(() => vfs.unmount(init, path)),
    readFile: (path) => Effect.suspend(() => readFile(vfs, init, path)),
    writeFile: (path, content, mode) => Tree.writeFile(vfs, init, path, content, mode),
    processEvents: ({ bufferSize = EVENTS_KEPT } = {}) =>
      Stream.asyncPush<ProcessEvent>((emit) =>
        Effect.acquireRelease(
          Effect.sync(() => processes.listen((event) => void emit.single(event))),
          (leave) => Effect.sync(leave)
        ), { bufferSize, strategy: "sliding" }),
    trace: (pid, { bufferSize = EVENTS_KEPT, follow = false } = {}) =>
      Stream.asyncPush<Event, Errno.Errno<"EPERM" | "ESRCH">>((emit) => {
        const tracer: Tracer = {
          follow,
          listen: (event) => void emit.single(kept(event)),
          ended: () => {
            for (const each of table.processes.values()) if (each.tracer === tracer && each.task !== undefined) return
            emit.end()
          }
        }
        return Effect.acquireRelease(
          Effect.suspend(() => Tracing.seize(table, init, pid, tracer)),
          () => Effect.sync(() => Tracing.letAllGo(table, (each) => each === tracer))
        )
      }, { bufferSize, strategy: "sliding" }),
    watch: (path, options) => vfs.watch(init, init.root, path, options),
    sockets: Effect.sync(rooms.sockets.list),
    processes: Effect.sync(() =>
      Array.from(table.processes.values(), (process) => ({
        pid: process.pid,
        ppid: process.parent?.pid ?? 0,
        pgid: process.group.id,
        sid: process.session.id,
        name: process.name,
        argv: process.argv,
        state: process.state,
        uid: process.credentials.uid,
        gid: process.credentials.gid,
        nice: process.nice,
        startTime: process.startTime,
        calls: callsOf(process),
        descriptors: Array.from(process.fds.entries()).length,
        terminal: process.session.terminal?.path
      }))
    )
  }
}
