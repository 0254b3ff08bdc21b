import { measure } from "../../Meter.mjs"
import { bulkThrough, Pipe, roundTripThrough } from "./pipes.mjs"

/** One end of a connection: a pipe for each direction. */
class Connection {
  peer = undefined
  incoming = undefined

  constructor(incoming) {
    this.incoming = incoming
  }

  close() {
    if (this.peer !== undefined) this.peer.peer = undefined
    this.peer = undefined
  }
}

/** Who listens at an address, with a queue of connections that nobody has accepted. */
class Listener {
  waiting = []
  #accepted = undefined

  connect() {
    const near = new Connection(new Lazily())
    const far = new Connection(new Lazily())
    near.peer = far
    far.peer = near
    this.waiting.push(far)
    this.#accepted?.()
    return near
  }

  async accept() {
    while (this.waiting.length === 0) {
      await new Promise((resolve) => {
        this.#accepted = resolve
      })
    }
    return this.waiting.shift()
  }
}

/** A pipe that has no buffer before the first byte comes. */
class Lazily {
  #pipe = undefined

  get pipe() {
    return this.#pipe ??= new Pipe()
  }
}

const listening = () => {
  const listeners = new Map()
  listeners.set("127.0.0.1:7000", new Listener())
  return listeners
}

export const connect = () => {
  const listeners = listening()
  const server = listeners.get("127.0.0.1:7000")
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      const near = listeners.get("127.0.0.1:7000").connect()
      const far = await server.accept()
      near.close()
      far.close()
    }
  })
}

const connection = async () => {
  const server = listening().get("127.0.0.1:7000")
  const near = server.connect()
  return [near.incoming.pipe, (await server.accept()).incoming.pipe]
}

const roundTrip = async () => roundTripThrough(...await connection())
const bulk = async () => bulkThrough((await connection())[0])

export const tcpRoundTrip = roundTrip
export const unixRoundTrip = roundTrip
export const tcpBulk = bulk
export const unixBulk = bulk

/** A queue of copies. */
export const datagram = () => {
  const bound = new Map()
  bound.set("127.0.0.1:7000", [])
  const data = new Uint8Array(512)
  const into = new Uint8Array(512)
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      bound.get("127.0.0.1:7000").push(data.slice())
      into.set(bound.get("127.0.0.1:7000").shift())
    }
  })
}
