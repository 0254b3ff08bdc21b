/**
 * The language of bc: what its programs are made of, and how they are read.
 *
 * @see bc(1p)
 */

export type Place =
  | { readonly _tag: "Variable"; readonly name: string }
  | { readonly _tag: "Element"; readonly name: string; readonly index: Expression }
  | { readonly _tag: "Setting"; readonly name: "ibase" | "obase" | "scale" | "last" }

/** An argument may be a whole array. */
export type Argument = Expression | { readonly _tag: "Array"; readonly name: string }

export type Expression =
  | Place
  | { readonly _tag: "Number"; readonly text: string }
  | { readonly _tag: "Binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "Unary"; readonly operator: "-" | "!"; readonly operand: Expression }
  /** `operator` is empty for `=`. */
  | { readonly _tag: "Assign"; readonly place: Place; readonly operator: string; readonly value: Expression }
  | { readonly _tag: "Step"; readonly place: Place; readonly by: 1 | -1; readonly before: boolean }
  | { readonly _tag: "Call"; readonly name: string; readonly args: ReadonlyArray<Argument> }
  | { readonly _tag: "Builtin"; readonly name: "length" | "scale" | "sqrt"; readonly operand: Expression }
  | { readonly _tag: "Read" }

export type Statement =
  | { readonly _tag: "Expression"; readonly expression: Expression; readonly shows: boolean }
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Print"; readonly parts: ReadonlyArray<Expression | string> }
  | { readonly _tag: "Block"; readonly body: ReadonlyArray<Statement> }
  | {
    readonly _tag: "If"
    readonly condition: Expression
    readonly held: Statement
    readonly otherwise: Statement | undefined
  }
  | {
    readonly _tag: "Loop"
    readonly before: Expression | undefined
    readonly condition: Expression | undefined
    readonly after: Expression | undefined
    readonly body: Statement
  }
  | { readonly _tag: "Leave"; readonly how: "break" | "continue" | "halt" }
  | { readonly _tag: "Return"; readonly value: Expression | undefined }
  | { readonly _tag: "Limits" }

export interface Parameter {
  readonly name: string
  readonly array: boolean
  /** Whether the array of the caller itself is meant. */
  readonly shared: boolean
}

export interface Definition {
  readonly _tag: "Define"
  readonly name: string
  readonly parameters: ReadonlyArray<Parameter>
  readonly autos: ReadonlyArray<Parameter>
  readonly body: ReadonlyArray<Statement>
  /** Whether its value is never shown. */
  readonly void: boolean
}

/** What is read at once: a line, or a function. */
export type Item = Definition | { readonly _tag: "Line"; readonly statements: ReadonlyArray<Statement> } | "quit"

interface Token {
  readonly kind: "number" | "string" | "name" | "sign" | "newline" | "end"
  readonly text: string
  /** The number of the line at its end. */
  readonly line: number
}

/** More has to be read before this is complete. */
export class Incomplete {
  readonly _tag = "Incomplete"
}

export class Wrong {
  constructor(readonly message: string, readonly line: number) {}
}

const words = new Set([
  ..."auto break continue define else for halt ibase if last length limits obase print quit read return scale sqrt"
    .split(" "),
  ...["void", "while"]
])

const pattern =
  /(?:[ \t\r]+|\\\n|\/\*[\s\S]*?\*\/|#[^\n]*)|([0-9A-F]+(?:\\\n|[0-9A-F])*(?:\.(?:\\\n|[0-9A-F])*)?|\.(?:\\\n)?[0-9A-F](?:\\\n|[0-9A-F])*)|"([^"]*)"|([a-z][a-z0-9_]*)|(\n)|(\+\+|--|&&|\|\||[-+*/%^<>=!]=|[-+*/%^<>=!(){}[\],;.&])/y

export class Parser {
  private at = 0
  private token: Token
  private readonly complaints: Array<string> = []

  /** Reads from `from` on, which lies in a line of this number. */
  constructor(
    private readonly text: string,
    private position: number,
    private line: number,
    private readonly last: boolean
  ) {
    this.at = position
    this.token = this.scan()
  }

  /** Where the next item begins, and in which line. */
  get next(): { readonly position: number; readonly line: number } {
    return { position: this.position, line: this.line }
  }

  /** Characters that mean nothing, which were left out. */
  get odd(): ReadonlyArray<string> {
    return this.complaints
  }

  private scan(): Token {
    for (;;) {
      if (this.at >= this.text.length) return { kind: "end", text: "", line: this.line }
      if (this.text.startsWith("/*", this.at) && !this.text.includes("*/", this.at + 2)) {
        return { kind: "end", text: "", line: this.line }
      }
      pattern.lastIndex = this.at
      const match = pattern.exec(this.text)
      if (match === null) {
        const character = this.text[this.at]!
        if (character === "\"") return { kind: "end", text: "", line: this.line }
        this.at++
        this.complaints.push(`${this.line}: illegal character: ${character}`)
        continue
      }
      this.at = pattern.lastIndex
      const [whole, number, string, name, newline, sign] = match
      this.line += whole.split("\n").length - 1
      const { line } = this
      if (number !== undefined) return { kind: "number", text: number.replace(/\\\n/g, ""), line }
      if (string !== undefined) return { kind: "string", text: string, line }
      if (name !== undefined) return { kind: "name", text: name, line }
      if (newline !== undefined) return { kind: "newline", text: "", line }
      if (sign !== undefined) return { kind: "sign", text: sign, line }
    }
  }

  private advance(): Token {
    const { token } = this
    this.token = this.scan()
    return token
  }

  private is(text: string): boolean {
    return this.token.text === text && (this.begins("sign") || this.begins("name"))
  }

  private begins(kind: Token["kind"]): boolean {
    return this.token.kind === kind
  }

  private takes(text: string): boolean {
    if (!this.is(text)) return false
    this.advance()
    return true
  }

  private wrong(message = "syntax error"): never {
    if (this.begins("end") && !this.last) throw new Incomplete()
    throw new Wrong(message, this.token.line)
  }

  private expect(text: string): void {
    if (!this.takes(text)) this.wrong()
  }

  private newlines(): void {
    while (this.begins("newline")) this.advance()
  }

  /** The next item; `undefined` at the end. */
  item(): Item | undefined {
    if (this.begins("end")) return undefined
    if (this.is("define")) {
      const definition = this.define()
      this.ended()
      return definition
    }
    const statements: Array<Statement> = []
    while (!this.begins("newline") && !this.begins("end")) {
      if (this.takes(";")) continue
      if (this.is("quit")) return "quit"
      statements.push(this.statement(false, false))
      if (this.begins("end") && !this.last) throw new Incomplete()
      if (!this.is(";") && !this.begins("newline") && !this.begins("end")) this.wrong()
    }
    this.ended()
    return { _tag: "Line", statements }
  }

  /** Behind an item: the end of its line. */
  private ended(): void {
    if (!this.begins("newline")) this.wrong()
    this.position = this.at
  }

  /** Behind what is wrong: the rest of the line is left out. */
  recover(): void {
    while (!this.begins("newline") && !this.begins("end")) this.advance()
    this.position = this.begins("newline") ? this.at : this.text.length
  }

  private define(): Definition {
    this.advance()
    const isVoid = this.takes("void")
    const name = this.name()
    this.expect("(")
    const parameters = this.parameters(")")
    this.expect(")")
    this.newlines()
    this.expect("{")
    const autos: Array<Parameter> = []
    for (;;) {
      while (this.begins("newline") || this.is(";")) this.advance()
      if (!this.takes("auto")) break
      autos.push(...this.parameters(";"))
    }
    return { _tag: "Define", name, parameters, autos, void: isVoid, body: this.statements(true, false) }
  }

  private parameters(end: string): Array<Parameter> {
    const found: Array<Parameter> = []
    if (this.is(end)) return found
    do {
      const shared = this.takes("*") || this.takes("&")
      const name = this.name()
      const array = this.takes("[")
      if (array) this.expect("]")
      found.push({ name, array, shared })
    } while (this.takes(","))
    return found
  }

  private name(): string {
    if (!this.begins("name") || words.has(this.token.text)) this.wrong()
    return this.advance().text
  }

  /** Statements up to a brace, which is taken. */
  private statements(inFunction: boolean, inLoop: boolean): ReadonlyArray<Statement> {
    const body: Array<Statement> = []
    for (;;) {
      while (this.begins("newline") || this.is(";")) this.advance()
      if (this.takes("}")) return body
      body.push(this.statement(inFunction, inLoop))
      if (!this.is(";") && !this.is("}") && !this.begins("newline")) this.wrong()
    }
  }

  private statement(inFunction: boolean, inLoop: boolean): Statement {
    if (this.begins("string")) return { _tag: "Text", text: this.advance().text }
    if (this.takes("{")) return { _tag: "Block", body: this.statements(inFunction, inLoop) }
    if (this.takes("if")) return this.conditional(inFunction, inLoop)
    if (this.takes("while")) {
      this.expect("(")
      const condition = this.expression()
      this.expect(")")
      this.newlines()
      return { _tag: "Loop", before: undefined, condition, after: undefined, body: this.statement(inFunction, true) }
    }
    if (this.takes("for")) return this.counted(inFunction)
    if (this.takes("print")) {
      const parts: Array<Expression | string> = []
      do parts.push(this.begins("string") ? this.advance().text : this.expression())
      while (this.takes(","))
      return { _tag: "Print", parts }
    }
    if (this.is("break") || this.is("continue")) {
      const how = this.token.text === "break" ? "break" : "continue"
      const { line } = this.token
      this.advance()
      if (!inLoop) {
        throw new Wrong(
          `${how === "break" ? "Break" : "Continue"} outside a for${how === "break" ? "/while" : ""}`,
          line
        )
      }
      return { _tag: "Leave", how }
    }
    if (this.takes("halt")) return { _tag: "Leave", how: "halt" }
    if (this.takes("limits")) return { _tag: "Limits" }
    if (this.takes("return")) {
      const bare = this.begins("newline") || this.is(";") || this.is("}")
      const value = bare ? undefined : this.returned()
      if (!inFunction) throw new Wrong("Return outside of a function.", this.token.line)
      return { _tag: "Return", value }
    }
    if (this.is("quit")) throw new Quit()
    const parenthesis = this.is("(")
    const expression = this.expression()
    return { _tag: "Expression", expression, shows: parenthesis || expression._tag !== "Assign" }
  }

  /** What `return` answers: nothing stands between parentheses for zero. */
  private returned(): Expression {
    const { at, line, token } = this
    if (this.takes("(") && this.takes(")")) return { _tag: "Number", text: "0" }
    this.at = at
    this.line = line
    this.token = token
    return this.expression()
  }

  private conditional(inFunction: boolean, inLoop: boolean): Statement {
    this.expect("(")
    const condition = this.expression()
    this.expect(")")
    this.newlines()
    const held = this.statement(inFunction, inLoop)
    let otherwise: Statement | undefined
    if (this.takes("else")) {
      this.newlines()
      otherwise = this.statement(inFunction, inLoop)
    }
    return { _tag: "If", condition, held, otherwise }
  }

  private counted(inFunction: boolean): Statement {
    this.expect("(")
    const before = this.is(";") ? undefined : this.expression()
    this.expect(";")
    const condition = this.is(";") ? undefined : this.expression()
    this.expect(";")
    const after = this.is(")") ? undefined : this.expression()
    this.expect(")")
    this.newlines()
    return { _tag: "Loop", before, condition, after, body: this.statement(inFunction, true) }
  }

  // ------------------------------------------------------------ expressions, from what binds least

  private binary(operators: ReadonlyArray<string>, operand: () => Expression): Expression {
    let left = operand()
    while (this.begins("sign") && operators.includes(this.token.text)) {
      const operator = this.advance().text
      left = { _tag: "Binary", operator, left, right: operand() }
    }
    return left
  }

  expression(): Expression {
    return this.binary(["||"], () => this.binary(["&&"], () => this.negation()))
  }

  private negation(): Expression {
    if (this.takes("!")) return { _tag: "Unary", operator: "!", operand: this.negation() }
    return this.binary(["==", "!=", "<", "<=", ">", ">="], () => this.sum())
  }

  /** Also the value of an assignment, which binds less than sums and more than comparisons. */
  private sum(): Expression {
    return this.binary(["+", "-"], () => this.binary(["*", "/", "%"], () => this.raised()))
  }

  private raised(): Expression {
    const left = this.signed()
    return this.takes("^") ? { _tag: "Binary", operator: "^", left, right: this.raised() } : left
  }

  private signed(): Expression {
    if (this.takes("-")) return { _tag: "Unary", operator: "-", operand: this.signed() }
    if (this.is("++") || this.is("--")) {
      const by = this.advance().text === "++" ? 1 : -1
      return { _tag: "Step", place: this.place(this.primary()), by, before: true }
    }
    const primary = this.primary()
    if (!this.begins("sign")) return primary
    if (this.is("++") || this.is("--")) {
      return { _tag: "Step", place: this.place(primary), by: this.advance().text === "++" ? 1 : -1, before: false }
    }
    const assigns = /^([-+*/%^]?)=$/.exec(this.token.text)
    if (assigns === null) return primary
    const place = this.place(primary)
    this.advance()
    return { _tag: "Assign", place, operator: assigns[1]!, value: this.sum() }
  }

  private place(expression: Expression): Place {
    if (expression._tag === "Variable" || expression._tag === "Element" || expression._tag === "Setting") {
      return expression
    }
    return this.wrong()
  }

  private primary(): Expression {
    const { kind, text } = this.token
    if (kind === "number") {
      this.advance()
      return { _tag: "Number", text }
    }
    if (this.takes("(")) {
      const inner = this.expression()
      this.expect(")")
      // What stands between parentheses is no place to assign to.
      return inner._tag === "Variable" || inner._tag === "Element" || inner._tag === "Setting"
        ? { _tag: "Binary", operator: "+", left: inner, right: { _tag: "Number", text: "0" } }
        : inner
    }
    if (this.takes(".")) return { _tag: "Setting", name: "last" }
    if (kind !== "name") this.wrong()
    switch (text) {
      case "ibase":
      case "obase":
      case "last":
        this.advance()
        return { _tag: "Setting", name: text }
      case "scale":
      case "length":
      case "sqrt": {
        this.advance()
        if (text === "scale" && !this.is("(")) return { _tag: "Setting", name: text }
        this.expect("(")
        const operand = this.expression()
        this.expect(")")
        return { _tag: "Builtin", name: text, operand }
      }
      case "read":
        this.advance()
        this.expect("(")
        this.expect(")")
        return { _tag: "Read" }
    }
    const name = this.name()
    if (this.takes("[")) {
      const index = this.expression()
      this.expect("]")
      return { _tag: "Element", name, index }
    }
    if (!this.takes("(")) return { _tag: "Variable", name }
    const args: Array<Argument> = []
    if (!this.is(")")) {
      do args.push(this.argument())
      while (this.takes(","))
    }
    this.expect(")")
    return { _tag: "Call", name, args }
  }

  private argument(): Argument {
    const { at, line, token } = this
    if (token.kind === "name" && !words.has(token.text)) {
      this.advance()
      if (this.takes("[") && this.takes("]")) return { _tag: "Array", name: token.text }
    }
    this.at = at
    this.line = line
    this.token = token
    return this.expression()
  }
}

/** `quit` ends bc where it is read, be it run or not. */
export class Quit {
  readonly _tag = "Quit"
}
