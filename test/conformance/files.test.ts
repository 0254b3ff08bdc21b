/**
 * Programs of file, descriptor and pipe calls: Linux and Effix answer the same.
 *
 * `EFFIX_SEED` chooses other programs than those of every run, `EFFIX_PROGRAMS` how many. What may differ stands in
 * `docs/deviations.md`.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { campaign, compare, programOf } from "./campaign.js"
import { report } from "./compare.js"
import { BODY } from "./generate.js"
import { Linux } from "./linux.js"
import { isWellFormed, source } from "./program.js"
import { Random } from "./random.js"
import { shrink } from "./shrink.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const programs = Number(process.env.EFFIX_PROGRAMS ?? 5000)

describe("the generator", () => {
  it("makes the same program of the same seed", () => {
    assert.deepStrictEqual(programOf(7, 3), programOf(7, 3))
    assert.notDeepEqual(programOf(7, 3), programOf(7, 4))
  })

  it("makes bodies of 10 to 40 calls behind the making of a tree", () => {
    for (let i = 0; i < 200; i++) {
      const program = programOf(seed, i)
      assert.isTrue(isWellFormed(program))
      assert.isAtLeast(program.length, BODY.least)
    }
  })

  it("makes a failing program as small as its failure", async () => {
    const random = new Random(1)
    const program = [...programOf(1, random.between(0, 9)), ["mkdir", "d/e", 0o755] as const, ...programOf(1, 10)]
    const small = await shrink(program, async (each) => each.some(([call, path]) => call === "mkdir" && path !== ""))
    assert.deepStrictEqual(small, [["mkdir", "a", 0]])
  })
})

describe("file calls on Linux and on Effix", () => {
  let linux: Linux | string = "not started"
  const effix = ManagedRuntime.make(Kernel.layer)
  const forgetful = ManagedRuntime.make(Kernel.layerWith({ config: { dentriesMax: 100 } }))

  beforeAll(() => {
    linux = Linux.start()
  })

  afterAll(async () => {
    await effix.dispose()
    await forgetful.dispose()
    if (typeof linux !== "string") await linux.close()
  })

  it(`answer ${programs} programs of seed ${seed} alike`, { timeout: 60_000 + programs * 100 }, async (context) => {
    if (typeof linux === "string") return context.skip(linux)
    const { failures } = await campaign({ linux, effix }, { seed, programs })
    const found = failures.map(({ index, small }) =>
      `seed ${seed}, program ${index}\n${report(small)}\n[\n${source(small.program)}\n]`
    )
    assert.strictEqual(found.join("\n\n"), "")
  })

  it("answer 200 programs alike where few names are remembered", { timeout: 60_000 }, async (context) => {
    if (typeof linux === "string") return context.skip(linux)
    const { failures } = await campaign({ linux, effix: forgetful }, { seed, programs: 200 })
    assert.strictEqual(failures.map(({ index, small }) => `program ${index}\n${report(small)}`).join("\n\n"), "")
  })

  it("are told apart where they do differ", async (context) => {
    if (typeof linux === "string") return context.skip(linux)
    // The largest offset of Effix is one that JavaScript can say exactly.
    const found = await compare({ linux, effix }, [["open", "a", 0o102, 0o644], [
      "pwrite",
      0,
      1,
      0,
      Number.MAX_SAFE_INTEGER
    ]])
    assert.deepInclude(found, { at: 1 })
  })
})
