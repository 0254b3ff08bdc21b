/** What a process under rules over the network may try, inside one machine, and how far it comes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { MSG_NOSIGNAL, MSG_PEEK, SO_BROADCAST, SO_PASSCRED, SO_REUSEADDR, SOL_SOCKET } from "../src/abi/Socket.js"
import { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM } from "../src/abi/Socket.js"
import * as Dns from "../src/Dns.js"
import * as Kernel from "../src/Kernel.js"
import * as Policy from "../src/Policy.js"
import type { SocketAddress } from "../src/Sockets.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess } from "./support/run.js"

const inet = (address: string, port: number) => ({ family: "inet", address, port }) as const
const inet6 = (address: string, port: number) => ({ family: "inet6", address, port }) as const
const domains = { inet: AF_INET, inet6: AF_INET6, unix: AF_UNIX, unspecified: AF_UNIX } as const

/** Runs `body` in a child under rules, and answers what it answered. */
const under = <A>(
  sys: SystemCalls,
  policy: Policy.PolicyRules,
  body: (sys: SystemCalls) => Effect.Effect<A, unknown>
) =>
  Effect.gen(function*() {
    const answers: Array<A> = []
    const program = Effect.flatMap(Sys, (own) =>
      Effect.match(body(own), {
        onFailure: () => 1,
        onSuccess: (answer) => {
          answers.push(answer)
          return 0
        }
      }))
    const ended = yield* sys.wait(yield* sys.spawn(program, { policy }))
    assert.deepStrictEqual([ended?.status, answers.length], [{ _tag: "Exited", code: 0 }, 1])
    return answers[0]!
  })

const listening = (sys: SystemCalls, address: SocketAddress) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domains[address.family], SOCK_STREAM)
    yield* sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1)
    yield* sys.bind(fd, address)
    yield* sys.listen(fd, 100)
    return fd
  })

const connecting = (sys: SystemCalls, address: SocketAddress, type = SOCK_STREAM) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domains[address.family], type)
    const answer = yield* errnoOf(sys.connect(fd, address))
    yield* sys.close(fd)
    return answer
  })

const sending = (sys: SystemCalls, address: SocketAddress) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domains[address.family], SOCK_DGRAM)
    if (address.family !== "unix") yield* sys.setsockopt(fd, SOL_SOCKET, SO_BROADCAST, 1)
    const answers = [
      yield* errnoOf(sys.sendto(fd, Uint8Array.of(1), 0, address)),
      yield* errnoOf(sys.sendmsg(fd, { data: Uint8Array.of(1), to: address }))
    ]
    yield* sys.close(fd)
    return answers
  })

/** Every way to write an address of the machine itself. */
const itself = [
  inet("127.0.0.1", 7000),
  inet("127.1.2.3", 7000),
  inet("127.255.255.254", 7000),
  inet("0.0.0.0", 7000),
  inet6("::1", 7000),
  inet6("::", 7000),
  inet6("0:0:0:0:0:0:0:1", 7000),
  inet6("::ffff:127.0.0.1", 7000),
  inet6("::ffff:7f00:1", 7000),
  inet6("0:0:0:0:0:ffff:7f00:0001", 7000),
  inet6("::ffff:0.0.0.0", 7000)
]

const distinct = (answers: ReadonlyArray<string>) => [...new Set(answers)]

