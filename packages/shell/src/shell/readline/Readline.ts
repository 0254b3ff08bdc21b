/**
 * What keys do at a prompt, and how the editor is set: nothing is changed in place, so that subshells can share it.
 *
 * @see bash(1) Readline Initialization
 */
import type { Run } from "../state/Shell.js"
import { type Binding, initialKeys, isAbsent, isFunction } from "./keymap.js"
import * as Notation from "./notation.js"
import * as Settings from "./settings.js"

export interface Readline {
  readonly keys: ReadonlyMap<string, Binding>
  readonly settings: Settings.Settings
}

export const initial: Readline = { keys: initialKeys, settings: Settings.initial }

export const isOn = ({ settings }: Readline, name: string): boolean => settings.get(name) === "on"

/** The prefix of the keys in a keymap; `undefined` when there is no such keymap. */
export const keymap = (name: string): string | undefined =>
  ({ emacs: "", "emacs-standard": "", "emacs-meta": "\u001b", "emacs-ctlx": "\u0018" })[name]

const prefixOf = ({ settings }: Readline): string => keymap(settings.get("keymap") ?? "") ?? ""

export const bind = (readline: Readline, sequence: string, binding: Binding | undefined): Readline => {
  const keys = new Map(readline.keys)
  const whole = prefixOf(readline) + sequence
  if (binding === undefined) keys.delete(whole)
  else keys.set(whole, binding)
  return { ...readline, keys }
}

/** What is bound, in the order of the keys. */
export const ordered = ({ keys }: Readline): ReadonlyArray<readonly [keys: string, binding: Binding]> =>
  [...keys].sort(([a], [b]) => a < b ? -1 : 1)

/** The keys of a function. */
export const keysOf = (readline: Readline, name: string): ReadonlyArray<string> => {
  const prefix = prefixOf(readline)
  return ordered(readline).filter(([keys, binding]) =>
    binding._tag === "Function" && binding.name === name && keys.startsWith(prefix)
  ).map(([keys]) => `"${Notation.shown(keys.slice(prefix.length), true)}"`)
}

/** Where a text between quotes ends that begins at 0; -1 if nowhere. */
const closing = (text: string): number => {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "\\") at++
    else if (text[at] === text[0]) return at
  }
  return -1
}

export interface Split {
  /** The bytes of the keys. */
  readonly keys: string
  /** What follows the colon. */
  readonly rest: string
}

/** A line that binds, cut at its colon; a text is a complaint. */
export const split = (line: string): Split | string => {
  if (line.startsWith("\"")) {
    const end = closing(line)
    if (end < 0) return `${line}: no closing \`"' in key binding`
    const colon = /^\s*:?/.exec(line.slice(end + 1))![0]
    if (line.length > end + 1 && !/[\s:]/.test(line[end + 1]!)) return `${line}: no key sequence terminator`
    if (line.length === end + 1) return `${line}: no key sequence terminator`
    return { keys: Notation.read(line.slice(1, end)), rest: line.slice(end + 1 + colon.length).trim() }
  }
  const colon = /^[^:\s]+(?=[:\s])/.exec(line)?.[0]
  if (colon === undefined) return `${line}: no key sequence terminator`
  return { keys: Notation.named(colon), rest: line.slice(colon.length).replace(/^[\s:]+/, "").trim() }
}

/** What one line of an init file, or an argument of `bind`, makes of it; a text is a complaint. */
export const apply = (readline: Readline, given: string): Readline | string => {
  const line = given.trim()
  if (line === "" || line.startsWith("#")) return readline
  const set = /^set(?:\s+(\S+)(?:\s+(.*))?)?$/i.exec(line)
  if (set !== null) {
    const settings = Settings.change(
      readline.settings,
      set[1] ?? "",
      (set[2] ?? "").replace(/^"(.*)"$/, "$1").trimEnd()
    )
    return typeof settings === "string" ? settings : { ...readline, settings }
  }
  const parts = split(line)
  if (typeof parts === "string") return parts
  const { keys, rest } = parts
  if (/^["']/.test(rest)) {
    const end = closing(rest)
    const text = Notation.read(rest.slice(1, end < 0 ? undefined : end))
    return bind(readline, keys, { _tag: "Macro", text })
  }
  const [name = ""] = rest.split(/\s/)
  if (isFunction(name)) return bind(readline, keys, { _tag: "Function", name })
  if (isAbsent(name)) return `${name}: unknown function name`
  return bind(readline, keys, undefined)
}

/** How a test of `$if` comes out. */
const holds = (condition: string, terminal: string): boolean => {
  const [, name = "", operator = "", value = ""] = /^([\w-]+)\s*(==|!=|<=|>=|<|>|=)?\s*(.*)$/.exec(condition) ?? []
  const wanted = value.trim()
  switch (name) {
    case "mode":
      return wanted === "emacs"
    case "term":
      return wanted === terminal || wanted === terminal.replace(/-.*/, "")
    case "version": {
      const [major = 0, minor = 0] = wanted.split(".").map(Number)
      const difference = 8 - major || 2 - minor
      return (difference === 0 && operator.includes("=") && operator !== "!=") ||
        (difference > 0 && (operator.startsWith(">") || operator === "!=")) ||
        (difference < 0 && (operator.startsWith("<") || operator === "!="))
    }
    default:
      if (operator !== "") {
        const is = initial.settings.has(name) ? wanted : undefined
        return is !== undefined &&
          (operator === "!=" ? initial.settings.get(name) !== is : initial.settings.get(name) === is)
      }
      return name.toLowerCase() === "bash"
  }
}

export interface Read {
  readonly readline: Readline
  readonly complaints: ReadonlyArray<string>
}

/** Takes in an init file; `include` reads another one. */
export function* readFile(
  from: Readline,
  path: string,
  text: string,
  terminal: string,
  include: (path: string) => Run<string | undefined>
): Run<Read> {
  let readline = from
  const complaints: Array<string> = []
  /** Whether what is within each `$if` counts. */
  const open: Array<boolean> = []
  const complain = (number: number, what: string): void => void complaints.push(`${path}: line ${number}: ${what}`)
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim()
    const directive = /^\$(\w+)\s*(.*)$/.exec(line)
    const counts = open.every((each) => each)
    if (directive === null) {
      if (!counts) continue
      const after = apply(readline, line)
      if (typeof after === "string") complain(index + 1, after)
      else readline = after
      continue
    }
    const [, word = "", rest = ""] = directive
    switch (word.toLowerCase()) {
      case "if":
        open.push(holds(rest, terminal))
        break
      case "else":
        if (open.length === 0) complaints.push("$else found without matching $if")
        else open.push(!open.pop()!)
        break
      case "endif":
        if (open.pop() === undefined) complaints.push("$endif without matching $if")
        break
      case "include": {
        const inner = counts ? yield* include(rest) : undefined
        if (inner === undefined) break
        const read = yield* readFile(readline, rest, inner, terminal, include)
        readline = read.readline
        complaints.push(...read.complaints)
        break
      }
      default:
        if (counts) complaints.push(`${word}: unknown parser directive`)
    }
  }
  return { readline, complaints }
}
