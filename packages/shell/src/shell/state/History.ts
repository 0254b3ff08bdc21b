/**
 * The lines that were typed, by number: the oldest ones go when there is no more room, and the numbers go on.
 *
 * @see bash(1) HISTORY
 */
import * as Pattern from "../../Pattern.js"
import type { Change } from "../readline/changes.js"

/** What decides about a line, from the variables of the shell. */
export interface Rules {
  /** HISTCONTROL: words with colons between them. */
  readonly control: string
  /** HISTIGNORE: patterns with colons between them. */
  readonly ignore: string
  /** HISTSIZE; negative for no limit. */
  readonly size: number
}

export class History {
  /** What was done to lines at a prompt that were then left as they are. */
  private readonly changes: Array<Array<Change> | undefined> = []

  constructor(
    readonly lines: Array<string> = [],
    /** The number of the first line that is there. */
    public base = 1,
    /** Lines that are not in the file yet. */
    public fresh = 0
  ) {}

  /** What a subshell has of it. */
  clone(): History {
    return new History(this.lines.slice(), this.base, this.fresh)
  }

  get next(): number {
    return this.base + this.lines.length
  }

  /** The line of this number. */
  at(number: number): string | undefined {
    return this.lines[number - this.base]
  }

  get last(): string | undefined {
    return this.lines[this.lines.length - 1]
  }

  /** Takes a line in, unless the rules speak against it. */
  add(line: string, { control, ignore, size }: Rules): void {
    const words = control.split(":")
    const both = words.includes("ignoreboth")
    if (line === "" || ((both || words.includes("ignorespace")) && /^[ \t]/.test(line))) return
    if ((both || words.includes("ignoredups")) && line === this.last) return
    const patterns = ignore.split(":").filter((pattern) => pattern !== "")
    if (
      patterns.some((pattern) => Pattern.compile(pattern === "&" ? Pattern.escape(this.last ?? "") : pattern)(line))
    ) {
      return
    }
    if (words.includes("erasedups")) this.remove((each) => each === line)
    this.push(line)
    this.stifle(size)
  }

  /** Takes a line in without asking. */
  push(line: string): void {
    this.lines.push(line)
    this.changes[this.lines.length - 1] = undefined
    this.fresh++
  }

  private drop(at: number, count: number): void {
    this.lines.splice(at, count)
    this.changes.splice(at, count)
  }

  /** What can be undone of the line at an index. */
  changesOf(at: number): Array<Change> {
    return this.changes[at] ?? []
  }

  /** Changes the line at an index, so that it can be undone. */
  change(at: number, text: string, changes: Array<Change>): void {
    this.lines[at] = text
    this.changes[at] = changes
  }

  /** Keeps the newest `size` lines. */
  stifle(size: number): void {
    const excess = size < 0 ? 0 : this.lines.length - size
    if (excess <= 0) return
    this.drop(0, excess)
    this.base += excess
  }

  private remove(which: (line: string) => boolean): void {
    for (let at = this.lines.length - 1; at >= 0; at--) if (which(this.lines[at]!)) this.drop(at, 1)
  }

  /** Forgets lines from a number up to and with another; answers whether they were there. */
  delete(from: number, to: number): boolean {
    if (from > to || this.at(from) === undefined || this.at(to) === undefined) return false
    this.drop(from - this.base, to - from + 1)
    return true
  }

  clear(): void {
    this.drop(0, this.lines.length)
    this.base = 1
    this.fresh = 0
  }
}
