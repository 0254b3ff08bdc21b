/**
 * What Linux permits a play to come to: whatever it comes to in some order of its calls, or when it is let go.
 */
import { named } from "../../compare.js"
import type { Linux } from "../../linux.js"
import type { Play } from "../program.js"
import { linesOf, ordersOf } from "./orders.js"

const TOGETHER = 24
/** How often a play is let go on Linux before it is said not to come to something. */
const FREE_RUNS = 200

const answer = (lines: ReadonlyArray<string>): string =>
  lines.map((line) => {
    const [, head = "", rest = line] = /^(= 0 )(.*)$/.exec(line) ?? []
    return head + named([rest])[0]!
  }).join("\n")

const ask = async (linux: Linux, requests: ReadonlyArray<ReadonlyArray<string>>): Promise<ReadonlyArray<string>> =>
  (await Promise.all(requests.map((each) => linux.ask(each)))).map(answer)

/** What was found out about some outcomes. */
export interface Verdict {
  /** Those that Linux came to only when it was let go. */
  readonly rare: ReadonlyArray<string>
  /** Those that it did not come to. */
  readonly foreign: ReadonlyArray<string>
  /** What it came to instead, for as far as it was asked. */
  readonly permitted: ReadonlySet<string>
}

/** Asks Linux until it has come to all of `outcomes`, or to all that it can. */
export const judge = async (
  linux: Linux,
  play: Play,
  outcomes: ReadonlySet<string>,
  freeRuns = FREE_RUNS
): Promise<Verdict> => {
  const permitted = new Set<string>()
  const left = new Set(outcomes)
  const take = (answers: ReadonlyArray<string>): void => {
    for (const each of answers) {
      permitted.add(each)
      left.delete(each)
    }
  }
  const lines = linesOf(play)
  const orders = ordersOf(play)
  for (let more = true; more && left.size > 0;) {
    const some: Array<string> = []
    while (some.length < TOGETHER && more) {
      const next = orders.next()
      if (next.done === true) more = false
      else some.push(next.value)
    }
    take(await ask(linux, some.map((order) => [`order\t${order}`, ...lines])))
  }
  const unordered = [...left]
  const free = ["free", ...linesOf(play, true)]
  for (let runs = 0; runs < freeRuns && left.size > 0; runs += TOGETHER) {
    take(await ask(linux, Array.from({ length: TOGETHER }, () => free)))
  }
  return { rare: unordered.filter((each) => !left.has(each)), foreign: [...left], permitted }
}
