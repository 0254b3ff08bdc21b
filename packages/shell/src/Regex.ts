/**
 * POSIX regular expressions, basic and extended with GNU's additions, over bytes.
 *
 * A pattern comes from a guest, and JavaScript's own `RegExp` can be made to run for hours; so patterns are translated
 * for RE2, which is linear. What RE2 cannot say (back-references) is tried out within a bound.
 *
 * Texts and patterns are strings of one character per byte: see `Latin1`.
 *
 * @see regex(7)
 */
import { RE2JS } from "re2js"
import { Backtracker, Exhausted } from "./regex/backtrack.js"
import { Dfa, type Span } from "./regex/dfa.js"
import { emit, literal } from "./regex/emit.js"
import { BadPattern, type Node, parse, type Syntax } from "./regex/syntax.js"

export { BadPattern } from "./regex/syntax.js"

export interface Options extends Syntax {
  /** Only a match that is a whole line, or whole words. */
  readonly whole?: "line" | "word"
}

/** Where a match lies; `groups[0]` is all of it. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly groups: ReadonlyArray<readonly [start: number, end: number] | undefined>
}

export interface Regex {
  /** Whether there is a match anywhere in one line of text. */
  readonly test: (text: string) => boolean
  /** The first, and there the longest, match that begins at `from` or later. */
  readonly find: (text: string, from: number) => Match | undefined
  /** Where that match lies; cheaper where its groups do not matter. */
  readonly span: (text: string, from: number) => Span | undefined
  /** The only text that matches, if there is only one. */
  readonly literal: string | undefined
  readonly groups: number
  /** What is odd about it, though it has a meaning. */
  readonly warnings: ReadonlyArray<string>
  /** Whether a match was given up because it took too many steps. */
  readonly exhausted: () => boolean
}

/** Compiles patterns, any of which may match. */
export const compile = (patterns: ReadonlyArray<string>, options: Options): Regex | BadPattern => {
  const nodes: Array<Node> = []
  const warnings: Array<string> = []
  let groups = 0
  for (const pattern of patterns) {
    const parsed = parse(pattern, options)
    if (parsed instanceof BadPattern) return parsed
    nodes.push(parsed.node)
    warnings.push(...parsed.warnings)
    groups = Math.max(groups, parsed.groups)
  }
  const only = nodes.length === 1 && options.whole === undefined ? literal(nodes[0]!) : undefined
  // Groups are counted per pattern, so they are told apart only where there is one.
  const node: Node = nodes.length === 1 ? nodes[0]! : { _tag: "Alternation", nodes }
  const emitted = emit(node, nodes.length === 1)
  const rest = { literal: only, groups, warnings }
  if (emitted === undefined) return { ...backtracking(node, options), ...rest }
  const matcher = linear(emitted, options)
  if (matcher instanceof BadPattern) return matcher
  return { ...(only === undefined ? quicker(matcher, node, groups, options) : plain(matcher, only)), ...rest }
}

/** A regex for texts to be found as they are. */
export const compileFixed = (texts: ReadonlyArray<string>, options: Options): Regex | BadPattern =>
  compile(texts.map((text) => text.replace(/[\^.[$()|*+?{\\]/g, "\\$&")), { ...options, extended: true })

const never = (): boolean => false

type Matcher = Pick<Regex, "test" | "find" | "span" | "exhausted">

/** For a pattern that is a text. */
const plain = (matcher: Matcher, text: string): Matcher => {
  const span = (inside: string, from: number): Span | undefined => {
    const start = inside.indexOf(text, from)
    return start < 0 ? undefined : [start, start + text.length]
  }
  return { ...matcher, test: (inside) => inside.includes(text), span }
}

/** A table first, where the pattern suits it and groups do not matter; `matcher` where it cannot tell. */
const quicker = (matcher: Matcher, node: Node, groups: number, options: Options): Matcher => {
  if (options.whole !== undefined || options.newline === "ends") return matcher
  let made = false
  let dfa: Dfa | undefined
  const table = (): Dfa | undefined => {
    if (!made) dfa = Dfa.make(node)
    made = true
    return dfa
  }
  const span = (text: string, from: number): Span | undefined => {
    const found = table()?.span(text, from)
    if (found !== undefined) return found ?? undefined
    return matcher.span(text, from)
  }
  return {
    exhausted: matcher.exhausted,
    test: (text) => table()?.test(text) ?? matcher.test(text),
    span,
    find: (text, from) => {
      if (table() === undefined) return matcher.find(text, from)
      const found = span(text, from)
      if (found === undefined) return undefined
      if (groups > 0) return matcher.find(text, found[0])
      return { start: found[0], end: found[1], groups: [found] }
    }
  }
}

const linear = (pattern: string, options: Options): Matcher | BadPattern => {
  const source = options.whole === "line"
    ? `\\A(?:${pattern})\\z`
    : options.whole === "word"
    ? `(?:\\A|[^0-9A-Za-z_])((?:${pattern}))(?:[^0-9A-Za-z_]|\\z)`
    : pattern
  const main = options.whole === "word" ? 1 : 0
  try {
    const quick = RE2JS.compile(source)
    let longest: RE2JS | undefined
    const find = (text: string, from: number): Match | undefined => {
      longest ??= RE2JS.compile(source, RE2JS.LONGEST_MATCH)
      const matcher = longest.matcher(text)
      // A word may begin right behind the one before it, on whose delimiter the search has to start again.
      if (!matcher.find(main === 1 && from > 0 ? from - 1 : from)) return undefined
      if (matcher.start(main) < from && !matcher.find(from)) return undefined
      const groups: Array<readonly [number, number] | undefined> = []
      for (let i = main; i <= matcher.groupCount(); i++) {
        const start = matcher.start(i)
        groups.push(start < 0 ? undefined : [start, matcher.end(i)])
      }
      const [start, end] = groups[0]!
      return { start, end, groups }
    }
    return {
      test: (text) => quick.test(text),
      find,
      span: (text, from) => find(text, from)?.groups[0],
      exhausted: never
    }
  } catch {
    return new BadPattern("Regular expression too big")
  }
}

const backtracking = (node: Node, options: Options): Matcher => {
  const inner: Node = options.whole === "line"
    ? { _tag: "Sequence", nodes: [{ _tag: "Assert", what: "lineStart" }, node, { _tag: "Assert", what: "lineEnd" }] }
    : node
  const machine = new Backtracker(inner, options.ignoreCase)
  let exhausted = false
  const isWordAt = (text: string, at: number): boolean => /\w/.test(text[at] ?? "")

  const find = (text: string, from: number, any: boolean): Match | undefined => {
    machine.resetSteps()
    try {
      for (let start = from; start <= text.length; start++) {
        if (options.whole === "word" && isWordAt(text, start - 1)) continue
        const end = machine.longest(text, start, any && options.whole !== "word")
        if (end < 0 || (options.whole === "word" && isWordAt(text, end))) continue
        const groups = [[start, end] as const, ...Array.from({ length: 9 }, (_, i) => machine.group(i + 1))]
        return { start, end, groups }
      }
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error
      exhausted = true
    }
    return undefined
  }
  return {
    test: (text) => find(text, 0, true) !== undefined,
    find: (text, from) => find(text, from, false),
    span: (text, from) => find(text, from, false)?.groups[0],
    exhausted: () => exhausted
  }
}

/** An expression of Emacs' dialect, with bare `+` and `?`, as a basic one. */
export const fromEmacs = (pattern: string): string =>
  pattern.replace(/(\\.)|([+?])/gs, (_, escaped: string | undefined, bare: string) => escaped ?? `\\${bare}`)
