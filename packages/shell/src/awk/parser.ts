/**
 * Reads an awk program: the grammar of POSIX with what gawk adds, and its precedences.
 *
 * @see awk(1p)
 */
import { pointed, type Source as Text, type Token, words } from "./lexer.js"
import {
  BadProgram,
  type BinaryOperator,
  type Case,
  type Comparison,
  type Complaint,
  type Element,
  type Expression,
  type Function,
  type Name,
  type Place,
  type Program,
  type Redirection,
  type Rule,
  type Source,
  specialArrays,
  specials,
  type Statement,
  type Target
} from "./syntax.js"
import { arity, arrayArguments, Uses } from "./uses.js"

/** How deep expressions and statements may nest: they are read by functions that call each other. */
const depthMax = 1000

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
interface Where {
  /** Among the arguments of `print`, where `>` redirects. */
  readonly printing: boolean
}

const anywhere: Where = { printing: false }
const inPrint: Where = { printing: true }

type Draft = { -readonly [K in keyof Function]: Function[K] }

class Parser {
  #at = 0
  #depth = 0
  readonly globals: Array<string> = [...specials]
  readonly #indices = new Map<string, number>(specials.map((name, index) => [name, index]))
  readonly functions = new Map<string, Draft>()
  readonly #names = new Set<string>()
  readonly uses = new Uses()
  readonly mentioned = new Set<string>()
  readonly rules: Array<Rule> = []
  #function: string | undefined
  #parameters: ReadonlyArray<string> = []
  #loops = 0
  #switches = 0
  #kind: Rule["kind"] | "function" = "record"
  /** `print (a, b)`: what stood between the parentheses. */
  #list: ReadonlyArray<Expression> | undefined

  constructor(readonly tokens: ReadonlyArray<Token>) {
    for (let i = 0; i + 1 < tokens.length; i++) {
      if (tokens[i]!.kind === "keyword" && tokens[i]!.text === "function") this.#names.add(tokens[i + 1]!.text)
    }
  }

  // ---- tokens

  get #token(): Token {
    return this.tokens[this.#at]!
  }

