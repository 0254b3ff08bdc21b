/**
 * Chance programs of socket calls: a family, some sockets, and whatever can be done with them.
 */
import { Netdevice, Socket as Abi } from "@effix/kernel"
import type { Random } from "../random.js"
import type { Address, Program, Step } from "./program.js"

const SLOTS = 5
const PORTS = [5000, 5001, 5002]

type Family = "unix" | "tcp" | "udp"
type Domain = "unix" | "inet" | "inet6"

const slot = (random: Random): number => random.between(0, SLOTS - 1)

const unixAddress = (random: Random): Address =>
  random.weighted<Address>([
    [4, ["path", random.pick(["a", "b", "c"])]],
    [4, ["abstract", random.pick(["a", "b", "c"])]],
    [1, ["unnamed"]],
    [1, ["path", random.pick(["missing/a", "a/b", "."])]]
  ])

const four = (random: Random, family: Family, keeps: boolean, groups: boolean): Address => [
  "inet",
  random.weighted([
    [8, "127.0.0.1"],
    [3, "0.0.0.0"],
    [2, "127.0.0.2"],
    // Through an interface that does not lead there Linux sends it all the same.
    [keeps ? 0 : 1, "9.9.9.9"],
    [groups ? 8 : 0, "224.0.1.7"],
    [family === "udp" ? 1 : 0.2, "127.255.255.255"]
  ]),
  port(random)
]

const six = (random: Random, family: Family, keeps: boolean): Address => [
  "inet6",
  random.weighted([
    [5, "::1"],
    [3, "::"],
    // A socket of TCP that was connected to a mapped address keeps traces of that, which nobody should build on.
    [family === "tcp" ? 0 : 2, "::ffff:127.0.0.1"],
    [family === "tcp" ? 0 : 0.5, "::ffff:127.0.0.2"],
    [family === "tcp" || keeps ? 0 : 0.3, "::ffff:9.9.9.9"],
    [0.3, "2001:db8::1"]
  ]),
  port(random)
]

const port = (random: Random): number | readonly ["port", number] =>
  random.weighted<number | readonly ["port", number]>([[6, random.pick(PORTS)], [4, ["port", slot(random)]], [1, 0]])

/** What stands in the slots, as far as it matters to what can be done with it. */
class Scene {
  private readonly domains: Array<Domain | undefined> = []

  /** Whether a socket has been connected. */
  connected = false

  constructor(
    readonly random: Random,
    readonly family: Family,
    private readonly usual: ReadonlyArray<Domain>,
    /** Whether sockets are kept to interfaces. */
    readonly keeps: boolean,
    /** Whether there are groups of receivers. */
    readonly groups: boolean,
    /** Whether they tell by signals what can be done. */
    readonly tells: boolean
  ) {}

  /** The domain of a new socket in a slot. */
  make(slot: number): Domain {
    return (this.domains[slot] = this.random.pick(this.usual))
  }

  isSix(slot: number): boolean {
    return (this.domains[slot] ?? this.usual[0]) === "inet6"
  }

  /** An address that suits the socket in a slot, most of the time. */
  /** Where a message that was to wait for more has failed, Linux sends the next ones of a connected socket, too. */
  sendFlags(): number {
    return sendFlags(this.random, this.family) & (this.connected ? ~Abi.MSG_MORE : -1)
  }

  address(slot: number): Address {
    const { family, groups, keeps, random } = this
    const suits = this.domains[slot] ?? this.usual[0]!
    const domain = random.chance(0.03) ? random.pick<Domain>(["unix", "inet", "inet6"]) : suits
    return domain === "unix"
      ? unixAddress(random)
      : domain === "inet"
      ? four(random, family, keeps, groups)
      : six(random, family, keeps)
  }
}

const length = (random: Random, family: Family): number =>
  random.weighted([
    [2, 0],
    [8, random.between(1, 20)],
    [3, random.between(100, 1200)],
    [family === "unix" ? 2 : 0, random.between(3000, 120_000)],
    [family === "unix" ? 0.5 : 0, random.between(200_000, 250_000)],
    [family === "udp" ? 0.5 : 0, random.pick([65_506, 65_507, 65_508, 65_535, 65_536])]
  ])

