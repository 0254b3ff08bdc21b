/**
 * Runs a program: BEGIN, then its rules over each record, then END.
 *
 * @see awk(1p)
 */
import type { Run } from "../internal/Nesting.js"
import { type After, type Code, type Step } from "./code.js"
import type { Compiler } from "./compiler.js"
import { Exit, Next } from "./control.js"
import type { Hooks } from "./input.js"
import type { Machine } from "./machine.js"
import { compileBody } from "./statements.js"
import type { Rule } from "./syntax.js"
import { toBoolean } from "./values.js"

interface Pattern {
  readonly first: Code
  readonly second: Code | undefined
}

class CompiledRule {
  /** Whether the second pattern of a range is awaited. */
  isOpen = false

  constructor(readonly pattern: Pattern | undefined, readonly action: Step) {}
}

const truthOf = function*(code: Code): Run<boolean> {
  return code.waits ? toBoolean(yield* code.value()) : code.truth()
}

export class Rules {
  readonly #machine: Machine
  readonly #begin: ReadonlyArray<Step>
  readonly #end: ReadonlyArray<Step>
  readonly #record: ReadonlyArray<CompiledRule>
  readonly #hooks: Hooks
  readonly #readsInput: boolean

  constructor(compiler: Compiler) {
    this.#machine = compiler.machine
    const { rules } = compiler.machine.program
    const of = (kind: Rule["kind"]): ReadonlyArray<Step> =>
      rules.filter((rule) => rule.kind === kind).map((rule) => compileBody(compiler, rule.action ?? []))
    this.#begin = of("BEGIN")
    this.#end = of("END")
    const beginFile = of("BEGINFILE")
    const endFile = of("ENDFILE")
    this.#hooks = {
      begin: beginFile.length === 0 ? undefined : () => this.#hook(beginFile),
      end: endFile.length === 0 ? undefined : () => this.#hook(endFile)
    }
    this.#record = rules.filter((rule) => rule.kind === "record").map((rule) => compileRule(compiler, rule))
    this.#readsInput = rules.some((rule) => rule.kind !== "BEGIN")
    compiler.compileFunctions()
    this.#machine.place = undefined
  }

  /** Runs everything; `machine.status` is what comes of it. */
  *run(): Run<void> {
    const machine = this.#machine
    machine.input.hooks = this.#hooks
    let exits = false
    try {
      exits = yield* this.#all(this.#begin)
      if (!exits && this.#readsInput) exits = yield* this.#records()
    } catch (error) {
      if (!(error instanceof Exit)) throw error
    }
    machine.frame = []
    machine.place = undefined
    try {
      if (this.#end.length > 0) yield* this.#all(this.#end)
    } catch (error) {
      if (!(error instanceof Exit)) throw error
    }
  }

  /** Runs steps until one exits; answers whether one did. */
  *#all(steps: ReadonlyArray<Step>): Run<boolean> {
    for (const step of steps) {
      const after = step.waits ? yield* step.run() : step.run()
      if (this.#machine.hasWarnings) yield* this.#machine.printWarnings()
      if (after === "exit") return true
    }
    return false
  }

  *#hook(steps: ReadonlyArray<Step>): Run<void> {
    for (const step of steps) {
      const after = step.waits ? yield* step.run() : step.run()
      if (after === "exit") throw new Exit()
      if (after === "nextfile") {
        yield* this.#machine.input.skip()
        return
      }
    }
  }

  /** Runs the rules over all records; answers whether one exited. */
  *#records(): Run<boolean> {
    const machine = this.#machine
    const { input } = machine
    while (true) {
      const record = input.take() ?? (yield* input.next())
      if (record === undefined) return false
      machine.setRecord(record)
      let after: After
      try {
        after = yield* this.#apply()
      } catch (error) {
        if (!(error instanceof Next)) throw error
        machine.frame = []
        after = error.file ? "nextfile" : "next"
      }
      if (after === "exit") return true
      if (after === "nextfile") yield* input.skip()
      if (machine.hasWarnings) yield* machine.printWarnings()
      if (machine.isTired) yield* machine.pause()
      if (machine.watched) yield* machine.show()
    }
  }

  *#apply(): Run<After> {
    for (const rule of this.#record) {
      const { pattern } = rule
      if (pattern !== undefined) {
        const { first, second } = pattern
        if (second !== undefined) {
          if (!(yield* this.#isWithin(rule, first, second))) continue
        } else if (!(first.waits ? toBoolean(yield* first.value()) : first.truth())) continue
      }
      const { action } = rule
      const after = action.waits ? yield* action.run() : action.run()
      if (after !== undefined) return after
    }
    return undefined
  }

  *#isWithin(rule: CompiledRule, first: Code, second: Code): Run<boolean> {
    if (!rule.isOpen && !(yield* truthOf(first))) return false
    rule.isOpen = !(yield* truthOf(second))
    return true
  }
}

const compileRule = (compiler: Compiler, rule: Rule): CompiledRule => {
  const { machine } = compiler
  const [first, second] = rule.patterns
  const pattern = first === undefined
    ? undefined
    : { first: compiler.expression(first), second: second === undefined ? undefined : compiler.expression(second) }
  const action: Step = rule.action !== undefined
    ? compileBody(compiler, rule.action)
    : {
      waits: false,
      run: () => {
        machine.run.out.latin1(machine.record.text)
        machine.run.out.latin1(machine.ors)
        return undefined
      }
    }
  return new CompiledRule(pattern, action)
}
