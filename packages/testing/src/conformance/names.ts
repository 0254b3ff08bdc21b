/** Names and nodes: making, finding, linking and removing. */
import * as FileMode from "@effix/kernel/abi/FileMode"
import { asks, asksOf, type Case, expect, same } from "./Case.js"

export const names: ReadonlyArray<Case> = [
  asks("the root is an empty directory", function*(disk) {
    expect(FileMode.isDirectory(disk.root.mode), "the root is no directory")
    same("its names", yield* disk.names(), [])
    same("its link count", disk.root.nlink, 2)
  }),

  asks("a name that is not there answers ENOENT", function*(disk) {
    same("the errno", yield* disk.code(disk.lookup(disk.root, "nothing")), "ENOENT")
  }),

  asks("a new file is empty, and as it was asked for", function*(disk) {
    const inode = yield* disk.make(disk.root, "file", FileMode.S_IFREG | 0o640)
    same("its mode", inode.mode, FileMode.S_IFREG | 0o640)
    same("its size, links and references", [inode.size, inode.nlink, inode.references], [0, 1, 0])
    same("its times", [inode.atime, inode.mtime, inode.ctime], [disk.now, disk.now, disk.now])
  }),

  asksOf(
    (_, { owners }) => owners !== false,
    "a new file belongs to whom it was made for, with all permission bits",
    function*(disk) {
      const inode = yield* disk.make(disk.root, "file", FileMode.S_IFREG | 0o7751, { uid: 1000, gid: 2000 })
      same("its owner", [inode.uid, inode.gid], [1000, 2000])
      same("its mode", inode.mode, FileMode.S_IFREG | 0o7751)
    }
  ),

  asks("the same file is the same object", function*(disk) {
    const inode = yield* disk.file("file")
    yield* disk.hold(inode)
    expect((yield* disk.lookup(disk.root, "file")) === inode, "looking it up answers another object")
    yield* disk.letGo(inode)
  }),

  asks("inodes have numbers of their own", function*(disk) {
    const numbers = new Set([disk.root.ino])
    for (const name of ["a", "b", "c"]) numbers.add((yield* disk.file(name)).ino)
    same("different numbers", numbers.size, 4)
  }),

  asks("a name is made once: EEXIST, and what was there stays", function*(disk) {
    const inode = yield* disk.file("name", "kept")
    same("the errno", yield* disk.code(disk.file("name")), "EEXIST")
    same("for a directory", yield* disk.code(disk.directory("name")), "EEXIST")
    expect((yield* disk.lookup(disk.root, "name")) === inode, "another file has the name")
    same("its content", yield* disk.text(inode), "kept")
  }),

  asks("a directory is linked to by its parent, itself and its children", function*(disk) {
    const parent = yield* disk.directory("parent")
    const child = yield* disk.directory("child", parent)
    same("links of the child", child.nlink, 2)
    same("links of the parent", parent.nlink, 3)
    same("links of the root", disk.root.nlink, 3)
    yield* disk.file("file", "", parent)
    same("links of the parent with a file", parent.nlink, 3)
    yield* disk.rmdir("child", child, parent)
    same("links of the parent without the child", parent.nlink, 2)
  }),

  asks("a symbolic link keeps its target as it is", function*(disk) {
    for (
      const [i, target] of ["/usr/bin", "../x/./y//", "does not exist", "a".repeat(1000), "\u00fc\u20ac"].entries()
    ) {
      const link = yield* disk.make(disk.root, `link${i}`, FileMode.S_IFLNK | 0o777, { target })
      same("the target", yield* disk.backend.readlink(link, 1), target)
      same("its size in bytes", link.size, new TextEncoder().encode(target).length)
      expect(FileMode.isSymlink(link.mode), "it is no symbolic link")
    }
  }),

  asksOf(
    (_, { special }) => special !== false,
    "FIFOs, sockets and devices keep their type and number",
    function*(disk) {
      const device = yield* disk.make(disk.root, "device", FileMode.S_IFCHR | 0o600, { rdev: 0x1_0005 })
      same("the device", [device.mode, device.rdev], [FileMode.S_IFCHR | 0o600, 0x1_0005])
      const fifo = yield* disk.make(disk.root, "fifo", FileMode.S_IFIFO | 0o644)
      same("the FIFO", fifo.mode, FileMode.S_IFIFO | 0o644)
      const socket = yield* disk.make(disk.root, "socket", FileMode.S_IFSOCK | 0o644)
      same("the socket", socket.mode, FileMode.S_IFSOCK | 0o644)
    }
  ),

  asks("a change in a directory changes its times", function*(disk) {
    const directory = yield* disk.directory("directory")
    const times = () => [directory.mtime, directory.ctime]
    const file = yield* disk.file("file", "", directory)
    same("after making a file", times(), [disk.now, disk.now])
    yield* disk.rename(directory, "file", file, directory, "renamed")
    same("after renaming it", times(), [disk.now, disk.now])
    const before = times()
    yield* disk.write(file, 0, Uint8Array.of(1))
    same("after writing to it", times(), before)
    yield* disk.unlink("renamed", file, directory)
    same("after removing it", times(), [disk.now, disk.now])
  }),

  asks("names are whatever bytes they are", function*(disk) {
    const odd = [" ", "...", "-rf", "\n", "a\tb", "a", "\u00e9", "e\u0301", "\u{1f600}", "x".repeat(255), "%2e", "\\"]
    for (const name of odd) yield* disk.file(name, "x")
    for (const name of odd) {
      same(`the content of ${JSON.stringify(name)}`, yield* disk.text(yield* disk.lookup(disk.root, name)), "x")
    }
    same("the names", [...(yield* disk.names())].sort(), [...odd].sort())
  }),

  asksOf(
    (_, { caseSensitive }) => caseSensitive !== false,
    "the same letters in another case are another name",
    function*(disk) {
      yield* disk.file("makefile")
      same("looking it up with a capital", yield* disk.code(disk.lookup(disk.root, "Makefile")), "ENOENT")
      yield* disk.file("Makefile")
      same("the names", [...(yield* disk.names())].sort(), ["Makefile", "makefile"])
    }
  ),

  asksOf((_, { anyName }) => anyName !== false, "a name that is not UTF-8 is kept", function*(disk) {
    const inode = yield* disk.file("caf\udce9")
    expect((yield* disk.lookup(disk.root, "caf\udce9")) === inode, "it is not found")
    same("the names", (yield* disk.names()).map((name) => name.charCodeAt(3)), [0xdce9])
  }),

  asks("a removed name is gone", function*(disk) {
    const inode = yield* disk.file("file", "x")
    yield* disk.hold(inode)
    yield* disk.unlink("file", inode)
    same("looking it up", yield* disk.code(disk.lookup(disk.root, "file")), "ENOENT")
    same("its links and change time", [inode.nlink, inode.ctime], [0, disk.now])
    same("the names", yield* disk.names(), [])
    yield* disk.letGo(inode)
    const again = yield* disk.file("file")
    same("a new file of that name", [again.size, again.nlink], [0, 1])
  }),

  asks("a file that is held without a name is read and written as before", function*(disk) {
    const inode = yield* disk.file("file", "still here")
    yield* disk.hold(inode)
    yield* disk.unlink("file", inode)
    same("its content", yield* disk.text(inode), "still here")
    yield* disk.write(inode, 6, Uint8Array.from([116, 104, 101, 114, 101]))
    same("its content after a write", yield* disk.text(inode), "still there")
    const other = yield* disk.file("file", "another")
    same("its content beside another of that name", yield* disk.text(inode), "still there")
    same("the other's", yield* disk.text(other), "another")
    yield* disk.letGo(inode)
  }),

  asks("a directory that is not empty stays: ENOTEMPTY", function*(disk) {
    const directory = yield* disk.directory("directory")
    const file = yield* disk.file("file", "", directory)
    same("the errno", yield* disk.code(disk.rmdir("directory", directory)), "ENOTEMPTY")
    same("the names in it", yield* disk.names(directory), ["file"])
    same("its links", directory.nlink, 2)
    yield* disk.unlink("file", file, directory)
    yield* disk.rmdir("directory", directory)
    same("looking it up", yield* disk.code(disk.lookup(disk.root, "directory")), "ENOENT")
    same("links of the root", disk.root.nlink, 2)
  }),

  asksOf(({ link }) => link !== undefined, "a second name is the same file", function*(disk) {
    const directory = yield* disk.directory("directory")
    const inode = yield* disk.file("one", "shared")
    yield* disk.hold(inode)
    yield* disk.link(inode, "two", directory)
    same("its links and change time", [inode.nlink, inode.ctime], [2, disk.now])
    expect((yield* disk.lookup(directory, "two")) === inode, "the second name is another object")
    same("an existing name", yield* disk.code(disk.link(inode, "two", directory)), "EEXIST")
    yield* disk.unlink("one", inode)
    same("its links without the first name", inode.nlink, 1)
    same("its content", yield* disk.text(yield* disk.lookup(directory, "two")), "shared")
    yield* disk.letGo(inode)
  }),

  asksOf(
    ({ createUnnamed, link }) => createUnnamed !== undefined && link !== undefined,
    "a file without a name can be given one",
    function*(disk) {
      const inode = yield* disk.backend.createUnnamed!(disk.made(FileMode.S_IFREG | 0o600))
      same("its links", inode.nlink, 0)
      yield* disk.hold(inode)
      yield* disk.write(inode, 0, Uint8Array.from([104, 105]))
      same("the names", yield* disk.names(), [])
      yield* disk.link(inode, "named")
      same("its links with a name", inode.nlink, 1)
      same("its content", yield* disk.text(yield* disk.lookup(disk.root, "named")), "hi")
      yield* disk.letGo(inode)
    }
  )
]
