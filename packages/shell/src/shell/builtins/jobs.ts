/**
 * Job control: `jobs`, `fg`, `bg`, `wait`, `disown`, `kill`.
 *
 * @see bash(1) JOB CONTROL BUILTINS
 */
import { SIGCHLD, SIGCONT, SIGHUP, SIGSTOP, SIGTERM } from "@effix/kernel/abi/Signals"
import { shellCode, type WaitStatus } from "@effix/kernel/abi/WaitStatus"
import * as Errno from "@effix/kernel/Errno"
import { builtin as killMain } from "../../coreutils/kill.js"
import * as SignalNames from "../../SignalNames.js"
import { disposeCoprocesses } from "../run/coprocess.js"
import { checkpoint } from "../run/evaluate.js"
import { foreground, jobLine, takeTerminal, tellOfBackground } from "../run/job.js"
import { print } from "../run/report.js"
import { reap } from "../run/wait.js"
import { type Job, lastStatus, stateOf } from "../state/Jobs.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { utility } from "./utility.js"

const noSuchJob = (name: string, specification: string, found: "ambiguous" | undefined): string =>
  found === "ambiguous" ? `${specification}: ambiguous job spec` : `${specification}: no such job`

export const jobs: Builtin = function*(shell, argv) {
  const given = flags(argv, "lnprs")
  if (typeof given === "string") return yield* misuse(shell, "jobs", given)
  const { letters, rest } = given
  yield* reap(shell)
  let status = 0
  const chosen: Array<Job> = []
  for (const specification of rest) {
    const job = shell.jobs.find(specification)
    if (typeof job === "object") chosen.push(job)
    else status = yield* complain(shell, "jobs", noSuchJob("jobs", specification, job))
  }
  const list = rest.length > 0 ? chosen : [...shell.jobs.listed().list]
  let text = ""
  for (const job of list) {
    const state = stateOf(job)
    if (letters.includes("r") && state !== "running") continue
    if (letters.includes("s") && state !== "stopped") continue
    text += letters.includes("p") ? `${job.processes[0]!.pid}\n` : jobLine(shell, job, letters.includes("l"))
    job.told = true
  }
  for (const job of list) if (stateOf(job) === "done") forget(shell, job)
  yield* print(shell, "jobs", text)
  return status
}

/** Removes a job that is over; what its processes ended with can still be asked for once. */
export const forget = (shell: Shell, job: Job): void => {
  shell.jobs.remove(job)
  for (const { pid, status } of job.processes) if (status !== undefined) shell.jobs.remember(pid, status)
}

function* named(shell: Shell, builtin: string, specification: string | undefined): Run<Job | number> {
  if (!shell.options.monitor) return yield* complain(shell, builtin, "no job control")
  const job = shell.jobs.find(specification ?? "")
  if (typeof job === "object") return job
  return yield* complain(
    shell,
    builtin,
    specification === undefined ? "current: no such job" : noSuchJob(builtin, specification, job)
  )
}

const resume = (job: Job): void => {
  for (const process of job.processes) if (process.status?._tag === "Stopped") process.status = undefined
}

export const fg: Builtin = function*(shell, argv) {
  const job = yield* named(shell, "fg", argv[1] === "--" ? argv[2] : argv[1])
  if (typeof job === "number") return job
  yield* print(shell, "fg", `${job.source}\n`)
  if (shell.terminal !== undefined) yield* call(shell.sys.tcsetpgrp(shell.terminal, job.group))
  yield* call(shell.sys.kill(-job.group, SIGCONT))
  resume(job)
  const pids = job.processes.filter((process) => process.status === undefined).map((process) => process.pid)
  shell.jobs.remove(job)
  if (pids.length === 0) {
    yield* takeTerminal(shell, undefined)
    return shellCode(lastStatus(job)!)
  }
  return yield* foreground(shell, pids, () => job.source, false)
}

export const bg: Builtin = function*(shell, argv) {
  let status = 0
  for (const specification of argv.length > 1 ? argv.slice(1) : [undefined]) {
    const job = yield* named(shell, "bg", specification)
    if (typeof job === "number") {
      status = job
      continue
    }
    resume(job)
    job.background = true
    yield* call(shell.sys.kill(-job.group, SIGCONT))
    shell.lastBackground = job.processes[job.processes.length - 1]!.pid
    yield* print(shell, "bg", `[${job.id}]${job === shell.jobs.current ? "+" : "-"} ${job.source} &\n`)
  }
  return status
}

