/** Groups by sender, and datagrams in pieces. Programs by chance are compared with Linux in `test/conformance/sockets`. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Abi from "../src/abi/Socket.js"
import * as Bytes from "../src/Bytes.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess } from "./support/run.js"

const { AF_INET, AF_INET6, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM, SOL_IP, SOL_IPV6, SOL_UDP } = Abi
const GROUP = "224.0.1.7"
const ONE = "127.0.0.1"
const TWO = "127.0.0.2"
const inet = (address: string, port: number) => ({ family: "inet", address, port }) as const

const udp = (sys: SystemCalls, address: string, port: number) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK)
    yield* sys.bind(fd, inet(address, port))
    return fd
  })

/** Who of two senders was heard at a group. */
const heard = (sys: SystemCalls, fd: number, port: number) =>
  Effect.gen(function*() {
    const from: Array<string> = []
    for (const each of [ONE, TWO]) {
      const sender = yield* udp(sys, each, 0)
      yield* sys.sendto(sender, Uint8Array.of(1), 0, inet(GROUP, port))
      yield* sys.close(sender)
    }
    for (;;) {
      const got = yield* Effect.option(sys.recvfrom(fd, new Uint8Array(4)))
      if (got._tag === "None") return from
      if (got.value.from !== undefined && "address" in got.value.from) from.push(got.value.from.address)
    }
  })

const filter = (sys: SystemCalls, fd: number) => sys.getsockopt(fd, SOL_IP, Abi.IP_MSFILTER, { group: GROUP })

describe("Groups by sender", () => {
  it.effect("are heard from those that were named, and without those that were blocked", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const some = yield* udp(sys, "0.0.0.0", 7000)
        yield* sys.setsockopt(some, SOL_IP, Abi.IP_ADD_SOURCE_MEMBERSHIP, { group: GROUP, source: TWO })
        assert.deepStrictEqual(yield* heard(sys, some, 7000), [TWO])
        const most = yield* udp(sys, "0.0.0.0", 7001)
        yield* sys.setsockopt(most, SOL_IP, Abi.MCAST_JOIN_GROUP, { group: GROUP })
        yield* sys.setsockopt(most, SOL_IP, Abi.MCAST_BLOCK_SOURCE, { group: GROUP, source: TWO })
        assert.deepStrictEqual(yield* heard(sys, most, 7001), [ONE])
        yield* sys.setsockopt(most, SOL_IP, Abi.IP_UNBLOCK_SOURCE, { group: GROUP, source: TWO })
        assert.deepStrictEqual(yield* heard(sys, most, 7001), [ONE, TWO])
      })
    ))

  it.effect("do not come to this machine from senders that nobody wants", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const member = yield* udp(sys, "0.0.0.0", 7000)
        const stranger = yield* udp(sys, "0.0.0.0", 7001)
        yield* sys.setsockopt(member, SOL_IP, Abi.IP_ADD_SOURCE_MEMBERSHIP, { group: GROUP, source: TWO })
        assert.deepStrictEqual(yield* heard(sys, stranger, 7001), [TWO])
      })
    ))

  it.effect("are left with the last sender that was named", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* udp(sys, "0.0.0.0", 7000)
        const of = { group: GROUP, source: ONE }
        const set = (option: number) => errnoOf(sys.setsockopt(fd, SOL_IP, option, of))
        assert.strictEqual(yield* set(Abi.IP_ADD_SOURCE_MEMBERSHIP), "success")
        assert.strictEqual(yield* set(Abi.IP_ADD_SOURCE_MEMBERSHIP), "EADDRNOTAVAIL")
        assert.strictEqual(yield* set(Abi.IP_BLOCK_SOURCE), "EINVAL")
        assert.strictEqual(yield* set(Abi.IP_ADD_MEMBERSHIP), "EADDRINUSE")
        assert.strictEqual(yield* set(Abi.IP_DROP_SOURCE_MEMBERSHIP), "success")
        assert.strictEqual(yield* errnoOf(filter(sys, fd)), "EADDRNOTAVAIL")
        assert.strictEqual(yield* set(Abi.IP_DROP_SOURCE_MEMBERSHIP), "EINVAL")
      })
    ))

  it.effect("take a whole filter, and tell it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* udp(sys, "0.0.0.0", 7000)
        const set = (mode: number, sources: ReadonlyArray<string>) =>
          errnoOf(sys.setsockopt(fd, SOL_IP, Abi.MCAST_MSFILTER, { group: GROUP, mode, sources }))
        assert.strictEqual(yield* set(Abi.MCAST_EXCLUDE, [ONE]), "EINVAL")
        yield* sys.setsockopt(fd, SOL_IP, Abi.IP_ADD_MEMBERSHIP, { group: GROUP })
        assert.strictEqual(yield* set(Abi.MCAST_EXCLUDE, [TWO, ONE]), "success")
        assert.deepStrictEqual(yield* filter(sys, fd), { group: GROUP, interface: 0, mode: 0, sources: [TWO, ONE] })
        assert.strictEqual(
          yield* set(Abi.MCAST_INCLUDE, Array.from({ length: 11 }, (_, i) => `10.0.0.${i}`)),
          "ENOBUFS"
        )
        assert.strictEqual(yield* set(2, [ONE]), "EINVAL")
        // Nobody: as good as left.
        assert.strictEqual(yield* set(Abi.MCAST_INCLUDE, []), "success")
        assert.strictEqual(yield* errnoOf(filter(sys, fd)), "EADDRNOTAVAIL")
      })
    ))

  it.effect("of IPv6 hold more senders, and are asked for at its own level", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.socket(AF_INET6, SOCK_DGRAM)
        const join = (level: number, source: string) =>
          errnoOf(
            sys.setsockopt(fd, level, Abi.MCAST_JOIN_SOURCE_GROUP, { group: "ff02::99", source, interface: 1 })
          )
        const answers: Array<string> = []
        for (let i = 1; i <= 65; i++) answers.push(yield* join(SOL_IPV6, `2001:db8::${i.toString(16)}`))
        assert.deepStrictEqual(answers.slice(63), ["success", "ENOBUFS"])
        assert.strictEqual(yield* join(SOL_IP, ONE), "EADDRNOTAVAIL")
      })
    ))
})

