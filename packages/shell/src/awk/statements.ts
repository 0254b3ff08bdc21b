/**
 * Compiles statements.
 *
 * @see awk(1p)
 */
import type { Run } from "../internal/Nesting.js"
import { ordered, walkingOrder } from "./calls/arrays.js"
import { type After, type Code, type Plain, type PlainStep, type Step, valueOf, type WaitingStep } from "./code.js"
import type { Compiler } from "./compiler.js"
import { sprintf } from "./format.js"
import { matcher } from "./regexps.js"
import type { Expression, Statement } from "./syntax.js"
import { compileLocation } from "./targets.js"
import { compare, type Table, toBoolean, toNumber, type Value } from "./values.js"
import { walked } from "./walk.js"

type Of<Tag extends Statement["_tag"]> = Extract<Statement, { readonly _tag: Tag }>

const plainStep = (run: () => After): PlainStep => ({ waits: false, run })
const waitingStep = (run: () => Run<After>): WaitingStep => ({ waits: true, run })

const nothing = plainStep(() => undefined)

const compileStatement = (compiler: Compiler, node: Statement): Step => {
  // Where complaints are about that come up before anything runs.
  compiler.machine.place = node.place
  switch (node._tag) {
    case "Evaluate":
      return compileEvaluate(compiler, node)
    case "Print":
    case "Printf":
      return compilePrint(compiler, node)
    case "If":
      return compileIf(compiler, node)
    case "While":
    case "DoWhile":
    case "For":
      return compileLoop(compiler, node)
    case "ForIn":
      return compileForIn(compiler, node)
    case "Switch":
      return compileSwitch(compiler, node)
    case "Block":
      return compileBody(compiler, node.body)
    case "Break":
      return plainStep(() => "break")
    case "Continue":
      return plainStep(() => "continue")
    case "Next":
      return plainStep(() => "next")
    case "NextFile":
      return plainStep(() => "nextfile")
    case "Exit":
    case "Return":
      return compileLeave(compiler, node)
    case "Delete":
      return compileDelete(compiler, node)
  }
}

/** Statements one after the other. */
export const compileBody = (compiler: Compiler, body: ReadonlyArray<Statement>): Step => {
  const steps = body.map((statement) => compileStatement(compiler, statement))
  const [only] = steps
  if (only === undefined) return nothing
  if (steps.length === 1) return only
  const runs: Array<() => After> = []
  for (const step of steps) if (!step.waits) runs.push(step.run)
  if (runs.length === steps.length) {
    return plainStep(() => {
      for (let i = 0; i < runs.length; i++) {
        const after = runs[i]!()
        if (after !== undefined) return after
      }
      return undefined
    })
  }
  return waitingStep(function*() {
    for (const step of steps) {
      const after = step.waits ? yield* step.run() : step.run()
      if (after !== undefined) return after
    }
    return undefined
  })
}

const compileEvaluate = (compiler: Compiler, node: Of<"Evaluate">): Step => {
  const { machine } = compiler
  const code = compiler.expression(node.expression)
  const { place } = node
  if (code.waits) {
    return waitingStep(function*() {
      machine.place = place
      yield* code.value()
      return undefined
    })
  }
  // Where only the effect counts, a number is what costs least.
  const evaluate = node.expression._tag === "Step" || node.expression._tag === "Update" ? code.number : code.value
  return plainStep(() => {
    machine.place = place
    evaluate()
    return undefined
  })
}

const plainCodes = (codes: ReadonlyArray<Code>): ReadonlyArray<Plain> | undefined => {
  const plain: Array<Plain> = []
  for (const code of codes) if (!code.waits) plain.push(code)
  return plain.length === codes.length ? plain : undefined
}

