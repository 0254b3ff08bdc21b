/**
 * Plays whose actors go all at once, in memory and on disks that answer late: what they come to is among what Linux permits.
 *
 * `EFFIX_SEED` chooses other plays than those of every run, `EFFIX_FREE_PLAYS` how many; `npm run conformance:actors -- --free`
 * runs as many as one likes.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { freeCampaign } from "./actors/free/campaign.js"
import { freeThemes } from "./actors/free/generate.js"
import { countOrders, ordersOf } from "./actors/free/orders.js"
import { judge } from "./actors/free/permitted.js"
import type { Play } from "./actors/program.js"
import { Linux } from "./linux.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const plays = Number(process.env.EFFIX_FREE_PLAYS ?? 8)
const schedules = 12

/** Both append a byte to what both have open, and nobody locks anything. */
const appends: Play = [
  [0, ["open", "a", 0o2102, 0o644]],
  [1, ["write", 0, 1, 1]],
  [2, ["write", 0, 1, 2]],
  [1, ["stat", "a"]]
]

describe("plays whose actors go all at once", () => {
  let linux: Linux | string = "not started"

  beforeAll(() => {
    linux = Linux.start(false, "actors")
  })

  afterAll(async () => {
    if (typeof linux !== "string") await linux.close()
  })

  for (const theme of freeThemes) {
    it(`about ${theme}: ${plays} of seed ${seed} come to what Linux permits`, {
      timeout: 60_000 + plays * 5000
    }, async (context) => {
      if (typeof linux === "string") return context.skip(linux)
      const { failures } = await freeCampaign(linux, theme, { seed, plays, schedules })
      assert.deepStrictEqual(failures, [])
    })
  }

  it("are judged by every order of their calls, a look at a path and what is done there being two", () => {
    assert.strictEqual(countOrders(appends), 4)
    assert.deepStrictEqual([...ordersOf(appends)], ["1112", "1121", "1211", "2111"])
  })

  it("may not come to what no order leads to", async (context) => {
    if (typeof linux === "string") return context.skip(linux)
    const { foreign, permitted, rare } = await judge(linux, appends, new Set(["impossible"]), 24)
    assert.deepStrictEqual([rare, foreign], [[], ["impossible"]])
    const last = [...permitted].map((outcome) => outcome.slice(outcome.lastIndexOf("b=")))
    assert.sameMembers([...new Set(last)], ["b=8 2 0102", "b=8 2 0201"])
    assert.deepStrictEqual((await judge(linux, appends, permitted)).foreign, [])
  })
})
