/**
 * Scripts of sed, read into commands.
 *
 * @see sed(1)
 */
import * as Regex from "../Regex.js"

/** A regular expression; `undefined` is the one that was used last. */
export type Pattern = Regex.Regex | undefined

export type Address =
  | { readonly _tag: "Line"; readonly line: number }
  | { readonly _tag: "Step"; readonly first: number; readonly step: number }
  | { readonly _tag: "Last" }
  | { readonly _tag: "Match"; readonly pattern: Pattern }
  /** As second address: so many lines more, or up to a multiple. */
  | { readonly _tag: "More"; readonly lines: number }
  | { readonly _tag: "Multiple"; readonly of: number }

/** A part of what s puts in: a text, a group, or a change of letters. */
export type Part = string | number | { readonly letters: "L" | "U" | "E" | "l" | "u" }

export interface Substitution {
  readonly pattern: Pattern
  readonly parts: ReadonlyArray<Part>
  readonly global: boolean
  readonly print: boolean
  /** Which match is the first to be replaced. */
  readonly number: number
  readonly file: string | undefined
}

export interface Command {
  readonly first: Address | undefined
  readonly second: Address | undefined
  readonly isNot: boolean
  readonly name: string
  /** The text, the label or the file that follows. */
  text: string
  /** An exit status or a width. */
  readonly number: number | undefined
  readonly substitution: Substitution | undefined
  /** For y: what becomes of each character. */
  readonly letters: ReadonlyMap<string, string> | undefined
  /** The command to go on with: behind a block, or at a label. */
  target: number
  /** The range: whether it is open, or over for good, and where it ends. */
  isOpen: boolean
  isOver: boolean
  end: number
}

/** Sets a range back, as before the first line of an input. One from line 0 on is open there. */
export const close = (command: Command): void => {
  command.isOpen = command.first?._tag === "Line" && command.first.line === 0
  command.isOver = false
  command.end = 0
}

/** What is wrong, and behind which character if it lies at one. */
export class BadScript {
  constructor(readonly text: string, readonly at: number | undefined) {}
}

export interface Options {
  readonly extended: boolean
}

class Reader {
  at = 0
  readonly commands: Array<Command> = []
  readonly blocks: Array<number> = []
  readonly labels = new Map<string, number>()

  constructor(readonly text: string, readonly options: Options) {}

  fail(text: string): never {
    throw new BadScript(text, this.at)
  }

  get char(): string {
    return this.text[this.at] ?? ""
  }

  spaces(): void {
    while (this.char === " " || this.char === "\t") this.at++
  }

  number(): number | undefined {
    const digits = /^\d+/.exec(this.text.slice(this.at, this.at + 20))
    if (digits === null) return undefined
    this.at += digits[0].length
    return Number(digits[0])
  }

  restOfLine(): string {
    const end = this.text.indexOf("\n", this.at)
    const line = this.text.slice(this.at, end < 0 ? undefined : end)
    this.at = end < 0 ? this.text.length : end + 1
    return line
  }

  /** Up to a delimiter that is not escaped, which stands for itself where it is. */
  delimited(delimiter: string, what: string, isPattern: boolean): string {
    let text = ""
    for (; this.at < this.text.length; this.at++) {
      const char = this.char
      if (char === "\\") {
        const next = this.text[++this.at]
        if (next === undefined) break
        if (next === delimiter) text += next
        else if (next === "n" && isPattern) text += "\n"
        else if (isPattern && next in escapes) text += escapes[next]!
        else {
          const code = codeAt(this.text, this.at)
          if (code === undefined) text += `\\${next}`
          else {
            this.at += code.length - 1
            text += (isPattern ? /[.*[\]^$\\]/ : /[&\\]/).test(code.char) ? `\\${code.char}` : code.char
          }
        }
        continue
      }
      const bracket = isPattern && char === "[" ? bracketAt(this.text, this.at) : undefined
      if (bracket !== undefined) {
        this.at += bracket.length - 1
        text += bracket.replace(/\\([nafrtv])/g, (_, letter: string) => escapes[letter] ?? "\n")
        continue
      }
      if (char === delimiter) {
        this.at++
        return text
      }
      if (char === "\n" && isPattern) break
      text += char
    }
    return this.fail(what)
  }

  pattern(text: string, flags: string): Pattern {
    if (text === "") return undefined
    const regex = Regex.compile([text], {
      extended: this.options.extended,
      ignoreCase: /i/i.test(flags),
      newline: /m/i.test(flags) ? "ends" : "plain"
    })
    return regex instanceof Regex.BadPattern ? this.fail(regex.text) : regex
  }

