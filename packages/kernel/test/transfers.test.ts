import { assert, describe, it } from "@effect/vitest"
import * as FaultyBackend from "@effix/testing/FaultyBackend"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE, FALLOC_FL_ZERO_RANGE } from "../src/abi/Falloc.js"
import { AT_FDCWD, F_ADD_SEALS, F_SEAL_GROW, SEEK_DATA, SEEK_HOLE, SEEK_SET } from "../src/abi/Fcntl.js"
import { O_CREAT, O_DIRECT, O_NOATIME, O_NONBLOCK, O_RDONLY, O_RDWR } from "../src/abi/OpenFlags.js"
import { RESOLVE_BENEATH, RESOLVE_IN_ROOT } from "../src/abi/Resolve.js"
import { RLIMIT_FSIZE } from "../src/abi/Resources.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as Bytes from "../src/Bytes.js"
import type { SystemCalls } from "../src/Sys.js"
import { VfsBackend } from "../src/VfsBackend.js"
import { errnoOf, inProcess, read, write } from "./support/run.js"

const memory = (bytesMax = 2 ** 30) => MemoryBackend.make({ bytesMax, inodesMax: 1000, now: 0n, mode: 0o777 })

/** A file with this content, open to read and to write from the beginning. */
const fileOf = (sys: SystemCalls, path: string, text: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, O_CREAT | O_RDWR, 0o644)
    yield* write(sys, fd, text)
    yield* sys.lseek(fd, 0, SEEK_SET)
    return fd
  })

const backends = [
  ["in memory", memory],
  ["on a disk that answers late", () => FaultyBackend.delayed(memory())],
  ["on a disk that is very slow", () => FaultyBackend.delayed(memory(), 5)]
] as const

describe.each(backends)("moving bytes of files %s", (_, make) => {
  it.effect("splices a file into a pipe, and the pipe into another file", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const from = yield* fileOf(sys, "/from", "x".repeat(5000) + "end")
        const to = yield* sys.open("/to", O_CREAT | O_RDWR, 0o644)
        const [reader, writer] = yield* sys.pipe()
        assert.strictEqual(yield* sys.splice(from, 4990, writer, undefined, 100), 13)
        assert.strictEqual(yield* sys.splice(reader, undefined, to, undefined, 5), 5)
        assert.strictEqual(yield* sys.splice(reader, undefined, to, undefined, 100), 8)
        assert.strictEqual(yield* sys.lseek(to, 0, 1), 13)
        assert.strictEqual(yield* sys.lseek(from, 0, 1), 0)
        yield* sys.lseek(to, 0, SEEK_SET)
        assert.strictEqual(yield* read(sys, to), "xxxxxxxxxxend")
      }), { backend: Layer.succeed(VfsBackend, make()) }))

  it.effect("copies and sends files, and moves the offsets that were not given", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const from = yield* fileOf(sys, "/from", "0123456789".repeat(20_000))
        const to = yield* sys.open("/to", O_CREAT | O_RDWR, 0o644)
        assert.strictEqual(yield* sys.copyFileRange(from, 5, to, undefined, 150_000), 150_000)
        assert.strictEqual(yield* sys.sendfile(to, from, undefined, 3), 3)
        assert.strictEqual(yield* sys.lseek(from, 0, 1), 3)
        assert.strictEqual(yield* sys.lseek(to, 0, 1), 150_003)
        const into = new Uint8Array(10)
        yield* sys.pread(to, into, 149_995)
        assert.strictEqual(Bytes.decode(into.subarray(0, 8)), "01234012")
      }), { backend: Layer.succeed(VfsBackend, make()) }))

  it.effect("puts back what a full disk did not take from a pipe", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const to = yield* sys.open("/to", O_CREAT | O_RDWR, 0o644)
        const [reader, writer] = yield* sys.pipe()
        yield* write(sys, writer, "0123456789")
        yield* sys.setrlimit(RLIMIT_FSIZE, { soft: 4, hard: 4 })
        assert.strictEqual(yield* sys.splice(reader, undefined, to, undefined, 10), 4)
        assert.strictEqual(yield* sys.fionread(reader), 6)
        assert.strictEqual(yield* read(sys, reader), "456789")
      }), { backend: Layer.succeed(VfsBackend, make()) }))
})

