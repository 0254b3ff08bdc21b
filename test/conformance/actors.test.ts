/**
 * Plays of several processes: Linux and Effix answer the same, call by call, and tell the same events.
 *
 * `EFFIX_SEED` chooses other plays than those of every run, `EFFIX_PLAYS` how many; `npm run conformance:actors` runs as
 * many as one likes.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { campaign, playOf } from "./actors/campaign.js"
import { themes } from "./actors/generate.js"
import { shrink } from "./actors/shrink.js"
import { Linux } from "./linux.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const plays = Number(process.env.EFFIX_PLAYS ?? 60)

describe("plays of several processes", () => {
  let linux: Linux | string = "not started"
  // One each: they run at once, and ports are a machine's.
  const machines = new Map(themes.map((theme) => [theme, ManagedRuntime.make(Kernel.layer)]))

  beforeAll(() => {
    linux = Linux.start(false, "actors")
  })

  afterAll(async () => {
    for (const effix of machines.values()) await effix.dispose()
    if (typeof linux !== "string") await linux.close()
  })

  for (const [theme, effix] of machines) {
    it(`about ${theme}: ${plays} of seed ${seed} go alike`, { timeout: 60_000 + plays * 500 }, async (context) => {
      if (typeof linux === "string") return context.skip(linux)
      assert.deepStrictEqual(await campaign({ linux, effix }, theme, { seed, plays }), [])
    })
  }

  it("are made smaller for as long as they fail", async () => {
    const play = playOf("files", 1, 1)
    const small = await shrink(play, async (each) => each.some(([actor]) => actor === 2))
    assert.strictEqual(small.length, 1)
  })
})
