/**
 * Shows processes, again and again: once as text with `-b`, or on the whole screen until `q`.
 *
 * @see top(1)
 */
import { POLLIN } from "@effix/kernel/abi/PollEvents"
import * as T from "@effix/kernel/abi/Termios"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import * as Accounts from "../Accounts.js"
import * as DateFormat from "../DateFormat.js"
import * as Options from "../Options.js"
import * as ProcessList from "../ProcessList.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

type Order = "M" | "N" | "P" | "T"

interface Seen {
  readonly now: bigint
  readonly ticks: ReadonlyMap<number, number>
}

const two = (value: number): string => String(value).padStart(2, "0")

const upText = (seconds: number): string => {
  const days = Math.floor(seconds / 86_400)
  const minutes = Math.floor(seconds / 60) % 60
  const hours = Math.floor(seconds / 3600) % 24
  const time = hours > 0 ? `${String(hours).padStart(2)}:${two(minutes)}` : `${minutes} min`
  return `${days > 0 ? `${days} day${days > 1 ? "s" : ""}, ` : ""}${time}`
}

const plusTime = (ticks: number): string =>
  `${Math.floor(ticks / 6000)}:${two(Math.floor(ticks / 100) % 60)}.${two(ticks % 100)}`

/** Per cent of the processor since it was last seen. */
const usage = (process: ProcessList.Process, now: bigint, before: Seen | undefined): number => {
  const known = before?.ticks.get(process.pid)
  const ticks = process.ticks - (known ?? 0)
  const seconds = before === undefined || known === undefined ? process.elapsed : Number(now - before.now) / 1e9
  return seconds > 0 ? Math.min(100, ticks / seconds) : 0
}

function* memory(run: Utility.Run): Steps<(name: string) => number> {
  const text = (yield* Accounts.readSmallFile(run.sys, "/proc/meminfo")) ?? ""
  return (name) => Number(new RegExp(`^${name}: *(\\d+)`, "m").exec(text)?.[1] ?? 0) / 1024
}

function* summary(run: Utility.Run, { all, now, uptime }: ProcessList.Processes): Steps<ReadonlyArray<string>> {
  const count = (states: string): string => String(all.filter(({ state }) => states.includes(state)).length).padStart(3)
  const loads = ((yield* Accounts.readSmallFile(run.sys, "/proc/loadavg")) ?? "0.00 0.00 0.00").split(" ").slice(0, 3)
  const users = new Set(all.filter(({ tty }) => tty !== "?").map(({ tty }) => tty)).size
  const size = yield* memory(run)
  const mega = (value: number): string => value.toFixed(1).padStart(8)
  const used = (kind: string): string => mega(size(`${kind}Total`) - size(`${kind}Free`))
  const cache = mega(size("Buffers") + size("Cached"))
  return [
    `top - ${DateFormat.format("%H:%M:%S", now)} up ${upText(uptime)},  ${users} user${
      users === 1 ? "" : "s"
    },  load average: ${loads.join(", ")}`,
    `Tasks: ${String(all.length).padStart(3)} total, ${count("R")} running, ${count("SDI")} sleeping, ${
      count("T")
    } stopped, ${count("Z")} zombie`,
    "%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st",
    `MiB Mem : ${mega(size("MemTotal"))} total, ${mega(size("MemFree"))} free, ${
      used("Mem")
    } used, ${cache} buff/cache`,
    `MiB Swap: ${mega(size("SwapTotal"))} total, ${mega(size("SwapFree"))} free, ${used("Swap")} used. ${
      mega(size("MemAvailable"))
    } avail Mem`,
    ""
  ]
}

const title = "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND"

const line = (process: ProcessList.Process, cpu: number, full: boolean): string =>
  [
    String(process.pid).padStart(7),
    process.user.slice(0, 8).padEnd(8),
    String(20 + process.nice).padStart(3),
    String(process.nice).padStart(3),
    String(Math.floor(process.virtual / 1024)).padStart(7),
    String(process.resident * 4).padStart(6),
    "0".padStart(6),
    process.state,
    cpu.toFixed(1).padStart(5),
    "0.0".padStart(5),
    plusTime(process.ticks).padStart(9),
    full ? ProcessList.commandLine(process) : process.name
  ].join(" ")

