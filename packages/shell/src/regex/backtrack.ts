/**
 * A matcher for what needs memory, back-references above all. It tries everything, so its steps are counted, and where
 * they run out it gives up: a guest's pattern must not hold its host.
 *
 * @see regex(7)
 */
import { isWord, type Node } from "./syntax.js"

const stepsMax = 400_000
const depthMax = 4000

/** Thrown when the steps run out; caught by whoever asked. */
export class Exhausted {
  readonly _tag = "Exhausted"
}

type Then = (at: number) => boolean

export class Backtracker {
  #steps = 0
  #depth = 0
  readonly #groups: Array<readonly [number, number] | undefined> = []

  constructor(readonly node: Node, readonly ignoreCase: boolean) {}

  /** The end of the longest match that begins at `from`, or -1; with `any`, the end of some match. */
  longest(text: string, from: number, any: boolean): number {
    this.#depth = 0
    this.#groups.length = 0
    let best = -1
    let groups = this.#groups.slice()
    this.#match(this.node, text, from, (end) => {
      if (end > best) {
        best = end
        groups = this.#groups.slice()
      }
      return any || end === text.length
    })
    this.#groups.splice(0, this.#groups.length, ...groups)
    return best
  }

  /** What a group matched, after `longest` found a match. */
  group(index: number): readonly [number, number] | undefined {
    return this.#groups[index]
  }

  resetSteps(): void {
    this.#steps = 0
  }

  #match(node: Node, text: string, at: number, then: Then): boolean {
    if (++this.#steps > stepsMax || this.#depth > depthMax) throw new Exhausted()
    this.#depth++
    const matched = this.#matchInner(node, text, at, then)
    this.#depth--
    return matched
  }

  #matchInner(node: Node, text: string, at: number, then: Then): boolean {
    switch (node._tag) {
      case "Set":
        return at < text.length && node.set[text.charCodeAt(at)] === 1 && then(at + 1)
      case "Sequence":
        return this.#sequence(node.nodes, 0, text, at, then)
      case "Alternation":
        return node.nodes.some((inner) => this.#match(inner, text, at, then))
      case "Group": {
        const before = this.#groups[node.index]
        const matched = this.#match(node.node, text, at, (end) => {
          const inside = this.#groups[node.index]
          this.#groups[node.index] = [at, end]
          if (then(end)) return true
          this.#groups[node.index] = inside
          return false
        })
        if (!matched) this.#groups[node.index] = before
        return matched
      }
      case "Repeat":
        return node.node._tag === "Set"
          ? this.#repeatSet(node.node.set, node.min, node.max, text, at, then)
          : this.#repeat(node.node, node.min, node.max, text, at, then)
      case "Assert":
        return holds(node.what, text, at) && then(at)
      case "BackReference": {
        const group = this.#groups[node.index]
        if (group === undefined) return false
        const wanted = text.slice(group[0], group[1])
        const there = text.slice(at, at + wanted.length)
        const same = this.ignoreCase ? fold(wanted) === fold(there) : wanted === there
        return same && then(at + wanted.length)
      }
    }
  }

  #sequence(nodes: ReadonlyArray<Node>, index: number, text: string, at: number, then: Then): boolean {
    if (index === nodes.length) return then(at)
    return this.#match(nodes[index]!, text, at, (end) => this.#sequence(nodes, index + 1, text, end, then))
  }

  #repeatSet(set: Uint8Array, min: number, max: number, text: string, at: number, then: Then): boolean {
    let count = 0
    while (count < max && at + count < text.length && set[text.charCodeAt(at + count)] === 1) count++
    for (; count >= min; count--) {
      if (++this.#steps > stepsMax) throw new Exhausted()
      if (then(at + count)) return true
    }
    return false
  }

  #repeat(node: Node, min: number, max: number, text: string, at: number, then: Then): boolean {
    if (
      max > 0 && this.#match(node, text, at, (end) =>
        // An empty round would go on for ever.
        (end > at || min > 0) && this.#repeat(node, Math.max(0, min - 1), max - 1, text, end, then))
    ) return true
    return min === 0 && then(at)
  }
}

const fold = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())

const wordAt = (text: string, at: number): boolean => at >= 0 && at < text.length && isWord(text.charCodeAt(at))

const holds = (what: string, text: string, at: number): boolean => {
  const before = wordAt(text, at - 1)
  const after = wordAt(text, at)
  switch (what) {
    case "lineStart":
    case "textStart":
      return at === 0
    case "lineEnd":
    case "textEnd":
      return at === text.length
    case "eachLineStart":
      return at === 0 || text[at - 1] === "\n"
    case "eachLineEnd":
      return at === text.length || text[at] === "\n"
    case "boundary":
      return before !== after
    case "notBoundary":
      return before === after
    case "wordStart":
      return !before && after
    default:
      return before && !after
  }
}
