/**
 * Builds commands out of its input and runs them.
 *
 * @see xargs(1)
 */
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import type { WaitStatus } from "@effix/kernel/abi/WaitStatus"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Escapes from "../Escapes.js"
import * as Launch from "../Launch.js"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... COMMAND [INITIAL-ARGS]...",
  does: "Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.",
  short: "+0a:E:e::i::I:l::L:n:prs:txP:d:o",
  long: {
    null: "0",
    "arg-file=": "a",
    "delimiter=": "d",
    "eof=?": "e",
    "replace=?": "i",
    "max-lines=?": "l",
    "max-args=": "n",
    "open-tty": "o",
    interactive: "p",
    "no-run-if-empty": "r",
    "max-chars=": "s",
    "show-limits": "show-limits",
    verbose: "t",
    exit: "x",
    "max-procs=": "P",
    "process-slot-var=": "process-slot-var"
  },
  permute: false
}

interface Asked {
  delimiter: number | undefined
  end: string | undefined
  replace: string | undefined
  lines: number
  args: number
  chars: number
  explicitChars: boolean
  processes: number
  skipEmpty: boolean
  verbose: boolean
  exit: boolean
}

/** One argument, and whether its line ended behind it. */
interface Item {
  readonly text: string
  readonly endsLine: boolean
}

const isBlank = (char: string): boolean => char === " " || char === "\t"

/** Splits one line into words; quotes and backslashes protect. Answers a complaint where they do not match. */
class Words {
  #word = ""
  #inWord = false
  #quote = ""

