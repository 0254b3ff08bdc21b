/**
 * Fills paragraphs: lines of about the same length, broken where that disturbs a reader least.
 *
 * Each way to break a paragraph has a cost: for lines that are short, for neighbours of different length, for breaks within
 * a sentence or next to its end. The cheapest way is found from the end backwards.
 *
 * @see fmt(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[-WIDTH] [OPTION]... [FILE]...",
  does: "Reformat each paragraph in the FILE(s), writing to standard output.",
  short: "0123456789cg:p:stuw:",
  long: {
    "crown-margin": "c",
    "goal=": "g",
    "prefix=": "p",
    "split-only": "s",
    "tagged-paragraph": "t",
    "uniform-spacing": "u",
    "width=": "w"
  },
  modernize: (args) => {
    const [first] = args
    return first !== undefined && /^-\d/.test(first) ? [`-w${first.slice(1)}`, ...args.slice(1)] : args
  }
}

interface Asked {
  readonly width: number
  readonly goal: number
  readonly crown: boolean
  readonly tagged: boolean
  readonly split: boolean
  readonly uniform: boolean
  readonly prefix: string
  /** Blanks in front of the prefix that count with it. */
  readonly lead: number
}

interface Word {
  readonly text: string
  /** Blanks behind it. */
  space: number
  readonly paren: boolean
  period: boolean
  readonly punct: boolean
  /** Whether a sentence ends with it. */
  final: boolean
  cost: number
  next: number
  length: number
}

/** A line, taken apart. */
interface Line {
  /** Where its prefix stands. */
  readonly lead: number
  readonly indent: number
  readonly words: ReadonlyArray<Word>
  readonly matches: boolean
  readonly text: string
}

const squared = (n: number): number => n * n
const SHORT = (n: number): number => squared(n * 10)
const RAGGED = (n: number): number => SHORT(n) / 2
const WIDOW = (n: number): number => Math.floor(squared(200) / (n + 2))
const ORPHAN = (n: number): number => Math.floor(squared(150) / (n + 2))
const [LINE, SENTENCE, NOBREAK, PAREN, PUNCT] = [squared(70), squared(50), squared(600), squared(40), squared(40)]

const isPunctuation = (char: string): boolean => /[!-/:-@[-`{-~]/.test(char)

const wordOf = (text: string): Word => {
  const bare = text.replace(/[)\]'"]+$/, "")
  return {
    text,
    space: 0,
    paren: "('`\"[".includes(text[0]!),
    punct: isPunctuation(text.at(-1)!),
    period: bare !== "" && ".?!".includes(bare.at(-1)!),
    final: false,
    cost: 0,
    next: 0,
    length: 0
  }
}

const columnOf = (text: string, from: number): number => {
  let column = from
  for (const char of text) column = char === "\t" ? (column & ~7) + 8 : column + 1
  return column
}

class Formatter {
  /** Whether blanks are written as tabs where that is possible: only where there were some. */
  private tabs = false
  /** How far the last paragraph with a tag was indented. */
  private tagged = 0

  constructor(private readonly run: Utility.Run, private readonly asked: Asked) {}

  private parse(text: string): Line {
    const { lead, prefix, uniform } = this.asked
    const before = /^[ \t]*/.exec(text)![0]
    // The line after a paragraph is read as far as its first word before the paragraph is written.
    if (before.includes("\t")) this.tabs = true
    let rest = text.slice(before.length)
    let column = columnOf(before, 0)
    let matches = true
    let indent = column
    if (prefix !== "") {
      matches = rest.startsWith(prefix) && column >= lead
      if (matches) {
        rest = rest.slice(prefix.length)
        const blank = /^[ \t]*/.exec(rest)![0]
        column = columnOf(blank, column + prefix.length)
        rest = rest.slice(blank.length)
        indent = column
      }
    }
    const words: Array<Word> = []
    for (const [, word, blank] of rest.matchAll(/([^ \t]+)([ \t]*)/g)) {
      const made = wordOf(word!)
      const end = column + word!.length
      column = columnOf(blank!, end)
      words.push(made)
      made.space = column - end
      made.final = made.period && made.space > 1
      if (uniform) made.space = made.final ? 2 : 1
    }
    const end = words.at(-1)
    if (end !== undefined) {
      end.final = end.period
      end.space = end.final ? 2 : 1
    }
    return { lead: prefix === "" ? 0 : columnOf(before, 0), indent, words, matches, text }
  }

  *file(fd: number): Steps<Errno.Any | undefined> {
    const reader = new LineReader(this.run.sys, fd)
    let paragraph: Array<Line> = []
    this.tabs = false
    const flush = (): void => {
      if (paragraph.length > 0) this.paragraph(paragraph)
      paragraph = []
    }
    do {
      while (reader.next()) {
        const line = this.parse(Latin1.decode(reader.buffer, reader.from, reader.to))
        if (!line.matches || line.words.length === 0) {
          flush()
          this.copy(line)
          continue
        }
        if (!this.belongs(paragraph, line)) flush()
        if (line.text.includes("\t")) this.tabs = true
        paragraph.push(line)
      }
      yield* this.run.out.ready()
    } while (yield* reader.fill())
    flush()
    return reader.error
  }

  /** What is no paragraph stays as it is. */
  private copy({ lead, matches, text }: Line): void {
    const { prefix } = this.asked
    if (matches && prefix !== "") this.run.out.latin1(" ".repeat(lead) + prefix)
    else if (text.trim() !== "") this.run.out.latin1(text)
    this.run.out.byte(10)
  }

