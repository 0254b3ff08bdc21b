/**
 * Programs of socket calls: Linux and Effix answer the same.
 *
 * `EFFIX_SEED` chooses other programs than those of every run, `EFFIX_SOCKET_PROGRAMS` how many. What may differ stands
 * in `docs/deviations-sockets.md`.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { campaign, programOf } from "./campaign.js"
import { Linux } from "./linux.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const programs = Number(process.env.EFFIX_SOCKET_PROGRAMS ?? 400)

describe("the generator of socket programs", () => {
  it("makes the same program of the same seed", () => {
    assert.deepStrictEqual(programOf(7, 3), programOf(7, 3))
    assert.notDeepEqual(programOf(7, 3), programOf(7, 4))
  })
})

describe("socket calls on Linux and on Effix", () => {
  let linux: Linux | string = "not started"
  const effix = ManagedRuntime.make(Kernel.layer)

  beforeAll(() => {
    linux = Linux.start()
  })

  afterAll(async () => {
    await effix.dispose()
    if (typeof linux !== "string") await linux.close()
  })

  it(`answer ${programs} programs of seed ${seed} alike`, { timeout: 60_000 + programs * 100 }, async (context) => {
    if (typeof linux === "string") return context.skip(linux)
    const { failures } = await campaign({ linux, effix }, { seed, programs })
    assert.strictEqual(failures.join("\n\n"), "")
  })
})
