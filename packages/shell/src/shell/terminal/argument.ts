/**
 * The numeric argument that is typed before a function: with Meta and digits, or by `universal-argument`.
 *
 * @see bash(1) Readline Command Names, Numeric Arguments
 */
import type { Pressed } from "./keys.js"

export interface Argument {
  readonly sign: 1 | -1
  readonly value: number
  /** Whether the number itself has been typed. */
  readonly counted: boolean
  /** Whether digits, and whether a sign, were typed since the last key with Meta. */
  readonly digits: boolean
  readonly minus: boolean
}

const nothing: Argument = { sign: 1, value: 1, counted: false, digits: false, minus: false }

const argumentMax = 1_000_000

/** A minus by itself is -1. */
const settled = (before: Argument): Argument =>
  before.minus && before.value === 1 ? { ...before, counted: true } : before

const typed = (before: Argument, character: string): Argument | undefined => {
  if (/^[0-9]$/.test(character)) {
    const value = Math.min(argumentMax, (before.counted ? before.value * 10 : 0) + Number(character))
    return { ...before, value, counted: true, digits: true }
  }
  return character === "-" && !before.counted ? { ...before, value: 1, sign: -1, minus: true } : undefined
}

/** What an argument becomes by another key; `undefined` when the key is no part of it. */
export const further = (before: Argument | undefined, { binding, keys }: Pressed): Argument | undefined => {
  const name = binding?._tag === "Function" ? binding.name : undefined
  if (name === "universal-argument") {
    return before?.digits === true ? undefined : { ...before ?? nothing, value: (before ?? nothing).value * 4 }
  }
  if (name === "digit-argument") {
    return typed({ ...settled(before ?? nothing), digits: false, minus: false }, keys.slice(-1))
  }
  return before === undefined ? undefined : typed(before, keys)
}

export const isArgument = ({ binding }: Pressed): boolean =>
  binding?._tag === "Function" && binding.name === "digit-argument"

/** What a function is told of it. */
export const told = (argument: Argument | undefined): { readonly count: number; readonly counted: boolean } => {
  const { counted, sign, value } = settled(argument ?? nothing)
  return { count: sign * value, counted }
}
