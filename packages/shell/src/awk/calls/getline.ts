/**
 * Compiles `getline`, in all its forms.
 *
 * @see awk(1p)
 */
import type { Run } from "../../internal/Nesting.js"
import { type Code, valueOf, waiting } from "../code.js"
import type { Compiler } from "../compiler.js"
import type { Reader } from "../reader.js"
import { type Expression, special } from "../syntax.js"
import { compileLocation } from "../targets.js"
import { Input } from "../values.js"

type Node = Extract<Expression, { readonly _tag: "Getline" }>

const terminator = special("RT")

/** What `getline` answers, and the record where there is one. */
type Got = -1 | 0 | { readonly record: string }

function* fromReader(compiler: Compiler, reader: Reader | undefined): Run<Got> {
  const { machine } = compiler
  if (reader === undefined) {
    machine.fail(machine.streams.problem)
    return -1
  }
  const record = yield* reader.next(machine.separator)
  if (record === undefined) {
    if (reader.error === undefined) return 0
    machine.fail(reader.error)
    return -1
  }
  machine.globals[terminator] = reader.terminator
  return { record }
}

export const compileGetline = (compiler: Compiler, { source, target }: Node): Code => {
  const { machine } = compiler
  const location = target === undefined ? undefined : compileLocation(compiler, target)
  const name = source._tag === "Main" ? undefined : compiler.expression(source.name)

  function* get(): Run<Got> {
    if (name === undefined) {
      const record = yield* machine.input.next()
      return record === undefined ? 0 : { record }
    }
    const text = machine.text(yield* valueOf(name))
    const reader = source._tag === "File"
      ? yield* machine.streams.fileSource(text)
      : yield* machine.streams.commandSource(text)
    return yield* fromReader(compiler, reader)
  }

  return waiting(function*() {
    if (machine.isTired) yield* machine.pause()
    // Before somebody is waited for, what was asked has to be seen.
    yield* machine.show()
    const got = yield* get()
    // Its subscripts count, whether or not there was a line.
    const found = location === undefined || location.plain ? location?.locate() : yield* location.locate()
    if (typeof got === "number") return got
    if (found === undefined) machine.setRecord(got.record)
    else found.write(new Input(got.record))
    return 1
  })
}
