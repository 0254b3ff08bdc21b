/**
 * Compiles `split`, `patsplit`, `asort` and `asorti`.
 *
 * @see gawk(1)
 */
import type { Run } from "../../internal/Nesting.js"
import { applied, type Code, valueOf, waiting } from "../code.js"
import type { Compiler, TableCode } from "../compiler.js"
import { Fatal } from "../control.js"
import { comparison, type Entry, sorted } from "../order.js"
import { compilePattern } from "../regexps.js"
import { byBlanks, byContent, byRegex, type Splitter } from "../splitting.js"
import { type Element, type Expression, type Name, special } from "../syntax.js"
import { Input, StrongRegexp, Table, toNumber, type Value } from "../values.js"
import { walked } from "../walk.js"
import { callNamed } from "./call.js"

type Node = Extract<Expression, { readonly _tag: "Builtin" }>

/** An argument that has to be an array. */
export const tableArgument = (compiler: Compiler, node: Node, position: number): TableCode => {
  const arg = node.args[position]!
  if (arg._tag === "Name" || arg._tag === "Element") return compiler.table(arg as Name | Element)
  const which = ["first", "second", "third", "fourth"][position]!
  throw new Fatal(`${node.name}: ${which} argument is not an array`)
}

const fill = (table: Table, texts: ReadonlyArray<string>, from: number): void => {
  table.entries.clear()
  texts.forEach((text, index) => table.entries.set(String(index + from), new Input(text)))
}

/** `split(text, array, separator, separators)`, and the same by what is between. */
export const compileSplit = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const [textNode, , separatorNode] = node.args
  const text = compiler.expression(textNode!)
  const table = tableArgument(compiler, node, 1)
  const separators = node.args.length > 3 ? tableArgument(compiler, node, 3) : undefined
  const separator = separatorNode === undefined ? undefined : compilePattern(compiler, separatorNode)
  const content = node.name === "patsplit"

  const splitter = (value: Value, given: boolean): Splitter => {
    if (content) return byContent(machine.patterns.get(given ? machine.text(value) : machine.fieldPattern))
    if (!given) return machine.currentSplitter
    return value instanceof StrongRegexp ? byRegex(machine.patterns.get(value.source)) : machine.splitterFor(value)
  }

  const split = (whole: string, into: Table, by: Splitter, between: Table | undefined): number => {
    const fields: Array<string> = []
    const gaps: Array<string> = []
    machine.spend(whole.length)
    if (between === into) throw new Fatal(`${node.name}: cannot use the same array for second and fourth args`)
    if (whole !== "") by(whole, 0, fields, Number.POSITIVE_INFINITY, between === undefined ? undefined : gaps)
    fill(into, fields, 1)
    if (between === undefined) return fields.length
    if (content) fill(between, gaps, 0)
    else if (by !== byBlanks) fill(between, gaps, 1)
    else {
      fill(between, gaps, 0)
      // What is around the whole is there only if it is something.
      for (const index of [0, fields.length]) {
        const gap = gaps[index]
        if (gap === "" || (index > 0 && gap === undefined)) between.entries.delete(String(index))
      }
    }
    return fields.length
  }

  if (!text.waits && !table.waits && !separators?.waits && !separator?.waits) {
    return applied(machine, [text], ([value]) => {
      const whole = machine.text(value)
      const by = splitter(separator?.value(), separator !== undefined)
      return split(whole, table.table(), by, separators?.table())
    })
  }
  return waiting(function*() {
    const whole = machine.text(yield* valueOf(text))
    const into = yield* compiler.tableOf(table)
    const by = splitter(separator === undefined ? undefined : yield* valueOf(separator), separator !== undefined)
    return split(whole, into, by, separators === undefined ? undefined : yield* compiler.tableOf(separators))
  })
}

const unsorted = "@unsorted"

/** The entries of an array, by the word of PROCINFO["sorted_in"] or the name of a function. */
export function* ordered(compiler: Compiler, entries: ReadonlyArray<Entry>, word: string): Run<ReadonlyArray<Entry>> {
  const { machine } = compiler
  if (word === unsorted) {
    const values = new Map(entries)
    return walked(entries.map(([key]) => key)).map((key): Entry => [key, values.get(key)])
  }
  const compare = comparison(word, machine.text, machine.patterns.ignoreCase)
  if (compare !== undefined) return [...entries].sort(compare)
  if (word.startsWith("@") || compiler.callable(word) === undefined) {
    throw new Fatal(`sort comparison function \`${word}' is not defined`)
  }
  return yield* sorted(entries, function*(a, b) {
    return toNumber(yield* callNamed(compiler, word, [a[0], a[1], b[0], b[1]]))
  })
}

/** The word by which `for` walks through arrays; `undefined` when there is none. */
export const walkingOrder = (compiler: Compiler): string | undefined => {
  const { machine } = compiler
  if (!machine.program.mentioned.has("PROCINFO")) return undefined
  const value = machine.table(special("PROCINFO")).entries.get("sorted_in")
  const word = value === undefined || value instanceof Table ? "" : machine.text(value)
  return word === "" || word === unsorted ? undefined : word
}

const copied = (value: Value): Value => {
  if (!(value instanceof Table)) return value
  const copy = new Table(value.name)
  for (const [key, inner] of value.entries) copy.set(key, copied(inner))
  return copy
}

export const compileSort = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const from = tableArgument(compiler, node, 0)
  const to = node.args.length > 1 ? tableArgument(compiler, node, 1) : from
  const how = node.args.length > 2 ? compiler.expression(node.args[2]!) : undefined
  const byKey = node.name === "asorti"
  return waiting(function*() {
    const source = yield* compiler.tableOf(from)
    const target = yield* compiler.tableOf(to)
    const word = how === undefined ? "" : machine.text(yield* valueOf(how))
    const chosen = word === "" ? (byKey ? "@ind_str_asc" : "@val_type_asc") : word
    const entries = yield* ordered(compiler, [...source.entries], chosen)
    const values = entries.map(([key, value]): Value => byKey ? key : source === target ? value : copied(value))
    target.entries.clear()
    values.forEach((value, index) => target.set(String(index + 1), value))
    return values.length
  })
}
