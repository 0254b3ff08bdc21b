/**
 * Compiles regular expressions: those between slashes, and values that stand for one.
 *
 * @see awk(1p)
 */
import { type Code, ofValue } from "./code.js"
import type { Compiler } from "./compiler.js"
import { test } from "./patterns.js"
import type { Expression } from "./syntax.js"
import { StrongRegexp } from "./values.js"

type Of<Tag extends Expression["_tag"]> = Extract<Expression, { readonly _tag: Tag }>

/** Whether a text matches what stands at the right of `~`. */
export const matcher = (compiler: Compiler, node: Of<"Regexp">): (text: string) => boolean => {
  const { machine } = compiler
  compiler.check(node.source, node.place)
  if (machine.program.mentioned.has("IGNORECASE")) return (text) => test(machine.patterns.get(node.source), text)
  const regex = machine.patterns.compile(node.source)
  return (text) => test(regex, text)
}

/** A regular expression as argument: one between slashes, or the text of a value. */
export const compilePattern = (compiler: Compiler, node: Expression): Code => {
  if (node._tag === "Group") return compilePattern(compiler, node.inner)
  if (node._tag !== "Regexp") return compiler.expression(node)
  compiler.check(node.source, node.place)
  const value = new StrongRegexp(node.source)
  return ofValue(compiler.machine, () => value)
}