describe("A process under rules over the network", () => {
  it.effect("reaches no server of its own machine that they do not give, by whatever spelling, nor by any kind of call", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const server = yield* listening(sys, inet6("::", 7000))
        const receiver = yield* sys.socket(AF_INET6, SOCK_DGRAM)
        yield* sys.bind(receiver, inet6("::", 7000))
        const all = Effect.fn(function*(own: SystemCalls) {
          const answers: Array<string> = []
          for (const address of itself) {
            answers.push(yield* connecting(own, address), yield* connecting(own, address, SOCK_DGRAM))
            answers.push(...yield* sending(own, address))
          }
          return answers
        })
        assert.deepStrictEqual(distinct(yield* under(sys, Policy.network(), all)), ["EACCES"])
        const neighbours = Policy.network({
          allow: [{ host: "*" }, { host: "10.0.0.0/8" }, { host: "127.0.0.1", port: 1 }]
        })
        assert.deepStrictEqual(distinct(yield* under(sys, neighbours, all)), ["EACCES"])
        // Nobody came.
        assert.deepStrictEqual(yield* sys.poll([{ fd: server, events: 1 }, { fd: receiver, events: 1 }], 0), [0, 0])
        assert.deepStrictEqual(distinct(yield* all(sys)), ["success"])
      })
    ))

  it.effect("has what they give: an address, a protocol, a port", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* listening(sys, inet("127.0.0.1", 7000))
        yield* listening(sys, inet("127.0.0.1", 7001))
        const one = Policy.network({ allow: [{ host: "127.0.0.1", port: 7000, protocol: "tcp" }] })
        const answers = yield* under(sys, one, (own) =>
          Effect.all([
            connecting(own, inet("127.0.0.1", 7000)),
            connecting(own, inet6("::ffff:127.0.0.1", 7000)),
            connecting(own, inet("0.0.0.0", 7000)),
            connecting(own, inet("127.0.0.1", 7001)),
            connecting(own, inet("127.0.0.1", 0)),
            connecting(own, inet("127.0.0.1", 7000), SOCK_DGRAM)
          ]))
        assert.deepStrictEqual(answers, ["success", "success", "success", "EACCES", "EACCES", "EACCES"])
      })
    ))

  it.effect("is told the rule and what would do", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const rules = Policy.network({ id: "only-db", allow: [{ host: "10.0.0.5" }], remedy: "ask the database" })
        const messages = yield* under(sys, rules, (own) =>
          Effect.gen(function*() {
            const [four, six] = [yield* own.socket(AF_INET, SOCK_STREAM), yield* own.socket(AF_INET6, SOCK_STREAM)]
            const refusals = [
              yield* Effect.flip(own.connect(four, inet("127.0.0.1", 80))),
              yield* Effect.flip(own.bind(six, inet6("::1", 80)))
            ]
            return refusals.map(({ message }) => message)
          }))
        assert.deepStrictEqual(messages, [
          "EACCES: Permission denied, connect '127.0.0.1:80' [rule only-db]; ask the database",
          "EACCES: Permission denied, bind '[::1]:80' [rule only-db]; ask the database"
        ])
      })
    ))

  it.effect("serves where they let it, and nowhere by port 0, by listening without a name, or on a wildcard", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const one = Policy.network({ allow: [{ direction: "in", host: "127.0.0.1", port: 8080 }] })
        const answers = yield* under(sys, one, (own) =>
          Effect.gen(function*() {
            const found: Record<string, string> = {}
            const addresses = [
              inet("127.0.0.1", 8080),
              inet("127.0.0.1", 8081),
              inet("127.0.0.1", 0),
              inet("0.0.0.0", 8080),
              inet("127.0.0.2", 8080)
            ]
            for (const address of addresses) {
              const fd = yield* own.socket(AF_INET, SOCK_STREAM)
              found[`${address.address}:${address.port}`] = yield* errnoOf(own.bind(fd, address))
              yield* own.close(fd)
            }
            const nameless = yield* own.socket(AF_INET, SOCK_STREAM)
            found["listen"] = yield* errnoOf(own.listen(nameless, 1))
            // What was refused has changed nothing.
            assert.deepStrictEqual(yield* own.getsockname(nameless), inet("0.0.0.0", 0))
            return found
          }))
        assert.deepStrictEqual(answers, {
          "127.0.0.1:8080": "success",
          "127.0.0.1:8081": "EACCES",
          "127.0.0.1:0": "EACCES",
          "0.0.0.0:8080": "EACCES",
          "127.0.0.2:8080": "EACCES",
          "listen": "EACCES"
        })
        const any = Policy.network({ allow: [{ direction: "in", host: "*", port: 0 }] })
        const chosen = yield* under(sys, any, (own) =>
          Effect.gen(function*() {
            const bound = yield* own.socket(AF_INET, SOCK_STREAM)
            const wished = yield* own.socket(AF_INET, SOCK_STREAM)
            return [
              yield* errnoOf(own.bind(bound, inet("0.0.0.0", 0))),
              yield* errnoOf(own.bind(wished, inet("0.0.0.0", 9)))
            ]
          }))
        assert.deepStrictEqual(chosen, ["success", "EACCES"])
      })
    ))

  it.effect("cannot turn a socket that it may have towards somebody else: bound, connected, let go and connected again", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* listening(sys, inet("127.0.0.1", 7000))
        const near = inet("127.0.0.1", 53)
        const far = inet("127.0.0.1", 54)
        const rules = Policy.network({ allow: [{ host: "127.0.0.1", port: 53 }, { host: "*", direction: "in" }] })
        const answers = yield* under(sys, rules, (own) =>
          Effect.gen(function*() {
            const datagrams = yield* own.socket(AF_INET, SOCK_DGRAM)
            const dissolve = own.connect(datagrams, { family: "unspecified" })
            const found = [
              yield* errnoOf(own.connect(datagrams, near)),
              yield* errnoOf(own.connect(datagrams, far)),
              yield* errnoOf(own.sendto(datagrams, Uint8Array.of(1), 0, far)),
              yield* errnoOf(own.sendmsg(datagrams, { data: Uint8Array.of(1), to: far })),
              yield* errnoOf(Effect.zipRight(dissolve, own.connect(datagrams, far)))
            ]
            const bound = yield* own.socket(AF_INET, SOCK_STREAM)
            yield* own.bind(bound, inet("127.0.0.1", 53))
            found.push(yield* errnoOf(own.connect(bound, inet("127.0.0.1", 7000))))
            found.push(yield* errnoOf(own.sendto(bound, Uint8Array.of(1), MSG_NOSIGNAL, inet("127.0.0.1", 7000))))
            return found
          }))
        assert.deepStrictEqual(answers, ["success", ...Array.from({ length: 5 }, () => "EACCES"), "EPIPE"])
      })
    ))

  it.effect("gets nothing by making a socket that somebody else connects for it, binds or sends with", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* listening(sys, inet("127.0.0.1", 7000))
        const [near, far] = yield* sys.socketpair(AF_UNIX, SOCK_SEQPACKET)
        const guest = Effect.gen(function*() {
          const own = yield* Sys
          const fds = [
            yield* own.socket(AF_INET, SOCK_STREAM),
            yield* own.socket(AF_INET, SOCK_STREAM),
            yield* own.socket(AF_INET, SOCK_DGRAM),
            yield* own.socket(AF_UNIX, SOCK_STREAM)
          ]
          yield* own.sendmsg(far, { data: Uint8Array.of(1), control: [{ _tag: "Rights", fds }] })
          return 0
        })
        yield* sys.wait(yield* sys.spawn(guest, { policy: Policy.network() }))
        const { control: [passed] } = yield* sys.recvmsg(near, { into: new Uint8Array(1), controlLength: 64 })
        assert(passed?._tag === "Rights")
        const [connects, binds, sends, unix] = passed.fds
        assert.deepStrictEqual([
          yield* errnoOf(sys.connect(connects!, inet("127.0.0.1", 7000))),
          yield* errnoOf(sys.bind(binds!, inet("127.0.0.1", 7001))),
          yield* errnoOf(sys.listen(binds!, 1)),
          yield* errnoOf(sys.sendto(sends!, Uint8Array.of(1), 0, inet("127.0.0.1", 7000))),
          yield* errnoOf(sys.bind(unix!, { family: "unix", abstract: "service" }))
        ], ["EACCES", "EACCES", "EACCES", "EACCES", "EACCES"])
      })
    ))

  it.effect("neither listens nor accepts with a descriptor that it was given, unless they let it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const server = yield* listening(sys, inet("127.0.0.1", 7000))
        const bound = yield* sys.socket(AF_INET, SOCK_STREAM)
        yield* sys.bind(bound, inet("127.0.0.1", 7001))
        const unix = yield* listening(sys, { family: "unix", abstract: "service" })
        const client = yield* sys.socket(AF_INET, SOCK_STREAM)
        yield* sys.connect(client, inet("127.0.0.1", 7000))
        const tried = (own: SystemCalls) =>
          Effect.all([errnoOf(own.accept(server)), errnoOf(own.listen(bound, 1)), errnoOf(own.accept(unix))])
        assert.deepStrictEqual(yield* under(sys, Policy.network(), tried), ["EACCES", "EACCES", "EACCES"])
        // Whoever waited still does.
        const lets = Policy.network({ allow: [{ direction: "in", host: "127.0.0.1" }] })
        assert.deepStrictEqual((yield* under(sys, lets, tried)).slice(0, 2), ["success", "success"])
      })
    ))

  it.effect("takes no descriptor from a process that is under fewer rules, and from one under as many it does", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* listening(sys, inet("127.0.0.1", 7000))
        const connected = yield* sys.socket(AF_INET, SOCK_STREAM)
        yield* sys.connect(connected, inet("127.0.0.1", 7000))
        const pid = yield* sys.getpid()
        const taking = (own: SystemCalls, from: number) =>
          Effect.flatMap(own.pidfdOpen(from), (pidfd) => errnoOf(own.pidfdGetfd(pidfd, connected)))
        const answers = yield* under(sys, Policy.network(), (own) =>
          Effect.gen(function*() {
            const self = yield* own.getpid()
            const child = yield* own.spawn(Effect.never, { policy: Policy.network({ id: "more" }) })
            const found = [yield* taking(own, pid), yield* taking(own, self), yield* taking(own, child)]
            yield* own.kill(child, 9)
            return found
          }))
        assert.deepStrictEqual(answers, ["EPERM", "success", "success"])
      })
    ))

  it.effect("uses no abstract name that they do not give, and one path as files are used", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* listening(sys, { family: "unix", abstract: "bus" })
        yield* listening(sys, { family: "unix", abstract: "other" })
        yield* listening(sys, { family: "unix", path: "/tmp/server" })
        const rules = Policy.network({ allow: [{ protocol: "unix", host: "@bus" }] })
        const answers = yield* under(sys, rules, (own) =>
          Effect.gen(function*() {
            const binding = (address: SocketAddress) =>
              Effect.flatMap(own.socket(AF_UNIX, SOCK_STREAM), (fd) => errnoOf(own.bind(fd, address)))
            return [
              yield* connecting(own, { family: "unix", abstract: "bus" }),
              yield* connecting(own, { family: "unix", path: "/tmp/server" }),
              yield* connecting(own, { family: "unix", abstract: "other" }),
              ...yield* sending(own, { family: "unix", abstract: "other" }),
              yield* binding({ family: "unix", abstract: "mine" }),
              yield* binding({ family: "unix" })
            ]
          }))
        assert.deepStrictEqual(answers, ["success", "success", ...Array.from({ length: 5 }, () => "EACCES")])
      })
    ))

  it.effect("passes them on to its children, who can be given more and never fewer", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        for (const port of [7000, 7001, 7002]) yield* listening(sys, inet("127.0.0.1", port))
        const rules = (ports: readonly [number, number]) =>
          Policy.network({ allow: [{ host: "127.0.0.1", port: ports }] })
        const tried = (own: SystemCalls) =>
          Effect.forEach([7000, 7001, 7002], (port) => connecting(own, inet("127.0.0.1", port)))
        const answers = yield* under(sys, rules([7000, 7001]), (own) =>
          Effect.all([
            under(own, {}, tried),
            under(own, rules([7001, 7002]), tried),
            under(own, Policy.network({ allow: [{ host: "0.0.0.0/0" }] }), tried)
          ]))
        assert.deepStrictEqual(answers, [
          ["success", "success", "EACCES"],
          ["EACCES", "success", "EACCES"],
          ["success", "success", "EACCES"]
        ])
      })
    ))

  it.effect("goes on with connections that it was given, which are not asked about again", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const server = yield* listening(sys, inet("127.0.0.1", 7000))
        const client = yield* sys.socket(AF_INET, SOCK_STREAM)
        yield* sys.connect(client, inet("127.0.0.1", 7000))
        const { fd } = yield* sys.accept(server)
        const sent = yield* under(sys, Policy.network(), (own) => own.write(client, Uint8Array.of(1, 2)))
        assert.strictEqual(sent, 2)
        assert.strictEqual(yield* sys.recv(fd, new Uint8Array(9), MSG_PEEK), 2)
      })
    ))

  it.effect("of a whole kernel are asked of every process, and with credentials passed on a name is still the kernel's", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      let answers: ReadonlyArray<string> = []
      const program = Effect.gen(function*() {
        const sys = yield* Sys
        const [near, far] = yield* sys.socketpair(AF_UNIX, SOCK_DGRAM)
        yield* sys.setsockopt(near, SOL_SOCKET, SO_PASSCRED, 1)
        answers = [
          yield* connecting(sys, inet("127.0.0.1", 7000)),
          yield* connecting(sys, { family: "unix", abstract: "bus" }),
          yield* errnoOf(sys.send(near, Uint8Array.of(1))),
          yield* errnoOf(sys.recv(far, new Uint8Array(1)))
        ]
        return 0
      })
      yield* Effect.flatMap(kernel.spawn(program), ({ wait }) => wait)
      assert.deepStrictEqual(answers, ["EACCES", "EACCES", "success", "success"])
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer), Effect.provide(Policy.layer(Policy.network()))))
})

