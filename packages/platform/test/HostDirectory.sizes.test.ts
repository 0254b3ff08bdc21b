/**
 * Names and trees beyond what anybody expects, in a directory of the host: 100,000 names with `EFFIX_LARGE=1`, and fewer
 * otherwise.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Bytes from "@effix/kernel/Bytes"
import type * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { calls } from "../src/node/NodeHostCalls.js"
import { errnoOf, type Given, guest, type How, onHost } from "./support/hostTree.js"

const kinds: ReadonlyArray<readonly [string, How]> = [
  ["through FileSystem alone", {}],
  ["with what node can do besides", { calls }]
]

const many = process.env.EFFIX_LARGE === "1" ? 100_000 : 4000

/** A guest that stands in the directory. */
const asGuest = (how: How, body: (sys: SystemCalls, given: Given) => Effect.Effect<void, Errno.Any>) =>
  onHost(how, (given) => guest(given.kernel, (sys) => Effect.zipRight(sys.chdir("/host"), body(sys, given))))

describe.each(kinds)("In a host directory, %s,", (_, how) => {
  it.effect("names with a newline are names like others; with a NUL they are none, and what is no UTF-8 is neither shown nor made", () =>
    asGuest(how, (sys, { root }) =>
      Effect.gen(function*() {
        fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff, 0x41)]), "")
        for (const name of ["new\nline", "ü", " ", "-rf", "..."]) yield* sys.mkdir(name)
        expect(fs.readdirSync(root).filter((name) => !name.includes("\ufffd")).sort()).toEqual([
          " ",
          "-rf",
          "...",
          "new\nline",
          "ü"
        ])
        expect(yield* errnoOf(sys.mkdir("a\0b"))).toBe("ENOENT")
        expect(yield* errnoOf(sys.open("a\0b", 0o101))).toBe("ENOENT")
        expect(yield* errnoOf(sys.stat("new\0line"))).toBe("ENOENT")
        const foreign = Bytes.decode(Uint8Array.of(0xff, 0x41))
        expect(yield* errnoOf(sys.stat(foreign))).toBe("ENOENT")
        expect(yield* errnoOf(sys.mkdir(foreign))).not.toBe("success")
        const fd = yield* sys.open(".", 0o200000)
        const listed = (yield* sys.getdents(fd)).map(({ name }) => name)
        expect(listed.sort()).toEqual([" ", "-rf", ".", "..", "...", "new\nline", "ü"])
      })))

  it.effect("names of 255 bytes are the longest, and of 5,000 they are none", () =>
    asGuest(how, (sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("n".repeat(255))
        yield* sys.mkdir("ü".repeat(127))
        for (const name of ["n".repeat(256), "ü".repeat(128), "n".repeat(5000)]) {
          expect(yield* errnoOf(sys.mkdir(name))).toBe("ENAMETOOLONG")
          expect(yield* errnoOf(sys.stat(`${name}/x`))).toBe("ENAMETOOLONG")
        }
      })))

  it.effect("forty links are followed, whoever made them, and the forty-first is one too many", () =>
    asGuest(how, (sys, { root }) =>
      Effect.gen(function*() {
        fs.writeFileSync(path.join(root, "l0"), "end")
        for (let i = 1; i <= 20; i++) fs.symlinkSync(`l${i - 1}`, path.join(root, `l${i}`))
        for (let i = 21; i <= 41; i++) yield* sys.symlink(`l${i - 1}`, `l${i}`)
        expect((yield* sys.stat("l40")).size).toBe(3)
        expect(yield* errnoOf(sys.stat("l41"))).toBe("ELOOP")
      })))

  it.effect(`${many} names are listed once each, while names come and go`, () =>
    asGuest(how, (sys, { root }) =>
      Effect.gen(function*() {
        for (let i = 0; i < many; i++) fs.writeFileSync(path.join(root, `n${i}`), "")
        const fd = yield* sys.open(".", 0o200000)
        const seen: Array<string> = []
        for (let round = 0;; round++) {
          const entries = yield* sys.getdents(fd)
          if (entries.length === 0) break
          for (const { name } of entries) seen.push(name)
          if (round > 20) continue
          yield* sys.unlink(entries[entries.length - 1]!.name)
          yield* sys.mkdir(`fresh${round}`)
        }
        const names = new Set(seen)
        expect(names.size).toBe(seen.length)
        expect(Array.from({ length: many }, (_, i) => `n${i}`).every((name) => names.has(name))).toBe(true)
      })))

  it.effect("a tree is made until its path is too long for the host, and taken away", () =>
    asGuest(how, (sys) =>
      Effect.gen(function*() {
        const name = "d".repeat(200)
        let depth = 0
        let refused = "success"
        while (depth < 100) {
          refused = yield* errnoOf(sys.mkdir(name))
          if (refused !== "success") break
          yield* sys.chdir(name)
          depth++
        }
        expect(refused).toBe("ENAMETOOLONG")
        expect(depth).toBeGreaterThan(15)
        for (; depth > 0; depth--) {
          yield* sys.chdir("..")
          yield* sys.rmdir(name)
        }
        expect((yield* sys.stat("/host")).nlink).toBe(2)
      })))

  it.effect("a file of 1 TiB that is nearly all hole takes next to no room", () =>
    asGuest(how, (sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("sparse", 0o102)
        yield* sys.ftruncate(fd, 2 ** 40)
        yield* sys.pwrite(fd, Bytes.encode("end"), 2 ** 40 - 3)
        const { blocks, size } = yield* sys.stat("sparse")
        expect(size).toBe(2 ** 40)
        expect(blocks * 512).toBeLessThan(2 ** 20)
        const into = new Uint8Array(8)
        yield* sys.pread(fd, into, 2 ** 40 - 8)
        expect(Bytes.decode(into)).toBe("\0\0\0\0\0end")
      })))
})
