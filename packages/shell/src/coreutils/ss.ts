/**
 * Lists sockets.
 *
 * @see ss(8)
 */
import type { Main } from "@effix/kernel/Programs"
import type * as Options from "../Options.js"
import * as SocketTables from "../SocketTables.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const ESTABLISHED = 1
const CLOSED = 7
const LISTENING = 10

const stateNames: Readonly<Record<number, string>> = {
  [ESTABLISHED]: "ESTAB",
  [CLOSED]: "UNCONN",
  [LISTENING]: "LISTEN"
}
const unixNames: Readonly<Record<number, string>> = { 1: "u_str", 2: "u_dgr", 5: "u_seq" }

/** A line before it is laid out: a cell for each of {@link columns}. */
type Line = ReadonlyArray<string>

const columns: ReadonlyArray<readonly [title: string, before: string, right: boolean]> = [
  ["Netid", "", false],
  ["State", " ", false],
  ["Recv-Q", " ", false],
  ["Send-Q", " ", false],
  ["Local Address:", " ", true],
  ["Port", "", false],
  ["Peer Address:", " ", true],
  ["Port", "", false],
  ["Process", "", false]
]
const NETID = 0
const STATE = 1

/** Columns are as wide as what stands in them; those that would tell the same in each line are left out. */
const layout = (lines: ReadonlyArray<Line>, hidden: ReadonlySet<number>): ReadonlyArray<string> => {
  const shown = columns.map((_, i) => i).filter((i) => !hidden.has(i))
  const widths = shown.map((i) => Math.max(0, ...lines.map((line) => line[i]!.length)))
  return lines.map((line) =>
    shown.map((i, at) => {
      const [, before, right] = columns[i]!
      const text = right ? line[i]!.padStart(widths[at]!) : line[i]!.padEnd(widths[at]!)
      return at === 0 ? text : before + text
    }).join("")
  )
}

interface Asked {
  readonly all: boolean
  readonly listening: boolean
  readonly numeric: boolean
  readonly processes: boolean
  readonly header: boolean
  readonly tcp: boolean
  readonly udp: boolean
  readonly unix: boolean
  readonly families: ReadonlyArray<"inet" | "inet6">
}

const asked = (options: ReadonlyArray<Options.Given>): Asked => {
  const has = (key: string): boolean => options.some((each) => each.key === key)
  const one = has("t") || has("u") || has("x")
  const byFamily = has("4") || has("6")
  return {
    all: has("a"),
    listening: has("l"),
    numeric: has("n"),
    processes: has("p"),
    header: !has("H"),
    tcp: has("t") || !one,
    udp: has("u") || !one,
    unix: has("x") || (!one && !byFamily),
    families: (["inet", "inet6"] as const).filter((family) => !byFamily || has(family === "inet" ? "4" : "6"))
  }
}

/** The states of which sockets are shown. */
const statesOf = ({ all, listening, tcp, unix }: Asked): ReadonlySet<number> => {
  if (all) return new Set([ESTABLISHED, CLOSED, LISTENING, 0])
  if (listening) return new Set([CLOSED, LISTENING])
  // TCP and Unix sockets may be on the way to or from a connection; of datagrams, those that are connected are shown.
  return new Set(tcp || unix ? [ESTABLISHED, 0] : [ESTABLISHED])
}

const shownAddress = (address: string, family: "inet" | "inet6"): string =>
  family === "inet" ? address : address === "::" ? "*" : `[${address}]`

