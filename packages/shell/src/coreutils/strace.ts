/**
 * Runs a command and prints the system calls that it makes.
 *
 * @see strace(1)
 */
import { F_SETFD, FD_CLOEXEC } from "@effix/kernel/abi/Fcntl"
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import { SIG_BLOCK } from "@effix/kernel/abi/SignalFlags"
import { SIGCHLD, SIGINT, SIGQUIT } from "@effix/kernel/abi/Signals"
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
  usage: "[-cCfqzZ] [-e trace=[!]CALL[,CALL]...] [-o FILE] COMMAND [ARG]...",
  does: "Run COMMAND, and print every system call that it makes.",
  short: "+CZcfqzo:e:",
  long: {
    "failed-only": "Z",
    "follow-forks": "f",
    "output=": "o",
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
}

function* read(run: Utility.Run, options: ReadonlyArray<Given>): Steps<Asked> {
  const asked: Asked = {
    choose: () => true,
    outcome: undefined,
    follow: false,
    count: false,
    print: true,
    quiet: false,
    output: undefined
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
    else if (key === "trace") asked.choose = chosen(value)
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

export const main = Utility.make(utility, function*(run, { operands: argv, options }) {
  const { sys } = run
  const asked = yield* read(run, options)
  if (argv.length === 0) return yield* run.misuse("must have PROG [ARGS]")
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
  const counted = new StraceCount.Counted()
  const told: Array<Trace.Event> = []
  const listen = (event: Trace.Event): void => {
    if (!asked.choose(event.call)) return
    if (asked.outcome !== undefined && isAnswered(event) !== (asked.outcome === "Success")) return
    if (asked.count) counted.add(event)
    if (asked.print) told.push({ ...event, arguments: event.arguments.map(kept) })
  }

  // ^C is for the command; its end is waited for.
  const before = yield* attempt(sys.sigprocmask(SIG_BLOCK, SignalSet.of(SIGCHLD, SIGINT, SIGQUIT)))
  const signalMask = typeof before === "bigint" ? before : SignalSet.empty
  const env = yield* sys.environ()
  const pid = yield* Launch.spawn(sys, { argv, env }, { signalMask, tracer: { listen, follow: asked.follow } })
  if (Errno.isErrno(pid)) {
    const why = pid._tag === "ENOENT" ? `Can't stat '${argv[0]!}'` : `exec: ${argv[0]!}`
    return yield* run.die(`${why}: ${Errno.text(pid._tag)}`)
  }
  if (asked.print && asked.outcome !== "Failure" && asked.choose("exec")) {
    out.line(`execve(${JSON.stringify(argv[0])}, [${argv.map((each) => JSON.stringify(each)).join(", ")}]) = 0`)
  }
  const print = function*(): Steps<void> {
    for (const event of told.splice(0)) out.line(line(event, asked.follow && event.pid !== pid))
    if (out.length > 0) yield* out.flush()
  }
  while (true) {
    yield* print()
    const waited = yield* attempt(sys.wait(pid, WNOHANG))
    if (Errno.isErrno(waited)) return 1
    if (waited !== undefined) {
      yield* print()
      if (asked.print && !asked.quiet) out.line(last(waited.status))
      if (asked.count) out.text(counted.table())
      yield* out.flush()
      return shellCode(waited.status)
    }
    yield* attempt(sys.sigtimedwait(SignalSet.of(SIGCHLD), PATIENCE))
  }
})

/** What a buffer holds now; whoever gave it goes on using it. */
const kept = (argument: unknown): unknown => argument instanceof Uint8Array ? argument.slice(0, 4096) : argument
