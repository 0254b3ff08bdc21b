/** What a guest may try against the rules of the host's network, and how far it comes. */
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Kernel, Policy, Sys } from "@effix/kernel"
import { O_CREAT, O_RDWR } from "@effix/kernel/abi/OpenFlags"
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET
} from "@effix/kernel/abi/Socket"
import type { SocketAddress } from "@effix/kernel/Sockets"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Net from "node:net"
import * as KernelProcess from "../src/KernelProcess.js"
import * as NodeHostNetwork from "../src/node/NodeHostNetwork.js"
import * as NodeKernelHttpClient from "../src/node/NodeKernelHttpClient.js"

const inet = (address: string, port: number) => ({ family: "inet", address, port }) as const
const inet6 = (address: string, port: number) => ({ family: "inet6", address, port }) as const

/** A server on the host that counts who comes, and answers HTTP to each. */
const secret = Effect.acquireRelease(
  Effect.async<{ readonly server: Net.Server; readonly port: number; readonly seen: () => number }>((resume) => {
    let seen = 0
    const server = Net.createServer((socket) => {
      seen++
      socket.on("error", () => {}).resume().end("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
    })
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      resume(Effect.succeed({ server, port, seen: () => seen }))
    })
  }),
  ({ server }) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
)

const machine = (options: NodeHostNetwork.Options) =>
  Layer.mergeAll(KernelProcess.layer(), NodeKernelHttpClient.layer.pipe(Layer.provide(KernelProcess.layer()))).pipe(
    Layer.provideMerge(Kernel.layer),
    Layer.provide(NodeHostNetwork.layer(options))
  )

const outcome = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

/** How connecting to an address ends, over a new socket. */
const connecting = (address: SocketAddress, type = SOCK_STREAM) =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    const fd = yield* sys.socket(address.family === "inet6" ? AF_INET6 : AF_INET, type)
    const answer = yield* outcome(sys.connect(fd, address))
    yield* sys.close(fd)
    return answer
  })

/** How reaching a machine by its name ends: at the first thing that fails. */
const reaching = (name: string, port: number) =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    const found = yield* Effect.merge(sys.getaddrinfo(name, port))
    if ("_tag" in found) return [found._tag]
    return yield* Effect.forEach(found, (address) => connecting(address))
  })

describe("A guest that looks for the host", () => {
  it.live("does not find what listens on its loopback address, however that is written", () =>
    Effect.gen(function*() {
      const { port, seen } = yield* secret
      const spellings = [
        "127.0.0.1",
        "127.1",
        "127.255.255.254",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "2130706433",
        "0",
        "0.0.0.0",
        "::1",
        "[::1]",
        "::",
        "[::]",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::127.0.0.1",
        "0:0:0:0:0:ffff:7f00:0001",
        "64:ff9b::7f00:1",
        "fe80::1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1.nip.io",
        "10.0.2.2",
        "::ffff:10.0.2.2",
        "10.0.2.3",
        "169.254.169.254",
        "%00127.0.0.1",
        ""
      ]
      // All that is public may be reached, and a resolver says of every name that it is the host.
      const answers = yield* Effect.forEach(spellings, (name) => reaching(name, port)).pipe(
        Effect.provide(machine({
          allow: [{ host: "*" }],
          resolve: (_, family) => Effect.succeed({ addresses: [family === 4 ? "127.0.0.1" : "::1"], seconds: 0 })
        }))
      )
      assert.deepStrictEqual(
        [...new Set(answers.flat())].filter((answer) => !refusals.has(answer)),
        []
      )
      assert.strictEqual(seen(), 0)
    }).pipe(Effect.scoped))

  it.live("does not find it by an address either, of a stream or of a datagram, not mapped into the other family", () =>
    Effect.gen(function*() {
      const { port, seen } = yield* secret
      const addresses: ReadonlyArray<SocketAddress> = [
        inet("10.0.2.2", port),
        inet6("::ffff:10.0.2.2", port),
        inet6("::ffff:a00:202", port),
        inet6("fec0::2", port),
        inet6("64:ff9b::a00:202", port),
        inet6("2002:a00:202::", port),
        inet("169.254.169.254", 80),
        inet("192.168.1.1", 80)
      ]
      for (const type of [SOCK_STREAM, SOCK_DGRAM]) {
        for (const address of addresses) assert.strictEqual(yield* connecting(address, type), "EACCES", String(address))
      }
      assert.strictEqual(seen(), 0)
    }).pipe(Effect.provide(machine({ allow: [{ host: "*" }] })), Effect.scoped))

  it.live("with a port of it allowed, has that one and no other, nor port 0", () =>
    Effect.gen(function*() {
      const { port, seen } = yield* secret
      const answers = Effect.all([
        connecting(inet("10.0.2.2", port)),
        connecting(inet6("::ffff:10.0.2.2", port)),
        connecting(inet("10.0.2.2", port ^ 1)),
        connecting(inet("10.0.2.2", 0)),
        connecting(inet("10.0.2.2", port), SOCK_DGRAM)
      ])
      const allowed = machine({ allow: [{ host: "10.0.2.2", protocol: "tcp", port }] })
      const [direct, mapped, other, zero] = yield* Effect.provide(answers, allowed)
      assert.deepStrictEqual([direct, mapped, other, zero], ["success", "success", "EACCES", "EACCES"])
      assert.isAtMost(seen(), 2)
    }).pipe(Effect.scoped))
})

