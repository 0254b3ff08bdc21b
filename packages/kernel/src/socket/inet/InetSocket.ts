/**
 * What sockets of the internet share: addresses, ports and the options of IP.
 *
 * @see ip(7)
 * @see ipv6(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_NET_ADMIN, CAP_NET_BIND_SERVICE, CAP_NET_RAW } from "../../abi/Capabilities.js"
import * as Abi from "../../abi/Socket.js"
import { capable, type Credentials } from "../../Credentials.js"
import * as Errno from "../../Errno.js"
import type { Process } from "../../ProcessTable.js"
import type { SocketAddress } from "../Address.js"
import type { BindError, OptionError } from "../errors.js"
import type { Endpoint } from "../Network.js"
import { isNumber, keep, keyOf } from "../options.js"
import type { Membership, OptionValue } from "../OptionValue.js"
import * as Rules from "../rules.js"
import { Socket } from "../Socket.js"
import type { InetDomain } from "./InetDomain.js"
import * as Ip from "./Ip.js"
import { optionsOf } from "./keptOptions.js"
import { changeOf, Memberships } from "./Memberships.js"
import * as Multicast from "./multicast.js"
import type { Ports } from "./Ports.js"

/** Ports below are for those with CAP_NET_BIND_SERVICE. */
const UNPRIVILEGED = 1024

/** Bits of a type of service that belong to congestion: those of a stream are TCP's. */
const CONGESTION_BITS = 3

export abstract class InetSocket extends Socket {
  /** 0 until it is bound, by bind(2) or by the first call that needs a port. */
  port = 0
  /** Whether the port is taken; one that a connection took and gave back is still shown. */
  bound = false
  /** Its neighbours among those at this port; kept by {@link Ports}. */
  nextAtPort: InetSocket | undefined = undefined
  previousAtPort: InetSocket | undefined = undefined
  /** The address that it receives at: any until it is bound or connected. */
  boundAddress: string
  /** What getsockname(2) answers; that of a connected socket is one of the machine's own. */
  address: string
  /** Whether bind(2) chose the address, and the port. */
  chosenAddress = false
  chosenPort = false
  remote: Endpoint | undefined = undefined
  v6only = false
  /** The groups that it is in; made when it joins one. */
  memberships: Memberships | undefined = undefined

  constructor(
    readonly inet: InetDomain,
    readonly ports: Ports,
    domain: number,
    type: number,
    protocol: number,
    flags: number,
    owner: Credentials,
    sendBuffer: number,
    receiveBuffer: number
  ) {
    super(inet.context, domain, type, protocol, flags, owner, sendBuffer, receiveBuffer)
    this.address = this.boundAddress = domain === Abi.AF_INET ? Ip.ANY : Ip.ANY6
  }

  get name(): SocketAddress {
    return this.show(this.address, this.port)
  }

  override get caller(): SocketAddress {
    const { remote } = this
    return remote === undefined ? this.name : this.show(remote.address, remote.port)
  }

  /** An endpoint as programs of this family see it. */
  show(address: string, port: number): SocketAddress {
    if (this.domain === Abi.AF_INET) return { family: "inet", address, port }
    return { family: "inet6", address: Ip.is4(address) ? `::ffff:${address}` : address, port }
  }

  /** An endpoint as a program of this family writes it. */
  endpointOf(address: SocketAddress): Exit.Exit<Endpoint, Errno.Errno<"EAFNOSUPPORT" | "EINVAL">> {
    if (address.family === "unix") return Errno.fail("EAFNOSUPPORT")
    if (address.family === "unspecified") return Errno.fail(this.domain === Abi.AF_INET ? "EAFNOSUPPORT" : "EINVAL")
    // An address of IPv4 is shorter than one of IPv6 may be.
    if (this.domain === Abi.AF_INET && address.family === "inet6") return Errno.fail("EAFNOSUPPORT")
    if (this.domain === Abi.AF_INET6 && address.family === "inet") return Errno.fail("EINVAL")
    const canonical = Ip.canonical(address.address)
    const fits = canonical !== undefined && (address.family === "inet6" || Ip.is4(canonical))
    if (!fits || !Number.isInteger(address.port) || address.port < 0 || address.port > 65_535) {
      return Errno.fail("EINVAL")
    }
    return Exit.succeed({ address: canonical, port: address.port })
  }

  protected get transport(): "tcp" | "udp" {
    return this.ports === this.inet.tcp ? "tcp" : "udp"
  }

  /** Whether it is in no state in which it can be bound. */
  protected abstract get settled(): boolean