describe("moving bytes between pipes", () => {
  it.effect("a splicer that waits is woken, and one that is interrupted has moved nothing", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        const [otherReader, otherWriter] = yield* sys.pipe()
        const splice = sys.splice(reader, undefined, otherWriter, undefined, 100)
        const gone = yield* Effect.fork(splice)
        const waiting = yield* Effect.fork(splice)
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(gone)
        yield* write(sys, writer, "once")
        assert.strictEqual(yield* Fiber.join(waiting), 4)
        assert.strictEqual(yield* read(sys, otherReader), "once")
      })
    ))

  it.effect("one that waits for room leaves what there is to others", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        const [otherReader, otherWriter] = yield* sys.pipe(O_NONBLOCK)
        yield* sys.write(otherWriter, new Uint8Array(65_536))
        yield* sys.fcntl(otherWriter, 4, 0)
        yield* sys.fcntl(otherReader, 4, 0)
        const splicing = yield* Effect.fork(sys.splice(reader, undefined, otherWriter, undefined, 100))
        const reading = yield* Effect.fork(read(sys, reader))
        yield* Effect.yieldNow()
        yield* write(sys, writer, "mine")
        assert.strictEqual(yield* Fiber.join(reading), "mine")
        yield* sys.read(otherReader, new Uint8Array(65_536))
        yield* write(sys, writer, "yours")
        assert.strictEqual(yield* Fiber.join(splicing), 5)
      })
    ))

  it.effect("tee copies, and a pipe that is handed over whole goes on as it was", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        const [copied, copy] = yield* sys.pipe()
        const [moved, move] = yield* sys.pipe()
        yield* write(sys, writer, "abc")
        assert.strictEqual(yield* sys.tee(reader, copy, 2), 2)
        assert.strictEqual(yield* sys.splice(reader, undefined, move, undefined, 100), 3)
        yield* write(sys, move, "d")
        yield* write(sys, writer, "next")
        assert.strictEqual(yield* read(sys, copied), "ab")
        assert.strictEqual(yield* read(sys, moved), "abcd")
        assert.strictEqual(yield* read(sys, reader), "next")
      })
    ))

  it.effect("a pipe of packets gives one for each read, and loses what does not fit", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe(O_DIRECT)
        yield* write(sys, writer, "first")
        yield* write(sys, writer, "second")
        assert.strictEqual(yield* read(sys, reader, 3), "fir")
        assert.strictEqual(yield* read(sys, reader), "second")
      })
    ))
})

