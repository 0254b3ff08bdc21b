/**
 * `test` and `[` as builtins. They ask the shell itself (`-v`, `-o`) and run in every turn of a loop, so they use the
 * shell's own conditions instead of the utility's program.
 *
 * @see test(1p)
 */
import { binaryTest, unaryTest } from "../run/fileTest.js"
import { report } from "../run/report.js"
import { Fatal, LineAbandoned } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import { compare } from "../state/Variables.js"
import type { Builtin } from "./Builtin.js"

const unary = new Set("bcdefghknoprstuvwxzGLNORS".split("").map((letter) => `-${letter}`).concat("-a"))
const comparisons: Readonly<Record<string, (left: bigint, right: bigint) => boolean>> = {
  "-eq": (left, right) => left === right,
  "-ne": (left, right) => left !== right,
  "-lt": (left, right) => left < right,
  "-le": (left, right) => left <= right,
  "-gt": (left, right) => left > right,
  "-ge": (left, right) => left >= right
}
const files = new Set(["-nt", "-ot", "-ef"])
const texts: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  "=": (left, right) => left === right,
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => compare(left, right) < 0,
  ">": (left, right) => compare(left, right) > 0
}

const isBinary = (operator: string | undefined): boolean =>
  operator !== undefined &&
  (Object.hasOwn(texts, operator) || Object.hasOwn(comparisons, operator) || files.has(operator))

const fail = (message: string): never => {
  throw new Fatal(2, message, true)
}

const small = /^-?[0-9]{1,15}$/

const integer = (text: string): bigint => {
  const value = /^[ \t]*[+-]?[0-9]+[ \t]*$/.test(text) ? BigInt(text.trim().replace(/^\+/, "")) : undefined
  // More than 64 bits make none.
  return value === undefined || value !== BigInt.asIntN(64, value)
    ? fail(`${text}: integer expression expected`)
    : value
}

function* binary(shell: Shell, left: string, operator: string, right: string): Run<boolean> {
  const text = texts[operator]
  if (text !== undefined) return text(left, right)
  const comparison = comparisons[operator]
  if (comparison === undefined) return yield* binaryTest(shell, operator, left, right)
  if (small.test(left) && small.test(right)) {
    const [a, b] = [Number(left), Number(right)]
    return operator === "-lt" ? a < b : operator === "-le" ? a <= b : operator === "-gt" ?
      a > b
      : operator === "-ge"
      ? a >= b
      : operator === "-eq"
      ? a === b
      : a !== b
  }
  return comparison(integer(left), integer(right))
}

/** The general case, for five arguments and more, or with parentheses: `-o` binds weaker than `-a`. */
class Parser {
  private at = 0

  constructor(private readonly shell: Shell, private readonly args: ReadonlyArray<string>) {}

  *whole(): Run<boolean> {
    const value = yield* this.or()
    if (this.at < this.args.length) fail("too many arguments")
    return value
  }

  private *or(): Run<boolean> {
    let value = yield* this.and()
    while (this.args[this.at] === "-o") {
      this.at++
      const right = yield* this.and()
      value = value || right
    }
    return value
  }

  private *and(): Run<boolean> {
    let value = yield* this.not()
    while (this.args[this.at] === "-a") {
      this.at++
      const right = yield* this.not()
      value = value && right
    }
    return value
  }

  private *not(): Run<boolean> {
    let negated = false
    while (this.args[this.at] === "!" && !isBinary(this.args[this.at + 1])) {
      negated = !negated
      this.at++
    }
    return (yield* this.primary()) !== negated
  }

  private *primary(): Run<boolean> {
    const { args } = this
    const first = args[this.at]
    if (first === undefined) return fail("argument expected")
    const next = args[this.at + 1]
    if (isBinary(next) && args[this.at + 2] !== undefined) {
      this.at += 3
      return yield* binary(this.shell, first, next!, args[this.at - 1]!)
    }
    if (first === "(") {
      this.at++
      const value = yield* this.or()
      if (args[this.at++] !== ")") fail("`)' expected")
      return value
    }
    if (unary.has(first) && next !== undefined) {
      this.at += 2
      return yield* unaryTest(this.shell, first, next)
    }
    this.at++
    return first !== ""
  }
}

/** What POSIX says for each number of arguments. */
function* evaluate(shell: Shell, args: ReadonlyArray<string>): Run<boolean> {
  const [first = "", second = "", third = "", fourth = ""] = args
  switch (args.length) {
    case 0:
      return false
    case 1:
      return first !== ""
    case 2:
      if (first === "!") return second === ""
      if (unary.has(first)) return yield* unaryTest(shell, first, second)
      return fail(`${first}: unary operator expected`)
    case 3:
      if (isBinary(second)) return yield* binary(shell, first, second, third)
      if (second === "-a") return first !== "" && third !== ""
      if (second === "-o") return first !== "" || third !== ""
      if (first === "!") return !(yield* evaluate(shell, [second, third]))
      if (first === "(" && third === ")") return second !== ""
      return fail(`${second}: binary operator expected`)
    case 4:
      if (first === "!") return !(yield* evaluate(shell, [second, third, fourth]))
      if (first === "(" && fourth === ")") return yield* evaluate(shell, [second, third])
  }
  return yield* new Parser(shell, args).whole()
}

export const test: Builtin = function*(shell, argv) {
  const name = argv[0]!
  let end = argv.length
  if (name === "[") {
    if (argv[end - 1] !== "]") {
      yield* report(shell, "[: missing `]'")
      return 2
    }
    end--
  }
  try {
    return (yield* evaluate(shell, argv.slice(1, end))) ? 0 : 1
  } catch (error) {
    if (!(error instanceof Fatal) || !error.discard || error instanceof LineAbandoned) throw error
    yield* report(shell, `${name}: ${error.message}`)
    return 2
  }
}
