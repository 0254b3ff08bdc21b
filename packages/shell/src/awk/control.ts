/**
 * How the parts of an awk program run, and how they leave what they are doing.
 *
 * What needs no system call is a plain function. The rest are generators; the body of a function is not delegated to but
 * entered, so that functions of awk may nest far deeper than those of JavaScript.
 *
 * @see awk(1p)
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

/** Ends the program with a complaint. */
export class Fatal {
  readonly _tag = "Fatal"
  /** With `aside`, it is not about the record. */
  constructor(readonly text: string, readonly aside = false) {}
}

/** `next` and `nextfile` inside a function. */
export class Next {
  readonly _tag = "Next"
  constructor(readonly file: boolean) {}
}

/** `exit` inside a function. */
export class Exit {
  readonly _tag = "Exit"
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
        thrown = { error: new Fatal("function calls nest too deeply") }
        continue
      }
      entered.push(step.value)
      running = step.value.part
      answer = undefined
    } else answer = yield step.value
  }
}
