/** A reader that sleeps offers its buffer: bytes are copied once, and nobody can tell but by that. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Abi from "../src/abi/Socket.js"
import * as Bytes from "../src/Bytes.js"
import { inOne, Pieces } from "../src/pipe/Pieces.js"
import { Ring } from "../src/pipe/Ring.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess, read, write } from "./support/run.js"

const here = { family: "inet", address: "127.0.0.1", port: 7 } as const

const connections = {
  "a pipe": (sys: SystemCalls) => sys.pipe(),
  "a Unix stream": (sys: SystemCalls) => sys.socketpair(Abi.AF_UNIX, Abi.SOCK_STREAM),
  TCP: (sys: SystemCalls) =>
    Effect.gen(function*() {
      const listening = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
      yield* sys.bind(listening, here)
      yield* sys.listen(listening, 1)
      const near = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
      yield* sys.connect(near, here)
      return [(yield* sys.accept(listening)).fd, near] as const
    })
}

/** A reader that has fallen asleep. */
const asleep = (sys: SystemCalls, fd: number, into: Uint8Array) =>
  Effect.tap(Effect.fork(sys.read(fd, into)), () => sys.schedYield())

const text = (bytes: Uint8Array, count: number) => new TextDecoder().decode(bytes.subarray(0, count))

for (const [name, make] of Object.entries(connections)) {
  describe(`a reader of ${name} that sleeps`, () => {
    it.effect("has what is written in its buffer in the step in which it is written", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const into = new Uint8Array(1000)
          const waiting = yield* asleep(sys, reader, into)
          yield* write(sys, writer, "hello ")
          yield* write(sys, writer, "world")
          assert.isNull(waiting.unsafePoll())
          assert.strictEqual(text(into, 11), "hello world")
          assert.strictEqual(yield* Fiber.join(waiting), 11)
        })
      ))

    it.effect("has consumed nothing when it is interrupted after that", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const waiting = yield* asleep(sys, reader, new Uint8Array(1000))
          yield* write(sys, writer, "first ")
          yield* Fiber.interrupt(waiting)
          yield* write(sys, writer, "second")
          assert.strictEqual(yield* read(sys, reader), "first second")
        })
      ))

    it.effect("loses it to whoever reads first, and waits on", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const into = new Uint8Array(1000)
          const waiting = yield* asleep(sys, reader, into)
          yield* write(sys, writer, "mine now")
          assert.strictEqual(yield* sys.fionread(reader), 8)
          assert.strictEqual(yield* read(sys, reader, 4), "mine")
          assert.strictEqual(yield* read(sys, reader), " now")
          yield* sys.schedYield()
          assert.isNull(waiting.unsafePoll())
          yield* write(sys, writer, "yours")
          assert.strictEqual(text(into, yield* Fiber.join(waiting)), "yours")
        })
      ))

    it.effect("takes what has no room in its buffer from where it waits", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const into = new Uint8Array(600)
          const waiting = yield* asleep(sys, reader, into)
          const all = Uint8Array.from({ length: 1500 }, (_, i) => i % 251)
          yield* sys.write(writer, all)
          assert.strictEqual(yield* Fiber.join(waiting), 600)
          assert.deepStrictEqual(into, all.slice(0, 600))
          const rest = new Uint8Array(1500)
          assert.strictEqual(yield* sys.read(reader, rest), 900)
          assert.deepStrictEqual(rest.slice(0, 900), all.slice(600))
        })
      ))

    it.effect("has it in several buffers, one after the other, and nothing of them is lost when it is interrupted", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const into = [new Uint8Array(3), new Uint8Array(0), new Uint8Array(500), new Uint8Array(200)] as const
          const waiting = yield* Effect.fork(sys.readv(reader, into))
          yield* sys.schedYield()
          yield* sys.writev(writer, ["sev", "eral ", "", "pie"].map(Bytes.encode))
          assert.strictEqual(text(into[0], 3) + text(into[2], 8), "several pie")
          yield* Fiber.interrupt(waiting)
          yield* write(sys, writer, "ces")
          assert.strictEqual(yield* sys.readv(reader, into), 14)
          assert.strictEqual(text(into[0], 3) + text(into[2], 11), "several pieces")
        })
      ))

    it.effect("finds nothing of it when it gave its memory away meanwhile, and disturbs nobody", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const into = new Uint8Array(1000)
          const waiting = yield* asleep(sys, reader, into)
          yield* write(sys, writer, "lost")
          structuredClone(into, { transfer: [into.buffer] })
          yield* Fiber.interrupt(waiting)
          yield* write(sys, writer, "found")
          assert.strictEqual((yield* read(sys, reader)).slice(4), "found")
        })
      ))
  })
}

