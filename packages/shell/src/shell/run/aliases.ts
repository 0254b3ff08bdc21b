/**
 * Aliases: texts that stand for command words. POSIX has them replaced before a line is parsed, so the word is
 * replaced in the text, and the text is parsed again.
 *
 * @see sh(1p) Alias Substitution
 */
import { forEachChild, parse as unbash, type SyntaxNode } from "unbash"
import type { Shell } from "../state/Shell.js"

/** Whether aliases are replaced at all. */
export const isActive = (shell: Shell): boolean =>
  shell.options.expand_aliases || shell.options.interactive || shell.options.posix

/** Whether `text` has to be run command by command because of aliases. */
export const wantsAliases = (shell: Shell, text: string): boolean =>
  (isActive(shell) || text.includes("expand_aliases")) &&
  (shell.aliases.size > 0 || (text.includes("\n") && /(^|[\s;&|(])alias\s/.test(text)))

interface Candidate {
  readonly pos: number
  readonly end: number
  readonly text: string
}

/** The words in command position that are written plainly, those in substitutions among them. */
const commandWords = (source: string): Array<Candidate> => {
  const found: Array<Candidate> = []
  const visit = (node: SyntaxNode): void => {
    if (node.type === "Command" && node.name !== undefined) {
      const { end, pos, text } = node.name
      if (source.slice(pos, end) === text) found.push({ pos, end, text })
    }
    // What backslashes between backquotes hide is a text of its own, whose places are none of this one.
    if (node.type !== "CommandExpansion" || node.script?.source === undefined) forEachChild(node, visit)
  }
  visit(unbash(source))
  return found.sort((left, right) => left.pos - right.pos)
}

/** `source` with the aliases among its command words replaced, again and again as POSIX says. */
export const applyAliases = (shell: Shell, source: string): string => {
  if (shell.aliases.size === 0 || !isActive(shell)) return source
  let text = source
  /** Stretches that came from an alias, which is not replaced again inside it. */
  let made: Array<{ from: number; to: number; readonly name: string }> = []
  /** Where a word follows an alias that ends with a blank. */
  let alsoAt = new Set<number>()
  for (let round = 0; round < 100; round++) {
    const words = commandWords(text)
    for (const start of alsoAt) {
      const word = /^[^\s;&|()<>'"\\$`]+/.exec(text.slice(start))?.[0]
      if (word !== undefined) words.push({ pos: start, end: start + word.length, text: word })
    }
    const next = words.find(({ pos, text: name }) =>
      shell.aliases.has(name) &&
      !made.some((stretch) => stretch.name === name && pos >= stretch.from && pos < stretch.to)
    )
    if (next === undefined) return text
    const value = shell.aliases.get(next.text)!
    const grown = value.length - (next.end - next.pos)
    text = text.slice(0, next.pos) + value + text.slice(next.end)
    made = made.map((stretch) => ({
      name: stretch.name,
      from: stretch.from > next.pos ? stretch.from + grown : stretch.from,
      to: stretch.to > next.pos ? stretch.to + grown : stretch.to
    }))
    made.push({ from: next.pos, to: next.pos + value.length, name: next.text })
    alsoAt = new Set([...alsoAt].filter((at) => at !== next.pos).map((at) => at > next.pos ? at + grown : at))
    if (/[ \t]$/.test(value)) {
      const after = /^[ \t]*/.exec(text.slice(next.pos + value.length))![0].length
      alsoAt.add(next.pos + value.length + after)
    }
  }
  return text
}
