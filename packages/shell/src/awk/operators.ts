/**
 * Compiles operators.
 *
 * @see awk(1p)
 */
import { applied, type Code, ofNumber, ofText, ofTruth, valueOf, waiting } from "./code.js"
import type { Compiler } from "./compiler.js"
import { Fatal } from "./control.js"
import { test } from "./patterns.js"
import { matcher } from "./regexps.js"
import type { BinaryOperator, Comparison, Expression, Place } from "./syntax.js"
import { compare, concatenate, toBoolean, toNumber } from "./values.js"

type Of<Tag extends Expression["_tag"]> = Extract<Expression, { readonly _tag: Tag }>

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

export const arithmetic = (
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

export const compileBinary = (compiler: Compiler, node: Of<"Binary">): Code => {
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

export const compileCompare = (compiler: Compiler, node: Of<"Compare">): Code => {
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

export const compileMatch = (compiler: Compiler, node: Of<"Match">): Code => {
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
export const compileConcatenate = (compiler: Compiler, node: Of<"Concatenate">): Code => {
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

export const compileLogical = (compiler: Compiler, node: Of<"And" | "Or">): Code => {
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

export const compileUnary = (compiler: Compiler, node: Of<"Not" | "Minus" | "Plus">): Code => {
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

export const compileConditional = (compiler: Compiler, node: Of<"Conditional">): Code => {
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

export const compileIn = (compiler: Compiler, node: Of<"In">): Code => {
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
