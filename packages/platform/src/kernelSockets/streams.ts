/**
 * Descriptors of stream sockets, closed with their scope.
 */
import { AF_INET, AF_INET6, AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from "@effix/kernel/abi/Socket"
import type * as Errno from "@effix/kernel/Errno"
import type { SocketAddress } from "@effix/kernel/Sockets"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { acting } from "./acting.js"

const domains = { inet: AF_INET, inet6: AF_INET6, unix: AF_UNIX, unspecified: AF_UNIX } as const

const socket = (sys: SystemCalls, { family }: SocketAddress): Effect.Effect<number, Errno.Any> =>
  sys.socket(domains[family], SOCK_STREAM | SOCK_CLOEXEC)

/** A stream socket of the family of `address`. */
export const openStream = (sys: SystemCalls, address: SocketAddress): Effect.Effect<number, Errno.Any, Scope.Scope> =>
  Effect.acquireRelease(acting(sys, socket(sys, address)), (fd) => closing(sys, fd))

/** Closes a descriptor, if its process is there still. */
export const closing = (sys: SystemCalls, fd: number): Effect.Effect<void> => Effect.ignore(acting(sys, sys.close(fd)))

/** A stream that is connected to `address`, whose descriptor is the caller's to close. */
const connected = (address: SocketAddress): Effect.Effect<number, Errno.Any, Sys> =>
  Effect.flatMap(
    Sys,
    (sys) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(acting(sys, socket(sys, address)), (fd) =>
          Effect.as(Effect.onError(restore(acting(sys, sys.connect(fd, address))), () => closing(sys, fd)), fd))
      )
  )

/** A stream that is connected to the first address of a host that answers. */
export const connectedTo = (host: string, port: number): Effect.Effect<number, Errno.Any, Sys> =>
  Effect.flatMap(
    Sys,
    (sys) =>
      Effect.flatMap(acting(sys, sys.getaddrinfo(host, port)), (addresses) =>
        Effect.firstSuccessOf(addresses.map(connected)))
  )

/** Connections that wait to be accepted before more are refused. */
const BACKLOG = 511

export interface Listener {
  readonly fd: number
  /** With the port that was chosen, where none was asked for. */
  readonly address: SocketAddress
}

/** A stream socket that listens at `address`. */
export const listen = (address: SocketAddress): Effect.Effect<Listener, Errno.Any, Sys | Scope.Scope> =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const fd = yield* openStream(sys, address)
    const listening = Effect.zipRight(sys.bind(fd, address), sys.listen(fd, BACKLOG))
    return { fd, address: yield* acting(sys, Effect.zipRight(listening, sys.getsockname(fd))) }
  })

/** Connections that were given up before they were accepted, and signals, are nothing to end for. */
const isPassing = ({ _tag }: Errno.Any): boolean => _tag === "ECONNABORTED" || _tag === "EINTR"

/** Hands every connection to `connected`, as a descriptor that is its to close. */
export const accepting = (
  fd: number,
  connected: (fd: number) => Effect.Effect<unknown>
): Effect.Effect<never, Errno.Any, Sys> =>
  Effect.flatMap(Sys, (sys) =>
    Effect.forever(
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(acting(sys, restore(sys.accept(fd, SOCK_CLOEXEC))), (accepted) => connected(accepted.fd))
      ).pipe(Effect.catchIf(isPassing, () => Effect.void))
    ))
