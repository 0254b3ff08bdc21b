/**
 * `complete`, `compgen` and `compopt`: what words may become.
 *
 * @see bash(1) Programmable Completion
 */
import * as Bytes from "@effix/kernel/Bytes"
import { ordinaryWords } from "../completion/attempt.js"
import { files } from "../completion/files.js"
import { generate, outside } from "../completion/generate.js"
import * as Specification from "../completion/Specification.js"
import { print, writeAll } from "../run/report.js"
import type { Run, Shell } from "../state/Shell.js"
import { type Builtin, complain, misuse } from "./Builtin.js"
import { synopsis } from "./usage.js"

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

interface Given {
  readonly spec: Specification.Specification
  /** `-p` and `-r`. */
  readonly print: boolean
  readonly remove: boolean
  /** The letters of `-D`, `-E` and `-I`. */
  readonly special: ReadonlySet<string>
  readonly rest: ReadonlyArray<string>
}

const withArgument = {
  G: "glob",
  W: "words",
  P: "prefix",
  S: "suffix",
  X: "filter",
  C: "command",
  F: "function"
} as const

const isWithArgument = (letter: string): letter is keyof typeof withArgument => Object.hasOwn(withArgument, letter)

/** Reads what `complete` and `compgen` have in common; the status where that is wrong. */
function* read(shell: Shell, argv: ReadonlyArray<string>): Run<Given | number> {
  const name = argv[0]!
  const options = new Set<Specification.Option>()
  const actions = new Set<Specification.Action>()
  const spec: Mutable<Specification.Specification> = {
    options,
    actions,
    glob: undefined,
    words: undefined,
    prefix: undefined,
    suffix: undefined,
    filter: undefined,
    command: undefined,
    function: undefined
  }
  const plain = new Set<string>()
  let at = 1
  for (; at < argv.length; at++) {
    const argument = argv[at]!
    if (!argument.startsWith("-") || argument === "-") break
    if (argument === "--") {
      at++
      break
    }
    for (let index = 1; index < argument.length; index++) {
      const letter = argument[index]!
      const action = Specification.actionOf(letter)
      if (action !== undefined) {
        actions.add(action)
        continue
      }
      if (name === "complete" && "prDEI".includes(letter)) {
        plain.add(letter)
        continue
      }
      if (letter !== "A" && letter !== "o" && !isWithArgument(letter)) {
        return yield* misuse(shell, name, `-${letter}: invalid option`)
      }
      const value = index + 1 < argument.length ? argument.slice(index + 1) : argv[++at]
      if (value === undefined) return yield* misuse(shell, name, `-${letter}: option requires an argument`)
      if (letter === "A") {
        if (!Specification.isAction(value)) return yield* complain(shell, name, `${value}: invalid action name`, 2)
        actions.add(value)
      } else if (letter === "o") {
        if (!Specification.isOption(value)) return yield* complain(shell, name, `${value}: invalid option name`, 2)
        options.add(value)
      } else if (isWithArgument(letter)) {
        if (letter === "F" && /[()<>;&|\s]/.test(value)) {
          return yield* complain(shell, name, `\`${value}': not a valid identifier`, 2)
        }
        spec[withArgument[letter]] = value
      }
      break
    }
  }
  return { spec, print: plain.has("p"), remove: plain.has("r"), special: plain, rest: argv.slice(at) }
}

/** The names that are meant: one of `-D`, `-E` and `-I`, or what follows the options. */
const namesOf = (given: ReadonlySet<string>, rest: ReadonlyArray<string>): ReadonlyArray<string> => {
  for (const letter of ["D", "E", "I"] as const) if (given.has(letter)) return [Specification.special[letter]]
  return rest
}

/** Only what was said, without names: `complete` shows what there is. */
const isEmpty = ({ spec }: Given): boolean =>
  spec.options.size === 0 && spec.actions.size === 0 &&
  Object.values(withArgument).every((key) => spec[key] === undefined)