/** What an attempt may end with that leads nowhere. */
const refusals = new Set(["EACCES", "ECONNREFUSED", "ENOENT", "ENETUNREACH", "EHOSTUNREACH", "EINVAL"])

describe("A name", () => {
  it.live("that answers a public address first and a private one then leads to neither more nor less than before", () =>
    Effect.gen(function*() {
      const { port, seen } = yield* secret
      let asked = 0
      const rebinding = (family: 4 | 6) =>
        Effect.sync(() => ({
          addresses: family === 6 ? [] : asked++ === 0 ? ["192.88.98.1"] : ["127.0.0.1", "10.0.2.2", "10.0.0.1"],
          seconds: 0
        }))
      yield* Effect.gen(function*() {
        const sys = yield* Sys.Sys
        const first = yield* sys.getaddrinfo("rebind.example", port, "inet")
        assert.deepStrictEqual(first.map(({ address }) => address), ["192.88.98.1"])
        assert.strictEqual(yield* outcome(sys.getaddrinfo("rebind.example", port, "inet")), "ENOENT")
        assert.isAtLeast(asked, 2)
        assert.strictEqual(yield* connecting(inet("10.0.2.2", port)), "EACCES")
        assert.strictEqual(yield* connecting(inet("10.0.0.1", port)), "EACCES")
      }).pipe(Effect.provide(machine({
        allow: [{ host: "rebind.example", port }],
        resolve: (_, family) => rebinding(family)
      })))
      assert.strictEqual(seen(), 0)
    }).pipe(Effect.scoped))

  it.live("that a guest writes into its own /etc/hosts gets no right from a rule for that name", () =>
    Effect.gen(function*() {
      const { port, seen } = yield* secret
      const answers = Effect.gen(function*() {
        const sys = yield* Sys.Sys
        yield* Effect.ignore(sys.mkdir("/etc", 0o755))
        const hosts = yield* sys.creat("/etc/hosts", 0o644)
        yield* sys.write(hosts, Buffer.from("10.0.2.2 good.example\n93.184.216.34 good.example\n"))
        return yield* reaching("good.example", port)
      })
      const allowed = machine({ allow: [{ host: "good.example" }] })
      assert.deepStrictEqual(yield* Effect.provide(answers, allowed), ["EACCES", "EACCES"])
      assert.strictEqual(seen(), 0)
    }).pipe(Effect.scoped))
})

