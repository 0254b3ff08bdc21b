/**
 * The value of an arithmetic expression: 64-bit integers that wrap, as in C.
 */
import { ArithmeticError, type Expression, type Integer } from "./Expression.js"
import { narrow, parse } from "./parse.js"

/** The variables that an expression reads and writes. */
export interface Environment {
  /** The value of a variable or of an element; `undefined` when it is not set. */
  readonly get: (name: string, index: string | undefined) => string | undefined
  readonly set: (name: string, index: string | undefined, value: string) => void
}

const decimal = /^[ \t\n]*-?(?:0|[1-9][0-9]{0,14})[ \t\n]*$/

/** The number that a variable's text stands for: a constant, or an expression once more. */
export const valueOf = (text: string, environment: Environment, depth = 0): Integer => {
  if (decimal.test(text)) return Number(text) + 0
  if (text.trim() === "") return 0
  if (depth > 100) throw new ArithmeticError(`expression recursion level exceeded (error token is "${text}")`)
  return evaluate(parse(text), environment, depth + 1)
}

const isSmall = (value: Integer): value is number =>
  typeof value === "number" && value >= -0x80000000 && value <= 0x7fffffff

const truth = (condition: boolean): Integer => condition ? 1 : 0

const power = (base: bigint, exponent: bigint): bigint => {
  if (exponent < 0n) throw new ArithmeticError("exponent less than 0")
  let result = 1n
  let factor = base
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = BigInt.asIntN(64, result * factor)
    factor = BigInt.asIntN(64, factor * factor)
  }
  return result
}

const wide = (operator: string, left: bigint, right: bigint): Integer => {
  switch (operator) {
    case "+":
      return narrow(left + right)
    case "-":
      return narrow(left - right)
    case "*":
      return narrow(left * right)
    case "/":
      return narrow(left / right)
    case "%":
      return narrow(left % right)
    case "**":
      return narrow(power(left, right))
    case "<<":
      return narrow(left << (right & 63n))
    case ">>":
      return narrow(left >> (right & 63n))
    case "&":
      return narrow(left & right)
    case "|":
      return narrow(left | right)
    default:
      return narrow(left ^ right)
  }
}

/** One binary operator. */
const apply = (operator: string, left: Integer, right: Integer): Integer => {
  switch (operator) {
    case "<":
      return truth(left < right)
    case ">":
      return truth(left > right)
    case "<=":
      return truth(left <= right)
    case ">=":
      return truth(left >= right)
    case "==":
      return truth(left == right)
    case "!=":
      return truth(left != right)
  }
  if ((operator === "/" || operator === "%") && right == 0) {
    throw new ArithmeticError(`division by 0 (error token is "0")`)
  }
  if (typeof left === "number" && typeof right === "number") {
    let value: number | undefined
    if (operator === "+") value = left + right
    else if (operator === "-") value = left - right
    else if (operator === "*") value = left * right
    else if (operator === "/") value = Math.trunc(left / right)
    else if (operator === "%") value = left % right
    else if (isSmall(left) && isSmall(right)) {
      if (operator === "&") value = left & right
      else if (operator === "|") value = left | right
      else if (operator === "^") value = left ^ right
    }
    if (value !== undefined && Number.isSafeInteger(value)) return value + 0
  }
  return wide(operator, BigInt(left), BigInt(right))
}

const read = (name: string, index: string | undefined, environment: Environment, depth: number): Integer => {
  const text = environment.get(name, index)
  return text === undefined ? 0 : valueOf(text, environment, depth)
}

/** The value of `expression`; throws {@link ArithmeticError}. */
export const evaluate = (expression: Expression, environment: Environment, depth = 0): Integer => {
  switch (expression.kind) {
    case "number":
      return expression.value
    case "variable":
      return read(expression.name, expression.index, environment, depth)
    case "unary": {
      const value = evaluate(expression.operand, environment, depth)
      if (expression.operator === "+") return value
      if (expression.operator === "!") return truth(value == 0)
      if (expression.operator === "~") return narrow(~BigInt(value))
      return typeof value === "number" ? 0 - value : narrow(-value)
    }
    case "binary":
      return apply(
        expression.operator,
        evaluate(expression.left, environment, depth),
        evaluate(expression.right, environment, depth)
      )
    case "and":
      return truth(
        evaluate(expression.left, environment, depth) != 0 && evaluate(expression.right, environment, depth) != 0
      )
    case "or":
      return truth(
        evaluate(expression.left, environment, depth) != 0 || evaluate(expression.right, environment, depth) != 0
      )
    case "comma":
      evaluate(expression.left, environment, depth)
      return evaluate(expression.right, environment, depth)
    case "ternary":
      return evaluate(
        evaluate(expression.test, environment, depth) != 0 ? expression.yes : expression.no,
        environment,
        depth
      )
    case "assign": {
      const { index, name, operator } = expression
      let value = evaluate(expression.value, environment, depth)
      if (operator !== "") value = apply(operator, read(name, index, environment, depth), value)
      environment.set(name, index, String(value))
      return value
    }
    case "step": {
      const { index, name } = expression
      const before = read(name, index, environment, depth)
      const after = apply("+", before, expression.by)
      environment.set(name, index, String(after))
      return expression.prefix ? after : before
    }
  }
}
