/**
 * One file on the whole screen: where it is looked at, what is drawn, and what keys do.
 *
 * @see less(1)
 */
import { SIGSTOP } from "@effix/kernel/abi/Signals"
import * as Latin1 from "../Latin1.js"
import * as Regex from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
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

/** Where the top of the screen is: a line, and one of the rows that it is broken into. */
interface Place {
  readonly line: number
  readonly row: number
}

/** What is to be done when a file is left. */
export type Leave = "quit" | "next" | "previous" | "first"

const START: Place = { line: 0, row: 0 }

export class Pager {
  private top: Place = START
  private message = ""
  private started = false
  private count: number | undefined = undefined
  private pattern: Regex.Regex | undefined = undefined
  private patternText = ""
  private backwards = false
  /** The line of the last match. */
  private hit: number | undefined = undefined
  private triedEnd = false
  private readonly marks = new Map<string, Place>()

  constructor(
    private readonly run: Utility.Run,
    private readonly screen: Screen,
    private readonly lines: Lines,
    private readonly name: string,
    private readonly settings: Settings
  ) {}

  // ---------------------------------------------------------------- layout

  private get height(): number {
    return Math.max(1, this.screen.rows - 1)
  }

  private get margin(): number {
    return this.settings.numbers ? 8 : 0
  }

  private get look(): Look {
    const { chop, raw, tab } = this.settings
    return { columns: Math.max(2, this.screen.columns - this.margin), chop, raw, tab }
  }

