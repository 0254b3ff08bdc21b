/**
 * Cuts files into pages, with a header and in columns.
 *
 * @see pr(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as DateFormat from "../DateFormat.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { Printer } from "./prPrinter.js"
import { type How, type Parts, partsOf } from "./prText.js"

/** `-e`, `-i`, `-n`: a character, and a number behind it. */
const split = (value: string, character: string, number: number): readonly [string, number] | undefined => {
  const first = value !== "" && !/^\d/.test(value) ? value[0]! : character
  const rest = value !== "" && !/^\d/.test(value) ? value.slice(1) : value
  if (rest !== "" && !/^[1-9]\d*$/.test(rest)) return undefined
  return [first, rest === "" ? number : Number(rest)]
}

function* count(run: Utility.Run, text: string, what: string, least = 1): Steps<number> {
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text)
  const range = /^\d+$/.test(text) ? ": Numerical result out of range" : ""
  return yield* run.die(`${what}: ${Quote.value(text)}${range}`)
}

function* pair(run: Utility.Run, letter: string, value: string, number: number): Steps<readonly [string, number]> {
  const found = split(value, "\t", number)
  if (found !== undefined) return found
  yield* run.warn(
    `'-${letter}' extra characters or invalid number in the argument: ${Quote.value(value.replace(/^\D/, ""))}`
  )
  return yield* run.misuse()
}

export const main = Utility.make(
  {
    usage: "[OPTION]... [FILE]...",
    does: "Cut files into pages, or into columns.",
    short: "acdD:e::fFh:i::Jl:mn::N:o:rs::S::tTvw:W:0123456789",
    long: {
      "pages=": "pages",
      "columns=": "columns",
      across: "a",
      "show-control-chars": "c",
      "double-space": "d",
      "date-format=": "D",
      "expand-tabs=?": "e",
      "form-feed": "f",
      "header=": "h",
      "output-tabs=?": "i",
      "join-lines": "J",
      "length=": "l",
      merge: "m",
      "number-lines=?": "n",
      "first-line-number=": "N",
      "indent=": "o",
      "no-file-warnings": "r",
      "separator=?": "s",
      "sep-string=?": "S",
      "omit-header": "t",
      "omit-pagination": "T",
      "show-nonprinting": "v",
      "width=": "w",
      "page-width=": "W"
    }
  },
  function*(run, { operands, options }) {
    const how: How = {
      ...{ columns: 1, across: false, merge: false, first: 1, last: Number.POSITIVE_INFINITY, length: 66, width: 72 },
      ...{ margin: 0, double: false, header: undefined, date: "%Y-%m-%d %H:%M", formFeed: false, framed: true },
      ...{ keepsPages: false, tabs: undefined, outputTabs: undefined, visible: "", numbers: undefined, start: 1 },
      ...{ separator: undefined, join: false, truncate: false, quiet: false }
    }
    let digits = ""
    let oldSeparator: string | undefined
    let oldWidth = false
    let hasColumns = false
    for (const { hasValue, key, value } of options) {
      if (/^\d$/.test(key)) digits += key
      else if (key === "columns") digits = String(yield* count(run, value, "invalid number of columns"))
      else if (key === "pages") yield* pages(run, how, value)
      else if (key === "a") how.across = true
      else if (key === "c") how.visible = "hat"
      else if (key === "d") how.double = true
      else if (key === "D") how.date = value
      else if (key === "e") {
        const [character, width] = yield* pair(run, "e", value, 8)
        how.tabs = { character, width }
      } else if (key === "f" || key === "F") how.formFeed = true
      else if (key === "h") how.header = Latin1.fromText(value)
      else if (key === "i") {
        const [character, width] = yield* pair(run, "i", value, 8)
        how.outputTabs = { character, width }
      } else if (key === "J") how.join = true
      else if (key === "l") how.length = yield* count(run, value, "'-l PAGE_LENGTH' invalid number of lines")
      else if (key === "m") how.merge = true
      else if (key === "n") {
        const [separator, width] = yield* pair(run, "n", value, 5)
        how.numbers = { separator, digits: width }
      } else if (key === "N") {
        if (!/^[-+]?\d+$/.test(value)) {
          return yield* run.die(`'-N NUMBER' invalid starting line number: ${Quote.value(value)}`)
        }
        how.start = Number(value)
      } else if (key === "o") how.margin = yield* count(run, value, "'-o MARGIN' invalid line offset", 0)
      else if (key === "r") how.quiet = true
      else if (key === "s") oldSeparator = hasValue ? Latin1.fromText(value) : ""
      else if (key === "S") how.separator = Latin1.fromText(value)
      else if (key === "t" || key === "T") {
        how.framed = false
        how.keepsPages = key === "t"
      } else if (key === "v") how.visible = "octal"
      else if (key === "w") {
        how.width = yield* count(run, value, "'-w PAGE_WIDTH' invalid number of characters")
        oldWidth = true
      } else if (key === "W") {
        how.width = yield* count(run, value, "'-W PAGE_WIDTH' invalid number of characters")
        how.truncate = true
        oldWidth = false
      }
    }
    const files = operands.filter((each) => !each.startsWith("+"))
    for (const each of operands) if (each.startsWith("+")) yield* pages(run, how, each.slice(1))
    if (digits !== "") {
      how.columns = yield* count(run, digits, "invalid number of columns")
      hasColumns = true
    }
    if (hasColumns && how.merge) return yield* run.die("cannot specify number of columns when printing in parallel")
    if (how.across && how.merge) return yield* run.die("cannot specify both printing across and printing in parallel")
    const several = hasColumns || how.merge
    if (oldWidth) {
      if (!several) how.join = true
      else {
        how.truncate = true
        if (oldSeparator !== undefined) how.separator ??= oldSeparator
      }
    } else if (oldSeparator !== undefined && how.separator === undefined && several) {
      if (how.truncate) how.separator = oldSeparator
      else {
        how.join = true
        how.separator = oldSeparator === "" ? undefined : oldSeparator
      }
    }
    if (how.length <= 10) {
      how.framed = false
      how.keepsPages = true
    }
    const names = files.length === 0 ? ["-"] : files
    const columns = how.merge ? names.length : how.columns
    how.columns = columns
    if (columns > 1) {
      how.separator ??= how.join ? "\t" : " "
      if (!how.join && how.separator === "\t") how.separator = " "
      how.truncate = !how.join
      if (how.separator !== "\t") how.tabs ??= { character: "\t", width: 8 }
      how.outputTabs ??= { character: "\t", width: 8 }
    } else how.separator = ""
    if (how.join) how.truncate = false
    return yield* print(run, how, names)
  }
)

