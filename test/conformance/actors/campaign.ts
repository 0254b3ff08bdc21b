/**
 * Many plays, each on Linux and on Effix in the order that it says; what differs is made small.
 */
import * as Effect from "effect/Effect"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { named } from "../compare.js"
import type { Linux } from "../linux.js"
import { Random } from "../random.js"
import { direct } from "./direct.js"
import { generate, isAlone, type Theme } from "./generate.js"
import { actLine, type Play, report, source } from "./program.js"
import { shrink } from "./shrink.js"
import type { Rooms } from "./stage.js"

const BATCH = 64
const TOGETHER = 32

export interface Both {
  readonly linux: Linux
  readonly effix: ManagedRuntime.ManagedRuntime<Rooms, never>
}

/** What Linux answers, with names of errnos. */
export const onLinux = async (linux: Linux, play: Play): Promise<ReadonlyArray<string>> =>
  (await linux.ask(play.map(actLine))).map((line) => {
    const [, head = "", answer = ""] = /^([=+] \d+ )(.*)$/.exec(line) ?? []
    return head === "" ? line : head + named([answer])[0]!
  })

const differ = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean => a.join("\n") !== b.join("\n")

const both = async ({ effix, linux }: Both, play: Play) => {
  const asked = onLinux(linux, play)
  return [await asked, await effix.runPromise(direct(play))] as const
}

export const playOf = (theme: Theme, seed: number, index: number): Play =>
  generate(new Random(seed * 1_000_003 + index), theme)

/** Reports of plays `from` up to `to` of a seed on which the two part, at most `failuresMax` of them. */
export const campaign = async (
  machines: Both,
  theme: Theme,
  { failuresMax = 1, from = 0, plays, seed }: {
    readonly seed: number
    readonly plays: number
    readonly from?: number
    readonly failuresMax?: number
  }
): Promise<ReadonlyArray<string>> => {
  const reports: Array<string> = []
  for (let index = from; index < from + plays; index += BATCH) {
    const batch = Array.from(
      { length: Math.min(BATCH, from + plays - index) },
      (_, i) => playOf(theme, seed, index + i)
    )
    const asked = Promise.all(batch.map((play) => onLinux(machines.linux, play)))
    const told = await machines.effix.runPromise(
      Effect.forEach(batch, direct, { concurrency: isAlone(theme) ? 1 : TOGETHER })
    )
    const linux = await asked
    for (const [i, play] of batch.entries()) {
      if (!differ(linux[i]!, told[i]!)) continue
      // Once more: what comes late on a machine that is busy, acknowledgements before all, may make a difference.
      if (!differ(...await both(machines, play))) continue
      const small = await shrink(play, async (each) => differ(...await both(machines, each)))
      const answers = await both(machines, small)
      const shown = differ(...answers) ? report(small, ...answers) : report(play, linux[i]!, told[i]!)
      reports.push(`${theme}, seed ${seed}, play ${index + i}\n${shown}\n[\n${source(small)}\n]`)
      if (reports.length >= failuresMax) return reports
    }
  }
  return reports
}
