/**
 * Which variables of an awk program are arrays: those with subscripts, and those that are handed to a function whose
 * parameter is one. So an array can be handed over, and filled by the callee, before anything is in it.
 *
 * @see awk(1p)
 */
import type { Element, Expression, Name } from "./syntax.js"

/** A variable as argument of a function. */
interface Handed {
  readonly name: Name
  /** The function that calls, if any. */
  readonly by: string | undefined
  readonly to: string
  readonly position: number
}

const key = (name: Name, by: string | undefined): string =>
  name.scope === "global" ? `${name.index}` : `${by} ${name.index}`

export class Uses {
  readonly #arrays = new Set<string>()
  readonly #handed: Array<Handed> = []

  /** `what` is used as an array in the function `by`. */
  array(what: Name | Element, by: string | undefined): void {
    if (what._tag === "Name") this.#arrays.add(key(what, by))
  }

  call(to: string, args: ReadonlyArray<Expression>, by: string | undefined): void {
    args.forEach((arg, position) => {
      if (arg._tag === "Name") this.#handed.push({ name: arg, by, to, position })
    })
  }

  /** Follows what is handed over until nothing new is found. */
  settle(): void {
    for (let before = -1; before !== this.#arrays.size;) {
      before = this.#arrays.size
      for (const { by, name, position, to } of this.#handed) {
        if (this.#arrays.has(`${to} ${position}`)) this.#arrays.add(key(name, by))
      }
    }
  }

  isArray(index: number, of?: string): boolean {
    return this.#arrays.has(of === undefined ? `${index}` : `${of} ${index}`)
  }
}

/** Which arguments of a builtin are arrays. */
export const arrayArguments: Readonly<Record<string, ReadonlyArray<number>>> = {
  split: [1, 3],
  patsplit: [1, 3],
  match: [2],
  asort: [0, 1],
  asorti: [0, 1]
}

/** The least and the most arguments of a builtin. */
export const arity: Readonly<Record<string, readonly [least: number, most: number]>> = {
  length: [0, 1],
  substr: [2, 3],
  index: [2, 2],
  split: [2, 4],
  patsplit: [2, 4],
  sub: [2, 3],
  gsub: [2, 3],
  gensub: [3, 4],
  match: [2, 3],
  sprintf: [1, Number.POSITIVE_INFINITY],
  sin: [1, 1],
  cos: [1, 1],
  atan2: [2, 2],
  exp: [1, 1],
  log: [1, 1],
  sqrt: [1, 1],
  int: [1, 1],
  rand: [0, 0],
  srand: [0, 1],
  tolower: [1, 1],
  toupper: [1, 1],
  system: [1, 1],
  close: [1, 2],
  fflush: [0, 1],
  strftime: [0, 3],
  systime: [0, 0],
  mktime: [1, 2],
  asort: [1, 3],
  asorti: [1, 3],
  and: [2, Number.POSITIVE_INFINITY],
  or: [2, Number.POSITIVE_INFINITY],
  xor: [2, Number.POSITIVE_INFINITY],
  lshift: [2, 2],
  rshift: [2, 2],
  compl: [1, 1],
  strtonum: [1, 1],
  typeof: [1, 2],
  isarray: [1, 1],
  mkbool: [1, 1]
}
