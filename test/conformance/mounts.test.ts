/**
 * Mounts: programs that mount, bind, move, change and unmount, with files and directories in use, in one namespace and in
 * two, are answered as by Linux. `EFFIX_SEED` chooses other programs, `EFFIX_PROGRAMS` how many.
 */
import { assert, describe, it } from "vitest"
import { ask } from "./batch.js"
import { comparable, programOf, run } from "./mounts.js"
import { Random } from "./random.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const count = Number(process.env.EFFIX_PROGRAMS ?? 300)

describe("mounts", () => {
  it(`answer as on Linux in ${count} programs of seed ${seed}`, { timeout: 600_000 }, async (context) => {
    const asked = ask(
      "mounts",
      () => Array.from({ length: count }, (_, i) => programOf(new Random(seed * 1_000_003 + i)))
    )
    if (typeof asked === "string") return context.skip(asked)
    assert.strictEqual(asked.answers.length, count)
    for (const [i, program] of asked.programs.entries()) {
      const theirs = comparable(asked.answers[i]!)
      assert.deepStrictEqual(comparable(await run(program)), theirs, `program ${i} of seed ${seed}: ${program}`)
    }
  })
})
