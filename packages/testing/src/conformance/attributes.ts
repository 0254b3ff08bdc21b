/** Attributes, extended attributes and what statfs tells. */
import * as FileMode from "@effix/kernel/abi/FileMode"
import type { Inode } from "@effix/kernel/Inode"
import { asks, asksOf, bytes, type Case, expect, same } from "./Case.js"

const fields = ({ atime, ctime, gid, mode, mtime, nlink, size, uid }: Inode) => ({
  mode,
  uid,
  gid,
  nlink,
  size,
  atime,
  mtime,
  ctime
})

export const attributes: ReadonlyArray<Case> = [
  asks("times change one at a time", function*(disk) {
    const inode = yield* disk.file("file", "x")
    for (const name of ["atime", "mtime", "ctime"] as const) {
      const before = fields(inode)
      yield* disk.backend.change(inode, { [name]: 1_234_000_000_000n })
      same("the fields", fields(inode), { ...before, [name]: 1_234_000_000_000n })
    }
  }),

  asksOf((_, { owners }) => owners !== false, "owner, group and permissions change one at a time", function*(disk) {
    const inode = yield* disk.file("file", "x")
    let before = fields(inode)
    yield* disk.backend.change(inode, { uid: 1000 })
    same("after a change of owner", fields(inode), { ...before, uid: 1000 })
    before = fields(inode)
    yield* disk.backend.change(inode, { gid: 2000 })
    same("after a change of group", fields(inode), { ...before, gid: 2000 })
    before = fields(inode)
    yield* disk.backend.change(inode, { mode: 0o4711 })
    same("after a change of mode", fields(inode), { ...before, mode: FileMode.S_IFREG | 0o4711 })
  }),

  asks("the type of a file never changes", function*(disk) {
    const directory = yield* disk.directory("directory")
    yield* disk.backend.change(directory, { mode: 0o700 })
    same("its mode", directory.mode, FileMode.S_IFDIR | 0o700)
  }),

  asks("several attributes change together", function*(disk) {
    const inode = yield* disk.file("file", "x")
    const before = fields(inode)
    yield* disk.backend.change(inode, { mode: 0o600, mtime: 5_000_000_000n, ctime: 6_000_000_000n })
    same("the fields", fields(inode), {
      ...before,
      mode: FileMode.S_IFREG | 0o600,
      mtime: 5_000_000_000n,
      ctime: 6_000_000_000n
    })
  }),

  asksOf(
    ({ setAttribute }) => setAttribute !== undefined,
    "extended attributes are kept, copied, listed and removed",
    function*(disk) {
      const { backend } = disk
      const inode = yield* disk.file("file", "x")
      if ((yield* disk.code(backend.setAttribute!(inode, "user.one", bytes("1")))) === "EOPNOTSUPP") return
      const mine = bytes("two")
      yield* backend.setAttribute!(inode, "user.two", mine)
      mine.fill(0)
      same("the names", [...(yield* backend.listAttributes!(inode))].sort(), ["user.one", "user.two"])
      same("a value", [...(yield* backend.getAttribute!(inode, "user.two"))], [...bytes("two")])
      yield* backend.setAttribute!(inode, "user.two", undefined)
      same("a removed one", yield* disk.code(backend.getAttribute!(inode, "user.two")), "ENODATA")
      same("removing it again", yield* disk.code(backend.setAttribute!(inode, "user.two", undefined)), "ENODATA")
      same("the names that are left", yield* backend.listAttributes!(inode), ["user.one"])
    }
  ),

  asks("statfs tells sizes that can be", function*(disk) {
    const { bavail, bfree, blocks, bsize, ffree, files, namelen } = yield* disk.backend.statfs()
    expect(bsize > 0 && Number.isInteger(bsize), `a block of ${bsize} bytes`)
    expect(blocks >= bfree && bfree >= bavail && bavail >= 0, `${bavail} of ${bfree} of ${blocks} blocks`)
    expect(files >= ffree && ffree >= 0, `${ffree} of ${files} inodes`)
    expect(namelen >= 14, `names of ${namelen} bytes`)
  })
]
