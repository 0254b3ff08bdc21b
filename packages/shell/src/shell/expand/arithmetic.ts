/**
 * Arithmetic in the shell: `$((…))`, `((…))`, subscripts, `let`.
 */
import { type Environment, evaluate, valueOf } from "../arithmetic/evaluate.js"
import { ArithmeticError, type Integer } from "../arithmetic/Expression.js"
import { parse } from "../arithmetic/parse.js"
import { Fatal } from "../state/Control.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import type { ArithmeticSource } from "../syntax/Ast.js"
import * as Values from "./values.js"
import { expandText } from "./words.js"

/** The variables of a shell, as arithmetic sees them. */
const makeEnvironment = (shell: Shell): Environment => ({
  get: (name, index) => {
    const value = index === undefined
      ? Values.parameter(shell, name)
      : Values.element(shell, name, indexOf(shell, name, index))
    if (value === undefined && shell.options.nounset) throw new Fatal(127, `${name}: unbound variable`)
    return value
  },
  set: (name, index, value) => {
    if (index === undefined) shell.variables.set(name, value)
    else shell.variables.setElement(name, indexOf(shell, name, index), value)
  }
})

const environments = new WeakMap<Shell, Environment>()

const environment = (shell: Shell): Environment => {
  let known = environments.get(shell)
  if (known === undefined) environments.set(shell, known = makeEnvironment(shell))
  return known
}

/** A subscript: a key of an associative array, a number for any other. */
const indexOf = (shell: Shell, name: string, text: string): number | string =>
  shell.variables.isAssociative(name) ? text.replace(/\\(.)|["']/gs, "$1") : toNumber(evaluateText(shell, text))

const toNumber = (value: Integer): number => Number(value)

/** Runs an evaluation; what is wrong with it ends the command. */
const guarded = (text: string, action: () => Integer): Integer => {
  try {
    return action()
  } catch (error) {
    if (error instanceof ArithmeticError) throw new Fatal(1, `${text.trimStart()}: ${error.message}`, true)
    throw error
  }
}

/** The value of a text without expansions in it. */
export const evaluateText = (shell: Shell, text: string): Integer =>
  guarded(text, () => valueOf(text, environment(shell)))

/** The value of an expression in a script. */
export function* arithmetic(shell: Shell, source: ArithmeticSource): Run<Integer> {
  if (source.word !== undefined) {
    const text = yield* expandText(shell, source.word)
    yield* refresh(shell, text)
    return guarded(text, () => evaluate(parse(text), environment(shell)))
  }
  yield* refresh(shell, source.text)
  return guarded(source.text, () => evaluate(source.parsed ??= parse(source.text), environment(shell)))
}

/** Brings up to date what comes from outside, the clock and chance, and is named in `text`. */
export function* refresh(shell: Shell, text: string): Run<void> {
  if (text.includes("EPOCH")) shell.moment = yield* shell.sys.clockGettime("realtime")
  if (text.includes("SRANDOM")) {
    const bytes = new Uint8Array(4)
    yield* call(shell.sys.getrandom(bytes))
    shell.chance = new DataView(bytes.buffer).getUint32(0)
  }
  if (!text.includes("SECONDS")) return
  const now = yield* shell.sys.clockGettime("monotonic")
  const passed = (now - shell.startedAt) / 1_000_000_000n
  shell.startedAt += passed * 1_000_000_000n
  shell.seconds += Number(passed)
}
