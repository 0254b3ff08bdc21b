/**
 * The network of the host, for a kernel that runs under node: what rules allow, and nothing else.
 *
 * Guests see a machine with the address 10.0.2.15 behind a gateway, as virtual machines do. The gateway, 10.0.2.2, is the
 * host itself: what listens on its loopback address. Connections and datagrams to the outside are the host's own; names are looked up by the host, and only those that a rule names. A refusal is EACCES.
 * `expose` opens a port of the host that leads to one of the kernel; it listens on the host's loopback address unless told
 * otherwise.
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
import { type Attach, ByteStream, type Endpoint, Network, type Stack } from "@effix/kernel/Network"
import { Gate, type Rule } from "@effix/kernel/Policy"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import { bridge } from "./bridge.js"
import { Datagrams } from "./Datagrams.js"
import * as HostNames from "./hostNames.js"

export type { Rule } from "@effix/kernel/Policy"

/** A port of the host that leads to a port of the kernel. */
export interface Exposed {
  /** Where the host listens. Default of `address`: `127.0.0.1`; port 0 is any that is free. */
  readonly host: { readonly address?: string; readonly port: number }
  /** Where the kernel is asked. Default of `address`: `127.0.0.1`, which reaches listeners on every address too. */
  readonly guest: { readonly address?: string; readonly port: number }
  /** Is told the port on which the host listens. */
  readonly onListening?: (port: number) => void
}

export interface Options {
  /** What guests may reach. Default: nothing. */
  readonly allow?: ReadonlyArray<Rule>
  readonly expose?: ReadonlyArray<Exposed>
  /** Who looks names up. Default: the host. */
  readonly resolve?: Dns.Resolve
}

/** A port of the host that could not be opened. */
export class ListenFailed extends Data.TaggedError("ListenFailed")<{ readonly port: number; readonly cause: Error }> {
  override get message(): string {
    return `Port ${this.port} of the host cannot be listened on: ${this.cause.message}`
  }
}

const MACHINE = "10.0.2.15"
const MACHINE6 = "fec0::15"
const GATEWAY = "10.0.2.2"
const LOOPBACK = "127.0.0.1"

/** The host's own address for what guests call it. */
const outside = ({ address, port }: Endpoint): Endpoint => ({ address: address === GATEWAY ? LOOPBACK : address, port })

const refusal = (to: string): Exit.Exit<never, Errno.Errno<"EACCES">> =>
  Errno.fail("EACCES", { rule: "network", remedy: `allow the host ${to}, or a name that leads to it` })

const attach = (gate: Gate, open: Set<Net.Socket>, datagrams: Datagrams): Attach => (stack) => {
  datagrams.stack = stack
  return {
    interfaces: [{ name: "eth0", index: 2, addresses: [MACHINE, MACHINE6] }],
    route: (to) => gate.leads(to) ? Exit.succeed(to.includes(":") ? MACHINE6 : MACHINE) : refusal(to),
    connect: (_from, to, connection, answer, abandoned) => {
      if (!gate.allows("tcp", to.address, to.port)) return answer("denied")
      const socket = Net.connect({ host: outside(to).address, port: to.port, allowHalfOpen: true })
      open.add(socket)
      const failed = (error: NodeJS.ErrnoException): void => {
        if (!abandoned()) {
          answer(error.code === "ECONNREFUSED" || error.code === "ECONNRESET" ? "refused" : "unreachable")
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
      if (!gate.allows("udp", to.address, to.port)) return refusal(to.address)
      datagrams.send(from, outside(to), data)
      return Exit.void
    }
  }
}

/** Leads whoever connects to a port of the host into the kernel. */
const expose = (
  { guest, host, onListening }: Exposed,
  stackOf: () => Stack | undefined,
  open: Set<Net.Socket>
): Effect.Effect<void, ListenFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const server = Net.createServer({ allowHalfOpen: true }, (socket) => {
      open.add(socket)
      socket.once("close", () => open.delete(socket)).on("error", () => {})
      const connection = { incoming: new ByteStream(0), outgoing: new ByteStream(0) }
      const from = { address: GATEWAY, port: socket.remotePort ?? 0 }
      const to = { address: guest.address ?? LOOPBACK, port: guest.port }
      const answered = (outcome: string): void => {
        if (outcome === "accepted") bridge(socket, connection)
        else socket.resetAndDestroy()
      }
      const stack = stackOf()
      if (stack === undefined) socket.resetAndDestroy()
      else stack.connect(from, to, connection, answered, () => socket.destroyed)
    })
    yield* Effect.acquireRelease(
      Effect.async<void, ListenFailed>((resume) => {
        server.once("error", (cause) => resume(Effect.fail(new ListenFailed({ port: host.port, cause }))))
        server.listen(host.port, host.address ?? LOOPBACK, () => {
          const address = server.address()
          if (typeof address === "object" && address !== null) onListening?.(address.port)
          resume(Effect.void)
        })
      }),
      () => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
    )
  })

/** The network, and who looks its names up. Closing the scope cuts every connection. */
export const make = (
  { allow = [], expose: ports = [], resolve = HostNames.resolve }: Options = {}
): Effect.Effect<{ readonly attach: Attach; readonly resolve: Dns.Resolve }, ListenFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const gate = new Gate(allow)
    const open = new Set<Net.Socket>()
    const datagrams = new Datagrams(
      ({ address, port }) => ({ address: address === LOOPBACK ? GATEWAY : address, port }),
      ({ address, port }) => gate.allows("udp", address, port)
    )
    for (const each of ports) yield* expose(each, () => datagrams.stack, open)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const socket of open) socket.destroy()
        datagrams.close()
      })
    )
    return {
      attach: attach(gate, open, datagrams),
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
