/**
 * Compiles expressions.
 *
 * @see awk(1p)
 */
import { compileAssign, compileStep, compileUpdate } from "./assignments.js"
import { compileBuiltin } from "./calls/builtin.js"
import { compileCall } from "./calls/call.js"
import { compileGetline } from "./calls/getline.js"
import { type Code, ofNumber, ofText, ofTruth, ofValue } from "./code.js"
import type { Compiler } from "./compiler.js"
import {
  compileBinary,
  compileCompare,
  compileConcatenate,
  compileConditional,
  compileIn,
  compileLogical,
  compileMatch,
  compileUnary
} from "./operators.js"
import { matcher } from "./regexps.js"
import type { Expression } from "./syntax.js"
import { compileTarget } from "./targets.js"
import { StrongRegexp } from "./values.js"

export const compileExpression = (compiler: Compiler, node: Expression): Code => {
  const { machine } = compiler
  switch (node._tag) {
    case "Number": {
      const { value } = node
      return ofNumber(machine, () => value)
    }
    case "Text": {
      const { value } = node
      return ofText(() => value)
    }
    case "Regexp": {
      const matches = matcher(compiler, node)
      return ofTruth(machine, () => matches(machine.record.text))
    }
    case "StrongRegexp": {
      const value = new StrongRegexp(node.source)
      compiler.check(node.source, node.place)
      return ofValue(machine, () => value)
    }
    case "Group":
      return compiler.expression(node.inner)
    case "Name":
    case "Element":
    case "Field":
      return compileTarget(compiler, node)
    case "Assign":
      return compileAssign(compiler, node)
    case "Update":
      return compileUpdate(compiler, node)
    case "Step":
      return compileStep(compiler, node)
    case "Binary":
      return compileBinary(compiler, node)
    case "Compare":
      return compileCompare(compiler, node)
    case "Match":
      return compileMatch(compiler, node)
    case "Concatenate":
      return compileConcatenate(compiler, node)
    case "And":
    case "Or":
      return compileLogical(compiler, node)
    case "Not":
    case "Minus":
    case "Plus":
      return compileUnary(compiler, node)
    case "Conditional":
      return compileConditional(compiler, node)
    case "In":
      return compileIn(compiler, node)
    case "Builtin":
      return compileBuiltin(compiler, node)
    case "Call":
    case "Indirect":
      return compileCall(compiler, node)
    case "Getline":
      return compileGetline(compiler, node)
  }
}
