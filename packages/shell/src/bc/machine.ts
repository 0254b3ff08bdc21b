/**
 * Runs programs of bc.
 *
 * @see bc(1p)
 */
import { Enter, type Run } from "../internal/Nesting.js"
import * as Decimal from "./decimal.js"
import { library } from "./functions.js"
import type { Argument, Definition, Expression, Place, Statement } from "./syntax.js"

type Value = Decimal.Decimal

/** What a program cannot go on from: the rest of its line is left out. */
export class RuntimeError {
  constructor(readonly text: string, readonly within: string) {}
}

/** `halt`. */
export class Halt {
  readonly _tag = "Halt"
}

/** What the machine needs of whoever runs it. */
export interface Host {
  readonly write: (text: string) => void
  readonly warn: (text: string) => void
  /** Called between statements: writes what is full, and gives way to others. */
  readonly pause: () => Run<void> | undefined
  /** A line of the input; `undefined` at its end. */
  readonly line: () => Run<string | undefined>
  /** How long a line of output is; 0 without an end. */
  readonly width: number
}

type Outcome = "break" | "continue" | { readonly value: Value } | undefined

const indexMax = 16_777_215n

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  q: "\"",
  r: "\r",
  t: "\t",
  "\\": "\\"
}

export class Machine {
  private readonly scalars = new Map<string, Value>()
  private readonly arrays = new Map<string, Map<number, Value>>()
  private readonly functions = new Map<string, Definition>()
  private readonly settings = { ibase: 10, obase: 10, scale: 0 }
  private last: Value = Decimal.zero
  private column = 0
  private warned = false
  /** The function that runs. */
  private within = "(main)"

  constructor(private readonly host: Host, private readonly math: boolean) {
    if (math) this.settings.scale = 20
  }

  define(definition: Definition): void {
    this.functions.set(definition.name, definition)
  }

  /** Runs a line; an error leaves out the rest of it. */
  *run(statements: ReadonlyArray<Statement>): Run<void> {
    try {
      for (const statement of statements) yield* this.execute(statement)
    } catch (error) {
      if (error instanceof Decimal.TooLong) throw new RuntimeError("Number too long", this.within)
      throw error
    } finally {
      this.within = "(main)"
    }
  }

  private fail(text: string): never {
    throw new RuntimeError(text, this.within)
  }

  /** Writes a text; a line that becomes too long goes on in the next one. */
  private write(text: string): void {
    const { width } = this.host
    let out = ""
    for (const character of text) {
      if (character === "\n") this.column = 0
      else if (width > 0 && ++this.column === width - 1) {
        out += "\\\n"
        this.column = 1
      }
      out += character
    }
    this.host.write(out)
  }

  private show(value: Value): void {
    this.last = value
    this.write(Decimal.shown(value, this.settings.obase))
  }

  private *execute(statement: Statement): Run<Outcome> {
    const pause = this.host.pause()
    if (pause !== undefined) yield* pause
    switch (statement._tag) {
      case "Expression": {
        const { expression } = statement
        const silent = expression._tag === "Call" && this.functions.get(expression.name)?.void === true
        const value = yield* this.evaluate(expression)
        if (this.warned) yield* this.told()
        if (!statement.shows || silent) return undefined
        this.show(value)
        this.write("\n")
        return undefined
      }
      case "Text":
        this.write(statement.text)
        return undefined
      case "Print":
        for (const part of statement.parts) {
          if (typeof part !== "string") this.show(yield* this.evaluate(part))
          else this.write(part.replace(/\\([\s\S])/g, (all, letter: string) => escapes[letter] ?? all))
        }
        return undefined
      case "Block":
        for (const each of statement.body) {
          const outcome = yield* this.execute(each)
          if (outcome !== undefined) return outcome
        }
        return undefined
      case "If": {
        const chosen = Decimal.isZero(yield* this.evaluate(statement.condition)) ? statement.otherwise : statement.held
        return chosen === undefined ? undefined : yield* this.execute(chosen)
      }
      case "Loop":
        return yield* this.loop(statement)
      case "Leave":
        if (statement.how === "halt") throw new Halt()
        return statement.how
      case "Return":
        return { value: statement.value === undefined ? Decimal.zero : yield* this.evaluate(statement.value) }
      case "Limits":
        this.write(
          "BC_BASE_MAX     = 2147483647\nBC_DIM_MAX      = 16777215\n" +
            `BC_SCALE_MAX    = ${Decimal.digitsMax}\nBC_STRING_MAX   = 2147483647\n` +
            "MAX Exponent    = 9223372036854775807\nNumber of vars  = 32767\n"
        )
        return undefined
    }
  }

