/**
 * The values of socket options, by option.
 *
 * @see getsockopt(2)
 */
import type {
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_MULTICAST_IF,
  IPV6_ADD_MEMBERSHIP,
  IPV6_DROP_MEMBERSHIP,
  SO_BINDTODEVICE,
  SO_LINGER,
  SO_PEERCRED,
  SO_PEERGROUPS,
  SOL_IP,
  SOL_IPV6,
  SOL_SOCKET,
  SOL_TCP,
  TCP_CONGESTION,
  TCP_INFO
} from "../abi/Socket.js"

/** SO_LINGER: whether close(2) waits for what was not sent yet, and how many seconds; 0 seconds cut the connection. */
export interface Linger {
  readonly on: boolean
  readonly seconds: number
}

/** SO_PEERCRED and SCM_CREDENTIALS. @see unix(7) */
export interface ProcessCredentials {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

/** IP_ADD_MEMBERSHIP and its siblings: the address of a group, and of an interface or its number. */
export interface Membership {
  readonly group: string
  readonly interface?: string | number
}

/** TCP_INFO, as far as it means anything where nothing is lost. */
export interface TcpInfo {
  /** TCP_ESTABLISHED (1), TCP_SYN_SENT (2), TCP_FIN_WAIT2 (5), TCP_CLOSE (7), TCP_CLOSE_WAIT (8) or TCP_LISTEN (10). */
  readonly state: number
  /** Of a listener: the connections that wait to be accepted, and how many may. */
  readonly unacked: number
  readonly sacked: number
}

/** Timeouts are milliseconds, 0 for none; what is on or off is 1 or 0. */
export type OptionValue =
  | number
  | string
  | Linger
  | ProcessCredentials
  | Membership
  | TcpInfo
  | ReadonlyArray<number>

interface OfSocket {
  readonly [SO_LINGER]: Linger
  readonly [SO_PEERCRED]: ProcessCredentials
  readonly [SO_PEERGROUPS]: ReadonlyArray<number>
  readonly [SO_BINDTODEVICE]: string
}

interface OfTcp {
  readonly [TCP_CONGESTION]: string
  readonly [TCP_INFO]: TcpInfo
}

interface OfIp {
  readonly [IP_ADD_MEMBERSHIP]: Membership
  readonly [IP_DROP_MEMBERSHIP]: Membership
  /** The number of an interface, or its address. */
  readonly [IP_MULTICAST_IF]: number | string
}

interface OfIpv6 {
  readonly [IPV6_ADD_MEMBERSHIP]: Membership
  readonly [IPV6_DROP_MEMBERSHIP]: Membership
}

interface ByLevel {
  readonly [SOL_SOCKET]: OfSocket
  readonly [SOL_TCP]: OfTcp
  readonly [SOL_IP]: OfIp
  readonly [SOL_IPV6]: OfIpv6
}

/** The value of an option that is named by its constants; any value where it is not. */
export type OptionOf<Level extends number, Option extends number> = number extends Level | Option ? OptionValue
  : Level extends keyof ByLevel ? Option extends keyof ByLevel[Level] ? ByLevel[Level][Option] : number
  : number
