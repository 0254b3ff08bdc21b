/**
 * What of a file is on the screen: where its top is, how lines become rows, and how far one can go.
 *
 * @see less(1)
 */
import * as Latin1 from "../Latin1.js"
import type * as Regex from "../Regex.js"
import type { Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import { drawn, type Found, glyphsOf, type Look, type Row, rowsOf } from "./layout.js"
import type { Lines } from "./Lines.js"
import type { Screen } from "./Screen.js"

/** What was asked for on the command line, and by keys since. */
export interface Settings {
  chop: boolean
  numbers: boolean
  raw: boolean
  /** `i`: unless the pattern has capitals; `I`: always. */
  ignoreCase: "" | "i" | "I"
  readonly tab: number
  /** Whether it ends where the file does: the second time that somebody wants to go on, or the first. */
  readonly quitAtEnd: "" | "second" | "first"
}

/** A line, and one of the rows that it is broken into. */
export interface Place {
  readonly line: number
  readonly row: number
}

/** A line as it is laid out. */
interface Laid {
  readonly rows: ReadonlyArray<Row>
  readonly plain: string
}

/** Lines whose layout is kept: a few screens of them. */
const KEPT = 512

export class View {
  top: Place = { line: 0, row: 0 }
  /** What stands out. */
  pattern: Regex.Regex | undefined = undefined
  private laid = new Map<number, Laid>()
  private laidFor = ""

  constructor(
    private readonly run: Utility.Run,
    private readonly screen: Screen,
    readonly lines: Lines,
    readonly settings: Settings
  ) {}

  get height(): number {
    return Math.max(1, this.screen.rows - 1)
  }

  private get look(): Look {
    const { chop, numbers, raw, tab } = this.settings
    return { columns: Math.max(2, this.screen.columns - (numbers ? NUMBER : 0)), chop, raw, tab }
  }

  private layout(line: number): Laid {
    const { look } = this
    const key = `${look.columns} ${look.chop} ${look.raw}`
    if (key !== this.laidFor || this.laid.size > KEPT) this.laid.clear()
    this.laidFor = key
    const known = this.laid.get(line)
    if (known !== undefined) return known
    const { glyphs, plain } = glyphsOf(this.lines.at(line) ?? "", look)
    const made = { rows: rowsOf(glyphs, look), plain }
    // The last line may not be all there yet.
    if (line < this.lines.whole) this.laid.set(line, made)
    return made
  }

  private rows(line: number): ReadonlyArray<Row> {
    return this.layout(line).rows
  }

  /** The row after a place, if there is one. */
  private *after({ line, row }: Place): Steps<Place | undefined> {
    if (row + 1 < this.rows(line).length) return { line, row: row + 1 }
    yield* this.lines.upTo(line + 1)
    return line + 1 < this.lines.count ? { line: line + 1, row: 0 } : undefined
  }

  private before({ line, row }: Place): Place | undefined {
    if (row > 0) return { line, row: row - 1 }
    return line === 0 ? undefined : { line: line - 1, row: this.rows(line - 1).length - 1 }
  }

  /** The places that the screen shows from `from` on. */
  *window(from: Place): Steps<ReadonlyArray<Place>> {
    yield* this.lines.upTo(from.line)
    const places: Array<Place> = this.lines.count === 0 ? [] : [from]
    while (places.length > 0 && places.length < this.height) {
      const next = yield* this.after(places[places.length - 1]!)
      if (next === undefined) break
      places.push(next)
    }
    return places
  }

  /** Whether the last row of the file is on the screen. */
  *showsEnd(): Steps<boolean> {
    const places = yield* this.window(this.top)
    const last = places[places.length - 1]
    return last === undefined || (yield* this.after(last)) === undefined
  }

  /** Whether the screen shows all there is, with room for what comes after it. */
  *isWhole(): Steps<boolean> {
    const places = yield* this.window({ line: 0, row: 0 })
    return places.length < this.height && this.lines.atEnd
  }

  /** The rows of the screen, as they are written. */
  *rowsShown(): Steps<ReadonlyArray<string>> {
    const places = yield* this.window(this.top)
    const text: Array<string> = []
    for (const { line, row } of places) {
      const { plain, rows } = this.layout(line)
      const number = this.settings.numbers ? `${(row === 0 ? String(line + 1) : "").padStart(NUMBER - 1)} ` : ""
      text.push(number + drawn(rows[row] ?? { glyphs: [] }, this.found(plain)))
    }
    while (text.length < this.height) text.push("~")
    return text
  }

  *draw(status: string): Steps<void> {
    const { out } = this.run
    const rows = yield* this.rowsShown()
    out.text(`\u001b[H${rows.map((row) => `${row}\u001b[K`).join("\r\n")}\r\n${status}\u001b[K`)
    yield* out.flush()
  }

  private found(plain: string): ReadonlyArray<Found> {
    if (this.pattern === undefined) return []
    const text = Latin1.fromText(plain)
    const found: Array<Found> = []
    for (let at = 0; at <= text.length;) {
      const span = this.pattern.span(text, at)
      if (span === undefined) break
      const [start, end] = span
      if (end > start) found.push({ start, end })
      at = Math.max(end, start + 1)
    }
    return found
  }

  /** Whether the pattern is in a line. */
  matches(line: number): boolean {
    return this.found(this.layout(line).plain).length > 0
  }

  /** Goes on by so many rows, but not beyond the last screen. */
  *forward(count: number): Steps<void> {
    for (let left = count; left > 0 && !(yield* this.showsEnd()); left--) {
      this.top = (yield* this.after(this.top)) ?? this.top
    }
  }

  back(count: number): void {
    for (let left = count; left > 0; left--) {
      const place = this.before(this.top)
      if (place === undefined) return
      this.top = place
    }
  }

  /** Shows the last screen. */
  *end(): Steps<void> {
    yield* this.lines.upTo(Number.POSITIVE_INFINITY)
    const last = Math.max(0, this.lines.count - 1)
    this.top = { line: last, row: Math.max(0, this.rows(last).length - 1) }
    this.back(this.height - 1)
  }

  /** Shows a line at the top, or the last screen if there is less behind it. */
  *go(line: number): Steps<void> {
    yield* this.lines.upTo(line + this.height)
    if (line >= this.lines.count) return yield* this.end()
    this.top = { line, row: 0 }
    const places = yield* this.window(this.top)
    if (places.length < this.height) yield* this.end()
  }
}

/** Columns that the number of a line takes, and the space behind it. */
const NUMBER = 8
