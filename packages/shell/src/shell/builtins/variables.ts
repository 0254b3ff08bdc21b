/**
 * Builtins that declare variables: `export`, `readonly`, `local`, `declare`, `unset`.
 *
 * @see bash(1) SHELL BUILTIN COMMANDS
 */
import * as Quote from "../expand/quote.js"
import { subscript } from "../expand/subscript.js"
import { arrayText, attributes, elementsText } from "../expand/transform.js"
import * as Values from "../expand/values.js"
import { assignArray } from "../run/assign.js"
import { print, report } from "../run/report.js"
import { AssignmentFailed, Fatal } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import type { Variable } from "../state/Variables.js"
import type { Assignment } from "../syntax/Ast.js"
import { parse } from "../syntax/parse.js"
import { type Builtin, complain, type Context, flags, misuse } from "./Builtin.js"
import { markFunctions, printFunctions, unsetFunction } from "./functions.js"
import { optionsOf } from "./set.js"
import { withUsage } from "./usage.js"

/** The value of a variable as a declaration writes it, with its `=`. */
const valueText = (variable: Variable): string => {
  const { value } = variable
  if (value === undefined) return ""
  if (typeof value === "string") return `=${Quote.double(value)}`
  return value.bare === true ? "" : `=(${elementsText(value)})`
}

/** `declare -x name="value"`, as `declare -p` prints it. */
const declaration = (name: string, variable: Variable): string =>
  `declare -${attributes(variable) || "-"} ${name}${valueText(variable)}\n`

interface Parsed {
  readonly name: string
  readonly key: string | undefined
  readonly append: boolean
  readonly value: string | undefined
}

const parseAssignment = (text: string): Parsed | undefined => {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[([\s\S]*?)\])?(?:(\+?)=([\s\S]*))?$/.exec(text)
  if (match === null) return undefined
  const [, name = "", key, plus, value] = match
  return { name, key, append: plus === "+", value }
}

/** With -a or -A a text in parentheses is the list that it looks like. */
const listOf = ({ append, key, name, value }: Parsed, letters: ReadonlyArray<string>): Assignment | undefined => {
  if (key !== undefined || value === undefined || !/^\(.*\)$/s.test(value)) return undefined
  if (!letters.includes("a") && !letters.includes("A")) return undefined
  const { error, list } = parse(`${name}${append ? "+" : ""}=${value}`)
  const command = list.statements[0]?.command
  return error === undefined && command?.kind === "simple" ? command.assignments[0] : undefined
}

/** Assigns what an argument says, an array's value among others. */
function* assignArgument(shell: Shell, parsed: Parsed, assignment: Assignment | undefined): Run<void> {
  const { append, key, name, value } = parsed
  if (assignment !== undefined && !("pieces" in assignment.value)) {
    yield* assignArray(shell, name, assignment.value, assignment.append)
    return
  }
  if (value === undefined) return
  if (key === undefined) shell.variables.set(name, value, append)
  else shell.variables.setElement(name, yield* subscript(shell, name, key), value, append)
}

/** `export` and `readonly`, which differ by the attribute alone. */
const marking = (name: "export" | "readonly"): Builtin =>
  function*(shell, argv, context) {
    const given = flags(argv, name === "export" ? "aAfnp" : "aAfp")
    if (typeof given === "string") throw new Fatal(2, `${name}: ${withUsage(name, given)}`)
    const { letters, rest, used } = given
    const attribute = name === "export" ? "exported" : "readonly"
    if (rest.length === 0) {
      const wanted = letters.filter((letter) => letter === "a" || letter === "A")
      const kind = wanted.map((letter) => `-${letter} `).join("")
      const lines = shell.variables.names().flatMap((one) => {
        const variable = shell.variables.get(one)!
        if (!variable[attribute] || !wanted.every((letter) => attributes(variable).includes(letter))) return []
        return [shell.options.posix ? `${name} ${kind}${one}${valueText(variable)}\n` : declaration(one, variable)]
      })
      return yield* print(shell, name, lines.join(""))
    }
    let status = 0
    for (let at = 0; at < rest.length; at++) {
      if (letters.includes("f")) {
        const definition = shell.functions.get(rest[at]!)
        if (definition !== undefined) {
          shell.defineFunction(rest[at]!, { ...definition, [attribute]: !letters.includes("n") })
        } else status = yield* complain(shell, name, `${rest[at]}: not a function`)
        continue
      }
      const parsed = parseAssignment(rest[at]!)
      if (parsed === undefined) {
        status = yield* complain(shell, name, `\`${rest[at]}': not a valid identifier`)
        continue
      }
      if (parsed.key !== undefined) {
        status = yield* complain(shell, name, `\`${parsed.name}[${parsed.key}]': not a valid identifier`)
        continue
      }
      const marked = function*() {
        if (letters.includes("a")) shell.variables.declareArray(parsed.name, false)
        if (letters.includes("A")) shell.variables.declareArray(parsed.name, true)
        yield* assignArgument(shell, parsed, listOf(parsed, letters) ?? context.assignments?.get(used + at))
        shell.variables.mark(parsed.name, { [attribute]: !letters.includes("n") })
        return 0
      }
      const code = yield* tryOne(shell, undefined, marked())
      if (code !== 0) status = code
    }
    return status
  }

