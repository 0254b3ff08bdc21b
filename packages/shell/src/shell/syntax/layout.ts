/**
 * A function as `declare -f` and `type` show it: its commands laid out as bash lays them out, whatever they looked like in
 * the script.
 *
 * @see bash(1) SHELL BUILTIN COMMANDS
 */
import type * as Unbash from "unbash"
import { parse } from "unbash"

const INDENT = "    "

type Node = Unbash.PipelineNode | Unbash.AndOr | Unbash.CompoundList

class Layout {
  private out = ""
  private depth = 0
  /** Here-documents whose lines follow the line that is being written. */
  private documents: Array<Unbash.HereDoc> = []

  constructor(private readonly source: string) {}

  definition(node: Unbash.Function): string {
    this.function(node, "")
    return this.out
  }

  private line(): void {
    this.out += `\n${INDENT.repeat(this.depth)}`
  }

  /** Ends a command that another one follows on a line of its own. */
  private semicolon(): void {
    if (this.documents.length === 0 && !this.out.endsWith("&") && !this.out.endsWith("\n")) this.out += ";"
  }

  /** The lines of here-documents, and an empty one behind them. */
  private bodies(): boolean {
    if (this.documents.length === 0) return false
    for (const { body, delimiter, operator } of this.documents) {
      const text = operator === "<<-" ? body.text.replace(/^\t+/gm, "") : body.text
      this.out += `\n${text}${delimiter?.value ?? ""}`
    }
    this.out += "\n"
    this.documents = []
    return true
  }

  private list({ commands }: Unbash.CompoundList): void {
    commands.forEach(({ background, command }, index) => {
      const isLast = index === commands.length - 1
      this.node(command)
      if (background === true) this.out += isLast ? " &" : " & "
      else if (!isLast) {
        this.semicolon()
        this.bodies()
        this.line()
      }
    })
    this.bodies()
  }

  /** A list, a step further in, each command ended. */
  private block(list: Unbash.CompoundList, ended = true): void {
    this.depth++
    this.line()
    this.list(list)
    if (ended) this.semicolon()
    this.depth--
    this.line()
  }

  private node(node: Node): void {
    switch (node.type) {
      case "Command":
        return this.simple(node)
      case "Pipeline":
        return this.pipeline(node)
      case "AndOr":
        return node.commands.forEach((each, index) => {
          if (index > 0) this.out += ` ${node.operators[index - 1]} `
          this.node(each)
        })
      case "CompoundList":
        return this.list(node)
      case "Subshell":
        this.out += "( "
        this.list(node.body)
        this.out += " )"
        return
      case "BraceGroup":
        this.out += "{ "
        this.block(node.body, false)
        this.out += "}"
        return
      case "If":
        return this.branch(node, node.elif, node.else)
      case "For":
      case "Select": {
        const words = node.wordlist?.map(({ text }) => text).join(" ") ?? "\"$@\""
        this.out += `${node.type === "For" ? "for" : "select"} ${node.name.text} in ${words};`
        this.line()
        return this.loopBody(node.body)
      }
      case "ArithmeticFor": {
        const clauses = [node.initialize, node.test, node.update].map((clause) =>
          clause === undefined ? "" : this.source.slice(clause.pos, clause.end)
        )
        this.out += `for ((${clauses.join("; ")}))`
        this.line()
        return this.loopBody(node.body)
      }
      case "While":
        this.out += `${node.kind} `
        this.list(node.clause)
        this.semicolon()
        this.out += " "
        return this.loopBody(node.body)
      case "Case":
        return this.cases(node)
      case "TestCommand":
        this.out += `[[ ${this.test(node.expression)} ]]`
        return
      case "ArithmeticCommand":
        this.out += `((${node.body}))`
        return
      case "Function":
        return this.function(node, "function ")
      case "Coproc":
        this.out += `coproc ${node.name === undefined ? "" : `${node.name.text} `}`
        return this.node(node.body)
      case "Redirected":
        this.node(node.command)
        for (const each of node.redirects) this.redirection(each)
    }
  }

  private loopBody(body: Unbash.CompoundList): void {
    this.out += "do"
    this.block(body)
    this.out += "done"
  }

