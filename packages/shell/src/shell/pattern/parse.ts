/**
 * Patterns, taken apart: a string with `* ? [` and the extended groups becomes a list of nodes. A backslash takes the
 * special meaning from the character after it, inside brackets too.
 *
 * @see glob(7)
 */

/** Exactly this code point. */
interface Literal {
  readonly kind: "literal"
  readonly code: number
}
/** One code point for which `accepts` holds: `?` and `[…]`. */
interface One {
  readonly kind: "one"
  readonly accepts: (code: number) => boolean
}
/** `*`. */
interface Star {
  readonly kind: "star"
}
/** `?(…)`, `*(…)`, `+(…)`, `@(…)`, `!(…)`. */
export interface Group {
  readonly kind: "group"
  readonly operator: string
  readonly alternatives: ReadonlyArray<Sequence>
}
export type Node = Literal | One | Star | Group
export type Sequence = ReadonlyArray<Node>

export interface ParseOptions {
  readonly extended: boolean
  readonly ignoreCase: boolean
}

const any: One = { kind: "one", accepts: () => true }
const star: Star = { kind: "star" }

/** Upper and lower case folded to one. */
export const fold = (code: number): number => {
  if (code < 0x80) return code >= 65 && code <= 90 ? code + 32 : code
  const lower = String.fromCodePoint(code).toLowerCase()
  return lower.codePointAt(0) ?? code
}

const unicode: Readonly<Record<string, RegExp>> = {
  alpha: /^\p{L}$/u,
  alnum: /^[\p{L}\p{N}]$/u,
  upper: /^\p{Lu}$/u,
  lower: /^\p{Ll}$/u,
  space: /^\s$/u,
  punct: /^[\p{P}\p{S}]$/u
}

const ascii: Readonly<Record<string, (code: number) => boolean>> = {
  alpha: (c) => (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  digit: (c) => c >= 48 && c <= 57,
  alnum: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  upper: (c) => c >= 65 && c <= 90,
  lower: (c) => c >= 97 && c <= 122,
  space: (c) => c === 32 || (c >= 9 && c <= 13),
  blank: (c) => c === 32 || c === 9,
  punct: (c) => (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126),
  print: (c) => c >= 32 && c !== 127,
  graph: (c) => c > 32 && c !== 127,
  cntrl: (c) => c < 32 || c === 127,
  xdigit: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
  word: (c) => c === 95 || (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122)
}

/** The test of a character class such as `alpha`; `undefined` for a name that is none. @see isalpha(3) */
const characterClass = (name: string): ((code: number) => boolean) | undefined => {
  const test = ascii[name]
  if (test === undefined) return undefined
  const wide = unicode[name]
  return wide === undefined ? test : (c) => c < 0x80 ? test(c) : wide.test(String.fromCodePoint(c))
}

/** The bracket expression that begins at `[`, or `undefined` when nothing closes it (then `[` is an ordinary one). */
const parseBracket = (
  pattern: ReadonlyArray<number>,
  from: number,
  ignoreCase: boolean
): readonly [One, number] | undefined => {
  let at = from + 1
  const negated = pattern[at] === 33 || pattern[at] === 94
  if (negated) at++
  const tests: Array<(code: number) => boolean> = []
  const singles = new Set<number>()
  const ranges: Array<readonly [number, number]> = []
  for (let first = true;; first = false) {
    const code = pattern[at]
    if (code === undefined) return undefined
    if (code === 93 && !first) break
    if (code === 91 && (pattern[at + 1] === 58 || pattern[at + 1] === 61 || pattern[at + 1] === 46)) {
      const kind = pattern[at + 1]!
      let end = at + 2
      while (end < pattern.length && !(pattern[end] === kind && pattern[end + 1] === 93)) end++
      if (end < pattern.length) {
        const name = String.fromCodePoint(...pattern.slice(at + 2, end))
        if (kind === 58) {
          const test = characterClass(ignoreCase && (name === "upper" || name === "lower") ? "alpha" : name)
          if (test !== undefined) tests.push(test)
          at = end + 2
          continue
        }
        const [only] = Array.from(name)
        if (only !== undefined) singles.add(only.codePointAt(0)!)
        at = end + 2
        continue
      }
    }
    let low = code
    if (code === 92 && pattern[at + 1] !== undefined) low = pattern[++at]!
    at++
    if (pattern[at] === 45 && pattern[at + 1] !== undefined && pattern[at + 1] !== 93) {
      at++
      let high = pattern[at]!
      if (high === 92 && pattern[at + 1] !== undefined) high = pattern[++at]!
      at++
      ranges.push([low, high])
      continue
    }
    singles.add(low)
  }
  const holds = (c: number): boolean =>
    singles.has(c) || ranges.some(([low, high]) => c >= low && c <= high) || tests.some((test) => test(c))
  const folded = (c: number): boolean => {
    if (holds(c) || holds(fold(c))) return true
    return holds(String.fromCodePoint(c).toUpperCase().codePointAt(0) ?? c)
  }
  const test = ignoreCase ? folded : holds
  return [{ kind: "one", accepts: negated ? (c) => !test(c) : test }, at + 1]
}

const operators = new Set([33, 42, 43, 63, 64])

/** Where the `)` of the group that opens at `open` stands; -1 when there is none. */
const closing = (pattern: ReadonlyArray<number>, open: number): number => {
  let depth = 0
  for (let at = open; at < pattern.length; at++) {
    const code = pattern[at]!
    if (code === 92) at++
    else if (code === 91) at = Math.max(at, (parseBracket(pattern, at, false)?.[1] ?? at + 1) - 1)
    else if (code === 40) depth++
    else if (code === 41 && --depth === 0) return at
  }
  return -1
}

const parseSequence = (
  pattern: ReadonlyArray<number>,
  from: number,
  to: number,
  options: ParseOptions,
  inGroup: boolean
): Array<Sequence> => {
  const alternatives: Array<Sequence> = []
  let nodes: Array<Node> = []
  for (let at = from; at < to;) {
    const code = pattern[at]!
    if (options.extended && operators.has(code) && pattern[at + 1] === 40) {
      const end = closing(pattern, at + 1)
      if (end >= 0 && end < to) {
        nodes.push({
          kind: "group",
          operator: String.fromCharCode(code),
          alternatives: parseSequence(pattern, at + 2, end, options, true)
        })
        at = end + 1
        continue
      }
    }
    if (code === 42) {
      if (nodes[nodes.length - 1] !== star) nodes.push(star)
      at++
    } else if (code === 63) {
      nodes.push(any)
      at++
    } else if (code === 91) {
      const bracket = parseBracket(pattern, at, options.ignoreCase)
      nodes.push(bracket === undefined ? { kind: "literal", code } : bracket[0])
      at = bracket === undefined ? at + 1 : bracket[1]
    } else if (code === 124 && inGroup) {
      alternatives.push(nodes)
      nodes = []
      at++
    } else {
      const literal = code === 92 && at + 1 < to ? pattern[++at]! : code
      nodes.push({ kind: "literal", code: options.ignoreCase ? fold(literal) : literal })
      at++
    }
  }
  alternatives.push(nodes)
  return alternatives
}

/** The nodes of `pattern`. */
export const parse = (pattern: string, options: ParseOptions): Sequence => {
  const codes = Array.from(pattern, (character) => character.codePointAt(0)!)
  return parseSequence(codes, 0, codes.length, options, false)[0]!
}

/** The sequence that matches the reversed text. */
export const reverse = (sequence: Sequence): Sequence =>
  sequence.map((node): Node => node.kind === "group" ? { ...node, alternatives: node.alternatives.map(reverse) } : node)
    .reverse()
