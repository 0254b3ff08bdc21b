/**
 * `[[ … ]]`: conditions whose words are neither split nor matched against files.
 *
 * @see bash(1) CONDITIONAL EXPRESSIONS
 */
import { RE2JS, RE2JSSyntaxException } from "re2js"
import * as Regex from "../../Regex.js"
import type { Integer } from "../arithmetic/Expression.js"
import { evaluateText } from "../expand/arithmetic.js"
import { compiled } from "../expand/parameters.js"
import { expandPattern, expandRegex, expandText } from "../expand/words.js"
import { AssignmentFailed, Fatal, LineAbandoned } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import { compare } from "../state/Variables.js"
import type { Test } from "../syntax/Ast.js"
import { binaryTest, unaryTest } from "./fileTest.js"
import { report } from "./report.js"
import { traceText } from "./trace.js"

/** 0 for true, 1 for false, 2 for what cannot be asked. */
export function* runTest(shell: Shell, test: Test): Run<number> {
  try {
    return (yield* holds(shell, test)) ? 0 : 1
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error
    const { message, status } = error.reason
    if (message !== undefined) {
      yield* report(shell, error.reason instanceof AssignmentFailed ? message : `[[: ${message}`)
    }
    return status
  }
}

/** A question that cannot be answered, such as one about `1+`. What is wrong with an expansion is more than that. */
class Unanswered {
  constructor(readonly reason: Fatal) {}
}

function* answer(question: Run<boolean>): Run<boolean> {
  try {
    return yield* question
  } catch (error) {
    if (error instanceof LineAbandoned) throw error
    throw error instanceof Fatal && error.discard ? new Unanswered(error) : error
  }
}

/** Shows a condition on which it depends, as `set -x` asks for. */
function* traced(shell: Shell, words: ReadonlyArray<string>, negated: boolean): Run<void> {
  const shown = words.map((word) => word === "" ? "''" : word).join(" ")
  yield* traceText(shell, `[[ ${negated ? "! " : ""}${shown} ]]`)
}

function* holds(shell: Shell, test: Test, negated = false): Run<boolean> {
  switch (test.kind) {
    case "not":
      return !(yield* holds(shell, test.operand, true))
    case "logical": {
      const stops = test.operator === "||"
      for (const operand of test.operands) if ((yield* holds(shell, operand)) === stops) return stops
      return !stops
    }
    case "unary": {
      const operand = yield* expandText(shell, test.operand)
      if (shell.options.xtrace) yield* traced(shell, [test.operator, operand], negated)
      return yield* answer(unaryTest(shell, test.operator, operand))
    }
    case "binary":
      return yield* binary(shell, test, negated)
  }
}

type Comparison = (left: Integer, right: Integer) => boolean

const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ["-eq", (left, right) => left == right],
  ["-ne", (left, right) => left != right],
  ["-lt", (left, right) => left < right],
  ["-le", (left, right) => left <= right],
  ["-gt", (left, right) => left > right],
  ["-ge", (left, right) => left >= right]
])

function* binary(shell: Shell, test: Test & { kind: "binary" }, negated: boolean): Run<boolean> {
  const left = yield* expandText(shell, test.left)
  switch (test.operator) {
    case "=":
    case "==":
    case "!=": {
      const text = yield* expandPattern(shell, test.right)
      if (shell.options.xtrace) yield* traced(shell, [left, test.operator, text], negated)
      const pattern = compiled(shell, text)
      return pattern.test(left) === (test.operator !== "!=")
    }
    case "=~": {
      const source = yield* expandRegex(shell, test.right)
      if (shell.options.xtrace) yield* traced(shell, [left, test.operator, source], negated)
      return yield* answer(matches(shell, left, source))
    }
  }
  const right = yield* expandText(shell, test.right)
  if (shell.options.xtrace) yield* traced(shell, [left, test.operator, right], negated)
  if (test.operator === "<") return compare(left, right) < 0
  if (test.operator === ">") return compare(left, right) > 0
  const comparison = comparisons.get(test.operator)
  return yield* answer(
    comparison === undefined
      ? binaryTest(shell, test.operator, left, right)
      : compareNumbers(shell, comparison, left, right)
  )
}

function* compareNumbers(shell: Shell, comparison: Comparison, left: string, right: string): Run<boolean> {
  return comparison(evaluateText(shell, left), evaluateText(shell, right))
}

const expressions = new Map<string, RE2JS | undefined>()

/** A regular expression that takes time linear in the text; `undefined` when it is none. */
const regex = (source: string, ignoreCase: boolean): RE2JS | undefined => {
  const key = `${ignoreCase ? "i" : " "}${source}`
  if (expressions.has(key)) return expressions.get(key)
  let compiledRegex: RE2JS | undefined
  try {
    compiledRegex = RE2JS.compile(
      source,
      RE2JS.LONGEST_MATCH | RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
    )
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
  }
  if (expressions.size >= 128) expressions.clear()
  expressions.set(key, compiledRegex)
  return compiledRegex
}

/** Whether a back-reference stands in an expression: what is not behind a backslash of its own. */
const refersBack = (source: string): boolean => /^(?:[^\\]|\\[^1-9])*\\[1-9]/.test(source)

/**
 * Stands a byte in for each character, in the order of the characters, for a matcher that knows bytes only; `undefined`
 * when there are more characters than bytes.
 */
const narrow = (texts: ReadonlyArray<string>): ((text: string) => string) | undefined => {
  const wide = [...new Set(texts.flatMap((text) => [...text].filter((character) => character > "\u007f")))].sort(
    compare
  )
  if (wide.length > 128) return undefined
  const bytes = new Map(wide.map((character, index) => [character, String.fromCharCode(128 + index)]))
  return (text) => Array.from(text, (character) => bytes.get(character) ?? character).join("")
}

/** The groups of a match of an expression that refers back to them, `undefined` without a match. */
const backwards = (shell: Shell, text: string, source: string): ReadonlyArray<string> | undefined => {
  const byte = narrow([text, source])
  const options = { extended: true, ignoreCase: shell.options.nocasematch }
  const expression = byte === undefined ? undefined : Regex.compile([byte(source)], options)
  if (byte === undefined || expression === undefined || expression instanceof Regex.BadPattern) {
    throw new Fatal(2, undefined, true)
  }
  const characters = [...text]
  return expression.find(byte(text), 0)?.groups.slice(0, expression.groups + 1).map((group) =>
    group === undefined ? "" : characters.slice(...group).join("")
  )
}

function* matches(shell: Shell, text: string, source: string): Run<boolean> {
  if (refersBack(source)) {
    const groups = backwards(shell, text, source)
    shell.variables.makeArray("BASH_REMATCH", false, false)
    groups?.forEach((group, index) => shell.variables.setElement("BASH_REMATCH", index, group))
    return groups !== undefined
  }
  const expression = regex(source, shell.options.nocasematch)
  if (expression === undefined) throw new Fatal(2, undefined, true)
  const matcher = expression.matcher(text)
  const found = matcher.find()
  shell.variables.makeArray("BASH_REMATCH", false, false)
  if (!found) return false
  for (let group = 0; group <= matcher.groupCount(); group++) {
    shell.variables.setElement("BASH_REMATCH", group, matcher.group(group) ?? "")
  }
  return true
}
