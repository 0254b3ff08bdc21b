/**
 * Compiles `match`, `sub`, `gsub` and `gensub`.
 *
 * @see awk(1p)
 */
import { applied, type Code, ofNumber, ofValue, valueOf, waiting } from "../code.js"
import type { Compiler } from "../compiler.js"
import { find, span } from "../patterns.js"
import { compilePattern } from "../regexps.js"
import { generalReplacement, replacement, substitute } from "../substitute.js"
import { type Expression, special } from "../syntax.js"
import { compileLocation, type Found } from "../targets.js"
import { Input, type Table, toNumber, type Value } from "../values.js"
import { tableArgument } from "./arrays.js"

type Node = Extract<Expression, { readonly _tag: "Builtin" }>

const start = special("RSTART")
const length = special("RLENGTH")

const matched = (compiler: Compiler, text: string, pattern: Value, groups: Table | undefined): number => {
  const { machine } = compiler
  const regex = machine.patterns.get(machine.text(pattern))
  machine.spend(text.length)
  let found: readonly [number, number] | undefined
  if (groups === undefined) found = span(regex, text, 0)
  else {
    const match = find(regex, text, 0)
    groups.entries.clear()
    match?.groups.forEach((group, index) => {
      if (group === undefined) return
      const [from, to] = group
      groups.set(String(index), new Input(text.slice(from, to)))
      groups.set(`${index}${machine.subsep}start`, from + 1)
      groups.set(`${index}${machine.subsep}length`, to - from)
    })
    found = match === undefined ? undefined : [match.start, match.end]
  }
  machine.globals[start] = found === undefined ? 0 : found[0] + 1
  machine.globals[length] = found === undefined ? -1 : found[1] - found[0]
  return found === undefined ? 0 : found[0] + 1
}

export const compileMatch = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const text = compiler.expression(node.args[0]!)
  const pattern = compilePattern(compiler, node.args[1]!)
  const groups = node.args.length > 2 ? tableArgument(compiler, node, 2) : undefined
  if (!text.waits && !pattern.waits && !groups?.waits) {
    return ofNumber(machine, () => matched(compiler, text.text(), pattern.value(), groups?.table()))
  }
  return waiting(function*() {
    const whole = machine.text(yield* valueOf(text))
    const wanted = yield* valueOf(pattern)
    return matched(compiler, whole, wanted, groups === undefined ? undefined : yield* compiler.tableOf(groups))
  })
}

/** What is no target is searched all the same, and the answer counts. */
const unchangeable = (value: Value): Found => ({ read: () => value, write: () => {} })

const isTarget = (node: Expression): node is Extract<Expression, { readonly _tag: "Name" | "Element" | "Field" }> =>
  node._tag === "Name" || node._tag === "Element" || node._tag === "Field"

export const compileSub = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const pattern = compilePattern(compiler, node.args[0]!)
  const put = compiler.expression(node.args[1]!)
  const which = node.name === "gsub" ? "all" as const : 1
  const targetNode: Expression = node.args[2] ??
    { _tag: "Field", index: { _tag: "Number", value: 0 } }
  const inner = targetNode._tag === "Group" ? targetNode.inner : targetNode
  const location = isTarget(inner) ? compileLocation(compiler, inner) : undefined
  const value = location === undefined ? compiler.expression(inner) : undefined

  const apply = (source: Value, replaced: string, found: Found): number => {
    found.touch?.()
    const regex = machine.patterns.get(machine.text(source))
    const before = machine.text(found.read())
    machine.spend(before.length)
    const { count, text } = substitute(before, regex, replacement(replaced), which)
    if (count > 0) found.write(text)
    return count
  }

  if (!pattern.waits && !put.waits && location?.plain !== false && value?.waits !== true) {
    return ofNumber(machine, () => {
      const source = pattern.value()
      const replaced = put.text()
      return apply(source, replaced, location === undefined ? unchangeable(value?.value()) : location.locate())
    })
  }
  return waiting(function*() {
    const source = yield* valueOf(pattern)
    const replaced = machine.text(yield* valueOf(put))
    if (location === undefined) return apply(source, replaced, unchangeable(yield* valueOf(value!)))
    return apply(source, replaced, location.plain ? location.locate() : yield* location.locate())
  })
}

export const compileGensub = (compiler: Compiler, node: Node): Code => {
  const { machine } = compiler
  const pattern = compilePattern(compiler, node.args[0]!)
  const rest = node.args.slice(1).map((arg) => compiler.expression(arg))
  const record = node.args.length < 4 ? [ofValue(machine, () => machine.record.value)] : []
  return applied(machine, [pattern, ...rest, ...record], ([source, put, how, value]) => {
    const regex = machine.patterns.get(machine.text(source))
    const word = machine.text(how)
    let which: number | "all" = "all"
    if (!/^[gG]/.test(word)) {
      which = Math.trunc(toNumber(how))
      if (!(which >= 1)) {
        machine.warn(`warning: gensub: third argument \`${word}' treated as 1`)
        which = 1
      }
    }
    const { count, text } = substitute(machine.text(value), regex, generalReplacement(machine.text(put)), which)
    return count === 0 ? value : text
  })
}
