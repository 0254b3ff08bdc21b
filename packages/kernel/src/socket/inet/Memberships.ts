/**
 * The groups that a socket is in, on which link each, and from whom it takes what is sent there.
 *
 * A group is joined for all senders but some (MCAST_EXCLUDE), or for some alone (MCAST_INCLUDE). Which of the two it is can
 * change for as long as no sender was ever named.
 *
 * @see ip(7)
 * @see ipv6(7)
 */
import * as Exit from "effect/Exit"
import * as Abi from "../../abi/Socket.js"
import * as Errno from "../../Errno.js"
import type { OptionError } from "../errors.js"
import { isMembership } from "../options.js"
import type { OptionValue, SourceFilter } from "../OptionValue.js"
import type { InetDomain, Link } from "./InetDomain.js"
import * as Ip from "./Ip.js"

/** The groups that a socket may be in, and the senders of each: net.ipv4.igmp_max_memberships and its siblings. */
const MEMBERSHIPS_MAX = 20
const SOURCES_MAX = 10
const SOURCES6_MAX = 64

type Done = Exit.Exit<void, OptionError>

interface Member {
  readonly group: string
  readonly link: Link
  mode: number
  /** Those that are named; `undefined` until one was. */
  sources: ReadonlyArray<string> | undefined
}

const invalid = Errno.fail("EINVAL")
const unknown = Errno.fail("EADDRNOTAVAIL")

/** The options of IPv4 that are older than those of both families, and mean the same. */
const old4: ReadonlyMap<number, number> = new Map([
  [Abi.IP_ADD_MEMBERSHIP, Abi.MCAST_JOIN_GROUP],
  [Abi.IP_DROP_MEMBERSHIP, Abi.MCAST_LEAVE_GROUP],
  [Abi.IP_ADD_SOURCE_MEMBERSHIP, Abi.MCAST_JOIN_SOURCE_GROUP],
  [Abi.IP_DROP_SOURCE_MEMBERSHIP, Abi.MCAST_LEAVE_SOURCE_GROUP],
  [Abi.IP_BLOCK_SOURCE, Abi.MCAST_BLOCK_SOURCE],
  [Abi.IP_UNBLOCK_SOURCE, Abi.MCAST_UNBLOCK_SOURCE],
  [Abi.IP_MSFILTER, Abi.MCAST_MSFILTER]
])
const old6: ReadonlyMap<number, number> = new Map([
  [Abi.IPV6_ADD_MEMBERSHIP, Abi.MCAST_JOIN_GROUP],
  [Abi.IPV6_DROP_MEMBERSHIP, Abi.MCAST_LEAVE_GROUP]
])

/** The option of both families that an option means; `undefined` where it is none of groups. */
export const changeOf = (six: boolean, option: number): number | undefined =>
  option >= Abi.MCAST_JOIN_GROUP && option <= Abi.MCAST_MSFILTER ? option : (six ? old6 : old4).get(option)

export class Memberships {
  private members: Array<Member> = []

  constructor(private readonly inet: InetDomain) {}

  private find(group: string, link: Link | undefined): Member | undefined {
    return this.members.find((each) => each.group === group && each.link === link)
  }

  /** Whether it takes what `source` sends to a group on that link; `undefined` where it is not in the group. */
  takes(group: string, link: Link, source: string): boolean | undefined {
    const member = this.find(group, link)
    return member && (member.mode === Abi.MCAST_INCLUDE) === (member.sources?.includes(source) === true)
  }

  /** IP_MSFILTER, read. */
  filterOf(value: OptionValue | undefined): Exit.Exit<SourceFilter, OptionError> {
    const group = value !== undefined && isMembership(value) ? Ip.canonical(value.group) : undefined
    if (value === undefined || !isMembership(value) || group === undefined || !Ip.isMulticast(group)) return invalid
    const link = this.inet.linkOf(value.interface ?? 0)
    if (link === undefined) return Errno.fail("ENODEV")
    const member = this.find(group, link)
    return member === undefined
      ? unknown
      : Exit.succeed({ group, interface: value.interface ?? 0, mode: member.mode, sources: member.sources ?? [] })
  }

