/**
 * Many programs, each on Linux and on Effix, and the first difference made small.
 */
import type { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { named } from "../compare.js"
import * as Effix from "./effix.js"
import { programOf } from "./generate.js"
import type { Linux } from "./linux.js"
import { type Program, show, shrink } from "./program.js"

/** Programs that are run at once: in some of them time has to pass. */
const TOGETHER = 64

export interface Both {
  readonly linux: Linux
  readonly effix: ManagedRuntime.ManagedRuntime<Kernel.Kernel, never>
}

type Transcripts = readonly [linux: ReadonlyArray<string>, effix: ReadonlyArray<string>]

const differ = ([linux, effix]: Transcripts): boolean => linux.join("\n") !== effix.join("\n")

const ask = async ({ effix, linux }: Both, program: Program): Promise<Transcripts> => {
  const asked = linux.run(program)
  return [named(await asked), await effix.runPromise(Effix.run(program))]
}

const report = (program: Program, [linux, effix]: Transcripts): string =>
  program.map((step, at) => {
    const same = linux[at] === effix[at]
    return `${same ? " " : ">"} ${show(step)}\n${
      same ? `    ${linux[at]}` : `    Linux: ${linux[at]}\n    Effix: ${effix[at]}`
    }`
  }).join("\n")

export interface Outcome {
  readonly programs: number
  readonly calls: number
  readonly failures: ReadonlyArray<string>
}

export const campaign = async (
  both: Both,
  { failuresMax = 1, from = 0, programs, seed }: {
    readonly seed: number
    readonly programs: number
    readonly from?: number
    readonly failuresMax?: number
  }
): Promise<Outcome> => {
  const failures: Array<string> = []
  let calls = 0
  for (let first = from; first < from + programs; first += TOGETHER) {
    const batch = Array.from(
      { length: Math.min(TOGETHER, from + programs - first) },
      (_, i) => programOf(seed, first + i)
    )
    const asked = Promise.all(batch.map((program) => both.linux.run(program)))
    const told = await both.effix.runPromise(Effect.forEach(batch, Effix.run, { concurrency: TOGETHER }))
    const linux = await asked
    for (const [i, program] of batch.entries()) {
      calls += program.length
      if (!differ([named(linux[i]!), told[i]!])) continue
      // Once more: what a machine does that is busy, and does not do again, is chance.
      if (!differ(await ask(both, program))) continue
      const small = await shrink(program, async (each) => differ(await ask(both, each)))
      const again = await ask(both, small)
      const shown = differ(again) ? report(small, again) : report(program, [named(linux[i]!), told[i]!])
      failures.push(`seed ${seed}, program ${first + i}${differ(again) ? "" : ", not again"}\n${shown}`)
      if (failures.length >= failuresMax) return { programs: first + i + 1 - from, calls, failures }
    }
  }
  return { programs, calls, failures }
}
