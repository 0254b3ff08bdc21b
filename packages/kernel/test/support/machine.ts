import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Kernel from "../../src/Kernel.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import * as VirtualNetwork from "../../src/VirtualNetwork.js"

/** A machine on the network, and a process on it that lends its system calls. */
export const machine = (network: VirtualNetwork.VirtualNetwork, ...addresses: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const rooms = yield* Layer.build(Kernel.layer.pipe(Layer.provide(VirtualNetwork.layer(network, addresses))))
    const kernel = Context.get(rooms, Kernel.Kernel)
    const lent = yield* Deferred.make<SystemCalls>()
    yield* Effect.orDie(
      kernel.spawn(Effect.flatMap(Sys, (sys) => Effect.zipRight(Deferred.succeed(lent, sys), Effect.never)))
    )
    return yield* Deferred.await(lent)
  })
