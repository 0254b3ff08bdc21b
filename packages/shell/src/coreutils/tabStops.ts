/**
 * Where the tab stops are that expand and unexpand are told of: a list, and with `/N` or `+N` behind it what follows.
 *
 * @see expand(1)
 */
import * as Quote from "../Quote.js"
import type { Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"

export type Stops = (column: number) => number | undefined

interface Read {
  readonly list: Array<number>
  /** Behind the list stops are multiples of this, or so far from the last of the list. */
  multiple: number | undefined
  step: number | undefined
}

const tooLarge = 2n ** 64n

function* readPart(run: Utility.Run, read: Read, part: string, before: string): Steps<string> {
  let specifier = before
  let digits = ""
  for (const [at, character] of [...part].entries()) {
    if (/\d/.test(character)) digits += character
    else if (character === "/" || character === "+") {
      if (digits !== "") {
        return yield* run.die(
          `'${character}' specifier not at start of number: ${Quote.value(part.slice(at))}`
        )
      }
      specifier = character
    } else {
      return yield* run.die(`tab size contains invalid character(s): ${Quote.value(part.slice(at))}`)
    }
  }
  if (digits === "") return specifier
  if (BigInt(digits) >= tooLarge) return yield* run.die(`tab stop is too large ${Quote.value(digits)}`)
  const size = Number(digits)
  const key = specifier === "/" ? "multiple" : "step"
  if (specifier === "") read.list.push(size)
  else if (read[key] !== undefined) {
    return yield* run.die(`'${specifier}' specifier only allowed with the last value`)
  } else read[key] = size
  return specifier
}

/** The next tab stop behind a column; `undefined` when there is none. */
export function* stopsOf(run: Utility.Run, text: string): Steps<Stops> {
  const read: Read = { list: [], multiple: undefined, step: undefined }
  let specifier = ""
  for (const part of text.split(/[, \t]+/)) specifier = yield* readPart(run, read, part, specifier)
  const { list, multiple, step } = read
  for (const [index, stop] of list.entries()) {
    if (stop === 0) return yield* run.die("tab size cannot be 0")
    if (index > 0 && stop <= list[index - 1]!) return yield* run.die("tab sizes must be ascending")
  }
  if (multiple !== undefined && step !== undefined) {
    return yield* run.die("'/' specifier is mutually exclusive with '+'")
  }
  const each = (size: number): Stops => (column) => column + size - (column % size)
  const [only = multiple || step || 8] = list
  if (list.length === 0 || (list.length === 1 && !multiple && !step)) return each(only)
  const last = list.at(-1)!
  return (column) => {
    const next = list.find((stop) => stop > column)
    if (next !== undefined) return next
    if (multiple) return each(multiple)(column)
    return step ? column + step - ((column - last) % step) : undefined
  }
}
