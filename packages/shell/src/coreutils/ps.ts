/**
 * Lists processes, as `/proc` shows them.
 *
 * @see ps(1)
 */
import { major, minor } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import * as Accounts from "../Accounts.js"
import * as DateFormat from "../DateFormat.js"
import * as Directory from "../Directory.js"
import type { Given } from "../Options.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[-eAf] [-o FORMAT] [-p PIDS] [-u USERS]\naux",
  does: "Report a snapshot of the current processes.",
  short: "AadeFflo:O:p:t:u:U:wjHC:g:s:NTx",
  long: {
    "format=": "o",
    headers: "headers",
    "no-headers": "no-headers",
    "no-heading": "no-headers",
    "pid=": "p",
    "ppid=": "ppid",
    "user=": "u",
    "sort=": "sort",
    forest: "H"
  }
}

interface Process {
  readonly pid: number
  readonly ppid: number
  readonly pgid: number
  readonly sid: number
  readonly tty: string
  readonly foreground: number
  readonly state: string
  readonly uid: number
  readonly user: string
  readonly comm: string
  readonly args: string
  /** Nanoseconds since the epoch. */
  readonly started: bigint
  readonly seconds: number
}

const terminalName = (device: number): string => {
  if (device === 0) return "?"
  return major(device) === 136 ? `pts/${minor(device)}` : major(device) === 5 ? "console" : `tty${minor(device)}`
}

function* read(
  run: Utility.Run,
  pid: string,
  accounts: Accounts.Accounts,
  now: bigint,
  uptime: number
): Steps<Process | undefined> {
  const text = yield* Accounts.readSmallFile(run.sys, `/proc/${pid}/stat`)
  const owner = yield* run.stat(`/proc/${pid}`)
  // It may be gone by now.
  if (text === undefined || Errno.isErrno(owner)) return undefined
  const close = text.lastIndexOf(")")
  const comm = text.slice(text.indexOf("(") + 1, close)
  const fields = text.slice(close + 2).trim().split(" ")
  const number = (index: number): number => Number(fields[index] ?? 0)
  const words = ((yield* Accounts.readSmallFile(run.sys, `/proc/${pid}/cmdline`)) ?? "").replace(/\0$/, "")
  const state = fields[0]!
  return {
    pid: Number(pid),
    ppid: number(1),
    pgid: number(2),
    sid: number(3),
    tty: terminalName(number(4)),
    foreground: number(5),
    state,
    uid: owner.uid,
    user: accounts.userName(owner.uid) ?? String(owner.uid),
    comm: comm + (state === "Z" ? " <defunct>" : ""),
    args: words === "" ? `[${comm}]${state === "Z" ? " <defunct>" : ""}` : words.replaceAll("\0", " "),
    started: now - BigInt(Math.max(0, Math.round((uptime - number(19) / 100) * 1e9))),
    seconds: Math.floor((number(11) + number(12)) / 100)
  }
}

interface Column {
  readonly title: string
  /** Below 0: to the left. */
  readonly width: number
  readonly value: (process: Process, now: bigint) => string
}

const two = (value: number): string => String(value).padStart(2, "0")

const clock = (seconds: number): string =>
  `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`

const started = (process: Process, now: bigint): string =>
  DateFormat.format(now - process.started < 86_400_000_000_000n ? "%H:%M" : "%b%d", process.started)

const elapsed = (process: Process, now: bigint): string => {
  const seconds = Math.max(0, Number((now - process.started) / 1_000_000_000n))
  const days = Math.floor(seconds / 86_400)
  const rest = clock(seconds % 86_400)
  return days > 0 ? `${days}-${rest}` : rest.replace(/^00:/, "")
}

const stateText = (process: Process): string =>
  process.state + (process.sid === process.pid ? "s" : "") +
  (process.tty !== "?" && process.foreground === process.pgid ? "+" : "")

const column = (title: string, width: number, value: Column["value"]): Column => ({ title, width, value })

const columns: Readonly<Record<string, Column>> = {
  pid: column("PID", 7, ({ pid }) => String(pid)),
  ppid: column("PPID", 7, ({ ppid }) => String(ppid)),
  pgid: column("PGID", 7, ({ pgid }) => String(pgid)),
  sid: column("SID", 7, ({ sid }) => String(sid)),
  tty: column("TT", -8, ({ tty }) => tty),
  time: column("TIME", 8, ({ seconds }) => clock(seconds)),
  etime: column("ELAPSED", 11, elapsed),
  stat: column("STAT", -4, stateText),
  state: column("S", -1, ({ state }) => state),
  comm: column("COMMAND", -15, ({ comm }) => comm),
  args: column("COMMAND", -27, ({ args }) => args),
  user: column("USER", -8, ({ user }) => user),
  uid: column("UID", 5, ({ uid }) => String(uid)),
  c: column("C", 2, () => "0"),
  pcpu: column("%CPU", 4, () => "0.0"),
  pmem: column("%MEM", 4, () => "0.0"),
  vsz: column("VSZ", 6, () => "0"),
  rss: column("RSS", 5, () => "0"),
  nice: column("NI", 3, () => "0"),
  stime: column("STIME", 5, started),
  lstart: column("STARTED", 24, (process) => DateFormat.format("%a %b %e %H:%M:%S %Y", process.started))
}

const aliases: Readonly<Record<string, string>> = {
  pgrp: "pgid",
  session: "sid",
  sess: "sid",
  tt: "tty",
  tname: "tty",
  cputime: "time",
  s: "state",
  ucmd: "comm",
  ucomm: "comm",
  cmd: "args",
  command: "args",
  euser: "user",
  uname: "user",
  euid: "uid",
  ruid: "uid",
  "%cpu": "pcpu",
  "%mem": "pmem",
  vsize: "vsz",
  rssize: "rss",
  ni: "nice",
  start: "stime",
  start_time: "stime"
}

