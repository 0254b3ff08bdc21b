/** A tree of plain values as a file system, its lazy contents, and the limits of what lies in memory. */
import { describe, expect, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FileMode from "../src/abi/FileMode.js"
import * as O from "../src/abi/OpenFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as TreeBackend from "../src/backend/TreeBackend.js"
import * as Bytes from "../src/Bytes.js"
import * as Errno from "../src/Errno.js"
import * as Kernel from "../src/Kernel.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess } from "./support/run.js"

class NoNetwork extends Data.TaggedError("NoNetwork")<{ readonly message: string }> {}

const over = <A, E>(
  tree: TreeBackend.Tree,
  body: (sys: SystemCalls) => Effect.Effect<A, E>
): Effect.Effect<A, E | TreeBackend.TreeError> =>
  Effect.flatMap(TreeBackend.make(tree), (backend) => inProcess(body, { mounts: { "/t": { backend } } }))

const read = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, O.O_RDONLY)
    const into = new Uint8Array(100)
    const count = yield* sys.read(fd, into)
    yield* sys.close(fd)
    return Bytes.decode(into.subarray(0, count))
  })

describe("A tree of plain values", () => {
  it.effect("shows each node as it was described", () =>
    over({
      "text": "hello",
      "/bytes": Uint8Array.of(1, 2, 3),
      "/a/b/file": { content: "deep", mode: 0o4750, uid: 7, gid: 8, mtime: 9n },
      "/a": { directory: true, mode: 0o700, mtime: 5n },
      "/link": { symlink: "a/b/file" },
      "/also": { link: "/a/b/file" },
      "/pipe": { fifo: true, mode: 0o600 },
      "/disk": { device: "block", major: 8, minor: 300 },
      "/holes": { content: { size: 1_000_000, extents: [{ offset: 500_000, bytes: Uint8Array.of(9) }] } }
    }, (sys) =>
      Effect.gen(function*() {
        expect(yield* read(sys, "/t/text")).toBe("hello")
        expect(yield* read(sys, "/t/link")).toBe("deep")
        expect(yield* sys.stat("/t/a/b/file")).toMatchObject({
          mode: FileMode.S_IFREG | 0o4750,
          uid: 7,
          gid: 8,
          mtime: 9n,
          size: 4,
          nlink: 2
        })
        expect((yield* sys.stat("/t/also")).ino).toBe((yield* sys.stat("/t/a/b/file")).ino)
        expect(yield* sys.stat("/t/a")).toMatchObject({ mode: FileMode.S_IFDIR | 0o700, nlink: 3, mtime: 5n })
        expect((yield* sys.lstat("/t/pipe")).mode).toBe(FileMode.S_IFIFO | 0o600)
        const { rdev } = yield* sys.lstat("/t/disk")
        expect([FileMode.major(rdev), FileMode.minor(rdev)]).toEqual([8, 300])
        const holes = yield* sys.stat("/t/holes")
        expect([holes.size, holes.blocks]).toEqual([1_000_000, 8])
        const fd = yield* sys.open("/t/holes", O.O_RDONLY)
        expect(yield* sys.lseek(fd, 0, 3)).toBe(500_000)
        const into = new Uint8Array(3)
        yield* sys.pread(fd, into, 499_999)
        expect([...into]).toEqual([0, 9, 0])
      })))

  it.effect("is written to like any other, and leaves the values alone", () => {
    const bytes = Uint8Array.of(97, 98, 99)
    return over({ "/file": bytes }, (sys) =>
      Effect.gen(function*() {
        const reader = yield* sys.open("/t/file", O.O_RDONLY)
        const fd = yield* sys.open("/t/file", O.O_WRONLY | O.O_APPEND)
        yield* sys.write(fd, Bytes.encode("d"))
        yield* sys.pwrite(yield* sys.open("/t/file", O.O_WRONLY), Bytes.encode("X"), 1)
        const into = new Uint8Array(9)
        expect(yield* sys.pread(reader, into, 0)).toBe(4)
        expect(Bytes.decode(into.subarray(0, 4))).toBe("aXcd")
        expect([...bytes]).toEqual([97, 98, 99])
        yield* sys.unlink("/t/file")
        expect((yield* sys.stat("/t")).nlink).toBe(2)
      }))
  })

  it.effect("says what is wrong with it, and where", () =>
    Effect.gen(function*() {
      const wrong = (tree: TreeBackend.Tree, limits = {}) =>
        Effect.map(Effect.flip(TreeBackend.make(tree, limits)), ({ _tag, details }) => [_tag, details?.path])
      expect(yield* wrong({ "/a": "", "/a/b": "" })).toEqual(["ENOTDIR", "/a/b"])
      expect(yield* wrong([["/a", ""], ["a", ""]])).toEqual(["EEXIST", "a"])
      expect(yield* wrong({ "/a": { link: "/b" } })).toEqual(["ENOENT", "/a"])
      expect(yield* wrong({ "/d": { directory: true }, "/a": { link: "/d" } })).toEqual(["EPERM", "/a"])
      expect(yield* wrong({ "/a/../b": "" })).toEqual(["EINVAL", "/a/../b"])
      expect(yield* wrong({ ["x".repeat(256)]: "" })).toEqual(["ENAMETOOLONG", "x".repeat(256)])
      expect(yield* wrong({ "/a": "", "/b": "", "/c": "" }, { inodesMax: 3 })).toEqual(["ENOSPC", "/c"])
    }))

  it.effect("is the root of a kernel in one line", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      expect(Bytes.decode(yield* kernel.readFile("/srv/motd"))).toBe("hi")
    }).pipe(Effect.provide(Kernel.layerWith({ backend: TreeBackend.layer({ "/srv/motd": "hi" }) }))))
})

