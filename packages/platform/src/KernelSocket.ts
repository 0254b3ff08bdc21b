/**
 * `@effect/platform`'s `Socket` over the stream sockets of a kernel.
 *
 * It belongs to the process whose `Sys` is in the context: the program that runs, or outside of the kernel a
 * {@link KernelProcess}. Every `run` connects anew, and ends when the other side has no more to send.
 *
 * @see connect(2)
 *
 * @example
 * ```ts
 * import { Kernel } from "@effix/kernel"
 * import { KernelProcess, KernelSocket, KernelSocketServer } from "@effix/platform"
 * import { Effect, Layer } from "effect"
 *
 * const address = { family: "unix", path: "/run/echo" } as const
 *
 * const main = Effect.gen(function*() {
 *   const server = yield* KernelSocketServer.make(address)
 *   yield* Effect.forkScoped(server.run((peer) =>
 *     Effect.flatMap(peer.writer, (write) => peer.run(write)).pipe(Effect.scoped)
 *   ))
 *   const socket = yield* KernelSocket.connect(address)
 *   // Once nobody has the writer any more, the other side reads the end.
 *   yield* Effect.fork(Effect.scoped(Effect.flatMap(socket.writer, (write) => write("hello"))))
 *   yield* socket.run((bytes) => console.log(new TextDecoder().decode(bytes))) // hello
 * }).pipe(Effect.scoped)
 *
 * await Effect.runPromise(Effect.provide(main, Layer.provide(KernelProcess.layer(), Kernel.layer)))
 * ```
 */
import * as Socket from "@effect/platform/Socket"
import type * as Errno from "@effix/kernel/Errno"
import type { SocketAddress } from "@effix/kernel/Sockets"
import { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { acting } from "./kernelSockets/acting.js"
import { ConnectedSocket } from "./kernelSockets/ConnectedSocket.js"
import { closing, openStream } from "./kernelSockets/streams.js"

const failedToOpen = (cause: Errno.Any): Socket.SocketError => new Socket.SocketGenericError({ reason: "Open", cause })

/** A socket that connects to `address` when it is run. */
export const connect = (address: SocketAddress): Effect.Effect<Socket.Socket, never, Sys> =>
  Effect.map(Effect.context<Sys>(), (context) =>
    new ConnectedSocket(
      context,
      Effect.flatMap(Sys, (sys) => Effect.tap(openStream(sys, address), (fd) => acting(sys, sys.connect(fd, address))))
        .pipe(
          Effect.mapError(failedToOpen)
        )
    ))

/**
 * A socket over a descriptor that is connected, such as one that accept(2) answered. The descriptor is closed when `run`
 * ends, so it can be run once.
 */
export const fromDescriptor = (fd: number): Effect.Effect<Socket.Socket, never, Sys> =>
  Effect.map(Effect.context<Sys>(), (context) =>
    new ConnectedSocket(
      context,
      Effect.flatMap(Sys, (sys) => Effect.acquireRelease(Effect.succeed(fd), () => closing(sys, fd)))
    ))

/** @category layers */
export const layer = (address: SocketAddress): Layer.Layer<Socket.Socket, never, Sys> =>
  Layer.effect(Socket.Socket, connect(address))