  address(): Address | undefined {
    const line = this.number()
    if (line !== undefined) {
      if (this.char !== "~") return { _tag: "Line", line }
      this.at++
      const step = this.number() ?? 0
      return step === 0 ? { _tag: "Line", line } : { _tag: "Step", first: line, step }
    }
    const { char } = this
    if (char === "$") {
      this.at++
      return { _tag: "Last" }
    }
    if (char !== "/" && char !== "\\") return undefined
    if (char === "\\") this.at++
    const delimiter = this.char
    this.at++
    const text = this.delimited(delimiter, "unterminated address regex", true)
    const from = this.at
    while (/[IM]/.test(this.char)) this.at++
    return { _tag: "Match", pattern: this.pattern(text, this.text.slice(from, this.at)) }
  }

  secondAddress(): Address {
    const { char } = this
    if (char !== "+" && char !== "~") return this.address() ?? this.fail("unexpected `,'")
    this.at++
    const count = this.number() ?? this.fail("expected number")
    return char === "+" ? { _tag: "More", lines: count } : { _tag: "Multiple", of: count }
  }

  /** Text of a, i and c: to the end of a line, a backslash taking in the next. */
  insertion(): string {
    this.spaces()
    if (this.at >= this.text.length) return this.fail("expected \\ after `a', `c' or `i'")
    if (this.char === "\\") {
      this.at++
      const from = this.at
      this.spaces()
      // `$a\` adds nothing but the end that the last line may lack.
      if (this.at >= this.text.length) return ""
      if (this.text.startsWith("\n", this.at)) this.at++
      else this.at = from
    }
    let text = ""
    for (; this.at < this.text.length && this.char !== "\n"; this.at++) {
      if (this.char !== "\\") {
        text += this.char
        continue
      }
      this.at++
      if (this.at >= this.text.length) break
      const letter = this.text[this.at]!
      const code = codeAt(this.text, this.at)
      if (code !== undefined) this.at += code.length - 1
      text += code?.char ?? (letter === "n" ? "\n" : escapes[letter] ?? letter)
    }
    this.at++
    return `${text}\n`
  }

  replacement(delimiter: string): ReadonlyArray<Part> {
    const source = this.delimited(delimiter, "unterminated `s' command", false)
    const parts: Array<Part> = []
    let text = ""
    const push = (part: Part): void => {
      if (text !== "") parts.push(text)
      text = ""
      parts.push(part)
    }
    for (let i = 0; i < source.length; i++) {
      const char = source[i]!
      if (char === "&") push(0)
      else if (char !== "\\") text += char
      else {
        const next = source[++i] ?? "\\"
        if (/\d/.test(next)) push(Number(next))
        else if (next === "L" || next === "U" || next === "E" || next === "l" || next === "u") push({ letters: next })
        else text += next === "n" ? "\n" : escapes[next] ?? next
      }
    }
    if (text !== "") parts.push(text)
    return parts
  }

  substitution(): Substitution {
    const delimiter = this.char
    this.at++
    if (delimiter === "" || delimiter === "\n" || delimiter === "\\") return this.fail("unterminated `s' command")
    const text = this.delimited(delimiter, "unterminated `s' command", true)
    const parts = this.replacement(delimiter)
    let flags = ""
    let number: number | undefined
    let file: string | undefined
    while (true) {
      const { char } = this
      if (/[gpiImM]/.test(char)) {
        if (/[gp]/.test(char) && flags.includes(char)) this.fail(`multiple \`${char}' options to \`s' command`)
        flags += char
        this.at++
      } else if (/\d/.test(char)) {
        if (number !== undefined) this.fail("multiple number options to `s' command")
        number = this.number()
        if (number === 0) this.fail("number option to `s' command may not be zero")
      } else if (char === "w") {
        this.at++
        this.spaces()
        file = this.restOfLine()
        if (file === "") this.fail("missing filename in r/R/w/W commands")
        if (this.text[this.at - 1] === "\n") this.at--
        break
      } else break
    }
    const pattern = this.pattern(text, flags)
    const most = parts.reduce<number>((max, part) => typeof part === "number" ? Math.max(max, part) : max, 0)
    if (pattern !== undefined && most > pattern.groups) {
      this.fail(`invalid reference \\${most} on \`s' command's RHS`)
    }
    return { pattern, parts, file, global: flags.includes("g"), print: flags.includes("p"), number: number ?? 1 }
  }

  letters(): ReadonlyMap<string, string> {
    const delimiter = this.char
    this.at++
    const read = (): ReadonlyArray<string> => {
      const text = this.delimited(delimiter, "unterminated `y' command", false)
      const all: Array<string> = []
      for (let i = 0; i < text.length; i++) {
        if (text[i] !== "\\") all.push(text[i]!)
        else {
          const next = text[++i] ?? "\\"
          if (next === "\\") all.push(next)
          else if (next === "n") all.push("\n")
          else if (next in escapes) all.push(escapes[next]!)
          else all.push("\\", next)
        }
      }
      return all
    }
    const from = read()
    const to = read()
    if (from.length !== to.length) this.fail("strings for `y' command are different lengths")
    return new Map(from.map((char, i) => [char, to[i]!] as const).reverse())
  }