  private rows(line: number): ReadonlyArray<Row> {
    return rowsOf(glyphsOf(this.lines.at(line) ?? "", this.look).glyphs, this.look)
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
  private *window(from: Place): Steps<ReadonlyArray<Place>> {
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
  private *showsEnd(): Steps<boolean> {
    const places = yield* this.window(this.top)
    const last = places[places.length - 1]
    return last === undefined || (yield* this.after(last)) === undefined
  }

  // ---------------------------------------------------------------- drawing

  *draw(): Steps<void> {
    const { out } = this.run
    const places = yield* this.window(this.top)
    const text: Array<string> = []
    for (const place of places) {
      const { glyphs, plain } = glyphsOf(this.lines.at(place.line) ?? "", this.look)
      const number = this.settings.numbers ? (place.row === 0 ? String(place.line + 1) : "").padStart(7) + " " : ""
      text.push(number + drawn(rowsOf(glyphs, this.look)[place.row] ?? { glyphs: [] }, this.found(plain)))
    }
    while (text.length < this.height) text.push("~")
    out.text(`\u001b[H${text.map((row) => `${row}\u001b[K`).join("\r\n")}\r\n${yield* this.status()}\u001b[K`)
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

  private *status(): Steps<string> {
    const { columns } = this.screen
    const lit = (text: string): string => `\u001b[7m${text.slice(0, columns - 1)}\u001b[27m`
    if (this.message !== "") return lit(this.message)
    if (this.count !== undefined) return `:${this.count}`
    const end = yield* this.showsEnd()
    if (!this.started && this.name !== "") return lit(end ? `${this.name} (END)` : this.name)
    return end ? lit("(END)") : ":"
  }

  // ---------------------------------------------------------------- moving

  /** Goes on by so many rows, but not beyond the last screen. */
  private *forward(count: number): Steps<Leave | undefined> {
    const { quitAtEnd } = this.settings
    if (yield* this.showsEnd()) {
      if (quitAtEnd === "first" || (quitAtEnd === "second" && this.triedEnd)) return "next"
      this.triedEnd = true
    }
    for (let left = count; left > 0 && !(yield* this.showsEnd()); left--) {
      this.top = (yield* this.after(this.top)) ?? this.top
    }
    return undefined
  }

  private back(count: number): void {
    this.triedEnd = false
    for (let left = count; left > 0; left--) this.top = this.before(this.top) ?? this.top
  }

  /** The top of the last screen. */
  private *end(): Steps<void> {
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

  private get half(): number {
    return Math.max(1, this.height >> 1)
  }

  // ---------------------------------------------------------------- searching

  /** Looks for a pattern; an empty one is the one before. */
  *search(text: string, backwards: boolean, times = 1): Steps<void> {
    if (text !== "") {
      const { ignoreCase } = this.settings
      const fold = ignoreCase === "I" || (ignoreCase === "i" && !/[A-Z]/.test(text))
      const pattern = Regex.compile([Latin1.fromText(text)], { extended: true, ignoreCase: fold })
      if (pattern instanceof Regex.BadPattern) {
        this.message = `${pattern.text}  (press RETURN)`
        return
      }
      this.pattern = pattern
      this.patternText = text
      this.hit = undefined
    }
    this.backwards = backwards
    if (this.pattern === undefined) {
      this.message = "No previous search pattern  (press RETURN)"
      return
    }
    for (let left = times; left > 0; left--) if (!(yield* this.step(backwards))) return
  }

  /** Goes to the next line that the pattern is in. */
  private *step(backwards: boolean): Steps<boolean> {
    const first = this.patternText !== "" && this.hit === undefined && !backwards
    const by = backwards ? -1 : 1
    for (let line = (this.hit ?? this.top.line) + (first ? 0 : by);; line += by) {
      if (!backwards) yield* this.lines.upTo(line)
      const text = line < 0 ? undefined : this.lines.at(line)
      if (text === undefined) break
      if (this.found(glyphsOf(text, this.look).plain).length === 0) continue
      this.hit = line
      yield* this.go(line)
      return true
    }
    this.message = "Pattern not found  (press RETURN)"
    return false
  }

  /** The search begins anew from what is on the screen. */
  private moved(): void {
    this.hit = undefined
  }

  // ---------------------------------------------------------------- keys

  /** Follows a file that grows, until ^C. */
  *follow(): Steps<void> {
    yield* this.end()
    for (;;) {
      this.message = "Waiting for data... (^C to stop)"
      yield* this.draw()
      const key = yield* this.screen.key(1000)
      if (key === "ctrl-c" || key === "end of input") break
      while (yield* this.lines.more()) continue
      yield* this.end()
    }
    this.message = ""
  }

  /** Shows the file, and does what keys say, until it is left. */
  *main(): Steps<Leave> {
    for (;;) {
      yield* this.draw()
      const key = yield* this.screen.key()
      if (key === "end of input") return "quit"
      if (key === "resized") {
        yield* this.screen.measure()
        continue
      }
      const waited = this.message !== ""
      this.message = ""
      this.started = true
      if (waited && key === "enter") continue
      if (/^[0-9]$/.test(key)) {
        this.count = (this.count ?? 0) * 10 + Number(key)
        continue
      }
      const { count } = this
      this.count = undefined
      const leave = yield* this.press(key, count)
      if (leave !== undefined) return leave
    }
  }

  private *press(key: string, count: number | undefined): Steps<Leave | undefined> {
    switch (key) {
      case "q":
      case "Q":
        return "quit"
      case " ":
      case "f":
      case "z":
      case "ctrl-f":
      case "ctrl-v":
      case "page down":
        this.moved()
        return yield* this.forward(count ?? this.height)
      case "enter":
      case "j":
      case "e":
      case "ctrl-n":
      case "ctrl-e":
      case "down":
        this.moved()
        return yield* this.forward(count ?? 1)
      case "d":
      case "ctrl-d":
        this.moved()
        return yield* this.forward(count ?? this.half)
      case "b":
      case "w":
      case "ctrl-b":
      case "page up":
        this.moved()
        return void this.back(count ?? this.height)
      case "k":
      case "y":
      case "ctrl-p":
      case "ctrl-y":
      case "ctrl-k":
      case "up":
        this.moved()
        return void this.back(count ?? 1)
      case "u":
      case "ctrl-u":
        this.moved()
        return void this.back(count ?? this.half)
      case "g":
      case "<":
      case "home":
        this.moved()
        return void (yield* this.go((count ?? 1) - 1))
      case "G":
      case ">":
      case "end":
        this.moved()
        return void (count === undefined ? yield* this.end() : yield* this.go(count - 1))
      case "p":
      case "%":
        yield* this.lines.upTo(Number.POSITIVE_INFINITY)
        return void (yield* this.go(Math.floor(this.lines.count * Math.min(100, count ?? 0) / 100)))
      case "/":
      case "?": {
        const text = yield* this.screen.ask(key)
        if (text !== undefined) yield* this.search(text, key === "?", count)
        return undefined
      }
      case "n":
        return void (yield* this.search("", this.backwards, count))
      case "N": {
        const { backwards } = this
        yield* this.search("", !backwards, count)
        this.backwards = backwards
        return undefined
      }
      case "F":
        return void (yield* this.follow())
      case "m": {
        const letter = yield* this.screen.key()
        this.marks.set(letter, this.top)
        return undefined
      }
      case "'": {
        const letter = yield* this.screen.key()
        const place = letter === "^" ? START : this.marks.get(letter)
        if (letter === "$") yield* this.end()
        else if (place === undefined) this.message = "Mark not set  (press RETURN)"
        else this.top = place
        return undefined
      }
      case "-":
        return void (yield* this.option(yield* this.screen.key()))
      case ":":
        return yield* this.colon(yield* this.screen.key())
      case "=":
      case "ctrl-g":
        return void (yield* this.tell())
      case "ctrl-z":
        yield* this.screen.leave()
        yield* attempt(this.run.sys.kill(0, SIGSTOP))
        return void (yield* this.screen.enter())
      case "ctrl-l":
      case "ctrl-r":
      case "r":
        return void (yield* this.screen.measure())
      case "h":
      case "H":
        this.message = "SPACE b j k d u g G: move   /text ?text n N: search   :n :p: files   F: follow   q: quit"
        return undefined
      default:
        return undefined
    }
  }

  private *colon(key: string): Steps<Leave | undefined> {
    if (key === "n") return "next"
    if (key === "p") return "previous"
    if (key === "x") return "first"
    if (key === "q" || key === "Q") return "quit"
    if (key === "f") yield* this.tell()
    return undefined
  }

  private *option(letter: string): Steps<void> {
    const { settings } = this
    const said = (what: string, on: boolean): string => `${on ? "" : "do not "}${what}  (press RETURN)`
    if (letter === "S") {
      settings.chop = !settings.chop
      this.top = { ...this.top, row: 0 }
      this.message = said("cut long lines", settings.chop)
    } else if (letter === "N") {
      settings.numbers = !settings.numbers
      this.message = said("number lines", settings.numbers)
    } else if (letter === "R") {
      settings.raw = !settings.raw
      this.message = said("show colours", settings.raw)
    } else if (letter === "i" || letter === "I") {
      settings.ignoreCase = settings.ignoreCase === letter ? "" : letter
      this.message = said("ignore case in searches", settings.ignoreCase !== "")
    } else this.message = `There is no -${letter} option  (press RETURN)`
  }

  private *tell(): Steps<void> {
    const places = yield* this.window(this.top)
    const [first, last] = [places[0]?.line ?? -1, places[places.length - 1]?.line ?? -1]
    const { atEnd, count } = this.lines
    const all = atEnd ? `/${count}` : ""
    const name = this.name === "" ? "" : `${this.name} `
    this.message = `${name}lines ${first + 1}-${last + 1}${all}${
      (yield* this.showsEnd()) ? " (END)" : ""
    }  (press RETURN)`
  }
}
