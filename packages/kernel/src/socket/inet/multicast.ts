/**
 * Groups of receivers: the options that say how a socket sends to them; who is in one, `Memberships.ts` knows.
 *
 * A machine has two links at most: the loopback network, and whatever lies beyond.
 *
 * @see ip(7)
 * @see ipv6(7)
 */
import type * as Exit from "effect/Exit"
import * as Abi from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import type { OptionError } from "../errors.js"
import { isNumber, keep, keyOf } from "../options.js"
import type { OptionValue } from "../OptionValue.js"
import type { Link } from "./InetDomain.js"
import type { InetSocket } from "./InetSocket.js"
import * as Ip from "./Ip.js"
import * as Groups from "./Memberships.js"

type Set = Exit.Exit<void, OptionError>

const invalid = Errno.fail("EINVAL")

/** Options of IP; `undefined` where it is none of them. */
const setOf4 = (self: InetSocket, option: number, value: OptionValue): Set | undefined => {
  const key = keyOf(Abi.SOL_IP, option)
  const isStream = self.type === Abi.SOCK_STREAM
  switch (option) {
    case Abi.IP_MULTICAST_IF:
      if (isStream || !(isNumber(value) || typeof value === "string")) return invalid
      return self.inet.linkOf(value) === undefined ? Errno.fail("EADDRNOTAVAIL") : keep(self, key, value)
    case Abi.IP_MULTICAST_TTL:
      if (isStream || !isNumber(value) || value < -1 || value > 255) return invalid
      return keep(self, key, value === -1 ? 1 : value)
    case Abi.IP_MULTICAST_LOOP:
      return isNumber(value) ? keep(self, key, value === 0 ? 0 : 1) : invalid
    case Abi.IP_MULTICAST_ALL:
      return value === 0 || value === 1 ? keep(self, key, value) : invalid
    default:
      return undefined
  }
}

const setOf6 = (self: InetSocket, option: number, value: OptionValue): Set | undefined => {
  const key = keyOf(Abi.SOL_IPV6, option)
  const isStream = self.type === Abi.SOCK_STREAM
  switch (option) {
    case Abi.IPV6_MULTICAST_IF:
      if (isStream) return Errno.fail("ENOPROTOOPT")
      if (!isNumber(value)) return invalid
      return self.inet.linkOf(value) === undefined ? Errno.fail("ENODEV") : keep(self, key, value)
    case Abi.IPV6_MULTICAST_HOPS:
      if (isStream) return Errno.fail("ENOPROTOOPT")
      if (!isNumber(value) || value < -1 || value > 255) return invalid
      return keep(self, key, value === -1 ? 1 : value)
    case Abi.IPV6_MULTICAST_LOOP:
      return value === 0 || value === 1 ? keep(self, key, value) : invalid
    case Abi.IPV6_MULTICAST_ALL:
      return isNumber(value) ? keep(self, key, value === 0 ? 0 : 1) : invalid
    default:
      return undefined
  }
}

/** What setsockopt(2) answers for an option of groups; `undefined` where it is none. */
export const setOption = (self: InetSocket, level: number, option: number, value: OptionValue): Set | undefined => {
  const six = level === Abi.SOL_IPV6
  if (six ? self.domain !== Abi.AF_INET6 : level !== Abi.SOL_IP) return undefined
  const change = Groups.changeOf(six, option)
  if (change === undefined) return six ? setOf6(self, option, value) : setOf4(self, option, value)
  // The oldest options know that a stream has no use for them.
  const isOld = change !== option && (change === Abi.MCAST_JOIN_GROUP || change === Abi.MCAST_LEAVE_GROUP)
  if (isOld && self.type === Abi.SOCK_STREAM) return Errno.fail("EPROTO")
  return (self.memberships ??= new Groups.Memberships(self.inet)).change(change, six, value)
}

/** Over which link a socket sends to a group, and to all of a network. */
export const linkTowards = (self: InetSocket, group: string): Link => {
  // Bound to an address of one interface, it sends there.
  if (Ip.isLoopback(self.address)) return "loopback"
  if (!Ip.isMulticast(group)) return self.inet.linkOf(0) ?? "loopback"
  const option = Ip.is4(group)
    ? self.getOption(Abi.SOL_IP, Abi.IP_MULTICAST_IF)
    : self.getOption(Abi.SOL_IPV6, Abi.IPV6_MULTICAST_IF)
  const chosen = option._tag === "Success" && !(typeof option.value === "object") ? option.value : 0
  return self.inet.linkOf(chosen) ?? "loopback"
}

const isOn = (self: InetSocket, level: number, option: number): boolean => {
  const answer = self.getOption(level, option)
  return answer._tag === "Success" && answer.value !== 0
}

/** Whether what a socket sends to a group arrives on its own machine too. */
export const loops = (self: InetSocket, group: string): boolean =>
  Ip.is4(group)
    ? isOn(self, Abi.SOL_IP, Abi.IP_MULTICAST_LOOP)
    : isOn(self, Abi.SOL_IPV6, Abi.IPV6_MULTICAST_LOOP)

/** Whether it leaves the machine: some groups never do. */
export const leaves = (self: InetSocket, group: string): boolean =>
  Ip.is4(group)
    ? isOn(self, Abi.SOL_IP, Abi.IP_MULTICAST_TTL)
    : !/^ff.1:/.test(group) && isOn(self, Abi.SOL_IPV6, Abi.IPV6_MULTICAST_HOPS)

/** Whether a socket takes what others of its machine have joined a group for. */
export const takesAll = (self: InetSocket, group: string): boolean =>
  Ip.is4(group)
    ? isOn(self, Abi.SOL_IP, Abi.IP_MULTICAST_ALL)
    : isOn(self, Abi.SOL_IPV6, Abi.IPV6_MULTICAST_ALL)