  get #place(): Place {
    return this.#token.place
  }

  #peek(offset = 1): Token {
    return this.tokens[Math.min(this.#at + offset, this.tokens.length - 1)]!
  }

  #is(sign: string): boolean {
    const { kind, text } = this.#token
    return kind === "sign" && text === sign
  }

  #isWord(word: string): boolean {
    const { kind, text } = this.#token
    return kind === "keyword" && text === word
  }

  #take(sign: string): boolean {
    if (!this.#is(sign)) return false
    this.#at++
    return true
  }

  #takeWord(word: string): boolean {
    if (!this.#isWord(word)) return false
    this.#at++
    return true
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.#wrong()
  }

  /** What is here does not fit. */
  #wrong(text = "syntax error"): never {
    const { from, kind, place, source } = this.#token
    if (kind === "end") {
      // Behind the last line, which the mark stands under.
      const at = source.text.endsWith("\n") ? source.text.length - 1 : source.text.length
      throw new BadProgram(place, pointed(source, at, "unexpected newline or end of string"))
    }
    // Behind a newline, the next line has begun.
    const line = kind === "newline" ? place.line + 1 : place.line
    const complaint = kind === "newline" ? "unexpected newline or end of string" : text
    throw new BadProgram({ ...place, line }, pointed(source, from, complaint))
  }

  #error(place: Place, text: string): never {
    throw new BadProgram(place, [`error: ${text}`])
  }

  #newlines(): void {
    while (this.#token.kind === "newline") this.#at++
  }

  /** Newlines and semicolons. */
  #separators(): void {
    while (this.#token.kind === "newline" || this.#is(";")) this.#at++
  }

  #deeper<A>(read: () => A): A {
    if (++this.#depth > depthMax) this.#wrong("nested too deeply")
    const made = read()
    this.#depth--
    return made
  }

  // ---- the program

  program(warnings: ReadonlyArray<Complaint>): Program {
    while (true) {
      this.#newlines()
      if (this.#token.kind === "end") break
      this.#item()
      this.#take(";")
      if (this.#is(";")) throw new BadProgram(this.#place, ["each rule must have a pattern or an action part"])
    }
    this.uses.settle()
    const globalArrays = new Set(specialArrays)
    this.globals.forEach((_, index) => {
      if (this.uses.isArray(index)) globalArrays.add(index)
    })
    for (const made of this.functions.values()) {
      made.arrays = made.parameters.map((_, index) => this.uses.isArray(index, made.name))
    }
    const { functions, globals, mentioned, rules } = this
    return { rules, functions, globals, globalArrays, mentioned, warnings }
  }

  #item(): void {
    const place = this.#place
    if (this.#is(";")) throw new BadProgram(place, ["each rule must have a pattern or an action part"])
    if (this.#is("@")) this.#error(place, `\`@${this.#peek().text}' is not supported`)
    if (this.#takeWord("function")) return this.#definition(place)
    for (const kind of ["BEGIN", "END", "BEGINFILE", "ENDFILE"] as const) {
      if (!this.#takeWord(kind)) continue
      if (!this.#is("{")) throw new BadProgram(place, [`${kind} blocks must have an action part`])
      this.#kind = kind
      const action = this.#block()
      this.rules.push({ kind, patterns: [], action, place })
      return
    }
    this.#kind = "record"
    let patterns: Rule["patterns"] = []
    if (!this.#is("{")) {
      const first = this.#expression(anywhere)
      patterns = [first]
      if (this.#take(",")) {
        this.#newlines()
        patterns = [first, this.#expression(anywhere)]
      }
      if (!this.#is("{") && !this.#is(";") && !this.#ends) this.#wrong()
    }
    const action = this.#is("{") ? this.#block() : undefined
    this.rules.push({ kind: "record", patterns, action, place })
  }

  #definition(place: Place): void {
    const { kind, text: name } = this.#token
    if (kind !== "name" && kind !== "callName") this.#wrong()
    if (this.functions.has(name) || this.#indices.get(name)! < specials.length) {
      this.#error(place, `function name \`${name}' previously defined`)
    }
    this.#at++
    this.#expect("(")
    const parameters: Array<string> = []
    while (!this.#is(")")) {
      const { kind, text } = this.#token
      if (kind !== "name") this.#wrong()
      if (text === name) this.#error(place, `function \`${name}': cannot use function name as parameter name`)
      if (this.#indices.get(text)! < specials.length) {
        this.#error(
          place,
          `function \`${name}': parameter \`${text}': POSIX disallows using a special variable as a function parameter`
        )
      }
      const before = parameters.indexOf(text)
      if (before >= 0) {
        this.#error(
          place,
          `function \`${name}': parameter #${parameters.length + 1}, \`${text}', duplicates parameter #${before + 1}`
        )
      }
      parameters.push(text)
      this.#at++
      this.#newlines()
      if (!this.#take(",")) break
      this.#newlines()
      if (this.#is(")")) this.#wrong()
    }
    this.#expect(")")
    this.#newlines()
    const made: Draft = { name, parameters, body: [], arrays: [] }
    this.functions.set(name, made)
    this.#function = name
    this.#parameters = parameters
    this.#kind = "function"
    made.body = this.#block()
    this.#function = undefined
    this.#parameters = []
  }

  // ---- statements

  #block(): ReadonlyArray<Statement> {
    this.#expect("{")
    const body: Array<Statement> = []
    while (true) {
      this.#separators()
      if (this.#take("}")) return body
      if (this.#token.kind === "end") this.#wrong()
      body.push(this.#statement())
    }
  }

  /** Whether a simple statement may end here. */
  get #ends(): boolean {
    return this.#token.kind === "newline" || this.#token.kind === "end" || this.#is(";") || this.#is("}")
  }

  #terminator(): void {
    if (this.#is("}")) return
    if (this.#take(";")) {
      this.#newlines()
      return
    }
    if (this.#token.kind !== "newline") this.#wrong()
    this.#newlines()
  }

  /** A statement as the body of another. */
  #body(): Statement {
    this.#newlines()
    const place = this.#place
    if (this.#take(";")) return { _tag: "Block", body: [], place }
    return this.#statement()
  }

  #statement(): Statement {
    return this.#deeper(() => this.#oneStatement())
  }

  #oneStatement(): Statement {
    const place = this.#place
    if (this.#is("{")) {
      const body = this.#block()
      return { _tag: "Block", body, place }
    }
    if (this.#token.kind === "keyword") {
      switch (this.#token.text) {
        case "if":
          return this.#if(place)
        case "while":
          return this.#while(place)
        case "do":
          return this.#do(place)
        case "for":
          return this.#for(place)
        case "switch":
          return this.#switch(place)
      }
    }
    const simple = this.#simple()
    this.#terminator()
    return simple
  }

  #if(place: Place): Statement {
    this.#at++
    this.#expect("(")
    const test = this.#expression(anywhere)
    this.#expect(")")
    const whenTrue = this.#body()
    const here = this.#at
    this.#separators()
    if (!this.#takeWord("else")) {
      this.#at = here
      return { _tag: "If", test, whenTrue, whenFalse: undefined, place }
    }
    return { _tag: "If", test, whenTrue, whenFalse: this.#body(), place }
  }

  #loop(read: () => Statement): Statement {
    this.#loops++
    const body = read()
    this.#loops--
    return body
  }

  #while(place: Place): Statement {
    this.#at++
    this.#expect("(")
    const test = this.#expression(anywhere)
    this.#expect(")")
    return { _tag: "While", test, body: this.#loop(() => this.#body()), place }
  }

  #do(place: Place): Statement {
    this.#at++
    const body = this.#loop(() => this.#body())
    this.#separators()
    if (!this.#takeWord("while")) this.#wrong()
    this.#expect("(")
    const test = this.#expression(anywhere)
    this.#expect(")")
    this.#terminator()
    return { _tag: "DoWhile", test, body, place }
  }

  #for(place: Place): Statement {
    this.#at++
    this.#expect("(")
    const each = this.#forIn(place)
    if (each !== undefined) return each
    const first = this.#is(";") ? undefined : this.#simple()
    this.#expect(";")
    this.#newlines()
    const test = this.#is(";") ? undefined : this.#expression(anywhere)
    this.#expect(";")
    this.#newlines()
    const next = this.#is(")") ? undefined : this.#simple()
    this.#expect(")")
    return { _tag: "For", first, test, next, body: this.#loop(() => this.#body()), place }
  }

  /** `for (name in array)`, or nothing read. */
  #forIn(place: Place): Statement | undefined {
    const start = this.#at
    if (this.#token.kind !== "name" || this.#peek().kind !== "keyword" || this.#peek().text !== "in") return undefined
    const variable = this.#name(this.#token.text)
    this.#at += 2
    if (this.#token.kind !== "name") this.#wrong()
    const array = this.#arrayName()
    if (!this.#take(")")) {
      this.#at = start
      return undefined
    }
    this.uses.array(array, this.#function)
    return { _tag: "ForIn", variable, array, body: this.#loop(() => this.#body()), place }
  }

  #switch(place: Place): Statement {
    this.#at++
    this.#expect("(")
    const value = this.#expression(anywhere)
    this.#expect(")")
    this.#newlines()
    this.#expect("{")
    const cases: Array<Case> = []
    this.#switches++
    this.#separators()
    while (!this.#take("}")) {
      let chosen: Expression | undefined
      const here = this.#place
      if (this.#takeWord("case")) chosen = this.#caseValue()
      else if (!this.#takeWord("default")) this.#wrong()
      else if (cases.some((one) => one.value === undefined)) {
        this.#error(here, "duplicate `default' detected in switch body")
      }
      this.#expect(":")
      const body: Array<Statement> = []
      this.#separators()
      while (!this.#isWord("case") && !this.#isWord("default") && !this.#is("}")) {
        body.push(this.#statement())
        this.#separators()
      }
      cases.push({ value: chosen, body })
    }
    this.#switches--
    return { _tag: "Switch", value, cases, place }
  }

  #caseValue(): Expression {
    const { kind, place, text, value } = this.#token
    this.#at++
    if (kind === "text") return { _tag: "Text", value: text }
    if (kind === "regexp" || kind === "strongRegexp") return { _tag: "Regexp", source: text, place }
    if (kind === "number") return { _tag: "Number", value }
    if (kind === "sign" && (text === "-" || text === "+") && this.#token.kind === "number") {
      const magnitude = this.#token.value
      this.#at++
      return { _tag: "Number", value: text === "-" ? -magnitude : magnitude }
    }
    this.#at--
    return this.#wrong()
  }

  #simple(): Statement {
    const { kind, place, text } = this.#token
    if (kind === "keyword") {
      switch (text) {
        case "print":
        case "printf":
          return this.#print(place, text)
        case "break":
          this.#at++
          if (this.#loops === 0 && this.#switches === 0) {
            const complaint = "error: `break' is not allowed outside a loop or switch"
            throw new BadProgram(place, [complaint, complaint])
          }
          return { _tag: "Break", place }
        case "continue":
          this.#at++
          if (this.#loops === 0) {
            const complaint = "error: `continue' is not allowed outside a loop"
            throw new BadProgram(place, [complaint, complaint])
          }
          return { _tag: "Continue", place }
        case "next":
          this.#at++
          if (this.#kind !== "record" && this.#kind !== "function") {
            this.#error(place, `\`next' used in ${this.#kind} action`)
          }
          return { _tag: "Next", place }
        case "nextfile":
          this.#at++
          if (this.#kind === "BEGIN" || this.#kind === "END" || this.#kind === "ENDFILE") {
            this.#error(place, `\`nextfile' used in ${this.#kind} action`)
          }
          return { _tag: "NextFile", place }
        case "exit":
          this.#at++
          return { _tag: "Exit", value: this.#ends ? undefined : this.#expression(anywhere), place }
        case "return":
          if (this.#function === undefined) this.#wrong("`return' used outside function context")
          this.#at++
          return { _tag: "Return", value: this.#ends ? undefined : this.#expression(anywhere), place }
        case "delete":
          return this.#delete(place)
      }
    }
    return { _tag: "Evaluate", expression: this.#expression(anywhere), place }
  }

  #delete(place: Place): Statement {
    this.#at++
    const grouped = this.#take("(")
    if (this.#token.kind !== "name") this.#wrong()
    const what = grouped ? this.#name(this.#token.text) : this.#arrayName()
    if (grouped) {
      this.#at++
      this.#expect(")")
    }
    this.uses.array(what, this.#function)
    return { _tag: "Delete", what, place }
  }

  #print(place: Place, word: "print" | "printf"): Statement {
    this.#at++
    let args: ReadonlyArray<Expression> = []
    if (!this.#ends && !this.#is(">") && !this.#is(">>") && !this.#is("|")) {
      this.#list = undefined
      args = this.#expressions(inPrint)
      if (this.#list !== undefined) args = this.#list
      this.#list = undefined
    }
    const to = this.#redirection()
    if (word === "printf" && args.length === 0) throw new BadProgram(place, ["fatal: printf: no arguments"])
    return { _tag: word === "print" ? "Print" : "Printf", args, to, place }
  }

  #redirection(): Redirection | undefined {
    const { text } = this.#token
    if (this.#is("|&")) throw new BadProgram(this.#place, ["fatal: `|&' is not supported"])
    if (!this.#is(">") && !this.#is(">>") && !this.#is("|")) return undefined
    this.#at++
    const name = this.#concatenation(inPrint)
    return { kind: text === ">" ? ">" : text === ">>" ? ">>" : "|", name }
  }

  // ---- expressions, from the weakest binding to the strongest

  #expressions(where: Where): ReadonlyArray<Expression> {
    const all = [this.#expression(where)]
    while (this.#take(",")) {
      this.#newlines()
      all.push(this.#expression(where))
    }
    return all
  }

  #expression(where: Where): Expression {
    return this.#deeper(() => this.#conditional(where))
  }

  #conditional(where: Where): Expression {
    const test = this.#or(where)
    if (!this.#is("?")) return test
    this.#at++
    this.#newlines()
    const whenTrue = this.#expression(where)
    this.#newlines()
    this.#expect(":")
    this.#newlines()
    const whenFalse = this.#expression(where)
    return { _tag: "Conditional", test, whenTrue, whenFalse }
  }

  /** If `left` can be assigned to and is: the assignment. */
  #assigned(left: Expression, where: Where): Expression {
    if (this.#token.kind !== "sign" || !isTarget(left)) return left
    const { place, text } = this.#token
    if (text === "=") {
      this.#at++
      this.#newlines()
      const value = this.#expression(where)
      return { _tag: "Assign", target: left, value }
    }
    const operator = updates[text]
    if (operator === undefined) return left
    this.#at++
    this.#newlines()
    const value = this.#expression(where)
    return { _tag: "Update", target: left, operator, value, place }
  }

  #or(where: Where): Expression {
    let left = this.#and(where)
    while (this.#take("||")) {
      this.#newlines()
      left = { _tag: "Or", left, right: this.#and(where) }
    }
    return left
  }

  #and(where: Where): Expression {
    let left = this.#in(where)
    while (this.#take("&&")) {
      this.#newlines()
      left = { _tag: "And", left, right: this.#in(where) }
    }
    return left
  }

  #in(where: Where): Expression {
    let left = this.#match(where)
    while (this.#takeWord("in")) {
      left = { _tag: "In", subscripts: [left], array: this.#inArray() }
    }
    return left
  }

  #inArray(): Name | Element {
    if (this.#token.kind !== "name") this.#wrong()
    const array = this.#arrayName()
    this.uses.array(array, this.#function)
    return array
  }

  #match(where: Where): Expression {
    const left = this.#comparison(where)
    if (!this.#is("~") && !this.#is("!~")) return left
    const negated = this.#is("!~")
    this.#at++
    const right = this.#comparison(where)
    return { _tag: "Match", negated, left, right }
  }

  #comparison(where: Where): Expression {
    const left = this.#assigned(this.#concatenation(where), where)
    const { text } = this.#token
    if (this.#token.kind !== "sign" || !comparisons.has(text) || (text === ">" && where.printing)) return left
    this.#at++
    const right = this.#assigned(this.#concatenation(where), where)
    return { _tag: "Compare", operator: text as Comparison, left, right }
  }

  /** Whether an operand begins here that is written right behind another one. */
  get #startsOperand(): boolean {
    const { kind, text } = this.#token
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

  #concatenation(where: Where): Expression {
    let left = this.#sum(where)
    while (true) {
      if (this.#is("|") && this.#peek().kind === "keyword" && this.#peek().text === "getline") {
        this.#at += 2
        left = { _tag: "Getline", target: this.#optionalTarget(), source: { _tag: "Command", name: left } }
      } else if (this.#is("|&") && this.#peek().text === "getline") {
        throw new BadProgram(this.#place, ["fatal: `|&' is not supported"])
      } else if (this.#startsOperand) left = { _tag: "Concatenate", left, right: this.#sum(where) }
      else return left
    }
  }

  #sum(where: Where): Expression {
    let left = this.#product(where)
    while (this.#is("+") || this.#is("-")) {
      const { place, text } = this.#token
      this.#at++
      const right = this.#product(where)
      left = { _tag: "Binary", operator: text === "+" ? "+" : "-", left, right, place }
    }
    return left
  }

  #product(where: Where): Expression {
    let left = this.#unary(where)
    while (this.#is("*") || this.#is("/") || this.#is("%")) {
      const { place, text } = this.#token
      this.#at++
      const right = this.#unary(where)
      if (text !== "*" && left._tag === "Number" && right._tag === "Number" && right.value === 0) {
        this.#error(place, `division by zero attempted${text === "%" ? " in `%'" : ""}`)
      }
      left = { _tag: "Binary", operator: text as BinaryOperator, left, right, place }
    }
    return left
  }

  #unary(where: Where): Expression {
    const { kind, text } = this.#token
    if (kind === "sign" && (text === "!" || text === "-" || text === "+")) {
      this.#at++
      const operand = this.#deeper(() => this.#unary(where))
      return { _tag: text === "!" ? "Not" : text === "-" ? "Minus" : "Plus", operand }
    }
    return this.#power(where)
  }

  #power(where: Where): Expression {
    const left = this.#postfix(where)
    if (!this.#is("^")) return left
    const { place } = this.#token
    this.#at++
    // To the right, and a sign may stand in front of the exponent.
    const right = this.#deeper(() => this.#unary(where))
    return { _tag: "Binary", operator: "^", left, right, place }
  }

  #postfix(where: Where): Expression {
    const operand = this.#primary(where)
    if (isTarget(operand) && (this.#is("++") || this.#is("--"))) {
      const by = this.#is("++") ? 1 : -1
      this.#at++
      return { _tag: "Step", target: operand, by, prefix: false }
    }
    return operand
  }

  #primary(where: Where): Expression {
    const { kind, place, text, value } = this.#token
    switch (kind) {
      case "number":
        this.#at++
        return { _tag: "Number", value }
      case "text":
        this.#at++
        return { _tag: "Text", value: text }
      case "regexp":
        this.#at++
        return { _tag: "Regexp", source: text, place }
      case "strongRegexp":
        this.#at++
        return { _tag: "StrongRegexp", source: text, place }
      case "builtin":
        return this.#builtin()
      case "callName":
        return this.#call()
      case "name":
        return this.#variable()
      case "keyword":
        if (text !== "getline") return this.#wrong()
        this.#at++
        return this.#getline()
      case "sign":
        return this.#signed(where)
      default:
        return this.#wrong()
    }
  }

  #signed(where: Where): Expression {
    const { place, text } = this.#token
    if (text === "$") {
      this.#at++
      return this.#deeper(() => this.#field(where))
    }
    if (text === "++" || text === "--") {
      this.#at++
      const target = this.#primary(where)
      if (!isTarget(target)) {
        this.#at--
        return this.#wrong()
      }
      return { _tag: "Step", target, by: text === "++" ? 1 : -1, prefix: true }
    }
    if (text === "(") return this.#deeper(() => this.#group(where))
    if (text === "@" && (this.#peek().kind === "callName" || this.#peek().kind === "name")) {
      this.#at++
      const callee = this.#name(this.#token.text)
      this.#at++
      const args = this.#arguments()
      return { _tag: "Indirect", callee, args, place }
    }
    return this.#wrong()
  }

  #field(where: Where): Expression {
    const { text } = this.#token
    if (this.#token.kind === "sign" && (text === "-" || text === "+" || text === "!")) {
      this.#at++
      const operand = this.#deeper(() => this.#field1(where))
      const index: Expression = { _tag: text === "!" ? "Not" : text === "-" ? "Minus" : "Plus", operand }
      return { _tag: "Field", index }
    }
    return { _tag: "Field", index: this.#primary(where) }
  }

  #field1(where: Where): Expression {
    return this.#primary(where)
  }

  #group(where: Where): Expression {
    this.#at++
    const all = this.#expressions(anywhere)
    this.#newlinesBeforeClose()
    this.#expect(")")
    if (all.length === 1) return { _tag: "Group", inner: all[0]! }
    if (this.#takeWord("in")) return { _tag: "In", subscripts: all, array: this.#inArray() }
    if (where.printing && (this.#ends || this.#is(">") || this.#is(">>") || this.#is("|"))) {
      this.#list = all
      return { _tag: "Text", value: "" }
    }
    return this.#wrong()
  }

  #newlinesBeforeClose(): void {
    let ahead = 0
    while (this.#peek(ahead).kind === "newline") ahead++
    if (ahead > 0 && this.#peek(ahead).text === ")") this.#at += ahead
  }

  #name(name: string): Name {
    const local = this.#parameters.indexOf(name)
    if (local >= 0) return { _tag: "Name", scope: "local", index: local, name }
    let index = this.#indices.get(name)
    if (index === undefined) {
      index = this.globals.length
      this.globals.push(name)
      this.#indices.set(name, index)
    } else if (index < specials.length) this.mentioned.add(name)
    return { _tag: "Name", scope: "global", index, name }
  }

  /** A name and its subscripts, if it has any. */
  #variable(): Target {
    const { place, text } = this.#token
    if (this.#names.has(text) && !this.#parameters.includes(text)) {
      this.#error(
        place,
        `function \`${text}' called with space between name and \`(',\nor used as a variable or an array`
      )
    }
    this.#at++
    return this.#subscripted(this.#name(text))
  }

  #subscripted(name: Name): Name | Element {
    let base: Name | Element = name
    while (this.#take("[")) {
      const subscripts = this.#expressions(anywhere)
      this.#expect("]")
      this.uses.array(base, this.#function)
      base = { _tag: "Element", base, subscripts }
    }
    return base
  }

  /** The name of an array, or an element that is one. */
  #arrayName(): Name | Element {
    const { text } = this.#token
    this.#at++
    return this.#subscripted(this.#name(text))
  }

  #arguments(): ReadonlyArray<Expression> {
    this.#expect("(")
    this.#newlines()
    if (this.#take(")")) return []
    const args = this.#expressions(anywhere)
    this.#newlinesBeforeClose()
    this.#expect(")")
    return args
  }

  #call(): Expression {
    const { place, text: name } = this.#token
    this.#at++
    const args = this.#arguments()
    this.uses.call(name, args, this.#function)
    return { _tag: "Call", name, args, place }
  }

  #builtin(): Expression {
    const { place, text: name } = this.#token
    this.#at++
    if (name === "length" && !this.#is("(")) return { _tag: "Builtin", name, args: [], place }
    if (!this.#is("(")) this.#wrong()
    const args = this.#arguments()
    const [least, most] = arity[name]!
    if (args.length < least || args.length > most) {
      this.#at--
      if (name === "sprintf") throw new BadProgram(place, ["fatal: sprintf: no arguments"])
      this.#wrong(`${args.length} is invalid as number of arguments for ${name}`)
    }
    const changed = name === "sub" || name === "gsub" ? args[2] : undefined
    if (changed !== undefined && !isTarget(changed) && changed._tag !== "Text" && changed._tag !== "Number") {
      this.#at--
      this.#wrong(`${name} third parameter is not a changeable object`)
    }
    if (name === "index" && args[1]?._tag === "Regexp") {
      throw new BadProgram(place, ["fatal: index: regexp constant as second argument is not allowed"])
    }
    for (const position of arrayArguments[name] ?? []) {
      const arg = args[position]
      if (arg !== undefined && (arg._tag === "Name" || arg._tag === "Element")) this.uses.array(arg, this.#function)
    }
    return { _tag: "Builtin", name, args, place }
  }

  /** What `getline` reads into, if it says so. */
  #optionalTarget(): Target | undefined {
    if (this.#token.kind === "name") return this.#variable()
    if (!this.#take("$")) return undefined
    const field = this.#field(anywhere)
    return isTarget(field) ? field : undefined
  }

  #getline(): Expression {
    const target = this.#optionalTarget()
    let source: Source = { _tag: "Main" }
    if (this.#take("<")) source = { _tag: "File", name: this.#postfix(anywhere) }
    return { _tag: "Getline", target, source }
  }
}

/** Reads a program. */
export const parse = (sources: ReadonlyArray<Text>): Program | BadProgram => {
  const warnings: Array<Complaint> = []
  try {
    const parser = new Parser(words(sources, warnings))
    return parser.program(warnings)
  } catch (error) {
    if (error instanceof BadProgram) return error
    // The engine's own limit came first.
    if (error instanceof RangeError) return new BadProgram({ file: undefined, line: 1 }, ["error: nested too deeply"])
    throw error
  }
}
