/**
 * Many programs, one after the other: each on Linux and on Effix, and the first differences made small.
 */
import { canonical, type Difference, difference, shrink } from "./compare.js"
import type { Effix } from "./effix.js"
import type { Linux } from "./linux.js"
import { type Program, programOf, source } from "./program.js"

/** Programs that the helper is given at once. */
const BATCH = 64

export interface Both {
  readonly linux: Linux
  readonly effix: Effix
}

export const compare = async ({ effix, linux }: Both, program: Program): Promise<Difference | undefined> =>
  difference(program, await linux.run(program), effix.run(program))

interface Failure {
  readonly index: number
  readonly program: Program
  readonly difference: Difference
}

export interface Outcome {
  readonly programs: number
  readonly steps: number
  readonly failures: ReadonlyArray<Failure>
}

/** Programs `from` up to `to` of a seed; stops after `failuresMax` differences. */
export const campaign = async (
  both: Both,
  options: { readonly seed: number; readonly from?: number; readonly programs: number; readonly failuresMax?: number }
): Promise<Outcome> => {
  const { failuresMax = 1, from = 0, programs, seed } = options
  const failures: Array<Failure> = []
  let steps = 0
  for (let index = from; index < from + programs; index += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, from + programs - index) }, (_, i) => programOf(seed, index + i))
    const asked = Promise.all(batch.map((program) => both.linux.run(program)))
    const told = batch.map((program) => both.effix.run(program))
    const linux = await asked
    for (const [i, program] of batch.entries()) {
      steps += program.length
      if (difference(program, linux[i]!, told[i]!) === undefined) continue
      // Linux is asked again: what it does not repeat is chance.
      const again = await compare(both, program)
      if (again === undefined) continue
      const small = await shrink(program, async (each) => (await compare(both, each)) !== undefined)
      failures.push({ index: index + i, program: small, difference: (await compare(both, small)) ?? again })
      if (failures.length >= failuresMax) return { programs: index + i + 1 - from, steps, failures }
    }
  }
  return { programs, steps, failures }
}

/** A failure as text: the program, and both accounts of the step in which they part. */
export const report = async (
  both: Both,
  { difference: { at, effix, linux }, index, program }: Failure,
  seed: number
) => {
  const before = (await both.linux.run(program)).slice(0, at).map((line, i) => `    ${canonical(program[i]!, line)}`)
  return `seed ${seed}, program ${index}: step ${at}\n${before.join("\n")}\n  Linux ${linux}\n  Effix ${effix}\n[\n${
    source(program)
  }\n]`
}
