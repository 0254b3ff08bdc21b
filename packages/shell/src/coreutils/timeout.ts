/**
 * Runs a program, for so long and no longer.
 *
 * @see timeout(1)
 */
import { SIG_BLOCK, SIG_SETMASK } from "@effix/kernel/abi/SignalFlags"
import { SIGALRM, SIGCHLD, SIGCONT, SIGKILL, SIGTERM } from "@effix/kernel/abi/Signals"
import { shellCode, WNOHANG } from "@effix/kernel/abi/WaitStatus"
import * as Errno from "@effix/kernel/Errno"
import * as SignalSet from "@effix/kernel/SignalSet"
import * as Launch from "../Launch.js"
import * as Quote from "../Quote.js"
import * as SignalNames from "../SignalNames.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION] DURATION COMMAND [ARG]...",
  does: "Start COMMAND, and kill it if still running after DURATION.",
  short: "+fk:s:v",
  long: { foreground: "f", "kill-after=": "k", "preserve-status": "preserve", "signal=": "s", verbose: "v" },
  failure: 125,
  permute: false
}

function* duration(run: Utility.Run, text: string): Steps<number> {
  const seconds = Size.parseDuration(text)
  return seconds === undefined ? yield* run.misuse(`invalid time interval ${Quote.value(text)}`) : seconds
}

/** Waits for the child until a moment; answers its status, or `undefined` when the moment came first. */
function* waitUntil(run: Utility.Run, pid: number, end: bigint | undefined): Steps<number | undefined> {
  while (true) {
    const waited = yield* attempt(run.sys.wait(pid, WNOHANG))
    if (Errno.isErrno(waited)) return 125
    if (waited !== undefined) return shellCode(waited.status)
    const left = end === undefined ? undefined : Number(end - (yield* run.sys.clockGettime("monotonic"))) / 1e6
    if (left !== undefined && left <= 0) return undefined
    yield* attempt(run.sys.sigtimedwait(SignalSet.of(SIGCHLD), left))
  }
}

function* after(run: Utility.Run, seconds: number): Steps<bigint | undefined> {
  if (seconds === 0 || seconds === Number.POSITIVE_INFINITY) return undefined
  return (yield* run.sys.clockGettime("monotonic")) + BigInt(Math.ceil(Math.min(seconds, 1e15) * 1e9))
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let signal = SIGTERM
  let killAfter: number | undefined
  let preserve = false
  let verbose = false
  let foreground = false
  for (const { key, value } of options) {
    if (key === "k") killAfter = yield* duration(run, value)
    else if (key === "preserve") preserve = true
    else if (key === "v") verbose = true
    else if (key === "f") foreground = true
    else if (key === "s") {
      const parsed = SignalNames.parse(value)
      if (parsed === undefined) return yield* run.misuse(`${Quote.value(value)}: invalid signal`)
      signal = parsed
    }
  }
  const [text, ...argv] = operands
  if (text === undefined || argv.length === 0) return yield* run.misuse()
  const seconds = yield* duration(run, text)
  // A group of its own, so that what the command starts is stopped with it.
  if (!foreground) yield* attempt(run.sys.setpgid(0, 0))
  const before = yield* attempt(run.sys.sigprocmask(SIG_BLOCK, SignalSet.of(SIGCHLD, SIGALRM)))
  const mask = typeof before === "bigint" ? before : SignalSet.empty
  const pid = yield* Launch.spawn(run.sys, { argv, env: yield* run.sys.environ() }, { signalMask: mask })
  if (Errno.isErrno(pid)) {
    yield* run.warn(`failed to run command ${Quote.quoted(argv[0]!)}: ${Errno.text(pid._tag)}`)
    return Launch.notStarted(pid)
  }
  let status = yield* waitUntil(run, pid, yield* after(run, seconds))
  if (status === undefined) {
    let sent = signal
    yield* send(run, pid, signal, verbose, argv[0]!, foreground)
    status = killAfter === undefined ? undefined : yield* waitUntil(run, pid, yield* after(run, killAfter))
    if (status === undefined && killAfter !== undefined) {
      sent = SIGKILL
      yield* send(run, pid, SIGKILL, verbose, argv[0]!, foreground)
    }
    // The signal went to its whole group: one that cannot be ignored ends this process as well.
    if (sent === SIGKILL && !foreground) yield* attempt(run.sys.kill(0, SIGKILL))
    status ??= yield* waitUntil(run, pid, undefined)
    if (!preserve) status = sent === SIGKILL ? 128 + SIGKILL : 124
  }
  yield* attempt(run.sys.sigprocmask(SIG_SETMASK, mask))
  return status ?? 125
})

function* send(
  run: Utility.Run,
  pid: number,
  signal: number,
  verbose: boolean,
  command: string,
  foreground: boolean
): Steps<void> {
  if (verbose) yield* run.warn(`sending signal ${SignalNames.name(signal)} to command ${Quote.quoted(command)}`)
  yield* attempt(run.sys.kill(pid, signal))
  if (!foreground && signal !== SIGKILL) {
    yield* attempt(run.sys.sigaction(signal, { disposition: "ignore" }))
    yield* attempt(run.sys.kill(0, signal))
  }
  if (signal !== SIGKILL && signal !== SIGCONT) yield* attempt(run.sys.kill(pid, SIGCONT))
}
