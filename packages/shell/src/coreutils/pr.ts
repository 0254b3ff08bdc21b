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

interface How {
  columns: number
  across: boolean
  merge: boolean
  first: number
  last: number
  length: number
  width: number
  margin: number
  double: boolean
  header: string | undefined
  date: string
  formFeed: boolean
  /** Whether pages have a header and a trailer. */
  framed: boolean
  /** Whether a form feed of the input begins a page. */
  keepsPages: boolean
  /** Input tabs: the character and how wide it goes; not expanded if undefined. */
  tabs: { readonly character: string; readonly width: number } | undefined
  outputTabs: { readonly character: string; readonly width: number } | undefined
  visible: "" | "octal" | "hat"
  numbers: { readonly separator: string; readonly digits: number } | undefined
  start: number
  separator: string | undefined
  join: boolean
  truncate: boolean
  quiet: boolean
}

/** Lines, in parts that a form feed separates. */
type Parts = ReadonlyArray<ReadonlyArray<string>>

const partsOf = (text: string): Parts =>
  text.split("\f").map((part) => {
    const lines = part.split("\n")
    if (lines.at(-1) === "") lines.pop()
    return lines
  })

/** How far a tab goes from a column. */
const tabWidth = (width: number, column: number): number => width - column % width

const shownByte = (byte: string, { visible }: How): string => {
  const code = byte.charCodeAt(0)
  if (visible === "" || (code >= 32 && code < 127)) return byte
  if (visible === "hat" && code < 32) return `^${String.fromCharCode(code + 64)}`
  return `\\${code.toString(8).padStart(3, "0")}`
}

/** A line as it is shown, cut off at a width if there is one; `from` cells are taken already. */
const expanded = (line: string, how: How, from: number, most: number): string => {
  let out = ""
  let column = from
  for (const byte of line) {
    let piece: string
    if (how.tabs !== undefined && (byte === how.tabs.character || byte === "\t")) {
      piece = " ".repeat(tabWidth(byte === how.tabs.character ? how.tabs.width : 8, column))
    } else piece = byte === "\t" ? byte : shownByte(byte, how)
    const code = piece.charCodeAt(0)
    const cells = piece === "\t"
      ? tabWidth(8, column)
      : piece === "\b"
      ? -1
      : code < 32 || code > 126
      ? 0
      : piece.length
    // The first character is there whatever stands before it.
    if ((out === "" ? cells : column + cells) > most) break
    column += cells
    out += piece
  }
  return out
}

/** A line of output: spaces wait until something follows, and become tabs then where that is asked for. */
class Row {
  text = ""
  private column = 0
  private spaces = 0

  constructor(private readonly tabs: How["outputTabs"]) {}

  /** Where the next character goes. */
  get position(): number {
    return this.column + this.spaces
  }

  put(text: string): void {
    for (const byte of text) {
      if (byte === " " && this.tabs !== undefined) {
        this.spaces++
        continue
      }
      this.flush()
      this.text += byte
      this.column += byte === "\t" ? tabWidth(8, this.column) : byte >= " " && byte <= "~" ? 1 : 0
    }
  }

  /** Goes to a column that lies further. */
  to(column: number): void {
    this.put(" ".repeat(Math.max(0, column - this.position)))
  }

  /** Writes the spaces that wait. */
  flush(): void {
    const goal = this.position
    while (this.tabs !== undefined && goal - this.column > 1) {
      const next = this.column + tabWidth(this.tabs.width, this.column)
      if (next > goal) break
      this.text += this.tabs.character
      this.column = next
    }
    this.text += " ".repeat(goal - this.column)
    this.column = goal
    this.spaces = 0
  }
}

class Printer {
  private readonly body: number
  private readonly columnWidth: number
  private readonly numberWidth: number
  private readonly separator: string
  private number: number
  page = 0

  constructor(private readonly run: Utility.Run, private readonly how: How, files: number) {
    const { columns, double, framed, length, numbers, width } = how
    this.separator = how.separator ?? ""
    const body = framed ? length - 10 : length
    this.body = Math.max(1, double ? Math.floor(body / 2) : body)
    this.numberWidth = numbers === undefined
      ? 0
      : numbers.digits + (numbers.separator === "\t" ? tabWidth(8, numbers.digits) : 1)
    this.number = how.start
    const outside = how.merge ? this.numberWidth : 0
    this.columnWidth = Math.floor(
      (width - outside - (columns - 1) * this.separator.length) / (how.merge ? files : columns)
    )
  }

  get isTooNarrow(): boolean {
    return this.columnWidth < 1
  }

  private numbered(): string {
    const { numbers, columns } = this.how
    if (numbers === undefined) return ""
    const digits = String(this.number++).slice(-numbers.digits).padStart(numbers.digits)
    return columns > 1 && numbers.separator === "\t"
      ? digits.padEnd(this.numberWidth)
      : digits + numbers.separator
  }

