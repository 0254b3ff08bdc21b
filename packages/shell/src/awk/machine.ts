/**
 * The state of a running awk program: its variables, its record, and what it has open.
 *
 * @see awk(1p)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Latin1 from "../Latin1.js"
import type { Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import { Fatal } from "./control.js"
import { numberText } from "./format.js"
import type { Input as MainInput } from "./input.js"
import { Patterns } from "./patterns.js"
import { RandomNumbers } from "./random.js"
import * as Reader from "./reader.js"
import { Record } from "./record.js"
import { byContent, byRegex, bySeparator, byWidths, inParagraphs, type Splitter } from "./splitting.js"
import { Streams } from "./streams.js"
import { type Place, type Program, special, specialArrays, specials } from "./syntax.js"
import { Input, inScalarContext, numberOf, StrongRegexp, Table, toNumber, type Value } from "./values.js"

/** Steps between two looks at whether the host wants its turn. */
const fuelMax = 2048

const at = {
  NF: special("NF"),
  NR: special("NR"),
  FNR: special("FNR"),
  FS: special("FS"),
  OFS: special("OFS"),
  ORS: special("ORS"),
  RS: special("RS"),
  SUBSEP: special("SUBSEP"),
  CONVFMT: special("CONVFMT"),
  OFMT: special("OFMT"),
  IGNORECASE: special("IGNORECASE"),
  FIELDWIDTHS: special("FIELDWIDTHS"),
  FPAT: special("FPAT"),
  FILENAME: special("FILENAME"),
  ENVIRON: special("ENVIRON")
}

export class Machine {
  readonly globals: Array<Value>
  /** The variables of the function that runs. */
  frame: Array<Value> = []
  /** What `return` gave. */
  result: Value = undefined
  readonly record = new Record()
  readonly patterns = new Patterns()
  readonly streams: Streams
  readonly random = new RandomNumbers()
  nr = 0
  fnr = 0
  ofs = " "
  ors = "\n"
  subsep = "\x1c"
  convfmt = "%.6g"
  ofmt = "%.6g"
  separator: Reader.Separator = { _tag: "Text", text: "\n" }
  /** Which variable says how records are split. */
  #splitBy: "FS" | "FIELDWIDTHS" | "FPAT" = "FS"
  /** Where the statement that runs stands. */
  place: Place | undefined = undefined
  fuel = fuelMax
  /** What the program will exit with. */
  status = 0
  /** Whether output is for somebody who watches. */
  watched = false
  /** The files that are read; set before anything runs. */
  input!: MainInput
  /** Complaints that wait to be printed. */
  readonly #warnings: Array<string> = []

  constructor(readonly run: Utility.Run, readonly program: Program) {
    this.globals = program.globals.map((name, index) => specialArrays.has(index) ? new Table(name) : undefined)
    this.streams = new Streams(run, () => this.#environment())
    const initial: ReadonlyArray<readonly [number, Value]> = [
      [at.FS, " "],
      [at.OFS, " "],
      [at.ORS, "\n"],
      [at.RS, "\n"],
      [at.SUBSEP, "\x1c"],
      [at.CONVFMT, "%.6g"],
      [at.OFMT, "%.6g"],
      [at.IGNORECASE, 0],
      [at.FIELDWIDTHS, ""],
      [at.FPAT, "[^[:space:]]+"],
      [at.FILENAME, ""],
      [special("RSTART"), 0],
      [special("RLENGTH"), -1],
      [special("RT"), ""],
      [special("ERRNO"), ""],
      [special("ARGIND"), 0],
      [special("BINMODE"), 0],
      [special("LINT"), 0],
      [special("TEXTDOMAIN"), "messages"]
    ]
    for (const [index, value] of initial) this.globals[index] = value
  }

  /** What a command gets: ENVIRON, as it is by now. */
  #environment(): Readonly<globalThis.Record<string, string>> {
    const made: globalThis.Record<string, string> = {}
    for (const [name, value] of this.table(at.ENVIRON).entries) {
      if (!(value instanceof Table)) made[Latin1.toText(name)] = Latin1.toText(this.text(value))
    }
    return made
  }

