/**
 * Prints the system calls that a command makes, or processes that run already.
 *
 * @see strace(1)
 */
import { F_SETFD, FD_CLOEXEC } from "@effix/kernel/abi/Fcntl"
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import { SIG_BLOCK, SIG_SETMASK } from "@effix/kernel/abi/SignalFlags"
import { SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM } from "@effix/kernel/abi/Signals"
import { shellCode, type WaitStatus, WNOHANG } from "@effix/kernel/abi/WaitStatus"
import * as Errno from "@effix/kernel/Errno"
import * as SignalSet from "@effix/kernel/SignalSet"
import * as Trace from "@effix/kernel/Trace"
import { BufferedWriter } from "../BufferedWriter.js"
import * as Launch from "../Launch.js"
import type { Given } from "../Options.js"
import * as Quote from "../Quote.js"
import * as SignalNames from "../SignalNames.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import * as StraceCount from "./straceCount.js"

const utility: Utility.Utility = {
  usage: "[-cCfqzZ] [-e trace=[!]CALL[,CALL]...] [-o FILE] {-p PID... | COMMAND [ARG]...}",
  does: "Print every system call that COMMAND makes, or that processes make from now on.",
  short: "+CZcfqzo:p:e:",
  long: {
    "failed-only": "Z",
    "follow-forks": "f",
    "output=": "o",
    "attach=": "p",
    quiet: "q",
    "successful-only": "z",
    "summary-only": "c",
    summary: "C",
    "trace=": "trace"
  },
  permute: false
}

/** How long a line may be on its way, in milliseconds, while nothing else happens. */
const PATIENCE = 50

const fileCalls =
  /^(open|stat|lstat|access|exec|chdir|mkdir|rmdir|unlink|rename|link|symlink|readlink|chmod|chown|truncate)/
const processCalls = /^(spawn|exec|exit|wait|kill)/
const groups: Readonly<Record<string, RegExp>> = {
  all: /^/,
  none: /^$/,
  file: fileCalls,
  "%file": fileCalls,
  process: processCalls,
  "%process": processCalls
}

/** What `-e trace=` chooses. */
const chosen = (text: string): (call: string) => boolean => {
  const isNot = text.startsWith("!")
  const names = (isNot ? text.slice(1) : text).split(",")
  const includes = (call: string): boolean =>
    names.some((name) => name === call || groups[name]?.test(call) === true || (name === "execve" && call === "exec"))
  return (call) => includes(call) !== isNot
}

interface Asked {
  choose: (call: string) => boolean
  outcome: "Success" | "Failure" | undefined
  follow: boolean
  count: boolean
  print: boolean
  quiet: boolean
  output: string | undefined
  attached: ReadonlyArray<number>
}

function* read(run: Utility.Run, options: ReadonlyArray<Given>): Steps<Asked> {
  const asked: Asked = {
    choose: () => true,
    outcome: undefined,
    follow: false,
    count: false,
    print: true,
    quiet: false,
    output: undefined,
    attached: []
  }
  for (const { key, value } of options) {
    if (key === "f") asked.follow = true
    else if (key === "c") {
      asked.count = true
      asked.print = false
    } else if (key === "C") asked.count = true
    else if (key === "q") asked.quiet = true
    else if (key === "z") asked.outcome = "Success"
    else if (key === "Z") asked.outcome = "Failure"
    else if (key === "o") asked.output = value
    else if (key === "p") {
      const pids = value.split(/[\s,]+/).filter((each) => each !== "")
      const wrong = pids.find((each) => !/^[1-9]\d*$/.test(each))
      if (wrong !== undefined || pids.length === 0) return yield* run.die(`Invalid process id: '${wrong ?? value}'`)
      asked.attached = [...asked.attached, ...pids.map(Number)]
    } else if (key === "trace") asked.choose = chosen(value)
    else if (!value.includes("=")) asked.choose = chosen(value)
    else if (value.startsWith("trace=")) asked.choose = chosen(value.slice(6))
    else return yield* run.misuse(`invalid -e expression ${Quote.value(value)}`)
  }
  return asked
}

const isAnswered = (event: Trace.Event): boolean => event.exit._tag === "Success"

/** The number of the process stands in front of a line only where there may be several. */
const line = (event: Trace.Event, named: boolean): string => {
  const text = Trace.format(event)
  return named ? text.replace(/^\[(\d+)\]/, "[pid $1]") : text.replace(/^\[\d+\] /, "")
}

const last = (status: WaitStatus): string =>
  status._tag === "Signaled"
    ? `+++ killed by SIG${SignalNames.name(status.signal)}${status.coreDumped ? " (core dumped)" : ""} +++`
    : `+++ exited with ${shellCode(status)} +++`

/** What is told of processes, until it is printed. */
class Told {
  readonly counted = new StraceCount.Counted()
  readonly events: Array<Trace.Event> = []
  readonly endings: Array<readonly [pid: number, status: WaitStatus]> = []

  readonly tracer: Trace.Tracer

  constructor(private readonly asked: Asked) {
    this.tracer = {
      listen: (event) => this.listen(event),
      ended: (pid, status) => void this.endings.push([pid, status]),
      follow: asked.follow
    }
  }

  private listen(event: Trace.Event): void {
    const { choose, count, outcome, print } = this.asked
    if (!choose(event.call)) return
    if (outcome !== undefined && isAnswered(event) !== (outcome === "Success")) return
    if (count) this.counted.add(event)
    if (print) this.events.push(Trace.kept(event))
  }