const compilePrint = (compiler: Compiler, node: Of<"Print" | "Printf">): Step => {
  const { machine } = compiler
  const { place, to } = node
  const codes = node.args.map((arg) => compiler.expression(arg))
  const line = compileLine(compiler, node._tag, codes)
  const { out } = machine.run
  if (to === undefined && line.plain) {
    const { text } = line
    return plainStep(() => {
      machine.place = place
      out.latin1(text())
      return undefined
    })
  }
  const name = to === undefined ? undefined : compiler.expression(to.name)
  return waitingStep(function*() {
    machine.place = place
    const text = line.plain ? line.text() : yield* line.text()
    if (name === undefined || to === undefined) {
      out.latin1(text)
      if (machine.isTired) yield* machine.pause()
      return undefined
    }
    const target = machine.text(yield* valueOf(name))
    const output = yield* machine.streams.output(to.kind, target, (failing) => machine.complaint(failing))
    const { unbuffered, writer } = output
    writer.latin1(text)
    if (unbuffered) {
      if (machine.run.out.length > 0) yield* machine.run.out.flush()
      yield* writer.flush()
    } else if (writer.isFull) yield* machine.streams.write(output)
    return undefined
  })
}

type Line =
  | { readonly plain: true; readonly text: () => string }
  | { readonly plain: false; readonly text: () => Run<string> }

/** What is printed, as one text. */
const compileLine = (compiler: Compiler, how: "Print" | "Printf", codes: ReadonlyArray<Code>): Line => {
  const { machine } = compiler
  const plain = plainCodes(codes)
  if (how === "Printf") {
    const made = (values: ReadonlyArray<Value>): string =>
      sprintf(machine.text(values[0]), values.slice(1), machine.text)
    if (plain !== undefined) return { plain: true, text: () => made(plain.map((code) => code.value())) }
    return {
      plain: false,
      *text() {
        const values: Array<Value> = []
        for (const code of codes) values.push(yield* valueOf(code))
        return made(values)
      }
    }
  }
  if (plain === undefined) {
    return {
      plain: false,
      *text() {
        const texts: Array<string> = []
        for (const code of codes) texts.push(machine.outputText(yield* valueOf(code)))
        return texts.join(machine.ofs) + machine.ors
      }
    }
  }
  const [a, b] = plain
  if (a === undefined) return { plain: true, text: () => machine.record.text + machine.ors }
  if (b === undefined) return { plain: true, text: () => a.shown() + machine.ors }
  return {
    plain: true,
    text: () => {
      let text = a.shown()
      for (let i = 1; i < plain.length; i++) text += machine.ofs + plain[i]!.shown()
      return text + machine.ors
    }
  }
}

const compileIf = (compiler: Compiler, node: Of<"If">): Step => {
  const { machine } = compiler
  const test = compiler.expression(node.test)
  const whenTrue = compileStatement(compiler, node.whenTrue)
  const whenFalse = node.whenFalse === undefined ? nothing : compileStatement(compiler, node.whenFalse)
  const { place } = node
  if (!test.waits && !whenTrue.waits && !whenFalse.waits) {
    const { truth } = test
    return plainStep(() => {
      machine.place = place
      return truth() ? whenTrue.run() : whenFalse.run()
    })
  }
  return waitingStep(function*() {
    machine.place = place
    const chosen = (test.waits ? toBoolean(yield* test.value()) : test.truth()) ? whenTrue : whenFalse
    return chosen.waits ? yield* chosen.run() : chosen.run()
  })
}

const always: Code = {
  waits: false,
  value: () => 1,
  number: () => 1,
  text: () => "1",
  truth: () => true,
  shown: () => "1"
}

/** Every loop can be interrupted: a guest that computes must not hold its host. */
const compileLoop = (compiler: Compiler, node: Of<"While" | "DoWhile" | "For">): Step => {
  const { machine } = compiler
  const first = node._tag === "For" && node.first !== undefined ? compileStatement(compiler, node.first) : nothing
  const next = node._tag === "For" && node.next !== undefined ? compileStatement(compiler, node.next) : nothing
  const test = node.test === undefined ? always : compiler.expression(node.test)
  const body = compileStatement(compiler, node.body)
  const testsFirst = node._tag !== "DoWhile"
  const { place } = node
  return waitingStep(function*() {
    machine.place = place
    first.waits ? yield* first.run() : first.run()
    for (let tests = testsFirst;; tests = true) {
      if (machine.isTired) yield* machine.pause()
      if (tests && !(test.waits ? toBoolean(yield* test.value()) : test.truth())) return undefined
      const after = body.waits ? yield* body.run() : body.run()
      if (after === "break") return undefined
      if (after !== undefined && after !== "continue") return after
      next.waits ? yield* next.run() : next.run()
    }
  })
}

