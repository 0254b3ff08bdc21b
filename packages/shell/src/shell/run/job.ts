/**
 * Jobs in the foreground: process groups, the terminal, and what is told of how they ended.
 *
 * @see bash(1) JOB CONTROL
 */
import { SIGINT, signalTable, SIGPIPE, SIGTERM } from "@effix/kernel/abi/Signals"
import { TCSADRAIN, type Termios } from "@effix/kernel/abi/Termios"
import { shellCode, type WaitStatus } from "@effix/kernel/abi/WaitStatus"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { FileAction } from "@effix/kernel/Sys"
import { type Job, stateOf } from "../state/Jobs.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { prefix, writeAll } from "./report.js"
import { waitFor } from "./wait.js"

interface GroupOptions {
  readonly processGroup?: number
  readonly actions?: ReadonlyArray<FileAction>
}

/** The group of a new job in the foreground, or the one that its first process has made. */
export const groupOptions = (shell: Shell, group = 0, background = false): GroupOptions => {
  if (!shell.options.monitor) return {}
  if (background || shell.terminal === undefined) return { processGroup: group }
  return { processGroup: group, actions: [{ _tag: "Foreground", fd: shell.terminal }] }
}

const texts = new Map<number, string>(Object.values(signalTable).map(([signal, , text]) => [signal, text]))

/** How a process ended or stopped, as `jobs` says it; by what it was stopped, only `jobs -l` tells. */
const describe = (status: WaitStatus | undefined, long = false): string => {
  if (status === undefined || status._tag === "Continued") return "Running"
  if (status._tag === "Exited") return status.code === 0 ? "Done" : `Exit ${status.code}`
  const text = texts.get(status.signal) ?? `Signal ${status.signal}`
  if (status._tag === "Stopped") return long ? text : "Stopped"
  return status.coreDumped ? `${text} (core dumped)` : text
}

/** The terminal's settings, for after a job that may change them. */
function* terminalSettings(shell: Shell): Run<Termios | undefined> {
  if (shell.terminal === undefined) return undefined
  const settings = yield* call(shell.sys.tcgetattr(shell.terminal))
  return Errno.isErrno(settings) ? undefined : settings
}

/** Takes the terminal back from a job. */
export function* takeTerminal(shell: Shell, settings: Termios | undefined): Run<void> {
  if (shell.terminal === undefined) return
  const group = yield* call(shell.sys.getpgid(0))
  if (typeof group === "number") yield* call(shell.sys.tcsetpgrp(shell.terminal, group))
  if (settings !== undefined) yield* call(shell.sys.tcsetattr(shell.terminal, TCSADRAIN, settings))
}

/** One line of `jobs`. */
export const jobLine = (shell: Shell, job: Job, long = false): string => {
  const { current, previous } = shell.jobs.listed()
  const mark = job === current ? "+" : job === previous ? "-" : " "
  const state = stateOf(job)
  const last = job.processes[job.processes.length - 1]!
  const status = state === "running"
    ? undefined
    : state === "stopped"
    ? job.processes.find((process) => process.status?._tag === "Stopped")?.status
    : last.status
  const pid = long ? `${String(job.processes[0]!.pid).padStart(5)} ` : ""
  const tail = state === "running" ? " &" : ""
  return `[${job.id}]${mark}  ${pid}${describe(status, long).padEnd(24)}${job.source}${tail}\n`
}

/**
 * Waits for a job in the foreground and answers its status: that of its last process, or with `pipefail` of the last
 * that failed.
 */
export function* foreground(
  shell: Shell,
  pids: ReadonlyArray<number>,
  source: () => string,
  pipeline: boolean,
  statuses?: Array<number>
): Run<number> {
  const { monitor } = shell.options
  const settings = monitor ? yield* terminalSettings(shell) : undefined
  const ended: Array<WaitStatus> = []
  for (const pid of pids) ended.push(yield* waitFor(shell, pid, monitor))
  if (monitor) yield* takeTerminal(shell, settings)
  const stopped = ended.find((status) => status._tag === "Stopped")
  if (stopped !== undefined) {
    const job = shell.jobs.add(monitor ? pids[0]! : 0, pids, source(), false)
    ended.forEach((status, index) => job.processes[index]!.status = status)
    job.told = true
    yield* writeAll(shell, 2, Bytes.encode(`\n${jobLine(shell, job)}`))
    return shellCode(stopped)
  }
  const last = ended[ended.length - 1]!
  yield* tell(shell, pids[pids.length - 1]!, last, source)
  const codes = ended.map(shellCode)
  if (pipeline) statuses?.push(...codes)
  const status = shellCode(last)
  if (!shell.options.pipefail) return status
  return codes.reduce((failed, code) => code === 0 ? failed : code, 0)
}

/** The same of one in the background that was waited for: a script is told, unless it was asked to end. */
export function* tellOfBackground(shell: Shell, job: Job, pid: number, status: WaitStatus): Run<void> {
  if (shell.interactive || (status._tag === "Signaled" && status.signal === SIGTERM)) return
  yield* tell(shell, pid, status, () => job.source)
}

/** A signal ended a program in the foreground: the user is told which. */
function* tell(shell: Shell, pid: number, status: WaitStatus, source: () => string): Run<void> {
  if (status._tag !== "Signaled") return
  if (status.signal === SIGINT) {
    if (shell.interactive) yield* writeAll(shell, 2, Bytes.encode("\n"))
    return
  }
  if (status.signal === SIGPIPE || shell.subshell > 0 || (shell.from === "c" && shell.options.posix)) return
  const text = describe(status)
  yield* writeAll(
    shell,
    2,
    Bytes.encode(
      shell.interactive || status.signal === SIGTERM
        ? `${text}\n`
        : `${prefix(shell)}${String(pid).padStart(5)} ${text.padEnd(23)} ${source()}\n`
    )
  )
}
