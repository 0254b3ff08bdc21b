/**
 * On whose behalf a program outside the kernel uses its files.
 */
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Credentials from "@effix/kernel/Credentials"
import { type Description, drop } from "@effix/kernel/Description"
import * as Errno from "@effix/kernel/Errno"
import { FdTable } from "@effix/kernel/FdTable"
import * as Processes from "@effix/kernel/Processes"
import { Process } from "@effix/kernel/ProcessTable"
import * as Vfs from "@effix/kernel/Vfs"
import * as Effect from "effect/Effect"

/** A kernel's files, and the record of a process that uses them without running in the kernel. */
export interface Caller {
  readonly vfs: Vfs.Vfs["Type"]
  readonly process: Process
}

const record = (
  { init }: Processes.Processes["Type"],
  { root }: Vfs.Vfs["Type"],
  who: Credentials.Credentials
): Process =>
  new Process(
    0,
    undefined,
    init.group,
    who,
    root,
    root,
    new FdTable(1, init.fds.descriptions),
    init.limits,
    {},
    ["host"],
    "host"
  )

/** Opens a file and holds it; give it to {@link drop} when done. */
export const open = (
  { process, vfs }: Caller,
  path: string,
  flags: number,
  mode = 0o666
): Effect.Effect<Description, Errno.Any> =>
  Effect.map(Effect.suspend(() => vfs.open(process, process.cwd, path, flags, mode)), (description) => {
    description.references++
    return description
  })

/** Uses a file while it is open. */
export const using = <A>(
  caller: Caller,
  path: string,
  flags: number,
  mode: number,
  use: (file: Description) => Effect.Effect<A, Errno.Any>
): Effect.Effect<A, Errno.Any> =>
  Effect.acquireUseRelease(open(caller, path, flags, mode), use, (file) => Effect.suspend(() => drop(file)))

/** Bytes that are read at a time where nobody says how many there are. */
const BLOCK = 65_536

/** All that there is to read, whatever a file says of its size. */
export const readAll = ({ process }: Caller, file: Description): Effect.Effect<Uint8Array, Errno.Any> =>
  Effect.gen(function*() {
    let bytes = new Uint8Array(Math.max(file.inode.size + 1, BLOCK))
    let length = 0
    for (;;) {
      if (length === bytes.length) {
        const larger = new Uint8Array(bytes.length * 2)
        larger.set(bytes)
        bytes = larger
      }
      const count = yield* file.read(bytes.subarray(length), process)
      if (count === 0) return bytes.slice(0, length)
      length += count
    }
  })

export const writeAll = (
  { process }: Caller,
  file: Description,
  bytes: Uint8Array
): Effect.Effect<void, Errno.Any> =>
  Effect.gen(function*() {
    for (let at = 0; at < bytes.length;) at += yield* file.write(bytes.subarray(at), process)
  })

const linesOf = (caller: Caller, path: string): Effect.Effect<ReadonlyArray<ReadonlyArray<string>>> =>
  using(caller, path, O_RDONLY, 0, (file) => readAll(caller, file)).pipe(
    Effect.map((bytes) => Bytes.decode(bytes).split("\n").map((line) => line.split(":"))),
    Effect.orElseSucceed(() => [])
  )

/** The ids of a user by name or number, from `/etc/passwd` and `/etc/group`. */
const find = (root: Caller, user: string | number): Effect.Effect<Credentials.Credentials, Errno.Errno<"EINVAL">> =>
  Effect.gen(function*() {
    const line = (yield* linesOf(root, "/etc/passwd")).find((fields) =>
      fields[typeof user === "number" ? 2 : 0] === `${user}`
    )
    if (line === undefined) {
      return typeof user === "number"
        ? Credentials.make(user, user)
        : yield* Errno.fail("EINVAL", { path: user, remedy: "no such user in /etc/passwd" })
    }
    const [name = "", , uid, gid] = line
    const groups = (yield* linesOf(root, "/etc/group")).filter((fields) =>
      fields[3]?.split(",").includes(name) === true
    )
    return Credentials.make(Number(uid), Number(gid), groups.map((fields) => Number(fields[2])))
  })

/** A caller of the kernel in the context. */
export const make = (
  user: string | number
): Effect.Effect<Caller, Errno.Errno<"EINVAL">, Vfs.Vfs | Processes.Processes> =>
  Effect.gen(function*() {
    const vfs = yield* Vfs.Vfs
    const processes = yield* Processes.Processes
    const root = { vfs, process: record(processes, vfs, Credentials.root) }
    return user === 0 ? root : { vfs, process: record(processes, vfs, yield* find(root, user)) }
  })
