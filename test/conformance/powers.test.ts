/**
 * Users and capabilities: programs that change who they are and drop powers, then try what is left, are answered as by
 * Linux. `EFFIX_SEED` chooses other programs, `EFFIX_PROGRAMS` how many.
 */
import { assert, describe, it } from "vitest"
import { ask } from "./batch.js"
import { programOf, run } from "./powers.js"
import { Random } from "./random.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const count = Number(process.env.EFFIX_PROGRAMS ?? 200)

describe("users and capabilities", () => {
  it(`answer as on Linux in ${count} programs of seed ${seed}`, { timeout: 600_000 }, async (context) => {
    const asked = ask(
      "powers",
      (powers) =>
        Array.from(
          { length: count },
          (_, i) => programOf(new Random(seed * 1_000_003 + i), Number.parseInt(powers, 16))
        )
    )
    if (typeof asked === "string") return context.skip(asked)
    assert.strictEqual(asked.answers.length, count)
    for (const [i, program] of asked.programs.entries()) {
      const ours = await run(program, Number.parseInt(asked.greeting, 16))
      assert.deepStrictEqual(ours, asked.answers[i], `program ${i} of seed ${seed}: ${program}`)
    }
  })
})
