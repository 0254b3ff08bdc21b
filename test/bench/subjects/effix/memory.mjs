import { Effect, Sys } from "../../dist/effix.js"
import { bytesOf } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { bootOne, inProcess } from "./machine.mjs"

const O_WRONLY = 1
const O_CREAT = 0o100

export const idleKernel = async () => {
  await bootOne()
  return bytesOf(200, async (count) => {
    const kernels = []
    for (let i = 0; i < count; i++) kernels.push(await bootOne())
    return kernels
  })
}

const filled = (content) =>
  inProcess((sys) =>
    Effect.gen(function*() {
      yield* sys.mkdir("/d")
      return yield* Effect.promise(() =>
        bytesOf(20_000, async (count) => {
          await Effect.runPromise(Effect.gen(function*() {
            for (let i = 0; i < count; i++) {
              const fd = yield* sys.open(`/d/file${i}`, O_WRONLY | O_CREAT)
              if (content !== undefined) yield* sys.write(fd, content)
              yield* sys.close(fd)
            }
          }))
          return sys
        })
      )
    })
  )

export const emptyFile = () => filled(undefined)
export const smallFile = () => filled(Sizes.kilobyte())

/** Asleep in a read, with the three descriptors that it inherits. */
export const process = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const [reader] = yield* sys.pipe()
      yield* sys.dup2(reader, 0)
      const into = new Uint8Array(1)
      const asleep = Effect.flatMap(Sys.Sys, (child) => Effect.as(child.read(0, into), 0))
      return yield* Effect.promise(() =>
        bytesOf(5000, async (count) => {
          await Effect.runPromise(Effect.gen(function*() {
            for (let i = 0; i < count; i++) yield* sys.spawn(asleep)
          }))
          await new Promise((resolve) => setTimeout(resolve, 50))
          return sys
        })
      )
    })
  )
