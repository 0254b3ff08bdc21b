/**
 * An awk program as words: names, numbers, texts, regular expressions and signs.
 *
 * A slash begins a regular expression where an operand is due, and divides behind one; the word before it tells.
 *
 * @see awk(1p)
 */
import { BadProgram, type Complaint, type Place } from "./syntax.js"

type Kind =
  | "end"
  | "newline"
  | "number"
  | "text"
  | "regexp"
  | "strongRegexp"
  | "name"
  /** A name with a parenthesis right behind it. */
  | "callName"
  | "builtin"
  | "keyword"
  | "sign"

export interface Token {
  readonly kind: Kind
  /** The word, the sign, or what a text or a regular expression holds. */
  readonly text: string
  readonly value: number
  readonly place: Place
  /** Where the token begins and ends in its source. */
  readonly from: number
  readonly to: number
  readonly source: Source
}

/** One piece of program text: the command line, or a file. */
export interface Source {
  readonly file: string | undefined
  /** A character for each byte (see `Latin1`). */
  readonly text: string
}

const keywords = new Set(
  ("BEGIN END BEGINFILE ENDFILE function func if else while for do break continue next nextfile exit return delete in " +
    "getline print printf switch case default").split(" ")
)

const builtins = new Set(
  ("length substr index split patsplit sub gsub gensub match sprintf sin cos atan2 exp log sqrt int rand srand tolower " +
    "toupper system close fflush strftime systime mktime asort asorti and or xor lshift rshift compl strtonum typeof " +
    "isarray mkbool").split(" ")
)

const signs = [
  "**=",
  "&&",
  "||",
  "++",
  "--",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "^=",
  "**",
  "==",
  "<=",
  ">=",
  "!=",
  "!~",
  ">>",
  "|&",
  ..."{}()[];,+-*/%^!<>|?:~$=@"
]

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= "0" && char <= "9"

const isNameStart = (char: string | undefined): boolean => char !== undefined && /[A-Za-z_]/.test(char)

/** The line of `source` that holds `at`, and a mark under it, as a complaint shows them. */
export const pointed = (source: Source, at: number, text: string): ReadonlyArray<string> => {
  const start = source.text.lastIndexOf("\n", at - 1) + 1
  const end = source.text.indexOf("\n", at)
  const line = source.text.slice(start, end < 0 ? undefined : end)
  return [line, `${line.slice(0, at - start).replace(/[^\t]/g, " ")}^ ${text}`]
}

const simpleEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  "\"": "\""
}

/** One escape at `text[at]`, which is behind the backslash: what it stands for, and how many characters it takes. */
const escapeAt = (text: string, at: number): { readonly text: string; readonly length: number } | undefined => {
  const char = text[at]
  if (char === undefined) return undefined
  const simple = simpleEscapes[char]
  if (simple !== undefined) return { text: simple, length: 1 }
  const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3))
  if (octal !== null) {
    return { text: String.fromCharCode(Number.parseInt(octal[0], 8) & 255), length: octal[0].length }
  }
  if (char === "x") {
    const hex = /^[0-9a-fA-F]{1,2}/.exec(text.slice(at + 1, at + 3))
    if (hex !== null) return { text: String.fromCharCode(Number.parseInt(hex[0], 16)), length: 1 + hex[0].length }
  }
  return undefined
}

/** What a text between quotes, or of an assignment on the command line, stands for. */
export const unescape = (text: string, warn: (text: string) => void): string => {
  if (!text.includes("\\")) return text
  let made = ""
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char !== "\\" || at + 1 === text.length) {
      made += char
      continue
    }
    at++
    if (text[at] === "\n") continue
    const escape = escapeAt(text, at)
    if (escape === undefined) {
      warn(`warning: escape sequence \`\\${text[at]}' treated as plain \`${text[at]}'`)
      made += text[at]
    } else {
      made += escape.text
      at += escape.length - 1
    }
  }
  return made
}

class Lexer {
  #at = 0
  #line = 1
  #tokens: Array<Token>

  constructor(readonly source: Source, tokens: Array<Token>, readonly warnings: Array<Complaint>) {
    this.#tokens = tokens
  }

  get #place(): Place {
    return { file: this.source.file, line: this.#line }
  }

  #fail(at: number, text: string): never {
    throw new BadProgram(this.#place, pointed(this.source, at, text))
  }

  #warn(text: string): void {
    this.warnings.push({ place: this.#place, text })
  }

  #push(kind: Kind, from: number, text: string, value = 0): void {
    this.#tokens.push({ kind, text, value, place: this.#place, from, to: this.#at, source: this.source })
  }