describe("storage", () => {
  it.effect("fallocate takes all the room that it was asked for, or none", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("/file", O_CREAT | O_RDWR, 0o644)
        assert.strictEqual(yield* errnoOf(sys.fallocate(fd, 0, 0, 10_000_000)), "ENOSPC")
        assert.strictEqual((yield* sys.fstat(fd)).size, 0)
        yield* sys.fallocate(fd, 0, 0, 200_000)
        assert.strictEqual((yield* sys.fstat(fd)).blocks, 392)
        assert.strictEqual(yield* sys.lseek(fd, 0, SEEK_HOLE), 0)
        const filler = yield* sys.open("/filler", O_CREAT | O_RDWR, 0o644)
        while ((yield* errnoOf(sys.write(filler, new Uint8Array(65_536)))) === "success") yield* Effect.void
        assert.strictEqual(yield* sys.pwrite(fd, new Uint8Array(200_000), 0), 200_000)
        assert.strictEqual(yield* sys.lseek(fd, 0, SEEK_DATA), 0)
      }), { backend: Layer.succeed(VfsBackend, memory(1_000_000)) }))

  it.effect("ranges of blocks are taken out, put in and zeroed", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const block = (letter: string) => letter.repeat(4096)
        const fd = yield* fileOf(sys, "/tmp/file", block("a") + block("b") + block("c") + block("d"))
        const shown = Effect.gen(function*() {
          const into = new Uint8Array((yield* sys.fstat(fd)).size)
          yield* sys.pread(fd, into, 0)
          return Array.from({ length: into.length / 4096 }, (_, i) => String.fromCharCode(into[i * 4096]! || 48)).join(
            ""
          )
        })
        yield* sys.fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 4096, 4096)
        assert.strictEqual(yield* shown, "acd")
        yield* sys.fallocate(fd, FALLOC_FL_INSERT_RANGE, 4096, 8192)
        assert.strictEqual(yield* shown, "a00cd")
        assert.strictEqual((yield* sys.fstat(fd)).blocks, 24)
        yield* sys.fallocate(fd, FALLOC_FL_ZERO_RANGE, 16_384, 8192)
        assert.strictEqual(yield* shown, "a00c00")
        assert.strictEqual(yield* errnoOf(sys.fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 1, 4096)), "EINVAL")
      })
    ))

  it.effect("a sealed file in memory does not grow, and has a name that shows in /proc alone", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.memfdCreate("shared", 2)
        yield* write(sys, fd, "abc")
        yield* sys.fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)
        assert.strictEqual(yield* errnoOf(write(sys, fd, "d")), "EPERM")
        assert.strictEqual(yield* sys.readlink(`/proc/self/fd/${fd}`), "/memfd:shared (deleted)")
        const again = yield* sys.open(`/proc/self/fd/${fd}`, O_RDONLY)
        assert.strictEqual(yield* read(sys, again), "abc")
      })
    ))

  it.effect("a write that a seal refuses has stamped the file by then, and taken its set-id bits", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.memfdCreate("shared", 2)
        yield* sys.fchmod(fd, 0o4754)
        yield* sys.fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)
        const before = yield* sys.fstat(fd)
        yield* TestClock.adjust("1 second")
        yield* sys.setresuid(1000, 1000, 1000)
        assert.strictEqual(yield* errnoOf(write(sys, fd, "d")), "EPERM")
        const { ctime, mode, mtime } = yield* sys.fstat(fd)
        assert.strictEqual(mode & 0o7777, 0o754)
        assert.isTrue(mtime > before.mtime && ctime > before.ctime)
      })
    ))
})

describe("access times", () => {
  it.effect("are a day behind at most, unless O_NOATIME was asked for", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* fileOf(sys, "/tmp/file", "abc")
        yield* TestClock.adjust("1 second")
        yield* read(sys, fd)
        const first = (yield* sys.fstat(fd)).atime
        assert.isTrue(first > (yield* sys.fstat(fd)).mtime)
        yield* TestClock.adjust("23 hours")
        yield* sys.pread(fd, new Uint8Array(1), 0)
        assert.strictEqual((yield* sys.fstat(fd)).atime, first)
        yield* TestClock.adjust("1 hour")
        const quiet = yield* sys.open("/tmp/file", O_RDONLY | O_NOATIME)
        yield* read(sys, quiet)
        assert.strictEqual((yield* sys.fstat(fd)).atime, first)
        yield* sys.pread(fd, new Uint8Array(1), 0)
        assert.isTrue((yield* sys.fstat(fd)).atime > first)
      })
    ))
})

describe("openat2", () => {
  it.effect("keeps a path below a directory, or makes the directory its root", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/jail")
        yield* sys.symlink("/etc/passwd", "/tmp/jail/out")
        const jail = yield* sys.open("/tmp/jail", O_RDONLY)
        const open = (path: string, resolve: number) => errnoOf(sys.openat2(jail, path, { flags: O_RDONLY, resolve }))
        assert.strictEqual(yield* open("out", 0), "success")
        assert.strictEqual(yield* open("out", RESOLVE_BENEATH), "EXDEV")
        assert.strictEqual(yield* open("../../etc/passwd", RESOLVE_BENEATH), "EXDEV")
        assert.strictEqual(yield* open("out", RESOLVE_IN_ROOT), "ENOENT")
        assert.strictEqual(yield* open("../../../etc", RESOLVE_IN_ROOT), "ENOENT")
        assert.strictEqual(yield* open("/..", RESOLVE_IN_ROOT), "success")
        assert.strictEqual(
          yield* errnoOf(sys.openat2(AT_FDCWD, "/etc", { flags: 0, resolve: RESOLVE_BENEATH })),
          "EXDEV"
        )
      })
    ))
})