  #end(endsLine: boolean): Item {
    const text = this.#word
    this.#word = ""
    this.#inWord = false
    return { text, endsLine }
  }

  /** Takes a line without its newline; an escaped newline, or an open quote, goes on in the next one. */
  *take(line: string, terminated: boolean): Generator<Item, string | undefined> {
    for (let at = 0; at < line.length; at++) {
      const char = line[at]!
      if (this.#quote !== "") {
        if (char === this.#quote) this.#quote = ""
        else this.#word += char
      } else if (char === "'" || char === "\"") {
        this.#quote = char
        this.#inWord = true
      } else if (char === "\\") {
        this.#inWord = true
        if (++at < line.length) this.#word += line[at]
        else if (terminated) {
          this.#word += "\n"
          return undefined
        }
      } else if (isBlank(char)) {
        if (this.#inWord) yield this.#end(line.slice(at).split("").every(isBlank) && !isBlank(line.at(-1)!))
      } else {
        this.#inWord = true
        this.#word += char
      }
    }
    if (this.#quote !== "") {
      const which = this.#quote === "'" ? "single" : "double"
      return `unmatched ${which} quote; by default quotes are special to xargs unless you use the -0 option`
    }
    // A line that ends in a blank goes on in the next one, for -L.
    if (this.#inWord) yield this.#end(true)
    return undefined
  }
}

/** Runs the commands and keeps count of how they ended. */
class Runner {
  status = 0
  ran = false
  #running = 0

  constructor(
    readonly run: Utility.Run,
    readonly asked: Asked,
    readonly env: Readonly<Record<string, string>>,
    readonly stdin: number | undefined
  ) {}

  *start(argv: ReadonlyArray<string>): Steps<void> {
    const { run } = this
    this.ran = true
    if (this.asked.verbose) yield* run.error(argv.map((arg) => Quote.shell(arg)).join(" ") + "\n")
    while (this.asked.processes > 0 && this.#running >= this.asked.processes) yield* this.reap()
    const input = this.stdin === undefined
      ? [{ _tag: "Open", fd: 0, path: "/dev/null", flags: O_RDONLY } as const]
      : [{ _tag: "Dup2", from: this.stdin, to: 0 } as const]
    const pid = yield* Launch.spawn(run.sys, { argv, env: this.env }, { actions: input })
    if (Errno.isErrno(pid)) {
      while (this.#running > 0) yield* this.reap()
      return yield* stop(Launch.notStarted(pid), `${Quote.name(argv[0]!)}: ${Errno.text(pid._tag)}`)
    }
    this.#running++
    if (this.asked.processes === 1) yield* this.reap(pid, argv[0]!)
  }

  *reap(pid = -1, name = "command"): Steps<void> {
    const waited = yield* attempt(this.run.sys.wait(pid))
    if (Errno.isErrno(waited)) {
      if (waited._tag !== "EINTR") this.#running = 0
      return
    }
    if (waited === undefined) return
    this.#running--
    yield* this.ended(waited.status, name)
  }

  *ended(status: WaitStatus, name: string): Steps<void> {
    if (status._tag === "Signaled") return yield* stop(125, `${name}: terminated by signal ${status.signal}`)
    if (status._tag !== "Exited" || status.code === 0) return
    if (status.code === 255) {
      while (this.#running > 0) yield* this.reap()
      return yield* stop(124, `${Quote.name(name)}: exited with status 255; aborting`)
    }
    this.status = status.code === 126 || status.code === 127 ? status.code : 123
  }

  *finish(): Steps<void> {
    while (this.#running > 0) yield* this.reap()
  }
}

/** Gathers arguments until a command is full. */
class Batch {
  args: Array<string> = []
  lines = 0
  bytes: number

  constructor(readonly runner: Runner, readonly initial: ReadonlyArray<string>) {
    this.bytes = this.base()
  }

  base(): number {
    return this.initial.reduce((sum, arg) => sum + Bytes.byteLength(arg) + 1, 0)
  }

  *add({ endsLine, text }: Item): Steps<void> {
    const { asked, run } = this.runner
    if (asked.replace !== undefined) return yield* this.replaced(text)
    const size = Bytes.byteLength(text) + 1
    if (this.bytes + size > asked.chars) {
      if (this.args.length === 0) return yield* run.die("argument line too long")
      if (asked.exit && (asked.args > 0 || asked.lines > 0)) return yield* run.die("argument list too long")
      yield* this.flush()
    }
    this.args.push(text)
    this.bytes += size
    if (endsLine) this.lines++
    if (this.args.length === asked.args || (asked.lines > 0 && this.lines === asked.lines)) yield* this.flush()
  }

  *replaced(text: string): Steps<void> {
    const { asked, run } = this.runner
    const [command, ...rest] = this.initial
    const argv = [command!, ...rest.map((arg) => arg.replaceAll(asked.replace!, () => text))]
    if (argv.reduce((sum, arg) => sum + Bytes.byteLength(arg) + 1, 0) > asked.chars) {
      return yield* run.die("argument list too long")
    }
    yield* this.runner.start(argv)
  }

  *flush(): Steps<void> {
    const argv = [...this.initial, ...this.args]
    this.args = []
    this.lines = 0
    this.bytes = this.base()
    yield* this.runner.start(argv)
  }
}

function* positive(run: Utility.Run, option: string, value: string, least: number): Steps<number> {
  if (!/^\d+$/.test(value)) {
    yield* run.warn(`invalid number ${Quote.c(value)} for -${option} option`)
    return yield* run.misuse()
  }
  if (Number(value) < least) {
    yield* run.warn(`value ${value} for -${option} option should be >= ${least}`)
    return yield* run.misuse()
  }
  return Number(value)
}

/** -I, -L and -n exclude each other; the last one counts. */
function* overridden(run: Utility.Run, asked: Asked, now: string): Steps<void> {
  const before = asked.replace !== undefined
    ? ["--replace/-I/-i", "--replace"]
    : asked.args > 0
    ? ["--max-args", "--max-args"]
    : asked.lines > 0
    ? ["--max-lines", "--max-lines"]
    : undefined
  if (before === undefined || before[0] === now) return
  const names = now === "--max-args/-n" ? [before[0], "--max-args/-n"] : [before[0], now]
  yield* run.warn(
    `warning: options ${names.join(" and ")} are mutually exclusive, ignoring previous ${before[1]} value`
  )
}

function* delimiterOf(run: Utility.Run, value: string): Steps<number> {
  const bytes = Bytes.encode(Escapes.expand(value, "three").text)
  if (bytes.length !== 1) {
    return yield* run.die(
      value.startsWith("\\")
        ? `Invalid escape sequence ${value} in input delimiter specification.`
        : `Invalid input delimiter specification ${value}: the delimiter must be either a single character or an escape sequence starting with \\.`
    )
  }
  return bytes[0]!
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const asked: Asked = {
    delimiter: undefined,
    end: undefined,
    replace: undefined,
    lines: 0,
    args: 0,
    chars: 131_072,
    explicitChars: false,
    processes: 1,
    skipEmpty: false,
    verbose: false,
    exit: false
  }
  let file: string | undefined
  for (const { hasValue, key, value } of options) {
    if (key === "0") asked.delimiter = 0
    else if (key === "d") asked.delimiter = yield* delimiterOf(run, value)
    else if (key === "a") file = value
    else if (key === "E" || key === "e") asked.end = value === "" ? undefined : value
    else if (key === "I" || key === "i") {
      yield* overridden(run, asked, "--replace/-I/-i")
      Object.assign(asked, { replace: value === "" ? "{}" : value, args: 0, lines: 0, exit: true })
    } else if (key === "L" || key === "l") {
      yield* overridden(run, asked, key === "L" ? "-L" : "--max-lines/-l")
      Object.assign(asked, { lines: hasValue ? yield* positive(run, key, value, 1) : 1, args: 0, replace: undefined })
    } else if (key === "n") {
      const args = yield* positive(run, key, value, 1)
      // `-n 1` after -I changes nothing.
      if (!(asked.replace !== undefined && args === 1)) {
        yield* overridden(run, asked, "--max-args/-n")
        Object.assign(asked, { args, lines: 0, replace: undefined })
      }
    } else if (key === "s") asked.chars = yield* positive(run, key, value, 1)
    else if (key === "P") asked.processes = yield* positive(run, key, value, 0)
    else if (key === "r") asked.skipEmpty = true
    else if (key === "t") asked.verbose = true
    else if (key === "x") asked.exit = true
  }
  let input = 0
  if (file !== undefined) {
    const fd = yield* attempt(run.sys.open(file, O_RDONLY))
    if (Errno.isErrno(fd)) return yield* run.die(`Cannot open input file ${Quote.value(file)}: ${Errno.text(fd._tag)}`)
    input = fd
  }
  const env = yield* run.sys.environ()
  const runner = new Runner(run, asked, env, file === undefined ? undefined : 0)
  const batch = new Batch(runner, operands.length === 0 ? ["echo"] : operands)
  yield* feed(run, input, asked, batch)
  if (batch.args.length > 0 || (!runner.ran && !asked.skipEmpty && asked.replace === undefined)) yield* batch.flush()
  yield* runner.finish()
  return runner.status
})

function* feed(run: Utility.Run, input: number, asked: Asked, batch: Batch): Steps<void> {
  const lines = new LineReader(run.sys, input, asked.delimiter ?? 10)
  const words = new Words()
  do {
    while (lines.next()) {
      const text = Bytes.decode(lines.buffer.subarray(lines.from, lines.to))
      if (asked.delimiter !== undefined) {
        yield* batch.add({ text, endsLine: true })
        continue
      }
      if (asked.replace !== undefined) {
        const whole = oneLine(text)
        if (whole === asked.end && whole !== undefined) return
        if (whole === "" && text.trim() === "") continue
        if (whole === undefined) return yield* run.die(unmatched(text))
        yield* batch.add({ text: whole, endsLine: true })
        continue
      }
      const steps = words.take(text, lines.terminated)
      let item = steps.next()
      for (; item.done !== true; item = steps.next()) {
        if (item.value.text === asked.end) return
        yield* batch.add(item.value)
      }
      if (item.value !== undefined) {
        if (batch.args.length > 0 && batch.runner.ran) yield* batch.flush()
        return yield* run.die(item.value)
      }
    }
  } while (yield* lines.fill())
}

const unmatched = (text: string): string =>
  `unmatched ${
    text.includes("'") ? "single" : "double"
  } quote; by default quotes are special to xargs unless you use the -0 option`

/** For -I: the whole line, without leading blanks and with its quotes taken off. */
const oneLine = (line: string): string | undefined => {
  let text = ""
  let quote = ""
  for (let at = line.length - line.replace(/^[ \t]+/, "").length; at < line.length; at++) {
    const char = line[at]!
    if (quote !== "") {
      if (char === quote) quote = ""
      else text += char
    } else if (char === "'" || char === "\"") quote = char
    else if (char === "\\") text += line[++at] ?? ""
    else text += char
  }
  return quote === "" ? text : undefined
}
