/**
 * Processes as `/proc` shows them: what `ps`, `top`, `pstree`, `pgrep` and `lsof` have in common.
 *
 * @see proc_pid_stat(5)
 */
import { major, minor } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import * as Accounts from "./Accounts.js"
import * as Directory from "./Directory.js"
import { attempt, type Steps } from "./Steps.js"
import type * as Utility from "./Utility.js"

export interface Process {
  readonly pid: number
  readonly ppid: number
  readonly pgid: number
  readonly sid: number
  /** `?` without one. */
  readonly tty: string
  /** The foreground group of its terminal. */
  readonly foreground: number
  /** A letter: R, S, T, Z. */
  readonly state: string
  readonly uid: number
  readonly user: string
  /** At most 15 characters. */
  readonly name: string
  readonly argv: ReadonlyArray<string>
  readonly nice: number
  readonly threads: number
  /** Nanoseconds since the epoch. */
  readonly started: bigint
  /** Seconds since then. */
  readonly elapsed: number
  /** Time of the processor, in hundredths of a second. */
  readonly ticks: number
  /** Bytes. */
  readonly virtual: number
  /** Pages of 4 KiB. */
  readonly resident: number
}

export interface Processes {
  readonly all: ReadonlyArray<Process>
  readonly accounts: Accounts.Accounts
  /** Nanoseconds since the epoch. */
  readonly now: bigint
  /** Seconds. */
  readonly uptime: number
}

const terminalName = (device: number): string => {
  if (device === 0) return "?"
  return major(device) === 136 ? `pts/${minor(device)}` : major(device) === 5 ? "console" : `tty${minor(device)}`
}

function* one(
  run: Utility.Run,
  pid: string,
  { accounts, now, uptime }: Omit<Processes, "all">
): Steps<Process | undefined> {
  const text = yield* Accounts.readSmallFile(run.sys, `/proc/${pid}/stat`)
  const owner = yield* run.stat(`/proc/${pid}`)
  // It may be gone by now.
  if (text === undefined || Errno.isErrno(owner)) return undefined
  const close = text.lastIndexOf(")")
  const fields = text.slice(close + 2).trim().split(" ")
  const number = (index: number): number => Number(fields[index] ?? 0)
  const words = ((yield* Accounts.readSmallFile(run.sys, `/proc/${pid}/cmdline`)) ?? "").replace(/\0$/, "")
  const elapsed = Math.max(0, uptime - number(19) / 100)
  return {
    pid: Number(pid),
    ppid: number(1),
    pgid: number(2),
    sid: number(3),
    tty: terminalName(number(4)),
    foreground: number(5),
    state: fields[0]!,
    uid: owner.uid,
    user: accounts.userName(owner.uid) ?? String(owner.uid),
    name: text.slice(text.indexOf("(") + 1, close),
    argv: words === "" ? [] : words.split("\0"),
    nice: number(16),
    threads: number(17),
    started: now - BigInt(Math.round(elapsed * 1e9)),
    elapsed,
    ticks: number(11) + number(12),
    virtual: number(20),
    resident: number(21)
  }
}

/** Every process there is, in the order of their numbers. */
export function* load(run: Utility.Run): Steps<Processes> {
  const now = yield* run.sys.clockGettime("realtime")
  const uptime = Number(((yield* Accounts.readSmallFile(run.sys, "/proc/uptime")) ?? "0").split(" ")[0])
  const around = { accounts: yield* Accounts.load(run.sys), now, uptime }
  const entries = yield* Directory.list(run.sys, "/proc")
  if (Errno.isErrno(entries)) return yield* run.die(`cannot read /proc: ${Errno.text(entries._tag)}`)
  const all: Array<Process> = []
  for (const { name } of entries) {
    const process = /^\d+$/.test(name) ? yield* one(run, name, around) : undefined
    if (process !== undefined) all.push(process)
  }
  return { ...around, all: all.sort((a, b) => a.pid - b.pid) }
}

/** The command line; the name in brackets where there is none. */
export const commandLine = ({ argv, name, state }: Process): string =>
  argv.length > 0 ? argv.join(" ") : `[${name}]${state === "Z" ? " <defunct>" : ""}`

/** Children of each process, by its number. */
export const childrenOf = (all: ReadonlyArray<Process>): ReadonlyMap<number, ReadonlyArray<Process>> => {
  const children = new Map<number, Array<Process>>()
  for (const process of all) {
    const siblings = children.get(process.ppid)
    if (siblings === undefined) children.set(process.ppid, [process])
    else siblings.push(process)
  }
  return children
}

/** Sends a signal; answers what went wrong. */
export function* signal(run: Utility.Run, pid: number, number: number): Steps<Errno.Any | undefined> {
  const answer = yield* attempt(run.sys.kill(pid, number))
  return Errno.isErrno(answer) ? answer : undefined
}