function* linesOf(run: Utility.Run, wanted: Asked, states: ReadonlySet<number>): Steps<ReadonlyArray<Line>> {
  const lines: Array<Line> = []
  const holders = wanted.processes ? yield* SocketTables.holders(run) : undefined
  const users = (ino: number): string => {
    const all = holders?.get(ino) ?? []
    const each = [...all].reverse().map(({ fd, process: { name, pid } }) => `("${name}",pid=${pid},fd=${fd})`)
    return each.length === 0 ? "" : ` users:(${each.join(",")})`
  }
  if (wanted.unix) {
    const sockets = (yield* SocketTables.unix(run)).map((each) => ({
      ...each,
      state: each.listening ? LISTENING : each.connected ? ESTABLISHED : CLOSED
    }))
    for (
      const each of sockets.filter(({ state }) => states.has(state)).sort((a, b) => a.type - b.type || a.ino - b.ino)
    ) {
      const { ino, name, state, type } = each
      const netid = unixNames[type] ?? "???"
      lines.push([netid, stateNames[state]!, "0", "0", `${name || "*"} `, `${ino}`, "* ", "0", users(ino)])
    }
  }
  const services = wanted.numeric ? undefined : yield* SocketTables.services(run)
  for (const protocol of ["udp", "tcp"] as const) {
    if (!wanted[protocol]) continue
    const port = (number: number): string => number === 0 ? "*" : services?.get(`${number}/${protocol}`) ?? `${number}`
    for (const family of wanted.families) {
      for (const each of yield* SocketTables.inet(run, protocol, family)) {
        const { ino, local, received, remote, sent, state } = each
        if (!states.has(state)) continue
        lines.push([
          protocol,
          stateNames[state] ?? "UNKNOWN",
          `${received}`,
          `${sent}`,
          `${shownAddress(local.address, family)}:`,
          port(local.port),
          `${shownAddress(remote.address, family)}:`,
          port(remote.port),
          users(ino)
        ])
      }
    }
  }
  return lines.map((line) => line.map((cell, i) => i === 2 || i === 3 ? cell.padEnd(6) : cell))
}

/** How many there are of what. */
function* summarize(run: Utility.Run): Steps<void> {
  const count = { tcp: [0, 0], udp: [0, 0], raw: [0, 0] }
  let connected = 0
  for (const protocol of ["tcp", "udp", "raw"] as const) {
    for (const [i, family] of (["inet", "inet6"] as const).entries()) {
      const all = yield* SocketTables.inet(run, protocol, family)
      count[protocol][i] = all.length
      if (protocol === "tcp") connected += all.filter(({ state }) => state === ESTABLISHED).length
    }
  }
  const total = [0, 1].map((i) => count.tcp[i]! + count.udp[i]! + count.raw[i]!)
  const sum = ([four = 0, six = 0]: ReadonlyArray<number>) => four + six
  const sockets = total[0]! + total[1]! + (yield* SocketTables.unix(run)).length
  run.out.line(`Total: ${sockets}`)
  run.out.line(`TCP:   ${sum(count.tcp)} (estab ${connected}, closed 0, orphaned 0, timewait 0)`)
  run.out.line("")
  const row = (title: string, of: ReadonlyArray<number>) =>
    run.out.line(`${title}\t  ${[sum(of), ...of].map((each) => `${each}`.padEnd(9)).join(" ")}`)
  run.out.line("Transport Total     IP        IPv6")
  row("RAW", count.raw)
  row("UDP", count.udp)
  row("TCP", count.tcp)
  row("INET", total)
  row("FRAG", [0, 0])
  run.out.line("")
}

export const main: Main = Utility.make(
  {
    usage: "[-46HOalnpstux]",
    does: "List sockets.",
    failure: 255,
    short: "46HOalnpstux",
    long: {
      "ipv4": "4",
      "ipv6": "6",
      "no-header": "H",
      "all": "a",
      "listening": "l",
      "numeric": "n",
      "oneline": "O",
      "processes": "p",
      "summary": "s",
      "tcp": "t",
      "udp": "u",
      "unix": "x"
    }
  },
  function*(run, { operands, options }) {
    if (operands.length > 0) return yield* run.die("filters are not known here")
    if (options.some(({ key }) => key === "s")) {
      yield* summarize(run)
      return 0
    }
    const wanted = asked(options)
    const states = statesOf(wanted)
    const hidden = new Set<number>()
    if ([wanted.tcp, wanted.udp].filter(Boolean).length === 1 && !wanted.unix) hidden.add(NETID)
    if (states.size === 1) hidden.add(STATE)
    const lines = yield* linesOf(run, wanted, states)
    const all = wanted.header ? [columns.map(([title]) => title), ...lines] : lines
    for (const line of layout(all, hidden)) run.out.line(line)
    return 0
  }
)
