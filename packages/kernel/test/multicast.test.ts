/** Groups of receivers and broadcasts between two machines. What is expected is what two network namespaces of Linux answer. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Abi from "../src/abi/Socket.js"
import * as Kernel from "../src/Kernel.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import * as VirtualNetwork from "../src/VirtualNetwork.js"
import { errnoOf, inProcess } from "./support/run.js"

const { AF_INET, AF_INET6, SOCK_DGRAM, SOCK_STREAM, SOL_IP, SOL_IPV6, SOL_SOCKET } = Abi

const machine = (network: VirtualNetwork.VirtualNetwork, ...addresses: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const rooms = yield* Layer.build(Kernel.layer.pipe(Layer.provide(VirtualNetwork.layer(network, addresses))))
    const lent = yield* Deferred.make<SystemCalls>()
    yield* Context.get(rooms, Kernel.Kernel).spawn(
      Effect.flatMap(Sys, (sys) => Effect.zipRight(Deferred.succeed(lent, sys), Effect.never))
    )
    return yield* Deferred.await(lent)
  })

const machines = (options: VirtualNetwork.Options = {}) =>
  Effect.gen(function*() {
    const network = yield* VirtualNetwork.make(options)
    const a = yield* machine(network, "10.9.0.1/24", "fd00::1")
    const b = yield* machine(network, "10.9.0.2/24", "fd00::2")
    return { network, a, b }
  })

const group = "239.1.2.3"
const at = (address: string, port = 5000) =>
  ({ family: address.includes(":") ? "inet6" : "inet", address, port }) as const

const socket = (sys: SystemCalls, domain: number, bound?: string, port = 5000) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domain, SOCK_DGRAM | Abi.SOCK_NONBLOCK)
    yield* sys.setsockopt(fd, SOL_SOCKET, Abi.SO_REUSEADDR, 1)
    if (bound !== undefined) yield* sys.bind(fd, at(bound, port))
    return { sys, fd }
  })
type Socket = Effect.Effect.Success<ReturnType<typeof socket>>

const joining = ({ fd, sys }: Socket, value: { readonly group: string; readonly interface?: string | number }) =>
  sys.setsockopt(fd, SOL_IP, Abi.IP_ADD_MEMBERSHIP, value)
const leaving = ({ fd, sys }: Socket, value: { readonly group: string; readonly interface?: string | number }) =>
  sys.setsockopt(fd, SOL_IP, Abi.IP_DROP_MEMBERSHIP, value)
const set = ({ fd, sys }: Socket, option: number, value: number) => sys.setsockopt(fd, SOL_IP, option, value)

/** From whom each of them has got something; nothing from nobody. */
const received = (...sockets: ReadonlyArray<Socket>) =>
  Effect.forEach(sockets, ({ fd, sys }) =>
    Effect.match(sys.recvfrom(fd, new Uint8Array(9)), {
      onFailure: () => "nothing",
      onSuccess: ({ from }) => from !== undefined && "address" in from ? from.address : "somebody"
    }))

const sending = ({ fd, sys }: Socket, to: string, port = 5000) => sys.sendto(fd, Uint8Array.of(1), 0, at(to, port))

const nothing = "nothing"

