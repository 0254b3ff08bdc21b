/** An overlay answers as a plain file system with the same content does. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run, shapes } from "./overlay/campaign.js"

const PROGRAMS = Number(process.env["OVERLAY_PROGRAMS"] ?? 15)
const FROM = Number(process.env["OVERLAY_FROM"] ?? 0)

describe("an overlay beside a plain memory file system", () => {
  for (const shape of shapes) {
    it.effect(`answers the same to random programs, over ${shape}`, () =>
      Effect.gen(function*() {
        for (let seed = FROM; seed < FROM + PROGRAMS; seed++) {
          expect(yield* run(seed, shape), `seed ${seed} over ${shape}`).toBe(undefined)
        }
      }), 600_000)
  }
})