export const exportBuiltin = marking("export")
export const readonlyBuiltin = marking("readonly")

/** The attributes that letters give or, after `+`, take. */
const changes = (letters: ReadonlyArray<string>): Partial<Omit<Variable, "value">> => {
  const out: { -readonly [K in keyof Omit<Variable, "value">]?: Variable[K] } = {}
  for (const letter of letters) {
    const on = !letter.startsWith("+")
    switch (on ? letter : letter.slice(1)) {
      case "x":
        out.exported = on
        break
      case "r":
        out.readonly = on
        break
      case "i":
        out.integer = on
        break
      case "l":
        out.letters = on ? "lower" : ""
        break
      case "c":
        out.letters = on ? "capital" : ""
        break
      case "u":
        out.letters = on ? "upper" : ""
        break
      case "t":
        out.traced = on
        break
      case "n":
        out.reference = on
        break
    }
  }
  return out
}

/** Declares a variable; the builtin ends with 1 where that is refused, and goes on with the next. */
function* tryOne(shell: Shell, builtin: string | undefined, declaring: Run<number>): Run<number> {
  try {
    return yield* declaring
  } catch (error) {
    if (!(error instanceof AssignmentFailed)) throw error
    yield* report(shell, builtin === undefined ? error.message! : `${builtin}: ${error.message!}`)
    return 1
  }
}

function* declareOne(
  shell: Shell,
  builtin: string,
  text: string,
  letters: ReadonlyArray<string>,
  local: boolean,
  assignment: Assignment | undefined
): Run<number> {
  const parsed = parseAssignment(text)
  if (parsed === undefined) return yield* complain(shell, builtin, `\`${text}': not a valid identifier`)
  const { name } = parsed
  const marks = changes(letters)
  const isList = parsed.key !== undefined || assignment !== undefined
  if (local) shell.variables.local(name, shell.options.localvar_inherit)
  if (letters.includes("A")) shell.variables.declareArray(name, true)
  else if (letters.includes("a") || isList && !shell.variables.isAssociative(name)) {
    shell.variables.declareArray(name, false)
  }
  if (letters.some((letter) => /^\+[aA]$/.test(letter)) && typeof shell.variables.get(name)?.value === "object") {
    throw new AssignmentFailed(name, "cannot destroy array variables in this way")
  }
  if (letters.includes("+r") && shell.variables.get(name)?.readonly === true) {
    throw new AssignmentFailed(name, "readonly variable")
  }
  const given = listOf(parsed, letters) ?? assignment
  const { readonly: lock, ...first } = marks
  if (marks.reference === true) {
    const before = shell.variables.get(name)?.value
    const target = parsed.value ?? (typeof before === "string" ? before : undefined)
    if (target === name && !local) throw new AssignmentFailed(name, "nameref variable self references not allowed")
    shell.variables.refer(name, target)
    if (lock === true) shell.variables.mark(name, { readonly: true, reference: true })
    return 0
  }
  if (marks.reference === false && shell.variables.get(name)?.reference === true) {
    // What is assigned goes to the variable that it stood for.
    yield* assignArgument(shell, parsed, assignment)
    shell.variables.mark(name, { reference: false })
    return 0
  }
  if (Object.keys(first).length > 0 || parsed.value === undefined) shell.variables.mark(name, first)
  yield* assignArgument(shell, parsed, given)
  if (lock !== undefined) shell.variables.mark(name, { readonly: lock })
  return 0
}

function* printDeclarations(shell: Shell, names: ReadonlyArray<string>, letters: ReadonlyArray<string>): Run<number> {
  let status = 0
  let text = ""
  const wanted = letters.filter((letter) => letter !== "p" && letter !== "g")
  const all = names.length === 0
  for (const name of all ? shell.variables.names() : names) {
    const variable = shell.variables.get(name)
    const made = variable === undefined ? Values.elements(shell, name) : undefined
    if (made !== undefined) text += `declare -a ${name}=(${arrayText(made)})\n`
    else if (variable === undefined) status = yield* complain(shell, "declare", `${name}: not found`)
    else if (wanted.every((letter) => attributes(variable).includes(letter))) text += declaration(name, variable)
  }
  const printed = yield* print(shell, "declare", text)
  return printed === 0 ? status : printed
}

