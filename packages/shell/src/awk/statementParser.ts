/**
 * Reads the statements of an awk program.
 *
 * @see awk(1p)
 */
import { anywhere, ExpressionParser, inPrint } from "./expressionParser.js"
import {
  BadProgram,
  type Case,
  type Expression,
  type Place,
  type Redirection,
  type Rule,
  type Statement
} from "./syntax.js"

export class StatementParser extends ExpressionParser {
  protected loops = 0
  protected switches = 0
  /** What the statements belong to. */
  protected kind: Rule["kind"] | "function" = "record"

  protected block(): ReadonlyArray<Statement> {
    this.expect("{")
    const body: Array<Statement> = []
    while (true) {
      this.separators()
      if (this.take("}")) return body
      if (this.token.kind === "end") this.wrong()
      body.push(this.statement())
    }
  }

  protected terminator(): void {
    if (this.is("}")) return
    if (this.take(";")) {
      this.newlines()
      return
    }
    if (this.token.kind !== "newline") this.wrong()
    this.newlines()
  }

  /** A statement as the body of another. */
  protected body(): Statement {
    this.newlines()
    const place = this.place
    if (this.take(";")) return { _tag: "Block", body: [], place }
    return this.statement()
  }

  protected statement(): Statement {
    return this.deeper(() => this.oneStatement())
  }

  protected oneStatement(): Statement {
    const place = this.place
    if (this.is("{")) {
      const body = this.block()
      return { _tag: "Block", body, place }
    }
    if (this.token.kind === "keyword") {
      switch (this.token.text) {
        case "if":
          return this.if(place)
        case "while":
          return this.while(place)
        case "do":
          return this.do(place)
        case "for":
          return this.for(place)
        case "switch":
          return this.switch(place)
      }
    }
    const simple = this.simple()
    this.terminator()
    return simple
  }

  protected if(place: Place): Statement {
    this.at++
    this.expect("(")
    const test = this.expression(anywhere)
    this.expect(")")
    const whenTrue = this.body()
    const here = this.at
    this.separators()
    if (!this.takeWord("else")) {
      this.at = here
      return { _tag: "If", test, whenTrue, whenFalse: undefined, place }
    }
    return { _tag: "If", test, whenTrue, whenFalse: this.body(), place }
  }

  protected loop(read: () => Statement): Statement {
    this.loops++
    const body = read()
    this.loops--
    return body
  }

  protected while(place: Place): Statement {
    this.at++
    this.expect("(")
    const test = this.expression(anywhere)
    this.expect(")")
    return { _tag: "While", test, body: this.loop(() => this.body()), place }
  }

  protected do(place: Place): Statement {
    this.at++
    const body = this.loop(() => this.body())
    this.separators()
    if (!this.takeWord("while")) this.wrong()
    this.expect("(")
    const test = this.expression(anywhere)
    this.expect(")")
    this.terminator()
    return { _tag: "DoWhile", test, body, place }
  }

  protected for(place: Place): Statement {
    this.at++
    this.expect("(")
    const each = this.forIn(place)
    if (each !== undefined) return each
    const first = this.is(";") ? undefined : this.simple()
    this.expect(";")
    this.newlines()
    const test = this.is(";") ? undefined : this.expression(anywhere)
    this.expect(";")
    this.newlines()
    const next = this.is(")") ? undefined : this.simple()
    this.expect(")")
    return { _tag: "For", first, test, next, body: this.loop(() => this.body()), place }
  }

  /** `for (name in array)`, or nothing read. */
  protected forIn(place: Place): Statement | undefined {
    const start = this.at
    if (this.token.kind !== "name" || this.peek().kind !== "keyword" || this.peek().text !== "in") return undefined
    const variable = this.name(this.token.text)
    this.at += 2
    if (this.token.kind !== "name") this.wrong()
    const array = this.arrayName()
    if (!this.take(")")) {
      this.at = start
      return undefined
    }
    this.uses.array(array, this.function)
    return { _tag: "ForIn", variable, array, body: this.loop(() => this.body()), place }
  }

