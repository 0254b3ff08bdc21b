/** Contents: reading, writing, lengths and holes. */
import * as Bytes from "@effix/kernel/Bytes"
import { asks, asksOf, bytes, type Case, expect, same } from "./Case.js"

const GIB = 2 ** 30

/** Bytes that differ from place to place, also at page borders. */
const pattern = (length: number, from = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => ((from + i) * 31 + ((from + i) >> 8)) & 0xff)

export const contents: ReadonlyArray<Case> = [
  asks("what was written is read", function*(disk) {
    const inode = yield* disk.file("file")
    same("the bytes taken", yield* disk.write(inode, 0, bytes("hello")), 5)
    same("its size", inode.size, 5)
    same("its content", yield* disk.text(inode), "hello")
  }),

  asks("a write changes the times of modification and change", function*(disk) {
    const inode = yield* disk.file("file")
    const { atime } = inode
    yield* disk.write(inode, 0, bytes("x"))
    same("after a write", [inode.atime, inode.mtime, inode.ctime], [atime, disk.now, disk.now])
    yield* disk.truncate(inode, 0)
    same("after a truncation", [inode.mtime, inode.ctime], [disk.now, disk.now])
    const { mtime } = inode
    yield* disk.read(inode, 0, 10)
    same("after reading", inode.mtime, mtime)
  }),

  asks("reading ends at the end, and leaves the rest of the buffer alone", function*(disk) {
    const inode = yield* disk.file("file", "0123456789")
    const into = new Uint8Array(8).fill(7)
    same("bytes before the end", yield* disk.backend.read(inode, 7, into), 3)
    same("the buffer", [...into], [55, 56, 57, 7, 7, 7, 7, 7])
    same("bytes at the end", yield* disk.backend.read(inode, 10, into), 0)
    same("bytes behind it", yield* disk.backend.read(inode, 1000, into), 0)
    same("no bytes", yield* disk.backend.read(inode, 0, new Uint8Array(0)), 0)
  }),

  asks("a write changes what it covers and nothing else", function*(disk) {
    const inode = yield* disk.file("file", "0123456789")
    yield* disk.write(inode, 3, bytes("abc"))
    same("its content", yield* disk.text(inode), "012abc6789")
    same("its size", inode.size, 10)
    yield* disk.write(inode, 8, bytes("xyz"))
    same("its content when it grew", yield* disk.text(inode), "012abc67xyz")
  }),

  asks("the buffer of a write belongs to its caller", function*(disk) {
    const inode = yield* disk.file("file")
    const small = bytes("mine")
    const large = pattern(70_000)
    yield* disk.write(inode, 0, small)
    yield* disk.write(inode, 4, large)
    small.fill(0)
    large.fill(0)
    same("its content", String.fromCharCode(...(yield* disk.read(inode, 0, 4))), "mine")
    expect(Bytes.equal(yield* disk.read(inode, 4, 70_000), pattern(70_000)), "a large write is seen to change")
  }),

  asks("files of many pages", function*(disk) {
    const inode = yield* disk.file("file")
    const whole = pattern(300_000)
    for (let at = 0; at < whole.length; at += 7777) yield* disk.write(inode, at, whole.subarray(at, at + 7777))
    same("its size", inode.size, whole.length)
    expect(Bytes.equal(yield* disk.read(inode, 0, whole.length), whole), "its content is not what was written")
    for (const at of [4090, 65_530, 131_071, 262_143]) {
      expect(
        Bytes.equal(yield* disk.read(inode, at, 20), whole.subarray(at, at + 20)),
        `what lies at ${at} is something else`
      )
    }
    yield* disk.write(inode, 65_500, pattern(100, 5))
    expect(
      Bytes.equal(
        yield* disk.read(inode, 65_490, 120),
        Uint8Array.from([
          ...whole.subarray(65_490, 65_500),
          ...pattern(100, 5),
          ...whole.subarray(65_600, 65_610)
        ])
      ),
      "a write over the border of a page went wrong"
    )
  }),

  asks("two files do not share their bytes", function*(disk) {
    const one = yield* disk.file("one", "first")
    const two = yield* disk.file("two", "second")
    yield* disk.write(one, 0, bytes("F"))
    same("the contents", [yield* disk.text(one), yield* disk.text(two)], ["First", "second"])
  }),

  asks("what lies between the end and a write is zeros", function*(disk) {
    const inode = yield* disk.file("file", "ab")
    yield* disk.write(inode, 6, bytes("z"))
    same("its content", yield* disk.text(inode), "ab\0\0\0\0z")
    yield* disk.write(inode, 200_000, bytes("end"))
    const hole = yield* disk.read(inode, 7, 199_993)
    expect(hole.length === 199_993 && hole.every((byte) => byte === 0), "the hole is not zeros")
  }),

  asks("cutting and growing a file leaves zeros", function*(disk) {
    const inode = yield* disk.file("file", "0123456789")
    yield* disk.truncate(inode, 4)
    same("its size and content", [inode.size, yield* disk.text(inode)], [4, "0123"])
    yield* disk.truncate(inode, 8)
    same("when grown again", [inode.size, yield* disk.text(inode)], [8, "0123\0\0\0\0"])
    yield* disk.truncate(inode, 8)
    same("when nothing changes", yield* disk.text(inode), "0123\0\0\0\0")
    yield* disk.truncate(inode, 0)
    same("when empty", [inode.size, yield* disk.text(inode)], [0, ""])
  }),

  asks("cutting and growing within pages leaves zeros", function*(disk) {
    const inode = yield* disk.file("file")
    yield* disk.write(inode, 0, pattern(200_000))
    yield* disk.truncate(inode, 70_001)
    yield* disk.write(inode, 150_000, bytes("x"))
    const gap = yield* disk.read(inode, 70_001, 79_999)
    expect(gap.length === 79_999 && gap.every((byte) => byte === 0), "what was cut off is back")
    expect(Bytes.equal(yield* disk.read(inode, 0, 70_001), pattern(70_001)), "what was left is not what it was")
  }),

  asksOf((_, { sparse }) => sparse !== false, "offsets beyond 4 GiB", function*(disk) {
    const inode = yield* disk.file("file", "start")
    const far = 5 * GIB + 123
    yield* disk.write(inode, far, bytes("far"))
    same("its size", inode.size, far + 3)
    same("what lies there", String.fromCharCode(...(yield* disk.read(inode, far, 10))), "far")
    same("what lies at the start", String.fromCharCode(...(yield* disk.read(inode, 0, 5))), "start")
    same("what lies between", [...(yield* disk.read(inode, far - 4 * GIB, 3))], [0, 0, 0])
    yield* disk.truncate(inode, far + 1)
    same("when cut", String.fromCharCode(...(yield* disk.read(inode, far, 10))), "f")
  }),

  asksOf(
    ({ allocate }) => allocate !== undefined,
    "allocating grows a file or keeps its size, and adds zeros",
    function*(disk) {
      const inode = yield* disk.file("file", "abc")
      const grown = yield* disk.code(disk.backend.allocate!(inode, "allocate", 0, 8))
      if (grown === "EOPNOTSUPP") return
      same("its content", yield* disk.text(inode), "abc\0\0\0\0\0")
      const kept = yield* disk.code(disk.backend.allocate!(inode, "keepSize", 0, 100))
      if (kept !== "EOPNOTSUPP") same("its size when kept", inode.size, 8)
    }
  ),

  asksOf(({ allocate }) => allocate !== undefined, "a hole that was punched reads as zeros", function*(disk) {
    const inode = yield* disk.file("file", "0123456789")
    if ((yield* disk.code(disk.backend.allocate!(inode, "punchHole", 2, 3))) === "EOPNOTSUPP") return
    same("its content", yield* disk.text(inode), "01\0\0\x0056789")
    same("its size", inode.size, 10)
  }),

  asksOf(({ seekData }) => seekData !== undefined, "data and holes are where they are said to be", function*(disk) {
    const inode = yield* disk.file("file", "data")
    same("data at the start", yield* disk.backend.seekData!(inode, 0, false), 0)
    const hole = yield* disk.backend.seekData!(inode, 0, true)
    expect(hole === undefined || hole >= 4, `a hole lies in the data, at ${hole}`)
  }),

  asksOf(({ sync }) => sync !== undefined, "syncing answers", function*(disk) {
    const inode = yield* disk.file("file", "data")
    yield* disk.backend.sync!(inode, false)
    yield* disk.backend.sync!(inode, true)
    same("its content", yield* disk.text(inode), "data")
  })
]
