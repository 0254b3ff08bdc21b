/**
 * What a builtin is, and what builtins share.
 */
import * as Bytes from "@effix/kernel/Bytes"
import { report, writeAll } from "../run/report.js"
import type { Run, Shell } from "../state/Shell.js"
import type { Assignment } from "../syntax/Ast.js"
import { synopsis, withUsage } from "./usage.js"

export interface Context {
  /** Array values among the arguments, by their position. */
  assignments: Map<number, Assignment> | undefined
  /** Whether the process has nothing to do afterwards. */
  readonly tail: boolean
}

export type Builtin = (shell: Shell, argv: ReadonlyArray<string>, context: Context) => Run<number>

/** Complains under the builtin's name; answers `status`. */
export function* complain(shell: Shell, name: string, message: string, status = 1): Run<number> {
  yield* report(shell, `${name}: ${message}`)
  return status
}

export interface Flags {
  /** The letters that were given, in order; with `+` before those that were given with it. */
  readonly letters: ReadonlyArray<string>
  /** What came with the letters that take a value. */
  readonly values: ReadonlyMap<string, string>
  readonly rest: ReadonlyArray<string>
  /** How many arguments, the name included, stand before the rest. */
  readonly used: number
}

/** Reads single-letter options; a text is a complaint. In `accepted`, `:` follows a letter that takes a value. */
export const flags = (argv: ReadonlyArray<string>, accepted: string, plus = false): Flags | string => {
  const letters: Array<string> = []
  const values = new Map<string, string>()
  let at = 1
  for (; at < argv.length; at++) {
    const argument = argv[at]!
    if (argument === "--") {
      at++
      break
    }
    const minus = argument.startsWith("-") && argument.length > 1
    if (!minus && !(plus && argument.startsWith("+") && argument.length > 1)) break
    for (let index = 1; index < argument.length; index++) {
      const letter = argument[index]!
      const known = letter === ":" ? -1 : accepted.indexOf(letter)
      if (known < 0) return `${argument[0]}${letter}: invalid option`
      letters.push(minus ? letter : `+${letter}`)
      if (accepted[known + 1] !== ":") continue
      const value = index + 1 < argument.length ? argument.slice(index + 1) : argv[++at]
      if (value === undefined) return `-${letter}: option requires an argument`
      values.set(letter, value)
      break
    }
  }
  return { letters, values, rest: argv.slice(at), used: at }
}

/** Says how a builtin is to be called, after a call that cannot be meant so. */
export function* tellUsage(shell: Shell, name: string): Run<number> {
  yield* writeAll(shell, 2, Bytes.encode(`${name}: usage: ${synopsis(name)}\n`))
  return 2
}

/** Complains about options that are not known, and tells which are. */
export function* misuse(shell: Shell, name: string, message: string): Run<number> {
  return yield* complain(shell, name, withUsage(name, message), 2)
}
