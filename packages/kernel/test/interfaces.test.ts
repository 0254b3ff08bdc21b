/** Interfaces: what they say of themselves, and sockets that are kept to one. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Net from "../src/abi/Netdevice.js"
import { O_RDONLY } from "../src/abi/OpenFlags.js"
import * as Abi from "../src/abi/Socket.js"
import * as Bytes from "../src/Bytes.js"
import type { SystemCalls } from "../src/Sys.js"
import * as VirtualNetwork from "../src/VirtualNetwork.js"
import { machine } from "./support/machine.js"
import { errnoOf, inProcess } from "./support/run.js"

const { AF_INET, AF_INET6, AF_UNIX, SO_BINDTODEVICE, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET } = Abi
const ANY = "0.0.0.0"
const OWN = "10.0.0.1"
const inet = (address: string, port: number) => ({ family: "inet", address, port }) as const

const text = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, O_RDONLY)
    const into = new Uint8Array(4096)
    const count = yield* sys.read(fd, into)
    yield* sys.close(fd)
    return Bytes.decode(into.subarray(0, count))
  })

/** A socket that is kept to an interface, and bound. */
const keptTo = (sys: SystemCalls, device: string, port: number, type: number = SOCK_DGRAM) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(AF_INET, type | Abi.SOCK_NONBLOCK)
    yield* sys.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device)
    yield* sys.bind(fd, inet(ANY, port))
    return fd
  })

const received = (sys: SystemCalls, fd: number) =>
  Effect.gen(function*() {
    const into = new Uint8Array(16)
    return yield* Effect.match(sys.recv(fd, into), {
      onFailure: ({ _tag }) => _tag,
      onSuccess: (count) => Bytes.decode(into.subarray(0, count))
    })
  })

