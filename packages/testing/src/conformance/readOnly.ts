/** What is asked of a file system that nobody can change: it has all of {@link sample}, and keeps it. */
import * as FileMode from "@effix/kernel/abi/FileMode"
import { MS_REMOUNT } from "@effix/kernel/abi/MountFlags"
import * as OpenFlags from "@effix/kernel/abi/OpenFlags"
import type { Tree } from "@effix/kernel/backend/TreeBackend"
import type { Any } from "@effix/kernel/Errno"
import type { Inode } from "@effix/kernel/Inode"
import * as Effect from "effect/Effect"
import { asks, asksOf, bytes, type Case, type Disk, expect, same } from "./Case.js"
import { program, steps, text } from "./mounted.js"

const large = Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join("")
const many = Array.from({ length: 25 }, (_, i) => `name${i}`)

/** What has to be in it. Some of it is larger than what is read at once, or lies deeper than one look. */
export const sample: Tree = {
  "/file": { content: "content", mode: 0o640 },
  "/empty": "",
  "/large": large,
  "/run": { content: "#!/bin/sh\n", mode: 0o755 },
  "/link": { symlink: "deep/down/../down/file" },
  "/deep/down/file": "deep",
  ...Object.fromEntries(many.map((name) => [`/many/${name}`, name]))
}

const find = (disk: Disk, ...names: ReadonlyArray<string>): Effect.Effect<Inode, Any> =>
  Effect.reduce(names, disk.root, (directory, name) => disk.lookup(directory, name))

/** Everything that a change could have changed. */
const state = (disk: Disk) =>
  Effect.gen(function*() {
    const all: Array<unknown> = []
    for (const path of [[], ["file"], ["link"], ["deep"], ["deep", "down"], ["many"]]) {
      const { atime, ctime, gid, mode, mtime, nlink, size, uid } = yield* find(disk, ...path)
      all.push([path, mode, nlink, size, uid, gid, atime, mtime, ctime])
    }
    all.push(yield* disk.names(), yield* disk.text(yield* find(disk, "file")))
    return all
  })

/** A change that has to be refused, and to leave no trace. */
const refuses = (
  name: string,
  change: (disk: Disk, file: Inode, directory: Inode) => Effect.Effect<unknown, Any> | undefined
): Case =>
  asks(`refuses with EROFS: ${name}`, function*(disk) {
    const before = yield* state(disk)
    const asked = change(disk, yield* find(disk, "file"), yield* find(disk, "many"))
    if (asked !== undefined) same("the answer", yield* disk.code(asked), "EROFS")
    same("what is there afterwards", yield* state(disk), before)
  })

