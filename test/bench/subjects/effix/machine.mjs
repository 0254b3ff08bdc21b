/** Kernels to measure in: what a cell does runs as a process, one fiber, and calls through `Sys`. */
import { Effect, Kernel, Layer, Scope, Sys } from "../../dist/effix.js"
import { Meter } from "../../Meter.mjs"

/** Runs `main` with the system calls of a new process, and answers its answer. */
export const inProcess = (main, options = {}) => {
  let answer
  const program = Effect.gen(function*() {
    answer = yield* Effect.exit(main(yield* Sys.Sys))
    return 0
  })
  const run = Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const { wait } = yield* kernel.spawn(program)
    yield* wait
    return yield* answer
  })
  return Effect.runPromise(
    Effect.provide(Effect.scoped(run), Kernel.layerWith({ config: { openFilesMax: 20_000 }, ...options }))
  )
}

/** As `measure`; `run` answers an effect. */
export const measured = (run, { batches, count, prepare } = {}) =>
  Effect.gen(function*() {
    const meter = new Meter({ batches, count })
    while (meter.next()) {
      if (prepare !== undefined) yield* prepare()
      meter.begin()
      yield* run(meter.count)
      meter.end()
    }
    return meter.result
  })

/** A kernel that stays. */
export const bootOne = () =>
  Effect.runPromise(Effect.flatMap(Scope.make(), (scope) => Layer.buildWithScope(Kernel.layer, scope)))
