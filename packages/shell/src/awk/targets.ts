/**
 * Compiles what can be assigned to: how it is read, and how it is found to be written.
 *
 * @see awk(1p)
 */
import type { Run } from "../internal/Nesting.js"
import { type Code, ofNumber, ofValue, type Plain, waiting } from "./code.js"
import type { Compiler } from "./compiler.js"
import { Fatal } from "./control.js"
import type { Expression, Name, Target } from "./syntax.js"
import { Table, toNumber, type Value } from "./values.js"

/** A target that was found. */
export interface Found {
  readonly read: () => Value
  readonly write: (value: Value) => void
  /** For a field: makes it, if it is not there. */
  readonly touch?: () => void
}

/** How to find a target. */
export type Located =
  | { readonly plain: true; readonly locate: () => Found }
  | { readonly plain: false; readonly locate: () => Run<Found> }

export const compileTarget = (compiler: Compiler, node: Target): Code => {
  const { machine } = compiler
  switch (node._tag) {
    case "Name":
      return compileName(compiler, node)
    case "Field": {
      const index = compiler.expression(node.index)
      if (index.waits) {
        return waiting(function*() {
          return machine.field(toNumber(yield* index.value()))
        })
      }
      return compileField(compiler, node.index, index)
    }
    case "Element": {
      const table = compiler.table(node.base)
      const key = compiler.subscript(node.subscripts)
      if (!table.waits && !key.waits) return ofValue(machine, () => table.table().get(key.text()))
      return waiting(function*() {
        const subscript = yield* compiler.keyOf(key)
        return (yield* compiler.tableOf(table)).get(subscript)
      })
    }
  }
}

const compileName = ({ machine }: Compiler, { index, name, scope }: Name): Code => {
  const { globals } = machine
  if (scope === "local") return ofValue(machine, () => machine.frame[index])
  switch (name) {
    case "NF":
      return ofNumber(machine, () => machine.record.count)
    case "NR":
      return ofNumber(machine, () => machine.nr)
    case "FNR":
      return ofNumber(machine, () => machine.fnr)
    default:
      return ofValue(machine, () => globals[index])
  }
}

const compileField = ({ machine }: Compiler, node: Expression, index: Plain): Plain => {
  const { record } = machine
  if (node._tag !== "Number" || node.value < 0) return ofValue(machine, () => machine.field(index.number()))
  const at = Math.trunc(node.value)
  if (at === 0) {
    return { ...ofValue(machine, () => record.value), text: () => record.text, shown: () => record.text }
  }
  const text = (): string => record.field(at) ?? ""
  return { ...ofValue(machine, () => record.fieldValue(at)), text, shown: text, number: () => record.fieldNumber(at) }
}

/** How to find a target: its subscripts are evaluated once, then it may be read and written. */
export const compileLocation = (compiler: Compiler, node: Target): Located => {
  const { machine } = compiler
  switch (node._tag) {
    case "Name": {
      const found = { read: reader(compiler, node), write: writer(compiler, node) }
      return { plain: true, locate: () => found }
    }
    case "Field": {
      const index = compiler.expression(node.index)
      const at = (position: number): Found => ({
        read: () => machine.field(position),
        write: (value) => machine.setField(position, value),
        touch: () => machine.record.touch(Math.trunc(position))
      })
      if (!index.waits) return { plain: true, locate: () => at(index.number()) }
      return {
        plain: false,
        *locate() {
          return at(toNumber(yield* index.value()))
        }
      }
    }
    case "Element": {
      const table = compiler.table(node.base)
      const key = compiler.subscript(node.subscripts)
      const at = (inside: Table, subscript: string): Found => ({
        read: () => inside.get(subscript),
        write: (value) => store(inside, subscript, value)
      })
      if (!table.waits && !key.waits) return { plain: true, locate: () => at(table.table(), key.text()) }
      return {
        plain: false,
        *locate() {
          const subscript = yield* compiler.keyOf(key)
          return at(yield* compiler.tableOf(table), subscript)
        }
      }
    }
  }
}

export const store = (table: Table, key: string, value: Value): void => {
  if (table.entries.get(key) instanceof Table) {
    throw new Fatal(`attempt to use array \`${table.name}["${key}"]' in a scalar context`)
  }
  table.set(key, value)
}

export const reader = (compiler: Compiler, node: Name): () => Value => {
  const code = compileName(compiler, node)
  return code.waits ? () => undefined : code.value
}

export const writer = ({ machine }: Compiler, { index, name, scope }: Name): (value: Value) => void => {
  if (scope === "local") {
    return (value) => {
      const { frame } = machine
      if (frame[index] instanceof Table) throw new Fatal(`attempt to use array \`${name}' in a scalar context`)
      frame[index] = value
    }
  }
  if (machine.program.globalArrays.has(index)) {
    return (value) => {
      if (machine.globals[index] instanceof Table) {
        throw new Fatal(`attempt to use array \`${name}' in a scalar context`)
      }
      machine.globals[index] = value
    }
  }
  return machine.isSpecial(index)
    ? (value) => machine.setGlobal(index, value)
    : (value) => {
      machine.globals[index] = value
    }
}
