/**
 * Reads the expressions of an awk program, from the operators that bind least to those that bind most.
 *
 * @see awk(1p)
 */
import type { Token } from "./lexer.js"
import {
  BadProgram,
  type BinaryOperator,
  type Comparison,
  type Element,
  type Expression,
  type Name,
  type Source,
  specials,
  type Target
} from "./syntax.js"
import { Tokens } from "./tokens.js"
import { arity, arrayArguments, Uses } from "./uses.js"

const updates: Readonly<Record<string, BinaryOperator>> = {
  "+=": "+",
  "-=": "-",
  "*=": "*",
  "/=": "/",
  "%=": "%",
  "^=": "^"
}

const comparisons: ReadonlySet<string> = new Set(["<", "<=", "==", "!=", ">", ">="])

const isTarget = (node: Expression): node is Target =>
  node._tag === "Name" || node._tag === "Element" || node._tag === "Field"

/** Where an expression stands, which makes some signs mean something else. */
export interface Where {
  /** Among the arguments of `print`, where `>` redirects. */
  readonly printing: boolean
}

export const anywhere: Where = { printing: false }
export const inPrint: Where = { printing: true }

export class ExpressionParser extends Tokens {
  readonly globals: Array<string> = [...specials]
  protected readonly indices = new Map<string, number>(specials.map((name, index) => [name, index]))
  /** The names of all functions, also of those that are defined further down. */
  protected readonly names = new Set<string>()
  readonly uses = new Uses()
  readonly mentioned = new Set<string>()
  /** The function that is read, and its parameters. */
  protected function: string | undefined
  protected parameters: ReadonlyArray<string> = []
  /** `print (a, b)`: what stood between the parentheses. */
  protected list: ReadonlyArray<Expression> | undefined

  constructor(tokens: ReadonlyArray<Token>) {
    super(tokens)
    for (let i = 0; i + 1 < tokens.length; i++) {
      if (tokens[i]!.kind === "keyword" && tokens[i]!.text === "function") this.names.add(tokens[i + 1]!.text)
    }
  }

  protected expressions(where: Where): ReadonlyArray<Expression> {
    const all = [this.expression(where)]
    while (this.take(",")) {
      this.newlines()
      all.push(this.expression(where))
    }
    return all
  }

  protected expression(where: Where): Expression {
    return this.deeper(() => this.conditional(where))
  }

  protected conditional(where: Where): Expression {
    const test = this.or(where)
    if (!this.is("?")) return test
    this.at++
    this.newlines()
    const whenTrue = this.expression(where)
    this.newlines()
    this.expect(":")
    this.newlines()
    const whenFalse = this.expression(where)
    return { _tag: "Conditional", test, whenTrue, whenFalse }
  }

  /** If `left` can be assigned to and is: the assignment. */
  protected assigned(left: Expression, where: Where): Expression {
    if (this.token.kind !== "sign" || !isTarget(left)) return left
    const { place, text } = this.token
    if (text === "=") {
      this.at++
      this.newlines()
      const value = this.expression(where)
      return { _tag: "Assign", target: left, value }
    }
    const operator = updates[text]
    if (operator === undefined) return left
    this.at++
    this.newlines()
    const value = this.expression(where)
    return { _tag: "Update", target: left, operator, value, place }
  }

  protected or(where: Where): Expression {
    let left = this.and(where)
    while (this.take("||")) {
      this.newlines()
      left = { _tag: "Or", left, right: this.and(where) }
    }
    return left
  }

  protected and(where: Where): Expression {
    let left = this.in(where)
    while (this.take("&&")) {
      this.newlines()
      left = { _tag: "And", left, right: this.in(where) }
    }
    return left
  }

  protected in(where: Where): Expression {
    let left = this.match(where)
    while (this.takeWord("in")) {
      left = { _tag: "In", subscripts: [left], array: this.inArray() }
    }
    return left
  }

  protected inArray(): Name | Element {
    if (this.token.kind !== "name") this.wrong()
    const array = this.arrayName()
    this.uses.array(array, this.function)
    return array
  }

  protected match(where: Where): Expression {
    const left = this.comparison(where)
    if (!this.is("~") && !this.is("!~")) return left
    const negated = this.is("!~")
    this.at++
    const right = this.comparison(where)
    return { _tag: "Match", negated, left, right }
  }

  protected comparison(where: Where): Expression {
    const left = this.assigned(this.concatenation(where), where)
    const { text } = this.token
    if (this.token.kind !== "sign" || !comparisons.has(text) || (text === ">" && where.printing)) return left
    this.at++
    const right = this.assigned(this.concatenation(where), where)
    return { _tag: "Compare", operator: text as Comparison, left, right }
  }