  /** Whether a slash would divide here. */
  get #divides(): boolean {
    const last = this.#tokens.at(-1)
    if (last === undefined || last.source !== this.source) return false
    switch (last.kind) {
      case "number":
      case "text":
      case "name":
      case "regexp":
      case "strongRegexp":
        return true
      case "builtin":
        return last.text === "length"
      case "sign":
        return [")", "]", "$", "++", "--"].includes(last.text)
      default:
        return false
    }
  }

  run(): void {
    const { text } = this.source
    while (this.#at < text.length) this.#next(text)
    // A file ends its last line, whether or not it says so.
    this.#push("newline", text.length, "\n")
  }

  #next(text: string): void {
    const from = this.#at
    const char = text[from]!
    if (char === " " || char === "\t" || char === "\r") {
      this.#at++
    } else if (char === "\n") {
      this.#at++
      this.#push("newline", from, "\n")
      this.#line++
    } else if (char === "\\" && /^\\\r?\n/.test(text.slice(from, from + 3))) {
      this.#at += text[from + 1] === "\r" ? 3 : 2
      this.#line++
    } else if (char === "#") {
      const end = text.indexOf("\n", from)
      this.#at = end < 0 ? text.length : end
    } else if (char === "\"") this.#text(text)
    else if (isDigit(char) || (char === "." && isDigit(text[from + 1]))) this.#number(text)
    else if (isNameStart(char)) this.#word(text)
    else if (char === "/" && !this.#divides) this.#regexp(text, "regexp", from + 1)
    else if (char === "@" && text[from + 1] === "/") this.#regexp(text, "strongRegexp", from + 2)
    else this.#sign(text)
  }

  #sign(text: string): void {
    const from = this.#at
    const sign = signs.find((one) => text.startsWith(one, from))
    if (sign === undefined) {
      const char = text[from]!
      this.#fail(from, char === "\\" ? "backslash not last character on line" : `invalid char '${char}' in expression`)
    }
    this.#at += sign.length
    this.#push("sign", from, sign === "**" ? "^" : sign === "**=" ? "^=" : sign)
  }

  #word(text: string): void {
    const from = this.#at
    while (this.#at < text.length && /[A-Za-z0-9_]/.test(text[this.#at]!)) this.#at++
    // A namespace and its name.
    if (text.startsWith("::", this.#at) && isNameStart(text[this.#at + 2])) {
      this.#at += 2
      while (this.#at < text.length && /[A-Za-z0-9_]/.test(text[this.#at]!)) this.#at++
    }
    const written = text.slice(from, this.#at)
    const word = written.startsWith("awk::") ? written.slice(5) : written
    if (keywords.has(word)) this.#push("keyword", from, word === "func" ? "function" : word)
    else if (builtins.has(word)) this.#push("builtin", from, word)
    else this.#push(text[this.#at] === "(" ? "callName" : "name", from, word)
  }

  #number(text: string): void {
    const from = this.#at
    const rest = text.slice(from, from + 400)
    const hex = /^0[xX][0-9a-fA-F]+/.exec(rest)
    if (hex !== null) {
      this.#at += hex[0].length
      return this.#push("number", from, hex[0], Number(hex[0]))
    }
    const match = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest)!
    this.#at += match[0].length
    const octal = /^0[0-7]+$/.test(match[0])
    this.#push("number", from, match[0], octal ? Number.parseInt(match[0], 8) : Number(match[0]))
  }

  #text(text: string): void {
    const from = this.#at
    let at = from + 1
    for (;; at++) {
      const char = text[at]
      if (char === undefined || char === "\n") this.#fail(from, "unterminated string")
      if (char === "\"") break
      if (char === "\\") {
        at++
        if (text[at] === "\r" && text[at + 1] === "\n") at++
      }
    }
    this.#at = at + 1
    const raw = text.slice(from + 1, at).replace(/\\\r\n/g, "\\\n")
    const made = unescape(raw, (warning) => this.#warn(warning))
    this.#push("text", from, made)
    this.#line += raw.split("\n").length - 1
  }

  /** Between slashes; one inside a bracket expression does not end it. */
  #regexp(text: string, kind: Kind, start: number): void {
    const from = this.#at
    let made = ""
    let bracket = 0
    let at = start
    for (;; at++) {
      const char = text[at]
      if (char === undefined || char === "\n") {
        const inFile = char === undefined && this.source.file !== undefined
        this.#fail(from + 1, inFile ? "unterminated regexp at end of file" : "unterminated regexp")
      }
      if (char === "/" && bracket === 0) break
      if (char === "\\") {
        at++
        if (text[at] === "\n") {
          this.#line++
          continue
        }
        made += text[at] === "/" ? "/" : `\\${text[at] ?? ""}`
        continue
      }
      made += char
      if (bracket === 0 && char === "[") {
        bracket = 1
        if (text[at + 1] === "^") made += text[++at]!
        if (text[at + 1] === "]") made += text[++at]!
      } else if (bracket > 0 && char === "[" && /[:.=]/.test(text[at + 1] ?? "")) {
        const end = text.indexOf(`${text[at + 1]}]`, at + 2)
        const newline = text.indexOf("\n", at)
        if (end >= 0 && (newline < 0 || end < newline)) {
          made += text.slice(at + 1, end + 2)
          at = end + 1
        }
      } else if (bracket > 0 && char === "]") bracket = 0
    }
    this.#at = at + 1
    this.#push(kind, from, made)
  }
}

/** All words of a program; throws a `BadProgram`. */
export const words = (sources: ReadonlyArray<Source>, warnings: Array<Complaint>): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  for (const source of sources) new Lexer(source, tokens, warnings).run()
  const source = sources.at(-1) ?? { file: undefined, text: "" }
  const lines = source.text.split("\n").length - (source.text.endsWith("\n") ? 1 : 0)
  tokens.push({
    kind: "end",
    text: "",
    value: 0,
    place: { file: source.file, line: Math.max(1, lines) },
    from: source.text.length,
    to: source.text.length,
    source
  })
  return tokens
}
