/**
 * Calculates with numbers of any length.
 *
 * @see bc(1)
 */
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { Halt, Machine, RuntimeError } from "../bc/machine.js"
import { Incomplete, type Item, Parser, Quit, Wrong } from "../bc/syntax.js"
import { drive, type Run, TooDeep } from "../internal/Nesting.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[options] [file ...]",
  does: "Calculate with numbers of any length.",
  short: "hilqswv",
  long: {
    interactive: "i",
    mathlib: "l",
    quiet: "q",
    standard: "s",
    warn: "w"
  },
  hintText: `usage: bc [options] [file ...]
  -h  --help         print this usage and exit
  -i  --interactive  force interactive mode
  -l  --mathlib      use the predefined math routines
  -q  --quiet        don't print initial banner
  -s  --standard     non-standard bc constructs are errors
  -w  --warn         warn about non-standard bc constructs
  -v  --version      print version information and exit`
}

/** Statements between two looks at whether the host wants its turn. */
const fuelMax = 2000

/** Lines are so long unless BC_LINE_LENGTH says otherwise. */
const widthOf = (text: string | undefined): number => {
  const width = text === undefined ? 70 : Number.parseInt(text, 10) || 0
  return width === 0 || width >= 3 ? width : 70
}

class Session {
  private fuel = fuelMax
  private complaints = ""
  private readonly machine: Machine
  private lines: LineReader | undefined = undefined
  private name = ""

  constructor(private readonly run: Utility.Run, width: number, math: boolean, private readonly shows: boolean) {
    this.machine = new Machine({
      width,
      write: (text) => run.out.text(text),
      warn: (text) => void (this.complaints += text),
      pause: () => --this.fuel > 0 && !run.out.isFull && this.complaints === "" ? undefined : this.pause(),
      line: () => this.line()
    }, math)
  }

  private *pause(): Run<void> {
    yield* this.complain()
    if (this.fuel > 0 && !this.run.out.isFull) return
    this.fuel = fuelMax
    if (this.run.out.isFull) yield* this.run.out.flush()
    yield* this.run.sys.schedYield()
  }

  /** The next line of what is read, with its end. */
  private *line(): Steps<string | undefined> {
    const { lines } = this
    if (lines === undefined) return undefined
    if (this.shows) yield* this.run.out.flush()
    while (!lines.next()) if (!(yield* lines.fill())) return undefined
    return Latin1.decode(lines.buffer, lines.from, lines.to) + (lines.terminated ? "\n" : "")
  }

  private *complain(): Steps<void> {
    if (this.complaints === "") return
    const { complaints } = this
    this.complaints = ""
    yield* this.run.out.flush()
    yield* this.run.error(Latin1.toText(complaints))
  }

  /** Carries out one item; answers whether bc ends with it. */
  private *carryOut(item: Item): Steps<boolean> {
    if (item === "quit") return true
    try {
      if (item._tag === "Define") this.machine.define(item)
      else yield* drive(this.machine.run(item.statements))
    } catch (error) {
      if (error instanceof Halt) return true
      if (error instanceof RuntimeError) {
        this.complaints += `Runtime error (func=${error.within}, adr=0): ${error.text}\n`
      } else if (error instanceof TooDeep) this.complaints += "Runtime error (func=(main), adr=0): too deeply nested\n"
      else throw error
    }
    yield* this.complain()
    return false
  }

  /** Runs all that a descriptor has; answers whether bc ends with it. */
  *read(fd: number, name: string): Steps<boolean> {
    this.lines = new LineReader(this.run.sys, fd)
    this.name = name
    let text = ""
    let number = 1
    for (;;) {
      const line = yield* this.line()
      text += line ?? ""
      if (text === "") return false
      const done = yield* this.items(text, number, line === undefined)
      if (done === "end") return true
      text = text.slice(done.position)
      number = done.line
      if (line === undefined) return false
    }
  }

  /** Runs what of a text is complete; answers where the rest begins. */
  private *items(
    text: string,
    first: number,
    last: boolean
  ): Steps<"end" | { readonly position: number; readonly line: number }> {
    let from = { position: 0, line: first }
    while (from.position < text.length) {
      const parser = new Parser(text, from.position, from.line, last)
      let item: Item | undefined
      try {
        item = parser.item()
      } catch (error) {
        if (error instanceof Incomplete) return from
        if (error instanceof Quit) return "end"
        if (!(error instanceof Wrong)) throw error
        this.complaints += `${this.name} ${error.line}: ${error.message}\n`
        parser.recover()
      }
      for (const odd of parser.odd) this.complaints = `${this.name} ${odd}\n${this.complaints}`
      yield* this.complain()
      if (item !== undefined && (yield* this.carryOut(item))) return "end"
      from = parser.next
      if (item === undefined && from.position === 0 && first === from.line) return from
    }
    return from
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (key: string): boolean => options.some((option) => option.key === key)
  if (has("h") || has("v")) {
    run.out.text(has("h") ? `${utility.hintText}\n` : "bc (Effix core utilities)\n")
    return 0
  }
  const environment = yield* run.sys.environ()
  const terminal = has("i") || (yield* attempt(run.sys.isatty(0))) === true
  const session = new Session(run, widthOf(environment["BC_LINE_LENGTH"]), has("l"), terminal)
  for (const path of operands) {
    const fd = yield* attempt(run.sys.open(path, O_RDONLY))
    if (Errno.isErrno(fd)) {
      yield* run.out.flush()
      yield* run.error(`File ${path} is unavailable.\n`)
      return 1
    }
    if (yield* session.read(fd, path)) return 0
    yield* run.close(fd)
  }
  yield* session.read(0, "(standard_in)")
  return 0
})
