/**
 * Compiles calls of awk's own functions.
 *
 * @see awk(1p)
 */
import { plain } from "../builtins.js"
import { applied, type Code, ofNumber, ofValue, type Plain, valuesOf, waiting } from "../code.js"
import type { Compiler } from "../compiler.js"
import type { Expression } from "../syntax.js"
import { Table, toNumber, type Value } from "../values.js"
import { compileSplit, compileSort } from "./arrays.js"
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

/** To ask for the type of a variable that nobody has set says more than its value. */
const compileTypeof = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const arg = node.args[0]!
  if (arg._tag !== "Name") return compilePlain(compiler, node)
  const code = compiler.expression(arg) as Plain
  return ofValue(machine, () => code.value() === undefined ? "untyped" : plain["typeof"]!(machine, [code.value()]))
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
        if (values.length > 0 && machine.text(first) !== "") return yield* streams.flushOne(machine.text(first))
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

