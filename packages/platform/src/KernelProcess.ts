/**
 * A process of the kernel that the host acts as.
 *
 * What needs the system calls of a process (`Sys`), a {@link KernelSocket} for instance, is provided with them outside of
 * the kernel: an ordinary process is started, seen by `ps`, with a user, descriptors and limits, which does nothing but
 * lend its calls. It ends with the scope. Should somebody in the kernel kill it before, whatever is called after that is
 * interrupted; sockets and servers over it fail with ESRCH.
 *
 * @example
 * ```ts
 * import { Kernel, Sys } from "@effix/kernel"
 * import { KernelProcess } from "@effix/platform"
 * import { Effect, Layer } from "effect"
 *
 * const main = Effect.gen(function*() {
 *   const sys = yield* Sys.Sys
 *   const [reader, writer] = yield* sys.pipe()
 *   yield* sys.write(writer, new Uint8Array(3))
 *   console.log(yield* sys.fionread(reader)) // 3
 * })
 *
 * await Effect.runPromise(Effect.provide(main, Layer.provide(KernelProcess.layer(), Kernel.layer)))
 * ```
 */
import type * as Errno from "@effix/kernel/Errno"
import { Kernel, type SpawnHostOptions } from "@effix/kernel/Kernel"
import type { SpawnError, Sys } from "@effix/kernel/Sys"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

/** Starts the process, and answers its `Sys` with all that calls need to sleep on its behalf. */
export const make = (
  options: SpawnHostOptions = {}
): Effect.Effect<Context.Context<Sys>, SpawnError | Errno.Errno<"EINVAL">, Kernel | Scope.Scope> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel
    const started = yield* Deferred.make<Context.Context<Sys>>()
    yield* kernel.spawn(
      Effect.flatMap(Effect.context<Sys>(), (calls) => Effect.zipRight(Deferred.succeed(started, calls), Effect.never)),
      options
    )
    return yield* Deferred.await(started)
  })

/** @category layers */
export const layer = (
  options: SpawnHostOptions = {}
): Layer.Layer<Sys, SpawnError | Errno.Errno<"EINVAL">, Kernel> => Layer.scopedContext(make(options))
