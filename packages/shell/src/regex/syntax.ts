/**
 * POSIX regular expressions, basic and extended with GNU's additions, taken apart.
 *
 * Characters are bytes (see `Latin1`), as in the C locale.
 *
 * @see regex(7)
 */
import * as ByteClasses from "../ByteClasses.js"

type Assertion =
  | "lineStart"
  | "lineEnd"
  | "eachLineStart"
  | "eachLineEnd"
  | "boundary"
  | "notBoundary"
  | "wordStart"
  | "wordEnd"
  | "textStart"
  | "textEnd"

export type Node =
  /** One byte out of a set: `set[byte]` is 1. */
  | { readonly _tag: "Set"; readonly set: Uint8Array }
  | { readonly _tag: "Sequence"; readonly nodes: ReadonlyArray<Node> }
  | { readonly _tag: "Alternation"; readonly nodes: ReadonlyArray<Node> }
  | { readonly _tag: "Group"; readonly index: number; readonly node: Node }
  | { readonly _tag: "Repeat"; readonly node: Node; readonly min: number; readonly max: number }
  | { readonly _tag: "Assert"; readonly what: Assertion }
  | { readonly _tag: "BackReference"; readonly index: number }

export interface Syntax {
  readonly extended: boolean
  readonly ignoreCase: boolean
  /** What a newline in the text is: nothing special, or the end of a line. Default: there is none. */
  readonly newline?: "plain" | "ends"
  /** awk's: escapes of characters, also in brackets; no back-references; a repeat of nothing is a character. */
  readonly awk?: boolean
}

/** Why a pattern is none, in the words of regerror(3). */
export class BadPattern {
  constructor(readonly text: string) {}
}

export interface Parsed {
  readonly node: Node
  readonly groups: number
  /** What is odd about it, though it has a meaning. */
  readonly warnings: ReadonlyArray<string>
}

const repeatMax = 32_767

export const isWord = (byte: number): boolean =>
  byte === 95 || (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)

