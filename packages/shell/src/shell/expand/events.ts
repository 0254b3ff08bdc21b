/**
 * History expansion: `!!`, `!$`, `!-2:1`, `^old^new` in a line that was typed.
 *
 * @see bash(1) HISTORY EXPANSION
 */
import type { History } from "../state/History.js"

/** What a line becomes; `run` is false where it is only to be shown. */
export interface Expanded {
  readonly line: string
  readonly run: boolean
}

/** What is wrong with a line: the part of it, and why. */
class Wrong {
  constructor(readonly message: string) {}
}

const isSpace = (character: string | undefined): boolean =>
  character === undefined || character === " " || character === "\t" || character === "\n"

/** The words of a line, as the shell would tell them apart. */
export const wordsOf = (line: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  const pattern =
    /(?:[^ \t\n'"\\`$<>|&;()]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|\$\((?:[^()]|\([^()]*\))*\)|\$)+|<<<|<<-?|>>|>\||[<>]&|&>>?|<>|&&|\|\||\|&|;;|[<>|&;()]/g
  for (const [word] of line.matchAll(pattern)) words.push(word)
  return words
}

/** Replaces the first occurrence, or all. */
const substitute = (text: string, old: string, by: string, all: boolean): string | undefined => {
  if (old === "" || !text.includes(old)) return undefined
  const replacement = by.replace(/\\(&)|&/g, (_, escaped: string | undefined) => escaped ?? old)
  return all ? text.split(old).join(replacement) : text.replace(old, () => replacement)
}

class Expansion {
  private at = 0
  private out = ""
  private run = true
  private changed = false

  constructor(
    private readonly line: string,
    private readonly history: History,
    private readonly last: { old: string; by: string }
  ) {}

  expand(): Expanded | undefined {
    const quick = /^\^((?:[^^\\]|\\[\s\S])*)\^((?:[^^\\]|\\[\s\S])*)(?:\^([\s\S]*))?$/.exec(this.line)
    if (quick !== null) return this.quick(quick[1]!, quick[2]!, quick[3] ?? "")
    let quoted = false
    for (; this.at < this.line.length;) {
      const character = this.line[this.at]!
      const after = this.line[this.at + 1]
      if (character === "\\") this.take(2)
      else if (character === "'" && !quoted) this.take(Math.max(1, this.line.indexOf("'", this.at + 1) + 1 - this.at))
      else if (character === "\"") {
        quoted = !quoted
        this.take(1)
      } else if (
        character === "!" && !isSpace(after) && after !== "=" && !(quoted && after === "\"") && !this.isOther()
      ) {
        this.event()
      } else this.take(1)
    }
    return this.changed ? { line: this.out, run: this.run } : undefined
  }

  /** `$!`, `${!x}`, `[!x]` and `!(…)` are the shell's. */
  private isOther(): boolean {
    const { at, line } = this
    const [before, rest] = [line.slice(Math.max(0, at - 2), at), line.slice(at + 1)]
    return before.endsWith("$") || (before === "${" && rest.includes("}")) ||
      (before.endsWith("[") && rest.includes("]")) ||
      rest.startsWith("(")
  }

  private take(count: number): void {
    this.out += this.line.slice(this.at, this.at + count)
    this.at += count
  }

  private quick(old: string, by: string, rest: string): Expanded {
    const event = this.history.last
    const text = event === undefined ? undefined : substitute(event, old, by, false)
    if (text === undefined) throw new Wrong(`:s^${old}^${by}: substitution failed`)
    this.last.old = old
    this.last.by = by
    return { line: text + rest, run: true }
  }

  /** `!…`: which line, which words of it, and what becomes of them. */
  private event(): void {
    const from = this.at
    this.at++
    const line = this.found(from)
    const words = this.words(line, from)
    this.out += this.modified(words ?? line, from)
    this.changed = true
  }

  private shown(from: number): string {
    return this.line.slice(from, this.at)
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.line.slice(this.at))
    if (match !== null) this.at += match[0].length
    return match
  }

  /** The line that an event designator means. */
  private found(from: number): string {
    const { history } = this
    if (/^[$^*%:]/.test(this.line.slice(this.at))) {
      return this.known(history.last, from)
    }
    if (this.match(/^!/) !== null) return this.known(history.last, from)
    if (this.match(/^#/) !== null) return this.out
    const number = this.match(/^-?[0-9]+/)
    if (number !== null) {
      const value = Number(number[0])
      return this.known(history.at(value < 0 ? history.next + value : value), from)
    }
    const inside = this.match(/^\?([^?\n]*)\??/)
    const wanted = inside?.[1] ?? this.match(/^[^\s:;&()|<>^$*%-]+/)?.[0] ?? ""
    const found = [...history.lines].reverse().find((each) =>
      inside === null ? each.startsWith(wanted) : each.includes(wanted)
    )
    return this.known(wanted === "" ? undefined : found, from)
  }

  private known(line: string | undefined, from: number): string {
    if (line === undefined) throw new Wrong(`${this.shown(from)}: event not found`)
    return line
  }

  /** The words that a word designator chooses; `undefined` when there is none. */
  private words(line: string, from: number): string | undefined {
    const range = this.match(
      /^(?::(?:([0-9]+|\^|\$|%)(?:(-)([0-9]+|\$)?|(\*))?|(-)([0-9]+|\$)?|(\*))|([$^%])|(\*)|(-)([0-9]+|\$)?)/
    )
    if (range === null) return undefined
    const all = wordsOf(line)
    const last = all.length - 1
    const numberOf = (text: string): number => text === "^" ? 1 : text === "$" || text === "%" ? last : Number(text)
    const [, first, dash, to, star, zero, zeroTo, every, short, shortEvery, shortZero, shortZeroTo] = range
    let begin = 0
    let end = last
    if (every !== undefined || shortEvery !== undefined) {
      if (last < 1) return ""
      begin = 1
    } else if (zero !== undefined || shortZero !== undefined) {
      const to = zeroTo ?? shortZeroTo
      end = to === undefined ? last - 1 : numberOf(to)
    } else {
      begin = numberOf((first ?? short)!)
      end = star !== undefined ? last : dash === undefined ? begin : to === undefined ? last - 1 : numberOf(to)
      if (star !== undefined && begin === last + 1) return ""
    }
    if (begin > last || end > last || begin > end || begin < 0) {
      throw new Wrong(`${this.shown(from).replace(/^![^:]*/, "")}: bad word specifier`)
    }
    return all.slice(begin, end + 1).join(" ")
  }

  /** What the modifiers `:h`, `:s/old/new/` and the others make of a text. */
  private modified(given: string, from: number): string {
    let text = given
    for (;;) {
      const modifier = this.match(/^:(g|a|G)?([htrepqx&]|s(.))/)
      if (modifier === null) return text
      const [, global, letter, delimiter] = modifier
      switch (letter![0]) {
        case "h":
          text = text.replace(/\/[^/]*$/, "")
          break
        case "t":
          text = text.slice(text.lastIndexOf("/") + 1)
          break
        case "r":
          text = text.replace(/\.[^./]*$/, "")
          break
        case "e":
          text = /\.[^./]*$/.exec(text)?.[0] ?? text
          break
        case "p":
          this.run = false
          break
        case "q":
          text = `'${text.replace(/'/g, "'\\''")}'`
          break
        case "x":
          text = text.split(/\s+/).map((word) => `'${word.replace(/'/g, "'\\''")}'`).join(" ")
          break
        default:
          if (letter !== "&") this.readSubstitution(delimiter!)
          text = this.substituted(text, global, from)
      }
    }
  }

  private readSubstitution(delimiter: string): void {
    const part = (): string => {
      let text = ""
      for (; this.at < this.line.length && this.line[this.at] !== delimiter; this.at++) {
        if (this.line[this.at] === "\\" && this.line[this.at + 1] === delimiter) this.at++
        text += this.line[this.at]!
      }
      this.at++
      return text
    }
    const old = part()
    this.last.by = part()
    if (old !== "") this.last.old = old
  }

  private substituted(text: string, global: string | undefined, from: number): string {
    const { by, old } = this.last
    const changed = global === "G"
      ? wordsOf(text).map((word) => substitute(word, old, by, false) ?? word).join(" ")
      : substitute(text, old, by, global !== undefined)
    if (changed === undefined) throw new Wrong(`${this.shown(from).replace(/^![^:]*/, "")}: substitution failed`)
    return changed
  }
}

/** The last `s/old/new/`, which `:&` repeats. */
export type Substitution = { old: string; by: string }

/** Expands a line: `undefined` when there is nothing in it to expand, a text when something is wrong. */
export const expandEvents = (line: string, history: History, last: Substitution): Expanded | string | undefined => {
  if (!line.includes("!") && !line.startsWith("^")) return undefined
  try {
    return new Expansion(line, history, last).expand()
  } catch (error) {
    if (error instanceof Wrong) return error.message
    throw error
  }
}