  /** A line with its number, as wide as its column allows. */
  private cell(line: string, numbered: boolean): string {
    const { how } = this
    const most = how.truncate ? this.columnWidth : Number.POSITIVE_INFINITY
    const number = numbered ? this.numbered() : ""
    const counts = how.truncate && !how.merge && numbered && how.numbers !== undefined ? this.numberWidth : 0
    return number + expanded(line, how, counts, most)
  }

  /** Cells beside each other; room is made for those that are not there, if something stands before them. */
  private row(cells: ReadonlyArray<string | undefined>): string {
    const { how, separator } = this
    const row = new Row(how.outputTabs)
    row.put(" ".repeat(how.margin))
    if (cells.length > 1) row.flush()
    let separators = 0
    let empty = true
    cells.forEach((cell, index) => {
      if (cell !== undefined || !empty) {
        if (index > 0 && !how.join) {
          const outside = how.merge ? this.numberWidth : 0
          row.to(how.margin + outside + index * (this.columnWidth + separator.length) - separator.length)
        }
        for (; separators > 0; separators--) {
          row.put(separator)
          row.flush()
        }
        row.put(cell ?? "")
        empty &&= cell === undefined
      }
      separators++
    })
    return row.text
  }

  /** The rows of a page that begins with the first of `lines`, which may be fewer than it has room for. */
  private rows(lines: ReadonlyArray<string>): ReadonlyArray<string> {
    const { across, columns } = this.how
    if (columns === 1) return lines.map((line) => this.row([this.cell(line, true)]))
    if (across) {
      return Array.from(
        { length: Math.ceil(lines.length / columns) },
        (_, row) => this.row(lines.slice(row * columns, (row + 1) * columns).map((line) => this.cell(line, true)))
      )
    }
    // Down one column and then the next, which are as long as each other.
    const cells = lines.map((line) => this.cell(line, true))
    const [least, more] = [Math.floor(cells.length / columns), cells.length % columns]
    const stacks: Array<ReadonlyArray<string>> = []
    for (let [column, from] = [0, 0]; column < columns; column++) {
      const count = least + (column < more ? 1 : 0)
      stacks.push(cells.slice(from, from + count))
      from += count
    }
    return stacks[0]!.map((_, row) => this.row(stacks.flatMap((stack) => stack[row] ?? [])))
  }

  private header(date: string, name: string): string {
    const { margin, width } = this.how
    const page = `Page ${this.page}`
    const room = Math.max(0, width - date.length - name.length - page.length)
    const left = Math.max(1, room >> 1)
    const right = Math.max(1, room - (room >> 1))
    const indent = " ".repeat(margin)
    return `${indent}\n\n${indent}${date}${" ".repeat(left)}${name}${" ".repeat(right)}${page}\n\n\n`
  }

  /** Writes one page; answers whether more may follow. */
  private *show(rows: ReadonlyArray<string>, date: string, name: string, ended: boolean): Steps<boolean> {
    const { across, columns, double, first, formFeed, framed, keepsPages, last, merge } = this.how
    this.page++
    if (this.page > last) return false
    if (this.page < first) return true
    const { out } = this.run
    if (framed) out.bytes(Latin1.encode(this.header(date, name)))
    for (const [index, row] of rows.entries()) {
      // Of columns whose lines are known beforehand, nothing follows the last.
      const ends = index === rows.length - 1 && !framed && columns > 1 && !across && !merge
      out.bytes(Latin1.encode(double && !ends ? `${row}\n\n` : `${row}\n`))
    }
    if (framed) {
      const left = (this.body - rows.length) * (double ? 2 : 1)
      out.text(formFeed ? "\f" : "\n".repeat(left + 5))
    } else if (ended && keepsPages) out.text("\f")
    yield* out.ready()
    return true
  }

  /** One file after its header. */
  *file(parts: Parts, date: string, name: string): Steps<void> {
    const most = this.body * this.how.columns
    for (const [index, lines] of parts.entries()) {
      const isLast = index === parts.length - 1
      if (lines.length === 0 && isLast) return
      for (let from = 0; from < Math.max(1, lines.length); from += most) {
        const ended = !isLast && from + most >= lines.length
        if (!(yield* this.show(this.rows(lines.slice(from, from + most)), date, name, ended))) return
      }
    }
  }

  /** Files beside each other. */
  *merged(files: ReadonlyArray<Parts>, date: string, name: string): Steps<void> {
    const all = files.map((parts) => parts.flat())
    const longest = Math.max(0, ...all.map((lines) => lines.length))
    for (let from = 0; from < longest; from += this.body) {
      const count = Math.min(this.body, longest - from)
      const rows = Array.from({ length: count }, (_, row) => {
        const number = this.numbered()
        const cells = all.map((lines) => {
          const line = lines[from + row]
          return line === undefined ? undefined : this.cell(line, false)
        })
        return this.row([number === "" ? cells[0] : number + (cells[0] ?? ""), ...cells.slice(1)])
      })
      if (!(yield* this.show(rows, date, name, false))) return
    }
  }
}

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
