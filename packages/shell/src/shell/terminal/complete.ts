/**
 * Completion: the commands and files that a word may become.
 */
import { isDirectory } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import { keywords } from "../builtins/names.js"
import { builtins } from "../builtins/table.js"
import { namesIn } from "../expand/pathnames.js"
import { tilde } from "../expand/tilde.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { compare } from "../state/Variables.js"

export interface Completion {
  /** What stands in the place of the word: all that the candidates have in common. */
  readonly word: string
  /** Set when there is one candidate only, and the word is finished. */
  readonly finished: boolean
  readonly candidates: ReadonlyArray<string>
}

const escape = (text: string): string => text.replace(/[\s\\"'$`&|;()<>*?[\]#!{}]/g, "\\$&")
const unescape = (text: string): string => text.replace(/\\(.)/g, "$1").replace(/^["']/, "")

const common = (words: ReadonlyArray<string>): string => {
  let prefix = words[0] ?? ""
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}

/** Where the word before the cursor begins. */
export const wordStart = (before: string): number => {
  let start = 0
  for (let at = 0; at < before.length; at++) {
    if (before[at] === "\\") at++
    else if (/[\s;|&()<>=:]/.test(before[at]!)) start = at + 1
  }
  return start
}

const isCommand = (before: string): boolean => /(^|[;|&(]|\b(then|do|else|if|while|until|!)\s)\s*$/.test(before)

function* commands(shell: Shell, prefix: string): Run<ReadonlyArray<string>> {
  const names = new Set<string>([...builtins.keys(), ...shell.functions.keys(), ...shell.aliases.keys(), ...keywords])
  for (const directory of (shell.variables.value("PATH") ?? "").split(":")) {
    for (const name of yield* namesIn(shell, directory)) names.add(name)
  }
  return [...names].filter((name) => name.startsWith(prefix))
}

function* files(shell: Shell, word: string): Run<ReadonlyArray<string>> {
  const slash = word.lastIndexOf("/") + 1
  const directory = word.slice(0, slash)
  const prefix = word.slice(slash)
  const home = /^~([^/]*)\//.exec(directory)
  const real = home === null ? directory : (yield* tilde(shell, home[1]!)) + directory.slice(home[0].length - 1)
  const found: Array<string> = []
  for (const name of yield* namesIn(shell, real)) {
    if (!name.startsWith(prefix) || (name.startsWith(".") && !prefix.startsWith("."))) continue
    const stat = yield* call(shell.sys.stat(real + name))
    found.push(`${directory}${name}${!Errno.isErrno(stat) && isDirectory(stat.mode) ? "/" : ""}`)
  }
  return found
}

/** What the word that ends `before` may become. */
export function* complete(shell: Shell, before: string): Run<Completion> {
  const start = wordStart(before)
  const word = unescape(before.slice(start))
  let candidates: ReadonlyArray<string>
  if (word.startsWith("$")) {
    candidates = shell.variables.names().filter((name) => name.startsWith(word.slice(1))).map((name) => `$${name}`)
  } else if (!word.includes("/") && isCommand(before.slice(0, start))) candidates = yield* commands(shell, word)
  else candidates = yield* files(shell, word)
  const sorted = [...candidates].sort(compare)
  const prefix = common(sorted)
  const made = word.startsWith("$") ? prefix : /^~[^/]*\//.test(prefix) ? `~${escape(prefix.slice(1))}` : escape(prefix)
  return {
    word: sorted.length === 0 ? before.slice(start) : made,
    finished: sorted.length === 1 && !prefix.endsWith("/"),
    candidates: sorted
  }
}