  /** Whether an operand begins here that is written right behind another one. */
  protected get startsOperand(): boolean {
    const { kind, text } = this.token
    switch (kind) {
      case "number":
      case "text":
      case "name":
      case "callName":
      case "builtin":
      case "regexp":
      case "strongRegexp":
        return true
      case "sign":
        return text === "$" || text === "!" || text === "(" || text === "-" || text === "+" || text === "++" ||
          text === "--" || text === "@"
      default:
        return false
    }
  }

  protected concatenation(where: Where): Expression {
    let left = this.sum(where)
    while (true) {
      if (this.is("|") && this.peek().kind === "keyword" && this.peek().text === "getline") {
        this.at += 2
        left = { _tag: "Getline", target: this.optionalTarget(), source: { _tag: "Command", name: left } }
      } else if (this.is("|&") && this.peek().text === "getline") {
        throw new BadProgram(this.place, ["fatal: `|&' is not supported"])
      } else if (this.startsOperand) left = { _tag: "Concatenate", left, right: this.sum(where) }
      else return left
    }
  }

  protected sum(where: Where): Expression {
    let left = this.product(where)
    while (this.is("+") || this.is("-")) {
      const { place, text } = this.token
      this.at++
      const right = this.product(where)
      left = { _tag: "Binary", operator: text === "+" ? "+" : "-", left, right, place }
    }
    return left
  }