const compileForIn = (compiler: Compiler, node: Of<"ForIn">): Step => {
  const { machine } = compiler
  const location = compileLocation(compiler, node.variable)
  const table = compiler.table(node.array)
  const body = compileStatement(compiler, node.body)
  const { place } = node
  return waitingStep(function*() {
    machine.place = place
    const { entries } = yield* compiler.tableOf(table)
    // What the body deletes is walked through all the same, and what it adds is not.
    const order = walkingOrder(compiler)
    const keys = order === undefined
      ? walked([...entries.keys()])
      : (yield* ordered(compiler, [...entries], order)).map(([key]) => key)
    for (const key of keys) {
      if (machine.isTired) yield* machine.pause()
      const found = location.plain ? location.locate() : yield* location.locate()
      found.write(key)
      const after = body.waits ? yield* body.run() : body.run()
      if (after === "break") return undefined
      if (after !== undefined && after !== "continue") return after
    }
    return undefined
  })
}

/** Whether a case is meant by a value. */
const compileCase = (compiler: Compiler, node: Expression | undefined): (value: Value) => boolean => {
  const { machine } = compiler
  if (node === undefined) return () => false
  if (node._tag === "Regexp") {
    const matches = matcher(compiler, node)
    return (value) => matches(machine.text(value))
  }
  const wanted = node._tag === "Number" || node._tag === "Text" ? node.value : undefined
  return (value) => compare(value, wanted, machine.text, machine.patterns.ignoreCase) === 0
}

const compileSwitch = (compiler: Compiler, node: Of<"Switch">): Step => {
  const { machine } = compiler
  const value = compiler.expression(node.value)
  const tests = node.cases.map((one) => compileCase(compiler, one.value))
  const bodies = node.cases.map(({ body }) => compileBody(compiler, body))
  const fallback = node.cases.findIndex((one) => one.value === undefined)
  const { place } = node
  const choose = (chosen: Value): number => {
    const found = tests.findIndex((test) => test(chosen))
    return found < 0 ? fallback : found
  }
  if (!value.waits && bodies.every((body) => !body.waits)) {
    return plainStep(() => {
      machine.place = place
      for (let at = choose(value.value()); at >= 0 && at < bodies.length; at++) {
        const body = bodies[at]!
        const after = body.waits ? undefined : body.run()
        if (after === "break") return undefined
        if (after !== undefined) return after
      }
      return undefined
    })
  }
  return waitingStep(function*() {
    machine.place = place
    for (let at = choose(yield* valueOf(value)); at >= 0 && at < bodies.length; at++) {
      const body = bodies[at]!
      const after = body.waits ? yield* body.run() : body.run()
      if (after === "break") return undefined
      if (after !== undefined) return after
    }
    return undefined
  })
}

const compileLeave = (compiler: Compiler, node: Of<"Exit" | "Return">): Step => {
  const { machine } = compiler
  const { place } = node
  const isExit = node._tag === "Exit"
  if (node.value === undefined) {
    return plainStep(() => {
      if (!isExit) machine.result = undefined
      return isExit ? "exit" : "return"
    })
  }
  const code = compiler.expression(node.value)
  const leave = (value: Value): After => {
    if (isExit) machine.status = Math.trunc(toNumber(value)) & 255
    else machine.result = value
    return isExit ? "exit" : "return"
  }
  if (!code.waits) {
    return plainStep(() => {
      machine.place = place
      return leave(code.value())
    })
  }
  return waitingStep(function*() {
    machine.place = place
    return leave(yield* code.value())
  })
}

const compileDelete = (compiler: Compiler, node: Of<"Delete">): Step => {
  const { what } = node
  if (what._tag === "Name") {
    const table = compiler.table(what)
    if (!table.waits) {
      return plainStep(() => {
        table.table().entries.clear()
        return undefined
      })
    }
    return nothing
  }
  const table = compiler.table(what.base)
  const key = compiler.subscript(what.subscripts)
  const remove = (from: Table, subscript: string): void => {
    from.entries.delete(subscript)
  }
  if (!table.waits && !key.waits) {
    return plainStep(() => {
      remove(table.table(), key.text())
      return undefined
    })
  }
  return waitingStep(function*() {
    const subscript = yield* compiler.keyOf(key)
    remove(yield* compiler.tableOf(table), subscript)
    return undefined
  })
}
