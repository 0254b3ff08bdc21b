/**
 * Compiles calls of awk's own functions.
 *
 * @see awk(1p)
 */
import { plain } from "../builtins.js"
import { applied, type Code, ofNumber, ofValue, valuesOf, waiting } from "../code.js"
import type { Compiler } from "../compiler.js"
import type { Expression } from "../syntax.js"
import { Table, toNumber, type Value } from "../values.js"
import { compileSort, compileSplit } from "./arrays.js"
import { compileGensub, compileMatch, compileSub } from "./matching.js"

type Node = Extract<Expression, { readonly _tag: "Builtin" }>

export const compileBuiltin = (compiler: Compiler, node: Node): Code => {
  switch (node.name) {
    case "length":
      return compileLength(compiler, node)
    case "split":
    case "patsplit":
      return compileSplit(compiler, node)
    case "asort":
    case "asorti":
      return compileSort(compiler, node)
    case "sub":
    case "gsub":
      return compileSub(compiler, node)
    case "gensub":
      return compileGensub(compiler, node)
    case "match":
      return compileMatch(compiler, node)
    case "typeof":
      return compileTypeof(compiler, node)
    case "system":
    case "close":
    case "fflush":
    case "srand":
    case "systime":
      return compileSystem(compiler, node)
    case "strftime":
      return node.args.length < 2 ? compileNow(compiler, node) : compilePlain(compiler, node)
    default:
      return compilePlain(compiler, node)
  }
}

const compilePlain = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const codes = node.args.map((arg) => compiler.expression(arg))
  const apply = plain[node.name]!
  const [first] = codes
  if (first !== undefined && codes.length === 1 && !first.waits) {
    return ofValue(machine, () => apply(machine, [first.value()]))
  }
  return applied(machine, codes, (values) => apply(machine, values))
}

/** An array says how many elements it has. */
const lengthOf = (compiler: Compiler, value: Value): number =>
  value instanceof Table ? value.entries.size : compiler.machine.text(value).length

const compileLength = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const [arg] = node.args
  if (arg === undefined) return ofNumber(machine, () => machine.record.text.length)
  const code = compiler.expression(arg)
  if (code.waits) return applied(machine, [code], ([value]) => lengthOf(compiler, value))
  if (arg._tag === "Field") return ofNumber(machine, () => code.text().length)
  return ofNumber(machine, () => lengthOf(compiler, code.value()))
}

/** A field that is not there was never assigned, but it is one. */
const compileTypeof = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const arg = node.args[0]!
  if (arg._tag !== "Field") return compilePlain(compiler, node)
  return applied(
    machine,
    [compiler.expression(arg)],
    ([value]) => value === undefined ? "unassigned" : plain["typeof"]!(machine, [value])
  )
}

const secondsNow = function*(compiler: Compiler) {
  return Number((yield* compiler.machine.run.sys.clockGettime("realtime")) / 1_000_000_000n)
}

const compileNow = (compiler: Compiler, node: Node): Code => {
  const codes = node.args.map((arg) => compiler.expression(arg))
  return waiting(function*() {
    const values = yield* valuesOf(codes)
    const seconds = yield* secondsNow(compiler)
    return plain["strftime"]!(compiler.machine, [values[0] ?? "%a %b %e %H:%M:%S %Z %Y", seconds])
  })
}

const compileSystem = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const { streams } = machine
  const codes = node.args.map((arg) => compiler.expression(arg))
  return waiting(function*() {
    const values = yield* valuesOf(codes)
    const [first] = values
    switch (node.name) {
      case "system":
        yield* machine.printWarnings()
        return yield* streams.system(machine.text(first))
      case "close":
        return yield* streams.close(machine.text(first))
      case "fflush":
        if (values.length > 0 && machine.text(first) !== "") {
          const name = machine.text(first)
          const flushed = yield* streams.flushOne(name)
          if (flushed < 0) machine.warn(`warning: fflush: \`${name}' is not an open file, pipe or co-process`)
          return flushed
        }
        yield* streams.flush()
        return 0
      case "systime":
        return yield* secondsNow(compiler)
      default: {
        const before = machine.random.seed
        machine.random.setSeed(values.length > 0 ? Math.trunc(toNumber(first)) : yield* secondsNow(compiler))
        return before
      }
    }
  })
}
