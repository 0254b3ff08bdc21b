/**
 * Parameter expansion: `${x:-y}`, `${x#p}`, `${x/p/s}`, `${x:1:2}`, `${!x}`, `${a[@]}` and the others.
 *
 * @see bash(1) Parameter Expansion
 */
import * as Pattern from "../../Pattern.js"
import { report } from "../run/report.js"
import { Fatal } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import { keys, values } from "../state/Variables.js"
import type { Operation, Parameter } from "../syntax/Ast.js"
import { parseDocument } from "../syntax/parse.js"
import { arithmetic, evaluateText, refresh } from "./arithmetic.js"
import type { Sink } from "./Sink.js"
import { transform } from "./transform.js"
import * as Values from "./values.js"
import { expandPattern, expandPieces, expandReplacement, expandText } from "./words.js"

/** One value, or the elements of a list; `star` tells `$*` from `$@`. */
export type Value =
  | { readonly kind: "one"; readonly value: string | undefined }
  | { readonly kind: "list"; readonly values: ReadonlyArray<string>; readonly star: boolean }

const one = (value: string | undefined): Value => ({ kind: "one", value })

/** The subscript of `p`, evaluated. */
function* subscriptOf(shell: Shell, name: string, index: Parameter["index"]): Run<number | string> {
  if (index === undefined || typeof index === "string") return 0
  const text = index.literal ?? (yield* expandText(shell, index))
  return shell.variables.isAssociative(name) ? text : Number(evaluateText(shell, text))
}

/** The value of a parameter before its operation. */
export function* valueOf(shell: Shell, p: Parameter): Run<Value> {
  const { index, name } = p
  if (name === "@" || name === "*") return { kind: "list", values: shell.positional, star: name === "*" }
  if (index === "@" || index === "*") {
    return {
      kind: "list",
      values: Values.elements(shell, name) ?? values(shell.variables.get(shell.variables.resolve(name))?.value),
      star: index === "*"
    }
  }
  if (index !== undefined) {
    const at = yield* subscriptOf(shell, name, index)
    if (Values.isBeyond(shell, name, at)) yield* report(shell, `${name}: bad array subscript`)
    return one(Values.element(shell, name, at))
  }
  const through = shell.variables.elementBehind(name)
  if (through !== undefined) {
    return yield* valueOf(shell, { ...p, name: through.name, index: indexOf(through.key) })
  }
  yield* refresh(shell, name)
  return one(Values.parameter(shell, name))
}

/** A subscript that comes as text, in the value of another variable. */
const indexOf = (text: string): Exclude<Parameter["index"], undefined> =>
  text === "@" || text === "*" ? text : { pieces: parseDocument(text), literal: undefined, source: text }

