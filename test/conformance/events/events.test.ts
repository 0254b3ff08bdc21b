/**
 * Pipes, FIFOs, eventfds, timerfds, signalfds and epolls, waited for in every way: Linux and Effix answer the same.
 *
 * `EFFIX_SEED` chooses other programs than those of every run, `EFFIX_PROGRAMS` how many. What may differ stands in
 * `docs/deviations.md`.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { campaign } from "./campaign.js"
import { programOf } from "./generate.js"
import { Linux } from "./linux.js"
import { shrink } from "./program.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const programs = Number(process.env.EFFIX_PROGRAMS ?? 500)

describe("the generator", () => {
  it("makes the same program of the same seed", () => {
    assert.deepStrictEqual(programOf(7, 3), programOf(7, 3))
    assert.notDeepEqual(programOf(7, 3), programOf(7, 4))
  })

  it("makes a failing program as small as its failure", async () => {
    const program = [...programOf(1, 1), ["ewait", 3, 16, 0] as const, ...programOf(1, 2)]
    const small = await shrink(program, async (each) => each.some(([call]) => call === "ewait"))
    assert.deepStrictEqual(small, [["ewait", 0, 0, 0]])
  })
})

describe("calls on descriptors that can be waited for, on Linux and on Effix", () => {
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
