import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { errnoTable } from "../src/abi/ErrnoTable.js"
import * as Errno from "../src/Errno.js"

describe("Errno", () => {
  it("says its number and text as libc does", () => {
    const error = Errno.make("EROFS")
    assert.strictEqual(error.errno, 30)
    assert.strictEqual(error.message, "EROFS: Read-only file system")
  })

  it("says call, paths, rule and remedy when it knows them", () => {
    const error = Errno.make("EACCES", { syscall: "rename", path: "/a", target: "/b", rule: "no-b", remedy: "use /c" })
    assert.strictEqual(error.message, "EACCES: Permission denied, rename '/a' -> '/b' [rule no-b]; use /c")
    assert.strictEqual(
      Errno.make("EBADF", { syscall: "read", fd: 9 }).message,
      "EBADF: Bad file descriptor, read (fd 9)"
    )
  })

  it("is an Error, and captures no stack", () => {
    const error = Errno.make("EIO")
    assert.instanceOf(error, Error)
    assert.notInclude(error.stack, "    at ")
    assert.include(Cause.pretty(Cause.fail(error)), "EIO: Input/output error")
  })

  it.effect("catchTag takes out one errno", () =>
    Effect.gen(function*() {
      const open: Effect.Effect<number, Errno.Errno<"ENOENT" | "EACCES">> = Errno.fail("ENOENT", { path: "/x" })
      const handled = yield* Effect.catchTag(open, "ENOENT", (error) => Effect.succeed(error.errno))
      assert.strictEqual(handled, 2)
    }))

  it.effect("is itself an effect that fails", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.gen(function*() {
        return yield* Errno.make("EPIPE")
      }))
      assert.strictEqual(error._tag, "EPIPE")
      assert.isTrue(Errno.isErrno(error))
    }))

  it("is the same Exit every time when there is nothing to say", () => {
    assert.strictEqual(Errno.fail("EAGAIN"), Errno.fail("EAGAIN"))
    assert.notStrictEqual(Errno.fail("EAGAIN", { fd: 1 }), Errno.fail("EAGAIN", { fd: 1 }))
  })

  it("learns where it failed without forgetting what it knew", () => {
    const error = Errno.within(Errno.make("ENOENT", { path: "/inner" }), { syscall: "open", path: "/outer" })
    assert.deepStrictEqual(error.details, { syscall: "open", path: "/inner" })
  })

  it("has no two codes with one number", () => {
    const numbers = Object.values(errnoTable).map(([number]) => number)
    assert.strictEqual(new Set(numbers).size, numbers.length)
  })
})
