import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Abi from "../../src/abi/Socket.js"
import { errnoOf, inProcess } from "../support/run.js"

const { AF_INET, AF_INET6, SOCK_DGRAM, SOCK_STREAM, SOL_IP, SOL_IPV6, SOL_SOCKET, SOL_TCP } = Abi

/** Numbers are compared with Linux in `test/conformance/options.test.ts`. */
describe("Options of sockets that are no numbers", () => {
  it.effect("name interfaces and ways to go about congestion that are there, and no others", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
        const device = (name: string) => errnoOf(sys.setsockopt(fd, SOL_SOCKET, Abi.SO_BINDTODEVICE, name))
        assert.deepStrictEqual([yield* device("lo"), yield* device("eth7")], ["success", "ENODEV"])
        assert.strictEqual(yield* sys.getsockopt(fd, SOL_SOCKET, Abi.SO_BINDTODEVICE), "lo")
        yield* sys.setsockopt(fd, SOL_SOCKET, Abi.SO_BINDTODEVICE, "")
        assert.strictEqual(yield* sys.getsockopt(fd, SOL_SOCKET, Abi.SO_BINDTODEVICE), "")
        const congestion = (name: string) => errnoOf(sys.setsockopt(fd, SOL_TCP, Abi.TCP_CONGESTION, name))
        assert.deepStrictEqual([yield* congestion("reno"), yield* congestion("none")], ["success", "ENOENT"])
        assert.strictEqual(yield* sys.getsockopt(fd, SOL_TCP, Abi.TCP_CONGESTION), "reno")
      })
    ))

  it.effect("tell of a connection how large its packets are, and are handed on to those that are accepted", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const server = yield* sys.socket(AF_INET6, SOCK_STREAM)
        yield* sys.setsockopt(server, SOL_TCP, Abi.TCP_CONGESTION, "reno")
        yield* sys.setsockopt(server, SOL_TCP, Abi.TCP_NOTSENT_LOWAT, 1000)
        yield* sys.bind(server, { family: "inet6", address: "::1", port: 7000 })
        yield* sys.listen(server, 1)
        const client = yield* sys.socket(AF_INET6, SOCK_STREAM)
        assert.strictEqual(yield* errnoOf(sys.getsockopt(client, SOL_IPV6, Abi.IPV6_MTU)), "ENOTCONN")
        yield* sys.connect(client, { family: "inet6", address: "::1", port: 7000 })
        assert.strictEqual(yield* sys.getsockopt(client, SOL_IPV6, Abi.IPV6_MTU), 65_536)
        const { fd } = yield* sys.accept(server)
        assert.strictEqual(yield* sys.getsockopt(fd, SOL_TCP, Abi.TCP_CONGESTION), "reno")
        assert.strictEqual(yield* sys.getsockopt(fd, SOL_TCP, Abi.TCP_NOTSENT_LOWAT), 1000)
      })
    ))

  it.effect("of others' packets are for the privileged", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.setresuid(1000, 1000, 1000)
        const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
        for (
          const [level, option] of [
            [SOL_IP, Abi.IP_TRANSPARENT],
            [SOL_SOCKET, Abi.SO_RCVMARK],
            [SOL_SOCKET, Abi.SO_MARK]
          ] as const
        ) assert.strictEqual(yield* errnoOf(sys.setsockopt(fd, level, option, 1)), "EPERM")
      })
    ))

  it.effect("TCP_INFO tells the state of a connection, and who waits at a listener", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const stateOf = (fd: number) => Effect.map(sys.getsockopt(fd, Abi.SOL_TCP, Abi.TCP_INFO), ({ state }) => state)
        const listener = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
        const near = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
        assert.strictEqual(yield* stateOf(near), 7)
        yield* sys.bind(listener, { family: "inet", address: "127.0.0.1", port: 4000 })
        yield* sys.listen(listener, 5)
        yield* sys.connect(near, { family: "inet", address: "127.0.0.1", port: 4000 })
        const info = yield* sys.getsockopt(listener, Abi.SOL_TCP, Abi.TCP_INFO)
        assert.deepStrictEqual(info, { state: 10, unacked: 1, sacked: 5, bytesSent: 0, bytesReceived: 0 })
        const { fd } = yield* sys.accept(listener)
        assert.strictEqual(yield* stateOf(fd), 1)
        yield* sys.shutdown(near, Abi.SHUT_WR)
        assert.deepStrictEqual([yield* stateOf(near), yield* stateOf(fd)], [5, 8])
      })
    ))
})
