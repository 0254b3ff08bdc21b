/**
 * Lists processes, as `/proc` shows them.
 *
 * @see ps(1)
 */
import type * as Accounts from "../Accounts.js"
import * as DateFormat from "../DateFormat.js"
import * as Options from "../Options.js"
import * as ProcessList from "../ProcessList.js"
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
    forest: "forest"
  }
}

type Process = ProcessList.Process

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
  process.state + (process.nice < 0 ? "<" : process.nice > 0 ? "N" : "") + (process.sid === process.pid ? "s" : "") +
  (process.tty !== "?" && process.foreground === process.pgid ? "+" : "")

/** Per cent of the time since it started. */
const usage = ({ elapsed, ticks }: Process): number => elapsed > 0 ? Math.min(ticks / elapsed, 99.9) : 0

const column = (title: string, width: number, value: Column["value"]): Column => ({ title, width, value })

const columns: Readonly<Record<string, Column>> = {
  pid: column("PID", 7, ({ pid }) => String(pid)),
  ppid: column("PPID", 7, ({ ppid }) => String(ppid)),
  pgid: column("PGID", 7, ({ pgid }) => String(pgid)),
  sid: column("SID", 7, ({ sid }) => String(sid)),
  tty: column("TT", -8, ({ tty }) => tty),
  tpgid: column("TPGID", 7, ({ foreground }) => String(foreground)),
  time: column("TIME", 8, ({ ticks }) => clock(Math.floor(ticks / 100))),
  times: column("TIME", 8, ({ ticks }) => String(Math.floor(ticks / 100))),
  etimes: column("ELAPSED", 7, ({ elapsed }) => String(Math.floor(elapsed))),
  etime: column("ELAPSED", 11, elapsed),
  stat: column("STAT", -4, stateText),
  state: column("S", -1, ({ state }) => state),
  comm: column("COMMAND", -15, ({ name, state }) => name + (state === "Z" ? " <defunct>" : "")),
  args: column("COMMAND", -27, ProcessList.commandLine),
  user: column("USER", -8, ({ user }) => user),
  uid: column("UID", 5, ({ uid }) => String(uid)),
  c: column("C", 2, (process) => String(Math.floor(usage(process)))),
  pcpu: column("%CPU", 4, (process) => usage(process).toFixed(1)),
  pmem: column("%MEM", 4, () => "0.0"),
  vsz: column("VSZ", 6, ({ virtual }) => String(Math.floor(virtual / 1024))),
  rss: column("RSS", 5, ({ resident }) => String(resident * 4)),
  sz: column("SZ", 5, ({ virtual }) => String(Math.floor(virtual / 4096))),
  nice: column("NI", 3, ({ nice }) => String(nice)),
  pri: column("PRI", 3, ({ nice }) => String(19 - nice)),
  opri: column("PRI", 3, ({ nice }) => String(80 + nice)),
  nlwp: column("NLWP", 4, ({ threads }) => String(threads)),
  flags: column("F", 1, ({ uid }) => uid === 0 ? "4" : "0"),
  addr: column("ADDR", 4, () => "-"),
  wchan: column("WCHAN", -6, () => "-"),
  psr: column("PSR", 3, () => "0"),
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
  start_time: "stime",
  f: "flags",
  thcount: "nlwp",
  psz: "sz",
  priority: "pri"
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
const long = [
  columns["flags"]!,
  columns["state"]!,
  columns["uid"]!,
  columns["pid"]!,
  columns["ppid"]!,
  columns["c"]!,
  columns["opri"]!,
  columns["nice"]!,
  columns["addr"]!,
  columns["sz"]!,
  columns["wchan"]!,
  titled("tty", "TTY"),
  columns["time"]!,
  titled("comm", "CMD")
]
const extraFull = [...full.slice(0, 4), columns["sz"]!, columns["rss"]!, columns["psr"]!, ...full.slice(4)]
const jobs = [
  columns["pid"]!,
  columns["pgid"]!,
  columns["sid"]!,
  titled("tty", "TTY"),
  columns["time"]!,
  titled("comm", "CMD")
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
    value: ({ ticks }: Process) => `${Math.floor(ticks / 6000)}:${two(Math.floor(ticks / 100) % 60)}`
  },
  columns["args"]!
]

const bsdPlain = [columns["pid"]!, titled("tty", "TTY"), columns["stat"]!, bsd[9]!, columns["args"]!]
const bsdJobs = [
  columns["ppid"]!,
  columns["pid"]!,
  columns["pgid"]!,
  columns["sid"]!,
  titled("tty", "TTY"),
  columns["tpgid"]!,
  columns["stat"]!,
  columns["uid"]!,
  bsd[9]!,
  columns["args"]!
]
const bsdLong = [
  columns["flags"]!,
  columns["uid"]!,
  columns["pid"]!,
  columns["ppid"]!,
  columns["pri"]!,
  columns["nice"]!,
  columns["vsz"]!,
  columns["rss"]!,
  columns["wchan"]!,
  columns["stat"]!,
  titled("tty", "TTY"),
  bsd[9]!,
  columns["args"]!
]