describe("A content that is produced", () => {
  it.effect("is produced once, when it is first needed, and not for a listing or a new name", () => {
    let runs = 0
    const content = () => Effect.sync(() => `run ${++runs}`)
    return over({ "/lazy": content }, (sys) =>
      Effect.gen(function*() {
        yield* sys.rename("/t/lazy", "/t/renamed")
        const fd = yield* sys.open("/t", O.O_RDONLY)
        expect((yield* sys.getdents(fd, 10)).map(({ name }) => name)).toContain("renamed")
        expect(runs).toBe(0)
        expect((yield* sys.stat("/t/renamed")).size).toBe(5)
        expect(yield* read(sys, "/t/renamed")).toBe("run 1")
        expect(yield* read(sys, "/t/renamed")).toBe("run 1")
        const end = yield* sys.open("/t/renamed", O.O_WRONLY | O.O_APPEND)
        yield* sys.write(end, Bytes.encode("!"))
        expect(yield* read(sys, "/t/renamed")).toBe("run 1!")
        expect(runs).toBe(1)
      }))
  })

  it.effect("is removed without being produced, even if it cannot be", () =>
    over({ "/lazy": () => Effect.die("never") }, (sys) =>
      Effect.gen(function*() {
        expect(yield* errnoOf(sys.stat("/t/lazy"))).toBe("EIO")
        yield* sys.unlink("/t/lazy")
        expect(yield* errnoOf(sys.stat("/t/lazy"))).toBe("ENOENT")
      })))

  it.effect("fails with its errno, or EIO, and is tried again", () => {
    let tries = 0
    return over({
      "/flaky": () =>
        Effect.suspend(() =>
          ++tries < 3 ? Effect.fail(new NoNetwork({ message: "no network" })) : Effect.succeed("at last")
        ),
      "/refused": () => Errno.fail("EACCES"),
      "/odd": () => Errno.fail("ENOTCONN")
    }, (sys) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(read(sys, "/t/flaky"))
        expect(error._tag).toBe("EIO")
        expect(error.message).toContain("no network")
        expect(yield* errnoOf(sys.stat("/t/flaky"))).toBe("EIO")
        expect(yield* read(sys, "/t/flaky")).toBe("at last")
        expect(yield* errnoOf(read(sys, "/t/refused"))).toBe("EACCES")
        expect(yield* errnoOf(read(sys, "/t/odd"))).toBe("EIO")
      }))
  })

  it.effect("is shared by all who wait, and goes on when one of them goes away", () =>
    Effect.gen(function*() {
      let runs = 0
      const gate = yield* Deferred.make<string>()
      const content = () => Effect.suspend(() => (runs++, Deferred.await(gate)))
      const backend = yield* TreeBackend.make({ "/lazy": content })
      const inode = yield* backend.lookup(backend.root, "lazy")
      const reader = Effect.suspend(() => {
        const into = new Uint8Array(9)
        return Effect.map(backend.read(inode, 0, into), (count) => Bytes.decode(into.subarray(0, count)))
      })
      const first = yield* Effect.fork(reader)
      const second = yield* Effect.fork(reader)
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(gate, "here")
      expect(yield* Fiber.join(second)).toBe("here")
      expect(yield* reader).toBe("here")
      expect(runs).toBe(1)
    }))
})

