/**
 * Runs a program in the language awk over records of text.
 *
 * @see awk(1p)
 */
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { Compiler } from "../awk/compiler.js"
import { Fatal } from "../awk/control.js"
import { assignment, Input } from "../awk/input.js"
import { type Source, unescape } from "../awk/lexer.js"
import { Machine } from "../awk/machine.js"
import { parse } from "../awk/parser.js"
import { Rules } from "../awk/rules.js"
import { BadProgram, type Complaint, type Program, special } from "../awk/syntax.js"
import { Input as Text, Table } from "../awk/values.js"
import { drive, TooDeep } from "../internal/Nesting.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import type * as Options from "../Options.js"
import { attempt, type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[POSIX or GNU style options] -f progfile [--] file ...\n[POSIX or GNU style options] [--] 'program' file ...",
  does: "Run a program over the records of files.",
  short: "F:f:v:e:bcMNOPrst",
  long: {
    "assign=": "v",
    "characters-as-bytes": "b",
    "field-separator=": "F",
    "file=": "f",
    "no-optimize": "s",
    optimize: "O",
    posix: "P",
    "re-interval": "r",
    "source=": "e",
    traditional: "c",
    "use-lc-numeric": "N"
  },
  permute: false,
  failure: 2
}

const usage = (run: Utility.Run): Steps<void> =>
  run.error(`Usage: ${utility.usage.split("\n").map((line) => `${run.name} ${line}`).join("\nUsage: ")}\n`)

function* sourceFile(run: Utility.Run, path: string): Steps<Source> {
  const fd = path === "-" || path === "/dev/stdin" ? 0 : yield* attempt(run.sys.open(path, O_RDONLY))
  if (Errno.isErrno(fd)) {
    return yield* run.die(`fatal: cannot open source file \`${path}' for reading: ${Errno.text(fd._tag)}`, 2)
  }
  const lines = new LineReader(run.sys, fd)
  const text = yield* lines.whole()
  if (lines.error !== undefined) {
    return yield* run.die(`fatal: cannot read source file \`${path}': ${Errno.text(lines.error._tag)}`, 2)
  }
  yield* run.close(fd)
  return { file: path, text }
}

const placed = ({ place, text }: Complaint): string =>
  place.file === undefined ? `cmd. line:${place.line}: ${text}` : `${place.file}:${place.line}: ${text}`

function* report(run: Utility.Run, bad: BadProgram): Steps<number> {
  for (const text of bad.texts) yield* run.warn(Latin1.toText(placed({ place: bad.place, text })))
  return bad.texts[0]?.startsWith("fatal:") === true ? 2 : 1
}

/** Fills ENVIRON, ARGV and PROCINFO. */
function* prepare(machine: Machine, name: string, operands: ReadonlyArray<string>): Steps<void> {
  const { sys } = machine.run
  const environ = machine.table(special("ENVIRON"))
  for (const [key, value] of Object.entries(yield* sys.environ())) {
    environ.set(Latin1.fromText(key), new Text(Latin1.fromText(value)))
  }
  const argv = machine.table(special("ARGV"))
  argv.set("0", name)
  operands.forEach((operand, index) => argv.set(String(index + 1), new Text(Latin1.fromText(operand))))
  machine.globals[special("ARGC")] = operands.length + 1
  machine.watched = (yield* attempt(sys.isatty(1))) === true
  if (!machine.program.mentioned.has("PROCINFO")) return
  const info = machine.table(special("PROCINFO"))
  const { egid, euid, gid, uid } = yield* sys.credentials()
  const texts: Readonly<Record<string, string | number>> = {
    version: "5.2.1",
    strftime: "%a %b %e %H:%M:%S %Z %Y",
    platform: "posix",
    FS: "FS",
    pid: yield* sys.getpid(),
    ppid: yield* sys.getppid(),
    uid,
    euid,
    gid,
    egid
  }
  for (const [key, value] of Object.entries(texts)) info.set(key, value)
  const given = new Table("PROCINFO[\"argv\"]")
  ;(yield* sys.argv()).forEach((argument, index) => given.set(String(index), Latin1.fromText(argument)))
  info.set("argv", given)
}

function* assignAll(machine: Machine, options: ReadonlyArray<Options.Given>): Steps<void> {
  for (const { key, value } of options) {
    if (key === "F") {
      machine.setGlobal(special("FS"), unescape(Latin1.fromText(value), (text) => machine.warn(text)))
    } else if (key === "v") {
      const assigned = assignment(Latin1.fromText(value))
      if (assigned === undefined) {
        const name = value.slice(0, Math.max(0, value.indexOf("=")))
        if (name !== "") return yield* machine.run.die(`fatal: \`${name}' is not a legal variable name`)
        yield* machine.run.warn(`\`${value}' argument to \`-v' not in \`var=value' form\n`)
        yield* usage(machine.run)
        return yield* stop(2)
      }
      machine.assign(assigned[0], unescape(assigned[1], (text) => machine.warn(text)))
    }
  }
}

/** The variables that occur in the program, or are set on the command line. */
const mentioned = (
  program: Program,
  options: ReadonlyArray<Options.Given>,
  operands: ReadonlyArray<string>
): ReadonlySet<string> => {
  const assigned = [...options.map(({ value }) => value), ...operands].map((text) => assignment(text)?.[0] ?? "")
  return new Set([...program.mentioned, ...assigned])
}

/** Runs a program that could be read. */
function* execute(
  run: Utility.Run,
  program: Program,
  options: ReadonlyArray<Options.Given>,
  operands: ReadonlyArray<string>
): Steps<number> {
  const machine = new Machine(run, { ...program, mentioned: mentioned(program, options, operands) })
  for (const warning of program.warnings) yield* run.warn(Latin1.toText(placed(warning)))
  machine.input = new Input(machine)
  try {
    yield* prepare(machine, run.name, operands)
    yield* assignAll(machine, options)
    const rules = new Rules(new Compiler(machine))
    yield* drive(rules.run())
    yield* machine.printWarnings()
    yield* machine.streams.finish()
    return machine.status
  } catch (error) {
    if (error instanceof BadProgram) return yield* report(run, error)
    yield* machine.printWarnings()
    yield* machine.streams.flush()
    if (error instanceof Fatal) yield* run.warn(machine.complaint(error.text, error.aside))
    else if (error instanceof TooDeep) yield* run.warn(machine.complaint("function calls nest too deeply"))
    // The engine's own limits: a text that is too long, or an expression that nests too deeply.
    else if (error instanceof RangeError) yield* run.warn(machine.complaint("memory exhausted"))
    else throw error
    yield* machine.streams.finish()
    return 2
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const sources: Array<Source> = []
  for (const { key, value } of options) {
    if (key === "f") sources.push(yield* sourceFile(run, value))
    else if (key === "e") sources.push({ file: undefined, text: Latin1.fromText(value) })
    else if (key === "M") yield* run.warn("warning: -M ignored: MPFR/GMP support not compiled in")
  }
  let files = operands
  if (sources.length === 0) {
    const [text, ...rest] = operands
    if (text === undefined) {
      yield* usage(run)
      return 2
    }
    sources.push({ file: undefined, text: Latin1.fromText(text) })
    files = rest
  }
  const program = parse(sources)
  if (program instanceof BadProgram) return yield* report(run, program)
  return yield* execute(run, program, options, files)
})