  protected product(where: Where): Expression {
    let left = this.unary(where)
    while (this.is("*") || this.is("/") || this.is("%")) {
      const { place, text } = this.token
      this.at++
      const right = this.unary(where)
      if (text !== "*" && left._tag === "Number" && right._tag === "Number" && right.value === 0) {
        this.error(place, `division by zero attempted${text === "%" ? " in `%'" : ""}`)
      }
      left = { _tag: "Binary", operator: text as BinaryOperator, left, right, place }
    }
    return left
  }

  protected unary(where: Where): Expression {
    const { kind, text } = this.token
    if (kind === "sign" && (text === "!" || text === "-" || text === "+")) {
      this.at++
      const operand = this.deeper(() => this.unary(where))
      return { _tag: text === "!" ? "Not" : text === "-" ? "Minus" : "Plus", operand }
    }
    return this.power(where)
  }

  protected power(where: Where): Expression {
    const left = this.postfix(where)
    if (!this.is("^")) return left
    const { place } = this.token
    this.at++
    // To the right, and a sign may stand in front of the exponent.
    const right = this.deeper(() => this.unary(where))
    return { _tag: "Binary", operator: "^", left, right, place }
  }

  protected postfix(where: Where): Expression {
    const operand = this.primary(where)
    if (isTarget(operand) && (this.is("++") || this.is("--"))) {
      const by = this.is("++") ? 1 : -1
      this.at++
      return { _tag: "Step", target: operand, by, prefix: false }
    }
    return operand
  }

  protected primary(where: Where): Expression {
    const { kind, place, text, value } = this.token
    switch (kind) {
      case "number":
        this.at++
        return { _tag: "Number", value }
      case "text":
        this.at++
        return { _tag: "Text", value: text }
      case "regexp":
        this.at++
        return { _tag: "Regexp", source: text, place }
      case "strongRegexp":
        this.at++
        return { _tag: "StrongRegexp", source: text, place }
      case "builtin":
        return this.builtin()
      case "callName":
        return this.call()
      case "name":
        return this.variable()
      case "keyword":
        if (text !== "getline") return this.wrong()
        this.at++
        return this.getline()
      case "sign":
        return this.signed(where)
      default:
        return this.wrong()
    }
  }

  protected signed(where: Where): Expression {
    const { place, text } = this.token
    if (text === "$") {
      this.at++
      return this.deeper(() => this.field(where))
    }
    if (text === "++" || text === "--") {
      this.at++
      const target = this.primary(where)
      if (!isTarget(target)) {
        this.at--
        return this.wrong()
      }
      return { _tag: "Step", target, by: text === "++" ? 1 : -1, prefix: true }
    }
    if (text === "(") return this.deeper(() => this.group(where))
    if (text === "@" && (this.peek().kind === "callName" || this.peek().kind === "name")) {
      this.at++
      const callee = this.name(this.token.text)
      this.at++
      const args = this.arguments()
      return { _tag: "Indirect", callee, args, place }
    }
    return this.wrong()
  }

  protected field(where: Where): Expression {
    const { text } = this.token
    if (this.token.kind === "sign" && (text === "-" || text === "+" || text === "!")) {
      this.at++
      const operand = this.deeper(() => this.primary(where))
      const index: Expression = { _tag: text === "!" ? "Not" : text === "-" ? "Minus" : "Plus", operand }
      return { _tag: "Field", index }
    }
    return { _tag: "Field", index: this.primary(where) }
  }

  protected group(where: Where): Expression {
    this.at++
    const all = this.expressions(anywhere)
    this.newlinesBeforeClose()
    this.expect(")")
    if (all.length === 1) return { _tag: "Group", inner: all[0]! }
    if (this.takeWord("in")) return { _tag: "In", subscripts: all, array: this.inArray() }
    if (where.printing && (this.ends || this.is(">") || this.is(">>") || this.is("|"))) {
      this.list = all
      return { _tag: "Text", value: "" }
    }
    return this.wrong()
  }

  protected newlinesBeforeClose(): void {
    let ahead = 0
    while (this.peek(ahead).kind === "newline") ahead++
    if (ahead > 0 && this.peek(ahead).text === ")") this.at += ahead
  }

  protected name(name: string): Name {
    const local = this.parameters.indexOf(name)
    if (local >= 0) return { _tag: "Name", scope: "local", index: local, name }
    let index = this.indices.get(name)
    if (index === undefined) {
      index = this.globals.length
      this.globals.push(name)
      this.indices.set(name, index)
    } else if (index < specials.length) this.mentioned.add(name)
    return { _tag: "Name", scope: "global", index, name }
  }

  /** A name and its subscripts, if it has any. */
  protected variable(): Target {
    const { place, text } = this.token
    if (this.names.has(text) && !this.parameters.includes(text)) {
      this.error(
        place,
        `function \`${text}' called with space between name and \`(',\nor used as a variable or an array`
      )
    }
    this.at++
    return this.subscripted(this.name(text))
  }

  protected subscripted(name: Name): Name | Element {
    let base: Name | Element = name
    while (this.take("[")) {
      const subscripts = this.expressions(anywhere)
      this.expect("]")
      this.uses.array(base, this.function)
      base = { _tag: "Element", base, subscripts }
    }
    return base
  }

  /** The name of an array, or an element that is one. */
  protected arrayName(): Name | Element {
    const { text } = this.token
    this.at++
    return this.subscripted(this.name(text))
  }

  protected arguments(): ReadonlyArray<Expression> {
    this.expect("(")
    this.newlines()
    if (this.take(")")) return []
    const args = this.expressions(anywhere)
    this.newlinesBeforeClose()
    this.expect(")")
    return args
  }

  protected call(): Expression {
    const { place, text: name } = this.token
    this.at++
    const args = this.arguments()
    this.uses.call(name, args, this.function)
    return { _tag: "Call", name, args, place }
  }

  protected builtin(): Expression {
    const { place, text: name } = this.token
    this.at++
    if (name === "length" && !this.is("(")) return { _tag: "Builtin", name, args: [], place }
    if (!this.is("(")) this.wrong()
    const args = this.arguments()
    const [least, most] = arity[name]!
    if (args.length < least || args.length > most) {
      this.at--
      if (name === "sprintf") throw new BadProgram(place, ["fatal: sprintf: no arguments"])
      this.wrong(`${args.length} is invalid as number of arguments for ${name}`)
    }
    const changed = name === "sub" || name === "gsub" ? args[2] : undefined
    if (changed !== undefined && !isTarget(changed) && changed._tag !== "Text" && changed._tag !== "Number") {
      this.at--
      this.wrong(`${name} third parameter is not a changeable object`)
    }
    if (name === "index" && args[1]?._tag === "Regexp") {
      throw new BadProgram(place, ["fatal: index: regexp constant as second argument is not allowed"])
    }
    for (const position of arrayArguments[name] ?? []) {
      const arg = args[position]
      if (arg !== undefined && (arg._tag === "Name" || arg._tag === "Element")) this.uses.array(arg, this.function)
    }
    return { _tag: "Builtin", name, args, place }
  }

  /** What `getline` reads into, if it says so. */
  protected optionalTarget(): Target | undefined {
    if (this.token.kind === "name") return this.variable()
    if (!this.take("$")) return undefined
    const field = this.field(anywhere)
    return isTarget(field) ? field : undefined
  }

  protected getline(): Expression {
    const target = this.optionalTarget()
    let source: Source = { _tag: "Main" }
    if (this.take("<")) source = { _tag: "File", name: this.postfix(anywhere) }
    return { _tag: "Getline", target, source }
  }
}