  *print(out: BufferedWriter, isNamed: (pid: number) => boolean): Steps<void> {
    for (const event of this.events.splice(0)) out.line(line(event, isNamed(event.pid)))
    if (out.length > 0) yield* out.flush()
  }
}

const hushed = SignalSet.of(SIGCHLD, SIGINT, SIGQUIT)

export const main = Utility.make(utility, function*(run, { operands: argv, options }) {
  const { sys } = run
  const asked = yield* read(run, options)
  if (argv.length === 0 && asked.attached.length === 0) return yield* run.misuse("must have PROG [ARGS] or -p PID")
  if (argv.length > 0 && asked.attached.length > 0) return yield* run.misuse("-p PID and PROG are not traced together")
  let fd = 2
  if (asked.output !== undefined) {
    const opened = yield* attempt(sys.open(asked.output, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (Errno.isErrno(opened)) {
      return yield* run.die(`Can't fopen '${asked.output}': ${Errno.text(opened._tag)}`)
    }
    // The command is not to have it.
    yield* attempt(sys.fcntl(opened, F_SETFD, FD_CLOEXEC))
    fd = opened
  }
  const out = new BufferedWriter(sys, fd)
  const told = new Told(asked)
  return yield* argv.length === 0 ? attached(run, asked, told, out) : command(run, asked, told, out, argv)
})

/** Runs a command, and tells of it. */
function* command(
  run: Utility.Run,
  asked: Asked,
  told: Told,
  out: BufferedWriter,
  argv: ReadonlyArray<string>
): Steps<number> {
  const { sys } = run
  // ^C is for the command; its end is waited for.
  const before = yield* attempt(sys.sigprocmask(SIG_BLOCK, hushed))
  const signalMask = typeof before === "bigint" ? before : SignalSet.empty
  const env = yield* sys.environ()
  const pid = yield* Launch.spawn(sys, { argv, env }, { signalMask, tracer: told.tracer })
  if (Errno.isErrno(pid)) {
    const why = pid._tag === "ENOENT" ? `Can't stat '${argv[0]!}'` : `exec: ${argv[0]!}`
    return yield* run.die(`${why}: ${Errno.text(pid._tag)}`)
  }
  if (asked.print && asked.outcome !== "Failure" && asked.choose("exec")) {
    out.line(`execve(${JSON.stringify(argv[0])}, [${argv.map((each) => JSON.stringify(each)).join(", ")}]) = 0`)
  }
  const isNamed = (each: number): boolean => asked.follow && each !== pid
  while (true) {
    yield* told.print(out, isNamed)
    const waited = yield* attempt(sys.wait(pid, WNOHANG))
    if (Errno.isErrno(waited)) return 1
    if (waited !== undefined) {
      yield* told.print(out, isNamed)
      if (asked.print && !asked.quiet) out.line(last(waited.status))
      if (asked.count) out.text(told.counted.table())
      yield* out.flush()
      return shellCode(waited.status)
    }
    yield* attempt(sys.sigtimedwait(SignalSet.of(SIGCHLD), PATIENCE))
  }
}

/** Tells of processes that run, until they end or a signal says that it is enough. */
function* attached(run: Utility.Run, asked: Asked, told: Told, out: BufferedWriter): Steps<number> {
  const { sys } = run
  const enough = SignalSet.of(SIGHUP, SIGINT, SIGQUIT, SIGTERM)
  const before = yield* attempt(sys.sigprocmask(SIG_BLOCK, enough))
  const live = new Set<number>()
  const ended = new Set<number>()
  for (const pid of asked.attached) {
    const seized = yield* attempt(sys.ptraceSeize(pid, told.tracer))
    if (Errno.isErrno(seized)) {
      yield* run.warn(`attach: ptrace(PTRACE_SEIZE, ${pid}): ${Errno.text(seized._tag)}`)
    } else {
      live.add(pid)
      if (!asked.quiet) yield* run.warn(`Process ${pid} attached`)
    }
  }
  if (live.size === 0) return 1
  const several = asked.follow || live.size > 1
  while (live.size > 0) {
    for (const { pid } of told.events) if (!ended.has(pid)) live.add(pid)
    yield* told.print(out, () => several)
    for (const [pid, status] of told.endings.splice(0)) {
      live.delete(pid)
      ended.add(pid)
      if (asked.print && !asked.quiet) out.line(`${several ? `[pid ${pid}] ` : ""}${last(status)}`)
    }
    // One that has got powers by a file is told of no more, and neither is its end.
    for (const pid of live) {
      const there = yield* attempt(sys.kill(pid, 0))
      if (Errno.isErrno(there) && there._tag === "ESRCH") live.delete(pid)
    }
    if (live.size === 0) break
    const taken = yield* attempt(sys.sigtimedwait(enough, PATIENCE))
    if (Errno.isErrno(taken)) continue
    for (const pid of live) {
      yield* attempt(sys.ptraceDetach(pid))
      if (!asked.quiet) yield* run.warn(`Process ${pid} detached`)
    }
    yield* finish(asked, told, out)
    yield* attempt(sys.kill(yield* sys.getpid(), taken.signal))
    yield* attempt(sys.sigprocmask(SIG_SETMASK, typeof before === "bigint" ? before : SignalSet.empty))
    return 128 + taken.signal
  }
  yield* finish(asked, told, out)
  return 0
}

function* finish(asked: Asked, told: Told, out: BufferedWriter): Steps<void> {
  yield* told.print(out, () => asked.follow)
  if (asked.count) out.text(told.counted.table())
  yield* out.flush()
}
