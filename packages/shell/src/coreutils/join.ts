/**
 * Joins lines of two sorted files on a common field.
 *
 * @see join(1)
 */
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE1 FILE2",
  does: "For each pair of input lines with identical join fields, write a line to standard output.",
  short: "a:e:i1:2:j:o:t:v:z",
  long: {
    "ignore-case": "i",
    "check-order": "check",
    "nocheck-order": "nocheck",
    header: "header",
    "zero-terminated": "z"
  }
}

type Line = ReadonlyArray<string>

class Side {
  /** Lines with the same key, and the first line behind them. */
  group: Array<Line> = []
  next: Line | undefined
  number = 0
  disorder: string | undefined

  constructor(
    readonly reader: LineReader,
    readonly field: number,
    readonly split: (line: string) => Line,
    readonly fold: (key: string) => string
  ) {}

  key(line: Line): string {
    return this.fold(line[this.field] ?? "")
  }

  *read(): Steps<Line | undefined> {
    while (!this.reader.next()) if (!(yield* this.reader.fill())) return undefined
    this.number++
    const text = Latin1.decode(this.reader.buffer, this.reader.from, this.reader.to)
    const line = this.split(text)
    const before = this.next
    if (before !== undefined && this.key(line) < this.key(before)) {
      this.disorder ??= `${this.number}: is not sorted: ${Latin1.toText(text)}`
    }
    return line
  }

  /** Gathers the next lines that have one key. */
  *advance(): Steps<void> {
    this.group = []
    if (this.next === undefined) return
    const key = this.key(this.next)
    while (this.next !== undefined && this.key(this.next) === key) {
      this.group.push(this.next)
      this.next = yield* this.read()
    }
  }
}

type Output = ReadonlyArray<readonly [file: number, field: number]>

function* outputOf(run: Utility.Run, text: string): Steps<Output> {
  const output: Array<readonly [number, number]> = []
  for (const item of text.split(/[, \t]+/).filter((item) => item !== "")) {
    const match = /^(?:0|([12])\.([1-9]\d*))$/.exec(item)
    if (match === null) {
      const what = /^[^012]|^0\./.test(item) ? "file number in field spec" : "field specifier"
      return yield* run.die(`invalid ${what}: ${Quote.value(item)}`)
    }
    output.push(match[1] === undefined ? [0, 0] : [Number(match[1]), Number(match[2]) - 1])
  }
  return output
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const fields = [0, 0]
  const unpaired = [false, false]
  let paired = true
  let empty = ""
  let tab: string | undefined
  let output: Output | undefined
  let auto = false
  for (const { key, value } of options) {
    if (key === "1" || key === "2" || key === "j") {
      if (!/^[1-9]\d*$/.test(value)) return yield* run.die(`invalid field number: ${Quote.value(value)}`)
      if (key !== "2") fields[0] = Number(value) - 1
      if (key !== "1") fields[1] = Number(value) - 1
    } else if (key === "a" || key === "v") {
      if (value !== "1" && value !== "2") return yield* run.die(`invalid file number: ${Quote.value(value)}`)
      unpaired[Number(value) - 1] = true
      if (key === "v") paired = false
    } else if (key === "e") empty = Latin1.fromText(value)
    else if (key === "o" && value === "auto") auto = true
    else if (key === "o") output = [...(output ?? []), ...yield* outputOf(run, value)]
    else if (key === "t") {
      tab = value === "\\0" ? "\0" : Latin1.fromText(value)
      if (tab.length > 1) return yield* run.die(`multi-character tab ${Quote.value(value)}`)
    }
  }
  const [first, second, extra] = operands
  if (first === undefined) return yield* run.missingOperand()
  if (second === undefined) return yield* run.missingOperand(first)
  if (extra !== undefined) return yield* run.extraOperand(extra)
  const end = has("z") ? 0 : 10
  const split = (line: string): Line =>
    tab === undefined
      ? line.split(/[ \t\n]+/).filter((field, i) => field !== "" || i > 0).filter((field, i, all) =>
        field !== "" || i < all.length - 1
      )
      : tab === ""
      ? [line]
      : line.split(tab)
  const fold = (key: string): string => has("i") ? key.toUpperCase() : key
  const sides: Array<Side> = []
  for (const [i, path] of [first, second].entries()) {
    const fd = yield* run.open(path)
    if (fd === undefined) return 1
    sides.push(new Side(new LineReader(run.sys, fd, end), fields[i]!, split, fold))
  }
  const [left, right] = sides as [Side, Side]
  const separator = tab === undefined || tab === "" ? " " : tab
  left.next = yield* left.read()
  right.next = yield* right.read()
  if (auto) {
    const of = (side: Side, file: number): Output =>
      (side.next ?? []).map((_, i) => [file, i] as const).filter(([, i]) => i !== side.field)
    output = [[0, 0], ...of(left, 1), ...of(right, 2)]
  }

  const print = (a: Line | undefined, b: Line | undefined): void => {
    const key = a === undefined ? b![right.field] ?? "" : a[left.field] ?? ""
    const chosen = output === undefined
      ? [
        key || empty,
        ...[[a, left.field], [b, right.field]].flatMap(([line, field]) =>
          line === undefined ? [] : (line as Line).filter((_, i) => i !== field).map((text) => text || empty)
        )
      ]
      : output.map(([file, field]) => (file === 0 ? key : (file === 1 ? a : b)?.[field] ?? "") || empty)
    run.out.latin1(chosen.join(separator))
    run.out.byte(end)
  }
  if (has("header") && (left.next !== undefined || right.next !== undefined)) {
    print(left.next, right.next)
    for (const side of sides) {
      side.next = undefined
      side.next = yield* side.read()
    }
  }
  yield* left.advance()
  yield* right.advance()
  const complained = [false, false]
  let mismatched = false
  while (left.group.length > 0 || right.group.length > 0) {
    const a = left.group[0] === undefined ? undefined : left.key(left.group[0])
    const b = right.group[0] === undefined ? undefined : right.key(right.group[0])
    const order = a === undefined ? 1 : b === undefined ? -1 : a < b ? -1 : a > b ? 1 : 0
    if (order === 0) { if (paired) { for (const x of left.group) for (const y of right.group) print(x, y) } }
    else {
      mismatched = true
      if (order < 0 && unpaired[0]) { for (const x of left.group) print(x, undefined) }
      if (order > 0 && unpaired[1]) { for (const y of right.group) print(undefined, y) }
    }
    if (run.out.isFull) yield* run.out.flush()
    if (order <= 0) yield* left.advance()
    if (order >= 0) yield* right.advance()
    for (const [i, side] of sides.entries()) {
      if (side.disorder === undefined || complained[i] || has("nocheck") || !(mismatched || has("check"))) continue
      complained[i] = true
      yield* run.fail(`${[first, second][i]}:${side.disorder}`)
      if (has("check")) return 1
    }
  }
  if (complained.some(Boolean)) yield* run.fail("input is not in sorted order")
  return run.status
})
