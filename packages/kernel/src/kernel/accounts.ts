/**
 * Users by name, from `/etc/passwd` and `/etc/group`.
 *
 * @see passwd(5)
 * @see group(5)
 */
import * as Effect from "effect/Effect"
import { O_RDONLY } from "../abi/OpenFlags.js"
import * as Bytes from "../Bytes.js"
import * as Credentials from "../Credentials.js"
import { drop } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { Vfs } from "../Vfs.js"

export interface Account {
  readonly name: string
  readonly credentials: Credentials.Credentials
  readonly home: string
  readonly shell: string
}

/** The whole content of a file, for the kernel itself. */
export const readFile = (vfs: Vfs["Type"], init: Process, path: string): Effect.Effect<Uint8Array, Errno.Any> =>
  Effect.gen(function*() {
    const file = yield* vfs.open(init, vfs.root, path, O_RDONLY, 0)
    file.references++
    const chunks: Array<Uint8Array> = []
    const chunk = new Uint8Array(Math.min(Math.max(file.inode.size + 1, 4096), 1_048_576))
    for (let count = yield* file.read(chunk, init); count > 0; count = yield* file.read(chunk, init)) {
      chunks.push(chunk.slice(0, count))
    }
    yield* drop(file)
    return concat(chunks)
  })

export const concat = (chunks: ReadonlyArray<Uint8Array>): Uint8Array => {
  if (chunks.length === 1) return chunks[0]!
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

type Lines = ReadonlyArray<ReadonlyArray<string>>

/** What was read of a table, for as long as it is not written to. */
const known = new WeakMap<Inode, { readonly mtime: bigint; readonly size: number; readonly lines: Lines }>()

/** The fields of each line of a colon-separated table; an unreadable one is empty. */
function* table(vfs: Vfs["Type"], init: Process, path: string): Generator<Step.Yielded<never>, Lines, never> {
  const found = yield* Step.exit(vfs.find(init, vfs.root, path, true))
  if (found._tag === "Failure") return []
  const { inode } = found.value
  const before = known.get(inode)
  if (before !== undefined && before.mtime === inode.mtime && before.size === inode.size) return before.lines
  const read = yield* Step.exit(readFile(vfs, init, path))
  if (read._tag === "Failure") return []
  const lines = Bytes.decode(read.value).split("\n").filter((line) => line !== "").map((line) => line.split(":"))
  known.set(inode, { mtime: inode.mtime, size: inode.size, lines })
  return lines
}

function* finding(vfs: Vfs["Type"], init: Process, user: string | number) {
  const wanted = typeof user === "string" && /^\d+$/.test(user) ? Number(user) : user
  const line = (yield* Step.run(table(vfs, init, "/etc/passwd"))).find((fields) =>
    typeof wanted === "number" ? Number(fields[2]) === wanted : fields[0] === wanted
  )
  if (line === undefined) {
    if (typeof wanted === "number") {
      return { name: `${wanted}`, credentials: Credentials.make(wanted, wanted), home: "/", shell: "/bin/sh" }
    }
    return yield* Errno.fail("EINVAL", { path: wanted, remedy: "no such user in /etc/passwd" })
  }
  const [name = "", , uid, gid, , home, shell] = line
  const groups = (yield* Step.run(table(vfs, init, "/etc/group")))
    .filter((fields) => fields[3]?.split(",").includes(name) === true)
    .map((fields) => Number(fields[2]))
  return {
    name,
    credentials: Credentials.make(Number(uid), Number(gid), groups),
    home: home === undefined || home === "" ? "/" : home,
    shell: shell === undefined || shell === "" ? "/bin/sh" : shell
  }
}

/** An account by name or number. A number that no line bears is a user all the same; a name is not. */
export const find = (
  vfs: Vfs["Type"],
  init: Process,
  user: string | number
): Effect.Effect<Account, Errno.Errno<"EINVAL">> => Step.lazily(() => Step.run(finding(vfs, init, user)))