export const readOnly: ReadonlyArray<Case> = [
  asks("says that it is read-only", function*({ backend }) {
    yield* Effect.void
    same("readOnly", backend.readOnly, true)
  }),

  asks("has the files of the sample: type, permissions, size and bytes", function*(disk) {
    const { S_IFDIR, S_IFLNK, S_IFREG } = FileMode
    for (const [name, mode, content] of [["file", 0o640, "content"], ["run", 0o755, "#!/bin/sh\n"]] as const) {
      const inode = yield* find(disk, name)
      same(`the mode of ${name}`, inode.mode, S_IFREG | mode)
      same(`the size of ${name}`, inode.size, content.length)
      same(`the bytes of ${name}`, yield* disk.text(inode), content)
    }
    same("the bytes below directories", yield* disk.text(yield* find(disk, "deep", "down", "file")), "deep")
    same("the type of a directory", (yield* find(disk, "deep", "down")).mode & FileMode.S_IFMT, S_IFDIR)
    const link = yield* find(disk, "link")
    same("the type of a link", link.mode & FileMode.S_IFMT, S_IFLNK)
    same("the target of a link", yield* disk.backend.readlink(link, 1), "deep/down/../down/file")
    same("the bytes of an empty file", yield* disk.text(yield* find(disk, "empty")), "")
  }),

  asks("finds nothing where nothing is", function*(disk) {
    same("a missing name", yield* disk.code(disk.lookup(disk.root, "missing")), "ENOENT")
    same("a name with other letters", yield* disk.code(disk.lookup(disk.root, "FILE")), "ENOENT")
  }),

  asks("hands out the same inode while it is held", function*(disk) {
    const inode = yield* find(disk, "file")
    yield* disk.hold(inode)
    expect((yield* find(disk, "file")) === inode, "another object for the same file")
    yield* disk.letGo(inode)
  }),

  asks("reads from any offset, and nothing behind the end", function*(disk) {
    const inode = yield* find(disk, "large")
    for (const [offset, length] of [[0, 10], [65_530, 20], [100_000, 3], [large.length - 4, 100]] as const) {
      const read = String.fromCharCode(...(yield* disk.read(inode, offset, length)))
      same(`${length} bytes at ${offset}`, read, large.slice(offset, offset + length))
    }
    same("bytes at the end", (yield* disk.read(inode, large.length, 10)).length, 0)
    same("bytes behind the end", (yield* disk.read(inode, large.length + 100, 10)).length, 0)
    same("all of it", yield* disk.text(inode), large)
  }),

  asks("lists each entry once, however few at a time, and no dots", function*(disk) {
    const directory = yield* find(disk, "many")
    for (const limit of [1, 7, 25, 100]) {
      same(`the names, ${limit} at a time`, [...(yield* disk.names(directory, limit))].sort(), [...many].sort())
      expect((yield* disk.backend.list(directory, 0, limit)).length <= limit, `more than ${limit} entries`)
    }
    same("the names of the root", [...(yield* disk.names())].sort(), [
      "deep",
      "empty",
      "file",
      "large",
      "link",
      "many",
      "run"
    ])
  }),

  asks("a listing goes on behind any cursor", function*(disk) {
    const directory = yield* find(disk, "many")
    const entries = yield* disk.backend.list(directory, 0, 100)
    for (const [i, { cursor, ino, name }] of entries.entries()) {
      expect(cursor > 2, `a cursor of ${cursor}`)
      same(`the number of ${name}`, ino, (yield* disk.lookup(directory, name)).ino)
      const rest = yield* disk.backend.list(directory, cursor, 100)
      same(`the names behind ${name}`, rest.map((each) => each.name), entries.slice(i + 1).map((each) => each.name))
    }
  }),

  refuses("a new file", (disk) => disk.file("new")),
  refuses("a new directory", (disk) => disk.directory("new")),
  refuses("a second name", (disk, file) => disk.backend.link === undefined ? undefined : disk.link(file, "again")),
  refuses("taking a name away", (disk, file) => disk.unlink("file", file)),
  refuses("taking a directory away", (disk, _, directory) => disk.rmdir("many", directory)),
  refuses("another name", (disk, file) => disk.rename(disk.root, "file", file, disk.root, "moved")),
  refuses("writing", (disk, file) => disk.write(file, 0, bytes("other"))),
  refuses("cutting", (disk, file) => disk.truncate(file, 0)),
  refuses("other permissions", (disk, file) => disk.backend.change(file, { mode: 0o777, ctime: disk.tick() })),
  refuses("an extended attribute", ({ backend }, file) => backend.setAttribute?.(file, "user.a", bytes("1"))),

  asksOf(({ allocate }) => allocate !== undefined, "refuses to allocate", function*(disk) {
    const file = yield* find(disk, "file")
    const allocate = Effect.suspend(() => disk.backend.allocate!(file, "allocate", 0, 100_000))
    const code = yield* disk.code(allocate)
    expect(code === "EROFS" || code === "EOPNOTSUPP", `allocating answers ${code}`)
    same("the size", file.size, 7)
  }),

  program(
    "programs read, and are told EROFS before anything else",
    steps(function*(sys) {
      same("the file behind the link", yield* text(sys, "link"), "deep")
      const opened = (flags: number, path = "file") =>
        Effect.match(sys.open(path, flags), { onFailure: ({ _tag }) => _tag, onSuccess: () => "opened" })
      same("opening to write", yield* opened(OpenFlags.O_WRONLY), "EROFS")
      same("opening to cut", yield* opened(OpenFlags.O_RDONLY | OpenFlags.O_TRUNC), "EROFS")
      same("opening to read", yield* opened(OpenFlags.O_RDONLY), "opened")
      const made = Effect.match(sys.mkdir("new"), { onFailure: ({ _tag }) => _tag, onSuccess: () => "made" })
      same("a new directory", yield* made, "EROFS")
      const there = Effect.match(sys.mkdir("deep"), { onFailure: ({ _tag }) => _tag, onSuccess: () => "made" })
      same("one that is there", yield* there, "EEXIST")
      yield* sys.chdir("/")
      yield* sys.mount("", "/disk", "", MS_REMOUNT, "")
      same("opening to write once it is mounted anew", yield* opened(OpenFlags.O_WRONLY, "/disk/file"), "EROFS")
    })
  )
]
