/**
 * Assignments: `x=1`, `x+=1`, `a[1]=x`, `a=(…)`.
 *
 * @see sh(1p) Simple Commands
 */
import { evaluateText } from "../expand/arithmetic.js"
import * as Quote from "../expand/quote.js"
import { asWritten, expandInto, expandText } from "../expand/words.js"
import { AssignmentFailed } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import type { ArrayValue, Assignment, Word } from "../syntax/Ast.js"
import { report } from "./report.js"

function* subscript(shell: Shell, name: string, index: Word): Run<number | string> {
  const text = yield* expandText(shell, index)
  const associative = shell.variables.isAssociative(name)
  if (associative ? text === "" : index.source === "" || text === "*" || text === "@") {
    throw new AssignmentFailed(`${name}[${text}]`, "bad array subscript")
  }
  return associative ? text : Number(evaluateText(shell, text))
}

/** One element of an array's value, expanded: a pair, or the next value. */
interface Element {
  readonly key: string | undefined
  readonly append: boolean
  readonly value: string
}

/** The words of an associative array are neither split nor matched against files. */
function* elements(shell: Shell, value: ArrayValue, associative: boolean): Run<ReadonlyArray<Element>> {
  const out: Array<Element> = []
  for (const { append, index, word } of value.elements) {
    if (index !== undefined) {
      out.push({ key: yield* expandText(shell, index), append, value: yield* expandText(shell, word) })
      continue
    }
    const fields: Array<string> = []
    if (associative) fields.push(yield* expandText(shell, word))
    else for (const written of asWritten(shell, [word])) yield* expandInto(shell, written, fields)
    for (const field of fields) out.push({ key: undefined, append: false, value: field })
  }
  return out
}

/** `name=(…)`. The new elements are expanded before the old ones go. */
export function* assignArray(shell: Shell, name: string, value: ArrayValue, append: boolean): Run<void> {
  const { variables } = shell
  const associative = variables.isAssociative(name)
  const list = yield* elements(shell, value, associative)
  variables.makeArray(name, associative, append)
  if (associative) return yield* assignPairs(shell, name, list)
  const array = variables.get(variables.resolve(name))?.value
  let next = typeof array === "object" && array.kind === "indexed" ? array.items.length : 0
  for (const { append: add, key, value: text } of list) {
    const wrong = key === undefined
      ? undefined
      : key === ""
      ? "bad array subscript"
      : key === "*" || key === "@"
      ? "cannot assign to non-numeric index"
      : undefined
    if (wrong !== undefined) {
      yield* report(shell, `[${key}]=${text}: ${wrong}`)
      continue
    }
    if (key !== undefined) next = Number(evaluateText(shell, key))
    variables.setElement(name, next, text, add)
    next++
  }
}

/** Elements of an associative array: `[key]=value`, or keys and values in turn. */
function* assignPairs(shell: Shell, name: string, list: ReadonlyArray<Element>): Run<void> {
  const { variables } = shell
  if (list[0]?.key !== undefined) {
    for (const { append, key, value } of list) {
      if (key === undefined) {
        yield* report(shell, `${name}: ${value}: must use subscript when assigning associative array`)
      } else variables.setElement(name, key, value, append)
    }
    return
  }
  for (let at = 0; at < list.length; at += 2) variables.setElement(name, list[at]!.value, list[at + 1]?.value ?? "")
}

/** Makes one assignment; answers what `set -x` shows of it. */
export function* assign(shell: Shell, assignment: Assignment): Run<string> {
  const { append, index, name, value } = assignment
  const operator = append ? "+=" : "="
  if (!("pieces" in value)) {
    if (index !== undefined) {
      throw new AssignmentFailed(`${name}[${index.source}]`, "cannot assign list to array member")
    }
    yield* assignArray(shell, name, value, append)
    return assignment.source
  }
  const text = value.literal ?? (yield* expandText(shell, value))
  if (index !== undefined) {
    const key = yield* subscript(shell, name, index)
    shell.variables.setElement(name, key, text, append)
    return `${name}[${key}]${operator}${text === "" ? "" : Quote.trace(text)}`
  }
  shell.variables.set(name, text, append)
  if (shell.options.allexport) shell.variables.mark(name, { exported: true })
  return shell.options.xtrace ? `${name}${operator}${text === "" ? "" : Quote.trace(text)}` : ""
}
