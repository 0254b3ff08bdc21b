/**
 * `/proc/net`: what was counted of packets and messages, and the protocols that there are.
 *
 * @see proc_pid_net(5)
 */
import type { ProcParts } from "./parts.js"

const IP =
  "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits"
const TCP =
  "RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors"
const UDP = "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors"

/** A line of names and one of numbers; those that are not told are 0. */
const table = (title: string, names: string, counts: ReadonlyArray<number>): string => {
  let at = 0
  return `${title}: ${names}\n${title}: ${names.replace(/\w+/g, () => `${counts[at++] ?? 0}`)}\n`
}

const datagrams = ({ sockets: { traffic } }: ProcParts, version: 0 | 1): ReadonlyArray<number> => {
  const { noPorts, noRoom, received } = traffic.udp[version]
  return [received, noPorts, noRoom, traffic.sum(version, "sent").datagrams, noRoom]
}

const connections = ({ sockets }: ProcParts): ReadonlyArray<number> => {
  const { traffic } = sockets
  const { active, failed, passive, reset } = traffic.tcp
  const segments = (way: "received" | "sent") => traffic.sum(0, way).segments + traffic.sum(1, way).segments
  const connected = sockets.list().filter(({ family, peer, type }) =>
    family !== "unix" && type === "stream" && peer !== undefined
  )
  return [1, 200, 120_000, -1, active, passive, failed, reset, connected.length, segments("received"), segments("sent")]
}

const snmp = (parts: ProcParts): string => {
  const [{ packets: received }, { packets: sent }] = both(parts, 0)
  const counts = [2, 64, received, 0, 0, 0, 0, 0, received, sent, 0, 0, 0, 0, 0, 0, 0, 0, 0, sent]
  return table("Ip", IP, counts) + table("Tcp", TCP, connections(parts)) + table("Udp", UDP, datagrams(parts, 0))
}

const both = ({ sockets: { traffic } }: ProcParts, version: 0 | 1) =>
  [traffic.sum(version, "received"), traffic.sum(version, "sent")] as const

/** Of those that go by their names, what may be something else than 0. */
const snmp6 = (parts: ProcParts): string => {
  const [received, sent] = both(parts, 1)
  const names = "Ip6InReceives Ip6InDelivers Ip6OutRequests Ip6InOctets Ip6OutOctets " +
    UDP.replace(/\b(?=\w)/g, "Udp6")
  const counts = [received.packets, received.packets, sent.packets, received.bytes, sent.bytes, ...datagrams(parts, 1)]
  return names.split(" ").map((name, i) => `${name.padEnd(32)}\t${counts[i] ?? 0}\n`).join("")
}

const netstat = (parts: ProcParts): string => {
  const [received, sent] = both(parts, 0)
  return table("TcpExt", "ListenOverflows ListenDrops", []) +
    table("IpExt", "InOctets OutOctets", [received.bytes, sent.bytes])
}

/** The size of a socket, and what it can do: close, connect, disconnect, accept and so on. */
const kinds = [
  ["UDPv6     1472", "inet6", false, " 0   NI       0", "yyynyyynyyyynnyyyn"],
  ["TCPv6     2432", "inet6", true, " 0   no     192", "yyyyyyyyyyyynyyyyy"],
  ["UNIX-STREAM 1152", "unix", true, "-1   NI       0", "ynnnnnnnnnnnnnnnnn"],
  ["UNIX      1152", "unix", false, "-1   NI       0", "ynnnnnnnnnnnnnnnnn"],
  ["UDP       1344", "inet", false, " 0   NI       0", "yyynyyynyyyynnyyyn"],
  ["TCP       2304", "inet", true, " 0   no     192", "yyyyyyyyyyyynyyyyy"]
] as const

const protocols = ({ sockets }: ProcParts): string =>
  "protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re bi br ha uh gp em\n" +
  kinds.map(([head, of, isStream, memory, can]) => {
    const count = sockets.list().filter(({ family, type }) => family === of && (type === "stream") === isStream).length
    return `${head} ${`${count}`.padStart(6)}      ${memory}   yes  kernel      ${can.split("").join("  ")}\n`
  }).join("")

/** The texts by path below `/proc`. */
export const counters: Readonly<Record<string, (parts: ProcParts) => string>> = {
  "net/netstat": netstat,
  "net/protocols": protocols,
  "net/snmp": snmp,
  "net/snmp6": snmp6
}
