/**
 * Many programs of socket calls, each on Linux and on Effix, and every difference made small.
 */
import type { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { Random } from "../random.js"
import * as Effix from "./effix.js"
import { generate } from "./generate.js"
import type { Linux } from "./linux.js"
import { type Program, shrink, source } from "./program.js"

const BATCH = 64

export interface Both {
  readonly linux: Linux
  readonly effix: ManagedRuntime.ManagedRuntime<Kernel.Kernel, never>
}

/** The program of a seed and a number, whatever others were made. */
export const programOf = (seed: number, index: number): Program => generate(new Random(seed * 1_000_003 + index))

/** The first step on which the two part; -1 where they do not. */
const parting = (linux: ReadonlyArray<string>, effix: ReadonlyArray<string>): number => {
  const most = Math.max(linux.length, effix.length)
  for (let i = 0; i < most; i++) if (linux[i] !== effix[i]) return i
  return -1
}

interface Difference {
  readonly program: Program
  readonly linux: ReadonlyArray<string>
  readonly effix: ReadonlyArray<string>
}

const compare = async ({ effix, linux }: Both, program: Program): Promise<Difference | undefined> => {
  const asked = linux.run(program)
  const told = await effix.runPromise(Effix.run(program))
  const difference = { program, linux: await asked, effix: told }
  return parting(difference.linux, difference.effix) === -1 ? undefined : difference
}

const report = ({ effix, linux, program }: Difference): string => {
  const at = parting(linux, effix)
  const lines = program.slice(0, at + 1).map((step, i) => `${JSON.stringify(step)} -> ${linux[i]}`)
  return `${lines.join("\n")}\n  Linux: ${linux[at]}\n  Effix: ${effix[at]}\n[\n${source(program)}\n]`
}

export const campaign = async (
  both: Both,
  options: { readonly seed: number; readonly from?: number; readonly programs: number; readonly failuresMax?: number }
): Promise<{ readonly programs: number; readonly calls: number; readonly failures: ReadonlyArray<string> }> => {
  const { failuresMax = 1, from = 0, programs, seed } = options
  const failures: Array<string> = []
  let calls = 0
  for (let index = from; index < from + programs; index += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, from + programs - index) }, (_, i) => programOf(seed, index + i))
    const asked = Promise.all(batch.map((program) => both.linux.run(program)))
    const told = await both.effix.runPromise(Effect.forEach(batch, Effix.run))
    const linux = await asked
    for (const [i, program] of batch.entries()) {
      calls += program.length
      if (parting(linux[i]!, told[i]!) === -1) continue
      // Once more: only what differs every time is made small.
      if ((await compare(both, program)) === undefined) continue
      const small = await shrink(program, async (each) => (await compare(both, each)) !== undefined)
      const difference = await compare(both, small)
      if (difference === undefined) continue
      failures.push(`seed ${seed}, program ${index + i}\n${report(difference)}`)
      if (failures.length >= failuresMax) return { programs: index + i + 1 - from, calls, failures }
    }
  }
  return { programs, calls, failures }
}