/** One screenful. */
function* page(
  run: Utility.Run,
  options: ReadonlyArray<Options.Given>,
  order: Order,
  before: Seen | undefined
): Steps<{ readonly lines: ReadonlyArray<string>; readonly seen: Seen }> {
  const processes = yield* ProcessList.load(run)
  const { accounts, all, now } = processes
  const pids = Options.last(options, "p")?.value.split(",")
  const user = Options.last(options, "u", "U")?.value
  const full = options.some(({ key }) => key === "c")
  const rows = all
    .filter(({ pid, uid }) =>
      (pids?.includes(String(pid)) ?? true) && (user === undefined || accounts.uid(user) === uid)
    )
    .map((process) => ({ process, cpu: usage(process, now, before) }))
  const key: Record<Order, (row: (typeof rows)[number]) => number> = {
    P: ({ cpu }) => -cpu,
    M: ({ process }) => -process.resident,
    N: ({ process }) => -process.pid,
    T: ({ process }) => -process.ticks
  }
  rows.sort((a, b) => key[order](a) - key[order](b) || a.process.pid - b.process.pid)
  return {
    lines: [...yield* summary(run, processes), title, ...rows.map(({ cpu, process }) => line(process, cpu, full))],
    seen: { now, ticks: new Map(all.map(({ pid, ticks }) => [pid, ticks])) }
  }
}

/** Waits for a key; empty when the time was up. */
function* key(run: Utility.Run, seconds: number): Steps<string> {
  const ready = yield* attempt(run.sys.poll([{ fd: 0, events: POLLIN }], seconds * 1000))
  if (Errno.isErrno(ready) || ready[0] === 0) return ""
  const byte = new Uint8Array(1)
  const count = yield* attempt(run.sys.read(0, byte))
  return Errno.isErrno(count) || count === 0 ? "q" : Bytes.decode(byte)
}

const isOrder = (text: string): text is Order => /^[MNPT]$/.test(text)

/** The whole screen, until `q`. */
function* interactive(
  run: Utility.Run,
  options: ReadonlyArray<Options.Given>,
  delay: number,
  times: number,
  settings: T.Termios
): Steps<void> {
  yield* attempt(run.sys.tcsetattr(0, T.TCSADRAIN, {
    ...settings,
    lflag: settings.lflag & ~(T.ICANON | T.ECHO),
    cc: settings.cc.map((value, index) => index === T.VMIN ? 1 : index === T.VTIME ? 0 : value)
  }))
  run.out.text("\u001b[?1049h\u001b[?25l")
  let order: Order = "P"
  let seen: Seen | undefined
  for (let left = times; left > 0; left--) {
    const shown = yield* page(run, options, order, seen)
    seen = shown.seen
    const size = yield* attempt(run.sys.getWindowSize(1))
    const { columns, rows } = Errno.isErrno(size) ? { columns: 80, rows: 24 } : size
    const head = shown.lines.indexOf(title)
    const text = shown.lines.slice(0, rows).map((each, i) => {
      const cut = each.slice(0, columns)
      return i === head ? `\u001b[7m${cut.padEnd(columns)}\u001b[m` : `${cut}\u001b[K`
    })
    run.out.text(`\u001b[H${text.join("\r\n")}\u001b[J`)
    yield* run.out.flush()
    const pressed = yield* key(run, delay)
    if (pressed === "q" || pressed === "\u0003") break
    if (isOrder(pressed)) order = pressed
  }
  run.out.text("\u001b[?25h\u001b[?1049l")
  yield* run.out.flush()
  yield* attempt(run.sys.tcsetattr(0, T.TCSADRAIN, settings))
}

export const main: Main = Utility.make(
  {
    usage: "[-bc] [-d SECONDS] [-n TIMES] [-o FIELD] [-p PIDS] [-u USER]",
    does: "Display processes.",
    short: "bcd:n:o:p:u:U:HiS"
  },
  function*(run, { options }) {
    const batch = options.some(({ key }) => key === "b")
    const delayText = Options.last(options, "d")?.value ?? "3"
    const timesText = Options.last(options, "n")?.value
    if (!/^\d+(\.\d+)?$/.test(delayText)) return yield* run.die(`bad delay interval '${delayText}'`)
    if (timesText !== undefined && !/^[1-9]\d*$/.test(timesText)) {
      return yield* run.die(`bad iterations argument '${timesText}'`)
    }
    const times = timesText === undefined ? Number.POSITIVE_INFINITY : Number(timesText)
    const delay = Number(delayText)
    const fields: Readonly<Record<string, Order>> = { "%CPU": "P", "%MEM": "M", RES: "M", PID: "N", "TIME+": "T" }
    const order = fields[(Options.last(options, "o")?.value ?? "%CPU").replace(/^[-+]/, "").toUpperCase()] ?? "P"
    if (!batch) {
      const settings = yield* attempt(run.sys.tcgetattr(0))
      if (Errno.isErrno(settings)) return yield* run.die("failed tty get")
      return yield* interactive(run, options, delay, times, settings)
    }
    let seen: Seen | undefined
    for (let left = times; left > 0; left--) {
      const shown = yield* page(run, options, order, seen)
      seen = shown.seen
      for (const each of shown.lines) run.out.line(each)
      yield* run.out.flush()
      if (left === 1) break
      run.out.line("")
      yield* attempt(run.sys.nanosleep(delay * 1e9))
    }
    return 0
  }
)
