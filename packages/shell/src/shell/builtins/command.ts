/**
 * `command`, `type`, `hash`, `builtin`, `alias`: what a name stands for.
 *
 * @see command(1p)
 * @see type(1p)
 */
import { defaultPath } from "../../Launch.js"
import * as Quote from "../expand/quote.js"
import { isActive } from "../run/aliases.js"
import { runProgram } from "../run/program.js"
import { print, report } from "../run/report.js"
import { isFound, look, search, searchPath } from "../run/search.js"
import { Fatal } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import type { Simple } from "../syntax/Ast.js"
import { definition as layout } from "../syntax/layout.js"
import { type Builtin, complain, flags, misuse, tellUsage } from "./Builtin.js"
import { keywords, specialBuiltins } from "./names.js"
import { builtinOf, builtins } from "./table.js"

const nothing: Simple = { kind: "simple", source: "", assignments: [], words: [], redirections: [], line: 0 }

export const command: Builtin = function*(shell, argv, context) {
  const given = flags(argv, "pvV")
  if (typeof given === "string") return yield* misuse(shell, "command", given)
  const { letters, rest } = given
  if (rest.length === 0) return 0
  const path = letters.includes("p") ? defaultPath : undefined
  if (letters.includes("v") || letters.includes("V")) {
    // It is enough that one of them is there.
    let status = 1
    for (const name of rest) {
      const text = letters.includes("v") ? yield* brief(shell, name, path) : yield* verbose(shell, name, path)
      if (text !== undefined) {
        yield* print(shell, "command", `${text}\n`)
        status = 0
      } else if (letters.includes("V")) yield* report(shell, `command: ${name}: not found`)
    }
    return status
  }
  const builtin = builtinOf(shell, rest[0]!)
  if (builtin === undefined) {
    if (path === undefined) return yield* runProgram(shell, { ...nothing, line: shell.line }, rest, context.tail)
    const found = yield* search(shell, rest[0]!, path)
    return yield* runProgram(shell, { ...nothing, line: shell.line }, [
      isFound(found) ? found.path : rest[0]!,
      ...rest.slice(1)
    ], context.tail)
  }
  try {
    const moved = context.assignments === undefined
      ? undefined
      : new Map([...context.assignments].map(([at, value]) => [at - given.used, value] as const))
    return yield* builtin(shell, rest, { ...context, assignments: moved })
  } catch (error) {
    // What `command` runs loses the properties of a special builtin.
    if (!(error instanceof Fatal) || error.message === undefined || !specialBuiltins.has(rest[0]!)) throw error
    yield* report(shell, error.message)
    return error.status
  }
}

export const builtin: Builtin = function*(shell, argv, context) {
  const rest = argv[1] === "--" ? argv.slice(2) : argv.slice(1)
  if (rest.length === 0) return 0
  const found = builtins.get(rest[0]!)
  if (found === undefined) return yield* complain(shell, "builtin", `${rest[0]}: not a shell builtin`)
  return yield* found(shell, rest, { ...context, assignments: undefined })
}

/** What an alias stands for, where they mean anything. */
const aliasOf = (shell: Shell, name: string): string | undefined =>
  isActive(shell) ? shell.aliases.get(name) : undefined

/** `command -v`. */
function* brief(shell: Shell, name: string, path: string | undefined): Run<string | undefined> {
  const alias = aliasOf(shell, name)
  if (alias !== undefined) return `alias ${name}=${Quote.always(alias)}`
  if (keywords.has(name) || shell.functions.has(name) || builtinOf(shell, name) !== undefined) return name
  const found = yield* look(shell, name, path)
  return isFound(found) && (!name.includes("/") || (yield* searchable(shell, name))) ? found.path : undefined
}

function* searchable(shell: Shell, path: string): Run<boolean> {
  const slash = path.lastIndexOf("/")
  return (yield* searchPath(shell, path.slice(slash + 1), path.slice(0, slash) || "/")).length > 0
}

/** `command -V` and `type`. */
function* verbose(shell: Shell, name: string, path: string | undefined, functions = true): Run<string | undefined> {
  const alias = aliasOf(shell, name)
  if (alias !== undefined) return `${name} is aliased to \`${alias}'`
  if (keywords.has(name)) return `${name} is a shell keyword`
  if (shell.options.posix && specialBuiltins.has(name)) return `${name} is a special shell builtin`
  const definition = functions ? shell.functions.get(name) : undefined
  if (definition !== undefined) return `${name} is a function\n${layout(definition.source)}`
  if (builtinOf(shell, name) !== undefined) return `${name} is a shell builtin`
  const hashed = name.includes("/") ? undefined : shell.hashed.get(name)
  if (hashed !== undefined) return `${name} is hashed (${hashed.path})`
  const found = yield* search(shell, name, path ?? shell.variables.value("PATH"))
  return isFound(found) && (!name.includes("/") || (yield* searchable(shell, name)))
    ? `${name} is ${found.path}`
    : undefined
}

function* kind(shell: Shell, name: string, functions = true): Run<string | undefined> {
  if (aliasOf(shell, name) !== undefined) return "alias"
  if (keywords.has(name)) return "keyword"
  if (functions && shell.functions.has(name)) return "function"
  if (builtinOf(shell, name) !== undefined) return "builtin"
  return isFound(yield* look(shell, name)) ? "file" : undefined
}

/** All that a name may stand for, the one that counts first. */
function* kinds(shell: Shell, name: string, functions: boolean): Run<string | undefined> {
  const found = [
    ...(aliasOf(shell, name) === undefined ? [] : ["alias"]),
    ...(keywords.has(name) ? ["keyword"] : []),
    ...(functions && shell.functions.has(name) ? ["function"] : []),
    ...(builtinOf(shell, name) === undefined ? [] : ["builtin"]),
    ...(yield* searchPath(shell, name, shell.variables.value("PATH") ?? defaultPath)).map(() => "file")
  ]
  return found.length === 0 ? undefined : found.join("\n")
}

