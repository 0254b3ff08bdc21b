import { Effect, Kernel, Sys } from "../../dist/effix.js"
import { lagWhile } from "../lag.mjs"

/** The guest is a program that makes system calls without end. */
const spinning = Effect.flatMap(Sys.Sys, (sys) => Effect.forever(sys.getpid()))

const measureLag = Effect.gen(function*() {
  const kernel = yield* Kernel.Kernel
  return yield* Effect.promise(() =>
    lagWhile(() => void Effect.runPromise(Effect.scoped(Effect.zipRight(kernel.spawn(spinning), Effect.never))))
  )
})

export const lag = () => Effect.runPromise(Effect.provide(measureLag, Kernel.layer))
