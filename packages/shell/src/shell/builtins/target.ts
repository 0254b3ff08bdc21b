/**
 * A variable that an argument of a builtin names, alone or with a subscript, and that the builtin assigns to.
 *
 * @see bash(1) Arrays
 */
import { evaluateText } from "../expand/arithmetic.js"
import type { Shell } from "../state/Shell.js"

const form = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[([\s\S]+)\])?$/

export const isTarget = (text: string): boolean => form.test(text)

/** Assigns to what `target` names; one that is no name is left alone. */
export const assignTo = (shell: Shell, target: string, value: string): void => {
  const [, name, key] = form.exec(target) ?? []
  if (name === undefined) return
  if (key === undefined) shell.variables.set(name, value)
  else shell.variables.setElement(name, subscript(shell, name, key), value)
}

/** What a subscript means: a key of an associative array, a number for any other. */
export const subscript = (shell: Shell, name: string, text: string): number | string =>
  shell.variables.isAssociative(name) ? text : Number(evaluateText(shell, text))