  private branch(
    { clause, then }: { readonly clause: Unbash.CompoundList; readonly then: Unbash.CompoundList },
    others: Unbash.If["elif"],
    otherwise: Unbash.CompoundList | undefined
  ): void {
    this.out += "if "
    this.list(clause)
    this.semicolon()
    this.out += " then"
    this.block(then)
    const [next, ...rest] = others
    if (next !== undefined) {
      this.out += "else"
      this.depth++
      this.line()
      this.branch(next, rest, otherwise)
      this.out += ";"
      this.depth--
      this.line()
    } else if (otherwise !== undefined) {
      this.out += "else"
      this.block(otherwise)
    }
    this.out += "fi"
  }

  private cases({ items, word }: Unbash.Case): void {
    this.out += `case ${word.text} in `
    this.depth++
    for (const { body, pattern, terminator } of items) {
      this.line()
      this.out += `${pattern.map(({ text }) => text).join(" | ")})`
      this.depth++
      if (body.commands.length === 0) this.out += "\n"
      else {
        this.line()
        this.list(body)
      }
      this.depth--
      this.line()
      this.out += terminator ?? ";;"
    }
    this.depth--
    this.line()
    this.out += "esac"
  }

  private function({ body, name }: Unbash.Function, keyword: string): void {
    this.out += `${keyword}${name.text} () `
    this.line()
    const { command, redirects } = body.type === "Redirected" ? body : { command: body, redirects: [] }
    if (command.type === "BraceGroup") this.node(command)
    else {
      this.out += "{ "
      this.depth++
      this.line()
      this.node(command)
      this.bodies()
      this.depth--
      this.line()
      this.out += "}"
    }
    for (const each of redirects) this.redirection(each)
  }

  private pipeline(node: Unbash.Pipeline): void {
    for (const prefix of node.prefixes) {
      this.out += prefix.type === "Negation" ? "! " : prefix.posix === undefined ? "time " : "time -p "
    }
    node.commands.forEach((command, index) => {
      this.node(command)
      const operator = node.operators[index]
      if (operator !== undefined) this.out += operator === "|&" ? " 2>&1 | " : " | "
    })
  }

  private simple({ args, name, prefix, redirects }: Unbash.Command): void {
    const assignments = prefix.flatMap((each) => each.type === "Assignment" ? [each.text] : [])
    const words = [...assignments, ...name === undefined ? [] : [name.text], ...args.map(({ text }) => text)]
    this.out += words.join(" ")
    redirects.forEach((each, index) => this.redirection(each, words.length === 0 && index === 0))
  }

  private redirection(node: Unbash.Redirection, first = false): void {
    if (!first) this.out += " "
    const standard = node.operator.startsWith("<") ? 0 : 1
    const given = node.descriptor?.type === "FileDescriptor" ? node.descriptor.value : undefined
    if (node.descriptor !== undefined && given === undefined) {
      this.out += node.descriptor.type === "FileDescriptor" ? "" : `{${node.descriptor.name}}`
    }
    if (node.type === "HereDoc") {
      this.out += `${given === undefined || given === 0 ? "" : given}${node.operator}${node.delimiter?.text ?? ""}`
      this.documents.push(node)
      return
    }
    const target = node.target?.text ?? ""
    // A descriptor that another becomes is always named; one that becomes a file, where it is not the usual one.
    const copies = (node.operator === "<&" || node.operator === ">&") && /^(?:[0-9]+-?|-)$/.test(target)
    const named = copies ? given ?? standard : given === standard ? undefined : given
    this.out += `${node.descriptor !== undefined && given === undefined ? "" : named ?? ""}${node.operator}${
      copies ? "" : " "
    }${target}`
  }

  private test(node: Unbash.TestExpression): string {
    switch (node.type) {
      case "TestUnary":
        return `${node.operator} ${node.operand.text}`
      case "TestBinary":
        return `${node.left.text} ${node.operator} ${node.right.text}`
      case "TestLogical":
        return node.operands.map((each) => this.test(each)).join(` ${node.operator} `)
      case "TestNot":
        return `${"! ".repeat(node.negations.length)}${this.test(node.operand)}`
      case "TestGroup":
        return `( ${this.test(node.expression)} )`
    }
  }
}

/** The definition of a function, from the text of one. */
export const definition = (source: string): string => {
  const command = parse(source).commands[0]?.command
  return command?.type === "Function" ? new Layout(source).definition(command) : source
}
