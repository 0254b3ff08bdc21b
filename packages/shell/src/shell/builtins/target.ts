/**
 * A variable that an argument of a builtin names, alone or with a subscript, and that the builtin assigns to.
 *
 * @see bash(1) Arrays
 */
import { subscript } from "../expand/subscript.js"
import { AssignmentFailed } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"

const form = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[([\s\S]+)\])?$/

export const isTarget = (text: string): boolean => form.test(text)

/** Assigns to what `target` names; one that is no name is left alone. */
export function* assignTo(shell: Shell, target: string, value: string): Run<void> {
  const [, name, key] = form.exec(target) ?? []
  if (name === undefined) return
  if (key === undefined) return shell.variables.set(name, value)
  if ((key === "@" || key === "*") && !shell.variables.isAssociative(name)) {
    throw new AssignmentFailed(target, "bad array subscript")
  }
  shell.variables.setElement(name, yield* subscript(shell, name, key), value)
}
