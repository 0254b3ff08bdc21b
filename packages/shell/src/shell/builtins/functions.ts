/**
 * Functions as `declare -f`, `readonly -f`, `export -f` and `unset -f` see them.
 *
 * @see bash(1) SHELL BUILTIN COMMANDS
 */
import { print } from "../run/report.js"
import type { Run, Shell } from "../state/Shell.js"
import { definition as layout } from "../syntax/layout.js"
import { complain } from "./Builtin.js"

/** `declare -f` with an attribute. */
export function* markFunctions(
  shell: Shell,
  names: ReadonlyArray<string>,
  letters: ReadonlyArray<string>
): Run<number> {
  let status = 0
  for (const name of names) {
    const definition = shell.functions.get(name)
    if (definition === undefined) {
      status = yield* complain(shell, "declare", `${name}: not found`)
      continue
    }
    if (letters.includes("+r") && definition.readonly) {
      status = yield* complain(shell, "declare", `${name}: readonly function`)
      continue
    }
    shell.defineFunction(name, {
      ...definition,
      readonly: definition.readonly || letters.includes("r"),
      traced: letters.includes("t") || definition.traced && !letters.includes("+t"),
      exported: letters.includes("x") || definition.exported && !letters.includes("+x")
    })
  }
  return status
}

export function* printFunctions(
  shell: Shell,
  names: ReadonlyArray<string>,
  letters: ReadonlyArray<string>
): Run<number> {
  let text = ""
  let status = 0
  const all = names.length === 0
  for (const name of all ? [...shell.functions.keys()].sort() : names) {
    const definition = shell.functions.get(name)
    if (definition === undefined) {
      status = letters.includes("p") ? yield* complain(shell, "declare", `${name}: not found`) : 1
    } else if (all && letters.includes("x") && !definition.exported) continue
    else if (all && letters.includes("r") && !definition.readonly) continue
    else {
      const marks = `${definition.readonly ? "r" : ""}${definition.traced ? "t" : ""}${definition.exported ? "x" : ""}`
      const declared = `declare -f${marks} ${name}\n`
      if (letters.includes("F")) text += all || letters.includes("p") ? declared : `${name}\n`
      else text += `${layout(definition.source)}\n${marks === "" ? "" : declared}`
    }
  }
  yield* print(shell, "declare", text)
  return status
}

/** Answers whether there is no such function any more. */
export function* unsetFunction(shell: Shell, name: string): Run<boolean> {
  const definition = shell.functions.get(name)
  if (definition?.readonly === true) {
    yield* complain(shell, "unset", `${name}: cannot unset: readonly function`)
    return false
  }
  if (definition !== undefined) shell.defineFunction(name, undefined)
  return true
}
