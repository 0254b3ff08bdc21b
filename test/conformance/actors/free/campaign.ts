/**
 * Many plays whose actors all go at once, each under many schedules: what they come to is what Linux permits.
 */
import type { Linux } from "../../linux.js"
import { Random } from "../../random.js"
import { type Play, source } from "../program.js"
import { shrink } from "../shrink.js"
import { type FreeTheme, generateFree } from "./generate.js"
import { judge, type Verdict } from "./permitted.js"
import { disks, runFreely } from "./run.js"

export interface FreeCampaign {
  readonly seed: number
  readonly plays: number
  readonly from?: number
  /** Under how many schedules each is played. */
  readonly schedules: number
  readonly failuresMax?: number
}

/** What was found. */
export interface FreeReport {
  readonly failures: ReadonlyArray<string>
  /** Outcomes that differ from each other, over all plays. */
  readonly outcomes: number
  /** How many of them Linux came to only when it was let go. */
  readonly rare: number
}

const freePlayOf = (theme: FreeTheme, seed: number, index: number): Play =>
  generateFree(new Random(seed * 1_000_003 + index), theme)

/** Every outcome of a play, with the first schedule that led to it. */
const outcomesOf = (play: Play, schedules: ReadonlyArray<number>): ReadonlyMap<string, number> => {
  const seen = new Map<string, number>()
  for (const schedule of schedules) {
    const outcome = runFreely(play, schedule)
    if (!seen.has(outcome)) seen.set(outcome, schedule)
  }
  return seen
}

const indented = (text: string): string => text.split("\n").map((line) => `    ${line}`).join("\n")

const reportOf = (play: Play, outcomes: ReadonlyMap<string, number>, { foreign, permitted }: Verdict): string =>
  [
    ...foreign.slice(0, 1).map((each) => {
      const schedule = outcomes.get(each)!
      return `  Effix, schedule ${schedule} (${disks[schedule % disks.length]!.name}):\n${indented(each)}`
    }),
    `  Linux, ${permitted.size} outcomes:`,
    ...[...permitted].slice(0, 4).map((each) => `${indented(each)}\n    --`),
    `[\n${source(play)}\n]`
  ].join("\n")

export const freeCampaign = async (
  linux: Linux,
  theme: FreeTheme,
  { failuresMax = 1, from = 0, plays, schedules, seed }: FreeCampaign
): Promise<FreeReport> => {
  const failures: Array<string> = []
  let seen = 0
  let rare = 0
  const under = (count: number) => Array.from({ length: count }, (_, i) => i)
  for (let index = from; index < from + plays && failures.length < failuresMax; index++) {
    const play = freePlayOf(theme, seed, index)
    const outcomes = outcomesOf(play, under(schedules))
    const verdict = await judge(linux, play, new Set(outcomes.keys()))
    seen += outcomes.size
    rare += verdict.rare.length
    if (verdict.foreign.length === 0) continue
    // The same fault may show under another schedule when there are fewer calls.
    const judged = async (each: Play) => {
      const found = outcomesOf(each, under(schedules * 4))
      return { found, verdict: await judge(linux, each, new Set(found.keys())) }
    }
    const small = await shrink(play, async (each) => (await judged(each)).verdict.foreign.length > 0)
    const again = await judged(small)
    const shown = again.verdict.foreign.length > 0
      ? reportOf(small, again.found, again.verdict)
      : reportOf(play, outcomes, verdict)
    failures.push(`${theme}, seed ${seed}, play ${index}\n${shown}`)
  }
  return { failures, outcomes: seen, rare }
}