  private *loop({ after, before, body, condition }: Statement & { _tag: "Loop" }): Run<Outcome> {
    if (before !== undefined) yield* this.evaluate(before)
    while (condition === undefined || !Decimal.isZero(yield* this.evaluate(condition))) {
      const outcome = yield* this.execute(body)
      if (outcome === "break") break
      if (typeof outcome === "object") return outcome
      if (after !== undefined) yield* this.evaluate(after)
    }
    return undefined
  }

  private *evaluate(expression: Expression): Run<Value> {
    switch (expression._tag) {
      case "Number":
        return Decimal.read(expression.text, this.settings.ibase)
      case "Variable":
      case "Setting":
        return this.get(expression, 0)
      case "Element":
        return this.get(expression, yield* this.index(expression.index, expression.name))
      case "Binary":
        return yield* this.binary(expression)
      case "Unary": {
        const value = yield* this.evaluate(expression.operand)
        return expression.operator === "-" ? Decimal.negated(value) : Decimal.isZero(value) ? Decimal.one : Decimal.zero
      }
      case "Assign": {
        const { operator, place } = expression
        const index = place._tag === "Element" ? yield* this.index(place.index, place.name) : 0
        const value = yield* this.evaluate(expression.value)
        return this.set(place, index, operator === "" ? value : this.compute(operator, this.get(place, index), value))
      }
      case "Step": {
        const { before, by, place } = expression
        const index = place._tag === "Element" ? yield* this.index(place.index, place.name) : 0
        const value = this.get(place, index)
        const next = this.set(place, index, Decimal.add(value, Decimal.of(by)))
        return before ? next : value
      }
      case "Call":
        return yield* this.call(expression.name, expression.args)
      case "Builtin":
        return this.builtin(expression.name, yield* this.evaluate(expression.operand))
      case "Read": {
        const line = yield* this.host.line()
        const match = /^\s*(-?)([0-9A-F]*\.?[0-9A-F]*)/.exec(line ?? "")
        const value = Decimal.read(match?.[2] ?? "", this.settings.ibase)
        return match?.[1] === "-" ? Decimal.negated(value) : value
      }
    }
  }

  private *binary({ left, operator, right }: Expression & { _tag: "Binary" }): Run<Value> {
    const first = yield* this.evaluate(left)
    if (operator === "&&" && Decimal.isZero(first)) return Decimal.zero
    if (operator === "||" && !Decimal.isZero(first)) return Decimal.one
    const second = yield* this.evaluate(right)
    if (operator === "&&" || operator === "||") return Decimal.isZero(second) ? Decimal.zero : Decimal.one
    return this.compute(operator, first, second)
  }

  private compute(operator: string, a: Value, b: Value): Value {
    const { scale } = this.settings
    const truth = (holds: boolean): Value => holds ? Decimal.one : Decimal.zero
    switch (operator) {
      case "+":
        return Decimal.add(a, b)
      case "-":
        return Decimal.subtract(a, b)
      case "*":
        if (Decimal.digits(a) + Decimal.digits(b) > Decimal.digitsMax * 2) throw new Decimal.TooLong()
        return Decimal.multiply(a, b, scale)
      case "/":
        return Decimal.isZero(b) ? this.fail("Divide by zero") : Decimal.divide(a, b, scale)
      case "%":
        return Decimal.isZero(b) ? this.fail("Modulo by zero") : Decimal.modulo(a, b, scale)
      case "^":
        return this.raise(a, b)
      case "<":
        return truth(Decimal.compare(a, b) < 0)
      case "<=":
        return truth(Decimal.compare(a, b) <= 0)
      case ">":
        return truth(Decimal.compare(a, b) > 0)
      case ">=":
        return truth(Decimal.compare(a, b) >= 0)
      case "==":
        return truth(Decimal.compare(a, b) === 0)
      default:
        return truth(Decimal.compare(a, b) !== 0)
    }
  }

  /** Has warnings written before what comes of it. */
  private *told(): Run<void> {
    this.warned = false
    const pause = this.host.pause()
    if (pause !== undefined) yield* pause
  }

  private raise(a: Value, b: Value): Value {
    if (b.scale > 0 && b.value % Decimal.tenTo(b.scale) !== 0n) this.warn("non-zero scale in exponent")
    const exponent = Decimal.rescaled(b, 0).value
    if (exponent < 0n && Decimal.isZero(a)) return this.fail("divide by zero")
    return Decimal.power(a, exponent, this.settings.scale)
  }

  private warn(text: string): void {
    this.warned = true
    this.host.warn(`Runtime warning (func=${this.within}, adr=0): ${text}\n`)
  }

