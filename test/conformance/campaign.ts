/**
 * Many programs, one after the other: each on Linux and on Effix, and the first difference made small.
 */
import type { Kernel, Vfs } from "@effix/kernel"
import * as Effect from "effect/Effect"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { type Difference, difference, named } from "./compare.js"
import * as Effix from "./effix.js"
import { generate } from "./generate.js"
import type { Linux } from "./linux.js"
import type { Program } from "./program.js"
import { Random } from "./random.js"
import { shrink } from "./shrink.js"

/** Programs that the helper is given at once. */
const BATCH = 96

/** Programs that Effix runs at once: some wait for a moment, in calls that block. */
const TOGETHER = 16

export interface Both {
  readonly linux: Linux
  readonly effix: ManagedRuntime.ManagedRuntime<Kernel.Kernel | Vfs.Vfs, never>
}

/** Where the two part on one program. */
export const compare = async ({ effix, linux }: Both, program: Program): Promise<Difference | undefined> => {
  const asked = linux.run(program)
  return difference(program, named(await asked), await effix.runPromise(Effix.run(program, linux.disk)))
}

/** The program of a seed and a number, whatever others were made. */
export const programOf = (seed: number, index: number, disk = false): Program =>
  generate(new Random(seed * 1_000_003 + index), disk)

interface Failure {
  readonly index: number
  readonly small: Difference
}

export interface Outcome {
  readonly programs: number
  readonly calls: number
  readonly failures: ReadonlyArray<Failure>
}

export interface Plan {
  readonly seed: number
  readonly from?: number
  readonly programs: number
  readonly failuresMax?: number
  /** Told of each difference as it is found. */
  readonly onFailure?: (failure: Failure) => void
}

/** So many programs of a seed, beginning at `from`; stops after `failuresMax` differences. */
export const campaign = async (
  both: Both,
  { failuresMax = 1, from = 0, onFailure, programs, seed }: Plan
): Promise<Outcome> => {
  const failures: Array<Failure> = []
  let calls = 0
  for (let index = from; index < from + programs; index += BATCH) {
    const batch = Array.from(
      { length: Math.min(BATCH, from + programs - index) },
      (_, i) => programOf(seed, index + i, both.linux.disk)
    )
    const asked = Promise.all(batch.map((program) => both.linux.run(program)))
    const told = await both.effix.runPromise(
      Effect.forEach(batch, (each) => Effix.run(each, both.linux.disk), { concurrency: TOGETHER })
    )
    const linux = await asked
    for (const [i, program] of batch.entries()) {
      calls += program.length
      const found = difference(program, named(linux[i]!), told[i]!)
      if (found === undefined) continue
      // Once more: on a machine that is busy, an alarm that ends what blocks may come in the middle of what does not.
      if ((await compare(both, program)) === undefined) continue
      const small = await shrink(program, async (each) => (await compare(both, each)) !== undefined)
      const failure = { index: index + i, small: (await compare(both, small)) ?? found }
      failures.push(failure)
      onFailure?.(failure)
      if (failures.length >= failuresMax) return { programs: index + i + 1 - from, calls, failures }
    }
  }
  return { programs, calls, failures }
}
