import { Effect, Sys } from "../../dist/effix.js"
import { throughput } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { inProcess, measured } from "./machine.mjs"

const O_RDWR = 2
const O_NOCTTY = 0o400

export const bulk = async () => {
  const nanoseconds = await inProcess((sys) =>
    Effect.gen(function*() {
      const [reader, writer] = yield* sys.pipe()
      const from = new Uint8Array(65_536)
      const into = new Uint8Array(65_536)
      yield* sys.spawn(Effect.gen(function*() {
        const child = yield* Sys.Sys
        yield* child.close(writer)
        while ((yield* child.read(reader, into)) > 0) continue
        return 0
      }))
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) yield* sys.write(writer, from)
        })
      )
    })
  )
  return throughput(65_536, nanoseconds)
}

export const roundTrip = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const there = yield* sys.pipe()
      const back = yield* sys.pipe()
      yield* sys.spawn(Effect.gen(function*() {
        const child = yield* Sys.Sys
        const byte = new Uint8Array(1)
        while ((yield* child.read(there[0], byte)) > 0) yield* child.write(back[1], byte)
        return 0
      }))
      const byte = new Uint8Array(1)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            yield* sys.write(there[1], byte)
            yield* sys.read(back[0], byte)
          }
        })
      )
    })
  )

export const buffered = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const byte = new Uint8Array(1)
      const drain = new Uint8Array(65_536)
      const [reader, writer] = yield* sys.pipe()
      yield* sys.write(writer, byte)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) yield* sys.write(writer, byte)
        }), {
        count: 20_000,
        batches: 25,
        prepare: () =>
          Effect.gen(function*() {
            yield* sys.read(reader, drain)
            for (let i = 0; i < 30_000; i++) yield* sys.write(writer, byte)
          })
      })
    })
  )

export const line = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const text = Sizes.line()
      const into = new Uint8Array(256)
      const master = yield* sys.open("/dev/ptmx", O_RDWR | O_NOCTTY)
      const slave = yield* sys.open("/dev/pts/0", O_RDWR | O_NOCTTY)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            yield* sys.write(master, text)
            yield* sys.read(slave, into)
            yield* sys.read(master, into)
          }
        })
      )
    })
  )
