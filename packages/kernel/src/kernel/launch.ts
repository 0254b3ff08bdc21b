/**
 * Starting a process from outside: its user, directory, environment and program file.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isDirectory, X_OK } from "../abi/FileMode.js"
import { permits } from "../Credentials.js"
import * as Errno from "../Errno.js"
import type { FdTable } from "../FdTable.js"
import type { Process } from "../ProcessTable.js"
import type { PathError, Program, SpawnError } from "../Sys.js"
import type { Viewer } from "../Vfs.js"
import * as WaitQueue from "../WaitQueue.js"
import * as Accounts from "./accounts.js"
import type { HostRooms, SpawnHostOptions } from "./contract.js"

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** The file that a name stands for: itself when it has a slash, else the first along PATH that can run. */
const findProgram = (
  { vfs }: HostRooms,
  viewer: Viewer,
  name: string,
  searched: string
): Effect.Effect<string, PathError> =>
  Effect.gen(function*() {
    if (name.includes("/")) return name
    for (const directory of searched.split(":")) {
      const path = `${directory === "" ? "." : directory}/${name}`
      const found = yield* Effect.exit(vfs.find(viewer, viewer.cwd, path, true))
      if (found._tag === "Failure") continue
      const { inode } = found.value
      if (!isDirectory(inode.mode) && permits(viewer.credentials, inode, X_OK)) return path
    }
    return yield* Errno.fail("ENOENT", { syscall: "exec", path: name, remedy: `no such program along ${searched}` })
  })

/** Starts a process that belongs to the host: a session of its own, below init. */
export const launch = (
  rooms: HostRooms,
  what: ReadonlyArray<string> | Program,
  options: SpawnHostOptions,
  fds: FdTable
): Effect.Effect<Process, SpawnError | Errno.Errno<"EINVAL">> =>
  Effect.gen(function*() {
    const { processes, vfs } = rooms
    const { init } = processes
    const account = yield* Accounts.find(vfs, init, options.user ?? 0)
    const { credentials } = account
    const env = {
      PATH,
      HOME: account.home,
      USER: account.name,
      LOGNAME: account.name,
      SHELL: account.shell,
      ...options.env
    }
    const viewer = { pid: 0, credentials, root: vfs.root, cwd: vfs.root, umask: 0 }
    const cwd = yield* options.cwd === undefined
      ? Effect.orElseSucceed(vfs.findDirectory(viewer, vfs.root, account.home), () => vfs.root)
      : Effect.mapError(vfs.findDirectory(viewer, vfs.root, options.cwd), (error) =>
        Errno.within(error, { syscall: "chdir", path: options.cwd! }))
    const overrides = {
      credentials,
      cwd,
      fds,
      umask: options.umask ?? 0o022,
      ...(options.limits === undefined ? {} : { limits: options.limits })
    }
    const { policy } = options
    const attributes = { env, session: true, ...(policy === undefined ? {} : { policy }) }
    if (Effect.isEffect(what)) {
      return yield* processes.spawn(init, what, { ...attributes, argv: ["program"] }, overrides)
    }
    const [name = ""] = what
    const path = yield* findProgram(rooms, { ...viewer, cwd }, name, env.PATH)
    return yield* Effect.mapError(
      processes.spawn(init, path, { ...attributes, argv: what }, overrides),
      (error): SpawnError =>
        Errno.within<Errno.Code>(error, { syscall: "exec", path: name }) as SpawnError
    )
  })

/** Waits, from outside, until a process has ended. */
export const awaitEnd = (process: Process): Effect.Effect<NonNullable<Process["status"]>> =>
  Effect.orDie(
    Effect.suspend(() =>
      WaitQueue.waitUntil([process.ended ??= WaitQueue.make()], () =>
        process.state === "zombie" || process.state === "dead" ? Exit.succeed(process.status!) : undefined)
    )
  )
