import { Effect, Sys } from "../../dist/effix.js"
import { inProcess, measured } from "./machine.mjs"

const EPOLL_CTL_ADD = 1
const EPOLLIN = 1

const one = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)

export const epoll = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const epfd = yield* sys.epollCreate()
      for (let i = 0; i < 10_000; i++) {
        const fd = yield* sys.eventfd(i % 1000 === 0 ? 1 : 0)
        yield* sys.epollCtl(epfd, EPOLL_CTL_ADD, fd, { events: EPOLLIN })
      }
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            if ((yield* sys.epollWait(epfd, 64)).length !== 10) throw new Error("not 10")
          }
        })
      )
    })
  )

export const eventfd = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const there = yield* sys.eventfd()
      const back = yield* sys.eventfd()
      yield* sys.spawn(Effect.gen(function*() {
        const child = yield* Sys.Sys
        const bytes = new Uint8Array(8)
        for (;;) {
          yield* child.read(there, bytes)
          yield* child.write(back, one)
        }
      }))
      const bytes = new Uint8Array(8)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            yield* sys.write(there, one)
            yield* sys.read(back, bytes)
          }
        })
      )
    })
  )

export const timerfd = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.timerfdCreate("monotonic")
      const setting = { value: 3_600_000_000_000n }
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) yield* sys.timerfdSettime(fd, 0, setting)
        })
      )
    })
  )
