/**
 * Starting a process from outside: its user, directory, environment and program file.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isDirectory, X_OK } from "../abi/FileMode.js"
import { permits } from "../Credentials.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { FdTable } from "../FdTable.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { PathError, Program, SpawnError } from "../Sys.js"
import type { Viewer } from "../Vfs.js"
import * as WaitQueue from "../WaitQueue.js"
import * as Accounts from "./accounts.js"
import type { HostRooms, SpawnHostOptions } from "./contract.js"

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** The file that a name stands for: itself when it has a slash, else the first along `searched` that can run. */
function* findProgram({ vfs }: HostRooms, viewer: Viewer, name: string, searched: string) {
  if (name.includes("/")) return name
  for (const directory of searched.split(":")) {
    const path = `${directory === "" ? "." : directory}/${name}`
    const found = yield* Step.exit(vfs.find(viewer, viewer.cwd, path, true))
    if (found._tag === "Failure") continue
    const { inode } = found.value
    if (!isDirectory(inode.mode) && permits(viewer.credentials, inode, X_OK)) return path
  }
  return yield* Errno.fail("ENOENT", { syscall: "exec", path: name, remedy: `no such program along ${searched}` })
}

/** Where a process begins: in the directory that was asked for, else at home, and without a home at the root. */
const beginning = (
  { vfs }: HostRooms,
  viewer: Viewer,
  home: string,
  cwd: string | undefined
): Effect.Effect<Location, PathError> => {
  if (cwd === undefined) {
    const found = Step.exit(vfs.findDirectory(viewer, vfs.root, home))
    return Step.map(found, (exit) => exit._tag === "Success" ? exit.value : vfs.root)
  }
  return Effect.mapError(
    vfs.findDirectory(viewer, vfs.root, cwd),
    (error) => Errno.within(error, { syscall: "chdir", path: cwd })
  )
}

function* launching(
  rooms: HostRooms,
  what: ReadonlyArray<string> | Program,
  options: SpawnHostOptions,
  fds: FdTable
) {
  const { processes, vfs } = rooms
  const { init } = processes
  const { credentials, home, name, shell } = yield* Accounts.find(vfs, init, options.user ?? 0)
  const env = { PATH, HOME: home, USER: name, LOGNAME: name, SHELL: shell, ...options.env }
  const viewer = { pid: 0, credentials, root: vfs.root, cwd: vfs.root, umask: 0 }
  const cwd = yield* beginning(rooms, viewer, home, options.cwd)
  const { limits, policy, umask = 0o022 } = options
  const overrides = { credentials, cwd, fds, umask, ...(limits === undefined ? {} : { limits }) }
  const attributes = { env, session: true, ...(policy === undefined ? {} : { policy }) }
  if (Effect.isEffect(what)) {
    return yield* processes.spawn(init, what, { ...attributes, argv: ["program"] }, overrides)
  }
  const [command = ""] = what
  const path = yield* Step.run(findProgram(rooms, { ...viewer, cwd }, command, env.PATH))
  return yield* Effect.mapError(
    processes.spawn(init, path, { ...attributes, argv: what }, overrides),
    (error) => Errno.within<Errno.Code>(error, { syscall: "exec", path: command }) as SpawnError
  )
}

/** Starts a process that belongs to the host: a session of its own, below init. */
export const launch = (
  rooms: HostRooms,
  what: ReadonlyArray<string> | Program,
  options: SpawnHostOptions,
  fds: FdTable
): Effect.Effect<Process, SpawnError | Errno.Errno<"EINVAL">> =>
  Step.lazily(() => Step.run(launching(rooms, what, options, fds)))

/** What is woken when a process ends. */
export const endOf = (process: Process): WaitQueue.WaitQueue => process.ended ??= WaitQueue.make()

export const hasEnded = ({ state }: Process): boolean => state === "zombie" || state === "dead"

/** Waits, from outside, until a process has ended. */
export const awaitEnd = (process: Process): Effect.Effect<NonNullable<Process["status"]>> =>
  Effect.orDie(
    Effect.suspend(() =>
      WaitQueue.waitUntil([endOf(process)], () => hasEnded(process) ? Exit.succeed(process.status!) : undefined)
    )
  )
