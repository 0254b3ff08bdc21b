/**
 * Random sessions: those of a recording always, and fresh ones where this machine's kernel can answer.
 *
 * `EFFIX_SEED` chooses others, `EFFIX_SESSIONS` how many. `rerecord.ts` makes the recording anew.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fs from "node:fs"
import { differences } from "./compare.js"
import { packetSession, session } from "./generate.js"
import { canRecord } from "./record.js"
import { type Answer, replay } from "./replay.js"

const recorded: ReadonlyArray<readonly [seed: number, length: number, want: ReadonlyArray<Answer>]> = JSON.parse(
  fs.readFileSync(new URL("random.json", import.meta.url), "utf8")
)

describe("random sessions", () => {
  it.effect(
    "answer as they were recorded from Linux",
    () =>
      Effect.forEach(
        recorded,
        ([seed, length, want]) =>
          Effect.map(replay(session(seed, length)), (answers) => expect([seed, answers]).toEqual([seed, want]))
      ),
    60_000
  )

  it.skipIf(!canRecord)("answer as this kernel does", async () => {
    const seed = Number(process.env.EFFIX_SEED ?? 1)
    const count = Number(process.env.EFFIX_SESSIONS ?? 200)
    const sessions = Array.from({ length: count }, (_, at) => session(seed * 1_000_003 + at, 15))
    expect(await differences(sessions)).toEqual([])
  }, 600_000)

  it.skipIf(!canRecord)("answer as this kernel does, in packet mode and to what else can be asked", async () => {
    const seed = Number(process.env.EFFIX_SEED ?? 1)
    const count = Number(process.env.EFFIX_SESSIONS ?? 60)
    const sessions = Array.from({ length: count }, (_, at) => packetSession(seed * 1_000_003 + at, 12))
    expect(await differences(sessions)).toEqual([])
  }, 600_000)
})
