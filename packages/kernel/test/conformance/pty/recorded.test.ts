/** The sessions that were recorded from Linux, answer by answer. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fs from "node:fs"
import { type Answer, replay, type Step } from "./replay.js"

interface Case {
  readonly name: string
  readonly group: string
  readonly steps: ReadonlyArray<Step>
  readonly want: ReadonlyArray<Answer>
}

const cases: ReadonlyArray<Case> = JSON.parse(fs.readFileSync(new URL("recorded.json", import.meta.url), "utf8"))

describe("recorded from Linux", () => {
  for (const { group, name, steps, want } of cases) {
    it.effect(`${group}: ${name}`, () => Effect.map(replay(steps), (answers) => expect(answers).toEqual(want)))
  }
})