export const type: Builtin = function*(shell, argv) {
  const given = flags(argv, "afptP")
  if (typeof given === "string") return yield* misuse(shell, "type", given)
  const { letters, rest } = given
  const functions = !letters.includes("f")
  let status = 0
  for (const name of rest) {
    let text: string | undefined
    if (letters.includes("t") && letters.includes("a")) text = yield* kinds(shell, name, functions)
    else if (letters.includes("t")) text = yield* kind(shell, name, functions)
    else if (letters.includes("p") || letters.includes("P")) {
      const inShell = (yield* kind(shell, name)) !== "file"
      if (inShell && letters.includes("p") && !letters.includes("P") && (yield* kind(shell, name)) !== undefined) {
        continue
      }
      text = (yield* searchPath(shell, name, shell.variables.value("PATH") ?? defaultPath))[0]
    } else if (letters.includes("a")) {
      const lines: Array<string> = []
      const first = yield* verbose(shell, name, undefined, functions)
      if (first !== undefined) lines.push(first)
      if (shell.functions.has(name) && builtinOf(shell, name) !== undefined) lines.push(`${name} is a shell builtin`)
      for (const path of yield* searchPath(shell, name, shell.variables.value("PATH") ?? defaultPath)) {
        if (!lines.some((line) => line === `${name} is ${path}`)) lines.push(`${name} is ${path}`)
      }
      text = lines.length === 0 ? undefined : lines.join("\n")
    } else text = yield* verbose(shell, name, undefined, functions)
    if (text !== undefined) yield* print(shell, "type", `${text}\n`)
    else {
      status = 1
      if (!letters.some((letter) => "tpP".includes(letter))) yield* complain(shell, "type", `${name}: not found`)
    }
  }
  return status
}

export const hash: Builtin = function*(shell, argv) {
  const given = flags(argv, "dlp:rt")
  if (typeof given === "string") return yield* misuse(shell, "hash", given)
  const { letters, rest, values } = given
  if (!shell.options.hashall) return yield* complain(shell, "hash", "hashing disabled")
  if (letters.includes("r")) shell.hashed.clear()
  if (letters.includes("p")) {
    for (const name of rest) shell.hashed.set(name, { path: values.get("p")!, hits: 0 })
    return 0
  }
  // As it is to be read again.
  const relisted = (name: string, path: string): string => `builtin hash -p ${path} ${name}\n`
  let status = 0
  for (const name of rest) {
    if (letters.includes("d")) {
      if (!shell.hashed.delete(name)) status = yield* complain(shell, "hash", `${name}: not found`)
      continue
    }
    if (letters.includes("t")) {
      const known = shell.hashed.get(name)
      if (known === undefined) status = yield* complain(shell, "hash", `${name}: not found`)
      else yield* print(shell, "hash", letters.includes("l") ? relisted(name, known.path) : `${known.path}\n`)
      continue
    }
    if (builtinOf(shell, name) !== undefined || shell.functions.has(name)) continue
    shell.hashed.delete(name)
    if (!isFound(yield* search(shell, name))) status = yield* complain(shell, "hash", `${name}: not found`)
    else if (shell.hashed.has(name)) shell.hashed.get(name)!.hits = 0
  }
  if (rest.length > 0 || letters.includes("r")) return status
  if (shell.hashed.size === 0) {
    return shell.options.posix ? 0 : yield* print(shell, "hash", "hash: hash table empty\n")
  }
  if (letters.includes("l")) {
    return yield* print(shell, "hash", [...shell.hashed].map(([name, { path }]) => relisted(name, path)).join(""))
  }
  const lines = [...shell.hashed.values()].map(({ hits, path }) => `${String(hits).padStart(4)}\t${path}\n`)
  return yield* print(shell, "hash", `hits\tcommand\n${lines.join("")}`)
}

export const alias: Builtin = function*(shell, argv) {
  const given = flags(argv, "p")
  if (typeof given === "string") return yield* misuse(shell, "alias", given)
  const { letters, rest } = given
  const line = (name: string, text: string): string =>
    `${shell.options.posix && !letters.includes("p") ? "" : "alias "}${name}=${Quote.always(text)}\n`
  if (rest.length === 0) {
    const names = [...shell.aliases.keys()].sort()
    return yield* print(shell, "alias", names.map((name) => line(name, shell.aliases.get(name)!)).join(""))
  }
  let status = 0
  for (const argument of rest) {
    const equals = argument.indexOf("=", 1)
    const name = equals < 0 ? argument : argument.slice(0, equals)
    if (equals < 0) {
      const text = shell.aliases.get(name)
      if (text === undefined) status = yield* complain(shell, "alias", `${name}: not found`)
      else yield* print(shell, "alias", line(name, text))
    } else if (/[\s/$`"'\\|&;()<>]/.test(name)) {
      status = yield* complain(shell, "alias", `\`${name}': invalid alias name`)
    } else shell.defineAlias(name, argument.slice(equals + 1))
  }
  return status
}

export const unalias: Builtin = function*(shell, argv) {
  const given = flags(argv, "a")
  if (typeof given === "string") return yield* misuse(shell, "unalias", given)
  if (given.letters.includes("a")) {
    for (const name of shell.aliases.keys()) shell.defineAlias(name, undefined)
    return 0
  }
  if (given.rest.length === 0) return yield* tellUsage(shell, "unalias")
  let status = 0
  for (const name of given.rest) {
    if (shell.aliases.has(name)) shell.defineAlias(name, undefined)
    else status = yield* complain(shell, "unalias", `${name}: not found`)
  }
  return status
}
