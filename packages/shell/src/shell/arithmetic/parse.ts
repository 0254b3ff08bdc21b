/**
 * From the text of an arithmetic expression to its tree, by operator precedence.
 */
import { ArithmeticError, type Expression, type Integer } from "./Expression.js"

const precedence: Readonly<Record<string, number>> = {
  ",": 1,
  "||": 4,
  "&&": 5,
  "|": 6,
  "^": 7,
  "&": 8,
  "==": 9,
  "!=": 9,
  "<": 10,
  ">": 10,
  "<=": 10,
  ">=": 10,
  "<<": 11,
  ">>": 11,
  "+": 12,
  "-": 12,
  "*": 13,
  "/": 13,
  "%": 13,
  "**": 15
}
const assigning = new Set(["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="])
const longestFirst = [
  "<<=",
  ">>=",
  "**",
  "++",
  "--",
  "<<",
  ">>",
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "&=",
  "^=",
  "|="
]

const digitValue = (character: string, base: number): number => {
  const code = character.charCodeAt(0)
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 122) return code - 87
  if (code >= 65 && code <= 90) return base <= 36 ? code - 55 : code - 29
  if (character === "@") return 62
  return character === "_" ? 63 : 99
}

/** The narrowest form of a 64-bit integer. */
export const narrow = (value: bigint): Integer => {
  const wrapped = BigInt.asIntN(64, value)
  return wrapped >= -9007199254740991n && wrapped <= 9007199254740991n ? Number(wrapped) : wrapped
}

/** The value of a constant: decimal, `0…` octal, `0x…` hexadecimal, `base#digits`. */
const parseNumber = (text: string): Integer => {
  let base = 10
  let digits = text
  const hash = text.indexOf("#")
  if (hash > 0) {
    if (/^0./.test(text)) throw new ArithmeticError(`value too great for base (error token is "${text}")`)
    base = Number(text.slice(0, hash))
    digits = text.slice(hash + 1)
    if (!(base >= 2 && base <= 64)) throw new ArithmeticError(`invalid arithmetic base (error token is "${text}")`)
    if (digits === "") throw new ArithmeticError(`invalid integer constant (error token is "${text}")`)
  } else if (/^0[xX]/.test(text)) {
    base = 16
    digits = text.slice(2)
  } else if (text.length > 1 && text.startsWith("0")) {
    base = 8
    digits = text.slice(1)
  }
  if (base === 10 && digits.length <= 15 && /^[0-9]+$/.test(digits)) return Number(digits)
  let value = 0n
  for (const character of digits) {
    const digit = digitValue(character, base)
    if (digit >= base) throw new ArithmeticError(`value too great for base (error token is "${text}")`)
    value = BigInt.asIntN(64, value * BigInt(base) + BigInt(digit))
  }
  return narrow(value)
}

const isSpace = (character: string): boolean => character === " " || character === "\t" || character === "\n"

/** Reads one expression; `depth` bounds what a guest can nest. */
class Parser {
  private at = 0
  /** Where the last token began. */
  private last = 0
  private depth = 0

  constructor(private readonly text: string) {}

  whole(): Expression {
    this.space()
    if (this.at >= this.text.length) return { kind: "number", value: 0 }
    const expression = this.expression(0)
    if (this.at < this.text.length) {
      this.fail(this.rest().startsWith("=") ? "attempted assignment to non-variable" : "syntax error in expression")
    }
    return expression
  }

  private rest(): string {
    return this.text.slice(this.at)
  }

  /** At the end of the text the last token is to blame. */
  private fail(message: string): never {
    const from = this.at < this.text.length ? this.at : this.last
    throw new ArithmeticError(`${message} (error token is "${this.text.slice(from)}")`)
  }

  private space(): void {
    while (this.at < this.text.length && isSpace(this.text[this.at]!)) this.at++
  }

  private peek(): string {
    for (const operator of longestFirst) if (this.text.startsWith(operator, this.at)) return operator
    return this.text[this.at] ?? ""
  }

  private take(operator: string): void {
    this.last = this.at
    this.at += operator.length
    this.space()
  }

