/**
 * What the word before the cursor may become.
 *
 * @see bash(1) Completing
 */
import * as Pattern from "../../Pattern.js"
import { matching } from "../expand/pathnames.js"
import type { Run, Shell } from "../state/Shell.js"
import { compare } from "../state/Variables.js"
import { candidates } from "./actions.js"
import { files, isDirectoryAt, notIgnored } from "./files.js"
import { type Asked, generate, unquoted } from "./generate.js"
import { commandAt, type Place, type Where, wordAt } from "./place.js"
import { type Completing, special, type Specification } from "./Specification.js"
import { split } from "./splitting.js"

export interface Attempt extends Place {
  readonly words: ReadonlyArray<string>
  /** Whether they are files, and are quoted as such. */
  readonly filenames: boolean
  readonly quoting: boolean
  /** Whether a link to a directory counts as one at once. */
  readonly links: boolean
  /** What follows a word that is finished. */
  readonly append: string
}

type Found = Omit<Attempt, keyof Place> & { readonly sorted: boolean }

const plain = (words: ReadonlyArray<string>, append = " "): Found => ({
  words,
  append,
  filenames: false,
  quoting: false,
  links: false,
  sorted: true
})

const paths = (words: ReadonlyArray<string>): Found => ({
  words,
  append: " ",
  filenames: true,
  quoting: true,
  links: false,
  sorted: true
})

/** `$NAME` and `${NAME}`. */
function* parameters(shell: Shell, word: string): Run<Found> {
  const begin = word.startsWith("${") ? "${" : "$"
  const names = yield* candidates(shell, "variable", word.slice(begin.length))
  const words = names.map((name) => `${begin}${name}${begin === "${" ? "}" : ""}`)
  const value = names.length === 1 ? shell.variables.value(names[0]!) : undefined
  return plain(words, value !== undefined && (yield* isDirectoryAt(shell, value)) ? "/" : " ")
}

/** `~user`. */
function* users(shell: Shell, word: string): Run<Found> {
  const names = yield* candidates(shell, "user", word.replace(/^~/, ""))
  return plain(names.map((name) => `~${name}`), "/")
}

/** `@host`. */
function* hostnames(shell: Shell, word: string): Run<Found> {
  const begin = word.startsWith("@") ? "@" : ""
  return plain((yield* candidates(shell, "hostname", word.slice(begin.length))).map((host) => begin + host))
}

function* commands(shell: Shell, word: string): Run<Found> {
  const words = yield* candidates(shell, "command", word)
  if (words.length > 0) return { ...plain(words), filenames: word.includes("/"), quoting: true }
  return paths(yield* files(shell, word, "directory"))
}