/** What the running function has of its own, and is set. */
const ownNames = ({ variables }: Shell): ReadonlyArray<string> =>
  [...variables.localNames()].sort().filter((name) => variables.get(name) !== undefined)

const declaring = (builtin: "declare" | "local" | "typeset"): Builtin =>
  function*(shell, argv, context: Context) {
    const given = flags(argv, "aAcfFgilnprtux", true)
    if (typeof given === "string") return yield* misuse(shell, builtin, given)
    const { letters, rest, used } = given
    const inFunction = shell.variables.depth > 0
    if (builtin === "local" && !inFunction) {
      return yield* complain(shell, "local", "can only be used in a function")
    }
    if (letters.includes("f") || letters.includes("F")) {
      return yield* rest.length > 0 && letters.some((letter) => /^\+?[rtx]$/.test(letter))
        ? markFunctions(shell, rest, letters)
        : printFunctions(shell, rest, letters)
    }
    if (letters.includes("p") || (rest.length === 0 && builtin !== "local")) {
      return yield* printDeclarations(shell, rest, letters)
    }
    // Two ways to write the letters are none.
    const cases = letters.filter((letter) => /^[clu]$/.test(letter))
    const wanted = new Set(cases).size > 1 ? letters.filter((letter) => !cases.includes(letter)) : letters
    if (builtin === "local" && rest.length === 0) return yield* printDeclarations(shell, ownNames(shell), letters)
    const local = inFunction && !letters.includes("g")
    let status = 0
    for (let at = 0; at < rest.length; at++) {
      if (builtin === "local" && rest[at] === "-") {
        shell.ownOptions = optionsOf(shell)
        continue
      }
      const assignment = context.assignments?.get(used + at)
      const declared = declareOne(shell, builtin, rest[at]!, wanted, local, assignment)
      const leave = inFunction && !local ? shell.variables.reachGlobal(/^\w*/.exec(rest[at]!)![0]) : undefined
      let code: number
      try {
        code = yield* tryOne(shell, builtin, declared)
      } finally {
        leave?.()
      }
      if (code !== 0) status = code
    }
    return status
  }

export const declare = declaring("declare")
export const local = declaring("local")
export const typeset = declaring("typeset")

/** `unset 'name[key]'`. The only element of a variable that is no array is the variable. */
function* unsetElement(shell: Shell, name: string, key: string): Run<void> {
  const { variables } = shell
  if (variables.get(variables.resolve(name)) === undefined) return
  const all = (key === "@" || key === "*") && !variables.isAssociative(name)
  if (typeof variables.get(variables.resolve(name))?.value === "string") {
    const index = all ? undefined : yield* subscript(shell, name, key)
    if (index !== 0 && index !== -1) throw new AssignmentFailed(name, "not an array variable")
    return variables.unset(name, shell.options.localvar_unset)
  }
  if (all) return variables.makeArray(name, false, false)
  const index = yield* subscript(shell, name, key)
  if (Values.isBeyond(shell, name, index)) throw new AssignmentFailed(`[${index}]`, "bad array subscript")
  variables.unsetElement(name, index)
}

export const unset: Builtin = function*(shell, argv) {
  const given = flags(argv, "fvn")
  if (typeof given === "string") throw new Fatal(2, `unset: ${withUsage("unset", given)}`)
  const { letters, rest } = given
  if (letters.includes("f") && letters.includes("v")) {
    return yield* complain(shell, "unset", "cannot simultaneously unset a function and a variable")
  }
  let status = 0
  for (const text of rest) {
    if (letters.includes("f")) {
      if (!(yield* unsetFunction(shell, text))) status = 1
      continue
    }
    const parsed = parseAssignment(text)
    if (parsed === undefined || parsed.value !== undefined) {
      // Without -v it may be the name of a function.
      if (!letters.includes("v") && !shell.options.posix) {
        if (!(yield* unsetFunction(shell, text))) status = 1
      } else status = yield* complain(shell, "unset", `\`${text}': not a valid identifier`)
      continue
    }
    const { key, name } = parsed.key === undefined && !letters.includes("n")
      ? shell.variables.elementBehind(parsed.name) ?? parsed
      : parsed
    const staysLocal = shell.options.localvar_unset
    try {
      if (letters.includes("n")) shell.variables.unsetReference(name)
      else if (key !== undefined) yield* unsetElement(shell, name, key)
      else if (shell.variables.get(name) !== undefined) shell.variables.unset(name, staysLocal)
      else if (!letters.includes("v") && !(yield* unsetFunction(shell, name))) status = 1
    } catch (error) {
      if (!(error instanceof AssignmentFailed)) throw error
      status = yield* complain(shell, "unset", error.message!)
    }
  }
  return status
}
