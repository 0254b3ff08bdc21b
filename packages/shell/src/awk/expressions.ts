/**
 * Compiles expressions.
 *
 * @see awk(1p)
 */
import { compileBuiltin } from "./calls/builtin.js"
import { compileCall } from "./calls/call.js"
import { compileGetline } from "./calls/getline.js"
import { applied, type Code, ofNumber, ofText, ofTruth, ofValue, type Plain, valueOf, waiting } from "./code.js"
import type { Compiler } from "./compiler.js"
import { Fatal, type Run } from "./control.js"
import { test } from "./patterns.js"
import type { BinaryOperator, Comparison, Expression, Name, Place, Target } from "./syntax.js"
import {
  compare,
  concatenate,
  inScalarContext,
  StrongRegexp,
  Table,
  toBoolean,
  toNumber,
  type Value
} from "./values.js"

type Of<Tag extends Expression["_tag"]> = Extract<Expression, { readonly _tag: Tag }>

export const compileExpression = (compiler: Compiler, node: Expression): Code => {
  const { machine } = compiler
  switch (node._tag) {
    case "Number": {
      const { value } = node
      return ofNumber(machine, () => value)
    }
    case "Text": {
      const { value } = node
      return ofText(() => value)
    }
    case "Regexp": {
      const matches = matcher(compiler, node)
      return ofTruth(machine, () => matches(machine.record.text))
    }
    case "StrongRegexp": {
      const value = new StrongRegexp(node.source)
      compiler.check(node.source, node.place)
      return ofValue(machine, () => value)
    }
    case "Group":
      return compiler.expression(node.inner)
    case "Name":
    case "Element":
    case "Field":
      return compileTarget(compiler, node)
    case "Assign":
      return compileAssign(compiler, node)
    case "Update":
      return compileUpdate(compiler, node)
    case "Step":
      return compileStep(compiler, node)
    case "Binary":
      return compileBinary(compiler, node)
    case "Compare":
      return compileCompare(compiler, node)
    case "Match":
      return compileMatch(compiler, node)
    case "Concatenate":
      return compileConcatenate(compiler, node)
    case "And":
    case "Or":
      return compileLogical(compiler, node)
    case "Not":
    case "Minus":
    case "Plus":
      return compileUnary(compiler, node)
    case "Conditional":
      return compileConditional(compiler, node)
    case "In":
      return compileIn(compiler, node)
    case "Builtin":
      return compileBuiltin(compiler, node)
    case "Call":
    case "Indirect":
      return compileCall(compiler, node)
    case "Getline":
      return compileGetline(compiler, node)
  }
}

/** Whether a text matches what stands at the right of `~`. */
export const matcher = (compiler: Compiler, node: Of<"Regexp">): (text: string) => boolean => {
  const { machine } = compiler
  compiler.check(node.source, node.place)
  if (machine.program.mentioned.has("IGNORECASE")) return (text) => test(machine.patterns.get(node.source), text)
  const regex = machine.patterns.compile(node.source)
  return (text) => test(regex, text)
}

// ---- what can be assigned to

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

