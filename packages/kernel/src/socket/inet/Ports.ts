/**
 * Who is bound to which port of one protocol, and who may be besides.
 *
 * @see ip(7)
 * @see socket(7) SO_REUSEADDR, SO_REUSEPORT
 */
import type { InetSocket } from "./InetSocket.js"
import { ANY, ANY6, is4, isAny } from "./Ip.js"

/** Ports that the kernel chooses: net.ipv4.ip_local_port_range. */
const FIRST = 32_768
const LAST = 60_999

/** Whether two sockets would receive at the same address. */
const overlap = (a: InetSocket, b: InetSocket): boolean => {
  const [one, two] = [a.boundAddress, b.boundAddress]
  if (one === two) return true
  const everywhere = (socket: InetSocket, address: string, other: string): boolean =>
    address === ANY ? is4(other) : address === ANY6 && !(socket.v6only && is4(other))
  return everywhere(a, one, two) || everywhere(b, two, one)
}

export class Ports {
  private readonly ports = new Map<number, Set<InetSocket>>()
  private next = FIRST

  at(port: number): Iterable<InetSocket> {
    return this.ports.get(port) ?? []
  }

  /** Whether another socket keeps `self` from its port. */
  conflicts(self: InetSocket, port: number): boolean {
    for (const other of this.at(port)) {
      if (other === self || !overlap(self, other)) continue
      if (self.reuseAddress && other.reuseAddress && !other.listening) continue
      if (self.reusePort && other.reusePort && self.owner.euid === other.owner.euid) continue
      return true
    }
    return false
  }

  add(self: InetSocket, port: number): void {
    let there = this.ports.get(port)
    if (there === undefined) this.ports.set(port, there = new Set())
    there.add(self)
    self.port = port
    self.bound = true
  }

  remove(self: InetSocket): void {
    self.bound = false
    const there = this.ports.get(self.port)
    if (there === undefined || !there.delete(self)) return
    if (there.size === 0) this.ports.delete(self.port)
  }

  /** A port that nobody is bound to; 0 when all are taken. */
  free(): number {
    for (let tried = FIRST; tried <= LAST; tried++) {
      const port = this.next
      this.next = port === LAST ? FIRST : port + 1
      if (!this.ports.has(port)) return port
    }
    return 0
  }
}

/** How well a bound socket fits a packet; below 0 not at all. */
export const fit = (
  socket: InetSocket,
  from: { readonly address: string; readonly port: number },
  to: { readonly address: string; readonly port: number }
): number => {
  const four = is4(to.address)
  const { boundAddress, remote } = socket
  let score = 0
  if (isAny(boundAddress)) {
    // A socket of IPv6 that is bound everywhere takes IPv4 as well, unless told not to.
    if (four ? boundAddress === ANY6 && socket.v6only : boundAddress === ANY) return -1
    if ((boundAddress === ANY) === four) score++
  } else {
    if (boundAddress !== to.address) return -1
    score += 4
  }
  if (remote !== undefined) {
    if ((remote.port !== 0 && remote.port !== from.port) || remote.address !== from.address) return -1
    score += 8
  }
  return score
}
