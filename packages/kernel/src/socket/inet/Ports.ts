/**
 * Who is bound to which port of one protocol, and who may be besides.
 *
 * @see ip(7)
 * @see socket(7) SO_REUSEADDR, SO_REUSEPORT
 */
import { AF_INET } from "../../abi/Socket.js"
import type { InetSocket } from "./InetSocket.js"
import { ANY, ANY6, is4, isAny } from "./Ip.js"

/** Ports that the kernel chooses: net.ipv4.ip_local_port_range. */
const FIRST = 32_768
const LAST = 60_999

const PAGE_BITS = 8
const PAGE = 1 << PAGE_BITS

/** Whether a socket that is to be bound would receive at the address of another. */
const overlap = (self: InetSocket, other: InetSocket): boolean => {
  const [one, two] = [self.boundAddress, other.boundAddress]
  if (one === two) return true
  // A connection has given the other an address of IPv6; to a socket of IPv4 alone it is one of both all the same.
  if (one === ANY && self.domain === AF_INET && !other.v6only) return true
  const everywhere = (socket: InetSocket, address: string, against: string): boolean =>
    address === ANY ? is4(against) : address === ANY6 && !(socket.v6only && is4(against))
  return everywhere(self, one, two) || everywhere(other, two, one)
}

const nobody: ReadonlyArray<InetSocket> = []

export class Ports {
  /**
   * The first socket at each port in use, by pages; the others hang on it in the order in which they came. In a table by
   * hash the ports that are counted up would leave holes, until it is made anew: with every other connection.
   */
  private readonly pages: Array<Array<InetSocket | undefined> | undefined> = []
  /** Who listens at which port: it may have many connections. */
  private readonly listeners = new Map<number, Array<InetSocket>>()
  private next = FIRST

  /** The first socket at a port; {@link InetSocket.nextAtPort} leads to the others. */
  first(port: number): InetSocket | undefined {
    return this.pages[port >> PAGE_BITS]?.[port & (PAGE - 1)]
  }

  private setFirst(port: number, socket: InetSocket | undefined): void {
    const { pages } = this
    const page = port >> PAGE_BITS
    while (pages.length <= page) pages.push(undefined)
    const ports = pages[page] ??= Array.from({ length: PAGE }, () => undefined)
    ports[port & (PAGE - 1)] = socket
  }

  listenersAt(port: number): ReadonlyArray<InetSocket> {
    return this.listeners.get(port) ?? nobody
  }

  /** Whether another socket keeps `self` from its port. */
  conflicts(self: InetSocket, port: number): boolean {
    for (let other = this.first(port); other !== undefined; other = other.nextAtPort) {
      if (other === self || !overlap(self, other)) continue
      // Each of two interfaces has ports of its own.
      if (self.device !== 0 && other.device !== 0 && self.device !== other.device) continue
      if (self.settings.reuseAddress && other.settings.reuseAddress && !other.listening) continue
      if (self.settings.reusePort && other.settings.reusePort && self.owner.euid === other.owner.euid) continue
      return true
    }
    return false
  }

  add(self: InetSocket, port: number): void {
    const first = this.first(port)
    // The one before the first is the last.
    if (first === undefined) {
      this.setFirst(port, self)
      self.previousAtPort = self
    } else {
      const last = first.previousAtPort!
      last.nextAtPort = first.previousAtPort = self
      self.previousAtPort = last
    }
    self.port = port
    self.bound = true
  }

  remove(self: InetSocket): void {
    self.bound = false
    const { nextAtPort: next, previousAtPort: previous, port } = self
    if (previous === undefined) return
    self.nextAtPort = self.previousAtPort = undefined
    const first = this.first(port)!
    if (first === self) this.setFirst(port, next)
    else previous.nextAtPort = next
    const behind = next ?? first
    if (behind !== self) behind.previousAtPort = previous
  }

  /** A socket that is bound begins to take connections. */
  listen(self: InetSocket): void {
    const there = this.listeners.get(self.port)
    if (there === undefined) this.listeners.set(self.port, [self])
    else if (!there.includes(self)) there.push(self)
  }

  unlisten(self: InetSocket): void {
    const left = this.listenersAt(self.port).filter((each) => each !== self)
    if (left.length > 0) this.listeners.set(self.port, left)
    else this.listeners.delete(self.port)
  }

  /** A port that nobody is bound to; 0 when all are taken. */
  free(): number {
    for (let tried = FIRST; tried <= LAST; tried++) {
      const port = this.next
      this.next = port === LAST ? FIRST : port + 1
      if (this.first(port) === undefined) return port
    }
    return 0
  }
}

/** How well a bound socket fits a packet that came through an interface; below 0 not at all. */
export const fit = (
  socket: InetSocket,
  from: { readonly address: string; readonly port: number },
  to: { readonly address: string; readonly port: number },
  device: number
): number => {
  const four = is4(to.address)
  const { boundAddress, remote } = socket
  let score = 0
  if (socket.device !== 0) {
    if (socket.device !== device) return -1
    score += 2
  }
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
