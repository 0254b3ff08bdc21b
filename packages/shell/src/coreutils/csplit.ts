/**
 * Cuts a file into pieces where patterns say.
 *
 * @see csplit(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { writeAll } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Printf from "../NumberFormat.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import * as Regex from "../Regex.js"
import { attempt, type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE PATTERN...",
  does: "Output pieces of FILE separated by PATTERN(s) to files 'xx00', 'xx01', ..., and output byte counts of each " +
    "piece to standard output.",
  short: "f:b:kn:sqz",
  long: {
    "digits=": "n",
    "elide-empty-files": "z",
    "keep-files": "k",
    "prefix=": "f",
    quiet: "s",
    silent: "s",
    "suffix-format=": "b",
    "suppress-matched": "suppress"
  }
}

interface Pattern {
  /** As it was written. */
  readonly text: string
  /** A line, or what a line is like. */
  readonly at: number | { readonly regex: Regex.Regex; readonly offset: number; readonly skip: boolean }
  /** How often it is used again. */
  repeat: number
}

interface Asked {
  readonly nameOf: (index: number) => string
  readonly keep: boolean
  readonly quiet: boolean
  readonly elide: boolean
  readonly suppress: boolean
}

class Cutter {
  /** The next line that was not written, counted from 1. */
  private current = 1
  private index = 0
  /** Whether the current line is one that was found. */
  private found = false
  /** Whether what is left was passed over to its end. */
  private skipped = false
  private readonly made: Array<string> = []

  constructor(
    private readonly run: Utility.Run,
    private readonly asked: Asked,
    private readonly lines: ReadonlyArray<string>
  ) {}

  *all(patterns: ReadonlyArray<Pattern>): Steps<void> {
    for (const pattern of patterns) {
      for (let turn = 0; turn <= pattern.repeat; turn++) {
        const { at } = pattern
        if (typeof at === "number") yield* this.byNumber(pattern, at * (turn + 1), turn)
        else if (yield* this.byMatch(pattern, at, turn)) break
      }
    }
    if (!this.skipped) yield* this.piece(this.lines.length + 1)
  }

  private *byNumber(pattern: Pattern, line: number, turn: number): Steps<void> {
    this.found = false
    if (this.lines.length === 0) return yield* this.fail("input disappeared")
    if (line > this.lines.length) {
      const more = turn > 0 ? ` on repetition ${turn}` : ""
      return yield* this.stop(`${Quote.value(pattern.text)}: line number out of range${more}`)
    }
    yield* this.piece(Math.max(line, this.current))
    if (this.asked.suppress) this.current++
  }

  /** Cuts in front of the next line that matches; answers whether that was the end of all repetitions. */
  private *byMatch(
    pattern: Pattern,
    { offset, regex, skip }: { readonly regex: Regex.Regex; readonly offset: number; readonly skip: boolean },
    turn: number
  ): Steps<boolean> {
    const { lines } = this
    // A line that was found is not found again.
    let line = this.current + (this.found ? 1 : 0)
    while (line <= lines.length && !regex.test(lines[line - 1]!.replace(/\n$/, ""))) line++
    const more = turn > 0 ? ` on repetition ${turn}` : ""
    if (line > lines.length) {
      if (pattern.repeat === Number.POSITIVE_INFINITY) {
        this.skipped = skip
        return true
      }
      this.skipped = skip
      yield* this.stop(`${Quote.value(pattern.text)}: match not found${more}`)
    }
    const to = line + offset
    if (to < this.current || to > lines.length + 1) {
      yield* this.stop(`${Quote.value(pattern.text)}: line number out of range${more}`, to)
    }
    if (skip) this.current = to
    else yield* this.piece(to)
    this.found = !this.asked.suppress
    if (this.asked.suppress) this.current++
    return false
  }

