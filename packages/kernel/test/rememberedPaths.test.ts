import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { AT_FDCWD, RENAME_EXCHANGE } from "../src/abi/Fcntl.js"
import { O_CREAT, O_RDONLY, O_WRONLY } from "../src/abi/OpenFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as Kernel from "../src/Kernel.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess, read, runIn, write } from "./support/run.js"

const file = "/tmp/a/b/c/file"

const write1 = (sys: SystemCalls, path: string, content: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, O_WRONLY | O_CREAT)
    yield* write(sys, fd, content)
    yield* sys.close(fd)
  })

const contentOf = (sys: SystemCalls, path: string) =>
  Effect.flatMap(sys.open(path, O_RDONLY), (fd) => Effect.zipLeft(read(sys, fd), sys.close(fd)))

const plant = (sys: SystemCalls, content = "old") =>
  Effect.gen(function*() {
    for (const path of ["/tmp/a", "/tmp/a/b", "/tmp/a/b/c"]) yield* sys.mkdir(path)
    yield* write1(sys, file, content)
    // Twice: the second walk goes by what the first one remembered.
    for (let i = 0; i < 2; i++) assert.strictEqual(yield* contentOf(sys, file), content)
  })

const memory = () => MemoryBackend.make({ bytesMax: 1_048_576, inodesMax: 100, now: 0n })

const withTree = (body: (sys: SystemCalls) => Effect.Effect<unknown, unknown>) =>
  inProcess((sys) => Effect.orDie(Effect.zipRight(plant(sys), body(sys))))

describe("A path that was walked before", () => {
  it.effect("leads nowhere when a directory on the way was renamed, and to what stands there instead", () =>
    withTree((sys) =>
      Effect.gen(function*() {
        yield* sys.rename("/tmp/a/b", "/tmp/a/d")
        assert.strictEqual(yield* errnoOf(sys.stat(file)), "ENOENT")
        yield* sys.mkdir("/tmp/a/b")
        yield* sys.mkdir("/tmp/a/b/c")
        assert.strictEqual(yield* errnoOf(sys.stat(file)), "ENOENT")
        yield* write1(sys, file, "new")
        assert.strictEqual(yield* contentOf(sys, file), "new")
        assert.strictEqual(yield* contentOf(sys, "/tmp/a/d/c/file"), "old")
        yield* sys.renameat2(AT_FDCWD, "/tmp/a/b", AT_FDCWD, "/tmp/a/d", RENAME_EXCHANGE)
        assert.strictEqual(yield* contentOf(sys, file), "old")
      })
    ))

  it.effect("leads nowhere when a directory on the way was removed", () =>
    withTree((sys) =>
      Effect.gen(function*() {
        yield* sys.unlink(file)
        yield* sys.rmdir("/tmp/a/b/c")
        assert.strictEqual(yield* errnoOf(sys.open(file, O_WRONLY | O_CREAT)), "ENOENT")
        yield* sys.symlink("/etc", "/tmp/a/b/c")
        assert.strictEqual(yield* errnoOf(sys.stat("/tmp/a/b/c/passwd")), "success")
      })
    ))

  it.effect("is refused from the moment on at which a directory on the way may not be searched", () =>
    withTree((sys) =>
      Effect.gen(function*() {
        yield* sys.chown("/tmp/a/b", 1000, 1000)
        yield* sys.setresuid(1000, 1000, 0)
        assert.strictEqual(yield* contentOf(sys, file), "old")
        yield* sys.chmod("/tmp/a/b", 0o600)
        assert.strictEqual(yield* errnoOf(sys.stat(file)), "EACCES")
        yield* sys.chmod("/tmp/a/b", 0o700)
        assert.strictEqual(yield* errnoOf(sys.stat(file)), "success")
      })
    ))

  it.effect("is walked anew by whoever is somebody else", () =>
    withTree((sys) =>
      Effect.gen(function*() {
        yield* sys.chmod("/tmp/a/b", 0o700)
        assert.strictEqual(yield* errnoOf(sys.stat(file)), "success")
        yield* sys.setresuid(1000, 1000, 0)
        assert.strictEqual(yield* errnoOf(sys.stat(file)), "EACCES")
        yield* sys.setresuid(-1, 0, -1)
        assert.strictEqual(yield* errnoOf(sys.stat(file)), "success")
      })
    ))

  it.effect("begins at one's own root and working directory", () =>
    withTree((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/jail")
        for (const path of ["/tmp/jail/tmp", "/tmp/jail/tmp/a", "/tmp/jail/tmp/a/b", "/tmp/jail/tmp/a/b/c"]) {
          yield* sys.mkdir(path)
        }
        yield* write1(sys, `/tmp/jail${file}`, "inside")
        yield* sys.chdir("/tmp")
        assert.strictEqual(yield* contentOf(sys, "a/b/c/file"), "old")
        yield* sys.chdir("/tmp/jail/tmp")
        assert.strictEqual(yield* contentOf(sys, "a/b/c/file"), "inside")
        yield* sys.chroot("/tmp/jail")
        assert.strictEqual(yield* contentOf(sys, file), "inside")
      })
    ))

  it.effect("leads into what was mounted on the way, and back out of it", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const { stderr } = yield* runIn(
        Effect.flatMap(Sys, (sys) =>
          Effect.gen(function*() {
            yield* plant(sys)
            yield* Effect.orDie(kernel.mount("/tmp/a/b", memory()))
            assert.strictEqual(yield* errnoOf(sys.stat(file)), "ENOENT")
            yield* sys.mkdir("/tmp/a/b/c")
            yield* write1(sys, file, "mounted")
            assert.strictEqual(yield* contentOf(sys, file), "mounted")
            yield* Effect.orDie(kernel.unmount("/tmp/a/b"))
            assert.strictEqual(yield* contentOf(sys, file), "old")
            return 0
          }))
      )
      assert.strictEqual(stderr, "")
    }).pipe(Effect.provide(Kernel.layer)))
})
