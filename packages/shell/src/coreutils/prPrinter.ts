/**
 * The pages of pr(1): rows of columns between a header and a trailer.
 *
 * @see pr(1)
 */
import * as Latin1 from "../Latin1.js"
import type { Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import { expanded, type How, type Parts, tabWidth } from "./prText.js"

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

export class Printer {
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