function* pages(run: Utility.Run, how: How, text: string): Steps<void> {
  const match = /^(\d+)(?::(\d+))?$/.exec(text)
  const [first, last] = [Number(match?.[1]), match?.[2] === undefined ? Number.POSITIVE_INFINITY : Number(match[2])]
  if (match === null || first < 1 || last < first) {
    yield* run.die(`invalid page range ${Quote.value(text)}`)
  }
  how.first = first
  how.last = last
}

interface Input {
  readonly parts: Parts
  readonly name: string
  readonly date: string
}

function* input(run: Utility.Run, how: How, path: string): Steps<Input | undefined> {
  const fd = path === "-" ? 0 : how.quiet ? yield* attempt(run.sys.open(path, 0)) : yield* run.open(path)
  if (typeof fd !== "number") {
    run.status = 1
    return undefined
  }
  const lines = new LineReader(run.sys, fd)
  const text = yield* lines.whole()
  const stat = yield* attempt(run.sys.fstat(fd))
  yield* run.close(fd)
  if (lines.error !== undefined) {
    yield* run.failPath(path, lines.error)
    return undefined
  }
  const time = path === "-" || Errno.isErrno(stat) ? yield* run.sys.clockGettime("realtime") : stat.mtime
  return {
    parts: partsOf(text),
    name: how.header ?? (path === "-" ? "" : Latin1.fromText(path)),
    date: Latin1.fromText(DateFormat.format(how.date, time))
  }
}

/** Complains of a file that ends before the first page that is asked for. */
function* early(run: Utility.Run, { first }: How, { page }: Printer): Steps<void> {
  const count = Math.max(1, page)
  if (count < first) yield* run.warn(`starting page number ${first} exceeds page count ${count}`)
}

function* print(run: Utility.Run, how: How, names: ReadonlyArray<string>): Steps<number> {
  if (new Printer(run, how, names.length).isTooNarrow) return yield* run.die("page width too narrow")
  const inputs: Array<Input> = []
  for (const path of names) {
    const read = yield* input(run, how, path)
    if (read === undefined) continue
    if (how.merge) inputs.push(read)
    else {
      const printer = new Printer(run, how, 1)
      yield* printer.file(read.parts, read.date, read.name)
      yield* early(run, how, printer)
    }
  }
  if (!how.merge) return run.status
  const now = DateFormat.format(how.date, yield* run.sys.clockGettime("realtime"))
  const printer = new Printer(run, { ...how, columns: inputs.length }, inputs.length)
  yield* printer.merged(inputs.map(({ parts }) => parts), now, how.header ?? "")
  yield* early(run, how, printer)
  return run.status
}
