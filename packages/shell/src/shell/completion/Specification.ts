/**
 * What `complete` says about the arguments of a command: where words come from that they may become.
 *
 * @see bash(1) Programmable Completion
 */
import * as Quote from "../expand/quote.js"
import { inOrder } from "../state/order.js"

/** What `-o` turns on, in the order in which it is shown. */
const options = [
  "bashdefault",
  "default",
  "dirnames",
  "filenames",
  "noquote",
  "nosort",
  "nospace",
  "plusdirs"
] as const

export type Option = (typeof options)[number]

export const isOption = (text: string): text is Option => (options as ReadonlyArray<string>).includes(text)

/** Actions that have a letter of their own, in the order in which they are shown. */
const lettered = {
  alias: "a",
  builtin: "b",
  command: "c",
  directory: "d",
  export: "e",
  file: "f",
  group: "g",
  job: "j",
  keyword: "k",
  service: "s",
  user: "u",
  variable: "v"
} as const

/** The others. */
const spelled = [
  "arrayvar",
  "binding",
  "disabled",
  "enabled",
  "function",
  "helptopic",
  "hostname",
  "running",
  "setopt",
  "shopt",
  "signal",
  "stopped"
] as const

export type Action = keyof typeof lettered | (typeof spelled)[number]

export const isAction = (text: string): text is Action =>
  Object.hasOwn(lettered, text) || (spelled as ReadonlyArray<string>).includes(text)

/** The action of a letter. */
export const actionOf = (letter: string): Action | undefined => {
  const found = Object.entries(lettered).find((entry) => entry[1] === letter)?.[0]
  return found !== undefined && isAction(found) ? found : undefined
}

export interface Specification {
  readonly options: ReadonlySet<Option>
  readonly actions: ReadonlySet<Action>
  /** `-G`: a pattern of files. */
  readonly glob: string | undefined
  /** `-W`: words, which are expanded. */
  readonly words: string | undefined
  readonly prefix: string | undefined
  readonly suffix: string | undefined
  /** `-X`: a pattern of what is left out. */
  readonly filter: string | undefined
  readonly command: string | undefined
  readonly function: string | undefined
}

/** The completion that is going on: its function may change the options for this time. */
export interface Completing {
  readonly name: string
  options: ReadonlySet<Option>
}

/** The names under which the specifications are kept that are for no command of a name. */
export const special = { D: "_DefaultCmD_", E: "_EmptycmD_", I: "_InitialWorD_" } as const

const nameOf = (name: string): string => {
  const letter = Object.entries(special).find((entry) => entry[1] === name)?.[0]
  return letter === undefined ? Quote.trace(name) : `-${letter}`
}

/** The command that makes a specification again. */
export const shown = (name: string, spec: Specification): string => {
  const words = ["complete"]
  for (const option of options) if (spec.options.has(option)) words.push(`-o ${option}`)
  for (const [action, letter] of Object.entries(lettered)) {
    if (isAction(action) && spec.actions.has(action)) words.push(`-${letter}`)
  }
  for (const action of spelled) if (spec.actions.has(action)) words.push(`-A ${action}`)
  for (
    const [letter, value] of [
      ["G", spec.glob],
      ["W", spec.words],
      ["P", spec.prefix],
      ["S", spec.suffix],
      ["X", spec.filter],
      ["C", spec.command]
    ] as const
  ) if (value !== undefined) words.push(`-${letter} ${Quote.always(value)}`)
  if (spec.function !== undefined) words.push(`-F ${spec.function}`)
  words.push(nameOf(name))
  return `${words.join(" ")}\n`
}

/** The command that sets the options as they are. */
export const shownOptions = (name: string, on: ReadonlySet<Option>): string =>
  `compopt ${options.map((option) => `${on.has(option) ? "-" : "+"}o ${option}`).join(" ")} ${nameOf(name)}\n`

/** Chains of the table in which bash keeps them. */
const CHAINS = 512

/** All names, in the order in which bash lists them. */
export const names = (all: ReadonlyMap<string, Specification>): ReadonlyArray<string> => inOrder(all.keys(), CHAINS)