describe("Interfaces", () => {
  it.scoped("tell of a network their address, mask, broadcast address, flags, number and hardware address", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const sys = yield* machine(network, `${OWN}/16`, "fd00::1/48")
      const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
      assert.deepStrictEqual(yield* sys.ifNameindex(), [{ index: 1, name: "lo" }, { index: 2, name: "eth0" }])
      assert.deepStrictEqual(yield* sys.netdevice(fd, Net.SIOCGIFCONF), [
        { name: "lo", address: "127.0.0.1" },
        { name: "eth0", address: OWN }
      ])
      assert.strictEqual(yield* sys.netdevice(fd, Net.SIOCGIFNETMASK, "eth0"), "255.255.0.0")
      assert.strictEqual(yield* sys.netdevice(fd, Net.SIOCGIFBRDADDR, "eth0"), "10.0.255.255")
      assert.strictEqual(yield* sys.netdevice(fd, Net.SIOCGIFMTU, "eth0"), 1500)
      assert.strictEqual(yield* sys.netdevice(fd, Net.SIOCGIFNAME, 2), "eth0")
      assert.strictEqual(
        yield* sys.netdevice(fd, Net.SIOCGIFFLAGS, "eth0"),
        Net.IFF_UP | Net.IFF_BROADCAST | Net.IFF_RUNNING | Net.IFF_MULTICAST
      )
      assert.deepStrictEqual(yield* sys.netdevice(fd, Net.SIOCGIFHWADDR, "eth0"), {
        type: Net.ARPHRD_ETHER,
        address: "02:00:0a:00:00:01"
      })
    }))

  it.scoped("without an address of IPv4 have none to tell", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const sys = yield* machine(network, "fd00::1")
      const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
      assert.strictEqual(yield* errnoOf(sys.netdevice(fd, Net.SIOCGIFADDR, "eth0")), "EADDRNOTAVAIL")
      assert.strictEqual(yield* sys.netdevice(fd, Net.SIOCGIFINDEX, "eth0"), 2)
      assert.strictEqual((yield* text(sys, "/proc/net/route")).split("\n").length, 2)
    }))

  it.scoped("count the packets that went through them, with their headers", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const near = yield* machine(network, OWN)
      const far = yield* machine(network, "10.0.0.2")
      const counts = (sys: SystemCalls, device: string) =>
        Effect.map(text(sys, "/proc/net/dev"), (all) => {
          const [, line = ""] = new RegExp(`${device}: *(.*)`).exec(all) ?? []
          const [bytes, packets, , , , , , , sentBytes, sentPackets] = line.split(/ +/).map(Number)
          return [bytes, packets, sentBytes, sentPackets]
        })
      const from = yield* near.socket(AF_INET, SOCK_DGRAM)
      yield* near.sendto(from, new Uint8Array(5), 0, inet("10.0.0.2", 7))
      yield* near.sendto(from, new Uint8Array(6), 0, inet("127.0.0.1", 7))
      // An address of its own is reached through the loopback interface.
      yield* near.sendto(from, new Uint8Array(7), 0, inet(OWN, 7))
      const listener = yield* near.socket(AF_INET, SOCK_STREAM)
      yield* near.bind(listener, inet(ANY, 8))
      yield* near.listen(listener, 1)
      const client = yield* near.socket(AF_INET, SOCK_STREAM)
      yield* near.connect(client, inet("127.0.0.1", 8))
      yield* near.write(client, new Uint8Array(100))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* counts(near, "eth0"), [0, 0, 33, 1])
      assert.deepStrictEqual(yield* counts(far, "eth0"), [33, 1, 0, 0])
      assert.deepStrictEqual(yield* counts(near, "lo"), [221, 3, 221, 3])
      const [, , , tcp, , udp] = (yield* text(near, "/proc/net/snmp")).split("\n")
      assert.strictEqual(tcp, "Tcp: 1 200 120000 -1 1 1 0 0 2 1 1 0 0 0 0")
      assert.strictEqual(udp, "Udp: 0 2 0 3 0 0 0 0 0")
      assert.match(yield* text(far, "/proc/net/netstat"), /IpExt: 33 0\n$/)
      assert.match(yield* text(near, "/proc/net/protocols"), /\nTCP +2304 +3 /)
    }))

  it.effect("are asked through any socket, for addresses through one of IPv4, and through nothing else", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const unix = yield* sys.socket(AF_UNIX, SOCK_STREAM)
        const six = yield* sys.socket(AF_INET6, SOCK_DGRAM)
        assert.strictEqual(yield* sys.netdevice(unix, Net.SIOCGIFMTU, "lo"), 65_536)
        assert.strictEqual(yield* errnoOf(sys.netdevice(six, Net.SIOCGIFADDR, "lo")), "ENOTTY")
        assert.strictEqual(yield* errnoOf(sys.netdevice(0, Net.SIOCGIFMTU, "lo")), "ENOTTY")
        assert.strictEqual(yield* errnoOf(sys.netdevice(77, Net.SIOCGIFCONF)), "EBADF")
      })
    ))

  it.scoped("stand in /proc/net as on Linux", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const sys = yield* machine(network, `${OWN}/24`, "fd00::1/64")
      assert.deepStrictEqual((yield* text(sys, "/proc/net/dev")).split("\n").map((line) => line.slice(0, 9)), [
        "Inter-|  ",
        " face |by",
        "    lo:  ",
        "  eth0:  ",
        ""
      ])
      assert.strictEqual(
        yield* text(sys, "/proc/net/if_inet6"),
        "00000000000000000000000000000001 01 80 10 80       lo\nfd000000000000000000000000000001 02 40 00 80     eth0\n"
      )
      const [, ...routes] = (yield* text(sys, "/proc/net/route")).split("\n").map((line) => line.trim())
      assert.deepStrictEqual(routes, [
        "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0",
        "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
        ""
      ])
      yield* keptTo(sys, "", 7000)
      assert.include(yield* text(sys, "/proc/net/sockstat"), "UDP: inuse 1 mem 0\n")
    }))
})

