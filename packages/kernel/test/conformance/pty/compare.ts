/** Compares ours with a kernel that is at hand, and makes a session in which they differ as small as it gets. */
import * as Effect from "effect/Effect"
import { record } from "./record.js"
import { type Answer, replay, type Step } from "./replay.js"

type Session = ReadonlyArray<Step>

/** What ours answers, a defect included, as text to compare. */
const ours = (steps: Session): string => {
  const exit = Effect.runSyncExit(replay(steps))
  return exit._tag === "Success" ? JSON.stringify(exit.value) : String(exit.cause)
}

const same = (steps: Session, answers: ReadonlyArray<Answer> | null): boolean => ours(steps) === JSON.stringify(answers)

/** Steps are dropped, one after the other, as long as a difference stays. */
const shrink = async (steps: Session): Promise<Session> => {
  const smaller = steps.map((_, dropped) => steps.filter((_, at) => at !== dropped))
  const answers = await record(smaller, 5)
  const found = smaller.find((each, at) => answers[at] !== null && !same(each, answers[at]!))
  return found === undefined ? steps : shrink(found)
}

export interface Difference {
  readonly session: number
  readonly steps: Session
  readonly ours: string
  readonly linux: string
}

/** The sessions among `suspects` that differ with so much time, twice, and both times in the same way. */
const confirmed = async (
  sessions: ReadonlyArray<Session>,
  suspects: ReadonlyArray<number>,
  settle: number
): Promise<ReadonlyArray<number>> => {
  if (suspects.length === 0) return []
  const again = suspects.map((at) => sessions[at]!)
  const once = await record(again, settle)
  const twice = await record(again, settle)
  return suspects.filter((session, at) =>
    JSON.stringify(once[at]) === JSON.stringify(twice[at]) && !same(sessions[session]!, once[at]!)
  )
}

/**
 * The sessions in which ours differs. A kernel does part of its work later, on another processor, so a difference only
 * counts when it is still there with ever more time for each step to settle.
 */
export const differences = async (sessions: ReadonlyArray<Session>): Promise<ReadonlyArray<Difference>> => {
  const quick = await record(sessions, 1)
  let suspects: ReadonlyArray<number> = sessions.map((_, at) => at).filter((at) => !same(sessions[at]!, quick[at]!))
  for (const settle of [10, 50]) suspects = await confirmed(sessions, suspects, settle)
  return Promise.all(
    suspects.slice(0, 3).map(async (session) => {
      const steps = await shrink(sessions[session]!)
      return { session, steps, ours: ours(steps), linux: JSON.stringify((await record([steps], 10))[0]) }
    })
  )
}