/** TCP keeps what waits for more only for a while. */
const sendFlags = (random: Random, family: Family): number =>
  (random.chance(0.08) ? Abi.MSG_OOB : 0) |
  random.bits([Abi.MSG_DONTWAIT, Abi.MSG_NOSIGNAL, Abi.MSG_EOR, ...(family === "udp" ? [Abi.MSG_MORE] : [])], 0.15)
const receiveFlags = (random: Random, family: Family): number =>
  (family !== "udp" && random.chance(0.08) ? Abi.MSG_OOB : 0) |
  random.bits([Abi.MSG_PEEK, Abi.MSG_DONTWAIT, Abi.MSG_WAITALL, Abi.MSG_TRUNC], 0.15)

const type = (random: Random, family: Family): number =>
  family === "tcp" ? Abi.SOCK_STREAM : family === "udp" ? Abi.SOCK_DGRAM : random.weighted([
    [5, Abi.SOCK_STREAM],
    [4, Abi.SOCK_DGRAM],
    [3, Abi.SOCK_SEQPACKET]
  ])

const readable = [
  [1, Abi.SO_TYPE],
  [1, Abi.SO_ERROR],
  [1, Abi.SO_ACCEPTCONN],
  [1, Abi.SO_DOMAIN],
  [1, Abi.SO_PROTOCOL],
  [1, Abi.SO_REUSEADDR],
  [1, Abi.SO_REUSEPORT],
  [1, Abi.SO_BROADCAST],
  [1, Abi.SO_KEEPALIVE],
  [1, Abi.SO_LINGER],
  [1, Abi.SO_RCVLOWAT],
  [1, Abi.SO_SNDLOWAT],
  [1, Abi.SO_RCVTIMEO],
  [1, Abi.SO_PASSCRED],
  [1, Abi.SO_PASSPIDFD],
  [1, Abi.SO_PEERPIDFD],
  [1, Abi.SO_PEEK_OFF],
  [1, Abi.SO_PRIORITY],
  [1, Abi.SO_OOBINLINE],
  [1, Abi.SO_DONTROUTE],
  [Abi.SOL_UDP, Abi.UDP_CORK],
  [Abi.SOL_UDP, Abi.UDP_SEGMENT],
  [Abi.SOL_TCP, Abi.TCP_INFO],
  [1, 9999],
  [6, Abi.TCP_NODELAY],
  [6, Abi.TCP_KEEPCNT],
  [6, Abi.TCP_CORK],
  [0, Abi.IP_TTL],
  [0, Abi.IP_TOS],
  [41, Abi.IPV6_V6ONLY],
  [77, 1]
] as const

const writable = [
  [1, Abi.SO_REUSEADDR, [0, 1]],
  [1, Abi.SO_REUSEPORT, [0, 1]],
  [1, Abi.SO_BROADCAST, [0, 1, 2]],
  [1, Abi.SO_KEEPALIVE, [0, 1]],
  [1, Abi.SO_LINGER, [-1, 0, 0]],
  [1, Abi.SO_RCVLOWAT, [0, 1, 4, 70_000]],
  [1, Abi.SO_RCVTIMEO, [0, 1000]],
  [1, Abi.SO_OOBINLINE, [0, 1, 1]],
  [1, Abi.SO_PASSCRED, [0, 1, 1, 1]],
  [1, Abi.SO_PASSPIDFD, [0, 1, 1, 1]],
  [1, Abi.SO_PEEK_OFF, [-1, 0, 2]],
  [1, Abi.SO_PRIORITY, [0, 3]],
  [Abi.SOL_UDP, Abi.UDP_CORK, [0, 0, 1]],
  [Abi.SOL_UDP, Abi.UDP_SEGMENT, [-1, 0, 1, 5, 100, 1000, 65_535, 65_536]],
  [Abi.SOL_UDP, Abi.UDP_GRO, [0, 1, 1]],
  [1, Abi.SO_TYPE, [1]],
  [1, Abi.SO_ERROR, [0]],
  [1, 9999, [1]],
  [6, Abi.TCP_NODELAY, [1, 2]],
  [6, Abi.TCP_KEEPCNT, [0, 1, 127, 128]],
  [0, Abi.IP_TTL, [-1, 0, 1, 255, 256]],
  [41, Abi.IPV6_V6ONLY, [0, 1]],
  [77, 1, [1]]
] as const