describe("Sockets that are kept to an interface", () => {
  it.scoped("receive what comes through it, and share their port with those of others", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const sys = yield* machine(network, OWN)
      const other = yield* machine(network, "10.0.0.2")
      const inside = yield* keptTo(sys, "lo", 5000)
      const outside = yield* keptTo(sys, "eth0", 5000)
      assert.strictEqual(yield* errnoOf(keptTo(sys, "eth0", 5000)), "EADDRINUSE")
      assert.strictEqual(yield* errnoOf(keptTo(sys, "", 5000)), "EADDRINUSE")
      const near = yield* sys.socket(AF_INET, SOCK_DGRAM)
      const far = yield* other.socket(AF_INET, SOCK_DGRAM)
      yield* sys.sendto(near, Bytes.encode("a"), 0, inet("127.0.0.1", 5000))
      yield* other.sendto(far, Bytes.encode("b"), 0, inet(OWN, 5000))
      // Its own address is that of the other interface.
      yield* sys.sendto(near, Bytes.encode("c"), 0, inet(OWN, 5000))
      yield* TestClock.adjust("1 second")
      const all: Array<string> = []
      for (const fd of [inside, inside, outside, outside, outside]) all.push(yield* received(sys, fd))
      assert.deepStrictEqual([all.slice(0, 2), all.slice(2).sort()], [["a", "EAGAIN"], ["EAGAIN", "b", "c"]])
    }))

  it.scoped("send into nothing where it does not lead", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const sys = yield* machine(network, OWN)
      const receiver = yield* keptTo(sys, "", 5000)
      const outside = yield* keptTo(sys, "eth0", 6000)
      assert.strictEqual(yield* sys.sendto(outside, Bytes.encode("a"), 0, inet("127.0.0.1", 5000)), 1)
      assert.strictEqual(yield* received(sys, receiver), "EAGAIN")
      const six = yield* sys.socket(AF_INET6, SOCK_DGRAM)
      yield* sys.setsockopt(six, SOL_SOCKET, SO_BINDTODEVICE, "eth0")
      const loopback = { family: "inet6", address: "::1", port: 5000 } as const
      assert.strictEqual(yield* errnoOf(sys.connect(six, loopback)), "ENETUNREACH")
      const stream = yield* sys.socket(AF_INET, SOCK_STREAM)
      yield* sys.setsockopt(stream, SOL_SOCKET, SO_BINDTODEVICE, "eth0")
      const connecting = yield* Effect.fork(errnoOf(sys.connect(stream, inet("127.0.0.1", 5000))))
      yield* TestClock.adjust("3 minutes")
      assert.strictEqual(yield* Fiber.join(connecting), "ETIMEDOUT")
    }))

  it.scoped("take connections that come through it, and hand it on", () =>
    Effect.gen(function*() {
      const network = yield* VirtualNetwork.make()
      const sys = yield* machine(network, OWN)
      const listener = yield* keptTo(sys, "eth0", 5000, SOCK_STREAM)
      yield* sys.listen(listener, 1)
      const connect = (address: string) =>
        Effect.gen(function*() {
          const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
          yield* sys.connect(fd, inet(address, 5000))
        })
      assert.strictEqual(yield* errnoOf(connect("127.0.0.1")), "ECONNREFUSED")
      assert.strictEqual(yield* errnoOf(connect(OWN)), "success")
      const { fd } = yield* sys.accept(listener)
      assert.strictEqual(yield* sys.getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE), "eth0")
    }))

  it.effect("are let go by the privileged alone", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.setresuid(1000, 1000, 1000)
        const fd = yield* sys.socket(AF_INET, SOCK_DGRAM)
        const keep = (name: string) => errnoOf(sys.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name))
        const answers: Array<string> = []
        for (const name of ["", "lo", "lo", "", "none"]) answers.push(yield* keep(name))
        assert.deepStrictEqual(answers, ["success", "success", "EPERM", "EPERM", "ENODEV"])
      })
    ))
})