  private belongs(before: ReadonlyArray<Line>, line: Line): boolean {
    const [first, second] = before
    if (first === undefined) return true
    const { crown, split, tagged } = this.asked
    if (split || line.lead !== first.lead) return false
    if (tagged && second === undefined) return line.indent !== first.indent
    if (crown && second === undefined) return true
    if (crown || tagged) return line.indent === second!.indent
    return line.indent === first.indent
  }

  private paragraph(lines: ReadonlyArray<Line>): void {
    const words = lines.flatMap((line) => line.words)
    const end = words[words.length - 1]!
    end.period = end.final = true
    const first = lines[0]!.indent
    const other = this.indentAfter(lines)
    this.choose(words, first, other)
    for (let at = 0; at < words.length;) {
      this.line(words.slice(at, words[at]!.next), lines[0]!.lead, at === 0 ? first : other)
      at = words[at]!.next
    }
  }

  /** How far the lines after the first are to be indented. */
  private indentAfter([first, second]: ReadonlyArray<Line>): number {
    const { crown, tagged } = this.asked
    if (second !== undefined && (crown || tagged)) return this.tagged = second.indent
    if (!tagged) return first!.indent
    // A paragraph of one line has to look as if more were to come.
    if (this.tagged === first!.indent) this.tagged = first!.indent === 0 ? 3 : 0
    return this.tagged
  }

  /** Finds for each word the best end of a line that begins with it. */
  private choose(words: ReadonlyArray<Word>, first: number, other: number): void {
    const { goal, width } = this.asked
    const end = words.length
    for (let start = end - 1; start >= 0; start--) {
      const word = words[start]!
      let best = Number.POSITIVE_INFINITY
      let length = (start === 0 ? first : other) + word.text.length
      for (let to = start + 1;; to++) {
        let cost = to === end ? 0 : SHORT(goal - length) + words[to]!.cost
        if (to < end && words[to]!.next !== end) cost += RAGGED(length - words[to]!.length)
        if (cost < best) {
          best = cost
          word.next = to
          word.length = length
        }
        if (to === end) break
        length += words[to - 1]!.space + words[to]!.text.length
        if (length >= width) break
      }
      word.cost = best + baseCost(words, start)
    }
  }

  private line(words: ReadonlyArray<Word>, lead: number, indent: number): void {
    const { prefix } = this.asked
    const { out } = this.run
    let column = 0
    const space = (count: number): void => {
      const target = column + count
      if (this.tabs) {
        const tab = target & ~7
        if (column + 1 < tab) {
          for (; column < tab; column = (column & ~7) + 8) out.byte(9)
        }
      }
      for (; column < target; column++) out.byte(32)
    }
    space(lead)
    out.latin1(prefix)
    column += prefix.length
    space(indent - column)
    for (const [index, { space: between, text }] of words.entries()) {
      out.latin1(text)
      column += text.length
      if (index < words.length - 1) space(between)
    }
    out.byte(10)
  }
}

/** What it costs to begin a line with a word. */
const baseCost = (words: ReadonlyArray<Word>, at: number): number => {
  const word = words[at]!
  const [before, further] = [words[at - 1], words[at - 2]]
  let cost = LINE
  if (before !== undefined) {
    if (before.period) cost += before.final ? -SENTENCE : NOBREAK
    else if (before.punct) cost -= PUNCT
    else if (further?.final === true) cost += WIDOW(before.text.length)
  }
  if (word.paren) cost -= PAREN
  else if (word.final) cost += ORPHAN(word.text.length)
  return cost
}

const WIDTH_MAX = 2500

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const last = (wanted: string): string | undefined => Options.last(options, wanted)?.value
  const digit = options.find(({ key }) => /^\d$/.test(key))
  if (digit !== undefined) {
    return yield* run.misuse(
      `invalid option -- ${digit.key}; -WIDTH is recognized only when it is the first\noption; use -w N instead`
    )
  }
  const number = function*(text: string | undefined, most: number): Steps<number | undefined> {
    if (text === undefined) return undefined
    if (/^\d+$/.test(text) && Number(text) <= most) return Number(text)
    const range = /^\d+$/.test(text) ? `: ${Errno.text("ERANGE")}` : ""
    return yield* run.die(`invalid width: ${Quote.value(text)}${range}`)
  }
  const asked = yield* number(last("w"), WIDTH_MAX)
  const aim = yield* number(last("g"), asked ?? 75)
  const width = asked ?? (aim === undefined ? 75 : aim + 10)
  const prefix = Latin1.fromText(last("p") ?? "")
  const formatter = new Formatter(run, {
    width,
    goal: aim ?? Math.floor(width * 187 / 200),
    crown: has("c"),
    tagged: has("t"),
    split: has("s"),
    uniform: has("u"),
    prefix: prefix.trim(),
    lead: /^ */.exec(prefix)![0].length
  })
  for (const path of operands.length === 0 ? ["-"] : operands) {
    const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
    if (Errno.isErrno(fd)) {
      yield* run.fail(`cannot open ${Quote.quoted(path)} for reading: ${Errno.text(fd._tag)}`)
      continue
    }
    const error = yield* formatter.file(fd)
    if (error !== undefined) yield* run.fail("read error")
    yield* run.close(fd)
  }
})
