/**
 * Options of IP, TCP and UDP that nothing here depends on: what each is before it is set, and which values it takes. They are
 * kept to be read back.
 *
 * @see ip(7)
 * @see ipv6(7)
 * @see tcp(7)
 * @see udp(7)
 */
import * as Abi from "../../abi/Socket.js"

export interface Kept {
  readonly initial: number
  /** What is kept of a value, `undefined` for one that is none. Left out where the option cannot be set. */
  readonly take?: (value: number) => number | undefined
}

const off: Kept = { initial: 0, take: (value) => value === 0 ? 0 : 1 }
const on: Kept = { ...off, initial: 1 }
const never: Kept = { initial: 0 }
const any = (initial: number): Kept => ({ initial, take: (value) => value })
const within = (initial: number, least: number, most: number): Kept => ({
  initial,
  take: (value) => value < least || value > most ? undefined : value
})
/** -1 is what it was. */
const orAsBefore = (initial: number, least: number, most: number): Kept => ({
  initial,
  take: (value) => value === -1 ? initial : value < least || value > most ? undefined : value
})
const byte = (initial: number): Kept => ({ initial, take: (value) => value & 0xff })

/** Bytes that every network of IPv6 takes at once. */
const MTU_MIN = 1280

const ip: ReadonlyMap<number, Kept> = new Map([
  [Abi.IP_TOS, byte(0)],
  [Abi.IP_TTL, orAsBefore(64, 1, 255)],
  [Abi.IP_HDRINCL, never],
  [Abi.IP_RECVOPTS, off],
  [Abi.IP_RETOPTS, off],
  [Abi.IP_PKTINFO, off],
  [Abi.IP_MTU_DISCOVER, within(1, 0, 5)],
  [Abi.IP_RECVERR, off],
  [Abi.IP_RECVTTL, off],
  [Abi.IP_RECVTOS, off],
  [Abi.IP_FREEBIND, off],
  [Abi.IP_PASSSEC, off],
  [Abi.IP_TRANSPARENT, off],
  [Abi.IP_RECVORIGDSTADDR, off],
  [Abi.IP_MINTTL, within(0, 0, 255)],
  [Abi.IP_NODEFRAG, never],
  [Abi.IP_PROTOCOL, never],
  [Abi.IP_BIND_ADDRESS_NO_PORT, off],
  // These are set by who knows groups; see `multicast.ts`.
  [Abi.IP_MULTICAST_TTL, any(1)],
  [Abi.IP_MULTICAST_LOOP, on],
  [Abi.IP_MULTICAST_IF, any(0)],
  [Abi.IP_MULTICAST_ALL, on]
])

const ipv6: ReadonlyMap<number, Kept> = new Map([
  [Abi.IPV6_UNICAST_HOPS, orAsBefore(64, 0, 255)],
  [Abi.IPV6_MTU_DISCOVER, within(1, 0, 5)],
  // Told of a connection, whatever was set.
  [Abi.IPV6_MTU, { initial: 0, take: (value) => value === 0 || value >= MTU_MIN ? value : undefined }],
  [Abi.IPV6_RECVERR, off],
  [Abi.IPV6_RECVPKTINFO, off],
  [Abi.IPV6_RECVHOPLIMIT, off],
  [Abi.IPV6_RECVRTHDR, off],
  [Abi.IPV6_RECVPATHMTU, off],
  [Abi.IPV6_DONTFRAG, off],
  [Abi.IPV6_RECVTCLASS, off],
  [Abi.IPV6_TCLASS, orAsBefore(0, 0, 255)],
  [Abi.IPV6_AUTOFLOWLABEL, on],
  [Abi.IPV6_MINHOPCOUNT, within(0, 0, 255)],
  [Abi.IPV6_RECVORIGDSTADDR, off],
  [Abi.IPV6_TRANSPARENT, off],
  [Abi.IPV6_FREEBIND, off],
  [Abi.IPV6_MULTICAST_IF, any(0)],
  [Abi.IPV6_MULTICAST_HOPS, any(1)],
  [Abi.IPV6_MULTICAST_LOOP, on],
  [Abi.IPV6_MULTICAST_ALL, on]
])

const tcp: ReadonlyMap<number, Kept> = new Map([
  [Abi.TCP_NODELAY, off],
  [Abi.TCP_MAXSEG, {
    initial: 536,
    take: (value) => value === 0 ? 536 : value < 88 || value > 32_767 ? undefined : value
  }],
  [Abi.TCP_CORK, off],
  [Abi.TCP_KEEPIDLE, within(7200, 1, 32_767)],
  [Abi.TCP_KEEPINTVL, within(75, 1, 32_767)],
  [Abi.TCP_KEEPCNT, within(9, 1, 127)],
  [Abi.TCP_SYNCNT, within(6, 1, 127)],
  [Abi.TCP_LINGER2, any(60)],
  [Abi.TCP_DEFER_ACCEPT, any(0)],
  [Abi.TCP_WINDOW_CLAMP, any(0)],
  [Abi.TCP_QUICKACK, on],
  [Abi.TCP_THIN_LINEAR_TIMEOUTS, within(0, 0, 1)],
  [Abi.TCP_USER_TIMEOUT, within(0, 0, 0x7fffffff)],
  [Abi.TCP_FASTOPEN, { initial: 0, take: (value) => value < 0 ? undefined : Math.min(value, Abi.SOMAXCONN) }],
  [Abi.TCP_NOTSENT_LOWAT, any(0)],
  [Abi.TCP_SAVE_SYN, within(0, 0, 2)],
  [Abi.TCP_FASTOPEN_CONNECT, within(0, 0, 1)],
  [Abi.TCP_FASTOPEN_NO_COOKIE, within(0, 0, 1)],
  [Abi.TCP_INQ, within(0, 0, 1)]
])

const udp: ReadonlyMap<number, Kept> = new Map([
  // What it holds back, `UdpSocket.ts` knows.
  [Abi.UDP_CORK, off],
  [Abi.UDP_NO_CHECK6_TX, off],
  [Abi.UDP_NO_CHECK6_RX, off],
  [Abi.UDP_SEGMENT, within(0, 0, 0xffff)],
  [Abi.UDP_GRO, off]
])

/** The options of a level, for sockets of a family and a transport; `undefined` where those have no such level. */
export const optionsOf = (
  level: number,
  isSix: boolean,
  transport: "tcp" | "udp"
): ReadonlyMap<number, Kept> | undefined => {
  switch (level) {
    case Abi.SOL_IP:
      return ip
    case Abi.SOL_IPV6:
      return isSix ? ipv6 : undefined
    case Abi.SOL_TCP:
      return transport === "tcp" ? tcp : undefined
    case Abi.SOL_UDP:
      return transport === "udp" ? udp : undefined
    default:
      return undefined
  }
}