describe("Datagrams in pieces", () => {
  const pair = (sys: SystemCalls, gathers: boolean) =>
    Effect.gen(function*() {
      const receiver = yield* udp(sys, ONE, 7000)
      if (gathers) yield* sys.setsockopt(receiver, SOL_UDP, Abi.UDP_GRO, 1)
      const sender = yield* sys.socket(AF_INET, SOCK_DGRAM)
      yield* sys.connect(sender, inet(ONE, 7000))
      yield* sys.setsockopt(sender, SOL_UDP, Abi.UDP_SEGMENT, 4)
      return [sender, receiver] as const
    })

  it.effect("arrive one by one, or together with the length of each", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [sender, receiver] = yield* pair(sys, false)
        yield* sys.send(sender, Bytes.encode("abcdefghij"))
        const got: Array<string> = []
        for (let i = 0; i < 3; i++) {
          const into = new Uint8Array(16)
          got.push(Bytes.decode(into.subarray(0, yield* sys.recv(receiver, into))))
        }
        assert.deepStrictEqual(got, ["abcd", "efgh", "ij"])
        yield* sys.setsockopt(receiver, SOL_UDP, Abi.UDP_GRO, 1)
        yield* sys.send(sender, Bytes.encode("abcdefghij"))
        const together = yield* sys.recvmsg(receiver, { into: new Uint8Array(16), controlLength: 20 })
        assert.deepStrictEqual([together.count, together.control], [10, [{ _tag: "Segment", size: 4 }]])
      })
    ))

  it.effect("are as long as a message says, in place of the option", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [sender, receiver] = yield* pair(sys, true)
        yield* sys.sendmsg(sender, { data: Bytes.encode("abcdefghij"), control: [{ _tag: "Segment", size: 9 }] })
        const { control } = yield* sys.recvmsg(receiver, { into: new Uint8Array(16), controlLength: 64 })
        assert.deepStrictEqual(control, [{ _tag: "Segment", size: 9 }])
        yield* sys.sendmsg(sender, { data: Bytes.encode("abcdefghij"), control: [{ _tag: "Segment", size: 0 }] })
        const whole = yield* sys.recvmsg(receiver, { into: new Uint8Array(16), controlLength: 64 })
        assert.deepStrictEqual([whole.count, whole.control], [10, []])
      })
    ))

  it.effect("are 128 at most", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [sender] = yield* pair(sys, false)
        assert.strictEqual(yield* sys.send(sender, new Uint8Array(512)), 512)
        assert.strictEqual(yield* errnoOf(sys.send(sender, new Uint8Array(513))), "EINVAL")
      })
    ))

  it.effect("are not for streams", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
        assert.strictEqual(yield* errnoOf(sys.setsockopt(fd, SOL_UDP, Abi.UDP_SEGMENT, 4)), "ENOPROTOOPT")
      })
    ))
})