describe("A redirect", () => {
  it.live("from a server that is allowed to one that is not is refused where it leads", () =>
    Effect.gen(function*() {
      const hidden = yield* secret
      const open = yield* Effect.acquireRelease(
        Effect.async<Net.Server>((resume) => {
          const server = Net.createServer((socket) => {
            const location = `http://10.0.2.2:${hidden.port}/`
            socket.on("error", () => {}).resume()
            socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`)
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
      )
      const address = open.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const fetching = Effect.gen(function*() {
        const client = HttpClient.followRedirects(yield* HttpClient.HttpClient, 3)
        return yield* Effect.flip(client.get(`http://10.0.2.2:${port}/`))
      })
      const failed = yield* Effect.provide(fetching, machine({ allow: [{ host: "10.0.2.2", port }] }))
      assert.match(String((failed as { readonly cause?: unknown }).cause), /EACCES/)
      assert.strictEqual(hidden.seen(), 0)
    }).pipe(Effect.scoped))
})

describe("Rules of one process and rules of the kernel", () => {
  const connectingUnder = (allow: ReadonlyArray<Policy.NetworkRule>, port: number) =>
    Effect.gen(function*() {
      const sys = yield* Sys.Sys
      let answer = "it did not run"
      const guest = Effect.gen(function*() {
        answer = yield* connecting(inet("10.0.2.2", port))
        return 0
      })
      yield* sys.wait(yield* sys.spawn(guest, { policy: Policy.network({ allow }) }))
      return answer
    })

  it.live("both have to allow what leads to the host", () =>
    Effect.gen(function*() {
      const { port, seen } = yield* secret
      const [open, shut] = [machine({ allow: [{ host: "10.0.2.2" }] }), machine({})]
      assert.strictEqual(yield* Effect.provide(connectingUnder([{ host: "10.0.2.2" }], port), shut), "EACCES")
      for (const allow of [[], [{ host: "*" }], [{ host: "10.0.2.2", port: port ^ 1 }]]) {
        assert.strictEqual(yield* Effect.provide(connectingUnder(allow, port), open), "EACCES")
      }
      assert.strictEqual(seen(), 0)
      assert.strictEqual(yield* Effect.provide(connectingUnder([{ host: "10.0.2.2" }], port), open), "success")
    }).pipe(Effect.scoped))

  it.live("of which those of a process refuse where a redirect leads, though the kernel may go there", () =>
    Effect.gen(function*() {
      const hidden = yield* secret
      const guest = KernelProcess.layer({ policy: Policy.network({ allow: [{ host: "10.0.2.3" }] }) })
      const fetching = Effect.flatMap(
        HttpClient.HttpClient,
        (client) => Effect.flip(client.get(`http://10.0.2.2:${hidden.port}/`))
      )
      const failed = yield* fetching.pipe(
        Effect.provide(NodeKernelHttpClient.layer),
        Effect.provide(guest),
        Effect.provide(machine({ allow: [{ host: "10.0.2.2" }] }))
      )
      assert.match(String((failed as { readonly cause?: unknown }).cause), /EACCES/)
      assert.strictEqual(hidden.seen(), 0)
    }).pipe(Effect.scoped))
})

describe("Binding first", () => {
  it.live("opens no way out: not to the machine's own address, to any, nor to a port that a rule names", () =>
    Effect.gen(function*() {
      const { port, seen } = yield* secret
      const sys = yield* Sys.Sys
      for (const from of [inet("10.0.2.15", 0), inet("0.0.0.0", 0), inet("10.0.2.15", 443), inet("127.0.0.1", 0)]) {
        const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
        yield* sys.bind(fd, from)
        const answer = yield* outcome(sys.connect(fd, inet("10.0.2.2", port)))
        assert.include(["EACCES", "EINVAL"], answer)
        yield* sys.close(fd)
      }
      for (const foreign of ["10.0.2.2", "93.184.216.34"]) {
        const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
        assert.strictEqual(yield* outcome(sys.bind(fd, inet(foreign, 0))), "EADDRNOTAVAIL")
      }
      assert.strictEqual(seen(), 0)
    }).pipe(Effect.provide(machine({ allow: [{ host: "*", port: 443 }] })), Effect.scoped))

  it.live("to a low port is root's alone, and nobody takes the port of another user's server", () =>
    Effect.gen(function*() {
      const sys = yield* Sys.Sys
      const socket = Effect.gen(function*() {
        const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
        yield* sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1)
        yield* sys.setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, 1)
        return fd
      })
      const server = yield* socket
      yield* sys.bind(server, inet("0.0.0.0", 8080))
      yield* sys.listen(server, 5)
      yield* sys.setresuid(1000, 1000, 1000)
      const thief = yield* socket
      assert.strictEqual(yield* outcome(sys.bind(thief, inet("10.0.2.15", 443))), "EACCES")
      assert.strictEqual(yield* outcome(sys.bind(thief, inet("0.0.0.0", 8080))), "EADDRINUSE")
      assert.strictEqual(yield* outcome(sys.bind(thief, inet("127.0.0.1", 8080))), "EADDRINUSE")
      assert.strictEqual(yield* outcome(sys.bind(thief, inet("10.0.2.15", 8080))), "EADDRINUSE")
    }).pipe(Effect.provide(machine({}))))
})

const forbidden = Policy.files([{ id: "no-secrets", path: "/run/secret", remedy: "ask at /run/public" }])

describe("A process under rules over files", () => {
  it.live("reaches no socket that they forbid, through whatever link, and leaves none there", () =>
    Effect.gen(function*() {
      const sys = yield* Sys.Sys
      yield* sys.mkdir("/run/secret", 0o755)
      yield* sys.symlink("/run/secret", "/tmp/link")
      yield* sys.symlink("/run/secret/server", "/tmp/socket")
      const server = yield* sys.socket(AF_UNIX, SOCK_STREAM)
      yield* sys.bind(server, { family: "unix", path: "/run/secret/server" })
      yield* sys.listen(server, 5)
      const answers: Record<string, string> = {}
      const guest = Effect.gen(function*() {
        const own = yield* Sys.Sys
        for (const path of ["/run/secret/server", "/run/../run/secret/server", "/tmp/link/server", "/tmp/socket"]) {
          const fd = yield* own.socket(AF_UNIX, SOCK_STREAM)
          answers[path] = yield* outcome(own.connect(fd, { family: "unix", path }))
          const datagram = yield* own.socket(AF_UNIX, SOCK_DGRAM)
          answers[`to ${path}`] = yield* outcome(own.sendto(datagram, new Uint8Array(1), 0, { family: "unix", path }))
        }
        const bound = yield* own.socket(AF_UNIX, SOCK_STREAM)
        answers["bind"] = yield* outcome(own.bind(bound, { family: "unix", path: "/tmp/link/mine" }))
        return 0
      })
      yield* sys.wait(yield* sys.spawn(guest, { policy: forbidden }))
      assert.deepStrictEqual(Object.entries(answers).filter(([, answer]) => answer !== "EACCES"), [])
      assert.strictEqual(Object.keys(answers).length, 9)
    }).pipe(Effect.provide(machine({}))))

  it.live("uses a descriptor that somebody without those rules passes to it: rules are asked when a file is opened", () =>
    Effect.gen(function*() {
      const sys = yield* Sys.Sys
      yield* sys.mkdir("/run/secret", 0o755)
      const key = yield* sys.open("/run/secret/key", O_CREAT | O_RDWR, 0o600)
      yield* sys.write(key, Buffer.from("42"))
      const [near, far] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
      yield* sys.sendmsg(near, { data: new Uint8Array(1), control: [{ _tag: "Rights", fds: [key] }] })
      const answers: Array<string | number> = []
      const guest = Effect.gen(function*() {
        const own = yield* Sys.Sys
        answers.push(yield* outcome(own.open("/run/secret/key", O_RDWR)))
        const { control } = yield* own.recvmsg(far, { into: new Uint8Array(1), controlLength: 64 })
        for (const each of control) {
          if (each._tag !== "Rights") continue
          const fd = each.fds[0]!
          answers.push(yield* own.pread(fd, new Uint8Array(10), 0))
          answers.push(yield* outcome(own.open(`/proc/self/fd/${fd}`, O_RDWR)))
        }
        return 0
      })
      yield* sys.wait(yield* sys.spawn(guest, { policy: forbidden }))
      assert.deepStrictEqual(answers, ["EACCES", 2, "EACCES"])
    }).pipe(Effect.provide(machine({}))))
})
