/**
 * Finds processes by what they are, and signals them.
 *
 * @see pgrep(1)
 */
import { SIGTERM } from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import * as Latin1 from "../Latin1.js"
import * as Options from "../Options.js"
import * as ProcessList from "../ProcessList.js"
import * as Regex from "../Regex.js"
import * as SignalNames from "../SignalNames.js"
import { type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[options] <pattern>",
  does: "Find or signal processes by name and other attributes.",
  short: "ad:flvxcing:G:oO:P:s:t:u:U:r:AeF:",
  long: {
    "list-full": "a",
    "delimiter=": "d",
    full: "f",
    "list-name": "l",
    inverse: "v",
    exact: "x",
    count: "c",
    "ignore-case": "i",
    newest: "n",
    "pgroup=": "g",
    "group=": "G",
    oldest: "o",
    "older=": "O",
    "parent=": "P",
    "session=": "s",
    "terminal=": "t",
    "euid=": "u",
    "uid=": "U",
    "runstates=": "r",
    "ignore-ancestors": "A",
    echo: "e",
    "signal=": "signal"
  },
  failure: 2
}

type Pick = (process: ProcessList.Process) => boolean

/** What one option asks of a process. */
const picked = (
  { key, value }: Options.Given,
  { accounts }: ProcessList.Processes,
  self: ProcessList.Process | undefined
): Pick | undefined => {
  const values = value.split(/[ ,]+/)
  const own = (number: number | undefined) => (text: string): number | undefined => text === "0" ? number : Number(text)
  switch (key) {
    case "P":
      return ({ ppid }) => values.includes(String(ppid))
    case "g":
      return ({ pgid }) => values.map(own(self?.pgid)).includes(pgid)
    case "s":
      return ({ sid }) => values.map(own(self?.sid)).includes(sid)
    case "t":
      return ({ tty }) => values.map((text) => text.replace(/^\/dev\//, "")).includes(tty)
    case "u":
    case "U":
      return ({ uid }) => values.map((user) => accounts.uid(user)).includes(uid)
    case "r":
      return ({ state }) => value.includes(state)
    case "O":
      return ({ elapsed }) => elapsed > Number(value)
    default:
      return undefined
  }
}

function* matching(
  run: Utility.Run,
  options: ReadonlyArray<Options.Given>,
  pattern: string | undefined,
  processes: ProcessList.Processes
): Steps<ReadonlyArray<ProcessList.Process>> {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const pid = yield* run.sys.getpid()
  const self = processes.all.find((process) => process.pid === pid)
  const picks = options.flatMap((option) => picked(option, processes, self) ?? [])
  if (pattern === undefined && picks.length === 0 && !has("n") && !has("o")) {
    yield* run.warn("no matching criteria specified")
    yield* run.error(`Try \`${run.name} --help' for more information.\n`)
    return yield* stop(2)
  }
  if (pattern !== undefined) {
    const regex = Regex.compile([Latin1.fromText(pattern)], {
      extended: true,
      ignoreCase: has("i"),
      ...(has("x") ? { whole: "line" as const } : {})
    })
    if (regex instanceof Regex.BadPattern) return yield* run.die(`${regex.text}`, 2)
    picks.push((process) => regex.test(Latin1.fromText(has("f") ? ProcessList.commandLine(process) : process.name)))
  }
  const ancestors = new Set<number>([pid])
  for (let each = self; has("A") && each !== undefined;) {
    ancestors.add(each.pid)
    const { ppid } = each
    each = processes.all.find((process) => process.pid === ppid)
  }
  const found = processes.all.filter((process) =>
    !ancestors.has(process.pid) && picks.every((pick) => pick(process)) !== has("v")
  )
  if (!has("n") && !has("o")) return found
  const sorted = [...found].sort((a, b) => Number(a.started - b.started) || a.pid - b.pid)
  return sorted.slice(has("n") ? -1 : 0, has("n") ? undefined : 1)
}

export const pgrep: Main = Utility.make(utility, function*(run, { operands, options }) {
  if (operands.length > 1) return yield* run.misuse("only one pattern can be provided", 2)
  const processes = yield* ProcessList.load(run)
  const found = yield* matching(run, options, operands[0], processes)
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const delimiter = options.find(({ key }) => key === "d")?.value ?? "\n"
  if (has("c")) run.out.line(String(found.length))
  else if (found.length > 0) {
    const shown = found.map((process) =>
      has("a")
        ? `${process.pid} ${ProcessList.commandLine(process)}`
        : has("l")
        ? `${process.pid} ${process.name}`
        : String(process.pid)
    )
    run.out.line(shown.join(delimiter))
  }
  return found.length > 0 ? 0 : 1
})

/** A signal may stand first, as for kill. */
const modernize = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first = "", ...rest] = args
  const signal = /^-[A-Z\d]/.test(first) ? SignalNames.parse(first.slice(1)) : undefined
  return signal === undefined ? args : [`--signal=${signal}`, ...rest]
}

export const pkill: Main = Utility.make({ ...utility, modernize }, function*(run, { operands, options }) {
  if (operands.length > 1) return yield* run.misuse("only one pattern can be provided", 2)
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const text = Options.last(options, "signal")?.value ?? String(SIGTERM)
  const number = SignalNames.parse(text)
  if (number === undefined) return yield* run.misuse(`Unknown signal "${text}".`, 2)
  const found = yield* matching(run, options, operands[0], yield* ProcessList.load(run))
  let sent = 0
  for (const { name, pid } of found) {
    const error = yield* ProcessList.signal(run, pid, number)
    if (error === undefined) {
      sent++
      if (has("e")) run.out.line(`${name} killed (pid ${pid})`)
    } else if (error._tag !== "ESRCH") yield* run.warn(`killing pid ${pid} failed: ${Errno.text(error._tag)}`)
  }
  if (has("c")) run.out.line(String(found.length))
  return sent > 0 ? 0 : 1
})

/** @see killall(1) */
export const killall: Main = Utility.make(
  {
    usage: "[-s SIGNAL | -SIGNAL] [-eIqvw] NAME...",
    does: "Signal processes by name.",
    short: "eIiqvws:u:",
    long: { exact: "e", "ignore-case": "I", quiet: "q", verbose: "v", wait: "w", "signal=": "signal", "user=": "u" },
    modernize
  },
  function*(run, { operands, options }) {
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    const text = Options.last(options, "signal", "s")?.value ?? String(SIGTERM)
    const number = SignalNames.parse(text)
    if (number === undefined) return yield* run.die(`${text}: unknown signal`)
    const own = yield* run.sys.getpid()
    const { accounts, all } = yield* ProcessList.load(run)
    const user = Options.last(options, "u")?.value
    const folded = (name: string): string => has("I") ? name.toLowerCase() : name
    for (const wanted of operands) {
      const found = all.filter(({ name, pid, state, uid }) =>
        pid !== own && state !== "Z" && folded(name) === folded(wanted.slice(0, 15)) &&
        (user === undefined || accounts.uid(user) === uid)
      )
      if (found.length === 0) {
        run.status = 1
        if (!has("q")) yield* run.error(`${wanted}: no process found\n`)
      }
      for (const { name, pid } of found) {
        const error = yield* ProcessList.signal(run, pid, number)
        if (error !== undefined) yield* run.fail(`${name}(${pid}): ${Errno.text(error._tag)}`)
        else if (has("v")) yield* run.error(`Killed ${name}(${pid}) with signal ${number}\n`)
      }
    }
  }
)
