/**
 * `/proc/net`: what was counted of packets and messages, and the protocols that there are.
 *
 * @see proc_pid_net(5)
 */
import type { ProcParts } from "./parts.js"

type Counts = Readonly<Record<string, number>>

/** What the lines have whose numbers stand in fixed places; of those that go by their names, only what may not be 0. */
const IP =
  "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits"
const TCP =
  "RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors"
const UDP = "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors"

/** A line of names and one of numbers. */
const table = (title: string, names: string, counts: Counts): string =>
  `${title}: ${names}\n${title}: ${names.replace(/\w+/g, (name) => `${counts[name] ?? 0}`)}\n`

/** A line for each. */
const column = (prefix: string, counts: Counts): string =>
  Object.keys(counts).map((name) => `${(prefix + name).padEnd(32)}\t${counts[name]}\n`).join("")

const ipOf = ({ sockets: { traffic } }: ProcParts, version: 0 | 1): Counts => {
  const [received, sent] = [traffic.sum(version, "received"), traffic.sum(version, "sent")]
  return {
    InReceives: received.packets,
    InDelivers: received.packets,
    OutRequests: sent.packets,
    OutTransmits: sent.packets,
    InNoECTPkts: received.packets,
    InOctets: received.bytes,
    OutOctets: sent.bytes
  }
}

const udpOf = ({ sockets: { traffic } }: ProcParts, version: 0 | 1): Counts => {
  const { noPorts, noRoom, received } = traffic.udp[version]
  const { datagrams } = traffic.sum(version, "sent")
  return { InDatagrams: received, NoPorts: noPorts, InErrors: noRoom, OutDatagrams: datagrams, RcvbufErrors: noRoom }
}

const tcpOf = ({ sockets }: ProcParts): Counts => {
  const { traffic } = sockets
  const { active, failed, passive, reset } = traffic.tcp
  const segments = (way: "received" | "sent") => traffic.sum(0, way).segments + traffic.sum(1, way).segments
  const connected = sockets.list().filter(({ family, peer, type }) =>
    family !== "unix" && type === "stream" && peer !== undefined
  )
  return {
    RtoAlgorithm: 1,
    RtoMin: 200,
    RtoMax: 120_000,
    MaxConn: -1,
    ActiveOpens: active,
    PassiveOpens: passive,
    AttemptFails: failed,
    EstabResets: reset,
    CurrEstab: connected.length,
    InSegs: segments("received"),
    OutSegs: segments("sent")
  }
}

const snmp = (parts: ProcParts): string =>
  table("Ip", IP, { Forwarding: 2, DefaultTTL: 64, ...ipOf(parts, 0) }) + table("Tcp", TCP, tcpOf(parts)) +
  table("Udp", UDP, udpOf(parts, 0)) + table("UdpLite", UDP, {})

const snmp6 = (parts: ProcParts): string => column("Ip6", ipOf(parts, 1)) + column("Udp6", udpOf(parts, 1))

const netstat = (parts: ProcParts): string => {
  const counts = ipOf(parts, 0)
  return table("TcpExt", "ListenOverflows ListenDrops", {}) + table("IpExt", "InOctets OutOctets InNoECTPkts", counts)
}

/** Those that there are, with the size of a socket, and what they can do: close, connect, disconnect, accept and so on. */
const kinds = [
  ["UDPv6", 1472, "inet6", false],
  ["TCPv6", 2432, "inet6", true],
  ["UNIX-STREAM", 1152, "unix", true],
  ["UNIX", 1152, "unix", false],
  ["UDP", 1344, "inet", false],
  ["TCP", 2304, "inet", true]
] as const

const protocols = ({ sockets }: ProcParts): string => {
  const all = sockets.list()
  const lines = kinds.map(([name, size, of, isStream]) => {
    const count = all.filter(({ family, type }) => family === of && (type === "stream") === isStream).length
    const isTcp = isStream && of !== "unix"
    const head = `${name.padEnd(9)} ${size} ${`${count}`.padStart(6)}  ${(of === "unix" ? "-1" : "0").padStart(6)}   `
    const can = of === "unix" ? "ynnnnnnnnnnnnnnnnn" : isTcp ? "yyyyyyyyyyyynyyyyy" : "yyynyyynyyyynnyyyn"
    return `${head}${isTcp ? "no     192" : "NI       0"}   yes  kernel      ${can.split("").join("  ")}\n`
  })
  return `protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re bi br ha uh gp em\n${
    lines.join("")
  }`
}

/** The texts by path below `/proc`. */
export const counters: Readonly<Record<string, (parts: ProcParts) => string>> = {
  "net/netstat": netstat,
  "net/protocols": protocols,
  "net/snmp": snmp,
  "net/snmp6": snmp6
}
