/**
 * Compares two sorted files line by line.
 *
 * @see comm(1)
 */
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE1 FILE2",
  does: "Compare sorted files FILE1 and FILE2 line by line.",
  short: "123z",
  long: {
    "check-order": "check",
    "nocheck-order": "nocheck",
    "output-delimiter=": "delimiter",
    total: "total",
    "zero-terminated": "z"
  }
}

class Side {
  line: string | undefined
  disordered = false
  constructor(readonly reader: LineReader) {}

  *step(): Steps<void> {
    const before = this.line
    while (!this.reader.next()) {
      if (yield* this.reader.fill()) continue
      this.line = undefined
      return
    }
    this.line = Latin1.decode(this.reader.buffer, this.reader.from, this.reader.to)
    if (before !== undefined && this.line < before) this.disordered = true
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const [first, second, extra] = operands
  if (first === undefined) return yield* run.missingOperand()
  if (second === undefined) return yield* run.missingOperand(first)
  if (extra !== undefined) return yield* run.extraOperand(extra)
  const end = has("z") ? 0 : 10
  const given = options.find(({ key }) => key === "delimiter")
  const delimiter = given === undefined ? "\t" : given.value || "\0"
  const sides: Array<Side> = []
  for (const path of [first, second]) {
    const fd = yield* run.open(path)
    if (fd === undefined) return 1
    sides.push(new Side(new LineReader(run.sys, fd, end)))
  }
  const [left, right] = sides as [Side, Side]
  const shown = ["1", "2", "3"].map((column) => !has(column))
  const totals = [0, 0, 0]
  const print = (column: number, text: string): void => {
    totals[column]!++
    if (!shown[column]) return
    run.out.text(delimiter.repeat(shown.slice(0, column).filter(Boolean).length))
    run.out.latin1(text)
    run.out.byte(end)
  }
  const warned = [false, false]
  const checking = !has("nocheck")
  yield* left.step()
  yield* right.step()
  let unpairable = false
  while (left.line !== undefined || right.line !== undefined) {
    const order = left.line === undefined
      ? 1
      : right.line === undefined
      ? -1
      : left.line < right.line
      ? -1
      : left.line > right.line
      ? 1
      : 0
    if (order !== 0) unpairable = true
    print(order < 0 ? 0 : order > 0 ? 1 : 2, order > 0 ? right.line! : left.line!)
    if (order <= 0) yield* left.step()
    if (order >= 0) yield* right.step()
    for (const [i, side] of sides.entries()) {
      if (!side.disordered || warned[i] || !checking || !(has("check") || unpairable)) continue
      warned[i] = true
      yield* run.fail(`file ${i + 1} is not in sorted order`)
      if (has("check")) return 1
    }
    if (run.out.isFull) yield* run.out.flush()
  }
  if (has("total")) {
    run.out.text([...totals, "total"].join(delimiter))
    run.out.byte(end)
  }
  if (warned.some(Boolean)) yield* run.fail("input is not in sorted order")
  return run.status
})
