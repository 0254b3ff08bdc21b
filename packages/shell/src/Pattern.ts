/**
 * Shell patterns: one matcher for `case`, `${x#p}`, `[[ x == p ]]`, file names and `find -name`.
 *
 * A pattern comes from a guest, so its cost is bounded: plain patterns take at most the product of the two lengths,
 * extended groups a polynomial of it, and nothing is handed to the host's backtracking `RegExp`.
 *
 * @see fnmatch(3)
 * @see glob(7)
 */
import * as Match from "./shell/pattern/match.js"
import { parse, reverse, type Sequence } from "./shell/pattern/parse.js"

export interface PatternOptions {
  /** A slash is matched by a slash only (FNM_PATHNAME). */
  readonly pathname?: boolean
  /** A period at the beginning, or after a slash with `pathname`, is matched by a period only (FNM_PERIOD). */
  readonly period?: boolean
  /** Upper and lower case are the same (FNM_CASEFOLD). */
  readonly ignoreCase?: boolean
  /** `?(…) *(…) +(…) @(…) !(…)` are groups (FNM_EXTMATCH). Default: `false`. */
  readonly extended?: boolean
}

/** A pattern that has been taken apart. */
export interface Pattern {
  /** Whether it matches all of `text`. */
  readonly test: (text: string) => boolean
  /** The length of the prefix that it matches: the longest, or the shortest; -1 when it matches none. */
  readonly prefix: (text: string, longest: boolean) => number
  /** Where the suffix that it matches begins: of the longest, or of the shortest; -1 when it matches none. */
  readonly suffix: (text: string, longest: boolean) => number
  /** `text` with the first match, or with all of them, replaced by what `replacement` answers for it. */
  readonly replace: (text: string, replacement: (match: string) => string, all: boolean) => string
}

/** Whether `pattern` has a character that is special, not counting those behind a backslash. */
export const isMagic = (pattern: string, extended = false): boolean => {
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === "\\") at++
    else if (character === "*" || character === "?") return true
    else if (character === "[" && pattern.indexOf("]", at + 2) > 0) return true
    else if (extended && (character === "@" || character === "+" || character === "!") && pattern[at + 1] === "(") {
      return true
    }
  }
  return false
}

/** The text that a pattern without special characters stands for: backslashes removed. */
export const unescape = (pattern: string): string =>
  pattern.includes("\\") ? pattern.replace(/\\([\s\S])/g, "$1") : pattern

/** The pattern that matches `text` and nothing else. */
export const escape = (text: string): string => text.replace(/[\\*?[\]!@+(){}|^-]/g, "\\$&")

/** A function that says whether a text matches `pattern`. */
export const compile = (pattern: string, options: PatternOptions = {}): (text: string) => boolean => {
  const { extended = false, ignoreCase = false, pathname = false, period = false } = options
  if (pathname && pattern.includes("/")) {
    const parts = pattern.split("/").map((part) => compile(part, { ...options, pathname: false }))
    return (text) => {
      const names = text.split("/")
      return names.length === parts.length && parts.every((matches, index) => matches(names[index]!))
    }
  }
  const matches = compileWhole(pattern, extended, ignoreCase)
  const guarded = period && !startsWithPeriod(parse(pattern, { extended, ignoreCase }))
    ? (text: string): boolean => !text.startsWith(".") && matches(text)
    : matches
  return pathname ? (text) => !text.includes("/") && guarded(text) : guarded
}

const startsWithPeriod = (sequence: Sequence): boolean => {
  const [first] = sequence
  if (first === undefined) return false
  if (first.kind === "literal") return first.code === 46
  return first.kind === "group" && first.operator !== "!" && first.alternatives.some(startsWithPeriod)
}

const compileWhole = (pattern: string, extended: boolean, ignoreCase: boolean): (text: string) => boolean => {
  if (!ignoreCase && !isMagic(pattern, extended)) {
    const literal = unescape(pattern)
    return (text) => text === literal
  }
  const sequence = parse(pattern, { extended, ignoreCase })
  if (sequence.length === 1 && sequence[0]!.kind === "star") return () => true
  if (isPlain(sequence)) return (text) => Match.matchesPlain(sequence, Match.codesOf(text, ignoreCase))
  return (text) => {
    const codes = Match.codesOf(text, ignoreCase)
    return Match.ends(sequence, codes, [0]).has(codes.length)
  }
}

const isPlain = (sequence: Sequence): boolean => sequence.every((node) => node.kind !== "group")

/** The UTF-16 length of the first `count` code points. */
const unitsOf = (text: string, codes: Match.Codes, count: number): number => {
  if (codes.length === text.length) return count
  let units = 0
  for (let at = 0; at < count; at++) units += text.codePointAt(units)! > 0xffff ? 2 : 1
  return units
}

/** The pattern for all that a shell does with one. */
export const make = (pattern: string, options: PatternOptions = {}): Pattern => {
  const { extended = false, ignoreCase = false } = options
  const sequence = parse(pattern, { extended, ignoreCase })
  const backwards = reverse(sequence)
  const parts = isPlain(sequence) ? Match.pieces(sequence) : undefined
  const choose = (ends: Iterable<number>, longest: boolean): number => {
    let chosen = -1
    for (const end of ends) if (chosen < 0 || (longest ? end > chosen : end < chosen)) chosen = end
    return chosen
  }
  const find = (
    codes: Match.Codes,
    from: number,
    starts: ReadonlySet<number>
  ): readonly [number, number] | undefined => {
    if (parts !== undefined) return Match.findPlain(parts, codes, from)
    for (let start = from; start <= codes.length; start++) {
      if (!starts.has(codes.length - start)) continue
      const end = choose(Match.ends(sequence, codes, [start]), true)
      if (end >= 0) return [start, end]
    }
    return undefined
  }
  return {
    test: compile(pattern, options),
    prefix: (text, longest) => {
      const codes = Match.codesOf(text, ignoreCase)
      const end = choose(Match.ends(sequence, codes, [0]), longest)
      return end < 0 ? -1 : unitsOf(text, codes, end)
    },
    suffix: (text, longest) => {
      const codes = Match.codesOf(text, ignoreCase)
      const length = choose(Match.ends(backwards, Array.from(codes).reverse(), [0]), longest)
      return length < 0 ? -1 : unitsOf(text, codes, codes.length - length)
    },
    replace: (text, replacement, all) => {
      const codes = Match.codesOf(text, ignoreCase)
      const everywhere = Array.from({ length: parts === undefined ? codes.length + 1 : 0 }, (_, index) => index)
      // Where a match begins, found backwards once: so that no beginning is tried in vain.
      const starts = parts === undefined
        ? Match.ends(backwards, Array.from(codes).reverse(), everywhere)
        : new Set<number>()
      let out = ""
      let from = 0
      let copied = 0
      while (from <= codes.length) {
        const found = find(codes, from, starts)
        if (found === undefined || (found[1] === found[0] && codes.length > 0)) break
        const [start, end] = [unitsOf(text, codes, found[0]), unitsOf(text, codes, found[1])]
        out += text.slice(copied, start) + replacement(text.slice(start, end))
        copied = end
        from = found[1]
        if (!all || codes.length === 0 || from >= codes.length) break
      }
      return out + text.slice(copied)
    }
  }
}