  /** Writes what stands in front of a line. */
  private *piece(to: number): Steps<void> {
    const { asked, run } = this
    const bytes = Latin1.encode(this.lines.slice(this.current - 1, to - 1).join(""))
    this.current = Math.max(this.current, to)
    if (bytes.length === 0 && asked.elide) return
    const name = asked.nameOf(this.index++)
    const fd = yield* attempt(run.sys.open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (Errno.isErrno(fd)) return yield* this.fail(`${Quote.name(name)}: ${Errno.text(fd._tag)}`)
    this.made.push(name)
    const error = yield* writeAll(run.sys, fd, bytes)
    yield* attempt(run.sys.close(fd))
    if (error !== undefined) return yield* this.fail(`${Quote.name(name)}: ${Errno.text(error._tag)}`)
    if (!asked.quiet) run.out.line(`${bytes.length}`)
  }

  /** Ends with a complaint, when all that is left has been written. */
  private *stop(text: string, to = this.lines.length + 1): Steps<never> {
    yield* this.run.warn(text)
    if (!this.skipped) yield* this.piece(Math.max(this.current, to > this.lines.length ? this.lines.length + 1 : to))
    return yield* this.fail(undefined)
  }

  private *fail(text: string | undefined): Steps<never> {
    if (!this.asked.keep) { for (const name of this.made) yield* attempt(this.run.sys.unlink(name)) }
    if (text !== undefined) yield* this.run.warn(text)
    yield* this.run.out.flush()
    return yield* stop(1)
  }
}

function* patternsOf(run: Utility.Run, texts: ReadonlyArray<string>): Steps<ReadonlyArray<Pattern>> {
  const patterns: Array<Pattern> = []
  let before = 0
  for (const text of texts) {
    const repeat = /^\{(.*)\}$/s.exec(text)
    const previous = patterns.at(-1)
    if (repeat !== null && previous !== undefined && previous.repeat === 0) {
      const [, count] = repeat
      if (count !== "*" && !/^\d+$/.test(count!)) {
        return yield* run.die(`${Quote.value(`{${count}`)}}: integer required between '{' and '}'`)
      }
      previous.repeat = count === "*" ? Number.POSITIVE_INFINITY : Number(count)
      continue
    }
    const [delimiter] = text
    if (delimiter === "/" || delimiter === "%") {
      const end = text.lastIndexOf(delimiter)
      if (end === 0) return yield* run.die(`${text}: closing delimiter '${delimiter}' missing`)
      const offset = text.slice(end + 1)
      if (offset !== "" && !/^[-+]?\d+$/.test(offset)) {
        return yield* run.die(`${Quote.value(text)}: integer expected after delimiter`)
      }
      const regex = Regex.compile([Latin1.fromText(text.slice(1, end))], { extended: false, ignoreCase: false })
      if (regex instanceof Regex.BadPattern) {
        return yield* run.die(`${Quote.value(text)}: invalid regular expression: ${regex.text}`)
      }
      patterns.push({ text, at: { regex, offset: Number(offset), skip: delimiter === "%" }, repeat: 0 })
      continue
    }
    if (!/^\d+$/.test(text)) return yield* run.die(`${Quote.value(text)}: invalid pattern`)
    const line = Number(text)
    if (line === 0) return yield* run.die(`${text}: line number must be greater than zero`)
    if (line < before) {
      return yield* run.die(`line number ${Quote.value(text)} is smaller than preceding line number, ${before}`)
    }
    if (line === before) {
      yield* run.warn(`warning: line number ${Quote.value(text)} is the same as preceding line number`)
    }
    before = line
    patterns.push({ text, at: line, repeat: 0 })
  }
  return patterns
}

/** What makes the end of a name out of its number: one conversion of printf. */
function* suffixOf(run: Utility.Run, text: string): Steps<(index: number) => string> {
  const parts = /^((?:[^%]|%%)*)%([-+ #0']*)(\d*)(?:\.(\d+))?([diouxX])((?:[^%]|%%)*)$/s.exec(text)
  if (parts === null) {
    const many = text.replace(/%%/g, "").split("%").length > 2
    return yield* run.die(
      many ? "too many % conversion specifications in suffix" : "missing % conversion specification in suffix"
    )
  }
  const [, before, flags, width, precision, letter, after] = parts
  const conversion = {
    flags: flags!,
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    letter: letter!
  }
  const plain = (text: string): string => text.replaceAll("%%", "%")
  return (index) => plain(before!) + Printf.integer(conversion, BigInt(index)) + plain(after!)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted || (wanted === "s" && key === "q"))
  const last = (wanted: string): string | undefined => Options.last(options, wanted)?.value
  const digits = last("n") ?? "2"
  if (!/^\d+$/.test(digits)) return yield* run.die(`invalid number: ${Quote.value(digits)}`)
  const [path, ...texts] = operands
  if (path === undefined) return yield* run.missingOperand()
  if (texts.length === 0) return yield* run.missingOperand(path)
  const format = last("b")
  const suffix = format === undefined
    ? (index: number) => `${index}`.padStart(Number(digits), "0")
    : yield* suffixOf(run, format)
  const prefix = last("f") ?? "xx"
  const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) {
    return yield* run.die(`cannot open ${Quote.quoted(path)} for reading: ${Errno.text(fd._tag)}`)
  }
  const patterns = yield* patternsOf(run, texts)
  const reader = new LineReader(run.sys, fd)
  const text = yield* reader.whole()
  if (reader.error !== undefined) return yield* run.die(`read error: ${Errno.text(reader.error._tag)}`)
  yield* new Cutter(run, {
    nameOf: (index) => prefix + suffix(index),
    keep: has("k"),
    quiet: has("s"),
    elide: has("z"),
    suppress: has("suppress")
  }, text.match(/[^\n]*\n|[^\n]+$/g) ?? []).all(patterns)
})
