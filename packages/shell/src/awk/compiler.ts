/**
 * Turns a program into functions.
 *
 * @see awk(1p)
 */
import type { Run } from "../internal/Nesting.js"
import * as Regex from "../Regex.js"
import { type Code, ofText, type Step, valueOf, waiting } from "./code.js"
import { Fatal } from "./control.js"
import { compileExpression } from "./expressions.js"
import type { Machine } from "./machine.js"
import { Needs } from "./needs.js"
import { compile as compilePattern } from "./patterns.js"
import { compileBody } from "./statements.js"
import {
  BadProgram,
  type Element,
  type Expression,
  type Function,
  type Name,
  type Place,
  specialArrays
} from "./syntax.js"
import { concatenate, Table, type Value } from "./values.js"

/** How to get at an array. */
export type TableCode =
  | { readonly waits: false; readonly table: () => Table }
  | { readonly waits: true; readonly table: () => Run<Table> }

/** A function of the program, compiled when it is first called. */
export interface Callable {
  readonly made: Function
  readonly body: () => Step
}

export class Compiler {
  readonly needs: Needs
  readonly #callables = new Map<string, Callable>()

  constructor(readonly machine: Machine) {
    this.needs = new Needs(machine.program)
  }

  expression(node: Expression): Code {
    return compileExpression(this, node)
  }

  /** Complains about a regular expression that is none, before anything runs. */
  check(source: string, place: Place): void {
    const made = compilePattern(source, false)
    if (made instanceof Regex.BadPattern) throw new BadProgram(place, [`error: ${made.text}: /${source}/`])
  }

  callable(name: string): Callable | undefined {
    const known = this.#callables.get(name)
    if (known !== undefined) return known
    const made = this.machine.program.functions.get(name)
    if (made === undefined) return undefined
    let body: Step | undefined
    const callable: Callable = { made, body: () => (body ??= compileBody(this, made.body)) }
    this.#callables.set(name, callable)
    return callable
  }

  /** Compiles all functions, so that what is wrong with them is said before anything runs. */
  compileFunctions(): void {
    for (const name of this.machine.program.functions.keys()) this.callable(name)?.body()
  }

  /** The text of a subscript; several are joined by SUBSEP. */
  subscript(nodes: ReadonlyArray<Expression>): Code {
    const { machine } = this
    const codes = nodes.map((node) => this.expression(node))
    const [only] = codes
    if (codes.length === 1 && only !== undefined) {
      return only.waits
        ? waiting(function*() {
          return machine.text(yield* only.value())
        })
        : ofText(only.text)
    }
    if (codes.some((code) => code.waits)) {
      return waiting(function*() {
        let made = ""
        for (let i = 0; i < codes.length; i++) {
          const text = machine.text(yield* valueOf(codes[i]!))
          made = i === 0 ? text : concatenate(made, machine.subsep + text)
        }
        return made
      })
    }
    const texts = codes.flatMap((code) => code.waits ? [] : [code.text])
    return ofText(() => {
      let made = texts[0]!()
      for (let i = 1; i < texts.length; i++) made = concatenate(made, machine.subsep + texts[i]!())
      return made
    })
  }

  *keyOf(key: Code): Run<string> {
    return this.machine.text(yield* valueOf(key))
  }

  *tableOf(code: TableCode): Run<Table> {
    return code.waits ? yield* code.table() : code.table()
  }

  /** The array that a name stands for, which is made where there is nothing yet. */
  table(node: Name | Element): TableCode {
    const { machine } = this
    if (node._tag === "Name") {
      const { index, name } = node
      if (node.scope === "global") {
        const { globals } = machine
        if (machine.isSpecial(index) && !specialArrays.has(index)) throw this.#notArray(name, "scalar")
        return { waits: false, table: () => asTable(globals[index], name, (made) => (globals[index] = made)) }
      }
      return {
        waits: false,
        table: () => {
          const { frame } = machine
          const value = frame[index]
          if (value instanceof Table) return value
          return asTable(value, name, (made) => (frame[index] = made), "scalar parameter")
        }
      }
    }
    const outer = this.table(node.base)
    const key = this.subscript(node.subscripts)
    const inner = (table: Table, subscript: string): Table =>
      asTable(table.entries.get(subscript), `${table.name}["${subscript}"]`, (made) => table.set(subscript, made))
    if (!outer.waits && !key.waits) return { waits: false, table: () => inner(outer.table(), key.text()) }
    return { waits: true, table: () => this.#innerTable(outer, key, inner) }
  }

  *#innerTable(outer: TableCode, key: Code, inner: (table: Table, subscript: string) => Table): Run<Table> {
    const subscript = yield* this.keyOf(key)
    return inner(yield* this.tableOf(outer), subscript)
  }

  #notArray(name: string, what: string): Fatal {
    return new Fatal(`attempt to use ${what} \`${name}' as an array`)
  }
}

const asTable = (value: Value, name: string, keep: (table: Table) => void, what = "scalar"): Table => {
  if (value instanceof Table) return value
  if (value !== undefined) throw new Fatal(`attempt to use ${what} \`${name}' as an array`)
  const made = new Table(name)
  keep(made)
  return made
}
