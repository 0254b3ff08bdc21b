import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { RENAME_EXCHANGE } from "../src/abi/Fcntl.js"
import {
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY
} from "../src/abi/OpenFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import type * as Errno from "../src/Errno.js"
import * as Kernel from "../src/Kernel.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess, read, runIn, write } from "./support/run.js"

const memory = () => MemoryBackend.make({ bytesMax: 1_048_576, inodesMax: 100, now: 0n })

const touch = (sys: SystemCalls, path: string, content = "") =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    if (content !== "") yield* write(sys, fd, content)
    yield* sys.close(fd)
  })

const contentOf = (sys: SystemCalls, path: string) =>
  Effect.flatMap(sys.open(path, O_RDONLY), (fd) => Effect.zipLeft(read(sys, fd), sys.close(fd)))

const names = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, O_RDONLY | O_DIRECTORY)
    const entries = yield* sys.getdents(fd)
    yield* sys.close(fd)
    return entries.map((entry) => entry.name).filter((name) => name !== "." && name !== "..")
  })

describe("Vfs", () => {
  it.effect("follows forty symbolic links and no more", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* touch(sys, "/tmp/0")
        for (let i = 1; i <= 41; i++) yield* sys.symlink(`${i - 1}`, `/tmp/${i}`)
        assert.strictEqual(yield* errnoOf(sys.stat("/tmp/40")), "success")
        assert.strictEqual(yield* errnoOf(sys.stat("/tmp/41")), "ELOOP")
        yield* sys.symlink("loop", "/tmp/loop")
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/loop", O_RDONLY)), "ELOOP")
      })
    ))

  it.effect("a trailing slash asks for a directory", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* touch(sys, "/tmp/file")
        yield* sys.symlink("file", "/tmp/link")
        assert.strictEqual(yield* errnoOf(sys.stat("/tmp/file/")), "ENOTDIR")
        assert.strictEqual(yield* errnoOf(sys.lstat("/tmp/link/")), "ENOTDIR")
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/new/", O_WRONLY | O_CREAT)), "EISDIR")
        assert.strictEqual(yield* errnoOf(sys.mkdir("/tmp/new/")), "success")
      })
    ))

  it.effect("an open file outlives its name, and its bytes go with the last descriptor", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("/tmp/file", O_RDWR | O_CREAT)
        const before = yield* sys.statfs("/tmp")
        yield* sys.write(fd, new Uint8Array(1_000_000))
        yield* sys.unlink("/tmp/file")
        assert.strictEqual((yield* sys.fstat(fd)).nlink, 0)
        assert.strictEqual((yield* sys.fstat(fd)).size, 1_000_000)
        yield* sys.close(fd)
        const after = yield* sys.statfs("/tmp")
        assert.strictEqual(after.bfree, before.bfree)
        assert.strictEqual(after.ffree, before.ffree + 1)
      })
    ))

  it.effect("what a directory's descriptor stands for moves with it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/a")
        yield* sys.mkdir("/tmp/a/b")
        yield* sys.chdir("/tmp/a/b")
        yield* sys.rename("/tmp/a", "/tmp/z")
        assert.strictEqual(yield* sys.getcwd(), "/tmp/z/b")
        yield* touch(sys, "here")
        assert.deepStrictEqual(yield* names(sys, "/tmp/z/b"), ["here"])
      })
    ))

  it.effect("a directory that was removed under one's feet has no path, and takes nothing", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/a")
        yield* sys.chdir("/tmp/a")
        yield* sys.rmdir("/tmp/a")
        assert.strictEqual(yield* errnoOf(sys.getcwd()), "ENOENT")
        assert.strictEqual(yield* errnoOf(touch(sys, "x")), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.chdir("..")), "success")
        assert.strictEqual(yield* sys.getcwd(), "/tmp")
      })
    ))

  it.effect("a directory does not move into itself", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/d")
        yield* sys.mkdir("/tmp/d/e")
        assert.strictEqual(yield* errnoOf(sys.rename("/tmp/d", "/tmp/d/sub")), "EINVAL")
        assert.strictEqual(yield* errnoOf(sys.rename("/tmp/d/e", "/tmp/d")), "ENOTEMPTY")
      })
    ))

  it.effect("renameat2 exchanges two names in one step", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/d")
        yield* touch(sys, "/tmp/d/inside")
        yield* touch(sys, "/tmp/f", "text")
        yield* sys.renameat2(-100, "/tmp/d", -100, "/tmp/f", RENAME_EXCHANGE)
        assert.deepStrictEqual(yield* names(sys, "/tmp/f"), ["inside"])
        assert.strictEqual(yield* contentOf(sys, "/tmp/d"), "text")
      })
    ))

  it.effect("a mount covers what was there, can be walked into and out of, and is busy while it is used", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* kernel.writeFile("/mnt/hidden", "")
      yield* kernel.mount("/mnt", memory())
      yield* kernel.writeFile("/mnt/seen", "")
      assert.strictEqual(yield* errnoOf(kernel.readFile("/mnt/hidden")), "ENOENT")
      assert.strictEqual(yield* errnoOf(kernel.readFile("/mnt/../mnt/./seen")), "success")
      const { spawn } = kernel
      yield* Effect.scoped(Effect.gen(function*() {
        yield* spawn(Effect.never, { cwd: "/mnt" })
        assert.strictEqual(yield* errnoOf(kernel.unmount("/mnt")), "EBUSY")
      }))
      assert.strictEqual(yield* errnoOf(kernel.unmount("/mnt")), "success")
      assert.strictEqual(yield* errnoOf(kernel.readFile("/mnt/hidden")), "success")
    }).pipe(Effect.provide(Kernel.layer)))

  it.effect("a read-only mount refuses every change", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const changes: ReadonlyArray<Effect.Effect<unknown, Errno.Any>> = [
          touch(sys, "/ro/x"),
          sys.mkdir("/ro/d"),
          sys.unlink("/ro/f"),
          sys.chmod("/ro", 0o700),
          sys.symlink("a", "/ro/l"),
          sys.rename("/ro/a", "/ro/b"),
          sys.truncate("/ro", 0)
        ]
        for (const change of changes) assert.include(["EROFS", "EISDIR"], yield* errnoOf(change))
        assert.strictEqual(yield* errnoOf(sys.rename("/tmp", "/ro/tmp")), "EXDEV")
      }), { mounts: { "/ro": { backend: memory(), readOnly: true } } }))

  it.effect("chroot confines: neither `..` nor a link leads out", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/jail")
        yield* touch(sys, "/tmp/jail/inside")
        yield* sys.symlink("/inside", "/tmp/jail/link")
        yield* sys.symlink("../../../etc/passwd", "/tmp/jail/out")
        yield* sys.chroot("/tmp/jail")
        yield* sys.chdir("/")
        assert.strictEqual(yield* sys.getcwd(), "/")
        assert.strictEqual(yield* errnoOf(sys.stat("link")), "success")
        assert.strictEqual(yield* errnoOf(sys.stat("out")), "ENOENT")
        assert.strictEqual((yield* sys.stat("../../..")).ino, (yield* sys.stat("/")).ino)
      })
    ))

  it.effect("a sticky directory guards what others own", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* kernel.writeFile("/tmp/roots", "")
      const answers: Array<string> = []
      yield* runIn(
        Effect.flatMap(Sys, (sys) =>
          Effect.gen(function*() {
            yield* touch(sys, "/tmp/own")
            answers.push(yield* errnoOf(sys.unlink("/tmp/roots")), yield* errnoOf(sys.unlink("/tmp/own")))
            return 0
          })),
        { user: "user" }
      )
      assert.deepStrictEqual(answers, ["EPERM", "success"])
    }).pipe(Effect.provide(Kernel.layer)))

  it.effect("mode 000 keeps out everybody but root", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* kernel.writeFile("/data", "secret", 0)
      const answers: Array<string> = []
      for (const user of ["user", "root"]) {
        const opening = Effect.flatMap(Sys, (sys) => errnoOf(sys.open("/data", O_RDONLY)))
        yield* runIn(Effect.map(opening, (answer) => answers.push(answer)), { user })
      }
      assert.deepStrictEqual(answers, ["EACCES", "success"])
    }).pipe(Effect.provide(Kernel.layer)))

  it.effect("O_EXCL, O_NOFOLLOW, O_DIRECTORY and O_APPEND mean what they say", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* touch(sys, "/tmp/f", "one")
        yield* sys.symlink("f", "/tmp/l")
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/l", O_CREAT | O_EXCL | O_WRONLY)), "EEXIST")
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/l", O_RDONLY | O_NOFOLLOW)), "ELOOP")
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/f", O_RDONLY | O_DIRECTORY)), "ENOTDIR")
        const fd = yield* sys.open("/tmp/f", O_WRONLY | O_APPEND)
        yield* sys.lseek(fd, 0, 0)
        yield* write(sys, fd, "+two")
        assert.strictEqual(yield* contentOf(sys, "/tmp/f"), "one+two")
      })
    ))

  it.effect("O_PATH names a file and opens nothing", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* touch(sys, "/tmp/f", "x")
        const fd = yield* sys.open("/tmp/f", O_PATH)
        assert.strictEqual(yield* errnoOf(read(sys, fd)), "EBADF")
        assert.strictEqual((yield* sys.fstat(fd)).size, 1)
      })
    ))

  it.effect("O_TMPFILE makes a file without a name", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("/tmp", O_TMPFILE | O_RDWR)
        yield* write(sys, fd, "x")
        assert.deepStrictEqual(yield* names(sys, "/tmp"), [])
        assert.strictEqual((yield* sys.fstat(fd)).nlink, 0)
      })
    ))

  it.effect("a listing misses nothing that stays and shows nothing twice, whatever comes and goes meanwhile", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        for (let i = 0; i < 300; i++) yield* touch(sys, `/tmp/f${i}`)
        const fd = yield* sys.open("/tmp", O_RDONLY)
        const seen: Array<string> = []
        for (let round = 0;; round++) {
          const entries = yield* sys.getdents(fd, 7)
          if (entries.length === 0) break
          seen.push(...entries.map((entry) => entry.name))
          if (round < 100) yield* sys.unlink(`/tmp/f${round * 2}`)
          yield* touch(sys, `/tmp/new${round % 5}`)
        }
        assert.strictEqual(new Set(seen).size, seen.length)
        for (let i = 201; i < 300; i += 2) assert.include(seen, `f${i}`)
      })
    ))

  it.effect("a full file system takes what fits, then answers ENOSPC and loses nothing", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("/tmp/f", O_RDWR | O_CREAT)
        let written = 0
        for (;;) {
          const answer = yield* Effect.either(sys.write(fd, new Uint8Array(10_000).fill(7)))
          if (answer._tag === "Left") {
            assert.strictEqual(answer.left._tag, "ENOSPC")
            break
          }
          written += answer.right
        }
        assert.strictEqual((yield* sys.fstat(fd)).size, written)
        assert.isAtLeast(written, 700_000)
        yield* sys.ftruncate(fd, 0)
        assert.strictEqual(yield* errnoOf(write(sys, fd, "again")), "success")
      }), { config: { memoryBytesMax: 1_000_000 } }))

  it.effect("inodes run out as bytes do", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        let made = 0
        while ((yield* errnoOf(sys.mkdir(`/tmp/${made}`))) === "success") made++
        assert.strictEqual(yield* errnoOf(sys.mkdir("/tmp/more")), "ENOSPC")
        yield* sys.rmdir("/tmp/0")
        assert.strictEqual(yield* errnoOf(sys.mkdir("/tmp/more")), "success")
      }), { config: { memoryInodesMax: 100 } }))

  it.effect("a hole reads as zeros and takes no memory", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("/tmp/sparse", O_RDWR | O_CREAT)
        yield* sys.ftruncate(fd, 1024 ** 4)
        yield* sys.pwrite(fd, new Uint8Array([1, 2, 3]), 1024 ** 4 - 3)
        const into = new Uint8Array(8)
        assert.strictEqual(yield* sys.pread(fd, into, 1024 ** 3), 8)
        assert.deepStrictEqual(Array.from(into), [0, 0, 0, 0, 0, 0, 0, 0])
        assert.strictEqual(yield* sys.pread(fd, into, 1024 ** 4 - 4), 4)
        assert.deepStrictEqual(Array.from(into.subarray(0, 4)), [0, 1, 2, 3])
        assert.isBelow((yield* sys.fstat(fd)).blocks, 300)
      })
    ))

  it.effect("names are bytes: any that are not NUL or a slash, up to 255 of them", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        for (const name of ["new\nline", "\udcff\udc80", "é".repeat(127), " ", "*"]) yield* touch(sys, `/tmp/${name}`)
        assert.sameMembers(yield* names(sys, "/tmp"), ["new\nline", "\udcff\udc80", "é".repeat(127), " ", "*"])
        assert.strictEqual(yield* errnoOf(touch(sys, `/tmp/${"é".repeat(128)}`)), "ENAMETOOLONG")
        assert.strictEqual(yield* errnoOf(touch(sys, "/tmp/a\0b")), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.stat(`/${"a/".repeat(2048)}`)), "ENAMETOOLONG")
        assert.strictEqual(yield* errnoOf(touch(sys, "/etc/passwd/child")), "ENOTDIR")
      })
    ))
})
