import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Abi from "../../src/abi/Socket.js"
import { Kernel } from "../../src/index.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import { inProcess, read } from "../support/run.js"

const text = (sys: SystemCalls, path: string) => Effect.flatMap(sys.open(path, 0), (fd) => read(sys, fd))
const setUp = (sys: SystemCalls) =>
  Effect.gen(function*() {
    const tcp = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
    yield* sys.bind(tcp, { family: "inet", address: "127.0.0.1", port: 80 })
    yield* sys.listen(tcp, 1)
    const udp = yield* sys.socket(Abi.AF_INET6, Abi.SOCK_DGRAM)
    yield* sys.bind(udp, { family: "inet6", address: "::1", port: 53 })
    const unix = yield* sys.socket(Abi.AF_UNIX, Abi.SOCK_STREAM)
    yield* sys.bind(unix, { family: "unix", path: "/tmp/s" })
    yield* sys.listen(unix, 1)
    return { tcp, udp, unix }
  })

describe("looking at sockets", () => {
  it.effect("/proc/net shows them as Linux does", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const { tcp } = yield* setUp(sys)
        const ino = /\d+/.exec(yield* sys.readlink(`/proc/self/fd/${tcp}`))![0]
        assert.match(yield* text(sys, "/proc/net/tcp"), new RegExp(`\n   0: 0100007F:0050 00000000:0000 0A .* ${ino} `))
        assert.match(yield* text(sys, "/proc/net/udp6"), /\n {3}0: 00000000000000000000000001000000:0035 0+:0000 07/)
        assert.match(yield* text(sys, "/proc/net/unix"), / 00010000 0001 01 +\d+ \/tmp\/s\n/)
        assert.strictEqual((yield* text(sys, "/proc/net/tcp6")).split("\n").length, 2)
      })
    ))

  it.effect("whoever embeds the kernel sees them as values", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const handle = yield* kernel.spawn(Effect.gen(function*() {
        yield* setUp(yield* Sys)
        return (yield* kernel.sockets).length
      }))
      assert.deepStrictEqual(yield* handle.wait, { _tag: "Exited", code: 3 })
      assert.deepStrictEqual(yield* kernel.sockets, [])
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))
})