export const disown: Builtin = function*(shell, argv) {
  const given = flags(argv, "ahr")
  if (typeof given === "string") return yield* misuse(shell, "disown", given)
  const { letters, rest } = given
  const all = letters.includes("a") ? [...shell.jobs.list] : []
  if (rest.length === 0 && !letters.includes("a") && shell.jobs.current === undefined) {
    return yield* complain(shell, "disown", "current: no such job")
  }
  for (const specification of rest.length > 0 || letters.includes("a") ? rest : ["%%"]) {
    const job = shell.jobs.byPid(Number(specification)) ?? shell.jobs.find(specification)
    if (typeof job !== "object") return yield* complain(shell, "disown", noSuchJob("disown", specification, job))
    all.push(job)
  }
  for (const job of all) {
    if (letters.includes("h")) job.disowned = true
    else shell.jobs.remove(job)
  }
  return 0
}

/** `suspend`: stops the shell itself, until somebody continues it. */
export const suspend: Builtin = function*(shell, argv) {
  const given = flags(argv, "f")
  if (typeof given === "string") return yield* misuse(shell, "suspend", given)
  if (!shell.options.monitor) return yield* complain(shell, "suspend", "cannot suspend: no job control")
  const isLeader = (yield* call(shell.sys.getsid(0))) === (yield* shell.sys.getpid())
  if (isLeader && !given.letters.includes("f")) {
    return yield* complain(shell, "suspend", "cannot suspend a login shell")
  }
  yield* call(shell.sys.kill(yield* shell.sys.getpid(), SIGSTOP))
  return 0
}

/** Waits for one process; 128 and more when a trap came in between. */
function* waitOne(shell: Shell, pid: number): Run<WaitStatus | number> {
  for (;;) {
    const known = shell.jobs.statusOf(pid)
    if (known !== undefined && known._tag !== "Stopped" && known._tag !== "Continued") return known
    const waited = yield* call(shell.sys.wait(pid))
    if (waited === undefined) continue
    if (!Errno.isErrno(waited)) {
      if (shell.jobs.update(pid, waited.status) === undefined) shell.jobs.remember(pid, waited.status)
      shell.jobs.children.delete(pid)
      // A signal that came just before it ended is told first; how it ended can still be asked for.
      if (shell.traps.actions.size > 0) yield* shell.sys.sigpending()
      const caught = cuttingShort(shell)
      return caught === undefined ? waited.status : 128 + caught
    }
    if (waited._tag !== "EINTR") return 127
    const signal = cuttingShort(shell)
    if (signal !== undefined) return 128 + signal
    yield* checkpoint(shell)
  }
}

/** The signal that ends a wait. The end of a child does that in POSIX's mode alone. */
const cuttingShort = ({ options, traps }: Shell): number | undefined =>
  traps.pending.find((signal) => options.posix || signal !== SIGCHLD)

/** Waits for all processes of a job; its status is that of the last. */
function* waitJob(shell: Shell, job: Job): Run<number> {
  let status = 0
  for (const { pid } of [...job.processes]) {
    const ended = yield* waitOne(shell, pid)
    if (typeof ended === "number") {
      if (ended > 128) return ended
      status = ended
    } else {
      yield* tellOfBackground(shell, job, pid, ended)
      status = shellCode(ended)
    }
  }
  shell.jobs.remove(job)
  for (const { pid, status: last } of job.processes) if (last !== undefined) shell.jobs.remember(pid, last)
  return status
}

/** The jobs that `wait -n` is given; those that there are not are told. */
function* chosen(shell: Shell, specifications: ReadonlyArray<string>): Run<ReadonlySet<Job>> {
  const jobs = new Set<Job>()
  for (const specification of specifications) {
    const job = specification.startsWith("%")
      ? shell.jobs.find(specification)
      : shell.jobs.byPid(Number(specification))
    if (typeof job === "object") jobs.add(job)
    else yield* complain(shell, "wait", noSuchJob("wait", specification, job), 127)
  }
  return jobs
}

/** `wait -n`: the next that ends, of all or of some. */
function* waitNext(shell: Shell, variable: string | undefined, among: ReadonlySet<Job> | undefined): Run<number> {
  for (;;) {
    for (const job of shell.jobs.list) {
      if (stateOf(job) !== "done" || among?.has(job) === false) continue
      const status = lastStatus(job)!
      if (variable !== undefined) shell.assign(variable, String(job.processes[job.processes.length - 1]!.pid))
      forget(shell, job)
      return shellCode(status)
    }
    if (shell.jobs.list.length === 0 || among?.size === 0) return 127
    const waited = yield* call(shell.sys.wait(-1))
    if (waited === undefined) continue
    if (!Errno.isErrno(waited)) {
      shell.jobs.update(waited.pid, waited.status)
      shell.jobs.children.delete(waited.pid)
      continue
    }
    if (waited._tag !== "EINTR") return 127
    const signal = cuttingShort(shell)
    if (signal !== undefined) return 128 + signal
    yield* checkpoint(shell)
  }
}

