/** The same tests on the host's files and on a kernel's: they must not differ. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Kernel from "@effix/kernel/Kernel"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as KernelFileSystem from "../src/KernelFileSystem.js"

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (content: string) => new TextEncoder().encode(content)

const services: ReadonlyArray<readonly [string, Layer.Layer<FileSystem.FileSystem>]> = [
  ["the host", NodeFileSystem.layer],
  ["a kernel", Layer.provide(KernelFileSystem.layer, Kernel.layer)]
]

/** What an error is, without the words. */
const errorOf = <A, R>(effect: Effect.Effect<A, PlatformError, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag === "SystemError" ? error.reason : error._tag)

describe.each(services)("FileSystem of %s", (_, layer) => {
  /** A test with the service and an empty directory. */
  const test = <A>(
    name: string,
    body: (fs: FileSystem.FileSystem, directory: string) => Effect.Effect<A, unknown>
  ) =>
    it.scoped(name, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        yield* body(fs, yield* fs.makeTempDirectoryScoped({ prefix: "test-" }))
      }).pipe(Effect.provide(layer)))

  test("writes and reads whole files", (fs, at) =>
    Effect.gen(function*() {
      yield* fs.writeFileString(`${at}/f`, "héllo\n")
      yield* fs.writeFileString(`${at}/f`, "more", { flag: "a" })
      expect(yield* fs.readFileString(`${at}/f`)).toBe("héllo\nmore")
      expect(text(yield* fs.readFile(`${at}/f`))).toBe("héllo\nmore")
      expect(yield* errorOf(fs.writeFileString(`${at}/f`, "", { flag: "wx" }))).toBe("AlreadyExists")
      expect(yield* errorOf(fs.readFile(`${at}/none`))).toBe("NotFound")
      expect(yield* errorOf(fs.readFile(at))).toBe("BadResource")
      expect(yield* errorOf(fs.readFile(`${at}/f/below`))).toBe("BadResource")
    }))

  test("tells what exists and may be used", (fs, at) =>
    Effect.gen(function*() {
      yield* fs.writeFileString(`${at}/f`, "")
      expect(yield* fs.exists(`${at}/f`)).toBe(true)
      expect(yield* fs.exists(`${at}/none`)).toBe(false)
      yield* fs.access(`${at}/f`, { readable: true, writable: true })
      expect(yield* errorOf(fs.access(`${at}/none`))).toBe("NotFound")
    }))

  test("makes directories, one or many", (fs, at) =>
    Effect.gen(function*() {
      yield* fs.makeDirectory(`${at}/a/b/c`, { recursive: true })
      yield* fs.makeDirectory(`${at}/a/b/c`, { recursive: true })
      expect(yield* errorOf(fs.makeDirectory(`${at}/a`))).toBe("AlreadyExists")
      expect(yield* errorOf(fs.makeDirectory(`${at}/x/y`))).toBe("NotFound")
      yield* fs.writeFileString(`${at}/a/b/f`, "")
      expect((yield* fs.readDirectory(`${at}/a`)).sort()).toEqual(["b"])
      expect((yield* fs.readDirectory(at, { recursive: true })).sort()).toEqual(["a", "a/b", "a/b/c", "a/b/f"])
      expect(yield* errorOf(fs.readDirectory(`${at}/a/b/f`))).toBe("BadResource")
      expect(yield* errorOf(fs.makeDirectory(`${at}/a/b/f/d`, { recursive: true }))).toBe("BadResource")
    }))

  test("removes files and trees", (fs, at) =>
    Effect.gen(function*() {
      yield* fs.makeDirectory(`${at}/a/b`, { recursive: true })
      yield* fs.writeFileString(`${at}/a/b/f`, "")
      yield* fs.symlink("nowhere", `${at}/a/l`)
      expect(yield* errorOf(fs.remove(`${at}/none`))).toBe("NotFound")
      yield* fs.remove(`${at}/none`, { force: true })
      yield* Effect.flip(fs.remove(`${at}/a`))
      yield* fs.remove(`${at}/a/b/f`)
      yield* fs.remove(`${at}/a`, { recursive: true })
      expect(yield* fs.readDirectory(at)).toEqual([])
    }))

  test("copies a file over another, and trees with their links", (fs, at) =>
    Effect.gen(function*() {
      yield* fs.makeDirectory(`${at}/from/d`, { recursive: true })
      yield* fs.writeFileString(`${at}/from/d/f`, "content", { mode: 0o640 })
      yield* fs.symlink("/nowhere/else", `${at}/from/l`)
      yield* fs.utimes(`${at}/from/d/f`, 1000, 2000)
      yield* fs.copy(`${at}/from`, `${at}/to`, { preserveTimestamps: true })
      expect(yield* fs.readFileString(`${at}/to/d/f`)).toBe("content")
      expect(yield* fs.readLink(`${at}/to/l`)).toBe("/nowhere/else")
      const copied = yield* fs.stat(`${at}/to/d/f`)
      expect(copied.mode & 0o777).toBe(0o640)
      expect(copied.mtime).toEqual(Option.some(new Date(2_000_000)))

      // node refuses to copy the same link twice.
      yield* fs.remove(`${at}/from/l`)
      yield* fs.writeFileString(`${at}/to/d/f`, "kept")
      yield* fs.copy(`${at}/from`, `${at}/to`)
      expect(yield* fs.readFileString(`${at}/to/d/f`)).toBe("kept")
      yield* fs.copy(`${at}/from`, `${at}/to`, { overwrite: true })
      expect(yield* fs.readFileString(`${at}/to/d/f`)).toBe("content")

      yield* fs.writeFileString(`${at}/g`, "a longer text")
      yield* fs.copyFile(`${at}/from/d/f`, `${at}/g`)
      expect(yield* fs.readFileString(`${at}/g`)).toBe("content")
      expect(yield* errorOf(fs.copyFile(`${at}/none`, `${at}/h`))).toBe("NotFound")
      expect(yield* fs.exists(`${at}/h`)).toBe(false)
    }))

  test("links, and finds the real path", (fs, at) =>
    Effect.gen(function*() {
      yield* fs.makeDirectory(`${at}/d`)
      yield* fs.writeFileString(`${at}/d/f`, "x")
      yield* fs.symlink("d", `${at}/l`)
      yield* fs.link(`${at}/d/f`, `${at}/hard`)
      const real = yield* fs.realPath(at)
      expect(yield* fs.realPath(`${at}/l/../l/f`)).toBe(`${real}/d/f`)
      expect(yield* fs.realPath(`${at}/l`)).toBe(`${real}/d`)
      expect((yield* fs.stat(`${at}/hard`)).nlink).toEqual(Option.some(2))
      expect(yield* errorOf(fs.realPath(`${at}/none`))).toBe("NotFound")
      yield* Effect.flip(fs.readLink(`${at}/d/f`))
      yield* fs.symlink("loop", `${at}/loop`)
      expect(yield* errorOf(fs.stat(`${at}/loop`))).toBe("BadResource")
    }))

  test("renames, truncates, and changes modes and times", (fs, at) =>
    Effect.gen(function*() {
      yield* fs.writeFileString(`${at}/a`, "0123456789")
      yield* fs.truncate(`${at}/a`, 4)
      yield* fs.chmod(`${at}/a`, 0o604)
      yield* fs.utimes(`${at}/a`, new Date(5000), new Date(7000))
      yield* fs.rename(`${at}/a`, `${at}/b`)
      const info = yield* fs.stat(`${at}/b`)
      expect(info).toMatchObject({ type: "File", size: 4n, mode: 0o100604 })
      expect(info.mtime).toEqual(Option.some(new Date(7000)))
      expect((yield* fs.stat(at)).type).toBe("Directory")
      yield* fs.truncate(`${at}/b`)
      expect(yield* fs.readFileString(`${at}/b`)).toBe("")
      expect(yield* errorOf(fs.rename(`${at}/a`, `${at}/c`))).toBe("NotFound")
    }))

  test("opens files with a position of their own", (fs, at) =>
    Effect.scoped(Effect.gen(function*() {
      const file = yield* fs.open(`${at}/f`, { flag: "w+" })
      yield* file.writeAll(bytes("0123456789"))
      yield* file.seek(2, "start")
      yield* file.seek(1, "current")
      const into = new Uint8Array(4)
      expect(yield* file.read(into)).toBe(4n)
      expect(text(into)).toBe("3456")
      expect(Option.map(yield* file.readAlloc(100), text)).toEqual(Option.some("789"))
      expect(yield* file.readAlloc(100)).toEqual(Option.none())
      yield* file.truncate(5)
      yield* file.write(bytes("!"))
      expect(yield* fs.readFileString(`${at}/f`)).toBe("01234!")
      expect((yield* file.stat).size).toBe(6n)
      yield* file.sync
      const appending = yield* fs.open(`${at}/f`, { flag: "a+" })
      yield* appending.write(bytes("?"))
      expect(Option.map(yield* appending.readAlloc(3), text)).toEqual(Option.some("012"))
      yield* appending.write(bytes("?"))
      expect(yield* fs.readFileString(`${at}/f`)).toBe("01234!??")
    })))

  test("streams out of files and into them", (fs, at) =>
    Effect.gen(function*() {
      const parts = ["one ", "two ", "three"].map(bytes)
      yield* Stream.run(Stream.fromIterable(parts), fs.sink(`${at}/f`))
      expect(yield* fs.readFileString(`${at}/f`)).toBe("one two three")
      const read = yield* Stream.runCollect(fs.stream(`${at}/f`, { chunkSize: 4, offset: 4, bytesToRead: 6 }))
      expect(Chunk.toReadonlyArray(read).map(text)).toEqual(["two ", "th"])
      expect(yield* errorOf(Stream.runDrain(fs.stream(`${at}/none`)))).toBe("NotFound")
    }))

  test("makes temporary files, and removes them with their scope", (fs, at) =>
    Effect.gen(function*() {
      const [directory, file] = yield* Effect.scoped(Effect.gen(function*() {
        const directory = yield* fs.makeTempDirectoryScoped({ directory: at, prefix: "p-" })
        const file = yield* fs.makeTempFileScoped({ directory: at, suffix: ".txt" })
        expect(directory.startsWith(`${at}/p-`)).toBe(true)
        expect(file.endsWith(".txt")).toBe(true)
        yield* fs.writeFileString(`${directory}/f`, "")
        expect((yield* fs.stat(directory)).mode & 0o777).toBe(0o700)
        expect((yield* fs.stat(file)).size).toBe(0n)
        return [directory, file]
      }))
      expect(yield* fs.exists(directory!)).toBe(false)
      expect(yield* fs.exists(file!)).toBe(false)
      const kept = yield* fs.makeTempFile({ directory: at })
      expect(yield* fs.exists(kept)).toBe(true)
      expect(yield* fs.makeTempDirectory({ directory: at })).not.toBe(yield* fs.makeTempDirectory({ directory: at }))
    }))
})

