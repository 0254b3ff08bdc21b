/**
 * A matcher that reads each byte of a text once, by a table that is made while it runs: a state stands for all places of
 * the pattern that a match may have come to.
 *
 * It knows where a match begins and ends, not what groups are in it. The table is bounded; a pattern that outgrows it, and
 * one with word boundaries or back-references, is left to the other matchers.
 *
 * @see regex(7)
 */
import type { Node } from "./syntax.js"

/** The most places in a pattern, and states in the table. */
const placesMax = 1500
const statesMax = 300
/** How often the table may be thrown away before the pattern is given up. */
const renewalsMax = 20

type Step =
  | { readonly _tag: "Set"; readonly set: Uint8Array; readonly next: number }
  | { readonly _tag: "Split"; readonly first: number; readonly second: number }
  | { readonly _tag: "Start" | "End"; readonly next: number }
  | { readonly _tag: "Match" }

/** The pattern is not for this matcher. */
class Unsuited {
  readonly _tag = "Unsuited"
}

const unsuited = new Unsuited()

/** A pattern as a list of steps, built from its end to its beginning. */
class Builder {
  readonly steps: Array<Step> = [{ _tag: "Match" }]

  #add(step: Step): number {
    if (this.steps.length >= placesMax) throw unsuited
    return this.steps.push(step) - 1
  }

  /** Answers where the node begins, if `next` follows it. */
  build(node: Node, next: number): number {
    switch (node._tag) {
      case "Set":
        return this.#add({ _tag: "Set", set: node.set, next })
      case "Sequence": {
        let at = next
        for (let i = node.nodes.length - 1; i >= 0; i--) at = this.build(node.nodes[i]!, at)
        return at
      }
      case "Alternation": {
        let at = this.build(node.nodes.at(-1)!, next)
        for (let i = node.nodes.length - 2; i >= 0; i--) {
          at = this.#add({ _tag: "Split", first: this.build(node.nodes[i]!, next), second: at })
        }
        return at
      }
      case "Group":
        return this.build(node.node, next)
      case "Repeat":
        return this.#repeat(node.node, node.min, node.max, next)
      case "Assert":
        if (node.what === "lineStart" || node.what === "textStart") return this.#add({ _tag: "Start", next })
        if (node.what === "lineEnd" || node.what === "textEnd") return this.#add({ _tag: "End", next })
        throw unsuited
      case "BackReference":
        throw unsuited
    }
  }

  #repeat(node: Node, min: number, max: number, next: number): number {
    let at = next
    if (max === Number.POSITIVE_INFINITY) {
      const split = this.#add({ _tag: "Split", first: next, second: next })
      this.steps[split] = { _tag: "Split", first: this.build(node, split), second: next }
      at = split
    } else {
      for (let i = min; i < max; i++) at = this.#add({ _tag: "Split", first: this.build(node, at), second: next })
    }
    for (let i = 0; i < min; i++) at = this.build(node, at)
    return at
  }
}

interface State {
  /** The `Set` steps that wait for a byte, in order. */
  readonly waiting: ReadonlyArray<number>
  readonly matches: boolean
  /** Whether the end of the text makes it match. */
  readonly matchesAtEnd: boolean
  /** By byte; `undefined` where nobody came yet. */
  readonly next: Array<State | undefined>
  /** No byte leads anywhere. */
  readonly dead: boolean
}

/** One table: with `search`, a match may begin anywhere, and `matches` stays. */
class Table {
  #states = new Map<string, State>()
  #renewals = 0
  #first: State | undefined
  #later: State | undefined

  constructor(readonly steps: ReadonlyArray<Step>, readonly start: number, readonly search: boolean) {}

  /** The state before the first byte, at the beginning of the text or behind it. */
  initial(atStart: boolean): State {
    if (atStart) return (this.#first ??= this.#state(this.#close([this.start], true), true))
    return (this.#later ??= this.#state(this.#close([this.start], false), false))
  }

  /** All steps that can be reached without a byte. */
  #close(from: ReadonlyArray<number>, atStart: boolean, atEnd = false): Set<number> {
    const seen = new Set<number>()
    const pending = [...from]
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      const step = this.steps[at]!
      if (step._tag === "Split") pending.push(step.second, step.first)
      else if (step._tag === "Start" && atStart) pending.push(step.next)
      else if (step._tag === "End" && atEnd) pending.push(step.next)
    }
    return seen
  }