describe("What the host starts", () => {
  it.effect("with rules of its own is under them, and so is what that starts", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const answers: Array<string> = []
      const program = Effect.gen(function*() {
        const sys = yield* Sys
        answers.push(yield* connecting(sys, inet("127.0.0.1", 7000)))
        return 0
      })
      const parent = Effect.flatMap(Sys, (sys) => Effect.as(Effect.flatMap(sys.spawn(program), sys.wait), 0))
      for (const policy of [Policy.network(), {}]) {
        yield* Effect.flatMap(kernel.spawn(parent, { policy }), ({ wait }) => wait)
      }
      assert.deepStrictEqual(answers, ["EACCES", "ECONNREFUSED"])
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))
})

describe("Names under rules over the network", () => {
  /** A resolver that counts, and whose answers change from one time to the next. */
  const machine = (answers: ReadonlyArray<ReadonlyArray<string>>) => {
    const asked: Array<string> = []
    const resolver = Dns.layerResolver((name, family) =>
      Effect.sync(() => {
        if (family === 6) return { addresses: [], seconds: 0 }
        asked.push(name)
        return { addresses: answers[Math.min(asked.length, answers.length) - 1]!, seconds: 0 }
      })
    )
    return { asked, layer: Layer.provide(Kernel.layer, resolver) }
  }

  const inMachine = <A, E>(
    layer: Layer.Layer<Kernel.Kernel>,
    body: (sys: SystemCalls) => Effect.Effect<A, E>
  ) =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const program = Effect.flatMap(Sys, (sys) => Effect.as(Effect.orDie(body(sys)), 0))
      const { wait } = yield* kernel.spawn(program)
      assert.deepStrictEqual(yield* wait, { _tag: "Exited", code: 0 })
    }).pipe(Effect.scoped, Effect.provide(layer))

  const looking = (sys: SystemCalls, name: string) =>
    Effect.match(sys.getaddrinfo(name, 80), {
      onFailure: ({ _tag }): ReadonlyArray<string> => [_tag],
      onSuccess: (found) => found.map(({ address }) => address)
    })

  it.effect("that none of them has are not asked for, so that nothing is told to whoever is asked", () => {
    const { asked, layer } = machine([["93.184.216.34"]])
    return inMachine(layer, (sys) =>
      Effect.gen(function*() {
        const rules = Policy.network({ allow: [{ host: "api.example.com" }, { host: "*.cdn.example" }] })
        const answers = yield* under(sys, rules, (own) =>
          Effect.forEach(
            [
              "api.example.com",
              "API.example.COM.",
              "a.cdn.example",
              "cdn.example",
              "secret.attacker.example",
              "localhost"
            ],
            (name) => looking(own, name)
          ))
        const found = ["93.184.216.34"]
        assert.deepStrictEqual(answers.slice(0, 5), [found, found, found, ["EACCES"], ["EACCES"]])
        assert.deepStrictEqual(answers[5], ["127.0.0.1", "::1"])
        assert.deepStrictEqual(asked, ["api.example.com", "api.example.com", "a.cdn.example"])
      }))
  })

  it.effect("lead to the public addresses that they were looked up to, whatever they are rebound to later", () => {
    const { layer } = machine([["93.184.216.34"], ["127.0.0.1", "10.0.0.1", "169.254.169.254"]])
    return inMachine(layer, (sys) =>
      Effect.gen(function*() {
        yield* listening(sys, inet("127.0.0.1", 80))
        const rules = Policy.network({ allow: [{ host: "rebind.example", port: 80 }] })
        const answers = yield* under(sys, rules, (own) =>
          Effect.all([
            connecting(own, inet("93.184.216.34", 80)),
            looking(own, "rebind.example"),
            // There is no way beyond this machine; the rules have nothing against it any more.
            connecting(own, inet("93.184.216.34", 80)),
            connecting(own, inet("93.184.216.34", 81)),
            looking(own, "rebind.example"),
            connecting(own, inet("127.0.0.1", 80))
          ]))
        assert.deepStrictEqual(answers, [
          "EACCES",
          ["93.184.216.34"],
          "ENETUNREACH",
          "EACCES",
          ["ENOENT"],
          "EACCES"
        ])
      }))
  })

  it.effect("that a process writes into /etc/hosts itself give it no right", () => {
    const { layer } = machine([[]])
    return inMachine(layer, (sys) =>
      Effect.gen(function*() {
        yield* listening(sys, inet("127.0.0.1", 80))
        const hosts = yield* sys.open("/etc/hosts", 0o1101, 0o644)
        yield* sys.write(hosts, new TextEncoder().encode("127.0.0.1 api.example.com\n93.184.216.34 api.example.com\n"))
        const answers = yield* under(sys, Policy.network({ allow: [{ host: "api.example.com" }] }), (own) =>
          Effect.flatMap(own.getaddrinfo("api.example.com", 80), (found) =>
            Effect.forEach(found, (address) =>
              connecting(own, address))))
        assert.deepStrictEqual(answers, ["EACCES", "EACCES"])
      }))
  })

  it.effect("that may not be asked for do not stand before one that may, in a list of domains to search", () => {
    const { asked, layer } = machine([["93.184.216.34"]])
    return inMachine(layer, (sys) =>
      Effect.gen(function*() {
        const configuration = yield* sys.open("/etc/resolv.conf", 0o1101, 0o644)
        yield* sys.write(configuration, new TextEncoder().encode("search corp.example\noptions ndots:3\n"))
        const rules = Policy.network({ allow: [{ host: "api.example.com" }] })
        const answers = yield* under(sys, rules, (own) =>
          Effect.all([looking(own, "api.example.com"), looking(own, "other.example")]))
        assert.deepStrictEqual(answers, [["93.184.216.34"], ["EACCES"]])
        assert.deepStrictEqual(asked, ["api.example.com"])
      }))
  })
})
