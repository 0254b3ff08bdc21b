/**
 * Numbers lines.
 *
 * @see nl(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import type * as Errno from "@effix/kernel/Errno"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import { last } from "../Options.js"
import * as Quote from "../Quote.js"
import * as Regex from "../Regex.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Write each FILE to standard output, with line numbers added.",
  short: "b:d:f:h:i:l:n:ps:v:w:",
  long: {
    "body-numbering=": "b",
    "section-delimiter=": "d",
    "footer-numbering=": "f",
    "header-numbering=": "h",
    "line-increment=": "i",
    "join-blank-lines=": "l",
    "number-format=": "n",
    "no-renumber": "p",
    "number-separator=": "s",
    "starting-line-number=": "v",
    "number-width=": "w"
  }
}

type Style = (line: string) => boolean

function* styleOf(run: Utility.Run, text: string, what: string): Steps<Style> {
  if (text === "a") return () => true
  if (text === "t") return (line) => line !== ""
  if (text === "n") return () => false
  if (text.startsWith("p")) {
    const regex = Regex.compile([Latin1.fromText(text.slice(1))], { extended: false, ignoreCase: false })
    if (regex instanceof Regex.BadPattern) return yield* run.die(regex.text)
    return regex.test
  }
  return yield* run.misuse(`invalid ${what} numbering style: ${Quote.value(text)}`)
}

function* integer(run: Utility.Run, text: string, what: string, least: number): Steps<number> {
  if (/^[-+]?\d+$/.test(text) && Number(text) >= least) return Number(text)
  const range = /^[-+]?\d+$/.test(text) ? ": Numerical result out of range" : ""
  return yield* run.die(`invalid ${what}: ${Quote.value(text)}${range}`)
}

class Numbering {
  readonly styles: Record<"header" | "body" | "footer", Style>
  section: "header" | "body" | "footer" = "body"
  blanks = 0
  number: number

  constructor(
    readonly how: {
      readonly styles: Record<"header" | "body" | "footer", Style>
      readonly start: number
      readonly step: number
      readonly join: number
      readonly width: number
      readonly separator: string
      readonly format: string
      readonly renumber: boolean
      readonly delimiter: string
    }
  ) {
    this.styles = how.styles
    this.number = how.start
  }

  /** What comes in front of a line; `undefined` for a line that begins a section. */
  prefix(line: string): string | undefined {
    const { delimiter, format, join, renumber, separator, start, step, width } = this.how
    const section = delimiter === "" ? 0 : [3, 2, 1].find((times) => line === delimiter.repeat(times)) ?? 0
    if (section > 0) {
      this.section = section === 3 ? "header" : section === 2 ? "body" : "footer"
      if (renumber) this.number = start
      return undefined
    }
    if (line === "" && join > 1) {
      if (++this.blanks % join !== 0) return " ".repeat(width + separator.length)
    } else this.blanks = 0
    if (!this.styles[this.section](line)) return " ".repeat(width + separator.length)
    const text = String(this.number)
    this.number += step
    if (format === "ln") return text.padEnd(width) + separator
    if (format === "rn") return text.padStart(width) + separator
    return (text.startsWith("-") ? "-" + text.slice(1).padStart(width - 1, "0") : text.padStart(width, "0")) + separator
  }
}

function* number(run: Utility.Run, fd: number, numbering: Numbering): Steps<Errno.Any | undefined> {
  const lines = new LineReader(run.sys, fd)
  do {
    while (lines.next()) {
      const prefix = numbering.prefix(Latin1.decode(lines.buffer, lines.from, lines.to))
      if (prefix !== undefined) {
        run.out.text(prefix)
        run.out.bytes(lines.buffer, lines.from, lines.to)
      }
      run.out.byte(10)
    }
    yield* run.out.ready()
  } while (yield* lines.fill())
  return lines.error
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const option = (wanted: string, otherwise: string): string => last(options, wanted)?.value ?? otherwise
  const format = option("n", "rn")
  if (!["ln", "rn", "rz"].includes(format)) {
    return yield* run.misuse(`invalid line numbering format: ${Quote.value(format)}`)
  }
  const delimiter = option("d", "\\:")
  const numbering = new Numbering({
    styles: {
      header: yield* styleOf(run, option("h", "n"), "header"),
      body: yield* styleOf(run, option("b", "t"), "body"),
      footer: yield* styleOf(run, option("f", "n"), "footer")
    },
    start: yield* integer(run, option("v", "1"), "starting line number", Number.MIN_SAFE_INTEGER),
    step: yield* integer(run, option("i", "1"), "line number increment", Number.MIN_SAFE_INTEGER),
    join: yield* integer(run, option("l", "1"), "line number of blank lines", 1),
    width: yield* integer(run, option("w", "6"), "line number field width", 1),
    separator: option("s", "\t"),
    format,
    renumber: !options.some(({ key }) => key === "p"),
    delimiter: Latin1.fromText(Bytes.byteLength(delimiter) === 1 ? `${delimiter}:` : delimiter)
  })
  yield* run.inputs(operands, (fd) => number(run, fd, numbering))
})
