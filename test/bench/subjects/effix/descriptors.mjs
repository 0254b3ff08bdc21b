import { Effect } from "../../dist/effix.js"
import { inProcess, measured } from "./machine.mjs"

const O_CREAT = 0o100

const opened = (run) =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.open("/f", O_CREAT)
      return yield* measured((count) => run(sys, fd, count))
    })
  )

export const open = () =>
  opened((sys, _fd, count) =>
    Effect.gen(function*() {
      for (let i = 0; i < count; i++) yield* sys.close(yield* sys.open("/f", 0))
    })
  )

export const dup2 = () =>
  opened((sys, fd, count) =>
    Effect.gen(function*() {
      for (let i = 0; i < count; i++) yield* sys.dup2(fd, 20)
    })
  )

export const lseek = () =>
  opened((sys, fd, count) =>
    Effect.gen(function*() {
      for (let i = 0; i < count; i++) yield* sys.lseek(fd, i, 0)
    })
  )
