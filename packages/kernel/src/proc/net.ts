/**
 * `/proc/net`: every socket, a line each.
 *
 * @see proc_pid_net(5)
 */
import type { SocketSnapshot } from "../Sockets.js"
import type { ProcParts } from "./parts.js"

export const hex = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width, "0")

/** Four bytes as a number of this machine: the last one first. */
export const word = (bytes: ReadonlyArray<number>): string => [...bytes].reverse().map((byte) => hex(byte, 2)).join("")

/** The sixteen bytes of an address of IPv6 in canonical form, or of a mapped one. */
export const bytes6 = (address: string): ReadonlyArray<number> => {
  const mapped = /^::ffff:(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  if (mapped !== null) return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...mapped.slice(1).map(Number)]
  const [head = "", tail] = address.split("::")
  const read = (half: string): ReadonlyArray<number> =>
    half === "" ? [] : half.split(":").flatMap((group) => {
      const value = Number.parseInt(group, 16)
      return [value >> 8, value & 255]
    })
  const [before, after] = [read(head), read(tail ?? "")]
  return [...before, ...Array.from({ length: 16 - before.length - after.length }, () => 0), ...after]
}

const addressOf = (name: SocketSnapshot["name"] | undefined, six: boolean): string => {
  const known = name !== undefined && "port" in name ? name : { address: six ? "::" : "0.0.0.0", port: 0 }
  const port = hex(known.port, 4)
  if (!six) return `${word(known.address.split(".").map(Number))}:${port}`
  const bytes = bytes6(known.address)
  return `${[0, 4, 8, 12].map((at) => word(bytes.slice(at, at + 4))).join("")}:${port}`
}

const ESTABLISHED = 1
const CLOSE = 7
const LISTEN = 10

type Family = "inet" | "inet6"
type Type = "stream" | "datagram"

const headOf = (six: boolean, type: Type): string => {
  const local = six ? "local_address                         " : "local_address "
  const remote = six ? "remote_address                        " : "rem_address   "
  const more = type === "datagram" ? " ref pointer drops" : ""
  return `  sl  ${local}${remote}st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode${more}`
}

const inet = ({ sockets }: ProcParts, family: Family, type: Type): string => {
  const six = family === "inet6"
  const lines = [headOf(six, type)]
  // Listeners come first.
  const all = sockets.list()
  for (const socket of [...all.filter((each) => each.listening), ...all.filter((each) => !each.listening)]) {
    if (socket.family !== family || socket.type !== type || !("port" in socket.name) || socket.name.port === 0) continue
    const state = socket.listening ? LISTEN : socket.peer === undefined ? CLOSE : ESTABLISHED
    // What is bound and no more is in no table of TCP.
    if (type === "stream" && state === CLOSE) continue
    const addresses = `${addressOf(socket.name, six)} ${addressOf(socket.peer, six)}`
    const queues = `00000000:${hex(socket.received, 8)} 00:00000000 00000000`
    lines.push(
      `${`${lines.length - 1}`.padStart(4)}: ${addresses} ${hex(state, 2)} ${queues} ${`${socket.uid}`.padStart(5)}` +
        `        0 ${socket.ino} 2 0000000000000000 0`
    )
  }
  return `${lines.join("\n")}\n`
}

const types: Readonly<Record<SocketSnapshot["type"], number>> = { stream: 1, datagram: 2, seqpacket: 5 }
/** The flag of a listener, and the states of the others. */
const ACCEPTS = 0x10000
const UNCONNECTED = 1
const CONNECTED = 3

const unix = ({ sockets }: ProcParts): string => {
  const lines = ["Num       RefCount Protocol Flags    Type St Inode Path"]
  for (const { family, ino, listening, name, peer, type } of sockets.list()) {
    if (family !== "unix") continue
    const path = "path" in name ? ` ${name.path}` : "abstract" in name ? ` @${name.abstract}` : ""
    const state = hex(peer === undefined ? UNCONNECTED : CONNECTED, 2)
    lines.push(
      `0000000000000000: ${hex(peer === undefined ? 2 : 3, 8)} 00000000 ${hex(listening ? ACCEPTS : 0, 8)} ${
        hex(types[type], 4)
      } ${state} ` +
        `${`${ino}`.padStart(5)}${path}`
    )
  }
  return `${lines.join("\n")}\n`
}

/** There are no raw sockets: nobody stands below the head. */
const raw = (six: boolean) => (): string => `${headOf(six, "datagram")}\n`

/** How many of a kind have a port. */
const inUse = ({ sockets }: ProcParts, family: Family, type: Type): number =>
  sockets.list().filter((each) =>
    each.family === family && each.type === type && "port" in each.name && each.name.port !== 0
  ).length

const counts = (parts: ProcParts): string => {
  const all = parts.sockets.list()
  const streams = all.filter(({ family, type }) => family !== "unix" && type === "stream")
  return `sockets: used ${all.length}
TCP: inuse ${inUse(parts, "inet", "stream")} orphan 0 tw 0 alloc ${streams.length} mem 0
UDP: inuse ${inUse(parts, "inet", "datagram")} mem 0
UDPLITE: inuse 0
RAW: inuse 0
FRAG: inuse 0 memory 0
`
}

const counts6 = (parts: ProcParts): string =>
  `TCP6: inuse ${inUse(parts, "inet6", "stream")}
UDP6: inuse ${inUse(parts, "inet6", "datagram")}
UDPLITE6: inuse 0
RAW6: inuse 0
FRAG6: inuse 0 memory 0
`

/** The texts by path below `/proc`. */
export const net: Readonly<Record<string, (parts: ProcParts) => string>> = {
  "net/raw": raw(false),
  "net/raw6": raw(true),
  "net/sockstat": counts,
  "net/sockstat6": counts6,
  "net/tcp": (parts) => inet(parts, "inet", "stream"),
  "net/tcp6": (parts) => inet(parts, "inet6", "stream"),
  "net/udp": (parts) => inet(parts, "inet", "datagram"),
  "net/udp6": (parts) => inet(parts, "inet6", "datagram"),
  "net/unix": unix
}
