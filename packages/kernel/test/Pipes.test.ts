import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import { F_GETPIPE_SZ, F_SETPIPE_SZ } from "../src/abi/Fcntl.js"
import { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from "../src/abi/OpenFlags.js"
import { POLLHUP, POLLIN, POLLOUT } from "../src/abi/PollEvents.js"
import { errnoOf, inProcess, read, write } from "./support/run.js"

describe("Pipes", () => {
  it.effect("a read waits for a write", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        const waiting = yield* Effect.fork(read(sys, reader))
        yield* Effect.yieldNow()
        assert.isNull(waiting.unsafePoll())
        yield* write(sys, writer, "hi")
        assert.strictEqual(yield* Fiber.join(waiting), "hi")
      })
    ))

  it.effect("reading answers end of file once every writer is closed", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        const second = yield* sys.dup(writer)
        yield* write(sys, writer, "last")
        yield* sys.close(writer)
        yield* sys.close(second)
        assert.strictEqual(yield* read(sys, reader), "last")
        assert.strictEqual(yield* read(sys, reader), "")
      })
    ))

  it.effect("writing without a reader is EPIPE, after a SIGPIPE that can be ignored", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        yield* sys.close(reader)
        const signals: Array<number> = []
        yield* sys.sigaction(13, { disposition: (info) => Effect.sync(() => signals.push(info.signal)) })
        assert.strictEqual(yield* errnoOf(write(sys, writer, "x")), "EPIPE")
        yield* sys.getpid()
        assert.deepStrictEqual(signals, [13])
        yield* sys.sigaction(13, { disposition: "ignore" })
        assert.strictEqual(yield* errnoOf(write(sys, writer, "x")), "EPIPE")
        assert.deepStrictEqual(signals, [13])
      })
    ))

  it.effect("a pipe that nobody reads holds 64 KiB, and tells by its buffers when it is full", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [, whole] = yield* sys.pipe(O_NONBLOCK)
        assert.strictEqual(yield* sys.write(whole, new Uint8Array(100_000)), 65_536)
        assert.strictEqual(yield* errnoOf(write(sys, whole, "x")), "EAGAIN")
        // Each of these begins a new page, as on Linux: sixteen fit, whatever their size.
        const [, odd] = yield* sys.pipe(O_NONBLOCK)
        let writes = 0
        while ((yield* errnoOf(sys.write(odd, new Uint8Array(3000)))) === "success") writes++
        assert.strictEqual(writes, 16)
      })
    ))

  it.effect("capacity is rounded up to pages, and never cut below what is in it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [, writer] = yield* sys.pipe()
        assert.strictEqual(yield* sys.fcntl(writer, F_GETPIPE_SZ), 65_536)
        yield* sys.write(writer, new Uint8Array(20_000))
        assert.strictEqual(yield* errnoOf(sys.fcntl(writer, F_SETPIPE_SZ, 4096)), "EBUSY")
        assert.strictEqual(yield* sys.fcntl(writer, F_SETPIPE_SZ, 100_000), 131_072)
      })
    ))

  it.effect("an unprivileged process gets no pipe above the limit", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [, writer] = yield* sys.pipe()
        assert.strictEqual(yield* errnoOf(sys.fcntl(writer, F_SETPIPE_SZ, 2_097_152)), "EPERM")
      }), { user: 1000 }))

  it.effect("poll tells what would not block", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        const ask = sys.poll([{ fd: reader, events: POLLIN }, { fd: writer, events: POLLOUT }], 0)
        assert.deepStrictEqual(yield* ask, [0, POLLOUT])
        yield* write(sys, writer, "x")
        assert.deepStrictEqual(yield* ask, [POLLIN, POLLOUT])
        yield* sys.close(writer)
        assert.deepStrictEqual(yield* sys.poll([{ fd: reader, events: POLLIN }], -1), [POLLIN | POLLHUP])
      })
    ))

  it.effect("opening a FIFO waits for the other side", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkfifo("/tmp/fifo")
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/fifo", O_WRONLY | O_NONBLOCK)), "ENXIO")
        const opening = yield* Effect.fork(sys.open("/tmp/fifo", O_RDONLY))
        yield* Effect.yieldNow()
        assert.isNull(opening.unsafePoll())
        const writer = yield* sys.open("/tmp/fifo", O_WRONLY)
        const reader = yield* Fiber.join(opening)
        yield* write(sys, writer, "met")
        assert.strictEqual(yield* read(sys, reader), "met")
      })
    ))

  it.effect("an opening of a FIFO that was given up is not counted", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkfifo("/tmp/fifo")
        const opening = yield* Effect.fork(sys.open("/tmp/fifo", O_RDONLY))
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(opening)
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/fifo", O_WRONLY | O_NONBLOCK)), "ENXIO")
        yield* sys.open("/tmp/fifo", O_RDWR)
      })
    ))

  it.effect.prop(
    "delivers every byte in order, whatever the sizes of writes and reads",
    [
      FastCheck.array(FastCheck.integer({ min: 1, max: 9000 }), { maxLength: 12 }),
      FastCheck.integer({ min: 1, max: 9000 })
    ],
    ([sizes, readSize]) =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* sys.pipe()
          let next = 0
          const writing = Effect.gen(function*() {
            for (const size of sizes) {
              const bytes = Uint8Array.from({ length: size }, () => next++ % 251)
              assert.strictEqual(yield* sys.write(writer, bytes), size)
            }
            yield* sys.close(writer)
          })
          yield* Effect.fork(writing)
          const into = new Uint8Array(readSize)
          let seen = 0
          for (let count = yield* sys.read(reader, into); count > 0; count = yield* sys.read(reader, into)) {
            for (let i = 0; i < count; i++) if (into[i] !== seen++ % 251) assert.fail(`byte ${seen - 1} is ${into[i]}`)
          }
          assert.strictEqual(seen, sizes.reduce((sum, size) => sum + size, 0))
        })
      ),
    { fastCheck: { numRuns: 40 } }
  )
})