const compileTarget = (compiler: Compiler, node: Target): Code => {
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

const store = (table: Table, key: string, value: Value): void => {
  if (table.entries.get(key) instanceof Table) {
    throw new Fatal(`attempt to use array \`${table.name}["${key}"]' in a scalar context`)
  }
  table.set(key, value)
}

const reader = (compiler: Compiler, node: Name): () => Value => {
  const code = compileName(compiler, node)
  return code.waits ? () => undefined : code.value
}

const writer = ({ machine }: Compiler, { index, name, scope }: Name): (value: Value) => void => {
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

/** Arrays are not assigned. */
const scalar = (value: Value): Value => value instanceof Table ? inScalarContext(value) : value

const compileAssign = (compiler: Compiler, node: Of<"Assign">): Code => {
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

const compileUpdate = (compiler: Compiler, node: Of<"Update">): Code => {
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

const compileStep = (compiler: Compiler, { by, prefix, target }: Of<"Step">): Code => {
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

// ---- operators

/** `x ** n` by squaring where `n` is whole, as gawk does: then the last digit is the same. */
const power = (x: number, n: number): number => {
  if (!Number.isInteger(n) || Math.abs(n) > 2 ** 31) return Math.pow(x, n)
  if (n === 0) return 1
  let made = 1
  let factor = x
  let left = Math.abs(n)
  for (; left > 1; left = Math.floor(left / 2)) {
    if (left % 2 === 1) made *= factor
    factor *= factor
  }
  made *= factor
  return n < 0 ? 1 / made : made
}

const arithmetic = (
  { machine }: Compiler,
  operator: BinaryOperator,
  place: Place
): (a: number, b: number) => number => {
  switch (operator) {
    case "+":
      return (a, b) => a + b
    case "-":
      return (a, b) => a - b
    case "*":
      return (a, b) => a * b
    case "^":
      return power
    case "/":
      return (a, b) => {
        if (b !== 0) return a / b
        machine.place = place
        throw new Fatal("division by zero attempted")
      }
    case "%":
      return (a, b) => {
        if (b !== 0) return a % b
        machine.place = place
        throw new Fatal("division by zero attempted in `%'")
      }
  }
}

const compileBinary = (compiler: Compiler, node: Of<"Binary">): Code => {
  const { machine } = compiler
  const left = compiler.expression(node.left)
  const right = compiler.expression(node.right)
  const operation = arithmetic(compiler, node.operator, node.place)
  if (left.waits || right.waits) {
    return applied(machine, [left, right], ([a, b]) => operation(toNumber(a), toNumber(b)))
  }
  const a = left.number
  const b = right.number
  switch (node.operator) {
    case "+":
      return ofNumber(machine, () => a() + b())
    case "-":
      return ofNumber(machine, () => a() - b())
    case "*":
      return ofNumber(machine, () => a() * b())
    default:
      return ofNumber(machine, () => operation(a(), b()))
  }
}

const holds = (operator: Comparison, order: number): boolean => {
  switch (operator) {
    case "<":
      return order < 0
    case "<=":
      return order <= 0
    case "==":
      return order === 0
    case "!=":
      return order !== 0
    case ">":
      return order > 0
    case ">=":
      return order >= 0
  }
}

const compileCompare = (compiler: Compiler, node: Of<"Compare">): Code => {
  const { machine } = compiler
  const { operator } = node
  const left = compiler.expression(node.left)
  const right = compiler.expression(node.right)
  const { patterns, text } = machine
  if (left.waits || right.waits) {
    return applied(
      machine,
      [left, right],
      ([a, b]) => holds(operator, compare(a, b, text, patterns.ignoreCase)) ? 1 : 0
    )
  }
  const a = left.value
  const b = right.value
  if (node.right._tag === "Text" && !machine.program.mentioned.has("IGNORECASE")) {
    const wanted = node.right.value
    const shown = left.text
    if (operator === "==") return ofTruth(machine, () => shown() === wanted)
    if (operator === "!=") return ofTruth(machine, () => shown() !== wanted)
  }
  return ofTruth(machine, () => holds(operator, compare(a(), b(), text, patterns.ignoreCase)))
}

const compileMatch = (compiler: Compiler, node: Of<"Match">): Code => {
  const { machine } = compiler
  const left = compiler.expression(node.left)
  const { negated } = node
  if (node.right._tag === "Regexp") {
    const matches = matcher(compiler, node.right)
    if (!left.waits) return ofTruth(machine, () => matches(left.text()) !== negated)
    return applied(machine, [left], ([value]) => matches(machine.text(value)) !== negated ? 1 : 0)
  }
  const right = compiler.expression(node.right)
  if (left.waits || right.waits) {
    return applied(
      machine,
      [left, right],
      ([text, source]) => test(machine.patterns.get(machine.text(source)), machine.text(text)) !== negated ? 1 : 0
    )
  }
  return ofTruth(machine, () => {
    const text = left.text()
    return test(machine.patterns.get(right.text()), text) !== negated
  })
}

/** Several texts in a row are put together at once. */
const compileConcatenate = (compiler: Compiler, node: Of<"Concatenate">): Code => {
  const { machine } = compiler
  const nodes: Array<Expression> = []
  let rest: Expression = node
  for (; rest._tag === "Concatenate"; rest = rest.left) nodes.push(rest.right)
  nodes.push(rest)
  const codes = nodes.reverse().map((one) => compiler.expression(one))
  if (codes.some((code) => code.waits)) {
    return applied(
      machine,
      codes,
      (values) => values.reduce<string>((made, value) => concatenate(made, machine.text(value)), "")
    )
  }
  const texts = codes.flatMap((code) => code.waits ? [] : [code.text])
  const [a, b, c] = texts
  if (texts.length === 2) return ofText(() => concatenate(a!(), b!()))
  if (texts.length === 3) return ofText(() => concatenate(concatenate(a!(), b!()), c!()))
  return ofText(() => {
    let made = ""
    for (const text of texts) made = concatenate(made, text())
    return made
  })
}

const compileLogical = (compiler: Compiler, node: Of<"And" | "Or">): Code => {
  const { machine } = compiler
  const left = compiler.expression(node.left)
  const right = compiler.expression(node.right)
  const isOr = node._tag === "Or"
  if (!left.waits && !right.waits) {
    const a = left.truth
    const b = right.truth
    return ofTruth(machine, isOr ? () => a() || b() : () => a() && b())
  }
  return waiting(function*() {
    if (toBoolean(yield* valueOf(left)) === isOr) return isOr ? 1 : 0
    return toBoolean(yield* valueOf(right)) ? 1 : 0
  })
}

const compileUnary = (compiler: Compiler, node: Of<"Not" | "Minus" | "Plus">): Code => {
  const { machine } = compiler
  const operand = compiler.expression(node.operand)
  switch (node._tag) {
    case "Not":
      return operand.waits
        ? applied(machine, [operand], ([value]) => toBoolean(value) ? 0 : 1)
        : ofTruth(machine, () => !operand.truth())
    case "Minus":
      return operand.waits
        ? applied(machine, [operand], ([value]) => -toNumber(value))
        : ofNumber(machine, () => -operand.number())
    case "Plus":
      return operand.waits
        ? applied(machine, [operand], ([value]) => toNumber(value))
        : ofNumber(machine, operand.number)
  }
}

const compileConditional = (compiler: Compiler, node: Of<"Conditional">): Code => {
  const test = compiler.expression(node.test)
  const whenTrue = compiler.expression(node.whenTrue)
  const whenFalse = compiler.expression(node.whenFalse)
  if (!test.waits && !whenTrue.waits && !whenFalse.waits) {
    return {
      waits: false,
      value: () => test.truth() ? whenTrue.value() : whenFalse.value(),
      number: () => test.truth() ? whenTrue.number() : whenFalse.number(),
      text: () => test.truth() ? whenTrue.text() : whenFalse.text(),
      truth: () => test.truth() ? whenTrue.truth() : whenFalse.truth(),
      shown: () => test.truth() ? whenTrue.shown() : whenFalse.shown()
    }
  }
  return waiting(function*() {
    return toBoolean(yield* valueOf(test)) ? yield* valueOf(whenTrue) : yield* valueOf(whenFalse)
  })
}

const compileIn = (compiler: Compiler, node: Of<"In">): Code => {
  const key = compiler.subscript(node.subscripts)
  const table = compiler.table(node.array)
  if (!key.waits && !table.waits) {
    return ofTruth(compiler.machine, () => {
      const subscript = key.text()
      return table.table().entries.has(subscript)
    })
  }
  return waiting(function*() {
    const subscript = yield* compiler.keyOf(key)
    return (yield* compiler.tableOf(table)).entries.has(subscript) ? 1 : 0
  })
}

/** A regular expression as argument: one between slashes, or the text of a value. */
export const compilePattern = (compiler: Compiler, node: Expression): Code => {
  if (node._tag === "Group") return compilePattern(compiler, node.inner)
  if (node._tag !== "Regexp") return compiler.expression(node)
  compiler.check(node.source, node.place)
  const value = new StrongRegexp(node.source)
  return ofValue(compiler.machine, () => value)
}
