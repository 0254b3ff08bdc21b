/**
 * Lists sockets, interfaces and routes.
 *
 * @see netstat(8)
 */
import { SIOCGIFMTU } from "@effix/kernel/abi/Netdevice"
import { AF_INET, SOCK_DGRAM } from "@effix/kernel/abi/Socket"
import type { Main } from "@effix/kernel/Programs"
import * as Accounts from "../Accounts.js"
import type * as Options from "../Options.js"
import * as SocketTables from "../SocketTables.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const ESTABLISHED = 1
const LISTENING = 10

const stateNames: Readonly<Record<number, string>> = { [ESTABLISHED]: "ESTABLISHED", [LISTENING]: "LISTEN" }
const unixNames: Readonly<Record<number, string>> = { 1: "STREAM", 2: "DGRAM", 5: "SEQPACKET" }

/** An address and a port have so many columns, unless all of them is asked for. */
const ADDRESS_WIDTH = 23
const PROGRAM_WIDTH = 20

interface Asked {
  readonly all: boolean
  readonly listening: boolean
  readonly numeric: boolean
  readonly programs: boolean
  readonly wide: boolean
}

/** Which sockets are shown, as the title says it. */
const shown = ({ all, listening }: Asked): string =>
  all ? "(servers and established)" : listening ? "(only servers)" : "(w/o servers)"

/** Who holds a socket, by its number. */
type Programs = ReadonlyMap<number, ReadonlyArray<SocketTables.Holder>>

const programOf = (programs: Programs, ino: number): string => {
  const holder = programs.get(ino)?.[0]
  if (holder === undefined) return "-"
  const { argv: [path = holder.process.name], pid } = holder.process
  return `${pid}/${path.slice(path.lastIndexOf("/") + 1)}`.slice(0, PROGRAM_WIDTH - 1)
}

/** Writes addresses and ports. */
function* writer(run: Utility.Run, { numeric, wide }: Asked) {
  const services = numeric ? undefined : yield* SocketTables.services(run)
  const hosts = numeric ? undefined : yield* SocketTables.hosts(run)
  return ({ address, port }: SocketTables.Endpoint, protocol: string): string => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/, "")
    const host = hosts === undefined ? plain : hosts.get(address) ?? (plain === "::" ? "[::]" : plain)
    const service = port === 0 ? "*" : services?.get(`${port}/${protocol}`) ?? `${port}`
    const most = ADDRESS_WIDTH - 1
    if (wide || host.length + service.length <= most) return `${host}:${service}`
    const length = Math.min(service.length, most - 4)
    return `${host.slice(0, most - length)}:${service.slice(0, length)}`
  }
}

function* internet(
  run: Utility.Run,
  wanted: Asked,
  protocols: ReadonlyArray<"tcp" | "udp" | "raw">,
  families: ReadonlyArray<"inet" | "inet6">,
  programs: Programs
): Steps<void> {
  run.out.line(`Active Internet connections ${shown(wanted)}`)
  const head = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
  run.out.line(wanted.programs ? `${head} PID/Program name    ` : head)
  const write = yield* writer(run, wanted)
  for (const protocol of protocols) {
    for (const family of families) {
      for (const { ino, local, received, remote, sent, state } of yield* SocketTables.inet(run, protocol, family)) {
        const isConnected = protocol === "tcp" ? remote.port !== 0 : /[1-9a-f]/.test(remote.address)
        if (!wanted.all && isConnected === wanted.listening) continue
        const addresses = [local, remote].map((each) => write(each, protocol).padEnd(ADDRESS_WIDTH)).join(" ")
        const name = protocol === "raw" ? `${state}` : stateNames[state] ?? ""
        const queues = `${`${received}`.padStart(6)} ${`${sent}`.padStart(6)}`
        const line = `${(family === "inet" ? protocol : `${protocol}6`).padEnd(4)}  ${queues} ${addresses} ${
          name.padEnd(11)
        }`
        run.out.line(wanted.programs ? `${line} ${programOf(programs, ino).padEnd(PROGRAM_WIDTH)}` : line)
      }
    }
  }
}

