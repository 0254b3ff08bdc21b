/**
 * Evaluates expressions.
 *
 * @see expr(1)
 */
import * as Latin1 from "../Latin1.js"
import * as Quote from "../Quote.js"
import * as Regex from "../Regex.js"
import { stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "EXPRESSION",
  does: "Print the value of EXPRESSION to standard output.",
  failure: 2,
  modernize: (args) =>
    args.length === 1 && args[0] === "--help" ? args : ["--", ...(args[0] === "--" ? args.slice(1) : args)]
}

/** Why an expression has no value. */
class Wrong {
  constructor(readonly text: string) {}
}

const isInteger = (text: string): boolean => /^-?\d+$/.test(text)

const isNull = (text: string): boolean => text === "" || /^-?0+$/.test(text)

const integer = (text: string): bigint => {
  if (!isInteger(text)) throw new Wrong("non-integer argument")
  return BigInt(text)
}

class Parser {
  #at = 0
  /** In how many operands that do not count: they are read, and not calculated. */
  #idle = 0
  constructor(readonly args: ReadonlyArray<string>) {}

  whole(): string {
    const value = this.#or()
    if (this.#at < this.args.length) {
      throw new Wrong(`syntax error: unexpected argument ${Quote.value(this.args[this.#at]!)}`)
    }
    return value
  }

  #take(...operators: ReadonlyArray<string>): string | undefined {
    const token = this.args[this.#at]
    if (token === undefined || !operators.includes(token)) return undefined
    this.#at++
    return token
  }

  /** Reads an operand that counts only under a condition. */
  #onlyIf(counts: boolean, read: () => string): string {
    if (!counts) this.#idle++
    const value = read()
    if (!counts) this.#idle--
    return value
  }

  #or(): string {
    let left = this.#and()
    while (this.#take("|") !== undefined) {
      const right = this.#onlyIf(isNull(left), () => this.#and())
      left = isNull(left) ? (isNull(right) ? "0" : right) : left
    }
    return left
  }

  #and(): string {
    let left = this.#comparison()
    while (this.#take("&") !== undefined) {
      const right = this.#onlyIf(!isNull(left), () => this.#comparison())
      left = isNull(left) || isNull(right) ? "0" : left
    }
    return left
  }

  #comparison(): string {
    let left = this.#sum()
    for (let operator = this.#take("<", "<=", "=", "==", "!=", ">=", ">"); operator !== undefined;) {
      const right = this.#sum()
      const order = isInteger(left) && isInteger(right)
        ? Number(BigInt(left) - BigInt(right) > 0n) - Number(BigInt(left) - BigInt(right) < 0n)
        : left < right
        ? -1
        : left > right
        ? 1
        : 0
      const holds = operator === "<" ?
        order < 0
        : operator === "<=" ?
        order <= 0
        : operator === ">" ?
        order > 0
        : operator === ">=" ?
        order >= 0
        : operator === "!=" ?
        order !== 0
        : order === 0
      left = holds ? "1" : "0"
      operator = this.#take("<", "<=", "=", "==", "!=", ">=", ">")
    }
    return left
  }

  #sum(): string {
    let left = this.#product()
    for (let operator = this.#take("+", "-"); operator !== undefined; operator = this.#take("+", "-")) {
      const right = this.#product()
      if (this.#idle > 0) continue
      left = String(operator === "+" ? integer(left) + integer(right) : integer(left) - integer(right))
    }
    return left
  }

  #product(): string {
    let left = this.#match()
    for (let operator = this.#take("*", "/", "%"); operator !== undefined; operator = this.#take("*", "/", "%")) {
      const right = this.#match()
      if (this.#idle > 0) continue
      const [a, b] = [integer(left), integer(right)]
      if (operator !== "*" && b === 0n) throw new Wrong("division by zero")
      left = String(operator === "*" ? a * b : operator === "/" ? a / b : a % b)
    }
    return left
  }

  #match(): string {
    let left = this.#term()
    while (this.#take(":") !== undefined) left = this.#matched(left, this.#term())
    return left
  }

  #matched(text: string, pattern: string): string {
    return this.#idle > 0 ? text : matched(text, pattern)
  }

  #word(): string {
    const token = this.args[this.#at++]
    if (token === undefined) {
      throw new Wrong(`syntax error: missing argument after ${Quote.value(this.args[this.#at - 2]!)}`)
    }
    return token
  }

  #term(): string {
    const token = this.#word()
    if (token === "(") {
      const value = this.#or()
      if (this.#at >= this.args.length) {
        throw new Wrong(`syntax error: expecting ')' after ${Quote.value(this.args[this.#at - 1]!)}`)
      }
      if (this.#take(")") === undefined) {
        throw new Wrong(`syntax error: expecting ')' instead of ${Quote.value(this.args[this.#at]!)}`)
      }
      return value
    }
    if (token === ")") throw new Wrong("syntax error: unexpected ')'")
    switch (token) {
      case "+":
        return this.#word()
      case "match":
        return this.#matched(this.#term(), this.#term())
      case "length":
        return String(Latin1.fromText(this.#term()).length)
      case "index": {
        const text = Latin1.fromText(this.#term())
        const wanted = new Set(Latin1.fromText(this.#term()))
        return String([...text].findIndex((char) => wanted.has(char)) + 1)
      }
      case "substr": {
        const text = Latin1.fromText(this.#term())
        const [from, length] = [this.#term(), this.#term()]
        if (!isInteger(from) || !isInteger(length) || Number(from) < 1 || Number(length) < 1) return ""
        return Latin1.toText(text.slice(Number(from) - 1, Number(from) - 1 + Number(length)))
      }
    }
    return token
  }
}

/** What `TEXT : PATTERN` answers: the first group if there is one, else how many characters matched at the beginning. */
const matched = (text: string, pattern: string): string => {
  const regex = Regex.compile([Latin1.fromText(pattern)], { extended: false, ignoreCase: false })
  if (regex instanceof Regex.BadPattern) throw new Wrong(regex.text)
  const subject = Latin1.fromText(text)
  const found = regex.find(subject, 0)
  const match = found?.start === 0 ? found : undefined
  if (regex.groups > 0) {
    const group = match?.groups[1]
    return group === undefined ? "" : Latin1.toText(subject.slice(group[0], group[1]))
  }
  return match === undefined ? "0" : String(match.end)
}

export const main = Utility.make(utility, function*(run, { operands }) {
  if (operands.length === 0) return yield* run.missingOperand()
  try {
    const value = new Parser(operands).whole()
    run.out.line(value)
    return isNull(value) ? 1 : 0
  } catch (wrong) {
    if (!(wrong instanceof Wrong)) throw wrong
    return yield* stop(2, wrong.text)
  }
})
