/**
 * Lists of positions: `1,3-5,7-`.
 *
 * @see cut(1)
 */

/** From one position to another, both included and counted from 1. */
export interface Range {
  readonly from: number
  readonly to: number
}

export type Problem = "zero" | "decreasing" | "empty" | "invalid"

/** Reads a list; the ranges come back in order, and merged where they overlap. */
export const parse = (list: string): ReadonlyArray<Range> | { readonly problem: Problem; readonly item: string } => {
  const ranges: Array<Range> = []
  for (const item of list.split(/[, \t]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(item)
    if (match === null) return { problem: "invalid", item }
    const [, from, dash, to] = match
    if (dash === "-" && from === "" && to === "") return { problem: "empty", item }
    const range = {
      from: from === "" ? 1 : Number(from),
      to: dash === "" ? Number(from) : to === "" ? Number.POSITIVE_INFINITY : Number(to)
    }
    if (range.from === 0 || item === "" || range.to === 0) return { problem: "zero", item }
    if (range.to < range.from) return { problem: "decreasing", item }
    ranges.push(range)
  }
  ranges.sort((a, b) => a.from - b.from)
  const merged: Array<Range> = []
  for (const range of ranges) {
    const last = merged.at(-1)
    if (last === undefined || range.from > last.to) merged.push(range)
    else if (range.to > last.to) merged[merged.length - 1] = { from: last.from, to: range.to }
  }
  return merged
}

/** Everything that `ranges` leave out. */
export const complement = (ranges: ReadonlyArray<Range>): ReadonlyArray<Range> => {
  const rest: Array<Range> = []
  let from = 1
  for (const range of ranges) {
    if (range.from > from) rest.push({ from, to: range.from - 1 })
    from = range.to + 1
  }
  if (from !== Number.POSITIVE_INFINITY) rest.push({ from, to: Number.POSITIVE_INFINITY })
  return rest
}