export const wait: Builtin = function*(shell, argv, context) {
  const status = yield* waiting(shell, argv, context)
  if (shell.coprocesses.length > 0) yield* disposeCoprocesses(shell)
  return status
}

const waiting: Builtin = function*(shell, argv) {
  const given = flags(argv, "fnp:")
  if (typeof given === "string") return yield* misuse(shell, "wait", given)
  const { letters, rest, values } = given
  const variable = values.get("p")
  if (variable !== undefined) shell.variables.unset(variable)
  if (letters.includes("n")) {
    return yield* waitNext(shell, variable, rest.length === 0 ? undefined : yield* chosen(shell, rest))
  }
  if (rest.length === 0) {
    for (const job of [...shell.jobs.list]) {
      const status = yield* waitJob(shell, job)
      if (status > 128 && cuttingShort(shell) !== undefined) return status
    }
    for (const pid of [...shell.jobs.children]) {
      const ended = yield* waitOne(shell, pid)
      if (typeof ended === "number" && ended > 128) return ended
    }
    shell.jobs.ended.clear()
    return 0
  }
  let status = 0
  for (const specification of rest) {
    if (specification.startsWith("%")) {
      const job = shell.jobs.find(specification)
      if (typeof job === "object") {
        if (variable !== undefined) shell.assign(variable, String(job.processes[job.processes.length - 1]!.pid))
        status = yield* waitJob(shell, job)
      } else status = yield* complain(shell, "wait", noSuchJob("wait", specification, job), 127)
      continue
    }
    if (!/^[0-9]+$/.test(specification)) {
      status = yield* complain(shell, "wait", `\`${specification}': not a pid or valid job spec`)
      continue
    }
    if (variable !== undefined) shell.assign(variable, specification)
    status = yield* waitPid(shell, Number(specification))
    if (status > 128 && cuttingShort(shell) !== undefined) return status
  }
  return status
}

function* waitPid(shell: Shell, pid: number): Run<number> {
  const job = shell.jobs.byPid(pid)
  const known = job !== undefined || shell.jobs.children.has(pid) || shell.jobs.ended.has(pid)
  if (!known) return yield* complain(shell, "wait", `pid ${pid} is not a child of this shell`, 127)
  const ended = yield* waitOne(shell, pid)
  if (typeof ended === "number") return ended
  if (job !== undefined) yield* tellOfBackground(shell, job, pid, ended)
  if (job !== undefined && stateOf(job) === "done") forget(shell, job)
  // It has been told now; for POSIX, asking again is a mistake.
  if (shell.options.posix) shell.jobs.ended.delete(pid)
  return shellCode(ended)
}

const killProgram = utility(killMain)

/** Signals that a stopped job is to die of, and cannot unless it goes on. */
const ending: ReadonlyArray<number | undefined> = [SIGTERM, SIGHUP]

const signalOf = ([, first = "", second = ""]: ReadonlyArray<string>): number | undefined =>
  !first.startsWith("-") || first === "--"
    ? SIGTERM
    : SignalNames.parse(/^-[sn]$/.test(first) ? second : first.replace(/^-s?/, ""))

/** `kill`, which knows jobs. */
export const kill: Builtin = function*(shell, argv, context) {
  const out: Array<string> = []
  const stopped: Array<Job> = []
  for (const argument of argv) {
    if (!argument.startsWith("%")) {
      out.push(argument)
      continue
    }
    const job = shell.jobs.find(argument)
    if (typeof job !== "object") return yield* complain(shell, "kill", noSuchJob("kill", argument, job))
    if (stateOf(job) === "stopped" && ending.includes(signalOf(argv))) stopped.push(job)
    if (job.group > 0) {
      if (!out.includes("--")) out.push("--")
      out.push(String(-job.group))
    } else out.push(...job.processes.map(({ pid }) => String(pid)))
  }
  const status = yield* killProgram(shell, out, context)
  for (const { group } of stopped) if (group > 0) yield* call(shell.sys.kill(-group, SIGCONT))
  return status
}
