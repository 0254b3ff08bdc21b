import { expect, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as LineDifference from "../../src/LineDifference.js"
import { sameAsGnu } from "./support/Differential.js"

const texts = fc.array(fc.constantFrom("a", "b", "c", "{", "}"), { maxLength: 12 })

const numbered = (count: number, change: (line: number) => string | undefined = String) =>
  Array.from({ length: count }, (_, at) => change(at + 1)).filter((line) => line !== undefined).map((line) =>
    `${line}\n`
  ).join("")

const tree = {
  a: numbered(30),
  b: numbered(30, (line) => line === 3 ? undefined : line === 12 ? "twelve" : line === 20 ? "20\nmore" : String(line)),
  c: "one\ntwo",
  d: "one\ntwo\n",
  empty: "",
  spaces: "a  b\n c\n\nD\n",
  tight: "a b\nc\nd\n",
  binary: "a\0b",
  "left/same": "x\n",
  "left/other": "1\n2\n",
  "left/only": "o\n",
  "left/sub/deep": "d\n",
  "left/kind": "file",
  "right/same": "x\n",
  "right/other": "1\n3\n",
  "right/new": "n\n",
  "right/sub/deep": "e\n",
  "right/sub/more": "m\n",
  "right/kind/x": "",
  repeated: "a\n{\nx\n}\nb\n{\nx\n}\nc\n",
  repeatedMore: "a\n{\nx\n}\nb\n{\nx\n}\nb\n{\nx\n}\nc\n"
}
const diff = (...args: ReadonlyArray<string>) => ({ argv: ["diff", ...args], tree })

sameAsGnu("diff", [
  diff("a", "b"),
  diff("-u", "a", "b"),
  diff("-U0", "a", "b"),
  diff("--unified=1", "b", "a"),
  diff("-c", "a", "b"),
  diff("-C", "1", "b", "a"),
  diff("a", "a"),
  diff("-s", "a", "a"),
  diff("-q", "a", "b"),
  diff("c", "d"),
  diff("-u", "c", "d"),
  diff("empty", "c"),
  diff("-u", "d", "empty"),
  diff("-c", "d", "empty"),
  diff("spaces", "tight"),
  diff("-b", "spaces", "tight"),
  diff("-w", "spaces", "tight"),
  diff("-iwB", "spaces", "tight"),
  diff("binary", "a"),
  diff("-q", "binary", "a"),
  diff("-a", "binary", "c"),
  diff("left", "right"),
  diff("-r", "left", "right"),
  diff("-ruN", "left", "right"),
  diff("-rq", "left", "right"),
  diff("-rs", "left/sub", "left/sub"),
  diff("a", "left"),
  diff("left/other", "right"),
  diff("-L", "old", "--label=new", "-u", "a", "b"),
  diff("-u", "repeated", "repeatedMore"),
  diff("repeatedMore", "repeated"),
  diff("a", "nosuch"),
  diff("-N", "a", "nosuch"),
  { argv: ["diff", "-", "d"], stdin: "one\nthree\n", tree },
  diff("a"),
  diff(),
  diff("a", "b", "c"),
  diff("-U", "x", "a", "b"),
  diff("-k", "a", "b")
])

it.prop(
  "what goes and what comes makes one text of the other",
  [texts, texts],
  ([before, after]) => {
    let made: ReadonlyArray<string> = []
    let at = 0
    for (const { from, newFrom, newTo, to } of LineDifference.changes(before, after)) {
      made = made.concat(before.slice(at, from), after.slice(newFrom, newTo))
      at = to
    }
    expect(made.concat(before.slice(at))).toEqual(after)
  },
  { fastCheck: { numRuns: 2000, seed: 7 } }
)