  private builtin(name: "length" | "scale" | "sqrt", value: Value): Value {
    if (name === "length") return Decimal.of(Decimal.length(value))
    if (name === "scale") return Decimal.of(value.scale)
    if (value.value < 0n) return this.fail("Square root of a negative number")
    return Decimal.root(value, this.settings.scale)
  }

  // -------------------------------------------------------------------- places

  private *index(expression: Expression, name: string): Run<number> {
    const value = Decimal.rescaled(yield* this.evaluate(expression), 0).value
    if (value < 0n || value > indexMax) return this.fail(`Array ${name} subscript out of bounds.`)
    return Number(value)
  }

  private get(place: Place, index: number): Value {
    if (place._tag === "Variable") return this.scalars.get(place.name) ?? Decimal.zero
    if (place._tag === "Element") return this.arrays.get(place.name)?.get(index) ?? Decimal.zero
    return place.name === "last" ? this.last : Decimal.of(this.settings[place.name])
  }

  private set(place: Place, index: number, value: Value): Value {
    if (place._tag === "Variable") this.scalars.set(place.name, value)
    else if (place._tag === "Element") this.array(place.name).set(index, value)
    else if (place.name === "last") this.last = value
    else this.adjust(place.name, value)
    return value
  }

  private adjust(name: "ibase" | "obase" | "scale", value: Value): void {
    const [least, most] = name === "scale"
      ? [0n, BigInt(Decimal.digitsMax)]
      : [2n, name === "ibase" ? 16n : 2147483647n]
    const asked = Decimal.rescaled(value, 0).value
    if (asked < least) {
      this.warn(name === "scale" ? "negative scale, set to 0" : `${name} too small, set to 2`)
    } else if (asked > most) this.warn(`${name} too large, set to ${most}`)
    this.settings[name] = Number(asked < least ? least : asked > most ? most : asked)
  }

  private array(name: string): Map<number, Value> {
    const known = this.arrays.get(name)
    if (known !== undefined) return known
    const made = new Map<number, Value>()
    this.arrays.set(name, made)
    return made
  }

  // ----------------------------------------------------------------- functions

  private *call(name: string, args: ReadonlyArray<Argument>): Run<Value> {
    const definition = this.functions.get(name)
    if (definition === undefined) return yield* this.libraryCall(name, args)
    const { parameters } = definition
    const matches = args.length === parameters.length &&
      args.every((each, index) => (each._tag === "Array") === parameters[index]!.array)
    if (!matches) {
      const wrong = args.length === parameters.length ? "Parameter type mismatch" : "Parameter number mismatch"
      return this.fail(args.length === parameters.length ? `${wrong} parameter ${parameters[0]?.name ?? ""}.` : wrong)
    }
    const values: Array<Value | Map<number, Value>> = []
    for (const [index, argument] of args.entries()) {
      if (argument._tag !== "Array") values.push(yield* this.evaluate(argument))
      else values.push(parameters[index]!.shared ? this.array(argument.name) : new Map(this.array(argument.name)))
    }
    const body = new Enter(this.body(definition, values))
    yield body
    return body.result as Value
  }

  private *libraryCall(name: string, args: ReadonlyArray<Argument>): Run<Value> {
    const known = this.math && Object.hasOwn(library, name) ? library[name] : undefined
    if (known === undefined) return this.fail(`Function ${name} not defined.`)
    const [count, compute] = known
    const values: Array<Value> = []
    for (const argument of args) if (argument._tag !== "Array") values.push(yield* this.evaluate(argument))
    if (values.length !== args.length || values.length !== count) return this.fail("Parameter number mismatch")
    return compute(values, this.settings.scale)
  }

  /** Runs a function; what its parameters and own variables hide is there again afterwards. */
  private *body(
    { autos, body, name, parameters }: Definition,
    values: ReadonlyArray<Value | Map<number, Value>>
  ): Run<Value> {
    const own = [...parameters, ...autos]
    const hidden = own.map(({ array, name: each }) => array ? this.arrays.get(each) : this.scalars.get(each))
    const { within } = this
    this.within = name
    own.forEach(({ array, name: each }, index) => {
      const value = values[index]
      if (array) this.arrays.set(each, value instanceof Map ? value : new Map())
      else this.scalars.set(each, value === undefined || value instanceof Map ? Decimal.zero : value)
    })
    try {
      for (const statement of body) {
        const outcome = yield* this.execute(statement)
        if (typeof outcome === "object") return outcome.value
      }
      return Decimal.zero
    } finally {
      this.within = within
      for (const [index, { name: each }] of [...own.entries()].reverse()) {
        const before = hidden[index]
        if (before === undefined) (own[index]!.array ? this.arrays : this.scalars).delete(each)
        else if (before instanceof Map) this.arrays.set(each, before)
        else this.scalars.set(each, before)
      }
    }
  }
}