const requests = Object.entries(Netdevice).flatMap(([name, request]) => name.startsWith("SIOC") ? [request] : [])

const ofInterface = (random: Random, on: number): Step => {
  const request = random.chance(0.05) ? 0x8938 : random.pick(requests)
  const word = request === Netdevice.SIOCGIFNAME
    ? random.pick(["1", "1", "0", "7", "-1"])
    : random.weighted([[5, "lo"], [1, "lo:1"], [1, "none"], [0.5, ""], [0.5, "lo:"], [0.3, ":lo"], [
      0.5,
      "lonely-interface-0"
    ]])
  return ["netdevice", on, request, word]
}

const groups4 = ["224.0.1.7", "224.0.1.7", "224.0.1.8", "127.0.0.1"]
const groups6 = ["ff05::7", "ff05::7", "ff05::8", "::1"]
const sources4 = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
const sources6 = ["::1", "2001:db8::1"]
const ofMember = [
  [Abi.IP_ADD_MEMBERSHIP, Abi.IP_DROP_MEMBERSHIP, Abi.MCAST_JOIN_GROUP, Abi.MCAST_LEAVE_GROUP],
  [
    Abi.IP_ADD_SOURCE_MEMBERSHIP,
    Abi.IP_DROP_SOURCE_MEMBERSHIP,
    Abi.IP_BLOCK_SOURCE,
    Abi.IP_UNBLOCK_SOURCE,
    Abi.MCAST_JOIN_SOURCE_GROUP,
    Abi.MCAST_LEAVE_SOURCE_GROUP,
    Abi.MCAST_BLOCK_SOURCE,
    Abi.MCAST_UNBLOCK_SOURCE
  ]
] as const
const ofMember6 = [
  [Abi.IPV6_ADD_MEMBERSHIP, Abi.IPV6_DROP_MEMBERSHIP, Abi.MCAST_JOIN_GROUP, Abi.MCAST_LEAVE_GROUP],
  [Abi.MCAST_JOIN_SOURCE_GROUP, Abi.MCAST_LEAVE_SOURCE_GROUP, Abi.MCAST_BLOCK_SOURCE, Abi.MCAST_UNBLOCK_SOURCE]
] as const

/** What a socket does about a group; the level is mostly that of its family. */
const ofGroup = (random: Random, on: number, isSix: boolean): Step => {
  const six = isSix && random.chance(0.8)
  const level = six ? Abi.SOL_IPV6 : Abi.SOL_IP
  const group = random.pick(six ? groups6 : groups4)
  const sources = six ? sources6 : sources4
  const filter = !six && random.chance(0.5) ? Abi.IP_MSFILTER : Abi.MCAST_MSFILTER
  const [plain, named] = six ? ofMember6 : ofMember
  return random.weighted<() => Step>([
    [4, () => ["group", on, level, random.pick<number>(plain), group, ""]],
    [6, () => ["group", on, level, random.pick<number>(named), group, random.pick(sources)]],
    [2, () => ["filterof", on, level, filter, group]],
    [2, () => {
      const count = random.chance(0.05) ? random.pick([10, 11, 64, 65]) : random.between(0, 3)
      const names = Array.from({ length: count }, () => random.pick(sources))
      return ["filter", on, level, filter, group, random.pick([0, 0, 1, 1, 2]), names]
    }]
  ])()
}

