/** Edge-triggered watches: each is told of what is new, and of nothing else. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EPOLL_CTL_ADD, EPOLLET, EPOLLIN, EPOLLOUT } from "../src/abi/EpollFlags.js"
import { O_NOCTTY, O_NONBLOCK, O_RDWR } from "../src/abi/OpenFlags.js"
import { AF_INET, AF_UNIX, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM } from "../src/abi/Socket.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess, read, write } from "./support/run.js"

/** Two instances, so that what is told of one direction does not hide what is told of the other. */
const watching = (sys: SystemCalls, fds: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    const [input, output] = [yield* sys.epollCreate(), yield* sys.epollCreate()]
    for (const fd of fds) {
      yield* sys.epollCtl(input, EPOLL_CTL_ADD, fd, { events: EPOLLIN | EPOLLET })
      yield* sys.epollCtl(output, EPOLL_CTL_ADD, fd, { events: EPOLLOUT | EPOLLET })
    }
    const told = (epfd: number) =>
      Effect.map(sys.epollWait(epfd, 10, 0), (found) => found.map(({ data }) => Number(data)).sort())
    const news = Effect.map(Effect.zip(told(input), told(output)), ([input, output]) => ({ input, output }))
    assert.deepStrictEqual((yield* news).output, [...fds].sort())
    return news
  })

describe("An edge", () => {
  it.effect("of a pair of sockets: what comes is no room, and what is left is not new", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [a, b] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK)
        const news = yield* watching(sys, [a, b])
        yield* write(sys, a, "hello")
        assert.deepStrictEqual(yield* news, { input: [b], output: [] })
        yield* read(sys, b, 2)
        assert.deepStrictEqual(yield* news, { input: [], output: [] })
        yield* read(sys, b)
        assert.deepStrictEqual(yield* news, { input: [], output: [a] })
      })
    ))

  it.effect("of TCP: there is room for news only after there was none", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const address = { family: "inet", address: "127.0.0.1", port: 7 } as const
        const listening = yield* sys.socket(AF_INET, SOCK_STREAM)
        yield* sys.bind(listening, address)
        yield* sys.listen(listening, 1)
        const a = yield* sys.socket(AF_INET, SOCK_STREAM)
        yield* sys.connect(a, address)
        const { fd: b } = yield* sys.accept(listening, SOCK_NONBLOCK)
        const news = yield* watching(sys, [a, b])
        yield* write(sys, a, "hello")
        assert.deepStrictEqual(yield* news, { input: [b], output: [] })
        yield* read(sys, b)
        assert.deepStrictEqual(yield* news, { input: [], output: [] })
        while ((yield* errnoOf(sys.send(b, new Uint8Array(100_000)))) === "success") { /* until it is full */ }
        assert.deepStrictEqual(yield* news, { input: [a], output: [] })
        for (let i = 0; i < 3; i++) yield* read(sys, a)
        assert.deepStrictEqual((yield* news).output, [b])
      })
    ))

  it.effect("of datagrams: room at whoever one has been connected to since", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const named = (abstract: string) =>
          Effect.tap(
            sys.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK),
            (fd) => sys.bind(fd, { family: "unix", abstract })
          )
        const [a, b] = [yield* named("a"), yield* named("b")]
        const news = yield* watching(sys, [a])
        yield* sys.connect(a, { family: "unix", abstract: "b" })
        while ((yield* errnoOf(write(sys, a, "x"))) === "success") { /* until it is full */ }
        yield* news
        assert.deepStrictEqual(yield* sys.poll([{ fd: a, events: EPOLLOUT }], 0), [0])
        yield* read(sys, b)
        assert.deepStrictEqual((yield* news).output, [a])
      })
    ))

  it.effect("of a terminal: what is typed or printed is no room", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const master = yield* sys.open("/dev/ptmx", O_RDWR | O_NONBLOCK | O_NOCTTY)
        const slave = yield* sys.open("/dev/pts/0", O_RDWR | O_NONBLOCK | O_NOCTTY)
        const news = yield* watching(sys, [master, slave])
        yield* write(sys, slave, "hello")
        assert.deepStrictEqual(yield* news, { input: [master], output: [] })
        yield* read(sys, master)
        assert.deepStrictEqual(yield* news, { input: [], output: [] })
        yield* write(sys, master, "a line\n")
        assert.deepStrictEqual(yield* news, { input: [master, slave], output: [] })
        yield* read(sys, slave)
        assert.deepStrictEqual(yield* news, { input: [], output: [] })
      })
    ))
})
