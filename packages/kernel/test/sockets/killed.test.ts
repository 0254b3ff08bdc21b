/** A process that is killed while it waits in a call on a socket, whatever call: nothing is left of it, and nobody else hangs. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as EpollFlags from "../../src/abi/EpollFlags.js"
import { POLLIN } from "../../src/abi/PollEvents.js"
import * as Abi from "../../src/abi/Socket.js"
import type * as Errno from "../../src/Errno.js"
import { Kernel } from "../../src/index.js"
import * as Sockets from "../../src/Sockets.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import { errnoOf } from "../support/run.js"

type Call = (sys: SystemCalls, at: Place) => Effect.Effect<unknown, Errno.Any>

/** Descriptors that the process has: a listener whose backlog is full, and a connection whose sender has filled it. */
interface Place {
  readonly listener: number
  /** Nobody has connected to it. */
  readonly quiet: number
  /** Writes wait here, */
  readonly full: number
  /** and reads here. */
  readonly empty: number
  /** Where the full listener is. */
  readonly address: Sockets.SocketAddress
  readonly domain: number
}

const connecting: Call = (sys, { address, domain }) =>
  Effect.flatMap(sys.socket(domain, Abi.SOCK_STREAM), (fd) => sys.connect(fd, address))
const data = new Uint8Array(1_000_000)
const one = Uint8Array.of(1)

const calls: Readonly<Record<string, Call>> = {
  accept: (sys, { quiet }) => sys.accept(quiet),
  connect: connecting,
  read: (sys, { empty }) => sys.read(empty, data),
  readv: (sys, { empty }) => sys.readv(empty, [new Uint8Array(2), new Uint8Array(2)]),
  recv: (sys, { empty }) => sys.recv(empty, data),
  "recv that waits for all": (sys, { empty }) => sys.recv(empty, data, Abi.MSG_WAITALL),
  recvfrom: (sys, { empty }) => sys.recvfrom(empty, data),
  recvmsg: (sys, { empty }) => sys.recvmsg(empty, { into: data, controlLength: 64 }),
  write: (sys, { full }) => sys.write(full, data),
  writev: (sys, { full }) => sys.writev(full, [data, data]),
  send: (sys, { full }) => sys.send(full, data),
  sendmsg: (sys, { full }) => sys.sendmsg(full, { data }),
  "sendmsg with descriptors": (sys, { empty, full }) =>
    sys.sendmsg(full, { data, control: [{ _tag: "Rights", fds: [full, empty] }] }),
  sendfile: (sys, { full }) =>
    Effect.gen(function*() {
      const file = yield* sys.open("/tmp/large", 0o102)
      yield* sys.ftruncate(file, 1_000_000)
      yield* sys.sendfile(full, file, 0, 1_000_000)
    }),
  "splice out of it": (sys, { empty }) =>
    Effect.flatMap(sys.pipe(), ([, into]) => sys.splice(empty, undefined, into, undefined, 100)),
  "splice into it": (sys, { full }) =>
    Effect.gen(function*() {
      const [from, into] = yield* sys.pipe()
      yield* sys.write(into, one)
      yield* sys.splice(from, undefined, full, undefined, 100)
    }),
  poll: (sys, { empty, quiet }) => sys.poll([{ fd: empty, events: POLLIN }, { fd: quiet, events: POLLIN }]),
  select: (sys, { empty, quiet }) => sys.select({ read: [empty, quiet] }),
  epollWait: (sys, { empty, quiet }) =>
    Effect.gen(function*() {
      const epoll = yield* sys.epollCreate()
      for (const fd of [empty, quiet]) {
        yield* sys.epollCtl(epoll, EpollFlags.EPOLL_CTL_ADD, fd, { events: EpollFlags.EPOLLIN })
      }
      yield* sys.epollWait(epoll, 8)
    })
}

const families = [
  ["a Unix socket", Abi.AF_UNIX, (name: string) => ({ family: "unix", abstract: name }) as const],
  ["a TCP socket", Abi.AF_INET, (_: string, port: number) => ({ family: "inet", address: "127.0.0.1", port }) as const]
] as const

const listening = (sys: SystemCalls, domain: number, address: Sockets.SocketAddress) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domain, Abi.SOCK_STREAM)
    yield* sys.bind(fd, address)
    yield* sys.listen(fd, 0)
    return fd
  })

const client = (sys: SystemCalls, domain: number, address: Sockets.SocketAddress) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domain, Abi.SOCK_STREAM)
    yield* sys.connect(fd, address)
    return fd
  })

describe.each(families)("A process that is killed in a call on %s", (_name, domain, addressOf) => {
  it.effect.each(Object.entries(calls))(
    "leaves nothing behind, and its peer is told: %s",
    ([name, call]) =>
      Effect.gen(function*() {
        const kernel = yield* Kernel.Kernel
        const sockets = yield* Sockets.Sockets
        const answers: Array<string> = []
        const handle = yield* kernel.spawn(Effect.gen(function*() {
          const sys = yield* Sys
          yield* sys.sigaction(13, { disposition: "ignore" })
          const address = addressOf("full", 7000)
          const listener = yield* listening(sys, domain, address)
          // The one that the backlog lets wait.
          const waiting = yield* client(sys, domain, address)
          const place = addressOf("quiet", 7001)
          const quiet = yield* listening(sys, domain, place)
          const near: Array<number> = []
          const far: Array<number> = []
          for (let i = 0; i < 2; i++) {
            near.push(yield* client(sys, domain, place))
            far.push((yield* sys.accept(quiet)).fd)
          }
          for (let sent = "success"; sent === "success";) {
            sent = yield* errnoOf(sys.send(near[0]!, data, Abi.MSG_DONTWAIT))
          }
          const victim = yield* sys.spawn(Effect.flatMap(Sys, (own) =>
            Effect.gen(function*() {
              // The other side is the parent's alone.
              for (const fd of far) yield* own.close(fd)
              yield* call(own, { listener, quiet, full: near[0]!, empty: near[1]!, address, domain })
              return 0
            })))
          for (const fd of near) yield* sys.close(fd)
          for (let i = 0; i < 20; i++) yield* sys.schedYield()
          yield* sys.kill(victim, 9)
          const ended = yield* sys.wait(victim)
          answers.push(ended?.status._tag ?? "nobody")
          // Both connections have ended: what was sent is there, and then the end.
          for (const fd of far) {
            for (let count = -1; count !== 0;) count = yield* sys.read(fd, data)
            answers.push("end")
          }
          // Whoever comes next is served as if nothing had been.
          const before = yield* sys.accept(listener)
          const next = yield* client(sys, domain, address)
          const served = yield* sys.accept(listener)
          yield* sys.write(next, one)
          answers.push(`${yield* sys.read(served.fd, data)}`)
          yield* sys.write(waiting, one)
          answers.push(`${yield* sys.read(before.fd, data)}`)
          return 0
        }))
        assert.deepStrictEqual(yield* handle.wait, { _tag: "Exited", code: 0 }, name)
        assert.deepStrictEqual(answers, ["Signaled", "end", "end", "1", "1"], name)
        assert.deepStrictEqual(sockets.list(), [], name)
      }).pipe(Effect.scoped, Effect.provide(Kernel.layer))
  )
})
