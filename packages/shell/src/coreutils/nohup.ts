/**
 * Runs a program so that a hang-up does not end it.
 *
 * @see nohup(1)
 */
import { O_APPEND, O_CREAT, O_RDONLY, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import { SIGHUP } from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
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
    does: "Run COMMAND; every process of this kernel is as nice as the next.",
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
      run.out.line("0")
      return 0
    }
    return yield* become(run, operands, "")
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