describe("one that waits for all it asked for", () => {
  for (const name of ["a Unix stream", "TCP"] as const) {
    it.effect(`gathers it in its buffer, of ${name}`, () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* connections[name](sys)
          const into = new Uint8Array(300_000)
          const all = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251)
          const waiting = yield* Effect.fork(sys.recv(reader, into, Abi.MSG_WAITALL))
          yield* sys.schedYield()
          for (let at = 0; at < all.length; at += 50_000) yield* sys.write(writer, all.subarray(at, at + 50_000))
          assert.strictEqual(yield* Fiber.join(waiting), all.length)
          assert.deepStrictEqual(into, all)
        })
      ))
  }

  it.effect("is not served ahead of who peeks, who sees what is there", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* connections.TCP(sys)
        const waiting = yield* Effect.fork(sys.recv(reader, new Uint8Array(1000), Abi.MSG_WAITALL))
        yield* sys.schedYield()
        yield* write(sys, writer, "some")
        const seen = new Uint8Array(10)
        assert.strictEqual(yield* sys.recv(reader, seen, Abi.MSG_PEEK), 4)
        assert.strictEqual(text(seen, 4), "some")
        yield* Fiber.interrupt(waiting)
        assert.strictEqual(yield* read(sys, reader), "some")
        assert.strictEqual(yield* errnoOf(sys.recv(reader, seen, Abi.MSG_DONTWAIT)), "EAGAIN")
      })
    ))
})

const messages = {
  "Unix datagrams": (sys: SystemCalls) => sys.socketpair(Abi.AF_UNIX, Abi.SOCK_DGRAM),
  "Unix packets": (sys: SystemCalls) => sys.socketpair(Abi.AF_UNIX, Abi.SOCK_SEQPACKET),
  UDP: (sys: SystemCalls) =>
    Effect.gen(function*() {
      const reader = yield* sys.socket(Abi.AF_INET, Abi.SOCK_DGRAM)
      const writer = yield* sys.socket(Abi.AF_INET, Abi.SOCK_DGRAM)
      yield* sys.bind(reader, here)
      yield* sys.connect(writer, here)
      return [reader, writer] as const
    })
}

for (const [name, make] of Object.entries(messages)) {
  describe(`a receiver of ${name} that sleeps`, () => {
    it.effect("has the first message in its buffer in the step in which it is sent, and nothing of the next", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const into = new Uint8Array(1000).fill(46)
          const waiting = yield* asleep(sys, reader, into)
          yield* write(sys, writer, "first")
          yield* write(sys, writer, "second")
          assert.strictEqual(text(into, 8), "first...")
          assert.strictEqual(yield* Fiber.join(waiting), 5)
          assert.strictEqual(text(into, 8), "first...")
          assert.strictEqual(yield* read(sys, reader), "second")
        })
      ))

    it.effect("leaves it whole to the next when it is interrupted, and takes nothing that is an empty message's", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const interrupted = yield* asleep(sys, reader, new Uint8Array(600))
          yield* sys.send(writer, new Uint8Array(700).fill(97))
          yield* Fiber.interrupt(interrupted)
          assert.strictEqual(yield* read(sys, reader, 1000), "a".repeat(700))
          const into = new Uint8Array(600).fill(46)
          const waiting = yield* asleep(sys, reader, into)
          yield* sys.send(writer, new Uint8Array(0))
          yield* write(sys, writer, "full")
          assert.strictEqual(yield* Fiber.join(waiting), 0)
          assert.strictEqual(text(into, 4), "....")
          assert.strictEqual(yield* read(sys, reader), "full")
        })
      ))

    it.effect("has it in the parts of a message, and those behind it are as they were", () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* make(sys)
          const into = [4, 4, 600].map((size) => new Uint8Array(size).fill(46))
          const waiting = yield* Effect.fork(sys.recvmsg(reader, { into }))
          yield* sys.schedYield()
          yield* sys.sendmsg(writer, { data: ["in ", "par", "ts"].map(Bytes.encode) })
          assert.strictEqual((yield* Fiber.join(waiting)).count, 8)
          assert.deepStrictEqual(into.map((each) => text(each, 6)), ["in p", "arts", "......"])
        })
      ))
  })
}