  protected switch(place: Place): Statement {
    this.at++
    this.expect("(")
    const value = this.expression(anywhere)
    this.expect(")")
    this.newlines()
    this.expect("{")
    const cases: Array<Case> = []
    this.switches++
    this.separators()
    while (!this.take("}")) {
      let chosen: Expression | undefined
      const here = this.place
      if (this.takeWord("case")) chosen = this.caseValue()
      else if (!this.takeWord("default")) this.wrong()
      else if (cases.some((one) => one.value === undefined)) {
        this.error(here, "duplicate `default' detected in switch body")
      }
      this.expect(":")
      const body: Array<Statement> = []
      this.separators()
      while (!this.isWord("case") && !this.isWord("default") && !this.is("}")) {
        body.push(this.statement())
        this.separators()
      }
      cases.push({ value: chosen, body })
    }
    this.switches--
    return { _tag: "Switch", value, cases, place }
  }

  protected caseValue(): Expression {
    const { kind, place, text, value } = this.token
    this.at++
    if (kind === "text") return { _tag: "Text", value: text }
    if (kind === "regexp" || kind === "strongRegexp") return { _tag: "Regexp", source: text, place }
    if (kind === "number") return { _tag: "Number", value }
    if (kind === "sign" && (text === "-" || text === "+") && this.token.kind === "number") {
      const magnitude = this.token.value
      this.at++
      return { _tag: "Number", value: text === "-" ? -magnitude : magnitude }
    }
    this.at--
    return this.wrong()
  }

  protected simple(): Statement {
    const { kind, place, text } = this.token
    if (kind === "keyword") {
      switch (text) {
        case "print":
        case "printf":
          return this.print(place, text)
        case "break":
          this.at++
          if (this.loops === 0 && this.switches === 0) {
            const complaint = "error: `break' is not allowed outside a loop or switch"
            throw new BadProgram(place, [complaint, complaint])
          }
          return { _tag: "Break", place }
        case "continue":
          this.at++
          if (this.loops === 0) {
            const complaint = "error: `continue' is not allowed outside a loop"
            throw new BadProgram(place, [complaint, complaint])
          }
          return { _tag: "Continue", place }
        case "next":
          this.at++
          if (this.kind !== "record" && this.kind !== "function") {
            this.error(place, `\`next' used in ${this.kind} action`)
          }
          return { _tag: "Next", place }
        case "nextfile":
          this.at++
          if (this.kind === "BEGIN" || this.kind === "END" || this.kind === "ENDFILE") {
            this.error(place, `\`nextfile' used in ${this.kind} action`)
          }
          return { _tag: "NextFile", place }
        case "exit":
          this.at++
          return { _tag: "Exit", value: this.ends ? undefined : this.expression(anywhere), place }
        case "return":
          if (this.function === undefined) this.wrong("`return' used outside function context")
          this.at++
          return { _tag: "Return", value: this.ends ? undefined : this.expression(anywhere), place }
        case "delete":
          return this.delete(place)
      }
    }
    return { _tag: "Evaluate", expression: this.expression(anywhere), place }
  }

  protected delete(place: Place): Statement {
    this.at++
    const grouped = this.take("(")
    if (this.token.kind !== "name") this.wrong()
    const what = grouped ? this.name(this.token.text) : this.arrayName()
    if (grouped) {
      this.at++
      this.expect(")")
    }
    this.uses.array(what, this.function)
    return { _tag: "Delete", what, place }
  }

  protected print(place: Place, word: "print" | "printf"): Statement {
    this.at++
    let args: ReadonlyArray<Expression> = []
    if (!this.ends && !this.is(">") && !this.is(">>") && !this.is("|")) {
      this.list = undefined
      args = this.expressions(inPrint)
      if (this.list !== undefined) args = this.list
      this.list = undefined
    }
    const to = this.redirection()
    if (word === "printf" && args.length === 0) throw new BadProgram(place, ["fatal: printf: no arguments"])
    return { _tag: word === "print" ? "Print" : "Printf", args, to, place }
  }

  protected redirection(): Redirection | undefined {
    const { text } = this.token
    if (this.is("|&")) throw new BadProgram(this.place, ["fatal: `|&' is not supported"])
    if (!this.is(">") && !this.is(">>") && !this.is("|")) return undefined
    this.at++
    const name = this.concatenation(inPrint)
    return { kind: text === ">" ? ">" : text === ">>" ? ">>" : "|", name }
  }
}
