/** The parts of the shell that need no kernel. */
import { describe, expect, it } from "@effect/vitest"
import { evaluate } from "../src/shell/arithmetic/evaluate.js"
import { parse as parseArithmetic } from "../src/shell/arithmetic/parse.js"
import { split } from "../src/shell/builtins/read.js"
import * as Quote from "../src/shell/expand/quote.js"
import { FieldSink, PatternSink } from "../src/shell/expand/Sink.js"
import { keys, values, Variables } from "../src/shell/state/Variables.js"
import { parse } from "../src/shell/syntax/parse.js"

const words = (source: string): ReadonlyArray<string | undefined> => {
  const command = parse(source).list.statements[0]?.command
  return command?.kind === "simple" ? command.words.map((word) => word.literal) : []
}

const compute = (text: string, variables: Record<string, string> = {}): string =>
  String(evaluate(parseArithmetic(text), {
    get: (name) => variables[name],
    set: (name, _index, value) => void (variables[name] = value)
  }))

describe("Parsing", () => {
  it("tells quoted from unquoted text", () => {
    expect(words("echo a'b c'\"d\"\\ e")).toEqual(["echo", "ab cd e"])
    expect(words("echo '*' *")).toEqual(["echo", "*", undefined])
  })
  it("expands braces before anything else", () => {
    expect(words("echo a{b,c}{1..3}")).toEqual(["echo", "ab1", "ab2", "ab3", "ac1", "ac2", "ac3"])
    expect(words("echo {a} {} {01..03} {c..a} \"{a,b}\"")).toEqual([
      "echo",
      "{a}",
      "{}",
      "01",
      "02",
      "03",
      "c",
      "b",
      "a",
      "{a,b}"
    ])
  })
  it("does not let a guest make words without end", () => {
    expect(words("echo {1..999999999}")).toEqual(["echo", "{1..999999999}"])
    expect(words(`echo ${"{a,b}".repeat(40)}`).length).toBeLessThan(200_000)
  })
  it("knows when a command goes on", () => {
    for (
      const text of [
        "if true",
        "echo 'a",
        "echo \"a",
        "for i in a; do",
        "cat <<E\nx\n",
        "a &&\n",
        "a |\n",
        "f() {\n",
        "echo \\\n",
        "echo $(a"
      ]
    ) {
      expect([text, parse(text).incomplete]).toEqual([text, true])
    }
    for (const text of ["true\n", "echo )\n", "cat <<E\nE\n", "# if\n", "fi\n"]) {
      expect([text, parse(text).incomplete]).toEqual([text, false])
    }
  })
  it("keeps what stands before a mistake, and says on which line that is", () => {
    const parsed = parse("echo a\necho b )\necho c\n")
    expect([parsed.list.statements.length, parsed.error?.line]).toEqual([1, 2])
  })
})

describe("Arithmetic", () => {
  it("has the operators of C with their precedence", () => {
    expect(compute("1+2*3-4/2%3")).toBe("5")
    expect(compute("1<<2|3&2^1")).toBe("7")
    expect(compute("-2**2")).toBe("4")
    expect(compute("!0+~0")).toBe("0")
    expect(compute("1?2:0?3:4")).toBe("2")
    expect(compute("a=b=3, a*b", {})).toBe("9")
    expect(compute("5--3")).toBe("8")
  })
  it("wraps at 64 bits", () => {
    expect(compute("9223372036854775807+1")).toBe("-9223372036854775808")
    expect(compute("4294967296*4294967296")).toBe("0")
    expect(compute("0x7fffffffffffffff")).toBe("9223372036854775807")
  })
  it("steps variables before and after", () => {
    const variables = { i: "5" }
    expect([compute("i++", variables), compute("++i", variables), compute("i--", variables), variables.i]).toEqual([
      "5",
      "7",
      "7",
      "6"
    ])
  })
  it("refuses what is no expression", () => {
    for (const text of ["1+", "1 2", "(1", "1=2", "08", "a b", "1/0"]) expect(() => compute(text)).toThrow()
    expect(() => compute("(".repeat(10_000))).toThrow()
  })
})

describe("Field splitting", () => {
  const fields = (ifs: string, text: string): ReadonlyArray<string> => {
    const sink = new FieldSink(ifs)
    sink.addExpansion(text)
    return sink.finish().map((field) => field.text)
  }
  it("joins white space and keeps other separators apart", () => {
    expect(fields(" \t\n", "  a  b ")).toEqual(["a", "b"])
    expect(fields(":", "a::b:")).toEqual(["a", "", "b"])
    expect(fields(" :", " a : b::c ")).toEqual(["a", "b", "", "c"])
    expect(fields("", "a b")).toEqual(["a b"])
    expect(fields(":", ":a")).toEqual(["", "a"])
  })
  it("does not split what was quoted", () => {
    const sink = new FieldSink(" ")
    sink.add("x y", true)
    sink.addExpansion("1 2")
    sink.add("", true)
    expect(sink.finish().map((field) => field.text)).toEqual(["x y1", "2"])
  })
  it("quotes the special characters of quoted text in patterns", () => {
    const sink = new PatternSink()
    sink.add("*", true)
    sink.add("*", false)
    expect(sink.text).toBe("\\**")
  })
  it("gives the last name of read what is left", () => {
    const line = (text: string) => Array.from(text, (c) => ({ c, quoted: false }))
    expect(split(line(" a b  c d "), " ", 2)).toEqual(["a", "b  c d"])
    expect(split(line("1:2:"), ":", 2)).toEqual(["1", "2"])
    expect(split(line("1:2:3:"), ":", 2)).toEqual(["1", "2:3:"])
    expect(split(line("a"), " ", 3)).toEqual(["a", "", ""])
  })
})

describe("Variables", () => {
  it("of a subshell do not change those of its parent", () => {
    const parent = new Variables()
    parent.set("x", "1")
    parent.setElement("a", 0, "p")
    const child = parent.clone()
    child.set("x", "2")
    child.setElement("a", 0, "c")
    parent.setElement("a", 1, "q")
    child.unset("y")
    expect([parent.value("x"), child.value("x")]).toEqual(["1", "2"])
    expect([values(parent.get("a")?.value), values(child.get("a")?.value)]).toEqual([["p", "q"], ["c"]])
  })
  it("stay apart however many there are", () => {
    const parent = new Variables()
    for (let i = 0; i < 100; i++) parent.set(`v${i}`, String(i))
    const child = parent.clone()
    parent.unset("v5")
    child.set("v6", "x")
    expect([parent.value("v5"), child.value("v5"), parent.value("v6"), child.value("v6")]).toEqual([
      undefined,
      "5",
      "6",
      "x"
    ])
    expect([parent.names().length, child.names().length]).toEqual([99, 100])
  })
  it("come back when a scope ends", () => {
    const variables = new Variables()
    variables.set("x", "1")
    variables.pushScope()
    variables.local("x", false)
    variables.set("x", "2")
    variables.popScope()
    expect(variables.value("x")).toBe("1")
  })
  it("have sparse arrays", () => {
    const variables = new Variables()
    variables.setElement("a", 5, "x")
    variables.setElement("a", 2, "y")
    expect([keys(variables.get("a")?.value), values(variables.get("a")?.value)]).toEqual([["2", "5"], ["y", "x"]])
  })
})

describe("Quoting", () => {
  it("makes text that the shell reads back", () => {
    for (const text of ["", "a b", "it's", "$x", "a\nb", "\u0001", "é", "\udcff"]) {
      const [, back] = words(`echo ${Quote.trace(text)}`)
      if (!text.includes("\udcff")) expect(back).toBe(text)
    }
  })
})