describe("A group of receivers on a network of two machines", () => {
  /** Three on the other machine, of which one joins, and one beside the sender. */
  const four = Effect.gen(function*() {
    const { a, b } = yield* machines()
    const [joins, joinsNot, ofGroup, ofHost] = [
      yield* socket(b, AF_INET, "0.0.0.0"),
      yield* socket(b, AF_INET, "0.0.0.0"),
      yield* socket(b, AF_INET, group),
      yield* socket(b, AF_INET, "10.9.0.2")
    ]
    const beside = yield* socket(a, AF_INET, "0.0.0.0")
    const sender = yield* socket(a, AF_INET)
    const all = received(joins, joinsNot, ofGroup, ofHost, beside)
    return { a, b, joins, joinsNot, ofGroup, beside, sender, all }
  })
  const me = "10.9.0.1"

  it.effect("gets what others send to it once somebody on its machine has joined, until he leaves", () =>
    Effect.gen(function*() {
      const { all, joins, sender } = yield* four
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [nothing, nothing, nothing, nothing, nothing])
      yield* joining(joins, { group })
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [me, me, me, nothing, nothing])
      yield* sending(sender, "239.1.2.4")
      yield* leaving(joins, { group })
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [nothing, nothing, nothing, nothing, nothing])
      yield* joining(joins, { group })
      yield* joins.sys.close(joins.fd)
      yield* sending(sender, group)
      assert.deepStrictEqual((yield* all).slice(1), [nothing, nothing, nothing, nothing])
    }).pipe(Effect.scoped))

  it.effect("hears of its own machine unless the sender says not, and nothing leaves that has no time to live", () =>
    Effect.gen(function*() {
      const { all, beside, joins, sender } = yield* four
      yield* joining(joins, { group })
      yield* joining(beside, { group })
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [me, me, me, nothing, me])
      yield* set(sender, Abi.IP_MULTICAST_LOOP, 0)
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [me, me, me, nothing, nothing])
      yield* set(sender, Abi.IP_MULTICAST_LOOP, 1)
      yield* set(sender, Abi.IP_MULTICAST_TTL, 0)
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [nothing, nothing, nothing, nothing, me])
    }).pipe(Effect.scoped))

  it.effect("is one group on each interface: that of the loopback network is another", () =>
    Effect.gen(function*() {
      const { all, b, joins, sender } = yield* four
      yield* joining(joins, { group, interface: "127.0.0.1" })
      yield* sending(sender, group)
      const own = yield* socket(b, AF_INET)
      yield* sending(own, group)
      assert.deepStrictEqual(yield* all, [nothing, nothing, nothing, nothing, nothing])
      yield* b.setsockopt(own.fd, SOL_IP, Abi.IP_MULTICAST_IF, "127.0.0.1")
      yield* sending(own, group)
      assert.deepStrictEqual(yield* all, ["127.0.0.1", "127.0.0.1", "127.0.0.1", nothing, nothing])
      assert.strictEqual(yield* errnoOf(joining(joins, { group, interface: "127.0.0.1" })), "EADDRINUSE")
      assert.strictEqual(yield* errnoOf(joining(joins, { group, interface: "10.9.0.2" })), "success")
      assert.strictEqual(yield* errnoOf(leaving(joins, { group })), "success")
      assert.strictEqual(yield* errnoOf(leaving(joins, { group })), "EADDRNOTAVAIL")
      assert.strictEqual(yield* errnoOf(leaving(joins, { group, interface: 1 })), "success")
    }).pipe(Effect.scoped))

  it.effect("is for members alone where a socket says so", () =>
    Effect.gen(function*() {
      const { all, joins, joinsNot, sender } = yield* four
      yield* joining(joins, { group })
      yield* set(joinsNot, Abi.IP_MULTICAST_ALL, 0)
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [me, nothing, me, nothing, nothing])
    }).pipe(Effect.scoped))

  it.effect("of IPv4 is joined by sockets of IPv6 too, each for itself", () =>
    Effect.gen(function*() {
      const { a, b } = yield* machines()
      const [one, other] = [yield* socket(b, AF_INET6, "::"), yield* socket(b, AF_INET6, "::")]
      yield* joining(one, { group })
      yield* sending(yield* socket(a, AF_INET), group)
      assert.deepStrictEqual(yield* received(one, other), ["::ffff:10.9.0.1", nothing])
    }).pipe(Effect.scoped))

  it.effect("of IPv6 works alike", () =>
    Effect.gen(function*() {
      const { a, b } = yield* machines()
      const group = "ff15::77"
      const [joins, joinsNot] = [yield* socket(b, AF_INET6, "::"), yield* socket(b, AF_INET6, "::")]
      const beside = yield* socket(a, AF_INET6, "::")
      const sender = yield* socket(a, AF_INET6)
      const all = received(joins, joinsNot, beside)
      const option = ({ fd, sys }: Socket, option: number, value: number) => sys.setsockopt(fd, SOL_IPV6, option, value)
      const join = ({ fd, sys }: Socket, group: string, index = 0) =>
        sys.setsockopt(fd, SOL_IPV6, Abi.IPV6_ADD_MEMBERSHIP, { group, interface: index })
      yield* join(joins, group)
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, ["fd00::1", "fd00::1", nothing])
      yield* join(beside, group)
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, ["fd00::1", "fd00::1", "fd00::1"])
      yield* option(sender, Abi.IPV6_MULTICAST_LOOP, 0)
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, ["fd00::1", "fd00::1", nothing])
      yield* option(sender, Abi.IPV6_MULTICAST_LOOP, 1)
      yield* option(sender, Abi.IPV6_MULTICAST_HOPS, 0)
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [nothing, nothing, "fd00::1"])
      yield* option(sender, Abi.IPV6_MULTICAST_HOPS, 1)
      yield* b.setsockopt(joins.fd, SOL_IPV6, Abi.IPV6_DROP_MEMBERSHIP, { group })
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* all, [nothing, nothing, "fd00::1"])
      // Those of an interface never leave the machine.
      yield* join(joins, "ff01::77", 2)
      yield* join(beside, "ff01::77", 2)
      yield* sending(sender, "ff01::77")
      assert.deepStrictEqual(yield* all, [nothing, nothing, "fd00::1"])
      assert.strictEqual(yield* errnoOf(join(joins, group, 99)), "ENODEV")
      assert.strictEqual(yield* errnoOf(join(joins, "fd00::1")), "EINVAL")
      assert.strictEqual(yield* errnoOf(option(sender, Abi.IPV6_MULTICAST_LOOP, 2)), "EINVAL")
    }).pipe(Effect.scoped))

  it.effect("takes the time of the network to reach, and a partition keeps it apart", () =>
    Effect.gen(function*() {
      const { a, b, network } = yield* machines({ latency: 10 })
      const [joins, sender, beside] = [
        yield* socket(b, AF_INET, "0.0.0.0"),
        yield* socket(a, AF_INET),
        yield* socket(a, AF_INET, "0.0.0.0")
      ]
      yield* joining(joins, { group })
      yield* joining(beside, { group })
      yield* sending(sender, group)
      assert.deepStrictEqual(yield* received(joins, beside), [nothing, me])
      yield* TestClock.adjust(10)
      assert.deepStrictEqual(yield* received(joins, beside), [me, nothing])
      yield* network.partition(["10.9.0.1/24"], ["10.9.0.2"])
      yield* sending(sender, group)
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(yield* received(joins, beside), [nothing, me])
    }).pipe(Effect.scoped))
})

