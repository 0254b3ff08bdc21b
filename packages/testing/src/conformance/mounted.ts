/** The backend below a kernel: what programs see of it. */
import * as Fcntl from "@effix/kernel/abi/Fcntl"
import * as OpenFlags from "@effix/kernel/abi/OpenFlags"
import type { Any } from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { bytes, type Case, expect, same } from "./Case.js"

/** A program in a kernel of its own, whose `/disk` is the backend. */
export const program = (name: string, body: (sys: SystemCalls) => Generator<never, void, never>): Case => ({
  name: `mounted: ${name}`,
  body: (backend) =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* kernel.mount("/disk", backend)
      let exit: unknown
      const running = Effect.gen(function*() {
        const sys = yield* Sys
        yield* sys.chdir("/disk")
        yield* Effect.gen(() => body(sys)) as Effect.Effect<void, Any>
        return 0
      }).pipe(Effect.catchAllDefect((defect) => Effect.sync(() => (exit = defect, 1))))
      const { wait } = yield* kernel.spawn(Effect.tapError(running, (error) => Effect.sync(() => (exit = error))))
      const status = yield* wait
      if (exit !== undefined) throw exit
      same("how the program ended", status, { _tag: "Exited", code: 0 })
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)) as Effect.Effect<void, Any>
})

export const steps = (body: (sys: SystemCalls) => Generator<unknown, void, never>) =>
  body as (sys: SystemCalls) => Generator<never, void, never>

export const text = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, OpenFlags.O_RDONLY)
    const into = new Uint8Array(10_000)
    let length = 0
    for (let count = 1; count > 0; length += count) count = yield* sys.read(fd, into.subarray(length))
    yield* sys.close(fd)
    return String.fromCharCode(...into.subarray(0, length))
  })

export const mounted: ReadonlyArray<Case> = [
  program(
    "trees are made and taken down",
    steps(function*(sys) {
      yield* sys.mkdir("a")
      yield* sys.mkdir("a/b")
      const fd = yield* sys.open("a/b/file", OpenFlags.O_CREAT | OpenFlags.O_WRONLY)
      yield* sys.write(fd, bytes("deep"))
      yield* sys.close(fd)
      same("the file", yield* text(sys, "/disk/a/./b/../b/file"), "deep")
      yield* sys.unlink("a/b/file")
      yield* sys.rmdir("a/b")
      yield* sys.rmdir("a")
      same("what is left", (yield* sys.fstatat(Fcntl.AT_FDCWD, ".", 0)).nlink, 2)
    })
  ),

  program(
    "appending finds the end, whoever else appends",
    steps(function*(sys) {
      const flags = OpenFlags.O_CREAT | OpenFlags.O_WRONLY | OpenFlags.O_APPEND
      const one = yield* sys.open("log", flags)
      const two = yield* sys.open("log", flags)
      yield* Effect.all(
        [1, 2, 3, 4].flatMap((i) => [sys.write(one, bytes(`a${i}`)), sys.write(two, bytes(`b${i}`))]),
        { concurrency: "unbounded" }
      )
      const records = (yield* text(sys, "log")).match(/../g) ?? []
      same("the records", [...records].sort(), ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"])
    })
  ),

  program(
    "an open file outlives its name, and a new one takes the name",
    steps(function*(sys) {
      const fd = yield* sys.open("file", OpenFlags.O_CREAT | OpenFlags.O_RDWR)
      yield* sys.write(fd, bytes("old"))
      yield* sys.unlink("file")
      const other = yield* sys.open("file", OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_WRONLY)
      yield* sys.write(other, bytes("new"))
      const into = new Uint8Array(9)
      same("bytes of the old one", yield* sys.pread(fd, into, 0), 3)
      same("the old one", String.fromCharCode(...into.subarray(0, 3)), "old")
      same("its links", (yield* sys.fstat(fd)).nlink, 0)
      same("the new one", yield* text(sys, "file"), "new")
    })
  ),

  program(
    "a program that goes on while a name is replaced sees one file or the other",
    steps(function*(sys) {
      for (const [name, content] of [["now", "11111"], ["next", "22222"]] as const) {
        const fd = yield* sys.open(name, OpenFlags.O_CREAT | OpenFlags.O_WRONLY)
        yield* sys.write(fd, bytes(content))
        yield* sys.close(fd)
      }
      const [seen] = yield* Effect.all([text(sys, "now"), sys.rename("next", "now")], { concurrency: "unbounded" })
      expect(seen === "11111" || seen === "22222", `it read ${seen}`)
      same("afterwards", yield* text(sys, "now"), "22222")
    })
  ),

  program(
    "one of many makers of the same name wins",
    steps(function*(sys) {
      const make = sys.open("lock", OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_WRONLY)
      const tries = Array.from(
        { length: 5 },
        () => Effect.match(make, { onFailure: ({ _tag }) => _tag, onSuccess: () => "won" })
      )
      const outcomes = yield* Effect.all(tries, { concurrency: "unbounded" })
      same("the outcomes", [...outcomes].sort(), ["EEXIST", "EEXIST", "EEXIST", "EEXIST", "won"])
    })
  ),

  program(
    "a truncated file that is open reads as it is now",
    steps(function*(sys) {
      const fd = yield* sys.open("file", OpenFlags.O_CREAT | OpenFlags.O_RDWR)
      yield* sys.write(fd, bytes("0123456789"))
      const again = yield* sys.open("file", OpenFlags.O_WRONLY | OpenFlags.O_TRUNC)
      same("its size", (yield* sys.fstat(fd)).size, 0)
      yield* sys.pwrite(again, bytes("x"), 3)
      const into = new Uint8Array(9)
      same("what is read", [yield* sys.pread(fd, into, 0), ...into.subarray(0, 4)], [4, 0, 0, 0, 120])
    })
  )
]
