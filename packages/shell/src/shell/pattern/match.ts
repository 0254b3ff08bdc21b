/**
 * Matching by sets of positions: from the positions where the text may stand before a node follow the positions where
 * it may stand after it. The cost is the product of the lengths of pattern and text for plain patterns, and a
 * polynomial for nested groups; no pattern can make it grow exponentially, as a backtracking matcher does.
 */
import { fold, type Group, type Node, type Sequence } from "./parse.js"

/** A text as code points. */
export type Codes = ArrayLike<number>

/** The code points of `text`; one element for a byte that is no UTF-8. */
export const codesOf = (text: string, ignoreCase: boolean): Codes => {
  const codes: Array<number> = []
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at)!
    if (code > 0xffff) at++
    codes.push(ignoreCase ? fold(code) : code)
  }
  return codes
}

type Positions = ReadonlySet<number>

/** Matches the sequences of one pattern against one text; remembers what groups answered. */
class Run {
  private readonly known = new Map<Group, Map<number, Positions>>()

  constructor(private readonly text: Codes) {}

  after(sequence: Sequence, from: Positions): Positions {
    let positions = from
    for (const node of sequence) {
      if (positions.size === 0) return positions
      positions = this.step(node, positions)
    }
    return positions
  }

  private step(node: Node, from: Positions): Positions {
    const to = new Set<number>()
    switch (node.kind) {
      case "literal":
        for (const at of from) if (this.text[at] === node.code) to.add(at + 1)
        return to
      case "one":
        for (const at of from) if (at < this.text.length && node.accepts(this.text[at]!)) to.add(at + 1)
        return to
      case "star": {
        let lowest = this.text.length
        for (const at of from) if (at < lowest) lowest = at
        for (let at = lowest; at <= this.text.length; at++) to.add(at)
        return to
      }
      case "group":
        for (const at of from) for (const end of this.group(node, at)) to.add(end)
        return to
    }
  }

  private group(node: Group, at: number): Positions {
    let byStart = this.known.get(node)
    if (byStart === undefined) this.known.set(node, byStart = new Map())
    const known = byStart.get(at)
    if (known !== undefined) return known
    const answer = this.compute(node, at)
    byStart.set(at, answer)
    return answer
  }

  private once(node: Group, from: Positions): Set<number> {
    const to = new Set<number>()
    for (const alternative of node.alternatives) for (const end of this.after(alternative, from)) to.add(end)
    return to
  }

  private compute(node: Group, at: number): Positions {
    const start = new Set([at])
    if (node.operator === "@") return this.once(node, start)
    if (node.operator === "?") return this.once(node, start).add(at)
    if (node.operator === "!") {
      const refused = this.once(node, start)
      const to = new Set<number>()
      for (let end = at; end <= this.text.length; end++) if (!refused.has(end)) to.add(end)
      return to
    }
    // `*` and `+`: repeat with the new positions alone until none is new.
    const reached = this.once(node, start)
    let fresh: Set<number> = reached
    while (fresh.size > 0) {
      const next = new Set<number>()
      for (const end of this.once(node, fresh)) if (!reached.has(end)) next.add(end)
      for (const end of next) reached.add(end)
      fresh = next
    }
    return node.operator === "*" ? reached.add(at) : reached
  }
}

/** Where a match of `sequence` that begins at any of `from` may end. */
export const ends = (sequence: Sequence, text: Codes, from: Iterable<number>): Positions =>
  new Run(text).after(sequence, new Set(from))

const holdsAt = (node: Node, text: Codes, at: number): boolean =>
  node.kind === "literal"
    ? text[at] === node.code
    : node.kind === "one" && at < text.length && node.accepts(text[at]!)

/** Whether a sequence without groups matches all of `text`: on failure it goes on from the last `*` alone. */
export const matchesPlain = (sequence: Sequence, text: Codes): boolean => {
  let node = 0
  let at = 0
  let starNode = -1
  let starAt = 0
  while (at < text.length) {
    const current = sequence[node]
    if (current !== undefined && current.kind === "star") {
      starNode = node++
      starAt = at
    } else if (current !== undefined && holdsAt(current, text, at)) {
      node++
      at++
    } else if (starNode >= 0) {
      node = starNode + 1
      at = ++starAt
    } else return false
  }
  while (sequence[node]?.kind === "star") node++
  return node === sequence.length
}

/** Whether nodes without `*` and groups stand at `at`. */
const runAt = (nodes: Sequence, text: Codes, at: number): boolean => {
  if (at + nodes.length > text.length) return false
  for (let i = 0; i < nodes.length; i++) if (!holdsAt(nodes[i]!, text, at + i)) return false
  return true
}

/** The pieces of a plain sequence between its stars. */
export const pieces = (sequence: Sequence): ReadonlyArray<Sequence> => {
  const out: Array<Array<Node>> = [[]]
  for (const node of sequence) {
    if (node.kind === "star") out.push([])
    else out[out.length - 1]!.push(node)
  }
  return out
}

/**
 * The first match at or after `from`, and of those that begin there the longest. Once the pieces after the first `*`
 * are not found from one beginning, they are not found from a later one: so this is no quadratic search.
 */
export const findPlain = (
  parts: ReadonlyArray<Sequence>,
  text: Codes,
  from: number
): readonly [number, number] | undefined => {
  const head = parts[0]!
  for (let start = from; start <= text.length; start++) {
    if (!runAt(head, text, start)) continue
    if (parts.length === 1) return [start, start + head.length]
    let at = start + head.length
    for (let piece = 1; piece < parts.length - 1; piece++) {
      const nodes = parts[piece]!
      while (at <= text.length && !runAt(nodes, text, at)) at++
      if (at > text.length) return undefined
      at += nodes.length
    }
    const tail = parts[parts.length - 1]!
    for (let end = text.length - tail.length; end >= at; end--) {
      if (runAt(tail, text, end)) return [start, end + tail.length]
    }
    return undefined
  }
  return undefined
}
