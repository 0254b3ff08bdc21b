/**
 * `${x@Q}` and its siblings.
 *
 * @see bash(1) Parameter transformation
 */
import { Fatal } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import { type Associative, type Indexed, keys, pairs, type Variable } from "../state/Variables.js"
import type { Parameter } from "../syntax/Ast.js"
import { parse } from "../syntax/parse.js"
import type { Value } from "./parameters.js"
import { prompt } from "./prompt.js"
import * as Quote from "./quote.js"

/** The letters of a variable's attributes, as `declare` takes them. */
export const attributes = (variable: Variable | undefined): string => {
  if (variable === undefined) return ""
  let letters = ""
  if (typeof variable.value === "object") letters += variable.value.kind === "indexed" ? "a" : "A"
  if (variable.letters === "capital") letters += "c"
  if (variable.integer) letters += "i"
  if (variable.letters === "lower") letters += "l"
  if (variable.reference) letters += "n"
  if (variable.readonly) letters += "r"
  if (variable.traced) letters += "t"
  if (variable.letters === "upper") letters += "u"
  if (variable.exported) letters += "x"
  return letters
}

/** A key as `declare -p` shows it, quoted only where it needs to be. */
const keyText = (key: string): string => Quote.trace(key) === key && key !== "@" ? key : Quote.double(key)

export const arrayText = (items: ReadonlyArray<string>): string =>
  Object.keys(items).map((key) => `[${key}]=${Quote.double(items[Number(key)]!)}`).join(" ")

/** What stands between the parentheses when an array is shown; behind each pair of an associative one is a space. */
export const elementsText = (value: Indexed | Associative): string =>
  value.kind === "indexed"
    ? arrayText(value.items)
    : pairs(value).map(([key, item]) => `[${keyText(key)}]=${Quote.double(item)} `).join("")

/** `${x[@]@K}`. */
const pairsText = (value: Variable["value"]): string => {
  if (typeof value !== "object") return value === undefined ? "" : `0 ${Quote.double(value)}`
  return value.kind === "indexed"
    ? Object.keys(value.items).map((key) => `${key} ${Quote.double(value.items[Number(key)]!)}`).join(" ")
    : pairs(value).map(([key, item]) => `${keyText(key)} ${Quote.double(item)} `).join("")
}

/** The text of `$'…'`. */
const unescape = (text: string): string => {
  const script = parse(`$'${text.replace(/'/g, "\\'")}'`)
  const command = script.list.statements[0]?.command
  return command?.kind === "simple" ? command.words[0]?.literal ?? text : text
}

const assignment = (name: string, variable: Variable | undefined, value: string): string => {
  const letters = attributes(variable)
  return letters === "" ? `${name}=${Quote.always(value)}` : `declare -${letters} ${name}=${Quote.always(value)}`
}

const upperFirst = (text: string): string => {
  const [first = ""] = text
  return first.toUpperCase() + text.slice(first.length)
}

export function* transform(shell: Shell, p: Parameter, value: Value, operator: string): Run<Value> {
  const variable = shell.variables.get(p.name)
  const each = (change: (text: string) => string): Value =>
    value.kind === "one"
      ? { kind: "one", value: value.value === undefined ? undefined : change(value.value) }
      : { ...value, values: value.values.map(change) }
  switch (operator) {
    case "Q":
      return each(Quote.always)
    case "U":
      return each((text) => text.toUpperCase())
    case "L":
      return each((text) => text.toLowerCase())
    case "u":
      return each(upperFirst)
    case "E":
      return each(unescape)
    case "P": {
      if (value.kind === "list") return value
      return { kind: "one", value: value.value === undefined ? undefined : yield* prompt(shell, value.value) }
    }
    case "a":
      return value.kind === "list" ? each(() => attributes(variable)) : { kind: "one", value: attributes(variable) }
    case "A":
      if (value.kind === "one") return each((text) => assignment(p.name, variable, text))
      if (p.name === "@" || p.name === "*") {
        return { ...value, values: [`set -- ${value.values.map(Quote.always).join(" ")}`] }
      }
      return {
        ...value,
        values: [
          `declare -${attributes(variable) || "-"}`,
          `${p.name}=(${typeof variable?.value === "object" ? elementsText(variable.value) : ""})`
        ]
      }
    case "K":
    case "k":
      if (value.kind === "one") return each(Quote.always)
      return {
        ...value,
        values: operator === "k"
          ? keys(variable?.value).flatMap((key, index) => [key, value.values[index] ?? ""])
          : [pairsText(variable?.value)]
      }
    default:
      throw new Fatal(1, `${p.source}: bad substitution`, true)
  }
}
