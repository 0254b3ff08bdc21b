/**
 * Finds the place of each hunk in a file, at the line it names or near it, and puts the new lines there.
 *
 * @see patch(1)
 */
import type { Hunk, Line } from "./patchParse.js"

export interface Placed {
  /** The line that the hunk begins at, counted from 1. */
  readonly at: number
  readonly fuzz: number
}

export class Application {
  /** How far from where they should be the last hunk was found. */
  offset = 0
  /** How many lines more there are, up to here, than there were. */
  grown = 0
  /** Lines up to this one have been passed. */
  private frozen = 0
  private readonly output: Array<string> = []

  constructor(
    private readonly input: ReadonlyArray<string>,
    private readonly same: (a: string, b: string) => boolean
  ) {}

  /** Where a hunk fits when just `fuzz` lines of context are left aside. */
  locate(hunk: Hunk, fuzz: number): number | undefined {
    const { input, frozen } = this
    const wanted = hunk.lines.filter(({ mark }) => mark !== "+").map(({ text }) => text)
    const guess = hunk.from + this.offset
    // What has no lines of its own fits wherever it is put.
    if (wanted.length === 0) return guess
    const { prefix, suffix } = contextsOf(hunk)
    const context = Math.max(prefix, suffix)
    const before = fuzz + prefix - context
    const after = fuzz + suffix - context
    const fits = (at: number, skip: number, drop: number): boolean => {
      for (let i = skip; i < wanted.length - drop; i++) {
        const line = input[at + i - 1]
        if (line === undefined || !this.same(line, wanted[i]!)) return false
      }
      return true
    }
    // Less context on one side than on the other says that the file begins or ends there.
    if (before < 0 && hunk.from <= 1) {
      if (after < 0 && wanted.length !== input.length) return undefined
      return frozen <= prefix && wanted.length - Math.max(0, after) <= input.length && fits(1, 0, Math.max(0, after))
        ? this.moved(1, guess)
        : undefined
    }
    const skip = Math.max(0, before)
    if (after < 0) {
      const at = input.length - wanted.length + 1
      return at > frozen && fits(at, skip, 0) ? this.moved(at, guess) : undefined
    }
    const last = input.length - (wanted.length - after) + 1
    const most = Math.max(last - guess, guess - frozen - 1)
    for (let offset = 0; offset <= most; offset++) {
      if (guess + offset <= last && guess + offset > frozen && fits(guess + offset, skip, after)) {
        return this.moved(guess + offset, guess)
      }
      if (offset > 0 && guess - offset > frozen && guess - offset >= 1 && fits(guess - offset, skip, after)) {
        return this.moved(guess - offset, guess)
      }
    }
    return undefined
  }

  private moved(at: number, guess: number): number {
    this.offset += at - guess
    return at
  }

  /** Puts a hunk in its place. Context stays as the file has it. */
  apply({ lines }: Hunk, at: number): void {
    this.copy(at - 1)
    for (const { mark, text } of lines) {
      if (mark === "+") this.output.push(text)
      else {
        if (mark === " " && this.frozen < this.input.length) this.output.push(this.input[this.frozen]!)
        this.frozen++
      }
    }
    this.grown += count(lines, "+") - count(lines, "-")
  }

  private copy(to: number): void {
    while (this.frozen < to && this.frozen < this.input.length) this.output.push(this.input[this.frozen++]!)
  }

  /** The whole new file. */
  end(): string {
    this.copy(this.input.length)
    return this.output.join("")
  }
}

const count = (lines: ReadonlyArray<Line>, mark: string): number => lines.filter((line) => line.mark === mark).length

const contextsOf = ({ lines }: Hunk): { readonly prefix: number; readonly suffix: number } => {
  const first = lines.findIndex(({ mark }) => mark !== " ")
  let suffix = 0
  while (suffix < lines.length && lines[lines.length - 1 - suffix]!.mark === " ") suffix++
  return { prefix: first < 0 ? lines.length : first, suffix }
}

/** Lines of context at that end of a hunk that has more of it. */
export const contextOf = (hunk: Hunk): number => {
  const { prefix, suffix } = contextsOf(hunk)
  return Math.max(prefix, suffix)
}

const rangeOf = (from: number, length: number): string =>
  length === 1 ? `${from}` : length === 0 ? `${from - 1},0` : `${from},${length}`

const sideOf = (from: number, length: number): string =>
  length === 0 ? "0" : length === 1 ? `${from}` : `${from},${from + length - 1}`

/** One side of a context difference: what is only on this one, or another on the other. */
const side = (lines: ReadonlyArray<Line>, mark: "-" | "+"): string =>
  lines.map((line, at) => {
    if (line.mark !== mark) return line.mark === " " ? `  ${line.text}` : ""
    let [from, to] = [at, at]
    while (from > 0 && lines[from - 1]!.mark !== " ") from--
    while (to < lines.length && lines[to]!.mark !== " ") to++
    const changed = lines.slice(from, to).some((each) => each.mark !== mark)
    return `${changed ? "!" : mark} ${line.text}`
  }).join("")

const formatContext = ({ from, lines, newFrom }: Hunk, moved: number): string => {
  const [old, fresh] = [lines.length - count(lines, "+"), lines.length - count(lines, "-")]
  return `***************\n*** ${sideOf(from + moved, old)} ****\n${side(lines, "-")}` +
    `--- ${sideOf(newFrom + moved, fresh)} ----\n${side(lines, "+")}`
}

/** A hunk as text again, `moved` lines further down. */
export const format = (hunk: Hunk, moved: number): string => {
  if (hunk.context === true) return formatContext(hunk, moved)
  const { from, lines, newFrom } = hunk
  const [old, fresh] = [lines.length - count(lines, "+"), lines.length - count(lines, "-")]
  const head = `@@ -${rangeOf(from + moved, old)} +${rangeOf(newFrom + moved, fresh)} @@\n`
  return head +
    lines.map(({ mark, text }) => mark + text + (text.endsWith("\n") ? "" : "\n\\ No newline at end of file\n")).join(
      ""
    )
}