/** The columns that a format of `-o` or a letter asks for. */
const layoutOf = (has: (wanted: string) => boolean, letters: string): ReadonlyArray<Column> => {
  if (letters.includes("u")) return bsd
  if (letters.includes("j")) return bsdJobs
  if (letters.includes("l")) return bsdLong
  if (has("F")) return extraFull
  if (has("l")) return long
  if (has("f")) return full
  if (has("j")) return jobs
  return letters === "" ? plain : bsdPlain
}

/** What processes are sorted by: numbers as numbers. */
const keyOf = (name: string): (process: Process, now: bigint) => number | string => {
  const known = aliases[name] ?? name
  if (known === "stime" || known === "lstart" || known === "etime" || known === "etimes") {
    return ({ elapsed }) => known === "etime" || known === "etimes" ? elapsed : -elapsed
  }
  if (known === "time" || known === "times") return ({ ticks }) => ticks
  if (known === "pcpu" || known === "c") return usage
  return (process, now) => {
    const text = columns[known]?.value(process, now) ?? ""
    return /^-?[\d.]+$/.test(text) ? Number(text) : text
  }
}

function* sorted(
  run: Utility.Run,
  text: string | undefined,
  shown: ReadonlyArray<Process>,
  now: bigint
): Steps<ReadonlyArray<Process>> {
  if (text === undefined) return shown
  const keys: Array<{ readonly key: ReturnType<typeof keyOf>; readonly sign: number }> = []
  for (const item of text.split(",")) {
    const name = item.replace(/^[-+]/, "")
    if (columns[aliases[name] ?? name] === undefined) {
      yield* run.error(`error: unknown sort specifier\n`)
      return yield* run.misuse()
    }
    keys.push({ key: keyOf(name), sign: item.startsWith("-") ? -1 : 1 })
  }
  return [...shown].sort((a, b) => {
    for (const { key, sign } of keys) {
      const [left, right] = [key(a, now), key(b, now)]
      if (left !== right) return left < right ? -sign : sign
    }
    return a.pid - b.pid
  })
}

/** Parents before their children, and how far each is set in. */
const forest = (shown: ReadonlyArray<Process>, lines: boolean): ReadonlyArray<readonly [Process, string]> => {
  const children = ProcessList.childrenOf(shown)
  const pids = new Set(shown.map(({ pid }) => pid))
  const rows: Array<readonly [Process, string]> = []
  const add = (process: Process, before: string, head: string): void => {
    rows.push([process, head])
    const below = children.get(process.pid) ?? []
    below.forEach((child, i) => {
      const next = before + (lines ? " \\_ " : "  ")
      add(child, before + (lines ? (i === below.length - 1 ? "    " : " |  ") : "  "), next)
    })
  }
  for (const process of shown) if (!pids.has(process.ppid)) add(process, "", "")
  return rows
}

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
  options: ReadonlyArray<Options.Given>,
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
    else if (key === "C") picks.push((process) => value.split(",").includes(process.name))
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

/** `ps aux`: letters without a dash are the options of another tradition; a mere number is a process. */
const bsdOptions = (
  operands: ReadonlyArray<string>
): { readonly letters: string; readonly given: Array<Options.Given> } => {
  let letters = ""
  const given: Array<Options.Given> = []
  const add = (key: string, value: string): void => void given.push({ key, value, hasValue: true })
  for (let at = 0; at < operands.length; at++) {
    const operand = operands[at]!
    if (/^[\d,]+$/.test(operand)) add("p", operand)
    else if (/^[a-zA-Z]*[oO]$/.test(operand)) {
      letters += operand.slice(0, -1)
      add("o", operands[++at] ?? "")
    } else if (/^[a-zA-Z]*[pU]$/.test(operand) && operands[at + 1] !== undefined) {
      letters += operand.slice(0, -1)
      add(operand.at(-1)!, operands[++at]!)
    } else if (operand.startsWith("k")) add("sort", operand.slice(1) || (operands[++at] ?? ""))
    else letters += operand
  }
  return { letters, given }
}

export const main = Utility.make(utility, function*(run, parsed) {
  const { accounts, all, now } = yield* ProcessList.load(run)
  const { given, letters } = bsdOptions(parsed.operands)
  const options = [...parsed.options, ...given]
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const chosen = yield* selection(run, options, letters, all, accounts)
  const shown = yield* sorted(run, Options.last(options, "sort")?.value, chosen, now)
  const formats: Array<Column> = []
  for (const { key, value } of options) if (key === "o") formats.push(...yield* chosenColumns(run, value))
  const layout = formats.length > 0 ? formats : layoutOf(has, letters)
  const tree = has("forest") || letters.includes("f")
  const ordered = tree || has("H") ? forest(shown, tree) : shown.map((process) => [process, ""] as const)
  const drawn = new Set([columns["args"]!.value, columns["comm"]!.value])
  const rows = ordered.map(([process, head]) =>
    layout.map(({ value }) => (drawn.has(value) ? head : "") + value(process, now))
  )
  const line = (cells: ReadonlyArray<string>): void =>
    run.out.line(cells.map((text, i) => cell(text, layout[i]!.width, i === cells.length - 1)).join(" "))
  const untitled = layout.every(({ title }) => title === "") || has("no-headers") || letters.includes("h")
  if (!untitled) line(layout.map(({ title }) => title))
  for (const row of rows) line(row)
  return shown.length === 0 ? 1 : 0
})
