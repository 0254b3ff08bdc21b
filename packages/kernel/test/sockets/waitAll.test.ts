/** MSG_WAITALL beside other readers of the same socket. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Abi from "../../src/abi/Socket.js"
import type { SystemCalls } from "../../src/Sys.js"
import { inProcess, read, write } from "../support/run.js"

const here = { family: "inet", address: "127.0.0.1", port: 7 } as const

const pairs = {
  "a Unix stream": (sys: SystemCalls) => sys.socketpair(Abi.AF_UNIX, Abi.SOCK_STREAM),
  TCP: (sys: SystemCalls) =>
    Effect.gen(function*() {
      const listening = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
      yield* sys.bind(listening, here)
      yield* sys.listen(listening, 1)
      const near = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
      yield* sys.connect(near, here)
      return [near, (yield* sys.accept(listening)).fd] as const
    })
}

describe("A reader that waits for all it asked for", () => {
  for (const [name, make] of Object.entries(pairs)) {
    it.effect(`of ${name} takes nothing before, and leaves it to the next when it goes`, () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [a, b] = yield* make(sys)
          const first = yield* Effect.fork(sys.recv(b, new Uint8Array(10), Abi.MSG_WAITALL))
          yield* sys.schedYield()
          const second = yield* Effect.fork(read(sys, b))
          yield* sys.schedYield()
          yield* write(sys, a, "hello")
          yield* sys.schedYield()
          assert.isNull(first.unsafePoll())
          yield* Fiber.interrupt(first)
          assert.strictEqual(yield* Fiber.join(second), "hello")
        })
      ))

    it.effect(`of ${name} wakes the next for what it leaves`, () =>
      inProcess((sys) =>
        Effect.gen(function*() {
          const [a, b] = yield* make(sys)
          const first = yield* Effect.fork(sys.recv(b, new Uint8Array(3), Abi.MSG_WAITALL))
          yield* sys.schedYield()
          const second = yield* Effect.fork(read(sys, b))
          yield* sys.schedYield()
          yield* write(sys, a, "he")
          yield* sys.schedYield()
          yield* write(sys, a, "llo")
          assert.strictEqual(yield* Fiber.join(first), 3)
          assert.strictEqual(yield* Fiber.join(second), "lo")
        })
      ))
  }
})
