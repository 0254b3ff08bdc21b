/**
 * Chance programs of socket calls: a family, some sockets, and whatever can be done with them.
 */
import { Socket as Abi } from "@effix/kernel"
import type { Random } from "../random.js"
import type { Address, Program, Step } from "./program.js"

const SLOTS = 5
const PORTS = [5000, 5001, 5002]

type Family = "unix" | "tcp" | "udp"

const slot = (random: Random): number => random.between(0, SLOTS - 1)

const unixAddress = (random: Random): Address =>
  random.weighted<Address>([
    [4, ["path", random.pick(["a", "b", "c"])]],
    [4, ["abstract", random.pick(["a", "b", "c"])]],
    [1, ["unnamed"]],
    [1, ["path", random.pick(["missing/a", "a/b", "."])]]
  ])

const inetAddress = (random: Random, family: Family, six: boolean): Address =>
  six
    // A socket of TCP that was connected to a mapped address keeps traces of that, which nobody should build on.
    ? ["inet6", random.weighted([[5, "::1"], [3, "::"], [family === "tcp" ? 0 : 2, "::ffff:127.0.0.1"]]), port(random)]
    : ["inet", random.weighted([[8, "127.0.0.1"], [3, "0.0.0.0"], [2, "127.0.0.2"], [1, "9.9.9.9"]]), port(random)]

const port = (random: Random): number | readonly ["port", number] =>
  random.weighted<number | readonly ["port", number]>([[6, random.pick(PORTS)], [4, ["port", slot(random)]], [1, 0]])

const address = (random: Random, family: Family, six: boolean): Address =>
  family === "unix" ? unixAddress(random) : inetAddress(random, family, six)

const length = (random: Random, family: Family): number =>
  random.weighted([
    [2, 0],
    [8, random.between(1, 20)],
    [3, random.between(100, 1200)],
    [family === "unix" ? 2 : 0, random.between(3000, 120_000)],
    [family === "unix" ? 0.5 : 0, random.between(200_000, 250_000)],
    [family === "udp" ? 0.5 : 0, random.pick([65_506, 65_507, 65_508, 65_535, 65_536])]
  ])

const sendFlags = (random: Random): number => random.bits([Abi.MSG_DONTWAIT, Abi.MSG_NOSIGNAL, Abi.MSG_EOR], 0.15)
const receiveFlags = (random: Random): number =>
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
  [1, Abi.SO_PEEK_OFF],
  [1, Abi.SO_PRIORITY],
  [1, Abi.SO_OOBINLINE],
  [1, Abi.SO_DONTROUTE],
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
  [1, Abi.SO_LINGER, [-1, 0, 0, 5]],
  [1, Abi.SO_RCVLOWAT, [0, 1, 4, -1]],
  [1, Abi.SO_RCVTIMEO, [0, 1000]],
  [1, Abi.SO_PASSCRED, [0, 1, 1, 1]],
  [1, Abi.SO_PEEK_OFF, [-1, 0, 2]],
  [1, Abi.SO_PRIORITY, [0, 3]],
  [1, Abi.SO_TYPE, [1]],
  [1, Abi.SO_ERROR, [0]],
  [1, 9999, [1]],
  [6, Abi.TCP_NODELAY, [0, 1]],
  [6, Abi.TCP_KEEPCNT, [0, 1, 127, 128]],
  [0, Abi.IP_TTL, [-1, 0, 1, 255, 256]],
  [41, Abi.IPV6_V6ONLY, [0, 1]],
  [77, 1, [1]]
] as const

const step = (random: Random, family: Family, six: boolean): Step => {
  const on = slot(random)
  const domain = family === "unix" ? "unix" : six ? "inet6" : "inet"
  const make = random.weighted<() => Step>([
    [4, () => ["socket", on, domain, type(random, family)]],
    [family === "unix" ? 3 : 0, () => ["pair", on, slot(random), type(random, family)]],
    [5, () => ["bind", on, address(random, family, six)]],
    [family === "udp" ? 0.3 : 4, () => ["listen", on, random.pick([0, 1, 5, -1])]],
    [6, () => ["connect", on, random.chance(0.07) ? ["unspecified"] : address(random, family, six)]],
    [family === "udp" ? 0.3 : 5, () => ["accept", on, slot(random)]],
    [10, () => ["send", on, length(random, family), sendFlags(random)]],
    [family === "udp" ? 8 : 3, () => [
      "sendto",
      on,
      length(random, family),
      sendFlags(random),
      address(random, family, six)
    ]],
    [7, () => ["recv", on, length(random, family), receiveFlags(random)]],
    [5, () => ["recvfrom", on, length(random, family), receiveFlags(random)]],
    [family === "unix" ? 3 : 0, () => ["rights", on, random.between(1, 9), random.between(1, 3)]],
    [4, () => ["recvmsg", on, length(random, family), random.pick([0, 16, 20, 24, 64]), receiveFlags(random)]],
    [4, () => ["shutdown", on, random.weighted([[3, 0], [3, 1], [2, 2], [0.2, 3]])]],
    [3, () => ["close", on]],
    [9, () => ["poll", on]],
    [2, () => ["name", on]],
    [3, () => ["peer", on]],
    [2, () => ["fionread", on]],
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
const opening = (random: Random, family: Family, six: boolean): Program => {
  const domain = family === "unix" ? "unix" : six ? "inet6" : "inet"
  const kind = type(random, family)
  const name = family === "unix" ? unixAddress(random) : inetAddress(random, family, six)
  if (family === "unix" && random.chance(0.4)) return [["pair", 0, 1, kind]]
  if (kind === Abi.SOCK_DGRAM) {
    const other = family === "unix" ? unixAddress(random) : inetAddress(random, family, six)
    return [["socket", 0, domain, kind], ["bind", 0, name], ["socket", 1, domain, kind], ["bind", 1, other]]
  }
  return [
    ["socket", 0, domain, kind],
    ...(random.chance(0.5) ? [["setopt", 0, 1, Abi.SO_REUSEADDR, 1] as const] : []),
    ["bind", 0, name],
    ["listen", 0, random.between(0, 3)],
    ["socket", 1, domain, kind],
    ["connect", 1, name],
    ["accept", 0, 2]
  ]
}

export const generate = (random: Random): Program => {
  const family = random.weighted<Family>([[5, "unix"], [4, "tcp"], [3, "udp"]])
  const six = random.chance(0.3)
  const steps: Array<Step> = random.chance(0.85) ? [...opening(random, family, six)] : []
  const count = random.between(8, 30)
  for (let i = 0; i < count; i++) steps.push(step(random, family, six))
  return steps
}
