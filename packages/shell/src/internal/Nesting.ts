/**
 * Programs of a language whose functions may nest far deeper than those of JavaScript: what needs no system call is a plain
 * function; the rest are generators, and the body of a function is not delegated to but entered.
 */
import type { Steps } from "../Steps.js"

type Wrapped = Steps<unknown> extends Generator<infer Yielded, unknown, unknown> ? Yielded : never

/** A part of a program that may ask for system calls, and for other parts to be run. */
export type Run<A> = Generator<Wrapped | Enter, A, unknown>

/** Asks for `part` to be run; then `result` is what it answered. */
export class Enter {
  readonly _tag = "Enter"
  result: unknown = undefined
  constructor(readonly part: Run<unknown>) {}
}

/** Functions of the program nest too deeply. */
export class TooDeep {
  readonly _tag = "TooDeep"
}

/** How deep functions may call each other. */
const depthMax = 20_000

/** Runs `program` and whatever it enters. What is thrown inside is thrown in `program`. */
export function* drive<A>(program: Run<A>): Steps<A> {
  const entered: Array<Enter> = []
  let running: Run<unknown> = program
  let answer: unknown
  let thrown: { readonly error: unknown } | undefined
  while (true) {
    let step: IteratorResult<Wrapped | Enter, unknown>
    try {
      if (thrown === undefined) step = running.next(answer)
      else {
        const { error } = thrown
        thrown = undefined
        step = running.throw(error)
      }
    } catch (error) {
      if (running === program) throw error
      entered.length = 0
      running = program
      thrown = { error }
      continue
    }
    if (step.done === true) {
      const done = entered.pop()
      if (done === undefined) return step.value as A
      done.result = step.value
      running = entered.at(-1)?.part ?? program
      answer = undefined
    } else if (step.value instanceof Enter) {
      if (entered.length >= depthMax) {
        thrown = { error: new TooDeep() }
        continue
      }
      entered.push(step.value)
      running = step.value.part
      answer = undefined
    } else answer = yield step.value
  }
}