const titled = (name: string, title: string, width = columns[name]!.width): Column => ({
  ...columns[name]!,
  title,
  width
})

const plain = [columns["pid"]!, titled("tty", "TTY"), columns["time"]!, titled("comm", "CMD")]
const full = [
  titled("user", "UID"),
  columns["pid"]!,
  columns["ppid"]!,
  columns["c"]!,
  columns["stime"]!,
  titled("tty", "TTY"),
  columns["time"]!,
  titled("args", "CMD")
]
const bsd = [
  columns["user"]!,
  columns["pid"]!,
  columns["pcpu"]!,
  columns["pmem"]!,
  columns["vsz"]!,
  columns["rss"]!,
  titled("tty", "TTY"),
  columns["stat"]!,
  titled("stime", "START"),
  {
    ...columns["time"]!,
    width: 6,
    value: ({ seconds }: Process) => `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
  },
  columns["args"]!
]

function* chosenColumns(run: Utility.Run, text: string): Steps<ReadonlyArray<Column>> {
  const chosen: Array<Column> = []
  for (const item of text.split(/[ ,]+/).filter((part) => part !== "")) {
    const [name = "", title] = item.split("=")
    const known = columns[aliases[name] ?? name]
    if (known === undefined) {
      yield* run.error(`error: unknown user-defined format specifier "${name}"\n`)
      return yield* run.misuse()
    }
    const named = name === "cmd" ? { ...known, title: "CMD" } : known
    const width = Math.max(Math.abs(known.width), title?.length ?? 0) * Math.sign(known.width)
    chosen.push(title === undefined ? named : { ...named, title, width })
  }
  return chosen
}

const numbers = (text: string): ReadonlyArray<number> => text.split(/[ ,]+/).map(Number)

const cell = (text: string, width: number, last: boolean): string =>
  width > 0 ? text.padStart(width) : last ? text : text.padEnd(-width)

/** Which processes the options ask for. */
function* selection(
  run: Utility.Run,
  options: ReadonlyArray<Given>,
  letters: string,
  all: ReadonlyArray<Process>,
  accounts: Accounts.Accounts
): Steps<ReadonlyArray<Process>> {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  if (has("e") || has("A") || (letters.includes("a") && letters.includes("x"))) return all
  const pid = yield* run.sys.getpid()
  const self = all.find((process) => process.pid === pid)
  const picks: Array<(process: Process) => boolean> = []
  for (const { key, value } of options) {
    if (key === "p") picks.push((process) => numbers(value).includes(process.pid))
    else if (key === "ppid") picks.push((process) => numbers(value).includes(process.ppid))
    else if (key === "g" || key === "s") picks.push((process) => numbers(value).includes(process.sid))
    else if (key === "C") picks.push((process) => value.split(",").includes(process.comm))
    else if (key === "t") picks.push((process) => value.split(",").includes(process.tty))
    else if (key === "u" || key === "U") {
      const users = value.split(",").map((user) => accounts.uid(user))
      picks.push((process) => users.includes(process.uid))
    } else if (key === "a") picks.push((process) => process.tty !== "?" && process.sid !== process.pid)
    else if (key === "d") picks.push((process) => process.sid !== process.pid)
  }
  if (letters.includes("x")) picks.push((process) => process.uid === self?.uid)
  if (letters.includes("a")) picks.push((process) => process.tty !== "?")
  if (picks.length === 0) picks.push((process) => process.tty === self?.tty && process.uid === self.uid)
  return all.filter((process) => picks.some((pick) => pick(process)))
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const accounts = yield* Accounts.load(run.sys)
  const now = yield* run.sys.clockGettime("realtime")
  const uptime = Number(((yield* Accounts.readSmallFile(run.sys, "/proc/uptime")) ?? "0").split(" ")[0])
  const entries = yield* Directory.list(run.sys, "/proc")
  if (Errno.isErrno(entries)) return yield* run.die(`cannot read /proc: ${Errno.text(entries._tag)}`)
  const all: Array<Process> = []
  for (const { name } of entries) {
    const process = /^\d+$/.test(name) ? yield* read(run, name, accounts, now, uptime) : undefined
    if (process !== undefined) all.push(process)
  }
  all.sort((a, b) => a.pid - b.pid)
  // `ps aux`: letters without a dash are the options of another tradition; a mere number is a process.
  const letters = operands.filter((operand) => /^[a-z]+$/.test(operand)).join("")
  const pids = operands.filter((operand) => /^[\d,]+$/.test(operand)).map((value) => ({
    key: "p",
    value,
    hasValue: true
  }))
  const shown = yield* selection(run, [...options, ...pids], letters, all, accounts)
  const formats: Array<Column> = []
  for (const { key, value } of options) if (key === "o") formats.push(...yield* chosenColumns(run, value))
  const layout = formats.length > 0
    ? formats
    : letters.includes("u")
    ? bsd
    : options.some(({ key }) => key === "f" || key === "F")
    ? full
    : letters === ""
    ? plain
    : [columns["pid"]!, titled("tty", "TTY"), columns["stat"]!, bsd[9]!, columns["args"]!]
  const rows = shown.map((process) => layout.map(({ value }) => value(process, now)))
  const line = (cells: ReadonlyArray<string>): void =>
    run.out.line(cells.map((text, i) => cell(text, layout[i]!.width, i === cells.length - 1)).join(" "))
  const untitled = layout.every(({ title }) => title === "") || options.some(({ key }) => key === "no-headers")
  if (!untitled) line(layout.map(({ title }) => title))
  for (const row of rows) line(row)
  return shown.length === 0 ? 1 : 0
})
