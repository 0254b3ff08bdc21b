/**
 * `HttpClient` of `@effect/platform` over a kernel's own network, under node.
 *
 * The protocol is node's own; connections are sockets of the kernel, made by the process whose `Sys` is in the context:
 * the program that runs, or a {@link KernelProcess}. Names are looked up as that process sees them. See
 * {@link NodeKernelHttpServer} for an example.
 *
 * @see connect(2)
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type { HttpClient } from "@effect/platform/HttpClient"
import type { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import * as Https from "node:https"
import type { Duplex } from "node:stream"
import * as Tls from "node:tls"
import { connectedTo } from "../kernelSockets/streams.js"
import { KernelDuplex, nodeError } from "./KernelDuplex.js"

type Connected = (error: Error | null, connection: Duplex) => void

/** Connects to a host of the kernel's network, and hands the connection to node. */
const connect = (
  runtime: Runtime.Runtime<Sys>,
  { host, port }: Http.ClientRequestArgs,
  wrap: (connection: KernelDuplex) => Duplex,
  done: Connected | undefined
): void => {
  const connecting = connectedTo((host ?? "localhost").replace(/^\[(.*)\]$/, "$1"), Number(port))
  Runtime.runFork(runtime, connecting).addObserver((exit) => {
    if (exit._tag === "Success") return done?.(null, wrap(new KernelDuplex(runtime, exit.value))) // Node's own signature has a connection besides the error, which nobody looks at.
    ;(done as ((error: Error) => void) | undefined)?.(nodeError(exit.cause))
  })
}

class Agent extends Http.Agent {
  constructor(private readonly runtime: Runtime.Runtime<Sys>) {
    super({ keepAlive: true })
  }

  override createConnection(options: Http.ClientRequestArgs, done?: Connected): undefined {
    connect(this.runtime, options, (connection) => connection, done)
  }
}

/** TLS is the client's, as everywhere; only what it runs over is the kernel's. */
class SecureAgent extends Https.Agent {
  constructor(private readonly runtime: Runtime.Runtime<Sys>) {
    super({ keepAlive: true })
  }

  override createConnection(options: Https.RequestOptions, done?: Connected): undefined {
    const { host, path: _path, port: _port, ...rest } = options
    const servername = options.servername ?? host ?? ""
    connect(this.runtime, options, (socket) => Tls.connect({ ...rest, socket, servername }), done)
  }
}

const agent = <A extends Http.Agent>(make: () => A): Effect.Effect<A, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(make), (made) => Effect.sync(() => made.destroy()))

/** @category layers */
export const layer: Layer.Layer<HttpClient, never, Sys> = Layer.provide(
  NodeHttpClient.layerWithoutAgent,
  Layer.scoped(
    NodeHttpClient.HttpAgent,
    Effect.gen(function*() {
      const runtime = yield* Effect.runtime<Sys>()
      const http = yield* agent(() => new Agent(runtime))
      const https = yield* agent(() => new SecureAgent(runtime))
      return { [NodeHttpClient.HttpAgentTypeId]: NodeHttpClient.HttpAgentTypeId, http, https }
    })
  )
)
