/**
 * What grep does with one file: finds its lines and prints them with what goes around them.
 *
 * @see grep(1)
 */
import { SEEK_CUR } from "@effix/kernel/abi/Fcntl"
import { isRegular } from "@effix/kernel/abi/FileMode"
import { type Any, isErrno } from "@effix/kernel/Errno"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import { attempt, type Steps } from "../Steps.js"
import type { Run } from "../Utility.js"
import { begin, type Colors, paint } from "./grepColors.js"
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
  readonly colors: Colors | undefined
}

export interface Found {
  readonly count: number
  readonly error: Any | undefined
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
  /** Where the input goes on behind the last line that was asked for. */
  behind: number | undefined = undefined
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
    readonly used: { any: boolean },
    /** How wide numbers are at least. */
    readonly width: number
  ) {}

  private print(mark: string, number: number, offset: number, bytes: Uint8Array, from: number, to: number): void {
    const { asked, run: { out } } = this
    if (asked.colors !== undefined) {
      out.latin1(this.painted(asked.colors, mark, number, offset, Latin1.decode(bytes, from, to)))
      out.byte(asked.delimiter)
      this.last = number
      return
    }
    if (asked.names) out.text(this.name + (asked.nameEnd === "" ? mark : asked.nameEnd))
    if (asked.numbers) out.text(String(number).padStart(this.width) + mark)
    if (asked.offsets) out.text(String(offset).padStart(this.width) + mark)
    if (asked.initialTab && (asked.names || asked.numbers || asked.offsets)) out.byte(9)
    out.bytes(bytes, from, to)
    out.byte(asked.delimiter)
    this.last = number
  }

  /** A line with its colors. */
  private painted(colors: Colors, mark: string, number: number, offset: number, text: string): string {
    const { asked } = this
    const se = paint(colors, colors.se, mark)
    let line = ""
    if (asked.names) {
      line += paint(colors, colors.fn, Latin1.fromText(this.name)) + (asked.nameEnd === "" ? se : asked.nameEnd)
    }
    if (asked.numbers) {
      line += paint(colors, colors.ln, String(number).padStart(this.width)) + se
    }
    if (asked.offsets) line += paint(colors, colors.bn, String(offset).padStart(this.width)) + se
    if (asked.initialTab && line !== "") line += "\t"
    const selected = mark === ":"
    const matching = selected ? colors.ms : colors.mc
    if (asked.only) return line + paint(colors, matching, text)
    const around = selected !== (asked.invert && colors.rv) ? colors.sl : colors.cx
    let at = 0
    if (selected !== asked.invert && matching !== "") {
      for (const [start, end] of asked.matcher.all(text)) {
        line += begin(colors, around) + text.slice(at, start) + paint(colors, matching, text.slice(start, end))
        at = end
      }
    }
    return line + (at < text.length ? paint(colors, around, text.slice(at)) : "")
  }

  private separate(first: number): void {
    const { after, before, separator } = this.asked
    const asked = after >= 0 || before >= 0
    if (asked && this.used.any && first !== this.last + 1 && separator !== undefined) {
      const { colors } = this.asked
      this.run.out.line(colors === undefined ? separator : paint(colors, colors.se, separator))
    }
    this.used.any = true
  }

  selected(): void {
    const { asked, lines } = this
    this.count++
    if (this.count >= asked.most) {
      this.enough = true
      this.behind = lines.base + lines.position
    }
    if (asked.show !== "lines" || this.isBinary) {
      if (asked.show !== "count") this.enough = true
      return
    }
    this.separate(this.held[0]?.number ?? this.line)
    const offset = lines.base + lines.from
    for (const { number, offset, text } of this.held) this.show("-", number, offset, text, 0, text.length)
    this.held.length = 0
    this.show(":", this.line, offset, lines.buffer, lines.from, lines.to)
    this.after = Math.max(0, asked.after)
  }

  /** A line, or with -o what matches in it: with -v that is in the context. */
  private show(mark: string, number: number, offset: number, bytes: Uint8Array, from: number, to: number): void {
    const { invert, matcher, only } = this.asked
    if (!only) return this.print(mark, number, offset, bytes, from, to)
    this.last = number
    if ((mark === ":") === invert) return
    for (const [start, end] of matcher.all(Latin1.decode(bytes, from, to))) {
      this.print(mark, number, offset + start, bytes, from + start, from + end)
    }
  }

  unselected(): void {
    const { asked, lines } = this
    if (asked.show !== "lines" || this.isBinary) return
    const offset = lines.base + lines.from
    if (this.after > 0) {
      this.after--
      this.show("-", this.line, offset, lines.buffer, lines.from, lines.to)
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

/** With -T: as many digits as the numbers of a file may have, as far as its size tells. */
function* widthOf(run: Run, fd: number, { initialTab, numbers }: Asked): Steps<number> {
  if (!initialTab) return 0
  const stat = yield* attempt(run.sys.fstat(fd))
  if (isErrno(stat) || !isRegular(stat.mode)) return 20
  return String(stat.size + (numbers ? 1 : 0)).length
}

/** Searches what `fd` gives. */
export function* search(run: Run, fd: number, name: string, asked: Asked, used: { any: boolean }): Steps<Found> {
  const lines = new LineReader(run.sys, fd, asked.delimiter, 32_768)
  const scan = new Scan(run, asked, name, lines, used, yield* widthOf(run, fd, asked))
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
  // Whoever reads on finds what follows the last match, if the input has a position.
  if (fd === 0 && scan.behind !== undefined) {
    const read = lines.base + lines.position + lines.pending
    if (read > scan.behind) yield* attempt(run.sys.lseek(fd, scan.behind - read, SEEK_CUR))
  }
  if (scan.isBinary && scan.count > 0 && asked.show === "lines") yield* run.warn(`${name}: binary file matches`)
  return { count: scan.count, error: lines.error }
}