  /** A variable of awk that is an array. */
  table(index: number): Table {
    const value = this.globals[index]
    if (value instanceof Table) return value
    const made = new Table(this.program.globals[index] ?? "")
    this.globals[index] = made
    return made
  }

  /** A value as text; numbers by CONVFMT. */
  readonly text = (value: Value): string => {
    if (typeof value === "string") return value
    if (typeof value === "number") return numberText(value, this.convfmt)
    if (value === undefined) return ""
    if (value instanceof Input) return value.text
    return value instanceof StrongRegexp ? value.source : inScalarContext(value)
  }

  /** A value as it is printed; numbers by OFMT. */
  readonly outputText = (value: Value): string =>
    typeof value === "number" ? numberText(value, this.ofmt) : this.text(value)

  global(index: number): Value {
    switch (index) {
      case at.NF:
        return this.record.count
      case at.NR:
        return this.nr
      case at.FNR:
        return this.fnr
      default:
        return this.globals[index]
    }
  }

  /** Whether a variable is one of awk itself. */
  isSpecial(index: number): boolean {
    return index < specials.length
  }

  setGlobal(index: number, value: Value): void {
    if (index < specials.length) this.#setSpecial(index, value)
    else this.globals[index] = value
  }

  #setSpecial(index: number, value: Value): void {
    if (specialArrays.has(index)) throw new Fatal(`attempt to use array \`${specials[index]}' in a scalar context`)
    switch (index) {
      case at.NF:
        return this.record.setCount(Math.trunc(toNumber(value)))
      case at.NR:
        this.nr = toNumber(value)
        return
      case at.FNR:
        this.fnr = toNumber(value)
        return
    }
    this.globals[index] = value
    switch (index) {
      case at.OFS:
        // Fields that were assigned to are joined by what held then.
        this.record.join()
        this.ofs = this.record.separator = this.text(value)
        return
      case at.ORS:
        this.ors = this.text(value)
        return
      case at.SUBSEP:
        this.subsep = this.text(value)
        return
      case at.CONVFMT:
        this.convfmt = this.text(value)
        return
      case at.OFMT:
        this.ofmt = this.text(value)
        return
      case at.RS:
        this.separator = Reader.separator(this.text(value), this.patterns)
        if (this.#splitBy === "FS") this.#split()
        return
      case at.FS:
      case at.FIELDWIDTHS:
      case at.FPAT:
        this.#splitBy = index === at.FS ? "FS" : index === at.FPAT ? "FPAT" : "FIELDWIDTHS"
        return this.#split()
      case at.IGNORECASE:
        this.patterns.ignoreCase = typeof value === "string" ? value !== "" : toNumber(value) !== 0
        this.separator = Reader.separator(this.text(this.globals[at.RS]), this.patterns)
        return this.#split()
    }
  }

  get splitBy(): string {
    return this.#splitBy
  }

