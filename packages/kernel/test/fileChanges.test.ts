/** What a program outside the kernel hears of its files. */
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { MS_BIND } from "../src/abi/MountFlags.js"
import { O_CREAT, O_RDWR } from "../src/abi/OpenFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import type { Any } from "../src/Errno.js"
import * as Kernel from "../src/Kernel.js"
import type { SystemCalls } from "../src/Sys.js"
import type { FileChange, WatchOptions } from "../src/Vfs.js"
import { errnoOf, inChild, runIn, write } from "./support/run.js"

const text = (change: FileChange): string => {
  if (change._tag === "Lost") return "Lost"
  const path = change._tag === "Moved" ? `${change.from} -> ${change.path}` : change.path
  return `${change._tag} ${path}${change.directory ? "/" : ""}`
}

const put = (sys: SystemCalls, path: string, content: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, O_CREAT | O_RDWR, 0o644)
    yield* write(sys, fd, content)
    yield* sys.close(fd)
  })

/** What is heard at `path` while a process does this; the end is a file that is made at `end`. */
const heard = (
  path: string,
  options: WatchOptions,
  body: (sys: SystemCalls) => Effect.Effect<unknown, Any>,
  end = `${path}/end`
) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const changes = kernel.watch(path, options).pipe(
      Stream.map(text),
      Stream.takeUntil((change) => change === `Created ${end}`),
      Stream.runCollect
    )
    const fiber = yield* Effect.fork(changes)
    yield* Effect.yieldNow()
    yield* Effect.yieldNow()
    const ran = yield* runIn(inChild((sys) => Effect.zipRight(body(sys), put(sys, end, ""))))
    expect(ran.stderr).toBe("")
    return Chunk.toReadonlyArray(yield* Fiber.join(fiber)).slice(0, -1)
  })

const inKernel = <A, E>(body: Effect.Effect<A, E, Kernel.Kernel>, options: Kernel.Options = {}) =>
  Effect.provide(body, Kernel.layerWith(options))

const empty = () => MemoryBackend.make({ bytesMax: 1e6, inodesMax: 1000, now: 0n })

describe("watching", () => {
  it.effect("a directory tells what happens to its names and to the files that they stand for", () =>
    inKernel(Effect.gen(function*() {
      expect(
        yield* heard("/tmp", {}, (sys) =>
          Effect.gen(function*() {
            yield* put(sys, "/tmp/one", "1")
            yield* sys.chmod("/tmp/one", 0o600)
            yield* sys.rename("/tmp/one", "/tmp/two")
            yield* sys.mkdir("/tmp/d")
            yield* put(sys, "/tmp/d/deep", "unheard")
            yield* sys.rename("/tmp/two", "/root/gone")
            yield* sys.rename("/root/gone", "/tmp/back")
            yield* sys.unlink("/tmp/back")
          }))
      ).toEqual([
        "Created /tmp/one",
        "Modified /tmp/one",
        "AttributesChanged /tmp/one",
        "Moved /tmp/one -> /tmp/two",
        "Created /tmp/d/",
        "Removed /tmp/two",
        "Created /tmp/back",
        "Removed /tmp/back"
      ])
    })))

  it.effect("a tree tells of what lies deep in it, and of directories that come later", () =>
    inKernel(Effect.gen(function*() {
      expect(
        yield* heard("/tmp", { recursive: true }, (sys) =>
          Effect.gen(function*() {
            yield* sys.mkdir("/tmp/a")
            yield* sys.mkdir("/tmp/a/b")
            yield* put(sys, "/tmp/a/b/c", "x")
            yield* sys.rename("/tmp/a", "/tmp/z")
            yield* put(sys, "/tmp/z/b/c", "y")
          }))
      ).toEqual([
        "Created /tmp/a/",
        "Created /tmp/a/b/",
        "Created /tmp/a/b/c",
        "Modified /tmp/a/b/c",
        "Moved /tmp/a -> /tmp/z/",
        "Modified /tmp/z/b/c"
      ])
    })))

  it.effect("a file is a path: what is put in its place is heard as well, and an open file without a name is not", () =>
    inKernel(Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* kernel.writeFile("/etc/conf", "old")
      const changes = kernel.watch("/etc/conf").pipe(
        Stream.map(text),
        Stream.takeUntil((change) => change === "Removed /etc/conf"),
        Stream.runCollect
      )
      const fiber = yield* Effect.fork(changes)
      yield* Effect.yieldNow()
      yield* Effect.yieldNow()
      const ran = yield* runIn(inChild((sys) =>
        Effect.gen(function*() {
          const fd = yield* sys.open("/etc/conf", O_RDWR)
          yield* put(sys, "/etc/conf.new", "new")
          yield* sys.rename("/etc/conf.new", "/etc/conf")
          yield* write(sys, fd, "to nobody")
          yield* sys.chmod("/etc/conf", 0o600)
          yield* put(sys, "/etc/conf", "newer")
          yield* sys.unlink("/etc/conf")
        })
      ))
      expect(ran.stderr).toBe("")
      expect(Chunk.toReadonlyArray(yield* Fiber.join(fiber))).toEqual([
        "Created /etc/conf",
        "AttributesChanged /etc/conf",
        "Modified /etc/conf",
        "Removed /etc/conf"
      ])
    })))

  it.effect("sees through mounts, and what is done through another place of the same directory", () =>
    inKernel(
      Effect.gen(function*() {
        expect(
          yield* heard("/tmp", { recursive: true }, (sys) =>
            Effect.gen(function*() {
              yield* put(sys, "/tmp/mounted/x", "x")
              yield* sys.mkdir("/tmp/bound")
              yield* sys.mkdir("/root/there")
              yield* sys.mount("/root/there", "/tmp/bound", "", MS_BIND)
              yield* put(sys, "/root/there/y", "")
            }))
        ).toEqual(["Created /tmp/mounted/x", "Modified /tmp/mounted/x", "Created /tmp/bound/", "Created /tmp/bound/y"])
      }),
      { mounts: { "/tmp/mounted": { backend: empty() } } }
    ))

  it.effect("keeps so many changes for a reader who is late, and says when older ones are lost", () =>
    inKernel(Effect.gen(function*() {
      const found = yield* heard("/tmp", { bufferSize: 4 }, (sys) =>
        // All of it in one step, as far as the reader is concerned.
        Effect.forEach(Array.from({ length: 50 }, (_, at) => at), (at) => sys.mkdir(`/tmp/${at}`)))
      expect(found[0]).toBe("Lost")
      expect(found[found.length - 1]).toBe("Created /tmp/49/")
    })))

  it.effect("what is not there cannot be watched", () =>
    inKernel(Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      expect(yield* errnoOf(Stream.runDrain(kernel.watch("/none")))).toBe("ENOENT")
    })))

  it.effect("ends with its scope, and nobody is told any more", () =>
    inKernel(Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const found = yield* Effect.scoped(Effect.gen(function*() {
        const pull = yield* Stream.toPull(kernel.watch("/tmp"))
        const fiber = yield* Effect.fork(pull)
        yield* Effect.yieldNow()
        yield* kernel.writeFile("/tmp/a", "")
        return Chunk.toReadonlyArray(yield* Fiber.join(fiber)).map(text)
      }))
      expect(found[0]).toBe("Created /tmp/a")
      yield* kernel.writeFile("/tmp/b", "")
    })))
})
