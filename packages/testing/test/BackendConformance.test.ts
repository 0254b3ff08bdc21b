/** The kit itself: what is sound passes, at once or late, and whatever is broken is caught. */
import { describe, expect, it } from "@effect/vitest"
import * as MemoryBackend from "@effix/kernel/backend/MemoryBackend"
import * as ReadOnlyBackend from "@effix/kernel/backend/ReadOnlyBackend"
import * as TreeBackend from "@effix/kernel/backend/TreeBackend"
import * as Errno from "@effix/kernel/Errno"
import type { Inode } from "@effix/kernel/Inode"
import type { Backend, Changes, DirectoryEntry } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as BackendConformance from "../src/BackendConformance.js"
import * as FaultyBackend from "../src/FaultyBackend.js"

const memory = () => MemoryBackend.make({ bytesMax: 2 ** 31, inodesMax: 10_000, now: 0n })

BackendConformance.suite("in memory", memory, { describe, it })
BackendConformance.suite("a tree of values", () => TreeBackend.make({}), { describe, it })
BackendConformance.suite("in memory, answering late", () => FaultyBackend.delayed(memory(), 2), { describe, it })

const readOnly = Effect.map(TreeBackend.make(BackendConformance.sample), ReadOnlyBackend.make)
BackendConformance.readOnlySuite("a tree that nobody can change", () => readOnly, { describe, it })
BackendConformance.readOnlySuite(
  "a tree that nobody can change, answering late",
  () => Effect.map(readOnly, (backend) => FaultyBackend.delayed(backend)),
  { describe, it }
)

type Call = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, Errno.Any>

/** A sound backend, but for one method. */
const broken = (
  method: FaultyBackend.Method,
  how: (call: Call, args: ReadonlyArray<unknown>, backend: Backend) => Effect.Effect<unknown, Errno.Any>
) =>
(): Backend => {
  const backend = memory() as Backend
  const through = (called: FaultyBackend.Method, call: Call, args: ReadonlyArray<unknown>) =>
    called === method ? how(call, args, backend) : call(...args)
  return FaultyBackend.intercept(backend, through as FaultyBackend.Interceptor)
}

/** Does as it should, and then some harm. */
const then = (method: FaultyBackend.Method, harm: (args: ReadonlyArray<never>, answer: never) => void) =>
  broken(
    method,
    (call, args) => Effect.tap(call(...args), (answer) => Effect.sync(() => harm(args as never, answer as never)))
  )

const ways: Readonly<Record<string, () => Backend>> = {
  "answers a copy of the inode": broken(
    "lookup",
    (call, args) => Effect.map(call(...args), (inode) => Object.assign(Object.create(inode as Inode) as Inode, {}))
  ),
  "finds names without regard to case": broken(
    "lookup",
    (call, [directory, name]) =>
      Effect.catchAll(call(directory, name), () => call(directory, (name as string).toLowerCase()))
  ),
  "makes files that all may read": then("create", (_, inode: Inode) => {
    inode.mode |= 0o044
  }),
  "forgets who owns a new file": then("create", (_, inode: Inode) => {
    inode.uid = 0
  }),
  "makes a name that exists": broken(
    "create",
    (call, args, backend) =>
      Effect.catchTag(call(...args), "EEXIST", () => backend.lookup(args[0] as Inode, args[1] as string))
  ),
  "does not count the links of directories": then("create", ([directory]: ReadonlyArray<Inode>) => {
    directory!.nlink = 2
  }),
  "leaves a directory's times alone": broken("create", (call, args) => {
    const directory = args[0] as Inode
    const { ctime, mtime } = directory
    return Effect.tap(call(...args), () => Effect.sync(() => Object.assign(directory, { mtime, ctime })))
  }),
  "does not count a second name": then("link", ([inode]: ReadonlyArray<Inode>) => {
    inode!.nlink--
  }),
  "keeps the links of a removed file": then("unlink", ([, , inode]: ReadonlyArray<Inode>) => {
    inode!.nlink++
  }),
  "frees a file that is still open": then("unlink", ([, , inode]: ReadonlyArray<Inode>) => {
    inode!.size = 0
  }),
  "removes directories with all that is in them": broken(
    "rmdir",
    (call, args, backend) =>
      Effect.catchTag(
        call(...args),
        "ENOTEMPTY",
        () => backend.unlink(args[0] as Inode, args[1] as string, args[2] as Inode, args[3] as bigint)
      )
  ),
  "keeps the old name": broken("rename", (_, args, backend) => {
    const [, , inode, to, newName, , , now] = args as readonly [
      Inode,
      string,
      Inode,
      Inode,
      string,
      unknown,
      unknown,
      bigint
    ]
    return backend.link!(inode, to, newName, now)
  }),
  "counts a replaced file as named": then("rename", (args: ReadonlyArray<Inode>) => {
    if (args[5] !== undefined) args[5].nlink++
  }),
  "replaces instead of exchanging": broken("rename", (call, args) => call(...args.slice(0, 6), false, args[7])),
  "reads a byte too few": broken(
    "read",
    (call, [inode, offset, into]) =>
      call(inode, offset, (into as Uint8Array).subarray(0, Math.max(1, (into as Uint8Array).length - 1)))
  ),
  "says that the buffer is always full": broken(
    "read",
    (call, args) => Effect.as(call(...args), (args[2] as Uint8Array).length)
  ),
  "writes where it likes": broken(
    "write",
    (call, [inode, , from, now]) => call(inode, (inode as Inode).size, from, now)
  ),
  "does not tell that a file was modified": broken("write", (call, args) => {
    const inode = args[0] as Inode
    const { mtime } = inode
    return Effect.tap(call(...args), () => Effect.sync(() => (inode.mtime = mtime)))
  }),
  "knows offsets of 32 bits": broken(
    "write",
    (call, [inode, offset, from, now]) => call(inode, (offset as number) % 2 ** 32, from, now)
  ),
  "shows again what was cut off": broken(
    "truncate",
    (_, [inode, size]) => Effect.sync(() => ((inode as Inode).size = size as number))
  ),
  "grows files but never cuts them": broken(
    "truncate",
    (call, args) => (args[1] as number) < (args[0] as Inode).size ? Effect.void : call(...args)
  ),
  "lists more than it is asked for": broken("list", (call, [directory, cursor]) => call(directory, cursor, 1000)),
  "lists the dots": broken(
    "list",
    (call, args) =>
      Effect.map(call(...args), (entries) =>
        args[1] === 0
          ? [{ name: ".", ino: 1, type: 0, cursor: 3 }, ...entries as ReadonlyArray<DirectoryEntry>]
          : entries)
  ),
  "counts entries for a cursor": broken(
    "list",
    (_, [directory, cursor, limit], backend) =>
      Effect.map(backend.list(directory as Inode, 0, 10_000), (entries) => {
        const from = Math.max(0, (cursor as number) - 3)
        return entries.slice(from, from + (limit as number)).map((entry, i) => ({ ...entry, cursor: from + i + 4 }))
      })
  ),
  "changes more than it is asked to": broken(
    "change",
    (call, [inode, changes]) => call(inode, { atime: 0n, ...changes as Changes })
  ),
  "loses the type when the mode changes": then("change", (args: ReadonlyArray<Inode>) => {
    args[0]!.mode &= 0o7777
  }),
  "tidies up the targets of links": broken(
    "readlink",
    (call, args) => Effect.map(call(...args), (target) => (target as string).replace(/\/+$/, ""))
  )
}

