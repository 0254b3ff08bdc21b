import { Coreutils, Effect, Kernel, Layer, Shell } from "../../dist/effix.js"
import { measure } from "../../Meter.mjs"
import { check, scripts } from "../sizes.mjs"

const drivers = Layer.merge(Coreutils.layer, Shell.layer)

const run = (id) =>
  Effect.runPromise(Effect.provide(
    Effect.flatMap(Kernel.Kernel, (kernel) =>
      Effect.promise(() =>
        measure(async (count) => {
          for (let i = 0; i < count; i++) {
            const { stderrText, stdoutText } = await Effect.runPromise(kernel.exec(["sh", "-c", scripts[id]]))
            check(id, stdoutText + stderrText)
          }
        })
      )),
    Kernel.layerWith({ drivers })
  ))

export const echo = () => run("echo")
export const filter = () => run("filter")
export const awk = () => run("awk")
export const loop = () => run("loop")
