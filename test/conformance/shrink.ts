/**
 * Makes a program that fails smaller, for as long as it fails.
 */
import { type Argument, kindsOf, type Program, type Step } from "./program.js"

/** Plainer values to try in place of an argument, the plainest first. */
const plainer = (kind: string, argument: Argument): ReadonlyArray<Argument> => {
  if (typeof argument === "string") {
    if (kind !== "text") return kind === "time" ? ["omit", "1"] : [""]
    const inner = argument.split("/").filter((name) => name !== "" && name !== ".")
    return ["a", ...inner, inner.join("/"), argument.replace(/\/+$/, "")]
  }
  if (kind === "code") return []
  if (kind === "fd") return [0, argument - 1]
  if (kind === "dirfd") return [-100, 0]
  return [0, 1, Math.trunc(argument / 2), ...Array.from({ length: 24 }, (_, bit) => argument & ~(1 << bit))]
}

type Fails = (program: Program) => Promise<boolean>

/** Leaves out as many steps as can be, many at once first, the last first. */
const withoutSteps = async (program: Program, fails: Fails): Promise<Program> => {
  let smallest = program
  for (let size = Math.ceil(program.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = smallest.length - size; at >= 0; at -= size) {
      const each = [...smallest.slice(0, at), ...smallest.slice(at + size)]
      if (await fails(each)) smallest = each
    }
  }
  return smallest
}

const withArgument = (program: Program, at: number, i: number, value: Argument): Program => {
  const [call, ...args] = program[at]!
  const step: Step = [call, ...args.slice(0, i), value, ...args.slice(i + 1)]
  return [...program.slice(0, at), step, ...program.slice(at + 1)]
}

/** Makes each argument as plain as can be, by itself. */
const withPlainArguments = async (program: Program, fails: Fails): Promise<Program> => {
  let smallest = program
  for (let at = 0; at < smallest.length; at++) {
    for (const [i, kind] of kindsOf(smallest[at]![0]).entries()) {
      const argument = smallest[at]![i + 1]!
      for (const value of plainer(kind, argument)) {
        if (value === argument) break
        if (String(value).length > String(argument).length) continue
        const each = withArgument(smallest, at, i, value)
        if (!(await fails(each))) continue
        smallest = each
        break
      }
    }
  }
  return smallest
}

/** `fails` says whether a program still fails. */
export const shrink = async (program: Program, fails: Fails): Promise<Program> => {
  let smallest = program
  for (let round = 0; round < 5; round++) {
    const before = smallest
    smallest = await withPlainArguments(await withoutSteps(smallest, fails), fails)
    if (smallest === before) break
  }
  return smallest
}
