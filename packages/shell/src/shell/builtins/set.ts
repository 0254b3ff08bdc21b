/**
 * `set` and `shopt`.
 *
 * @see set(1p)
 */
import * as Quote from "../expand/quote.js"
import { elementsText } from "../expand/transform.js"
import { enableMonitor } from "../run/monitor.js"
import { print } from "../run/report.js"
import { Fatal } from "../state/Control.js"
import * as Options from "../state/Options.js"
import type { Run, Shell } from "../state/Shell.js"
import { definition as layout } from "../syntax/layout.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { withUsage } from "./usage.js"

/** All variables, as `set` lists them. */
const listing = (shell: Shell): string => {
  let text = ""
  for (const name of shell.variables.names()) {
    const value = shell.variables.get(name)?.value
    if (value === undefined) continue
    if (typeof value === "string") text += `${name}=${Quote.listed(value)}\n`
    else text += `${name}=(${elementsText(value)})\n`
  }
  if (!shell.options.posix) {
    for (const definition of shell.functions.values()) {
      text += `${layout(definition.source)}\n`
    }
  }
  return text
}

const optionList = (shell: Shell, names: ReadonlyArray<Options.Option>): string =>
  names.map((name) => `${name.padEnd(15)}\t${shell.options[name] ? "on" : "off"}\n`).join("")

/** Turns an option on or off. */
export function* change(shell: Shell, option: Options.Option, on: boolean): Run<void> {
  shell.options[option] = on
  if (option === "monitor") yield* enableMonitor(shell, on)
}

/** The options that `set` knows, as they are. */
export const optionsOf = ({ options }: Shell): ReadonlyMap<Options.Option, boolean> =>
  new Map(Options.setNames.map((name) => [name, options[name]]))

export function* restoreOptions(shell: Shell, before: ReadonlyMap<Options.Option, boolean>): Run<void> {
  for (const [option, on] of before) if (shell.options[option] !== on) yield* change(shell, option, on)
}

/** Reads the options of `set` and of the shell's own command line; answers where the arguments begin. */
export function* readOptions(shell: Shell, argv: ReadonlyArray<string>, from: number): Run<number> {
  let at = from
  for (; at < argv.length; at++) {
    const argument = argv[at]!
    if (argument === "--") return at + 1
    if (argument === "-") {
      shell.options.xtrace = false
      shell.options.verbose = false
      return at + 1
    }
    const on = argument.startsWith("-")
    if (argument.length < 2 || (!on && !argument.startsWith("+"))) return at
    for (const letter of argument.slice(1)) {
      if (letter === "o") {
        const name = argv[at + 1]
        if (name === undefined) {
          yield* print(shell, "set", on ? optionList(shell, Options.setNames) : commands(shell))
          continue
        }
        at++
        if (!Options.setNames.includes(name as Options.Option)) throw new Fatal(2, `set: ${name}: invalid option name`)
        yield* change(shell, name as Options.Option, on)
        continue
      }
      const option = Options.letters[letter]
      if (option === undefined) {
        throw new Fatal(2, `set: ${withUsage("set", `${argument[0]}${letter}: invalid option`)}`)
      }
      yield* change(shell, option, on)
    }
  }
  return at
}

/** The commands that set the options as they are. */
const commands = (shell: Shell): string =>
  Options.setNames.map((name) => `set ${shell.options[name] ? "-" : "+"}o ${name}\n`).join("")

export const set: Builtin = function*(shell, argv) {
  if (argv.length === 1) return yield* print(shell, "set", listing(shell))
  const at = yield* readOptions(shell, argv, 1)
  const ended = argv[at - 1] === "--"
  if (ended || at < argv.length) {
    shell.positional = argv.slice(at)
    shell.positionalSets++
  }
  return 0
}

/** Whether an option of either kind is on. */
const isOn = (shell: Shell, name: string): boolean => shell.accepted.get(name) ?? shell.options[name as Options.Option]

function* turn(shell: Shell, name: string, on: boolean): Run<void> {
  if (!shell.accepted.has(name)) return yield* change(shell, name as Options.Option, on)
  shell.accepted = new Map(shell.accepted).set(name, on)
}

export const shopt: Builtin = function*(shell, argv) {
  const given = flags(argv, "opqsu")
  if (typeof given === "string") return yield* misuse(shell, "shopt", given)
  const { letters, rest } = given
  if (letters.includes("s") && letters.includes("u")) {
    return yield* complain(shell, "shopt", "cannot set and unset shell options simultaneously")
  }
  const known: ReadonlyArray<string> = letters.includes("o")
    ? Options.setNames
    : Options.shoptOrder(shell.accepted.keys())
  const setting = letters.includes("s") || letters.includes("u")
  const names = rest.length > 0
    ? rest
    : known.filter((name) => !setting || isOn(shell, name) === letters.includes("s"))
  const minus = letters.includes("o") ? ["set -o", "set +o"] : ["shopt -s", "shopt -u"]
  let status = 0
  let text = ""
  for (const name of names) {
    if (!known.includes(name)) {
      status = yield* complain(shell, "shopt", `${name}: invalid shell option name`)
      continue
    }
    if (setting && rest.length > 0) {
      yield* turn(shell, name, letters.includes("s"))
      continue
    }
    const on = isOn(shell, name)
    if (!on && rest.length > 0) status = 1
    text += letters.includes("p") ? `${minus[on ? 0 : 1]} ${name}\n` : `${name.padEnd(15)}\t${on ? "on" : "off"}\n`
  }
  if (!letters.includes("q")) yield* print(shell, "shopt", text)
  return status
}
