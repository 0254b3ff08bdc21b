/**
 * What a specification comes to for a word: the words that it may become.
 *
 * @see bash(1) Programmable Completion
 */
import * as Pattern from "../../Pattern.js"
import { matching } from "../expand/pathnames.js"
import * as Quote from "../expand/quote.js"
import * as Values from "../expand/values.js"
import { expandInto } from "../expand/words.js"
import { report } from "../run/report.js"
import { callFunction } from "../run/simple.js"
import { substitution } from "../run/substitution.js"
import { Fatal } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import { values } from "../state/Variables.js"
import { parse } from "../syntax/parse.js"
import * as Actions from "./actions.js"
import { files } from "./files.js"
import type { Specification } from "./Specification.js"
import { asWord, listed, type Words } from "./splitting.js"

/** The word that is completed, and where it stands. */
export interface Asked {
  /** The command whose argument it is. */
  readonly command: string
  readonly word: string
  /** The command as far as it has been typed, and the cursor in it. */
  readonly line: string
  readonly point: number
  /** Its words; none where nobody types. */
  readonly words: Words | undefined
  /** The number of the character that asks, and what for. */
  readonly key: number
  readonly type: number
}

/** Nobody types: `compgen`. */
export const outside = (word: string): Asked => ({
  command: "compgen",
  word,
  line: "",
  point: 0,
  words: undefined,
  key: 0,
  type: 0
})

/** The status by which a function says that there is another specification now. */
const AGAIN = 124

/** Set when a function has found or made another specification: then there are no words. */
export type Generated = ReadonlyArray<string> | "again"

/** A text without its quotes, one of which may still be open. */
export const unquoted = (text: string): string => {
  let out = ""
  let quote = ""
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === quote) quote = ""
    else if (quote === "" && (character === "'" || character === "\"")) quote = character
    else if (character !== "\\" || quote === "'" || at + 1 === text.length) out += character
    else {
      const next = text[++at]!
      out += quote === "\"" && !"$`\"\\\n".includes(next) ? `\\${next}` : next
    }
  }
  return out
}

/** Expands a word of `-W`, which ends with what its open quote holds. */
function* expanded(shell: Shell, text: string, into: Array<string>): Run<void> {
  const word = asWord(text)
  for (const end of ["", "'", "\""]) {
    const { error, list } = parse(`: ${word}${end}`)
    const command = list.statements[0]?.command
    if (error !== undefined || list.statements.length !== 1 || command?.kind !== "simple") continue
    for (const one of command.words.slice(1)) yield* expandInto(shell, one, into)
    return
  }
  into.push(text)
}

function* wordList(shell: Shell, list: string, word: string): Run<ReadonlyArray<string>> {
  const found: Array<string> = []
  const { noglob } = shell.options
  shell.options.noglob = true
  try {
    for (const text of listed(list, Values.separators(shell))) yield* expanded(shell, text, found)
  } catch (error) {
    if (!(error instanceof Fatal) || error.message === undefined) throw error
    // It ends a script, whatever builtin asked for the words.
    yield* report(shell, error.message)
    throw new Fatal(error.status, undefined, error.discard)
  } finally {
    shell.options.noglob = noglob
  }
  const begin = unquoted(word)
  return found.filter((each) => each.startsWith(begin))
}

/** The word before the one that is completed. */
const previous = ({ words }: Asked): string => words?.words[words.current - 1] ?? ""

const variables = ({ key, line, point, type }: Asked): ReadonlyArray<readonly [name: string, value: string]> => [
  ["COMP_LINE", line],
  ["COMP_POINT", String(point)],
  ["COMP_TYPE", String(type)],
  ["COMP_KEY", String(key)]
]

function* byFunction(shell: Shell, name: string, asked: Asked): Run<Generated> {
  const definition = shell.functions.get(name)
  if (definition === undefined) {
    yield* report(shell, `completion: function \`${name}' not found`)
    return "again"
  }
  const { status, variables: all } = shell
  for (const [variable, value] of variables(asked)) all.set(variable, value)
  all.makeArray("COMP_WORDS", false, false)
  asked.words?.words.forEach((each, index) => all.setElement("COMP_WORDS", index, each))
  all.set("COMP_CWORD", String(asked.words?.current ?? -1))
  const code = yield* callFunction(shell, name, definition, [name, asked.command, asked.word, previous(asked)])
  shell.status = status
  const found = values(all.get("COMPREPLY")?.value)
  for (const [variable] of variables(asked)) all.unset(variable)
  for (const variable of ["COMP_WORDS", "COMP_CWORD", "COMPREPLY"]) all.unset(variable)
  return code === AGAIN ? "again" : found
}

function* byCommand(shell: Shell, command: string, asked: Asked): Run<ReadonlyArray<string>> {
  const all = shell.variables
  for (const [variable, value] of variables(asked)) {
    all.set(variable, value)
    all.mark(variable, { exported: true })
  }
  const args = [asked.command, asked.word, previous(asked)].map(Quote.always).join(" ")
  const { status } = shell
  const text = yield* substitution(shell, parse(`${command} ${args}`).list)
  shell.status = status
  for (const [variable] of variables(asked)) all.unset(variable)
  // A line goes on behind a backslash.
  return text === "" ? [] : text.match(/(?:\\\n|[^\n])+/g) ?? []
}

/** What a filter leaves of the words; `&` in it stands for the word that is completed. */
const filtered = (shell: Shell, filter: string, word: string, found: ReadonlyArray<string>): ReadonlyArray<string> => {
  const negated = filter.startsWith("!")
  const pattern = filter.slice(negated ? 1 : 0).replace(/\\&|&/g, (match) => match === "&" ? word : "&")
  const matches = Pattern.compile(pattern, { extended: shell.options.extglob, ignoreCase: shell.options.nocasematch })
  return found.filter((each) => matches(each) === negated)
}

export function* generate(shell: Shell, spec: Specification, asked: Asked): Run<Generated> {
  const { word } = asked
  // Somebody who types has quoted what needs it.
  const begin = asked.words === undefined ? word : unquoted(word)
  let found: Array<string> = []
  for (const action of Actions.order) {
    if (spec.actions.has(action)) found.push(...yield* Actions.candidates(shell, action, begin))
  }
  if (spec.glob !== undefined) found.push(...yield* matching(shell, spec.glob))
  if (spec.words !== undefined) found.push(...yield* wordList(shell, spec.words, word))
  if (spec.function !== undefined) {
    const made = yield* byFunction(shell, spec.function, asked)
    if (made === "again") return made
    found.push(...made)
  }
  if (spec.command !== undefined) found.push(...yield* byCommand(shell, spec.command, asked))
  if (spec.filter !== undefined && spec.filter !== "") found = [...filtered(shell, spec.filter, word, found)]
  const { prefix = "", suffix = "" } = spec
  if (prefix !== "" || suffix !== "") found = found.map((each) => prefix + each + suffix)
  if (spec.options.has("plusdirs") || (found.length === 0 && spec.options.has("dirnames"))) {
    found.push(...yield* files(shell, begin, "directory"))
  }
  return found
}