describe("The limits of a memory file system", () => {
  const with_ = (options: Partial<MemoryBackend.Options>, body: (sys: SystemCalls) => Effect.Effect<void, Errno.Any>) =>
    inProcess(body, {
      mounts: {
        "/t": { backend: MemoryBackend.make({ bytesMax: 1e6, inodesMax: 1000, now: 0n, mode: 0o777, ...options }) }
      }
    })
  const create = (sys: SystemCalls, path: string) =>
    Effect.flatMap(sys.open(path, O.O_CREAT | O.O_WRONLY), (fd) => sys.close(fd))

  it.effect("bytes: a write that fits in part is short, the next answers ENOSPC, and what is freed can be used", () =>
    with_({ bytesMax: 8192 }, (sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("/t/f", O.O_CREAT | O.O_WRONLY)
        expect(yield* sys.write(fd, new Uint8Array(10_000))).toBe(8192)
        expect(yield* errnoOf(sys.write(fd, new Uint8Array(1)))).toBe("ENOSPC")
        expect((yield* sys.statfs("/t")).bfree).toBe(0)
        yield* sys.ftruncate(fd, 0)
        expect((yield* sys.statfs("/t")).bfree).toBe(2)
        expect(yield* sys.pwrite(fd, new Uint8Array(4096), 0)).toBe(4096)
      })))

  it.effect("inodes: names count, as on tmpfs, and come back when the last holder lets go", () =>
    with_({ inodesMax: 3 }, (sys) =>
      Effect.gen(function*() {
        const free = Effect.map(sys.statfs("/t"), ({ ffree }) => ffree)
        yield* create(sys, "/t/a")
        yield* sys.link("/t/a", "/t/b")
        expect(yield* free).toBe(0)
        expect(yield* errnoOf(create(sys, "/t/c"))).toBe("ENOSPC")
        expect(yield* errnoOf(sys.mkdir("/t/c"))).toBe("ENOSPC")
        expect(yield* errnoOf(sys.link("/t/a", "/t/c"))).toBe("ENOSPC")
        yield* sys.unlink("/t/b")
        const fd = yield* sys.open("/t/a", O.O_RDONLY)
        yield* sys.unlink("/t/a")
        expect(yield* free).toBe(1)
        yield* sys.close(fd)
        expect(yield* free).toBe(2)
      })))

  it.effect("links: EMLINK", () =>
    with_({ linksMax: 2 }, (sys) =>
      Effect.gen(function*() {
        yield* create(sys, "/t/a")
        yield* sys.link("/t/a", "/t/b")
        expect(yield* errnoOf(sys.link("/t/a", "/t/c"))).toBe("EMLINK")
      })))

  it.effect("quotas: EDQUOT for whom they are, and for nobody else", () =>
    with_({ quotas: { 1000: { bytes: 5000, inodes: 2 } } }, (sys) =>
      Effect.gen(function*() {
        yield* create(sys, "/t/mine")
        yield* create(sys, "/t/roots")
        yield* sys.chown("/t/mine", 1000, 1000)
        const fd = yield* sys.open("/t/mine", O.O_WRONLY)
        expect(yield* sys.write(fd, new Uint8Array(70_000))).toBe(4096)
        expect(yield* errnoOf(sys.write(fd, new Uint8Array(5000)))).toBe("EDQUOT")
        const other = yield* sys.open("/t/roots", O.O_WRONLY)
        expect(yield* sys.write(other, new Uint8Array(70_000))).toBe(70_000)
        expect(yield* errnoOf(sys.chown("/t/roots", 1000, 1000))).toBe("EDQUOT")
        yield* create(sys, "/t/second")
        yield* sys.chown("/t/second", 1000, 1000)
        yield* create(sys, "/t/third")
        expect(yield* errnoOf(sys.chown("/t/third", 1000, 1000))).toBe("EDQUOT")
        yield* sys.unlink("/t/second")
        yield* sys.chown("/t/third", 1000, 1000)
      })))
})