  bind(address: SocketAddress, caller: Process): Effect.Effect<void, BindError> {
    // As old programs have it.
    const everywhere = address.family === "unspecified" && this.domain === Abi.AF_INET
    const wanted = this.endpointOf(everywhere ? { family: "inet", address: Ip.ANY, port: 0 } : address)
    if (wanted._tag === "Failure") return Exit.failCause(wanted.cause)
    const { address: at, port } = wanted.value
    const four = Ip.is4(at)
    if (this.domain === Abi.AF_INET && !this.mayBind(at)) return Errno.fail("EADDRNOTAVAIL")
    if (port > 0 && port < UNPRIVILEGED && !capable(caller.credentials, CAP_NET_BIND_SERVICE)) {
      return Errno.fail("EACCES")
    }
    if (this.settled || this.bound) return Errno.fail("EINVAL")
    if (this.domain === Abi.AF_INET6) {
      if (four && this.v6only) return Errno.fail("EINVAL")
      if (this.unscoped(address, at)) return Errno.fail("EINVAL")
      if (address.family === "inet6" && Ip.needsScope(at) && !this.inet.hasInterface(address.scope)) {
        return Errno.fail("ENODEV")
      }
      if (!this.mayBind(at)) return Errno.fail(Ip.isMulticast(at) ? "EINVAL" : "EADDRNOTAVAIL")
      // IPv4 does not look whether the address is that of the interface.
      const strange = this.device !== 0 && this.inet.isOneHost(at) && this.inet.deviceOf(at) !== this.device
      if (strange) return Errno.fail("EADDRNOTAVAIL")
    }
    const wished = port === 0 ? this.ports.free() : port
    const refused = Rules.askIn(this, caller, "bind", this.transport, at, wished, port === 0)
    if (refused !== undefined) return refused
    this.boundAddress = this.address = at
    const bound = this.take(wished)
    if (bound._tag === "Failure") {
      this.boundAddress = this.address = this.domain === Abi.AF_INET ? Ip.ANY : Ip.ANY6
      return bound
    }
    this.chosenAddress = !Ip.isAny(at)
    if (this.chosenAddress && this.domain === Abi.AF_INET6 && !four) this.v6only = true
    this.chosenPort = port !== 0
    return Exit.void
  }

  /** Whether an address is good on one interface only, and names none. */
  protected unscoped(address: SocketAddress, at: string): boolean {
    return address.family === "inet6" && Ip.needsScope(at) && (address.scope ?? 0) === 0
  }

  private mayBind(address: string): boolean {
    return Ip.isAny(address) || this.inet.isLocal(address) || Ip.isMulticast(address) || this.inet.isBroadcast(address)
  }

  /** Takes a port, by default any. */
  protected take(port = this.ports.free()): Exit.Exit<void, Errno.Errno<"EADDRINUSE">> {
    if (port === 0 || this.ports.conflicts(this, port)) return Errno.fail("EADDRINUSE")
    this.ports.add(this, port)
    return Exit.void
  }

  /** Gives back the address that a connection gave it. */
  protected unsettle(): void {
    this.remote = undefined
    if (!this.chosenAddress) this.boundAddress = this.address = this.domain === Abi.AF_INET ? Ip.ANY : Ip.ANY6
  }

  /** Gives back a port that nobody chose. */
  protected giveBack(): void {
    if (!this.chosenPort) this.ports.remove(this)
  }

  /** To no address in particular means to this machine, by the family and the interface that the socket is bound to. */
  protected meant(to: string): string {
    if (!Ip.isAny(to)) return to
    const { address } = this
    if (Ip.is4(to)) {
      return Ip.is4(address) && this.inet.isOneHost(address) ? address : this.inet.addressOn(this.device) ?? Ip.LOOPBACK
    }
    return Ip.is4(address) ? Ip.LOOPBACK : Ip.LOOPBACK6
  }

  /** The address from which the machine reaches another, if the family that the socket is bound in lets it. */
  protected routeTo(
    to: string
  ): Exit.Exit<string, Errno.Errno<"EACCES" | "EAFNOSUPPORT" | "EHOSTUNREACH" | "ENETUNREACH">> {
    if (this.goesAstray(to)) return Ip.is4(to) ? Exit.succeed(this.inet.outwardAddress) : Errno.fail("ENETUNREACH")
    if (this.domain === Abi.AF_INET) return this.inet.route(to)
    if (Ip.is4(to)) return this.v6only ? Errno.fail("ENETUNREACH") : this.inet.route(to)
    const route = this.inet.route(to)
    return route._tag === "Success" && Ip.is4(this.address) ? Errno.fail("EAFNOSUPPORT") : route
  }

  /** Whether what goes to an address leaves through an interface that does not lead there: it is heard of no more. */
  protected goesAstray(to: string): boolean {
    return this.device !== 0 && !this.inet.leads(this.device, to)
  }

