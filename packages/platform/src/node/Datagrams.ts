/**
 * Datagrams of a kernel on the host's network: a socket of node's for each address and port that sends.
 */
import type { Endpoint, Stack } from "@effix/kernel/Network"
import * as Dgram from "node:dgram"

/** Milliseconds after which a socket that nothing went through is closed. */
const IDLE = 60_000

interface Open {
  readonly socket: Dgram.Socket
  readonly idle: NodeJS.Timeout
}

export class Datagrams {
  /** The kernel that they come from and go to. */
  stack: Stack | undefined = undefined
  private readonly open = new Map<string, Open>()

  /** `inside` says what guests call an address of the host's, `isExpected` from whom they may hear. */
  constructor(
    private readonly inside: (from: Endpoint) => Endpoint,
    private readonly isExpected: (from: Endpoint) => boolean
  ) {}

  send(from: Endpoint, to: Endpoint, data: Uint8Array): void {
    const type = to.address.includes(":") ? "udp6" : "udp4"
    const key = `${type} ${from.address} ${from.port}`
    const { idle, socket } = this.open.get(key) ?? this.make(key, type, from)
    idle.refresh()
    // Copied: the bytes are the sender's. What cannot be sent is lost, as datagrams may be.
    socket.send(data.slice(), to.port, to.address, () => {})
  }

  private make(key: string, type: Dgram.SocketType, from: Endpoint): Open {
    const socket = Dgram.createSocket(type)
    const close = (): void => {
      this.open.delete(key)
      socket.close()
    }
    socket.on("message", (data, { address, port }) => {
      made.idle.refresh()
      const sender = this.inside({ address, port })
      if (this.isExpected(sender)) this.stack?.deliver(sender, from, data)
    })
    socket.on("error", () => {})
    socket.unref()
    const made = { socket, idle: setTimeout(close, IDLE).unref() }
    this.open.set(key, made)
    return made
  }

  close(): void {
    for (const { idle, socket } of this.open.values()) {
      clearTimeout(idle)
      socket.close()
    }
    this.open.clear()
  }
}
