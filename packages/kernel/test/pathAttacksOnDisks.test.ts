/**
 * Names and trees beyond what anybody expects, on every kind of disk. Trees are as large everywhere as they are in memory
 * with `EFFIX_LARGE=1`; otherwise much smaller.
 */
import { assert, describe, it } from "@effect/vitest"
import * as FaultyBackend from "@effix/testing/FaultyBackend"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AT_FDCWD } from "../src/abi/Fcntl.js"
import { O_DIRECTORY } from "../src/abi/OpenFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as OverlayBackend from "../src/backend/OverlayBackend.js"
import * as Bytes from "../src/Bytes.js"
import type { SystemCalls } from "../src/Sys.js"
import { type Backend, VfsBackend } from "../src/VfsBackend.js"
import { get, put } from "./support/late.js"
import { errnoOf, inProcess } from "./support/run.js"

const memory = (bytesMax = 2 ** 28): Backend => MemoryBackend.make({ bytesMax, inodesMax: 200_000, now: 0n })

const disks: ReadonlyArray<readonly [name: string, make: (bytesMax?: number) => Effect.Effect<Backend, unknown>]> = [
  ["in memory", (bytesMax) => Effect.sync(() => memory(bytesMax))],
  ["on a disk that answers late", (bytesMax) => Effect.sync(() => FaultyBackend.delayed(memory(bytesMax)))],
  [
    "in an overlay",
    (bytesMax) => OverlayBackend.make({ lower: memory(), ...(bytesMax === undefined ? {} : { bytesMax }) })
  ]
]

describe.each(disks)("%s", (name, make) => {
  const full = name === "in memory" || process.env.EFFIX_LARGE === "1"
  const many = full ? 100_000 : 4000
  const depth = full ? 10_000 : 500

  /** Runs a process that has the disk as its root. */
  const on = <A>(body: (sys: SystemCalls) => Effect.Effect<A, unknown>, bytesMax?: number) =>
    Effect.flatMap(
      Effect.orDie(make(bytesMax)),
      (backend) =>
        inProcess((sys) => Effect.zipRight(Effect.ignore(sys.mkdir("/tmp")), body(sys)), {
          backend: Layer.succeed(VfsBackend, backend)
        })
    )

  it.effect("names with a NUL are none; with a newline or bytes that are no UTF-8 they are names like others", () =>
    on((sys) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* errnoOf(put(sys, "/tmp/a\0b", "")), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.mkdir("/tmp/a\0b")), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.stat("/tmp\0/x")), "ENOENT")
        const names = ["new\nline", Bytes.decode(Uint8Array.of(0xff, 0xfe, 0x41)), "ü", " ", "-rf", "..."]
        for (const name of names) yield* put(sys, `/tmp/${name}`, name)
        for (const name of names) assert.strictEqual(yield* get(sys, `/tmp/${name}`), name)
        const fd = yield* sys.open("/tmp", O_DIRECTORY)
        const listed = (yield* sys.getdents(fd)).map(({ name }) => name)
        assert.sameMembers(listed, [".", "..", ...names])
      })
    ))

  it.effect("names of 255 bytes are the longest, however few characters they have; of 5,000 they are none", () =>
    on((sys) =>
      Effect.gen(function*() {
        yield* put(sys, `/tmp/${"n".repeat(255)}`, "")
        yield* put(sys, `/tmp/${"ü".repeat(127)}`, "")
        for (const name of ["n".repeat(256), "ü".repeat(128), "n".repeat(5000)]) {
          assert.strictEqual(yield* errnoOf(put(sys, `/tmp/${name}`, "")), "ENAMETOOLONG")
          assert.strictEqual(yield* errnoOf(sys.stat(`/tmp/${name}/x`)), "ENAMETOOLONG")
        }
        assert.strictEqual(yield* errnoOf(sys.stat("/".repeat(4096))), "ENAMETOOLONG")
        yield* sys.stat("/".repeat(4095))
        assert.strictEqual(yield* errnoOf(sys.symlink("t".repeat(4096), "/tmp/link")), "ENAMETOOLONG")
      })
    ))

  it.effect("forty links are followed, and the forty-first is one too many", () =>
    on((sys) =>
      Effect.gen(function*() {
        yield* put(sys, "/tmp/l0", "end")
        for (let i = 1; i <= 41; i++) yield* sys.symlink(`l${i - 1}`, `/tmp/l${i}`)
        assert.strictEqual(yield* get(sys, "/tmp/l40"), "end")
        assert.strictEqual(yield* errnoOf(get(sys, "/tmp/l41")), "ELOOP")
        yield* sys.symlink("self", "/tmp/self")
        assert.strictEqual(yield* errnoOf(get(sys, "/tmp/self/x")), "ELOOP")
      })
    ))

  it.effect(`a directory of ${many} names is listed once each, while names come and go`, () =>
    on((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/many")
        yield* sys.chdir("/tmp/many")
        for (let i = 0; i < many; i++) yield* sys.mknod(`n${i}`, 0o100644)
        const fd = yield* sys.open(".", O_DIRECTORY)
        const seen: Array<string> = []
        for (let round = 0;; round++) {
          const entries = yield* sys.getdents(fd)
          if (entries.length === 0) break
          for (const { name } of entries) seen.push(name)
          if (round > 50) continue
          yield* sys.unlink(entries[entries.length - 1]!.name)
          yield* sys.mknod(`fresh${round}`, 0o100644)
        }
        const names = new Set(seen)
        assert.strictEqual(names.size, seen.length)
        assert.isTrue(Array.from({ length: many }, (_, i) => `n${i}`).every((name) => names.has(name)))
      })
    ))

  it.effect(`a tree ${depth} deep is made, walked up and taken away`, () =>
    on((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/deep")
        yield* sys.chdir("/tmp/deep")
        for (let i = 0; i < depth; i++) {
          yield* sys.mkdir("d")
          yield* sys.chdir("d")
        }
        const top = (yield* sys.stat("/tmp/deep")).ino
        assert.strictEqual(yield* errnoOf(sys.rename("/tmp/deep", "d")), "EINVAL")
        for (let i = 0; i < 10; i++) yield* sys.chdir("../".repeat(depth / 10))
        assert.strictEqual((yield* sys.stat(".")).ino, top)
        for (let i = 0; i < 10; i++) yield* sys.chdir("d/".repeat(depth / 10))
        for (let i = 0; i < depth; i++) {
          yield* sys.chdir("..")
          yield* sys.rmdir("d")
        }
        yield* sys.unlinkat(AT_FDCWD, "/tmp/deep", 0x200)
      })
    ))

  it.effect("a file of 1 TiB that is nearly all hole fits into a file system of 1 MiB", () =>
    on((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("/tmp/sparse", 0o102)
        yield* sys.ftruncate(fd, 2 ** 40)
        yield* sys.pwrite(fd, Bytes.encode("end"), 2 ** 40 - 3)
        assert.strictEqual((yield* sys.stat("/tmp/sparse")).size, 2 ** 40)
        assert.isBelow((yield* sys.stat("/tmp/sparse")).blocks * 512, 2 ** 20)
        const into = new Uint8Array(8)
        yield* sys.pread(fd, into, 2 ** 40 - 8)
        assert.deepStrictEqual(Bytes.decode(into), "\0\0\0\0\0end")
        assert.strictEqual(yield* sys.lseek(fd, 0, 3), 2 ** 40 - 2 ** 40 % 4096 - 4096)
      }), 2 ** 20))
})