  /** Performs one of the options of both families. */
  change(option: number, six: boolean, value: OptionValue): Done {
    if (!isMembership(value)) return invalid
    const group = Ip.canonical(value.group)
    if (group === undefined) return invalid
    const isOfGroup = option === Abi.MCAST_JOIN_GROUP || option === Abi.MCAST_LEAVE_GROUP
    if (Ip.is4(group) === six) return isOfGroup && !six ? invalid : unknown
    const isGroup = Ip.isMulticast(group)
    const link = this.inet.linkOf(value.interface ?? 0)
    if (option === Abi.MCAST_LEAVE_GROUP) return isGroup || !six ? this.leave(group, link) : invalid
    if (option === Abi.MCAST_MSFILTER) return this.setFilter(group, link, six, value)
    if (option === Abi.MCAST_JOIN_GROUP) return this.join(group, link, Abi.MCAST_EXCLUDE)
    const source = "source" in value ? Ip.canonical(value.source) : undefined
    if (source === undefined) return invalid
    if (Ip.is4(source) === six) return unknown
    const adds = option === Abi.MCAST_JOIN_SOURCE_GROUP || option === Abi.MCAST_BLOCK_SOURCE
    const includes = option === Abi.MCAST_JOIN_SOURCE_GROUP || option === Abi.MCAST_LEAVE_SOURCE_GROUP
    if (adds && includes) {
      const joined = this.join(group, link, Abi.MCAST_INCLUDE)
      // It may be joined for another sender.
      if (joined._tag === "Failure" && this.find(group, link) === undefined) return joined
    }
    return this.name(group, link, source, includes ? Abi.MCAST_INCLUDE : Abi.MCAST_EXCLUDE, adds)
  }

  private join(group: string, link: Link | undefined, mode: number): Done {
    if (!Ip.isMulticast(group)) return invalid
    if (link === undefined) return Errno.fail("ENODEV")
    if (this.find(group, link) !== undefined) return Errno.fail("EADDRINUSE")
    const four = Ip.is4(group)
    if (four && this.members.filter((each) => Ip.is4(each.group)).length >= MEMBERSHIPS_MAX) {
      return Errno.fail("ENOBUFS")
    }
    this.members.push({ group, link, mode, sources: undefined })
    this.inet.join(group, link, this)
    return Exit.void
  }

  private leave(group: string, link: Link | undefined): Done {
    const member = this.find(group, link)
    if (member === undefined) return unknown
    this.members = this.members.filter((each) => each !== member)
    this.inet.leave(group, member.link, this)
    return Exit.void
  }

  /** Names a sender of a group, or names it no more. */
  private name(group: string, link: Link | undefined, source: string, mode: number, adds: boolean): Done {
    if (!Ip.isMulticast(group)) return invalid
    if (link === undefined) return Errno.fail("ENODEV")
    const member = this.find(group, link)
    if (member === undefined) return invalid
    const { sources } = member
    if (member.mode !== mode) {
      if (sources !== undefined) return invalid
      member.mode = mode
    }
    if (adds) {
      if ((sources?.length ?? 0) >= (Ip.is4(group) ? SOURCES_MAX : SOURCES6_MAX)) return Errno.fail("ENOBUFS")
      if (sources?.includes(source) === true) return unknown
      member.sources = [...sources ?? [], source]
      return Exit.void
    }
    if (sources?.includes(source) !== true) return unknown
    // For nobody it is as good as left.
    if (sources.length === 1 && mode === Abi.MCAST_INCLUDE) return this.leave(group, link)
    member.sources = sources.filter((each) => each !== source)
    return Exit.void
  }

  private setFilter(group: string, link: Link | undefined, six: boolean, value: OptionValue): Done {
    if (typeof value !== "object" || !("sources" in value)) return invalid
    const { mode } = value
    const sources = value.sources.map(Ip.canonical)
    if (sources.length > (six ? SOURCES6_MAX : SOURCES_MAX)) return Errno.fail("ENOBUFS")
    if (!Ip.isMulticast(group) || (mode !== Abi.MCAST_INCLUDE && mode !== Abi.MCAST_EXCLUDE)) return invalid
    const known = sources.flatMap((each) => each !== undefined && Ip.is4(each) !== six ? [each] : [])
    if (known.length < sources.length) return invalid
    if (link === undefined) return Errno.fail("ENODEV")
    if (mode === Abi.MCAST_INCLUDE && sources.length === 0) return this.leave(group, link)
    const member = this.find(group, link)
    if (member === undefined) return invalid
    member.mode = mode
    member.sources = known.length === 0 ? undefined : known
    return Exit.void
  }

  clear(): void {
    const { members } = this
    this.members = []
    for (const { group, link } of members) this.inet.leave(group, link, this)
  }
}