describe("FileSystem of a kernel", () => {
  it.effect("heeds the permissions of its user", () =>
    Effect.gen(function*() {
      const root = yield* KernelFileSystem.make()
      const user = yield* KernelFileSystem.make({ user: "user" })
      yield* root.writeFileString("/root/secret", "")
      expect(yield* errorOf(user.readFile("/root/secret"))).toBe("PermissionDenied")
      expect(yield* errorOf(user.writeFileString("/etc/x", ""))).toBe("PermissionDenied")
      yield* user.writeFileString("/home/user/own", "")
      expect((yield* root.stat("/home/user/own")).uid).toEqual(Option.some(1000))
      expect((yield* Effect.flip(KernelFileSystem.make({ user: "nobody-here" })))._tag).toBe("EINVAL")
    }).pipe(Effect.provide(Kernel.layer)))

  /** What is heard of `path` while `body` runs; the end is that `path/end` is made. */
  const heard = (
    fs: FileSystem.FileSystem,
    path: string,
    body: Effect.Effect<unknown, PlatformError>,
    options?: FileSystem.WatchOptions
  ) =>
    Effect.gen(function*() {
      const listening = yield* Effect.fork(
        fs.watch(path, options).pipe(
          Stream.map((event) => `${event._tag} ${event.path}`),
          Stream.takeUntil((event) => event === "Create end"),
          Stream.runCollect
        )
      )
      for (let turn = 0; turn < 5; turn++) yield* Effect.yieldNow()
      yield* body
      yield* fs.writeFileString("/tmp/w/end", "")
      return Chunk.toReadonlyArray(yield* Fiber.join(listening)).slice(0, -1)
    })

  it.effect("watches a directory, and names files as node's does", () =>
    Effect.gen(function*() {
      const fs = yield* KernelFileSystem.make()
      yield* fs.makeDirectory("/tmp/w")
      yield* fs.symlink("/tmp/w", "/tmp/link")
      const changes = Effect.gen(function*() {
        yield* fs.writeFileString("/tmp/w/a", "1")
        yield* fs.chmod("/tmp/w/a", 0o600)
        yield* fs.rename("/tmp/w/a", "/tmp/w/b")
        yield* fs.makeDirectory("/tmp/w/s")
        yield* fs.writeFileString("/tmp/w/s/deep", "")
        yield* fs.remove("/tmp/w/b")
      })
      const shallow = ["Create a", "Update a", "Update a", "Remove a", "Create b", "Create s", "Remove b"]
      expect(yield* heard(fs, "/tmp/link", changes)).toEqual(shallow)
      yield* fs.remove("/tmp/w", { recursive: true })
      yield* fs.makeDirectory("/tmp/w")
      expect(yield* heard(fs, "/tmp/w", changes, { recursive: true })).toEqual(
        shallow.flatMap((event) => event === "Create s" ? [event, "Create s/deep"] : [event])
      )
    }).pipe(Effect.provide(Kernel.layer)))

  it.effect("watches a file by its last name, and only what is there and may be read", () =>
    Effect.gen(function*() {
      const fs = yield* KernelFileSystem.make()
      yield* fs.writeFileString("/tmp/f", "1")
      const listening = yield* Effect.fork(Stream.runCollect(Stream.take(fs.watch("/tmp/f"), 2)))
      for (let turn = 0; turn < 5; turn++) yield* Effect.yieldNow()
      yield* fs.writeFileString("/tmp/f", "2", { flag: "a" })
      yield* fs.remove("/tmp/f")
      expect(Chunk.toReadonlyArray(yield* Fiber.join(listening)).map((event) => `${event._tag} ${event.path}`)).toEqual(
        [
          "Update f",
          "Remove f"
        ]
      )
      expect(yield* errorOf(Stream.runDrain(fs.watch("/tmp/f")))).toBe("NotFound")
      yield* fs.makeDirectory("/tmp/closed", { mode: 0o700 })
      const other = yield* KernelFileSystem.make({ user: 1000 })
      expect(yield* errorOf(Stream.runDrain(other.watch("/tmp/closed")))).toBe("PermissionDenied")
    }).pipe(Effect.provide(Kernel.layer)))
})