  #state(reached: ReadonlySet<number>, atStart: boolean): State {
    const waiting: Array<number> = []
    const ends: Array<number> = []
    let matches = false
    for (const at of reached) {
      const { _tag } = this.steps[at]!
      if (_tag === "Set") waiting.push(at)
      else if (_tag === "Match") matches = true
      else if (_tag === "End") ends.push(at)
    }
    waiting.sort((a, b) => a - b)
    const matchesAtEnd = matches || (ends.length > 0 && this.#close(ends, atStart, true).has(0))
    const key = `${waiting.join()}${matches ? "m" : ""}${matchesAtEnd ? "e" : ""}`
    let state = this.#states.get(key)
    if (state === undefined) {
      const dead = waiting.length === 0 && !this.search
      state = { waiting, matches, matchesAtEnd, next: new Array<State | undefined>(256).fill(undefined), dead }
      this.#states.set(key, state)
    }
    return state
  }

  /** Makes what `state` becomes by `byte`. */
  step(state: State, byte: number): State {
    if (this.#states.size >= statesMax) {
      if (++this.#renewals > renewalsMax) throw unsuited
      this.#states = new Map()
      this.#first = this.#later = undefined
    }
    const from: Array<number> = this.search ? [this.start] : []
    for (const at of state.waiting) {
      const step = this.steps[at]!
      if (step._tag === "Set" && step.set[byte] === 1) from.push(step.next)
    }
    const next = this.#state(this.#close(from, false), false)
    state.next[byte] = next
    return next
  }
}

/** Where a match lies. */
export type Span = readonly [start: number, end: number]

export class Dfa {
  readonly #search: Table
  readonly #longest: Table
  /** The bytes that a match can begin with; `undefined` when it may be empty. */
  readonly #firsts: Uint8Array | undefined

  private constructor(steps: ReadonlyArray<Step>, start: number) {
    this.#search = new Table(steps, start, true)
    this.#longest = new Table(steps, start, false)
    this.#firsts = firsts(steps, start)
  }

  /** `undefined` if the pattern is not for this matcher. */
  static make(node: Node): Dfa | undefined {
    const builder = new Builder()
    try {
      return new Dfa(builder.steps, builder.build(node, 0))
    } catch (error) {
      if (error instanceof Unsuited) return undefined
      throw error
    }
  }

  /** Whether there is a match anywhere; `undefined` if the table was outgrown. */
  test(text: string): boolean | undefined {
    const end = this.#firstEnd(text, 0)
    return end === undefined ? undefined : end >= 0
  }

  /** The end of the match that ends first; -1 for none. */
  #firstEnd(text: string, from: number): number | undefined {
    try {
      const { length } = text
      const table = this.#search
      let state = table.initial(from === 0)
      if (state.matches) return from
      for (let at = from; at < length; at++) {
        const byte = text.charCodeAt(at)
        state = state.next[byte] ?? table.step(state, byte)
        if (state.matches) return at + 1
      }
      return state.matchesAtEnd ? length : -1
    } catch (error) {
      if (error instanceof Unsuited) return undefined
      throw error
    }
  }

  /** The first, and there the longest, match from `from` on: `null` for none, `undefined` if it cannot tell. */
  span(text: string, from: number): Span | null | undefined {
    const first = this.#firstEnd(text, from)
    if (first === undefined) return undefined
    if (first < 0) return null
    // The leftmost match begins no later than the one that ends first ends.
    let budget = 8 * (text.length - from) + 4096
    for (let start = from; start <= first; start++) {
      if (this.#firsts !== undefined && start < text.length && this.#firsts[text.charCodeAt(start)] === 0) continue
      const end = this.#longestFrom(text, start)
      if (end === undefined) return undefined
      if (end >= 0) return [start, end]
      budget -= this.#read
      // So many false starts are for a matcher that follows all of them at once.
      if (budget < 0) return undefined
    }
    return undefined
  }

  #read = 0

  #longestFrom(text: string, start: number): number | undefined {
    try {
      const { length } = text
      const table = this.#longest
      let state = table.initial(start === 0)
      let end = state.matches ? start : -1
      let at = start
      for (; at < length && !state.dead; at++) {
        const byte = text.charCodeAt(at)
        state = state.next[byte] ?? table.step(state, byte)
        if (state.matches) end = at + 1
      }
      if (at === length && state.matchesAtEnd) end = length
      this.#read = at - start + 1
      return end
    } catch (error) {
      if (error instanceof Unsuited) return undefined
      throw error
    }
  }
}

const firsts = (steps: ReadonlyArray<Step>, start: number): Uint8Array | undefined => {
  const set = new Uint8Array(256)
  const seen = new Set<number>()
  const pending = [start]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    const step = steps[at]!
    if (step._tag === "Match") return undefined
    if (step._tag === "Set") { for (let byte = 0; byte < 256; byte++) set[byte]! |= step.set[byte]! }
    else if (step._tag === "Split") pending.push(step.first, step.second)
    else pending.push(step.next)
  }
  return set
}
