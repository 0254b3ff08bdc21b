/**
 * What grep does with one file: finds its lines and prints them with what goes around them.
 *
 * @see grep(1)
 */
import type * as Errno from "@effix/kernel/Errno"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import type { Steps } from "../Steps.js"
import type { Run } from "../Utility.js"
import type { LineMatcher } from "./grepMatcher.js"

export interface Asked {
  readonly matcher: LineMatcher
  readonly invert: boolean
  /** What to print: lines, the number of lines, the names of files with or without a match, or nothing. */
  readonly show: "lines" | "count" | "matching" | "unmatching" | "nothing"
  readonly only: boolean
  readonly numbers: boolean
  readonly offsets: boolean
  readonly names: boolean
  readonly most: number
  /** Lines of context; -1 when nobody asked. */
  readonly after: number
  readonly before: number
  readonly separator: string | undefined
  readonly binary: "text" | "skip" | "report"
  readonly delimiter: number
  /** What follows a name instead of its mark. */
  readonly nameEnd: string
  readonly initialTab: boolean
  readonly lineBuffered: boolean
}

export interface Found {
  readonly count: number
  readonly error: Errno.Any | undefined
}

/** A line that was not printed yet, in case one behind it matches. */
interface Held {
  readonly text: Uint8Array
  readonly number: number
  readonly offset: number
}

class Scan {
  count = 0
  line = 0
  /** Lines of context that are still to follow. */
  after = 0
  isBinary = false
  /** No more lines are to be selected. */
  enough = false
  /** The number of the line that was printed last. */
  last = -1
  readonly held: Array<Held> = []

  constructor(
    readonly run: Run,
    readonly asked: Asked,
    readonly name: string,
    readonly lines: LineReader,
    /** Whether any file has printed anything. */
    readonly used: { any: boolean }
  ) {}

  private print(mark: string, number: number, offset: number, bytes: Uint8Array, from: number, to: number): void {
    const { asked, run: { out } } = this
    if (asked.names) out.text(this.name + (asked.nameEnd === "" ? mark : asked.nameEnd))
    if (asked.numbers) out.text((asked.initialTab ? String(number).padStart(2) : number) + mark)
    if (asked.offsets) out.text(offset + mark)
    if (asked.initialTab && (asked.names || asked.numbers || asked.offsets)) out.byte(9)
    out.bytes(bytes, from, to)
    out.byte(asked.delimiter)
    this.last = number
  }

  private separate(first: number): void {
    const { after, before, separator } = this.asked
    const asked = after >= 0 || before >= 0
    if (asked && this.used.any && first !== this.last + 1 && separator !== undefined) this.run.out.line(separator)
    this.used.any = true
  }

  selected(): void {
    const { asked, lines } = this
    this.count++
    if (this.count >= asked.most) this.enough = true
    if (asked.show !== "lines" || this.isBinary) {
      if (asked.show !== "count") this.enough = true
      return
    }
    this.separate(this.held[0]?.number ?? this.line)
    const offset = lines.base + lines.from
    if (asked.only) {
      if (!asked.invert) this.printMatches(offset)
      this.held.length = 0
      this.last = this.line
      this.after = Math.max(0, asked.after)
      return
    }
    for (const { number, offset, text } of this.held) this.print("-", number, offset, text, 0, text.length)
    this.held.length = 0
    this.print(":", this.line, offset, lines.buffer, lines.from, lines.to)
    this.after = Math.max(0, asked.after)
  }

  private printMatches(offset: number): void {
    const { lines } = this
    const text = Latin1.decode(lines.buffer, lines.from, lines.to)
    for (const [start, end] of this.asked.matcher.all(text)) {
      this.print(":", this.line, offset + start, lines.buffer, lines.from + start, lines.from + end)
    }
  }

  unselected(): void {
    const { asked, lines } = this
    if (asked.show !== "lines" || this.isBinary) return
    const offset = lines.base + lines.from
    if (this.after > 0) {
      this.after--
      this.last = this.line
      if (asked.only) return
      this.print("-", this.line, offset, lines.buffer, lines.from, lines.to)
    } else if (asked.before > 0) {
      if (this.held.length === asked.before) this.held.shift()
      this.held.push({ text: lines.line(), number: this.line, offset })
    }
  }

  /** Whether lines without a match may be skipped unseen. */
  get maySkip(): boolean {
    const { after, before, invert, numbers } = this.asked
    return !invert && !numbers && before < 0 && after < 0
  }

  /** Steps through the lines that are here. */
  block(): void {
    const { asked: { invert, matcher }, lines, maySkip } = this
    const next = matcher.block(lines.buffer, lines.position, lines.limit)
    let hit = -2
    while (!this.enough) {
      // The next match is known already, unless it is behind us.
      if (hit !== -1 && hit < lines.position && lines.position < lines.limit) {
        hit = next(lines.position)
      }
      if (maySkip) lines.skipTo(hit < lines.position ? Math.max(lines.limit, lines.position) : hit)
      if (!lines.next()) return
      this.line++
      if ((hit >= lines.from && hit <= lines.to) === invert) this.unselected()
      else this.selected()
    }
    // After the last match that was asked for, its context still follows.
    while (this.after > 0 && lines.next()) {
      this.line++
      this.unselected()
    }
  }
}

/** Searches what `fd` gives. */
export function* search(run: Run, fd: number, name: string, asked: Asked, used: { any: boolean }): Steps<Found> {
  const lines = new LineReader(run.sys, fd, asked.delimiter, 32_768)
  const scan = new Scan(run, asked, name, lines, used)
  while (yield* lines.fill()) {
    if (asked.binary !== "text" && asked.delimiter !== 0 && !scan.isBinary && lines.holds(0)) {
      if (asked.binary === "skip") return { count: 0, error: undefined }
      scan.isBinary = true
    }
    // In binary files a NUL ends a line too.
    if (scan.isBinary) lines.replace(0, asked.delimiter)
    scan.block()
    if (scan.enough && scan.after === 0) break
    if (asked.lineBuffered && run.out.length > 0) yield* run.out.flush()
    else yield* run.out.ready()
  }
  if (scan.isBinary && scan.count > 0 && asked.show === "lines") yield* run.warn(`${name}: binary file matches`)
  return { count: scan.count, error: lines.error }
}