describe("a writer that sleeps because a pipe is full", () => {
  const PIPE = 65_536
  const full = (sys: SystemCalls, more: Uint8Array) =>
    Effect.gen(function*() {
      const [reader, writer] = yield* sys.pipe()
      yield* sys.write(writer, new Uint8Array(PIPE))
      const waiting = yield* Effect.fork(sys.write(writer, more))
      yield* sys.schedYield()
      assert.strictEqual(yield* sys.read(reader, new Uint8Array(PIPE)), PIPE)
      return [reader, waiting] as const
    })

  it.effect("lends what is left to a reader that finds nothing", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const more = Uint8Array.from({ length: 3 * PIPE }, (_, i) => i % 251)
        const [reader, waiting] = yield* full(sys, more)
        const into = new Uint8Array(2 * PIPE)
        // No more than the pipe holds.
        assert.strictEqual(yield* sys.read(reader, into), PIPE)
        assert.strictEqual(yield* sys.readv(reader, [into.subarray(PIPE, PIPE + 10), into.subarray(PIPE + 10)]), PIPE)
        assert.deepStrictEqual(into, more.subarray(0, 2 * PIPE))
        assert.isNull(waiting.unsafePoll())
        assert.strictEqual(yield* sys.read(reader, into), PIPE)
        assert.strictEqual(yield* Fiber.join(waiting), 3 * PIPE)
      })
    ))

  it.effect("lends nothing of what goes in whole or not at all", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, waiting] = yield* full(sys, new Uint8Array(4096))
        const reading = yield* Effect.fork(sys.read(reader, new Uint8Array(PIPE)))
        yield* Fiber.interrupt(waiting)
        yield* sys.schedYield()
        assert.isNull(reading.unsafePoll())
      })
    ))

  it.effect("has taken it back when it is interrupted", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, waiting] = yield* full(sys, new Uint8Array(PIPE))
        yield* Fiber.interrupt(waiting)
        const reading = yield* asleep(sys, reader, new Uint8Array(PIPE))
        assert.isNull(reading.unsafePoll())
      })
    ))
})

/** What may happen to a ring: bytes are put in, taken by a reader or by others, and readers come and go. */
const happenings = FastCheck.array(
  FastCheck.record({
    what: FastCheck.constantFrom("put", "put", "take", "look", "drop", "offer", "withdraw", "borrow", "copyTo", "swap"),
    reader: FastCheck.integer({ min: 0, max: 4 }),
    count: FastCheck.integer({ min: 0, max: 1400 })
  }),
  { maxLength: 60 }
)

describe("a ring", () => {
  it("holds what was put in, in order, whoever offers a buffer, takes or leaves", () => {
    FastCheck.assert(
      FastCheck.property(happenings, (all) => {
        let next = 0
        const rings = [new Ring(), new Ring()] as const
        const held: [Array<number>, Array<number>] = [[], []]
        const buffers = [
          ...[600, 1000, 3000].map((size) => new Uint8Array(size)),
          ...[[10, 0, 700], [1000, 3, 30]].map((sizes) => new Pieces(sizes.map((size) => new Uint8Array(size))))
        ] as const
        const [ring, other] = rings
        for (const { count, reader, what } of all) {
          const into = buffers[reader]!
          const some = Math.min(count, held[0].length)
          if (what === "put") {
            const bytes = Uint8Array.from({ length: count + 1 }, () => next++ % 251)
            ring.put(reader < 3 ? bytes : new Pieces([bytes.subarray(0, 9), bytes.subarray(9)]), 1, count, reader === 1)
            held[0].push(...bytes.subarray(1))
          } else if (what === "borrow") {
            const more = () => {
              const bytes = Uint8Array.from({ length: count }, () => next++ % 251)
              ring.put(bytes, 0, count)
              held[0].push(...bytes)
            }
            ring.lend(more)
            if (ring.borrow(into)) {
              const most = Math.min(held[0].length, into.length)
              ring.copy(into, 0, most)
              ring.drop(most)
              ring.withdraw()
              assert.deepStrictEqual(Array.from(inOne(into).subarray(0, most)), held[0].splice(0, most))
            }
            ring.reclaim(more)
          } else if (what === "take") {
            const most = Math.min(some, into.length)
            ring.copy(into, 0, most)
            ring.drop(most)
            assert.deepStrictEqual(Array.from(inOne(into).subarray(0, most)), held[0].splice(0, most))
          } else if (what === "look") {
            const skip = some >> 1
            const seen = new Uint8Array(some - skip)
            ring.copy(seen, 0, some - skip, skip)
            assert.deepStrictEqual(Array.from(seen), held[0].slice(skip, some))
          } else if (what === "drop") {
            ring.drop(some)
            held[0].splice(0, some)
          } else if (what === "offer") ring.offer(into)
          else if (what === "withdraw") ring.withdraw()
          else if (what === "copyTo") {
            ring.copyTo(other, some)
            held[1].push(...held[0].slice(0, some))
          } else {
            ring.swap(other)
            held.reverse()
          }
          assert.deepStrictEqual([ring.held, other.held], held.map(({ length }) => length))
        }
        rings.forEach((each, i) => {
          const rest = new Uint8Array(each.held)
          each.copy(rest, 0, rest.length)
          assert.deepStrictEqual(Array.from(rest), held[i])
        })
      }),
      { numRuns: 3000 }
    )
  })
})
