import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Abi from "../../src/abi/Socket.js"
import { Kernel } from "../../src/index.js"
import * as Sockets from "../../src/Sockets.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import { errnoOf, inProcess, read, write } from "../support/run.js"

const { AF_UNIX, SOCK_DGRAM, SOCK_STREAM } = Abi
const give = (sys: SystemCalls, through: number, fds: ReadonlyArray<number>, text = "x") =>
  sys.sendmsg(through, { data: new TextEncoder().encode(text), control: [{ _tag: "Rights", fds }] })
const receive = (sys: SystemCalls, through: number, controlLength = 64, flags = 0) =>
  Effect.map(sys.recvmsg(through, { into: new Uint8Array(64), controlLength }, flags), (message) => ({
    ...message,
    fds: message.control.flatMap((each) => each._tag === "Rights" ? each.fds : [])
  }))

describe("descriptors in messages", () => {
  it.effect("a descriptor arrives in another process, and points at the same description", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        const child = yield* sys.spawn(Effect.gen(function*() {
          const own = yield* Sys
          const { fds } = yield* receive(own, b)
          yield* write(own, fds[0]!, "from afar")
          return 0
        }))
        const [reader, writer] = yield* sys.pipe()
        yield* give(sys, a, [writer])
        yield* sys.close(writer)
        yield* sys.wait(child)
        assert.strictEqual(yield* read(sys, reader), "from afar")
        assert.strictEqual(yield* read(sys, reader), "")
      })
    ))

  it.effect("a stream is not read across them, and a read that asks for none drops them", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        const [reader, writer] = yield* sys.pipe()
        yield* write(sys, a, "before ")
        yield* give(sys, a, [writer], "with")
        yield* write(sys, a, "after")
        yield* sys.close(writer)
        assert.strictEqual(yield* read(sys, b), "before with")
        assert.strictEqual(yield* read(sys, reader), "")
        assert.strictEqual(yield* read(sys, b), "after")
      })
    ))

  it.effect("what has no room is cut off and closed", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_DGRAM)
        const [reader, writer] = yield* sys.pipe()
        yield* give(sys, a, [0, writer])
        yield* sys.close(writer)
        const one = yield* receive(sys, b, 20, Abi.MSG_CMSG_CLOEXEC)
        assert.strictEqual(one.fds.length, 1)
        assert.strictEqual(one.flags, Abi.MSG_CTRUNC | Abi.MSG_CMSG_CLOEXEC)
        assert.strictEqual(yield* sys.fcntl(one.fds[0]!, 1), 1)
        assert.strictEqual(yield* read(sys, reader), "")
        assert.strictEqual(yield* errnoOf(give(sys, a, [77])), "EBADF")
        assert.strictEqual(yield* errnoOf(give(sys, a, Array.from({ length: 254 }, () => 0))), "EINVAL")
      })
    ))

  it.effect("peeking gives descriptors that the message has still", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_DGRAM)
        yield* give(sys, a, [0])
        const peeked = yield* receive(sys, b, 64, Abi.MSG_PEEK)
        const taken = yield* receive(sys, b)
        assert.deepStrictEqual([peeked.fds.length, taken.fds.length], [1, 1])
        assert.notStrictEqual(peeked.fds[0], taken.fds[0])
      })
    ))

  const collected = (tangle: (sys: SystemCalls) => Effect.Effect<void, { readonly _tag: string }>) =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const sockets = yield* Sockets.Sockets
      const program = Effect.gen(function*() {
        const sys = yield* Sys
        yield* Effect.orDie(tangle(sys))
        return sockets.list().length
      })
      const handle = yield* kernel.spawn(program)
      assert.deepStrictEqual(yield* handle.wait, { _tag: "Exited", code: 0 })
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer))

  it.effect("a socket that is only in flight through itself is collected", () =>
    collected((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_DGRAM)
        yield* give(sys, a, [b])
        yield* sys.close(a)
        yield* sys.close(b)
      })
    ))

  it.effect("a ring of sockets that carry each other is collected, with the pipe that one of them carries", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        const [c, d] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        yield* give(sys, a, [d])
        yield* give(sys, c, [b, writer])
        for (const fd of [a, b, c, d, writer]) yield* sys.close(fd)
        assert.strictEqual(yield* read(sys, reader), "")
      })
    ))

  it.effect("what can be reached through a socket that is open stays", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        const [c, d] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        yield* give(sys, c, [c, d])
        yield* give(sys, a, [c, d])
        yield* sys.close(c)
        yield* sys.close(d)
        yield* sys.close(yield* sys.socket(AF_UNIX, SOCK_DGRAM))
        const { fds: [, far] } = yield* receive(sys, b)
        assert.strictEqual((yield* receive(sys, far!)).fds.length, 2)
      })
    ))

  it.effect("a connection that nobody accepts keeps what it carries, until its listener is gone", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [reader, writer] = yield* sys.pipe()
        const listening = yield* sys.socket(AF_UNIX, SOCK_STREAM)
        yield* sys.bind(listening, { family: "unix", abstract: "l" })
        yield* sys.listen(listening, 1)
        const near = yield* sys.socket(AF_UNIX, SOCK_STREAM)
        yield* sys.connect(near, { family: "unix", abstract: "l" })
        // The listener itself goes along: nothing but this message will refer to it.
        yield* give(sys, near, [listening, writer])
        yield* sys.close(writer)
        yield* sys.close(listening)
        yield* sys.close(near)
        assert.strictEqual(yield* read(sys, reader), "")
      })
    ))
})
