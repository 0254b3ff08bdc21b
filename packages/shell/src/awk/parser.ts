/**
 * Reads an awk program: the grammar of POSIX with what gawk adds, and its precedences.
 *
 * @see awk(1p)
 */
import { anywhere } from "./expressionParser.js"
import { type Source, words } from "./lexer.js"
import { StatementParser } from "./statementParser.js"
import {
  BadProgram,
  type Complaint,
  type Function,
  type Place,
  type Program,
  type Rule,
  specialArrays,
  specials
} from "./syntax.js"

type Draft = { -readonly [K in keyof Function]: Function[K] }

class Parser extends StatementParser {
  readonly functions = new Map<string, Draft>()
  readonly rules: Array<Rule> = []

  program(warnings: ReadonlyArray<Complaint>): Program {
    while (true) {
      this.newlines()
      if (this.token.kind === "end") break
      this.item()
      this.take(";")
      if (this.is(";")) throw new BadProgram(this.place, ["each rule must have a pattern or an action part"])
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

  protected item(): void {
    const place = this.place
    if (this.is(";")) throw new BadProgram(place, ["each rule must have a pattern or an action part"])
    if (this.is("@")) this.error(place, `\`@${this.peek().text}' is not supported`)
    if (this.takeWord("function")) return this.definition(place)
    for (const kind of ["BEGIN", "END", "BEGINFILE", "ENDFILE"] as const) {
      if (!this.takeWord(kind)) continue
      if (!this.is("{")) throw new BadProgram(place, [`${kind} blocks must have an action part`])
      this.kind = kind
      const action = this.block()
      this.rules.push({ kind, patterns: [], action, place })
      return
    }
    this.kind = "record"
    let patterns: Rule["patterns"] = []
    if (!this.is("{")) {
      const first = this.expression(anywhere)
      patterns = [first]
      if (this.take(",")) {
        this.newlines()
        patterns = [first, this.expression(anywhere)]
      }
      if (!this.is("{") && !this.is(";") && !this.ends) this.wrong()
    }
    const action = this.is("{") ? this.block() : undefined
    this.rules.push({ kind: "record", patterns, action, place })
  }

  protected definition(place: Place): void {
    const { kind, text: name } = this.token
    if (kind !== "name" && kind !== "callName") this.wrong()
    if (this.functions.has(name) || this.indices.get(name)! < specials.length) {
      this.error(place, `function name \`${name}' previously defined`)
    }
    this.at++
    this.expect("(")
    const parameters: Array<string> = []
    while (!this.is(")")) {
      const { kind, text } = this.token
      if (kind !== "name") this.wrong()
      if (text === name) this.error(place, `function \`${name}': cannot use function name as parameter name`)
      if (this.indices.get(text)! < specials.length) {
        this.error(
          place,
          `function \`${name}': parameter \`${text}': POSIX disallows using a special variable as a function parameter`
        )
      }
      const before = parameters.indexOf(text)
      if (before >= 0) {
        this.error(
          place,
          `function \`${name}': parameter #${parameters.length + 1}, \`${text}', duplicates parameter #${before + 1}`
        )
      }
      parameters.push(text)
      this.at++
      this.newlines()
      if (!this.take(",")) break
      this.newlines()
      if (this.is(")")) this.wrong()
    }
    this.expect(")")
    this.newlines()
    const made: Draft = { name, parameters, body: [], arrays: [] }
    this.functions.set(name, made)
    this.function = name
    this.parameters = parameters
    this.kind = "function"
    made.body = this.block()
    this.function = undefined
    this.parameters = []
  }
}

/** Reads a program. */
export const parse = (sources: ReadonlyArray<Source>): Program | BadProgram => {
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