/** The parameter that `${!x}` goes to. */
function* indirect(shell: Shell, p: Parameter): Run<Parameter> {
  const through = yield* valueOf(shell, { ...p, prefix: "", operation: undefined })
  const target = through.kind === "one" ? through.value : through.values.join(" ")
  if (target === undefined || target === "") {
    throw new Fatal(1, `${p.name}: invalid indirect expansion`, true)
  }
  const match = /^([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(?:\[([\s\S]*)\])?$/.exec(target)
  if (match === null) throw new Fatal(1, `${target}: invalid variable name`, true)
  const [, name = "", inner] = match
  return { ...p, prefix: "", name, index: inner === undefined ? undefined : indexOf(inner) }
}

const isSet = (shell: Shell, p: Parameter, value: Value): boolean => {
  if (value.kind === "one") return value.value !== undefined
  return value.values.length > 0 || (p.name !== "@" && p.name !== "*" && shell.variables.get(p.name)?.value === "")
}

const isNull = (value: Value): boolean =>
  value.kind === "one" ? (value.value ?? "") === "" : value.values.join(" ") === ""

const map = (value: Value, change: (text: string) => string): Value =>
  value.kind === "one"
    ? one(value.value === undefined ? undefined : change(value.value))
    : { ...value, values: value.values.map(change) }

/** Puts a value into the word that is being made. */
const emit = (shell: Shell, sink: Sink, value: Value, quoted: boolean): void => {
  if (value.kind === "one") {
    if (quoted) sink.add(value.value ?? "", true)
    else if (value.value !== undefined && value.value !== "") sink.addExpansion(value.value)
    return
  }
  if (value.star && (quoted || !sink.splits)) {
    const text = value.values.join(Values.joiner(shell))
    return quoted ? sink.add(text, true) : sink.addExpansion(text)
  }
  const joiner = quoted || !sink.splits ? "" : Values.joiner(shell)
  if (joiner !== "" && !/\s/.test(joiner)) {
    // What separates, and is no white space, keeps elements that are empty.
    return sink.addExpansion(value.values.join(joiner))
  }
  value.values.forEach((text, index) => {
    if (index > 0) sink.separate()
    if (quoted) sink.add(text, true)
    else if (text !== "") sink.addExpansion(text)
  })
}

/** The number of elements of an array that there is not is none. */
const complainUncounted = (shell: Shell, { index, name }: Parameter): void => {
  if (!shell.options.nounset || (index !== "@" && index !== "*") || Values.elements(shell, name) !== undefined) return
  if (shell.variables.get(shell.variables.resolve(name))?.value === undefined) {
    throw new Fatal(1, `${name}: unbound variable`)
  }
}

const complainUnbound = (shell: Shell, p: Parameter, value: Value): void => {
  if (!shell.options.nounset || value.kind === "list" || value.value !== undefined) return
  const element = p.index !== undefined && typeof p.index !== "string"
  // One that stands there without braces, and has no name, is shown with its dollar.
  const bare = p.source === `$${p.name}` && !Values.isName(p.name)
  const shown = element ? `${p.name}[${p.index.source}]` : bare ? p.source : p.name
  throw new Fatal(127, `${shown}: unbound variable`)
}

const patterns = new Map<string, Pattern.Pattern>()

/** A pattern, taken apart once. */
export const compiled = (shell: Shell, text: string): Pattern.Pattern => {
  const key = `${shell.options.nocasematch ? "i" : " "}${text}`
  let pattern = patterns.get(key)
  if (pattern === undefined) {
    pattern = Pattern.make(text, { extended: true, ignoreCase: shell.options.nocasematch })
    if (patterns.size >= 256) patterns.clear()
    patterns.set(key, pattern)
  }
  return pattern
}

const changeCase = (
  text: string,
  upper: boolean,
  all: boolean,
  test: ((character: string) => boolean) | undefined
): string => {
  let out = ""
  let first = true
  for (const character of text) {
    const chosen = (all || first) && (test === undefined || test(character))
    out += chosen ? (upper ? character.toUpperCase() : character.toLowerCase()) : character
    first = false
  }
  return out
}

/** `${x:offset:length}`. */
function* slice(shell: Shell, p: Parameter, value: Value, operation: Operation & { kind: "slice" }): Run<Value> {
  const offset = Number(yield* arithmetic(shell, operation.offset))
  const length = operation.length === undefined ? undefined : Number(yield* arithmetic(shell, operation.length))
  if (value.kind === "one") {
    if (value.value === undefined) return value
    const characters = Array.from(value.value)
    const from = offset < 0 ? offset + characters.length : offset
    if (from < 0 || from > characters.length) return one("")
    const to = length === undefined ? characters.length : length < 0 ? characters.length + length : from + length
    if (to < from) throw new Fatal(1, `${operation.length!.text}: substring expression < 0`, true)
    return one(characters.slice(from, to).join(""))
  }
  if (length !== undefined && length < 0) {
    throw new Fatal(1, `${operation.length!.text}: substring expression < 0`, true)
  }
  if (p.name === "@" || p.name === "*") {
    const all = [shell.name, ...value.values]
    const from = offset < 0 ? offset + all.length : offset
    const chosen = from < 0 ? [] : all.slice(from, length === undefined ? undefined : from + length)
    return { ...value, values: offset === 0 ? chosen : chosen }
  }
  const variable = shell.variables.get(shell.variables.resolve(p.name))?.value
  const indices = keys(variable).map(Number)
  const end = typeof variable === "object" && variable.kind === "indexed" ? variable.items.length : value.values.length
  const from = offset < 0 ? offset + end : offset
  if (from < 0) return { ...value, values: [] }
  const start = typeof variable === "object" && variable.kind === "associative"
    ? from
    : indices.findIndex((index) => index >= from)
  if (start < 0) return { ...value, values: [] }
  return { ...value, values: value.values.slice(start, length === undefined ? undefined : start + length) }
}

function* applied(shell: Shell, p: Parameter, value: Value, operation: Operation): Run<Value> {
  switch (operation.kind) {
    case "remove": {
      const pattern = compiled(shell, yield* expandPattern(shell, operation.pattern))
      return map(value, (text) => {
        if (operation.prefix) {
          const length = pattern.prefix(text, operation.longest)
          return length < 0 ? text : text.slice(length)
        }
        const start = pattern.suffix(text, operation.longest)
        return start < 0 ? text : text.slice(0, start)
      })
    }
    case "replace": {
      const source = yield* expandPattern(shell, operation.pattern)
      const replacement = yield* expandReplacement(shell, operation.replacement)
      if (source === "" && operation.anchor === "") return value
      const pattern = compiled(shell, source)
      return map(value, (text) => {
        if (operation.anchor === "") return pattern.replace(text, replacement, operation.all)
        if (operation.anchor === "#") {
          const length = pattern.prefix(text, true)
          return length < 0 ? text : replacement(text.slice(0, length)) + text.slice(length)
        }
        const start = pattern.suffix(text, true)
        return start < 0 ? text : text.slice(0, start) + replacement(text.slice(start))
      })
    }
    case "case": {
      const test = operation.pattern === undefined
        ? undefined
        : compiled(shell, yield* expandPattern(shell, operation.pattern)).test
      return map(value, (text) => changeCase(text, operation.upper, operation.all, test))
    }
    case "slice":
      return yield* slice(shell, p, value, operation)
    case "transform":
      return yield* transform(shell, p, value, operation.operator)
    default:
      return value
  }
}

/** `-`, `=`, `?` and `+`. Answers whether the operation has made the result. */
function* defaults(
  shell: Shell,
  p: Parameter,
  value: Value,
  operation: Operation & { kind: "default" },
  sink: Sink
): Run<boolean> {
  const present = isSet(shell, p, value) && !(operation.colon && isNull(value))
  if (operation.operator === "+" ? !present : present) {
    if (operation.operator !== "+") return false
    if (p.quoted && value.kind !== "list") sink.add("", true)
    return true
  }
  switch (operation.operator) {
    case "-":
    case "+":
      yield* expandPieces(shell, operation.word.pieces, sink, true)
      if (p.quoted && operation.word.pieces.length === 0) sink.add("", true)
      return true
    case "=": {
      if (!Values.isName(p.name)) throw new Fatal(1, `$${p.name}: cannot assign in this way`, true)
      const text = yield* expandText(shell, operation.word)
      if (p.index !== undefined) {
        const index = yield* subscriptOf(shell, p.name, p.index)
        shell.variables.setElement(p.name, index, text)
      } else {
        shell.variables.set(p.name, text)
        if (shell.options.allexport) shell.variables.mark(p.name, { exported: true })
      }
      emit(shell, sink, one(Values.parameter(shell, p.name) ?? text), p.quoted)
      return true
    }
    case "?": {
      const text = yield* expandText(shell, operation.word)
      const message = operation.word.source !== ""
        ? text
        : operation.colon
        ? "parameter null or not set"
        : "parameter not set"
      throw new Fatal(127, `${p.name}: ${message}`)
    }
  }
}

/** Expands one parameter into `sink`. */
export function* expandParameter(shell: Shell, given: Parameter, sink: Sink): Run<void> {
  let p = given
  const { operation } = p
  if (operation?.kind === "bad") {
    throw new Fatal(shell.options.posix ? 127 : 1, `${p.source}: bad substitution`, !shell.options.posix)
  }
  if (p.prefix === "!") {
    if (operation?.kind === "names") {
      const names = shell.variables.names().filter((name) =>
        name.startsWith(p.name) && shell.variables.get(name)?.value !== undefined
      )
      return emit(shell, sink, { kind: "list", values: names, star: !operation.separate }, p.quoted)
    }
    if (p.index === "@" || p.index === "*") {
      const names = keys(shell.variables.get(shell.variables.resolve(p.name))?.value)
      return emit(shell, sink, { kind: "list", values: names, star: p.index === "*" }, p.quoted)
    }
    if (shell.variables.get(p.name)?.reference === true && operation === undefined) {
      return emit(shell, sink, one(shell.variables.resolve(p.name)), p.quoted)
    }
    p = yield* indirect(shell, p)
  }
  const value = yield* valueOf(shell, p)
  if (p.prefix === "#") {
    complainUnbound(shell, p, value)
    complainUncounted(shell, p)
    const length = value.kind === "list" ? value.values.length : Array.from(value.value ?? "").length
    return emit(shell, sink, one(String(length)), p.quoted)
  }
  if (operation === undefined) {
    if (value.kind === "one" && value.value === undefined) complainUnbound(shell, p, value)
    return emit(shell, sink, value, p.quoted)
  }
  if (operation.kind === "default") {
    if (yield* defaults(shell, p, value, operation, sink)) return
    return emit(shell, sink, value, p.quoted)
  }
  complainUnbound(shell, p, value)
  emit(shell, sink, yield* applied(shell, p, value, operation), p.quoted)
}