describe("backends that are broken on purpose", () => {
  it("there are more than twenty", () => {
    expect(Object.keys(ways).length).toBeGreaterThan(20)
  })

  for (const [name, make] of Object.entries(ways)) {
    it.effect(`caught: one that ${name}`, () =>
      Effect.gen(function*() {
        const found = yield* BackendConformance.check(make)
        expect(found.length, "no case noticed").toBeGreaterThan(0)
      }), 60_000)
  }
})

/** One that nobody can change, but for what one method does. */
const leaky = (
  method: FaultyBackend.Method,
  how: (call: Call, args: ReadonlyArray<unknown>) => Effect.Effect<unknown, Errno.Any>
) =>
() =>
  Effect.map(readOnly, (backend) => {
    const through = (called: FaultyBackend.Method, call: Call, args: ReadonlyArray<unknown>) =>
      called === method ? how(call, args) : call(...args)
    return FaultyBackend.intercept(backend, through as FaultyBackend.Interceptor)
  })

const accepts = (method: FaultyBackend.Method) => leaky(method, () => Effect.void)

const leaks: Readonly<Record<string, ReturnType<typeof leaky>>> = {
  "takes what is written for stored": accepts("write"),
  "takes a name for gone": accepts("unlink"),
  "takes a directory for gone": accepts("rmdir"),
  "takes a file for cut": accepts("truncate"),
  "takes permissions for changed": accepts("change"),
  "takes a file for renamed": accepts("rename"),
  "answers EPERM": leaky("create", () => Errno.fail("EPERM")),
  "cuts a file and then refuses": leaky("truncate", (call, args) => {
    ;(args[0] as Inode).size = args[1] as number
    return call(...args)
  }),
  "reads a byte too few": leaky(
    "read",
    (call, [inode, offset, into]) =>
      call(inode, offset, (into as Uint8Array).subarray(0, Math.max(1, (into as Uint8Array).length - 1)))
  ),
  "lists more than it is asked for": leaky("list", (call, [directory, cursor]) => call(directory, cursor, 1000)),
  "tidies up the targets of links": leaky("readlink", () => Effect.succeed("deep/down/file")),
  "answers a copy of the inode": leaky(
    "lookup",
    (call, args) => Effect.map(call(...args), (inode) => Object.assign(Object.create(inode as Inode) as Inode, {}))
  )
}

describe("backends that should not change, and are broken on purpose", () => {
  for (const [name, make] of Object.entries(leaks)) {
    it.effect(`caught: one that ${name}`, () =>
      Effect.gen(function*() {
        const found = yield* BackendConformance.checkReadOnly(make)
        expect(found.length, "no case noticed").toBeGreaterThan(0)
      }))
  }
})