describe("A broadcast", () => {
  it.effect("reaches every machine of the network, by the address of that or of all, and no socket of one address", () =>
    Effect.gen(function*() {
      const { a, b, network } = yield* machines()
      const elsewhere = yield* socket(yield* machine(network, "10.9.1.1/24"), AF_INET, "0.0.0.0")
      const [everywhere, ofHost] = [yield* socket(b, AF_INET, "0.0.0.0"), yield* socket(b, AF_INET, "10.9.0.2")]
      const ofNetwork = yield* socket(b, AF_INET, "10.9.0.255")
      const beside = yield* socket(a, AF_INET, "0.0.0.0")
      const sender = yield* socket(a, AF_INET)
      const all = received(everywhere, ofHost, ofNetwork, beside, elsewhere)
      const me = "10.9.0.1"
      assert.strictEqual(yield* errnoOf(sending(sender, "10.9.0.255")), "EACCES")
      assert.strictEqual(yield* errnoOf(a.connect(sender.fd, at("10.9.0.255"))), "EACCES")
      yield* a.setsockopt(sender.fd, SOL_SOCKET, Abi.SO_BROADCAST, 1)
      yield* sending(sender, "10.9.0.255")
      assert.deepStrictEqual(yield* all, [me, nothing, me, me, nothing])
      yield* sending(sender, "255.255.255.255")
      assert.deepStrictEqual(yield* all, [me, nothing, nothing, me, me])
      yield* sending(sender, "10.9.0.0")
      assert.deepStrictEqual(yield* all, [nothing, nothing, nothing, nothing, nothing])
      const stream = yield* a.socket(AF_INET, SOCK_STREAM)
      assert.strictEqual(yield* errnoOf(a.connect(stream, at("10.9.0.255"))), "ENETUNREACH")
    }).pipe(Effect.scoped))

  it.effect("of a network of another size has another address", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const one = yield* machine(network, "10.1.2.3/16")
      const far = yield* socket(yield* machine(network, "10.1.200.4/16"), AF_INET, "0.0.0.0")
      const sender = yield* socket(one, AF_INET)
      yield* one.setsockopt(sender.fd, SOL_SOCKET, Abi.SO_BROADCAST, 1)
      yield* sending(sender, "10.1.2.255")
      assert.deepStrictEqual(yield* received(far), [nothing])
      yield* sending(sender, "10.1.255.255")
      assert.deepStrictEqual(yield* received(far), ["10.1.2.3"])
    }).pipe(Effect.scoped))
})

