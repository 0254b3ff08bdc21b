/** Random awk programs, the same for the same seed, and what they read. */

type Chance = () => number

/** A small generator of numbers from 0 up to 1. */
const chanceOf = (seed: number): Chance => {
  let state = seed * 2_654_435_761 >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let made = state
    made = Math.imul(made ^ (made >>> 15), made | 1)
    made ^= made + Math.imul(made ^ (made >>> 7), made | 61)
    return ((made ^ (made >>> 14)) >>> 0) / 2 ** 32
  }
}

const texts = [
  "abc",
  "10",
  "9",
  "3x",
  "",
  "a b c",
  "0x1A",
  "1e2",
  " 7 ",
  "+5",
  "-0",
  ".",
  "a.b",
  "ABC",
  "hello world",
  "001",
  "inf",
  "+nan",
  "x,y,z",
  "%d",
  "1.5.2"
].map((text) => JSON.stringify(text))
const numbers = "0 1 2 -1 3.5 10 100 1e3 0.1 1e6 123456789 1e18 2^53 -7 0.5 1e-5 17 255 1/3 1e300 99999.5 1234567.891"
  .split(" ")
const variables = ["x", "y", "z", "u", "$0", "$1", "$2", "$3", "$NF", "NF", "NR", "a[\"k\"]", "a[1]", "a[x]"]
const patterns = "/a/ /^[0-9]+$/ /b*/ /[a-c]+/ /(a|b)c?/ /./ /o/ /[[:alpha:]]/ /x$/ /^/ /\\./ /l+/ /,/ /a{2}/ /[^a-z]/"
  .split(" ")
const records = [
  "a b c",
  "10 9 8",
  "hello world foo",
  "",
  "  lead trail  ",
  "3x 4.5 -2",
  "aaa,bbb ccc",
  "1e3 0x10 +7",
  "A.B.C x",
  "ab,cd,ef gh"
]
const beginnings = [
  "OFS = \"-\"",
  "FS = \",\"",
  "FS = \"[ab]\"",
  "CONVFMT = \"%.3g\"",
  "OFMT = \"%.2f\"",
  "FS = \"\"",
  "RS = \"\"",
  "RS = \" \"",
  "IGNORECASE = 1"
]

class Writer {
  constructor(readonly chance: Chance) {}

  pick(all: ReadonlyArray<string>): string {
    return all[Math.floor(this.chance() * all.length)]!
  }

  number(depth: number): string {
    if (depth <= 0) return this.pick([...numbers, ...variables])
    const inner = depth - 1
    return this.pick([
      `(${this.any(inner)} ${this.pick(["+", "-", "*", "%", "/"])} ${this.pick(["3", "7", "2.5", "(1 + length(x))"])})`,
      `-${this.number(inner)}`,
      `length(${this.any(inner)})`,
      `int(${this.any(inner)})`,
      `index(${this.text(inner)}, ${this.text(inner)})`,
      `(${this.any(inner)} ~ ${this.pick(patterns)})`,
      `(${this.any(inner)} ${this.pick(["<", "<=", "==", "!=", ">", ">="])} ${this.any(inner)})`,
      `match(${this.text(inner)}, ${this.pick(patterns)})`,
      `split(${this.text(inner)}, b, ${this.pick(["\" \"", "\"\"", "\",\"", "/[a-c]/", "\".\""])})`,
      `(!${this.any(inner)})`,
      `(${this.any(inner)} ${this.pick(["&&", "||"])} ${this.any(inner)})`,
      this.pick(["x++", "++y", "z--", "--u", "NF", "NR"])
    ])
  }

  text(depth: number): string {
    if (depth <= 0) return this.pick([...texts, ...variables])
    const inner = depth - 1
    const conversion = this.pick(["", "-", "+", " ", "0", "-0", "+0"]) + this.pick(["", "5", "12", "1"]) +
      this.pick(["", ".2", ".5", ".10"]) + this.pick([..."sdicxXoufeEgG"])
    return this.pick([
      `((${this.any(inner)}) (${this.any(inner)}))`,
      `substr(${this.text(inner)}, ${this.number(inner)}, ${this.number(inner)})`,
      `substr(${this.text(inner)}, ${this.number(inner)})`,
      `toupper(${this.text(inner)})`,
      `tolower(${this.any(inner)})`,
      `sprintf("<%${conversion}>", ${this.any(inner)})`,
      `gensub(${this.pick(patterns)}, ${this.pick(["\"[&]\"", "\"\\\\0-\"", "\"\"", "\"z\""])}, ${
        this.pick(["\"g\"", "1", "2"])
      }, ${this.text(inner)})`,
      `(${this.any(inner)} ? ${this.any(inner)} : ${this.any(inner)})`
    ])
  }

  any(depth: number): string {
    return this.chance() < 0.5 ? this.number(depth) : this.text(depth)
  }

  statement(depth: number): string {
    return this.pick([
      `print ${this.any(depth)}, ${this.any(depth)}`,
      `print ${this.any(depth)}, ${this.any(depth)}`,
      `${this.pick(["x", "y", "z", "u", "a[1]", "a[\"k\"]", "$2", "$1", "$4", "$0"])} = ${this.any(depth)}`,
      `${this.pick(["x", "y", "a[x]", "$2"])} ${this.pick(["+=", "-=", "*="])} ${this.any(depth)}`,
      `print ${this.pick(["sub", "gsub"])}(${this.pick(patterns)}, ${
        this.pick(["\"<&>\"", "\"\"", "\"\\\\&\"", "\"q\""])
      }, ${this.pick(["x", "y", "$0", "$2", "a[1]"])}), x, y, $0, NF`,
      `if (${this.any(depth)}) print ${this.any(depth)}; else print "no", ${this.any(depth - 1)}`,
      `for (i = 0; i < 3; i++) x = x (${this.any(depth - 1)})`,
      "n = split($0, p); for (i = 1; i <= n; i++) printf \"%s|\", p[i]; print n",
      `printf "%s %d %g\\n", ${this.any(depth)}, ${this.any(depth)}, ${this.any(depth)}`,
      `NF = ${this.pick(["1", "2", "3", "5"])}; print; print NF`,
      `print (${this.any(depth - 1)} in a), length(a), $0`
    ])
  }
}

export const program = (seed: number): { readonly source: string; readonly stdin: string } => {
  const chance = chanceOf(seed)
  const writer = new Writer(chance)
  const statements = Array.from(
    { length: 1 + Math.floor(chance() * 4) },
    () => writer.statement(1 + Math.floor(chance() * 3))
  )
  const begin = chance() < 0.2 ? `BEGIN { ${writer.pick(beginnings)} } ` : ""
  const stdin = Array.from({ length: 1 + Math.floor(chance() * 5) }, () => writer.pick(records)).join("\n") + "\n"
  return { source: `${begin}{ ${statements.join("; ")} }`, stdin }
}