export const complete: Builtin = function*(shell, argv) {
  const given = yield* read(shell, argv)
  if (typeof given === "number") return given
  const names = namesOf(given.special, given.rest)
  const all = new Map(shell.completions)
  if (given.print || (names.length === 0 && isEmpty(given) && !given.remove)) {
    return yield* show(shell, names.length === 0 ? Specification.names(all) : names)
  }
  if (given.remove) {
    if (names.length === 0 || all.size === 0) {
      shell.completions = new Map()
      return 0
    }
    shell.completions = all
    let status = 0
    for (const name of names) {
      if (!all.delete(name)) status = yield* complain(shell, "complete", `${name}: no completion specification`)
    }
    return status
  }
  if (names.length === 0) {
    yield* writeAll(shell, 2, Bytes.encode(`complete: usage: ${synopsis("complete") ?? ""}\n`))
    return 2
  }
  for (const name of names) {
    // What is said anew comes last among what shares its place.
    all.delete(name)
    all.set(name, given.spec)
  }
  shell.completions = all
  return 0
}

function* show(shell: Shell, names: ReadonlyArray<string>): Run<number> {
  let status = 0
  for (const name of names) {
    const spec = shell.completions.get(name)
    if (spec === undefined) status = yield* complain(shell, "complete", `${name}: no completion specification`)
    else yield* print(shell, "complete", Specification.shown(name, spec))
  }
  return status
}

export const compgen: Builtin = function*(shell, argv) {
  if (argv.length === 1) return 0
  const given = yield* read(shell, argv)
  if (typeof given === "number") return given
  const { rest: [word = ""], spec } = given
  for (const [letter, value] of [["F", spec.function], ["C", spec.command]] as const) {
    if (value !== undefined) yield* complain(shell, "compgen", `warning: -${letter} option may not work as you expect`)
  }
  const generated = yield* generate(shell, spec, outside(word))
  let words = generated === "again" ? [] : generated
  if (words.length === 0 && spec.options.has("bashdefault")) words = yield* ordinaryWords(shell, word)
  if (words.length === 0 && spec.options.has("default")) words = yield* files(shell, word)
  if (words.length === 0) return 1
  return yield* print(shell, "compgen", words.map((each) => `${each}\n`).join(""))
}

export const compopt: Builtin = function*(shell, argv) {
  const changes: Array<readonly [on: boolean, option: Specification.Option]> = []
  const special = new Set<string>()
  let at = 1
  for (; at < argv.length; at++) {
    const argument = argv[at]!
    if (argument === "--") {
      at++
      break
    }
    const letters = /^([-+])(.+)$/s.exec(argument)
    if (letters === null) break
    const [, sign = "", text = ""] = letters
    if (sign === "-" && /^[DEI]+$/.test(text)) { for (const letter of text) special.add(letter) }
    else if (text[0] !== "o") return yield* misuse(shell, "compopt", `${sign}${text[0]}: invalid option`)
    else {
      const option = text.length > 1 ? text.slice(1) : argv[++at]
      if (option === undefined) return yield* misuse(shell, "compopt", `${sign}o: option requires an argument`)
      if (!Specification.isOption(option)) return yield* complain(shell, "compopt", `${option}: invalid option name`, 2)
      changes.push([sign === "-", option])
    }
  }
  const names = namesOf(special, argv.slice(at))
  if (names.length === 0) return yield* current(shell, changes)
  let status = 0
  for (const name of names) {
    const spec = shell.completions.get(name)
    if (spec === undefined) {
      status = yield* complain(shell, "compopt", `${name}: no completion specification`)
      continue
    }
    if (changes.length === 0) yield* print(shell, "compopt", Specification.shownOptions(name, spec.options))
    else shell.completions = new Map(shell.completions).set(name, { ...spec, options: changed(spec.options, changes) })
  }
  return status
}

type Changes = ReadonlyArray<readonly [on: boolean, option: Specification.Option]>

const changed = (options: ReadonlySet<Specification.Option>, changes: Changes): ReadonlySet<Specification.Option> => {
  const after = new Set(options)
  for (const [on, option] of changes) {
    if (on) after.add(option)
    else after.delete(option)
  }
  return after
}

/** Of the completion that is going on, which asks a function now. */
function* current(shell: Shell, changes: Changes): Run<number> {
  const { completing } = shell
  if (completing === undefined) {
    return yield* complain(shell, "compopt", "not currently executing completion function")
  }
  if (changes.length > 0) completing.options = changed(completing.options, changes)
  else yield* print(shell, "compopt", Specification.shownOptions(completing.name, completing.options))
  return 0
}
