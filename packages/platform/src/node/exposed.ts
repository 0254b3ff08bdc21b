/**
 * Ports and sockets of the host that lead into a kernel.
 */
import { ByteStream, type Endpoint, type Stack } from "@effix/kernel/Network"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Dgram from "node:dgram"
import * as Net from "node:net"
import { bridge } from "./bridge.js"

/** Where the kernel is asked. Default of `address`: `127.0.0.1`, which reaches listeners on every address too. */
export interface Inside {
  readonly address?: string
  readonly port: number
}

/** A port of the host that leads to a port of the kernel. */
export interface ExposedPort {
  /** Default: `tcp`. Answers to datagrams go back to whoever sent the last one from his port. */
  readonly protocol?: "tcp" | "udp"
  /** Where the host listens. Default of `address`: `127.0.0.1`; port 0 is any that is free. */
  readonly host: { readonly address?: string; readonly port: number }
  readonly guest: Inside
  /** Is told the port on which the host listens. */
  readonly onListening?: (port: number) => void
}

/** A Unix socket of the host that leads to a port of the kernel. */
export interface ExposedPath {
  readonly host: { readonly path: string }
  readonly guest: Inside
}

export type Exposed = ExposedPort | ExposedPath

/** A port, or a path, of the host that could not be opened. */
export class ListenFailed
  extends Data.TaggedError("ListenFailed")<{ readonly port: number; readonly path?: string; readonly cause: Error }>
{
  override get message(): string {
    const { cause, path, port } = this
    return `${path === undefined ? `Port ${port}` : path} of the host cannot be listened on: ${cause.message}`
  }
}

const LOOPBACK = "127.0.0.1"
/** Senders that can be answered. */
const KEPT = 4096

/** What the host's side has in common: what guests call the host and themselves, and who is in the kernel. */
export interface Side {
  readonly gateway: string
  readonly machine: string
  readonly stack: () => Stack | undefined
  readonly open: Set<Net.Socket>
}

/** Datagrams that came through one port, and their answers. */
export interface Answering {
  /** Sends an answer to whoever sent from `to`; `false` where nobody did. */
  readonly answer: (from: Endpoint, to: Endpoint, data: Uint8Array) => boolean
}

const failed = ({ host }: Exposed, cause: Error): ListenFailed =>
  "path" in host ? new ListenFailed({ port: 0, path: host.path, cause }) : new ListenFailed({ port: host.port, cause })

const streams = (exposed: Exposed, side: Side): Effect.Effect<void, ListenFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const { guest, host } = exposed
    const server = Net.createServer({ allowHalfOpen: true }, (socket) => {
      side.open.add(socket)
      socket.once("close", () => side.open.delete(socket)).on("error", () => {})
      const connection = { incoming: new ByteStream(0), outgoing: new ByteStream(0) }
      const from = { address: side.gateway, port: socket.remotePort ?? 0 }
      const to = { address: guest.address ?? LOOPBACK, port: guest.port }
      const answered = (outcome: string): void => {
        if (outcome === "accepted") bridge(socket, connection)
        // A Unix socket knows no reset.
        else if ("path" in host) socket.destroy()
        else socket.resetAndDestroy()
      }
      const stack = side.stack()
      if (stack === undefined) socket.destroy()
      else stack.connect(from, to, connection, answered, () => socket.destroyed)
    })
    yield* Effect.acquireRelease(
      Effect.async<void, ListenFailed>((resume) => {
        server.once("error", (cause) => resume(Effect.fail(failed(exposed, cause))))
        const listening = (): void => {
          const address = server.address()
          if (typeof address === "object" && address !== null && "onListening" in exposed) {
            exposed.onListening?.(address.port)
          }
          resume(Effect.void)
        }
        if ("path" in host) server.listen(host.path, listening)
        else server.listen(host.port, host.address ?? LOOPBACK, listening)
      }),
      () => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
    )
  })

const datagrams = (exposed: ExposedPort, side: Side): Effect.Effect<Answering, ListenFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const { guest, host, onListening } = exposed
    const address = host.address ?? LOOPBACK
    const socket = Dgram.createSocket(address.includes(":") ? "udp6" : "udp4")
    /** Whoever sent, by his port. */
    const senders = new Map<number, string>()
    socket.on("message", (data, sender) => {
      if (senders.size >= KEPT && !senders.has(sender.port)) senders.clear()
      senders.set(sender.port, sender.address)
      const from = { address: side.gateway, port: sender.port }
      const places = guest.address === undefined ? [side.machine, LOOPBACK] : [guest.address]
      places.some((place) => side.stack()?.deliver(from, { address: place, port: guest.port }, data))
    })
    yield* Effect.acquireRelease(
      Effect.async<void, ListenFailed>((resume) => {
        socket.once("error", (cause) => resume(Effect.fail(failed(exposed, cause))))
        socket.bind(host.port, address, () => {
          socket.on("error", () => {})
          onListening?.(socket.address().port)
          resume(Effect.void)
        })
      }),
      () => Effect.async<void>((resume) => void socket.close(() => resume(Effect.void)))
    )
    return {
      answer: (from, to, data) => {
        const sender = from.port === guest.port && to.address === side.gateway ? senders.get(to.port) : undefined
        // Copied: the bytes are the guest's.
        if (sender !== undefined) socket.send(data.slice(), to.port, sender, () => {})
        return sender !== undefined
      }
    }
  })

/** Opens all of them for as long as the scope lasts; answers how datagrams are answered. */
export const exposeAll = (
  all: ReadonlyArray<Exposed>,
  side: Side
): Effect.Effect<ReadonlyArray<Answering>, ListenFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const answering: Array<Answering> = []
    for (const each of all) {
      if ("protocol" in each && each.protocol === "udp") answering.push(yield* datagrams(each, side))
      else yield* streams(each, side)
    }
    return answering
  })
