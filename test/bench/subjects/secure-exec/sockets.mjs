import { allowAll } from "@secure-exec/core"
import { measure, throughput } from "../../Meter.mjs"
import { bootOne } from "./machine.mjs"

const AF_UNIX = 1
const AF_INET = 2
const SOCK_STREAM = 1
const SOCK_DGRAM = 2

const tcp = { domain: AF_INET, address: { host: "127.0.0.1", port: 7000 } }
const unix = { domain: AF_UNIX, address: { path: "/server" } }

/** The socket table of a kernel, whose sockets are no descriptors, and a process to own them. */
const network = async () => {
  const { inside } = await bootOne({ permissions: allowAll })
  const { socketTable } = inside
  return { pid: inside.spawn("stay", [], {}).pid, sockets: socketTable }
}

const listening = async (where) => {
  const { pid, sockets } = await network()
  const server = sockets.create(where.domain, SOCK_STREAM, 0, pid)
  await sockets.bind(server, where.address)
  await sockets.listen(server, 16)
  return { pid, server, sockets }
}

const connection = async (where) => {
  const { pid, server, sockets } = await listening(where)
  const near = sockets.create(where.domain, SOCK_STREAM, 0, pid)
  await sockets.connect(near, where.address)
  return { pid, sockets, near, far: sockets.accept(server) }
}

export const connect = async () => {
  const { pid, server, sockets } = await listening(tcp)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      const near = sockets.create(AF_INET, SOCK_STREAM, 0, pid)
      await sockets.connect(near, tcp.address)
      const far = sockets.accept(server)
      sockets.close(near, pid)
      sockets.close(far, pid)
    }
  })
}

const roundTrip = async (where) => {
  const { far, near, pid, sockets } = await connection(where)
  const patient = { block: true, pid }
  const serve = async () => {
    for (;;) sockets.send(far, await sockets.recv(far, 1, 0, patient))
  }
  void serve()
  const byte = new Uint8Array(1)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      sockets.send(near, byte)
      await sockets.recv(near, 1, 0, patient)
    }
  })
}

/** A writer is never held back, so it waits until the reader has had its turn. */
const bulk = async (where) => {
  const { far, near, pid, sockets } = await connection(where)
  const from = new Uint8Array(65_536)
  let taken = 0
  const consume = async () => {
    for (;;) taken += (await sockets.recv(far, 65_536, 0, { block: true, pid })).length
  }
  void consume()
  let sent = 0
  return throughput(
    65_536,
    await measure(async (count) => {
      for (let i = 0; i < count; i++) {
        sent += sockets.send(near, from)
        while (taken < sent) await undefined
      }
    })
  )
}

export const tcpRoundTrip = () => roundTrip(tcp)
export const unixRoundTrip = () => roundTrip(unix)
export const tcpBulk = () => bulk(tcp)
export const unixBulk = () => bulk(unix)

export const datagram = async () => {
  const { pid, sockets } = await network()
  const from = sockets.create(AF_INET, SOCK_DGRAM, 0, pid)
  const to = sockets.create(AF_INET, SOCK_DGRAM, 0, pid)
  await sockets.bind(to, tcp.address)
  const data = new Uint8Array(512)
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      sockets.sendTo(from, data, 0, tcp.address)
      sockets.recvFrom(to, 512)
    }
  })
}
