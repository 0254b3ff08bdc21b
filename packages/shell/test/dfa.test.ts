import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { RE2JS } from "re2js"
import * as Regex from "../src/Regex.js"
import { Dfa } from "../src/regex/dfa.js"
import { emit } from "../src/regex/emit.js"
import { BadPattern, parse, type Syntax } from "../src/regex/syntax.js"

const syntax: Syntax = { extended: true, ignoreCase: false, newline: "plain" }

const atoms = FastCheck.constantFrom(
  "a",
  "b",
  "c",
  ".",
  "[ab]",
  "[^a]",
  "^",
  "$",
  "(a|bc)",
  "(ab)*",
  "(a|b|)",
  "x",
  "(b+a)?"
)
const repeats = FastCheck.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}")
const sequences = FastCheck.array(FastCheck.tuple(atoms, repeats), { maxLength: 5 })
  .map((parts) => parts.map(([atom, repeat]) => "^$".includes(atom) ? atom : atom + repeat).join(""))
const patterns = FastCheck.array(sequences, { minLength: 1, maxLength: 3 }).map((all) => all.join("|"))
const texts = FastCheck.array(FastCheck.constantFrom("a", "b", "c", "x", "\n"), { maxLength: 24 }).map((all) =>
  all.join("")
)

const parsed = (pattern: string) => {
  const made = parse(pattern, syntax)
  return made instanceof BadPattern ? expect.fail(`${pattern}: ${made.text}`) : made.node
}

describe("The matcher by a table", () => {
  it("finds the same matches as the linear one", () => {
    FastCheck.assert(
      FastCheck.property(patterns, texts, FastCheck.nat(5), (pattern, text, start) => {
        const node = parsed(pattern)
        const from = Math.min(start, text.length)
        const matcher = RE2JS.compile(emit(node, false)!, RE2JS.LONGEST_MATCH).matcher(text)
        const expected = matcher.find(from) ? [matcher.start(0), matcher.end(0)] : null
        const dfa = Dfa.make(node)!
        expect(dfa.span(text, from)).toEqual(expected)
        if (from === 0) expect(dfa.test(text)).toBe(expected !== null)
      }),
      { numRuns: 1000, seed: 20_261_127 }
    )
  })

  it("leaves patterns alone that it cannot follow", () => {
    for (const pattern of ["(a)\\1", "\\ba", "a\\>"]) expect(Dfa.make(parsed(pattern))).toBeUndefined()
    expect(Dfa.make(parsed("(a{100}){100}"))).toBeUndefined()
  })

  it("does not tell rather than grow without bound", () => {
    let state = 1
    const text = Array.from({ length: 30_000 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 16) % 2 === 0 ? "a" : "b"
    }).join("")
    const dfa = Dfa.make(parsed("(a|b)*a(a|b){14}x"))!
    expect(dfa.test(text)).toBeUndefined()
    const regex = Regex.compile(["(a|b)*a(a|b){14}x"], syntax)
    expect(regex instanceof BadPattern ? regex : regex.test(text)).toBe(false)
  })

  it("does not tell rather than try too often", () => {
    const regex = Regex.compile(["a*b|ac"], syntax)
    if (regex instanceof BadPattern) return expect.fail(regex.text)
    const text = "a".repeat(20_000) + "c"
    expect(regex.span(text, 0)).toEqual([19_999, 20_001])
  })
})
