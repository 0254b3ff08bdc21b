/** Counters to wait for. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE } from "../src/abi/EventFlags.js"
import { F_GETFD, F_GETFL } from "../src/abi/Fcntl.js"
import { O_NONBLOCK, O_RDWR } from "../src/abi/OpenFlags.js"
import { POLLIN, POLLOUT } from "../src/abi/PollEvents.js"
import type { Any } from "../src/Errno.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess } from "./support/run.js"

const test = (name: string, body: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  it.effect(name, () => inProcess(body))

const bytes = (value: bigint): Uint8Array => {
  const all = new Uint8Array(8)
  new DataView(all.buffer).setBigUint64(0, value, true)
  return all
}

const add = (sys: SystemCalls, fd: number, value: bigint) => sys.write(fd, bytes(value))

const take = (sys: SystemCalls, fd: number) =>
  Effect.suspend(() => {
    const into = new Uint8Array(8)
    return Effect.map(sys.read(fd, into), () => new DataView(into.buffer).getBigUint64(0, true))
  })

const LAST = 2n ** 64n - 2n

describe("eventfd", () => {
  test("adds what is written, and gives all of it to who reads", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd(5)
      assert.strictEqual(yield* add(sys, fd, 3n), 8)
      assert.strictEqual(yield* add(sys, fd, 2n ** 40n), 8)
      assert.strictEqual(yield* take(sys, fd), 2n ** 40n + 8n)
      yield* add(sys, fd, 0xffff_ffffn)
      yield* add(sys, fd, 1n)
      assert.strictEqual(yield* take(sys, fd), 2n ** 32n)
    }))

  test("a semaphore gives one at a time, across the middle too", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK)
      assert.deepStrictEqual([yield* take(sys, fd), yield* take(sys, fd)], [1n, 1n])
      assert.strictEqual(yield* errnoOf(take(sys, fd)), "EAGAIN")
      yield* add(sys, fd, 2n ** 32n)
      assert.strictEqual(yield* take(sys, fd), 1n)
      yield* sys.epollCreate()
      const info = yield* sys.open(`/proc/self/fdinfo/${fd}`, 0)
      const text = new Uint8Array(200)
      yield* sys.read(info, text)
      assert.include(new TextDecoder().decode(text), "eventfd-count:         ffffffff\n")
    }))

  test("EINVAL: other flags, fewer than 8 bytes, a number that none may be", (sys) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* errnoOf(sys.eventfd(0, 2)), "EINVAL")
      const fd = yield* sys.eventfd(1)
      assert.strictEqual(yield* errnoOf(sys.read(fd, new Uint8Array(7))), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.write(fd, new Uint8Array(7))), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.write(fd, new Uint8Array(16))), "EINVAL")
      assert.strictEqual(yield* errnoOf(add(sys, fd, 2n ** 64n - 1n)), "EINVAL")
      assert.strictEqual(yield* sys.read(fd, new Uint8Array(16)), 8)
      assert.strictEqual(yield* errnoOf(sys.read(fd, new Uint8Array(0))), "EINVAL")
    }))

  test("EAGAIN: nothing to take, or no room for so much", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd(0, EFD_NONBLOCK)
      assert.strictEqual(yield* errnoOf(take(sys, fd)), "EAGAIN")
      yield* add(sys, fd, LAST)
      assert.strictEqual(yield* errnoOf(add(sys, fd, 1n)), "EAGAIN")
      assert.strictEqual(yield* add(sys, fd, 0n), 8)
      assert.strictEqual(yield* take(sys, fd), LAST)
    }))

  test("is ready to be read from above 0, and to be written to while one more has room", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd()
      const ready = Effect.map(sys.poll([{ fd, events: 0xfff }], 0), ([events]) => events)
      assert.strictEqual(yield* ready, POLLOUT)
      yield* add(sys, fd, 1n)
      assert.strictEqual(yield* ready, POLLIN | POLLOUT)
      yield* add(sys, fd, LAST - 2n)
      assert.strictEqual(yield* ready, POLLIN | POLLOUT)
      yield* add(sys, fd, 1n)
      assert.strictEqual(yield* ready, POLLIN)
    }))

  test("who reads waits for a number, and who writes for room", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd()
      const reading = yield* Effect.fork(take(sys, fd))
      yield* Effect.yieldNow()
      yield* add(sys, fd, LAST)
      assert.strictEqual(yield* Fiber.join(reading), LAST)
      yield* add(sys, fd, LAST - 5n)
      // The second needs less room than the first.
      const large = yield* Effect.fork(add(sys, fd, LAST))
      const small = yield* Effect.fork(add(sys, fd, 100n))
      yield* Effect.yieldNow()
      assert.strictEqual(yield* take(sys, fd), LAST - 5n)
      const first = yield* take(sys, fd)
      const second = yield* take(sys, fd)
      assert.sameMembers([first, second], [LAST, 100n])
      yield* Fiber.joinAll([large, small])
    }))

  test("what is written to a semaphore wakes as many as it has room for", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd(0, EFD_SEMAPHORE)
      const threads = yield* Effect.forEach([1, 2, 3], () => Effect.fork(take(sys, fd)))
      yield* Effect.yieldNow()
      yield* add(sys, fd, 3n)
      assert.deepStrictEqual(yield* Fiber.joinAll(threads), [1n, 1n, 1n])
    }))

  test("has the flags that it was opened with, and no name", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)
      assert.strictEqual(yield* sys.fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK)
      assert.strictEqual(yield* sys.fcntl(fd, F_GETFD), 1)
      assert.strictEqual(yield* sys.readlink(`/proc/self/fd/${fd}`), "anon_inode:[eventfd]")
    }))
})
