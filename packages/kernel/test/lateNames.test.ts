/** Names over disks that answer late: what somebody found before he waited is not what he finds now. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { AT_FDCWD, RENAME_EXCHANGE } from "../src/abi/Fcntl.js"
import { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_RDWR, O_WRONLY } from "../src/abi/OpenFlags.js"
import type { SystemCalls } from "../src/Sys.js"
import { type Gated, lateDisks } from "./support/gated.js"
import { type Failing, get, names, onDisk, put, whileStopped } from "./support/late.js"
import { errnoOf, write } from "./support/run.js"

/** A process that stands in an empty directory of a disk. */
const on = (make: Effect.Effect<Gated>, body: (sys: SystemCalls, disk: Gated) => Effect.Effect<unknown, Failing>) =>
  onDisk(make, (sys, disk) => Effect.zipRight(Effect.zipRight(sys.mkdir("/w"), sys.chdir("/w")), body(sys, disk)))

describe.each(lateDisks)("on %s", (_, make) => {
  it.effect("a file that was moved away before a rename gets to it is not there to be moved", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* put(sys, "a", "1")
        const answer = yield* whileStopped(disk, ["lookup", "x", "after"], sys.rename("a", "x"), sys.rename("a", "y"))
        assert.strictEqual(answer, "ENOENT")
        assert.deepStrictEqual(yield* names(sys, "."), ["y"])
        assert.strictEqual((yield* sys.stat("y")).nlink, 1)
      })))

  it.effect("a rename replaces what bears the new name by then", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* put(sys, "a", "1")
        yield* put(sys, "b", "2")
        yield* sys.link("b", "kept")
        const answer = yield* whileStopped(disk, ["lookup", "x", "after"], sys.rename("a", "x"), sys.rename("b", "x"))
        assert.strictEqual(answer, "success")
        assert.deepStrictEqual(yield* names(sys, "."), ["kept", "x"])
        assert.strictEqual(yield* get(sys, "x"), "1")
        assert.strictEqual((yield* sys.stat("kept")).nlink, 1)
      })))

  it.effect("unlink takes away what bears the name by then, and no directory", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* put(sys, "a", "1")
        yield* put(sys, "b", "2")
        yield* sys.link("a", "kept")
        assert.strictEqual(
          yield* whileStopped(disk, ["lookup", "a", "after"], sys.unlink("a"), sys.rename("b", "a")),
          "success"
        )
        assert.deepStrictEqual(yield* names(sys, "."), ["kept"])
        assert.strictEqual((yield* sys.stat("kept")).nlink, 1)
        const becomesDirectory = Effect.zipRight(sys.rename("kept", "elsewhere"), sys.mkdir("kept"))
        const answer = yield* whileStopped(disk, ["lookup", "kept", "after"], sys.unlink("kept"), becomesDirectory)
        assert.strictEqual(answer, "EISDIR")
        assert.deepStrictEqual(yield* names(sys, "."), ["elsewhere", "kept"])
      })))

  it.effect("of two who make the same name one is told that it exists", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        const makers = {
          mkdir: sys.mkdir("mkdir"),
          symlink: sys.symlink("/", "symlink"),
          mknod: sys.mknod("mknod", 0o010644, 0),
          open: sys.open("open", O_RDWR | O_CREAT | O_EXCL, 0o644)
        }
        for (const [name, call] of Object.entries(makers)) {
          assert.strictEqual(
            yield* whileStopped(
              disk,
              ["lookup", name, "after"],
              call,
              put(sys, name, "")
            ),
            "EEXIST",
            name
          )
        }
      })))

  it.effect("O_CREAT opens what another has made, and makes it when that one took it away again", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        const opened = (path: string) => Effect.flatMap(sys.open(path, O_RDWR | O_CREAT, 0o644), (fd) => sys.close(fd))
        assert.strictEqual(
          yield* whileStopped(disk, ["lookup", "a", "after"], opened("a"), put(sys, "a", "another's")),
          "success"
        )
        assert.strictEqual(yield* get(sys, "a"), "another's")
        const again = Effect.zipRight(put(sys, "b", ""), sys.unlink("b"))
        assert.strictEqual(yield* whileStopped(disk, ["lookup", "b", "after"], opened("b"), again), "success")
        assert.deepStrictEqual(yield* names(sys, "."), ["a", "b"])
      })))

  it.effect("a file that loses its last name while it is opened is not there", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* put(sys, "a", "1")
        assert.strictEqual(
          yield* whileStopped(disk, ["lookup", "a", "after"], sys.open("a", 0), sys.unlink("a")),
          "ENOENT"
        )
      })))

  it.effect("nothing is made in a directory that is being removed", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* sys.mkdir("d")
        const fd = yield* sys.open("d", O_DIRECTORY)
        const { go, reached } = yield* disk.stop("rmdir", "d", "before")
        const removing = yield* Effect.fork(errnoOf(sys.rmdir("d")))
        yield* reached
        const making = yield* Effect.fork(errnoOf(sys.mkdirat(fd, "new")))
        yield* Effect.repeatN(Effect.yieldNow(), 20)
        yield* go
        assert.deepStrictEqual([yield* Fiber.join(removing), yield* Fiber.join(making)], ["success", "ENOENT"])
      })))

  it.effect("nobody is given another name who is losing the last one", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* put(sys, "a", "1")
        const answer = yield* whileStopped(disk, ["lookup", "b", "after"], sys.link("a", "b"), sys.unlink("a"))
        assert.strictEqual(answer, "ENOENT")
        assert.deepStrictEqual(yield* names(sys, "."), [])
      })))

  it.effect("two directories are not moved into each other", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* sys.mkdir("a")
        yield* sys.mkdir("b")
        const answer = yield* whileStopped(
          disk,
          ["lookup", "x", "after"],
          sys.rename("a", "b/x"),
          sys.rename("b", "a/y")
        )
        assert.strictEqual(answer, "EINVAL")
        assert.deepStrictEqual([yield* names(sys, "."), yield* names(sys, "a")], [["a"], ["y"]])
      })))

  it.effect("a directory that is found late is not remembered under a name that it has lost", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* sys.mkdir("a")
        yield* sys.mkdir("b")
        yield* put(sys, "b/in", "b's")
        // Nobody has walked through them yet.
        const late = whileStopped(
          disk,
          ["lookup", "a", "after"],
          sys.stat("a"),
          sys.renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE)
        )
        assert.strictEqual(yield* late, "success")
        assert.strictEqual(yield* get(sys, "a/in"), "b's")
        assert.strictEqual(yield* errnoOf(sys.stat("b/in")), "ENOENT")
      })))

  it.effect("lseek and the next write wait for the write before them", () =>
    on(make, (sys, disk) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("a", O_RDWR | O_CREAT, 0o644)
        yield* write(sys, fd, "0")
        // Each call of `write` is about an offset: the second byte is the one that is stopped.
        const { go, reached } = yield* disk.stop("write", 1, "before")
        const writing = yield* Effect.fork(write(sys, fd, "1"))
        yield* reached
        const seeking = yield* Effect.fork(sys.lseek(fd, 0, 0))
        yield* Effect.repeatN(Effect.yieldNow(), 20)
        yield* go
        yield* Fiber.join(writing)
        assert.strictEqual(yield* Fiber.join(seeking), 0)
        yield* write(sys, fd, "x")
        assert.strictEqual(yield* get(sys, "a"), "x1")
      })))

  it.effect("two who list through one descriptor see each name once", () =>
    on(make, (sys) =>
      Effect.gen(function*() {
        for (const name of "abcdefgh") yield* put(sys, name, "")
        const fd = yield* sys.open(".", O_DIRECTORY)
        const list = Effect.gen(function*() {
          const seen: Array<string> = []
          for (;;) {
            const entries = yield* sys.getdents(fd, 3)
            if (entries.length === 0) return seen
            for (const { name } of entries) seen.push(name)
          }
        })
        const seen = (yield* Effect.all([list, list], { concurrency: 2 })).flat()
        assert.deepStrictEqual(seen.sort(), [".", "..", ..."abcdefgh"])
      })))

  it.effect("of many who append at once each has its own place", () =>
    on(make, (sys) =>
      Effect.gen(function*() {
        yield* put(sys, "log", "")
        const append = (text: string) =>
          Effect.gen(function*() {
            const fd = yield* sys.open("log", O_WRONLY | O_APPEND)
            for (let i = 0; i < 5; i++) yield* write(sys, fd, text)
            yield* sys.close(fd)
          })
        yield* Effect.forEach("abcdef", (letter) => append(letter.repeat(3)), {
          concurrency: "unbounded",
          discard: true
        })
        const log = yield* get(sys, "log")
        assert.strictEqual(log.length, 6 * 5 * 3)
        assert.sameMembers(
          log.match(/.../g) ?? [],
          Array.from("abcdef", (each) => Array(5).fill(each.repeat(3))).flat()
        )
      })))
})
