/**
 * The network of the host, for a kernel that runs under node: what rules allow, and nothing else.
 *
 * Guests see a machine with the address 10.0.2.15 behind a gateway, as virtual machines do. The gateway, 10.0.2.2, is the
 * host itself: what listens on its loopback address. Connections and datagrams to the outside are the host's own; names are looked up by the host, and only those that a rule names. A refusal is EACCES.
 * `expose` opens a port of the host, or a Unix socket, that leads to a port of the kernel; it listens on the host's loopback
 * address unless told otherwise. `sockets` are Unix sockets of the host that guests know as ports of 10.0.2.2.
 *
 * @see packet_filter(7)
 *
 * @example
 * ```ts
 * import { Kernel, Sys } from "@effix/kernel"
 * import * as NodeHostNetwork from "@effix/platform/node/NodeHostNetwork"
 * import { Effect, Layer } from "effect"
 *
 * const network = NodeHostNetwork.layer({ allow: [{ host: "example.com", protocol: "tcp", port: 443 }] })
 *
 * const guest = Effect.gen(function*() {
 *   const sys = yield* Sys.Sys
 *   const fd = yield* sys.socket(2, 1)
 *   const answer = sys.connect(fd, { family: "inet", address: "169.254.169.254", port: 80 })
 *   const refused = yield* Effect.flip(Effect.orElseSucceed(Effect.flip(answer), () => "connected"))
 *   return refused === "connected" ? 0 : 1
 * }).pipe(Effect.catchAll(() => Effect.succeed(13)))
 *
 * const main = Effect.gen(function*() {
 *   const kernel = yield* Kernel.Kernel
 *   console.log(yield* Effect.flatMap(kernel.spawn(guest), ({ wait }) => wait)) // { _tag: "Exited", code: 13 }
 * }).pipe(Effect.scoped)
 *
 * await Effect.runPromise(Effect.provide(main, Kernel.layer.pipe(Layer.provide(network))))
 * ```
 */
import * as Dns from "@effix/kernel/Dns"
import * as Errno from "@effix/kernel/Errno"
import { type Attach, type Endpoint, Network } from "@effix/kernel/Network"
import { Gate, type Rule } from "@effix/kernel/Policy"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import { bridge } from "./bridge.js"
import { Datagrams } from "./Datagrams.js"
import { type Answering, exposeAll, type Exposed, type ListenFailed } from "./exposed.js"
import * as HostNames from "./hostNames.js"

export type { Rule } from "@effix/kernel/Policy"

export { ListenFailed } from "./exposed.js"
export type { Exposed, ExposedPath, ExposedPort } from "./exposed.js"

/** A port of the host, as guests see it at 10.0.2.2, that leads to a Unix socket of the host. */
export interface HostSocket {
  readonly port: number
  readonly path: string
}

export interface Options {
  /** What guests may reach. Default: nothing. */
  readonly allow?: ReadonlyArray<Rule>
  readonly expose?: ReadonlyArray<Exposed>
  /** Unix sockets of the host that guests may connect to. Default: none. */
  readonly sockets?: ReadonlyArray<HostSocket>
  /** Who looks names up. Default: the host. */
  readonly resolve?: Dns.Resolve
}

const MACHINE = "10.0.2.15"
const MACHINE6 = "fec0::15"
const GATEWAY = "10.0.2.2"
const LOOPBACK = "127.0.0.1"

/** The host's own address for what guests call it. */
const outside = ({ address, port }: Endpoint): Endpoint => ({ address: address === GATEWAY ? LOOPBACK : address, port })

/** What connecting ends with where nobody listens. */
const refusals: ReadonlySet<string> = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "ENOTSOCK"])

const refusal = (to: string): Exit.Exit<never, Errno.Errno<"EACCES">> =>
  Errno.fail("EACCES", { rule: "network", remedy: `allow the host ${to}, or a name that leads to it` })

interface Parts {
  readonly gate: Gate
  readonly open: Set<Net.Socket>
  readonly datagrams: Datagrams
  readonly answering: ReadonlyArray<Answering>
  /** Unix sockets of the host, by the port that guests know them by. */
  readonly paths: ReadonlyMap<number, string>
}

const attach = ({ answering, datagrams, gate, open, paths }: Parts): Attach => (stack) => {
  datagrams.stack = stack
  // Who answers the host, or has a socket of it, has a way there; each port is judged by itself.
  const knowsHost = answering.length > 0 || paths.size > 0
  const leads = (to: string): boolean => gate.leads(to) || (knowsHost && to === GATEWAY)
  return {
    interfaces: [{ name: "eth0", index: 2, addresses: [MACHINE, MACHINE6], gateway: GATEWAY }],
    route: (to) => leads(to) ? Exit.succeed(to.includes(":") ? MACHINE6 : MACHINE) : refusal(to),
    connect: (_from, to, connection, answer, abandoned) => {
      const path = to.address === GATEWAY ? paths.get(to.port) : undefined
      if (path === undefined && !gate.allows("tcp", to.address, to.port)) return answer("denied")
      const where = path === undefined ? { host: outside(to).address, port: to.port } : { path }
      const socket = Net.connect({ ...where, allowHalfOpen: true })
      open.add(socket)
      const failed = (error: NodeJS.ErrnoException): void => {
        if (!abandoned()) {
          answer(refusals.has(error.code ?? "") ? "refused" : "unreachable")
        }
      }
      socket.once("error", failed).once("close", () => open.delete(socket)).once("connect", () => {
        socket.off("error", failed)
        if (abandoned()) socket.destroy()
        else {
          answer("accepted")
          bridge(socket, connection)
        }
      })
    },
    send: (from, to, data) => {
      if (answering.some(({ answer }) => answer(from, to, data))) return Exit.void
      if (!gate.allows("udp", to.address, to.port)) return refusal(to.address)
      datagrams.send(from, outside(to), data)
      return Exit.void
    }
  }
}

/** The network, and who looks its names up. Closing the scope cuts every connection. */
export const make = (
  { allow = [], expose = [], resolve = HostNames.resolve, sockets = [] }: Options = {}
): Effect.Effect<{ readonly attach: Attach; readonly resolve: Dns.Resolve }, ListenFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const gate = new Gate(allow)
    const open = new Set<Net.Socket>()
    const datagrams = new Datagrams(
      ({ address, port }) => ({ address: address === LOOPBACK ? GATEWAY : address, port }),
      ({ address, port }) => gate.allows("udp", address, port)
    )
    const side = { gateway: GATEWAY, machine: MACHINE, stack: () => datagrams.stack, open }
    const answering = yield* exposeAll(expose, side)
    const paths = new Map(sockets.map(({ path, port }) => [port, path]))
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const socket of open) socket.destroy()
        datagrams.close()
      })
    )
    return {
      attach: attach({ gate, open, datagrams, answering, paths }),
      resolve: (name, family) =>
        gate.names(name)
          ? Effect.map(resolve(name, family), ({ addresses, seconds }) => ({
            addresses: gate.learn(name, addresses),
            seconds
          }))
          : Errno.fail("EACCES", { rule: "network", path: name, remedy: `allow the host ${name}` })
    }
  })

/**
 * The host's network, as far as `options` allow it, for the kernels that are built with it.
 *
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Network | Dns.Resolver, ListenFailed> =>
  Layer.scopedContext(
    Effect.map(make(options), ({ attach: network, resolve }) =>
      Context.make(Network, network).pipe(Context.add(Dns.Resolver, resolve)))
  )