function* unix(run: Utility.Run, wanted: Asked, programs: Programs): Steps<void> {
  run.out.line(`Active UNIX domain sockets ${shown(wanted)}`)
  const title = "Proto RefCnt Flags       Type       State         I-Node  "
  run.out.line(`${title} ${wanted.programs ? "PID/Program name     " : ""}Path`)
  for (const { connected, ino, listening, name, references, type } of yield* SocketTables.unix(run)) {
    if (!wanted.all && listening !== wanted.listening) continue
    const state = listening ? "LISTENING" : connected ? "CONNECTED" : ""
    const flags = (listening ? "[ ACC ]" : "[ ]").padEnd(11)
    const kind = `${(unixNames[type] ?? "UNKNOWN").padEnd(10)} ${state.padEnd(13)}`
    const program = wanted.programs ? `${programOf(programs, ino).padEnd(PROGRAM_WIDTH)} ` : ""
    run.out.line(`unix  ${`${references}`.padEnd(6)} ${flags} ${kind} ${`${ino}`.padEnd(8)} ${program}${name}`)
  }
}

function* linesOf(run: Utility.Run, path: string, heads: number): Steps<ReadonlyArray<ReadonlyArray<string>>> {
  const text = (yield* Accounts.readSmallFile(run.sys, path)) ?? ""
  const lines = text.split("\n").slice(heads).filter((line) => line !== "")
  return lines.map((line) => line.trim().split(/[:\s]+/))
}

/** Every interface, with what is counted of it. */
function* interfaces(run: Utility.Run): Steps<void> {
  run.out.line("Kernel Interface table")
  run.out.line("Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg")
  const socket = yield* run.sys.socket(AF_INET, SOCK_DGRAM)
  for (const [name = "", ...counts] of yield* linesOf(run, "/proc/net/dev", 2)) {
    const mtu = yield* run.sys.netdevice(socket, SIOCGIFMTU, name)
    const count = (i: number, width: number) => (counts[i] ?? "0").padStart(width)
    const received = `${count(1, 8)} ${count(2, 6)} ${count(3, 6)} ${(counts[4] ?? "0").padEnd(6)}`
    const sent = `${count(9, 8)} ${count(10, 6)} ${count(11, 6)} ${count(12, 6)}`
    const flags = name === "lo" ? "LRU" : "BMRU"
    run.out.line(`${name.padEnd(15)} ${`${mtu}`.padStart(5)} ${received} ${sent} ${flags}`)
  }
  yield* run.sys.close(socket)
}

const ADDRESS_COLUMN = 15
const dotted = (hex: string): string => (hex.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)).join(".")

/** Where packets of IPv4 go. */
function* routes(run: Utility.Run, { numeric }: Asked): Steps<void> {
  run.out.line("Kernel IP routing table")
  run.out.line("Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface")
  for (
    const [name = "", to = "", over = "", flags = "", , , , mask = ""] of yield* linesOf(run, "/proc/net/route", 1)
  ) {
    const destination = !numeric && dotted(to) === "0.0.0.0" ? "default" : dotted(to)
    const addresses = [destination, dotted(over), dotted(mask)].map((each) => each.padEnd(ADDRESS_COLUMN)).join(" ")
    const letters = (parseInt(flags, 16) & 2) !== 0 ? "UG" : "U"
    run.out.line(`${addresses} ${letters.padEnd(6)}    0 0          0 ${name}`)
  }
}

export const main: Main = Utility.make(
  {
    usage: "[-46ailnprtuwxW]",
    does: "List sockets, interfaces and routes.",
    misused: 3,
    short: "46ailnprtuwxW",
    long: {
      all: "a",
      interfaces: "i",
      listening: "l",
      numeric: "n",
      programs: "p",
      raw: "w",
      route: "r",
      tcp: "t",
      udp: "u",
      unix: "x",
      wide: "W"
    }
  },
  function*(run, { options }) {
    const has = (key: string): boolean => options.some((each: Options.Given) => each.key === key)
    const wanted: Asked = {
      all: has("a"),
      listening: has("l"),
      numeric: has("n"),
      programs: has("p"),
      wide: has("W")
    }
    if (has("i")) yield* interfaces(run)
    else if (has("r")) yield* routes(run, wanted)
    else {
      const byProtocol = has("t") || has("u") || has("w")
      const byFamily = has("4") || has("6")
      const programs: Programs = wanted.programs ? yield* SocketTables.holders(run) : new Map()
      if (byProtocol || byFamily || !has("x")) {
        const protocols = (["tcp", "udp", "raw"] as const).filter((each) =>
          !byProtocol || has(each === "raw" ? "w" : each[0]!)
        )
        const families = (["inet", "inet6"] as const).filter((each) => !byFamily || has(each === "inet" ? "4" : "6"))
        yield* internet(run, wanted, protocols, families, programs)
      }
      if (has("x") || !(byProtocol || byFamily)) yield* unix(run, wanted, programs)
    }
    return run.status
  }
)
