/**
 * Sends signals: as the program of procps does, and as the builtin of a shell does, which is content when it has reached one.
 *
 * @see kill(1)
 */
import { SIGTERM } from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
import * as SignalNames from "../SignalNames.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[-s SIGNAL | -SIGNAL] PID...\n-l [SIGNAL]...",
  does: "Send a signal (TERM) to processes, or list signals."
}

function* list(run: Utility.Run, which: ReadonlyArray<string>): Steps<void> {
  for (const text of which) {
    const given = /^\d+$/.test(text)
    // A status of a process that a signal ended counts as that signal.
    const number = given && Number(text) > 128 ? Number(text) - 128 : SignalNames.parse(text)
    const name = number === undefined ? undefined : SignalNames.name(number)
    if (number === undefined || name === undefined) yield* run.fail(`${text}: invalid signal specification`)
    else run.out.line(given ? name : String(number))
  }
  if (which.length === 0) run.out.text(SignalNames.table())
}

type Flavour = "program" | "builtin"

function* send(run: Utility.Run, flavour: Flavour, signal: number, targets: ReadonlyArray<string>): Steps<void> {
  let sent = false
  for (const target of targets) {
    if (!/^[-+]?\d+$/.test(target)) {
      yield* run.fail(`${target}: arguments must be process or job IDs`)
      continue
    }
    const error = yield* attempt(run.sys.kill(Number(target), signal))
    if (!Errno.isErrno(error)) sent = true
    else yield* run.fail(`(${target})${flavour === "builtin" ? " -" : ":"} ${Errno.text(error._tag)}`)
  }
  if (sent && flavour === "builtin") run.status = 0
}

// Negative process ids look like options, so these are read by hand.
const as = (flavour: Flavour) =>
  Utility.make({ ...utility, modernize: (args) => ["--", ...args] }, function*(run, { operands }) {
    let args = operands
    let signal = SIGTERM
    const [first = ""] = args
    if (first === "-l" || first === "-L" || first === "--list") return yield* list(run, args.slice(1))
    if (/^-l.|^--list=/.test(first)) return yield* list(run, [first.replace(/^-l|^--list=/, ""), ...args.slice(1)])
    let spec: string | undefined
    if (first === "-s" || first === "-n" || first === "--signal") {
      spec = args[1]
      if (spec === undefined) return yield* run.die(`${first}: option requires an argument`)
      args = args.slice(2)
    } else if (/^-[^-]|^--signal=/.test(first)) {
      spec = first.replace(/^--signal=|^-s(?!ig)|^-/, "")
      args = args.slice(1)
    }
    if (spec !== undefined) {
      const parsed = SignalNames.parse(spec)
      if (parsed === undefined) return yield* run.die(`${spec}: invalid signal specification`)
      signal = parsed
    }
    if (args[0] === "--") args = args.slice(1)
    if (args.length === 0) {
      yield* run.error("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n")
      return 2
    }
    yield* send(run, flavour, signal, args)
  })

export const main = as("program")
export const builtin = as("builtin")
