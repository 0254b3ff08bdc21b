/** Waiting with poll and select. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { O_CREAT, O_PATH, O_RDWR } from "../src/abi/OpenFlags.js"
import { POLLHUP, POLLIN, POLLNVAL, POLLOUT } from "../src/abi/PollEvents.js"
import { RLIMIT_NOFILE } from "../src/abi/Resources.js"
import { SIGUSR1 } from "../src/abi/Signals.js"
import type { Any } from "../src/Errno.js"
import * as SignalSet from "../src/SignalSet.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inChild, inProcess, write } from "./support/run.js"

const test = (name: string, body: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  it.live(name, () => inProcess(body))

const nothing = { read: [], write: [], except: [] }

describe("select", () => {
  test("answers those of each set that are ready, lowest first", (sys) =>
    Effect.gen(function*() {
      const [a, b] = yield* sys.pipe()
      const [c, d] = yield* sys.pipe()
      yield* write(sys, b, "x")
      yield* write(sys, d, "x")
      assert.deepStrictEqual(yield* sys.select({ read: [c, a], write: [d, b, a], except: [a, b] }), {
        read: [a, c],
        write: [b, d],
        except: []
      })
    }))

  test("a file is always ready; a closed other side is the end for a reader and an error for a writer", (sys) =>
    Effect.gen(function*() {
      const file = yield* sys.open("/tmp/a", O_CREAT | O_RDWR)
      assert.deepStrictEqual(yield* sys.select({ read: [file], write: [file], except: [file] }), {
        read: [file],
        write: [file],
        except: []
      })
      const [a, b] = yield* sys.pipe()
      const [c, d] = yield* sys.pipe()
      yield* sys.close(b)
      yield* sys.close(c)
      assert.deepStrictEqual(yield* sys.select({ read: [a, d], write: [a, d] }), {
        read: [a, d],
        write: [d],
        except: []
      })
    }))

  test("EBADF: one is not open; EINVAL: the time is none", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd(1)
      for (const sets of [{ read: [fd, 99] }, { write: [99] }, { except: [99] }, { read: [-1] }]) {
        assert.strictEqual(yield* errnoOf(sys.select(sets, 0)), "EBADF")
      }
      assert.strictEqual(yield* errnoOf(sys.select({ read: [fd] }, -1)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.select({ read: [99] }, Number.NaN)), "EINVAL")
      const named = yield* sys.open("/", O_PATH)
      assert.deepStrictEqual(yield* sys.select({ read: [named], write: [named], except: [named] }, 0), {
        read: [named],
        write: [named],
        except: [named]
      })
    }))

  test("answers empty sets when the time is over, and waits for as long", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.eventfd()
      assert.deepStrictEqual(yield* sys.select({ read: [fd] }, 0), nothing)
      assert.deepStrictEqual(yield* sys.select({ read: [fd] }, 2), nothing)
      assert.deepStrictEqual(yield* sys.select({}, 2), nothing)
      yield* sys.spawn(
        inChild((child) => Effect.zipRight(child.schedYield(), child.write(fd, new Uint8Array(8).fill(1))))
      )
      assert.deepStrictEqual(yield* sys.select({ read: [fd] }), { ...nothing, read: [fd] })
    }))

  test("fails with EINTR when a handler runs", (sys) =>
    Effect.gen(function*() {
      yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.void, flags: 0x10000000 })
      const self = yield* sys.getpid()
      yield* sys.spawn(inChild((child) => Effect.zipRight(child.schedYield(), child.kill(self, SIGUSR1))))
      assert.strictEqual(yield* errnoOf(sys.select({})), "EINTR")
    }))
})

describe("pselect and ppoll", () => {
  test("let a signal through for as long as they wait; one that waits comes before the end of the time", (sys) =>
    Effect.gen(function*() {
      let handled = 0
      yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.sync(() => void handled++) })
      yield* sys.sigprocmask(0, SignalSet.of(SIGUSR1))
      const self = yield* sys.getpid()
      const fd = yield* sys.eventfd(1)
      for (const timeout of [0, 1000]) {
        for (
          const call of [
            sys.pselect({}, timeout, SignalSet.empty),
            sys.ppoll([], timeout, SignalSet.empty)
          ]
        ) {
          handled = 0
          yield* sys.kill(self, SIGUSR1)
          assert.deepStrictEqual(yield* sys.pselect({ read: [fd] }, timeout, SignalSet.empty), {
            ...nothing,
            read: [fd]
          })
          assert.deepStrictEqual(yield* sys.ppoll([{ fd, events: POLLIN }], timeout, SignalSet.empty), [POLLIN])
          assert.strictEqual(handled, 0)
          assert.strictEqual(yield* errnoOf(call), "EINTR")
          assert.strictEqual(handled, 1)
          assert.strictEqual(yield* sys.sigprocmask(0, SignalSet.empty), SignalSet.of(SIGUSR1))
        }
      }
      assert.deepStrictEqual(yield* sys.ppoll([], 0, SignalSet.empty), [])
      assert.deepStrictEqual(yield* sys.pselect({}, 1, SignalSet.empty), nothing)
    }))
})

describe("poll", () => {
  test("tells of each descriptor what holds, whether asked for or not", (sys) =>
    Effect.gen(function*() {
      const [a, b] = yield* sys.pipe()
      yield* sys.close(b)
      assert.deepStrictEqual(
        yield* sys.poll([{ fd: a, events: 0 }, { fd: 99, events: POLLIN }, { fd: -1, events: POLLIN }]),
        [POLLHUP, POLLNVAL, 0]
      )
    }))

  test("EINVAL: more than there may be descriptors", (sys) =>
    Effect.gen(function*() {
      yield* sys.setrlimit(RLIMIT_NOFILE, { soft: 2, hard: 2 })
      const requests = Array.from({ length: 3 }, () => ({ fd: -1, events: 0 }))
      assert.strictEqual(yield* errnoOf(sys.poll(requests, 0)), "EINVAL")
    }))

  test("waits for any of a thousand descriptors", (sys) =>
    Effect.gen(function*() {
      const fds: Array<number> = []
      for (let i = 0; i < 500; i++) fds.push(yield* sys.eventfd())
      yield* sys.spawn(
        inChild((child) => Effect.zipRight(child.schedYield(), child.write(fds[321]!, new Uint8Array(8).fill(1))))
      )
      const found = yield* sys.poll(fds.map((fd) => ({ fd, events: POLLIN })))
      assert.deepStrictEqual(found.flatMap((events, at) => events === 0 ? [] : [[at, events]]), [[321, POLLIN]])
      assert.deepStrictEqual(yield* sys.poll([{ fd: fds[0]!, events: POLLIN | POLLOUT }]), [POLLOUT])
    }))
})
