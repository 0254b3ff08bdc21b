/** The sessions that were recorded from Linux, answer by answer. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fs from "node:fs"
import { corners } from "./corners.js"
import { type Answer, replay, type Step } from "./replay.js"

interface Case {
  readonly name: string
  readonly group: string
  readonly steps: ReadonlyArray<Step>
  readonly want: ReadonlyArray<Answer>
}

const parse = (name: string) => JSON.parse(fs.readFileSync(new URL(name, import.meta.url), "utf8"))
const cases: ReadonlyArray<Case> = parse("recorded.json")
const wanted: Readonly<Record<string, ReadonlyArray<Answer>>> = parse("corners.json")

describe("recorded from Linux", () => {
  for (const { group, name, steps, want } of cases) {
    it.effect(`${group}: ${name}`, () => Effect.map(replay(steps), (answers) => expect(answers).toEqual(want)))
  }
  for (const [name, steps] of Object.entries(corners)) {
    it.effect(`corner: ${name}`, () => Effect.map(replay(steps), (answers) => expect(answers).toEqual(wanted[name])))
  }
})