  #split(): void {
    this.record.splitter = this.#splitter()
  }

  #splitter(): Splitter {
    const value = this.globals[this.#splitBy === "FS" ? at.FS : this.#splitBy === "FPAT" ? at.FPAT : at.FIELDWIDTHS]
    const text = this.text(value)
    if (this.#splitBy === "FPAT") return byContent(this.patterns.get(text))
    if (this.#splitBy === "FIELDWIDTHS") return byWidths(text)
    if (value instanceof StrongRegexp) return byRegex(this.patterns.get(text))
    return this.separator._tag === "Paragraph"
      ? inParagraphs(text, this.patterns)
      : bySeparator(text, this.patterns)
  }

  /** What splits by `value`: the third argument of `split`, or FS. */
  splitterFor(value: Value): Splitter {
    const text = this.text(value)
    return value instanceof StrongRegexp ? byRegex(this.patterns.get(text)) : bySeparator(text, this.patterns)
  }

  /** How FS splits any text. */
  get currentSplitter(): Splitter {
    return this.#splitBy === "FS" ? bySeparator(this.text(this.globals[at.FS]), this.patterns) : this.#splitter()
  }

  /** FPAT. */
  get fieldPattern(): string {
    return this.text(this.globals[at.FPAT])
  }

  setRecord(text: string): void {
    this.record.set(text)
  }

  field(index: number): Value {
    if (index >= 0) return this.record.fieldValue(Math.trunc(index))
    return badField(index)
  }

  setField(index: number, value: Value): void {
    if (!(index >= 0)) return badField(index)
    const whole = Math.trunc(index)
    if (whole === 0) this.record.assign(this.text(value), value instanceof Input ? undefined : value)
    else this.record.setField(whole, this.text(value), value)
  }

  /** Says, before anything else is said, what is odd but goes on. */
  warn(text: string): void {
    this.#warnings.push(`${this.where()}${text}`)
  }

  /** The place of the statement that runs, as complaints begin. */
  where(place = this.place): string {
    if (place === undefined) return ""
    return place.file === undefined ? `cmd. line:${place.line}: ` : `${place.file}:${place.line}: `
  }

  /** A complaint about what happens, with the place and the record. */
  complaint(text: string, aside = false): string {
    const file = this.text(this.globals[at.FILENAME])
    const where = this.fnr > 0 && !aside ? `(FILENAME=${Latin1.toText(file === "" ? "-" : file)} FNR=${this.fnr}) ` : ""
    return `${this.where()}${where}fatal: ${Latin1.toText(text)}`
  }

  get hasWarnings(): boolean {
    return this.#warnings.length > 0 || this.patterns.warnings.length > 0
  }

  *printWarnings(): Steps<void> {
    for (const text of this.patterns.warnings.splice(0)) this.warn(text)
    if (this.#warnings.length === 0) return
    for (const text of this.#warnings.splice(0)) yield* this.run.error(`${this.run.name}: ${Latin1.toText(text)}\n`)
  }

  /** Counts work on a long text as many steps. */
  spend(length: number): void {
    this.fuel -= length >> 6
  }

  /** Whether it is time for {@link pause}. */
  get isTired(): boolean {
    return --this.fuel < 0 || this.run.out.isFull
  }

  /** Shows whoever watches what was printed. */
  *show(): Steps<void> {
    if (this.watched && this.run.out.length > 0) yield* this.run.out.flush()
  }

  /** Between two steps of what may go on for long: writes what is full, and gives way to others. */
  *pause(): Steps<void> {
    if (this.run.out.isFull) yield* this.run.out.flush()
    else yield* this.show()
    if (this.fuel >= 0) return
    this.fuel = fuelMax
    if (this.hasWarnings) yield* this.printWarnings()
    // Here a signal stops whoever computes, and the host has its turn.
    yield* this.run.sys.schedYield()
  }

  /** Sets ERRNO. */
  fail(problem: Errno.Any | string): void {
    this.globals[special("ERRNO")] = typeof problem === "string" ? problem : Errno.text(problem._tag)
  }

  /** A variable that is set on the command line. */
  assign(name: string, text: string): void {
    const index = this.program.globals.indexOf(name)
    if (index < 0) return
    if (this.globals[index] instanceof Table || this.program.globalArrays.has(index)) {
      throw new Fatal(`cannot use array \`${name}' as a scalar`)
    }
    this.setGlobal(index, new Input(text))
  }

  /** A number out of a text in which other awks allow hexadecimal ones as well. */
  static strtonum(text: string): number {
    const [whole] = /^(?:0[xX][0-9a-fA-F]+|0[0-7]+(?![0-9.eE]))/.exec(text) ?? []
    if (whole === undefined) return numberOf(text)
    return /^0[xX]/.test(whole) ? Number(whole) : Number.parseInt(whole, 8)
  }
}

const badField = (index: number): never => {
  throw new Fatal(Number.isNaN(index) ? "attempt to access field nan" : `attempt to access field ${Math.trunc(index)}`)
}
