/** Listing directories, while they change. */
import * as FileMode from "@effix/kernel/abi/FileMode"
import type { DirectoryEntry } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import { asks, type Case, type Disk, expect, same } from "./Case.js"

const many = (disk: Disk, count: number) =>
  Effect.forEach(Array.from({ length: count }, (_, i) => `name${i}`), (name) => disk.file(name))

/** The rest of a listing behind `cursor`. */
function* rest(disk: Disk, cursor: number, limit = 7) {
  const all: Array<string> = []
  for (;;) {
    const entries = yield* disk.backend.list(disk.root, cursor, limit)
    if (entries.length === 0) return all
    all.push(...entries.map(({ name }) => name))
    cursor = entries[entries.length - 1]!.cursor
  }
}

export const listing: ReadonlyArray<Case> = [
  asks("each entry is listed once, with number and type, however few at a time", function*(disk) {
    const files = yield* many(disk, 25)
    const directory = yield* disk.directory("directory")
    for (const limit of [1, 2, 7, 26, 1000]) {
      const all = [...(yield* disk.names(disk.root, limit))]
      same(`the names, ${limit} at a time`, all.sort(), [...files.map((_, i) => `name${i}`), "directory"].sort())
    }
    const entries = yield* disk.backend.list(disk.root, 0, 1000)
    for (const { ino, name, type } of entries) {
      const inode = name === "directory" ? directory : files[Number(name.slice(4))]!
      same(`the number of ${name}`, ino, inode.ino)
      expect(type === 0 || type === (inode.mode & FileMode.S_IFMT), `${name} is of type ${type}`)
    }
  }),

  asks("a listing gives no more than it is asked for, and neither . nor ..", function*(disk) {
    yield* many(disk, 10)
    for (const limit of [1, 3, 9]) {
      expect((yield* disk.backend.list(disk.root, 0, limit)).length <= limit, `more than ${limit} entries`)
    }
    const names = yield* disk.names()
    expect(!names.includes(".") && !names.includes(".."), "there are dots among the names")
  }),

  asks("cursors are above 2 and differ", function*(disk) {
    yield* many(disk, 10)
    const cursors = (yield* disk.backend.list(disk.root, 0, 100)).map(({ cursor }) => cursor)
    expect(cursors.every((cursor) => Number.isSafeInteger(cursor) && cursor > 2), `a cursor of ${cursors}`)
    same("different cursors", new Set(cursors).size, 10)
  }),

  asks("a listing goes on behind any cursor, as often as one likes", function*(disk) {
    yield* many(disk, 12)
    const entries: ReadonlyArray<DirectoryEntry> = yield* disk.backend.list(disk.root, 0, 100)
    for (const [i, { cursor }] of entries.entries()) {
      same(`the names behind entry ${i}`, yield* rest(disk, cursor), entries.slice(i + 1).map(({ name }) => name))
    }
  }),

  asks("removing what was listed loses nothing of what was not", function*(disk) {
    const files = yield* many(disk, 20)
    yield* disk.hold(disk.root)
    const first = yield* disk.backend.list(disk.root, 0, 8)
    for (const { name } of first) yield* disk.unlink(name, files[Number(name.slice(4))]!)
    const others = yield* rest(disk, first[first.length - 1]!.cursor)
    const told = [...first.map(({ name }) => name), ...others].sort()
    same("the names", told, files.map((_, i) => `name${i}`).sort())
    yield* disk.letGo(disk.root)
  }),

  asks("a directory can be emptied while it is listed", function*(disk) {
    const files = yield* many(disk, 30)
    yield* disk.hold(disk.root)
    for (let cursor = 0;;) {
      const entries = yield* disk.backend.list(disk.root, cursor, 4)
      if (entries.length === 0) break
      for (const { name } of entries) yield* disk.unlink(name, files[Number(name.slice(4))]!)
      cursor = entries[entries.length - 1]!.cursor
    }
    yield* disk.letGo(disk.root)
    same("what is left", yield* disk.names(), [])
  }),

  asks("what is added or renamed meanwhile harms nobody else", function*(disk) {
    const files = yield* many(disk, 20)
    yield* disk.hold(disk.root)
    const first = yield* disk.backend.list(disk.root, 0, 5)
    yield* disk.file("added")
    const moved = first[0]!.name
    yield* disk.rename(disk.root, moved, files[Number(moved.slice(4))]!, disk.root, "moved")
    const others = yield* rest(disk, first[first.length - 1]!.cursor)
    yield* disk.letGo(disk.root)
    const stayed = files.map((_, i) => `name${i}`).filter((name) => name !== moved)
    const told = [...first.map(({ name }) => name), ...others].filter((name) => stayed.includes(name))
    same("the names that stayed", told.sort(), stayed.sort())
  })
]
