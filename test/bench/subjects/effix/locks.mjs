import { Effect, Sys } from "../../dist/effix.js"
import * as Sizes from "../sizes.mjs"
import { inProcess, measured } from "./machine.mjs"

const O_RDWR = 2
const O_CREAT = 0o100
const LOCK_EX = 2
const LOCK_UN = 8

export const pair = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.open("/f", O_RDWR | O_CREAT)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            yield* sys.flock(fd, LOCK_EX)
            yield* sys.flock(fd, LOCK_UN)
          }
        })
      )
    })
  )

/** Takes the lock and lets it go, again and again. */
const waiter = Effect.gen(function*() {
  const sys = yield* Sys.Sys
  const fd = yield* sys.open("/f", O_RDWR)
  for (;;) {
    yield* sys.flock(fd, LOCK_EX)
    yield* sys.flock(fd, LOCK_UN)
  }
})

/** Who lets it go and asks again is behind all the others: one round is a hand-off to each. */
export const handOff = async () => {
  const round = await inProcess((sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.open("/f", O_RDWR | O_CREAT)
      yield* sys.flock(fd, LOCK_EX)
      for (let i = 0; i < Sizes.lockWaiters; i++) yield* sys.spawn(waiter)
      yield* sys.schedYield()
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            yield* sys.flock(fd, LOCK_UN)
            yield* sys.flock(fd, LOCK_EX)
          }
        })
      )
    })
  )
  return round / (Sizes.lockWaiters + 1)
}
