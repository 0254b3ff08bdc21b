/**
 * `HttpServer` of `@effect/platform` on a port of a kernel, under node: an HTTP application is served inside, unchanged.
 *
 * The protocol is node's own; connections are sockets of the kernel, accepted by the process whose `Sys` is in the
 * context: the program that runs, or a {@link KernelProcess}. Web sockets work too.
 *
 * @see listen(2)
 *
 * @example
 * ```ts
 * import { HttpClient, HttpRouter, HttpServer, HttpServerResponse } from "@effect/platform"
 * import { Kernel } from "@effix/kernel"
 * import { KernelProcess } from "@effix/platform"
 * import * as NodeKernelHttpClient from "@effix/platform/node/NodeKernelHttpClient"
 * import * as NodeKernelHttpServer from "@effix/platform/node/NodeKernelHttpServer"
 * import { Effect, Layer } from "effect"
 *
 * const app = HttpRouter.empty.pipe(HttpRouter.get("/hello", HttpServerResponse.text("hello from inside")))
 * const served = HttpServer.serve(app).pipe(
 *   Layer.provide(NodeKernelHttpServer.layer({ family: "inet", address: "127.0.0.1", port: 80 }))
 * )
 *
 * const main = Effect.gen(function*() {
 *   const client = yield* HttpClient.HttpClient
 *   const response = yield* client.get("http://127.0.0.1/hello")
 *   console.log(yield* response.text) // hello from inside
 * }).pipe(Effect.provide(Layer.provideMerge(NodeKernelHttpClient.layer, served)))
 *
 * await Effect.runPromise(Effect.provide(main, Layer.provide(KernelProcess.layer(), Kernel.layer)))
 * ```
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type * as Etag from "@effect/platform/Etag"
import type { FileSystem } from "@effect/platform/FileSystem"
import type { HttpPlatform } from "@effect/platform/HttpPlatform"
import * as HttpServer from "@effect/platform/HttpServer"
import { ServeError } from "@effect/platform/HttpServerError"
import type { Path } from "@effect/platform/Path"
import type { SocketAddress } from "@effix/kernel/Sockets"
import type { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { accepting, listen } from "../kernelSockets/streams.js"
import { KernelDuplex } from "./KernelDuplex.js"

/** Node's server, without a socket of node's. */
class Server extends Http.Server {
  constructor(private readonly bound: SocketAddress) {
    super()
  }

  /** It listens already: whoever makes it hands connections to it. */
  override listen(...how: ReadonlyArray<unknown>): this {
    const done = how.at(-1)
    if (typeof done === "function") queueMicrotask(() => done())
    return this
  }

  override address(): AddressInfo | string | null {
    const { bound } = this
    switch (bound.family) {
      case "inet":
      case "inet6":
        return { address: bound.address, port: bound.port, family: bound.family === "inet" ? "IPv4" : "IPv6" }
      default:
        return "path" in bound ? bound.path : ""
    }
  }
}

/** Listens at `address`; port 0 is any that is free. */
export const make = (
  address: SocketAddress
): Effect.Effect<HttpServer.HttpServer, ServeError, Sys | Scope.Scope> =>
  Effect.gen(function*() {
    const listener = yield* Effect.mapError(listen(address), (cause) => new ServeError({ cause }))
    const runtime = yield* Effect.runtime<Sys>()
    const server = new Server(listener.address)
    const connections = new Set<KernelDuplex>()
    const connected = (fd: number): Effect.Effect<void> =>
      Effect.sync(() => {
        const connection = new KernelDuplex(runtime, fd)
        connections.add(connection)
        connection.once("close", () => connections.delete(connection))
        server.emit("connection", connection)
      })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const connection of connections) connection.destroy()
      })
    )
    const made = yield* NodeHttpServer.make(() => server, {})
    yield* Effect.forkScoped(accepting(listener.fd, connected))
    return made
  })

/** @category layers */
export const layer = (
  address: SocketAddress
): Layer.Layer<
  HttpServer.HttpServer | HttpPlatform | Etag.Generator | FileSystem | Path,
  ServeError,
  Sys
> => Layer.merge(Layer.scoped(HttpServer.HttpServer, make(address)), NodeHttpServer.layerContext)
