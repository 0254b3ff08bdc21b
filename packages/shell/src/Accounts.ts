/**
 * The names of users and groups, as `/etc/passwd` and `/etc/group` give them.
 *
 * @see passwd(5)
 */
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import { attempt, type Steps } from "./Steps.js"

/** Everything a file holds, for small files; `undefined` when it cannot be read. */
export function* readSmallFile(sys: SystemCalls, path: string): Steps<string | undefined> {
  const fd = yield* attempt(sys.open(path, O_RDONLY))
  if (Errno.isErrno(fd)) return undefined
  const chunks: Array<number> = []
  const buffer = new Uint8Array(8192)
  while (true) {
    const count = yield* attempt(sys.read(fd, buffer))
    if (Errno.isErrno(count) || count === 0) break
    for (let i = 0; i < count; i++) chunks.push(buffer[i]!)
  }
  yield* attempt(sys.close(fd))
  return Bytes.decode(Uint8Array.from(chunks))
}

export interface Account {
  readonly name: string
  readonly id: number
  /** For users: their first group. */
  readonly gid: number
  readonly home: string
  readonly shell: string
  /** For groups: their members. */
  readonly members: ReadonlyArray<string>
}

export class Accounts {
  constructor(readonly users: ReadonlyArray<Account>, readonly groups: ReadonlyArray<Account>) {}

  userName(uid: number): string | undefined {
    return this.users.find((user) => user.id === uid)?.name
  }

  groupName(gid: number): string | undefined {
    return this.groups.find((group) => group.id === gid)?.name
  }

  /** A user by name or number. */
  uid(text: string): number | undefined {
    return this.users.find((user) => user.name === text)?.id ?? numeric(text)
  }

  gid(text: string): number | undefined {
    return this.groups.find((group) => group.name === text)?.id ?? numeric(text)
  }

  /** The groups that list `name` as a member. */
  groupsOf(name: string): ReadonlyArray<number> {
    return this.groups.filter((group) => group.members.includes(name)).map((group) => group.id)
  }
}

const numeric = (text: string): number | undefined => /^\+?\d+$/.test(text) ? Number(text) : undefined

const lines = (text: string | undefined): ReadonlyArray<ReadonlyArray<string>> =>
  (text ?? "").split("\n").filter((line) => line !== "" && line[0] !== "#").map((line) => line.split(":"))

/** Reads both files; names are unknown where there are none. */
export function* load(sys: SystemCalls): Steps<Accounts> {
  const passwd = lines(yield* readSmallFile(sys, "/etc/passwd"))
  const group = lines(yield* readSmallFile(sys, "/etc/group"))
  return new Accounts(
    passwd.map(([name, , uid, gid, , home, shell]) => ({
      name: name!,
      id: Number(uid),
      gid: Number(gid),
      home: home ?? "/",
      shell: shell ?? "",
      members: []
    })),
    group.map(([name, , gid, members]) => ({
      name: name!,
      id: Number(gid),
      gid: Number(gid),
      home: "",
      shell: "",
      members: (members ?? "").split(",").filter((member) => member !== "")
    }))
  )
}
