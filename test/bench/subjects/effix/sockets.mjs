import { Effect, Socket, Sys } from "../../dist/effix.js"
import { throughput } from "../../Meter.mjs"
import { inProcess, measured } from "./machine.mjs"

const { AF_INET, AF_UNIX, SOCK_DGRAM, SOCK_STREAM } = Socket
const tcp = { domain: AF_INET, address: { family: "inet", address: "127.0.0.1", port: 7000 } }
const unix = { domain: AF_UNIX, address: { family: "unix", abstract: "server" } }

const server = (sys, { address, domain }) =>
  Effect.gen(function*() {
    const fd = yield* sys.socket(domain, SOCK_STREAM)
    yield* sys.bind(fd, address)
    yield* sys.listen(fd, 16)
    return fd
  })

const connection = (sys, where) =>
  Effect.gen(function*() {
    const listening = yield* server(sys, where)
    const near = yield* sys.socket(where.domain, SOCK_STREAM)
    yield* sys.connect(near, where.address)
    const { fd } = yield* sys.accept(listening)
    return [near, fd]
  })

export const connect = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const listening = yield* server(sys, tcp)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            const near = yield* sys.socket(tcp.domain, SOCK_STREAM)
            yield* sys.connect(near, tcp.address)
            const { fd } = yield* sys.accept(listening)
            yield* sys.close(near)
            yield* sys.close(fd)
          }
        })
      )
    })
  )

const roundTrip = (where) =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const [near, far] = yield* connection(sys, where)
      yield* sys.spawn(Effect.gen(function*() {
        const child = yield* Sys.Sys
        yield* child.close(near)
        const byte = new Uint8Array(1)
        while ((yield* child.read(far, byte)) > 0) yield* child.write(far, byte)
        return 0
      }))
      const byte = new Uint8Array(1)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            yield* sys.write(near, byte)
            yield* sys.read(near, byte)
          }
        })
      )
    })
  )

const bulk = async (where) => {
  const nanoseconds = await inProcess((sys) =>
    Effect.gen(function*() {
      const [near, far] = yield* connection(sys, where)
      const from = new Uint8Array(65_536)
      const into = new Uint8Array(65_536)
      yield* sys.spawn(Effect.gen(function*() {
        const child = yield* Sys.Sys
        yield* child.close(near)
        while ((yield* child.read(far, into)) > 0) continue
        return 0
      }))
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) yield* sys.write(near, from)
        })
      )
    })
  )
  return throughput(65_536, nanoseconds)
}

export const tcpRoundTrip = () => roundTrip(tcp)
export const unixRoundTrip = () => roundTrip(unix)
export const tcpBulk = () => bulk(tcp)
export const unixBulk = () => bulk(unix)

export const datagram = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const from = yield* sys.socket(AF_INET, SOCK_DGRAM)
      const to = yield* sys.socket(AF_INET, SOCK_DGRAM)
      yield* sys.bind(to, tcp.address)
      const data = new Uint8Array(512)
      const into = new Uint8Array(512)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            yield* sys.sendto(from, data, 0, tcp.address)
            yield* sys.recv(to, into)
          }
        })
      )
    })
  )