  private expression(minimum: number): Expression {
    if (++this.depth > 500) this.fail("expression recursion level exceeded")
    let left = this.unary()
    for (;;) {
      let operator = this.peek()
      // `5--3`: behind an operand that is no variable these are two signs.
      if (operator === "--" || operator === "++") operator = operator[0]!
      if (operator === "?" && minimum <= 3) {
        this.take(operator)
        const yes = this.expression(0)
        if (this.peek() !== ":") this.fail("`:' expected for conditional expression")
        this.take(":")
        left = { kind: "ternary", test: left, yes, no: this.expression(3) }
        continue
      }
      if (assigning.has(operator) && minimum <= 2) {
        if (left.kind !== "variable") this.fail("attempted assignment to non-variable")
        this.take(operator)
        const { index, name } = left
        left = { kind: "assign", operator: operator.slice(0, -1), name, index, value: this.expression(2) }
        continue
      }
      const power = precedence[operator]
      if (power === undefined || power < minimum) break
      this.take(operator)
      const right = this.expression(operator === "**" ? power : power + 1)
      left = operator === ","
        ? { kind: "comma", left, right }
        : operator === "&&" || operator === "||"
        ? { kind: operator === "&&" ? "and" : "or", left, right }
        : { kind: "binary", operator, left, right }
    }
    this.depth--
    return left
  }

  private unary(): Expression {
    const operator = this.peek()
    if (operator === "++" || operator === "--") {
      const from = this.at
      this.take(operator)
      if (/[A-Za-z_]/.test(this.text[this.at] ?? "")) {
        const { index, name } = this.variable()
        return { kind: "step", by: operator === "++" ? 1 : -1, prefix: true, name, index }
      }
      // `--5` is two minus signs.
      this.at = from + 1
      this.space()
      return { kind: "unary", operator: operator[0] as "-" | "+", operand: this.nested() }
    }
    if (operator === "-" || operator === "+" || operator === "!" || operator === "~") {
      this.take(operator)
      return { kind: "unary", operator, operand: this.nested() }
    }
    return this.primary()
  }

  private nested(): Expression {
    if (++this.depth > 500) this.fail("expression recursion level exceeded")
    const operand = this.unary()
    this.depth--
    return operand
  }

  private primary(): Expression {
    const character = this.text[this.at] ?? ""
    if (character === "(") {
      this.take("(")
      const inner = this.expression(0)
      if (this.text[this.at] !== ")") this.fail("missing `)'")
      this.take(")")
      return inner
    }
    if (/[0-9]/.test(character)) {
      const number = /^[0-9A-Za-z_@#]+/.exec(this.rest())![0]
      const value = parseNumber(number)
      this.take(number)
      return { kind: "number", value }
    }
    if (/[A-Za-z_]/.test(character)) {
      const { index, name } = this.variable()
      const operator = this.peek()
      if (operator === "++" || operator === "--") {
        this.take(operator)
        return { kind: "step", by: operator === "++" ? 1 : -1, prefix: false, name, index }
      }
      return { kind: "variable", name, index }
    }
    return this.fail("syntax error: operand expected")
  }

  private variable(): { readonly name: string; readonly index: string | undefined } {
    const name = /^[A-Za-z0-9_]+/.exec(this.rest())![0]
    this.last = this.at
    this.at += name.length
    let index: string | undefined
    if (this.text[this.at] === "[") {
      const open = this.at
      for (let depth = 0; this.at < this.text.length; this.at++) {
        if (this.text[this.at] === "[") depth++
        else if (this.text[this.at] === "]" && --depth === 0) break
      }
      if (this.at >= this.text.length) this.fail("bad array subscript")
      index = this.text.slice(open + 1, this.at++)
    }
    this.space()
    return { name, index }
  }
}

const known = new Map<string, Expression>()

/** The tree of `text`; throws {@link ArithmeticError}. What was parsed is remembered. */
export const parse = (text: string): Expression => {
  const remembered = known.get(text)
  if (remembered !== undefined) return remembered
  const expression = new Parser(text).whole()
  if (known.size >= 512) known.clear()
  known.set(text, expression)
  return expression
}
