/**
 * A `Socket` on a descriptor that its `run` opens and closes.
 */
import * as Socket from "@effect/platform/Socket"
import { SHUT_WR } from "@effix/kernel/abi/Socket"
import * as Bytes from "@effix/kernel/Bytes"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import { acting, untilEnded } from "./acting.js"

/** Bytes that are read at a time. */
const BLOCK = 65_536

type Handler<E, R> = (bytes: Uint8Array) => Effect.Effect<unknown, E, R> | void
type Options = { readonly onOpen?: Effect.Effect<void> | undefined }

/** An open connection, and how its `run` ends. */
interface Connection {
  readonly fd: number
  readonly closed: Deferred.Deferred<never, Socket.SocketError>
  ended: boolean
}

export class ConnectedSocket implements Socket.Socket {
  readonly [Socket.TypeId]: Socket.TypeId = Socket.TypeId
  private readonly sys: SystemCalls
  private readonly isOpen = Effect.unsafeMakeLatch(false)
  /** A write is one piece of the stream, however often it takes to be written. */
  private readonly turn = Effect.unsafeMakeSemaphore(1)
  private connection: Connection | undefined = undefined

  constructor(
    /** What calls sleep with on behalf of the process. */
    private readonly calls: Context.Context<Sys>,
    private readonly open: Effect.Effect<number, Socket.SocketError, Sys | Scope.Scope>
  ) {
    this.sys = Context.get(calls, Sys)
  }

  run<E = never, R = never>(handler: Handler<E, R>, options?: Options): Effect.Effect<void, Socket.SocketError | E, R> {
    const { calls } = this
    return Effect.scoped(Effect.gen(this, function*() {
      const fibers = yield* FiberSet.make<unknown, E>()
      const fd = yield* Effect.mapInputContext(
        this.open,
        // The scope is the one of this run.
        (scope: Context.Context<Scope.Scope>) => Context.merge(calls, scope)
      )
      const closed = yield* Deferred.make<never, Socket.SocketError>()
      const handle = yield* FiberSet.runtime(fibers)<R>()
      this.connection = { fd, closed, ended: false }
      yield* this.isOpen.open
      if (options?.onOpen !== undefined) yield* options.onOpen
      const reading = Effect.provide(
        this.reading(fd, (bytes) => {
          const handled = handler(bytes)
          if (Effect.isEffect(handled)) handle(handled)
        }),
        calls
      )
      // What came is handled, even though no more will come.
      const handled = Effect.zipRight(reading, FiberSet.awaitEmpty(fibers))
      yield* Effect.raceFirst(Effect.raceFirst(handled, Deferred.await(closed)), FiberSet.join(fibers))
    })).pipe(
      Effect.ensuring(Effect.sync(() => {
        this.isOpen.unsafeClose()
        this.connection = undefined
      })),
      Effect.interruptible
    )
  }

  runRaw<E = never, R = never>(
    handler: (bytes: string | Uint8Array) => Effect.Effect<unknown, E, R> | void,
    options?: Options
  ): Effect.Effect<void, Socket.SocketError | E, R> {
    return this.run(handler, options)
  }

  private reading(fd: number, handle: (bytes: Uint8Array) => void): Effect.Effect<void, Socket.SocketError> {
    const { sys } = this
    return Effect.gen(function*() {
      const into = new Uint8Array(BLOCK)
      for (;;) {
        const count = yield* acting(sys, sys.read(fd, into))
        if (count === 0) return
        handle(into.slice(0, count))
      }
    }).pipe(Effect.mapError((cause) => new Socket.SocketGenericError({ reason: "Read", cause })))
  }

  readonly writer = Effect.acquireRelease(
    Effect.sync(() => (chunk: Uint8Array | string | Socket.CloseEvent) => this.write(chunk)),
    () =>
      Effect.suspend(() => {
        const { connection } = this
        if (connection === undefined || connection.ended) return Effect.void
        connection.ended = true
        return Effect.ignore(acting(this.sys, this.sys.shutdown(connection.fd, SHUT_WR)))
      })
  )

  private write(chunk: Uint8Array | string | Socket.CloseEvent): Effect.Effect<void, Socket.SocketError> {
    return Effect.zipRight(
      this.opened,
      Effect.suspend(() => {
        const { connection } = this
        if (connection === undefined) return Effect.void
        if (Socket.isCloseEvent(chunk)) {
          return Effect.asVoid(Deferred.fail(
            connection.closed,
            new Socket.SocketCloseError({ reason: "Close", code: chunk.code > 1000 ? 1006 : 1000 })
          ))
        }
        const bytes = typeof chunk === "string" ? Bytes.encode(chunk) : chunk
        return Effect.provide(this.turn.withPermits(1)(this.writeAll(connection.fd, bytes)), this.calls)
      })
    )
  }

  /** Waits until `run` has opened the connection, for as long as its process could. */
  private readonly opened: Effect.Effect<void, Socket.SocketError> = Effect.suspend(() => {
    if (this.connection !== undefined) return Effect.void
    const { calls, isOpen, sys } = this
    const over = Effect.mapError(
      Effect.provide(untilEnded(sys), calls),
      (cause) => new Socket.SocketGenericError({ reason: "Write", cause })
    )
    return Effect.raceFirst(isOpen.await, over)
  })

  private writeAll(fd: number, bytes: Uint8Array): Effect.Effect<void, Socket.SocketError> {
    const { sys } = this
    return Effect.gen(function*() {
      for (let at = 0; at < bytes.length;) at += yield* acting(sys, sys.write(fd, bytes.subarray(at)))
    }).pipe(Effect.mapError((cause) => new Socket.SocketGenericError({ reason: "Write", cause })))
  }
}
