/**
 * Runs a program so that a hang-up does not end it.
 *
 * @see nohup(1)
 */
import { O_APPEND, O_CREAT, O_RDONLY, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import { PRIO_PGRP, PRIO_PROCESS, PRIO_USER } from "@effix/kernel/abi/Resources"
import { SIGHUP } from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
import * as Accounts from "../Accounts.js"
import * as Launch from "../Launch.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

/** Becomes the command; comes back only to say why it could not. */
function* become(run: Utility.Run, argv: ReadonlyArray<string>, doing: string): Steps<number> {
  const error = yield* Launch.exec(run.sys, { argv, env: yield* run.sys.environ() })
  yield* run.warn(`${doing}${Quote.quoted(argv[0]!)}: ${Errno.text(error._tag)}`)
  return Launch.notStarted(error)
}

export const main = Utility.make(
  { usage: "COMMAND [ARG]...", does: "Run COMMAND, ignoring hangup signals.", failure: 125, permute: false },
  function*(run, { operands }) {
    if (operands.length === 0) return yield* run.missingOperand()
    const isTerminal = function*(fd: number): Steps<boolean> {
      return (yield* attempt(run.sys.isatty(fd))) === true
    }
    const [input, output, errors] = [yield* isTerminal(0), yield* isTerminal(1), yield* isTerminal(2)]
    if (input) {
      const fd = yield* attempt(run.sys.open("/dev/null", O_RDONLY))
      if (typeof fd === "number") yield* attempt(run.sys.dup2(fd, 0))
    }
    if (output) {
      const fd = yield* attempt(run.sys.open("nohup.out", O_WRONLY | O_CREAT | O_APPEND, 0o600))
      if (Errno.isErrno(fd)) return yield* run.die(`failed to open 'nohup.out': ${Errno.text(fd._tag)}`)
      yield* run.warn(`${input ? "ignoring input and " : ""}appending output to 'nohup.out'`)
      yield* attempt(run.sys.dup2(fd, 1))
    } else if (input) yield* run.warn(errors ? "ignoring input and redirecting stderr to stdout" : "ignoring input")
    if (errors) yield* attempt(run.sys.dup2(1, 2))
    yield* attempt(run.sys.sigaction(SIGHUP, { disposition: "ignore" }))
    return yield* become(run, operands, "failed to run command ")
  }
)

/** @see setsid(1) */
export const setsid = Utility.make(
  {
    usage: "[OPTION]... COMMAND [ARG]...",
    does: "Run COMMAND in a new session.",
    short: "cfw",
    long: { ctty: "c", fork: "f", wait: "w" },
    permute: false
  },
  function*(run, { operands, options }) {
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    if (operands.length === 0) return yield* run.misuse("no command specified")
    const leader = (yield* attempt(run.sys.getpgid(0))) === (yield* run.sys.getpid())
    if (leader || has("f")) {
      const pid = yield* Launch.spawn(run.sys, { argv: operands, env: yield* run.sys.environ() }, { session: true })
      if (Errno.isErrno(pid)) {
        yield* run.warn(`failed to execute ${operands[0]}: ${Errno.text(pid._tag)}`)
        return Launch.notStarted(pid)
      }
      if (!has("w")) return 0
      const status = yield* Launch.waitFor(run.sys, pid)
      return status._tag === "Exited" ? status.code : 1
    }
    yield* attempt(run.sys.setsid())
    const error = yield* Launch.exec(run.sys, { argv: operands, env: yield* run.sys.environ() })
    yield* run.warn(`failed to execute ${operands[0]}: ${Errno.text(error._tag)}`)
    return Launch.notStarted(error)
  }
)

/** @see nice(1) */
export const nice = Utility.make(
  {
    usage: "[OPTION] [COMMAND [ARG]...]",
    does: "Run COMMAND with an adjusted niceness, which affects process scheduling.",
    short: "+n:",
    long: { "adjustment=": "n" },
    failure: 125,
    permute: false,
    modernize: (args) => args.map((arg, i) => i === 0 && /^-[-+]?\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg)
  },
  function*(run, { operands, options }) {
    const text = options.at(-1)?.value
    if (text !== undefined && !/^[-+]?\d+$/.test(text)) return yield* run.die(`invalid adjustment ${Quote.value(text)}`)
    if (operands.length === 0) {
      if (text !== undefined) return yield* run.misuse("a command must be given with an adjustment")
      const now = yield* attempt(run.sys.getpriority(PRIO_PROCESS, 0))
      if (Errno.isErrno(now)) return yield* run.die(`cannot get niceness: ${Errno.text(now._tag)}`)
      run.out.line(String(now))
      return 0
    }
    const error = yield* attempt(run.sys.nice(Number(text ?? 10)))
    if (Errno.isErrno(error)) yield* run.warn(`cannot set niceness: Permission denied`)
    return yield* become(run, operands, "")
  }
)

const kinds: Readonly<Record<string, readonly [which: number, name: string]>> = {
  p: [PRIO_PROCESS, "process ID"],
  g: [PRIO_PGRP, "process group ID"],
  u: [PRIO_USER, "user ID"]
}

/** @see renice(1) */
export const renice = Utility.make(
  {
    usage: "[-n] PRIORITY [-p|--pid] PID...\n[-n] PRIORITY -g|--pgrp PGID...\n[-n] PRIORITY -u|--user USER...",
    does: "Alter the priority of running processes.",
    modernize: (args) => ["--", ...args]
  },
  function*(run, { operands }) {
    const words = operands[0] === "-n" || operands[0] === "--priority" ? operands.slice(1) : operands
    const [text, ...rest] = words
    if (text === undefined || rest.length === 0) {
      yield* run.warn("not enough arguments")
      return yield* run.misuse()
    }
    if (!/^[-+]?\d+$/.test(text)) {
      yield* run.warn(`invalid priority '${text}'`)
      return yield* run.misuse()
    }
    const accounts = yield* Accounts.load(run.sys)
    let kind = kinds["p"]!
    for (const word of rest) {
      const letter = /^(-[pgu]|--(pid|pgrp|user))$/.test(word)
        ? word.replace(/^-+(pg)?/, "$1").replace("pg", "g")[0]!
        : ""
      if (letter !== "") {
        kind = kinds[letter]!
        continue
      }
      const [which, name] = kind
      const who = which === PRIO_USER ? accounts.uid(word) : /^\d+$/.test(word) ? Number(word) : undefined
      if (who === undefined) {
        yield* run.fail(which === PRIO_USER ? `unknown user ${word}` : `bad ${name} value: ${word}`)
        continue
      }
      const before = yield* attempt(run.sys.getpriority(which, who))
      if (Errno.isErrno(before)) {
        yield* run.fail(`failed to get priority for ${who} (${name}): ${Errno.text(before._tag)}`)
        continue
      }
      const error = yield* attempt(run.sys.setpriority(which, who, Number(text)))
      if (Errno.isErrno(error)) {
        yield* run.fail(`failed to set priority for ${who} (${name}): ${Errno.text(error._tag)}`)
        continue
      }
      const after = yield* attempt(run.sys.getpriority(which, who))
      run.out.line(`${who} (${name}) old priority ${before}, new priority ${Errno.isErrno(after) ? text : after}`)
    }
  }
)

/** @see chroot(1) */
export const chroot = Utility.make(
  {
    usage: "[OPTION] NEWROOT [COMMAND [ARG]...]",
    does: "Run COMMAND with root directory set to NEWROOT.",
    short: "+",
    long: { "groups=": "groups", "userspec=": "userspec", "skip-chdir": "skip" },
    failure: 125,
    permute: false
  },
  function*(run, { operands, options }) {
    const [root, ...command] = operands
    if (root === undefined) return yield* run.missingOperand()
    const error = yield* attempt(run.sys.chroot(root))
    if (Errno.isErrno(error)) {
      return yield* run.die(`cannot change root directory to ${Quote.quoted(root)}: ${Errno.text(error._tag)}`)
    }
    if (!options.some(({ key }) => key === "skip")) yield* attempt(run.sys.chdir("/"))
    const { SHELL } = yield* run.sys.environ()
    return yield* become(run, command.length > 0 ? command : [SHELL ?? "/bin/sh", "-i"], "failed to run command ")
  }
)