describe("The options of groups", () => {
  it.effect("answer as Linux does, of streams too", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const udp = yield* sys.socket(AF_INET, SOCK_DGRAM)
        const tcp = yield* sys.socket(AF_INET, SOCK_STREAM)
        const udp6 = yield* sys.socket(AF_INET6, SOCK_DGRAM)
        const tcp6 = yield* sys.socket(AF_INET6, SOCK_STREAM)
        const setting = (fd: number, level: number, option: number, ...values: ReadonlyArray<number>) =>
          Effect.forEach(values, (value) => errnoOf(sys.setsockopt(fd, level, option, value)))
        assert.deepStrictEqual(
          yield* setting(udp, SOL_IP, Abi.IP_MULTICAST_TTL, -2, -1, 0, 255, 256),
          ["EINVAL", "success", "success", "success", "EINVAL"]
        )
        yield* sys.setsockopt(udp, SOL_IP, Abi.IP_MULTICAST_TTL, -1)
        assert.strictEqual(yield* sys.getsockopt(udp, SOL_IP, Abi.IP_MULTICAST_TTL), 1)
        assert.deepStrictEqual(yield* setting(tcp, SOL_IP, Abi.IP_MULTICAST_TTL, 5), ["EINVAL"])
        assert.deepStrictEqual(yield* setting(udp, SOL_IP, Abi.IP_MULTICAST_LOOP, 7), ["success"])
        assert.strictEqual(yield* sys.getsockopt(udp, SOL_IP, Abi.IP_MULTICAST_LOOP), 1)
        assert.deepStrictEqual(yield* setting(udp, SOL_IP, Abi.IP_MULTICAST_ALL, 2, 0), ["EINVAL", "success"])
        assert.strictEqual(yield* sys.getsockopt(udp6, SOL_IP, Abi.IP_MULTICAST_ALL), 0)
        assert.strictEqual(yield* sys.getsockopt(udp6, SOL_IPV6, Abi.IPV6_MULTICAST_ALL), 1)
        assert.deepStrictEqual(yield* setting(udp, SOL_IP, Abi.IP_MULTICAST_IF, 1, 77), ["success", "EADDRNOTAVAIL"])
        assert.deepStrictEqual(yield* setting(udp6, SOL_IPV6, Abi.IPV6_MULTICAST_IF, 1, 77), ["success", "ENODEV"])
        assert.deepStrictEqual(yield* setting(tcp6, SOL_IPV6, Abi.IPV6_MULTICAST_IF, 1), ["ENOPROTOOPT"])
        assert.deepStrictEqual(yield* setting(tcp6, SOL_IPV6, Abi.IPV6_MULTICAST_HOPS, 1), ["ENOPROTOOPT"])
        const joining = (fd: number, level: number, option: number, group: string, where: string | number = 0) =>
          errnoOf(sys.setsockopt(fd, level, option, { group, interface: where }))
        assert.deepStrictEqual([
          yield* joining(tcp, SOL_IP, Abi.IP_ADD_MEMBERSHIP, group),
          yield* joining(tcp6, SOL_IPV6, Abi.IPV6_DROP_MEMBERSHIP, "ff15::1"),
          yield* joining(udp, SOL_IP, Abi.IP_ADD_MEMBERSHIP, group, "1.2.3.4"),
          yield* joining(udp, SOL_IP, Abi.IP_ADD_MEMBERSHIP, group, 77),
          yield* joining(udp, SOL_IP, Abi.IP_ADD_MEMBERSHIP, "10.0.0.1"),
          yield* joining(udp, SOL_IP, Abi.IP_DROP_MEMBERSHIP, "10.0.0.1"),
          yield* joining(udp, SOL_IP, Abi.IP_DROP_MEMBERSHIP, group)
        ], ["EPROTO", "EPROTO", "ENODEV", "ENODEV", "EINVAL", "EADDRNOTAVAIL", "EADDRNOTAVAIL"])
        const answers = yield* Effect.forEach(
          Array.from({ length: 21 }, (_, i) => `239.5.5.${i}`),
          (each) => joining(udp, SOL_IP, Abi.IP_ADD_MEMBERSHIP, each)
        )
        assert.deepStrictEqual(answers.slice(19), ["success", "ENOBUFS"])
      })
    ))
})
