/**
 * Groups of receivers: the options that say who is in one, on which interface, and how a socket sends to them.
 *
 * A machine has two links at most: the loopback network, and whatever lies beyond.
 *
 * @see ip(7)
 * @see ipv6(7)
 */
import * as Exit from "effect/Exit"
import * as Abi from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import type { OptionError } from "../errors.js"
import { isMembership, isNumber, keep, keyOf } from "../options.js"
import type { OptionValue } from "../OptionValue.js"
import type { InetDomain, Link } from "./InetDomain.js"
import type { InetSocket } from "./InetSocket.js"
import * as Ip from "./Ip.js"

/** The groups that a socket may be in: net.ipv4.igmp_max_memberships. */
const MEMBERSHIPS_MAX = 20

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

const membership4: ReadonlyMap<number, "add" | "drop"> = new Map([
  [Abi.IP_ADD_MEMBERSHIP, "add"],
  [Abi.IP_DROP_MEMBERSHIP, "drop"]
])
const membership6: ReadonlyMap<number, "add" | "drop"> = new Map([
  [Abi.IPV6_ADD_MEMBERSHIP, "add"],
  [Abi.IPV6_DROP_MEMBERSHIP, "drop"]
])

/** What setsockopt(2) answers for an option of groups; `undefined` where it is none. */
export const setOption = (self: InetSocket, level: number, option: number, value: OptionValue): Set | undefined => {
  const six = level === Abi.SOL_IPV6
  if (six ? self.domain !== Abi.AF_INET6 : level !== Abi.SOL_IP) return undefined
  const what = (six ? membership6 : membership4).get(option)
  if (what === undefined) return six ? setOf6(self, option, value) : setOf4(self, option, value)
  return self.memberships === undefined ? Errno.fail("EPROTO") : self.memberships.change(what, six, value)
}

/** The groups that one socket is in. */
export class Memberships {
  /** Made when it joins one. */
  private joined: Map<string, Link> | undefined = undefined
  private fours = 0

  constructor(private readonly inet: InetDomain) {}

  /** Whether it is in a group on that link. */
  has(group: string, link: Link): boolean {
    return this.joined?.has(key(group, link)) === true
  }

  change(what: "add" | "drop", six: boolean, value: OptionValue): Set {
    const group = isMembership(value) ? Ip.canonical(value.group) : undefined
    if (!isMembership(value) || group === undefined) return invalid
    const isGroup = Ip.isMulticast(group) && Ip.is4(group) !== six
    const link = this.inet.linkOf(value.interface ?? 0)
    if (what === "drop") return isGroup || !six ? this.leave(group, link) : invalid
    if (!isGroup) return invalid
    if (link === undefined) return Errno.fail("ENODEV")
    const joined = (this.joined ??= new Map())
    if (joined.has(key(group, link))) return Errno.fail("EADDRINUSE")
    if (!six && this.fours >= MEMBERSHIPS_MAX) return Errno.fail("ENOBUFS")
    if (!six) this.fours++
    joined.set(key(group, link), link)
    this.inet.join(group, link)
    return Exit.void
  }

  private leave(group: string, link: Link | undefined): Set {
    if (link === undefined || this.joined?.delete(key(group, link)) !== true) return Errno.fail("EADDRNOTAVAIL")
    if (Ip.is4(group)) this.fours--
    this.inet.leave(group, link)
    return Exit.void
  }

  clear(): void {
    for (const [name, link] of this.joined ?? []) this.inet.leave(name.slice(link.length + 1), link)
    this.joined = undefined
    this.fours = 0
  }
}

const key = (group: string, link: Link): string => `${link} ${group}`

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
