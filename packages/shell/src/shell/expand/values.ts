/**
 * The values of parameters: positional, special, and variables with their subscripts.
 *
 * @see sh(1p) Parameters and Variables
 */
import * as Options from "../state/Options.js"
import type { Shell } from "../state/Shell.js"

/** The characters that separate fields. */
export const separators = (shell: Shell): string => shell.variables.value("IFS") ?? " \t\n"

/** What joins the elements of `"$*"`. */
export const joiner = (shell: Shell): string => {
  const ifs = shell.variables.value("IFS")
  return ifs === undefined ? " " : Array.from(ifs)[0] ?? ""
}

const special: Readonly<Record<string, (shell: Shell) => string | undefined>> = {
  "?": (shell) => String(shell.status),
  "#": (shell) => String(shell.positional.length),
  "$": (shell) => String(shell.pid),
  "!": (shell) => shell.lastBackground === undefined ? undefined : String(shell.lastBackground),
  "-": (shell) => Options.flags(shell.options, shell.from),
  "0": (shell) => shell.name,
  _: (shell) => shell.lastArgument ?? shell.variables.value("_")
}

/** The script whose commands run now. */
export const fileOf = (shell: Shell): string | undefined => shell.frames[shell.frames.length - 1]?.file ?? shell.script

/** Arrays whose elements are made when they are asked for. */
const arrays: Readonly<Record<string, (shell: Shell) => ReadonlyArray<string>>> = {
  // Where no function runs there is none, not even in what `source` reads.
  FUNCNAME: ({ frames, script }) =>
    !frames.some(({ kind }) => kind === "function")
      ? []
      : frames.map(({ name }) => name).reverse().concat(script === undefined ? [] : "main"),
  BASH_SOURCE: ({ frames, script }) => frames.map(({ file }) => file).reverse().concat(script ?? []),
  BASH_LINENO: ({ frames, script }) =>
    frames.map(({ line }) => String(line)).reverse().concat(script === undefined ? [] : "0"),
  DIRSTACK: ({ cwd, directories }) => [cwd, ...directories],
  PIPESTATUS: ({ stages, status }) => (stages ?? [status]).map(String)
}

/** The elements of such an array, `undefined` for any other. */
export const elements = (shell: Shell, name: string): ReadonlyArray<string> | undefined =>
  Object.hasOwn(arrays, name) ? arrays[name]!(shell) : undefined

/** Variables whose value is made when it is asked for. */
const dynamic: Readonly<Record<string, (shell: Shell) => string | undefined>> = {
  LINENO: (shell) => String(shell.line),
  RANDOM: ({ random }) => String(random.next()),
  SECONDS: (shell) => String(shell.seconds),
  BASHPID: (shell) => String(shell.self),
  BASH_SUBSHELL: (shell) => String(shell.subshell),
  BASH_COMMAND: (shell) => shell.command?.source,
  SHELLOPTS: (shell) => Options.on(shell.options, Options.setNames),
  BASHOPTS: ({ accepted, options }) =>
    [
      ...Options.shoptNames.filter((name) => options[name]),
      ...[...accepted.keys()].filter((name) => accepted.get(name))
    ]
      .sort().join(":"),
  EPOCHSECONDS: (shell) => String(shell.moment / 1_000_000_000n),
  EPOCHREALTIME: (shell) =>
    `${shell.moment / 1_000_000_000n}.${String(shell.moment / 1000n % 1_000_000n).padStart(6, "0")}`,
  SRANDOM: (shell) => String(shell.chance),
  FUNCNAME: (shell) => elements(shell, "FUNCNAME")![0],
  BASH_SOURCE: (shell) => elements(shell, "BASH_SOURCE")![0],
  BASH_LINENO: (shell) => elements(shell, "BASH_LINENO")![0],
  DIRSTACK: (shell) => elements(shell, "DIRSTACK")![0],
  PIPESTATUS: (shell) => elements(shell, "PIPESTATUS")![0]
}

const isDynamic = (shell: Shell, name: string): boolean => {
  if (!Object.hasOwn(dynamic, name)) return false
  // Assignments to these are passed over.
  if (Object.hasOwn(arrays, name) && name !== "DIRSTACK") return true
  const variable = shell.variables.get(name)
  return variable === undefined ? isAlwaysDynamic(name) : variable.dynamic
}

const isAlwaysDynamic = (name: string): boolean => Object.hasOwn(arrays, name)

/** Gives the dynamic variables a place in the table, so that `unset` can take it. */
export const declareDynamic = (shell: Shell): void => {
  for (const name of Object.keys(dynamic)) {
    if (!isAlwaysDynamic(name)) shell.variables.mark(name, { dynamic: true })
  }
}

/** What an assignment to a dynamic variable means. */
export const onAssignment = (shell: Shell, name: string): void => {
  const value = shell.variables.get(name)?.value
  if (typeof value !== "string") return
  if (name === "RANDOM") shell.random.seed(Number(value))
  if (name === "SECONDS") shell.seconds = Number(value) | 0
}

/** The value of `$name`; `undefined` when it is not set. */
export const parameter = (shell: Shell, name: string): string | undefined => {
  const first = name.charCodeAt(0)
  if (first >= 49 && first <= 57) return shell.positional[Number(name) - 1]
  if (Object.hasOwn(special, name)) return special[name]!(shell)
  if (isDynamic(shell, name)) return dynamic[name]!(shell)
  return shell.variables.value(name)
}

/** The value of `${name[index]}`; the index is a number or a key. */
export const element = (shell: Shell, name: string, index: number | string): string | undefined => {
  const made = elements(shell, name)
  if (made !== undefined) return made.at(Number(index))
  return shell.variables.element(name, index)
}

/** Whether a subscript counts from the end of an array beyond its beginning. */
export const isBeyond = (shell: Shell, name: string, index: number | string): boolean => {
  if (typeof index === "string" || index >= 0) return false
  const value = shell.variables.get(shell.variables.resolve(name))?.value
  return typeof value === "object" && value.kind === "indexed" && index + value.items.length < 0
}

export const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
