/**
 * Which parts of a program need no system call and are soon done: those are compiled to plain functions.
 *
 * Loops, and functions that call functions, may go on for long, so they run in steps between which others have their turn.
 *
 * @see awk(1p)
 */
import type { Expression, Function, Program, Statement } from "./syntax.js"

/** Functions that need a system call, whatever their arguments. */
const waitingBuiltins = new Set(["system", "close", "fflush", "srand", "systime", "asort", "asorti"])

export class Needs {
  readonly #plainFunctions = new Map<string, boolean>()

  constructor(readonly program: Program) {}

  /** Whether a function may be called like a plain one. */
  isPlainFunction(name: string): boolean {
    const known = this.#plainFunctions.get(name)
    if (known !== undefined) return known
    const made = this.program.functions.get(name)
    const plain = made !== undefined && this.#isLeaf(made)
    this.#plainFunctions.set(name, plain)
    return plain
  }

  #isLeaf({ body }: Function): boolean {
    return body.every((statement) => this.#statement(statement, true))
  }

  isPlain(expression: Expression): boolean {
    return this.#expression(expression, false)
  }

  isPlainStatement(statement: Statement): boolean {
    return this.#statement(statement, false)
  }

  #statement(node: Statement, leaf: boolean): boolean {
    const plain = (inner: Expression | undefined): boolean => inner === undefined || this.#expression(inner, leaf)
    switch (node._tag) {
      case "Evaluate":
        return plain(node.expression)
      case "Print":
      case "Printf":
        return node.to === undefined && node.args.every(plain)
      case "If":
        return plain(node.test) && this.#statement(node.whenTrue, leaf) &&
          (node.whenFalse === undefined || this.#statement(node.whenFalse, leaf))
      case "Switch":
        return plain(node.value) && node.cases.every(({ body }) => body.every((one) => this.#statement(one, leaf)))
      case "Block":
        return node.body.every((one) => this.#statement(one, leaf))
      case "Exit":
      case "Return":
        return plain(node.value)
      case "Delete":
        return node.what._tag === "Name" || plain(node.what)
      case "Break":
      case "Continue":
      case "Next":
      case "NextFile":
        return true
      default:
        return false
    }
  }

  #expression(node: Expression, leaf: boolean): boolean {
    const plain = (inner: Expression): boolean => this.#expression(inner, leaf)
    switch (node._tag) {
      case "Number":
      case "Text":
      case "Regexp":
      case "StrongRegexp":
      case "Name":
        return true
      case "Element":
        return plain(node.base) && node.subscripts.every(plain)
      case "Field":
        return plain(node.index)
      case "Assign":
      case "Update":
        return plain(node.target) && plain(node.value)
      case "Step":
        return plain(node.target)
      case "Binary":
      case "Compare":
      case "Match":
      case "Concatenate":
      case "And":
      case "Or":
        return plain(node.left) && plain(node.right)
      case "Not":
      case "Minus":
      case "Plus":
        return plain(node.operand)
      case "Conditional":
        return plain(node.test) && plain(node.whenTrue) && plain(node.whenFalse)
      case "In":
        return node.subscripts.every(plain) && plain(node.array)
      case "Builtin":
        return !waitingBuiltins.has(node.name) && !(node.name === "strftime" && node.args.length < 2) &&
          node.args.every(plain)
      case "Call":
        return !leaf && this.isPlainFunction(node.name) && node.args.every(plain)
      case "Group":
        return plain(node.inner)
      default:
        return false
    }
  }
}
