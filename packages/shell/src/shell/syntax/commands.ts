/**
 * Commands: from the parser's nodes to the evaluator's.
 */
import type * as Unbash from "unbash"
import { parse } from "unbash"
import type { Command, List, Piece, Redirection, RedirectOperator, Simple, Statement, Test, Word } from "./Ast.js"
import { first, mistake, type SyntaxError } from "./mistake.js"
import * as Words from "./words.js"

/** Converts the nodes that were parsed from one text. */
export class Converter {
  private readonly newlines: Array<number> = []
  /** What is wrong inside nested scripts: the parser reports it only where it is looked at. */
  error: SyntaxError | undefined = undefined

  constructor(readonly source: string, private readonly firstLine: number) {
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) this.newlines.push(at)
  }

  /** The line on which `position` stands. */
  line(position: number): number {
    let low = 0
    let high = this.newlines.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.newlines[middle]! < position) low = middle + 1
      else high = middle
    }
    return this.firstLine + low
  }

  /** What is wrong at a place of this text, in bash's words. */
  mistake(found: { readonly message: string; readonly pos: number }): SyntaxError {
    const { source } = this
    return mistake(source.endsWith("\n") ? source : `${source}\n`, found, (position) => this.line(position))
  }

  /** The script of a substitution. One in backquotes has a text, and so positions, of its own. */
  nested(script: Unbash.ParsedScript | undefined, position: number): List {
    if (script === undefined) return { statements: [] }
    const line = this.line(position)
    const inner = script.source === undefined ? this : new Converter(script.source, line)
    if (script.errors !== undefined && script.errors.length > 0) this.error ??= inner.mistake(first(script.errors))
    const list = inner.statements(script.commands)
    this.error ??= inner.error
    return list
  }

  /** The pieces of a text in which only `$`, backquotes and backslashes are special. */
  documentPieces(text: string): Array<Piece> {
    const script = parse(`:<<\u0001\n${text}\n\u0001\n`)
    const command = script.commands[0]?.command
    const document = command?.type === "Command" ? command.redirects[0] : undefined
    if (document?.type !== "HereDoc") return [{ kind: "text", text, quoted: true }]
    const inner = new Converter(`:<<\u0001\n${text}\n\u0001\n`, this.firstLine)
    const pieces = inner.document(document.body, false)
    this.error ??= inner.error
    const last = pieces[pieces.length - 1]
    // The line end that had to be added.
    if (last?.kind === "text" && last.text.endsWith("\n")) {
      pieces[pieces.length - 1] = { ...last, text: last.text.slice(0, -1) }
    }
    return pieces
  }

  /** The body of a here-document that is expanded; `strip` removes the tabs that its lines begin with. */
  document(body: Unbash.HereDocBody, strip: boolean): Array<Piece> {
    const parts = body.parts
    const tabs = (text: string, atStart: boolean): string => {
      if (!strip) return text
      const inner = text.replace(/\n\t+/g, "\n")
      return atStart ? inner.replace(/^\t+/, "") : inner
    }
    if (parts === undefined) return [{ kind: "text", text: Words.documentText(tabs(body.text, true)), quoted: true }]
    return parts.flatMap((part, index): Array<Piece> =>
      part.type === "Literal"
        ? [{ kind: "text", text: Words.documentText(tabs(part.text, index === 0)), quoted: true }]
        : Words.convertParts(this, { text: part.text, value: part.text, parts: [part] }, "document")
    )
  }

  statements(statements: ReadonlyArray<Unbash.Statement>): List {
    return {
      statements: statements.map((statement): Statement => ({
        command: this.command(statement.command),
        background: statement.background === true,
        line: this.line(statement.pos),
        source: this.source.slice(statement.pos, statement.end).replace(/\s*&$/, "")
      }))
    }
  }

  private list(list: Unbash.CompoundList): List {
    return this.statements(list.commands)
  }

  command(node: Unbash.PipelineNode | Unbash.AndOr | Unbash.CompoundList): Command {
    const line = this.line(node.pos)
    switch (node.type) {
      case "Command":
        return this.simple(node, line)
      case "Pipeline":
        return this.pipeline(node, line)
      case "AndOr":
        return {
          kind: "andor",
          commands: node.commands.map((one) => this.command(one)),
          operators: node.operators,
          line
        }
      case "Subshell":
        return { kind: "subshell", body: this.list(node.body), line }
      case "BraceGroup":
        return { kind: "group", body: this.list(node.body), line }
      case "CompoundList":
        return { kind: "group", body: this.list(node), line }
      case "If":
        return {
          kind: "if",
          branches: [node, ...node.elif].map((one) => ({ test: this.list(one.clause), body: this.list(one.then) })),
          otherwise: node.else === undefined ? undefined : this.list(node.else),
          line
        }
      case "For":
      case "Select":
        return {
          kind: "for",
          select: node.type === "Select",
          name: node.name.text,
          source: `${node.type === "Select" ? "select" : "for"} ${node.name.text} in ${
            node.wordlist?.map(({ text }) => text).join(" ") ?? "\"$@\""
          }`,
          words: node.wordlist?.flatMap((word) => Words.convertWords(this, word)),
          body: this.list(node.body),
          line
        }
      case "ArithmeticFor": {
        const clause = (expression: Unbash.ArithmeticExpression | undefined) =>
          expression === undefined
            ? undefined
            : Words.arithmetic(this, this.source.slice(expression.pos, expression.end))
        return {
          kind: "cfor",
          first: clause(node.initialize),
          test: clause(node.test),
          next: clause(node.update),
          body: this.list(node.body),
          line
        }
      }
      case "While":
        return {
          kind: "while",
          until: node.kind === "until",
          test: this.list(node.clause),
          body: this.list(node.body),
          line
        }
      case "Case":
        return {
          kind: "case",
          word: Words.convertWord(this, node.word),
          items: node.items.map((item) => ({
            patterns: item.pattern.map((word) => Words.convertWord(this, word)),
            body: this.list(item.body),
            terminator: item.terminator ?? ";;"
          })),
          line
        }
      case "TestCommand":
        return {
          kind: "test",
          source: this.source.slice(node.pos, node.end),
          expression: this.test(node.expression),
          line
        }
      case "ArithmeticCommand":
        return { kind: "arith", expression: Words.arithmetic(this, node.body), line }
      case "Function":
        return {
          kind: "function",
          name: node.name.value,
          body: this.command(node.body),
          source: this.source.slice(node.pos, node.end),
          line
        }
      case "Coproc":
        return { kind: "coproc", name: node.name?.value ?? "COPROC", body: this.command(node.body), line }
      case "Redirected":
        return {
          kind: "redirected",
          command: this.command(node.command),
          redirections: node.redirects.map((one) => this.redirection(one)),
          line
        }
    }
  }

  private simple(node: Unbash.Command, line: number): Simple {
    const words: Array<Word> = []
    const assignments = node.prefix.flatMap((one) =>
      one.type === "Assignment" ? [Words.convertAssignment(this, one)] : []
    )
    if (node.name !== undefined) words.push(...Words.convertWords(this, node.name))
    for (const argument of node.args) {
      if (argument.type === "Word") words.push(...Words.convertWords(this, argument))
      else {
        const assignment = Words.convertAssignment(this, argument)
        const pieces = assignment.value
        const value = "pieces" in pieces ? pieces.pieces : []
        const head = argument.append === true ? `${argument.name}+=` : `${argument.name}=`
        words.push({
          ...Words.makeWord([{ kind: "text", text: head, quoted: true }, ...value], argument.text, "none"),
          assignment
        })
      }
    }
    return {
      kind: "simple",
      source: this.source.slice(node.pos, node.end),
      assignments,
      words,
      redirections: node.redirects.map((one) => this.redirection(one)),
      line
    }
  }

  private pipeline(node: Unbash.Pipeline, line: number): Command {
    const time = node.prefixes.find((prefix) => prefix.type === "Time")
    const negations = node.prefixes.filter((prefix) => prefix.type === "Negation").length
    return {
      kind: "pipeline",
      source: this.source.slice(node.pos, node.end),
      negated: negations % 2 === 1,
      timed: time === undefined ? false : time.type === "Time" && time.posix !== undefined ? "posix" : "bash",
      commands: node.commands.map((one) => this.command(one)),
      errors: node.operators.map((operator) => operator === "|&"),
      line
    }
  }

  private redirection(node: Unbash.Redirection): Redirection {
    const line = this.line(node.pos)
    const operator: RedirectOperator = node.type === "HereDoc"
      ? "<<"
      : node.type === "HereString"
      ? "<<<"
      : node.operator
    const standard = operator.startsWith("<") ? 0 : 1
    const descriptor = node.descriptor === undefined
      ? standard
      : node.descriptor.type === "FileDescriptor"
      ? node.descriptor.value
      : node.descriptor.name
    if (node.type === "HereDoc") {
      const strip = node.operator === "<<-"
      const given: ReadonlyArray<Piece> = node.delimiter?.quoted === true
        ? [{ kind: "text", text: strip ? node.body.text.replace(/^\t+/gm, "") : node.body.text, quoted: true }]
        : this.document(node.body, strip)
      // The end of the text ends its last line as well.
      const open = node.closing === undefined && node.body.text !== "" && !node.body.text.endsWith("\n")
      const pieces: ReadonlyArray<Piece> = open ? [...given, { kind: "text", text: "\n", quoted: true }] : given
      return { operator, descriptor, target: Words.makeWord(pieces, node.body.text, "none"), line }
    }
    const target = node.target === undefined ? Words.makeWord([], "", "none") : Words.convertWord(this, node.target)
    return { operator, descriptor, target, line }
  }

  private test(node: Unbash.TestExpression): Test {
    switch (node.type) {
      case "TestUnary":
        return { kind: "unary", operator: node.operator, operand: Words.convertWord(this, node.operand) }
      case "TestBinary":
        return {
          kind: "binary",
          operator: node.operator,
          left: Words.convertWord(this, node.left),
          right: Words.convertWord(this, node.right)
        }
      case "TestLogical":
        return { kind: "logical", operator: node.operator, operands: node.operands.map((one) => this.test(one)) }
      case "TestNot": {
        const operand = this.test(node.operand)
        return node.negations.length % 2 === 1 ? { kind: "not", operand } : operand
      }
      case "TestGroup":
        return this.test(node.expression)
    }
  }
}
