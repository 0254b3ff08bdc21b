/** Renaming, over what is there and in exchange for it. */
import { asks, type Case, expect, same } from "./Case.js"

export const renaming: ReadonlyArray<Case> = [
  asks("a renamed file is the same file", function*(disk) {
    const inode = yield* disk.file("old", "content")
    yield* disk.hold(inode)
    yield* disk.rename(disk.root, "old", inode, disk.root, "new")
    same("the old name", yield* disk.code(disk.lookup(disk.root, "old")), "ENOENT")
    expect((yield* disk.lookup(disk.root, "new")) === inode, "the new name is another object")
    same("its links, change time and content", [inode.nlink, inode.ctime, yield* disk.text(inode)], [
      1,
      disk.now,
      "content"
    ])
    same("the names", yield* disk.names(), ["new"])
    yield* disk.letGo(inode)
  }),

  asks("a file moves from one directory to another", function*(disk) {
    const from = yield* disk.directory("from")
    const to = yield* disk.directory("to")
    const inode = yield* disk.file("file", "content", from)
    yield* disk.rename(from, "file", inode, to, "moved")
    same("the names", [yield* disk.names(from), yield* disk.names(to)], [[], ["moved"]])
    same("the directories' times", [from.mtime, to.mtime], [disk.now, disk.now])
    same("their links", [from.nlink, to.nlink], [2, 2])
  }),

  asks("a directory that moves takes its contents along, and its link to its parent", function*(disk) {
    const from = yield* disk.directory("from")
    const to = yield* disk.directory("to")
    const moving = yield* disk.directory("moving", from)
    yield* disk.file("inside", "content", moving)
    yield* disk.rename(from, "moving", moving, to, "moved")
    same("the links of both parents", [from.nlink, to.nlink], [2, 3])
    same("its names", yield* disk.names(yield* disk.lookup(to, "moved")), ["inside"])
  }),

  asks("a file that is replaced loses its name in the same step", function*(disk) {
    const winner = yield* disk.file("winner", "winner")
    const loser = yield* disk.file("loser", "loser")
    yield* disk.hold(loser)
    yield* disk.rename(disk.root, "winner", winner, disk.root, "loser", loser)
    same("the names", yield* disk.names(), ["loser"])
    same("what is there", yield* disk.text(yield* disk.lookup(disk.root, "loser")), "winner")
    same("links of the replaced one", loser.nlink, 0)
    same("its content, as it is held", yield* disk.text(loser), "loser")
    yield* disk.letGo(loser)
  }),

  asks("an empty directory can be replaced by another", function*(disk) {
    const winner = yield* disk.directory("winner")
    yield* disk.file("inside", "", winner)
    const loser = yield* disk.directory("loser")
    yield* disk.rename(disk.root, "winner", winner, disk.root, "loser", loser)
    same("the names", yield* disk.names(), ["loser"])
    same("its names", yield* disk.names(yield* disk.lookup(disk.root, "loser")), ["inside"])
    same("links of the root and of the replaced one", [disk.root.nlink, loser.nlink], [3, 0])
  }),

  asks("a directory that is not empty is not replaced, and nothing changes", function*(disk) {
    const winner = yield* disk.directory("winner")
    const loser = yield* disk.directory("loser")
    yield* disk.file("inside", "", loser)
    same(
      "the errno",
      yield* disk.code(disk.rename(disk.root, "winner", winner, disk.root, "loser", loser)),
      "ENOTEMPTY"
    )
    same("the names", [...(yield* disk.names())].sort(), ["loser", "winner"])
    same("links of the root", disk.root.nlink, 4)
    same("what was to be replaced", yield* disk.names(loser), ["inside"])
  }),

  asks("two names change places", function*(disk) {
    const other = yield* disk.directory("other")
    const file = yield* disk.file("one", "file")
    const directory = yield* disk.directory("two", other)
    yield* disk.file("inside", "", directory)
    const code = yield* disk.code(disk.rename(disk.root, "one", file, other, "two", directory, true))
    if (code === "EINVAL" || code === "EOPNOTSUPP") return
    same("the errno", code, undefined)
    same("the content of the file", yield* disk.text(yield* disk.lookup(other, "two")), "file")
    same("the names of the directory", yield* disk.names(yield* disk.lookup(disk.root, "one")), ["inside"])
    same("links of both parents", [disk.root.nlink, other.nlink], [4, 2])
    same("links of both", [file.nlink, directory.nlink], [1, 2])
  })
]
