/**
 * The values of socket options, by option.
 *
 * @see getsockopt(2)
 */
import type {
  IP_ADD_MEMBERSHIP,
  IP_ADD_SOURCE_MEMBERSHIP,
  IP_BLOCK_SOURCE,
  IP_DROP_MEMBERSHIP,
  IP_DROP_SOURCE_MEMBERSHIP,
  IP_MSFILTER,
  IP_MULTICAST_IF,
  IP_UNBLOCK_SOURCE,
  IPV6_ADD_MEMBERSHIP,
  IPV6_DROP_MEMBERSHIP,
  MCAST_BLOCK_SOURCE,
  MCAST_JOIN_GROUP,
  MCAST_JOIN_SOURCE_GROUP,
  MCAST_LEAVE_GROUP,
  MCAST_LEAVE_SOURCE_GROUP,
  MCAST_MSFILTER,
  MCAST_UNBLOCK_SOURCE,
  SO_BINDTODEVICE,
  SO_LINGER,
  SO_MEMINFO,
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

/** IP_ADD_SOURCE_MEMBERSHIP and its siblings: of a group, what one sender sends to it. */
export interface SourceMembership extends Membership {
  readonly source: string
}

/** IP_MSFILTER: of a group, whose messages are taken (MCAST_INCLUDE), or whose are not (MCAST_EXCLUDE). */
export interface SourceFilter extends Membership {
  readonly mode: number
  readonly sources: ReadonlyArray<string>
}

/** TCP_INFO, as far as it means anything where nothing is lost. */
export interface TcpInfo {
  /** TCP_ESTABLISHED (1), TCP_SYN_SENT (2), TCP_FIN_WAIT2 (5), TCP_CLOSE (7), TCP_CLOSE_WAIT (8) or TCP_LISTEN (10). */
  readonly state: number
  /** Of a listener: the connections that wait to be accepted, and how many may. */
  readonly unacked: number
  readonly sacked: number
  /** Bytes that were ever sent, and that have come. */
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** Timeouts are milliseconds, 0 for none; what is on or off is 1 or 0. */
export type OptionValue =
  | number
  | string
  | Linger
  | ProcessCredentials
  | Membership
  | SourceMembership
  | SourceFilter
  | TcpInfo
  | ReadonlyArray<number>

interface OfSocket {
  readonly [SO_LINGER]: Linger
  readonly [SO_PEERCRED]: ProcessCredentials
  readonly [SO_PEERGROUPS]: ReadonlyArray<number>
  /** SK_MEMINFO_RMEM_ALLOC and its siblings. */
  readonly [SO_MEMINFO]: ReadonlyArray<number>
  readonly [SO_BINDTODEVICE]: string
}

interface OfTcp {
  readonly [TCP_CONGESTION]: string
  readonly [TCP_INFO]: TcpInfo
}

/** The same for both families. */
interface OfGroups {
  readonly [MCAST_JOIN_GROUP]: Membership
  readonly [MCAST_LEAVE_GROUP]: Membership
  readonly [MCAST_JOIN_SOURCE_GROUP]: SourceMembership
  readonly [MCAST_LEAVE_SOURCE_GROUP]: SourceMembership
  readonly [MCAST_BLOCK_SOURCE]: SourceMembership
  readonly [MCAST_UNBLOCK_SOURCE]: SourceMembership
  readonly [MCAST_MSFILTER]: SourceFilter
}

interface OfIp extends OfGroups {
  readonly [IP_ADD_MEMBERSHIP]: Membership
  readonly [IP_DROP_MEMBERSHIP]: Membership
  readonly [IP_ADD_SOURCE_MEMBERSHIP]: SourceMembership
  readonly [IP_DROP_SOURCE_MEMBERSHIP]: SourceMembership
  readonly [IP_BLOCK_SOURCE]: SourceMembership
  readonly [IP_UNBLOCK_SOURCE]: SourceMembership
  readonly [IP_MSFILTER]: SourceFilter
  /** The number of an interface, or its address. */
  readonly [IP_MULTICAST_IF]: number | string
}

interface OfIpv6 extends OfGroups {
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