  override getOption(level: number, option: number): Exit.Exit<OptionValue, OptionError> {
    if (level === Abi.SOL_SOCKET) {
      if (option === Abi.SO_PEERCRED) return Exit.succeed({ pid: 0, uid: 0xffff_ffff, gid: 0xffff_ffff })
      if (option === Abi.SO_PEERGROUPS) return Errno.fail("ENODATA")
      if (option === Abi.SO_PASSCRED || option === Abi.SO_PASSPIDFD) return Errno.fail("EOPNOTSUPP")
      return super.getOption(level, option)
    }
    if (level === Abi.SOL_IPV6 && option === Abi.IPV6_V6ONLY && this.domain === Abi.AF_INET6) {
      return Exit.succeed(this.v6only ? 1 : 0)
    }
    const known = optionsOf(level, this.domain === Abi.AF_INET6, this.transport)
    if (known === undefined) return Errno.fail(this.domain === Abi.AF_INET ? "EOPNOTSUPP" : "ENOPROTOOPT")
    const isMtu = level === Abi.SOL_IP ? option === Abi.IP_MTU : level === Abi.SOL_IPV6 && option === Abi.IPV6_MTU
    if (isMtu) return this.mtu
    // One of IPv6 takes of IPv4 only what it has joined itself.
    const none = level === Abi.SOL_IP && option === Abi.IP_MULTICAST_ALL && this.domain === Abi.AF_INET6
    const initial = none ? 0 : known.get(option)?.initial
    if (initial === undefined) return Errno.fail("ENOPROTOOPT")
    return Exit.succeed(this.kept?.get(keyOf(level, option)) ?? initial)
  }

  /** Bytes of a packet on the way to the peer, where there is one. */
  private get mtu(): Exit.Exit<number, Errno.Errno<"ENOTCONN">> {
    const { remote } = this
    if (remote === undefined) return Errno.fail("ENOTCONN")
    return Exit.succeed(this.inet.mtuTowards(remote.address))
  }

  /** IP_MSFILTER and MCAST_MSFILTER, read. */
  filterOf(level: number, option: number, of: Membership): Exit.Exit<OptionValue, OptionError> {
    const six = level === Abi.SOL_IPV6
    if (!(six ? this.domain === Abi.AF_INET6 : level === Abi.SOL_IP) || changeOf(six, option) !== Abi.MCAST_MSFILTER) {
      return Errno.fail("ENOPROTOOPT")
    }
    return (this.memberships ??= new Memberships(this.inet)).filterOf(of)
  }

  override setOption(level: number, option: number, value: OptionValue, caller: Process): Exit.Exit<void, OptionError> {
    if (level === Abi.SOL_SOCKET) {
      if (option === Abi.SO_PASSCRED || option === Abi.SO_PASSPIDFD) return Errno.fail("EOPNOTSUPP")
      return super.setOption(level, option, value, caller)
    }
    if (level === Abi.SOL_IPV6 && option === Abi.IPV6_V6ONLY && this.domain === Abi.AF_INET6) {
      if (!isNumber(value) || this.bound) return Errno.fail("EINVAL")
      this.v6only = value !== 0
      return Exit.void
    }
    const set = Multicast.setOption(this, level, option, value)
    if (set !== undefined) return set
    const take = optionsOf(level, this.domain === Abi.AF_INET6, this.transport)?.get(option)?.take
    if (take === undefined) return Errno.fail("ENOPROTOOPT")
    const privileged = capable(caller.credentials, CAP_NET_ADMIN) || capable(caller.credentials, CAP_NET_RAW)
    const isOf = (four: number, six: number): boolean =>
      level === Abi.SOL_IP ? option === four : level === Abi.SOL_IPV6 && option === six
    if (isOf(Abi.IP_TRANSPARENT, Abi.IPV6_TRANSPARENT) && value !== 0 && !privileged) return Errno.fail("EPERM")
    const taken = isNumber(value) ? take(value) : undefined
    if (taken === undefined) return Errno.fail("EINVAL")
    const isOurs = isOf(Abi.IP_TOS, Abi.IPV6_TCLASS) && this.type === Abi.SOCK_STREAM
    return keep(this, keyOf(level, option), isOurs ? taken & ~CONGESTION_BITS : taken)
  }

  /** What of a listener the sockets have that it accepts. */
  protected inherit(from: InetSocket): void {
    this.rules = from.rules
    this.settings = from.settings
    this.peekOffset = from.peekOffset
    this.v6only = from.v6only
    this.device = from.device
    if (from.kept !== undefined) this.kept = new Map(from.kept)
  }
}