const setOf = (test: (byte: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => test(byte) ? 1 : 0)

const escapeSets: Readonly<Record<string, Uint8Array>> = {
  w: setOf(isWord),
  W: setOf((byte) => !isWord(byte)),
  s: setOf(ByteClasses.classes["space"]!),
  S: setOf((byte) => !ByteClasses.classes["space"]!(byte))
}

const assertions: Readonly<Record<string, Assertion>> = {
  b: "boundary",
  B: "notBoundary",
  "<": "wordStart",
  ">": "wordEnd",
  "`": "textStart",
  "'": "textEnd"
}

const awkEscapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

const awkAssertions: Readonly<Record<string, Assertion>> = {
  y: "boundary",
  B: "notBoundary",
  "<": "wordStart",
  ">": "wordEnd",
  "`": "textStart",
  "'": "textEnd"
}

const foldInto = (set: Uint8Array): void => {
  for (let byte = 65; byte <= 90; byte++) set[byte] = set[byte + 32] = set[byte]! | set[byte + 32]!
}

const any = setOf(() => true)

const empty: Node = { _tag: "Sequence", nodes: [] }

class Parser {
  at = 0
  groups = 0
  depth = 0
  readonly closed = new Set<number>()
  readonly warnings: Array<string> = []

  constructor(readonly text: string, readonly syntax: Syntax) {}

  /** Whether the operator `char` stands here: bare in extended, behind a backslash in basic expressions. */
  private is(char: string): boolean {
    return this.syntax.extended
      ? this.text[this.at] === char
      : this.text[this.at] === "\\" && this.text[this.at + 1] === char
  }

  private take(char: string): boolean {
    if (!this.is(char)) return false
    this.at += this.syntax.extended ? 1 : 2
    return true
  }

  private single(byte: number): Node {
    const set = new Uint8Array(256)
    set[byte] = 1
    if (this.syntax.ignoreCase) foldInto(set)
    return { _tag: "Set", set }
  }

  alternation(): Node {
    const nodes = [this.sequence()]
    while (this.take("|")) nodes.push(this.sequence())
    return nodes.length === 1 ? nodes[0]! : { _tag: "Alternation", nodes }
  }

  private sequence(): Node {
    const nodes: Array<Node> = []
    let start = true
    while (this.at < this.text.length && !this.is("|")) {
      if (this.is(")")) {
        if (this.depth > 0) break
        // Alone, it is a character like any other, in extended expressions.
        if (!this.syntax.extended) throw new BadPattern("Unmatched ) or \\)")
      }
      let node = this.atom(start)
      const anchored = node._tag === "Assert" && (node.what === "lineStart" || node.what === "eachLineStart")
      if (anchored && start && this.syntax.extended) this.warnOfRepeat()
      start = start && anchored && !this.syntax.extended
      if (!start && !(anchored && this.syntax.awk === true)) node = this.repeats(node)
      nodes.push(node)
    }
    return nodes.length === 1 ? nodes[0]! : { _tag: "Sequence", nodes }
  }

  private repeats(first: Node): Node {
    let node = first
    while (true) {
      if (this.text[this.at] === "*") {
        this.at++
        node = { _tag: "Repeat", node, min: 0, max: Number.POSITIVE_INFINITY }
      } else if (this.take("+")) node = { _tag: "Repeat", node, min: 1, max: Number.POSITIVE_INFINITY }
      else if (this.take("?")) node = { _tag: "Repeat", node, min: 0, max: 1 }
      else {
        const interval = this.interval()
        if (interval === undefined) return node
        node = { _tag: "Repeat", node, ...interval }
      }
    }
  }

  private interval(): { readonly min: number; readonly max: number } | undefined {
    if (!this.is("{")) return undefined
    const { extended } = this.syntax
    const rest = this.text.slice(this.at + (extended ? 1 : 2))
    const match = (extended ? /^(\d*)(,?)(\d*)\}/ : /^(\d*)(,?)(\d*)\\\}/).exec(rest)
    if (match === null || (match[1] === "" && match[2] === "")) {
      if (extended) return undefined
      throw new BadPattern(rest.includes("\\}") ? "Invalid content of \\{\\}" : "Unmatched \\{")
    }
    const min = Number(match[1])
    const max = match[2] === "" ? min : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3])
    if (min > max) throw new BadPattern("Invalid content of \\{\\}")
    if (min > repeatMax || (max > repeatMax && max !== Number.POSITIVE_INFINITY)) {
      throw new BadPattern("Regular expression too big")
    }
    this.at += (extended ? 1 : 2) + match[0].length
    return { min, max }
  }

  private warnOfRepeat(): void {
    const match = /^(?:[*+?]|\{\d*,?\d*\})/.exec(this.text.slice(this.at))
    if (match !== null) this.warnings.push(`${match[0].length > 1 ? "{...}" : match[0]} at start of expression`)
  }

  private group(): Node {
    const index = ++this.groups
    if (++this.depth > depthMax) throw new BadPattern("Regular expression too big")
    const node = this.alternation()
    if (!this.take(")")) throw new BadPattern("Unmatched ( or \\(")
    this.depth--
    this.closed.add(index)
    return { _tag: "Group", index, node }
  }

  private atom(start: boolean): Node {
    const char = this.text[this.at]!
    const { extended } = this.syntax
    if (this.take("(")) return this.group()
    // A repeat without anything to repeat: nothing, in extended expressions, and a mere character in basic ones.
    if (
      extended && start && this.syntax.awk !== true &&
      ("*+?".includes(char) ||
        (char === "{" && /^\{\d*,?\d*\}/.test(this.text.slice(this.at)) && !this.text.startsWith("{}", this.at)))
    ) {
      this.warnOfRepeat()
      return empty
    }
    this.at++
    switch (char) {
      case "\\":
        return this.escape()
      case "[":
        return this.bracket()
      case ".":
        return { _tag: "Set", set: this.syntax.newline === "plain" ? any : setOf((byte) => byte !== 10 && byte !== 0) }
      case "^":
        return extended || start
          ? { _tag: "Assert", what: this.syntax.newline === "ends" ? "eachLineStart" : "lineStart" }
          : this.single(94)
      case "$": {
        const last = this.at === this.text.length || this.is(")") || this.is("|")
        return extended || last
          ? { _tag: "Assert", what: this.syntax.newline === "ends" ? "eachLineEnd" : "lineEnd" }
          : this.single(36)
      }
      default:
        return this.single(char.charCodeAt(0))
    }
  }

  /** The byte that an escape of awk stands for, if it stands for one; it is stepped over then. */
  private awkByte(): number | undefined {
    const char = this.text[this.at]!
    const byte = awkEscapes[char]
    const digits = /^(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2})/.exec(this.text.slice(this.at, this.at + 3))?.[0]
    if (byte === undefined && digits === undefined) return undefined
    this.at += digits?.length ?? 1
    return byte ?? (char === "x" ? Number.parseInt(digits!.slice(1), 16) : Number.parseInt(digits!, 8) & 255)
  }

  private awkEscape(): Node {
    const byte = this.awkByte()
    if (byte !== undefined) return this.single(byte)
    const char = this.text[this.at++]!
    const set = escapeSets[char]
    if (set !== undefined) return { _tag: "Set", set }
    const what = awkAssertions[char]
    if (what !== undefined) return { _tag: "Assert", what }
    if (isWord(char.charCodeAt(0)) || char.charCodeAt(0) > 127) {
      this.warnings.push(`regexp escape sequence \`\\${char}' is not a known regexp operator`)
    }
    return this.single(char.charCodeAt(0))
  }

  private escape(): Node {
    const char = this.text[this.at]
    if (char === undefined) throw new BadPattern("Trailing backslash")
    if (this.syntax.awk === true) return this.awkEscape()
    this.at++
    const set = escapeSets[char]
    if (set !== undefined) return { _tag: "Set", set }
    const what = assertions[char]
    if (what !== undefined) return { _tag: "Assert", what }
    if (char >= "1" && char <= "9") {
      const index = Number(char)
      if (!this.closed.has(index)) throw new BadPattern("Invalid back reference")
      return { _tag: "BackReference", index }
    }
    return this.single(char.charCodeAt(0))
  }

  private bracket(): Node {
    const { text } = this
    const set = new Uint8Array(256)
    const negated = text[this.at] === "^"
    if (negated) this.at++
    const first = this.at
    if (first === text.length) throw new BadPattern("Invalid regular expression")
    while (text[this.at] !== "]" || this.at === first) {
      if (this.at >= text.length) throw unmatchedBracket
      const named = /^\[:(.*?):\]/s.exec(text.slice(this.at))
      if (named !== null) {
        const members = ByteClasses.members(named[1]!)
        if (members === undefined) throw new BadPattern("Invalid character class name")
        for (const byte of members) set[byte] = 1
        this.at += named[0].length
        continue
      }
      // A hyphen stands first, last, or between the ends of a range.
      if (text[this.at] === "-" && this.at !== first && this.at + 1 < text.length && text[this.at + 1] !== "]") {
        throw new BadPattern("Invalid range end")
      }
      const from = this.element()
      if (text[this.at] !== "-" || text[this.at + 1] === "]" || this.at + 1 >= text.length) {
        set[from] = 1
        continue
      }
      this.at++
      const to = this.element()
      if (to < from) throw new BadPattern("Invalid range end")
      set.fill(1, from, to + 1)
    }
    this.at++
    if (this.syntax.ignoreCase) foldInto(set)
    if (!negated) return { _tag: "Set", set }
    return { _tag: "Set", set: setOf((byte) => set[byte] === 0 && (byte !== 10 || this.syntax.newline === "plain")) }
  }

  /** One element of a bracket expression, `[.x.]` and `[=x=]` among them. */
  private element(): number {
    const rest = this.text.slice(this.at)
    const named = /^\[([.=])(.*?)\1\]/s.exec(rest)
    if (named !== null) {
      if (named[2]!.length !== 1) throw new BadPattern("Invalid collation character")
      this.at += named[0].length
      return named[2]!.charCodeAt(0)
    }
    if (/^\[[.:=]/.test(rest) && !/^\[[.:=]\]/.test(rest) && rest.slice(2).includes(rest[1]!) === false) {
      throw unmatchedBracket
    }
    if (rest === "") throw unmatchedBracket
    this.at++
    if (rest[0] === "\\" && rest.length > 1 && this.syntax.awk === true) {
      return this.awkByte() ?? this.text.charCodeAt(this.at++)
    }
    return rest.charCodeAt(0)
  }
}

/** Groups within groups. */
const depthMax = 1000

const unmatchedBracket = new BadPattern("Unmatched [, [^, [:, [., or [=")

/** Parses a pattern of characters U+0000 to U+00FF. */
export const parse = (pattern: string, syntax: Syntax): Parsed | BadPattern => {
  const parser = new Parser(pattern, syntax)
  try {
    const node = parser.alternation()
    return { node, groups: parser.groups, warnings: parser.warnings }
  } catch (error) {
    if (error instanceof BadPattern) return error
    throw error
  }
}
