/**
 * Compiles calls of the program's own functions.
 *
 * A plain function is called; any other is entered (see `Enter`), so that recursion costs no JavaScript stack.
 *
 * @see awk(1p)
 */
import { Enter, type Run } from "../../internal/Nesting.js"
import { plain } from "../builtins.js"
import { type After, type Code, ofValue, type Plain, waiting } from "../code.js"
import type { Callable, Compiler } from "../compiler.js"
import { Exit, Fatal, Next } from "../control.js"
import { arity } from "../uses.js"

import { BadProgram, type Expression } from "../syntax.js"
import { Table, type Value } from "../values.js"

type Node = Extract<Expression, { readonly _tag: "Call" | "Indirect" }>

/** How a function ended, as its caller has to know. */
const ended = (compiler: Compiler, after: After): Value => {
  switch (after) {
    case "return":
      return compiler.machine.result
    case "exit":
      throw new Exit()
    case "next":
    case "nextfile":
      throw new Next(after === "nextfile")
    default:
      return undefined
  }
}

/** Runs the body of a function that needs system calls, with its variables in place. */
function* bodyOf(compiler: Compiler, callable: Callable, frame: Array<Value>): Run<Value> {
  const { machine } = compiler
  const outer = machine.frame
  machine.frame = frame
  if (machine.isTired) yield* machine.pause()
  const body = callable.body()
  const after = body.waits ? yield* body.run() : body.run()
  machine.frame = outer
  return ended(compiler, after)
}

/** Calls a function by its name. */
export function* callNamed(compiler: Compiler, name: string, args: ReadonlyArray<Value>): Run<Value> {
  const callable = compiler.callable(name)
  if (callable === undefined) throw new Fatal(`function \`${name}' not defined`)
  const enter = new Enter(bodyOf(compiler, callable, frameFor(callable, args)))
  yield enter
  return enter.result as Value
}

const frameFor = (callable: Callable, args: ReadonlyArray<Value>): Array<Value> => {
  const frame: Array<Value> = []
  for (let i = 0; i < callable.made.parameters.length; i++) frame.push(args[i])
  return frame
}

/** What an argument gives: an array, where the parameter is one, and where it is needed a new one. */
const argument = (compiler: Compiler, node: Expression, isArray: boolean): Code => {
  if (isArray && (node._tag === "Name" || node._tag === "Element")) {
    const table = compiler.table(node)
    if (!table.waits) {
      return ofValue(compiler.machine, table.table)
    }
    return waiting(function*() {
      return yield* compiler.tableOf(table)
    })
  }
  return compiler.expression(node)
}

export const compileCall = (compiler: Compiler, node: Node): Code => {
  if (node._tag === "Indirect") return compileIndirect(compiler, node)
  const { machine } = compiler
  const callable = compiler.callable(node.name)
  if (callable === undefined) {
    throw new BadProgram(node.place, [
      machine.program.globals.includes(node.name)
        ? `error: attempt to use non-function \`${node.name}' in function call`
        : `fatal: function \`${node.name}' not defined`
    ])
  }
  const { arrays, parameters } = callable.made
  if (node.args.length > parameters.length) {
    machine.place = node.place
    machine.warn(`warning: function \`${node.name}' called with more arguments than declared`)
    machine.place = undefined
  }
  const args = node.args.map((arg, index) => argument(compiler, arg, arrays[index] === true))
  if (compiler.needs.isPlainFunction(node.name) && args.every((arg) => !arg.waits)) {
    return ofValue(machine, plainCall(compiler, callable, args as ReadonlyArray<Plain>))
  }
  return waiting(function*() {
    const values: Array<Value> = []
    for (const arg of args) values.push(arg.waits ? yield* arg.value() : arg.value())
    const enter = new Enter(bodyOf(compiler, callable, frameFor(callable, values)))
    yield enter
    return enter.result as Value
  })
}

const plainCall = (compiler: Compiler, callable: Callable, args: ReadonlyArray<Plain>): () => Value => {
  const { machine } = compiler
  return () => {
    const frame = frameFor(callable, args.map((arg) => arg.value()))
    const outer = machine.frame
    machine.frame = frame
    const body = callable.body()
    const after = body.waits ? undefined : body.run()
    machine.frame = outer
    return ended(compiler, after)
  }
}

const compileIndirect = (compiler: Compiler, node: Extract<Node, { readonly _tag: "Indirect" }>): Code => {
  const { machine } = compiler
  const callee = compiler.expression(node.callee)
  const args = node.args.map((arg) => compiler.expression(arg))
  return waiting(function*() {
    const name = machine.text(callee.waits ? yield* callee.value() : callee.value())
    const values: Array<Value> = []
    for (const arg of args) values.push(arg.waits ? yield* arg.value() : arg.value())
    if (compiler.callable(name) !== undefined) return yield* callNamed(compiler, name, values)
    const builtin = plain[name]
    const [least, most] = arity[name] ?? [0, 0]
    if (builtin !== undefined && values.length >= least && values.length <= most) return builtin(machine, values)
    if (name === "length" && values.length === 1) {
      const [value] = values
      return value instanceof Table ? value.entries.size : machine.text(value).length
    }
    throw new Fatal(`\`${name}' is not a function, so it cannot be called indirectly`)
  })
}