  end(): void {
    this.spaces()
    if (this.char === "}" || this.char === "#") return
    if (this.char !== "" && this.char !== "\n" && this.char !== ";") this.fail("extra characters after command")
    this.at++
  }

  label(): string {
    this.spaces()
    const label = /^[^\s;}#]*/.exec(this.text.slice(this.at))![0]
    this.at += label.length
    return label
  }

  command(): void {
    const first = this.address()
    this.spaces()
    let second: Address | undefined
    if (first !== undefined && this.char === ",") {
      this.at++
      this.spaces()
      second = this.secondAddress()
      this.spaces()
    }
    if (first?._tag === "Line" && first.line === 0 && second?._tag !== "Match") {
      this.fail("invalid usage of line address 0")
    }
    let isNot = false
    while (this.char === "!") {
      isNot = true
      this.at++
      this.spaces()
    }
    const name = this.char
    if (name === "") this.fail("missing command")
    this.at++
    const index = this.commands.length
    let text = ""
    let number: number | undefined
    let substitution: Substitution | undefined
    let letters: ReadonlyMap<string, string> | undefined
    switch (name) {
      case "{":
        this.blocks.push(index)
        break
      case "}": {
        if (first !== undefined) this.fail("} doesn't want any addresses")
        const open = this.blocks.pop()
        if (open === undefined) return this.fail("unexpected `}'")
        this.commands[open]!.target = index
        this.end()
        return
      }
      case ":":
        if (first !== undefined) this.fail(": doesn't want any addresses")
        text = this.label()
        if (text === "") this.fail("\":\" lacks a label")
        this.labels.set(text, index)
        return
      case "b":
      case "t":
      case "T":
        text = this.label()
        this.end()
        break
      case "a":
      case "i":
      case "c":
        text = this.insertion()
        break
      case "r":
      case "R":
      case "w":
      case "W":
        this.spaces()
        text = this.restOfLine()
        if (text === "") this.fail("missing filename in r/R/w/W commands")
        break
      case "q":
      case "Q":
      case "l":
        if (name !== "l" && second !== undefined) this.fail("command only uses one address")
        this.spaces()
        number = this.number()
        this.end()
        break
      case "s":
        substitution = this.substitution()
        this.end()
        break
      case "y":
        letters = this.letters()
        this.end()
        break
      default:
        if (!"dDpPnNgGhHx=Fz".includes(name)) this.fail(`unknown command: \`${name}'`)
        this.end()
    }
    this.commands.push({
      first,
      second,
      isNot,
      name,
      text,
      number,
      substitution,
      letters,
      target: 0,
      isOpen: false,
      isOver: false,
      end: 0
    })
  }

  read(): ReadonlyArray<Command> {
    while (true) {
      while (/[\s;]/.test(this.char)) this.at++
      if (this.at >= this.text.length) break
      if (this.char === "#") this.restOfLine()
      else this.command()
    }
    // The place that is told is that of no character.
    if (this.blocks.length > 0) throw new BadScript("unmatched `{'", 0)
    for (const command of this.commands) {
      if (!"btT".includes(command.name)) continue
      const target = command.text === "" ? this.commands.length : this.labels.get(command.text)
      if (target === undefined) throw new BadScript(`can't find label for jump to \`${command.text}'`, undefined)
      command.target = target
    }
    return this.commands
  }
}

/** A whole bracket expression. */
const bracketAt = (text: string, at: number): string | undefined => {
  const bracket = /\[\^?\]?(?:\[[:.=][^\n]*?[:.=]\]|[^\]\n])*\]/y
  bracket.lastIndex = at
  return bracket.exec(text)?.[0]
}

/** A character by its number: `x41`, `o101` or `d065`. */
const codeAt = (text: string, at: number): { readonly char: string; readonly length: number } | undefined => {
  const code = /x([0-9a-fA-F]{1,2})|o([0-7]{1,3})|d(\d{1,3})/y
  code.lastIndex = at
  const found = code.exec(text)
  if (found === null) return undefined
  const [all, hexadecimal, octal, decimal] = found
  const number = hexadecimal !== undefined
    ? parseInt(hexadecimal, 16)
    : octal !== undefined
    ? parseInt(octal, 8)
    : Number(decimal)
  return { char: String.fromCharCode(number & 0xff), length: all.length }
}

const escapes: Readonly<Record<string, string>> = { a: "\x07", f: "\f", r: "\r", t: "\t", v: "\v" }

export const parse = (text: string, options: Options): ReadonlyArray<Command> | BadScript => {
  try {
    return new Reader(text, options).read()
  } catch (error) {
    if (error instanceof BadScript) return error
    throw error
  }
}
