/**
 * Subscripts that come to the shell as text: in the arguments of builtins (`unset 'a[i]'`, `read 'a[$x]'`) and in name
 * references. They are expanded as they would be in an assignment, quotes and all.
 *
 * @see bash(1) Arrays
 */
import { report } from "../run/report.js"
import { abandoning, AssignmentFailed, Fatal } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import { parse } from "../syntax/parse.js"
import { evaluateText } from "./arithmetic.js"
import { expandText } from "./words.js"

/** What an assignment would make of the text between the brackets; a text that fits into none stays as it is. */
function* expanded(shell: Shell, text: string): Run<string> {
  if (!/["'\\$`]/.test(text)) return text
  const { error, list } = parse(`_[${text}]=`)
  const command = list.statements[0]?.command
  if (error !== undefined || list.statements.length !== 1 || command?.kind !== "simple") return text
  const index = command.assignments[0]?.index
  return index === undefined ? text : yield* expandText(shell, index)
}

/** What a subscript means: a key of an associative array, a number for any other. */
export function* subscript(shell: Shell, name: string, text: string): Run<number | string> {
  const key = yield* expanded(shell, text)
  if (shell.variables.isAssociative(name)) return key
  try {
    return Number(evaluateText(shell, key))
  } catch (error) {
    if (!(error instanceof Fatal) || !error.discard || error instanceof AssignmentFailed) throw error
    yield* report(shell, error.message!)
    throw abandoning(shell)
  }
}
