/**
 * Compiles assignments, and the operators that assign.
 *
 * @see awk(1p)
 */
import { type Code, ofNumber, ofValue, valueOf, waiting } from "./code.js"
import type { Compiler } from "./compiler.js"
import { arithmetic } from "./operators.js"
import type { Expression, Target } from "./syntax.js"
import { compileLocation, type Found, reader, store, writer } from "./targets.js"
import { inScalarContext, Table, toNumber, type Value } from "./values.js"

type Of<Tag extends Expression["_tag"]> = Extract<Expression, { readonly _tag: Tag }>

/** Arrays are not assigned. */
const scalar = (value: Value): Value => value instanceof Table ? inScalarContext(value) : value

export const compileAssign = (compiler: Compiler, node: Of<"Assign">): Code => {
  const { machine } = compiler
  const value = compiler.expression(node.value)
  const { target } = node
  if (target._tag === "Name" && !value.waits) {
    const write = writer(compiler, target)
    return ofValue(machine, () => {
      const made = scalar(value.value())
      write(made)
      return made
    })
  }
  if (target._tag === "Element" && !value.waits) {
    const table = compiler.table(target.base)
    const key = compiler.subscript(target.subscripts)
    if (!table.waits && !key.waits) {
      return ofValue(machine, () => {
        const made = scalar(value.value())
        store(table.table(), key.text(), made)
        return made
      })
    }
  }
  return updated(compiler, target, value, (_, made) => scalar(made))
}

/** Evaluates `value`, then finds the target, and writes what `apply` makes of both. */
const updated = (
  compiler: Compiler,
  target: Target,
  value: Code,
  apply: (before: () => Value, value: Value) => Value
): Code => {
  const location = compileLocation(compiler, target)
  if (location.plain && !value.waits) {
    return ofValue(compiler.machine, () => {
      const operand = value.value()
      const found = location.locate()
      const made = apply(found.read, operand)
      found.write(made)
      return made
    })
  }
  return waiting(function*() {
    const operand = yield* valueOf(value)
    const found = location.plain ? location.locate() : yield* location.locate()
    const made = apply(found.read, operand)
    found.write(made)
    return made
  })
}

export const compileUpdate = (compiler: Compiler, node: Of<"Update">): Code => {
  const { machine } = compiler
  const operation = arithmetic(compiler, node.operator, node.place)
  const value = compiler.expression(node.value)
  const { target } = node
  if (value.waits) {
    return updated(compiler, target, value, (before, operand) => operation(toNumber(before()), toNumber(operand)))
  }
  if (target._tag === "Name") {
    const read = reader(compiler, target)
    const write = writer(compiler, target)
    return ofNumber(machine, () => {
      const operand = value.number()
      const made = operation(toNumber(read()), operand)
      write(made)
      return made
    })
  }
  if (target._tag === "Element") {
    const table = compiler.table(target.base)
    const key = compiler.subscript(target.subscripts)
    if (!table.waits && !key.waits) {
      return ofNumber(machine, () => {
        const operand = value.number()
        const inside = table.table()
        const subscript = key.text()
        const made = operation(toNumber(inside.entries.get(subscript)), operand)
        inside.entries.set(subscript, made)
        return made
      })
    }
  }
  return updated(compiler, target, value, (before, operand) => operation(toNumber(before()), toNumber(operand)))
}

export const compileStep = (compiler: Compiler, { by, prefix, target }: Of<"Step">): Code => {
  const { machine } = compiler
  if (target._tag === "Name") {
    const read = reader(compiler, target)
    const write = writer(compiler, target)
    return ofNumber(machine, () => {
      const before = toNumber(read())
      write(before + by)
      return prefix ? before + by : before
    })
  }
  if (target._tag === "Element") {
    const table = compiler.table(target.base)
    const key = compiler.subscript(target.subscripts)
    if (!table.waits && !key.waits) {
      return ofNumber(machine, () => {
        const inside = table.table()
        const subscript = key.text()
        const before = toNumber(inside.entries.get(subscript))
        inside.entries.set(subscript, before + by)
        return prefix ? before + by : before
      })
    }
  }
  const location = compileLocation(compiler, target)
  const step = (found: Found): number => {
    const before = toNumber(found.read())
    found.write(before + by)
    return prefix ? before + by : before
  }
  if (location.plain) return ofNumber(machine, () => step(location.locate()))
  return waiting(function*() {
    return step(yield* location.locate())
  })
}