const step = (scene: Scene): Step => {
  const { family, random } = scene
  const on = slot(random)
  const address = () => scene.address(on)
  const make = random.weighted<() => Step>([
    [4, () => ["socket", on, scene.make(on), type(random, family)]],
    [family === "unix" ? 3 : 0, () => ["pair", on, slot(random), type(random, family)]],
    [5, () => ["bind", on, random.chance(0.01) && family !== "unix" ? ["unspecified"] : address()]],
    [family === "udp" ? 0.3 : 4, () => ["listen", on, random.pick([0, 1, 5, -1])]],
    [6, () => {
      scene.connected = true
      return ["connect", on, random.chance(0.07) ? ["unspecified"] : address()]
    }],
    [family === "udp" ? 0.3 : 5, () => ["accept", on, slot(random)]],
    [10, () => ["send", on, length(random, family), sendFlags(random, family)]],
    [family === "udp" ? 8 : 3, () => ["sendto", on, length(random, family), scene.sendFlags(), address()]],
    [7, () => ["recv", on, length(random, family), receiveFlags(random, family)]],
    [5, () => ["recvfrom", on, length(random, family), receiveFlags(random, family)]],
    [family === "unix" ? 3 : 0, () => ["rights", on, random.between(1, 9), random.between(1, 3)]],
    [
      family === "unix" ? 1 : 0,
      () => ["credentials", on, random.between(1, 9), random.pick([0, 0, 1]), random.pick([0, 7])]
    ],
    [
      4,
      () => [
        "recvmsg",
        on,
        length(random, family),
        random.pick([0, 16, 20, 24, 52, 64, 76, 100]),
        receiveFlags(random, family)
      ]
    ],
    // What a socket does to itself is told of here, and not there.
    [scene.tells ? 0 : 4, () => ["shutdown", on, random.weighted([[3, 0], [3, 1], [2, 2], [0.2, 3]])]],
    [3, () => ["close", on]],
    [9, () => ["poll", on]],
    [2, () => ["name", on]],
    [3, () => ["peer", on]],
    [2, () => ["fionread", on]],
    [0.5, () => ofInterface(random, on)],
    [family === "udp" ? 0.1 : 2, () => ["atmark", on]],
    [family === "udp" ? 1 : 0, () => ["counts", on]],
    [scene.tells ? 5 : 0, () => ["telling", on, random.pick([0, 0, 1, 2, 3, 4])]],
    [family === "unix" ? 0 : scene.groups ? 12 : 0.2, () => ofGroup(random, on, scene.isSix(on))],
    [
      family === "udp" ? 1.5 : 0,
      () => ["pieces", on, length(random, family), random.pick([0, 1, 7, 100, 1000, 40_000, 65_508])]
    ],
    [scene.keeps ? 4 : 0, () => ["device", on, random.pick(["lo", "lo", "", "none", "lonely-interface"])]],
    [3, () => {
      const [level, option] = random.pick(readable)
      return ["getopt", on, level, option]
    }],
    [3, () => {
      const [level, option, values] = random.pick(writable)
      return ["setopt", on, level, option, random.pick<number>(values)]
    }]
  ])
  return make()
}

/** What most programs begin with, so that there is something to talk through. */
const opening = (scene: Scene): Program => {
  const { family, random } = scene
  const kind = type(random, family)
  if (family === "unix" && random.chance(0.4)) return [["pair", 0, 1, kind]]
  const domain = scene.make(0)
  const name = scene.address(0)
  if (kind === Abi.SOCK_DGRAM) {
    const other = scene.make(1)
    return [["socket", 0, domain, kind], ["bind", 0, name], ["socket", 1, other, kind], ["bind", 1, scene.address(1)]]
  }
  const other = scene.make(1)
  return [
    ["socket", 0, domain, kind],
    ...(random.chance(0.5) ? [["setopt", 0, 1, Abi.SO_REUSEADDR, 1] as const] : []),
    ["bind", 0, name],
    ["listen", 0, random.between(0, 3)],
    ["socket", 1, other, kind],
    ["connect", 1, other === domain ? name : scene.address(1)],
    ["accept", 0, 2]
  ]
}

const sendsUrgent = (step: Step): boolean =>
  (step[0] === "send" || step[0] === "sendto") && (step[3] & Abi.MSG_OOB) !== 0

export const generate = (random: Random): Program => {
  const family = random.weighted<Family>([[5, "unix"], [4, "tcp"], [3, "udp"]])
  const scene = new Scene(
    random,
    family,
    family === "unix"
      ? ["unix"]
      : random.weighted<ReadonlyArray<Domain>>([[5, ["inet"]], [3, ["inet6"]], [2, ["inet", "inet6"]]]),
    family !== "unix" && random.chance(0.15),
    family === "udp" && random.chance(0.3),
    family !== "udp" && random.chance(0.3)
  )
  const steps: Array<Step> = random.chance(0.85) ? [...opening(scene)] : []
  const count = random.between(8, 30)
  for (let i = 0; i < count; i++) steps.push(step(scene))
  // Linux goes on counting an urgent byte of a Unix stream that a read has passed over.
  const urgent = family === "unix" && steps.some(sendsUrgent)
  return urgent ? steps.filter(([call]) => call !== "fionread") : steps
}
