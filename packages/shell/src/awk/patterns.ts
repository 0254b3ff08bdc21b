/**
 * The regular expressions of a program, each compiled once, however it came about.
 *
 * @see regex(7)
 */
import * as Regex from "../Regex.js"
import { Fatal } from "./control.js"

/** More dynamic ones than this are compiled anew. */
const keptMax = 100

export class Patterns {
  readonly #kept = new Map<string, Regex.Regex>()
  #ignoring = false
  /** What is odd about patterns that were compiled. */
  readonly warnings: Array<string> = []

  get ignoreCase(): boolean {
    return this.#ignoring
  }

  set ignoreCase(value: boolean) {
    if (value !== this.#ignoring) this.#kept.clear()
    this.#ignoring = value
  }

  /** The expression that `source` stands for. */
  get(source: string): Regex.Regex {
    const kept = this.#kept.get(source)
    if (kept !== undefined) return kept
    const made = this.compile(source)
    if (this.#kept.size >= keptMax) this.#kept.delete(this.#kept.keys().next().value!)
    this.#kept.set(source, made)
    return made
  }

  compile(source: string): Regex.Regex {
    const made = compile(source, this.#ignoring)
    if (made instanceof Regex.BadPattern) throw new Fatal(`invalid regexp: ${made.text}: /${source}/`)
    for (const warning of made.warnings) this.warnings.push(`warning: ${warning}`)
    return made
  }
}

export const compile = (source: string, ignoreCase: boolean): Regex.Regex | Regex.BadPattern =>
  Regex.compile([source], { extended: true, ignoreCase, newline: "plain", awk: true })

const checked = (regex: Regex.Regex): void => {
  if (regex.exhausted()) throw new Fatal("regular expression: the limit of matching was exceeded")
}

export const test = (regex: Regex.Regex, text: string): boolean => {
  const found = regex.test(text)
  if (!found) checked(regex)
  return found
}

export const span = (regex: Regex.Regex, text: string, from: number): readonly [number, number] | undefined => {
  const found = regex.span(text, from)
  if (found === undefined) checked(regex)
  return found
}

export const find = (regex: Regex.Regex, text: string, from: number): Regex.Match | undefined => {
  const found = regex.find(text, from)
  if (found === undefined) checked(regex)
  return found
}
