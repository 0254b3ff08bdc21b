/**
 * Where two accounts of a program part, and how a program that tells them apart is made small.
 */
import type { Program, Step } from "./program.js"

/** Calls after which it is chance, on a machine with several processors, who comes first. */
const scatters: ReadonlyArray<string> = ["kill", "sigqueue", "exit", "tick", "setpgid", "setsid"]

/**
 * What happened in a step, without what is chance: of the actor that made a call everything in its order, of all others
 * what happened to each.
 */
export const canonical = (step: Step, line: string): string => {
  const [actor, call] = step
  // Who is killed by what it has done itself may or may not have come to say so.
  const lives = line.includes(` S${actor}:S`) || line.includes(` S${actor}:T`)
  const tokens = line.split(" ").slice(1).filter((token) => lives || !/^[RH]/.test(token) || token[1] !== `${actor}`)
  const own = scatters.includes(call) ? [] : tokens.filter((token) => /^[RH]/.test(token) && token[1] === `${actor}`)
  const others = tokens.filter((token) => !own.includes(token)).sort((a, b) => {
    const [x, y] = [a, b].map((token) => `${token.startsWith("S") ? "z" : ""}${token.slice(1, 2)}${token}`)
    return x! < y! ? -1 : x! > y! ? 1 : 0
  })
  return [...own, ...others].join(" ")
}

/**
 * Whether a signal to several reached a process and another whose end it is told of: a parent in wait(2), or who asked for
 * a signal at the end of its parent. Which of the two goes on first is chance, and what comes after follows from it. See
 * `docs/deviations-processes.md`.
 */
const isChance = (program: Program, at: number, theirs: string, ours: string): boolean => {
  const [, call, target = 0] = program[at]!
  if (call !== "kill" || (target > 0 && target < 2000)) return false
  if (program.slice(0, at).some(([, before]) => before === "pdeathsig")) return true
  const waited = [theirs, ours].map((told) => told.split(" ").find((token) => /^R\d:wait(id)?=/.test(token)))
  return waited[0] !== waited[1] && waited.some((token) => token?.endsWith("=EINTR"))
}

export interface Difference {
  readonly at: number
  readonly linux: string
  readonly effix: string
}

export const difference = (
  program: Program,
  linux: ReadonlyArray<string>,
  effix: ReadonlyArray<string>
): Difference | undefined => {
  for (const [at, step] of program.entries()) {
    const [theirs, ours] = [linux[at], effix[at]].map((line) => line === undefined ? "nothing" : canonical(step, line))
    if (theirs === ours) continue
    return isChance(program, at, theirs!, ours!) ? undefined : { at, linux: theirs!, effix: ours! }
  }
  return undefined
}

/** Leaves out as many steps as can be, for as long as the program still fails. */
export const shrink = async (
  program: Program,
  fails: (program: Program) => Promise<boolean>
): Promise<Program> => {
  let smallest = program
  for (let size = Math.ceil(program.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = smallest.length - size; at >= 0; at -= size) {
      const each = [...smallest.slice(0, at), ...smallest.slice(at + size)]
      if (each.length > 0 && await fails(each)) smallest = each
    }
  }
  return smallest
}