/** What bash itself completes, apart from files. */
function* ordinary(shell: Shell, raw: string, names: boolean): Run<Found | undefined> {
  const word = unquoted(raw)
  let found: Found | undefined
  if (/^\$\{?\w*$/.test(raw)) found = yield* parameters(shell, raw)
  else if (/^~[^/]*$/.test(word)) found = yield* users(shell, word)
  else if (word.startsWith("@")) found = yield* hostnames(shell, word)
  if (found !== undefined && found.words.length > 0) return found
  if (names) return yield* commands(shell, word)
  if (Pattern.isMagic(word, true)) {
    const matched = yield* matching(shell, word)
    if (matched.length === 1) return paths(matched)
  }
  return undefined
}

/** What `-o bashdefault` adds. */
export function* ordinaryWords(shell: Shell, word: string): Run<ReadonlyArray<string>> {
  return (yield* ordinary(shell, word, false))?.words ?? []
}

/** The specification for a command, and the name that it goes by. */
const specificationOf = (shell: Shell, name: string): Specification | undefined => {
  const { aliases, completions } = shell
  const own = completions.get(name) ?? completions.get(name.slice(name.lastIndexOf("/") + 1)) ??
    completions.get(special.D)
  if (own !== undefined || shell.accepted.get("progcomp_alias") !== true) return own
  const alias = /^\s*(\S+)/.exec(aliases.get(name) ?? "")?.[1]
  return alias === undefined ? undefined : completions.get(alias)
}

/** How often a function may say that there is another specification now. */
const AGAIN_MOST = 32

/** By the specification of a command; `undefined` where there is none. */
function* specified(shell: Shell, name: string, asked: Asked, names: boolean): Run<Found | undefined> {
  const outer = shell.completing
  try {
    for (let times = 0; times < AGAIN_MOST; times++) {
      const spec = specificationOf(shell, name)
      if (spec === undefined) return undefined
      // Only for this time may its function change what it says.
      const completing: Completing = { name, options: spec.options }
      shell.completing = completing
      const words = yield* generate(shell, spec, asked)
      const { options } = completing
      if (words === "again") {
        if (specificationOf(shell, name) === spec) return undefined
        continue
      }
      if (words.length === 0 && options.has("bashdefault")) {
        const found = yield* ordinary(shell, asked.word, names)
        if (found !== undefined) return found
      }
      if (words.length === 0 && options.has("default")) return undefined
      const links = options.has("plusdirs") || options.has("dirnames") || spec.actions.has("directory")
      const files = links || options.has("filenames") || spec.glob !== undefined || spec.actions.has("file")
      return {
        words,
        filenames: files,
        links,
        quoting: files && !options.has("noquote"),
        append: options.has("nospace") ? "" : " ",
        sorted: !options.has("nosort")
      }
    }
    return undefined
  } finally {
    shell.completing = outer
  }
}

function* find(shell: Shell, where: Where, asked: Asked): Run<Found> {
  const { name, names } = where
  const { word } = asked
  const { completions } = shell
  if (completions.size > 0 && shell.accepted.get("progcomp") === true) {
    const key = !names ? name : asked.line === "" && where.to === 0 ? special.E : special.I
    if (names ? completions.has(key) : name !== "") {
      const found = yield* specified(shell, key, { ...asked, command: key }, names)
      if (found !== undefined) return found
    }
  }
  return (yield* ordinary(shell, word, names)) ?? paths(notIgnored(shell, yield* files(shell, unquoted(word))))
}

/** Words of one kind only. */
export type Kind = "command" | "file" | "hostname" | "user" | "variable"

export interface How {
  /** The character that asks. */
  readonly key: number
  /** What it asks for. */
  readonly type: number
  readonly kind: Kind | undefined
}

function* only(shell: Shell, raw: string, kind: Kind): Run<Found> {
  const word = unquoted(raw)
  switch (kind) {
    case "command":
      return yield* commands(shell, word)
    case "file":
      return paths(notIgnored(shell, yield* files(shell, word)))
    case "variable":
      return { ...yield* parameters(shell, word.startsWith("$") ? word : `$${word}`), append: " " }
    case "user":
      return yield* users(shell, word)
    case "hostname":
      return yield* hostnames(shell, word)
  }
}

/** Completes the word at `cursor`. */
export function* attempt(shell: Shell, line: string, cursor: number, { key, kind, type }: How): Run<Attempt> {
  const breaks = shell.variables.value("COMP_WORDBREAKS") ?? ""
  const before = line.slice(0, cursor)
  const place = wordAt(before, breaks)
  const raw = before.slice(place.start)
  const where = commandAt(line, place, cursor)
  const command = line.slice(where.from, where.to)
  const words = split(command, breaks, cursor - where.from)
  const asked: Asked = {
    command: where.name,
    word: raw,
    line: command,
    point: cursor - where.from,
    words,
    key,
    type
  }
  const found = yield* kind === undefined ? find(shell, where, asked) : only(shell, raw, kind)
  const distinct = [...new Set(found.words)]
  return {
    ...found,
    ...place,
    words: found.sorted ? distinct.sort(compare) : distinct,
    append: before[place.start - 1] === "`" ? "" : found.append
  }
}
