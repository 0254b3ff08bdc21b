/**
 * Prints what system this is.
 *
 * @see uname(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]...",
  does: "Print certain system information.",
  short: "asnrvmpio",
  long: {
    all: "a",
    "kernel-name": "s",
    nodename: "n",
    "kernel-release": "r",
    "kernel-version": "v",
    machine: "m",
    processor: "p",
    "hardware-platform": "i",
    "operating-system": "o"
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  if (operands[0] !== undefined) return yield* run.extraOperand(operands[0])
  const { machine, nodename, release, sysname, version } = yield* run.sys.uname()
  const all = options.some(({ key }) => key === "a")
  const has = (wanted: string): boolean => all || options.some(({ key }) => key === wanted)
  const fields = [
    has("s") || options.length === 0 ? sysname : undefined,
    has("n") ? nodename : undefined,
    has("r") ? release : undefined,
    has("v") ? version : undefined,
    has("m") ? machine : undefined,
    // With -a what is unknown is left out.
    has("p") && !all ? "unknown" : undefined,
    has("i") && !all ? "unknown" : undefined,
    has("o") ? "GNU/Linux" : undefined
  ]
  run.out.line(fields.filter((field) => field !== undefined).join(" "))
})

/** @see arch(1) */
export const arch = Utility.make({ usage: "", does: "Print machine hardware name." }, function*(run) {
  run.out.line((yield* run.sys.uname()).machine)
})

/** @see hostname(1) */
export const hostname = Utility.make(
  { usage: "[-s]", does: "Print the system's host name.", short: "sfid", long: { short: "s", fqdn: "f" } },
  function*(run, { operands, options }) {
    if (operands.length > 0) return yield* run.die("you must be root to change the host name")
    const { nodename } = yield* run.sys.uname()
    run.out.line(options.some(({ key }) => key === "s") ? nodename.split(".")[0]! : nodename)
  }
)

/** @see nproc(1) */
export const nproc = Utility.make(
  { usage: "[OPTION]...", does: "Print the number of processing units.", long: { all: "all", "ignore=": "ignore" } },
  function*(run) {
    // Fibers share one processor.
    run.out.line("1")
  }
)

function* fsync(run: Utility.Run, fd: number): Steps<Errno.Any | undefined> {
  const error = yield* attempt(run.sys.fsync(fd))
  return Errno.isErrno(error) ? error : undefined
}

/** @see sync(1) */
export const sync = Utility.make(
  {
    usage: "[OPTION] [FILE]...",
    does: "Synchronize cached writes to persistent storage.",
    short: "df",
    long: { data: "d", "file-system": "f" }
  },
  function*(run, { operands }) {
    if (operands.length > 0) yield* run.inputs(operands, (fd) => fsync(run, fd))
  }
)
