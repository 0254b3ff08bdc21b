/**
 * `@effect/platform`'s `SocketServer` over the stream sockets of a kernel.
 *
 * It belongs to the process whose `Sys` is in the context: the program that runs, or outside of the kernel a
 * {@link KernelProcess}. It listens from the moment on at which it was made; see {@link KernelSocket} for an example.
 *
 * @see listen(2)
 */
import * as SocketServer from "@effect/platform/SocketServer"
import type { SocketAddress } from "@effix/kernel/Sockets"
import type { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as KernelSocket from "./KernelSocket.js"
import { accepting, listen } from "./kernelSockets/streams.js"

/** An address as `@effect/platform` has it; abstract names of unix sockets begin with `@`, as ss(8) writes them. */
const addressOf = (address: SocketAddress): SocketServer.Address => {
  switch (address.family) {
    case "inet":
    case "inet6":
      return { _tag: "TcpAddress", hostname: address.address, port: address.port }
    case "unix":
      return {
        _tag: "UnixAddress",
        path: "path" in address ? address.path : "abstract" in address ? `@${address.abstract}` : ""
      }
    case "unspecified":
      return { _tag: "UnixAddress", path: "" }
  }
}

/** Listens at `address`; port 0 is any that is free. */
export const make = (
  address: SocketAddress
): Effect.Effect<SocketServer.SocketServer["Type"], SocketServer.SocketServerError, Sys | Scope.Scope> =>
  Effect.gen(function*() {
    const calls = yield* Effect.context<Sys>()
    const listener = yield* Effect.mapError(
      listen(address),
      (cause) => new SocketServer.SocketServerError({ reason: "Open", cause })
    )
    return SocketServer.SocketServer.of({
      address: addressOf(listener.address),
      run: (handler) =>
        Effect.scoped(Effect.gen(function*() {
          const connections = yield* FiberSet.make()
          const fork = yield* FiberSet.runtime(connections)<Effect.Effect.Context<ReturnType<typeof handler>>>()
          const accept = accepting(listener.fd, (fd) =>
            Effect.map(KernelSocket.fromDescriptor(fd), (socket) =>
              fork(handler(socket))).pipe(Effect.provide(calls)))
          return yield* Effect.provide(accept, calls)
        })).pipe(
          Effect.mapError((cause) =>
            new SocketServer.SocketServerError({ reason: "Unknown", cause })
          )
        )
    })
  })

/** @category layers */
export const layer = (
  address: SocketAddress
): Layer.Layer<SocketServer.SocketServer, SocketServer.SocketServerError, Sys> =>
  Layer.scoped(SocketServer.SocketServer, make(address))
